package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"text/tabwriter"
	"time"
)

// layerTime is a line of bench --layers. Times, operations and bytes are of a whole run, the batch included; bytes are
// the least that it could do with: weights once, activations for each sample.
type layerTime struct {
	Layer        string  `json:"layer"`
	Family       string  `json:"family"`
	Tile         string  `json:"tile"`
	MedianNs     int64   `json:"median_ns"`
	Share        float64 `json:"share"` // of the sum of all layers
	FLOPs        int64   `json:"flops"`
	GFLOPsPerSec float64 `json:"gflops_per_s"`
	PeakFraction number  `json:"peak_fraction"` // of the measured fp32 peak; null where none is measured
	Bytes        int64   `json:"bytes"`
	GBPerSec     float64 `json:"gb_per_s"`
}

// layered is a runner that can time its launches.
type layered interface {
	BenchLayers(batch, runs int) ([][]time.Duration, error) // a row for each repetition, a column for each launch
}

// layers prints or draws the median time of each launch.
func (o benchOptions) layers(s *session, e *engine, w, notes io.Writer) error {
	r, ok := e.runner.(layered)
	if !ok {
		return fmt.Errorf("--layers needs compiled code; %s ran on the backend %s", s.path, e.backend)
	}
	peak := math.NaN()
	if e.backend == backendCPU {
		var err error
		if peak, err = measurePeak(e.isa, e.threads, false); err != nil {
			return err
		}
	}
	var times [][]time.Duration
	_, err := o.measure(func(whole []time.Duration) error {
		var err error
		times, err = r.BenchLayers(o.engine.batch, len(whole))
		return err
	})
	if err != nil {
		return err
	}
	rows := o.rows(e, times, peak)
	switch {
	case o.html != "":
		page, err := o.page(s, e, rows, peak, newProgress(notes))
		if err != nil {
			return err
		}
		return writePage(o.html, page)
	case !o.json:
		return printLayers(w, e, rows, peak)
	}
	for _, row := range rows {
		if err := printJSON(w, row); err != nil {
			return err
		}
	}
	return nil
}

// rows takes the median of each column of times.
func (o benchOptions) rows(e *engine, times [][]time.Duration, peak float64) []layerTime {
	batch := int64(1)
	if e.signature.Batched {
		batch = int64(o.engine.batch)
	}
	rows := make([]layerTime, len(e.variant.Layers))
	sum := int64(0)
	for i, l := range e.variant.Layers {
		column := make([]time.Duration, len(times))
		for j, row := range times {
			column[j] = row[i]
		}
		slices.Sort(column)
		median := column[len(column)/2]
		rate := perNanosecond(l.FLOPs*batch, median)
		rows[i] = layerTime{
			Layer: l.Name, Family: l.Family, Tile: l.Tile, MedianNs: median.Nanoseconds(), FLOPs: l.FLOPs * batch, GFLOPsPerSec: rate,
			PeakFraction: number(rate / peak), Bytes: l.Traffic(int(batch)), GBPerSec: perNanosecond(l.Traffic(int(batch)), median),
		}
		sum += rows[i].MedianNs
	}
	for i := range rows {
		rows[i].Share = float64(rows[i].MedianNs) / float64(max(sum, 1))
	}
	return rows
}

func printLayers(w io.Writer, e *engine, rows []layerTime, peak float64) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "time\tshare\tGFLOP/s\tof peak\tMB\tGB/s\ttile\tkernel\t  layer")
	total := layerTime{}
	for _, r := range rows {
		fmt.Fprintf(t, "%v\t%.1f%%\t%.1f\t%s\t%.2f\t%.1f\t%s\t%s\t  %s\n",
			roundTime(r.MedianNs), 100*r.Share, r.GFLOPsPerSec, percent(float64(r.PeakFraction)),
			float64(r.Bytes)/1e6, r.GBPerSec, dash(r.Tile), dash(r.Family), r.Layer)
		total.MedianNs, total.FLOPs = total.MedianNs+r.MedianNs, total.FLOPs+r.FLOPs
	}
	if err := t.Flush(); err != nil {
		return err
	}
	rate := perNanosecond(total.FLOPs, time.Duration(total.MedianNs))
	fmt.Fprintf(w, "sum %v, %.1f GFLOP/s", roundTime(total.MedianNs), rate)
	if !math.IsNaN(peak) {
		fmt.Fprintf(w, ", %s of the measured fp32 peak of %s on %s: %.1f GFLOP/s", percent(rate/peak), e.isa, plural(e.threads, "thread"), peak)
	}
	fmt.Fprintln(w)
	return nil
}

func percent(x float64) string {
	if math.IsNaN(x) {
		return "-"
	}
	return fmt.Sprintf("%.0f%%", 100*x)
}

// roundTime keeps four digits.
func roundTime(ns int64) time.Duration {
	unit := int64(1)
	for ns/unit >= 10000 {
		unit *= 10
	}
	return time.Duration(ns).Round(time.Duration(unit))
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
