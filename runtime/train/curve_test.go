package train

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// A curve stays small, and each of its points is the mean of the losses of its steps.
func TestCurve(t *testing.T) {
	c := newCurve()
	const steps = 5000
	for i := range steps {
		require.NoError(t, c.check(i))
		c.add(float64(i), float64(2*i))
	}
	require.Equal(t, 16, c.Stride)
	require.Len(t, c.Loss, steps/16)
	for i := range c.Loss {
		require.Equal(t, float64(16*i)+7.5, c.Loss[i])
		require.Equal(t, float64(2*(16*i+15)), c.Rate[i])
	}
	require.Equal(t, steps%16, c.Count)

	text, err := json.Marshal(c)
	require.NoError(t, err)
	var back Curve
	require.NoError(t, json.Unmarshal(text, &back))
	require.Equal(t, c, back)
}

func TestBest(t *testing.T) {
	epoch := func(accuracy, loss float64) Epoch { return Epoch{Loss: 9, TestAccuracy: &accuracy, TestLoss: &loss} }
	require.Equal(t, -1, best(nil))
	require.Equal(t, 1, best([]Epoch{epoch(0.5, 1), epoch(0.6, 2), epoch(0.6, 2), epoch(0.4, 0)}))
	require.Equal(t, 2, best([]Epoch{epoch(0.5, 1), epoch(0.6, 2), epoch(0.6, 1.5)}))
	require.Equal(t, 1, best([]Epoch{{Loss: 2}, {Loss: 1}}))
}
