package main

import "math"

// point is a place in a digit's box, which reaches from (0, 0) at the top left to (1, 1).
type point struct{ x, y float64 }

// stroke is a line through points.
type stroke []point

// digits are the strokes of 0 to 9.
var digits = [10][]stroke{
	{arc(0.5, 0.5, 0.32, 0.46, 0, 360)},
	{{{0.34, 0.2}, {0.54, 0.04}, {0.54, 0.96}}},
	{join(arc(0.5, 0.28, 0.3, 0.25, -160, 40), stroke{{0.2, 0.95}, {0.82, 0.95}})},
	{join(arc(0.47, 0.27, 0.28, 0.23, -150, 90), arc(0.47, 0.73, 0.31, 0.23, -90, 150))},
	{{{0.6, 0.04}, {0.16, 0.66}, {0.86, 0.66}}, {{0.65, 0.36}, {0.65, 0.97}}},
	{join(stroke{{0.78, 0.05}, {0.28, 0.05}, {0.24, 0.46}}, arc(0.48, 0.67, 0.3, 0.28, -125, 145))},
	{join(arc(0.64, 0.6, 0.42, 0.56, -105, -180), arc(0.5, 0.7, 0.29, 0.26, -180, 180))},
	{{{0.18, 0.06}, {0.82, 0.06}, {0.42, 0.96}}},
	{arc(0.5, 0.27, 0.25, 0.22, 0, 360), arc(0.5, 0.73, 0.3, 0.24, 0, 360)},
	{join(arc(0.5, 0.3, 0.28, 0.26, 0, 360), stroke{{0.76, 0.5}, {0.66, 0.97}})},
}

// arc goes along an ellipse around (x, y), from one angle to another in degrees, 0 at the right and 90 at the bottom.
func arc(x, y, rx, ry, from, to float64) stroke {
	const pieces = 24
	var s stroke
	for i := range pieces + 1 {
		sin, cos := math.Sincos((from + (to-from)*float64(i)/pieces) * math.Pi / 180)
		s = append(s, point{x + rx*cos, y + ry*sin})
	}
	return s
}

// join draws one stroke after another without lifting the pen.
func join(parts ...stroke) (s stroke) {
	for _, p := range parts {
		s = append(s, p...)
	}
	return s
}
