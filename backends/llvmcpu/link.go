package llvmcpu

import (
	"debug/elf"
	"encoding/binary"
	"fmt"
	"slices"

	"nncc/backends"
)

// linker joins kernels and the constants they read into position-independent code.
type linker struct {
	arch    string
	kernels map[string]*kernelCode
}

// piece is code under construction: kernels and constants at their places.
type piece struct {
	code      []byte
	kernels   map[*kernelCode]int
	constants map[string]int // by content
	order     []*kernelCode
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
		s.OffsetBytes = p.kernels[l.kernels[name]]
		s.SizeBytes = len(l.kernels[name].Code)
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
		out.Code = pad(out.Code, kernelAlignBytes, l.arch)
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
	return backends.Symbol{Name: name, StackBytes: stack, Spills: l.kernels[name].spills(l.arch)}, nil
}

// stackBytes is the longest chain of frames from a function on.
func (l *linker) stackBytes(name string, depth int) (int, error) {
	const deepestChain = 64
	k, err := l.kernel(name)
	if err != nil {
		return 0, err
	}
	if depth > deepestChain {
		return 0, fmt.Errorf("llvmcpu: %s calls itself", name)
	}
	deepest := 0
	for _, r := range k.Relocs {
		if r.Kernel == "" || r.Kernel == name {
			continue
		}
		n, err := l.stackBytes(r.Kernel, depth+1)
		if err != nil {
			return 0, err
		}
		deepest = max(deepest, n)
	}
	return k.StackBytes + stackMarginBytes + deepest, nil
}

// kernel finds a kernel by name.
func (l *linker) kernel(name string) (*kernelCode, error) {
	if k := l.kernels[name]; k != nil {
		return k, nil
	}
	return nil, fmt.Errorf("llvmcpu: undefined function %q: the code needs a run-time library", name)
}

// layout places the named kernels, then those that they call, then constants, each once, and resolves all distances.
func (l *linker) layout(names []string) (*piece, error) {
	p := &piece{kernels: map[*kernelCode]int{}, constants: map[string]int{}}
	for _, name := range names {
		if err := l.placeKernel(p, name); err != nil {
			return nil, err
		}
	}
	for i := 0; i < len(p.order); i++ { // placing one may lengthen the list
		for _, r := range p.order[i].Relocs {
			if r.Kernel == "" {
				continue
			}
			if err := l.placeKernel(p, r.Kernel); err != nil {
				return nil, err
			}
		}
	}
	l.placeConstants(p)
	return p, l.relocate(p)
}

func (l *linker) placeKernel(p *piece, name string) error {
	k, err := l.kernel(name)
	if err != nil {
		return err
	}
	if _, placed := p.kernels[k]; placed {
		return nil
	}
	p.code = pad(p.code, k.AlignBytes, l.arch)
	p.kernels[k] = len(p.code)
	p.order = append(p.order, k)
	p.code = append(p.code, k.Code...)
	return nil
}

// placeConstants begins with those of the largest alignment: nothing is lost between them.
func (l *linker) placeConstants(p *piece) {
	var all []literal
	for _, k := range p.order {
		all = append(all, k.Constants...)
	}
	slices.SortStableFunc(all, func(a, b literal) int { return b.AlignBytes - a.AlignBytes })
	for _, c := range all {
		if _, placed := p.constants[string(c.Data)]; placed {
			continue
		}
		p.code = pad(p.code, c.AlignBytes, l.arch)
		p.constants[string(c.Data)] = len(p.code)
		p.code = append(p.code, c.Data...)
	}
}

// relocate fills in the distances. Anything but a distance would need a loader and is refused.
func (l *linker) relocate(p *piece) error {
	for _, k := range p.order {
		for _, r := range k.Relocs {
			to, name := 0, r.Kernel
			if name != "" {
				to = p.kernels[l.kernels[name]]
			} else {
				to = p.constants[string(k.Constants[r.Constant].Data)]
			}
			place := p.kernels[k] + r.OffsetBytes
			distance := int64(to) + r.AddendBytes - int64(place)
			var err error
			if l.arch == "amd64" {
				err = patchAMD64(p.code[place:], elf.R_X86_64(r.Type), distance)
			} else {
				err = patchARM64(p.code[place:], elf.R_AARCH64(r.Type), distance)
			}
			if err != nil {
				return err
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
func pad(code []byte, align int, arch string) []byte {
	fill := byte(0xcc) // int3
	if arch == "arm64" {
		fill = 0 // udf
	}
	for len(code)%align != 0 {
		code = append(code, fill)
	}
	return code
}
