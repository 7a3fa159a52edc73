package interp

import (
	"math"

	"nncc/ir"
	"nncc/runtime/tensor"
)

// Places of a window's element that are not in the input.
const (
	inPadding     = -1
	beyondPadding = -2 // past the padded input, which the last window of a pool with ceil may reach
)

// window walks a sliding window over the spatial dimensions of an image.
type window struct {
	in, kernel, out       []int
	stride, pad, dilation []int
	inStrides             []int
}

// newWindow describes the window of node n, from the shape of the image to that of what its windows become.
func newWindow(n *ir.Node, image, kernel, result []int) window {
	in := image[2:]
	return window{in, kernel, result[2:], n.Ints("stride"), n.Ints("pad"), n.Ints("dilation"), tensor.Strides(in)}
}

// at lists, for each place of the window in row-major order, where element tap of the window lies in one channel of
// the input, or inPadding or beyondPadding.
func (w window) at(tap int) []int {
	lists := make([][]int, len(w.in))
	for d := len(w.in) - 1; d >= 0; d-- {
		k := tap % w.kernel[d]
		tap /= w.kernel[d]
		for o := range w.out[d] {
			q := o*w.stride[d] + k*w.dilation[d] - w.pad[d]
			switch {
			case q >= w.in[d]+w.pad[len(w.in)+d]:
				q = beyondPadding
			case q < 0 || q >= w.in[d]:
				q = inPadding
			}
			lists[d] = append(lists[d], q)
		}
	}
	out := []int{0}
	for d, list := range lists {
		next := make([]int, 0, len(out)*len(list))
		for _, base := range out {
			for _, q := range list {
				switch {
				case base < 0 || q < 0:
					next = append(next, min(base, q, inPadding))
				default:
					next = append(next, base+q*w.inStrides[d])
				}
			}
		}
		out = next
	}
	return out
}

func maxpool(n *ir.Node, in []array, t ir.Type) (array, error) {
	x := in[0]
	w := newWindow(n, x.Shape, n.Ints("kernel"), t.Shape)
	y := newArray(t)
	for k := range y.f {
		y.f[k] = math.Inf(-1)
	}
	for k := range y.i {
		y.i[k] = lowest(x.DType)
	}
	inSize, outSize := tensor.Count(w.in), tensor.Count(w.out)
	for tap := range tensor.Count(w.kernel) {
		at := w.at(tap)
		for c := range x.Shape[0] * x.Shape[1] {
			for k, j := range at {
				to, from := c*outSize+k, c*inSize+j
				switch {
				case j < 0:
				case x.f != nil:
					y.f[to] = math.Max(y.f[to], x.f[from])
				case less(x.DType, y.i[to], x.i[from]):
					y.i[to] = x.i[from]
				}
			}
		}
	}
	return y, nil
}

func avgpool(n *ir.Node, in []array, t ir.Type) (array, error) {
	x := in[0]
	w := newWindow(n, x.Shape, n.Ints("kernel"), t.Shape)
	y := newArray(t)
	inSize, outSize := tensor.Count(w.in), tensor.Count(w.out)
	for tap := range tensor.Count(w.kernel) {
		at := w.at(tap)
		for c := range x.Shape[0] * x.Shape[1] {
			accumulate(y.f[c*outSize:][:outSize], x.f[c*inSize:][:inSize], at)
		}
	}
	counts := w.counts(n.Bool("count_include_pad"))
	for k := range y.f {
		y.f[k] /= counts[k%outSize]
	}
	return y, nil
}

// counts is what each window's sum is divided by for its mean.
func (w window) counts(includePad bool) []float64 {
	counts := make([]float64, tensor.Count(w.out))
	for tap := range tensor.Count(w.kernel) {
		for k, j := range w.at(tap) {
			if j >= 0 || j == inPadding && includePad {
				counts[k]++
			}
		}
	}
	return counts
}
