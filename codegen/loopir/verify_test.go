package loopir

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestVerifyGood(t *testing.T) {
	for _, dir := range []string{"print", "verify"} {
		files, err := filepath.Glob("testdata/" + dir + "/*.loop")
		require.NoError(t, err)
		require.NotEmpty(t, files)
		for _, file := range files {
			for _, f := range parseFile(t, file) {
				require.NoError(t, Verify(f), f.Name)
			}
		}
	}
}

// The messages for functions that are well typed but wrong.
func TestVerifyErrors(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/verify_*.loop")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			var b strings.Builder
			for _, f := range parseFile(t, file) {
				b.WriteString(describe(Verify(f), "", ""))
			}
			golden(t, strings.TrimSuffix(file, ".loop")+".out", b.String())
		})
	}
}

func parseFile(t *testing.T, file string) []*Func {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	funcs, err := Parse(file, string(text))
	require.NoError(t, err)
	return funcs
}

// Mistakes that text cannot contain, because names resolve to what is visible.
func TestVerifyBrokenStructure(t *testing.T) {
	i, j := &Var{"i"}, &Var{"j"}
	in, out := &Buffer{Name: "in", Elem: F32, Dims: []int{8}}, &Buffer{Name: "out", Elem: F32, Dims: []int{8}, Mutable: true}
	one := Num(Scalar(F32), 1)
	v := &Value{"v", Scalar(F32)}
	reg := &Reg{Name: "acc", Type: Scalar(F32)}
	store := func(x Expr) Stmt { return &Store{Buf: out, Idx: []Index{C(0)}, X: x} }
	loop := func(body ...Stmt) *For { return &For{Var: i, Hi: C(8), Step: 1, Body: body} }
	carrying := func(c Carried, yield ...Expr) *For {
		return &For{Var: i, Hi: C(8), Step: 1, Carried: []Carried{c}, Yield: yield}
	}
	pair := &Value{"w", Scalar(F32)}
	for _, tc := range []struct {
		name, want string
		body       []Stmt
	}{
		{"defined twice", "v is defined twice", []Stmt{&Let{v, one}, &Let{v, one}}},
		{"before definition", "v is used before it is defined", []Stmt{store(&Ref{v}), &Let{v, one}}},
		{"in itself", "v is used before it is defined", []Stmt{&Let{v, &Ref{v}}}},
		{"outside its block", "v is used outside the block that defines it", []Stmt{loop(&Let{v, one}), store(&Ref{v})}},
		{"tile outside its block", "acc is used outside", []Stmt{loop(&Decl{reg}), &Assign{reg, nil, one}}},
		{"carried value outside", "v is used outside", []Stmt{carrying(Carried{v, pair, one}, &Ref{v}), store(&Ref{v})}},
		{"result inside", "w is used before it is defined", []Stmt{carrying(Carried{v, pair, one}, &Ref{pair})}},
		{"type of a let", "value of type i32 defined as f32", []Stmt{&Let{&Value{"n", Scalar(I32)}, one}}},
		{"missing yield", "0 values yielded by a loop that carries 1", []Stmt{carrying(Carried{v, pair, one})}},
		{"yield of another type", "operands must have one type", []Stmt{carrying(Carried{v, pair, one}, Num(Scalar(I32), 1))}},
		{"unknown buffer", "buffer other belongs to another function", []Stmt{store(LoadV(Scalar(F32), &Buffer{Name: "other", Elem: F32, Dims: []int{8}}, C(0)))}},
		{"variable out of scope", "index variable i is used outside its loop", []Stmt{loop(), store(LoadV(Scalar(F32), in, i.I()))}},
		{"variable in an operation", "index variable i is used outside its loop", []Stmt{store(IndexTo(Scalar(F32), i.I().Div(2).Min(C(4))))}},
		{"variable in its own bound", "index variable j is used outside its loop", []Stmt{&For{Var: j, Hi: j.I(), Step: 1}}},
		{"variable twice", "loop variable i is that of a loop around, too", []Stmt{loop(loop())}},
		{"step", "step 0 is not positive", []Stmt{&For{Var: i, Hi: C(8)}}},
		{"divisor", "divided by positive constants only", []Stmt{store(IndexTo(Scalar(F32), atomIndex(&IndexOp{IndexDiv, C(4), C(0)})))}},
		{"expression missing", "expression is missing", []Stmt{store(nil)}},
		{"operand missing", "expression is missing", []Stmt{store(Add.Of(one, nil))}},
		{"indices missing", "0 indices for a buffer of 1 dimensions", []Stmt{&Store{Buf: out, X: one}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := Verify(&Func{Name: "f", Params: []*Buffer{in, out}, Body: tc.body})
			require.ErrorContains(t, err, tc.want)
		})
	}
}

