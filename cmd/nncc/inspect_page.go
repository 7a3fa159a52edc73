package main

import (
	"fmt"
	"strings"

	"nncc/cmd/nncc/page"
	"nncc/codegen/sched"
)

// page draws the report.
func (r *report) page() page.Page {
	return page.Page{Title: r.Model + ": nncc inspect", Body: []page.Node{
		page.TextEl("h1", r.Model),
		page.TextEl("p", fmt.Sprintf("Predicted for %s with %s. %s: %s.", r.setting(), r.ISA, r.Machine, r.machine.Doc)).Class("quiet"),
		page.Figures(
			page.Figure{Value: roundTime(r.PredictedNs).String(), Label: "predicted time of a run"},
			page.Figure{Value: fmt.Sprintf("%.4g", float64(r.samples())/float64(max(r.PredictedNs, 1))*1e9), Label: "samples a second"},
			page.Figure{Value: si(r.Parameters), Label: "parameters"},
			page.Figure{Value: si(r.FLOPs), Label: "FLOP for a sample"},
			page.Figure{Value: si(r.Bytes) + "B", Label: "least traffic of a run"},
			page.Figure{Value: fmt.Sprintf("%.3g FLOP/B", r.Intensity), Label: "arithmetic intensity"},
			page.Figure{Value: si(r.PeakBytes) + "B", Label: "peak memory"},
		),
		page.TextEl("h2", "What to do"), r.adviceList(),
		page.TextEl("h2", "Roofline"), rooflineLegend("predicted"), r.roofline().SVG(),
		page.TextEl("h2", "Kernels"), r.layerTable(),
		page.TextEl("h2", "Batch size"), r.batchTable(),
		page.TextEl("h2", "Instruction sets and memory"), r.variantTable(),
		page.TextEl("h2", "Threads"), r.threadTable(),
		page.TextEl("h2", "Storage of the parameters"), r.storageTable(),
	}}
}

func (r *report) adviceList() page.Node {
	out := page.El("ul").Class("advice")
	for _, a := range r.Advice {
		out = out.Append(page.El("li", page.Text(a.Topic+": "), page.TextEl("b", a.Advice), page.TextEl("p", a.Reason)))
	}
	return out
}

// rooflineLegend explains the plot, whose points are predicted or measured.
func rooflineLegend(how string) page.Node {
	return page.El("p",
		page.Text("Each dot is a kernel, its area the share of the "+how+" time. "),
		page.TextEl("span", "Arithmetic").Class("compute-key"), page.Text(" or "), page.TextEl("span", "memory").Class("memory-key"),
		page.Text(" bounds it. Winograd's kernels may lie above the roof: they do fewer operations than they are counted for."),
	).Class("quiet")
}

func (r *report) roofline() page.Roofline {
	threads := min(r.Threads, r.machine.Cores)
	plot := rooflineOf(r.machine.Memory, r.ISA, r.peak*float64(threads), threads)
	for _, l := range r.Layers {
		if l.FLOPs > 0 && l.Bytes > 0 && l.PredictedNs > 0 {
			plot.Points = append(plot.Points, page.Point{
				Label: describe(l), Intensity: l.Intensity, GFLOPs: float64(l.FLOPs) / float64(l.PredictedNs),
				Share: float64(l.PredictedNs) / float64(max(r.PredictedNs, 1)), Class: l.Bound,
			})
		}
	}
	return plot
}

// rooflineOf is the plot without points, for so many threads that reach the peak together.
func rooflineOf(memory []sched.Memory, isa string, peakGFLOPs float64, threads int) page.Roofline {
	plot := page.Roofline{PeakName: fmt.Sprintf("%s on %s", isa, plural(threads, "thread")), PeakGFLOPs: peakGFLOPs}
	for _, l := range memory {
		plot.Roofs = append(plot.Roofs, page.Roof{Name: l.Name, GBPerSec: l.Rate(threads)})
	}
	return plot
}

