package onnx

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"nncc/ir"
	"nncc/runtime/tensor"
)

// addInputs declares the graph's inputs, and gathers the tensors of those that are sequences.
func (im *importer) addInputs() {
	im.checkOptions()
	for i := range im.graph.inputs {
		in := &im.graph.inputs[i]
		tensors := im.tensorsOf(in)
		for k := range tensors {
			im.addInput(&tensors[k])
		}
		if in.sequence {
			im.gather(in, tensors)
		}
	}
}

// tensorsOf are the tensors of an input: itself, or as many as Options.Dims says a sequence has.
func (im *importer) tensorsOf(in *valueInfo) []valueInfo {
	if !in.sequence {
		return []valueInfo{*in}
	}
	tensors := make([]valueInfo, min(max(im.opts.Dims[in.name], 0), maxParts))
	for k := range tensors {
		tensors[k] = *in
		tensors[k].name, tensors[k].sequence = itemName(in.name, k), false
	}
	return tensors
}

// itemName is what tensor k of a sequence that is an input or an output is called.
func itemName(sequence string, k int) string { return fmt.Sprintf("%s.%d", sequence, k) }

// gather makes the sequence of an input's tensors.
func (im *importer) gather(in *valueInfo, tensors []valueInfo) {
	n, given := im.opts.Dims[in.name]
	switch {
	case !given:
		im.errorf("input %q is a sequence, of open length", in.name).Hint = fmt.Sprintf("give it a length with --dim %s=N", in.name)
	case n != len(tensors):
		im.errorf("input %q is a sequence; a length of %d is not possible", in.name, n)
	}
	var items []value
	for k := range tensors {
		if v := im.values[tensors[k].name]; v != nil {
			items = append(items, v)
		}
	}
	im.values[in.name] = nil
	if given && len(items) == n {
		im.values[in.name] = im.sequence(in.name, items)
	}
}

// addInput declares an input. One with an initializer or a bound tensor is a constant.
func (im *importer) addInput(in *valueInfo) {
	if in.name == "" {
		im.errorf("an input has no name")
		return
	}
	if v, ok := im.values[in.name]; ok {
		if v != nil && !v.IsConst() { // an initializer is also a default value in older files
			im.errorf("two inputs are called %q", in.name)
		}
		return
	}
	im.values[in.name] = nil
	if t := im.opts.BindInputs[in.name]; t != nil {
		im.bind(in, t)
		return
	}
	if t, ok := im.inputType(in); ok {
		im.values[in.name] = im.markNarrow(im.enter(in.name, t), narrowTypeOf(in.elem))
	}
}

// checkOptions rejects options that name nothing in the model.
func (im *importer) checkOptions() {
	inputs, dims := map[string]bool{}, map[string]bool{}
	for i := range im.graph.inputs {
		in := &im.graph.inputs[i]
		if in.sequence {
			dims[in.name] = true
		}
		for _, t := range im.tensorsOf(in) {
			inputs[t.name] = true
			for d, dim := range t.dims {
				if dim.value < 0 {
					dims[dimName(&t, d)] = true
				}
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(im.opts.BindInputs)) {
		if !inputs[name] {
			im.errorf("there is no input %q to bind", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(im.opts.Dims)) {
		if !dims[name] {
			im.errorf("there is no symbolic dimension %q", name).Hint =
				"the model's are: " + strings.Join(slices.Sorted(maps.Keys(dims)), ", ")
		}
	}
}

// dimName is what Options.Dims calls dimension d of an input.
func dimName(in *valueInfo, d int) string {
	if p := in.dims[d].param; p != "" {
		return p
	}
	return fmt.Sprintf("%s.%d", in.name, d)
}

func (im *importer) bind(in *valueInfo, t *tensor.Tensor) {
	if want, ok := im.elemType(in); !ok {
		return
	} else if t.DType != want {
		im.errorf("input %q is %v, the tensor bound to it %v", in.name, want, t.DType)
		return
	}
	fits := !in.hasShape || len(in.dims) == len(t.Shape)
	for d := 0; fits && d < len(in.dims); d++ {
		fits = in.dims[d].value < 0 || in.dims[d].value == int64(t.Shape[d])
	}
	if !fits {
		im.errorf("the tensor bound to input %q has shape %s, which does not fit", in.name, dims(t.Shape))
		return
	}
	im.values[in.name] = im.markNarrow(im.build.Const(im.pos, in.name, widened(t)), narrowTypeOf(in.elem))
}

func (im *importer) elemType(in *valueInfo) (tensor.DType, bool) {
	if !in.isTensor {
		im.errorf("input %q is not a tensor", in.name)
		return tensor.Invalid, false
	}
	dtype, err := dtypeOf(in.elem)
	if err != nil {
		im.errorf("input %q: %v", in.name, err)
	}
	return dtype, err == nil
}

// isBatch reports whether the first dimension of an input, which has no size, is the batch: that of the first such input,
// or one of the same name, or without a name.
func (im *importer) isBatch(in *valueInfo) bool {
	name := in.dims[0].param
	if im.openBatch == "" {
		im.openBatch, im.batchParam = dimName(in, 0), name
	}
	return name == "" || im.batchParam == "" || name == im.batchParam
}

// inputType is the type of an input with every dimension known: an unknown first dimension is the batch, which the IR
// writes as 1, others must be given by the options.
func (im *importer) inputType(in *valueInfo) (ir.Type, bool) {
	dtype, ok := im.elemType(in)
	if !ok {
		return ir.Type{}, false
	}
	if !in.hasShape {
		im.errorf("input %q has no shape", in.name).Hint = "export the model with the shapes of its inputs"
		return ir.Type{}, false
	}
	t := ir.T(dtype)
	for d, dim := range in.dims {
		size, given := dim.value, dim.value >= 0
		if !given {
			var n int
			n, given = im.opts.Dims[dimName(in, d)]
			size = int64(n)
		}
		if !given && d == 0 {
			given = im.isBatch(in)
			size = int64(im.batch)
		}
		if !given {
			im.errorf("dimension %d of input %q is not fixed", d, in.name).
				Hint = fmt.Sprintf("give it a size with --dim %s=N", dimName(in, d))
			ok = false
			continue
		}
		t.Shape = append(t.Shape, int(min(size, ir.MaxTensorBytes+1)))
	}
	if !ok {
		return t, false
	}
	if err := t.Check(); err != nil {
		im.errorf("input %q %v", in.name, err)
		return t, false
	}
	return t, true
}
