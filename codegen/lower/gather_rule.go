package lower

import (
	"slices"

	"nncc/codegen/loopir"
)

// indexRule says that entry i of a list is (step*i + offset)/divisor, rounded down, bounded by lo and hi.
type indexRule struct{ step, offset, divisor, lo, hi int }

func (r indexRule) at(i loopir.Index) loopir.Index {
	return i.Mul(r.step).AddC(r.offset).Div(r.divisor).Max(loopir.C(r.lo)).Min(loopir.C(r.hi))
}

// ruleOf finds the rule of a list, if it has one of small numbers.
func ruleOf(list []int) (indexRule, bool) {
	const most = 16
	if len(list) == 0 {
		return indexRule{}, false
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
				return indexRule{step, first, divisor, lo, hi}, true
			}
		}
	}
	return indexRule{}, false
}
