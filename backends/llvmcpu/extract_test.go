package llvmcpu

import (
	"debug/elf"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/backends"
	"nncc/codegen/loopir"
)

// constants are kernels with constants of every size, some of which they have in common.
const constants = `
func scalars(in: f32[64], out: mut f32[64]) {
  for i = 0 to 64 step 16 { store out[i] = fma(load f32x16 in[i], f32x16(1.25), f32x16(0.375)) }
}
func more(in: f32[64], out: mut f32[64]) {
  for i = 0 to 64 step 16 { store out[i] = fma(load f32x16 in[i], f32x16(0.375), f32x16(7.5)) }
}
func masks(in: f32[37], out: mut f32[37]) {
  for i = 0 to 37 step 16 { store out[i] count (37 - i) = load f32x16 in[i] count (37 - i) + f32x16(1.25) }
}
func doubles(in: f64[16], out: mut f64[16]) {
  for i = 0 to 16 step 8 { store out[i] = load f64x8 in[i] * f64x8(0.1) }
}
func bytes(in: f32[64], out: mut u8[64]) {
  for i = 0 to 64 step 16 { store out[i] = select(load f32x16 in[i] != f32x16(0), u8x16(1), u8x16(0)) }
}
func reversed(in: f32[32], out: mut f32[32]) {
  let a = load f32x16 in[0]
  let b = load f32x16 in[16]
  store out[0] = shuffle(a, b, [31, 2, 29, 4, 27, 6, 25, 8, 23, 10, 21, 12, 19, 14, 17, 0])
}
func none(in: f32[64], out: mut f32[64]) {
  for i = 0 to 64 step 16 { store out[i] = load f32x16 in[i] }
}`

// TestCodeDependsOnTheKernelAlone: a kernel compiled with others is what it is on its own, constants included.
func TestCodeDependsOnTheKernelAlone(t *testing.T) {
	all := loopir.PromoteAll(append(parseKernels(t, "constants", constants), append(readKernels(t, "lenet_net.loop"), last(t, "conv3x3_14x2.loop"))...), loopir.Unroll{})
	for _, isa := range []string{"avx512", "avx2", "neon"} {
		target, _ := backends.TargetFor(isa)
		together, err := withCache(t).compile(all, target, false)
		require.NoError(t, err)
		literals := 0
		for i, f := range all {
			alone, err := withCache(t).compile([]*loopir.Func{f}, target, false)
			require.NoError(t, err)
			require.Equal(t, alone[0].code, together[i].code, f.Name)
			literals += len(alone[0].code.Constants)
		}
		require.NotZero(t, literals, isa)
	}
}

// TestSharedConstants: kernels laid out together read one copy of a constant, kernels laid out apart one each.
func TestSharedConstants(t *testing.T) {
	funcs := loopir.PromoteAll(parseKernels(t, "constants", constants)[:2], loopir.Unroll{})
	target, _ := backends.TargetFor("avx2")
	jobs, err := testBackend(t).compile(funcs, target, false)
	require.NoError(t, err)
	l := &linker{arch: target.Arch, kernels: map[string]*kernelCode{"scalars": jobs[0].code, "more": jobs[1].code}}
	p, err := l.layout([]string{"scalars", "more"})
	require.NoError(t, err)
	require.Len(t, p.constants, 3)
	p, err = l.layout([]string{"more"})
	require.NoError(t, err)
	require.Len(t, p.constants, 2)
}

// TestInexactConstants: what may reach into the middle of a section, or has no known size, comes with all of the section.
func TestInexactConstants(t *testing.T) {
	data := []byte("0123456789abcdef0123456789ABCDEF")
	for _, c := range []struct {
		entryBytes  int
		addendBytes int64
		want        string
		addend      int64
		exact       bool
	}{
		{16, 12, string(data[16:]), -4, true},
		{16, -4, string(data[:16]), -4, true},
		{16, 13, string(data), 13, false}, // an instruction with an immediate operand behind the address
		{16, 4, string(data), 4, false},
		{0, -4, string(data), -4, false},
		{64, -4, string(data), -4, false},
		{16, 28, string(data), 28, false},
	} {
		literal := &section{data: data, alignBytes: 16, entryBytes: c.entryBytes}
		code := &section{fn: "f", data: make([]byte, 8), relocs: []elfReloc{{offsetBytes: 3, typ: uint32(elf.R_X86_64_PC32), addendBytes: c.addendBytes, to: literal}}}
		k, exact, err := (&objectFile{machine: elf.EM_X86_64, funcs: map[string]*section{"f": code}}).kernel("f")
		require.NoError(t, err)
		require.Equal(t, c.exact, exact, fmt.Sprint(c))
		require.Equal(t, c.want, string(k.Constants[0].Data))
		require.Equal(t, c.addend, k.Relocs[0].AddendBytes)
	}
}

// TestLargestConstants: a constant in a section of several sizes is the same whatever shares the section, or has no known size.
func TestLargestConstants(t *testing.T) {
	vector := string(make([]byte, 63)) + "v"
	padded := "b" + string(make([]byte, 63))
	for _, c := range []struct {
		data  string
		reads []int64 // where constants begin
		want  []string
	}{
		{vector, []int64{0}, []string{vector}},
		{"b", []int64{0}, []string{padded}},
		{padded + vector, []int64{0, 64}, []string{padded, vector}},
		{vector + "b", []int64{0, 64}, []string{vector, padded}},
		{"bc" + padded[2:] + vector, []int64{0, 1, 64}, nil},
	} {
		literals := &section{data: []byte(c.data), alignBytes: 1}
		o := &objectFile{machine: elf.EM_X86_64, funcs: map[string]*section{}, sections: map[int]*section{0: literals}}
		for i, at := range c.reads {
			name := fmt.Sprint("f", i)
			o.funcs[name] = &section{fn: name, data: make([]byte, 8), relocs: []elfReloc{{offsetBytes: 3, typ: uint32(elf.R_X86_64_PC32), addendBytes: at - 4, to: literals}}}
			o.sections[i+1] = o.funcs[name]
		}
		o.splitLargest()
		for i := range c.reads {
			k, exact, err := o.kernel(fmt.Sprint("f", i))
			require.NoError(t, err)
			require.Equal(t, c.want != nil, exact, "%q", c.data)
			if exact {
				require.Equal(t, literal{[]byte(c.want[i]), 64}, k.Constants[0], "%q", c.data)
			}
		}
	}
}
