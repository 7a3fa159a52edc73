package llvmcpu

import (
	"bytes"
	"encoding/gob"
)

// kernelCode is what llc made of a kernel. It is the same whatever was compiled along with the kernel.
type kernelCode struct {
	Code       []byte
	AlignBytes int
	StackBytes int // its own frame
	Relocs     []reloc
	Constants  []literal
	Flags      int // index into flagSets
}

// literal is a constant of a kernel's code.
type literal struct {
	Data       []byte
	AlignBytes int
}

// reloc asks for the distance to a kernel or, where it names none, to one of the constants.
type reloc struct {
	OffsetBytes int
	Type        uint32
	AddendBytes int64
	Kernel      string
	Constant    int
}

// spills counts the vectors that the kernel keeps on the stack.
func (k *kernelCode) spills(arch string) int {
	if arch == "amd64" {
		return spillsAMD64(k.Code)
	}
	return spillsARM64(k.Code)
}

func (k *kernelCode) encode() ([]byte, error) {
	var b bytes.Buffer
	err := gob.NewEncoder(&b).Encode(k)
	return b.Bytes(), err
}

func decodeKernel(raw []byte) (*kernelCode, error) {
	k := new(kernelCode)
	return k, gob.NewDecoder(bytes.NewReader(raw)).Decode(k)
}
