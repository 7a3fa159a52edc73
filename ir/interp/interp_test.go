package interp

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/ir"
	"nncc/runtime/tensor"
)

// ramp makes a constant of small integers, so that expected results are exact: element i is i*i%mod - mod/2.
func ramp(shape string, mod int) string {
	n := 1
	for _, d := range strings.Split(shape, ",") {
		var k int
		fmt.Sscan(d, &k)
		n *= k
	}
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprint(i*i%mod - mod/2)
	}
	return fmt.Sprintf("f32[%s] = [%s]", shape, strings.Join(list, ", "))
}

// run evaluates statements that define constants and %y.
func evaluate(t testing.TB, statements string, o Options) (*tensor.Tensor, error) {
	g, err := ir.Parse("test", "graph test {\n"+statements+"\noutput %y\n}")
	require.NoError(t, err, statements)
	out, err := Run(g, nil, o)
	if err != nil {
		return nil, err
	}
	return out[0], nil
}

func numbers(v ...float64) []float64 { return v }

// The results of contractions and windows were computed with PyTorch, the others by hand.
func TestOps(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		text string
		want []float64
	}{
		{"const %x: " + ramp("2,4,5,4", 7) + "\nconst %w: " + ramp("2,2,3,2", 5) + "\nconst %b: " + ramp("2", 3) +
			"\n%y = conv(%x, %w, %b) {stride = [2, 1], pad = [1, 0, 1, 0], dilation = [1, 2], groups = 2}",
			numbers(-1, -5, 2, 1, -6, 1, 0, 10, 7, 7, 10, 0, 9, -1, 2, 11, 5, -5, -4, 0, -4, -8, -5, 0)},
		{"const %x: " + ramp("1,2,7", 7) + "\nconst %w: " + ramp("2,2,3", 5) +
			"\n%y = conv(%x, %w, none) {stride = [2], pad = [2, 2], dilation = [2]}",
			numbers(6, -2, 2, 4, 1, 5, -4, 2)},
		{"const %x: " + ramp("1,1,3,3,3", 7) + "\nconst %w: " + ramp("1,1,2,2,2", 5) + "\n%y = conv(%x, %w)",
			numbers(0, 2, 0, -4, -5, 0, 4, 10)},
		{"const %x: " + ramp("1,1,5,6", 11) + "\n%y = maxpool(%x) {kernel = [3, 2], stride = [2, 2], pad = [1, 1, 1, 1], dilation = [1, 2], ceil = 1}",
			numbers(0, 4, 4, -2, 4, 4, 0, -2, 4, 4, 0, 0)},
		{"const %x: " + ramp("1,1,5,5", 11) + "\n%y = avgpool(%x) {kernel = [2, 2], stride = [2, 2], pad = [1, 1, 1, 1], ceil = 1, count_include_pad = 1}",
			numbers(-1.25, -1.25, 1, -1.5, -2.75, 1.5, -0.25, -3.25, -0.25)},
		{"const %x: " + ramp("1,1,5,5", 11) + "\n%y = avgpool(%x) {kernel = [2, 2], stride = [2, 2], pad = [1, 1, 1, 1], ceil = 1}",
			numbers(-5, -2.5, 2, -3, -2.75, 1.5, -0.5, -3.25, -0.25)},
		{"const %a: " + ramp("2,1,2,3", 5) + "\nconst %b: " + ramp("2,3,2", 7) + "\n%y = matmul(%a, %b)",
			numbers(3, 7, -5, -5, 4, 3, 0, -5, 3, 2, 2, 3, -4, 3, 7, 2)},
		{"const %a: " + ramp("3,2", 5) + "\nconst %b: " + ramp("2,3", 7) + "\nconst %c: " + ramp("2", 3) +
			"\n%y = gemm(%a, %b, %c) {trans_a = 1, trans_b = 1, alpha = 0.5, beta = 2}",
			numbers(-1.5, -0.5, -3.5, -1.5)},
		{"const %a: f32[2, 2] = [1, 2, 3, 4]\nconst %b: f32[2, 3] = [5, 6, 7, 8, 9, 10]\nconst %c: f32[] = [1]\n%y = gemm(%a, %b, %c)", numbers(22, 25, 28, 48, 55, 62)},
		{"const %a: i64[3] = [1, 2, 3]\nconst %b: i64[3] = [4, 5, 6]\n%y = matmul(%a, %b)", numbers(32)},
		// With ceil, the last window reaches beyond the padded input: those places do not count.
		{"const %x: f32[1,1,3] = [1, 2, 4]\n%y = avgpool(%x) {kernel = [2], stride = [2], ceil = 1, count_include_pad = 1}", numbers(1.5, 4)},
		{"const %x: u8[1,1,3] = [1, 200, 4]\n%y = maxpool(%x) {kernel = [2]}", numbers(200, 200)},

		{"const %x: f32[3] = [-1, 0.5, inf]\n%y = relu(%x)", numbers(0, 0.5, inf)},
		{"const %x: f32[3] = [-1, 0.5, 9]\n%y = clip(%x) {min = 0, max = 6}", numbers(0, 0.5, 6)},
		{"const %x: f32[2] = [-1, 9]\n%y = clip(%x) {min = 3, max = 2}", numbers(2, 2)},
		{"const %x: i64[2] = [-9223372036854775808, 9]\n%y = clip(%x) {min = -2.5}", numbers(-2, 9)},
		{"const %x: u64[2] = [18446744073709551615, 1]\n%y = clip(%x) {min = -1, max = 4}", numbers(4, 1)},
		{"const %x: f64[2] = [0, -inf]\n%y = sigmoid(%x)", numbers(0.5, 0)},
		{"const %x: f64[2] = [0, inf]\n%y = tanh(%x)", numbers(0, 1)},
		{"const %x: f32[3] = [-1.9, 300, 1]\n%y = cast(%x) {to = \"u8\"}", numbers(255, 44, 1)},
		{"const %x: f32[2] = [0.1, 0]\n%y = cast(%x) {to = \"bool\"}", numbers(1, 0)},
		{"const %x: i32[2] = [256, 0]\n%y = cast(%x) {to = \"bool\"}", numbers(1, 0)},
		{"const %x: u64[1] = [18446744073709551615]\n%y = cast(%x) {to = \"f64\"}", numbers(1 << 64)},
		{"const %x: f32[1] = [1.0005]\n%y = cast(%x) {to = \"f16\"}", numbers(1 + 1.0/1024)},
		{"const %a: f32[2, 1] = [1, 2]\nconst %b: f32[3] = [10, 20, 30]\n%y = add(%a, %b)", numbers(11, 21, 31, 12, 22, 32)},
		{"const %a: i8[1] = [127]\n%y = add(%a, %a)", numbers(-2)},
		{"const %a: u8[1] = [3]\nconst %b: u8[1] = [5]\n%y = sub(%a, %b)", numbers(254)},
		{"const %a: i32[2] = [-7, 7]\nconst %b: i32[1] = [2]\n%y = div(%a, %b)", numbers(-3, 3)},
		{"const %a: u64[1] = [18446744073709551615]\nconst %b: u64[1] = [3]\n%y = div(%a, %b)", numbers(6148914691236517205)},
		{"const %x: f32[1, 2, 2] = [1, 2, 3, 4]\nconst %s: f32[2] = [1, 2]\nconst %b: f32[2] = [0, 1]\nconst %m: f32[2] = [1, 3]\nconst %v: f32[2] = [4, 0.25]\n" +
			"%y = batchnorm(%x, %s, %b, %m, %v) {epsilon = 0}", numbers(0, 0.5, 1, 5)},
		{"const %x: f64[2, 2] = [0, 1000, 0, 1000]\n%y = softmax(%x) {axis = 0}", numbers(0.5, 0.5, 0.5, 0.5)},

		{"const %a: i64[2, 1] = [1, 2]\nconst %b: i64[2, 2] = [3, 4, 5, 6]\n%y = concat(%a, %b) {axis = 1}", numbers(1, 3, 4, 2, 5, 6)},
		{"const %x: f32[2, 3] = [1, 2, 3, 4, 5, 6]\n%y = slice(%x) {start = [1, 2], size = [1, 2], step = [1, -2]}", numbers(6, 4)},
		{"const %x: i8[1, 2, 3] = [1, 2, 3, 4, 5, 6]\n%y = transpose(%x) {perm = [2, 0, 1]}", numbers(1, 4, 2, 5, 3, 6)},
		{"const %x: f32[2, 2] = [1, 2, 3, 4]\n%y = pad(%x) {pad = [0, 1, -1, 1], value = 9}", numbers(9, 1, 2, 9)},
		{"const %x: f32[3] = [1, 2, 3]\n%y = pad(%x) {pad = [2, 1], mode = \"reflect\"}", numbers(3, 2, 1, 2, 3, 2)},
		{"const %x: f32[3] = [1, 2, 3]\n%y = pad(%x) {pad = [1, 2], mode = \"edge\"}", numbers(1, 1, 2, 3, 3, 3)},
		{"const %x: f32[3] = [1, 2, 3]\n%y = pad(%x) {pad = [-1, 3], mode = \"wrap\"}", numbers(2, 3, 2, 3, 2)},
		{"const %x: f32[3, 2] = [1, 2, 3, 4, 5, 6]\nconst %i: i64[1, 2] = [-1, 0]\n%y = gather(%x, %i)", numbers(5, 6, 1, 2)},
		{"const %x: f32[2, 3] = [1, 2, 3, 4, 5, 6]\nconst %i: i32[] = [1]\n%y = gather(%x, %i) {axis = 1}", numbers(2, 5)},
		{"const %x: f32[1, 2] = [-1, 2]\n%y = fused(%x) body {\ninput %x: f32[1, 2]\n%a = add(%x, %x)\n%r = relu(%a)\noutput %r\n}", numbers(0, 4)},
	} {
		got, err := evaluate(t, c.text, Options{})
		require.NoError(t, err, c.text)
		require.Equal(t, c.want, got.Float64s(), c.text)
	}
}

