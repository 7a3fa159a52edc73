package backendtest

import (
	"fmt"
	"math"
	"sync"

	"nncc/ir"
	"nncc/ir/interp"
	"nncc/ir/irtest"
	"nncc/runtime/tensor"
)

// roundings is how many times the effect of rounding may show up in a result: once for each of the few orders in which
// a backend may add, fold and fuse what the interpreter computes step by step.
const roundings = 8

// reference is what the interpreter computes of a graph, and how far a backend may be from it.
type reference struct {
	want    []*tensor.Tensor
	allowed []float64                 // relative to the largest element of the output
	rounded func() ([]float64, error) // the same for backends that may round float32 to bf16
}

// newReference interprets g. An output may be off by the tolerances of the ops on the worst path to it, added up, and by
// some times of what rounding intermediate results to their dtype changes in it: where a graph magnifies errors, it
// magnifies these alike. Where no op on the way has a tolerance the output must be exact, as must integers always.
func newReference(g *ir.Graph, inputs []*tensor.Tensor) (*reference, error) {
	want, err := interp.Run(g, inputs, interp.Options{})
	if err != nil {
		return nil, err
	}
	precise, err := interp.Run(g, inputs, interp.Options{Float64: true})
	if err != nil {
		return nil, err
	}
	r := &reference{want: want, allowed: make([]float64, len(want))}
	r.rounded = sync.OnceValues(func() ([]float64, error) { return roundedTolerances(g, inputs, precise) })
	tolerances := pathTolerances(g)
	for i, o := range g.Outputs {
		tolerance := tolerances[o.Value]
		if tolerance == 0 || !want[i].DType.IsFloat() {
			continue
		}
		rounded := tensor.FromFloat64s(tensor.F64, want[i].Float64s(), want[i].Shape...)
		effect, err := irtest.RelativeError(precise[i], rounded)
		if err != nil {
			effect = 0 // the ends of the range: what is infinite in one is not in the other
		}
		r.allowed[i] = tolerance + roundings*effect
	}
	return r, nil
}

// pathTolerances adds up the tolerances of ops along the worst path to each value. In a float of 16 bits an op that has
// a tolerance may also round to the neighbour.
func pathTolerances(g *ir.Graph) map[*ir.Value]float64 {
	sum := map[*ir.Value]float64{}
	for _, n := range g.Nodes {
		before := 0.0
		for _, v := range n.Inputs {
			before = max(before, sum[v])
		}
		if n.Body != nil {
			inside := pathTolerances(n.Body)
			for i, o := range n.Body.Outputs {
				sum[n.Outputs[i]] = before + inside[o.Value]
			}
			continue
		}
		for _, v := range n.Outputs {
			own := n.Op.Tol
			if own > 0 {
				own = max(own, map[tensor.DType]float64{tensor.F16: 0x1p-10, tensor.BF16: 0x1p-7}[v.Type.DType])
			}
			sum[v] = before + own
		}
	}
	return sum
}

// check compares what an executor made of g with the reference, and returns the largest error.
func (r *reference) check(g *ir.Graph, got []*tensor.Tensor, rounds bool) (largest float64, err error) {
	allowed := r.allowed
	if rounds {
		if allowed, err = r.rounded(); err != nil {
			return 0, err
		}
	}
	if len(got) != len(r.want) {
		return 0, fmt.Errorf("%d outputs, want %d", len(got), len(r.want))
	}
	for i, o := range g.Outputs {
		if math.IsInf(allowed[i], 1) {
			continue
		}
		e, err := irtest.RelativeError(r.want[i], got[i])
		if err != nil {
			return 0, fmt.Errorf("output %q: %w", o.Name, err)
		}
		if e > allowed[i] {
			return 0, fmt.Errorf("output %q: relative error %.3g, allowed are %.3g", o.Name, e, allowed[i])
		}
		largest = max(largest, e)
	}
	return largest, nil
}
