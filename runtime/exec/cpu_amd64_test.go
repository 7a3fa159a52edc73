package exec

import (
	"slices"
	"testing"
)

// TestFeaturesNeedSavedState checks that a CPUID bit does not count while the operating system does not save the
// registers that the feature uses.
func TestFeaturesNeedSavedState(t *testing.T) {
	var all [leafWords]uint32
	for i := range all {
		all[i] = ^uint32(0)
	}
	for _, c := range []struct {
		state   uint32
		with    []string
		without []string
	}{
		{0, []string{"sse2", "popcnt", "bmi2"}, []string{"avx", "fma", "avx2", "avx512f", "amx-tile"}},
		{stateAVX, []string{"avx2", "fma", "avxvnni"}, []string{"avx512f", "avx512vl", "amx-int8"}},
		{stateAVX512, []string{"avx2", "avx512vnni"}, []string{"amx-bf16"}},
		{stateAVX512 | stateAMX, []string{"amx-bf16", "amx-tile"}, nil},
		{stateAVX512 &^ (1 << 7), []string{"avx2"}, []string{"avx512f"}},
	} {
		names := namedFeatures(all, c.state)
		for _, n := range c.with {
			if !slices.Contains(names, n) {
				t.Errorf("state %#x: %s is missing", c.state, n)
			}
		}
		for _, n := range c.without {
			if slices.Contains(names, n) {
				t.Errorf("state %#x: %s is there", c.state, n)
			}
		}
	}
	if got := namedFeatures([leafWords]uint32{}, ^uint32(0)); !slices.Equal(got, []string{"sse", "sse2"}) {
		t.Errorf("without feature bits: %v", got)
	}
}
