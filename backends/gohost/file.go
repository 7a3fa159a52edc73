package gohost

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
)

// File is what a file of a package holds: pieces that follow each other, as the weights are too large to be copied.
type File [][]byte

// Bytes is the size of the file.
func (f File) Bytes() int {
	n := 0
	for _, piece := range f {
		n += len(piece)
	}
	return n
}

func (f File) writeTo(w io.Writer) error {
	for _, piece := range f {
		if _, err := w.Write(piece); err != nil {
			return err
		}
	}
	return nil
}

// sum is the SHA-256 of the file.
func (f File) sum() [sha256.Size]byte {
	h := sha256.New()
	_ = f.writeTo(h) // a hash takes everything
	return [sha256.Size]byte(h.Sum(nil))
}

// hash is sum as a manifest has it.
func (f File) hash() string {
	sum := f.sum()
	return hex.EncodeToString(sum[:])
}

// isAt reports whether the file of that name holds the same bytes.
func (f File) isAt(name string) (bool, error) {
	old, err := os.Open(name)
	if err != nil {
		return false, err
	}
	defer old.Close()
	info, err := old.Stat()
	if err != nil || info.Size() != int64(f.Bytes()) {
		return false, err
	}
	chunk := make([]byte, 1<<18)
	for _, piece := range f {
		for len(piece) > 0 {
			part := chunk[:min(len(piece), len(chunk))]
			if _, err := io.ReadFull(old, part); err != nil {
				return false, err
			}
			if !bytes.Equal(part, piece[:len(part)]) {
				return false, nil
			}
			piece = piece[len(part):]
		}
	}
	return true, nil
}
