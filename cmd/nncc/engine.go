package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"nncc/codegen/sched"
	"nncc/ir"
	"nncc/runtime/exec"
	"nncc/runtime/program"
	"nncc/runtime/tensor"
)

// Names of the ways to run a model, as --backend takes them.
const (
	backendCPU      = "cpu"      // native code
	backendPortable = "portable" // the portable Go kernels, in a helper process
	backendLoop     = "loop"     // the loop-IR interpreter
	backendInterp   = "interp"   // the graph interpreter: the definition
)

// engineOptions are the flags of every subcommand that runs a model.
type engineOptions struct {
	backend string
	isa     string
	threads int
	batch   int
	layers  bool // keep a launch per layer
}

func (o *engineOptions) register(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.backend, "backend", "", "how to run it: `NAME` is cpu (native code), portable (Go code), "+
		"loop or interp (interpreters of the loop IR and of the graph); by default the fastest that works here")
	f.StringVar(&o.isa, "isa", "", "run the variant for `ISA` (amx_bf16, amx, avx512_bf16, avx512, avx2, neon, portable); by default NNCC_ISA, or else the best one that the processor supports")
	f.IntVar(&o.threads, "threads", 0, "use up to `N` threads; 0 means as many as the process may use")
}

// runner executes a compiled model. Input and Output are memory of maxBatch samples; State is what runs leave for one
// another.
type runner interface {
	Input(i int) []byte
	Output(i int) []byte
	State(i int) []byte
	Run(batch int) error
	Close()
}

// engine is a model that is ready to run.
type engine struct {
	runner
	backend   string
	isa       string // of the variant; the backend's name for interpreters
	threads   int
	maxBatch  int
	signature program.Signature
	variant   *program.Variant // what runs; nil for interpreters
}

// open makes the model runnable as o asks. Where o leaves the choice, whatever works is taken, and notes gets a line
// about what does not.
func (s *session) open(o engineOptions, notes io.Writer) (*engine, error) {
	if o.isa == "" && (o.backend == "" || o.backend == backendCPU) {
		o.isa = exec.PinnedISA()
	}
	o.batch = max(o.batch, 1)
	if err := s.checkBatch(o.batch); err != nil {
		return nil, err
	}
	if err := errors.Join(o.check(), s.checkISA(o.isa)); err != nil {
		return nil, err
	}
	switch o.backend {
	case backendCPU:
		return s.openNative(o)
	case backendPortable:
		return s.openPortable(o)
	case backendLoop:
		return s.openLoop(o)
	case backendInterp:
		return s.openInterp(o), nil
	}
	return s.openBest(o, notes)
}

// checkBatch reports whether samples can be put together, and whether so many fit into tensors.
func (s *session) checkBatch(batch int) error {
	if batch > 1 && !s.graph.Batched {
		return fmt.Errorf("%s: a batch of %d is not possible: the model does not keep samples apart", s.path, batch)
	}
	for _, v := range s.graph.Inputs {
		if _, ok := tensor.CheckedBytes(v.Type.DType, append([]int{batch}, v.Type.Shape...), ir.MaxTensorBytes); !ok {
			return fmt.Errorf("%s: a batch of %d is too large: input %q would take more than %d MB", s.path, batch, v.Name, ir.MaxTensorBytes>>20)
		}
	}
	return nil
}

// check completes the backend from the instruction set, and refuses pairs that contradict each other.
func (o *engineOptions) check() error {
	if o.threads < 0 {
		return usagef("--threads %d: the number of threads is at least 1, or 0 for all", o.threads)
	}
	if _, known := sched.LookupTarget(o.isa); !known && o.isa != "" {
		return usagef("there is no instruction set %q; there are %s", o.isa, knownISAs())
	}
	portable := o.isa == backendPortable
	switch o.backend {
	case "":
		if portable {
			o.backend = backendPortable
		}
	case backendCPU:
		if portable {
			return usagef("--backend cpu does not run the portable variant")
		}
	case backendPortable:
		if !portable && o.isa != "" {
			return usagef("--backend portable does not run the variant for %s", o.isa)
		}
	case backendLoop, backendInterp:
	default:
		return usagef("there is no backend %q; there are cpu, portable, loop, interp", o.backend)
	}
	return nil
}

func isaNames() []string {
	var names []string
	for _, t := range sched.Targets {
		names = append(names, t.ISA)
	}
	return names
}

func knownISAs() string { return list(isaNames()) }

// openBest tries native code, then portable code, then the interpreter.
func (s *session) openBest(o engineOptions, notes io.Writer) (*engine, error) {
	e, err := s.openNative(o)
	if err == nil || o.isa != "" || !canFallBack(err) {
		return e, err
	}
	note(notes, "running the portable variant: %v", err)
	e, err = s.openPortable(o)
	if err == nil || !canFallBack(err) {
		return e, err
	}
	note(notes, "running the loop-IR interpreter, which is slow: %v", err)
	return s.openLoop(o)
}

// unavailableError is about what the machine lacks, not about the model.
type unavailableError struct{ err error }

func (e *unavailableError) Error() string { return e.err.Error() }

func (e *unavailableError) Unwrap() error { return e.err }

func canFallBack(err error) bool {
	var unavailable *unavailableError
	var unsupported *exec.UnsupportedError
	return errors.As(err, &unavailable) || errors.As(err, &unsupported) || errors.Is(err, exec.ErrNoExec)
}

// output copies output i of the first batch samples.
func (e *engine) output(i, batch int) *tensor.Tensor {
	p := e.signature.Outputs[i]
	shape := slices.Clone(p.Shape)
	if e.signature.Batched {
		shape[0] *= batch
	}
	n := tensor.Count(shape) * p.DType.Bytes()
	return &tensor.Tensor{DType: p.DType, Shape: shape, Data: bytes.Clone(e.Output(i)[:n])}
}

// input is input i of the first sample, without a copy.
func (e *engine) input(i int) *tensor.Tensor {
	p := e.signature.Inputs[i]
	return &tensor.Tensor{DType: p.DType, Shape: p.Shape, Data: e.Input(i)[:p.Elems()*p.DType.Bytes()]}
}

// sample is output i of sample n, without a copy.
func (e *engine) sample(i, n int) *tensor.Tensor {
	p := e.signature.Outputs[i]
	size := p.Elems() * p.DType.Bytes()
	return &tensor.Tensor{DType: p.DType, Shape: p.Shape, Data: e.Output(i)[n*size : (n+1)*size]}
}

// mainDType is what reports call the dtype of a model: that of its first input, or of its output if it has none.
func mainDType(sig program.Signature) string {
	if len(sig.Inputs) > 0 {
		return sig.Inputs[0].DType.String()
	}
	return sig.Outputs[0].DType.String()
}
