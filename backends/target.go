package backends

import (
	"slices"

	"nncc/codegen/loopir"
)

// Target is a class of machines: what code may assume about the processor it runs on.
type Target struct {
	ISA         string   // the name used in schedules, variants and on the command line
	Arch        string   // GOARCH; empty for Go source, which is for all
	Triple      string   // LLVM's target triple; empty for Go source
	CPU         string   // LLVM's processor name: the scheduling model, never the machine at hand
	Features    []string // LLVM names of the features code may use, without + or -
	Tuning      []string // further LLVM feature switches, with + or -, that ask nothing of the processor
	VectorBytes int      // widest vector register
	Registers   int      // how many of them

	Unroll         loopir.Unroll
	LoopAlignBytes int // where loops begin; 0: where LLVM likes
}

// Feature names beyond the base sets of the table, spelled as LLVM does.
const (
	FeatureAVX512VNNI = "avx512vnni"
	FeatureAVXVNNI    = "avxvnni"
	FeatureAVX512BF16 = "avx512bf16"
)

// Targets returns the instruction sets that have kernels of their own, best first within an architecture.
func Targets() []Target {
	const linux64 = "x86_64-unknown-linux-gnu"
	avx2 := []string{"avx2", "fma", "f16c", "bmi", "bmi2", "popcnt", "movbe"}
	avx512 := Target{
		ISA: "avx512", Arch: "amd64", Triple: linux64, CPU: "skylake-avx512",
		Features: append(slices.Clone(avx2), "avx512f", "avx512bw", "avx512dq", "avx512vl"),
		Tuning:   []string{"-prefer-256-bit"}, VectorBytes: 64, Registers: 32,
	}
	bf16 := avx512.With(FeatureAVX512BF16)
	bf16.ISA = "avx512_bf16"
	amx := bf16.With("amx-tile", "amx-bf16")
	amx.ISA, amx.CPU = "amx", "sapphirerapids"
	amxBF16 := amx
	amxBF16.ISA = "amx_bf16"
	return []Target{
		amxBF16,
		amx,
		bf16,
		avx512,
		{
			ISA: "avx2", Arch: "amd64", Triple: linux64, CPU: "haswell",
			Features: avx2, VectorBytes: 32, Registers: 16,
			// Two multiply-adds a cycle, and what belongs to them, are more instructions than a processor takes in at its ease.
			Unroll: loopir.Unroll{Times: 4, Statements: 80}, LoopAlignBytes: 64,
		},
		{
			ISA: "neon", Arch: "arm64", Triple: "aarch64-unknown-linux-gnu", CPU: "cortex-a72",
			// The first generation: llc takes what the processor has beyond the features for granted.
			Features: []string{"neon", "fp-armv8"}, VectorBytes: 16, Registers: 32,
			// Go's signal handler takes the goroutine from x28, whatever code it interrupts; x18 belongs to some systems.
			Tuning: []string{"+reserve-x28", "+reserve-x18"},
		},
		{
			ISA: "portable", VectorBytes: 4, Registers: 15, // Go source: scalars in the registers that Go leaves free on amd64
			// In Go's code for a loop every carried value may cost a move per iteration, besides counting and addresses; what
			// processors hide behind vector arithmetic they do not hide here.
			Unroll: loopir.Unroll{Times: 8, Statements: 64},
		},
	}
}

// TargetFor finds a target by its ISA name.
func TargetFor(isa string) (Target, bool) {
	for _, t := range Targets() {
		if t.ISA == isa {
			return t, true
		}
	}
	return Target{}, false
}

// With returns t with further features.
func (t Target) With(features ...string) Target {
	t.Features = slices.Clone(t.Features)
	for _, f := range features {
		if !t.Has(f) {
			t.Features = append(t.Features, f)
		}
	}
	return t
}

// Has reports whether code for t may use an LLVM feature.
func (t Target) Has(feature string) bool { return slices.Contains(t.Features, feature) }
