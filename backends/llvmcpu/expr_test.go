package llvmcpu

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/backends"
	"nncc/codegen/loopir"
)

// exprCase is one kernel: out = expr over vectors a and b, bit for bit what the interpreter says.
type exprCase struct {
	a, b, out string // element kinds
	lanes     int    // of a and b
	outLanes  int    // of the expression; 0: lanes
	expr      string
}

func (c exprCase) name() string {
	return fmt.Sprintf("%s_%s_%s_%d %s", c.a, c.b, c.out, c.lanes, c.expr)
}

// source is the kernel's text: the expression over vectors covering two rows of 1024 elements.
func (c exprCase) source(name string) string {
	outLanes := c.outLanes
	if outLanes == 0 {
		outLanes = c.lanes
	}
	typ := func(kind string) string {
		if c.lanes == 1 {
			return kind
		}
		return fmt.Sprintf("%sx%d", kind, c.lanes)
	}
	const elems = 1024
	return fmt.Sprintf(`
func %s(pa: %s[2, %d], pb: %s[2, %d], out: mut %s[2, %d]) grid(y: 2, x: %d) {
  let a = load %s pa[y, %d*x]
  let b = load %s pb[y, %d*x]
  store out[y, %d*x] = %s
}`, name, c.a, elems, c.b, elems, c.out, elems/c.lanes*outLanes, elems/c.lanes,
		typ(c.a), c.lanes, typ(c.b), c.lanes, outLanes, c.expr)
}

