package lower

import (
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
)

// channelSums is a kernel that adds up quantities over all places of some samples, for the channels of a block: sums over
// parts of the samples, which another step adds up. Which sums there are does not depend on the number of threads.
type channelSums struct {
	*kernel
	image       sched.Image
	parts       int
	images      []*loopir.Buffer // what is read at each place
	layouts     []sched.Layout
	block, lane loopir.Index
	channel     loopir.Index // first one of the vector
}

// newChannelSums binds the images.
func (l *lowerer) newChannelSums(name string, images ...*ir.Value) (*channelSums, error) {
	t := imageType(images[0].Type)
	m, _ := sched.ImageOf(t)
	const chunks = 16
	s := &channelSums{kernel: newKernel(name, l.target), image: m, parts: min(m.N, ceilDiv(chunks, m.Blocks()))}
	for _, v := range images {
		at, err := l.readAs(v, imageType(v.Type), sched.Layout{Kind: sched.Blocked})
		if err != nil {
			return nil, err
		}
		s.images, s.layouts = append(s.images, s.in(at)), append(s.layouts, at.Layout)
	}
	return s, nil
}

// imageType is t with all spatial dimensions beyond two joined.
func imageType(t ir.Type) ir.Type {
	if t.Rank() <= 4 {
		return t
	}
	return ir.Type{DType: t.DType, Shape: []int{t.Shape[0], t.Shape[1], 1, ir.Type{Shape: t.Shape[2:]}.Elems()}}
}

// add sums count quantities: terms makes one term of each from what the images hold at a place; begin is run before, once
// per chunk.
func (s *channelSums) add(l *lowerer, n *ir.Node, count int, begin func(), terms func(x []loopir.Expr) []loopir.Expr) (*Storage, error) {
	m, f32, lanes := s.image, s.vec(loopir.F32), s.target.Lanes
	sums := &Storage{Name: n.Out().Name + " parts", Type: n.Out().Type, Elem: loopir.F32, Dims: []int{s.parts, count, m.Blocks(), sched.BlockChannels}}
	to := s.out(sums)
	part := s.grid("part", s.parts)
	s.block = s.grid("c", m.Blocks())
	s.lane = s.grid("s", sched.BlockChannels/lanes).Mul(lanes)
	s.channel = s.block.Mul(sched.BlockChannels).Add(s.lane)
	begin()
	unroll := min(4, m.W)
	acc := s.Reg("acc", f32, unroll, count)
	each := func(body func(u, q loopir.Index)) {
		s.Unroll("u", 0, unroll, func(u loopir.Index) { s.Unroll("q", 0, count, func(q loopir.Index) { body(u, q) }) })
	}
	each(func(u, q loopir.Index) { acc.Set(loopir.Num(f32, 0), u, q) })
	place := func(n, y, x, u loopir.Index) {
		var values []loopir.Expr
		for i, image := range s.images {
			values = append(values, s.Let("v", s.load(image, n, s.block, y, x.Add(u).AddC(s.layouts[i].Left), s.lane)))
		}
		for q, term := range terms(values) {
			acc.Set(loopir.Add.Of(acc.At(u, loopir.C(q)), term), u, loopir.C(q))
		}
	}
	s.For("n", part.Mul(m.N).Div(s.parts), part.AddC(1).Mul(m.N).Div(s.parts), 1, func(n loopir.Index) {
		s.each("y", m.H, func(y loopir.Index) {
			whole := m.W / unroll * unroll
			s.For("x", loopir.C(0), loopir.C(whole), unroll, func(x loopir.Index) {
				s.Unroll("u", 0, unroll, func(u loopir.Index) { place(n, y, x, u) })
			})
			s.For("x", loopir.C(whole), loopir.C(m.W), 1, func(x loopir.Index) { place(n, y, x, loopir.C(0)) })
		})
	})
	s.Unroll("q", 0, count, func(q loopir.Index) {
		total := acc.At(loopir.C(0), q)
		for u := 1; u < unroll; u++ {
			total = loopir.Add.Of(total, acc.At(loopir.C(u), q))
		}
		s.Store(to, total, part, q, s.block, s.lane)
	})
	return sums, l.emit(s.kernel, n, s.Func().Name, sched.Tile{})
}

