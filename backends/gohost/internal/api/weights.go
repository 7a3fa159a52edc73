package api

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"unsafe"
)

// A weights file is a header and the constants, each at a multiple of 64 bytes. Header: eight bytes that name the format,
// the number of bytes that follow the header, the layout hash of the network, and the SHA-256 of what follows; zeros
// fill it up.
const (
	weightsMagic       = "nnccwts\x01"
	weightsHeaderBytes = 128
	weightsAlign       = 64
)

// weightsMemory is a weights file in memory.
type weightsMemory struct {
	file  []byte
	unmap func() // nil if there is nothing to give back
}

func (w weightsMemory) release() {
	if w.unmap != nil {
		w.unmap()
	}
}

// openWeights is the embedded weights file in place, or that of r, checked.
func (m *model) openWeights(r io.Reader) (weightsMemory, error) {
	switch {
	case r != nil:
		return m.read(r)
	case m.weights == "":
		return weightsMemory{}, fmt.Errorf("%w: none are part of the package: use WithWeights", ErrWeights)
	}
	return weightsMemory{file: unsafe.Slice(unsafe.StringData(m.weights), len(m.weights))}, nil
}

// constants are the parts of a weights file.
func (m *model) constants(file []byte) [][]byte {
	at := weightsHeaderBytes
	out := make([][]byte, len(m.constBytes))
	for i, n := range m.constBytes {
		out[i] = file[at : at+n : at+n]
		at += alignWeights(n)
	}
	return out
}

// bodyBytes is the size of a weights file without its header.
func (m *model) bodyBytes() int {
	total := 0
	for _, n := range m.constBytes {
		total += alignWeights(n)
	}
	return total
}

func alignWeights(n int) int { return (n + weightsAlign - 1) &^ (weightsAlign - 1) }

// read brings a whole weights file into memory and checks that it is for this network and undamaged.
func (m *model) read(r io.Reader) (weightsMemory, error) {
	header := make([]byte, weightsHeaderBytes)
	if n, err := io.ReadFull(r, header); err != nil {
		return weightsMemory{}, readFailed(n, len(header), err)
	}
	bodyBytes := m.bodyBytes()
	switch {
	case string(header[:8]) != weightsMagic:
		return weightsMemory{}, fmt.Errorf("%w: not a weights file", ErrWeights)
	case hex.EncodeToString(header[16:48]) != m.layout:
		return weightsMemory{}, fmt.Errorf("%w: made for another network, with other options, or by another version of nncc", ErrWeights)
	case binary.LittleEndian.Uint64(header[8:]) != uint64(bodyBytes):
		return weightsMemory{}, fmt.Errorf("%w: the size in the header is wrong", ErrWeights)
	}
	w := mapWeights(r, len(header)+bodyBytes)
	if w.file == nil {
		w.file = make([]byte, len(header)+bodyBytes)
		if n, err := io.ReadFull(r, w.file[copy(w.file, header):]); err != nil {
			return weightsMemory{}, readFailed(len(header)+n, len(w.file), err)
		}
	}
	if sum := sha256.Sum256(w.file[len(header):]); string(sum[:]) != string(header[48:80]) {
		w.release()
		return weightsMemory{}, fmt.Errorf("%w: damaged", ErrWeights)
	}
	return w, nil
}

func readFailed(have, want int, err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: the file ends after %d bytes of %d", ErrWeights, have, want)
	}
	return fmt.Errorf("%w: %w", ErrWeights, err)
}

// mapWeights maps a file of the operating system whose header has just been read. Where it cannot, there is no memory.
func mapWeights(r io.Reader, bytes int) weightsMemory {
	f, ok := r.(*os.File)
	if !ok {
		return weightsMemory{}
	}
	at, err := f.Seek(0, io.SeekCurrent)
	if err != nil || at != weightsHeaderBytes {
		return weightsMemory{}
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() < int64(bytes) {
		return weightsMemory{}
	}
	return mapFile(f, bytes)
}
