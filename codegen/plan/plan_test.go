package plan_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/codegen"
	"nncc/codegen/lower"
	"nncc/codegen/plan"
	"nncc/codegen/sched"
	"nncc/frontend"
	"nncc/ir"
	"nncc/ir/irtest"
	"nncc/ir/passes"
	"nncc/runtime/exec"
)

func target(t *testing.T, isa string) sched.Target {
	t.Helper()
	s, ok := sched.LookupTarget(isa)
	require.True(t, ok)
	return s
}

func parse(t *testing.T, text string) *ir.Graph {
	t.Helper()
	g, err := ir.Parse("g", "graph g batched {\n"+text+"\n}")
	require.NoError(t, err)
	return g
}

func planned(t *testing.T, g *ir.Graph, isa string, o codegen.Options) *plan.Plan {
	t.Helper()
	p, err := codegen.Lower(g, target(t, isa), new(lower.Packs), o)
	require.NoError(t, err)
	return p
}

func lenet(t *testing.T) *ir.Graph {
	t.Helper()
	g, err := frontend.Load("../../testdata/models/lenet.json", frontend.Options{})
	require.NoError(t, err)
	_, err = passes.Run(g, codegen.PassOptions(passes.Options{}))
	require.NoError(t, err)
	return g
}

// A small network is one call; asked for layers, it is one call for each.
func TestSmallNetworkIsOneLaunch(t *testing.T) {
	whole := planned(t, lenet(t), "avx512", codegen.Options{})
	require.Len(t, whole.Variant.Step, 1)
	require.Equal(t, 1, whole.Variant.Step[0].Group)
	require.Equal(t, 1, whole.Variant.Step[0].Chunks)

	layers := planned(t, lenet(t), "avx512", codegen.Options{Layers: true})
	require.Len(t, layers.Variant.Step, 5, "two convolutions with their pools, three dense layers")
	require.Len(t, layers.Variant.Layers, 5)
	var flops int64
	var covers []string
	for i, l := range layers.Variant.Layers {
		require.Equal(t, l.FLOPs, layers.Variant.Step[i].FLOPs)
		flops += l.FLOPs
		covers = append(covers, l.Covers...)
	}
	require.Equal(t, flops, whole.Variant.Layers[0].FLOPs)
	require.Equal(t, covers, whole.Variant.Layers[0].Covers)
}

func relu(shape string) string {
	return "input %x: f32[" + shape + "]\n%y = relu(%x)\noutput %y"
}

// A launch that is not worth a second thread is one piece; samples of a batch are put together until they are.
func TestGrain(t *testing.T) {
	limits := target(t, "avx512")
	for _, c := range []struct {
		what, graph string
		grains      float64 // of a sample
	}{
		{"a small layer", relu("1, 64, 10, 40"), 0.82},
		{"a tiny layer", relu("1, 4"), 1. / 7813},
		{"a large layer", relu("1, 64, 100, 100"), 16},
		{"a layer that is too much for one call", relu("1, 512, 1000, 100"), 164.1},
	} {
		p := planned(t, parse(t, c.graph), "avx512", codegen.Options{})
		l := p.Variant.Step[0]
		require.InEpsilon(t, c.grains, float64(l.Chunks)/float64(l.Grain), 0.05, c.what)
		require.LessOrEqual(t, l.FLOPs*int64(l.Grain)/int64(l.Chunks), limits.MaxCallFLOPs)
	}
}

// What is overwritten passes through memory twice, as if the result had memory of its own.
func TestTraffic(t *testing.T) {
	const chain = "input %x: f32[1, 64, 20, 40]\n%a = sigmoid(%x)\n%b = tanh(%a)\n%y = relu(%b)\noutput %y"
	p := planned(t, parse(t, chain), "avx512", codegen.Options{Layers: true})
	require.Len(t, p.Variant.Layers, 3)
	at := p.Variant.Step[1].Args
	require.Len(t, at, 1, "tanh writes over its input")
	for _, l := range p.Variant.Layers {
		require.EqualValues(t, 2*4*64*20*40, l.Bytes, l.Name)
	}
}

