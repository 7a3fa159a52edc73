package data

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
)

const (
	// maxSetBytes bounds what one file of a data set may hold, unpacked.
	maxSetBytes = 1 << 32
	// maxInflation is how many bytes deflate can make of one; what claims more is refused before memory is reserved.
	maxInflation = 1032
)

// source is an open file of a data set, unpacked on the fly if it is gzipped.
type source struct {
	io.Reader
	file     *os.File
	maxBytes int64 // what can come out of it
}

// openSource opens a regular file. That it is gzipped shows in its first bytes, whatever its name.
func openSource(path string) (*source, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	s, err := newSource(f)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

func newSource(f *os.File) (*source, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a file")
	}
	r, maxBytes, err := unpack(f, info.Size())
	return &source{r, f, maxBytes}, err
}

// unpack reads what r, of size bytes, holds, and says how much that may be.
func unpack(r io.Reader, size int64) (io.Reader, int64, error) {
	b := bufio.NewReaderSize(r, 1<<16)
	if magic, err := b.Peek(2); err != nil || string(magic) != "\x1f\x8b" {
		return b, min(size, maxSetBytes), nil
	}
	z, err := gzip.NewReader(b)
	return z, inflated(size), err
}

// inflated bounds what size bytes of a deflate stream become.
func inflated(size int64) int64 {
	if size > maxSetBytes/maxInflation {
		return maxSetBytes
	}
	return size * maxInflation
}

func (s *source) Close() error { return s.file.Close() }

// readExactly reads size bytes, at most maxBytes, that start at byte offset of what r belongs to. Errors say at which.
func readExactly(r io.Reader, offset, size, maxBytes int64) ([]byte, error) {
	if size > maxBytes || size > math.MaxInt {
		return nil, atByte(offset, "%d bytes are announced, and there is room for %d at most", size, maxBytes)
	}
	data := make([]byte, size)
	n, err := io.ReadFull(r, data)
	switch {
	case err == nil:
		return data, nil
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return nil, atByte(offset+int64(n), "the file ends, %d bytes are missing", size-int64(n))
	}
	return nil, atByte(offset+int64(n), "%w", err)
}

// expectEnd makes sure that nothing follows byte offset, and has checksums compared.
func expectEnd(r io.Reader, offset int64) error {
	var one [1]byte
	switch _, err := io.ReadFull(r, one[:]); {
	case err == nil:
		return atByte(offset, "bytes follow behind the end of the data")
	case err != io.EOF:
		return atByte(offset, "%w", err)
	}
	return nil
}

// atByte is an error with its place in a file.
func atByte(offset int64, format string, args ...any) error {
	return fmt.Errorf("byte %d: %w", offset, fmt.Errorf(format, args...))
}
