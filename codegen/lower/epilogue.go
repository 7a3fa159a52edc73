package lower

import (
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
	"nncc/runtime/tensor"
)

// epilogue is what a fused node does to the result of its anchor, element by element, before it is stored.
type epilogue struct {
	k        *kernel
	node     *ir.Node
	anchor   *ir.Node
	members  []*ir.Node // elementwise, in order; a pool that ends the node is not among them
	flat     bool       // all but the first dimension of the result are one
	operands map[*ir.Value]operand
}

// place is where in the result a vector lies: an index for each dimension of logicalDims. In the blocked layout the
// second one counts blocks and Lane is the first channel in it; in the planar one the vector runs along the last
// dimension, and Count is how many lanes are in use.
type place struct {
	Idx   []loopir.Index
	Lane  loopir.Index
	Count loopir.Index
}

// newEpilogue prepares the operands of n's elementwise members as parameters of k, which computes the result in layout kind kind.
func (l *lowerer) newEpilogue(k *kernel, n *ir.Node, kind sched.Kind) (*epilogue, error) {
	e := &epilogue{k: k, node: n, anchor: sched.Anchor(n), operands: map[*ir.Value]operand{}}
	for _, m := range sched.Members(n) {
		if m != e.anchor && m.Op.Class == ir.Elementwise {
			e.members = append(e.members, m)
		}
	}
	return e, e.bind(l, kind)
}

// bind declares what the members read besides one another as parameters of the kernel.
func (e *epilogue) bind(l *lowerer, kind sched.Kind) error {
	inside := map[*ir.Value]bool{}
	if e.anchor != nil {
		inside[e.anchor.Out()] = true
	}
	for _, m := range e.members {
		for i, v := range m.Inputs {
			if inside[v] || v == nil {
				continue
			}
			t := m.Out().Type
			shape := alignRight(v.Type.Shape, t.Rank())
			if m.Op.Name == "batchnorm" && i > 0 {
				shape = alignChannel(v.Type.Shape[0], t.Rank())
			}
			if e.flat {
				shape, t = flatShape(shape), ir.Type{DType: t.DType, Shape: flatShape(t.Shape)}
			}
			o, err := l.operand(e.k, sched.Outer(e.node, v), shape, t, kind)
			if err != nil {
				return err
			}
			e.operands[v] = o
		}
		inside[m.Out()] = true
	}
	return nil
}

// apply returns what becomes of the anchor's result x at p; x is ignored where the node has no anchor. Where a member
// has no kernel for its element kind, emit fails.
func (e *epilogue) apply(x loopir.Expr, p place) loopir.Expr {
	values := map[*ir.Value]loopir.Expr{}
	if e.anchor != nil {
		values[e.anchor.Out()] = x
	}
	for _, m := range e.members {
		var args []loopir.Expr
		for _, v := range m.Inputs {
			arg, ok := values[v]
			if !ok {
				arg = e.operands[v].load(e.k, p)
			}
			args = append(args, arg)
		}
		y, err := elementwise(e.k, m, args)
		if err != nil {
			e.k.err = err
			y = args[0]
		}
		x = e.k.Let("e", y)
		values[m.Out()] = x
	}
	return x
}

// operand is another input of an elementwise op, broadcast to the shape of its result.
type operand struct {
	buf    *loopir.Buffer
	scalar loopir.Expr // a constant of one element; nil otherwise
	dims   []int       // its logical dimensions, aligned with the result's; 1 where it is broadcast
	result []int
	layout sched.Layout
	into   sched.Kind // the layout kind of the result
}

// logicalDims are the dimensions that elementwise kernels iterate over: those of the planar layout without its halo.
func logicalDims(t ir.Type) []int {
	switch t.Rank() {
	case 0:
		return []int{1}
	case 3:
		return []int{t.Shape[0], t.Shape[1], 1, t.Shape[2]}
	}
	return t.Shape
}

// operand makes v, seen under a shape of t's rank, readable beside a result of type t in layout kind kind.
func (l *lowerer) operand(k *kernel, v *ir.Value, shape []int, t ir.Type, kind sched.Kind) (operand, error) {
	if v.IsConst() && v.Type.Elems() == 1 {
		elem, err := kindOf(v.Type.DType)
		if err != nil {
			return operand{}, err
		}
		return operand{scalar: number(k.vec(elem), v.Const)}, nil
	}
	aligned := ir.Type{DType: v.Type.DType, Shape: shape}
	o := operand{into: kind, dims: logicalDims(aligned), result: logicalDims(t)}
	want := sched.Layout{Kind: kind}
	if kind == sched.Blocked && o.dims[1] == 1 && o.result[1] != 1 {
		want.Kind = sched.Planar // one number for all channels
	}
	s, err := l.readAs(v, aligned, want)
	if err != nil {
		return operand{}, err
	}
	o.buf, o.layout = k.in(s), s.Layout
	return o, nil
}

// number is the only element of a constant.
func number(t loopir.Type, c *tensor.Tensor) loopir.Expr {
	switch c.DType {
	case tensor.I64:
		return &loopir.Const{T: t, Int: c.I64s()[0]}
	case tensor.U64:
		return &loopir.Const{T: t, Int: int64(tensor.View[uint64](c)[0])}
	}
	return loopir.Num(t, c.Float64s()[0])
}

// readAs is read for a value seen under another shape of as many elements.
func (l *lowerer) readAs(v *ir.Value, t ir.Type, want sched.Layout) (*Storage, error) {
	switch {
	case v.IsConst():
		return l.constant(v, t, want)
	case v.Type.Equal(t):
		return l.read(v, want)
	}
	plain, err := l.readPlain(v)
	if err != nil {
		return nil, err
	}
	view, err := storageOf(v.Name, t, sched.Layout{}, plain.Batched())
	if err != nil {
		return nil, err
	}
	view.Alias = plain
	if want.Kind == sched.Planar {
		return view, nil
	}
	s, err := storageOf(v.Name, t, want, plain.Batched())
	if err != nil {
		return nil, err
	}
	return s, l.emitRepack(view, s)
}

func (o operand) load(k *kernel, p place) loopir.Expr {
	if o.scalar != nil {
		return o.scalar
	}
	idx := make([]loopir.Index, len(o.dims))
	for d := range o.dims {
		if o.dims[d] > 1 || o.result[d] == 1 {
			idx[d] = p.Idx[d]
		}
	}
	if len(o.buf.Dims) > 0 && o.buf.Dims[0] != loopir.Batch && o.dims[0] == 1 {
		idx[0] = loopir.C(0) // one for all samples of the batch
	}
	last := len(idx) - 1
	idx[last] = idx[last].AddC(o.layout.Left)
	switch {
	case o.layout.Kind == sched.Blocked:
		return k.load(o.buf, append(idx, p.Lane)...)
	case o.into == sched.Blocked || o.dims[last] == 1 && o.result[last] != 1:
		return k.splat(o.buf, idx...)
	}
	return k.get(o.buf, p.Count, idx...)
}

func alignRight(shape []int, rank int) []int {
	out := make([]int, 0, rank)
	for range rank - len(shape) {
		out = append(out, 1)
	}
	return append(out, shape...)
}

// alignChannel is the shape of one number per channel beside a result of the given rank.
func alignChannel(channels, rank int) []int {
	shape := alignRight(nil, rank)
	shape[1] = channels
	return shape
}