// resBlocks is a run of residual blocks such as ResNet-50 has, of the given image size.
func resBlocks(blocks, size int) string {
	var b strings.Builder
	kind := fmt.Sprintf("f32[1, 64, %d, %d]", size, size)
	fmt.Fprintf(&b, "input %%x0: %s\n", kind)
	for i := range blocks {
		fmt.Fprintf(&b, "const %%w%d: f32[64, 64, 3, 3] = uniform(seed %d, -0.1, 0.1)\n", i, i)
	}
	for i := range blocks {
		fmt.Fprintf(&b, "%%x%d = fused(%%x%d, %%w%d) body {\n input %%x: %s\n input %%w: f32[64, 64, 3, 3]\n", i+1, i, i, kind)
		b.WriteString("%c = conv(%x, %w) {pad = [1, 1, 1, 1]}\n%s = add(%c, %x)\n%r = relu(%s)\noutput %r\n}\n")
	}
	fmt.Fprintf(&b, "output %%x%d", blocks)
	return b.String()
}

// Large layers are launches of their own, so that threads can share each.
func TestLargeLayersStayApart(t *testing.T) {
	p := planned(t, parse(t, resBlocks(3, 56)), "avx512", codegen.Options{})
	for _, l := range p.Variant.Step {
		require.Greater(t, l.Chunks, l.Grain, "%s is split", l.Name)
	}
	require.Len(t, p.Variant.Step, 5, "three blocks between changes of the layout")
}

// Repeated blocks share code, whatever their weights.
func TestKernelsAreShared(t *testing.T) {
	g := parse(t, resBlocks(4, 8))
	p := planned(t, g, "avx512", codegen.Options{Layers: true})
	blocks := map[int]int{}
	for i, l := range p.Variant.Step {
		if strings.HasPrefix(p.Variant.Layers[i].Family, "conv-") {
			blocks[l.Kernel]++
			computed := slices.IndexFunc(g.Nodes, func(n *ir.Node) bool { return n.Out().Name == p.Variant.Layers[i].Covers[0] })
			require.Contains(t, p.Nodes[l.Kernel], g.Nodes[computed], "a kernel knows all that it computes")
		}
	}
	require.Equal(t, []int{3, 1}, sortedCounts(blocks), "the last block writes no halo")
	names := map[string]bool{}
	for i, f := range p.Funcs {
		require.Equal(t, f.Name, p.Variant.Kernels[i].Name)
		require.False(t, names[f.Name], "%s twice", f.Name)
		names[f.Name] = true
	}
}

// Layers that write parts of one image, or read them, share code too: a launch says where its part begins.
func TestKernelsAreSharedByParts(t *testing.T) {
	var text strings.Builder
	text.WriteString("const %w: f32[32, 32, 3, 3] = uniform(seed 1, -0.1, 0.1)\ninput %x: f32[1, 32, 20, 20]\n")
	for i := range 3 {
		fmt.Fprintf(&text, "%%a%d = conv(%s, %%w) {pad = [1, 1, 1, 1]}\n", i, []string{"%x", "%r0", "%r1"}[i])
		fmt.Fprintf(&text, "%%r%d = relu(%%a%d)\n", i, i)
	}
	text.WriteString("%y = concat(%r0, %r1, %r2) {axis = 1}\noutput %y")
	p := planned(t, parse(t, text.String()), "avx512", codegen.Options{Layers: true})
	kernels, begins := map[int]bool{}, []int{}
	for i, l := range p.Variant.Step {
		if strings.HasPrefix(p.Variant.Layers[i].Family, "conv-") {
			kernels[l.Kernel] = true
			begins = append(begins, l.Args[len(l.Args)-1].WithinBytes)
		}
	}
	require.Len(t, begins, 3)
	require.Zero(t, begins[0])
	require.Equal(t, 2*begins[1], begins[2])
	require.Len(t, kernels, 1)
}

func sortedCounts(m map[int]int) []int {
	var out []int
	for _, n := range m {
		out = append(out, n)
	}
	slices.Sort(out)
	slices.Reverse(out)
	return out
}

