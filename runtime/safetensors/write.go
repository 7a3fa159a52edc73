package safetensors

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"unicode/utf8"
)

// Write writes f. The same tensors and metadata give the same bytes in whatever order they come: tensors with larger
// elements first, so that each is aligned for its dtype, then by name; the header padded with spaces to a multiple
// of 8 bytes. A file that Parse would refuse is refused before the first byte is written.
func Write(w io.Writer, f *File) error {
	if err := checkWrite(f); err != nil {
		return err
	}
	tensors := slices.Clone(f.Tensors)
	slices.SortFunc(tensors, func(a, b Tensor) int {
		return cmp.Or(cmp.Compare(elementBytes(b.DType), elementBytes(a.DType)), cmp.Compare(a.Name, b.Name))
	})
	header, err := encodeHeader(tensors, f.Metadata)
	if err != nil {
		return err
	}
	if _, err := w.Write(header); err != nil {
		return err
	}
	for _, t := range tensors {
		if _, err := w.Write(t.Data); err != nil {
			return err
		}
	}
	return nil
}

func checkWrite(f *File) error {
	var problems problems
	seen := map[string]bool{}
	for _, t := range f.Tensors {
		size := elementBytes(t.DType)
		switch {
		case t.Name == metadataKey || !utf8.ValidString(t.Name):
			problems.add(noPlace, t.Name, "not a name that a file can hold")
		case seen[t.Name]:
			problems.add(noPlace, t.Name, "given twice")
		case size == 0:
			problems.add(noPlace, t.Name, "dtype %q is not known", t.DType)
		case len(t.Shape) > maxRank || slices.ContainsFunc(t.Shape, func(n int) bool { return n < 0 }):
			problems.add(noPlace, t.Name, "shape %v has a negative or more than %d dimensions", t.Shape, maxRank)
		default:
			if bytes, ok := shapeBytes(size, t.Shape, math.MaxInt); !ok || bytes != len(t.Data) {
				problems.add(noPlace, t.Name, "%s%v does not take the %d bytes given", t.DType, t.Shape, len(t.Data))
			}
		}
		seen[t.Name] = true
	}
	for key, value := range f.Metadata {
		if !utf8.ValidString(key) || !utf8.ValidString(value) {
			problems.add(noPlace, "", "metadata %q is not valid UTF-8", key)
		}
	}
	return problems.err()
}

// encodeHeader returns the header length and the header. The JSON is put together by hand only at the top, where the
// tensors must keep their order.
func encodeHeader(tensors []Tensor, metadata map[string]string) ([]byte, error) {
	out := bytes.NewBuffer(make([]byte, lengthBytes))
	out.WriteByte('{')
	member := func(key string, value any) {
		if out.Len() > lengthBytes+1 {
			out.WriteByte(',')
		}
		// Strings, integers and maps of strings cannot fail to encode.
		name, _ := json.Marshal(key)
		text, _ := json.Marshal(value)
		out.Write(name)
		out.WriteByte(':')
		out.Write(text)
	}
	if metadata != nil {
		member(metadataKey, metadata)
	}
	begin := 0
	for _, t := range tensors {
		end := begin + len(t.Data)
		member(t.Name, struct {
			DType   string `json:"dtype"`
			Shape   []int  `json:"shape"`
			Offsets [2]int `json:"data_offsets"`
		}{t.DType, append([]int{}, t.Shape...), [2]int{begin, end}})
		begin = end
	}
	out.WriteByte('}')
	for out.Len()%8 != 0 {
		out.WriteByte(' ')
	}
	n := out.Len() - lengthBytes
	if n > maxHeaderBytes {
		return nil, &Error{Byte: noPlace, Msg: fmt.Sprintf("header of %d bytes exceeds the limit of %d", n, maxHeaderBytes)}
	}
	binary.LittleEndian.PutUint64(out.Bytes(), uint64(n))
	return out.Bytes(), nil
}
