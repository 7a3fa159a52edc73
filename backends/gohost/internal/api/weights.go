package api

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
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

// constants are the parts of the weights file: the embedded one in place, or that read from r.
func (m *model) constants(r io.Reader) ([][]byte, error) {
	file := unsafe.Slice(unsafe.StringData(m.weights), len(m.weights))
	if r != nil {
		var err error
		if file, err = m.read(r); err != nil {
			return nil, err
		}
	}
	if len(file) != weightsHeaderBytes+m.bodyBytes() {
		return nil, fmt.Errorf("%w: none are part of the package, or too few: use WithWeights", ErrWeights)
	}
	at := weightsHeaderBytes
	out := make([][]byte, len(m.constBytes))
	for i, n := range m.constBytes {
		out[i] = file[at : at+n : at+n]
		at += alignWeights(n)
	}
	return out, nil
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

// read reads a whole weights file and checks that it is for this network and undamaged.
func (m *model) read(r io.Reader) ([]byte, error) {
	file := make([]byte, weightsHeaderBytes+m.bodyBytes())
	if _, err := io.ReadFull(r, file[:weightsHeaderBytes]); err != nil {
		return nil, fmt.Errorf("%w: header: %w", ErrWeights, err)
	}
	body := file[weightsHeaderBytes:]
	switch {
	case string(file[:8]) != weightsMagic:
		return nil, fmt.Errorf("%w: not a weights file", ErrWeights)
	case hex.EncodeToString(file[16:48]) != m.layout:
		return nil, fmt.Errorf("%w: made for another network, or by another version of nncc", ErrWeights)
	case binary.LittleEndian.Uint64(file[8:]) != uint64(len(body)):
		return nil, fmt.Errorf("%w: the size in the header is wrong", ErrWeights)
	}
	if _, err := io.ReadFull(r, body); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrWeights, err)
	}
	if sum := sha256.Sum256(body); string(sum[:]) != string(file[48:80]) {
		return nil, fmt.Errorf("%w: damaged", ErrWeights)
	}
	return file, nil
}
