package sched

import (
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/codegen/loopir"
)

// A rule gives the entries of its list back; lists without one are told apart.
func TestRuleOf(t *testing.T) {
	for _, list := range [][]int{
		{5}, {0, 1, 2, 3}, {3, 3, 3}, {0, 0, 1, 1, 2, 2}, {0, 2, 4, 6}, {7, 8, 9}, // copies, doubled, halved
		{0, 0, 0, 1, 1, 2, 2, 2}, {0, 0, 1, 1, 2, 2, 3, 3, 3, 3}, {0, 1, 3, 4, 6, 7}, // clamped at the ends, by 3/2
	} {
		r, ok := RuleOf(list)
		require.True(t, ok, "%v", list)
		for i, entry := range list {
			at, isConst := r.At(loopir.C(i)).IsConst()
			require.True(t, isConst)
			require.Equal(t, entry, at, "entry %d of %v by %+v", i, list, r)
		}
	}
	for _, list := range [][]int{{}, {2, 1, 0}, {0, 5, 1}, {0, 40, 80}} {
		_, ok := RuleOf(list)
		require.False(t, ok, "%v", list)
	}
}
