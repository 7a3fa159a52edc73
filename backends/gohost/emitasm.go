package gohost

import (
	"fmt"
	"slices"
	"strings"

	"nncc/runtime/program"
)

// assembler is Go's assembly language of one architecture, as far as it takes to place machine code and find it again.
type assembler struct {
	move      string // moves a pointer from memory or to it
	take      string // takes the address of the symbol whose name follows
	table     string // register for the table of addresses
	address   string // register for an address
	data      string // makes data of a number
	dataBytes int
	fill      byte   // fills up the last number: instructions that trap
	epilogue  string // follows the code of every kernel and is not executed
}

// assemblers are the architectures that packages can have machine code for, by GOARCH.
var assemblers = map[string]assembler{
	"amd64": {move: "MOVQ", take: "LEAQ ", table: "DI", address: "AX", data: "QUAD", dataBytes: 8, fill: 0xcc},
	// An instruction that sets the stack pointer marks a function whose stack Go does not unwind. Without the mark the
	// profiler takes what lies on a kernel's stack for the return address of a function without a frame, and ends the
	// process where that leads back to the same place.
	"arm64": {move: "MOVD", take: "MOVD $", table: "R0", address: "R1", data: "WORD", dataBytes: 4, epilogue: "\tMOVD R0, RSP\n"},
}

// entriesName is the assembly function that stores the addresses of the kernels of a part's variant.
func entriesName(part string, v *program.Variant) string {
	return "nncc" + part + title(v.ISA, "Native") + "Entries"
}

// assembly adds the kernels of v, a variant of a part, as data in a Go assembly file: one symbol each, so that profiles name
// them, aligned to 64 bytes. Only code of this file refers to them, so they need no declaration in Go.
func (e *packageEmitter) assembly(part string, v *program.Variant) error {
	a, ok := assemblers[v.Arch]
	if !ok {
		return fmt.Errorf("variant %s: no assembly for %s", v.ISA, v.Arch)
	}
	kernels, _ := used(v)
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n#include \"textflag.h\"\n", generated)
	a.entries(&b, part, v, kernels)
	for _, k := range kernels {
		if k.SizeBytes <= 0 || k.OffsetBytes < 0 || k.OffsetBytes+k.SizeBytes > len(v.Code) {
			return fmt.Errorf("variant %s: kernel %s lies outside the code", v.ISA, k.Name)
		}
		fmt.Fprintf(&b, "\nTEXT %s<>(SB), NOSPLIT|NOFRAME, $0-0\n\tPCALIGN $64\n", symbol(v, k))
		a.code(&b, v.Code[k.OffsetBytes:k.OffsetBytes+k.SizeBytes])
		b.WriteString(a.epilogue)
	}
	words := []string{"nncc", v.ISA, part, v.Arch}
	words = slices.DeleteFunc(words, func(w string) bool { return w == "" })
	e.files[strings.ToLower(strings.Join(words, "_"))+".s"] = []byte(b.String())
	return nil
}

// entries writes the function that stores the addresses of all kernels in a table.
func (a assembler) entries(b *strings.Builder, part string, v *program.Variant, kernels []program.Kernel) {
	fmt.Fprintf(b, "\n// func %s(to *[%d]uintptr)\nTEXT ·%[1]s(SB), NOSPLIT, $0-8\n", entriesName(part, v), len(kernels))
	fmt.Fprintf(b, "\t%s to+0(FP), %s\n", a.move, a.table)
	for i, k := range kernels {
		fmt.Fprintf(b, "\t%s%s<>(SB), %s\n", a.take, symbol(v, k), a.address)
		fmt.Fprintf(b, "\t%s %s, %d(%s)\n", a.move, a.address, 8*i, a.table)
	}
	b.WriteString("\tRET\n")
}

// code writes machine code as numbers in little-endian order.
func (a assembler) code(b *strings.Builder, code []byte) {
	for len(code) > 0 {
		var number uint64
		for i := range a.dataBytes {
			c := a.fill
			if i < len(code) {
				c = code[i]
			}
			number |= uint64(c) << (8 * i)
		}
		fmt.Fprintf(b, "\t%s $0x%0*x\n", a.data, 2*a.dataBytes, number)
		code = code[min(a.dataBytes, len(code)):]
	}
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
