package onnx

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"nncc/frontend/sidefile"
	"nncc/runtime/tensor"
)

// externalFiles reads tensors that a model keeps in other files below its folder.
type externalFiles struct {
	dir       string
	readBytes int64
}

var errNoExternal = errors.New("external data, but the model does not come from a file")

// read returns the bytes that the entries of external_data point at; their number must be wantBytes.
func (e *externalFiles) read(entries []entry, wantBytes int) ([]byte, error) {
	if e == nil {
		return nil, errNoExternal
	}
	location, offset, err := place(entries, wantBytes)
	if err != nil {
		return nil, err
	}
	if e.readBytes += int64(wantBytes); e.readBytes > maxExternalBytes {
		return nil, fmt.Errorf("external data of more than %d bytes in all", maxExternalBytes)
	}
	f, info, err := sidefile.Open(e.dir, location)
	if err != nil {
		return nil, fmt.Errorf("external data: %w", err)
	}
	defer f.Close()
	if offset > info.Size() || int64(wantBytes) > info.Size()-offset {
		return nil, fmt.Errorf("external data: %q has %d bytes, the tensor needs %d from %d on", location, info.Size(), wantBytes, offset)
	}
	t := tensor.New(tensor.U8, wantBytes)
	if _, err := io.ReadFull(io.NewSectionReader(f, offset, int64(wantBytes)), t.Data); err != nil {
		return nil, fmt.Errorf("external data: %q: %w", location, err)
	}
	return t.Data, nil
}

// place interprets the entries: location is required, offset defaults to 0 and length to what the tensor needs. Other
// keys (a checksum, a base path) do not say where the data is.
func place(entries []entry, wantBytes int) (location string, offset int64, err error) {
	for _, x := range entries {
		switch x.key {
		case "location":
			location = x.value
		case "offset":
			offset, err = strconv.ParseInt(x.value, 10, 64)
			if err != nil || offset < 0 {
				return "", 0, fmt.Errorf("external data: offset %q", x.value)
			}
		case "length":
			length, err := strconv.ParseInt(x.value, 10, 64)
			if err != nil || length != int64(wantBytes) {
				return "", 0, fmt.Errorf("external data: length %q, the tensor needs %d bytes", x.value, wantBytes)
			}
		}
	}
	if location == "" {
		return "", 0, errors.New("external data without a location")
	}
	return location, offset, nil
}
