package lower

import (
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// lowerRandom computes ir.Random, one number after the other.
func lowerRandom(l *lowerer, n *ir.Node) error {
	target := l.target
	target.Lanes = 1
	k := newKernel("random", target)
	seed, err := k.plainIn(l, n.Inputs[0])
	if err != nil {
		return err
	}
	step, err := k.plainIn(l, n.Inputs[1])
	if err != nil {
		return err
	}
	to, err := l.define(n.Out(), sched.Layout{})
	if err != nil {
		return err
	}
	elems := n.Out().Type.Elems()
	const pieceElems = 1024
	pieces := ceilDiv(elems, pieceElems)
	dst := k.as(k.out, to, elems)
	piece := k.grid("piece", pieces)
	number := func(buf *loopir.Buffer) loopir.Expr {
		return loopir.BitcastTo(loopir.Scalar(loopir.U64), loopir.LoadV(loopir.Scalar(buf.Elem), buf, loopir.C(0)))
	}
	keys := k.mix64(loopir.Add.Of(k.mix64(number(seed)), number(step)))
	keys = k.mix64(loopir.Add.Of(keys, bits64(uint64(n.Int("salt")))))
	u32 := loopir.Scalar(loopir.U32)
	low := k.Let("low", loopir.ConvertTo(loopir.U32, loopir.And.Of(keys, bits64(1<<32-1))))
	high := k.Let("high", loopir.ConvertTo(loopir.U32, loopir.Shr.Of(keys, bits64(32))))
	k.For("i", piece.Mul(pieceElems), piece.AddC(1).Mul(pieceElems).Min(loopir.C(elems)), 1, func(i loopir.Index) {
		z := k.mix32(loopir.Add.Of(loopir.IndexTo(u32, i), low))
		top := loopir.Shr.Of(k.mix32(loopir.Add.Of(z, high)), bits32(8))
		k.Store(dst, loopir.Mul.Of(loopir.ConvertTo(loopir.F32, top), loopir.Num(loopir.Scalar(loopir.F32), 1.0/(1<<24))), i)
	})
	return l.emit(k, n, "random", sched.Tile{})
}

func bits64(x uint64) loopir.Expr { return &loopir.Const{T: loopir.Scalar(loopir.U64), Int: int64(x)} }
func bits32(x uint32) loopir.Expr { return &loopir.Const{T: loopir.Scalar(loopir.U32), Int: int64(x)} }

// mix64 is the function of that name behind ir.Random, as is mix32.
func (k *kernel) mix64(z loopir.Expr) loopir.Expr {
	z = k.Let("z", loopir.Add.Of(z, bits64(0x9e3779b97f4a7c15)))
	for _, round := range []struct{ shift, factor uint64 }{{30, 0xbf58476d1ce4e5b9}, {27, 0x94d049bb133111eb}} {
		z = k.Let("z", loopir.Mul.Of(loopir.Xor.Of(z, loopir.Shr.Of(z, bits64(round.shift))), bits64(round.factor)))
	}
	return k.Let("z", loopir.Xor.Of(z, loopir.Shr.Of(z, bits64(31))))
}

func (k *kernel) mix32(z loopir.Expr) loopir.Expr {
	z = k.Let("z", z)
	for _, round := range []struct{ shift, factor uint32 }{{16, 0x7feb352d}, {15, 0x846ca68b}} {
		z = k.Let("z", loopir.Mul.Of(loopir.Xor.Of(z, loopir.Shr.Of(z, bits32(round.shift))), bits32(round.factor)))
	}
	return k.Let("z", loopir.Xor.Of(z, loopir.Shr.Of(z, bits32(16))))
}
