// Package compose says layers that the IR has no op for in those that it has. Importers differ in how they read a layer
// and in how they call its results; what it is made of is the same, and is here.
package compose

import (
	"slices"

	"nncc/ir"
)

// Maker is one layer of a model while it becomes ops. Its functions come from an importer.
type Maker struct{ ir.Maker }

// Line is slope*x + offset.
func (m Maker) Line(x *ir.Value, slope, offset float64) *ir.Value {
	return m.Plus(m.Times(x, slope), offset)
}

// ones is a list of ones.
func ones(length int) []int { return slices.Repeat([]int{1}, length) }
