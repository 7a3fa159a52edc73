package grad

import (
	"nncc/ir"
	"nncc/ir/diag"
	"nncc/runtime/tensor"
)

// Loss is what training makes small.
type Loss struct {
	Kind           string  // "cross_entropy", also by default, or "mse": the mean square difference from 1 for the label and 0 for the other classes
	LabelSmoothing float64 // of cross entropy
}

// losses returns the loss of each sample and the class that is predicted for it, [N] both.
func (l Loss) losses(b *network, logits, labels *ir.Value) (losses, predictions *ir.Value) {
	if logits == nil {
		return nil, nil
	}
	m, top := b.Maker(diag.Pos{}, "loss"), b.Maker(diag.Pos{}, "predictions")
	predictions = top.Reshape(top.Step("argmax", ir.Attrs{"axis": 1}, logits), b.batch)
	switch l.Kind {
	case "", "cross_entropy":
		losses = m.Step("cross_entropy", ir.Attrs{"label_smoothing": l.LabelSmoothing}, logits, labels)
	case "mse":
		classes := make([]int64, logits.Type.Shape[1])
		for k := range classes {
			classes[k] = int64(k)
		}
		isLabel := m.Is(m.Reshape(labels, b.batch, 1), "eq", m.Const("classes", tensor.FromI64(classes, len(classes))))
		difference := m.Sub(logits, m.Step("cast", ir.Attrs{"to": logits.Type.DType.String()}, isLabel))
		losses = m.Reshape(m.Step("reduce", ir.Attrs{"to": "mean", "axes": []int{1}}, m.Mul(difference, difference)), b.batch)
	default:
		m.Errorf("unknown loss %q: cross_entropy or mse", l.Kind)
	}
	return losses, predictions
}