func TestFailures(t *testing.T) {
	for text, want := range map[string]string{
		"const %a: i32[2] = [1, 0]\n%y = div(%a, %a)":                               `div "y": integer division by zero`,
		"const %x: f32[3] = [1, 2, 3]\nconst %i: i64[1] = [3]\n%y = gather(%x, %i)": `gather "y": index 3 is out of range for 3 entries`,
	} {
		_, err := evaluate(t, text, Options{})
		require.EqualError(t, err, want)
	}
}

func TestEveryOpHasAMeaning(t *testing.T) {
	for _, o := range ir.Ops {
		if o.Class != ir.Region {
			require.Contains(t, table, o.Name)
		}
	}
	for name := range table {
		require.NotNil(t, ir.LookupOp(name), name)
	}
}

// Results are rounded to their dtype after every op, unless Float64 asks for more.
func TestRounding(t *testing.T) {
	const text = "const %a: f32[1] = [1]\nconst %b: f32[1] = [1e-9]\n%s = add(%a, %b)\n%y = sub(%s, %a)"
	y, err := evaluate(t, text, Options{})
	require.NoError(t, err)
	require.Equal(t, tensor.F32, y.DType)
	require.Equal(t, numbers(0), y.Float64s())
	y, err = evaluate(t, text, Options{Float64: true})
	require.NoError(t, err)
	require.Equal(t, tensor.F64, y.DType)
	require.InDelta(t, 1e-9, y.Float64s()[0], 1e-15)
}

