package llvmcpu

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"strings"
)

// objectFile is a relocatable ELF object of llc's. Every function has a section of its own (-function-sections), at offset 0.
type objectFile struct {
	machine  elf.Machine
	sections map[int]*section // those that are placed in memory, by index
	funcs    map[string]*section
}

// section is the code of a function, or constants.
type section struct {
	fn         string // name of the function in it; empty for constants
	data       []byte
	alignBytes int
	entryBytes int // of constants: the size of each, if known
	stackBytes int // frame of the function
	relocs     []elfReloc
}

// elfReloc asks for the distance to a function by name, or to a place in a section of constants.
type elfReloc struct {
	offsetBytes int
	typ         uint32
	addendBytes int64
	fn          string
	to          *section
}

// parseObject reads llc's output.
func parseObject(raw []byte) (*objectFile, error) {
	f, err := elf.NewFile(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("llvmcpu: llc's object: %w", err)
	}
	defer f.Close()
	o := &objectFile{machine: f.Machine, sections: map[int]*section{}, funcs: map[string]*section{}}
	symbols, err := f.Symbols()
	if err != nil {
		return nil, fmt.Errorf("llvmcpu: llc's object: %w", err)
	}
	for i, s := range f.Sections {
		if s.Type != elf.SHT_PROGBITS || s.Flags&elf.SHF_ALLOC == 0 || s.Size == 0 || strings.HasPrefix(s.Name, ".eh_frame") {
			continue
		}
		if s.Flags&elf.SHF_WRITE != 0 {
			return nil, fmt.Errorf("llvmcpu: llc made a writable section %s", s.Name)
		}
		data, err := s.Data()
		if err != nil {
			return nil, fmt.Errorf("llvmcpu: section %s: %w", s.Name, err)
		}
		o.sections[i] = &section{data: data, alignBytes: max(int(s.Addralign), 1), entryBytes: int(s.Entsize)}
	}
	for _, s := range symbols {
		sec := o.sections[int(s.Section)]
		if elf.ST_TYPE(s.Info) != elf.STT_FUNC || elf.ST_BIND(s.Info) != elf.STB_GLOBAL || sec == nil {
			continue
		}
		if s.Value != 0 || sec.fn != "" {
			return nil, fmt.Errorf("llvmcpu: function %s shares its section", s.Name)
		}
		sec.fn = s.Name
		o.funcs[s.Name] = sec
	}
	if err := o.readRelocations(f, symbols); err != nil {
		return nil, err
	}
	o.splitLargest()
	return o, nil
}

// splitLargest divides sections that say no size of their constants. LLVM has no others for the largest, vectors of 64 bytes and as much
// configuration of matrix registers, nor for the smallest. All are entries of the largest size if every one that is read begins
// such an entry; else small ones may share it, which ones depends on the functions in the object, and the size stays unknown.
func (o *objectFile) splitLargest() {
	const largestBytes = 64
	shared := map[*section]bool{}
	for _, s := range o.sections {
		for _, r := range s.relocs {
			if r.to != nil && (r.addendBytes-o.firstByte(r.typ))%largestBytes != 0 {
				shared[r.to] = true
			}
		}
	}
	for _, s := range o.sections {
		if s.fn == "" && s.entryBytes == 0 && !shared[s] {
			s.entryBytes, s.alignBytes = largestBytes, largestBytes
			s.data = append(s.data, make([]byte, -len(s.data)&(largestBytes-1))...)
		}
	}
}

// relocation entry of ELF64 with addend: offset, symbol and type, addend.
const relaBytes = 24

func (o *objectFile) readRelocations(f *elf.File, symbols []elf.Symbol) error {
	for _, s := range f.Sections {
		if s.Type != elf.SHT_RELA || int(s.Info) >= len(f.Sections) {
			continue
		}
		data, err := s.Data()
		if err != nil {
			return fmt.Errorf("llvmcpu: section %s: %w", s.Name, err)
		}
		target := f.Sections[s.Info]
		for ; len(data) >= relaBytes; data = data[relaBytes:] {
			offset, info := binary.LittleEndian.Uint64(data), binary.LittleEndian.Uint64(data[8:])
			addend := int64(binary.LittleEndian.Uint64(data[16:]))
			n := int(info >> 32)
			if n == 0 || n > len(symbols) {
				return fmt.Errorf("llvmcpu: %s names no symbol", s.Name)
			}
			sym := symbols[n-1]
			switch sec := o.sections[int(s.Info)]; {
			case target.Name == ".stack_sizes":
				err = o.setStackBytes(target, int(offset), sym)
			case sec != nil:
				err = o.addReloc(sec, elfReloc{offsetBytes: int(offset), typ: uint32(info), addendBytes: addend}, sym)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// setStackBytes reads the entry of .stack_sizes at offset: the function's address, relocated, then a ULEB128.
func (o *objectFile) setStackBytes(sizes *elf.Section, offset int, sym elf.Symbol) error {
	data, err := sizes.Data()
	if err != nil {
		return fmt.Errorf("llvmcpu: section %s: %w", sizes.Name, err)
	}
	const addressBytes = 8
	if offset+addressBytes >= len(data) {
		return fmt.Errorf("llvmcpu: section %s is cut off", sizes.Name)
	}
	n, used := binary.Uvarint(data[offset+addressBytes:])
	fn := o.sections[int(sym.Section)]
	if used <= 0 || fn == nil {
		return fmt.Errorf("llvmcpu: section %s is malformed", sizes.Name)
	}
	fn.stackBytes = int(n)
	return nil
}

// addReloc resolves the symbol as far as this file can: functions by name, because they may be in another file.
func (o *objectFile) addReloc(in *section, r elfReloc, sym elf.Symbol) error {
	to := o.sections[int(sym.Section)]
	switch {
	case to == nil && sym.Section == elf.SHN_UNDEF && sym.Name != "":
		r.fn = sym.Name
	case to == nil:
		return fmt.Errorf("llvmcpu: %s refers to %q, which is neither code nor constant", in.fn, sym.Name)
	case to.fn != "":
		r.fn = to.fn
		r.addendBytes += int64(sym.Value)
	default:
		r.to = to
		r.addendBytes += int64(sym.Value)
	}
	in.relocs = append(in.relocs, r)
	return nil
}
