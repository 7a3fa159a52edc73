package api

import (
	"cmp"
	"slices"
)

// Top returns the numbers of the k classes with the highest scores, the best first.
func Top(scores []float32, k int) []int {
	order := make([]int, len(scores))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(scores[b], scores[a]) })
	return order[:max(0, min(k, len(order)))]
}
