package main

import (
	"math"
	"math/rand/v2"
)

// hand is how a digit is written: where its box lies, and how thick the pen is.
type hand struct {
	xx, xy, yx, yy, x0, y0 float64 // box to pixels
	radius                 float64 // of the pen, in pixels
	wobbleX, wobbleY       [2]float64
}

// newHand draws the hand for one digit.
func newHand(random *rand.Rand) hand {
	between := func(low, high float64) float64 { return low + (high-low)*random.Float64() }
	angle, slant := between(-0.22, 0.22), between(-0.25, 0.35)
	width, height := between(11, 19), between(16, 22)
	sin, cos := math.Sincos(angle)
	h := hand{xx: cos * width, xy: -sin*height - slant*width, yx: sin * width, yy: cos * height, radius: between(0.8, 1.9)}
	// The middle of the box goes near the middle of the picture.
	h.x0 = side/2 + between(-2, 2) - (h.xx+h.xy)/2
	h.y0 = side/2 + between(-2, 2) - (h.yx+h.yy)/2
	for i := range 2 {
		h.wobbleX[i], h.wobbleY[i] = between(-0.07, 0.07), between(-0.07, 0.07)
	}
	return h
}

// place brings a point of the box to the picture, bent a little on the way.
func (h *hand) place(p point) point {
	x := p.x + h.wobbleX[0]*math.Sin(math.Pi*p.y) + h.wobbleX[1]*math.Sin(2*math.Pi*p.y)
	y := p.y + h.wobbleY[0]*math.Sin(math.Pi*p.x) + h.wobbleY[1]*math.Sin(2*math.Pi*p.x)
	return point{h.x0 + h.xx*x + h.xy*y, h.y0 + h.yx*x + h.yy*y}
}

// draw renders a digit in a hand of its own, with a little noise.
func draw(strokes []stroke, random *rand.Rand) []byte {
	h := newHand(random)
	var lines []stroke
	for _, s := range strokes {
		var line stroke
		for _, p := range s {
			line = append(line, h.place(p))
		}
		lines = append(lines, line)
	}
	pix := make([]byte, side*side)
	for i := range pix {
		p := point{float64(i%side) + 0.5, float64(i/side) + 0.5}
		distance := math.Inf(1)
		for _, line := range lines {
			for k := range len(line) - 1 {
				distance = min(distance, toSegment(p, line[k], line[k+1]))
			}
		}
		ink := min(max(h.radius+0.5-distance, 0), 1) // the share of the pixel that the pen covers, nearly
		pix[i] = byte(min(max(255*ink+12*random.NormFloat64(), 0), 255))
	}
	return pix
}

// toSegment is the distance of p from the line between a and b.
func toSegment(p, a, b point) float64 {
	dx, dy := b.x-a.x, b.y-a.y
	along := 0.0
	if length := dx*dx + dy*dy; length > 0 {
		along = min(max(((p.x-a.x)*dx+(p.y-a.y)*dy)/length, 0), 1)
	}
	return math.Hypot(p.x-a.x-along*dx, p.y-a.y-along*dy)
}
