package loopir

import (
	"fmt"
	"slices"
)

// expr checks x and reports whether it is well formed, so that its type means something.
func (v *verifier) expr(x Expr) bool {
	ok := true
	for _, operand := range operands(x) {
		ok = v.expr(*operand) && ok
	}
	switch x := x.(type) {
	case nil:
		v.fail("expression is missing")
		return false
	case *Ref:
		return v.use(x.Val, x.Val.Name)
	case *RegRef:
		return v.register(x.Reg, x.Idx)
	case *FromIndex:
		ok = v.indices([]Index{x.X})
	case *Load:
		ok = v.buffer(x.Buf) && v.check(checkExpr(x))
		if ok {
			v.access(memoryAccess{"load", x.Buf, x.Idx, x.T.Lanes, x.Count})
			if x.Pick != nil { // the last one is in the buffer, so all between are
				v.access(memoryAccess{"pick", x.Buf, x.lastPick(), x.T.Lanes, x.Count})
			}
		}
		return ok
	}
	return ok && v.check(checkExpr(x))
}

// register checks an element of a register tile.
func (v *verifier) register(r *Reg, idx []Index) bool {
	if v.promoted {
		v.fail("register tile left after promotion")
		return false
	}
	if !v.use(r, r.Name) || !v.check(checkRank("register tile", len(idx), len(r.Dims))) || !v.indices(idx) {
		return false
	}
	for d, i := range idx {
		if name, ok := v.scope.unrolledOnly(i); !ok {
			v.fail("index of register tile %s depends on %s, which is not unrolled", r.Name, name)
			return false
		}
		lo, hi := v.scope.Range(i)
		if v.dead == 0 && (lo < 0 || hi >= r.Dims[d]) {
			v.fail("index %d of register tile %s takes values %s, but has to be in 0 to %d", d+1, r.Name, intervalText(lo, hi), r.Dims[d]-1)
			return false
		}
	}
	return true
}

// lastPick is the index of the last element that x.Pick can lead to.
func (x *Load) lastPick() []Index {
	idx := slices.Clone(x.Idx)
	idx[x.Dim] = idx[x.Dim].AddC(x.Extent - 1)
	return idx
}

// indices checks index expressions: divisors, and that variables are visible.
func (v *verifier) indices(idx []Index) bool {
	ok := true
	for _, i := range idx {
		walkAtoms(i, func(a Atom) {
			switch a := a.(type) {
			case *Var:
				if !v.scope.Sees(a) {
					v.fail("index variable %s is used outside its loop", a.Name)
					ok = false
				}
			case *IndexOp:
				ok = v.check(a.checkDivisor()) && ok
			}
		})
	}
	return ok
}

// walkAtoms visits the variables and operations of i.
func walkAtoms(i Index, visit func(Atom)) {
	for _, t := range i.Terms {
		visit(t.Atom)
		if op, ok := t.Atom.(*IndexOp); ok {
			walkAtoms(op.X, visit)
			walkAtoms(op.Y, visit)
		}
	}
}

func (v *verifier) buffer(b *Buffer) bool {
	if !v.bufs[b] {
		v.fail("buffer %s belongs to another function", b.Name)
	}
	return v.bufs[b]
}

// memoryAccess is a run of elements that a statement reads or writes.
type memoryAccess struct {
	what  string
	buf   *Buffer
	idx   []Index
	lanes int
	count *Index // limits the lanes, if set
}

// access proves that a lies inside its buffer: for a batched one, inside the sample of the grid's batch variable.
func (v *verifier) access(a memoryAccess) {
	if !v.indices(a.idx) || a.count != nil && !v.indices([]Index{*a.count}) || !v.batchIndex(a.buf, a.idx) || v.dead > 0 {
		return
	}
	first, ok := sampleOffset(a.buf, a.idx)
	if !ok {
		v.fail("%s: the offset overflows", a.what)
		return
	}
	lo, hi := v.scope.Range(first)
	last := hi
	if hi != Unbounded {
		last += a.lanes - 1
	}
	if a.count != nil {
		lanes := a.count.Min(C(a.lanes))
		if _, most := v.scope.Range(lanes); most <= 0 {
			return
		}
		_, last = v.scope.Range(first.Add(lanes).AddC(-1))
	}
	if lo < 0 || last >= a.buf.Elems() {
		v.fail("%s may touch elements %s of %s, which has %d%s", a.what, intervalText(lo, last), a.buf.Name, a.buf.Elems(), perSample(a.buf))
	}
	v.touches(a.buf, lo, last)
}

func perSample(b *Buffer) string {
	if b.Batched() {
		return " a sample"
	}
	return ""
}

// batchIndex checks the first index of a batched buffer: the grid's batch variable, or a sample of its group.
func (v *verifier) batchIndex(b *Buffer, idx []Index) bool {
	if !b.Batched() {
		return true
	}
	if v.f.Batched() && idx != nil {
		g := v.f.Grid[0]
		sample := idx[0].Sub(g.Var.I())
		if sample.Equal(C(0)) || g.Count != nil && v.inGroup(sample, g.Count) {
			return true
		}
	}
	v.fail("the first index of %s has to be the batch variable of the grid, or a sample of its group", b.Name)
	return false
}

// inGroup reports whether sample is one of a group of so many.
func (v *verifier) inGroup(sample Index, count *Var) bool {
	lo, _ := v.scope.Range(sample)
	_, last := v.scope.Range(sample.Sub(count.I()))
	return v.dead > 0 || lo >= 0 && last < 0
}

// sampleOffset is the element offset of idx without the batch; false if it could overflow.
func sampleOffset(b *Buffer, idx []Index) (Index, bool) {
	offset, stride := Index{}, 1
	for d := len(b.Dims) - 1; d >= 0 && b.Dims[d] != Batch; d-- {
		if largest(idx[d]) > maxSum/stride {
			return Index{}, false
		}
		offset.Const += idx[d].Const * stride
		for _, t := range idx[d].Terms {
			offset.addTerm(Term{t.Coef * stride, t.Atom})
		}
		stride *= b.Dims[d]
	}
	return offset, largest(offset) <= maxSum
}

func intervalText(lo, hi int) string {
	if lo == hi {
		return endText(lo)
	}
	return endText(lo) + " to " + endText(hi)
}

func endText(n int) string {
	switch n {
	case Unbounded:
		return "any number"
	case -Unbounded:
		return "minus any number"
	}
	return fmt.Sprint(n)
}
