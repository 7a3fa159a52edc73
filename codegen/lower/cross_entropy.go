package lower

import (
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// crossEntropy is a kernel over rows of logits, each with its label: kernels form no addresses from data, so every class
// is compared with the label.
type crossEntropy struct {
	*kernel
	classes   int
	smoothing float64
	inputs    []*loopir.Buffer // logits, labels, and for gradients that of the loss
	out       *loopir.Buffer
	sample    loopir.Index
}

func (l *lowerer) newCrossEntropy(n *ir.Node) (*crossEntropy, error) {
	t := n.Inputs[0].Type
	if elem, err := kindOf(t.DType); err != nil || elem != loopir.F32 {
		return nil, errKind(elem)
	}
	k := &crossEntropy{kernel: newKernel("cross-entropy", l.target), classes: t.Shape[1], smoothing: n.Float("label_smoothing")}
	for _, v := range n.Inputs {
		buf, err := k.plainIn(l, v)
		if err != nil {
			return nil, err
		}
		k.inputs = append(k.inputs, buf)
	}
	var err error
	if k.out, err = k.plainOut(l, n); err != nil {
		return nil, err
	}
	k.sample = k.grid("n", k.out.Dims[0])
	return k, nil
}

// exponentials are those of the sample's logits; see kernel.exponentials.
func (k *crossEntropy) exponentials(each func(x, count loopir.Index, e loopir.Expr)) (largest, sum loopir.Expr) {
	logits := k.inputs[0]
	return k.kernel.exponentials(k.classes, func(x, count loopir.Index) loopir.Expr {
		return k.get(logits, count, k.sampleOf(logits, k.sample), x)
	}, each)
}

// label is the label of the sample.
func (k *crossEntropy) label() loopir.Expr {
	labels := k.inputs[1]
	return k.Let("label", loopir.LoadV(loopir.Scalar(labels.Elem), labels, k.sampleOf(labels, k.sample)))
}

// hit is yes for the class of the sample, and no for the others.
func hit(label loopir.Expr, class loopir.Index, yes, no loopir.Expr) loopir.Expr {
	return loopir.SelectOf(loopir.Eq.Of(label, loopir.IndexTo(label.Type(), class)), yes, no)
}

func lowerCrossEntropy(l *lowerer, n *ir.Node) error {
	k, err := l.newCrossEntropy(n)
	if err != nil {
		return err
	}
	f32, logits := loopir.Scalar(loopir.F32), k.inputs[0]
	largest, sum := k.exponentials(func(loopir.Index, loopir.Index, loopir.Expr) {})
	label, hits, all := k.label(), k.Reg("hits", f32), k.Reg("all", f32)
	hits.Set(loopir.Num(f32, 0))
	all.Set(loopir.Num(f32, 0))
	k.each("k", k.classes, func(class loopir.Index) {
		v := k.Let("below", loopir.Sub.Of(loopir.LoadV(f32, logits, k.sampleOf(logits, k.sample), class), largest))
		hits.Set(loopir.Add.Of(hits.At(), hit(label, class, v, loopir.Num(f32, 0))))
		all.Set(loopir.Add.Of(all.At(), v))
	})
	logarithm := loopir.Expr(log(k.kernel, k.Let("s", loopir.SplatOf(k.target.Lanes, sum))))
	if k.target.Lanes > 1 {
		logarithm = loopir.ExtractOf(logarithm, 0)
	}
	// With t adding up to 1, the loss is log sum - sum of t * (logit - largest).
	expected := loopir.FMAOf(loopir.Num(f32, 1-k.smoothing), hits.At(), loopir.Mul.Of(loopir.Num(f32, k.smoothing/float64(k.classes)), all.At()))
	k.Store(k.out, loopir.Sub.Of(logarithm, expected), k.sample)
	return l.emit(k.kernel, n, "cross-entropy", sched.Tile{})
}

func lowerCrossEntropyGrad(l *lowerer, n *ir.Node) error {
	k, err := l.newCrossEntropy(n)
	if err != nil {
		return err
	}
	f32, dloss := loopir.Scalar(loopir.F32), k.inputs[2]
	at := []loopir.Index{loopir.C(0)}
	if n.Inputs[2].Type.Elems() > 1 {
		at[0] = k.sample
	}
	scale := k.Let("scale", loopir.LoadV(f32, dloss, at...))
	_, sum := k.exponentials(func(x, count loopir.Index, e loopir.Expr) { k.put(k.out, count, e, k.sample, x) })
	share := k.Let("share", loopir.SplatOf(k.target.Lanes, loopir.Div.Of(scale, sum)))
	low := k.Let("low", loopir.SplatOf(k.target.Lanes, loopir.Mul.Of(scale, loopir.Num(f32, -k.smoothing/float64(k.classes)))))
	k.vectors(k.classes, func(x, count loopir.Index) {
		k.put(k.out, count, loopir.FMAOf(k.get(k.out, count, k.sample, x), share, low), k.sample, x)
	})
	label, high := k.label(), k.Let("high", loopir.Mul.Of(scale, loopir.Num(f32, 1-k.smoothing)))
	k.each("k", k.classes, func(class loopir.Index) {
		v := loopir.LoadV(f32, k.out, k.sample, class)
		k.Store(k.out, loopir.Sub.Of(v, hit(label, class, high, loopir.Num(f32, 0))), k.sample, class)
	})
	return l.emit(k.kernel, n, "cross-entropy", sched.Tile{})
}
