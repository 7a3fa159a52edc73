package train

// Epoch is what is known of a run after an epoch. The JSON of it is a line of metrics.jsonl.
type Epoch struct {
	Epoch        int      `json:"epoch"` // from 1
	Loss         float64  `json:"loss"`  // mean over the epoch, while the parameters changed
	Accuracy     float64  `json:"accuracy"`
	TestLoss     *float64 `json:"test_loss,omitempty"` // nil without test data
	TestAccuracy *float64 `json:"test_accuracy,omitempty"`
	LearningRate float64  `json:"learning_rate"` // of the last step
	ImagesPerSec float64  `json:"images_per_s"`  // of training alone
	Seconds      float64  `json:"seconds"`       // since the start, tests included; of resumed runs the sum
}

// score is what epochs are compared by: accuracy, then loss; on test data if there are any.
func (e *Epoch) score() (accuracy, loss float64) {
	if e.TestLoss != nil {
		return *e.TestAccuracy, *e.TestLoss
	}
	return e.Accuracy, e.Loss
}

func (e *Epoch) betterThan(other *Epoch) bool {
	accuracy, loss := e.score()
	otherAccuracy, otherLoss := other.score()
	return accuracy > otherAccuracy || accuracy == otherAccuracy && loss < otherLoss
}

// best is the index of the first epoch that no other is better than; -1 of none.
func best(epochs []Epoch) int {
	at := -1
	for i := range epochs {
		if at < 0 || epochs[i].betterThan(&epochs[at]) {
			at = i
		}
	}
	return at
}
