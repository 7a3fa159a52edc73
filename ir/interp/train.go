package interp

import (
	"fmt"
	"math"

	"nncc/ir"
	"nncc/runtime/tensor"
)

// convWeightGrad sums, for each element of the window, the products of dy and the input as that element sees it.
func convWeightGrad(n *ir.Node, in []array, t ir.Type) (array, error) {
	dy, x := in[0], in[1]
	dw := newArray(t)
	taps := tensor.Count(n.Ints("kernel"))
	eachChannel(n, x, n.Ints("kernel"), dy, func(weight, at int, seen []float64, cols int) {
		for i := range len(seen) / cols {
			dw.f[weight+i*taps] += dot(dy.f, at, 1, seen, i*cols, 1, cols)
		}
	})
	return dw, nil
}

func maxpoolGrad(n *ir.Node, in []array, t ir.Type) (array, error) {
	dy, x := in[0], in[1]
	w := newWindow(n, x.Shape, n.Ints("kernel"), dy.Shape)
	inSize, outSize := tensor.Count(w.in), tensor.Count(w.out)
	winners := make([]int, len(dy.f)) // where in x each window's largest element so far stands
	for k := range winners {
		winners[k] = -1
	}
	for tap := range tensor.Count(w.kernel) {
		at := w.at(tap)
		for k := range winners {
			if j := at[k%outSize]; j >= 0 {
				j += k / outSize * inSize
				if best := winners[k]; best < 0 || x.f[j] > x.f[best] || math.IsNaN(x.f[j]) {
					winners[k] = j
				}
			}
		}
	}
	dx := newArray(t)
	for k, j := range winners {
		dx.f[j] += dy.f[k]
	}
	return dx, nil
}

func avgpoolGrad(n *ir.Node, in []array, t ir.Type) (array, error) {
	dy := in[0]
	w := newWindow(n, t.Shape, n.Ints("kernel"), dy.Shape)
	inSize, outSize := tensor.Count(w.in), tensor.Count(w.out)
	counts := w.counts(n.Bool("count_include_pad"))
	dx := newArray(t)
	for tap := range tensor.Count(w.kernel) {
		at := w.at(tap)
		for k, v := range dy.f {
			if j := at[k%outSize]; j >= 0 {
				dx.f[k/outSize*inSize+j] += v / counts[k%outSize]
			}
		}
	}
	return dx, nil
}

// perChannel adds up what f gives for each element, by channel: dimension 1 of x.
func perChannel(x array, t ir.Type, f func(element, channel int) float64) array {
	y := newArray(t)
	_, inner := outerInner(x.Shape, 1)
	for k := range x.f {
		c := k / inner % x.Shape[1]
		y.f[c] += f(k, c)
	}
	return y
}

func mean(_ *ir.Node, in []array, t ir.Type) (array, error) {
	x := in[0]
	share := float64(x.Elems() / x.Shape[1])
	y := perChannel(x, t, func(k, _ int) float64 { return x.f[k] })
	for c := range y.f {
		y.f[c] /= share
	}
	return y, nil
}

func variance(n *ir.Node, in []array, t ir.Type) (array, error) {
	x := in[0]
	means, err := mean(n, in, t)
	if err != nil {
		return array{}, err
	}
	share := float64(x.Elems() / x.Shape[1])
	y := perChannel(x, t, func(k, c int) float64 { return (x.f[k] - means.f[c]) * (x.f[k] - means.f[c]) })
	for c := range y.f {
		y.f[c] /= share
	}
	return y, nil
}

func batchnormGradScale(n *ir.Node, in []array, t ir.Type) (array, error) {
	dy, x, mean, variance, epsilon := in[0], in[1], in[2].f, in[3].f, n.Float("epsilon")
	return perChannel(x, t, func(k, c int) float64 {
		return float64(dy.f[k] * (x.f[k] - mean[c]) / math.Sqrt(variance[c]+epsilon))
	}), nil
}

func batchnormGradBias(_ *ir.Node, in []array, t ir.Type) (array, error) {
	return perChannel(in[0], t, func(k, _ int) float64 { return in[0].f[k] }), nil
}

// eachSample calls f for every row of logits with the logarithms of its softmax and with its label.
func eachSample(logits, labels array, f func(sample int, logs []float64, label int)) error {
	classes := logits.Shape[1]
	logs := make([]float64, classes)
	for s, label := range labels.i {
		if label < 0 || label >= int64(classes) {
			return fmt.Errorf("label %d of sample %d is out of range for %d classes", label, s, classes)
		}
		row := logits.f[s*classes:][:classes]
		largest, sum := math.Inf(-1), 0.0
		for _, v := range row {
			largest = math.Max(largest, v)
		}
		for _, v := range row {
			sum += math.Exp(v - largest)
		}
		for k, v := range row {
			logs[k] = v - largest - math.Log(sum)
		}
		f(s, logs, int(label))
	}
	return nil
}

func crossEntropy(n *ir.Node, in []array, t ir.Type) (array, error) {
	y, smoothing := newArray(t), n.Float("label_smoothing")
	err := eachSample(in[0], in[1], func(s int, logs []float64, label int) {
		for _, l := range logs {
			y.f[s] -= float64(smoothing / float64(len(logs)) * l)
		}
		y.f[s] -= float64((1 - smoothing) * logs[label])
	})
	return y, err
}

func crossEntropyGrad(n *ir.Node, in []array, t ir.Type) (array, error) {
	y, smoothing := newArray(t), n.Float("label_smoothing")
	dloss := broadcast(in[2].Shape, in[1].Shape)
	err := eachSample(in[0], in[1], func(s int, logs []float64, label int) {
		for k, l := range logs {
			target := smoothing / float64(len(logs))
			if k == label {
				target += 1 - smoothing
			}
			y.f[s*len(logs)+k] = (math.Exp(l) - target) * in[2].f[dloss[s]]
		}
	})
	return y, err
}

func random(n *ir.Node, in []array, t ir.Type) (array, error) {
	y := newArray(t)
	keys := ir.RandomKeys(in[0].i[0], in[1].i[0], n.Int("salt"))
	for k := range y.f {
		y.f[k] = float64(ir.Random(keys, k))
	}
	return y, nil
}
