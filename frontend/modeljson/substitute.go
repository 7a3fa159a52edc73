package modeljson

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"nncc/ir"
)

// reference is a parameter in a string: $width.
var reference = regexp.MustCompile(`\$[A-Za-z][A-Za-z0-9_]*`)

// isParam reports whether a word can be the name of a parameter.
func isParam(word string) bool { return reference.FindString("$"+word) == "$"+word }

// refersTo reports whether a string refers to a parameter.
func refersTo(text, param string) bool {
	return slices.Contains(reference.FindAllString(text, -1), "$"+param)
}

// substitute replaces the parameters in a layer by what they stand for. It reports false if one stands for nothing.
func (m *model) substitute(layer *value, params map[string]*value) (*value, bool) {
	out, ok := *layer, true
	out.members = slices.Clone(layer.members)
	for i, d := range out.members {
		isName := d.key == "name" || d.key == "inputs"
		v, known := m.resolve(d.value, isName, params)
		out.members[i].value, ok = v, ok && known
	}
	return &out, ok
}

// resolve replaces the parameters in the value of a key. A string that begins with one is a product, "$width" or
// "$width*4", whose value takes its place; elsewhere, and in names, parameters become a part of the string.
func (m *model) resolve(v *value, isName bool, params map[string]*value) (*value, bool) {
	switch {
	case v.kind == listValue:
		out, ok := *v, true
		out.list = slices.Clone(v.list)
		for i, e := range out.list {
			r, known := m.resolve(e, isName, params)
			out.list[i], ok = r, ok && known
		}
		return &out, ok
	case v.kind != textValue || !strings.Contains(v.text, "$"):
		return v, true
	case isName || v.text[0] != '$':
		return m.interpolate(v, params)
	}
	return m.product(v, params)
}

// product is what one parameter stands for, or the product of several factors, parameters or numbers.
func (m *model) product(v *value, params map[string]*value) (*value, bool) {
	factors := strings.Split(v.text, "*")
	product := 1
	for _, text := range factors {
		factor := &value{pos: v.pos, kind: numberValue, text: text}
		if strings.HasPrefix(text, "$") {
			if !isParam(text[1:]) {
				m.fail(v.pos, "%s is neither a parameter nor a product of such", v.describe())
				return v, false
			}
			given := m.param(v, text[1:], params)
			if given == nil {
				return v, false
			}
			factor = given
			if len(factors) == 1 {
				out := *given
				out.pos = v.pos
				return &out, true
			}
		}
		n, wrong := factor.integer(-ir.MaxTensorBytes)
		if product *= n; wrong != nil || product < -ir.MaxTensorBytes || product > ir.MaxTensorBytes {
			m.fail(v.pos, "%s is not a product of integers, or too large: %s is %s", v.describe(), text, factor.describe())
			return v, false
		}
	}
	return &value{pos: v.pos, kind: numberValue, text: strconv.Itoa(product)}, true
}

// interpolate replaces parameters by their text.
func (m *model) interpolate(v *value, params map[string]*value) (*value, bool) {
	ok, size := true, 0
	text := reference.ReplaceAllStringFunc(v.text, func(ref string) string {
		given := m.param(v, ref[1:], params)
		switch {
		case given == nil:
			ok = false
		case given.kind == listValue:
			m.fail(v.pos, "%s is a list, which cannot be a part of a string", ref)
			ok = false
		case size > maxNameBytes: // fails anyhow
		default:
			size += len(given.text)
			return given.text
		}
		return ""
	})
	if !ok {
		return v, false
	}
	return &value{pos: v.pos, kind: textValue, text: text}, true
}

// param is what a parameter stands for, or nil after reporting that there is none.
func (m *model) param(v *value, name string, params map[string]*value) *value {
	given := params[name]
	if given == nil {
		e := m.fail(v.pos, "there is no parameter %q here", name)
		e.Hint = "parameters belong to blocks"
		if len(params) > 0 {
			e.Hint = suggest(name, slices.Sorted(maps.Keys(params)), "there are")
		}
		return nil
	}
	if b := m.scope.block; b != nil {
		b.needed[name] = true
	}
	return given
}
