package compose

import (
	"slices"

	"nncc/ir"
	"nncc/runtime/tensor"
)

// GridSampling reads an image at places that another input gives, as ONNX GridSample 22 does.
type GridSampling struct {
	Mode    string // linear, nearest or cubic
	Padding string // what lies outside: zeros, border or reflection
	Corners bool   // -1 and 1 are the middle of the outermost pixels, not their outer edges
}

// gridTap is a pixel's place along one axis, and how much it counts; nil is 1.
type gridTap struct{ at, weight *ir.Value }

// GridSample reads x [N, C, spatial...] at the places of grid [N, out..., D], of which the last dimension has those along the
// last axis first, from -1 to 1. The result is [N, C, out...].
func (m Maker) GridSample(x, grid *ir.Value, s GridSampling) *ir.Value {
	shape, to := x.Type.Shape, grid.Type.Shape
	axes, points := len(shape)-2, tensor.Count(to[1:len(to)-1])
	if pixels := tensor.Count(shape[2:]); pixels > 1<<24 || pixels == 0 {
		return m.Errorf("%d pixels: places are float32, which counts to %d", pixels, 1<<24)
	}
	places := m.Reshape(grid, to[0], points, axes)
	taps := []gridTap{{}}
	for axis, size := range shape[2:] {
		part := m.Step("slice", ir.Attrs{"start": []int{0, 0, axes - 1 - axis}, "size": []int{to[0], points, 1}, "step": ones(3)}, places)
		taps = m.cross(taps, m.tapsAlong(m.Reshape(part, to[0], 1, points), size, s), size)
	}
	flat := m.Reshape(x, shape[0], shape[1], tensor.Count(shape[2:]))
	var sum *ir.Value
	for _, t := range taps {
		v := m.Step("gather_elements", ir.Attrs{"axis": 2}, flat, m.Step("cast", ir.Attrs{"to": tensor.I32.String()}, t.at))
		if t.weight != nil {
			v = m.Mul(v, t.weight)
		}
		if sum != nil {
			v = m.Add(sum, v)
		}
		sum = v
	}
	return m.Emit("reshape", ir.Attrs{"shape": slices.Concat(shape[:2], to[1:len(to)-1])}, sum)
}

// cross makes of places in the axes before and taps along another one, of size pixels, places in all of them.
func (m Maker) cross(before, along []gridTap, size int) []gridTap {
	var out []gridTap
	for _, b := range before {
		for _, a := range along {
			t := a
			if b.at != nil {
				t.at = m.Add(m.Times(b.at, float64(size)), a.at)
			}
			switch {
			case t.weight == nil:
				t.weight = b.weight
			case b.weight != nil:
				t.weight = m.Mul(b.weight, t.weight)
			}
			out = append(out, t)
		}
	}
	return out
}

// tapsAlong are the pixels that count for places from -1 to 1 along an axis of size pixels.
func (m Maker) tapsAlong(place *ir.Value, size int, s GridSampling) []gridTap {
	half, last := float64(size)/2, float64(size-1)
	if s.Corners {
		half = last / 2
	}
	at := m.Line(place, half, last/2)
	if s.Mode == "cubic" {
		return m.cubicTaps(at, size, s)
	}
	if s.Mode == "nearest" { // before the padding, which matters half-way between two pixels; PyTorch rounds after it
		return []gridTap{m.inside(gridTap{m.within(m.Step("round", nil, at), size, s), nil}, size, s)}
	}
	at = m.within(at, size, s)
	first := m.Step("floor", nil, at)
	rest := m.Sub(at, first)
	return []gridTap{m.inside(gridTap{first, m.Line(rest, -1, 1)}, size, s), m.inside(gridTap{m.Plus(first, 1), rest}, size, s)}
}

// cubicTaps are four pixels, weighted by Keys' kernel with a = -0.75.
func (m Maker) cubicTaps(at *ir.Value, size int, s GridSampling) []gridTap {
	const a = -0.75
	at = m.Step("clip", ir.Attrs{"min": -cubicReach * float64(size), "max": cubicReach * float64(size)}, at)
	first := m.Step("floor", nil, at)
	rest := m.Sub(at, first)
	polynomial := func(d *ir.Value, factors ...float64) *ir.Value { // from the highest power on
		v := m.Line(d, factors[0], factors[1])
		for _, f := range factors[2:] {
			v = m.Plus(m.Mul(v, d), f)
		}
		return v
	}
	near := func(d *ir.Value) *ir.Value { return polynomial(d, a+2, -a-3, 0, 1) }
	far := func(d *ir.Value) *ir.Value { return polynomial(d, a, -5*a, 8*a, -4*a) }
	weights := []*ir.Value{far(m.Plus(rest, 1)), near(rest), near(m.Line(rest, -1, 1)), far(m.Line(rest, -1, 2))}
	var taps []gridTap
	for i, w := range weights {
		pixel := m.Plus(first, float64(i-1))
		if s.Padding != "zeros" {
			pixel = m.within(pixel, size, s)
		}
		taps = append(taps, m.inside(gridTap{pixel, w}, size, s))
	}
	return taps
}

// cubicReach bounds places, in sizes of the image: beyond, floats have no pixels.
const cubicReach = 1 << 10

// within brings a place into the image as the padding says; with zeros, to where nothing of it counts.
func (m Maker) within(at *ir.Value, size int, s GridSampling) *ir.Value {
	last := float64(size - 1)
	switch s.Padding {
	case "zeros":
		return m.Step("clip", ir.Attrs{"min": -2.0, "max": last + 2}, at)
	case "reflection":
		at = m.reflected(at, last, s.Corners)
	}
	return m.Step("clip", ir.Attrs{"min": 0.0, "max": last}, at)
}

// reflected folds a line at both ends of the image, over and over.
func (m Maker) reflected(at *ir.Value, last float64, corners bool) *ir.Value {
	from, length := -0.5, last+1
	if corners {
		from, length = 0, last
	}
	if length == 0 {
		return at
	}
	far := m.Step("abs", nil, m.Plus(at, -from))
	turns := m.Step("floor", nil, m.Times(far, 1/(2*length)))
	far = m.Sub(far, m.Times(turns, 2*length))
	return m.Plus(m.Step("min", nil, far, m.Line(far, -1, 2*length)), from)
}

// inside keeps a tap's place in the image, where it does not count if it was outside.
func (m Maker) inside(t gridTap, size int, s GridSampling) gridTap {
	place := m.Step("clip", ir.Attrs{"min": 0.0, "max": float64(size - 1)}, t.at)
	if s.Padding != "zeros" {
		return gridTap{place, t.weight}
	}
	weight := t.weight
	if weight == nil {
		weight = m.Like(t.at, 1)
	}
	return gridTap{place, m.Where(m.Is(t.at, "eq", place), weight, m.Like(t.at, 0))}
}
