package onnx

import "nncc/runtime/tensor"

// InputNames reads what a model calls its inputs, in the order of the file, without importing it.
func InputNames(path string) ([]string, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, err
	}
	model, err := parseModelFile(data, path)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(model.graph.inputs))
	for i := range names {
		names[i] = model.graph.inputs[i].name
	}
	return names, nil
}

// ParseTensor decodes a serialised TensorProto, whose bytes the tensor may alias. External data is refused.
func ParseTensor(data []byte) (*tensor.Tensor, error) {
	t, err := parseTensor(data)
	if err != nil {
		return nil, err
	}
	return t.decode(nil)
}