func exprCases() []exprCase {
	var cases []exprCase
	add := func(a, b, out string, lanes int, exprs ...string) {
		for _, x := range exprs {
			cases = append(cases, exprCase{a: a, b: b, out: out, lanes: lanes, expr: x})
		}
	}
	for _, lanes := range []int{1, 16} {
		for _, k := range []string{"f16", "bf16", "f32", "f64"} {
			if k == "f32" || k == "f64" {
				add(k, k, k, lanes, "fma(a, b, a)")
			}
			add(k, k, k, lanes, "a + b", "a - b", "a * b", "a / b", "min(a, b)", "max(a, b)", "-a", "abs(a)", "sqrt(a)", "floor(a)",
				"round(a)", "select(a < b, a, b)", "select(a <= b, a, b)", "select(a == b, a, b)", "select(a != b, a, b)",
				"select(a > b, a, b)", "select(a >= b, a, b)")
		}
	}
	for _, k := range []string{"i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64"} {
		for _, lanes := range []int{1, 32} {
			t := fmt.Sprintf("%sx%d", k, lanes)
			if lanes == 1 {
				t = k
			}
			three := t + "(3)"
			if k[0] == 'i' {
				add(k, k, k, lanes, "abs(a)", "-a")
			}
			add(k, k, k, lanes, "a + b", "a - b", "a * b", "a / b", "min(a, b)", "max(a, b)", "and(a, b)", "or(a, b)", "xor(a, b)", "popcount(a)",
				"shl(a, "+three+")", "shr(a, "+three+")",
				"select(a < b, a, b)", "select(a >= b, a, b)", "select(a == b, a, b)")
		}
	}
	all := []string{"i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "f16", "bf16", "f32", "f64"}
	for _, from := range all {
		for _, to := range all {
			if (to == "f16" || to == "bf16") && (from == "i64" || from == "u64") {
				continue // refused
			}
			for _, lanes := range []int{1, 16} {
				x := fmt.Sprintf("convert %sx%d(a)", to, lanes)
				if lanes == 1 {
					x = fmt.Sprintf("convert %s(a)", to)
				}
				add(from, from, to, lanes, x)
			}
		}
	}
	for _, op := range []string{"add", "mul", "min", "max"} {
		for _, k := range []string{"f32", "i32", "u8"} {
			cases = append(cases, exprCase{a: k, b: k, out: k, lanes: 16, outLanes: 1, expr: "reduce " + op + "(a)"})
		}
	}
	cases = append(cases,
		exprCase{"f32", "f32", "f32", 16, 8, "shuffle(a, b, [0, 17, 2, 19, 4, 21, 31, 7])"},
		exprCase{"i8", "i8", "i8", 16, 32, "shuffle(a, b, [0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31])"},
		exprCase{"f32", "f32", "f32", 16, 1, "extract(a, 5)"},
		exprCase{"f32", "f32", "f32", 16, 4, "splat4(extract(b, 15))"},
		exprCase{"f32", "f32", "i32", 16, 0, "bitcast i32x16(a)"},
		exprCase{"f32", "f32", "u8", 16, 64, "bitcast u8x64(a)"},
		exprCase{"f32", "f32", "f32", 16, 0, "f32x16(index 3*x - y)"},
		exprCase{"f32", "f32", "i32", 16, 0, "i32x16(index (x + 7*y) / 3 + x mod 5 - min(x, 4) + max(y - x, 0 - 9))"},
		exprCase{"f32", "f32", "f32", 16, 0, "f32x16(-0.1) + f32x16(1e-42) * a - f32x16(inf)"},
		exprCase{"bf16", "f16", "bf16", 16, 0, "a * bf16x16(0.3)"},
		exprCase{"bf16", "f16", "f16", 16, 0, "b + f16x16(-1e-7)"},
		exprCase{"u8", "i8", "i32", 64, 16, "dot(i32x16(-5), a, b)"},
		exprCase{"u8", "i8", "i32", 32, 8, "dot(i32x8(2147483647), a, b)"},
		exprCase{"bf16", "bf16", "f32", 32, 16, "dot(f32x16(0.5), a, b)"},
		exprCase{"bf16", "bf16", "f32", 32, 16, "dot(bitcast f32x16(b), a, b)"},
		exprCase{"f32", "f32", "bf16", 16, 0, "narrow(a)"},
		exprCase{"f32", "f32", "bf16", 32, 0, "narrow(a * f32x32(1e-38))"},
		exprCase{"f32", "f32", "bf16", 32, 0, "narrow(a)"},
		exprCase{"f32", "f32", "bf16", 8, 0, "narrow(a * f32x8(1e-38))"},
	)
	return cases
}

// TestExpressions compiles every case, for the instruction sets at hand, and compares all bits with the interpreter,
// NaNs apart: which NaN comes out of arithmetic is not specified.
func TestExpressions(t *testing.T) {
	cases := exprCases()
	var text strings.Builder
	for i, c := range cases {
		text.WriteString(c.source(fmt.Sprintf("case%d", i)))
	}
	funcs := parseKernels(t, "expressions", text.String())
	for _, f := range funcs {
		require.NoError(t, loopir.Verify(f))
	}
	targets := map[string]backends.Target{}
	for _, isa := range []string{"avx512", "avx2", "neon"} {
		targets[isa], _ = backends.TargetFor(isa)
	}
	targets["avx512+vnni"] = targets["avx512"].With(backends.FeatureAVX512VNNI)
	targets["avx512+bf16"] = targets["avx512"].With(backends.FeatureAVX512BF16)
	for name, target := range targets {
		t.Run(name, func(t *testing.T) {
			runnable(t, target)
			l := load(t, testBackend(t), target, backends.Options{}, funcs...)
			for i, f := range funcs {
				compareBits(t, cases[i].name(), f, l)
			}
		})
	}
}

func compareBits(t *testing.T, name string, f *loopir.Func, l *loaded) {
	t.Helper()
	got, want := newInvocation(f, 1), newInvocation(f, 1)
	rng := rand.New(rand.NewSource(3))
	for i, p := range f.Params[:2] {
		fillSpecial(rng, p.Elem, got.args[i])
		copy(want.args[i], got.args[i])
	}
	got.run(l.kernel(t, f.Name), f.Chunks())
	require.NoError(t, loopir.Interpret(f, want.args, 1), name)
	out := f.Params[2]
	size := out.Elem.Bytes()
	for i := 0; i < len(want.args[2]); i += size {
		w, g := want.args[2][i:i+size], got.args[2][i:i+size]
		if string(w) == string(g) || isNaN(out.Elem, w) && isNaN(out.Elem, g) {
			continue
		}
		lane := i / size
		require.Failf(t, "numbers differ", "%s: out[%d]: want %x, got %x", name, lane, w, g)
	}
}

func isNaN(k loopir.Kind, b []byte) bool {
	switch k {
	case loopir.F32:
		return math.IsNaN(float64(math.Float32frombits(binary.LittleEndian.Uint32(b))))
	case loopir.F64:
		return math.IsNaN(math.Float64frombits(binary.LittleEndian.Uint64(b)))
	case loopir.F16:
		return binary.LittleEndian.Uint16(b)&0x7fff > 0x7c00
	case loopir.BF16:
		return binary.LittleEndian.Uint16(b)&0x7fff > 0x7f80
	}
	return false
}

// fillSpecial mixes random bits, ordinary numbers and the ends of all ranges.
func fillSpecial(rng *rand.Rand, k loopir.Kind, b []byte) {
	special := []float64{0, math.Copysign(0, -1), 1, -1, 0.5, 1.5, 2.5, -2.5, 127, 127.5, 128, -128.5, 255.5, 256, 32767.5, -32769, 65535.5,
		1<<31 - 1, 1 << 31, -(1 << 31), 1<<32 - 1, 1 << 32, 1 << 63, -(1 << 63), 1 << 62, 1e30, -1e30, 1e-40, 65504, 65520,
		math.Inf(1), math.Inf(-1), math.NaN(), 0.1, 1 + 1.0/256, 1 + 3.0/256}
	rng.Read(b)
	size := k.Bytes()
	for i := 0; i+size <= len(b); i += size {
		x := special[rng.Intn(len(special))]
		if rng.Intn(3) == 0 {
			x = rng.NormFloat64() * math.Exp2(float64(rng.Intn(40)))
		}
		switch {
		case k == loopir.F32 && rng.Intn(4) > 0:
			binary.LittleEndian.PutUint32(b[i:], math.Float32bits(float32(x)))
		case k == loopir.F64 && rng.Intn(4) > 0:
			binary.LittleEndian.PutUint64(b[i:], math.Float64bits(x))
		case !k.IsFloat() && rng.Intn(8) == 0: // 0 and -1
			clear(b[i : i+size])
			if rng.Intn(2) == 0 {
				copy(b[i:i+size], []byte{255, 255, 255, 255, 255, 255, 255, 255})
			}
		case !k.IsFloat() && rng.Intn(4) == 0: // the ends of the range
			for j := range size {
				b[i+j] = byte(-rng.Intn(2))
			}
			b[i+size-1] ^= 0x80
		}
	}
}