// Weights are packed in the same blocks for all instruction sets, and stored once; equal ones too.
func TestConstantsAreShared(t *testing.T) {
	g := parse(t, `input %x: f32[1, 32, 8, 8]
		const %w1: f32[32, 32, 3, 3] = uniform(seed 1, -0.1, 0.1)
		const %w2: f32[32, 32, 3, 3] = uniform(seed 1, -0.1, 0.1)
		%a = conv(%x, %w1) {pad = [1, 1, 1, 1]}
		%b = conv(%a, %w2) {pad = [1, 1, 1, 1]}
		output %b`)
	for _, c := range []struct {
		swappable bool
		distinct  int
	}{
		{false, 2}, // weights and a bias of zeros
		{true, 4},  // where other weights may take their place they are equal by chance
	} {
		var plans []*plan.Plan
		packs := new(lower.Packs)
		for _, isa := range []string{"avx512", "avx2", "portable"} {
			p, err := codegen.Lower(g, target(t, isa), packs, codegen.Options{})
			require.NoError(t, err)
			plans = append(plans, p)
		}
		want, err := plans[0].Interpret([][]byte{irtest.Inputs(g, 1)[0].Data}, 1)
		require.NoError(t, err)
		consts := plan.Join(plans, c.swappable)
		require.Len(t, consts, c.distinct)
		for _, p := range plans { // what the launches name is still what they need
			p.Consts = nil
			for _, k := range consts {
				p.Consts = append(p.Consts, &lower.Const{Data: k.Data})
			}
		}
		got, err := plans[0].Interpret([][]byte{irtest.Inputs(g, 1)[0].Data}, 1)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

// Weights that are derived at start-up lie one behind the other, where all later launches find them.
func TestDerivedWeights(t *testing.T) {
	const text = `input %x: f32[1, 16, 12, 12]
		const %w1: f32[16, 16, 3, 3] = uniform(seed 1, -0.1, 0.1)
		const %w2: f32[16, 16, 3, 3] = uniform(seed 2, -0.1, 0.1)
		%a = conv(%x, %w1) {pad = [1, 1, 1, 1]}
		%b = conv(%a, %w2) {pad = [1, 1, 1, 1]}
		%c = conv(%b, %w1) {pad = [1, 1, 1, 1]}
		output %c`
	g := parse(t, text)
	p := planned(t, g, "avx512", codegen.Options{})
	require.Len(t, p.Variant.Init, 2, "the third convolution shares the weights of the first")
	require.Equal(t, p.Variant.Init[0].Kernel, p.Variant.Init[1].Kernel)
	bytes := p.Variant.DerivedBytes / 2
	require.Equal(t, 4*6*6*16*16, bytes)
	for i, l := range p.Variant.Init {
		require.Equal(t, exec.SpaceConst, l.Args[0].Space)
		require.Equal(t, exec.Arg{Space: exec.SpaceDerived, OffsetBytes: i * bytes}, l.Args[1])
	}
	apart := planned(t, g, "avx512", codegen.Options{Layers: true})
	require.Less(t, len(p.Variant.Step), len(apart.Variant.Step))
	x := irtest.Inputs(g, 1)
	want, err := apart.Interpret([][]byte{x[0].Data}, 1)
	require.NoError(t, err)
	got, err := p.Interpret([][]byte{x[0].Data}, 1)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

// Merged or not, a program computes the same, bit for bit; calls stay short, and only small steps share one.
func TestMergeKeepsResults(t *testing.T) {
	merged := 0
	for seed := range uint64(20) {
		g := irtest.RandomGraph(seed)
		_, err := passes.Run(g, codegen.PassOptions(passes.Options{}))
		require.NoError(t, err)
		for _, isa := range []string{"avx512", "portable"} {
			limits := target(t, isa)
			apart := planned(t, g, isa, codegen.Options{Layers: true})
			joined := planned(t, g, isa, codegen.Options{})
			var inputs [][]byte
			for _, x := range irtest.Inputs(g, seed) {
				inputs = append(inputs, x.Data)
			}
			want, err := apart.Interpret(inputs, 1)
			require.NoError(t, err, "seed %d", seed)
			got, err := joined.Interpret(inputs, 1)
			require.NoError(t, err, "seed %d", seed)
			require.Equal(t, want, got, "seed %d", seed)
			if len(joined.Variant.Step) < len(apart.Variant.Step) {
				merged++
			}
			for i, l := range joined.Variant.Step {
				if joined.Variant.Layers[i].Family == "call" {
					require.LessOrEqual(t, l.FLOPs, limits.MaxCallFLOPs)
				}
				require.Positive(t, l.Grain)
			}
		}
	}
	require.Greater(t, merged, 20)
}
