package lower_test

import (
	"encoding/binary"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/codegen/loopir"
	"nncc/codegen/lower"
	"nncc/codegen/plan"
	"nncc/codegen/sched"
	"nncc/ir"
	"nncc/ir/interp"
	"nncc/ir/irtest"
	"nncc/runtime/tensor"
)

var update = flag.Bool("update", false, "write the expected texts anew")

// Each graph becomes the recorded kernels, which compute what the graph says. A graph names the kinds of steps to record
// and the targets, if not all; all of its steps are run.
func TestTexts(t *testing.T) {
	files, err := filepath.Glob("../../testdata/lower/*.nnir")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	recorded := map[string]bool{}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".nnir"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			directives := irtest.Directives(string(text))
			var got strings.Builder
			for _, target := range sched.Targets {
				if !listed(directives["targets"], target.ISA) {
					continue
				}
				g, err := ir.Parse(file, string(text))
				require.NoError(t, err)
				named := !target.Matrices || directives["targets"] != "" // all but matrices is as for the target without them
				for _, s := range lowered(t, g, target) {
					if named && listed(directives["steps"], s.Family) {
						recorded[s.Family] = true
						printStep(&got, target, s)
					}
				}
			}
			irtest.Golden(t, strings.TrimSuffix(file, ".nnir")+".loop", got.String(), *update)
		})
	}
	for _, family := range []string{"conv-blocked", "conv-planar", "conv-winograd F(2,3)", "conv-winograd F(4,3)", "conv-winograd F(3,5)", "conv-winograd F(2,7)", "conv-winograd F(2,3/2)", "winograd-input", "picked-input", "derive", "conv-thin", "conv-thin-winograd F(4,5)", "conv-planar-winograd F(4,5)", "conv-depthwise", "conv-depthwise-winograd F(2,3)", "conv-grouped", "conv-matrix", "matrix-input", "conv-plain", "pack", "weight-grad-blocked", "weight-grad-planar", "weight-grad-thin", "weight-grad-depthwise", "weight-grad-plain", "weight-grad-sum", "moments", "batchnorm-grad", "channel-sums", "pool-grad", "cross-entropy", "random", "dense", "matmul", "pool", "softmax", "standardize",
		"reduce", "argmax", "concat", "slice", "transpose", "pad", "gather", "cast", "elementwise", "repack", "copy"} {
		require.True(t, recorded[family], "no text records a kernel of kind %s", family)
	}
}

// listed reports whether name is in a list with commas; an empty list has all.
func listed(list, name string) bool {
	return list == "" || slices.Contains(strings.Split(list, ", "), name)
}

// lowered lowers g, verifies all kernels, and runs them against the interpreter of graphs.
func lowered(t *testing.T, g *ir.Graph, target sched.Target) []lower.Step {
	t.Helper()
	res, err := lower.Lower(g, sched.Assign(g, target), new(lower.Packs))
	require.NoError(t, err)
	steps := slices.Concat(res.Init, res.Steps)
	for i, s := range steps {
		require.NoError(t, loopir.Verify(s.Func), "%v", s.Func)
		f := *s.Func // the plan gives kernels names of its own
		steps[i].Func = &f
	}
	p := plan.New(res, target, plan.Options{Merge: true})
	requireResults(t, g, p, 1)
	if g.Batched {
		requireResults(t, g, p, 2)
	}
	if group := largestGroup(p); group > 1 {
		requireResults(t, g, p, group+1)
		requireResults(t, g, p, group+7)
	}
	return steps
}

// resultOf is the only output of a graph of one input x, computed by its kernels for a target.
func resultOf(t *testing.T, g *ir.Graph, target sched.Target, x []float32) []float32 {
	t.Helper()
	res, err := lower.Lower(g, sched.Assign(g, target), new(lower.Packs))
	require.NoError(t, err)
	data, err := binary.Append(nil, binary.LittleEndian, x)
	require.NoError(t, err)
	out, err := plan.New(res, target, plan.Options{}).Interpret([][]byte{data}, 1)
	require.NoError(t, err)
	y := make([]float32, len(out[0])/4)
	_, err = binary.Decode(out[0], binary.LittleEndian, y)
	require.NoError(t, err)
	return y
}

// largestGroup is how many samples share a chunk of some launch.
func largestGroup(p *plan.Plan) int {
	group := 0
	for _, l := range p.Variant.Step {
		group = max(group, l.Group)
	}
	return group
}

// requireResults runs the plan on a batch of random samples, each of which must come out as the interpreter has it.
func requireResults(t *testing.T, g *ir.Graph, p *plan.Plan, batch int) {
	t.Helper()
	inputs, want := make([][]byte, len(g.Inputs)), make([][]*tensor.Tensor, batch)
	for n := range batch {
		sample := irtest.Inputs(g, uint64(100*n))
		for i, x := range sample {
			inputs[i] = append(inputs[i], x.Data...)
		}
		var err error
		want[n], err = interp.Run(g, sample, interp.Options{})
		require.NoError(t, err)
	}
	got, err := p.Interpret(inputs, batch)
	require.NoError(t, err)
	for n := range batch {
		for i, w := range want[n] {
			size := len(w.Data)
			one := &tensor.Tensor{DType: w.DType, Shape: w.Shape, Data: got[i][n*size : (n+1)*size]}
			e, err := irtest.RelativeError(w, one)
			require.NoError(t, err, "output %d of sample %d", i, n)
			tolerance := map[tensor.DType]float64{tensor.F16: 0x1p-10, tensor.BF16: 0x1p-7, tensor.F32: 5e-6, tensor.F64: 1e-15}[w.DType]
			switch target, _ := sched.LookupTarget(p.Variant.ISA); {
			case w.DType != tensor.F32:
			case target.BF16:
				tolerance = 0x1p-6 // input, weights and a few results in between are rounded to 8 significant bits
			case target.Matrices:
				tolerance = 0x1p-16 // products are as precise as 16 significant bits
			}
			require.LessOrEqual(t, e, tolerance, "output %d of sample %d", i, n)
		}
	}
}

// printStep prints a kernel, and before it what it is called with.
func printStep(b *strings.Builder, target sched.Target, s lower.Step) {
	kind := s.Family
	if s.Tile.Pixels > 0 {
		kind += " " + s.Tile.String()
	}
	var args []string
	for _, a := range s.Args {
		place := a.Layout.String()
		switch {
		case a.Const != nil:
			place = "packed"
		case a.Derived:
			place = "derived"
		case a.Alias != nil:
			place = "view"
		}
		args = append(args, fmt.Sprintf("%s %s", a.Name, place))
	}
	fmt.Fprintf(b, "// %s: %s (%s)\n%s\n", target.ISA, kind, strings.Join(args, ", "), s.Func)
}
