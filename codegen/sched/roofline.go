package sched

// Work is one kernel call, as far as its time depends on it.
type Work struct {
	FLOPs       int64   // per sample
	Cycles      float64 // per sample, of a core that starts Target.FMAsPerCycle multiply-adds a cycle; 0 if no model says
	WeightBytes int64   // constants read, whatever the batch
	DataBytes   int64   // activations read and written, per sample
	Chunks      int     // independent pieces, per sample if Batched
	Grain       int     // pieces that a thread takes at once
	Batched     bool    // a run of several samples does it for each
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

// ClockGHz turns the cycles of t's cost models into time on m: its clock, or less where it starts fewer multiply-adds a cycle
// than t assumes. False if m has no peak for t.
func (m Machine) ClockGHz(t Target) (float64, bool) {
	peak, ok := m.Peak(t.ISA, "f32")
	return min(m.GHz, peak/float64(2*t.Lanes*t.FMAsPerCycle)), ok
}

// Predict is the time of w for a batch on up to so many threads. Between two runs the whole network passes through the
// caches, so what a call finds of its weights lies where footprintBytes, all that a run touches, have room; samples after
// the first find them where weights and activations of the call have room. m must have a peak for t.
func (m Machine) Predict(w Work, t Target, batch, threads int, footprintBytes int64) Roof {
	samples := int64(1)
	if w.Batched {
		samples = int64(batch)
	}
	r := Roof{Threads: int(max(1, min(int64(threads), int64(m.Cores), int64(w.Chunks)*samples/int64(max(w.Grain, 1)))))}
	cycles := w.Cycles
	if cycles == 0 {
		cycles = float64(w.FLOPs) / float64(2*t.Lanes*t.FMAsPerCycle)
	}
	clock, _ := m.ClockGHz(t)
	r.ComputeNs = cycles * float64(samples) / clock / float64(r.Threads)
	longest := -1.0
	read := func(bytes int64, from Memory) {
		ns := float64(bytes) / from.Rate(r.Threads)
		r.MemoryNs += ns
		if ns > longest {
			longest, r.Level = ns, from.Name
		}
	}
	read(w.WeightBytes, m.Level(footprintBytes))
	read(w.WeightBytes*(samples-1), m.Level(w.WeightBytes+w.DataBytes))
	read(w.DataBytes*samples, m.Level(w.WeightBytes+w.DataBytes*samples))
	return r
}
