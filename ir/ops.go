package ir

// Ops is the op table. Adding an op is one row here, one function in ir/interp, one row in codegen/lower, one row in
// each importer that knows it, and one conformance case.
//
// Spatial attributes list one number per spatial dimension (H, W for images); pad lists all begins, then all ends.
var Ops = []*Op{
	{Name: "conv", Class: Contraction, Inputs: Arity{2, 3}, Outputs: 1, Tol: 1e-5, Infer: inferConv, Samples: samplesFirst, FLOPs: flopsConv,
		Attrs: []AttrDef{strideAttr, padAttr, dilationAttr, {Name: "groups", Kind: IntAttr, Default: 1}},
		Doc:   "y[n,o,p] = b[o] + sum over i,k of x[n,i,p*stride+k*dilation-pad] * w[o,i,k]; x [N,C,spatial...], w [O,C/groups,kernel...], b [O]. ONNX Conv 11."},
	{Name: "gemm", Class: Contraction, Inputs: Arity{2, 3}, Outputs: 1, Tol: 1e-5, Infer: inferGemm, Samples: samplesGemm, FLOPs: flopsGemm,
		Attrs: []AttrDef{{Name: "trans_a", Kind: IntAttr, Default: 0}, {Name: "trans_b", Kind: IntAttr, Default: 0},
			{Name: "alpha", Kind: FloatAttr, Default: 1.0}, {Name: "beta", Kind: FloatAttr, Default: 1.0}},
		Doc: "y = alpha*a'*b' + beta*c with a' [M,K], b' [K,N], c broadcast to [M,N]; a dense layer with PyTorch's [out,in] weight has trans_b = 1. ONNX Gemm 13."},
	{Name: "matmul", Class: Contraction, Inputs: Arity{2, 2}, Outputs: 1, Tol: 1e-5, Infer: inferMatmul, Samples: samplesMatmul, FLOPs: flopsMatmul,
		Doc: "Matrix product of the last two dimensions, broadcast over the others, as numpy.matmul. ONNX MatMul 13."},

	{Name: "relu", Class: Elementwise, Inputs: Arity{1, 1}, Outputs: 1, Infer: inferSame, FLOPs: flopsPerElement, Doc: "y = max(x, 0). ONNX Relu 14."},
	{Name: "clip", Class: Elementwise, Inputs: Arity{1, 1}, Outputs: 1, Infer: inferSame, FLOPs: flopsPerElement,
		Attrs: []AttrDef{{Name: "min", Kind: FloatAttr, Default: negInf}, {Name: "max", Kind: FloatAttr, Default: posInf}},
		Doc:   "y = min(max(x, min), max); max wins where min > max. ONNX Clip 13 with constant bounds."},
	{Name: "sigmoid", Class: Elementwise, Inputs: Arity{1, 1}, Outputs: 1, Tol: 1e-6, Infer: inferFloat, FLOPs: flopsPerElement, Doc: "y = 1/(1+exp(-x)). ONNX Sigmoid 13."},
	{Name: "tanh", Class: Elementwise, Inputs: Arity{1, 1}, Outputs: 1, Tol: 1e-6, Infer: inferFloat, FLOPs: flopsPerElement, Doc: "y = tanh(x). ONNX Tanh 13."},
	{Name: "exp", Class: Elementwise, Inputs: Arity{1, 1}, Outputs: 1, Tol: 1e-6, Infer: inferFloat, FLOPs: flopsPerElement, Doc: "y = e to the x. ONNX Exp 13."},
	{Name: "log", Class: Elementwise, Inputs: Arity{1, 1}, Outputs: 1, Tol: 1e-6, Infer: inferFloat, FLOPs: flopsPerElement, Doc: "y = natural logarithm of x. ONNX Log 13."},
	{Name: "sqrt", Class: Elementwise, Inputs: Arity{1, 1}, Outputs: 1, Tol: 1e-6, Infer: inferFloat, FLOPs: flopsPerElement, Doc: "y = square root of x. ONNX Sqrt 13."},
	{Name: "erf", Class: Elementwise, Inputs: Arity{1, 1}, Outputs: 1, Tol: 1e-6, Infer: inferFloat, FLOPs: flopsPerElement, Doc: "y = error function of x. ONNX Erf 13."},
	{Name: "sin", Class: Elementwise, Inputs: Arity{1, 1}, Outputs: 1, Tol: 1e-6, Infer: inferFloat, FLOPs: flopsPerElement, Doc: "y = sine of x, in radians up to ten thousand; kernels lose precision beyond. ONNX Sin 22."},
	{Name: "cos", Class: Elementwise, Inputs: Arity{1, 1}, Outputs: 1, Tol: 1e-6, Infer: inferFloat, FLOPs: flopsPerElement, Doc: "y = cosine of x, as sin. ONNX Cos 22."},
	{Name: "softplus", Class: Elementwise, Inputs: Arity{1, 1}, Outputs: 1, Tol: 1e-6, Infer: inferFloat, FLOPs: flopsPerElement, Doc: "y = log(1 + exp(x)). ONNX Softplus 22."},
	{Name: "elu", Class: Elementwise, Inputs: Arity{1, 1}, Outputs: 1, Tol: 1e-6, Infer: inferFloat, FLOPs: flopsPerElement,
		Attrs: []AttrDef{{Name: "alpha", Kind: FloatAttr, Default: 1.0}}, Doc: "y = x for x >= 0, else alpha*(exp(x) - 1). ONNX Elu 22."},
	{Name: "prelu", Class: Elementwise, Inputs: Arity{2, 2}, Outputs: 1, Tol: 1e-6, Infer: inferPRelu, FLOPs: flopsPerElement,
		Doc: "y = x for x >= 0, else slope*x; the second input, slope, broadcasts to x. A slope of one element is LeakyRelu. ONNX PRelu 16."},
	{Name: "abs", Class: Elementwise, Inputs: Arity{1, 1}, Outputs: 1, Infer: inferSame, FLOPs: flopsPerElement, Doc: "y = |x|; integers wrap. ONNX Abs 13."},
	{Name: "floor", Class: Elementwise, Inputs: Arity{1, 1}, Outputs: 1, Infer: inferFloat, FLOPs: flopsPerElement, Doc: "y = largest integer <= x. ONNX Floor 13; Ceil is -floor(-x)."},
	{Name: "round", Class: Elementwise, Inputs: Arity{1, 1}, Outputs: 1, Infer: inferFloat, FLOPs: flopsPerElement, Doc: "y = nearest integer, the even one of two. ONNX Round 22."},
	{Name: "identity", Class: Elementwise, Inputs: Arity{1, 1}, Outputs: 1, Infer: inferSame, Doc: "y = x. ONNX Identity 19."},
	{Name: "cast", Class: Elementwise, Inputs: Arity{1, 1}, Outputs: 1, Infer: inferCast, Attrs: []AttrDef{{Name: "to", Kind: StringAttr}},
		Doc: "y = x converted to the dtype named by to: floats to integers truncate, to bool test for non-zero. ONNX Cast 13."},
	{Name: "add", Class: Elementwise, Inputs: Arity{2, 2}, Outputs: 1, Infer: inferBroadcast, FLOPs: flopsPerElement, Doc: "y = a + b, numpy broadcasting; integers wrap. ONNX Add 14."},
	{Name: "sub", Class: Elementwise, Inputs: Arity{2, 2}, Outputs: 1, Infer: inferBroadcast, FLOPs: flopsPerElement, Doc: "y = a - b, numpy broadcasting; integers wrap. ONNX Sub 14."},
	{Name: "mul", Class: Elementwise, Inputs: Arity{2, 2}, Outputs: 1, Infer: inferBroadcast, FLOPs: flopsPerElement, Doc: "y = a * b, numpy broadcasting; integers wrap. ONNX Mul 14."},
	{Name: "div", Class: Elementwise, Inputs: Arity{2, 2}, Outputs: 1, Tol: 1e-6, Infer: inferBroadcast, FLOPs: flopsPerElement, Doc: "y = a / b, numpy broadcasting; integers truncate towards zero. ONNX Div 14."},
	{Name: "min", Class: Elementwise, Inputs: Arity{2, 2}, Outputs: 1, Infer: inferSelection, FLOPs: flopsPerElement, Doc: "y = smaller of a and b, numpy broadcasting; on bool, a and b. ONNX Min 13."},
	{Name: "max", Class: Elementwise, Inputs: Arity{2, 2}, Outputs: 1, Infer: inferSelection, FLOPs: flopsPerElement, Doc: "y = larger of a and b, numpy broadcasting; on bool, a or b. ONNX Max 13."},
	{Name: "pow", Class: Elementwise, Inputs: Arity{2, 2}, Outputs: 1, Tol: 1e-5, Infer: inferPow, FLOPs: flopsPerElement, Doc: "y = a to the b for floating-point numbers, numpy broadcasting; corner cases as in C. ONNX Pow 15."},
	{Name: "compare", Class: Elementwise, Inputs: Arity{2, 2}, Outputs: 1, Infer: inferCompare, FLOPs: flopsPerElement, Attrs: []AttrDef{{Name: "is", Kind: StringAttr}},
		Doc: "y = whether a is eq, ne, lt or le (equal, not equal, less, less or equal) b, numpy broadcasting; bool, false before true. What is not a number is ne to all, and nothing else. ONNX Equal 19, Less 13, LessOrEqual 16."},
	{Name: "where", Class: Elementwise, Inputs: Arity{3, 3}, Outputs: 1, Infer: inferWhere, FLOPs: flopsPerElement,
		Doc: "y = a where the condition (bool, the first input) is true, else b, numpy broadcasting. ONNX Where 16."},
	{Name: "batchnorm", Class: Elementwise, Inputs: Arity{5, 5}, Outputs: 1, Tol: 1e-5, Infer: inferBatchNorm, Samples: samplesFirst, FLOPs: flopsPerElement,
		Attrs: []AttrDef{{Name: "epsilon", Kind: FloatAttr, Default: 1e-5}},
		Doc:   "y = (x - mean[c]) / sqrt(var[c] + epsilon) * scale[c] + bias[c]; inputs x [N,C,...], scale, bias, mean, var [C]. ONNX BatchNormalization 15, inference."},

	{Name: "maxpool", Class: Window, Inputs: Arity{1, 1}, Outputs: 1, Infer: inferPool, Samples: samplesFirst, FLOPs: flopsPool,
		Attrs: []AttrDef{kernelAttr, strideAttr, padAttr, dilationAttr, {Name: "ceil", Kind: IntAttr, Default: 0}},
		Doc:   "Largest value of each window; padding never wins. x [N,C,spatial...]. ceil rounds the output size up, as ONNX's ceil_mode. ONNX MaxPool 22."},
	{Name: "avgpool", Class: Window, Inputs: Arity{1, 1}, Outputs: 1, Tol: 1e-5, Infer: inferPool, Samples: samplesFirst, FLOPs: flopsPool,
		Attrs: []AttrDef{kernelAttr, strideAttr, padAttr, dilationAttr, {Name: "ceil", Kind: IntAttr, Default: 0}, {Name: "count_include_pad", Kind: IntAttr, Default: 0}},
		Doc:   "Mean of each window over the places inside the input, or inside the padded input with count_include_pad. x [N,C,spatial...]. ONNX AveragePool 22."},
	{Name: "softmax", Class: Reduction, Inputs: Arity{1, 1}, Outputs: 1, Tol: 1e-5, Infer: inferSoftmax, Samples: samplesSoftmax, FLOPs: flopsSoftmax,
		Attrs: []AttrDef{{Name: "axis", Kind: IntAttr, Default: -1}},
		Doc:   "y = exp(x - max) / sum(exp(x - max)) along axis. ONNX Softmax 13; earlier versions are reshaped by the importer."},

	{Name: "reduce", Class: Reduction, Inputs: Arity{1, 1}, Outputs: 1, Tol: 1e-5, Infer: inferReduce, Samples: samplesReduce, FLOPs: flopsReduce,
		Attrs: []AttrDef{{Name: "to", Kind: StringAttr}, {Name: "axes", Kind: IntsAttr}},
		Doc:   "The sum, mean, max, min or prod (named by to) of x along the axes, which become 1. Nothing adds up to 0, multiplies to 1, and has the largest or smallest number as min and max. ONNX ReduceSum 13 and its kin, with keepdims."},
	{Name: "argmax", Class: Reduction, Inputs: Arity{1, 1}, Outputs: 1, Infer: inferArg, Samples: samplesSoftmax, FLOPs: flopsReduce,
		Attrs: []AttrDef{{Name: "axis", Kind: IntAttr}, {Name: "last", Kind: IntAttr, Default: 0}},
		Doc:   "Where along axis, which becomes 1, the largest number stands, the first or the last of several; i64. ONNX ArgMax 13 with keepdims."},
	{Name: "argmin", Class: Reduction, Inputs: Arity{1, 1}, Outputs: 1, Infer: inferArg, Samples: samplesSoftmax, FLOPs: flopsReduce,
		Attrs: []AttrDef{{Name: "axis", Kind: IntAttr}, {Name: "last", Kind: IntAttr, Default: 0}},
		Doc:   "Where along axis, which becomes 1, the smallest number stands, the first or the last of several; i64. ONNX ArgMin 13 with keepdims."},

	{Name: "concat", Class: Layout, Inputs: Arity{1, -1}, Outputs: 1, Infer: inferConcat, Samples: samplesConcat, Attrs: []AttrDef{{Name: "axis", Kind: IntAttr}},
		Doc: "Inputs one after the other along axis. ONNX Concat 13."},
	{Name: "slice", Class: Layout, Inputs: Arity{1, 1}, Outputs: 1, Infer: inferSlice, Samples: samplesLayout,
		Attrs: []AttrDef{{Name: "start", Kind: IntsAttr}, {Name: "size", Kind: IntsAttr}, {Name: "step", Kind: IntsAttr}},
		Doc:   "y[i] = x[start + i*step], one number per dimension; size is the output shape; step may be negative, never 0; every index read is inside x. ONNX Slice 13 with constant bounds, normalised."},
	{Name: "transpose", Class: Layout, Inputs: Arity{1, 1}, Outputs: 1, Infer: inferTranspose, Samples: samplesTranspose, Attrs: []AttrDef{{Name: "perm", Kind: IntsAttr}},
		Doc: "Output dimension d is input dimension perm[d]. ONNX Transpose 21."},
	{Name: "reshape", Class: Layout, Inputs: Arity{1, 1}, Outputs: 1, Infer: inferReshape, Samples: samplesLayout, Attrs: []AttrDef{{Name: "shape", Kind: IntsAttr}},
		Doc: "The same elements in row-major order under another shape; all dimensions explicit. ONNX Reshape, Flatten, Squeeze, Unsqueeze."},
	{Name: "pad", Class: Layout, Inputs: Arity{1, 1}, Outputs: 1, Infer: inferPad, Samples: samplesPad,
		Attrs: []AttrDef{{Name: "pad", Kind: IntsAttr}, {Name: "mode", Kind: StringAttr, Default: "constant"}, {Name: "value", Kind: FloatAttr, Default: 0.0}},
		Doc:   "Adds pad[d] elements before and pad[rank+d] after dimension d (negative removes); mode constant, edge, reflect or wrap. ONNX Pad 21 with constant pads."},
	{Name: "gather", Class: Layout, Inputs: Arity{2, 2}, Outputs: 1, Infer: inferGather, Samples: samplesGather, Attrs: []AttrDef{{Name: "axis", Kind: IntAttr, Default: 0}},
		Doc: "Entries of x along axis at the given integer indices, negative ones from the end: shape x[:axis] + indices + x[axis+1:]. ONNX Gather 13."},

	{Name: "fused", Class: Region, Inputs: Arity{1, -1}, Outputs: -1, Infer: inferFused, Samples: samplesFused, FLOPs: flopsFused,
		Doc: "The nodes of the body as one kernel: an optional contraction or window first, then elementwise ops applied to its result, then an optional pool."},
}

// LookupOp finds an op by name, or returns nil.
func LookupOp(name string) *Op {
	for _, o := range Ops {
		if o.Name == name {
			return o
		}
	}
	return nil
}
