package modeljson

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"nncc/ir/diag"
)

// Bounds on what a short text can ask for.
const (
	maxNesting   = 16      // of blocks in blocks
	maxExpanded  = 1 << 17 // JSON values that are read as layers of blocks
	maxNameBytes = 1000    // of a layer's name, with those of the blocks it is in
)

// scope is where layers stand: in the model, or in one use of a block.
type scope struct {
	outer    *scope   // nil for the model
	block    *block   // nil for the model
	pos      diag.Pos // of what uses the block
	prefix   string   // of the names of its layers
	params   map[string]*value
	inputs   map[string]*result
	previous *result        // what the next layer reads by default
	counts   map[string]int // how many layers have got a name by default, by their type
}

// title is how messages call a use of a block.
func (s *scope) title() string { return strings.TrimSuffix(s.prefix, ".") }

// fail reports a mistake. One in a block is reported at its place there, for the first use in which it is one.
func (m *model) fail(pos diag.Pos, format string, args ...any) *diag.Error {
	m.failures++
	msg := fmt.Sprintf(format, args...)
	s := m.scope
	if s == nil || s.block == nil {
		return m.errs.Add(pos, "%s", msg)
	}
	key := pos.String() + " " + msg
	if m.reported[key] {
		return &diag.Error{}
	}
	m.reported[key] = true
	return m.errs.Add(pos, "%s (in %q, block %q used in line %d)", msg, s.title(), s.block.name, s.pos.Line)
}

// useBlock puts a block in place of a layer that names it, as often as that says.
func (m *model) useBlock(v *value) {
	repeat := v.member("repeat")
	if repeat == nil {
		m.useOnce(v, m.scope.params, nil)
		return
	}
	times, ok := m.countOf(repeat, findKey(useKeys, "repeat"))
	first, okFirst := 0, true
	if number := v.member("first"); number != nil {
		first, okFirst = m.countOf(number, findKey(useKeys, "first"))
	}
	if name := v.member("name"); name != nil && name.kind == textValue && !refersTo(name.text, numberParam) {
		m.fail(name.pos, "name %q is the same for every repetition", name.text).Hint = "put $n, its number, into the name"
		ok = false
	}
	if !ok || !okFirst {
		m.unknownLayer(v)
		return
	}
	var behind *result
	for i := 0; i < times && !m.exhausted; i++ {
		params := maps.Clone(m.scope.params)
		if params == nil {
			params = map[string]*value{}
		}
		params[numberParam] = &value{pos: v.pos, kind: numberValue, text: strconv.Itoa(first + i)}
		m.useOnce(v, params, behind)
		behind = m.scope.previous
	}
}

// countOf reads a key before the others.
func (m *model) countOf(v *value, k *key) (int, bool) {
	v, ok := m.resolve(v, false, m.scope.params)
	if !ok {
		return 0, false
	}
	n, wrong := k.read(v)
	if wrong != nil {
		m.fail(wrong.pos, "%s must be %s, not %s", k.name, k.needs(), wrong.describe())
		return 0, false
	}
	return n.(int), true
}

// useOnce puts a block in place of the layer. behind is what it reads in place of its first input, nil for the first
// repetition.
func (m *model) useOnce(v *value, params map[string]*value, behind *result) {
	v, ok := m.substitute(v, params)
	if !ok {
		m.unknownLayer(v)
		return
	}
	b := m.findBlock(v.member("block"))
	if b == nil || b.broken {
		m.unknownLayer(v)
		return
	}
	b.used = true
	f, ok := m.readFields(v, b.name, slices.Concat(useKeys, b.params))
	r := &result{name: m.nameOf(f, b.name), pos: v.pos}
	inner := &scope{outer: m.scope, block: b, pos: v.pos, prefix: r.name + ".", inputs: map[string]*result{}, counts: map[string]int{}, params: maps.Clone(b.absent)}
	claimed := m.claim(f, r)
	if ok && claimed && m.connectBlock(f, b, inner, behind) && m.mayEnter(inner, f.at("block")) {
		for _, p := range b.params {
			if given := get[*value](f, p.name, nil); given != nil {
				inner.params[p.name] = given
			}
		}
		m.scope = inner
		m.readLayers(b.layers)
		m.scope = inner.outer
		r = inner.previous
	} else {
		m.params.forgive(inner.title())
	}
	if claimed {
		m.layers[inner.title()] = r
	}
	m.scope.previous = r
}

// connectBlock finds what goes into the block. It reports false if something has no value.
func (m *model) connectBlock(f *fields, b *block, inner *scope, behind *result) bool {
	names := get[[]textAt](f, "inputs", nil)
	if !f.has("inputs") && len(b.inputs) == 1 {
		if behind == nil {
			behind = m.scope.previous
		}
	} else if len(names) != len(b.inputs) {
		m.fail(f.at("inputs"), "block %q needs %s, has %d", b.name, inputCount(len(b.inputs)), len(names))
		return false
	}
	ok := true
	for i, name := range b.inputs {
		in := behind
		if i > 0 || behind == nil {
			in = m.find(names[i])
		}
		if in == nil || !m.isSingle(in, f.at("inputs")) || in.value == nil {
			ok = false
			continue
		}
		inner.inputs[name] = in
		if i == 0 {
			inner.previous = in
		}
	}
	return ok
}

// mayEnter bounds how much blocks in blocks and repetitions can ask for.
func (m *model) mayEnter(inner *scope, pos diag.Pos) bool {
	depth := 0
	for s := inner.outer; s.block != nil; s = s.outer {
		if s.block == inner.block {
			m.fail(pos, "block %q contains itself", inner.block.name)
			return false
		}
		depth++
	}
	if depth == maxNesting {
		m.fail(pos, "blocks are nested more than %d deep", maxNesting)
		return false
	}
	if m.expanded += inner.block.cost; m.expanded > maxExpanded {
		m.fail(pos, "the blocks amount to too many layers")
		m.exhausted = true
		return false
	}
	return true
}
