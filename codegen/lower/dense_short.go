package lower

import (
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
)

// shortSum adds the products of a tile with short weights to acc: those of a segment are summed without its scales first.
type shortSum struct {
	*denseKernel
	t   denseTile
	acc loopir.Tile
}

func (k shortSum) add() { shortSegments(k.kernel, k.short, k.inner, k.segment) }

// vector reads 32 bits for each output of a vector.
func (k shortSum) vector(b, s, at loopir.Index) loopir.Expr {
	return loopir.LoadV(k.vec(loopir.I32), k.packed, k.t.first.Add(b), at, k.t.lane.Add(s.Mul(k.target.Lanes)))
}

func (k shortSum) segment(input, at loopir.Index, count int) {
	f32 := k.vec(loopir.F32)
	sums := k.Reg("sum", f32, k.parts, k.t.Pixels, k.t.Blocks, k.t.Subs)
	k.eachSum(k.t, 0, func(u, p, b, s loopir.Index) { sums.Set(loopir.Num(f32, 0), u, p, b, s) })
	scales := shortGroups(k.kernel, k.short, count, input, at, func(input, at loopir.Index, count int) { k.group(sums, input, at, count) })
	k.eachSum(k.t, 0, func(u, p, b, s loopir.Index) {
		scale := loopir.BitcastTo(f32, k.vector(b, s, scales))
		k.acc.Set(loopir.FMAOf(sums.At(u, p, b, s), scale, k.acc.At(u, p, b, s)), u, p, b, s)
	})
}

// group adds the products of up to eight inputs.
func (k shortSum) group(sums loopir.Tile, input, at loopir.Index, count int) {
	i32 := k.vec(loopir.I32)
	lowest, upper := k.Reg("lowest", i32, k.t.Blocks, k.t.Subs), k.Reg("upper", i32, k.t.Blocks, k.t.Subs)
	w := k.Reg("w", k.vec(loopir.F32), k.t.Blocks, k.t.Subs)
	k.eachVector(k.t.Tile, func(b, s loopir.Index) { lowest.Set(k.vector(b, s, at), b, s) })
	for i := range count {
		vector, place := i/k.short.Each(), i%k.short.Each()
		k.eachVector(k.t.Tile, func(b, s loopir.Index) {
			if place == 0 {
				upper.Set(k.vector(b, s, at.AddC(1+vector)), b, s)
			}
			w.Set(loopir.ConvertTo(loopir.F32, shortNumber(k.short, i, upper.At(b, s), lowest.At(b, s))), b, s)
		})
		u := loopir.C(i % k.parts)
		k.Unroll("p", 0, k.t.Pixels, func(p loopir.Index) {
			from := k.t.rows(p)
			x := k.Let("x", k.splat(k.src, from.sample, from.row, input.AddC(i)))
			k.eachVector(k.t.Tile, func(b, s loopir.Index) {
				sums.Set(loopir.FMAOf(x, w.At(b, s), sums.At(u, p, b, s)), u, p, b, s)
			})
		})
	}
}

// shortNumber is number i of a group in the upper bits of a lane, from the vectors of its upper and lowest bits. Below it there
// are bits of those before it in its vector, which its rounding has taken into account.
func shortNumber(form sched.Short, i int, upper, lowest loopir.Expr) loopir.Expr {
	t := lowest.Type()
	bits := func(x loopir.Expr, mask int) loopir.Expr { return loopir.And.Of(x, loopir.Num(t, float64(mask))) }
	unused := 32 - int(form)
	mask := 15 << unused
	upper = moved(upper, 32-form.Upper()*(i%form.Each()+1))
	return loopir.Or.Of(bits(upper, ^mask), bits(moved(lowest, unused-4*i), mask))
}

// moved is x with its bits some places up, or down.
func moved(x loopir.Expr, up int) loopir.Expr {
	switch {
	case up > 0:
		return loopir.Shl.Of(x, loopir.Num(x.Type(), float64(up)))
	case up < 0:
		return loopir.Shr.Of(x, loopir.Num(x.Type(), float64(-up)))
	}
	return x
}
