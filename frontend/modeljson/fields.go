package modeljson

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"nncc/ir"
	"nncc/ir/diag"
)

// form is what the value of a key may look like. Each form has a reader here and a JSON Schema in schema.go.
type form uint8

const (
	textForm      form = iota // string
	boolForm                  // bool
	numberForm                // float64
	intForm                   // int
	countForm                 // int of at least 1
	intsForm                  // []int
	countsForm                // []int, each at least 1
	intOrIntsForm             // numbers
	sizeForm                  // numbers, each at least 1
	padForm                   // numbers, none negative
	numbersForm               // []float64
	textsForm                 // []textAt
	seedForm                  // int, not negative
	objectForm                // *value
	listForm                  // *value
	valueForm                 // *value, of a parameter
	valuesForm                // []member, whose values are valueForm
	outputsForm               // []binding
)

// formNames say what a key needs, for messages.
var formNames = [...]string{
	textForm: "a string", boolForm: "true or false", numberForm: "a number", intForm: "an integer",
	countForm: "an integer of at least 1", intsForm: "a list of integers", countsForm: "a list of integers of at least 1",
	intOrIntsForm: "an integer or a list of integers", sizeForm: "an integer of at least 1 or a list of such",
	padForm: "an integer that is not negative or a list of such", numbersForm: "a list of numbers",
	textsForm: "a list of strings", seedForm: "an integer that is not negative", objectForm: "an object", listForm: "a list",
	valueForm:  fmt.Sprintf("a number, a string, true, false or a list of up to %d of them", maxParamValues),
	valuesForm: "an object of parameters", outputsForm: "a list of names of layers, or an object of names and the layers they stand for",
}

// numbers is one number, or a list of them.
type numbers struct {
	list []int
	one  bool
}

// spread is the list, or the number once for each of n dimensions.
func (s numbers) spread(n int) []int {
	if !s.one {
		return s.list
	}
	out := make([]int, n)
	for i := range out {
		out[i] = s.list[0]
	}
	return out
}

// textAt is a string and its place.
type textAt struct {
	string
	pos diag.Pos
}

// key declares one key of an object: what docs and the schema say about it, and what is checked.
type key struct {
	name     string
	form     form
	required bool
	doc      string
	oneOf    []string // the strings a textForm may be; nil for any
}

// fields are an object's values by key, read as their forms say.
type fields struct {
	pos    diag.Pos
	values map[string]any
	places map[string]diag.Pos // of the values
}

func (f *fields) has(name string) bool { _, ok := f.values[name]; return ok }

// at is the place of a key's value, or of the object if it is absent.
func (f *fields) at(name string) diag.Pos {
	if p, ok := f.places[name]; ok {
		return p
	}
	return f.pos
}

// get returns the value of a key, or absent.
func get[T any](f *fields, name string, absent T) T {
	if v, ok := f.values[name].(T); ok {
		return v
	}
	return absent
}

// readFields checks an object against the keys it may have. what names it in messages. It reports false if anything is
// wrong; the fields then lack what is.
func (m *model) readFields(v *value, what string, keys []key) (*fields, bool) {
	f := &fields{pos: v.pos, values: map[string]any{}, places: map[string]diag.Pos{}}
	if v.kind != objectValue {
		m.fail(v.pos, "%s must be an object, not %s", what, v.describe())
		return f, false
	}
	before := m.failures
	meant := map[string]bool{} // keys that are there, misspelled
	for _, member := range v.members {
		k := findKey(keys, member.key)
		if k == nil {
			guess := closest(member.key, keyNames(keys))
			meant[guess] = true
			m.fail(member.pos, "unknown key %q", member.key).Hint = hint(guess, keyNames(keys), "the keys of "+what+" are")
			continue
		}
		read, wrong := k.read(member.value)
		if wrong != nil {
			m.fail(wrong.pos, "%s must be %s, not %s", k.name, k.needs(), wrong.describe())
			continue
		}
		f.values[k.name], f.places[k.name] = read, member.value.pos
	}
	for _, k := range keys {
		if k.required && v.member(k.name) == nil && !meant[k.name] {
			m.fail(v.pos, "%s needs %q, %s", what, k.name, k.needs())
		}
	}
	return f, m.failures == before
}

func findKey(keys []key, name string) *key {
	for i := range keys {
		if keys[i].name == name {
			return &keys[i]
		}
	}
	return nil
}

func keyNames(keys []key) []string {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k.name
	}
	return names
}

func (k *key) needs() string {
	if k.oneOf != nil {
		return `"` + strings.Join(k.oneOf, `" or "`) + `"`
	}
	return formNames[k.form]
}

