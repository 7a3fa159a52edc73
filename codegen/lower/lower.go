package lower

import (
	"fmt"
	"slices"

	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
	"nncc/ir/diag"
)

// Result is a lowered graph: steps in order over storages. States, Inputs and Outputs are in the order of the graph's, in
// plain row-major layout.
type Result struct {
	Init    []Step // run once, before all else
	Steps   []Step
	States  []*Storage
	Inputs  []*Storage
	Outputs []*Storage
}

// rule lowers the nodes anchored by one op.
type rule struct {
	op    string
	lower func(l *lowerer, n *ir.Node) error
}

// rules is the table of lowerings. Elementwise ops have rows in elementwise.go instead, whether alone or fused.
func rules() []rule {
	return []rule{
		{"conv", lowerConv},
		{"conv_weight_grad", lowerWeightGrad},
		{"maxpool_grad", lowerPoolGrad},
		{"avgpool_grad", lowerPoolGrad},
		{"moments", lowerMoments},
		{"batchnorm_grad", lowerBatchNormGrad},
		{"cross_entropy", lowerCrossEntropy},
		{"cross_entropy_grad", lowerCrossEntropyGrad},
		{"random", lowerRandom},
		{"gemm", lowerGemm},
		{"matmul", lowerMatmul},
		{"maxpool", lowerPool},
		{"avgpool", lowerPool},
		{"softmax", lowerSoftmax},
		{"standardize", lowerStandardize},
		{"reduce", lowerReduce},
		{"argmax", lowerArg},
		{"argmin", lowerArg},
		{"concat", lowerConcat},
		{"slice", lowerSlice},
		{"transpose", lowerTranspose},
		{"pad", lowerPad},
		{"gather", lowerGather}, {"gather_elements", lowerGatherElements},
		{"reshape", lowerReshape},
	}
}

// Lower turns every node of g into kernels under plan p. The error lists every node that has no lowering.
func Lower(g *ir.Graph, p *sched.Plan, packs *Packs) (*Result, error) {
	l := &lowerer{graph: g, plan: p, target: p.Target, packs: packs, perSample: perSample(g),
		stored: map[*ir.Value][]*Storage{}, derived: map[string]*Storage{}, repacked: map[packKey]*Storage{}, images: map[packedImage]*Storage{}, inPlace: map[*ir.Value]*Storage{}, last: lastReads(g), rules: map[string]func(*lowerer, *ir.Node) error{}}
	for _, r := range rules() {
		l.rules[r.op] = r.lower
	}
	states, err := l.openStates()
	if err != nil {
		return nil, err
	}
	res := &Result{States: states}
	var errs diag.List
	for _, v := range g.Inputs {
		s, err := l.define(v, sched.Layout{})
		if err != nil {
			report(&errs, v.Pos, "input", v.Name, err)
		}
		res.Inputs = append(res.Inputs, s)
	}
	for _, n := range g.Nodes {
		if err := l.node(n); err != nil {
			report(&errs, n.Pos, sched.Members(n)[0].Op.Name, n.Name, err)
		}
	}
	if err := errs.Err(); err != nil {
		return nil, err
	}
	for _, o := range g.Outputs {
		s, err := l.output(o)
		if err != nil {
			return nil, err
		}
		res.Outputs = append(res.Outputs, s)
	}
	if err := l.closeStates(states); err != nil {
		return nil, err
	}
	res.Init, res.Steps = l.init, l.steps
	return res, nil
}

// lowerer is the state of one Lower call.
type lowerer struct {
	graph     *ir.Graph
	plan      *sched.Plan
	target    sched.Target
	rules     map[string]func(*lowerer, *ir.Node) error
	stored    map[*ir.Value][]*Storage // where each value lies, in one or more layouts
	packs     *Packs
	perSample map[*ir.Value]bool // values of which each sample of the batch has its own
	init      []Step
	steps     []Step

	derived  map[string]*Storage
	repacked map[packKey]*Storage     // weights that are packed at run time
	images   map[packedImage]*Storage // packed for matrix registers
	inPlace  map[*ir.Value]*Storage   // what a state holds next, written over what it holds
	last     map[*ir.Value]*ir.Node   // lastReads
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }

func (l *lowerer) node(n *ir.Node) error {
	if n.Out().Type.Elems() == 0 { // nothing to compute
		_, err := l.define(n.Out(), sched.Layout{})
		return err
	}
	for _, v := range n.Inputs {
		if v != nil && v.Type.Elems() == 0 {
			return unsupported("remove the node, or give the dimension another size", "%q is empty (%v): no kernel reads empty tensors", v.Name, v.Type)
		}
	}
	if !sched.CanFuse(n) {
		return unsupported("leave fusing to the graph passes", "no kernel computes these ops together")
	}
	anchor := sched.Anchor(n)
	if anchor == nil || anchor.Op.Class == ir.Elementwise {
		return lowerElementwise(l, n)
	}
	lower := l.rules[anchor.Op.Name]
	if lower == nil {
		return errNoKernel()
	}
	return lower(l, n)
}

