package schedule

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// recorded are the rates that testdata/record.py had from PyTorch, and the losses that it showed to ReduceLROnPlateau.
func recorded(t *testing.T) map[string][]float64 {
	text, err := os.ReadFile("testdata/rates.json")
	require.NoError(t, err)
	var all map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(text, &all))
	delete(all, "torch")
	out := map[string][]float64{}
	for name, raw := range all {
		var values []float64
		require.NoError(t, json.Unmarshal(raw, &values))
		out[name] = values
	}
	return out
}

// near compares to the last digits: PyTorch multiplies some rates up from step to step.
func near(t *testing.T, want, got []float64) {
	require.Len(t, got, len(want))
	for i := range want {
		require.InDelta(t, want[i], got[i], 1e-14, "step %d", i)
	}
}

func TestRatesArePyTorchs(t *testing.T) {
	const base = 0.1
	rates := recorded(t)
	for name, s := range map[string]Schedule{
		"step":            Decay{base, 0.3, 7},
		"exponential":     Decay{base, 0.9, 1},
		"cosine":          Cosine{base, 0.001, 40},
		"one_cycle":       OneCycle{0.4, 0.3, 25, 1e4, 40},
		"one_cycle_early": OneCycle{0.4, 0.25, 10, 100, 37},
		"warmup_cosine":   Warmup{base, 0.01, 8, Cosine{base, 0, 32}},
		"warmup_step":     Warmup{base, 1.0 / 3, 5, Decay{base, 0.1, 10}},
	} {
		t.Run(name, func(t *testing.T) {
			want := rates[name]
			require.NotEmpty(t, want)
			var got []float64
			for step := range want {
				got = append(got, s.Rate(step))
			}
			near(t, want, got)
		})
	}
}

func TestPlateauIsPyTorchs(t *testing.T) {
	rates := recorded(t)
	for name, p := range map[string]*Plateau{
		"plateau":          {Factor: 0.1, Threshold: 1e-4, Patience: 2},
		"plateau_cooldown": {Factor: 0.5, Threshold: 0.01, Patience: 1, Cooldown: 2, Min: 0.02},
	} {
		t.Run(name, func(t *testing.T) {
			p.Current = 0.1
			var got []float64
			for i, loss := range rates["losses"] {
				p.Observe(loss)
				got = append(got, p.Rate(i))
			}
			near(t, rates[name], got)
			require.NotEqual(t, got[0], got[len(got)-1])
		})
	}
}

// What a Plateau remembers survives a checkpoint.
func TestPlateauStateAsJSON(t *testing.T) {
	p := &Plateau{Factor: 0.5, Patience: 1, PlateauState: PlateauState{Current: 1.0 / 3}}
	for _, loss := range []float64{0.3, 0.4} {
		text, err := json.Marshal(p.PlateauState)
		require.NoError(t, err)
		var back PlateauState
		require.NoError(t, json.Unmarshal(text, &back))
		require.Equal(t, p.PlateauState, back)
		p.Observe(loss)
	}
}

func TestConstant(t *testing.T) { require.Equal(t, 0.5, Constant{0.5}.Rate(1000)) }

func TestGathered(t *testing.T) {
	g := Gathered{3, Decay{1, 0.5, 3}}
	var got []float64
	for step := range 9 {
		got = append(got, g.Rate(step))
	}
	require.Equal(t, []float64{0, 0, 1, 0, 0, 0.5, 0, 0, 0.25}, got)
}
