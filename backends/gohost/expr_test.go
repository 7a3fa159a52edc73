package gohost

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/codegen/loopir"
	"nncc/runtime/exec"
)

// exprCase is one kernel: out = expr over vectors a and b, bit for bit what the interpreter says.
type exprCase struct {
	a, b, out string // element kinds
	lanes     int    // of a and b
	outLanes  int    // of the expression
	expr      string
}

// source is the kernel's text: the expression over vectors covering two rows of 512 elements.
func (c exprCase) source(name string) string {
	const elems = 512
	return fmt.Sprintf(`
func %s(pa: %s[2, %d], pb: %s[2, %d], out: mut %s[2, %d]) grid(y: 2, x: %d) {
  let a = load %s pa[y, %d*x]
  let b = load %s pb[y, %d*x]
  store out[y, %d*x] = %s
}`, name, c.a, elems, c.b, elems, c.out, elems/c.lanes*c.outLanes, elems/c.lanes,
		typeText(c.a, c.lanes), c.lanes, typeText(c.b, c.lanes), c.lanes, c.outLanes, c.expr)
}

func typeText(kind string, lanes int) string {
	if lanes == 1 {
		return kind
	}
	return fmt.Sprintf("%sx%d", kind, lanes)
}

func exprCases() []exprCase {
	var cases []exprCase
	add := func(a, b, out string, lanes, outLanes int, exprs ...string) {
		for _, x := range exprs {
			cases = append(cases, exprCase{a, b, out, lanes, outLanes, x})
		}
	}
	floats := []string{"f16", "bf16", "f32", "f64"}
	ints := []string{"i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64"}
	for _, k := range floats {
		add(k, k, k, 1, 1, "a + b", "a - b", "a * b", "a / b", "min(a, b)", "max(a, b)", "-a", "abs(a)", "sqrt(a)", "floor(a)", "round(a)",
			"select(a < b, a, b)", "select(a <= b, a, b)", "select(a == b, a, b)", "select(a != b, a, b)", "select(a > b, a, b)", "select(a >= b, a, b)",
			k+"(0.1) * "+k+"(3) + a", "max(a, "+k+"(0))", "a - "+k+"(inf)", k+"(index 3*x - y)")
		add(k, k, k, 4, 4, "max(a, b) + abs(a) * b")
	}
	for _, k := range ints {
		if k[0] == 'i' {
			add(k, k, k, 1, 1, "abs(a)", "-a")
		}
		three, big := k+"(3)", k+"(127)"
		add(k, k, k, 1, 1, "a + b", "a - b", "a * b", "a / b", "min(a, b)", "max(a, b)", "and(a, b)", "or(a, b)", "xor(a, b)", "popcount(a)",
			"shl(a, "+three+")", "shr(a, "+three+")", "shl(a, and(b, "+three+"))", "shr(a, and(b, "+three+"))",
			"select(a < b, a, b)", "select(a >= b, a, b)", "select(a == b, a, b)", "select(a < b, "+three+", "+big+")",
			big+" * "+big+" + a", three+" / "+k+"(0)", k+"(index 300*x - 7*y)")
		add(k, k, k, 4, 4, "a * b - max(a, b)")
	}
	all := append(append([]string{}, ints...), floats...)
	for _, from := range all {
		for _, to := range all {
			add(from, from, to, 1, 1, fmt.Sprintf("convert %s(a)", to))
		}
	}
	for _, op := range []string{"add", "mul", "min", "max"} {
		for _, k := range []string{"f32", "i32", "u8"} {
			add(k, k, k, 8, 1, "reduce "+op+"(a)")
		}
	}
	add("f32", "f32", "f32", 8, 4, "shuffle(a, b, [0, 9, 2, 15])", "splat4(extract(b, 7))")
	add("f32", "f32", "f32", 8, 1, "extract(a, 5)")
	add("f32", "f32", "i32", 4, 4, "bitcast i32x4(a)")
	add("f32", "f32", "u8", 4, 16, "bitcast u8x16(a)")
	add("f32", "f32", "i32", 4, 4, "i32x4(index (x + 7*y) / 3 + x mod 5 - min(x, 4) + max(y - x, 0 - 9))")
	add("f32", "f32", "f32", 4, 4, "f32x4(-0.1) + f32x4(1e-42) * a - f32x4(inf)", "load f32x4 pa[y, 4*x] count max(0, x - 3)", "load f32x4 pa[y, 4*x] count 2")
	add("f32", "f32", "f32", 1, 1, "load pa[y, x] count min(1, max(0, 3 - x))")
	add("f32", "i32", "f32", 1, 1, "load pa[y, 0] pick(b, 1, 512)", "load pa[y, 3] pick(shr(b, i32(24)), 1, 100)", "load pa[0, x] count 1 pick(b, 0, 2)")
	add("f32", "i64", "f32", 4, 4, "load f32x4 pa[y, 0] pick(extract(b, 1), 1, 509)", "load f32x4 pa[y, 8] count max(0, x - 3) pick(shr(extract(b, 0), i64(57)), 1, 500)")
	add("u8", "i8", "i32", 16, 4, "dot(i32x4(-5), a, b)")
	return cases
}

