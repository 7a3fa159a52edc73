package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"nncc/ir"
	"nncc/runtime/safetensors"
	"nncc/runtime/tensor"
)

// replaceWeights puts tensors of a safetensors file in the place of the graph's constants of the same names. Every tensor
// of the file has to have one, but for what training remembers, which has a colon in its name; those that the file has
// nothing for must be no parameters of layers, but numbers of the model's own.
func replaceWeights(g *ir.Graph, path string) error {
	f, err := safetensors.ReadFile(path)
	if err != nil {
		return err
	}
	constants := map[string]*ir.Value{}
	for _, v := range g.Constants() {
		constants[v.Name] = v
	}
	var problems []error
	given := map[string]bool{}
	for _, t := range f.Tensors {
		if strings.HasSuffix(t.Name, ".num_batches_tracked") { // PyTorch's counters are no parameters
			continue
		}
		given[t.Name] = true
		v := constants[t.Name]
		switch {
		case v == nil && strings.Contains(t.Name, ":"):
		case v == nil:
			problems = append(problems, fmt.Errorf("    %s: not in the model", t.Name))
		case !slices.Equal(t.Shape, v.Type.Shape):
			problems = append(problems, fmt.Errorf("    %s: shape %v, in the model %v", t.Name, t.Shape, v.Type.Shape))
		default:
			problems = append(problems, replaceConstant(v, t))
		}
	}
	for _, v := range g.Constants() {
		if !given[v.Name] && isParameterName(v.Name) {
			problems = append(problems, fmt.Errorf("    %s: missing", v.Name))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return fmt.Errorf("%s does not hold the model's weights\n%w", path, err)
	}
	return nil
}

// replaceConstant converts a tensor of floating-point numbers to the type of v.
func replaceConstant(v *ir.Value, t safetensors.Tensor) error {
	d := tensor.ParseDType(strings.ToLower(t.DType))
	if !d.IsFloat() || !v.Type.DType.IsFloat() {
		return fmt.Errorf("    %s: %s, in the model %v", t.Name, t.DType, v.Type.DType)
	}
	v.Const = &tensor.Tensor{DType: d, Shape: v.Type.Shape, Data: t.Data}
	if d != v.Type.DType {
		v.Const = tensor.FromFloat64s(v.Type.DType, v.Const.Float64s(), v.Type.Shape...)
	}
	return nil
}

// isParameterName reports whether a constant is called as PyTorch calls what layers learn and gather.
func isParameterName(name string) bool {
	return slices.ContainsFunc([]string{".weight", ".bias", ".running_mean", ".running_var"}, func(end string) bool { return strings.HasSuffix(name, end) })
}
