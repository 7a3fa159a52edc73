package loopir

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// f32Bytes is xs as a buffer's bytes.
func f32Bytes(xs ...float32) []byte {
	out := make([]byte, 4*len(xs))
	for i, x := range xs {
		binary.LittleEndian.PutUint32(out[4*i:], math.Float32bits(x))
	}
	return out
}

func f32s(b []byte) []float32 {
	out := make([]float32, len(b)/4)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return out
}

func randomF32(rng *rand.Rand, n int) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = rng.Float32()*2 - 1
	}
	return out
}

// stencilFunc is the kernel of the package comment.
func stencilFunc() *Func {
	b := NewBuilder("stencil")
	batch, y := b.Grid("b", Batch), b.Grid("y", 8)
	in, w, out := b.Param("in", F32, Batch, 8, 66, 16), b.Param("w", F32, 3, 16), b.Out("out", F32, Batch, 8, 64, 16)
	v16 := Vec(F32, 16)
	b.For("x", C(0), C(64), 4, func(x Index) {
		acc := b.Reg("acc", v16, 4)
		b.Unroll("p", 0, 4, func(p Index) { acc.Set(Num(v16, 0), p) })
		b.For("k", C(0), C(3), 1, func(k Index) {
			wk := b.Let("wk", LoadV(v16, w, k, C(0)))
			b.Unroll("p", 0, 4, func(p Index) {
				acc.Set(FMAOf(LoadV(v16, in, batch, y, x.Add(p).Add(k), C(0)), wk, acc.At(p)), p)
			})
		})
		b.Unroll("p", 0, 4, func(p Index) {
			b.Store(out, Max.Of(acc.At(p), Num(v16, 0)), batch, y, x.Add(p), C(0))
		})
	})
	return b.Func()
}

func TestInterpretStencil(t *testing.T) {
	const batch, rows = 2, 2 * 8
	rng := rand.New(rand.NewPCG(1, 2))
	in, w := randomF32(rng, rows*66*16), randomF32(rng, 3*16)
	out := make([]byte, rows*64*16*4)
	require.NoError(t, Interpret(stencilFunc(), [][]byte{f32Bytes(in...), f32Bytes(w...), out}, batch))
	got := f32s(out)
	for row := range rows {
		for x := range 64 {
			for c := range 16 {
				sum := 0.0
				for k := range 3 {
					sum += float64(in[(row*66+x+k)*16+c]) * float64(w[k*16+c])
				}
				require.InDelta(t, max(sum, 0), got[(row*64+x)*16+c], 1e-6)
			}
		}
	}
}

func TestInterpretChunksRunsOnlyThose(t *testing.T) {
	b := NewBuilder("mark")
	batch, y := b.Grid("b", Batch), b.Grid("y", 3)
	out := b.Out("out", F32, Batch, 3)
	b.Store(out, IndexTo(Scalar(F32), batch.Mul(10).Add(y)), batch, y)
	mem := make([]byte, 2*3*4)
	require.NoError(t, InterpretChunks(b.Func(), [][]byte{mem}, 2, 5, 2))
	require.Equal(t, []float32{0, 0, 2, 10, 11, 0}, f32s(mem))
	require.ErrorContains(t, InterpretChunks(b.Func(), [][]byte{mem}, 5, 7, 2), "mark: chunk 6 does not exist")
}

func TestInterpretCarriedValuesMoveAtOnce(t *testing.T) {
	b := NewBuilder("fibonacci")
	out := b.Out("out", I32, 2)
	i32 := Scalar(I32)
	f := b.Func()
	inner := []*Value{{"a", i32}, {"b", i32}}
	result := []*Value{{"c", i32}, {"d", i32}}
	f.Body = []Stmt{
		&For{
			Var: &Var{"k"}, Hi: C(10), Step: 1,
			Carried: []Carried{{inner[0], result[0], Num(i32, 0)}, {inner[1], result[1], Num(i32, 1)}},
			Yield:   []Expr{&Ref{inner[1]}, Add.Of(&Ref{inner[0]}, &Ref{inner[1]})},
		},
		&Store{Buf: out, Idx: []Index{C(0)}, X: &Ref{result[0]}},
		&Store{Buf: out, Idx: []Index{C(1)}, X: &Ref{result[1]}},
	}
	mem := make([]byte, 8)
	require.NoError(t, Interpret(f, [][]byte{mem}, 1))
	require.Equal(t, []byte{55, 0, 0, 0, 89, 0, 0, 0}, mem)
}

func TestInterpretCallRunsTheWholeGridOnAView(t *testing.T) {
	row := NewBuilder("row")
	sample, y := row.Grid("b", Batch), row.Grid("y", 2)
	src, dst, tmp := row.Param("src", F32, Batch, 2, 4), row.Out("dst", F32, Batch, 2, 4), row.Temp("tmp", F32, 4)
	row.Store(dst, Add.Of(LoadV(Vec(F32, 4), src, sample, y, C(0)), LoadV(Vec(F32, 4), tmp, C(0))), sample, y, C(0))
	row.Store(tmp, Num(Vec(F32, 4), 1), C(0))

	b := NewBuilder("net")
	batch := b.Grid("b", Batch)
	in, out := b.Param("in", F32, Batch, 2, 4), b.Out("out", F32, Batch, 2, 4)
	b.Call(row.Func(), in.From(batch, C(0), C(0)), out.From(batch, C(0), C(0)))
	mem := make([]byte, 2*2*4*4)
	require.NoError(t, Interpret(b.Func(), [][]byte{f32Bytes(make([]float32, 16)...), mem}, 2))
	for _, v := range f32s(mem) {
		require.True(t, math.IsNaN(float64(v)), "scratch must not survive from one chunk to the next")
	}
}

