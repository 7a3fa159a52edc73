package main

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"

	"nncc/backends"
)

// advice is one recommendation with the figures it rests on.
type advice struct {
	Topic  string `json:"topic"` // bound, isa, batch, threads, precision or gpu
	Advice string `json:"advice"`
	Reason string `json:"reason"`
}

func (r *report) advise(net network, portBytes int64) []advice {
	return []advice{r.adviseBound(net), r.adviseISA(), r.adviseBatch(), r.adviseThreads(), r.advisePrecision(), r.adviseGPU(net, portBytes)}
}

func (r *report) adviseBound(net network) advice {
	t := net.predict(r.machine, r.Batch, r.Threads, nil)
	what := "bound by arithmetic"
	if t.bound() == boundMemory {
		what = "bound by memory"
	}
	far := r.machine.Memory[len(r.machine.Memory)-1]
	return advice{"bound", what, fmt.Sprintf(
		"%s of the predicted %v is in kernels whose traffic takes longer than their arithmetic. The network does %.1f FLOP for each byte; %s on %s balances at %.1f for %s.",
		percent(t.memoryBoundNs/max(t.ns, 1)), roundTime(r.PredictedNs), r.Intensity, r.ISA, r.Machine, r.peak/far.GBPerSec, far.Name)}
}

// adviseISA compares the instruction sets of the processor architecture that is looked at. The profile has at least the
// one that was asked for.
func (r *report) adviseISA() advice {
	arch := runtime.GOARCH
	if t, ok := backends.TargetFor(r.ISA); ok && t.Arch != "" {
		arch = t.Arch
	}
	var same []variantReport
	for _, v := range r.Variants {
		if t, ok := backends.TargetFor(v.ISA); ok && v.PredictedNs != nil && (t.Arch == arch || t.Arch == "") {
			same = append(same, v)
		}
	}
	best := slices.MinFunc(same, func(a, b variantReport) int { return cmp.Compare(*a.PredictedNs, *b.PredictedNs) })
	var times []string
	for _, v := range same {
		times = append(times, fmt.Sprintf("%s %v (%.1fx)", v.ISA, v.predicted(), float64(*v.PredictedNs)/float64(max(*best.PredictedNs, 1))))
	}
	return advice{"isa", best.ISA, fmt.Sprintf(
		"Predicted: %s. A package has all of them and takes the first of these that the processor supports; NNCC_ISA pins another.", list(times))}
}

// adviseBatch recommends the smallest batch that comes near the best throughput.
func (r *report) adviseBatch() advice {
	const near = 0.95
	if !r.Batched {
		return advice{"batch", "1", "The model does not keep samples apart, so there are no others."}
	}
	best := slices.MaxFunc(r.Batches, func(a, b batchReport) int { return cmp.Compare(a.PerSecond, b.PerSecond) })
	first := r.Batches[0]
	chosen := r.Batches[slices.IndexFunc(r.Batches, func(b batchReport) bool { return b.PerSecond >= near*best.PerSecond })]
	reason := fmt.Sprintf("Batch %d: T %v, latency %v, n/T %.4g samples/s.", first.Batch, roundTime(first.ComputeNs), roundTime(first.LatencyNs), first.PerSecond)
	other := chosen
	if chosen.Batch == first.Batch {
		other = r.Batches[len(r.Batches)-1]
	}
	reason += fmt.Sprintf(" Batch %d: %.4g samples/s, %.2f times as many, at a latency of %v and %.0f MB.",
		other.Batch, other.PerSecond, other.PerSecond/first.PerSecond, roundTime(other.LatencyNs), mega(other.PeakBytes))
	return advice{"batch", fmt.Sprint(chosen.Batch), reason}
}

// adviseThreads recommends as many threads as each do enough of the work.
func (r *report) adviseThreads() advice {
	const worthwhile = 0.7 // of a thread
	chosen, text := r.Scaling[0], ""
	for _, s := range r.Scaling {
		if s.Speedup >= worthwhile*float64(s.Threads) {
			chosen = s
		}
		if text != "" {
			text += ", "
		}
		text += fmt.Sprintf("%s %v (%.2fx)", plural(s.Threads, "thread"), roundTime(s.PredictedNs), s.Speedup)
	}
	return advice{"threads", fmt.Sprint(chosen.Threads), "Predicted: " + text + ", without the cost of waking threads. Small kernels are not split."}
}

func (r *report) advisePrecision() advice {
	wide, narrow := r.Storage[0], r.Storage[len(r.Storage)-1]
	reason := fmt.Sprintf("%d parameters of %d bytes are %.1f MB, read in %v; %s would take %.1f MB, read in %v.",
		r.Parameters, wide.BytesPerParam, mega(wide.Bytes), roundTime(wide.ReadNs), narrow.DType, mega(narrow.Bytes), roundTime(narrow.ReadNs))
	var peaks []string
	for _, s := range r.Storage {
		if s.PeakComputeNs != nil {
			peaks = append(peaks, s.DType+" "+s.peakTime())
		}
	}
	reason += " Arithmetic at the best peak: " + list(peaks) + "."
	return advice{"precision", "f32", reason + " Kernels are f32 so far."}
}

// An assumed GPU of a data centre: what it sustains in f32, and what a call costs from a host.
const (
	gpuGFLOPs       = 30000
	gpuGBPerSec     = 2000
	gpuHostGBPerSec = 20
	gpuLaunchNs     = 4000
)

// gpuNs is the time of a batch there, with the weights on it already: a kernel per layer, inputs and outputs over the bus.
func gpuNs(net network, portBytes int64, batch int) float64 {
	ns := float64(portBytes) * float64(batch) / gpuHostGBPerSec
	for _, w := range net.works {
		samples := float64(1)
		if w.Group > 0 {
			samples = float64(batch)
		}
		bytes := float64(w.WeightBytes) + float64(w.DataBytes)*samples
		ns += gpuLaunchNs + max(w.Operations*samples/gpuGFLOPs, bytes/gpuGBPerSec)
	}
	return ns
}

// adviseGPU compares with all cores of the machine, at every batch size of the report.
func (r *report) adviseGPU(net network, portBytes int64) advice {
	const worthwhile = 2 // times as fast
	what, reason := "no", ""
	for i, b := range r.Batches {
		cpu := net.predict(r.machine, b.Batch, r.machine.Cores, nil).ns
		gpu := gpuNs(net, portBytes, b.Batch)
		if what == "no" && cpu > worthwhile*gpu {
			what = fmt.Sprintf("yes, from batch %d on", b.Batch)
			if i == 0 {
				what = "yes"
			}
		}
		reason += fmt.Sprintf("Batch %d: %v there, %v on %s. ", b.Batch, roundTime(nanoseconds(gpu)), roundTime(nanoseconds(cpu)), plural(r.machine.Cores, "core"))
	}
	return advice{"gpu", what, reason + fmt.Sprintf("Assumed, and at best: %d TFLOP/s, %d GB/s, a bus of %d GB/s and %d us for each of %s.",
		gpuGFLOPs/1000, gpuGBPerSec, gpuHostGBPerSec, gpuLaunchNs/1000, plural(len(net.works), "kernel"))}
}
