package modeljson

import (
	"slices"

	"nncc/frontend/compose"
	"nncc/ir"
)

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
	groupsKey   = key{name: "groups", form: countForm, doc: "Groups of channels that do not mix, by default 1."}
	epsKey      = key{name: "eps", form: numberForm, doc: "Added to the variance, by default 1e-5."}
	affineKey   = key{name: "affine", form: boolForm, doc: "Whether weight and bias follow, by default true."}
	alphaKey    = key{name: "alpha", form: numberForm, doc: "Bound below 0, by default 1."}
	sumAxisKey  = key{name: "axis", form: intForm, doc: "The axis that sums to 1, by default the last."}
	toSizeKey   = key{name: "size", form: sizeForm, required: true, doc: "The new size, one number or one per spatial dimension."}
	factorKey   = key{name: "factor", form: countForm, required: true, doc: "Height and width of a block of pixels."}
)

// layerKinds is the table of layers.
var layerKinds = slices.Concat(weightKinds, activationKinds, pixelKinds, mathKinds, layoutKinds)

// weightKinds have parameters, or could.
var weightKinds = []layerKind{
	{"conv", 1, 1, []key{outKey, kernelKey, strideKey, padKey, dilationKey, groupsKey, biasKey},
		"Convolution. Parameters: weight [out, C/groups, kernel...], bias [out].", buildConv},
	{"convtranspose", 1, 1, []key{outKey, kernelKey, strideKey, padKey, dilationKey, groupsKey, biasKey,
		{name: "output_pad", form: padForm, doc: "Added to the ends of the result, by default 0; one number or one per spatial dimension."}},
		"Transposed convolution; pad is cut off its result. Parameters: weight [C, out/groups, kernel...], bias [out].", buildConvTranspose},
	{"dense", 1, 1, []key{outKey, biasKey}, "Matrix product with the flat input. Parameters: weight [out, in], bias [out].", buildDense},
	{"batchnorm", 1, 1, []key{epsKey},
		"Batch normalisation with the stored statistics. Parameters: weight, bias, running_mean, running_var, all [C].", buildBatchNorm},
	{"instancenorm", 1, 1, []key{epsKey, {name: "affine", form: boolForm, doc: "Whether weight and bias follow, by default false."}, biasKey},
		"Normalises each channel by its own statistics. Parameters if affine: weight, bias, both [C].", buildInstanceNorm},
	{"groupnorm", 1, 1, []key{{name: "groups", form: countForm, required: true, doc: "Groups of channels that are normalised together."}, epsKey, affineKey, biasKey},
		"Normalises groups of channels by their own statistics. Parameters if affine: weight, bias, both [C].", buildGroupNorm},
	{"layernorm", 1, 1, []key{{name: "axis", form: intForm, doc: "The first of the axes that are normalised together, by default the last axis."}, epsKey, affineKey, biasKey},
		"Normalises along the last axes. Parameters if affine: weight, bias, of the shape of those axes.", buildLayerNorm},
	{"lrn", 1, 1, []key{
		{name: "size", form: countForm, required: true, doc: "How many neighbouring channels count."},
		{name: "alpha", form: numberForm, doc: "Factor of their mean square, by default 1e-4."},
		{name: "beta", form: numberForm, doc: "Exponent, by default 0.75."},
		{name: "k", form: numberForm, doc: "Added to it, by default 1."}},
		"Local response normalisation: x / (k + alpha * mean of squares)^beta.", buildLRN},
}

