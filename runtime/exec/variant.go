package exec

import "unsafe"

// Kernel is the code of one or more launches. Exactly one of Entry and Go is set.
type Kernel struct {
	Name       string
	Entry      uintptr // absolute address of native code, see [Code.Entry]
	StackBytes int     // native only: deepest stack use, return address included, at most [MaxStackBytes]
	Go         func(args []unsafe.Pointer, lo, hi int, scratch unsafe.Pointer)
}

// Space says what an argument's offset is relative to.
type Space uint8

const (
	SpaceArena   Space = iota // activations: offset per sample, scaled by MaxBatch
	SpaceConst                // constant number Arg.Index: offset in bytes
	SpaceDerived              // memory filled by the init launches, zero before, kept for the life of the instance, in which step launches may change states: offset in bytes
)

// String returns the name used in messages.
func (s Space) String() string {
	switch s {
	case SpaceArena:
		return "the arena"
	case SpaceConst:
		return "the constant"
	case SpaceDerived:
		return "derived memory"
	}
	return "an unknown space"
}

// Arg is one buffer argument of a launch.
type Arg struct {
	Space       Space
	Index       int // SpaceConst: which constant; otherwise 0
	OffsetBytes int // a multiple of 64 in the arena and in derived memory, any offset in a constant
	WithinBytes int // behind OffsetBytes, whatever the batch: where a part of the buffer begins in each sample
}

// Launch is one execution of a kernel over all its chunks. Launches run one after the other.
type Launch struct {
	Name       string
	Kernel     int   // index into Variant.Kernels
	Args       []Arg // args[1:] of the kernel
	Chunks     int   // independent pieces of work: for each group of samples, if there are groups
	Group      int   // samples of a group, of which the last one of a batch may have fewer; 0: the batch does not matter
	Grain      int   // most chunks in one call, and the number claimed by a thread at once: of one sample, and as much less of several
	MaxThreads int   // 0: no limit; 1: too small to split
	FLOPs      int64 // per sample if Group is positive, otherwise in all; for reports only
}

// ChunksOf is how many chunks the launch has in a run of so many samples.
func (l *Launch) ChunksOf(batch int) int {
	if l.Group == 0 {
		return l.Chunks
	}
	return l.Chunks * ((batch + l.Group - 1) / l.Group)
}

// GrainOf is Grain in a run of so many samples.
func (l *Launch) GrainOf(batch int) int {
	return max(1, l.Grain/max(1, min(batch, l.Group)))
}

// Port is an input, an output or a state of the program: where its dense elements lie, in the arena or, for a state, in
// derived memory.
type Port struct {
	Name        string
	OffsetBytes int // per sample, a multiple of 64
	ElemBytes   int // size of one element
	Elems       int // number of elements, per sample if Batched
	Batched     bool
}

// Variant is one way to execute a program, for one set of CPU features. It is read-only: any number of instances
// may share it.
type Variant struct {
	ISA          string   // short name, such as avx512, neon or portable
	Features     []string // CPU features needed, in LLVM's spelling
	Kernels      []Kernel
	Init         []Launch // run once by Open
	Step         []Launch // run by every Run
	ArenaBytes   int      // per sample, a multiple of 64
	DerivedBytes int
	ScratchBytes int // per thread
	Inputs       []Port
	Outputs      []Port
	States       []Port
	ConstBytes   []int // size of each constant
	Code         *Code // mapped code that the kernels' entries point into; nil for code linked into the binary
}

// Params is the parameter block, args[0] of every kernel: 64 bytes with this layout.
type Params struct {
	Batch        int64   // offset 0: samples of this run
	Step         int64   // offset 8: training step
	Seed         uint64  // offset 16: random seed
	LearningRate float32 // offset 24
	_            [36]byte
}

// Options configures an instance.
type Options struct {
	MaxBatch int // largest batch of a Run; 0 means 1
	Threads  int // most threads of a Run, the caller's included; 0 means as many as the process may use
}
