package main

import (
	"fmt"
	"math"

	"nncc/cmd/nncc/page"
	"nncc/codegen/sched"
)

// page draws what bench --layers measured; for native code below roofs that are measured too.
func (o benchOptions) page(s *session, e *engine, rows []layerTime, peak float64, p *progress) (page.Page, error) {
	var sumNs, flops int64
	for _, r := range rows {
		sumNs, flops = sumNs+r.MedianNs, flops+r.FLOPs
	}
	rate := float64(flops) / float64(max(sumNs, 1))
	figures := []page.Figure{
		{Value: roundTime(sumNs).String(), Label: "sum of the kernels' medians"},
		{Value: si(flops), Label: "FLOP in a run"},
		{Value: fmt.Sprintf("%.4g", rate), Label: "GFLOP/s"},
	}
	body := []page.Node{
		page.TextEl("h1", s.name()),
		page.TextEl("p", fmt.Sprintf("Measured: %s, batch %d, %s, kernel by kernel.", e.isa, o.engine.batch, plural(e.threads, "thread"))).Class("quiet"),
	}
	if math.IsNaN(peak) {
		body = append(body, page.Figures(figures...))
	} else {
		plot, err := measuredRoofline(e, rows, peak, p)
		if err != nil {
			return page.Page{}, err
		}
		figures = append(figures, page.Figure{Value: percent(rate / peak), Label: fmt.Sprintf("of the measured peak of %.4g GFLOP/s", peak)})
		body = append(body, page.Figures(figures...), page.TextEl("h2", "Roofline"), rooflineLegend("measured"), plot.SVG())
	}
	body = append(body, page.TextEl("h2", "Kernels"), timesTable(rows))
	return page.Page{Title: s.name() + ": nncc bench", Body: body}, nil
}

// measuredRoofline puts the rows below measured roofs. A kernel counts as bound by memory if its traffic, at the rate of
// the memory that would hold it, takes longer than its arithmetic at the peak.
func measuredRoofline(e *engine, rows []layerTime, peak float64, p *progress) (page.Roofline, error) {
	defer p.done()
	memory, err := measureMemory(e.isa, e.threads, p)
	if err != nil {
		return page.Roofline{}, err
	}
	machine := sched.Machine{Memory: memory}
	plot := rooflineOf(memory, e.isa, peak, e.threads)
	for _, r := range rows {
		if r.FLOPs == 0 || r.Bytes == 0 || r.MedianNs == 0 {
			continue
		}
		bound := boundCompute
		if float64(r.Bytes)/machine.Level(r.Bytes).Rate(e.threads) > float64(r.FLOPs)/peak {
			bound = boundMemory
		}
		plot.Points = append(plot.Points, page.Point{
			Label: r.Layer, Intensity: float64(r.FLOPs) / float64(r.Bytes), GFLOPs: r.GFLOPsPerSec, Share: r.Share, Class: bound,
		})
	}
	return plot, nil
}

func timesTable(rows []layerTime) page.Node {
	longest := int64(1)
	for _, r := range rows {
		longest = max(longest, r.MedianNs)
	}
	var cells [][]page.Cell
	for i, r := range rows {
		cells = append(cells, []page.Cell{
			page.Number(fmt.Sprint(i+1), float64(i+1)), page.Word(r.Layer),
			page.Shown(page.Bars([]string{boundCompute}, float64(r.MedianNs)/float64(longest)), float64(r.MedianNs)), timeCell(r.MedianNs),
			page.Number(fmt.Sprintf("%.1f%%", 100*r.Share), r.Share), page.Number(fmt.Sprintf("%.1f", r.GFLOPsPerSec), r.GFLOPsPerSec),
			page.Word(percent(float64(r.PeakFraction))), millions(r.Bytes), page.Number(fmt.Sprintf("%.1f", r.GBPerSec), r.GBPerSec), page.Word(r.Family), page.Word(r.Tile),
		})
	}
	return page.Table([]page.Column{
		{Title: "#", Help: "order of execution"}, {Title: "kernel computes", Left: true}, {Title: "time", Left: true}, {Title: "median"}, {Title: "share"}, {Title: "GFLOP/s"},
		{Title: "of peak", Help: "of the measured fp32 peak"}, {Title: "MB", Help: "least traffic"}, {Title: "GB/s", Help: "least traffic over time"}, {Title: "kernel", Left: true}, {Title: "tile", Left: true},
	}, cells)
}
