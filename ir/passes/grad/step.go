package grad

import (
	"slices"

	"nncc/ir"
	"nncc/ir/diag"
	"nncc/runtime/tensor"
)

// Options of Step.
type Options struct {
	Batch     int // samples a step
	Loss      Loss
	Optimizer Optimizer
	ClipNorm  float64  // scales gradients so that all of them together have at most this Euclidean norm; 0 leaves them as they are
	Frozen    []string // parameters that stay as they are
	Recompute int      // so many results of the forward pass, the cheapest ones, are computed anew where the backward pass reads them, and not kept
}

// Step makes the graph of one step of training of the inference graph g, which stays as it is.
//
//	inputs   images f32[N, C, H, W]; labels i64[N]; seed i64[], if the model has dropout; learning_rate f32[]
//	outputs  loss f32[], the mean over the batch, before the update; correct i64[], how many labels had the largest logit
//	states   the parameters and running statistics, called like the constants of g; then what the optimizer keeps, whose
//	         names have a colon in them
//
// The error lists everything that keeps the model from being trained.
func Step(g *ir.Graph, o Options) (*ir.Graph, error) {
	b, err := newNetwork(g, o.Batch, true)
	if err != nil {
		return nil, err
	}
	labels := b.inputs(g)
	rate := b.Input(diag.Pos{}, "learning_rate", ir.T(tensor.F32))
	b.checkFrozen(g, o.Frozen)
	b.add(g, func(name string) bool { return !slices.Contains(o.Frozen, name) })
	losses, predictions := o.Loss.losses(b, b.logits(g), labels)
	m, hits := b.Maker(diag.Pos{}, "loss"), b.Maker(diag.Pos{}, "correct")
	loss := m.Reshape(m.Step("reduce", ir.Attrs{"to": "mean", "axes": []int{0}}, losses))
	hit := hits.Step("cast", ir.Attrs{"to": "i64"}, hits.Is(predictions, "eq", labels))
	b.Output("loss", loss)
	b.Output("correct", hits.Reshape(hits.Sum(hit, 0)))
	forward := map[*ir.Node]bool{}
	for _, n := range b.Made() {
		forward[n] = true
	}
	if loss != nil {
		grads := Backward(b.Builder, b.Made(), loss, b.params)
		o.Optimizer.update(b, rate, b.params, grads, o.ClipNorm)
	}
	step, err := b.finish(g, "step")
	if err == nil && o.Recompute > 0 {
		recompute(step, forward, o.Recompute)
	}
	return step, err
}

func (b *network) checkFrozen(g *ir.Graph, frozen []string) {
	learned, _ := parametersOf(g)
	names := map[string]bool{}
	for v := range learned {
		names[v.Name] = true
	}
	for _, name := range frozen {
		if !names[name] {
			b.Errs.Add(diag.Pos{}, "there is no parameter %q to freeze", name)
		}
	}
}

// Evaluation makes the graph that judges the inference graph g on batches of that size. Its states are the parameters and
// statistics that Step has under the same names; it only reads them.
//
//	inputs   images f32[N, C, H, W]; labels i64[N]
//	outputs  losses f32[N]; predictions i64[N], the class with the largest logit
func Evaluation(g *ir.Graph, batch int, loss Loss) (*ir.Graph, error) {
	b, err := newNetwork(g, batch, false)
	if err != nil {
		return nil, err
	}
	labels := b.inputs(g)
	b.add(g, func(string) bool { return true })
	losses, predictions := loss.losses(b, b.logits(g), labels)
	b.Output("losses", losses)
	b.Output("predictions", predictions)
	return b.finish(g, "evaluation")
}

// Inference makes the graph that runs the inference graph g on batches of that size. Its states are those of Evaluation.
//
//	inputs   images f32[N, C, H, W]
//	outputs  that of g, for each sample
func Inference(g *ir.Graph, batch int) (*ir.Graph, error) {
	b, err := newNetwork(g, batch, false)
	if err != nil {
		return nil, err
	}
	b.images(g)
	b.add(g, func(string) bool { return true })
	b.Output(g.Outputs[0].Name, b.values[g.Outputs[0].Value])
	return b.finish(g, "inference")
}
