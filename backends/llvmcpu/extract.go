package llvmcpu

import (
	"debug/elf"
	"fmt"
)

// kernel takes a function out of an object, with the constants that it reads and none of others. It is not exact where a
// section of constants does not fall into entries: then the whole section comes along, and with it what other functions of
// the object read.
func (o *objectFile) kernel(name string) (k *kernelCode, exact bool, err error) {
	s := o.funcs[name]
	if s == nil {
		return nil, false, fmt.Errorf("llvmcpu: llc left out function %s", name)
	}
	x := extraction{object: o, code: &kernelCode{Code: s.data, AlignBytes: s.alignBytes, StackBytes: s.stackBytes}, entries: map[entry]int{}}
	exact = true
	for _, r := range s.relocs {
		if r.fn != "" {
			x.code.Relocs = append(x.code.Relocs, reloc{OffsetBytes: r.offsetBytes, Type: r.typ, AddendBytes: r.addendBytes, Kernel: r.fn})
			continue
		}
		if len(r.to.relocs) > 0 {
			return nil, false, fmt.Errorf("llvmcpu: %s reads a constant that holds an address", name)
		}
		exact = x.constant(r) && exact
	}
	return x.code, exact, nil
}

// extraction is a kernel being put together.
type extraction struct {
	object  *objectFile
	code    *kernelCode
	entries map[entry]int // which of the kernel's constants an entry is
}

// entry is a part of a section: a constant, or all of them.
type entry struct {
	in          *section
	offsetBytes int
}

// constant adds a relocation and the entry that it refers to, or the whole section if it does not refer to the start of one.
func (x *extraction) constant(r elfReloc) (exact bool) {
	before := x.object.addendBytes(r.typ)
	at, size := int(r.addendBytes-before), r.to.entryBytes
	exact = size > 0 && at >= 0 && at%size == 0 && at < len(r.to.data) && len(r.to.data)%size == 0
	e := entry{r.to, at}
	l := literal{AlignBytes: size} // a section may ask for less, or for what others in it need
	if exact {
		l.Data = r.to.data[at : at+size]
	} else {
		l = literal{r.to.data, r.to.alignBytes}
		e.offsetBytes = -1
		before = r.addendBytes
	}
	n, known := x.entries[e]
	if !known {
		n = len(x.code.Constants)
		x.entries[e] = n
		x.code.Constants = append(x.code.Constants, l)
	}
	x.code.Relocs = append(x.code.Relocs, reloc{OffsetBytes: r.offsetBytes, Type: r.typ, AddendBytes: before, Constant: n})
	return exact
}

// addendBytes is the addend of a relocation that refers to the first byte of something. On amd64 distances count from the end of an
// instruction, which is four bytes on if no other operand follows.
func (o *objectFile) addendBytes(typ uint32) int64 {
	if o.machine == elf.EM_X86_64 && elf.R_X86_64(typ) == elf.R_X86_64_PC32 {
		return -4
	}
	return 0
}
