package modeljson

import "nncc/ir"

// spatial checks that the input is [C, spatial...] and returns how many spatial dimensions it has.
func (l *layer) spatial() (int, bool) {
	n := len(l.shape()) - 2
	if n < 1 {
		l.errorf("", "%s needs an input [C, H, W] or [C, L], has %s", l.kind.name, dims(l.shape()[1:]))
	}
	return n, n >= 1
}

// sizes reads a key with a number per spatial dimension; absent is used if the key is.
func (l *layer) sizes(name string, absent []int, spatial int) ([]int, bool) {
	if !l.has(name) {
		return absent, true
	}
	list := get(l.fields, name, numbers{}).spread(spatial)
	if len(list) != spatial {
		l.errorf(name, "%s has %d numbers for %d spatial dimensions", name, len(list), spatial)
		return nil, false
	}
	return list, true
}

// window reads the keys that sliding windows share into attributes, and returns the kernel apart.
func (l *layer) window(spatial int, strideIsKernel bool) (kernel []int, attrs ir.Attrs, ok bool) {
	kernel, okKernel := l.sizes("kernel", nil, spatial)
	stride := numbers{[]int{1}, true}.spread(spatial)
	if strideIsKernel {
		stride = kernel
	}
	stride, okStride := l.sizes("stride", stride, spatial)
	dilation, okDilation := l.sizes("dilation", numbers{[]int{1}, true}.spread(spatial), spatial)
	pad := get(l.fields, "pad", numbers{[]int{0}, true}).spread(2 * spatial)
	if len(pad) == spatial {
		pad = append(pad[:spatial:spatial], pad...)
	}
	okPad := len(pad) == 2*spatial
	if !okPad {
		l.errorf("pad", "pad has %d numbers, needs 1, %d or %d", len(pad), spatial, 2*spatial)
	}
	return kernel, ir.Attrs{"stride": stride, "dilation": dilation, "pad": pad}, okKernel && okStride && okDilation && okPad
}

func buildMaxPool(l *layer) *ir.Value { return l.pool("maxpool") }

func buildAvgPool(l *layer) *ir.Value { return l.pool("avgpool") }

func (l *layer) pool(op string) *ir.Value {
	spatial, ok := l.spatial()
	if !ok {
		return nil
	}
	kernel, attrs, ok := l.window(spatial, true)
	if !ok {
		return nil
	}
	attrs["kernel"] = kernel
	attrs["ceil"] = asInt(get(l.fields, "ceil", false))
	if op == "avgpool" {
		attrs["count_include_pad"] = asInt(get(l.fields, "count_include_pad", true))
	}
	return l.emit(op, attrs, l.inputs[0])
}

func buildGlobalPool(op string) func(*layer) *ir.Value {
	return func(l *layer) *ir.Value {
		if _, ok := l.spatial(); !ok {
			return nil
		}
		return l.emit(op, ir.Attrs{"kernel": l.shape()[2:]}, l.inputs[0])
	}
}

// asInt is a truth value as the IR's attributes have it.
func asInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