// read converts a JSON value, or returns the value that is wrong: v, or an element of it.
func (k *key) read(v *value) (any, *value) {
	switch k.form {
	case textForm:
		return v.text, v.unless(v.kind == textValue && (k.oneOf == nil || slices.Contains(k.oneOf, v.text)))
	case boolForm:
		return v.text == "true", v.unless(v.kind == boolValue)
	case numberForm:
		return v.number()
	case intForm:
		return v.integer(-ir.MaxTensorBytes)
	case countForm:
		return v.integer(1)
	case seedForm:
		return v.integer(0)
	case intsForm:
		return v.integers(-ir.MaxTensorBytes)
	case countsForm:
		return v.integers(1)
	case intOrIntsForm:
		return v.numbers(-ir.MaxTensorBytes)
	case sizeForm:
		return v.numbers(1)
	case padForm:
		return v.numbers(0)
	case numbersForm:
		return all(v, (*value).number)
	case textsForm:
		return all(v, func(e *value) (textAt, *value) { return textAt{e.text, e.pos}, e.unless(e.kind == textValue) })
	case objectForm:
		return v, v.unless(v.kind == objectValue)
	case valueForm:
		return v, v.unless(v.isParamValue())
	case valuesForm:
		return v.paramValues()
	case outputsForm:
		return v.bindings()
	default:
		return v, v.unless(v.kind == listValue)
	}
}

// unless returns v if something about it is not as it must be.
func (v *value) unless(ok bool) *value {
	if ok {
		return nil
	}
	return v
}

// number is a finite number.
func (v *value) number() (float64, *value) {
	f, err := strconv.ParseFloat(v.text, 64)
	return f, v.unless(v.kind == numberValue && err == nil && !math.IsInf(f, 0))
}

// integer is a whole number from atLeast to the largest a dimension may be.
func (v *value) integer(atLeast int) (int, *value) {
	f, wrong := v.number()
	return int(f), v.unless(wrong == nil && f == math.Trunc(f) && f >= float64(atLeast) && f <= ir.MaxTensorBytes)
}

func (v *value) integers(atLeast int) ([]int, *value) {
	return all(v, func(e *value) (int, *value) { return e.integer(atLeast) })
}

func (v *value) numbers(atLeast int) (numbers, *value) {
	if v.kind == listValue && len(v.list) > 0 {
		list, wrong := v.integers(atLeast)
		return numbers{list: list}, wrong
	}
	n, wrong := v.integer(atLeast)
	return numbers{list: []int{n}, one: true}, wrong
}

// maxParamValues bounds a list as a parameter.
const maxParamValues = 16

// isParamValue reports whether v can be what a parameter stands for.
func (v *value) isParamValue() bool {
	isList := func(e *value) bool { return e.kind == listValue || e.kind == objectValue || e.kind == nullValue }
	if v.kind == listValue {
		return len(v.list) <= maxParamValues && !slices.ContainsFunc(v.list, isList)
	}
	return !isList(v)
}

func (v *value) paramValues() ([]member, *value) {
	for _, m := range v.members {
		if !m.value.isParamValue() {
			return nil, m.value
		}
	}
	return v.members, v.unless(v.kind == objectValue)
}

// binding is a name for the result of a layer.
type binding struct{ name, layer textAt }

func (v *value) bindings() ([]binding, *value) {
	if v.kind != objectValue {
		return all(v, func(e *value) (binding, *value) {
			name := textAt{e.text, e.pos}
			return binding{name, name}, e.unless(e.kind == textValue)
		})
	}
	out := make([]binding, 0, len(v.members))
	for _, m := range v.members {
		if m.value.kind != textValue {
			return nil, m.value
		}
		out = append(out, binding{textAt{m.key, m.pos}, textAt{m.value.text, m.value.pos}})
	}
	return out, nil
}

// all reads every element of a list.
func all[T any](v *value, read func(*value) (T, *value)) ([]T, *value) {
	out := make([]T, 0, len(v.list))
	for _, e := range v.list {
		x, wrong := read(e)
		if wrong != nil {
			return nil, wrong
		}
		out = append(out, x)
	}
	return out, v.unless(v.kind == listValue)
}

// suggest is a hint for a wrong word: the one that it resembles, or all of them.
func suggest(word string, known []string, otherwise string) string {
	return hint(closest(word, known), known, otherwise)
}

func hint(guess string, known []string, otherwise string) string {
	if guess != "" {
		return fmt.Sprintf("did you mean %q?", guess)
	}
	return otherwise + " " + strings.Join(known, ", ")
}

// closest finds the known word that a wrong one resembles, or returns "".
func closest(word string, known []string) string {
	const longest = 32 // what is longer resembles no key
	if len(word) > longest {
		return ""
	}
	best, bestDistance := "", min(3, len(word)/2+1)
	for _, k := range known {
		if d := editDistance(word, k); d < bestDistance {
			best, bestDistance = k, d
		}
	}
	return best
}

// editDistance is how many letters must be changed, added, removed or swapped with the next to turn a into b
// (optimal string alignment).
func editDistance(a, b string) int {
	rows := [3][]int{make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)}
	for j := range rows[0] {
		rows[1][j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, above, row := rows[0], rows[1], rows[2]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		rows[0], rows[1], rows[2] = above, row, before
	}
	return rows[1][len(b)]
}
