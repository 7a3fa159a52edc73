package gohost

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// weightsFile is the name of the file of constants in a package.
const weightsFile = "weights.bin"

// The format of a weights file, as package internal/api reads it.
const (
	weightsMagic       = "nnccwts\x01"
	weightsHeaderBytes = 128
	weightsAlign       = 64
)

// weights is the file of the constants, which all parts share.
func (e *packageEmitter) weights() File {
	var body File
	for _, c := range e.program.Constants {
		body = append(body, c.Data, make([]byte, alignUp(len(c.Data), weightsAlign)-len(c.Data)))
	}
	header := make([]byte, weightsHeaderBytes)
	sum := body.sum()
	copy(header, weightsMagic)
	binary.LittleEndian.PutUint64(header[8:], uint64(body.Bytes()))
	copy(header[16:], e.layout[:])
	copy(header[48:], sum[:])
	return append(File{header}, body...)
}

// layoutHash is about everything that weights have to agree with: names, forms and sizes of the constants, and the kernels
// that use them, as they have numbers of the model inside. Native code is in it only where there are no portable kernels:
// it differs between releases of LLVM, and what it computes does not.
func (e *packageEmitter) layoutHash() [32]byte {
	h := sha256.New()
	for _, c := range e.program.Constants {
		fmt.Fprintf(h, "constant %q %q %d\n", c.Name, c.Form, len(c.Data))
	}
	_, portable := e.program.Variant(ISA)
	for _, p := range e.parts() {
		for _, v := range p.Variants {
			if v.ISA == ISA || !portable {
				fmt.Fprintf(h, "variant %s\n%v\n%v\n%q\n%q\n", v.ISA, v.Init, v.Step, v.Source, v.Code)
			}
		}
	}
	return [32]byte(h.Sum(nil))
}
