package data

import (
	"fmt"
	"math"
)

// maxSide bounds the sides of pictures, decoded or made by Resize, and with that what Resize keeps between its passes.
const maxSide = 1<<16 - 1

// Resize returns m with the given size, equal to Pillow's Image.resize((width, height), Image.BILINEAR): a triangle
// filter as wide as the ratio when shrinking, so that every pixel counts (antialiasing), first along rows, then along
// columns, in fixed point with a rounding to 8 bits in between. It returns m itself where the size is right already.
func Resize(m *Image, width, height int) (*Image, error) {
	if width <= 0 || height <= 0 || width > maxSide || height > maxSide {
		return nil, fmt.Errorf("cannot resize to %dx%d: sides are 1 to %d", width, height, maxSide)
	}
	if m.Width <= 0 || m.Height <= 0 {
		return nil, fmt.Errorf("cannot resize an empty picture")
	}
	if m.Width != width {
		m = resizeRows(m, width)
	}
	if m.Height != height {
		m = resizeColumns(m, height)
	}
	return m, nil
}

// precisionBits is the number of fractional bits of a weight: 8 bits of sample, a weight and 2 bits of headroom make 32.
const precisionBits = 32 - 8 - 2

// taps are the weights, in fixed point, of the samples from first on that make one output sample. They sum to one, up
// to rounding.
type taps struct {
	first   int
	weights []int32
}

// triangleTaps gives the taps of each of out samples made from in samples.
func triangleTaps(in, out int) []taps {
	scale := float64(in) / float64(out)
	support := max(scale, 1) // half the width of the filter, in input samples
	all := make([]taps, out)
	for i := range all {
		center := float64((float64(i) + 0.5) * scale) // the conversion keeps a compiler from fusing it with what follows
		first := max(int(center-support+0.5), 0)
		end := min(int(center+support+0.5), in)
		weights := make([]float64, end-first)
		sum := 0.0
		for k := range weights {
			distance := math.Abs((float64(k+first) - center + 0.5) * (1 / support))
			weights[k] = max(1-distance, 0)
			sum += weights[k]
		}
		fixed := make([]int32, len(weights))
		for k, w := range weights {
			fixed[k] = int32(w/sum*(1<<precisionBits) + 0.5)
		}
		all[i] = taps{first, fixed}
	}
	return all
}

func resizeRows(m *Image, width int) *Image {
	out := NewImage(width, m.Height, m.Channels)
	columns := triangleTaps(m.Width, width)
	for y := range m.Height {
		from := m.Pix[y*m.Width*m.Channels:][:m.Width*m.Channels]
		to := out.Pix[y*width*m.Channels:][:width*m.Channels]
		for x, t := range columns {
			weigh(to[x*m.Channels:(x+1)*m.Channels], from[t.first*m.Channels:], m.Channels, t.weights)
		}
	}
	return out
}

func resizeColumns(m *Image, height int) *Image {
	out := NewImage(m.Width, height, m.Channels)
	rowBytes := m.Width * m.Channels
	for y, t := range triangleTaps(m.Height, height) {
		weigh(out.Pix[y*rowBytes:(y+1)*rowBytes], m.Pix[t.first*rowBytes:], rowBytes, t.weights)
	}
	return out
}

// weigh sets to[i] to the sum of from[i+k*stride] over the weights k, rounded to nearest.
func weigh(to, from []byte, stride int, weights []int32) {
	for i := range to {
		sum := int32(1 << (precisionBits - 1))
		for k, w := range weights {
			sum += int32(from[i+k*stride]) * w
		}
		to[i] = clip(int(sum >> precisionBits))
	}
}
