package page

import (
	"bytes"
	"image"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const hostile = `</script><script>alert("1")</script><b title='x' & y>` + "\xff"

func TestEverythingIsEscaped(t *testing.T) {
	p := Page{Title: hostile, Body: []Node{
		TextEl("p", hostile).With("title", hostile),
		Table([]Column{{Title: hostile, Help: hostile, Left: true}}, [][]Cell{{Word(hostile)}}),
		Figures(Figure{hostile, hostile}),
		Roofline{PeakName: hostile, PeakGFLOPs: 100, Roofs: []Roof{{hostile, 10}}, Points: []Point{{Label: hostile, Intensity: 1, GFLOPs: 10}}}.SVG(),
		Curves{Title: hostile, Across: hostile, Lines: []Curve{{Name: hostile, X: []float64{1}, Y: []float64{1}}, {Name: hostile}}}.SVG(),
		Confusion([]string{hostile}, [][]int{{1}}),
		Pictures(Picture{image.NewGray(image.Rect(0, 0, 2, 2)), hostile, hostile}),
	}}
	var b bytes.Buffer
	require.NoError(t, p.Write(&b))
	text := b.String()
	require.Equal(t, 1, strings.Count(text, "<script>"))
	require.Equal(t, 1, strings.Count(text, "</script>"))
	require.NotContains(t, text, "<b title")
	require.Contains(t, text, `title="&lt;/script&gt;&lt;script&gt;alert(&#34;1&#34;)`)
	require.NotContains(t, text, "\xff")
	require.NotContains(t, text, "http://")
	require.NotContains(t, text, "https://")
}

func TestNode(t *testing.T) {
	var b bytes.Buffer
	shared := El("g").With("a", "1")
	one, two := shared.With("b", "2"), shared.With("c", "3")
	require.NoError(t, Render(&b, one, two, El("rect").At("x", 1.5, "y", 2.0, "z", 1.0/3)))
	require.Equal(t, `<g a="1" b="2"></g><g a="1" c="3"></g><rect x="1.5" y="2" z="0.33"></rect>`, b.String())
}

// The plot holds every point and keeps roofs inside.
func TestRooflineScales(t *testing.T) {
	r := Roofline{PeakGFLOPs: 114, Roofs: []Roof{{"L1", 193}, {"DRAM", 23}}, Points: []Point{{Intensity: 0.003, GFLOPs: 0.2}, {Intensity: 900, GFLOPs: 410}}}
	x, y := r.scales()
	for _, p := range r.Points {
		require.GreaterOrEqual(t, x.at(p.Intensity), x.start)
		require.LessOrEqual(t, x.at(p.Intensity), x.end)
		require.LessOrEqual(t, y.at(p.GFLOPs), y.start)
		require.GreaterOrEqual(t, y.at(p.GFLOPs), y.end)
	}
	require.InDelta(t, x.start, x.at(math.Pow(10, x.from)), 1e-9)
	var b bytes.Buffer
	require.NoError(t, Render(&b, r.SVG()))
	require.NotContains(t, b.String(), "NaN")
	require.NotContains(t, b.String(), "Inf")
	require.Equal(t, 2, strings.Count(b.String(), "<circle"))
}

func TestColumns(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, Render(&b, Columns(
		TextColumn{Title: hostile, Note: hostile, Lines: []Line{{Depth: 1, Pieces: []Piece{{Text: "a < "}, {Text: hostile, Value: hostile}}}}},
		TextColumn{Title: "second", Folded: true, Lines: []Line{{Depth: 99, Old: true}, {New: true, Pieces: []Piece{{Text: "x"}}}}},
	)))
	text := b.String()
	require.Contains(t, text, `<div class="d1">a &lt; <span data-value="&lt;/script&gt;`)
	require.NotContains(t, text, "<script")
	require.Contains(t, text, `<section class="folded">`)
	require.Contains(t, text, "<div class=\"d12 same\">\u00a0</div><div class=\"d0 new\">x</div>")
}

// Ticks are round and hold every point, whatever the values are.
func TestCurves(t *testing.T) {
	for _, ys := range [][]float64{{0.1, 0.2, 0.35}, {5, 5}, {0}, nil, {-3e-7, 2e-9}, {1e12, 3e12}, {0.97, 0.9701}} {
		c := Curves{Title: "loss", Lines: []Curve{{Name: "train", Y: ys}}}
		for i := range ys {
			c.Lines[0].X = append(c.Lines[0].X, float64(i+1))
		}
		y, ticks := c.axis(func(l Curve) []float64 { return l.Y }, 300, 20)
		require.LessOrEqual(t, len(ticks), 8, "%v", ys)
		require.GreaterOrEqual(t, len(ticks), 2)
		for _, v := range ys {
			require.LessOrEqual(t, y.at(v), 300+1e-6)
			require.GreaterOrEqual(t, y.at(v), 20-1e-6)
		}
		var b bytes.Buffer
		require.NoError(t, Render(&b, c.SVG()))
		require.NotContains(t, b.String(), "NaN")
		require.NotContains(t, b.String(), "Inf")
		require.Equal(t, len(ys), strings.Count(b.String(), "<circle"))
	}
}

func TestConfusion(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, Render(&b, Confusion([]string{"cat"}, [][]int{{9, 1}, {0, 0}})))
	require.Contains(t, b.String(), `<td title="0 cat taken for 1: 1 of 10" class="wrong s1">1</td>`)
	require.Contains(t, b.String(), `<td title="0 cat taken for 0 cat: 9 of 10" class="right s5">9</td>`)
}