// TestExpressions compares all bits with the interpreter, NaNs apart: which NaN comes out of arithmetic is not specified.
func TestExpressions(t *testing.T) {
	cases := exprCases()
	var text strings.Builder
	for i, c := range cases {
		text.WriteString(c.source(fmt.Sprintf("case%d", i)))
	}
	funcs := parseKernels(t, "expressions", text.String())
	names := map[*loopir.Func]string{}
	for i, f := range funcs {
		names[f] = fmt.Sprintf("%s %s: %s", cases[i].a, cases[i].out, cases[i].expr)
	}
	p := start(t, programOf(t, funcs...))
	in, err := p.Open(0, exec.Options{})
	require.NoError(t, err)
	rng := newRand()
	run(t, in, funcs, 1, func(b *loopir.Buffer, mem []byte) { fillSpecial(rng, b.Elem, mem) },
		func(f *loopir.Func, want, got []byte) {
			kind := f.Params[2].Elem
			size := kind.Bytes()
			for i := 0; i < len(want); i += size {
				w, g := want[i:i+size], got[i:i+size]
				if string(w) != string(g) && (!isNaN(kind, w) || !isNaN(kind, g)) {
					t.Errorf("%s: out[%d]: want %x, got %x", names[f], i/size, w, g)
					return
				}
			}
		})
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
	special := []float64{0, math.Copysign(0, -1), 1, -1, 0.5, 1.5, 2.5, -2.5, 127.5, 128, -128.5, 255.5, 32767.5, -32769, 65535.5, 1<<31 - 1, 1 << 31,
		-(1 << 31), 1<<32 - 1, 1 << 63, -(1 << 63), 1 << 62, 1e30, 1e-40, 65504, 65520, math.Inf(1), math.Inf(-1), math.NaN(), 1 + 3.0/256}
	rng.Read(b)
	size := k.Bytes()
	for i := 0; i < len(b); i += size {
		x := special[rng.Intn(len(special))]
		if rng.Intn(3) == 0 {
			x = rng.NormFloat64() * math.Exp2(float64(rng.Intn(40)))
		}
		switch random := rng.Intn(4); {
		case k == loopir.F32 && random > 0:
			binary.LittleEndian.PutUint32(b[i:], math.Float32bits(float32(x)))
		case k == loopir.F64 && random > 0:
			binary.LittleEndian.PutUint64(b[i:], math.Float64bits(x))
		case !k.IsFloat() && random == 0: // the ends of the range, 0 and -1
			fill := byte(-rng.Intn(2))
			for j := range size {
				b[i+j] = fill
			}
			if rng.Intn(2) == 0 {
				b[i+size-1] ^= 0x80
			}
		}
	}
}
