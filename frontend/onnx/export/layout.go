package export

import (
	"math"
	"slices"

	"nncc/runtime/tensor"
)

// writeReshape leaves the number of samples to the reader of an open batch.
func writeReshape(w *writer) {
	shape := slices.Clone(w.n.Ints("shape"))
	if w.carries[w.n.Out()] {
		shape[0] = -1
	}
	w.emit("Reshape", attribute(nil, "allowzero", allowZero(shape)), w.inputs()[0], w.ints(shape...))
}

// allowZero makes a dimension of 0 mean that, where there is one.
func allowZero(shape []int) int {
	if slices.Contains(shape, 0) && !slices.Contains(shape, -1) {
		return 1
	}
	return 0
}

// writeSlice cuts along the axes where there is something to cut.
func writeSlice(w *writer) {
	start, size, step := w.n.Ints("start"), w.n.Ints("size"), w.n.Ints("step")
	var starts, ends, axes, steps []int
	for d := range start {
		if start[d] == 0 && step[d] == 1 && size[d] == w.n.Inputs[0].Type.Shape[d] {
			continue
		}
		end := start[d] + size[d]*step[d]
		if size[d] > 0 { // not beyond what is read
			end = start[d] + (size[d]-1)*step[d] + sign(step[d])
		}
		if end < 0 {
			end = math.MinInt32 // a small negative number would count from the end
		}
		starts, ends, axes, steps = append(starts, start[d]), append(ends, end), append(axes, d), append(steps, step[d])
	}
	if len(axes) == 0 {
		w.emit("Identity", nil, w.inputs()...)
		return
	}
	w.emit("Slice", nil, w.inputs()[0], w.ints(starts...), w.ints(ends...), w.ints(axes...), w.ints(steps...))
}

func sign(v int) int {
	if v < 0 {
		return -1
	}
	return 1
}

func writePad(w *writer) {
	inputs := []string{w.inputs()[0], w.ints(w.n.Ints("pad")...)}
	if mode := w.n.Str("mode"); mode == "constant" {
		inputs = append(inputs, w.constant(tensor.FromFloat64s(w.n.Out().Type.DType, []float64{w.n.Float("value")})))
	}
	w.emit("Pad", attribute(nil, "mode", w.n.Str("mode")), inputs...)
}

// writeGatherElements repeats indices that go for a whole dimension.
func writeGatherElements(w *writer) {
	x, indices, names := w.n.Inputs[0], w.n.Inputs[1], w.inputs()
	shape := slices.Clone(x.Type.Shape)
	axis := w.n.Int("axis")
	shape[axis] = indices.Type.Shape[axis]
	forAll, name := w.carries[x] && !w.carries[indices], w.names[w.n.Out()]
	if forAll || !slices.Equal(shape, indices.Type.Shape) {
		to := w.ints(shape...)
		if forAll { // samples, of which there are as many as x has
			w.file.emit("Shape", w.n.Name, attribute(nil, "end", 1), names[:1], name+".samples")
			w.file.emit("Concat", w.n.Name, attribute(nil, "axis", 0), []string{name + ".samples", w.ints(shape[1:]...)}, name+".shape")
			to = name + ".shape"
		}
		w.file.emit("Expand", w.n.Name, nil, []string{names[1], to}, name+".indices")
		names[1] = name + ".indices"
	}
	w.emit("GatherElements", attribute(nil, "axis", axis), names...)
}
