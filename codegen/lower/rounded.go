package lower

import "nncc/codegen/loopir"

// Numbers that memory keeps as bf16 are float32 to kernels: loads widen them, stores round them.

// elem is the kind of the numbers in buf to kernels.
func (k *kernel) elem(buf *loopir.Buffer) loopir.Kind {
	if k.bf16[buf] {
		return loopir.F32
	}
	return buf.Elem
}

// load reads a vector of numbers.
func (k *kernel) load(buf *loopir.Buffer, idx ...loopir.Index) loopir.Expr {
	return narrow(loopir.LoadV(k.vec(buf.Elem), buf, idx...), k.elem(buf))
}

// loadOne reads one number.
func (k *kernel) loadOne(buf *loopir.Buffer, idx ...loopir.Index) loopir.Expr {
	return narrow(loopir.LoadV(loopir.Scalar(buf.Elem), buf, idx...), k.elem(buf))
}

// splat reads one number into all lanes.
func (k *kernel) splat(buf *loopir.Buffer, idx ...loopir.Index) loopir.Expr {
	lanes, one := k.target.Lanes, loopir.LoadV(loopir.Scalar(buf.Elem), buf, idx...)
	if !k.bf16[buf] {
		return loopir.SplatOf(lanes, one)
	}
	bits := k.vec(loopir.I32) // two copies in each lane, of which the upper one is the float32
	upper := loopir.Shl.Of(loopir.BitcastTo(bits, loopir.SplatOf(2*lanes, one)), loopir.Num(bits, 16))
	return loopir.BitcastTo(k.vec(loopir.F32), upper)
}

// kept is x as memory keeps it. What was read from such memory goes back as it is.
func (k *kernel) kept(buf *loopir.Buffer, x loopir.Expr) loopir.Expr {
	if !k.bf16[buf] {
		return x
	}
	switch x := x.(type) {
	case *loopir.Const:
		return loopir.Num(loopir.Vec(loopir.BF16, x.T.Lanes), x.Float)
	case *loopir.Convert:
		if x.X.Type().Elem == loopir.BF16 {
			return x.X
		}
	}
	return loopir.NarrowOf(x)
}

// terms is what a step adds to the sums in the lanes of a vector: a product, or two of neighbours in memory that keeps bf16.
type terms struct {
	*kernel
	count int // 1 or 2
}

// termsOf is how k sums up the numbers in buf.
func (k *kernel) termsOf(buf *loopir.Buffer) terms {
	if k.bf16[buf] {
		return terms{k, 2}
	}
	return terms{k, 1}
}

// family names a kernel that sums up such terms.
func (t terms) family(name string) string {
	if t.count == 2 {
		return name + " bf16"
	}
	return name
}

// steps is how many steps a sum of n products takes.
func (t terms) steps(n int) int { return (n + t.count - 1) / t.count }

// weightType is the type of the weights that a step reads for a vector of results.
func (t terms) weightType() loopir.Type {
	if t.count == 2 {
		return loopir.Vec(loopir.BF16, 2*t.target.Lanes)
	}
	return t.vec(loopir.F32)
}

// input reads what a step multiplies with the weights, the same for all lanes; idx is the place of the first number.
func (t terms) input(buf *loopir.Buffer, idx ...loopir.Index) loopir.Expr {
	if t.count == 1 {
		return t.splat(buf, idx...)
	}
	pair := loopir.LoadV(loopir.Vec(loopir.BF16, 2), buf, idx...)
	return loopir.BitcastTo(t.weightType(), loopir.SplatOf(t.target.Lanes, loopir.BitcastTo(loopir.Scalar(loopir.I32), pair)))
}

// add is sum and the products of x and weights.
func (t terms) add(sum, x, weights loopir.Expr) loopir.Expr {
	if t.count == 2 {
		return loopir.DotOf(sum, x, weights)
	}
	return loopir.FMAOf(x, weights, sum)
}

// weightsFor is weights packed as rows of 16 outputs, a row for each input, in the form that the terms of sums over in need.
func (l *lowerer) weightsFor(in, packed *Storage) *Storage {
	if in.Layout.BF16 {
		return l.pairedWeights(packed)
	}
	return packed
}

// pairedWeights derives weights for sums over pairs of inputs: two rows of 16 outputs become one row of 16 pairs.
func (l *lowerer) pairedWeights(packed *Storage) *Storage {
	dims := append([]int{}, packed.Dims...)
	last := len(dims) - 1
	rows := dims[last-1]
	dims[last-1], dims[last] = (rows+1)/2, 2*dims[last]
	return l.deriveAs(loopir.BF16, packed, "bf16 pairs", dims, func(k *kernel, from, to *loopir.Buffer) {
		at := make([]loopir.Index, last-1)
		for d := range at {
			at[d] = k.grid("d", dims[d])
		}
		row := func(i loopir.Index) loopir.Expr {
			return k.Let("row", loopir.NarrowOf(loopir.LoadV(k.vec(loopir.F32), from, append(at[:len(at):len(at)], i, loopir.C(0))...)))
		}
		store := func(i loopir.Index, low, high loopir.Expr) {
			k.Store(to, loopir.ShuffleOf(low, high, interleaved(k.target.Lanes)...), append(at[:len(at):len(at)], i, loopir.C(0))...)
		}
		k.each("i", rows/2, func(i loopir.Index) { store(i, row(i.Mul(2)), row(i.Mul(2).AddC(1))) })
		if rows%2 == 1 {
			store(loopir.C(rows/2), row(loopir.C(rows-1)), loopir.Num(k.vec(loopir.BF16), 0))
		}
	})
}

// interleaved lists lanes of two vectors in turns.
func interleaved(lanes int) []int {
	var mask []int
	for i := range lanes {
		mask = append(mask, i, lanes+i)
	}
	return mask
}
