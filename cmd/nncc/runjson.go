package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"nncc/runtime/program"
	"nncc/runtime/tensor"
)

// ranked is one of the best classes of a sample.
type ranked struct {
	Sample int    `json:"sample"`
	Index  int    `json:"index"`
	Label  string `json:"label,omitempty"`
	Score  number `json:"score"`
}

// name is what people read.
func (r ranked) name() string {
	if r.Label == "" {
		return fmt.Sprintf("class %d", r.Index)
	}
	return r.Label
}

// largest returns the indices of the k largest values, the largest first; of equal ones the first, and what is not a
// number last.
func largest(values []float64, k int) []int {
	k = min(k, len(values))
	var best []int
	for i, v := range values {
		at := len(best)
		for at > 0 && (v > values[best[at-1]] || math.IsNaN(values[best[at-1]]) && !math.IsNaN(v)) {
			at--
		}
		if at < k {
			best = slices.Insert(best[:min(len(best), k-1)], at, i)
		}
	}
	return best
}

// number is a float64 that JSON cannot always say: what is not finite becomes null. Those that come from f32 print as
// short as there.
type number float64

// MarshalJSON implements json.Marshaler.
func (x number) MarshalJSON() ([]byte, error) {
	bits := 64
	if float64(float32(x)) == float64(x) {
		bits = 32
	}
	return appendNumber(nil, float64(x), bits), nil
}

func appendNumber(b []byte, x float64, bits int) []byte {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return append(b, "null"...)
	}
	return strconv.AppendFloat(b, x, 'g', -1, bits)
}

// elements prints a tensor's elements as a flat JSON array, each in the shortest form that keeps its bits.
type elements struct{ t *tensor.Tensor }

// MarshalJSON implements json.Marshaler.
func (e elements) MarshalJSON() ([]byte, error) {
	b := []byte{'['}
	add := func(i int) {
		if i > 0 {
			b = append(b, ',')
		}
	}
	switch e.t.DType {
	case tensor.I64:
		for i, v := range e.t.I64s() {
			add(i)
			b = strconv.AppendInt(b, v, 10)
		}
	case tensor.U64:
		for i, v := range tensor.View[uint64](e.t) {
			add(i)
			b = strconv.AppendUint(b, v, 10)
		}
	default:
		bits := 64
		if e.t.DType == tensor.F32 {
			bits = 32
		}
		for i, v := range e.t.Float64s() {
			add(i)
			b = appendNumber(b, v, bits)
		}
	}
	return append(b, ']'), nil
}

// jsonOutput is an output of run: its elements, or the file that has them.
type jsonOutput struct {
	Name  string    `json:"name"`
	Shape []int     `json:"shape"`
	DType string    `json:"dtype"`
	Data  *elements `json:"data,omitempty"`
	File  string    `json:"file,omitempty"`
}

type jsonRun struct {
	Input   string       `json:"input,omitempty"` // the file, if the input is a folder of them
	Outputs []jsonOutput `json:"outputs"`
	Top     []ranked     `json:"top"`
}

func runResult(sig program.Signature, outputs []*tensor.Tensor, files map[string]string, top []ranked) jsonRun {
	r := jsonRun{Top: append([]ranked{}, top...)}
	for i, p := range sig.Outputs {
		o := jsonOutput{Name: p.Name, Shape: append([]int{}, outputs[i].Shape...), DType: p.DType.String()}
		if file, ok := files[p.Name]; ok {
			o.File = file
		} else {
			o.Data = &elements{outputs[i]}
		}
		r.Outputs = append(r.Outputs, o)
	}
	return r
}
