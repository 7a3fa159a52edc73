package sched

// Target is what schedules need to know of an instruction set and of the machines that have it.
type Target struct {
	ISA                 string
	Lanes               int   // float32 lanes of a vector register; 1 for scalar code
	Registers           int   // vector registers; of 16, scalar Go code keeps some ten free for a tile: beyond that it spills
	FMAsPerCycle        int   // vector multiply-adds started per cycle
	LoadsPerCycle       int   // vector loads per cycle
	FMALatency          int   // cycles
	L2Bytes             int   // private cache a core can count on
	CacheBytesPerCycle  int   // what a core reads from the shared cache, beyond its private one
	MemoryBytesPerCycle int   // what it reads from memory
	SharedCacheBytes    int   // what the weights of a network may take to stay in the shared cache between runs
	StrictFP32          bool  // convolutions only in ways that are as precise as direct sums
	MaxCallFLOPs        int64 // one native call does no more than this, so that garbage collection need not wait long
	MinSplitFLOPs       int64 // a launch below this is not worth waking another thread for
}

// BlockChannels is the number of channels side by side in the Blocked layout, on every target: weights are packed once for all.
const BlockChannels = 16

// Targets are the CPU instruction sets with schedules, best first.
var Targets = []Target{
	{ISA: "avx512", Lanes: 16, Registers: 32, FMAsPerCycle: 2, LoadsPerCycle: 2, FMALatency: 4, L2Bytes: 1 << 20, CacheBytesPerCycle: 16, MemoryBytesPerCycle: 6, SharedCacheBytes: 8 << 20, MaxCallFLOPs: 10e6, MinSplitFLOPs: 1e6},
	{ISA: "avx2", Lanes: 8, Registers: 16, FMAsPerCycle: 2, LoadsPerCycle: 2, FMALatency: 4, L2Bytes: 1 << 19, CacheBytesPerCycle: 16, MemoryBytesPerCycle: 6, SharedCacheBytes: 8 << 20, MaxCallFLOPs: 2e6, MinSplitFLOPs: 1e6},
	{ISA: "neon", Lanes: 4, Registers: 32, FMAsPerCycle: 2, LoadsPerCycle: 2, FMALatency: 4, L2Bytes: 1 << 18, CacheBytesPerCycle: 16, MemoryBytesPerCycle: 6, SharedCacheBytes: 4 << 20, MaxCallFLOPs: 1e6, MinSplitFLOPs: 5e5},
	{ISA: "portable", Lanes: 1, Registers: 10, FMAsPerCycle: 1, LoadsPerCycle: 2, FMALatency: 6, L2Bytes: 1 << 18, CacheBytesPerCycle: 16, MemoryBytesPerCycle: 6, SharedCacheBytes: 8 << 20, MaxCallFLOPs: 1e8, MinSplitFLOPs: 1e5},
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
	bytes, again int  // read once, and in later passes over what has been read
	resident     bool // in the shared cache from the start
	passBytes    int  // of one later pass: what has to stay in the shared cache for it
}

// with is the time of arithmetic that takes compute cycles and streams d, which prefetching hides in part.
func (t Target) with(compute float64, d streamed) float64 {
	cycles := func(bytes int, cached bool) float64 {
		if cached {
			return float64(bytes) / float64(t.CacheBytesPerCycle)
		}
		return float64(bytes) / float64(t.MemoryBytesPerCycle)
	}
	stream := cycles(d.bytes, d.resident) + cycles(d.again, d.passBytes <= t.SharedCacheBytes)
	return max(compute+stream/2, stream)
}
