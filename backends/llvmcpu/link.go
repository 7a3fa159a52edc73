package llvmcpu

import (
	"debug/elf"
	"encoding/binary"
	"fmt"

	"nncc/backends"
)

// linker joins functions of several objects and the constants they use into position-independent code.
type linker struct {
	machine elf.Machine
	funcs   map[string]*section
}

// piece is code under construction: sections at their places.
type piece struct {
	code  []byte
	at    map[*section]int
	order []*section
}

// stackMarginBytes is added to each frame: the return address, and what realigning a frame may take, which llc's
// numbers leave out.
const stackMarginBytes = 8 + 128

// link lays out the named kernels and everything they reach.
func (l *linker) link(names []string, separate bool) (*backends.Object, error) {
	if separate {
		return l.linkSeparate(names)
	}
	p, err := l.layout(names)
	if err != nil {
		return nil, err
	}
	out := &backends.Object{Code: p.code}
	for _, name := range names {
		s, err := l.symbol(name)
		if err != nil {
			return nil, err
		}
		s.OffsetBytes = p.at[l.funcs[name]]
		s.SizeBytes = len(l.funcs[name].data)
		out.Kernels = append(out.Kernels, s)
	}
	return out, nil
}

// linkSeparate gives every kernel a piece of its own.
func (l *linker) linkSeparate(names []string) (*backends.Object, error) {
	out := &backends.Object{}
	for _, name := range names {
		p, err := l.layout([]string{name})
		if err != nil {
			return nil, err
		}
		s, err := l.symbol(name)
		if err != nil {
			return nil, err
		}
		out.Code = pad(out.Code, kernelAlignBytes, l.machine)
		s.OffsetBytes, s.SizeBytes = len(out.Code), len(p.code)
		out.Code = append(out.Code, p.code...)
		out.Kernels = append(out.Kernels, s)
	}
	return out, nil
}

// symbol describes a function apart from its place.
func (l *linker) symbol(name string) (backends.Symbol, error) {
	stack, err := l.stackBytes(name, 0)
	if err != nil {
		return backends.Symbol{}, err
	}
	return backends.Symbol{Name: name, StackBytes: stack, Spills: spills(l.machine, l.funcs[name])}, nil
}

// stackBytes is the longest chain of frames from a function on.
func (l *linker) stackBytes(name string, depth int) (int, error) {
	const deepestChain = 64
	s := l.funcs[name]
	if s == nil {
		return 0, fmt.Errorf("llvmcpu: undefined function %q", name)
	}
	if depth > deepestChain {
		return 0, fmt.Errorf("llvmcpu: %s calls itself", name)
	}
	deepest := 0
	for _, r := range s.relocs {
		if r.fn == "" || r.fn == name {
			continue
		}
		n, err := l.stackBytes(r.fn, depth+1)
		if err != nil {
			return 0, err
		}
		deepest = max(deepest, n)
	}
	return s.stackBytes + stackMarginBytes + deepest, nil
}

// layout places the named functions, then the functions and constants they need, and resolves all distances.
func (l *linker) layout(names []string) (*piece, error) {
	p := &piece{at: map[*section]int{}}
	reached := map[*section]bool{}
	var code, constants []*section
	var visit func(s *section) error
	visit = func(s *section) error {
		if reached[s] {
			return nil
		}
		reached[s] = true
		if s.fn == "" {
			constants = append(constants, s)
		} else {
			code = append(code, s)
		}
		for _, r := range s.relocs {
			to, err := l.target(r)
			if err == nil {
				err = visit(to)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
	for _, name := range names {
		s := l.funcs[name]
		if s == nil {
			return nil, fmt.Errorf("llvmcpu: undefined function %q", name)
		}
		if err := visit(s); err != nil {
			return nil, err
		}
	}
	for _, s := range append(code, constants...) {
		p.code = pad(p.code, s.align, l.machine)
		p.at[s] = len(p.code)
		p.order = append(p.order, s)
		p.code = append(p.code, s.data...)
	}
	return p, l.relocate(p)
}

// target is the section a relocation points into.
func (l *linker) target(r reloc) (*section, error) {
	if r.to != nil {
		return r.to, nil
	}
	if s := l.funcs[r.fn]; s != nil {
		return s, nil
	}
	return nil, fmt.Errorf("llvmcpu: undefined function %q: the code needs a run-time library", r.fn)
}

// relocate fills in the distances. Anything but a distance would need a loader and is refused.
func (l *linker) relocate(p *piece) error {
	for _, s := range p.order {
		for _, r := range s.relocs {
			to, err := l.target(r)
			if err != nil {
				return err
			}
			place := p.at[s] + r.offset
			distance := int64(p.at[to]) + r.addend - int64(place)
			switch l.machine {
			case elf.EM_X86_64:
				err = patchAMD64(p.code[place:], elf.R_X86_64(r.typ), distance)
			case elf.EM_AARCH64:
				err = patchARM64(p.code[place:], elf.R_AARCH64(r.typ), distance)
			default:
				err = fmt.Errorf("llvmcpu: no linker for %v", l.machine)
			}
			if err != nil {
				return fmt.Errorf("%w (in %s)", err, s.fn)
			}
		}
	}
	return nil
}

func patchAMD64(code []byte, typ elf.R_X86_64, distance int64) error {
	if typ != elf.R_X86_64_PC32 && typ != elf.R_X86_64_PLT32 {
		return fmt.Errorf("llvmcpu: relocation %v is not relative to the code", typ)
	}
	if distance != int64(int32(distance)) {
		return fmt.Errorf("llvmcpu: relocation over %d bytes", distance)
	}
	binary.LittleEndian.PutUint32(code, uint32(distance))
	return nil
}

// patchARM64 handles what -code-model=tiny emits: calls, and addresses and loads within 1 MiB.
func patchARM64(code []byte, typ elf.R_AARCH64, distance int64) error {
	word := binary.LittleEndian.Uint32(code)
	fits := func(bits uint) bool { return distance >= -1<<(bits-1) && distance < 1<<(bits-1) }
	switch {
	case (typ == elf.R_AARCH64_CALL26 || typ == elf.R_AARCH64_JUMP26) && fits(28):
		word |= uint32(distance>>2) & (1<<26 - 1)
	case typ == elf.R_AARCH64_ADR_PREL_LO21 && fits(21):
		word |= uint32(distance&3)<<29 | uint32(distance>>2)&(1<<19-1)<<5
	case typ == elf.R_AARCH64_LD_PREL_LO19 && fits(21):
		word |= uint32(distance>>2) & (1<<19 - 1) << 5
	default:
		return fmt.Errorf("llvmcpu: relocation %v over %d bytes", typ, distance)
	}
	binary.LittleEndian.PutUint32(code, word)
	return nil
}

// pad fills up to a multiple of align with instructions that trap.
func pad(code []byte, align int, machine elf.Machine) []byte {
	fill := byte(0xcc) // int3
	if machine == elf.EM_AARCH64 {
		fill = 0 // udf
	}
	for len(code)%align != 0 {
		code = append(code, fill)
	}
	return code
}
