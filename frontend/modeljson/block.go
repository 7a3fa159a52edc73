package modeljson

import (
	"slices"

	"nncc/ir/diag"
)

// block is a run of layers that is written once and used several times. Its layers are checked where it is used.
type block struct {
	name   string
	pos    diag.Pos
	params []key             // of a layer that uses it
	absent map[string]*value // what parameters are that a use need not give
	places map[string]diag.Pos
	needed map[string]bool // parameters that its layers refer to
	inputs []string        // what its layers call what goes in
	layers *value
	cost   int // how many JSON values its layers are
	used   bool
	broken bool // a mistake in what it declares has been reported
}

// blockKeys are the keys of a block, useKeys those of every layer that uses one, before its parameters.
var (
	blockKeys = []key{
		{name: "params", form: textsForm, doc: "Names of the parameters that every use must give."},
		{name: "defaults", form: valuesForm, doc: "Parameters that a use may give, each with what it is otherwise."},
		{name: "inputs", form: textsForm, doc: `What its layers call what goes in, by default ["input"].`},
		{name: "layers", form: listForm, required: true, doc: "Its layers in order. The result of the last one is the block's."},
	}
	useKeys = []key{
		{name: "block", form: textForm, required: true, doc: "The block that stands here."},
		{name: "name", form: textForm, doc: "What precedes the names of its layers, and a dot; by default the block's name and a running number."},
		{name: "inputs", form: textsForm, doc: "Names of the layers, or of the input, that it reads; by default the layer before."},
		{name: "repeat", form: countForm, doc: "How many of it there are, each behind the other. $n stands for the number of each."},
		{name: "first", form: seedForm, doc: "The number of the first repetition, by default 0."},
	}
)

// numberParam is what the number of a repetition is called.
const numberParam = "n"

// readBlocks reads what blocks there are and what they declare.
func (m *model) readBlocks(v *value) {
	for _, d := range v.members {
		b := &block{
			name: d.key, pos: d.pos, absent: map[string]*value{}, places: map[string]diag.Pos{}, needed: map[string]bool{},
		}
		before := m.failures
		m.readBlock(b, d.value)
		b.broken = m.failures > before
		m.blocks = append(m.blocks, b)
	}
}

func (m *model) readBlock(b *block, v *value) {
	f, ok := m.readFields(v, "a block", blockKeys)
	if !ok {
		return
	}
	for _, name := range get[[]textAt](f, "params", nil) {
		m.declare(b, name, true)
	}
	for _, d := range get[[]member](f, "defaults", nil) {
		m.declare(b, textAt{d.key, d.pos}, false)
		b.absent[d.key] = d.value
	}
	b.inputs = plain(get(f, "inputs", []textAt{{string: "input"}}))
	if names := slices.Compact(slices.Sorted(slices.Values(b.inputs))); len(names) == 0 || len(names) < len(b.inputs) {
		m.fail(f.at("inputs"), "inputs must be at least one name, and names that differ")
	}
	b.layers = get[*value](f, "layers", nil)
	b.cost = b.layers.count()
	if len(b.layers.list) == 0 {
		m.fail(b.layers.pos, "there are no layers")
	}
}

// declare adds a parameter to a block.
func (m *model) declare(b *block, name textAt, required bool) {
	_, twice := b.places[name.string]
	switch {
	case !isParam(name.string):
		m.fail(name.pos, "parameter %q must begin with a letter and have letters, digits and _ only", name.string)
	case twice:
		m.fail(name.pos, "parameter %q is there twice", name.string)
	case name.string == numberParam || findKey(useKeys, name.string) != nil:
		m.fail(name.pos, "a parameter cannot be called %q, which has a meaning of its own", name.string)
	}
	b.places[name.string] = name.pos
	b.params = append(b.params, key{name: name.string, form: valueForm, required: required})
}

// checkBlocks reports blocks and parameters that nothing uses.
func (m *model) checkBlocks() {
	for _, b := range m.blocks {
		if !b.used {
			m.fail(b.pos, "no layer uses block %q", b.name)
			continue
		}
		for _, p := range b.params {
			if !b.needed[p.name] {
				m.fail(b.places[p.name], "no layer of block %q uses parameter %q", b.name, p.name).Hint = "write it as $" + p.name
			}
		}
	}
}

// findBlock looks up the block that a layer names, and reports one that there is not.
func (m *model) findBlock(v *value) *block {
	if v.kind != textValue {
		m.fail(v.pos, "block must be a string, not %s", v.describe())
		return nil
	}
	var names []string
	for _, b := range m.blocks {
		if b.name == v.text {
			return b
		}
		names = append(names, b.name)
	}
	e := m.fail(v.pos, "there is no block %q", v.text)
	if len(names) > 0 {
		e.Hint = suggest(v.text, names, "there are")
	} else {
		e.Hint = `define it in "blocks"`
	}
	return nil
}

// count is how many values v consists of.
func (v *value) count() int {
	n := 1
	for _, e := range v.list {
		n += e.count()
	}
	for _, d := range v.members {
		n += d.value.count()
	}
	return n
}
