package grad

import (
	"fmt"
	"slices"

	"nncc/ir"
	"nncc/ir/diag"
	"nncc/runtime/tensor"
)

// network is a model under construction with a batch of a fixed size and its parameters as states.
type network struct {
	*ir.Builder
	batch    int
	training bool
	values   map[*ir.Value]*ir.Value // what stands for each value of the model
	carries  map[*ir.Value]bool      // values of the model that every sample has its own of
	params   []*ir.Value             // the states that are learned
	seed     *ir.Value               // of dropout, an input; nil without
	count    *ir.Value               // of steps, for dropout
	dropouts int
}

// newNetwork checks that the model is one that this package can train.
func newNetwork(g *ir.Graph, batch int, training bool) (*network, error) {
	var errs diag.List
	if len(g.Inputs) != 1 || len(g.Outputs) != 1 {
		errs.Add(diag.Pos{}, "the model has %d inputs and %d outputs, training needs one of each", len(g.Inputs), len(g.Outputs))
	}
	if !g.Batched {
		errs.Add(diag.Pos{}, "samples of a batch influence one another in the model, or it was exported for a fixed batch").Hint = "export it with a batch of 1 or an open one"
	}
	if batch < 1 {
		errs.Add(diag.Pos{}, "a batch of %d", batch)
	}
	if len(g.States) > 0 {
		errs.Add(diag.Pos{}, "the model has states already")
	}
	if err := errs.Err(); err != nil {
		return nil, err
	}
	return &network{Builder: ir.NewBuilder(g.Name), batch: batch, training: training, values: map[*ir.Value]*ir.Value{}, carries: map[*ir.Value]bool{}}, nil
}

// images declares the input that all graphs have.
func (b *network) images(g *ir.Graph) {
	in := g.Inputs[0]
	b.values[in] = b.Input(in.Pos, "images", b.batched(in.Type))
	b.carries[in] = true
}

// inputs declares the inputs of graphs that know what is right, and that of dropout if this one does.
func (b *network) inputs(g *ir.Graph) (labels *ir.Value) {
	b.images(g)
	labels = b.Input(diag.Pos{}, "labels", ir.T(tensor.I64, b.batch))
	if b.training && slices.ContainsFunc(g.Nodes, func(n *ir.Node) bool { return n.Op.Name == "dropout" }) {
		b.seed = b.Input(diag.Pos{}, "seed", ir.T(tensor.I64))
	}
	return labels
}

// add copies the model. The parameters that learn says so of are learned, all are states.
func (b *network) add(g *ir.Graph, learn func(name string) bool) {
	learned, running := parametersOf(g)
	for _, v := range g.Constants() {
		switch {
		case learned[v]:
			b.values[v] = b.State(v.Pos, v.Name, v.Const)
			if learn(v.Name) {
				b.params = append(b.params, b.values[v])
			}
		case running[v]:
			b.values[v] = b.State(v.Pos, v.Name, v.Const)
		default:
			b.values[v] = b.Const(v.Pos, v.Name, v.Const)
		}
	}
	for _, n := range g.Nodes {
		b.node(n)
	}
}

func (b *network) batched(t ir.Type) ir.Type {
	shape := slices.Clone(t.Shape)
	shape[0] = b.batch
	return ir.T(t.DType, shape...)
}

// node copies a node of the model, or puts in its place what training computes.
func (b *network) node(n *ir.Node) {
	inputs, carries := make([]*ir.Value, len(n.Inputs)), false
	for i, v := range n.Inputs {
		if v != nil {
			inputs[i] = b.values[v]
			carries = carries || b.carries[v]
		}
	}
	var outs []*ir.Value
	m := b.Maker(n.Pos, n.Name)
	switch {
	case b.training && n.Op.Name == "batchnorm" && carries:
		outs = []*ir.Value{b.batchNorm(m, n, inputs)}
	case n.Op.Name == "dropout":
		outs = []*ir.Value{b.dropout(m, n, inputs[0])}
	default:
		attrs := n.Attrs.Clone()
		if carries {
			b.rebatch(m, n, attrs, inputs)
		}
		outs = b.Nodes(n.Pos, n.Op.Name, n.Name, attrs, nil, inputs...)
	}
	for i, v := range n.Outputs {
		b.carries[v] = carries
		if outs != nil {
			b.values[v] = outs[i]
		}
	}
}

// rebatch changes what says in a node of the model that there is one sample.
func (b *network) rebatch(m ir.Maker, n *ir.Node, attrs ir.Attrs, inputs []*ir.Value) {
	first := map[string]string{"reshape": "shape", "slice": "size"}[n.Op.Name]
	if first != "" {
		list := slices.Clone(n.Ints(first))
		list[0] = b.batch
		attrs[first] = list
	}
	if n.Op.Name == "slice" {
		step := slices.Clone(n.Ints("step"))
		step[0] = 1
		attrs["step"] = step
	}
	if n.Op.Name == "concat" { // of something that all samples share, each gets its own
		for i, v := range n.Inputs {
			if !b.carries[v] && inputs[i] != nil {
				inputs[i] = m.Whole(inputs[i], b.batched(v.Type).Shape)
			}
		}
	}
}

// logits is the result of the model as [N, classes], before a softmax that ends it.
func (b *network) logits(g *ir.Graph) *ir.Value {
	v := g.Outputs[0].Value
	if n := v.Def; n != nil && n.Op.Name == "softmax" && n.Int("axis") == 1 {
		v = n.Inputs[0]
	}
	out := b.values[v]
	if out == nil {
		return nil
	}
	if t := out.Type; t.Rank() < 2 || tensor.Count(t.Shape[2:]) != 1 || !t.DType.IsFloat() {
		b.Errs.Add(v.Pos, "the output is %v, training needs floating-point [N, classes]", t)
		return nil
	}
	if out.Type.Rank() > 2 {
		out = b.Maker(v.Pos, "logits").Reshape(out, out.Type.Shape[:2]...)
	}
	return out
}

// finish returns the graph with the model's meta, without what no result needs.
func (b *network) finish(g *ir.Graph, suffix string) (*ir.Graph, error) {
	out, err := b.Graph()
	if err != nil {
		return nil, err
	}
	out.Name, out.Meta = fmt.Sprintf("%s_%s", g.Name, suffix), g.Meta
	out.Prune()
	return out, nil
}
