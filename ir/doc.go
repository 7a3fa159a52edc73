// Package ir is the upper of nncc's two intermediate representations: a graph of operations on typed tensors.
//
// The text form, which Print writes and Parse reads:
//
//	graph lenet {                                              // "quoted" where the name is no plain word; graph lenet batched, where it is
//	  license "Apache-2.0"                                     // also provenance; all of Meta is optional
//	  classes ["cat", "dog"]
//	  preprocess {scale = 0.5, mean = [0.5], std = [0.5], order = "rgb"}
//	  input %image: f32[1, 3, 32, 32]
//	  const %conv1.weight: f32[6, 3, 5, 5] = uniform(seed 1, -0.1, 0.1)   // see Uniform; also zeros, ones
//	  const %conv1.bias: f32[6] = [0, 0.5, -1, 0, 0, inf]      // row-major
//	  const %"any name": f16[2] = hex "003c00c0"               // exact bytes, little-endian
//	  const %one: f32[] = [1]
//	  state %steps: f32[] = [0] as "optimizer.steps"           // what it holds in the first run; as, where the state is not called like the value
//	  %c1 = conv(%image, %conv1.weight, %conv1.bias) {stride = [1, 1]} @"first layer"   // a node's name, where it is not its result's
//	  %r1 = relu(%c1) : f32[1, 6, 28, 28]                      // the type may be left out, but must be right
//	  %p1 = fused(%r1) body {                                  // has names of its own
//	    input %x: f32[1, 6, 28, 28]
//	    %t = tanh(%x)
//	    %p = maxpool(%t) {kernel = [2, 2], stride = [2, 2]}
//	    output %p
//	  }
//	  %more = add(%steps, %one)
//	  output %p1 as "logits"                                   // as, where the output is not called like the value
//	  next %steps = %more                                      // what the state holds in the next run; without, it is only read
//	}
//
// An input that a node does not have is written none. Attributes that are left out have the default of the op table.
//
// Invariants, checked by Verify:
//   - Nodes are in topological order; every value is defined once, by a node, as an input, a state or a constant.
//   - Types are what the op's shape rule infers; all dimensions are known. Attributes are those of the op table, defaults filled in.
//   - Layout is ONNX's: images are [N, C, H, W], convolution weights [O, I/groups, kh, kw].
//   - In a batched graph the first dimension of every input and output is 1 and samples do not influence one another,
//     so that the program may run any number of them at once. It may read states, but not change them.
package ir
