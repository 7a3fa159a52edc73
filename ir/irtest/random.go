// Package irtest helps tests: random graphs and inputs, comparison with the interpreter, expected texts.
package irtest

import (
	"fmt"
	"math"
	"math/rand/v2"

	"nncc/ir"
	"nncc/ir/diag"
	"nncc/runtime/tensor"
)

// maxElems keeps random graphs quick to interpret.
const maxElems = 6000

// RandomGraph makes a valid f32 graph: a small network of some ops drawn from every row of the op table but fused,
// with several outputs at times. The same seed gives the same graph. About half keep samples apart and are marked so.
func RandomGraph(seed uint64) *ir.Graph {
	r := newRandom(seed)
	x := r.b.Input(diag.Pos{}, "x", ir.T(tensor.F32, 1+r.IntN(8)/7, 1+r.IntN(20), 3+r.IntN(10), 3+r.IntN(10)))
	r.live = append(r.live, x)
	for steps := 2 + r.IntN(10); steps > 0; steps-- {
		r.step()
	}
	return r.finish()
}

// RandomConv makes a graph of one convolution with random parameters and, at times, a bias, a residual, an activation
// and a pool after it: what a fused kernel may hold.
func RandomConv(seed uint64) *ir.Graph {
	r := newRandom(seed)
	x := r.b.Input(diag.Pos{}, "x", ir.T(tensor.F32, 1, 1+r.IntN(36), 1+r.IntN(16), 1+r.IntN(40)))
	y := x
	for y == x || y == nil {
		y = r.conv(x)
	}
	if r.IntN(3) == 0 {
		y = r.node("add", nil, y, r.b.Input(diag.Pos{}, "residual", y.Type))
	}
	if r.IntN(2) == 0 {
		y = r.activation(y)
	}
	if r.IntN(3) == 0 {
		if p := r.pool(y); p != nil {
			y = p
		}
	}
	r.live = append(r.live, y)
	return r.finish()
}

// RandomConvStep makes a graph of one convolution with random parameters as training sees it: its weights, and the
// gradient of its result, arrive at run time, and the gradient for the weights is wanted too.
func RandomConvStep(seed uint64) *ir.Graph {
	r := newRandom(seed)
	x := r.b.Input(diag.Pos{}, "x", ir.T(tensor.F32, 1+r.IntN(5), 1+r.IntN(36), 1+r.IntN(12), 1+r.IntN(20)))
	var y *ir.Value
	for y == nil {
		y = r.conv(x)
	}
	w := y.Def.Inputs[1]
	attrs := y.Def.Attrs.Clone()
	trained := r.node("conv", attrs, x, r.b.Input(diag.Pos{}, "w", w.Type))
	attrs["kernel"] = w.Type.Shape[2:]
	r.live = append(r.live, trained, r.node("conv_weight_grad", attrs, r.b.Input(diag.Pos{}, "dy", y.Type), x))
	return r.finish()
}

type random struct {
	*rand.Rand
	b      *ir.Builder
	live   []*ir.Value // to choose inputs from
	values int
}

func newRandom(seed uint64) *random {
	return &random{Rand: rand.New(rand.NewPCG(seed, 1)), b: ir.NewBuilder(fmt.Sprintf("random%d", seed))}
}

// step adds one op to a value, mostly a recent one. Ops that do not fit there are drawn again.
func (r *random) step() {
	for range 100 {
		x := r.live[len(r.live)-1]
		if r.IntN(4) == 0 {
			x = r.live[r.IntN(len(r.live))]
		}
		y := makers[r.IntN(len(makers))].make(r, x)
		if y != nil {
			r.live = append(r.live, y)
			return
		}
	}
}

// finish makes outputs of the values nobody reads.
func (r *random) finish() *ir.Graph {
	g, err := r.b.Graph()
	if err != nil {
		panic(err) // the makers only ask for what the shape rules allow
	}
	users := g.Users()
	for _, n := range g.Nodes {
		if v := n.Out(); len(users[v]) == 0 || r.IntN(20) == 0 {
			g.Outputs = append(g.Outputs, ir.Output{Name: fmt.Sprintf("out%d", len(g.Outputs)), Value: v})
		}
	}
	ir.MarkBatched(g)
	return g
}

// node applies an op unless the result would be large.
func (r *random) node(op string, attrs ir.Attrs, inputs ...*ir.Value) *ir.Value {
	n := &ir.Node{Op: ir.LookupOp(op), Inputs: inputs, Attrs: attrs.Clone()}
	types, err := ir.Complete(n)
	if err != nil || types[0].Elems() > maxElems || types[0].Elems() == 0 {
		return nil
	}
	r.values++
	return r.b.Node(diag.Pos{}, op, fmt.Sprintf("%s%d", op, r.values), attrs, inputs...)
}

// uniform makes a constant with values in [lo, hi).
func (r *random) uniform(lo, hi float64, shape ...int) *ir.Value {
	r.values++
	return r.b.Const(diag.Pos{}, fmt.Sprintf("k%d", r.values), ir.Uniform(tensor.F32, r.Uint64(), lo, hi, shape...))
}

// weights are scaled so that results stay near 1 when each sums fanIn products.
func (r *random) weights(fanIn int, shape ...int) *ir.Value {
	limit := math.Sqrt(3 / float64(max(1, fanIn)))
	return r.uniform(-limit, limit, shape...)
}

// ints draws n numbers from lo to hi.
func (r *random) ints(n, lo, hi int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = lo + r.IntN(hi-lo+1)
	}
	return out
}

// Inputs makes an input in [-1, 1) for every input of g.
func Inputs(g *ir.Graph, seed uint64) []*tensor.Tensor {
	out := make([]*tensor.Tensor, len(g.Inputs))
	for i, v := range g.Inputs {
		out[i] = ir.Uniform(v.Type.DType, seed+uint64(i), -1, 1, v.Type.Shape...)
	}
	return out
}