var activationKinds = []layerKind{
	{"relu", 1, 1, nil, "max(x, 0).", buildAs("relu")},
	{"relu6", 1, 1, nil, "min(max(x, 0), 6).", buildClipTo(0, 6)},
	{"clip", 1, 1, []key{{name: "min", form: numberForm, doc: "Lower bound, by default none."}, {name: "max", form: numberForm, doc: "Upper bound, by default none."}},
		"min(max(x, min), max).", buildClip},
	{"hardtanh", 1, 1, []key{{name: "min", form: numberForm, doc: "Lower bound, by default -1."}, {name: "max", form: numberForm, doc: "Upper bound, by default 1."}},
		"min(max(x, min), max).", buildClipTo(-1, 1)},
	{"threshold", 1, 1, []key{
		{name: "threshold", form: numberForm, required: true, doc: "What x must be above."},
		{name: "value", form: numberForm, required: true, doc: "The result elsewhere."}}, "x where it is above threshold, else value.", buildThreshold},
	{"leakyrelu", 1, 1, []key{{name: "slope", form: numberForm, doc: "Slope below 0, by default 0.01."}}, "x, or slope*x below 0.", buildLeakyRelu},
	{"prelu", 1, 1, []key{{name: "shared", form: boolForm, doc: "Whether one slope serves all channels, by default false."}},
		"x, or a slope per channel times x below 0. Parameter: weight [C], or [1] if shared.", buildPRelu},
	{"elu", 1, 1, []key{alphaKey}, "x, or alpha*(exp(x) - 1) below 0.", buildElu},
	{"celu", 1, 1, []key{alphaKey}, "x, or alpha*(exp(x/alpha) - 1) below 0.", buildCelu},
	{"selu", 1, 1, nil, "1.0507*x, or 1.0507*1.6733*(exp(x) - 1) below 0.", buildSelu},
	{"sigmoid", 1, 1, nil, "1 / (1 + exp(-x)).", buildAs("sigmoid")},
	{"hardsigmoid", 1, 1, nil, "min(max(x/6 + 1/2, 0), 1).", buildHardSigmoid},
	{"logsigmoid", 1, 1, nil, "-log(1 + exp(-x)).", buildLogSigmoid},
	{"tanh", 1, 1, nil, "Hyperbolic tangent.", buildAs("tanh")},
	{"softsign", 1, 1, nil, "x / (1 + |x|).", buildComposed(compose.Maker.Softsign)},
	{"softplus", 1, 1, nil, "log(1 + exp(x)).", buildAs("softplus")},
	{"silu", 1, 1, nil, "x * sigmoid(x), also called swish.", buildComposed(compose.Maker.Silu)},
	{"hardswish", 1, 1, nil, "x * min(max(x/6 + 1/2, 0), 1).", buildComposed(compose.Maker.HardSwish)},
	{"mish", 1, 1, nil, "x * tanh(log(1 + exp(x))).", buildComposed(compose.Maker.Mish)},
	{"gelu", 1, 1, []key{{name: "approximate", form: textForm, oneOf: []string{"none", "tanh"}, doc: `"tanh" for the approximation with it, by default "none".`}},
		"x/2 * (1 + erf(x/sqrt(2))).", buildGelu},
	{"softmax", 1, 1, []key{sumAxisKey}, "Softmax along an axis.", buildSoftmax},
	{"logsoftmax", 1, 1, []key{sumAxisKey}, "Logarithm of softmax along an axis.", buildLogSoftmax},
}

// pixelKinds make more or fewer pixels.
var pixelKinds = []layerKind{
	{"maxpool", 1, 1, []key{kernelKey, poolStride, padKey, dilationKey, ceilKey}, "Largest value of each window.", buildMaxPool},
	{"avgpool", 1, 1, []key{kernelKey, poolStride, padKey, ceilKey,
		{name: "count_include_pad", form: boolForm, doc: "Whether padding counts as zeros, by default true."}}, "Mean of each window.", buildAvgPool},
	{"globalavgpool", 1, 1, nil, "Mean over all spatial dimensions, which become 1.", buildGlobalPool("avgpool")},
	{"globalmaxpool", 1, 1, nil, "Largest value over all spatial dimensions, which become 1.", buildGlobalPool("maxpool")},
	{"adaptiveavgpool", 1, 1, []key{toSizeKey}, "Mean of windows that are chosen for a size of the result.", buildAdaptivePool("avgpool")},
	{"adaptivemaxpool", 1, 1, []key{toSizeKey}, "Largest value of windows that are chosen for a size of the result.", buildAdaptivePool("maxpool")},
	{"upsample", 1, 1, []key{
		{name: "size", form: sizeForm, doc: "The new size, one number or one per spatial dimension."},
		{name: "scale", form: numberForm, doc: "Or what the size is multiplied with."},
		{name: "mode", form: textForm, oneOf: []string{"nearest", "linear", "bilinear", "trilinear", "bicubic"}, doc: `How values between pixels come about, by default "nearest".`},
		{name: "align_corners", form: boolForm, doc: "Whether the corner pixels stay the corners, by default false."}},
		"Another number of pixels, by interpolation.", buildUpsample},
	{"pixelshuffle", 1, 1, []key{factorKey}, "Groups of channels become blocks of pixels.", buildBlocksOfPixels(compose.Maker.DepthToSpace)},
	{"pixelunshuffle", 1, 1, []key{factorKey}, "Blocks of pixels become channels.", buildBlocksOfPixels(compose.Maker.SpaceToDepth)},
}

