package onnx

import "math"

// What an importer accepts, besides the limits on values in package ir. The first is protobuf's own limit, the others
// are far above any real network's.
const (
	maxFileBytes     = math.MaxInt32
	maxNodes         = 1 << 17
	maxGraphDepth    = 64
	maxFunctionDepth = 64
	maxItems         = 1 << 16        // in all sequences together, and steps of recurrent layers
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
