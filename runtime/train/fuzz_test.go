package train

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/runtime/safetensors"
)

// FuzzRestore has checkpoints made of any bytes: they are restored or refused, and what is restored can go on.
func FuzzRestore(f *testing.F) {
	newRun := func() (*softmax, *averages) {
		s := newSoftmax(2, 2, 2)
		return s, newAverages(0.9, s.States())
	}
	s, a := newRun()
	p := progress{Recipe: map[string]string{"seed": "1"}, Step: 5, Epochs: []Epoch{{Epoch: 1}}, Curve: newCurve(), Correct: 3}
	for range p.Step {
		p.Curve.add(1, 0.1)
	}
	var good bytes.Buffer
	require.NoError(f, writeCheckpoint(&good, &p, s.States(), a))
	f.Add(good.Bytes())
	f.Add(bytes.Replace(good.Bytes(), []byte(`\"step\":5`), []byte(`\"step\":6`), 1))
	f.Fuzz(func(t *testing.T, file []byte) {
		parsed, err := safetensors.Parse(file)
		if err != nil {
			return
		}
		s, a := newRun()
		const perEpoch, batch = 4, 2
		p, err := restore(parsed, map[string]string{"seed": "1"}, s.States(), a)
		if err != nil || p.check(perEpoch, batch) != nil {
			return
		}
		r := &run{progress: *p, states: s.States(), perEpoch: perEpoch}
		r.Curve.add(1, 0.1)
		require.GreaterOrEqual(t, r.Step, 0)
		require.LessOrEqual(t, len(r.Epochs)*perEpoch, r.Step)
		_ = r.epochIsDue()
		_ = best(r.Epochs)
		require.NoError(t, writeCheckpoint(&bytes.Buffer{}, &r.progress, r.states, a))
	})
}