// TestInterpretPart gives a kernel the second half of each sample, and no more.
func TestInterpretPart(t *testing.T) {
	kernel := func(n int) *Func {
		b := NewBuilder("part")
		s := b.Grid("b", Batch)
		x := b.Out("x", F32, Batch, 4, 2)
		b.Store(x, Num(Vec(F32, 2), 1), s, C(n), C(0))
		return b.Func()
	}
	mem := make([]byte, 2*8*4)
	require.NoError(t, Interpret(kernel(1), [][]byte{mem[4*4:]}, 2))
	require.Equal(t, []float32{0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1}, f32s(mem))
	require.ErrorContains(t, Interpret(kernel(2), [][]byte{mem[4*4:]}, 2), "elements 4 to 5 of buffer x, which has 4")
	require.ErrorContains(t, Interpret(kernel(0), [][]byte{mem[8*4:]}, 2), "parameter x takes 64 bytes, not 32")
	require.ErrorContains(t, Interpret(kernel(0), [][]byte{mem[2:]}, 2), "parameter x takes 64 bytes, not 62")
	reach, err := Reach(kernel(1))
	require.NoError(t, err)
	require.Equal(t, []int{4}, reach)
}

func TestInterpretCount(t *testing.T) {
	b := NewBuilder("tail")
	n := b.Grid("n", 6)
	in, out := b.Param("in", F32, 4), b.Out("out", F32, 6, 4)
	b.StoreN(out, n, Add.Of(LoadN(Vec(F32, 4), in, n.AddC(-1), C(0)), Num(Vec(F32, 4), 1)), n, C(0))
	mem := make([]byte, 6*4*4)
	require.NoError(t, Interpret(b.Func(), [][]byte{f32Bytes(10, 20, 30, 40), mem}, 1))
	require.Equal(t, []float32{
		0, 0, 0, 0,
		1, 0, 0, 0,
		11, 1, 0, 0,
		11, 21, 1, 0,
		11, 21, 31, 1,
		11, 21, 31, 41,
	}, f32s(mem))
}

func TestInterpretErrorsNameThePlace(t *testing.T) {
	f32x4 := Vec(F32, 4)
	cases := map[string]struct {
		build func(b *Builder, in, out *Buffer)
		want  string
	}{
		"load beyond the end": {func(b *Builder, in, out *Buffer) {
			b.For("x", C(0), C(16), 4, func(x Index) { b.Let("v", LoadV(f32x4, in, C(0), x.AddC(1))) })
		}, "bad: let v: elements 13 to 16 of buffer in, which has 16, at x = 12"},
		"load before the start": {func(b *Builder, in, out *Buffer) { b.Let("v", LoadV(f32x4, in, C(0), C(-1))) },
			"bad: let v: elements -1 to 2 of buffer in, which has 16"},
		"load in the next sample": {func(b *Builder, in, out *Buffer) { b.Let("v", LoadV(f32x4, in, C(1), C(14))) },
			"elements 14 to 17 of buffer in, which has 16"},
		"store in no sample": {func(b *Builder, in, out *Buffer) { b.Store(out, Num(f32x4, 1), C(2), C(0)) },
			"bad: store out: sample 2 of buffer out, which has 2"},
		"register tile": {func(b *Builder, in, out *Buffer) {
			acc := b.Reg("acc", f32x4, 2)
			b.Store(out, acc.At(C(1)), C(0), C(0))
		}, "bad: store out: element 1 of register tile acc is read before it is assigned"},
		"register index": {func(b *Builder, in, out *Buffer) {
			acc := b.Reg("acc", f32x4, 2)
			acc.Set(Num(f32x4, 1), C(2))
		}, "bad: assignment to acc: index 2 in dimension 0 of register tile acc, which has 2"},
		"shift": {func(b *Builder, in, out *Buffer) {
			b.Let("v", Shl.Of(Num(Scalar(I32), 7), Num(Scalar(I32), 32)))
		}, "bad: let v: shift of i32 by 32"},
		"view": {func(b *Builder, in, out *Buffer) {
			callee := NewBuilder("callee")
			callee.Param("p", F32, 4, 4)
			b.Call(callee.Func(), in.From(C(0), C(4)))
		}, "bad: call callee: elements 4 to 19 of buffer in, which has 16"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			b := NewBuilder("bad")
			in, out := b.Param("in", F32, Batch, 16), b.Out("out", F32, Batch, 16)
			c.build(b, in, out)
			err := Interpret(b.Func(), [][]byte{make([]byte, 128), make([]byte, 128)}, 2)
			require.ErrorContains(t, err, c.want)
		})
	}
	err := Interpret(stencilFunc(), [][]byte{nil, nil, nil}, 1)
	require.EqualError(t, err, "stencil: parameter in takes 33792 bytes, not 0")
}
