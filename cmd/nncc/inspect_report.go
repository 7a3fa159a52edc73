package main

import "nncc/codegen/sched"

// report is the result of inspect. Its JSON form is documented in docs/inspect.md.
type report struct {
	Model        string          `json:"model"`
	Batched      bool            `json:"batched"`
	Machine      string          `json:"machine"`
	ISA          string          `json:"isa"`
	Batch        int             `json:"batch"`
	Threads      int             `json:"threads"`
	Parameters   int64           `json:"parameters"`
	WeightsBytes int64           `json:"weights_bytes"` // as stored, packed
	DerivedBytes int64           `json:"derived_bytes"` // made of them at start-up
	ArenaBytes   int64           `json:"arena_bytes"`   // activations of one sample
	PeakBytes    int64           `json:"peak_bytes"`
	FLOPs        int64           `json:"flops"` // per sample
	Bytes        int64           `json:"bytes"` // least traffic of a run
	Intensity    float64         `json:"flops_per_byte"`
	ComputeNs    int64           `json:"compute_ns"`
	MemoryNs     int64           `json:"memory_ns"`
	PredictedNs  int64           `json:"predicted_ns"`
	Bound        string          `json:"bound"`
	Layers       []layerReport   `json:"layers"`
	Variants     []variantReport `json:"variants"`
	Batches      []batchReport   `json:"batches"`
	Scaling      []threadReport  `json:"scaling"`
	Storage      []storageReport `json:"storage"`
	Advice       []advice        `json:"recommendation"`

	machine sched.Machine
	peak    float64 // of the instruction set on one core
}

// variantReport is what an instance of a variant takes, and its predicted time for the batch and threads asked for.
type variantReport struct {
	ISA          string `json:"isa"`
	WeightsBytes int64  `json:"weights_bytes"` // packed constants, shared by all instances
	DerivedBytes int64  `json:"derived_bytes"`
	ArenaBytes   int64  `json:"arena_bytes"`   // activations of one sample
	ScratchBytes int64  `json:"scratch_bytes"` // of one thread
	PeakBytes    int64  `json:"peak_bytes"`    // weights + derived + arena*batch + scratch*threads
	PredictedNs  *int64 `json:"predicted_ns"`  // null where the profile lacks the instruction set
}

// predicted is the time for people.
func (v variantReport) predicted() string {
	if v.PredictedNs == nil {
		return "-"
	}
	return roundTime(*v.PredictedNs).String()
}

// batchReport predicts runs of one batch size.
type batchReport struct {
	Batch     int     `json:"batch"`
	ComputeNs int64   `json:"compute_ns"`
	MemoryNs  int64   `json:"memory_ns"`
	LatencyNs int64   `json:"latency_ns"`
	PerSecond float64 `json:"samples_per_s"`
	PeakBytes int64   `json:"peak_bytes"`
	Bound     string  `json:"bound"`
}

// threadReport predicts runs on so many threads.
type threadReport struct {
	Threads     int     `json:"threads"`
	PredictedNs int64   `json:"predicted_ns"`
	Speedup     float64 `json:"speedup"`
}

// storageReport is what parameters of one type take: the bytes, the time to read them once from the memory that holds
// them, and the time of the network's arithmetic at the machine's best peak for that type.
type storageReport struct {
	DType         string `json:"dtype"`
	BytesPerParam int    `json:"bytes_per_parameter"`
	Bytes         int64  `json:"bytes"`
	ReadNs        int64  `json:"read_ns"`
	PeakComputeNs *int64 `json:"compute_at_peak_ns"` // null where the profile has no such peak
}

// Values of bound.
const (
	boundCompute = "compute"
	boundMemory  = "memory"
)
