// Package program holds a compiled network: its signature, its constants and one variant of code per instruction set.
// It is the contract between compiler and runtime: the compiler writes one, the runtime runs it, and neither knows the other.
package program

import (
	"fmt"

	"nncc/runtime/exec"
	"nncc/runtime/tensor"
)

// Program is a compiled network.
type Program struct {
	Name       string
	Signature  Signature
	Params     []Param    // what the model calls its weights, as PyTorch would
	Constants  []Constant // packed weights: what kernels read in place; shared by all variants
	Variants   []Variant  // best first
	License    string
	Provenance string
}

// Signature is what a caller sees.
type Signature struct {
	Batched    bool // shapes begin with 1, the sample; a run takes up to its batch limit of them at once
	Inputs     []Port
	Outputs    []Port
	States     []Port      // what outlasts a run: parameters under training and what belongs to them
	Preprocess *Preprocess // how a picture becomes the first input; nil if the model does not say
	Classes    []string    // labels of the first output's classes; may be empty
}

// Port is an input or output: dense and row-major, images as [N, C, H, W].
type Port struct {
	Name  string
	DType tensor.DType
	Shape []int
}

// Elems is the number of elements, of one sample if the program is batched.
func (p Port) Elems() int { return tensor.Count(p.Shape) }

// Preprocess turns an 8-bit picture into the first input: y = (x*Scale - Mean[c]) / Std[c], channels in Order.
type Preprocess struct {
	Scale float64
	Mean  []float64 // per channel, or empty for 0
	Std   []float64 // per channel, or empty for 1
	Order string    // "rgb" or "bgr"
}

// Param is one weight tensor of the model.
type Param struct {
	Name  string
	DType tensor.DType
	Shape []int
}

// Constant is packed data; Hash is the SHA-256 of Data.
type Constant struct {
	Name string // of the parameter it comes from
	Form string // how it is packed: weights of the same name and form can take its place
	Hash [32]byte
	Data []byte
}

// Variant is the program for one instruction set: native code, or Go source.
type Variant struct {
	ISA      string
	Arch     string   // GOARCH of native code; empty for Go source
	Features []string // CPU features the code needs, in LLVM's spelling
	Code     []byte   // position-independent native code, to be placed at a multiple of 64 bytes
	Source   string   // Go functions, one per kernel, for the portable variant
	Kernels  []Kernel

	Init, Step                             []exec.Launch // constants are numbered as in Program.Constants
	ArenaBytes, DerivedBytes, ScratchBytes int           // as in exec.Variant
	Inputs, Outputs, States                []exec.Port   // in the order of the signature's
	Layers                                 []Layer       // what each step launch computes
}

// Kernel is one function of a variant.
type Kernel struct {
	Name                               string
	OffsetBytes, SizeBytes, StackBytes int // native code only
	Spills                             int // vector registers stored to the stack, counted in the code
}

// Layer describes a launch for people: profiles, inspection, comparison.
type Layer struct {
	Name        string // of the model's nodes it computes
	Family      string // kind of kernel
	Tile        string // register tile, where there is one
	FLOPs       int64  // per sample
	Bytes       int64  // read and written by a run of one sample, everything once
	WeightBytes int64  // of these, constants: packed weights, or what is derived from them
	Covers      []string
}

// Traffic is the least memory that a run of so many samples reads and writes: weights once, activations for each.
func (l Layer) Traffic(samples int) int64 {
	return l.WeightBytes + (l.Bytes-l.WeightBytes)*int64(samples)
}

// Variant finds a variant by instruction set.
func (p *Program) Variant(isa string) (*Variant, bool) {
	for i := range p.Variants {
		if p.Variants[i].ISA == isa {
			return &p.Variants[i], true
		}
	}
	return nil, false
}

// ConstData lists the constants' bytes in order, as exec.Open takes them.
func (p *Program) ConstData() [][]byte {
	out := make([][]byte, len(p.Constants))
	for i, c := range p.Constants {
		out[i] = c.Data
	}
	return out
}

// Native makes v executable: its code is mapped into memory. Close the result's Code when all instances are closed.
func (p *Program) Native(v *Variant) (*exec.Variant, error) {
	if len(v.Kernels) == 0 { // a program that computes nothing, such as one with empty outputs
		return p.executable(v, nil, new(exec.Code)), nil
	}
	if len(v.Code) == 0 {
		return nil, fmt.Errorf("program: variant %s has no native code", v.ISA)
	}
	code, err := exec.MapCode(v.Code)
	if err != nil {
		return nil, err
	}
	kernels := make([]exec.Kernel, len(v.Kernels))
	for i, k := range v.Kernels {
		kernels[i] = exec.Kernel{Name: k.Name, Entry: code.Entry(k.OffsetBytes), StackBytes: k.StackBytes}
	}
	return p.executable(v, kernels, code), nil
}

func (p *Program) executable(v *Variant, kernels []exec.Kernel, code *exec.Code) *exec.Variant {
	sizes := make([]int, len(p.Constants))
	for i, c := range p.Constants {
		sizes[i] = len(c.Data)
	}
	return &exec.Variant{
		ISA: v.ISA, Features: v.Features, Kernels: kernels, Init: v.Init, Step: v.Step,
		ArenaBytes: v.ArenaBytes, DerivedBytes: v.DerivedBytes, ScratchBytes: v.ScratchBytes,
		Inputs: v.Inputs, Outputs: v.Outputs, States: v.States, ConstBytes: sizes, Code: code,
	}
}
