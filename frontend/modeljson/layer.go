package modeljson

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"nncc/ir"
	"nncc/ir/diag"
)

// result is the input or a layer, as later layers refer to it.
type result struct {
	name   string
	pos    diag.Pos
	value  *ir.Value // nil if the layer has a mistake, which has been reported
	inputs []*result
	parts  []*result // its results, for layers that have several
	used   bool      // an output depends on it
}

// use marks r and what it depends on.
func (r *result) use() {
	for stack := []*result{r}; len(stack) > 0; {
		top := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if !top.used {
			top.used = true
			stack = append(stack, top.inputs...)
		}
	}
}

// layer is one layer while it becomes ops: what its function in the table sees.
type layer struct {
	*fields
	model  *model
	kind   *layerKind
	name   string
	pos    diag.Pos // of its type
	inputs []*ir.Value
	parts  []*ir.Value // its results, of the kinds that have several
}

// commonKeys are those that every layer has.
var commonKeys = []key{
	{name: "type", form: textForm, required: true, doc: "What the layer computes."},
	{name: "name", form: textForm, doc: "Its name, and the prefix of its parameters; by default the type and a running number."},
	{name: "inputs", form: textsForm, doc: "Names of the layers, or of the input, that it reads; by default the layer before."},
}

// readLayers adds the layers of a scope.
func (m *model) readLayers(list *value) {
	if len(list.list) == 0 {
		m.fail(list.pos, "there are no layers")
	}
	for _, v := range list.list {
		switch {
		case m.exhausted:
			return
		case v.member("block") != nil:
			m.useBlock(v)
		default:
			m.readLayer(v)
		}
	}
}

// readLayer checks a layer and adds its ops. The result has no value if anything is wrong.
func (m *model) readLayer(v *value) {
	v, ok := m.substitute(v, m.scope.params)
	if !ok {
		m.unknownLayer(v)
		return
	}
	kind, pos := m.layerKind(v)
	if kind == nil {
		m.unknownLayer(v)
		return
	}
	f, ok := m.readFields(v, kind.name, append(commonKeys[:len(commonKeys):len(commonKeys)], kind.keys...))
	r := &result{name: m.nameOf(f, kind.name), pos: pos}
	claimed := m.claim(f, r)
	l := &layer{fields: f, model: m, kind: kind, name: r.name, pos: pos}
	if l.connect(r) && ok && claimed {
		r.value = kind.build(l)
	}
	m.addResults(r, l.parts)
	if r.value == nil {
		m.params.forgive(r.name)
	}
	if claimed {
		m.layers[r.name] = r // only now: a layer must not read itself
	}
	m.scope.previous = r
}

// addResults notes what a layer has computed: one value, or several that are called after their places.
func (m *model) addResults(r *result, parts []*ir.Value) {
	if parts == nil {
		m.ordered = append(m.ordered, r)
		return
	}
	for i, v := range parts {
		part := &result{name: fmt.Sprintf("%s.%d", r.name, i), pos: r.pos, value: v, inputs: r.inputs}
		r.parts = append(r.parts, part)
		m.layers[part.name] = part
		m.ordered = append(m.ordered, part)
	}
}

// nameOf is a layer's whole name: the one it gives, or kind and a running number, behind those of the blocks it is in.
func (m *model) nameOf(f *fields, kind string) string {
	m.scope.counts[kind]++
	return m.scope.prefix + get(f, "name", fmt.Sprintf("%s%d", kind, m.scope.counts[kind]))
}

// claim reports whether a layer can have its name.
func (m *model) claim(f *fields, r *result) bool {
	own := strings.TrimPrefix(r.name, m.scope.prefix)
	switch {
	case own == "":
		m.fail(f.at("name"), "name is empty")
	case len(r.name) > maxNameBytes:
		m.fail(f.at("name"), "the name is longer than %d bytes", maxNameBytes)
	case m.layers[r.name] != nil || m.scope.inputs[own] != nil:
		m.fail(f.at("name"), "there is another layer %q before this one", own).Hint = "give it another name"
	default:
		return true
	}
	return false
}

// unknownLayer stands for a layer of which too little is known, so that what refers to it is not called wrong as well.
func (m *model) unknownLayer(v *value) {
	r := &result{pos: v.pos}
	if name := v.member("name"); name != nil && len(name.text) <= maxNameBytes && m.layers[m.scope.prefix+name.text] == nil {
		r.name = m.scope.prefix + name.text
		m.layers[r.name] = r
		m.params.forgive(r.name)
	}
	m.scope.previous = r
}

