package lower

import (
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
)

// emitRepack copies an image into another layout.
func (l *lowerer) emitRepack(from, to *Storage) error {
	m, _ := sched.ImageOf(to.Type)
	k := newKernel("repack", l.target)
	if from.Layout.Kind == to.Layout.Kind {
		src, dst := k.in(from), k.out(to)
		k.copyRows(m, src, dst, from.Layout, to.Layout, k.samples(to))
		return l.emit(k, nil, "repack", sched.Tile{})
	}
	if from.Layout.Left+from.Layout.Right+to.Layout.Left+to.Layout.Right == 0 {
		m = sched.Image{N: m.N, C: m.C, H: 1, W: m.H * m.W} // one row
	}
	r := &repack{kernel: k, image: m, from: from.Layout, to: to.Layout}
	r.src, r.dst = k.as(k.in, from, from.imageDims(m)...), k.as(k.out, to, to.imageDims(m)...)
	r.n = k.samples(to)
	r.body()
	return l.emit(k, nil, "repack", sched.Tile{})
}

// imageDims are the dimensions of s seen as images m, which have its channels.
func (s *Storage) imageDims(m sched.Image) []int {
	dims := m.Dims(s.Layout)
	dims[0] = s.samplesOr(m.N)
	if s.Layout.Kind == sched.Blocked {
		dims[1] = s.Dims[1] // more than m's where s is a part
	}
	return dims
}

// copyRows changes the halo and leaves the order.
func (k *kernel) copyRows(m sched.Image, src, dst *loopir.Buffer, from, to sched.Layout, n loopir.Index) {
	channels, width := m.C, m.W
	if to.Kind == sched.Blocked {
		channels, width = m.Blocks(), m.W*sched.BlockChannels
	}
	c, y := k.grid("c", channels), k.grid("y", m.H)
	at := func(l sched.Layout, x loopir.Index) []loopir.Index {
		if l.Kind == sched.Blocked {
			return []loopir.Index{n, c, y, loopir.C(l.Left), x}
		}
		return []loopir.Index{n, c, y, x.AddC(l.Left)}
	}
	k.vectors(width, func(x, count loopir.Index) {
		k.put(dst, count, k.get(src, count, at(from, x)...), at(to, x)...)
	})
	k.clearHalo(dst, to, m.W, n, c, y)
}

// repack changes between the planar and the blocked order.
type repack struct {
	*kernel
	image    sched.Image
	from, to sched.Layout
	src, dst *loopir.Buffer
	n, c, y  loopir.Index // sample, block, row
}

// body makes blocks, rows and pieces of rows the grid. The last block may hold fewer channels.
func (r *repack) body() {
	const b = sched.BlockChannels
	m := r.image
	r.c, r.y = r.grid("c", m.Blocks()), r.grid("y", m.H)
	width := min(m.W, r.target.Lanes)
	piece := r.pieces(m.W, width, 1)
	whole, rest := m.C/b, m.C%b
	block := func(channels int) {
		piece.tiles(r.kernel, func(x loopir.Index) {
			for lane := 0; lane < b; lane += r.target.Lanes {
				r.square(x, width, lane, min(channels-lane, r.target.Lanes))
			}
		})
		r.halo(channels)
	}
	switch {
	case rest == 0:
		block(b)
	case whole == 0:
		block(rest)
	default:
		r.For("whole", r.c, r.c.AddC(1).Min(loopir.C(whole)), 1, func(loopir.Index) { block(b) })
		r.For("rest", r.c.Max(loopir.C(whole)), r.c.AddC(1), 1, func(loopir.Index) { block(rest) })
	}
}

// planar is where pixel x of channel lane of the block lies in a planar image, and blocked in a blocked one.
func (r *repack) planar(l sched.Layout, lane int, x loopir.Index) []loopir.Index {
	channel := r.c.Mul(sched.BlockChannels).AddC(lane)
	if r.image.C%sched.BlockChannels != 0 { // says so to the verifier
		channel = channel.Min(loopir.C(r.image.C - 1))
	}
	return []loopir.Index{r.n, channel, r.y, x.AddC(l.Left)}
}

func (r *repack) blocked(l sched.Layout, lane int, x loopir.Index) []loopir.Index {
	return []loopir.Index{r.n, r.c, r.y, x.AddC(l.Left), loopir.C(lane)}
}

// square moves width pixels from x on of the channels from lane on, as many as a vector has lanes, through registers;
// those beyond the image's channels are zero, or not stored.
func (r *repack) square(x loopir.Index, width, lane, channels int) {
	zero := loopir.Num(r.vec(r.elem(r.src)), 0)
	var rows []loopir.Expr
	if r.to.Kind == sched.Blocked {
		for i := range max(channels, 0) {
			rows = append(rows, r.get(r.src, loopir.C(width), r.planar(r.from, lane+i, x)...))
		}
		for p, pixel := range r.transposeTile(rows, zero)[:width] {
			r.Store(r.dst, pixel, r.blocked(r.to, lane, x.AddC(p))...)
		}
		return
	}
	if channels <= 0 {
		return
	}
	for p := range width {
		rows = append(rows, r.load(r.src, r.blocked(r.from, lane, x.AddC(p))...))
	}
	for i, row := range r.transposeTile(rows, zero)[:channels] {
		r.put(r.dst, loopir.C(width), row, r.planar(r.to, lane+i, x)...)
	}
}

// halo clears the columns beside the row, of a planar image for each of the block's channels.
func (r *repack) halo(channels int) {
	if r.to.Kind == sched.Blocked {
		r.clearHalo(r.dst, r.to, r.image.W, r.n, r.c, r.y)
		return
	}
	for lane := range channels {
		at := r.planar(r.to, lane, loopir.C(0))
		r.clearHalo(r.dst, r.to, r.image.W, r.n, at[1], r.y)
	}
}
