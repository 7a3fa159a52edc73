package onnx

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"nncc/runtime/tensor"
)

// externalFiles reads tensors that a model keeps in other files. They must lie below the model's folder: os.Root
// refuses paths and symbolic links that lead out of it, and a file with a second hard link may be one from elsewhere.
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
	location, offset, err := e.place(entries, wantBytes)
	if err != nil {
		return nil, err
	}
	e.readBytes += int64(wantBytes)
	if e.readBytes > maxExternalBytes {
		return nil, fmt.Errorf("external data of more than %d bytes in all", maxExternalBytes)
	}
	root, err := os.OpenRoot(e.dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	name := filepath.FromSlash(location)
	info, err := root.Stat(name) // before opening: opening a pipe would wait
	switch {
	case err != nil:
		return nil, fileError(location, err)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("external data: %q is not a regular file", location)
	case hardLinks(info) > 1:
		return nil, fmt.Errorf("external data: %q has more than one hard link; copy it", location)
	case offset > info.Size() || int64(wantBytes) > info.Size()-offset:
		return nil, fmt.Errorf("external data: %q has %d bytes, the tensor needs %d from %d on", location, info.Size(), wantBytes, offset)
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, fileError(location, err)
	}
	defer f.Close()
	t := tensor.New(tensor.U8, wantBytes)
	if _, err := io.ReadFull(io.NewSectionReader(f, offset, int64(wantBytes)), t.Data); err != nil {
		return nil, fileError(location, err)
	}
	return t.Data, nil
}

// fileError names the file as the model does, without the system call that failed.
func fileError(location string, err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return fmt.Errorf("external data: %q: %w", location, err)
}

// place interprets the entries: location is required, offset defaults to 0 and length to what the tensor needs. Other
// keys (a checksum, a base path) do not say where the data is.
func (e *externalFiles) place(entries []entry, wantBytes int) (location string, offset int64, err error) {
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
