package loopir

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// evaluate stores x, which may use no names, and returns its lanes.
func evaluate(t *testing.T, x Expr) lanes {
	t.Helper()
	b := NewBuilder("evaluate")
	typ := x.Type()
	if typ.Elem == Bool {
		typ.Elem = U8
		x = SelectOf(x, Num(typ, 1), Num(typ, 0))
	}
	b.Store(b.Out("out", typ.Elem, typ.Lanes), x, C(0))
	mem := make([]byte, typ.Bytes())
	require.NoError(t, Interpret(b.Func(), [][]byte{mem}, 1))
	out := make(lanes, typ.Lanes)
	for i := range out {
		out[i] = getBits(mem[i*typ.Elem.Bytes():], typ.Elem.Bytes())
	}
	return out
}

func TestFMARoundsOnce(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	float := func() float32 { // exponents close together, so that sums cancel and halfway cases come up
		return math.Float32frombits(rng.Uint32()&0x807F_0001 | (120+rng.Uint32N(16))<<23)
	}
	for range 50000 {
		a, b, c := float(), float(), float()
		exact := new(big.Float).SetPrec(500).Mul(big.NewFloat(float64(a)), big.NewFloat(float64(b)))
		exact.Add(exact, big.NewFloat(float64(c)))
		want, _ := exact.Float32()
		got := fma(F32, fromFloat(F32, float64(a)), fromFloat(F32, float64(b)), fromFloat(F32, float64(c)))
		require.Equal(t, want, float32(toFloat(F32, got)), "%x*%x + %x", a, b, c)
	}
	// 1 + 2^-24 + 2^-80 lies just above the middle of two floats; rounding to float64 first would lose that.
	tiny := fromFloat(F32, 0x1p-40)
	got := fma(F32, tiny, tiny, fromFloat(F32, 1+0x1p-23))
	require.Equal(t, 1+0x1p-23, toFloat(F32, got))
	got = fma(F32, fromFloat(F32, 0x1.000002p0), fromFloat(F32, 0x1.000002p-24), fromFloat(F32, 1))
	require.Equal(t, 1+0x1p-23, toFloat(F32, got))
}

func TestNarrowFloatsRoundToNearestEven(t *testing.T) {
	for _, k := range []Kind{F16, BF16} {
		prev := math.Inf(-1)
		for v := uint64(0); v < 1<<16; v++ {
			x := toFloat(k, v)
			if math.IsNaN(x) {
				continue
			}
			require.Equal(t, v, fromFloat(k, x), "%v %#x survives", k, v)
			if v&0x7FFF == 0 {
				prev = x
				continue
			}
			if !math.IsInf(x, 0) {
				middle := (prev + x) / 2
				even := v &^ 1
				if v&1 == 1 {
					even = v - 1
				}
				require.Equal(t, even, fromFloat(k, middle), "%v between %#x and %#x", k, v-1, v)
				require.Equal(t, v-1, fromFloat(k, middle+(prev-x)/1024))
				require.Equal(t, v, fromFloat(k, middle+(x-prev)/1024))
			}
			prev = x
		}
	}
	require.Equal(t, uint64(0x7C00), fromFloat(F16, 65520), "beyond the largest: infinity")
	require.Equal(t, uint64(0x7BFF), fromFloat(F16, 65519))
	require.Equal(t, uint64(0xFF80), fromFloat(BF16, -math.MaxFloat64))
	require.Equal(t, uint64(0x7FC0), fromFloat(BF16, math.NaN()))
	require.Equal(t, uint64(0x4380), fromInt(BF16, 257), "a tie, to even")
	require.Equal(t, uint64(0x5E81), fromInt(BF16, 1<<62+1<<54+1), "not a tie: just above one")
}

func TestConvert(t *testing.T) {
	nan := math.NaN()
	cases := []struct {
		from, to Kind
		x        float64
		want     int64
	}{
		{F32, I32, 2.5, 2}, {F32, I32, 3.5, 4}, {F32, I32, -0.5, 0}, {F32, I32, 1e20, math.MaxInt32}, {F32, I32, -1e20, math.MinInt32},
		{F32, I32, nan, 0}, {F32, U8, 255.4, 255}, {F32, U8, 300, 255}, {F32, U8, -3, 0}, {F64, I64, 1e30, math.MaxInt64},
		{F16, I8, -200, -128}, {I32, I8, 200, 127}, {I32, I8, -200, -128}, {I32, U8, -1, 0}, {I16, I32, -7, -7},
		{U8, I8, 200, 127}, {I8, U8, -1, 0}, {U8, I32, 200, 200}, {I64, I32, 1 << 40, math.MaxInt32}, {U32, I32, 1 << 31, math.MaxInt32},
	}
	for _, c := range cases {
		got := evaluate(t, ConvertTo(c.to, Num(Scalar(c.from), c.x)))
		require.Equal(t, c.want, toInt(c.to, got[0]), "%v %v to %v", c.from, c.x, c.to)
	}
	require.Equal(t, float32(16777216), float32(toFloat(F32, evaluate(t, ConvertTo(F32, Num(Scalar(I32), 16777217)))[0])))
}

