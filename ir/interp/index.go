package interp

import (
	"nncc/runtime/tensor"
)

// positions lists, for every combination of one entry per list with the last list running fastest, the sum of
// entry*stride; -1 where an entry is negative.
func positions(lists [][]int, strides []int) []int {
	out := []int{0}
	for d, list := range lists {
		next := make([]int, 0, len(out)*len(list))
		for _, base := range out {
			for _, entry := range list {
				at := -1
				if base >= 0 && entry >= 0 {
					at = base + entry*strides[d]
				}
				next = append(next, at)
			}
		}
		out = next
	}
	return out
}

// count is 0, 1, ..., n-1.
func count(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// broadcast lists, for each element of shape to, the element of an array of shape from that stands there.
func broadcast(from, to []int) []int {
	lists, steps := make([][]int, len(to)), make([]int, len(to))
	own := tensor.Strides(from)
	for d := range to {
		lists[d] = count(to[d])
		if k := d - (len(to) - len(from)); k >= 0 && from[k] > 1 {
			steps[d] = own[k]
		}
	}
	return positions(lists, steps)
}

// outerInner gives the product of the dimensions before axis and of those after it.
func outerInner(shape []int, axis int) (outer, inner int) {
	return tensor.Count(shape[:axis]), tensor.Count(shape[axis+1:])
}
