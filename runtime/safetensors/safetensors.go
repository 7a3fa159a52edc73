// Package safetensors reads and writes the safetensors file format: an 8-byte little-endian header length, a JSON
// header that gives each tensor's dtype, shape and place, and the tensors' bytes, row-major and little-endian.
//
// It knows nothing of what tensors mean and imports the standard library only, so that programs which load weights
// at run time can carry it.
package safetensors

import (
	"fmt"
	"os"
)

// Tensor is one named array. DType is spelled as in the file ("F32"); Data holds the elements row-major and
// little-endian, and is read-only where it came from Parse, because it aliases the parsed bytes.
type Tensor struct {
	Name  string
	DType string
	Shape []int
	Data  []byte
}

// File is the content of a safetensors file. Parse keeps the order of the header.
type File struct {
	Tensors  []Tensor
	Metadata map[string]string // the header's __metadata__; nil if there is none
}

// Lookup finds a tensor by its name. It walks the list.
func (f *File) Lookup(name string) (Tensor, bool) {
	for _, t := range f.Tensors {
		if t.Name == name {
			return t, true
		}
	}
	return Tensor{}, false
}

// ReadFile reads and parses a file. Errors of the content are those of Parse, preceded by the path.
func ReadFile(path string) (*File, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	f, err := Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return f, nil
}

const (
	lengthBytes    = 8        // the header length in front of the header
	maxHeaderBytes = 16 << 20 // far above any real network's; the format itself allows 100 MB
	maxRank        = 32
	metadataKey    = "__metadata__"
)

// elementBytes is the size of one element of a dtype, or 0 if the dtype is not known.
func elementBytes(dtype string) int {
	switch dtype {
	case "BOOL", "U8", "I8", "F8_E4M3", "F8_E5M2":
		return 1
	case "U16", "I16", "F16", "BF16":
		return 2
	case "U32", "I32", "F32":
		return 4
	case "U64", "I64", "F64":
		return 8
	}
	return 0
}

// shapeBytes is the size in bytes of a tensor with elements of elementBytes, or false where it exceeds limitBytes.
// No dimension may be negative.
func shapeBytes(elementBytes int, shape []int, limitBytes int) (int, bool) {
	bytes := elementBytes
	for _, n := range shape {
		if n == 0 {
			return 0, true
		}
	}
	for _, n := range shape {
		if bytes > limitBytes/n {
			return 0, false
		}
		bytes *= n
	}
	return bytes, bytes <= limitBytes
}
