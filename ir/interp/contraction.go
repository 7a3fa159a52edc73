package interp

import (
	"nncc/ir"
	"nncc/runtime/tensor"
)

// conv adds up, for each element of the window, the input as that element sees it times its weights.
func conv(n *ir.Node, in []array, t ir.Type) (array, error) {
	x, w, bias := in[0], in[1], in[2:]
	y := newArray(t)
	outSize := tensor.Count(t.Shape[2:])
	if len(bias) > 0 && bias[0].f != nil {
		for k := range y.f {
			y.f[k] = bias[0].f[k/outSize%w.Shape[0]]
		}
	}
	eachWeight(n, x, w.Shape[2:], y, func(weight, at int, seen []float64) {
		addScaled(y.f[at:][:outSize], w.f[weight], seen)
	})
	return y, nil
}

// eachWeight goes through the weights of a convolution from x to y, sample by sample: it gives use the place of the weight,
// where the channel of y begins that the weight adds to, and the numbers of x that it multiplies.
func eachWeight(n *ir.Node, x array, kernel []int, y array, use func(weight, at int, seen []float64)) {
	places := newWindow(n, x.Shape, kernel, y.Shape)
	batch, channels, outs, groups := x.Shape[0], x.Shape[1], y.Shape[1], n.Int("groups")
	perGroup, outsPerGroup := channels/groups, outs/groups
	inSize, outSize, taps := tensor.Count(x.Shape[2:]), tensor.Count(places.out), tensor.Count(kernel)
	seen := make([]float64, outSize)
	for tap := range taps {
		at := places.at(tap)
		for c := range batch * channels {
			clear(seen)
			accumulate(seen, x.f[c*inSize:][:inSize], at)
			b, group, i := c/channels, c%channels/perGroup, c%perGroup
			for o := group * outsPerGroup; o < (group+1)*outsPerGroup; o++ {
				use((o*perGroup+i)*taps+tap, (b*outs+o)*outSize, seen)
			}
		}
	}
}

// accumulate adds x[at[k]] to sum[k] wherever at[k] is inside; padding counts as 0.
func accumulate(sum, x []float64, at []int) {
	for k, j := range at {
		if j >= 0 {
			sum[k] += x[j]
		}
	}
}

// addScaled adds weight*x to sum. The conversion keeps the compiler from fusing, which only some processors would do.
func addScaled(sum []float64, weight float64, x []float64) {
	sum = sum[:len(x)]
	for k, v := range x {
		sum[k] += float64(weight * v)
	}
}

func gemm(n *ir.Node, in []array, t ir.Type) (array, error) {
	a, b, c := in[0], in[1], in[2:]
	rows, inner := a.Shape[0], a.Shape[1]
	rowStep, aStep := inner, 1
	if n.Bool("trans_a") {
		rows, inner = inner, rows
		rowStep, aStep = 1, rows
	}
	cols, colStep, bStep := b.Shape[1], 1, b.Shape[1]
	if n.Bool("trans_b") {
		cols, colStep, bStep = b.Shape[0], inner, 1
	}
	y := newArray(t)
	alpha, beta := n.Float("alpha"), n.Float("beta")
	for i := range rows {
		for j := range cols {
			y.f[i*cols+j] = float64(alpha * dot(a.f, i*rowStep, aStep, b.f, j*colStep, bStep, inner))
		}
	}
	if len(c) > 0 && c[0].f != nil {
		for k, j := range broadcast(c[0].Shape, y.Shape) {
			y.f[k] += float64(beta * c[0].f[j])
		}
	}
	return y, nil
}

// dot multiplies n elements of a, from aAt in steps of aStep, with those of b.
func dot[T float64 | int64](a []T, aAt, aStep int, b []T, bAt, bStep, n int) T {
	var sum T
	for range n {
		sum += T(a[aAt] * b[bAt])
		aAt, bAt = aAt+aStep, bAt+bStep
	}
	return sum
}

// matmul follows numpy.matmul: matrices in the last two dimensions, the others broadcast; vectors become a row on the
// left and a column on the right.
func matmul(n *ir.Node, in []array, t ir.Type) (array, error) {
	a, b := in[0], in[1]
	as, bs := a.Shape, b.Shape
	if len(as) == 1 {
		as = []int{1, as[0]}
	}
	if len(bs) == 1 {
		bs = []int{bs[0], 1}
	}
	rows, inner, cols := as[len(as)-2], as[len(as)-1], bs[len(bs)-1]
	batch, _ := ir.Broadcast(as[:len(as)-2], bs[:len(bs)-2]) // the shape rule has checked that they fit
	aBatch, bBatch := broadcast(as[:len(as)-2], batch), broadcast(bs[:len(bs)-2], batch)
	y := newArray(t)
	for k := range aBatch {
		for i := range rows {
			at, ai, bi := (k*rows+i)*cols, (aBatch[k]*rows+i)*inner, bBatch[k]*inner*cols
			if a.DType.IsFloat() {
				for p := range inner {
					addScaled(y.f[at:][:cols], a.f[ai+p], b.f[bi+p*cols:][:cols])
				}
				continue
			}
			for j := range cols {
				y.i[at+j] = dot(a.i, ai, 1, b.i, bi+j, cols, inner)
			}
		}
	}
	return y, nil
}
