package page

import (
	"fmt"
	"math"
)

// Roofline is the plot of that name: how fast kernels run over how much arithmetic they do for each byte, below the
// roofs that memory and arithmetic set. Both axes are logarithmic.
type Roofline struct {
	PeakName   string
	PeakGFLOPs float64
	Roofs      []Roof
	Points     []Point
}

// Roof is a level of memory.
type Roof struct {
	Name     string
	GBPerSec float64
}

// Point is a kernel.
type Point struct {
	Label     string
	Intensity float64 // FLOP/B
	GFLOPs    float64 // per second
	Share     float64 // of all time: the area of the dot
	Class     string  // compute or memory
}

// Size of the plot, and the room for numbers beside it, in pixels.
const (
	plotWidth, plotHeight                     = 860, 420
	marginLeft, marginRight, marginTop, below = 56, 24, 28, 44
)

// scale maps decades to pixels.
type scale struct{ from, to, start, end float64 } // logarithms, pixels

func (s scale) at(x float64) float64 {
	return s.start + (math.Log10(x)-s.from)/(s.to-s.from)*(s.end-s.start)
}

// SVG draws the plot.
func (r Roofline) SVG() Node {
	x, y := r.scales()
	svg := El("svg").With("viewBox", fmt.Sprintf("0 0 %d %d", plotWidth, plotHeight)).Class("plot").
		With("role", "img").With("aria-label", "roofline plot")
	svg = svg.Append(grid(x, y)...)
	for _, roof := range r.Roofs {
		svg = svg.Append(r.roof(roof, x, y)...)
	}
	ridge := r.PeakGFLOPs / r.Roofs[0].GBPerSec
	svg = svg.Append(
		line(x.at(max(ridge, math.Pow(10, x.from))), y.at(r.PeakGFLOPs), x.end, y.at(r.PeakGFLOPs)).Class("roof peak"),
		label(x.end-4, y.at(r.PeakGFLOPs)-6, "end", fmt.Sprintf("%s: %.4g GFLOP/s", r.PeakName, r.PeakGFLOPs)))
	for _, p := range r.Points {
		tip := fmt.Sprintf("%s\n%.3g FLOP/B, %.4g GFLOP/s, %.1f%% of the time", p.Label, p.Intensity, p.GFLOPs, 100*p.Share)
		svg = svg.Append(El("circle", TextEl("title", tip)).At("cx", x.at(p.Intensity), "cy", y.at(p.GFLOPs), "r", 3+18*math.Sqrt(p.Share)).
			Class("dot " + p.Class))
	}
	return svg.Append(
		label((x.start+x.end)/2, plotHeight-8, "middle", "arithmetic intensity, FLOP/B"),
		label(marginLeft, marginTop-12, "middle", "GFLOP/s"))
}

// scales choose whole decades that hold everything.
func (r Roofline) scales() (x, y scale) {
	last := r.Roofs[len(r.Roofs)-1]
	xs, ys := []float64{r.PeakGFLOPs / r.Roofs[0].GBPerSec, 2 * r.PeakGFLOPs / last.GBPerSec}, []float64{r.PeakGFLOPs * 2}
	for _, p := range r.Points {
		xs, ys = append(xs, p.Intensity), append(ys, p.GFLOPs)
	}
	decades := func(values []float64) (from, to float64) {
		from, to = math.Inf(1), math.Inf(-1)
		for _, v := range values {
			from, to = min(from, math.Floor(math.Log10(v))), max(to, math.Ceil(math.Log10(v)))
		}
		return from, max(to, from+1)
	}
	x, y = scale{start: marginLeft, end: plotWidth - marginRight}, scale{start: plotHeight - below, end: marginTop}
	x.from, x.to = decades(xs)
	y.from, y.to = decades(ys)
	return x, y
}

func grid(x, y scale) []Node {
	var out []Node
	for d := x.from; d <= x.to; d++ {
		at := x.at(math.Pow(10, d))
		out = append(out, line(at, y.start, at, y.end).Class("grid"), label(at, y.start+16, "middle", fmt.Sprintf("%g", math.Pow(10, d))))
	}
	for d := y.from; d <= y.to; d++ {
		at := y.at(math.Pow(10, d))
		out = append(out, line(x.start, at, x.end, at).Class("grid"), label(x.start-6, at+4, "end", fmt.Sprintf("%g", math.Pow(10, d))))
	}
	return out
}

// roof is the line of one level, as far as it lies inside the plot.
func (r Roofline) roof(roof Roof, x, y scale) []Node {
	from := max(math.Pow(10, x.from), math.Pow(10, y.from)/roof.GBPerSec)
	to := min(r.PeakGFLOPs/roof.GBPerSec, math.Pow(10, x.to))
	if from >= to {
		return nil
	}
	x1, y1, x2, y2 := x.at(from), y.at(from*roof.GBPerSec), x.at(to), y.at(to*roof.GBPerSec)
	mx, my, angle := (x1+x2)/2, (y1+y2)/2, math.Atan2(y2-y1, x2-x1)*180/math.Pi
	along := label(mx, my-5, "middle", fmt.Sprintf("%s %.3g GB/s", roof.Name, roof.GBPerSec)).
		With("transform", fmt.Sprintf("rotate(%s %s %s)", number(angle), number(mx), number(my)))
	return []Node{line(x1, y1, x2, y2).Class("roof"), along}
}

func line(x1, y1, x2, y2 float64) Node { return El("line").At("x1", x1, "y1", y1, "x2", x2, "y2", y2) }

func label(x, y float64, anchor, text string) Node {
	return TextEl("text", text).At("x", x, "y", y).With("text-anchor", anchor)
}

// Bars shows fractions of a whole as bars one above the other, each of the class of its place in names.
func Bars(classes []string, fractions ...float64) Node {
	const width, height = 160, 6
	svg := El("svg").With("viewBox", fmt.Sprintf("0 0 %d %d", width, height*len(fractions))).Class("bars").
		At("width", float64(width), "height", float64(height*len(fractions)))
	for i, f := range fractions {
		svg = svg.Append(El("rect").At("x", 0.0, "y", float64(i*height), "width", width*min(max(f, 0), 1), "height", height-1.0).Class("dot " + classes[i]))
	}
	return svg
}
