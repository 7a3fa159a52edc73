package reduce

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/ir"
	"nncc/ir/interp"
	"nncc/ir/irtest"
	"nncc/runtime/tensor"
)

const network = `graph net batched {
  input %x: f32[1, 3, 24, 24]
  input %other: f32[1, 8, 24, 24]
  const %w1: f32[8, 3, 3, 3] = uniform(seed 1, -1, 1)
  const %b1: f32[8] = uniform(seed 2, -1, 1)
  const %w2: f32[16, 8, 3, 3] = uniform(seed 3, -1, 1)
  const %w3: f32[10, 256] = uniform(seed 4, -1, 1)
  %c1 = conv(%x, %w1, %b1) {pad = [1, 1, 1, 1]}
  %a1 = add(%c1, %other)
  %r1 = relu(%a1)
  %c2 = conv(%r1, %w2) {pad = [1, 1, 1, 1], stride = [2, 2]}
  %r2 = relu(%c2)
  %p2 = maxpool(%r2) {kernel = [3, 3], stride = [3, 3]}
  %s2 = sigmoid(%p2)
  %f = reshape(%s2) {shape = [1, 256]}
  %y = gemm(%f, %w3) {trans_b = 1}
  %z = softmax(%y) {axis = 1}
  output %z
  output %r1
}
`

func parse(t *testing.T, text string) *ir.Graph {
	t.Helper()
	g, err := ir.Parse("net.nnir", text)
	require.NoError(t, err)
	return g
}

// reduced runs Graph with checks of what it promises its predicate.
func reduced(t *testing.T, g *ir.Graph, o Options) *ir.Graph {
	t.Helper()
	before := g.String()
	fails := o.Fails
	o.Fails = func(c *ir.Graph) bool {
		require.NoError(t, ir.Verify(c))
		return fails(c)
	}
	small := Graph(g, o)
	require.Equal(t, before, g.String(), "the original stays")
	require.True(t, fails(small))
	again, err := ir.Parse("small.nnir", small.String())
	require.NoError(t, err)
	require.Equal(t, small.String(), again.String())
	return small
}

// poolsConv: a convolution whose result goes, activated or not, into a pool of stride 3.
func poolsConv(g *ir.Graph) bool {
	return slices.ContainsFunc(g.Nodes, func(n *ir.Node) bool {
		if n.Op.Name != "maxpool" || n.Ints("stride")[0] != 3 {
			return false
		}
		from := n.Inputs[0].Def
		if from != nil && from.Op.Name == "relu" {
			from = from.Inputs[0].Def
		}
		return from != nil && from.Op.Name == "conv"
	})
}

func TestGraph(t *testing.T) {
	tries := 0
	small := reduced(t, parse(t, network), Options{Fails: poolsConv, Focus: "p2", Progress: func(n int, _ *ir.Graph) { tries = n }})
	require.Equal(t, `graph net batched {
  input %r1: f32[1, 1, 1, 1]
  const %w2: f32[1, 1, 1, 1] = [1]
  %c2 = conv(%r1, %w2) : f32[1, 1, 1, 1]
  %p2 = maxpool(%c2) {kernel = [1, 1], stride = [3, 3]} : f32[1, 1, 1, 1]
  output %p2
}
`, small.String())
	require.Less(t, tries, 80)
}

// What is not in the focus is found by bisection and removal.
func TestGraphWithoutFocus(t *testing.T) {
	small := reduced(t, parse(t, network), Options{Fails: poolsConv})
	require.Len(t, small.Nodes, 2)
	require.Len(t, small.Inputs, 1)
	require.True(t, small.Batched)
}

// A failure that needs sizes keeps just those.
func TestSizes(t *testing.T) {
	small := reduced(t, parse(t, network), Options{Fails: func(g *ir.Graph) bool {
		return slices.ContainsFunc(g.Nodes, func(n *ir.Node) bool {
			return n.Op.Name == "conv" && n.Inputs[0].Type.Shape[1] >= 5 && n.Inputs[1].IsConst() && n.Out().Type.Shape[3] >= 7
		})
	}})
	require.Len(t, small.Nodes, 1)
	n := small.Nodes[0]
	require.Equal(t, []int{1, 5, 1, 7}, n.Inputs[0].Type.Shape)
	require.Equal(t, []int{1, 5, 1, 1}, n.Inputs[1].Type.Shape)
}

