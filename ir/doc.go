// Package ir is the upper of nncc's two intermediate representations: a graph of operations on typed tensors.
//
// The text form:
//
//	graph lenet {
//	  input %image: f32[1, 3, 32, 32]
//	  const %conv1.weight: f32[6, 3, 5, 5] = uniform(seed 1, -0.1, 0.1)
//	  const %conv1.bias: f32[6] = [0, 0.5, -1, 0, 0, 2]
//	  %c1 = conv(%image, %conv1.weight, %conv1.bias) {stride = [1, 1]}
//	  %r1 = relu(%c1)
//	  %p1 = maxpool(%r1) {kernel = [2, 2], stride = [2, 2]}
//	  output %p1
//	}
//
// Invariants, checked by Verify:
//   - Nodes are in topological order; every value is defined once, by a node, as an input or as a constant.
//   - Types are what the op's shape rule infers; all dimensions are known. Attributes are those of the op table, defaults filled in.
//   - Layout is ONNX's: images are [N, C, H, W], convolution weights [O, I/groups, kh, kw].
//   - In a batched graph the first dimension of every input and output is 1 and samples do not influence one another,
//     so that the program may run any number of them at once.
package ir
