package sched

import "slices"

// Precision is how a program may keep numbers that the model has as float32.
type Precision string

// The precisions.
const (
	F32  Precision = "f32"
	BF16 Precision = "bf16" // images and weights rounded to bf16 where that is faster; sums are of float32
)

// Target is what schedules need to know of an instruction set and of the machines that have it.
type Target struct {
	ISA           string
	Lanes         int   // float32 lanes of a vector register; 1 for scalar code
	Registers     int   // vector registers; of 16, scalar Go code keeps some ten free for a tile: beyond that it spills
	LoadsPerCycle int   // vector loads per cycle
	FMALatency    int   // cycles
	L2Bytes       int   // private cache a core can count on
	MaxCallFLOPs  int64 // one native call does no more than this, so that garbage collection need not wait long
	MinSplitFLOPs int64 // a launch below this is not worth waking another thread for

	// Cycles that a load takes even where multiply-adds hide it, measured; 0 where it was not.
	BroadcastCycles, VectorLoadCycles float64

	WeightBytesPerCycle float64 // what a tile can read of weights that the nearest cache does not hold, measured; 0 where it was not

	// Of a machine's profile; see On.
	FMAsPerCycle        float64 // vector multiply-adds started per cycle
	BF16OpsPerCycle     float64 // operations of bf16 factors per cycle, a multiply-add counted as two; 0 if it has none
	CacheBytesPerCycle  float64 // what a core reads from the shared cache, beyond its private one
	MemoryBytesPerCycle float64 // what it reads from memory
	SharedCacheBytes    int64   // what the weights of a network may take to stay in the shared cache between runs

	BF16     bool // it is for programs that may round to bf16: see Layout
	Matrices bool // it has matrix registers

	DotsPerCycle float64 // dot products of bf16 vectors started per cycle; 0: as many as multiply-adds

	// What a compilation asks for.
	StrictFP32      bool   // convolutions only in ways that are as precise as direct sums
	Pins            []Pin  // kernels that were measured to be best
	MaxDerivedBytes *int64 // that transformed weights may take; nil: any size
}

// BlockChannels is the number of channels side by side in the Blocked layout, on every target: weights are packed once for all.
const BlockChannels = 16

// Targets are the CPU instruction sets with schedules, best first. Those that round to bf16 are for processors
// with fast dot products of it, on which they are better than the others of their architecture. What their machines are assumed to be is in the first
// of the Machines that has the instruction set.
var Targets = onFirst(Machines,
	Target{ISA: "amx_bf16", BF16: true, Matrices: true, DotsPerCycle: 0.5, Lanes: 16, Registers: 32, LoadsPerCycle: 2, FMALatency: 4, L2Bytes: 2 << 20, MaxCallFLOPs: 30e6, MinSplitFLOPs: 2e6},
	Target{ISA: "amx", Matrices: true, Lanes: 16, Registers: 32, LoadsPerCycle: 2, FMALatency: 4, L2Bytes: 2 << 20, MaxCallFLOPs: 20e6, MinSplitFLOPs: 2e6},
	Target{ISA: "avx512_bf16", BF16: true, Lanes: 16, Registers: 32, LoadsPerCycle: 1, FMALatency: 4, L2Bytes: 1 << 20, MaxCallFLOPs: 10e6, MinSplitFLOPs: 1e6},
	Target{ISA: "avx512", Lanes: 16, Registers: 32, LoadsPerCycle: 2, FMALatency: 4, BroadcastCycles: 0.1, VectorLoadCycles: 0.5, L2Bytes: 1 << 20, MaxCallFLOPs: 10e6, MinSplitFLOPs: 1e6},
	Target{ISA: "avx2", Lanes: 8, Registers: 16, LoadsPerCycle: 2, FMALatency: 4, BroadcastCycles: 0.05, WeightBytesPerCycle: 24, L2Bytes: 1 << 19, MaxCallFLOPs: 2e6, MinSplitFLOPs: 1e6},
	Target{ISA: "neon", Lanes: 4, Registers: 32, LoadsPerCycle: 2, FMALatency: 4, L2Bytes: 1 << 18, MaxCallFLOPs: 1e6, MinSplitFLOPs: 5e5},
	Target{ISA: "portable", Lanes: 1, Registers: 10, LoadsPerCycle: 2, FMALatency: 6, L2Bytes: 1 << 18, MaxCallFLOPs: 1e8, MinSplitFLOPs: 1e5},
)

func onFirst(machines []Machine, targets ...Target) []Target {
	for i, t := range targets {
		for _, m := range machines {
			if on, ok := t.On(m); ok {
				targets[i] = on
				break
			}
		}
	}
	return targets
}

// On is t with the rates of a machine; false if that has no such instruction set.
func (t Target) On(m Machine) (Target, bool) {
	peak, ok := m.Peak(t.ISA, "f32")
	if !ok {
		return t, false
	}
	const own = 2 // private levels, nearest first; the last level is memory
	cache, memory := m.Memory[min(own, len(m.Memory)-1)], m.Memory[len(m.Memory)-1]
	t.FMAsPerCycle = peak / m.GHz / float64(2*t.Lanes)
	if rounded, ok := m.Peak(t.ISA, "bf16"); ok {
		t.BF16OpsPerCycle = rounded / m.GHz
	}
	t.CacheBytesPerCycle, t.MemoryBytesPerCycle = cache.GBPerSec/m.GHz, memory.GBPerSec/m.GHz
	t.SharedCacheBytes = cache.Bytes / 2 // others use it too
	return t, true
}

// Targets lists the targets of programs of a precision, best first.
func (p Precision) Targets() []Target {
	return slices.DeleteFunc(slices.Clone(Targets), func(t Target) bool { return t.BF16 && p != BF16 })
}

// LookupTarget finds a target by its instruction set.
func LookupTarget(isa string) (Target, bool) {
	for _, t := range Targets {
		if t.ISA == isa {
			return t, true
		}
	}
	return Target{}, false
}

// streamed is data that a kernel reads from beyond the private cache.
type streamed struct {
	bytes, again int  // weights, read once, and in later passes over them
	resident     bool // in the shared cache from the start
	passBytes    int  // of one later pass: what has to stay in the shared cache for it

	between int // bytes that one step hands to the next, read and written, of passBytes in all: nothing prefetches them
}

// with is the time of arithmetic that takes compute cycles and streams d, of which prefetching hides weights in part.
func (t Target) with(compute float64, d streamed) float64 {
	cycles := func(bytes int, cached bool) float64 {
		if cached {
			return float64(bytes) / t.CacheBytesPerCycle
		}
		return float64(bytes) / t.MemoryBytesPerCycle
	}
	compute += cycles(d.between, 2*int64(d.passBytes) <= t.SharedCacheBytes)
	stream := cycles(d.bytes, d.resident) + cycles(d.again, int64(d.passBytes) <= t.SharedCacheBytes)
	return max(compute+stream/2, stream)
}