// layerKind finds the row of the table for a layer, and the place of its type.
func (m *model) layerKind(v *value) (*layerKind, diag.Pos) {
	name := v.member("type")
	switch {
	case v.kind != objectValue:
		m.fail(v.pos, "a layer must be an object, not %s", v.describe())
	case name == nil || name.kind != textValue:
		m.fail(v.pos, `a layer needs "type", a string`).Hint = "there are " + strings.Join(Kinds(), ", ")
	default:
		for i := range layerKinds {
			if layerKinds[i].name == name.text {
				return &layerKinds[i], name.pos
			}
		}
		m.fail(name.pos, "unknown type of layer %q", name.text).Hint = suggest(name.text, Kinds(), "there are")
	}
	return nil, v.pos
}

// Kinds lists the types of layers.
func Kinds() []string {
	var names []string
	for _, k := range layerKinds {
		names = append(names, k.name)
	}
	return names
}

// connect finds the layer's inputs: those it names, or the layer before it. It reports false if one has no value.
func (l *layer) connect(r *result) bool {
	names := get[[]textAt](l.fields, "inputs", nil)
	switch {
	case !l.has("inputs") && l.kind.minInputs > 1:
		l.model.fail(l.pos, "%s needs \"inputs\", a list of the layers that it combines", l.kind.name)
		return false
	case !l.has("inputs"):
		r.inputs = []*result{l.model.scope.previous}
	case len(names) < l.kind.minInputs || l.kind.maxInputs > 0 && len(names) > l.kind.maxInputs:
		l.model.fail(l.at("inputs"), "%s needs %s, has %d", l.kind.name, l.kind.arity(), len(names))
		return false
	}
	ok := true
	for _, name := range names {
		in := l.model.find(name)
		if in == nil {
			ok = false
			continue
		}
		r.inputs = append(r.inputs, in)
	}
	for _, in := range r.inputs {
		ok = l.model.isSingle(in, l.at("inputs")) && in.value != nil && ok
		l.inputs = append(l.inputs, in.value)
	}
	return ok
}

// isSingle reports whether r is one value, and says so if it is several.
func (m *model) isSingle(r *result, pos diag.Pos) bool {
	if r.parts == nil {
		return true
	}
	first, last := r.parts[0].name, r.parts[len(r.parts)-1].name
	m.fail(pos, "layer %q has several results", strings.TrimPrefix(r.name, m.scope.prefix)).Hint =
		fmt.Sprintf("name one in \"inputs\": %s to %s", strings.TrimPrefix(first, m.scope.prefix), strings.TrimPrefix(last, m.scope.prefix))
	return false
}

func (k *layerKind) arity() string {
	if k.maxInputs > 0 {
		return inputCount(k.maxInputs)
	}
	return "at least " + inputCount(k.minInputs)
}

func inputCount(n int) string {
	if n == 1 {
		return "1 input"
	}
	return fmt.Sprintf("%d inputs", n)
}

// shape is the first input's, with the batch.
func (l *layer) shape() []int { return l.inputs[0].Type.Shape }

// errorf reports a mistake at the value of a key, and returns nil for functions to return.
func (l *layer) errorf(key, format string, args ...any) *ir.Value {
	pos := l.pos
	if p, ok := l.places[key]; ok {
		pos = p
	}
	l.model.fail(pos, format, args...)
	return nil
}

// emit applies an op of the IR, whose result is the layer's.
func (l *layer) emit(op string, attrs ir.Attrs, inputs ...*ir.Value) *ir.Value {
	return l.emitAs(l.name, op, attrs, inputs...)
}

// step is emit for an intermediate result.
func (l *layer) step(op string, attrs ir.Attrs, inputs ...*ir.Value) *ir.Value {
	return l.emitAs(l.name+"."+op, op, attrs, inputs...)
}

// emitAs is emit for a value of any name.
func (l *layer) emitAs(name, op string, attrs ir.Attrs, inputs ...*ir.Value) *ir.Value {
	if slices.Contains(inputs, nil) {
		return nil // which has been reported
	}
	n := &ir.Node{Op: ir.LookupOp(op), Name: l.name, Inputs: inputs, Attrs: attrs, Pos: l.pos}
	if _, err := ir.Complete(n); err != nil {
		l.report(op, err)
		return nil
	}
	v := l.model.build.Node(l.pos, op, name, n.Attrs, inputs...)
	v.Def.Name = l.name
	return v
}

// report passes on what is wrong with an op in terms of the layer.
func (l *layer) report(op string, err error) {
	var e *diag.Error
	if !errors.As(err, &e) {
		e = &diag.Error{Msg: err.Error()}
	}
	msg := strings.TrimPrefix(e.Msg, op+": ")
	l.model.fail(l.pos, "%s: %s", l.kind.name, msg).Hint = e.Hint
}
