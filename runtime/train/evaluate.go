package train

import (
	"context"

	"nncc/runtime/data"
)

// tester runs the network over the test data.
type tester struct {
	evaluator   Evaluator
	batches     *data.Batches
	losses      []float32
	answers     []int64 // of a batch
	predictions []int64 // of the whole set
	known       bool    // predictions are those of the last epoch
}

func newTester(e Evaluator, set *data.Set) (*tester, error) {
	batches, err := set.Batches(data.BatchOptions{Size: e.Batch()})
	if err != nil {
		return nil, err
	}
	n := e.Batch()
	return &tester{evaluator: e, batches: batches, losses: make([]float32, n), answers: make([]int64, n), predictions: make([]int64, set.Len())}, nil
}

// run returns the mean loss and the share of right answers with the given states. Where ctx ends it, batches are left in
// the queue, and it cannot run again.
func (t *tester) run(ctx context.Context, states []State) (loss, accuracy float64, err error) {
	sum, correct := 0.0, 0
	for range t.batches.PerEpoch() {
		if ctx.Err() != nil {
			return 0, 0, ErrInterrupted
		}
		batch, err := t.batches.Next()
		if err != nil {
			return 0, 0, err
		}
		if err := t.evaluator.Evaluate(states, batch.Images, batch.Labels, t.losses, t.answers); err != nil {
			return 0, 0, err
		}
		for i := range batch.Count { // what follows fills the batch up
			sum += float64(t.losses[i])
			t.predictions[batch.Indices[i]] = t.answers[i]
			if t.answers[i] == batch.Labels[i] {
				correct++
			}
		}
	}
	t.known = true
	n := float64(len(t.predictions))
	return sum / n, float64(correct) / n, nil
}
