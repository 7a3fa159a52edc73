package lower

import (
	"fmt"
	"slices"

	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// move computes a result each element of which is an element of the first input, in plain memory: the one at from(place).
// Rows are copied as vectors where, or as far as, the last dimension stays contiguous.
func (l *lowerer) move(n *ir.Node, from func(out []loopir.Index) []loopir.Index) error {
	if n.Out().Type.Rank() == 0 { // one number, wherever it goes
		from = func(out []loopir.Index) []loopir.Index { return out }
	}
	k, src, dst, err := l.plainKernel(n)
	if err != nil {
		return err
	}
	k.move(src, dst, from)
	return l.emit(k, n, n.Op.Name, sched.Tile{})
}

// move copies every element of dst from its place in src.
func (k *kernel) move(src, dst *loopir.Buffer, from func(out []loopir.Index) []loopir.Index) {
	k.eachRow(dst.Dims, func(outer []loopir.Index, row int) {
		copyTo := func(x, count loopir.Index) {
			at := append(append([]loopir.Index{}, outer...), x)
			k.put(dst, count, k.get(src, count, from(at)...), at...)
		}
		if contiguous(len(dst.Dims), from) {
			k.vectors(row, copyTo)
			return
		}
		for _, s := range stretches(len(dst.Dims), row, k.target.Lanes, from) {
			place := func(x loopir.Index) []loopir.Index {
				return append(append([]loopir.Index{}, outer...), x.AddC(s.start))
			}
			if s.contiguous {
				k.vectors(s.length, func(x, count loopir.Index) {
					in := from(place(loopir.C(0)))
					in[len(in)-1] = in[len(in)-1].Add(x)
					k.put(dst, count, k.get(src, count, in...), place(x)...)
				})
				continue
			}
			k.each("x", s.length, func(x loopir.Index) {
				k.Store(dst, loopir.LoadV(loopir.Scalar(src.Elem), src, from(place(x))...), place(x)...)
			})
		}
	})
}

// stretch is a part of a row of results; contiguous if neighbours in it are neighbours in the input.
type stretch struct {
	start, length int
	contiguous    bool
}

// stretches cuts a row into those that are contiguous and long enough for vectors, and the rest: the row as a whole where
// that cannot be known or is not worth while.
func stretches(rank, row, lanes int, from func([]loopir.Index) []loopir.Index) []stretch {
	const longestRow, mostPieces = 1 << 12, 32
	whole := []stretch{{0, row, false}}
	place := lastPlaces(rank, min(row, longestRow), from)
	if len(place) < row {
		return whole
	}
	var cut []stretch
	for start := 0; start < row; {
		end := start + 1
		for end < row && place[end] == place[end-1]+1 {
			end++
		}
		long := end-start >= max(2, lanes/2)
		if last := len(cut) - 1; !long && last >= 0 && !cut[last].contiguous {
			cut[last].length += end - start
		} else {
			cut = append(cut, stretch{start, end - start, long})
		}
		start = end
	}
	if len(cut) > mostPieces {
		return whole
	}
	return cut
}

// lastPlaces lists where the elements of a row come from in the input's last dimension, as far as they come from one row.
func lastPlaces(rank, row int, from func([]loopir.Index) []loopir.Index) []int {
	at := make([]loopir.Index, rank)
	for d := range at {
		at[d] = (&loopir.Var{Name: "d"}).I()
	}
	var first []loopir.Index
	var places []int
	for x := range row {
		at[rank-1] = loopir.C(x)
		in := from(at)
		last := len(in) - 1
		place, known := in[last].IsConst()
		if x == 0 {
			first = in
		}
		if !known || !slices.EqualFunc(in[:last], first[:last], loopir.Index.Equal) {
			break
		}
		places = append(places, place)
	}
	return places
}

// contiguous reports whether neighbours in the last output dimension are neighbours in memory of the input.
func contiguous(rank int, from func([]loopir.Index) []loopir.Index) bool {
	at := make([]loopir.Index, rank)
	x := (&loopir.Var{Name: "x"}).I()
	at[rank-1] = x
	here := from(at)
	at[rank-1] = x.AddC(1)
	next := from(at)
	for d := range here {
		want := 0
		if d == len(here)-1 {
			want = 1
		}
		if !next[d].Sub(here[d]).Equal(loopir.C(want)) {
			return false
		}
	}
	return true
}

// inOut returns n's first input, and its result to be written by the next step, in plain memory or as blocked images.
func (l *lowerer) inOut(n *ir.Node, kind sched.Kind) (in, out *Storage, err error) {
	if kind == sched.Planar {
		in, err = l.readPlain(n.Inputs[0])
	} else {
		in, err = l.read(n.Inputs[0], sched.Layout{Kind: kind})
	}
	if err != nil {
		return nil, nil, err
	}
	lay := sched.Layout{}
	if kind != sched.Planar {
		lay = l.plan.Layout[n.Out()]
	}
	out, err = l.define(n.Out(), lay)
	return in, out, err
}

// plainKernel starts a kernel that reads n's first input and writes its result, both in plain memory.
func (l *lowerer) plainKernel(n *ir.Node) (k *kernel, src, dst *loopir.Buffer, err error) {
	k = newKernel(n.Op.Name, l.target)
	if src, err = k.plainIn(l, n.Inputs[0]); err == nil {
		dst, err = k.plainOut(l, n)
	}
	return k, src, dst, err
}

// plainIn declares v as a parameter in plain memory under its own shape.
func (k *kernel) plainIn(l *lowerer, v *ir.Value) (*loopir.Buffer, error) {
	s, err := l.readPlain(v)
	if err != nil {
		return nil, err
	}
	return k.as(k.in, s, l.plainDims(v.Type, s.Batched())...), nil
}

// plainOut declares n's result in plain memory under its own shape.
func (k *kernel) plainOut(l *lowerer, n *ir.Node) (*loopir.Buffer, error) {
	s, err := l.define(n.Out(), sched.Layout{})
	if err != nil {
		return nil, err
	}
	return k.as(k.out, s, l.plainDims(n.Out().Type, s.Batched())...), nil
}

// eachRow makes all but the last of dims the grid and calls body with their indices and the last extent.
func (k *kernel) eachRow(dims []int, body func(outer []loopir.Index, row int)) {
	last := len(dims) - 1
	outer := make([]loopir.Index, last)
	for d := range last {
		outer[d] = k.grid(fmt.Sprint("d", d), dims[d])
	}
	body(outer, dims[last])
}

// moveBlocked is move for blocked images: at gives the input place of a place in dimension d; channels move by whole blocks.
func (l *lowerer) moveBlocked(n *ir.Node, at func(d int, i loopir.Index) loopir.Index) error {
	k := newKernel(n.Op.Name, l.target)
	from, to, err := l.inOut(n, sched.Blocked)
	if err != nil {
		return err
	}
	src, dst, lay := k.in(from), k.out(to), to.Layout
	m, _ := sched.ImageOf(n.Out().Type)
	s := k.samples(to)
	c, y := k.grid("c", m.Blocks()), k.grid("y", m.H)
	block := at(1, c.Mul(sched.BlockChannels)).Div(sched.BlockChannels)
	sample := s
	if !to.Batched() {
		sample = at(0, s)
	}
	k.copyPixels(m.W, func(x, lane loopir.Index) {
		value := k.load(src, sample, block, at(2, y), at(3, x).AddC(from.Layout.Left), lane)
		k.Store(dst, value, s, c, y, x.AddC(lay.Left), lane)
	})
	k.clearHalo(dst, lay, m.W, s, c, y)
	return l.emit(k, n, n.Op.Name, sched.Tile{})
}

// copyPixels runs one, which copies a vector of channels, for all vectors of a row of pixels in blocked images.
func (k *kernel) copyPixels(width int, one func(x, lane loopir.Index)) {
	k.each("x", width, func(x loopir.Index) {
		k.Unroll("v", 0, sched.BlockChannels/k.target.Lanes, func(v loopir.Index) { one(x, v.Mul(k.target.Lanes)) })
	})
}
