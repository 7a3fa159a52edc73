package modeljson

import (
	"errors"
	"fmt"
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
	used   bool // an output depends on it
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
}

// commonKeys are those that every layer has.
var commonKeys = []key{
	{name: "type", form: textForm, required: true, doc: "What the layer computes."},
	{name: "name", form: textForm, doc: "Its name, and the prefix of its parameters; by default the type and a running number."},
	{name: "inputs", form: textsForm, doc: "Names of the layers, or of the input, that it reads; by default the layer before."},
}

func (m *model) readLayers(list *value) {
	if len(list.list) == 0 {
		m.errs.Add(list.pos, "there are no layers")
	}
	previous := m.input
	counts := map[string]int{}
	for _, v := range list.list {
		r := m.readLayer(v, previous, counts)
		m.ordered = append(m.ordered, r)
		previous = r
	}
}

// readLayer checks a layer and adds its ops. The result has no value if anything is wrong.
func (m *model) readLayer(v *value, previous *result, counts map[string]int) *result {
	kind, pos := m.layerKind(v)
	if kind == nil {
		return m.unknownLayer(v)
	}
	f, ok := m.readFields(v, kind.name, append(commonKeys[:len(commonKeys):len(commonKeys)], kind.keys...))
	counts[kind.name]++
	r := &result{name: get(f, "name", fmt.Sprintf("%s%d", kind.name, counts[kind.name])), pos: pos}
	switch {
	case r.name == "":
		m.errs.Add(f.at("name"), "name is empty")
	case m.layers[r.name] != nil:
		m.errs.Add(f.at("name"), "there is another layer %q before this one", r.name).Hint = "give it another name"
		ok = false
	default:
		defer func() { m.layers[r.name] = r }() // later: a layer must not read itself
	}
	l := &layer{fields: f, model: m, kind: kind, name: r.name, pos: pos}
	if l.connect(r, previous) && ok {
		r.value = kind.build(l)
	}
	if r.value == nil {
		m.params.forgive(r.name)
	}
	return r
}

// unknownLayer stands for a layer of unknown type, so that what refers to it is not called wrong as well.
func (m *model) unknownLayer(v *value) *result {
	r := &result{pos: v.pos}
	for _, member := range v.members {
		if member.key == "name" && m.layers[member.value.text] == nil {
			r.name = member.value.text
			m.layers[r.name] = r
			m.params.forgive(r.name)
		}
	}
	return r
}

// layerKind finds the row of the table for a layer, and the place of its type.
func (m *model) layerKind(v *value) (*layerKind, diag.Pos) {
	for _, member := range v.members {
		if member.key != "type" || member.value.kind != textValue {
			continue
		}
		for i := range layerKinds {
			if layerKinds[i].name == member.value.text {
				return &layerKinds[i], member.value.pos
			}
		}
		m.errs.Add(member.value.pos, "unknown type of layer %q", member.value.text).Hint = suggest(member.value.text, kindNames(), "there are")
		return nil, v.pos
	}
	switch {
	case v.kind != objectValue:
		m.errs.Add(v.pos, "a layer must be an object, not %s", v.describe())
	default:
		m.errs.Add(v.pos, `a layer needs "type", a string`).Hint = "there are " + strings.Join(kindNames(), ", ")
	}
	return nil, v.pos
}

func kindNames() []string {
	var names []string
	for _, k := range layerKinds {
		names = append(names, k.name)
	}
	return names
}

// connect finds the layer's inputs: those it names, or the layer before it. It reports false if one has no value.
func (l *layer) connect(r, previous *result) bool {
	names := get[[]textAt](l.fields, "inputs", nil)
	switch {
	case !l.has("inputs") && l.kind.minInputs > 1:
		l.model.errs.Add(l.pos, "%s needs \"inputs\", a list of the layers that it combines", l.kind.name)
		return false
	case !l.has("inputs"):
		r.inputs = []*result{previous}
	case len(names) < l.kind.minInputs || l.kind.maxInputs > 0 && len(names) > l.kind.maxInputs:
		l.model.errs.Add(l.at("inputs"), "%s needs %s, has %d", l.kind.name, l.kind.arity(), len(names))
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
		ok = ok && in.value != nil
		l.inputs = append(l.inputs, in.value)
	}
	return ok
}

func (k *layerKind) arity() string {
	switch {
	case k.maxInputs == 1:
		return "1 input"
	case k.minInputs == 1:
		return "at least 1 input"
	}
	return fmt.Sprintf("at least %d inputs", k.minInputs)
}

// shape is the first input's, with the batch.
func (l *layer) shape() []int { return l.inputs[0].Type.Shape }

// errorf reports a mistake at the value of a key, and returns nil for functions to return.
func (l *layer) errorf(key, format string, args ...any) *ir.Value {
	pos := l.pos
	if p, ok := l.places[key]; ok {
		pos = p
	}
	l.model.errs.Add(pos, format, args...)
	return nil
}

// emit applies an op of the IR, whose result is the layer's.
func (l *layer) emit(op string, attrs ir.Attrs, inputs ...*ir.Value) *ir.Value {
	return l.emitAs(l.name, op, attrs, inputs...)
}

// emitAs is emit for an intermediate value.
func (l *layer) emitAs(name, op string, attrs ir.Attrs, inputs ...*ir.Value) *ir.Value {
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
	l.model.errs.Add(l.pos, "%s: %s", l.kind.name, msg).Hint = e.Hint
}
