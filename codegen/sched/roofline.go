package sched

// Work is one kernel call, as far as its time depends on it.
type Work struct {
	Operations  float64 // that are done, per sample, a multiply-add counted as two
	BF16        bool    // they are dot products of bf16
	Cycles      float64 // that the target's cost model predicts for them; 0 if it has none
	WeightBytes int64   // constants read, for each group of samples
	DataBytes   int64   // activations read and written, per sample
	Chunks      int     // independent pieces, for each group of samples
	Grain       int     // pieces of one sample that a thread takes at once
	Group       int     // samples of a group; 0: the batch does not matter
}

// Roof is a prediction after the roofline model: a call takes as long as the longer of its arithmetic and its memory
// traffic, as each is perfect on its own.
//
// Williams, Waterman and Patterson, Roofline: An Insightful Visual Performance Model (2009).
type Roof struct {
	ComputeNs, MemoryNs float64
	Level               string // memory that most of MemoryNs is spent on
	Threads             int    // that the call is split over
}

// Ns is the predicted time.
func (r Roof) Ns() float64 { return max(r.ComputeNs, r.MemoryNs) }

// MemoryBound reports whether the traffic takes longer than the arithmetic.
func (r Roof) MemoryBound() bool { return r.MemoryNs > r.ComputeNs }

// ComputeNs is the time of w's arithmetic on one core: operations at the peak, and on top of them, at m's clock, the cycles that
// a cost model of t predicts beyond those in which a core that starts t.FMAsPerCycle multiply-adds, or does
// t.BF16OpsPerCycle operations where they are of bf16, would do no more than them. Without a model, w.Cycles is 0. m must
// have a peak for t.
func (m Machine) ComputeNs(t Target, w Work) float64 {
	peak, _ := m.Peak(t.ISA, "f32")
	atBest := w.Operations / (float64(2*t.Lanes) * t.FMAsPerCycle)
	if rounded, ok := m.Peak(t.ISA, "bf16"); ok && w.BF16 {
		peak, atBest = rounded, w.Operations/t.BF16OpsPerCycle
	}
	return w.Operations/peak + max(0, w.Cycles-atBest)/m.GHz
}

// Predict is the time of w for a batch on up to so many threads. Between two runs the whole network passes through the
// caches, so what a call finds of its weights lies where footprintBytes, all that a run touches, have room; groups of
// samples after the first find them where weights and activations of the call have room. m must have a peak for t.
func (m Machine) Predict(w Work, t Target, batch, threads int, footprintBytes int64) Roof {
	samples, groups := int64(1), int64(1)
	if w.Group > 0 {
		samples, groups = int64(batch), int64(ceilDiv(batch, w.Group))
	}
	grain := max(1, w.Grain/max(1, min(batch, w.Group)))
	r := Roof{Threads: int(max(1, min(int64(threads), int64(m.Cores), int64(w.Chunks)*groups/int64(grain))))}
	r.ComputeNs = m.ComputeNs(t, w) * float64(samples) / float64(r.Threads)
	longest := -1.0
	read := func(bytes int64, from Memory) {
		ns := float64(bytes) / from.Rate(r.Threads)
		r.MemoryNs += ns
		if ns > longest {
			longest, r.Level = ns, from.Name
		}
	}
	read(w.WeightBytes, m.Level(footprintBytes))
	read(w.WeightBytes*(groups-1), m.Level(w.WeightBytes+w.DataBytes))
	read(w.DataBytes*samples, m.Level(w.WeightBytes+w.DataBytes*samples))
	return r
}