// mathKinds combine inputs, or compute with numbers one by one.
var mathKinds = []layerKind{
	{"add", 2, 0, nil, "Sum of its inputs, with numpy's broadcasting.", buildChain("add")},
	{"sub", 2, 2, nil, "Its first input less the second, with numpy's broadcasting.", buildChain("sub")},
	{"mul", 2, 0, nil, "Product of its inputs, with numpy's broadcasting.", buildChain("mul")},
	{"div", 2, 2, nil, "Its first input divided by the second, with numpy's broadcasting.", buildChain("div")},
	{"max", 2, 0, nil, "Largest of its inputs, with numpy's broadcasting.", buildChain("max")},
	{"min", 2, 0, nil, "Smallest of its inputs, with numpy's broadcasting.", buildChain("min")},
	{"matmul", 2, 2, nil, "Matrix product of the last two dimensions, as numpy.matmul.", buildAs("matmul")},
	{"scale", 1, 1, []key{{name: "factor", form: numberForm, doc: "By default 1."}, {name: "offset", form: numberForm, doc: "By default 0."}},
		"factor*x + offset.", buildScale},
	{"abs", 1, 1, nil, "|x|.", buildAs("abs")},
	{"exp", 1, 1, nil, "e to the x.", buildAs("exp")},
	{"log", 1, 1, nil, "Natural logarithm of x.", buildAs("log")},
	{"sqrt", 1, 1, nil, "Square root of x.", buildAs("sqrt")},
	{"reduce", 1, 1, []key{
		{name: "to", form: textForm, oneOf: []string{"mean", "sum", "max", "min", "prod"}, required: true, doc: "What is made of the elements."},
		{name: "axis", form: intOrIntsForm, required: true, doc: "The axis or axes that vanish."},
		{name: "keepdim", form: boolForm, doc: "Whether they stay, as 1; by default false."}},
		"Mean, sum, largest, smallest or product along axes.", buildReduce},
	{"dropout", 1, 1, []key{{name: "p", form: numberForm, doc: "With what probability an element becomes 0 in training, by default 0.5."}}, "Its input: what drops out does so in training only.", buildDropout},
	{"identity", 1, 1, nil, "Its input.", buildAs("identity")},
}

// layoutKinds move elements.
var layoutKinds = []layerKind{
	{"concat", 1, 0, []key{{name: "axis", form: intForm, doc: "The axis along which the inputs follow one another, by default 0, the channels."}},
		"Its inputs one after the other.", buildConcat},
	{"split", 1, 1, []key{
		{name: "axis", form: intForm, doc: "The axis that is split, by default 0, the channels."},
		{name: "parts", form: countForm, doc: "How many parts of one size."},
		{name: "sizes", form: countsForm, doc: "Or the size of each part."}},
		"Parts of its input, called NAME.0, NAME.1 and so on.", buildSplit},
	{"channelshuffle", 1, 1, []key{{name: "groups", form: countForm, required: true, doc: "Groups of channels that are taken in turn."}}, "Channels in another order.", buildChannelShuffle},
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