// A reshape follows the sizes around it.
func TestReshape(t *testing.T) {
	small := reduced(t, parse(t, network), Options{Fails: func(g *ir.Graph) bool {
		return slices.ContainsFunc(g.Nodes, func(n *ir.Node) bool {
			return n.Op.Name == "gemm" && n.Inputs[0].Def != nil && n.Inputs[0].Def.Op.Name == "reshape"
		})
	}})
	require.Equal(t, `graph net batched {
  input %s2: f32[1, 1, 1, 1]
  const %w3: f32[1, 1] = [1]
  %f = reshape(%s2) {shape = [1, 1]} : f32[1, 1]
  %y = gemm(%f, %w3) : f32[1, 1]
  output %y
}
`, small.String())
}

// A failure that depends on numbers keeps the constants that make it.
func TestConstants(t *testing.T) {
	small := reduced(t, parse(t, network), Options{Fails: func(g *ir.Graph) bool {
		return slices.ContainsFunc(g.Constants(), func(v *ir.Value) bool {
			return slices.ContainsFunc(v.Const.Float64s(), func(x float64) bool { return x < -0.5 })
		})
	}})
	require.Empty(t, small.Nodes)
	require.Len(t, small.Constants(), 1)
	require.Greater(t, small.Constants()[0].Type.Elems(), 0)
}

// Random graphs: a failure of one op shrinks to that op, and every proposal along the way is valid.
func TestRandomGraphs(t *testing.T) {
	for seed := range uint64(60) {
		g := irtest.RandomGraph(seed)
		op := g.Nodes[len(g.Nodes)/2].Op.Name
		small := reduced(t, g, Options{Fails: func(c *ir.Graph) bool {
			return slices.ContainsFunc(c.Nodes, func(n *ir.Node) bool { return n.Op.Name == op })
		}})
		require.Len(t, small.Nodes, 1, "seed %d, %s:\n%s", seed, op, small)
		require.Equal(t, small.String(), Graph(g, Options{Fails: func(c *ir.Graph) bool {
			return slices.ContainsFunc(c.Nodes, func(n *ir.Node) bool { return n.Op.Name == op })
		}}).String(), "the same graph twice")
	}
}

// Of states only those stay that the failure needs, and they change only where it needs that.
func TestStates(t *testing.T) {
	text := `graph net {
  input %x: f32[4, 6]
  state %a: f32[4, 6] = uniform(seed 1, -1, 1)
  state %b: f32[4, 6] = uniform(seed 2, -1, 1)
  state %c: f32[4, 6] = uniform(seed 3, -1, 1)
  %y = mul(%x, %a)
  %z = exp(%y)
  %u = add(%z, %b)
  output %u
  next %a = %y
  next %b = %u
  next %c = %a
}
`
	small := reduced(t, parse(t, text), Options{Fails: func(g *ir.Graph) bool {
		return slices.ContainsFunc(g.States, func(s ir.State) bool { return s.Name == "b" && s.Out.Def != nil && s.Out.Def.Op.Name == "add" })
	}})
	require.Equal(t, `graph net {
  input %y: f32[1, 1]
  input %z: f32[1, 1]
  state %b: f32[1, 1] = [0.18237936]
  %u = add(%z, %b) : f32[1, 1]
  output %y
  next %b = %u
}
`, small.String())
}

// A smaller image and the corner of a constant are what they say.
func TestCorner(t *testing.T) {
	c := corner(tensor.FromF32([]float32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, 3, 4), []int{2, 3})
	require.Equal(t, []float32{0, 1, 2, 4, 5, 6}, c.F32s())
	require.Equal(t, []int{2, 3}, c.Shape)
}

// Graphs that the reducer makes can be run.
func TestReducedGraphRuns(t *testing.T) {
	small := reduced(t, parse(t, network), Options{Fails: poolsConv})
	_, err := interp.Run(small, []*tensor.Tensor{tensor.New(tensor.F32, small.Inputs[0].Type.Shape...)}, interp.Options{})
	require.NoError(t, err)
}