// finishSums is a step that makes results per channel, one for each output of n, of the sums of all parts.
func (l *lowerer) finishSums(n *ir.Node, sums *Storage, image sched.Image, bind func(k *channelResults) error, results func(k *channelResults, sums []loopir.Expr) []loopir.Expr) error {
	k := &channelResults{kernel: newKernel("channel-sums", l.target), image: image}
	from := k.in(sums)
	if err := bind(k); err != nil {
		return err
	}
	var outs []*loopir.Buffer
	for _, v := range n.Outputs {
		to, err := l.define(v, sched.Layout{})
		if err != nil {
			return err
		}
		outs = append(outs, k.out(to))
	}
	f32, lanes := k.vec(loopir.F32), k.target.Lanes
	k.block = k.grid("c", image.Blocks())
	k.each("s", sched.BlockChannels/lanes, func(s loopir.Index) {
		k.lane = s.Mul(lanes)
		k.channel = k.block.Mul(sched.BlockChannels).Add(k.lane)
		k.count = k.channelCount(image, k.channel)
		totals := make([]loopir.Expr, from.Dims[1])
		for q := range totals {
			total := k.Reg("total", f32)
			total.Set(loopir.Num(f32, 0))
			k.each("part", from.Dims[0], func(p loopir.Index) {
				total.Set(loopir.Add.Of(total.At(), loopir.LoadV(f32, from, p, loopir.C(q), k.block, k.lane)))
			})
			totals[q] = k.Let("total", total.At())
		}
		for i, result := range results(k, totals) {
			k.put(outs[i], k.count, result, k.channel)
		}
	})
	return l.emit(k.kernel, nil, "channel-sums", sched.Tile{})
}

// channelResults is a kernel whose vectors are channels.
type channelResults struct {
	*kernel
	image                       sched.Image
	block, lane, channel, count loopir.Index
}

// channelCount is how many lanes of a vector that begins at a channel are channels of the image; none, if negative.
func (k *kernel) channelCount(m sched.Image, channel loopir.Index) loopir.Index {
	lanes := loopir.C(k.target.Lanes)
	if m.C%sched.BlockChannels == 0 {
		return lanes
	}
	return lanes.Min(loopir.C(m.C).Sub(channel))
}

// places is how many numbers each channel of an image has.
func places(m sched.Image) float64 { return float64(m.N) * float64(m.H*m.W) }

// lowerMoments sums differences from the first number of a channel, and their squares: what is far from zero loses no
// digits.
func lowerMoments(l *lowerer, n *ir.Node) error {
	s, err := l.newChannelSums("moments", n.Inputs[0])
	if err != nil {
		return err
	}
	zero := loopir.C(0)
	first := func(k *kernel, image *loopir.Buffer, lay sched.Layout, block, lane loopir.Index) loopir.Expr {
		return k.Let("first", k.load(image, zero, block, zero, loopir.C(lay.Left), lane))
	}
	var shift loopir.Expr
	sums, err := s.add(l, n, 2, func() { shift = first(s.kernel, s.images[0], s.layouts[0], s.block, s.lane) },
		func(x []loopir.Expr) []loopir.Expr {
			d := s.Let("d", loopir.Sub.Of(x[0], shift))
			return []loopir.Expr{d, loopir.Mul.Of(d, d)}
		})
	if err != nil {
		return err
	}
	x := s.args[0]
	var image *loopir.Buffer
	return l.finishSums(n, sums, s.image, func(k *channelResults) error { image = k.in(x); return nil },
		func(k *channelResults, sums []loopir.Expr) []loopir.Expr {
			share := loopir.Num(k.vec(loopir.F32), 1/places(k.image))
			d := k.Let("d", loopir.Mul.Of(sums[0], share))
			squares := loopir.Sub.Of(loopir.Mul.Of(sums[1], share), loopir.Mul.Of(d, d))
			return []loopir.Expr{loopir.Add.Of(first(k.kernel, image, x.Layout, k.block, k.lane), d), loopir.Max.Of(loopir.Num(k.vec(loopir.F32), 0), squares)}
		})
}

// lowerBatchNormGrad sums dy, and dy times the distance of x from the mean.
func lowerBatchNormGrad(l *lowerer, n *ir.Node) error {
	s, err := l.newChannelSums("batchnorm-grad", n.Inputs[0], n.Inputs[1])
	if err != nil {
		return err
	}
	means, err := s.plainIn(l, n.Inputs[2])
	if err != nil {
		return err
	}
	var mean loopir.Expr
	sums, err := s.add(l, n, 2, func() { mean = s.Let("mean", s.get(means, s.channelCount(s.image, s.channel), s.channel)) },
		func(x []loopir.Expr) []loopir.Expr {
			return []loopir.Expr{loopir.Mul.Of(x[0], loopir.Sub.Of(x[1], mean)), x[0]}
		})
	if err != nil {
		return err
	}
	var variances *loopir.Buffer
	return l.finishSums(n, sums, s.image, func(k *channelResults) (err error) {
		variances, err = k.plainIn(l, n.Inputs[3])
		return err
	}, func(k *channelResults, sums []loopir.Expr) []loopir.Expr {
		f32 := k.vec(loopir.F32)
		v := loopir.Add.Of(k.get(variances, k.count, k.channel), loopir.Num(f32, n.Float("epsilon")))
		return []loopir.Expr{loopir.Div.Of(sums[0], loopir.Sqrt.Of(v)), sums[1]}
	})
}
