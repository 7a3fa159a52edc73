package interp

import (
	"nncc/ir"
	"nncc/runtime/parallel"
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
	eachChannel(n, x, w.Shape[2:], y, func(weight, at int, seen []float64, cols int) {
		addProducts(y.f[at:][:cols], w.f[weight:], tensor.Count(w.Shape[2:]), seen)
	})
	return y, nil
}

// blockElems is about how many elements of x are multiplied with the weights of one channel after the other: they stay in a cache.
const blockElems = 1 << 15

// eachChannel goes through the output channels of a convolution from x to y: block by block of y's places, element by element of
// the window, and sample by sample. It gives use the place of the channel's first weight (the others follow in steps of the window's
// size), where the cols elements of y begin that they add to, and the numbers of x that they multiply, a row of cols for each weight.
// Different channels come at the same time, what is of one channel in an order that is always the same.
func eachChannel(n *ir.Node, x array, kernel []int, y array, use func(weight, at int, seen []float64, cols int)) {
	places := newWindow(n, x.Shape, kernel, y.Shape)
	batch, channels, outs, groups := x.Shape[0], x.Shape[1], y.Shape[1], n.Int("groups")
	perGroup, outsPerGroup := channels/groups, outs/groups
	inSize, outSize, taps := tensor.Count(x.Shape[2:]), tensor.Count(places.out), tensor.Count(kernel)
	inside := make([][]int, taps)
	for tap := range inside {
		inside[tap] = places.at(tap)
	}
	most := max(blockElems/perGroup, 64)
	parallel.Ranges(outs, func(first, end int) {
		block := make([]float64, perGroup*min(most, outSize))
		for start := 0; start < outSize; start += most {
			cols := min(most, outSize-start)
			seen := block[:perGroup*cols]
			for tap := range taps {
				for b := range batch {
					for o := first; o < end; o++ {
						if group := o / outsPerGroup; o == first || o%outsPerGroup == 0 {
							clear(seen)
							for i := range perGroup {
								accumulate(seen[i*cols:], x.f[(b*channels+group*perGroup+i)*inSize:][:inSize], inside[tap][start:][:cols])
							}
						}
						use(o*perGroup*taps+tap, (b*outs+o)*outSize+start, seen, cols)
					}
				}
			}
		}
	})
}

// accumulate adds x[at[k]] to sum[k] wherever at[k] is inside; padding counts as 0.
func accumulate(sum, x []float64, at []int) {
	for k, j := range at {
		if j >= 0 {
			sum[k] += x[j]
		}
	}
}

// addProducts adds weights[0], weights[step] and so on, each times a row of rows, to sum: one after the other, four on the way
// from and to memory. The conversions keep the compiler from fusing, which only some processors would do.
func addProducts(sum, weights []float64, step int, rows []float64) {
	n := len(sum)
	for p := 0; len(rows) > 0; {
		if len(rows) < 4*n {
			w, a := weights[p*step], rows[:n]
			for k := range sum {
				sum[k] += float64(w * a[k])
			}
			p, rows = p+1, rows[n:]
			continue
		}
		w0, w1, w2, w3 := weights[p*step], weights[(p+1)*step], weights[(p+2)*step], weights[(p+3)*step]
		a, b, c, d := rows[:n], rows[n:][:n], rows[2*n:][:n], rows[3*n:][:n]
		for k := range sum {
			sum[k] = sum[k] + float64(w0*a[k]) + float64(w1*b[k]) + float64(w2*c[k]) + float64(w3*d[k])
		}
		p, rows = p+4, rows[4*n:]
	}
}

// gemm reads weights that are stored, [out, in], row by row.
func gemm(n *ir.Node, in []array, t ir.Type) (array, error) {
	a, b, bias := in[0].read(Options{}), in[1], in[2:]
	rows, inner := a.Shape[0], a.Shape[1]
	rowStep, aStep := inner, 1
	if n.Bool("trans_a") {
		rows, inner = inner, rows
		rowStep, aStep = 1, rows
	}
	cols, colStep, bStep := t.Shape[1], 1, t.Shape[1]
	if n.Bool("trans_b") {
		colStep, bStep = inner, 1
	} else {
		b = b.read(Options{})
	}
	y := newArray(t)
	alpha, beta := n.Float("alpha"), n.Float("beta")
	parallel.Ranges(cols, func(first, end int) {
		row := make([]float64, inner)
		for j := first; j < end; j++ {
			weights, at := b.f, j*colStep
			if b.stored != nil {
				b.stored.ReadFloat64s(row, at)
				weights, at = row, 0
			}
			for i := range rows {
				y.f[i*cols+j] = float64(alpha * dot(a.f, i*rowStep, aStep, weights, at, bStep, inner))
			}
		}
	})
	if len(bias) > 0 && (bias[0].f != nil || bias[0].stored != nil) {
		c := bias[0].read(Options{})
		for k, j := range broadcast(c.Shape, y.Shape) {
			y.f[k] += float64(beta * c.f[j])
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
	parallel.Ranges(len(aBatch)*rows, func(first, end int) {
		for r := first; r < end; r++ {
			at, ai, bi := r*cols, (aBatch[r/rows]*rows+r%rows)*inner, bBatch[r/rows]*inner*cols
			if a.DType.IsFloat() {
				addProducts(y.f[at:][:cols], a.f[ai:], 1, b.f[bi:][:inner*cols])
				continue
			}
			for j := range cols {
				y.i[at+j] = dot(a.i, ai, 1, b.i, bi+j, cols, inner)
			}
		}
	})
	return y, nil
}
