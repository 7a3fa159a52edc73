package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"
)

// layerTime is a line of bench --layers. Times, operations and bytes are of a whole run, the batch included.
type layerTime struct {
	Layer        string  `json:"layer"`
	Family       string  `json:"family"`
	Tile         string  `json:"tile"`
	MedianNs     int64   `json:"median_ns"`
	Share        float64 `json:"share"` // of the sum of all layers
	FLOPs        int64   `json:"flops"`
	GFLOPsPerSec float64 `json:"gflops_per_s"`
	PeakFraction float64 `json:"peak_fraction"` // of the measured fp32 peak
	Bytes        int64   `json:"bytes"`
	GBPerSec     float64 `json:"gb_per_s"`
}

// layers times each launch, in the order of the network, so that each finds the caches as in a run.
func (o benchOptions) layers(s *session, e *engine, in *inputSet, w io.Writer) error {
	if e.instance == nil {
		return fmt.Errorf("--layers needs native code; %s ran on the backend %s", s.path, e.backend)
	}
	peak, err := measurePeak(e.isa, e.threads)
	if err != nil {
		return err
	}
	in.copyTo(e, 0)
	launches := len(e.variant.Step)
	times := make([][]time.Duration, launches)
	whole, err := o.measure(func() error {
		for i := range launches {
			start := time.Now()
			if err := e.instance.RunLaunch(i, o.engine.batch); err != nil {
				return err
			}
			times[i] = append(times[i], time.Since(start))
		}
		return nil
	})
	if err != nil {
		return err
	}
	rows := o.rows(e, times, len(whole.times), peak)
	if o.json {
		for _, r := range rows {
			if err := printJSON(w, r); err != nil {
				return err
			}
		}
		return nil
	}
	return printLayers(w, e, rows, peak)
}

// rows takes the median of the last runs of every layer; those before were the warm-up.
func (o benchOptions) rows(e *engine, times [][]time.Duration, runs int, peak float64) []layerTime {
	batch := int64(1)
	if e.signature.Batched {
		batch = int64(o.engine.batch)
	}
	rows := make([]layerTime, len(times))
	sum := int64(0)
	for i, all := range times {
		measured := slices.Sorted(slices.Values(all[len(all)-runs:]))
		l := e.variant.Layers[i]
		median := measured[len(measured)/2]
		rows[i] = layerTime{
			Layer: l.Name, Family: l.Family, Tile: l.Tile, MedianNs: median.Nanoseconds(), FLOPs: l.FLOPs * batch, Bytes: l.Bytes * batch,
			GFLOPsPerSec: perNanosecond(l.FLOPs*batch, median), GBPerSec: perNanosecond(l.Bytes*batch, median),
		}
		rows[i].PeakFraction = rows[i].GFLOPsPerSec / peak
		sum += rows[i].MedianNs
	}
	for i := range rows {
		rows[i].Share = float64(rows[i].MedianNs) / float64(max(sum, 1))
	}
	return rows
}

func printLayers(w io.Writer, e *engine, rows []layerTime, peak float64) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "time\tshare\tGFLOP/s\tpeak\tMB\tGB/s\ttile\tkernel\t  layer")
	total := layerTime{}
	for _, r := range rows {
		fmt.Fprintf(t, "%v\t%.1f%%\t%.1f\t%.0f%%\t%.2f\t%.1f\t%s\t%s\t  %s\n",
			roundTime(r.MedianNs), 100*r.Share, r.GFLOPsPerSec, 100*r.PeakFraction, float64(r.Bytes)/1e6, r.GBPerSec, dash(r.Tile), dash(r.Family), r.Layer)
		total.MedianNs, total.FLOPs = total.MedianNs+r.MedianNs, total.FLOPs+r.FLOPs
	}
	if err := t.Flush(); err != nil {
		return err
	}
	rate := perNanosecond(total.FLOPs, time.Duration(total.MedianNs))
	fmt.Fprintf(w, "sum %v, %.1f GFLOP/s, %.0f%% of the measured fp32 peak of %s on %s: %.1f GFLOP/s\n",
		roundTime(total.MedianNs), rate, 100*rate/peak, e.isa, plural(e.threads, "thread"), peak)
	return nil
}

// roundTime keeps four digits or so.
func roundTime(ns int64) time.Duration {
	d := time.Duration(ns)
	switch {
	case d > 10*time.Millisecond:
		return d.Round(10 * time.Microsecond)
	case d > 10*time.Microsecond:
		return d.Round(10 * time.Nanosecond)
	}
	return d
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
