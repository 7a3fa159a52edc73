package onnx

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// functionProto is a function that a model defines: its nodes stand for a node that calls it.
type functionProto struct {
	name, domain, overload string
	inputs, outputs        []string
	attrs                  []string         // names of attributes without a default
	defaults               []attributeProto // attributes with one
	nodes                  []nodeProto
	opsets                 []opsetID
}

// functionKey is what a node names a function by.
type functionKey struct{ domain, name, overload string }

func keyOf(domain, name, overload string) functionKey {
	if domain == "ai.onnx" {
		domain = ""
	}
	return functionKey{domain, name, overload}
}

func (k functionKey) String() string {
	name := k.name
	if k.domain != "" {
		name = k.domain + "." + name
	}
	if k.overload != "" {
		name += ":" + k.overload
	}
	return name
}

// expander replaces the nodes that call functions of the model by the functions' nodes.
type expander struct {
	*importer
	functions map[functionKey]*functionProto
	nodes     []nodeProto
	taken     map[string]bool // names of values
	copies    map[string]int  // how often a name was made another
	bytes     int             // see grow
}

// expandFunctions makes a graph without calls. Values inside a function get names that nothing else in the graph has.
func (im *importer) expandFunctions() {
	if len(im.model.functions) == 0 {
		return
	}
	e := &expander{importer: im, functions: map[functionKey]*functionProto{}, taken: map[string]bool{}, copies: map[string]int{}}
	for i := range im.model.functions {
		f := &im.model.functions[i]
		key := keyOf(f.domain, f.name, f.overload)
		if e.functions[key] != nil {
			im.errorf("two functions are called %s", key)
		}
		e.functions[key] = f
	}
	for i := range im.graph.initializers {
		e.taken[im.graph.initializers[i].name] = true
	}
	for i := range im.graph.inputs {
		e.taken[im.graph.inputs[i].name] = true
	}
	for i := range im.graph.nodes {
		for _, name := range im.graph.nodes[i].outputs {
			e.taken[name] = true
		}
	}
	for i := range im.graph.nodes {
		e.add(im.graph.nodes[i], nil)
	}
	im.graph.nodes = e.nodes
}

// add appends a node, or what it stands for. within are the functions being expanded.
func (e *expander) add(p nodeProto, within []functionKey) {
	key := keyOf(p.domain, p.op, p.overload)
	f := e.functions[key]
	switch {
	case e.errs.Len() > 0:
	case f == nil && len(e.nodes) == maxNodes:
		e.errorf("more than %d nodes when functions are expanded", maxNodes)
	case f == nil:
		e.nodes = append(e.nodes, p)
	case slices.Contains(within, key):
		e.errorf("function %s calls itself: %s", key, route(within, key))
	case len(within) == maxFunctionDepth:
		e.errorf("functions call one another more than %d deep: %s", maxFunctionDepth, route(within, key))
	default:
		e.call(f, p, append(slices.Clone(within), key))
	}
}

// route prints the functions on the way to the last one, leaving out the middle of a long way.
func route(within []functionKey, last functionKey) string {
	const shown = 4
	var names []string
	for i, key := range within {
		if i < shown || i >= len(within)-shown {
			names = append(names, key.String())
		} else if i == shown {
			names = append(names, "...")
		}
	}
	return strings.Join(append(names, last.String()), " -> ")
}

// call appends the nodes of f, with the caller's values and attributes in the places of its own.
func (e *expander) call(f *functionProto, caller nodeProto, within []functionKey) {
	key := within[len(within)-1]
	const tableParts = 8
	e.grow(tableParts+len(f.inputs)+len(f.outputs)+len(f.attrs)+len(f.defaults), 0)
	if len(caller.inputs) > len(f.inputs) || len(caller.outputs) > len(f.outputs) {
		e.errorf("function %s has %s and %s, node %q uses %d and %d", key, count(len(f.inputs), "input"), count(len(f.outputs), "output"),
			caller.name, len(caller.inputs), len(caller.outputs))
		return
	}
	attrs := e.argumentsOf(f, &caller, key)
	opset := e.opsetOf(f.opsets, caller.opset)
	s := &scope{expander: e, prefix: cmp.Or(caller.name, key.name), values: map[string]string{"": ""}}
	for i, name := range f.inputs {
		s.values[name] = ""
		if i < len(caller.inputs) {
			s.values[name] = caller.inputs[i]
		}
	}
	copied := s.bindOutputs(f, &caller)
	for i := range f.nodes {
		e.add(s.node(&f.nodes[i], attrs, opset), within)
	}
	for _, p := range copied {
		p.opset = opset
		e.add(p, within)
	}
}

