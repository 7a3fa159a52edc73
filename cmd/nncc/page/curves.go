package page

import (
	"fmt"
	"math"
	"strings"
)

// Curves is a plot of quantities over a common axis. Both axes are linear.
type Curves struct {
	Title, Across string // what is plotted, and over what
	Percent       bool   // the values are fractions
	Lines         []Curve
}

// Curve is a quantity.
type Curve struct {
	Name  string
	Class string    // decides the colour: compute or memory
	X, Y  []float64 // finite, X increasing
}

// Size of such a plot in pixels; two fit side by side.
const (
	curvesWidth, curvesHeight = 560, 300
	curvesLeft, curvesRight   = 62, 18
)

// linear maps values to pixels.
type linear struct{ from, to, start, end float64 }

func (l linear) at(v float64) float64 { return l.start + (v-l.from)/(l.to-l.from)*(l.end-l.start) }

// SVG draws the plot; nothing but its frame where no curve has a point.
func (c Curves) SVG() Node {
	x, xTicks := c.axis(func(l Curve) []float64 { return l.X }, curvesLeft, curvesWidth-curvesRight)
	y, yTicks := c.axis(func(l Curve) []float64 { return l.Y }, curvesHeight-below, marginTop)
	svg := El("svg").With("viewBox", fmt.Sprintf("0 0 %d %d", curvesWidth, curvesHeight)).Class("plot").With("role", "img").With("aria-label", c.Title)
	for _, t := range xTicks {
		svg = svg.Append(line(x.at(t), y.start, x.at(t), y.end).Class("grid"), label(x.at(t), y.start+16, "middle", fmt.Sprintf("%.4g", t)))
	}
	for _, t := range yTicks {
		svg = svg.Append(line(x.start, y.at(t), x.end, y.at(t)).Class("grid"), label(x.start-6, y.at(t)+4, "end", c.value(t)))
	}
	for _, l := range c.Lines {
		svg = svg.Append(l.path(x, y, c)...)
	}
	return svg.Append(c.legend(x.end)...).Append(label(x.start, marginTop-10, "start", c.Title), label((x.start+x.end)/2, curvesHeight-8, "middle", c.Across))
}

func (c Curves) value(v float64) string {
	if c.Percent {
		return fmt.Sprintf("%.4g%%", 100*v)
	}
	return fmt.Sprintf("%.4g", v)
}

// legend names the curves in their colours, from the right.
func (c Curves) legend(end float64) []Node {
	if len(c.Lines) < 2 {
		return nil
	}
	text := El("text").At("x", end, "y", float64(marginTop-10)).With("text-anchor", "end")
	for i, l := range c.Lines {
		if i > 0 {
			text = text.Append(Text(" \u00b7 "))
		}
		text = text.Append(TextEl("tspan", l.Name).Class("key " + l.Class))
	}
	return []Node{text}
}

// path is the line, and its points where they are few.
func (l Curve) path(x, y linear, c Curves) []Node {
	var points []string
	for i := range l.X {
		points = append(points, number(x.at(l.X[i]))+","+number(y.at(l.Y[i])))
	}
	out := []Node{El("polyline").With("points", strings.Join(points, " ")).Class("curve " + l.Class)}
	const few = 60
	if len(l.X) > few {
		return out
	}
	for i := range l.X {
		tip := fmt.Sprintf("%s %g: %s %s", c.Across, l.X[i], l.Name, c.value(l.Y[i]))
		out = append(out, El("circle", TextEl("title", tip)).At("cx", x.at(l.X[i]), "cy", y.at(l.Y[i]), "r", 3.5).Class("dot "+l.Class))
	}
	return out
}

// axis chooses round ticks around all values.
func (c Curves) axis(of func(Curve) []float64, start, end float64) (linear, []float64) {
	from, to := math.Inf(1), math.Inf(-1)
	for _, l := range c.Lines {
		for _, v := range of(l) {
			from, to = min(from, v), max(to, v)
		}
	}
	if from > to {
		from, to = 0, 1
	}
	if from == to {
		from, to = from-max(math.Abs(from)/2, 1e-9), to+max(math.Abs(to)/2, 1e-9)
	}
	step := roundStep((to - from) / 5)
	first := math.Floor(from/step) * step
	var ticks []float64
	for i := 0; ; i++ {
		t := first + float64(i)*step
		ticks = append(ticks, t)
		if t >= to-step*1e-9 {
			return linear{first, t, start, end}, ticks
		}
	}
}

// roundStep is the next of 1, 2 and 5 times a power of ten.
func roundStep(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= v {
			return m * power
		}
	}
	return 10 * power
}
