package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// table is a tabwriter with columns to the right, as all of nncc's tables are.
func table(w io.Writer) *tabwriter.Writer {
	return tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
}

// print writes the report for people.
func (r *report) print(w io.Writer, why bool) error {
	parts := []func(io.Writer) error{r.printLayers, r.printVariants, r.printBatches, r.printStorage, r.printAdvice}
	if why {
		parts = append(parts[:1:1], append([]func(io.Writer) error{r.printWhy}, parts[1:]...)...)
	}
	for i, part := range parts {
		if i > 0 {
			fmt.Fprintln(w)
		}
		if err := part(w); err != nil {
			return err
		}
	}
	return nil
}

func (r *report) printLayers(w io.Writer) error {
	t := table(w)
	fmt.Fprintln(t, "output\tparameters\tMFLOP\tMB\tFLOP/B\ttile\tkernel\tarithmetic\tmemory\tpredicted\tbound\t  layer")
	for _, l := range r.Layers {
		fmt.Fprintf(t, "%s\t%d\t%.3f\t%.3f\t%.1f\t%s\t%s\t%v\t%v\t%v\t%s\t  %s\n", dash(strings.Join(l.Outputs, " ")), l.Parameters,
			mega(l.FLOPs), mega(l.Bytes), l.Intensity, dash(l.Tile), dash(l.Family),
			roundTime(l.ComputeNs), roundTime(l.MemoryNs), roundTime(l.PredictedNs), l.boundBy(), describe(l))
	}
	fmt.Fprintf(t, "total\t%d\t%.3f\t%.3f\t%.1f\t\t%s\t%v\t%v\t%v\t%s\t  %s\n", r.Parameters, mega(r.FLOPs*int64(r.samples())), mega(r.Bytes), r.Intensity, r.ISA,
		roundTime(r.ComputeNs), roundTime(r.MemoryNs), roundTime(r.PredictedNs), r.Bound, r.setting())
	return t.Flush()
}

// setting says what times are predicted for.
func (r *report) setting() string {
	return fmt.Sprintf("%s, batch %d, %s", r.Machine, r.Batch, plural(r.Threads, "thread"))
}

// boundBy is compute, or the memory that bounds the layer.
func (l layerReport) boundBy() string {
	if l.Bound == boundMemory {
		return l.Memory
	}
	return l.Bound
}

func (r *report) printVariants(w io.Writer) error {
	t := table(w)
	fmt.Fprintln(t, "variant\tweights MB\tderived MB\tarena MB/sample\tscratch MB/thread\tpeak MB\tpredicted\t")
	for _, v := range r.Variants {
		fmt.Fprintf(t, "%s\t%.3f\t%.3f\t%.3f\t%.3f\t%.3f\t%s\t\n", v.ISA, mega(v.WeightsBytes), mega(v.DerivedBytes), mega(v.ArenaBytes),
			mega(v.ScratchBytes), mega(v.PeakBytes), v.predicted())
	}
	return t.Flush()
}

func (r *report) printBatches(w io.Writer) error {
	t := table(w)
	fmt.Fprintln(t, "batch n\tarithmetic T\tmemory\tlatency\tsamples/s\tpeak MB\tbound\t")
	for _, b := range r.Batches {
		fmt.Fprintf(t, "%d\t%v\t%v\t%v\t%.4g\t%.3f\t%s\t\n", b.Batch, roundTime(b.ComputeNs), roundTime(b.MemoryNs), roundTime(b.LatencyNs), b.PerSecond, mega(b.PeakBytes), b.Bound)
	}
	return t.Flush()
}

func (r *report) printStorage(w io.Writer) error {
	t := table(w)
	fmt.Fprintln(t, "type\tbytes p\tp x parameters MB\tto read them\tarithmetic at peak\t")
	for _, s := range r.Storage {
		fmt.Fprintf(t, "%s\t%d\t%.3f\t%v\t%s\t\n", s.DType, s.BytesPerParam, mega(s.Bytes), roundTime(s.ReadNs), s.peakTime())
	}
	return t.Flush()
}

func (s storageReport) peakTime() string {
	if s.PeakComputeNs == nil {
		return "-"
	}
	return roundTime(*s.PeakComputeNs).String()
}

func (r *report) printAdvice(w io.Writer) error {
	for _, a := range r.Advice {
		if _, err := fmt.Fprintf(w, "%-9s %s\n          %s\n", a.Topic, a.Advice, a.Reason); err != nil {
			return err
		}
	}
	return nil
}

func (r *report) printWhy(w io.Writer) error {
	first := true
	for _, l := range r.Layers {
		if len(l.Why) == 0 {
			continue
		}
		if !first {
			fmt.Fprintln(w)
		}
		first = false
		fmt.Fprintln(w, describe(l))
		for _, why := range l.Why {
			if err := why.print(w, r.Machine); err != nil {
				return err
			}
		}
	}
	return nil
}

func mega(n int64) float64 { return float64(n) / 1e6 }