func TestObserveAndInputs(t *testing.T) {
	g, err := ir.Parse("test", "graph test {\n input %x: f32[2]\n %f = fused(%x) body {\n input %x: f32[2]\n %r = relu(%x)\n output %r\n }\n %y = add(%f, %x)\n output %y\n}")
	require.NoError(t, err)
	var seen []string
	o := Options{Observe: func(v *ir.Value, x *tensor.Tensor) { seen = append(seen, fmt.Sprint(v.Name, x.Float64s())) }}
	out, err := Run(g, []*tensor.Tensor{tensor.FromF32([]float32{-1, 2}, 2)}, o)
	require.NoError(t, err)
	require.Equal(t, numbers(-1, 4), out[0].Float64s())
	require.Equal(t, []string{"r[0 2]", "f[0 2]", "y[-1 4]"}, seen)

	_, err = Run(g, []*tensor.Tensor{tensor.FromF32([]float32{-1}, 1)}, Options{})
	require.EqualError(t, err, "input x is f32[1], the graph needs f32[2]")
}

func TestEvalNode(t *testing.T) {
	x := &ir.Value{Name: "x", Type: ir.T(tensor.I64, 3)}
	n := &ir.Node{Op: ir.LookupOp("slice"), Inputs: []*ir.Value{x}, Attrs: ir.Attrs{"start": []int{1}, "size": []int{2}, "step": []int{1}}}
	_, err := ir.Complete(n)
	require.NoError(t, err)
	out, err := EvalNode(n, []*tensor.Tensor{tensor.FromI64([]int64{1, 2, 3}, 3)})
	require.NoError(t, err)
	require.Equal(t, []int64{2, 3}, out[0].I64s())
}
