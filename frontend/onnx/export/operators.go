package export

import (
	"fmt"
	"math"
	"slices"

	"nncc/ir"
	"nncc/runtime/tensor"
)

// operatorTable says how each op of the graph is written. An op that is not here has no operator.
func operatorTable() map[string]func(*writer) {
	return map[string]func(*writer){
		"abs": as("Abs"), "add": as("Add"), "atan": as("Atan"), "cos": as("Cos"), "div": as("Div"), "erf": as("Erf"), "exp": as("Exp"), "floor": as("Floor"), "gelu": as("Gelu"),
		"identity": as("Identity"), "log": as("Log"), "matmul": as("MatMul"), "mul": as("Mul"), "pow": as("Pow"), "prelu": as("PRelu"),
		"relu": as("Relu"), "round": as("Round"), "sigmoid": as("Sigmoid"), "sin": as("Sin"), "softplus": as("Softplus"), "sqrt": as("Sqrt"),
		"sub": as("Sub"), "tanh": as("Tanh"), "where": as("Where"),

		"argmax": writeArg("ArgMax"), "argmin": writeArg("ArgMin"), "max": writeSelection("Max", "Or"), "min": writeSelection("Min", "And"),
		"avgpool": writeAveragePool, "batchnorm": as("BatchNormalization", "epsilon", "epsilon"), "cast": writeCast, "clip": writeClip,
		"compare": writeCompare, "concat": as("Concat", "axis", "axis"), "conv": writeConv, "dropout": writeDropout, "elu": as("Elu", "alpha", "alpha"),
		"gather": as("Gather", "axis", "axis"), "gather_elements": writeGatherElements, "gemm": as("Gemm", "alpha", "alpha", "beta", "beta", "trans_a", "transA", "trans_b", "transB"),
		"maxpool": writeMaxPool, "pad": writePad, "reduce": writeReduce, "reshape": writeReshape, "slice": writeSlice,
		"silu": writeSilu, "softmax": as("Softmax", "axis", "axis"), "standardize": writeStandardize, "transpose": as("Transpose", "perm", "perm"),
	}
}

// writer writes one node.
type writer struct {
	*file
	n *ir.Node
}

// as is for ops that are an operator, with attributes of the same meaning: pairs of our name and ONNX's.
func as(op string, attrs ...string) func(*writer) {
	return func(w *writer) {
		var list []byte
		for i := 0; i < len(attrs); i += 2 {
			list = attribute(list, attrs[i+1], w.n.Attrs[attrs[i]])
		}
		w.emit(op, list, w.inputs()...)
	}
}

// inputs are the names of the node's inputs; empty for one that it does not have.
func (w *writer) inputs() []string {
	var out []string
	for _, v := range w.n.Inputs {
		out = append(out, w.names[v]) // the map has nothing for nil
	}
	return out
}

// emit writes the operator that makes the node's result.
func (w *writer) emit(op string, attrs []byte, inputs ...string) {
	w.file.emit(op, w.n.Name, attrs, inputs, w.names[w.n.Out()])
}

// constant adds an initializer and returns its name.
func (w *writer) constant(t *tensor.Tensor) string {
	w.fresh++
	name := fmt.Sprintf("nncc.constant_%d", w.fresh)
	w.extra = appendMessage(w.extra, graphInitializer, w.tensor(w.n.Pos, name, t))
	return name
}

// ints is constant for a list of integers.
func (w *writer) ints(list ...int) string {
	t := tensor.New(tensor.I64, len(list))
	for i, v := range list {
		t.I64s()[i] = int64(v)
	}
	return w.constant(t)
}

func (w *writer) errorf(format string, args ...any) { w.errs.Add(w.n.Pos, format, args...) }

// window lists the attributes of convolutions and pools.
func (w *writer) window(kernel []int) []byte {
	attrs := attribute(nil, "kernel_shape", kernel)
	attrs = attribute(attrs, "strides", w.n.Ints("stride"))
	attrs = attribute(attrs, "pads", w.n.Ints("pad"))
	return attribute(attrs, "dilations", w.n.Ints("dilation"))
}

