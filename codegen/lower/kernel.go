package lower

import (
	"fmt"

	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// Step is one launch of the program: a kernel and what it is called with, in the order of Func.Params.
type Step struct {
	Func   *loopir.Func
	Args   []*Storage
	Nodes  []*ir.Node // what it computes; none for a change of layout
	Name   string     // for profiles
	FLOPs  int64      // per sample
	Family string     // kind of kernel, for people
	Tile   sched.Tile

	Overwrites *Storage // the argument that it reads and writes; nil if it does so with none
}

// Outputs lists the arguments that the kernel writes.
func (s Step) Outputs() []*Storage {
	var out []*Storage
	for i, p := range s.Func.Params {
		if p.Mutable {
			out = append(out, s.Args[i])
		}
	}
	return out
}

// OfWholes makes s a step for a caller that passes the whole images in whose parts it computes, which moves what its
// kernel accesses.
func (s Step) OfWholes() Step {
	for i, a := range s.Args {
		if p := s.Func.Params[i]; a.FirstBlock > 0 {
			loopir.Shift(s.Func, p, 1, a.WithinBytes()/(p.Stride(1)*p.Elem.Bytes()))
		}
	}
	return s
}

// kernel is a loop-IR function under construction together with its arguments.
type kernel struct {
	*loopir.Builder
	target sched.Target
	args   []*Storage
	bound  map[*Storage]*loopir.Buffer
	bf16   map[*loopir.Buffer]bool // whose numbers are float32 to kernels, and rounded in memory
	err    error                   // why some part of it could not be built

	overwrites *Storage // see Step
}

func newKernel(name string, t sched.Target) *kernel {
	return &kernel{Builder: loopir.NewBuilder(name), target: t, bound: map[*Storage]*loopir.Buffer{}, bf16: map[*loopir.Buffer]bool{}}
}

// in declares a parameter for s, once.
func (k *kernel) in(s *Storage) *loopir.Buffer {
	if b, ok := k.bound[s]; ok {
		return b
	}
	b := k.Param(fmt.Sprintf("a%d", len(k.args)), s.Elem, s.Dims...)
	k.args, k.bound[s], k.bf16[b] = append(k.args, s), b, s.Layout.BF16
	return b
}

// out declares the result. One that takes the place of an argument is that parameter.
func (k *kernel) out(s *Storage) *loopir.Buffer {
	for _, a := range k.args {
		if s.overwrites() && a.Root() == s.Root() {
			b := k.bound[a]
			b.Mutable, k.overwrites = true, a
			return b
		}
	}
	b := k.Out(fmt.Sprintf("a%d", len(k.args)), s.Elem, s.Dims...)
	k.args, k.bound[s], k.bf16[b] = append(k.args, s), b, s.Layout.BF16
	return b
}

// Store writes all lanes of x to buf from idx on.
func (k *kernel) Store(buf *loopir.Buffer, x loopir.Expr, idx ...loopir.Index) {
	k.Builder.Store(buf, k.kept(buf, x), idx...)
}

// StoreN is Store for the lanes of x below count.
func (k *kernel) StoreN(buf *loopir.Buffer, count loopir.Index, x loopir.Expr, idx ...loopir.Index) {
	k.Builder.StoreN(buf, count, k.kept(buf, x), idx...)
}

// vec is the target's vector of the given element kind: as many lanes as of float32.
func (k *kernel) vec(e loopir.Kind) loopir.Type { return loopir.Vec(e, k.target.Lanes) }

// samples adds the grid dimension over images: the run-time batch, or the N images of an unbatched graph.
func (k *kernel) samples(s *Storage) loopir.Index {
	if s.Dims[0] == 1 {
		return loopir.C(0)
	}
	return k.Grid("n", s.Dims[0])
}

// grid adds a grid dimension, unless there is nothing to iterate over.
func (k *kernel) grid(name string, extent int) loopir.Index {
	if extent == 1 {
		return loopir.C(0)
	}
	return k.Grid(name, extent)
}

// each runs body for x in 0..n, as a loop of the kernel; without one if n is 1.
func (k *kernel) each(name string, n int, body func(x loopir.Index)) {
	if n == 1 {
		body(loopir.C(0))
		return
	}
	k.For(name, loopir.C(0), loopir.C(n), 1, body)
}

// Unroll repeats body for each x from lo to hi; without a loop if that is once.
func (k *kernel) Unroll(name string, lo, hi int, body func(x loopir.Index)) {
	if hi-lo == 1 {
		body(loopir.C(lo))
		return
	}
	k.Builder.Unroll(name, lo, hi, body)
}

// eachVector unrolls body over the channel vectors of a register tile: vector s of block b.
func (k *kernel) eachVector(tile sched.Tile, body func(b, s loopir.Index)) {
	whole := tile.Blocks
	if tile.Spare > 0 {
		whole--
	}
	k.Unroll("b", 0, whole, func(b loopir.Index) {
		k.Unroll("s", 0, tile.Subs, func(s loopir.Index) { body(b, s) })
	})
	if tile.Spare > 0 {
		k.Unroll("s", 0, tile.Subs-tile.Spare, func(s loopir.Index) { body(loopir.C(whole), s) })
	}
}

// eachSpare unrolls body over the vectors that hold no channel.
func (k *kernel) eachSpare(tile sched.Tile, body func(b, s loopir.Index)) {
	if tile.Spare > 0 {
		k.Unroll("s", tile.Subs-tile.Spare, tile.Subs, func(s loopir.Index) { body(loopir.C(tile.Blocks-1), s) })
	}
}

// clearHalo writes the zero columns beside row [n, c, y] of a planar or blocked image.
func (k *kernel) clearHalo(out *loopir.Buffer, l sched.Layout, width int, n, c, y loopir.Index) {
	if l.Left+l.Right == 0 {
		return
	}
	clear := func(from, count int) {
		if count == 0 {
			return
		}
		k.each("h", count, func(x loopir.Index) {
			at := x.AddC(from)
			if l.Kind == sched.Planar {
				k.Store(out, loopir.Num(loopir.Scalar(k.elem(out)), 0), n, c, y, at)
				return
			}
			k.Unroll("v", 0, sched.BlockChannels/k.target.Lanes, func(v loopir.Index) {
				k.Store(out, loopir.Num(k.vec(k.elem(out)), 0), n, c, y, at, v.Mul(k.target.Lanes))
			})
		})
	}
	clear(0, l.Left)
	clear(l.Left+width, l.Right)
}
