package lower

import (
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
)

// denseTile is what a dense layer computes in registers: outputs from lane of block first on, of some rows.
type denseTile struct {
	sched.Tile
	first, lane loopir.Index
	rows        func(p loopir.Index) denseRow
}

// denseRow is a row of x and of the result.
type denseRow struct{ sample, row loopir.Index }

// compute sums a tile of results and stores them.
func (k *denseKernel) compute(t denseTile) {
	const block = sched.BlockChannels
	lanes := k.target.Lanes
	k.fetchResult(t)
	acc := k.sum(t)
	k.eachVector(t.Tile, func(b, s loopir.Index) {
		feature := t.first.Add(b).Mul(block).Add(t.lane).Add(s.Mul(lanes))
		count := loopir.C(lanes)
		if k.outputs%block != 0 {
			count = count.Min(loopir.C(k.outputs).Sub(feature)) // none, if negative
		}
		k.Unroll("p", 0, t.Pixels, func(p loopir.Index) {
			to := t.rows(p)
			v := k.epilogue.apply(acc.At(loopir.C(0), p, b, s), place{Idx: k.place(to, feature), Count: count})
			k.put(k.y, count, v, to.sample, to.row, feature)
		})
	})
}

// fetchResult asks for the memory of a tile's results while they are summed, where it is in no near cache: rows are too
// far apart for the processor to foresee the next.
func (k *denseKernel) fetchResult(t denseTile) {
	const nearBytes = 32 << 10
	if t.Pixels == 1 || 4*k.rows*k.outputs <= nearBytes {
		return
	}
	k.Unroll("b", 0, t.Blocks, func(b loopir.Index) {
		k.Unroll("p", 0, t.Pixels, func(p loopir.Index) {
			to := t.rows(p)
			k.Prefetch(k.y, to.sample, to.row, t.first.Add(b).Mul(sched.BlockChannels).Add(t.lane))
		})
	})
}

// sum multiplies the rows of a tile with its weights, and adds the bias: the sums are the first parts of the result.
func (k *denseKernel) sum(t denseTile) loopir.Tile {
	f32, lanes, parts := k.vec(loopir.F32), k.target.Lanes, k.parts
	acc := k.Reg("acc", f32, parts, t.Pixels, t.Blocks, t.Subs)
	k.eachVector(t.Tile, func(b, s loopir.Index) {
		bias := k.Let("bias", loopir.LoadV(f32, k.b, t.first.Add(b), t.lane.Add(s.Mul(lanes))))
		k.Unroll("p", 0, t.Pixels, func(p loopir.Index) {
			acc.Set(bias, loopir.C(0), p, b, s)
			k.Unroll("u", 1, parts, func(u loopir.Index) { acc.Set(loopir.Num(f32, 0), u, p, b, s) })
		})
	})
	if k.short > 0 {
		shortSum{k, t, acc}.add()
	} else {
		k.addTerms(acc, t)
	}
	k.joinParts(acc, t)
	return acc
}

// addTerms adds the products of a tile with its weights to acc; every step of the loop adds a term to each part of the sums.
func (k *denseKernel) addTerms(acc loopir.Tile, t denseTile) {
	lanes, parts, terms := k.target.Lanes, k.parts, k.termsOf(k.src)
	term := func(i, u loopir.Index) {
		w := k.Reg("w", terms.weightType(), t.Blocks, t.Subs)
		k.eachVector(t.Tile, func(b, s loopir.Index) {
			w.Set(loopir.LoadV(terms.weightType(), k.packed, t.first.Add(b), i, t.lane.Add(s.Mul(lanes)).Mul(terms.count)), b, s)
		})
		k.Unroll("p", 0, t.Pixels, func(p loopir.Index) {
			from := t.rows(p)
			x := k.Let("x", terms.input(k.src, from.sample, from.row, i.Mul(terms.count)))
			k.eachVector(t.Tile, func(b, s loopir.Index) {
				acc.Set(terms.add(acc.At(u, p, b, s), x, w.At(b, s)), u, p, b, s)
			})
		})
	}
	steps := terms.steps(k.inner)
	whole := steps / parts * parts
	k.For("i", loopir.C(0), loopir.C(whole), parts, func(i loopir.Index) {
		k.Unroll("u", 0, parts, func(u loopir.Index) { term(i.Add(u), u) })
	})
	k.For("i", loopir.C(whole), loopir.C(steps), 1, func(i loopir.Index) { term(i, loopir.C(0)) })
}

// joinParts adds up the parts of the sums into the first ones.
func (k *denseKernel) joinParts(acc loopir.Tile, t denseTile) {
	k.eachSum(t, 1, func(u, p, b, s loopir.Index) {
		acc.Set(loopir.Add.Of(acc.At(loopir.C(0), p, b, s), acc.At(u, p, b, s)), loopir.C(0), p, b, s)
	})
}

// eachSum unrolls body over the sums of a tile, from a part on.
func (k *denseKernel) eachSum(t denseTile, from int, body func(u, p, b, s loopir.Index)) {
	k.Unroll("u", from, k.parts, func(u loopir.Index) {
		k.Unroll("p", 0, t.Pixels, func(p loopir.Index) {
			k.eachVector(t.Tile, func(b, s loopir.Index) { body(u, p, b, s) })
		})
	})
}
