package reduce

import (
	"slices"

	"nncc/ir"
	"nncc/runtime/tensor"
)

// edit is a change of a graph: what is not mentioned stays.
type edit struct {
	outputs   []*ir.Value                          // become the only outputs, if any are given
	cut       []*ir.Node                           // are removed; those of their results that are read become inputs
	instead   map[*ir.Value]*ir.Value              // the value that others read in place of a node's result
	attrs     map[*ir.Node]ir.Attrs                // a node's attributes; those that are missing get their defaults
	constants map[*ir.Value]*tensor.Tensor         // of the same type
	resize    func(v *ir.Value, shape []int) []int // new sizes of an input or a constant
	sizes     map[int]int                          // new values of integers in attributes that name sizes
	frozen    *ir.Value                            // what a state holds, which no longer changes
}

// applier builds the edited graph.
type applier struct {
	edit
	out    *ir.Graph
	values map[*ir.Value]*ir.Value // new ones by old ones
}

// apply makes the edited graph, with all types inferred anew and without what no output needs. It fails where the op
// table does not allow the change.
func (e edit) apply(g *ir.Graph) (*ir.Graph, error) {
	a := &applier{edit: e, out: &ir.Graph{Name: g.Name}, values: map[*ir.Value]*ir.Value{}}
	for _, v := range g.Inputs {
		a.input(v)
	}
	for _, s := range g.States {
		a.state(s)
	}
	for _, n := range g.Nodes {
		if slices.Contains(e.cut, n) {
			for _, v := range n.Outputs {
				a.input(v)
			}
			continue
		}
		if err := a.node(n); err != nil {
			return nil, err
		}
	}
	outputs := e.outputs
	if len(outputs) == 0 {
		for _, o := range g.Outputs {
			outputs = append(outputs, o.Value)
		}
	}
	for _, v := range outputs {
		w := a.value(v)
		if !a.out.IsOutput(w) {
			a.out.Outputs = append(a.out.Outputs, ir.Output{Name: w.Name, Value: w})
		}
	}
	for i, s := range g.States {
		if s.In != e.frozen {
			a.out.States[i].Out = a.value(s.Out)
		}
	}
	sweep(a.out)
	return a.out, nil
}

// state makes a state of the same name that is only read so far.
func (a *applier) state(s ir.State) {
	init := s.Init
	if a.resize != nil {
		if shape := a.resize(s.In, init.Shape); !slices.Equal(shape, init.Shape) {
			init = corner(init, shape)
		}
	}
	w := &ir.Value{Name: s.In.Name, Type: ir.T(init.DType, init.Shape...), Pos: s.In.Pos}
	a.values[s.In] = w
	a.out.States = append(a.out.States, ir.State{Name: s.Name, In: w, Out: w, Init: init})
}

// input makes v an input.
func (a *applier) input(v *ir.Value) {
	w := &ir.Value{Name: v.Name, Type: v.Type, Pos: v.Pos}
	if a.resize != nil {
		w.Type.Shape = a.resize(v, v.Type.Shape)
	}
	a.values[v] = w
	a.out.Inputs = append(a.out.Inputs, w)
}

// value is what stands for v.
func (a *applier) value(v *ir.Value) *ir.Value {
	if v == nil {
		return nil
	}
	if w := a.instead[v]; w != nil {
		return a.value(w)
	}
	if a.values[v] == nil { // a constant, as everything else comes before its readers
		a.values[v] = a.constant(v, nil)
	}
	return a.values[v]
}

// constant makes v anew; local are sizes that changed around its reader.
func (a *applier) constant(v *ir.Value, local map[int]int) *ir.Value {
	t := v.Const
	if c := a.constants[v]; c != nil {
		t = c
	}
	shape := t.Shape
	if a.resize != nil {
		shape = resized(a.resize(v, shape), local)
	}
	if !slices.Equal(shape, t.Shape) {
		t = corner(t, shape)
	}
	return &ir.Value{Name: v.Name, Type: ir.T(t.DType, t.Shape...), Const: t, Pos: v.Pos}
}

