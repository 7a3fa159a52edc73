package sched

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMachines(t *testing.T) {
	known := map[string]bool{}
	for _, m := range Machines {
		require.NoError(t, m.Check(), m.Name)
		for _, target := range Targets {
			peak, ok := m.Peak(target.ISA, "f32")
			if !ok { // of another architecture
				continue
			}
			known[target.ISA] = true
			perCycle := peak / m.GHz / float64(2*target.Lanes)
			require.InDelta(t, 2, perCycle, 1.1, "%s on %s: multiply-adds a cycle", target.ISA, m.Name)
		}
		text, err := json.Marshal(m)
		require.NoError(t, err)
		again, err := ParseMachine(text)
		require.NoError(t, err)
		require.Equal(t, m, again, "the JSON form keeps everything")
		found, ok := LookupMachine(m.Name)
		require.True(t, ok)
		require.Equal(t, m, found)
	}
	for _, target := range Targets {
		require.True(t, known[target.ISA], "no machine has %s", target.ISA)
	}
	_, ok := LookupMachine("vax")
	require.False(t, ok)
}

func TestMachineCheck(t *testing.T) {
	for text, want := range map[string]string{
		`{`: "unexpected end of JSON input",
		`{"cores": 1, "ghz": 1, "peaks": [{"isa": "avx2", "dtype": "f32"}], "memory": [{"gb_per_s": 1, "all_cores_gb_per_s": 1}]}`:                                           "peaks[0]: gflops_per_s is 0, must be positive",
		`{"cores": 1, "ghz": 1, "peaks": [{"gflops_per_s": 1}], "memory": [{"gb_per_s": 2, "all_cores_gb_per_s": 1}]}`:                                                       "memory[0]: gb_per_s must be positive, and all_cores_gb_per_s no less",
		`{"cores": 1, "ghz": 1, "peaks": [{"gflops_per_s": 1}], "memory": [{"gb_per_s": 1, "all_cores_gb_per_s": 1}, {"bytes": 9, "gb_per_s": 1, "all_cores_gb_per_s": 1}]}`: "memory[0]: bytes must grow from level to level, and be 0 for the last\nmemory[1]: bytes must grow from level to level, and be 0 for the last",
		`{"cores": -1, "ghz": -1}`: "cores is -1, a machine has at least 1\nghz is -1, must be positive\npeaks is empty\nmemory is empty",
	} {
		_, err := ParseMachine([]byte(text))
		require.EqualError(t, err, want)
	}
}

// plain is a machine on which predictions can be made in the head.
var plain = Machine{
	Name: "plain", Cores: 4, GHz: 1, Peaks: []Peak{{"avx2", "f32", 32}},
	Memory: []Memory{{"L1", 1000, 100, 400}, {"L2", 10000, 10, 40}, {"DRAM", 0, 1, 2}},
}

func TestPredict(t *testing.T) {
	avx2, _ := LookupTarget("avx2")
	w := Work{Operations: 64000, WeightBytes: 500, DataBytes: 400, Chunks: 8, Grain: 1, Group: 1}

	r := plain.Predict(w, avx2, 1, 1, 900)
	require.Equal(t, Roof{ComputeNs: 2000, MemoryNs: 9, Level: "L1", Threads: 1}, r)
	require.False(t, r.MemoryBound())
	require.Equal(t, 2000.0, r.Ns())

	r = plain.Predict(w, avx2, 1, 16, 900)
	require.Equal(t, Roof{ComputeNs: 500, MemoryNs: 2.25, Level: "L1", Threads: 4}, r, "as many threads as there are cores")

	r = plain.Predict(w, avx2, 3, 1, 20000)
	require.InDelta(t, 6000, r.ComputeNs, 1e-9)
	require.InDelta(t, 500+1000/100+1200/10, r.MemoryNs, 1e-9, "weights come from afar once, then from where they stay; activations do not fit L1")
	require.Equal(t, "DRAM", r.Level)

	w.Operations, w.Cycles = 1600, 100
	r = plain.Predict(w, avx2, 1, 1, 20000)
	require.Equal(t, 100.0, r.ComputeNs, "50 cycles of multiply-adds and 50 others")
	require.True(t, r.MemoryBound())

	slow := plain
	slow.Peaks = []Peak{{"avx2", "f32", 16}}
	require.Equal(t, 150.0, slow.Predict(w, avx2, 1, 1, 20000).ComputeNs, "a core that starts half as many multiply-adds does the rest as fast")

	w.Group, w.Grain = 0, 8
	r = plain.Predict(w, avx2, 3, 4, 900)
	require.Equal(t, Roof{ComputeNs: 100, MemoryNs: 9, Level: "L1", Threads: 1}, r, "what does not depend on the batch is done once, and one piece is not split")
}

func TestMulAdds(t *testing.T) {
	square, large, row := conv(16, 16, 28, 3, 1, 1), conv(16, 16, 28, 5, 1, 1), conv(16, 16, 28, 7, 1, 1)
	row.KH, row.Top = 1, 0
	seven := conv(16, 16, 7, 3, 1, 1)
	trimmed := tileOf(seven, 3, 3)
	trimmed.Trims = true
	for _, c := range []struct {
		family   Family
		conv     Conv
		winograd Winograd
		want     float64
	}{
		{ConvWinograd, square, tileOf(square, 2, 2), 16.0 / 36}, {ConvWinograd, square, tileOf(square, 4, 4), 0.25}, {ConvWinograd, square, tileOf(square, 4, 2), 24.0 / 72},
		{ConvWinograd, row, tileOf(row, 1, 2), 8.0 / 14}, {ConvWinograd, seven, tileOf(seven, 4, 4), 4 * 36.0 / 441}, {ConvWinograd, seven, trimmed, 169.0 / 441},
		{ConvThinWinograd, large, tileOf(large, 4, 1), 0.4}, {ConvPlanarWinograd, large, tileOf(large, 2, 1), 0.6}, {ConvDepthwiseWinograd, square, tileOf(square, 2, 1), 2.0 / 3},
	} {
		choice := ConvChoice{Family: c.family, Winograd: c.winograd}
		require.InDelta(t, c.want, choice.MulAdds(c.conv), 1e-12, c.family)
	}
	require.Equal(t, 1.0, ConvChoice{Family: ConvBlocked}.MulAdds(square))
}