func TestVerifyHeader(t *testing.T) {
	b, v := &Buffer{Name: "b", Elem: F32, Dims: []int{8}}, &Var{"v"}
	for _, tc := range []struct {
		want string
		f    Func
	}{
		{"f:1: buffer b is declared twice", Func{Params: []*Buffer{b, b}}},
		{"f:1: b: scratch must be mutable", Func{Scratch: []*Buffer{b}}},
		{"b: scratch has no batch dimension", Func{Scratch: []*Buffer{{Name: "b", Elem: F32, Dims: []int{Batch}, Mutable: true}}}},
		{"b: only the first dimension can be the batch", Func{Params: []*Buffer{{Name: "b", Elem: F32, Dims: []int{2, Batch}}}}},
		{"b: dimension 0 is not positive", Func{Params: []*Buffer{{Name: "b", Elem: F32, Dims: []int{0}}}}},
		{"b: buffer is larger than", Func{Params: []*Buffer{{Name: "b", Elem: F32, Dims: []int{1 << 30, 1 << 30, 1 << 30}}}}},
		{"b: buffer of bool: needs numbers", Func{Params: []*Buffer{{Name: "b", Elem: Bool, Dims: []int{1}}}}},
		{"grid variable v is declared twice", Func{Grid: []GridDim{{Var: v, Extent: 2}, {Var: v, Extent: 3}}}},
		{"only the first dimension of the grid can be the batch", Func{Grid: []GridDim{{Var: v, Extent: 2}, {Var: &Var{"b"}, Extent: Batch}}}},
		{"extent 0 of the grid is out of range", Func{Grid: []GridDim{{Var: v}}}},
	} {
		tc.f.Name = "f"
		require.ErrorContains(t, Verify(&tc.f), tc.want)
	}
}

func TestVerifyRecursion(t *testing.T) {
	a, b, c := &Func{Name: "a"}, &Func{Name: "b"}, &Func{Name: "c"}
	a.Body = []Stmt{&Call{Func: b}, &Call{Func: c}}
	b.Body = []Stmt{&Call{Func: c}}
	require.NoError(t, Verify(a))
	c.Body = []Stmt{&For{Var: &Var{"i"}, Hi: C(2), Step: 1, Body: []Stmt{&Call{Func: b}}}}
	require.ErrorContains(t, Verify(a), "recursive call: b -> c -> b")
	require.ErrorContains(t, Verify(c), "recursive call: c -> b -> c")
}

func TestVerifyPromotedRefusesTilesAndUnrolledLoops(t *testing.T) {
	f := parseFile(t, "testdata/print/stencil.loop")[0]
	err := VerifyPromoted(f)
	require.ErrorContains(t, err, "stencil:3: register tile left after promotion, in 'reg acc: f32x16[4]'")
	require.ErrorContains(t, err, "stencil:4: loop to unroll left after promotion, in 'unroll p = 0 to 4 { acc[p] = f32x16(0) }'")
}

// A kernel with thousands of statements after unrolling.
func BenchmarkVerifyPromoted(b *testing.B) {
	k := NewBuilder("big")
	y := k.Grid("y", 56)
	in, w, out := k.Param("in", F32, 4, 58, 58, 16), k.Param("w", F32, 64, 3, 3, 32), k.Out("out", F32, 56, 56, 32)
	k.For("x", C(0), C(56), 14, func(x Index) {
		acc := k.Reg("acc", Vec(F32, 16), 14, 2)
		k.For("c", C(0), C(4), 1, func(c Index) {
			k.Unroll("u", 0, 16, func(u Index) {
				k.Unroll("tap", 0, 9, func(tap Index) {
					k.Unroll("p", 0, 14, func(p Index) {
						v := k.Let("v", SplatOf(16, LoadV(Scalar(F32), in, c, y.Add(tap.Div(3)), x.Add(p).Add(tap.Mod(3)), u)))
						k.Unroll("n", 0, 2, func(n Index) {
							wn := LoadV(Vec(F32, 16), w, c.Mul(16).Add(u), tap.Div(3), tap.Mod(3), n.Mul(16))
							acc.Set(FMAOf(v, wn, acc.At(p, n)), p, n)
						})
					})
				})
			})
		})
		k.Unroll("p", 0, 14, func(p Index) {
			k.Unroll("n", 0, 2, func(n Index) { k.Store(out, acc.At(p, n), y, x.Add(p), n.Mul(16)) })
		})
	})
	require.NoError(b, Verify(k.Func()))
	f := Promote(k.Func())
	statements := 0
	Walk(f.Body, func(Stmt) { statements++ })
	for b.Loop() {
		require.NoError(b, VerifyPromoted(f))
	}
	b.ReportMetric(float64(statements), "statements")
}