func (a *applier) node(n *ir.Node) error {
	if len(n.Outputs) == 1 && a.instead[n.Out()] != nil {
		return nil
	}
	m := &ir.Node{Op: n.Op, Name: n.Name, Attrs: n.Attrs.Clone(), Pos: n.Pos}
	if attrs, ok := a.attrs[n]; ok {
		m.Attrs = attrs.Clone()
	}
	if n.Body != nil {
		m.Body = n.Body.Clone()
	}
	a.connect(n, m)
	a.fitAttrs(n, m)
	types, err := ir.Complete(m)
	if err != nil {
		return err
	}
	for i, t := range types {
		w := &ir.Value{Name: n.Outputs[i].Name, Type: t, Def: m, Pos: n.Outputs[i].Pos}
		m.Outputs, a.values[n.Outputs[i]] = append(m.Outputs, w), w
	}
	a.out.Nodes = append(a.out.Nodes, m)
	return nil
}

// connect gives m the inputs that stand for n's. Constants follow the sizes of what is computed: the weights of a
// convolution have as many channels as its image.
func (a *applier) connect(n, m *ir.Node) {
	local := map[int]int{}
	for _, v := range n.Inputs {
		if v == nil || v.IsConst() {
			continue
		}
		w := a.value(v)
		for d, size := range v.Type.Shape {
			if d < w.Type.Rank() && w.Type.Shape[d] != size {
				local[size] = w.Type.Shape[d]
			}
		}
	}
	for _, v := range n.Inputs {
		if v != nil && v.IsConst() && a.values[v] == nil && a.instead[v] == nil {
			a.values[v] = a.constant(v, local)
		}
		m.Inputs = append(m.Inputs, a.value(v))
	}
}

// fitAttrs changes integers that name sizes, and lists that multiply to the number of elements of the first input, such
// as the shape of a reshape.
func (a *applier) fitAttrs(n, m *ir.Node) {
	if a.resize == nil || len(n.Inputs) == 0 || n.Inputs[0] == nil {
		return
	}
	for name, value := range m.Attrs {
		switch value := value.(type) {
		case int:
			if to, ok := a.sizes[value]; ok {
				m.Attrs[name] = to
			}
		case []int:
			if len(value) > 0 && tensor.Count(value) == n.Inputs[0].Type.Elems() {
				m.Attrs[name] = refit(resized(value, a.sizes), m.Inputs[0].Type.Elems())
			}
		}
	}
}

// refit changes the largest number of a list that can be changed so that the list multiplies to count.
func refit(list []int, count int) []int {
	list = slices.Clone(list)
	for tries := slices.Clone(list); len(tries) > 0; {
		largest := slices.Index(tries, slices.Max(tries))
		if tries[largest] < 1 {
			break
		}
		rest := tensor.Count(list) / list[largest]
		if rest > 0 && count%rest == 0 {
			list[largest] = count / rest
			break
		}
		tries[largest] = 0
	}
	return list
}

// resized replaces sizes in a shape.
func resized(shape []int, sizes map[int]int) []int {
	out := slices.Clone(shape)
	for i, size := range shape {
		if to, ok := sizes[size]; ok {
			out[i] = min(to, size)
		}
	}
	return out
}

// corner is the part of t at its first indices.
func corner(t *tensor.Tensor, shape []int) *tensor.Tensor {
	out := tensor.New(t.DType, shape...)
	size := t.DType.Bytes()
	for i := range out.Len() {
		from, rest, stride := 0, i, 1
		for d := len(shape) - 1; d >= 0; d-- {
			from += rest % shape[d] * stride
			rest, stride = rest/shape[d], stride*t.Shape[d]
		}
		copy(out.Data[i*size:(i+1)*size], t.Data[from*size:])
	}
	return out
}

// sweep removes nodes, inputs and states that no output needs. A state that changes is needed.
func sweep(g *ir.Graph) {
	g.Prune()
	read := g.Users()
	unused := func(v *ir.Value) bool { return len(read[v]) == 0 && !g.IsOutput(v) }
	isNext := func(v *ir.Value) bool {
		return slices.ContainsFunc(g.States, func(s ir.State) bool { return s.Out == v && s.In != v })
	}
	g.Inputs = slices.DeleteFunc(g.Inputs, func(v *ir.Value) bool { return unused(v) && !isNext(v) })
	g.States = slices.DeleteFunc(g.States, func(s ir.State) bool { return s.Out == s.In && unused(s.In) && !isNext(s.In) })
}
