package gohost

import (
	"encoding/binary"
	"fmt"
	"strings"

	"nncc/runtime/program"
)

// entriesName is the assembly function that stores the addresses of a variant's kernels.
func entriesName(v *program.Variant) string { return "nncc" + title(v.ISA, "Native") + "Entries" }

// assembly adds the kernels of v as data in a Go assembly file: one symbol each, so that profiles name them, aligned to 64
// bytes. Only code of this file refers to them, so they need no declaration in Go.
func (e *packageEmitter) assembly(v *program.Variant) error {
	if v.Arch != "amd64" {
		return fmt.Errorf("variant %s: no assembly for %s", v.ISA, v.Arch)
	}
	kernels, _ := used(v)
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n#include \"textflag.h\"\n", generated)
	fmt.Fprintf(&b, "\n// func %s(to *[%d]uintptr)\nTEXT ·%[1]s(SB), NOSPLIT, $0-8\n\tMOVQ to+0(FP), DI\n", entriesName(v), len(kernels))
	for i, k := range kernels {
		fmt.Fprintf(&b, "\tLEAQ %s<>(SB), AX\n\tMOVQ AX, %d(DI)\n", symbol(v, k), 8*i)
	}
	b.WriteString("\tRET\n")
	for _, k := range kernels {
		if k.SizeBytes <= 0 || k.OffsetBytes < 0 || k.OffsetBytes+k.SizeBytes > len(v.Code) {
			return fmt.Errorf("variant %s: kernel %s lies outside the code", v.ISA, k.Name)
		}
		fmt.Fprintf(&b, "\nTEXT %s<>(SB), NOSPLIT|NOFRAME, $0-0\n\tPCALIGN $64\n", symbol(v, k))
		quads(&b, v.Code[k.OffsetBytes:k.OffsetBytes+k.SizeBytes])
	}
	e.files[fmt.Sprintf("nncc_%s_%s.s", strings.ToLower(title(v.ISA, "native")), v.Arch)] = []byte(b.String())
	return nil
}

// symbol is what profiles call a kernel.
func symbol(v *program.Variant, k program.Kernel) string {
	return "nncc" + title(v.ISA, "Native") + "_" + strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, k.Name)
}

// quads writes code as 64-bit words, filled up with breakpoints.
func quads(b *strings.Builder, code []byte) {
	const int3 = 0xCC
	for len(code) > 0 {
		word := [8]byte{int3, int3, int3, int3, int3, int3, int3, int3}
		code = code[copy(word[:], code):]
		fmt.Fprintf(b, "\tQUAD $0x%016x\n", binary.LittleEndian.Uint64(word[:]))
	}
}
