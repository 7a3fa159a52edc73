package onnx

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"path"
	"slices"
	"strconv"

	"nncc/frontend/sidefile"
)

// externalFiles reads tensors that a model keeps in other files below its folder.
type externalFiles struct {
	dir  string
	read map[string][]extent // by file, in order of their places, without overlaps
	sum  int64               // of all bytes read
}

// extent is a part of a file that has been read.
type extent struct {
	from, to int64
	data     []byte
}

var errNoExternal = errors.New("external data, but the model does not come from a file")

// bytes returns what the entries of external_data point at; there must be wantBytes. Tensors that have the same place
// share their bytes. Parts of files that overlap otherwise are refused: a small file must not become many large tensors.
func (e *externalFiles) bytes(entries []entry, wantBytes int) ([]byte, error) {
	if e == nil {
		return nil, errNoExternal
	}
	location, offset, err := place(entries, wantBytes)
	if err != nil || wantBytes == 0 {
		return nil, err
	}
	known, end := e.read[location], offset+int64(wantBytes)
	i, _ := slices.BinarySearchFunc(known, offset, func(x extent, from int64) int { return cmp.Compare(x.to, from+1) })
	if i < len(known) && known[i].from < end {
		if known[i].from == offset && known[i].to == end {
			return known[i].data, nil
		}
		return nil, fmt.Errorf("external data: bytes %d to %d of %q overlap those of another tensor", offset, end, location)
	}
	if e.sum += int64(wantBytes); e.sum > maxExternalBytes {
		return nil, fmt.Errorf("external data of more than %d bytes in all", maxExternalBytes)
	}
	data, err := e.readAt(location, offset, wantBytes)
	if err != nil {
		return nil, err
	}
	e.read[location] = slices.Insert(known, i, extent{offset, end, data})
	return data, nil
}

func (e *externalFiles) readAt(location string, offset int64, bytes int) ([]byte, error) {
	f, info, err := sidefile.Open(e.dir, location)
	if err != nil {
		return nil, fmt.Errorf("external data: %w", err)
	}
	defer f.Close()
	if offset > info.Size() || int64(bytes) > info.Size()-offset {
		return nil, fmt.Errorf("external data: %q has %d bytes, the tensor needs %d from %d on", location, info.Size(), bytes, offset)
	}
	data, err := sidefile.Bytes(f, offset, bytes)
	if err != nil {
		return nil, fmt.Errorf("external data: %q: %w", location, err)
	}
	return data, nil
}

// place interprets the entries: location is required, offset defaults to 0 and length to what the tensor needs. Other
// keys (a checksum, a base path) do not say where the data is.
func place(entries []entry, wantBytes int) (location string, offset int64, err error) {
	for _, x := range entries {
		switch x.key {
		case "location":
			location = path.Clean(x.value) // one name for one file
		case "offset":
			offset, err = strconv.ParseInt(x.value, 10, 64)
			if err != nil || offset < 0 || offset > math.MaxInt64-int64(wantBytes) {
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
