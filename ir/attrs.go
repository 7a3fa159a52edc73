package ir

import (
	"fmt"
	"maps"
)

// Attrs holds a node's attributes by name. A value is an int, a float64, a string or a []int, as the op table says.
type Attrs map[string]any

// Int returns an integer attribute; it panics if the node has none of that name and type, which Verify rules out.
func (n *Node) Int(name string) int { return attr[int](n, name) }

// Bool returns an integer attribute as a truth value.
func (n *Node) Bool(name string) bool { return attr[int](n, name) != 0 }

// Float returns a floating-point attribute.
func (n *Node) Float(name string) float64 { return attr[float64](n, name) }

// Ints returns a list attribute, which the caller must not change.
func (n *Node) Ints(name string) []int { return attr[[]int](n, name) }

// Str returns a string attribute.
func (n *Node) Str(name string) string { return attr[string](n, name) }

func attr[T any](n *Node, name string) T {
	v, ok := n.Attrs[name].(T)
	if !ok {
		panic(fmt.Sprintf("ir: %s %q has no attribute %s of type %T", n.Op.Name, n.Name, name, v))
	}
	return v
}

// Clone copies the map; list values are shared, as nobody changes them.
func (a Attrs) Clone() Attrs { return maps.Clone(a) }
