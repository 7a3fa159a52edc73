package lower

import (
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
)

// shortWeights derives a short form of weights packed as [out/16, in, 16].
func (l *lowerer) shortWeights(packed *Storage, form sched.Short) *Storage {
	const lanes = sched.BlockChannels
	blocks, inputs := packed.Dims[0], packed.Dims[1]
	dims := []int{blocks, form.Len(inputs), lanes}
	return l.deriveAs(loopir.I32, packed, form.String(), dims, func(k *kernel, from, to *loopir.Buffer) {
		s := shortener{k, form, from, to, k.grid("o", blocks)}
		shortSegments(k, form, inputs, s.segment)
	})
}

// shortSegments runs body for all segments: the first of its inputs, where its vectors begin, and how many inputs it has.
func shortSegments(k *kernel, form sched.Short, inputs int, body func(input, at loopir.Index, count int)) {
	eachPiece(k, "segment", inputs, sched.ShortSegment, form.Len(sched.ShortSegment), body)
}

// shortGroups runs body for the groups of a segment, whose vectors begin at at, and returns the place of its scales.
func shortGroups(k *kernel, form sched.Short, inputs int, first, at loopir.Index, body func(input, at loopir.Index, count int)) (scales loopir.Index) {
	eachPiece(k, "group", inputs, sched.ShortGroup, form.Vectors(), func(input, place loopir.Index, count int) {
		body(first.Add(input), at.Add(place), count)
	})
	return at.AddC(form.Len(inputs) - 1)
}

// eachPiece divides inputs into pieces of size, with so many vectors each; the last piece may be shorter.
func eachPiece(k *kernel, name string, inputs, size, vectors int, body func(input, at loopir.Index, count int)) {
	whole := inputs / size
	k.For(name, loopir.C(0), loopir.C(whole), 1, func(i loopir.Index) { body(i.Mul(size), i.Mul(vectors), size) })
	if rest := inputs % size; rest > 0 {
		body(loopir.C(whole*size), loopir.C(whole*vectors), rest)
	}
}

// shortener rounds the weights of 16 outputs.
type shortener struct {
	*kernel
	form     sched.Short
	from, to *loopir.Buffer
	block    loopir.Index
}

func (s shortener) weight(input loopir.Index) loopir.Expr {
	return loopir.LoadV(loopir.Vec(loopir.F32, sched.BlockChannels), s.from, s.block, input, loopir.C(0))
}

func (s shortener) put(at loopir.Index, x loopir.Expr) { s.Store(s.to, x, s.block, at, loopir.C(0)) }

// segment stores the numbers, and the scales of numbers that fill the upper bits of a lane.
func (s shortener) segment(input, at loopir.Index, count int) {
	f32 := loopir.Vec(loopir.F32, sched.BlockChannels)
	most := s.Reg("most", f32)
	most.Set(loopir.Num(f32, 1e-28)) // zeros have a scale, too
	s.For("i", loopir.C(0), loopir.C(count), 1, func(i loopir.Index) {
		most.Set(loopir.Max.Of(loopir.Abs.Of(s.weight(input.Add(i))), most.At()))
	})
	largest := float64(int(1)<<(s.form-1) - 1)
	factor := s.Let("factor", loopir.Div.Of(loopir.Num(f32, largest), most.At()))
	scales := shortGroups(s.kernel, s.form, count, input, at, func(input, at loopir.Index, count int) { s.group(input, at, count, factor) })
	scale := loopir.Mul.Of(most.At(), loopir.Num(f32, 1/largest/float64(int(1)<<(32-s.form))))
	s.put(scales, loopir.BitcastTo(loopir.Vec(loopir.I32, sched.BlockChannels), scale))
}

// group stores the vectors of up to eight inputs.
func (s shortener) group(input, at loopir.Index, count int, factor loopir.Expr) {
	i32 := loopir.Vec(loopir.I32, sched.BlockChannels)
	bits := func(x loopir.Expr, mask int) loopir.Expr { return loopir.And.Of(x, loopir.Num(i32, float64(mask))) }
	unused := 32 - int(s.form)
	var lowest, upper loopir.Expr = loopir.Num(i32, 0), nil
	for i := range count {
		scaled := loopir.Mul.Of(s.weight(input.AddC(i)), factor)
		vector, place := i/s.form.Each(), i%s.form.Each()
		if place == 0 {
			upper = loopir.Num(i32, 0)
		} else { // what a reader sees below the number
			below := bits(moved(upper, 32-s.form.Upper()*(place+1)), 1<<unused-1)
			scaled = loopir.Sub.Of(scaled, loopir.Mul.Of(loopir.ConvertTo(loopir.F32, below), loopir.Num(scaled.Type(), 1/float64(int(1)<<unused))))
		}
		n := s.Let("n", loopir.ConvertTo(loopir.I32, loopir.RoundEven.Of(scaled)))
		upper = s.Let("upper", loopir.Or.Of(upper, moved(bits(moved(n, -4), 1<<s.form.Upper()-1), s.form.Upper()*place)))
		lowest = s.Let("lowest", loopir.Or.Of(lowest, moved(bits(n, 15), 4*i)))
		if place == s.form.Each()-1 || i == count-1 {
			s.put(at.AddC(1+vector), upper)
		}
	}
	s.put(at, lowest)
}
