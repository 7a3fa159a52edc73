package exec

import (
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func TestFeaturesAgreeWithTheKernel(t *testing.T) {
	data, err := os.ReadFile("/proc/cpuinfo")
	if err != nil || runtime.GOARCH != "amd64" {
		t.Skip("no /proc/cpuinfo of an amd64 machine")
	}
	_, rest, _ := strings.Cut(string(data), "\nflags")
	line, _, _ := strings.Cut(rest, "\n")
	flags := strings.Fields(line)
	// LLVM's name, Linux's name
	for _, n := range [][2]string{
		{"sse4.2", "sse4_2"}, {"popcnt", "popcnt"}, {"avx", "avx"}, {"fma", "fma"}, {"f16c", "f16c"}, {"avx2", "avx2"},
		{"bmi", "bmi1"}, {"bmi2", "bmi2"}, {"lzcnt", "abm"}, {"avx512f", "avx512f"}, {"avx512bw", "avx512bw"},
		{"avx512dq", "avx512dq"}, {"avx512vl", "avx512vl"}, {"avx512vnni", "avx512_vnni"}, {"avx512bf16", "avx512_bf16"},
		{"avx512fp16", "avx512_fp16"}, {"avxvnni", "avx_vnni"}, {"amx-tile", "amx_tile"}, {"amx-int8", "amx_int8"},
	} {
		if got, want := Supported([]string{n[0]}), slices.Contains(flags, n[1]); got != want {
			t.Errorf("%s: Supported says %v, the kernel %v", n[0], got, want)
		}
	}
}

func TestSupportedAndPick(t *testing.T) {
	if !Supported(nil) || Supported([]string{"warp-drive"}) {
		t.Error("nothing is always supported, an unknown feature never")
	}
	features := Features()
	if !slices.IsSorted(features) {
		t.Errorf("not sorted: %v", features)
	}
	warp := &Variant{ISA: "warp", Features: []string{"warp-drive", "shields"}}
	plain, portable := &Variant{ISA: "plain", Features: features}, &Variant{ISA: "portable"}
	all := []*Variant{warp, plain, portable}
	for isa, want := range map[string]*Variant{"": plain, "plain": plain, "portable": portable} {
		if got, err := Pick(all, isa); err != nil || got != want {
			t.Errorf("%q: picked %v, error %v", isa, got, err)
		}
	}
	for _, c := range []struct {
		variants []*Variant
		isa      string
		want     string
	}{
		{all, "warp", "exec: variant warp needs warp-drive, shields, which this machine does not have"},
		{all, "neon", `exec: no variant "neon"; there are warp, plain, portable`},
		{nil, "", "exec: no variants to pick from"},
		{nil, "avx2", "exec: no variants to pick from"},
	} {
		if _, err := Pick(c.variants, c.isa); err == nil || err.Error() != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

func TestPinnedISA(t *testing.T) {
	t.Setenv(EnvISA, "avx2")
	if PinnedISA() != "avx2" {
		t.Error("the environment does not pin the instruction set")
	}
}
