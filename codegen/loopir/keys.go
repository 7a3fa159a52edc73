package loopir

import (
	"slices"
	"strconv"
	"strings"
)

// Keys names index expressions and buffers for backends that compute each once: equal expressions over the same
// variables have equal keys. Variables and buffers are numbered as they are met. The zero value is empty.
type Keys struct{ numbers map[any]int }

// Index is the key of an expression; the order of its terms does not matter.
func (k *Keys) Index(x Index) string {
	parts := make([]string, len(x.Terms))
	for i, t := range x.Terms {
		parts[i] = k.Term(t)
	}
	slices.Sort(parts)
	return strings.Join(parts, "+") + "+" + strconv.Itoa(x.Const)
}

// Term is the key of one summand.
func (k *Keys) Term(t Term) string { return strconv.Itoa(t.Coef) + "*" + k.Atom(t.Atom) }

// Atom is the key of a variable or an operation.
func (k *Keys) Atom(a Atom) string {
	if op, ok := a.(*IndexOp); ok {
		return "op" + strconv.Itoa(int(op.Op)) + "(" + k.Index(op.X) + "," + k.Index(op.Y) + ")"
	}
	return "v" + strconv.Itoa(k.Number(a))
}

// Number is that of a variable or a buffer.
func (k *Keys) Number(x any) int {
	n, ok := k.numbers[x]
	if !ok {
		if k.numbers == nil {
			k.numbers = map[any]int{}
		}
		n = len(k.numbers)
		k.numbers[x] = n
	}
	return n
}

// Depth is the largest depth among the variables of i, 0 if it has none.
func (i Index) Depth(of func(*Var) int) int {
	d := 0
	for _, t := range i.Terms {
		d = max(d, AtomDepth(t.Atom, of))
	}
	return d
}

// AtomDepth is Depth for one atom.
func AtomDepth(a Atom, of func(*Var) int) int {
	if op, ok := a.(*IndexOp); ok {
		return max(op.X.Depth(of), op.Y.Depth(of))
	}
	return of(a.(*Var))
}
