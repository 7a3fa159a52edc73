// Package train trains networks: it feeds batches to a compiled step, chooses the learning rate, and keeps checkpoints,
// measurements and the best weights. What a step computes is not its business.
package train

// Stepper is a compiled training step with a fixed batch: forward, backward and update.
type Stepper interface {
	// Batch is the number of samples that a step takes.
	Batch() int
	// Step runs one step on images [batch, channel, row, column] and their labels, and updates the states. step is its number
	// from 0 over the whole run. It returns the mean loss before the update and how many samples were classified right.
	Step(step int, learningRate float64, images []float32, labels []int64) (loss float64, correct int, err error)
	// States is the memory that lives from step to step: always the same list, in the same order.
	States() []State
}

// Evaluator is the compiled network as it is used after training, with a fixed batch.
type Evaluator interface {
	// Batch is the number of samples that an evaluation takes.
	Batch() int
	// Evaluate runs the network with the parameters in states, which are in the stepper's order without its moments. It fills in the loss and the predicted class of each sample.
	Evaluate(states []State, images []float32, labels []int64, losses []float32, predictions []int64) error
}

// Kind is what a state is for.
type Kind uint8

// The kinds of states.
const (
	Parameter Kind = iota // belongs to the network: it is learned, or gathered as the mean of a batch normalisation is
	Moment                // belongs to the training, as what an optimizer remembers
)

// State is one tensor that lives from step to step.
type State struct {
	Name  string // of parameters and statistics as PyTorch has it
	Kind  Kind
	Shape []int
	Data  []float32 // row-major; the memory itself
}

// ofNetwork are the parameters among states.
func ofNetwork(states []State) []State {
	var out []State
	for _, s := range states {
		if s.Kind != Moment {
			out = append(out, s)
		}
	}
	return out
}
