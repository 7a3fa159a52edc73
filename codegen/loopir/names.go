package loopir

import (
	"fmt"
	"strings"
)

// keywords cannot be names in the text form. Words that are only special before a parenthesis (max, fma, splat16, ...) can.
var keywords = map[string]bool{
	"func": true, "let": true, "reg": true, "for": true, "unroll": true, "to": true, "step": true, "carry": true, "yield": true,
	"store": true, "load": true, "count": true, "pick": true, "call": true, "prefetch": true, "mod": true,
	"mzero": true, "mload": true, "mdot": true, "mstore": true,
	"convert": true, "bitcast": true, "reduce": true,
}

// namer gives each variable, value, register tile and buffer of a function the name it is printed under:
// its own, with a suffix where that is taken at the place of its definition.
type namer struct {
	names   map[any]string // by pointer
	taken   map[string]bool
	suffix  map[string]int // last suffix given to a name that was taken
	visible []visibleName
}

type visibleName struct {
	name, base string
	suffix     int // of base, before this name was given
}

func newNamer() *namer {
	return &namer{names: map[any]string{}, taken: map[string]bool{}, suffix: map[string]int{}}
}

// define names a thing that becomes visible now.
func (n *namer) define(thing any, want string) string {
	base := identifier(want)
	name, before := base, n.suffix[base]
	for k := before; n.taken[name]; {
		k++
		n.suffix[base] = k
		name = fmt.Sprintf("%s_%d", base, k)
	}
	n.names[thing] = name
	n.taken[name] = true
	n.visible = append(n.visible, visibleName{name, base, before})
	return name
}

// mark and release bracket a scope: release ends the visibility of what was defined since.
func (n *namer) mark() int { return len(n.visible) }

func (n *namer) release(mark int) {
	for k := len(n.visible) - 1; k >= mark; k-- {
		v := n.visible[k]
		delete(n.taken, v.name)
		n.suffix[v.base] = v.suffix
	}
	n.visible = n.visible[:mark]
}

// of is the name of a defined thing; one that was never defined shows as its own name with a question mark.
func (n *namer) of(thing any, own string) string {
	if name, ok := n.names[thing]; ok {
		return name
	}
	return identifier(own) + "?"
}

// identifier turns any string into a name of the text form.
func identifier(s string) string {
	name := strings.Map(func(r rune) rune {
		if r < 0x80 && isNamePart(byte(r)) {
			return r
		}
		return '_'
	}, s)
	if name == "" || !isNameStart(name[0]) {
		name = "v" + name
	}
	if _, isType := parseType(name); isType || keywords[name] {
		name += "_"
	}
	return name
}

func isNameStart(c byte) bool {
	return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// isNamePart allows the dots of parameter names such as conv1.weight.
func isNamePart(c byte) bool { return isNameStart(c) || isDigit(c) || c == '.' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
