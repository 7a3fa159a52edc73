package llvmcpu

import (
	"bytes"
	"debug/elf"
	"fmt"
	"slices"
)

// kernel takes a function out of an object, with the constants that it reads and none of others. It is not exact where a
// section of constants does not fall into entries: then the whole section comes along, and with it what other functions of
// the object read.
func (o *objectFile) kernel(name string) (k *kernelCode, exact bool, err error) {
	s := o.funcs[name]
	if s == nil {
		return nil, false, fmt.Errorf("llvmcpu: llc left out function %s", name)
	}
	k, exact = &kernelCode{Code: s.data, AlignBytes: s.alignBytes, StackBytes: s.stackBytes}, true
	for _, r := range s.relocs {
		to := reloc{OffsetBytes: r.offsetBytes, Type: r.typ, AddendBytes: r.addendBytes, Kernel: r.fn}
		if r.to != nil {
			if len(r.to.relocs) > 0 {
				return nil, false, fmt.Errorf("llvmcpu: %s reads a constant that holds an address", name)
			}
			l, addendBytes, entry := o.constant(r)
			to.AddendBytes, to.Constant = addendBytes, k.constant(l)
			exact = exact && entry
		}
		k.Relocs = append(k.Relocs, to)
	}
	return k, exact, nil
}

// constant is the entry of a section that a relocation refers to, or the whole section if it does not refer to the start of
// one, and the addend from there on.
func (o *objectFile) constant(r elfReloc) (l literal, addendBytes int64, entry bool) {
	first, size := o.firstByte(r.typ), r.to.entryBytes
	at := int(r.addendBytes - first)
	if size == 0 || at < 0 || at%size != 0 || at >= len(r.to.data) || len(r.to.data)%size != 0 {
		return literal{r.to.data, r.to.alignBytes}, r.addendBytes, false
	}
	return literal{r.to.data[at : at+size], size}, first, true // a section may ask for less alignment, or for what others in it need
}

// firstByte is the addend of a relocation that refers to the first byte of something. On amd64 distances count from the end of an
// instruction, which is four bytes on if no other operand follows.
func (o *objectFile) firstByte(typ uint32) int64 {
	if o.machine == elf.EM_X86_64 && elf.R_X86_64(typ) == elf.R_X86_64_PC32 {
		return -4
	}
	return 0
}

// constant is the number of a constant of the kernel, which is added if it is new.
func (k *kernelCode) constant(l literal) int {
	n := slices.IndexFunc(k.Constants, func(c literal) bool { return c.AlignBytes == l.AlignBytes && bytes.Equal(c.Data, l.Data) })
	if n < 0 {
		n = len(k.Constants)
		k.Constants = append(k.Constants, l)
	}
	return n
}