// argumentsOf are the attributes of a call: the caller's, or the function's own.
func (e *expander) argumentsOf(f *functionProto, caller *nodeProto, key functionKey) map[string]*attributeProto {
	attrs := map[string]*attributeProto{}
	for i := range f.defaults {
		attrs[f.defaults[i].name] = &f.defaults[i]
	}
	for i := range caller.attrs {
		a := &caller.attrs[i]
		if attrs[a.name] == nil && !slices.Contains(f.attrs, a.name) {
			known := append(slices.Clone(f.attrs), slices.Sorted(maps.Keys(attrs))...)
			e.errorf("function %s has no attribute %q, which node %q gives", key, a.name, caller.name).Hint = fmt.Sprintf("it has %q", known)
		}
		attrs[a.name] = a
	}
	return attrs
}

// opsetOf is the version of the operator set that a function is written in, by default the caller's.
func (e *expander) opsetOf(opsets []opsetID, absent int) int {
	for _, o := range opsets {
		if o.isDefault() {
			return e.checkedOpset(o.version)
		}
	}
	return absent
}

// scope are the names of one call.
type scope struct {
	*expander
	prefix string
	values map[string]string // by the function's names
}

// bindOutputs gives outputs the caller's names. One that is an input or another output as well is copied, by the nodes
// returned.
func (s *scope) bindOutputs(f *functionProto, caller *nodeProto) (copied []nodeProto) {
	for i, name := range f.outputs {
		if i >= len(caller.outputs) || caller.outputs[i] == "" {
			continue
		}
		if from, bound := s.values[name]; bound {
			copied = append(copied, nodeProto{name: caller.name, op: "Identity", inputs: []string{from}, outputs: caller.outputs[i : i+1]})
		} else {
			s.values[name] = caller.outputs[i]
		}
	}
	return copied
}

// node is a node of the function as it is in the graph.
func (s *scope) node(p *nodeProto, attrs map[string]*attributeProto, opset int) nodeProto {
	made := *p
	made.opset = opset
	made.name = s.prefix + "/" + cmp.Or(p.name, p.op)
	s.grow(len(p.inputs)+len(p.outputs)+len(p.attrs), len(made.name))
	made.inputs = s.rename(p.inputs)
	made.outputs = s.rename(p.outputs)
	made.attrs = nil
	for _, a := range p.attrs {
		if a.g != nil {
			s.errorf("node %q (%s) in a function has a graph, which is not supported", made.name, p.op)
		}
		if a.ref == "" {
			made.attrs = append(made.attrs, a)
		} else if given := attrs[a.ref]; given != nil { // without one, the operator's own default holds
			resolved := *given
			resolved.name = a.name
			made.attrs = append(made.attrs, resolved)
		}
	}
	return made
}

func (s *scope) rename(names []string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		if _, known := s.values[name]; !known {
			s.values[name] = s.unique(s.prefix + "/" + name)
		}
		out[i] = s.values[name]
	}
	return out
}

// unique makes a name that no other value has.
func (e *expander) unique(name string) string {
	made := name
	for e.taken[made] {
		e.copies[name]++
		made = fmt.Sprintf("%s.%d", name, e.copies[name])
	}
	e.taken[made] = true
	e.grow(0, len(made))
	return made
}

// grow accounts for a list of so many parts, and for the text in it: what a small file says again and again must not
// fill the memory.
func (e *expander) grow(parts, textBytes int) {
	const partBytes = 64
	if e.bytes += partBytes*(1+parts) + textBytes; e.bytes > maxExpandedBytes && e.errs.Len() == 0 {
		e.errorf("functions expand to more than %d bytes", maxExpandedBytes)
	}
}
