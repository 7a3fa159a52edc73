package sched

import (
	"fmt"
	"slices"

	"nncc/codegen/loopir"
	"nncc/ir"
)

// GatherIndices are the indices of a gather, which are known, counted from the first entry.
func GatherIndices(n *ir.Node) ([]int, error) {
	extent := n.Inputs[0].Type.Shape[n.Int("axis")]
	var indices []int
	for _, x := range n.Inputs[1].Const.Float64s() {
		at := int(x)
		if at < -extent || at >= extent {
			return nil, fmt.Errorf("index %d is out of range for %d entries", at, extent)
		}
		if at < 0 {
			at += extent
		}
		indices = append(indices, at)
	}
	return indices, nil
}

// resizes reports whether a gather takes rows or columns of an image of whole blocks by a rule, as a resize does.
func resizes(n *ir.Node) bool {
	x, index := n.Inputs[0].Type, n.Inputs[1]
	if x.Rank() != 4 || n.Int("axis") < 2 || x.Shape[1] < BlockChannels || !index.IsConst() || index.Type.Rank() != 1 {
		return false
	}
	indices, err := GatherIndices(n)
	_, ok := RuleOf(indices)
	return err == nil && ok
}

// IndexRule says that entry i of a list is (step*i + offset)/divisor, rounded down, bounded by lo and hi.
type IndexRule struct{ Step, Offset, Divisor, Lo, Hi int }

// At is entry i.
func (r IndexRule) At(i loopir.Index) loopir.Index {
	return i.Mul(r.Step).AddC(r.Offset).Div(r.Divisor).Max(loopir.C(r.Lo)).Min(loopir.C(r.Hi))
}

// RuleOf finds the rule of a list, if it has one of small numbers.
func RuleOf(list []int) (IndexRule, bool) {
	const most = 16
	if len(list) == 0 {
		return IndexRule{}, false
	}
	lo, hi := slices.Min(list), slices.Max(list)
	for divisor := 1; divisor <= most; divisor++ {
		for step := 0; step <= most; step++ {
			// Each entry leaves a range of offsets; those at a bound leave it open to that side.
			first, last := -most*most*len(list), most*most*len(list)
			for i, entry := range list {
				if entry > lo {
					first = max(first, divisor*entry-step*i)
				}
				if entry < hi {
					last = min(last, divisor*(entry+1)-1-step*i)
				}
			}
			if first <= last {
				return IndexRule{step, first, divisor, lo, hi}, true
			}
		}
	}
	return IndexRule{}, false
}
