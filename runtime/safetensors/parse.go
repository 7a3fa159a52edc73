package safetensors

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
	"unicode/utf8"
)

// Parse reads a file from memory. The tensors' Data alias data; nothing is copied.
//
// Every tensor must have a known dtype, data_offsets of the size that its dtype and shape ask for, and a name of its
// own; together the tensors must cover the bytes behind the header exactly, without overlap or hole. The error joins
// an *Error for each violation, with its byte position.
func Parse(data []byte) (*File, error) {
	var problems problems
	text, ok := headerText(data, &problems)
	if !ok {
		return nil, problems.err()
	}
	header := parseHeader(text, &problems)
	body := data[lengthBytes+len(text):]
	checkSizes(header.entries, len(body), &problems)
	if problems.count == 0 { // a tensor of the wrong size would show up again as a hole
		checkCover(header.entries, len(body), &problems)
	}
	if err := problems.err(); err != nil {
		return nil, err
	}
	f := &File{Metadata: header.metadata}
	for _, e := range header.entries {
		// The capacity ends with the tensor, so that appending to one cannot write into the next.
		f.Tensors = append(f.Tensors, Tensor{e.name, e.dtype, e.shape, body[e.begin:e.end:e.end]})
	}
	return f, nil
}

// headerText cuts the JSON header out of a file.
func headerText(data []byte, problems *problems) ([]byte, bool) {
	if len(data) < lengthBytes {
		problems.add(0, "", "file of %d bytes is too short for the header length (8 bytes)", len(data))
		return nil, false
	}
	n := binary.LittleEndian.Uint64(data)
	switch {
	case n > maxHeaderBytes:
		problems.add(0, "", "header length %d exceeds the limit of %d bytes", n, maxHeaderBytes)
		return nil, false
	case n > uint64(len(data)-lengthBytes):
		problems.add(0, "", "header length %d exceeds the %d bytes that follow", n, len(data)-lengthBytes)
		return nil, false
	}
	text := data[lengthBytes : lengthBytes+int(n)]
	switch {
	case !bytes.HasPrefix(text, []byte("{")):
		problems.add(lengthBytes, "", "header does not start with '{'")
	case !utf8.Valid(text):
		problems.add(lengthBytes, "", "header is not valid UTF-8")
	default:
		return text, true
	}
	return nil, false
}

// checkSizes compares each tensor's dtype and shape with the bytes that it claims, and those with the file.
func checkSizes(entries []entry, bodyBytes int, problems *problems) {
	for _, e := range entries {
		size := elementBytes(e.dtype)
		if size == 0 {
			problems.add(e.at, e.name, "dtype %q is not known", e.dtype)
			continue
		}
		if e.begin > e.end || e.end > bodyBytes {
			problems.add(e.at, e.name, "data_offsets [%d, %d] are not inside the %d bytes of data", e.begin, e.end, bodyBytes)
			continue
		}
		got := e.end - e.begin
		if want, ok := shapeBytes(size, e.shape, bodyBytes); !ok {
			problems.add(e.at, e.name, "%s%v is larger than the %d bytes of data", e.dtype, e.shape, bodyBytes)
		} else if want != got {
			problems.add(e.at, e.name, "%s%v takes %d bytes, but data_offsets [%d, %d] span %d", e.dtype, e.shape, want, e.begin, e.end, got)
		}
	}
}

// checkCover reports where tensors overlap or leave bytes between, before or behind them.
func checkCover(entries []entry, bodyBytes int, problems *problems) {
	byPlace := slices.Clone(entries)
	slices.SortStableFunc(byPlace, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end))
	})
	covered, last := 0, ""
	for _, e := range byPlace {
		switch {
		case e.begin > covered:
			problems.add(e.at, e.name, "data_offsets [%d, %d] leave a hole: bytes %d to %d belong to no tensor", e.begin, e.end, covered, e.begin)
		case e.begin < covered:
			problems.add(e.at, e.name, "data_offsets [%d, %d] overlap tensor %q, which ends at %d", e.begin, e.end, last, covered)
		}
		if e.end > covered || last == "" {
			covered, last = max(covered, e.end), e.name
		}
	}
	if covered < bodyBytes {
		problems.add(0, "", "the last %d bytes of data belong to no tensor", bodyBytes-covered)
	}
}
