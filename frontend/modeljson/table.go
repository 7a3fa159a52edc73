package modeljson

import "nncc/ir"

// layerKind is a row of the table of layers.
type layerKind struct {
	name                 string
	minInputs, maxInputs int // maxInputs 0: any number
	keys                 []key
	doc                  string
	build                func(l *layer) *ir.Value // nil after reporting a mistake
}

// Keys that several layers share.
var (
	kernelKey   = key{name: "kernel", form: sizeForm, required: true, doc: "Size of the window, one number or one per spatial dimension."}
	strideKey   = key{name: "stride", form: sizeForm, doc: "Step of the window, by default 1."}
	poolStride  = key{name: "stride", form: sizeForm, doc: "Step of the window, by default the kernel's size."}
	padKey      = key{name: "pad", form: padForm, doc: "Padding, by default 0: one number, one per spatial dimension, or all begins and then all ends."}
	dilationKey = key{name: "dilation", form: sizeForm, doc: "Distance of the window's elements, by default 1."}
	ceilKey     = key{name: "ceil", form: boolForm, doc: "Rounds the result's size up."}
	outKey      = key{name: "out", form: countForm, required: true, doc: "How many outputs."}
	biasKey     = key{name: "bias", form: boolForm, doc: "Whether a bias is added, by default true."}
)

// layerKinds is the table of layers.
var layerKinds = []layerKind{
	{"conv", 1, 1, []key{outKey, kernelKey, strideKey, padKey, dilationKey,
		{name: "groups", form: countForm, doc: "Groups of channels that do not mix, by default 1."}, biasKey},
		"Convolution. Parameters: weight [out, C/groups, kernel...], bias [out].", buildConv},
	{"dense", 1, 1, []key{outKey, biasKey}, "Matrix product with the flat input. Parameters: weight [out, in], bias [out].", buildDense},
	{"batchnorm", 1, 1, []key{{name: "eps", form: numberForm, doc: "Added to the variance, by default 1e-5."}},
		"Batch normalisation with the stored statistics. Parameters: weight, bias, running_mean, running_var, all [C].", buildBatchNorm},

	{"relu", 1, 1, nil, "max(x, 0).", buildAs("relu")},
	{"relu6", 1, 1, nil, "min(max(x, 0), 6).", buildRelu6},
	{"clip", 1, 1, []key{{name: "min", form: numberForm, doc: "Lower bound, by default none."}, {name: "max", form: numberForm, doc: "Upper bound, by default none."}},
		"min(max(x, min), max).", buildClip},
	{"sigmoid", 1, 1, nil, "1 / (1 + exp(-x)).", buildAs("sigmoid")},
	{"tanh", 1, 1, nil, "Hyperbolic tangent.", buildAs("tanh")},
	{"leakyrelu", 1, 1, []key{{name: "slope", form: numberForm, doc: "Slope below 0, by default 0.01."}}, "x, or slope*x below 0.", buildLeakyRelu},
	{"prelu", 1, 1, nil, "x, or a slope per channel times x below 0. Parameter: weight [C].", buildPRelu},
	{"elu", 1, 1, []key{{name: "alpha", form: numberForm, doc: "Bound below 0, by default 1."}}, "x, or alpha*(exp(x) - 1) below 0.", buildElu},
	{"softplus", 1, 1, nil, "log(1 + exp(x)).", buildAs("softplus")},
	{"silu", 1, 1, nil, "x * sigmoid(x), also called swish.", buildSilu},
	{"hardswish", 1, 1, nil, "x * min(max(x/6 + 1/2, 0), 1).", buildHardSwish},
	{"gelu", 1, 1, nil, "x/2 * (1 + erf(x/sqrt(2))).", buildGelu},
	{"softmax", 1, 1, []key{{name: "axis", form: intForm, doc: "The axis that sums to 1, by default the last."}}, "Softmax along an axis.", buildSoftmax},

	{"maxpool", 1, 1, []key{kernelKey, poolStride, padKey, dilationKey, ceilKey}, "Largest value of each window.", buildMaxPool},
	{"avgpool", 1, 1, []key{kernelKey, poolStride, padKey, ceilKey,
		{name: "count_include_pad", form: boolForm, doc: "Whether padding counts as zeros, by default true."}}, "Mean of each window.", buildAvgPool},
	{"globalavgpool", 1, 1, nil, "Mean over all spatial dimensions, which become 1.", buildGlobalPool("avgpool")},
	{"globalmaxpool", 1, 1, nil, "Largest value over all spatial dimensions, which become 1.", buildGlobalPool("maxpool")},

	{"add", 2, 0, nil, "Sum of its inputs, with numpy's broadcasting.", buildChain("add")},
	{"mul", 2, 0, nil, "Product of its inputs, with numpy's broadcasting.", buildChain("mul")},
	{"concat", 1, 0, []key{{name: "axis", form: intForm, doc: "The axis along which the inputs follow one another, by default 0, the channels."}},
		"Its inputs one after the other.", buildConcat},

	{"flatten", 1, 1, nil, "All elements as one dimension.", buildFlatten},
	{"reshape", 1, 1, []key{{name: "shape", form: intsForm, required: true, doc: "The new shape; one dimension may be -1, what is left."}},
		"The same elements, row-major, under another shape.", buildReshape},
	{"transpose", 1, 1, []key{{name: "perm", form: intsForm, required: true, doc: "Which axis each axis of the result is."}}, "Axes in another order.", buildTranspose},
	{"slice", 1, 1, []key{
		{name: "axis", form: intOrIntsForm, required: true, doc: "The axis or axes; start, end and step then have as many numbers."},
		{name: "start", form: intOrIntsForm, doc: "First index, by default 0 (the last for negative steps); negative ones count from the end."},
		{name: "end", form: intOrIntsForm, doc: "Index before which it ends, by default the end."},
		{name: "step", form: intOrIntsForm, doc: "Step between indices, by default 1."}},
		"Part of its input, as Python's slices.", buildSlice},
	{"pad", 1, 1, []key{
		{name: "pad", form: intOrIntsForm, required: true, doc: "One number for all spatial dimensions; or 2n numbers for the last n dimensions, all begins and then all ends."},
		{name: "mode", form: textForm, oneOf: []string{"constant", "edge", "reflect", "wrap"}, doc: `What is added, by default "constant".`},
		{name: "value", form: numberForm, doc: "The constant, by default 0."}},
		"Adds elements around its input; negative numbers remove.", buildPad},
}