func TestOperations(t *testing.T) {
	f := func(v float64) Expr { return Num(Scalar(F32), v) }
	i := func(k Kind, v int64) Expr { return &Const{T: Scalar(k), Int: v} }
	nan, negZero := math.NaN(), math.Copysign(0, -1)
	floats := []struct {
		x    Expr
		want float64
	}{
		{Add.Of(f(1), f(0x1p-24)), 1}, {Sub.Of(f(1), f(3)), -2}, {Mul.Of(f(3), f(7)), 21}, {Div.Of(f(1), f(3)), float64(float32(1) / 3)},
		{Min.Of(f(nan), f(2)), 2}, {Max.Of(f(nan), f(2)), 2}, {Min.Of(f(3), f(2)), 2}, {Max.Of(f(3), f(2)), 3},
		{Div.Of(f(1), Max.Of(f(0), f(negZero))), math.Inf(-1)}, {Div.Of(f(1), Neg.Of(f(0))), math.Inf(-1)},
		{Sqrt.Of(f(2)), float64(float32(math.Sqrt2))}, {Floor.Of(f(-1.5)), -2}, {RoundEven.Of(f(2.5)), 2}, {Abs.Of(f(-4)), 4},
		{SelectOf(Lt.Of(f(1), f(nan)), f(1), f(2)), 2}, {SelectOf(Ne.Of(f(nan), f(nan)), f(1), f(2)), 1},
		{SelectOf(Ge.Of(f(2), f(2)), f(1), f(2)), 1},
	}
	for n, c := range floats {
		require.Equal(t, c.want, toFloat(F32, evaluate(t, c.x)[0]), "case %d", n)
	}
	require.True(t, math.IsNaN(toFloat(F32, evaluate(t, Max.Of(f(2), f(nan)))[0])), "Y's lane where either is NaN")
	ints := []struct {
		x    Expr
		want int64
	}{
		{Add.Of(i(I8, 127), i(I8, 1)), -128}, {Sub.Of(i(U8, 1), i(U8, 2)), 255}, {Mul.Of(i(I32, 1<<20), i(I32, 1<<20)), 0},
		{Min.Of(i(I8, -1), i(I8, 1)), -1}, {Min.Of(i(U8, 255), i(U8, 1)), 1},
		{And.Of(i(I32, 6), i(I32, 3)), 2}, {Or.Of(i(I32, 6), i(I32, 3)), 7}, {Xor.Of(i(I32, 6), i(I32, 3)), 5},
		{Shl.Of(i(I32, 3), i(I32, 31)), math.MinInt32}, {Shr.Of(i(I32, -8), i(I32, 1)), -4}, {Shr.Of(i(U32, 1<<31), i(U32, 31)), 1},
		{Shr.Of(i(U64, -8), i(U64, 60)), 15}, {Min.Of(i(U64, -1), i(U64, 1)), 1}, {Max.Of(i(U64, -1), i(U64, 1)), -1},
		{SelectOf(Gt.Of(i(U64, -1), i(U64, 1)), i(I8, 1), i(I8, 0)), 1},
		{ConvertTo(I64, i(U64, -1)), math.MaxInt64}, {ConvertTo(U64, i(I64, -1)), 0}, {ConvertTo(U64, Num(Scalar(F32), 1e30)), -1},
		{BitcastTo(Scalar(I32), ConvertTo(F32, i(U64, -1))), 0x5F80_0000},
		{Div.Of(i(I8, -7), i(I8, 2)), -3}, {Div.Of(i(I32, 7), i(I32, 0)), 0}, {Div.Of(i(I8, -128), i(I8, -1)), -128},
		{Div.Of(i(I64, math.MinInt64), i(I64, -1)), math.MinInt64}, {Div.Of(i(U64, -1), i(U64, 2)), math.MaxInt64},
		{Popcount.Of(i(I16, -1)), 16}, {Neg.Of(i(I8, -128)), -128}, {Abs.Of(i(I32, -5)), 5},
		{BitcastTo(Scalar(I32), f(1)), 0x3F80_0000}, {BitcastTo(Scalar(I64), Num(Vec(I32, 2), -1)), -1},
		{Add.Reduce(BitcastTo(Vec(I8, 4), i(I32, 0x04030201))), 10},
	}
	for n, c := range ints {
		k := c.x.Type().Elem
		require.Equal(t, c.want, toInt(k, evaluate(t, c.x)[0]), "case %d", n)
	}
}

func TestLanes(t *testing.T) {
	bytes := func(v int64) Expr { return BitcastTo(Vec(U8, 4), &Const{T: Scalar(I32), Int: v}) }
	x, y := bytes(0x03020100), bytes(0x13121110)
	require.Equal(t, lanes{3, 0x10, 0xFF, 0}, evaluate(t, ShuffleOf(x, y, 3, 4, -1, 0)))
	require.Equal(t, lanes{2}, evaluate(t, ExtractOf(x, 2)))
	require.Equal(t, lanes{7, 7, 7}, evaluate(t, SplatOf(3, Num(Scalar(I32), 7))))

	// (big + 1) + (-big + 1), the tree's order; from left to right it would be 1.
	f := func(v float64) Expr { return Num(Vec(F32, 1), v) }
	halves := ShuffleOf(ShuffleOf(f(0x1p30), f(-0x1p30), 0, 1), ShuffleOf(f(1), f(1), 0, 1), 0, 2, 1, 3)
	require.Equal(t, 2.0, toFloat(F32, evaluate(t, Add.Reduce(halves))[0]))
}

func TestDot(t *testing.T) {
	acc := Num(Scalar(I32), 1000)
	a := BitcastTo(Vec(U8, 4), Num(Scalar(I32), -1))            // 255 four times
	b := BitcastTo(Vec(I8, 4), Num(Scalar(I32), 0x7F_7F_80_01)) // 127, 127, -128, 1
	require.Equal(t, int64(1000+255*(127+127-128+1)), toInt(I32, evaluate(t, DotOf(acc, a, b))[0]))
	pair := func(lo, hi float64) Expr {
		return ShuffleOf(Num(Vec(BF16, 1), lo), Num(Vec(BF16, 1), hi), 0, 1)
	}
	got := evaluate(t, DotOf(Num(Scalar(F32), 1), pair(2, 3), pair(5, 7)))
	require.Equal(t, 32.0, toFloat(F32, got[0]))
}
