package exec

//go:noescape
func cpuid(leaf, subleaf uint32) (eax, ebx, ecx, edx uint32)

// xgetbv returns the low half of XCR0: the register state that the operating system saves. It needs OSXSAVE.
func xgetbv() uint32

// Bits of XCR0.
const (
	stateAVX    = 1<<1 | 1<<2
	stateAVX512 = stateAVX | 1<<5 | 1<<6 | 1<<7
	stateAMX    = 1<<17 | 1<<18
)

// A word of CPUID output that holds feature bits.
const (
	leaf1C = iota
	leaf7B
	leaf7C
	leaf7D
	leaf71A
	leaf71D
	leafExtC
	leafWords
)

// featureBit places one feature in the words of CPUID output.
type featureBit struct {
	name  string
	word  uint8
	bit   uint8
	state uint32 // bits of XCR0 without which the feature is unusable
}

// featureBits returns the features that code may be compiled for, with LLVM's names. Source: Intel's and AMD's manuals,
// instruction CPUID.
func featureBits() []featureBit {
	return []featureBit{
		{"sse3", leaf1C, 0, 0}, {"pclmul", leaf1C, 1, 0}, {"ssse3", leaf1C, 9, 0}, {"sse4.1", leaf1C, 19, 0},
		{"sse4.2", leaf1C, 20, 0}, {"movbe", leaf1C, 22, 0}, {"popcnt", leaf1C, 23, 0},
		{"fma", leaf1C, 12, stateAVX}, {"avx", leaf1C, 28, stateAVX}, {"f16c", leaf1C, 29, stateAVX},
		{"bmi", leaf7B, 3, 0}, {"bmi2", leaf7B, 8, 0}, {"avx2", leaf7B, 5, stateAVX},
		{"avx512f", leaf7B, 16, stateAVX512}, {"avx512dq", leaf7B, 17, stateAVX512},
		{"avx512ifma", leaf7B, 21, stateAVX512}, {"avx512cd", leaf7B, 28, stateAVX512},
		{"avx512bw", leaf7B, 30, stateAVX512}, {"avx512vl", leaf7B, 31, stateAVX512},
		{"avx512vbmi", leaf7C, 1, stateAVX512}, {"avx512vbmi2", leaf7C, 6, stateAVX512}, {"gfni", leaf7C, 8, 0},
		{"avx512vnni", leaf7C, 11, stateAVX512}, {"avx512bitalg", leaf7C, 12, stateAVX512},
		{"avx512vpopcntdq", leaf7C, 14, stateAVX512},
		{"avx512fp16", leaf7D, 23, stateAVX512}, {"amx-bf16", leaf7D, 22, stateAMX},
		{"amx-tile", leaf7D, 24, stateAMX}, {"amx-int8", leaf7D, 25, stateAMX},
		{"avxvnni", leaf71A, 4, stateAVX}, {"avx512bf16", leaf71A, 5, stateAVX512},
		{"amx-fp16", leaf71A, 21, stateAMX}, {"avxifma", leaf71A, 23, stateAVX},
		{"avxvnniint8", leaf71D, 4, stateAVX}, {"avxneconvert", leaf71D, 5, stateAVX},
		{"lzcnt", leafExtC, 5, 0},
	}
}

// detectFeatures reads CPUID and XCR0.
func detectFeatures() []string {
	return namedFeatures(cpuidWords())
}

// namedFeatures returns the features whose bit is set and whose register state is saved. AMD64's baseline is sse2.
func namedFeatures(words [leafWords]uint32, state uint32) []string {
	names := []string{"sse", "sse2"}
	for _, f := range featureBits() {
		if words[f.word]>>f.bit&1 == 1 && state&f.state == f.state {
			names = append(names, f.name)
		}
	}
	return names
}

// cpuidWords returns the feature words and the usable state of XCR0.
func cpuidWords() (words [leafWords]uint32, state uint32) {
	const osxsave = 1 << 27
	maxLeaf, _, _, _ := cpuid(0, 0)
	_, _, words[leaf1C], _ = cpuid(1, 0)
	if words[leaf1C]&osxsave != 0 {
		state = xgetbv()
	}
	if maxLeaf >= 7 {
		var maxSubleaf uint32
		maxSubleaf, words[leaf7B], words[leaf7C], words[leaf7D] = cpuid(7, 0)
		if maxSubleaf >= 1 {
			words[leaf71A], _, _, words[leaf71D] = cpuid(7, 1)
		}
	}
	if maxExt, _, _, _ := cpuid(0x80000000, 0); maxExt >= 0x80000001 {
		_, _, words[leafExtC], _ = cpuid(0x80000001, 0)
	}
	return words, state
}
