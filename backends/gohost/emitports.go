package gohost

import (
	"fmt"

	"nncc/runtime/program"
	"nncc/runtime/tensor"
)

// port is an input or output with its names in Go.
type port struct {
	program.Port
	goType string
	field  string // of the struct of inputs or outputs, where there are several
}

func portsOf(ports []program.Port) []port {
	out := make([]port, len(ports))
	taken := map[string]bool{}
	for i, p := range ports {
		field := title(p.Name, fmt.Sprintf("Port%d", i))
		for n := 2; taken[field]; n++ {
			field = fmt.Sprintf("%s_%d", title(p.Name, fmt.Sprintf("Port%d", i)), n)
		}
		taken[field] = true
		out[i] = port{p, numberType(p.DType), field}
	}
	return out
}

// numberType is the Go type of the numbers of a tensor; 16-bit floats are their bits.
func numberType(t tensor.DType) string {
	switch t {
	case tensor.F16, tensor.BF16:
		return "uint16"
	case tensor.F32:
		return "float32"
	case tensor.F64:
		return "float64"
	case tensor.Bool:
		return "bool"
	}
	size := 8 * t.Bytes()
	switch t {
	case tensor.U8, tensor.U16, tensor.U32, tensor.U64:
		return fmt.Sprintf("uint%d", size)
	}
	return fmt.Sprintf("int%d", size)
}
