package compose

import (
	"slices"

	"nncc/ir"
	"nncc/runtime/tensor"
)

// AdaptivePool makes each spatial dimension of x [N, C, spatial...] so large: element i of out combines those from
// floor(i*in/out) up to ceil((i+1)*in/out) of in, as PyTorch does. op is avgpool or maxpool.
func (m Maker) AdaptivePool(x *ir.Value, op string, size []int) *ir.Value {
	if err := ir.T(x.Type.DType, slices.Concat(x.Type.Shape[:2], size)...).Check(); err != nil {
		return m.Errorf("result %v", err)
	}
	kernel := ones(len(size))
	v := x
	for d, out := range size {
		in := x.Type.Shape[2+d]
		if in%out == 0 {
			kernel[d] = in / out // windows of one size, which do not overlap
			continue
		}
		if in/out+2 > mostTaps {
			return m.Errorf("more than %d elements in windows that differ in size", mostTaps)
		}
		if v = m.adapt(v, op, ResizedAxis{Dim: 2 + d, In: in, Out: out}); v == nil {
			return nil
		}
	}
	if slices.Max(kernel) == 1 {
		return m.Emit("identity", nil, v)
	}
	return m.Emit(op, ir.Attrs{"kernel": kernel, "stride": kernel}, v)
}

// adapt pools windows that differ in size along one dimension.
func (m Maker) adapt(v *ir.Value, op string, a ResizedAxis) *ir.Value {
	windows, most := make([][]tap, a.Out), 0
	for i := range windows {
		first, end := i*a.In/a.Out, ((i+1)*a.In+a.Out-1)/a.Out
		for at := first; at < end; at++ {
			windows[i] = append(windows[i], tap{at, 1 / float64(end-first)})
		}
		most = max(most, len(windows[i]))
	}
	if op == "avgpool" {
		return m.weigh(v, a, windows)
	}
	var largest *ir.Value
	for k := range most {
		indices := make([]int64, a.Out)
		for i, w := range windows {
			indices[i] = int64(w[min(k, len(w)-1)].index)
		}
		part := m.Step("gather", ir.Attrs{"axis": a.Dim}, v, m.Const("index", tensor.FromI64(indices, a.Out)))
		if largest == nil {
			largest = part
		} else {
			largest = m.Step("max", nil, largest, part)
		}
	}
	return largest
}
