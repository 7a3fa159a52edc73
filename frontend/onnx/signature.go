package onnx

import "nncc/runtime/tensor"

// Signature is what a model calls its inputs and outputs, in the order of the file.
type Signature struct {
	Inputs  []string
	Outputs []string
}

// ReadSignature reads the names of a model's inputs and outputs without importing it.
func ReadSignature(path string) (*Signature, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, err
	}
	model, err := parseModelFile(data, path)
	if err != nil {
		return nil, err
	}
	s := &Signature{}
	for i := range model.graph.inputs {
		s.Inputs = append(s.Inputs, model.graph.inputs[i].name)
	}
	for i := range model.graph.outputs {
		s.Outputs = append(s.Outputs, model.graph.outputs[i].name)
	}
	return s, nil
}

// ParseTensor decodes a serialised TensorProto, whose bytes the tensor may alias. External data is refused.
func ParseTensor(data []byte) (*tensor.Tensor, error) {
	t, err := parseTensor(data)
	if err != nil {
		return nil, err
	}
	return t.decode(nil)
}
