package onnx

import "math"

// What an importer accepts, besides the limits on values in package ir. The first is protobuf's own limit, the others
// are far above any real network's.
const (
	maxFileBytes     = math.MaxInt32
	maxNodes         = 1 << 17
	maxGraphDepth    = 64
	maxFunctionDepth = 64
	maxParts         = 1 << 16        // see roomFor
	maxExpandedBytes = 1 << 26        // about what all nodes of expanded functions take
	maxExternalBytes = int64(1) << 34 // all external tensors of a model together
	maxCreatedBytes  = 1 << 30        // all constants made on import together

	// foldBudgetBytes bounds the work of evaluating constant nodes: bytes read and written, summed over the model.
	// Nodes beyond it, and those with a result of more than maxFoldedBytes, stay in the graph.
	foldBudgetBytes = int64(1) << 28
	maxFoldedBytes  = 1 << 20
)

// The versions of the operator set that are understood. Before 7 broadcasting and batch normalization had other rules:
// of those, only the operators are read that have not changed since.
const (
	oldestOpset = 1
	wholeOpset  = 7
	newestOpset = 28
)

// productUpTo multiplies sizes of 1 and more; a product above most is some number above it.
func productUpTo(sizes []int, most int) int {
	out := 1
	for _, size := range sizes {
		out *= min(size, most/out+1)
	}
	return out
}

// roomFor reports whether nodes may be taken apart into so many parts more, tensors of sequences, steps of recurrent layers or
// pixels that are weighed, which take memory that the file does not.
func (im *importer) roomFor(parts int) bool {
	before := im.made
	im.made += min(parts, maxParts+1)
	if before <= maxParts && im.made > maxParts {
		im.errorf("sequences, recurrent layers, samplings and pools have more than %d parts", maxParts)
	}
	return im.made <= maxParts
}