// define makes the storage of v in layout lay, to be written by the next step.
func (l *lowerer) define(v *ir.Value, lay sched.Layout) (*Storage, error) {
	s, err := storageOf(v.Name, v.Type, lay, l.perSample[v])
	if err != nil {
		return nil, err
	}
	if at, ok := l.inPlace[v]; ok {
		s.Alias, s.Overwrites = at, true
	}
	if part, ok := l.within(v); ok && len(l.stored[v]) == 0 { // else it is a copy in another layout
		whole, err := l.whole(part.Whole)
		if err != nil {
			return nil, err
		}
		s.placeIn(whole, part.Block)
	}
	l.stored[v] = append(l.stored[v], s)
	return s, nil
}

// within says that v is written into the result of a concat: both must have a copy per sample, or neither.
func (l *lowerer) within(v *ir.Value) (sched.Part, bool) {
	part, ok := l.plan.Within[v]
	return part, ok && l.perSample[v] == l.perSample[part.Whole]
}

// whole is the memory of a concat's result, some of which may have been written already.
func (l *lowerer) whole(v *ir.Value) (*Storage, error) {
	if s := l.stored[v]; len(s) > 0 {
		return s[0], nil
	}
	return l.define(v, l.plan.Layout[v])
}

// perSample finds the values that carry the samples of a batch: the inputs, and all that is computed of them.
func perSample(g *ir.Graph) map[*ir.Value]bool {
	carry := map[*ir.Value]bool{}
	for _, v := range g.Inputs {
		carry[v] = g.Batched
	}
	for _, n := range g.Nodes {
		if slices.ContainsFunc(n.Inputs, func(v *ir.Value) bool { return carry[v] }) {
			for _, v := range n.Outputs {
				carry[v] = true
			}
		}
	}
	return carry
}

// emit appends a step that runs kernel k for node n; it fails if something in k could not be built.
func (l *lowerer) emit(k *kernel, n *ir.Node, family string, tile sched.Tile) error {
	if k.err != nil {
		return k.err
	}
	s := Step{Func: k.Func(), Args: k.args, Family: family, Tile: tile, Name: family, Overwrites: k.overwrites}
	if n != nil {
		s.Name, s.Nodes = n.Name, []*ir.Node{n}
		if n.Op.FLOPs != nil {
			s.FLOPs = n.Op.FLOPs(n)
		}
	}
	l.steps = append(l.steps, s)
	return nil
}

// read returns v in layout kind want.Kind with at least want's halo, changing its layout if it has to.
func (l *lowerer) read(v *ir.Value, want sched.Layout) (*Storage, error) {
	return l.readIf(v, want, func(have sched.Layout) bool {
		return have.Kind == want.Kind && have.Left >= want.Left && have.Right >= want.Right
	})
}

// readPlain returns v in plain row-major memory.
func (l *lowerer) readPlain(v *ir.Value) (*Storage, error) {
	return l.readIf(v, sched.Layout{}, func(have sched.Layout) bool { return have == sched.Layout{} })
}

func (l *lowerer) readIf(v *ir.Value, want sched.Layout, ok func(sched.Layout) bool) (*Storage, error) {
	want = want.Kept(l.target, v.Type.DType)
	if v.IsConst() {
		return l.constant(v, v.Type, want)
	}
	have := l.stored[v]
	if len(have) == 0 && v.Def != nil && v.Def.Op.Name == "reshape" {
		if err := l.view(v); err != nil {
			return nil, err
		}
		have = l.stored[v]
	}
	for _, s := range have {
		if ok(s.Layout) {
			return s, nil
		}
	}
	if len(have) == 0 {
		return nil, fmt.Errorf("%q is used before it is computed", v.Name)
	}
	return l.repack(v, have[0], want)
}

// output returns o in plain memory of its own: an input, a constant, or a value that leaves twice is copied.
func (l *lowerer) output(o ir.Output) (*Storage, error) {
	s, err := l.readPlain(o.Value)
	if err != nil {
		return nil, err
	}
	for _, v := range l.graph.Inputs {
		if l.stored[v][0] == s.Root() {
			return l.copy(o.Value, s)
		}
	}
	if s.Const != nil || s.Root().Derived {
		return l.copy(o.Value, s)
	}
	return s, nil
}

// plainDims are the dimensions of a plain storage under t's own shape, with the batch in front where there is one.
func (l *lowerer) plainDims(t ir.Type, batched bool) []int {
	if len(t.Shape) == 0 {
		return batchDims([]int{1}, batched)
	}
	return batchDims(slices.Clone(t.Shape), batched)
}

// batchDims is dims with the batch as the first one, where there is one.
func batchDims(dims []int, batched bool) []int {
	if batched {
		dims[0] = loopir.Batch
	}
	return dims
}
