package loopir

import (
	"fmt"
	"slices"
	"strings"
)

// names are the things visible at a place of a function. Nothing may have the name of something visible.
type names struct {
	things map[string]any // *Buffer, *Var, *Value, *Reg, or nil for one whose definition had errors
	order  []string
}

func (p *parser) declare(name string, pos place, thing any) {
	if p.bad || name == "" {
		return
	}
	if _, taken := p.things[name]; taken {
		p.fail(pos, "choose another name", "'%s' is already defined here", name)
		return
	}
	p.define(name, thing)
}

func (n *names) define(name string, thing any) {
	if _, known := n.things[name]; !known {
		n.order = append(n.order, name)
	}
	n.things[name] = thing
}

// leave ends the scope that began when mark names were visible.
func (n *names) leave(mark int) {
	for _, name := range n.order[mark:] {
		delete(n.things, name)
	}
	n.order = n.order[:mark]
}

// lookup finds a name, and fails without a word if its definition already failed.
func (p *parser) lookup(name string, pos place, what string) any {
	if p.bad {
		return nil
	}
	thing, known := p.things[name]
	switch {
	case !known:
		p.fail(pos, p.similar(name), "%s '%s' is not defined here", what, name)
	case thing == nil:
		p.bad = true
	}
	return thing
}

// similar is a hint at a visible name that differs from name in one letter or in case.
func (p *parser) similar(name string) string {
	i := slices.IndexFunc(p.order, func(s string) bool { return strings.EqualFold(s, name) || oneEdit(s, name) })
	if i < 0 || len(name) < 2 {
		return ""
	}
	return fmt.Sprintf("did you mean '%s'?", p.order[i])
}

func oneEdit(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	k := 0
	for k < len(a) && a[k] == b[k] {
		k++
	}
	if len(a) == len(b) {
		return k < len(a) && a[k+1:] == b[k+1:]
	}
	return a[k:] == b[k+1:]
}