func (r *report) layerTable() page.Node {
	longest := int64(1)
	for _, l := range r.Layers {
		longest = max(longest, l.PredictedNs)
	}
	var rows [][]page.Cell
	for i, l := range r.Layers {
		bars := page.Bars([]string{boundCompute, boundMemory}, float64(l.ComputeNs)/float64(longest), float64(l.MemoryNs)/float64(longest))
		rows = append(rows, []page.Cell{
			page.Number(fmt.Sprint(i+1), float64(i+1)), page.Word(describe(l)), page.Shown(bars, float64(l.PredictedNs)), timeCell(l.PredictedNs),
			page.Number(percent(float64(l.PredictedNs)/float64(max(r.PredictedNs, 1))), float64(l.PredictedNs)), timeCell(l.ComputeNs), timeCell(l.MemoryNs), page.Word(l.boundBy()),
			page.Word(strings.Join(l.Outputs, " ")), page.Number(fmt.Sprint(l.Parameters), float64(l.Parameters)), millions(l.FLOPs), millions(l.Bytes),
			page.Number(fmt.Sprintf("%.1f", l.Intensity), l.Intensity), page.Word(l.Family), page.Word(l.Tile),
		})
	}
	return page.Table([]page.Column{
		{Title: "#", Help: "order of execution"}, {Title: "kernel computes", Left: true}, {Title: "time", Help: "arithmetic above, memory below", Left: true}, {Title: "predicted"},
		{Title: "share"}, {Title: "arithmetic"}, {Title: "memory"}, {Title: "bound", Help: "what takes longer: arithmetic, or this level of memory", Left: true},
		{Title: "output", Left: true}, {Title: "parameters"}, {Title: "MFLOP"}, {Title: "MB", Help: "least traffic"}, {Title: "FLOP/B"}, {Title: "kernel", Left: true}, {Title: "tile", Left: true},
	}, rows)
}

// si prints a number with the prefix of its size.
func si(n int64) string {
	x, prefixes := float64(n), []string{"", "k", "M", "G", "T"}
	for x >= 1000 && len(prefixes) > 1 {
		x, prefixes = x/1000, prefixes[1:]
	}
	return fmt.Sprintf("%.4g ", x) + prefixes[0]
}

func timeCell(ns int64) page.Cell { return page.Number(roundTime(ns).String(), float64(ns)) }

func millions(n int64) page.Cell { return page.Number(fmt.Sprintf("%.3f", mega(n)), float64(n)) }

func (r *report) batchTable() page.Node {
	var rows [][]page.Cell
	for _, b := range r.Batches {
		rows = append(rows, []page.Cell{
			page.Number(fmt.Sprint(b.Batch), float64(b.Batch)), timeCell(b.ComputeNs), timeCell(b.MemoryNs), timeCell(b.LatencyNs),
			page.Number(fmt.Sprintf("%.4g", b.PerSecond), b.PerSecond), millions(b.PeakBytes), page.Word(b.Bound),
		})
	}
	return page.Table([]page.Column{
		{Title: "batch n"}, {Title: "arithmetic T"}, {Title: "memory"}, {Title: "latency"}, {Title: "samples/s"}, {Title: "peak MB"}, {Title: "bound", Left: true},
	}, rows)
}

func (r *report) variantTable() page.Node {
	var rows [][]page.Cell
	for _, v := range r.Variants {
		rows = append(rows, []page.Cell{
			page.Word(v.ISA), page.Word(v.predicted()), millions(v.WeightsBytes), millions(v.DerivedBytes), millions(v.ArenaBytes), millions(v.ScratchBytes), millions(v.PeakBytes),
		})
	}
	return page.Table([]page.Column{
		{Title: "instruction set", Left: true}, {Title: "predicted"}, {Title: "weights MB"}, {Title: "derived MB"}, {Title: "arena MB/sample"}, {Title: "scratch MB/thread"}, {Title: "peak MB"},
	}, rows)
}

func (r *report) threadTable() page.Node {
	var rows [][]page.Cell
	for _, s := range r.Scaling {
		rows = append(rows, []page.Cell{page.Number(fmt.Sprint(s.Threads), float64(s.Threads)), timeCell(s.PredictedNs), page.Number(fmt.Sprintf("%.2f", s.Speedup), s.Speedup)})
	}
	return page.Table([]page.Column{{Title: "threads"}, {Title: "predicted"}, {Title: "times as fast"}}, rows)
}

func (r *report) storageTable() page.Node {
	var rows [][]page.Cell
	for _, s := range r.Storage {
		rows = append(rows, []page.Cell{
			page.Word(s.DType), page.Number(fmt.Sprint(s.BytesPerParam), float64(s.BytesPerParam)), millions(s.Bytes), timeCell(s.ReadNs), page.Word(s.peakTime()),
		})
	}
	return page.Table([]page.Column{{Title: "type", Left: true}, {Title: "bytes p"}, {Title: "p x parameters MB"}, {Title: "to read them"}, {Title: "arithmetic at the machine's peak"}}, rows)
}