func writeConv(w *writer) {
	w.emit("Conv", attribute(w.window(w.n.Inputs[1].Type.Shape[2:]), "group", w.n.Int("groups")), w.inputs()...)
}

func writeDropout(w *writer) {
	rate := tensor.FromFloat64s(tensor.F32, []float64{w.n.Float("rate")})
	w.emit("Dropout", nil, append(w.inputs(), w.constant(rate))...)
}

func writeMaxPool(w *writer) {
	w.emit("MaxPool", attribute(w.window(w.n.Ints("kernel")), "ceil_mode", w.n.Int("ceil")), w.inputs()...)
}

func writeAveragePool(w *writer) {
	attrs := attribute(w.window(w.n.Ints("kernel")), "ceil_mode", w.n.Int("ceil"))
	w.emit("AveragePool", attribute(attrs, "count_include_pad", w.n.Int("count_include_pad")), w.inputs()...)
}

func writeArg(op string) func(*writer) {
	return func(w *writer) {
		attrs := attribute(attribute(nil, "axis", w.n.Int("axis")), "keepdims", 1)
		w.emit(op, attribute(attrs, "select_last_index", w.n.Int("last")), w.inputs()...)
	}
}

// writeSelection writes min and max, which are logic on bools.
func writeSelection(op, onBool string) func(*writer) {
	return func(w *writer) {
		if w.n.Out().Type.DType == tensor.Bool {
			w.emit(onBool, nil, w.inputs()...)
			return
		}
		w.emit(op, nil, w.inputs()...)
	}
}

func writeCast(w *writer) {
	w.emit("Cast", attribute(nil, "to", w.elemType(w.n.Pos, w.n.Out().Type.DType)), w.inputs()...)
}

// writeClip leaves out bounds that are infinite.
func writeClip(w *writer) {
	bound := func(v float64) string {
		if math.IsInf(v, 0) {
			return ""
		}
		return w.constant(tensor.FromFloat64s(w.n.Out().Type.DType, []float64{v}))
	}
	w.emit("Clip", nil, w.inputs()[0], bound(w.n.Float("min")), bound(w.n.Float("max")))
}

func writeCompare(w *writer) {
	is := w.n.Str("is")
	if w.n.Inputs[0].Type.DType == tensor.Bool && is != "eq" && is != "ne" {
		w.errorf("ONNX does not order bools")
		return
	}
	switch is {
	case "eq":
		w.emit("Equal", nil, w.inputs()...)
	case "lt":
		w.emit("Less", nil, w.inputs()...)
	case "le":
		w.emit("LessOrEqual", nil, w.inputs()...)
	case "ne":
		equal := w.names[w.n.Out()] + ".equal"
		w.file.emit("Equal", w.n.Name, nil, w.inputs(), equal)
		w.emit("Not", nil, equal)
	}
}

// writeSilu is a product, as most runtimes do not know Swish, which came with operator set 24.
func writeSilu(w *writer) {
	sigmoid := w.names[w.n.Out()] + ".sigmoid"
	w.file.emit("Sigmoid", w.n.Name, nil, w.inputs(), sigmoid)
	w.emit("Mul", nil, w.inputs()[0], sigmoid)
}

// writeStandardize scales by ones, as the operator must.
func writeStandardize(w *writer) {
	t, axis := w.n.Out().Type, w.n.Int("axis")
	shape := t.Shape[axis:]
	ones := slices.Repeat([]float64{1}, tensor.Count(shape))
	attrs := attribute(attribute(nil, "axis", axis), "epsilon", w.n.Float("epsilon"))
	w.emit("LayerNormalization", attrs, w.inputs()[0], w.constant(tensor.FromFloat64s(t.DType, ones, shape...)))
}

func writeReduce(w *writer) {
	op := map[string]string{"sum": "ReduceSum", "mean": "ReduceMean", "max": "ReduceMax", "min": "ReduceMin", "prod": "ReduceProd"}[w.n.Str("to")]
	axes := w.n.Ints("axes")
	if len(axes) == 0 { // to ONNX, none are all
		w.emit("Identity", nil, w.inputs()...)
		return
	}
	w.emit(op, attribute(nil, "keepdims", 1), w.inputs()[0], w.ints(axes...))
}
