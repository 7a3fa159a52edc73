package api

import (
	"errors"
	"fmt"
	"sync"

	"nncc/runtime/exec"
)

// ErrLabel is wrapped by the errors about labels that are no classes of the network.
var ErrLabel = errors.New("no such class")

// Trainer trains the network: it has the parameters as they are now, and what the optimizer remembers. It may be used by
// several goroutines, which take turns.
type Trainer struct {
	model   *trainModel
	isa     string
	weights weightsMemory // what parameters were at first

	turn    sync.Mutex // guards all below
	step    *exec.Instance
	network *exec.Instance // with parameters of its own
	behind  bool           // those of network are not the ones of the last step
	rate    float64
	seed    uint64
	closed  bool
}

// trainModel is a compiled step of training, and the network as it is used, with its parameters as states.
type trainModel struct {
	net                            *model // whose weights file has the first values of parameters
	step, network                  func() []*exec.Variant
	states                         []trainState
	batch                          int
	imageLen, outputLen            int // of one sample
	classes                        int
	images, labels, rateIn, seedIn int     // the inputs of a step; seedIn is absent without dropout
	rate                           float64 // at first
}

// trainState is a tensor that a step changes. Numbers are those in step and in network, which has only parameters.
type trainState struct {
	name          string // PyTorch's, of a parameter
	shape         []int
	step, network int
}

// absent is the number of what is not there.
const absent = -1

// open makes a Trainer of the best variant that the processor supports.
func (m *trainModel) open(opts []Option) (*Trainer, error) {
	o := options{isa: exec.PinnedISA()}
	for _, set := range opts {
		set(&o)
	}
	if o.maxBatch != 0 {
		return nil, errors.New("a step of training takes as many samples as TrainBatch says: WithMaxBatch is for New")
	}
	step, err := exec.Pick(m.step(), o.isa)
	if err != nil {
		return nil, err
	}
	network, err := exec.Pick(m.network(), step.ISA)
	if err != nil {
		return nil, err
	}
	weights, err := m.net.openWeights(o.weights)
	if err != nil {
		return nil, err
	}
	t := &Trainer{model: m, isa: step.ISA, weights: weights, rate: m.rate, seed: 1, behind: true}
	constants := m.net.constants(weights.file)
	if t.step, err = exec.Open(step, constants, exec.Options{Threads: o.threads}); err != nil {
		weights.release()
		return nil, err
	}
	if t.network, err = exec.Open(network, constants, exec.Options{Threads: o.threads}); err != nil {
		t.step.Close()
		weights.release()
		return nil, err
	}
	return t, nil
}

// Threads returns the largest number of threads of a step.
func (t *Trainer) Threads() int { return t.step.Threads() }

// ISA returns the instruction set of the code in use, such as avx512 or portable.
func (t *Trainer) ISA() string { return t.isa }

// SetLearningRate decides how far the next steps go. At first it is what was chosen when the package was made.
func (t *Trainer) SetLearningRate(rate float64) {
	t.turn.Lock()
	defer t.turn.Unlock()
	t.rate = rate
}

// LearningRate returns the learning rate of the next step.
func (t *Trainer) LearningRate() float64 {
	t.turn.Lock()
	defer t.turn.Unlock()
	return t.rate
}

// SetSeed decides what dropout leaves out in the next steps. At first it is 1.
func (t *Trainer) SetSeed(seed uint64) {
	t.turn.Lock()
	defer t.turn.Unlock()
	t.seed = seed
}

// Step learns from a batch: TrainBatch samples, one behind the other, and their labels, from 0. It returns the mean loss, and how
// many labels the network had right, both before it learned. It allocates nothing. The same steps give the same numbers on
// any number of threads. If the loss is not finite, training has failed: a lower learning rate may help.
//
// Slices of the wrong length are errors that wrap ErrLength, labels that are no class ErrLabel; nothing is learned then.
func (t *Trainer) Step(images []float32, labels []int64) (loss float64, correct int, err error) {
	m := t.model
	if err := checkLength("images", len(images), m.batch*m.imageLen); err != nil {
		return 0, 0, err
	}
	if err := checkLength("labels", len(labels), m.batch); err != nil {
		return 0, 0, err
	}
	for i, label := range labels {
		if label < 0 || label >= int64(m.classes) {
			return 0, 0, fmt.Errorf("%w: sample %d has the label %d, classes are 0 to %d", ErrLabel, i, label, m.classes-1)
		}
	}
	t.turn.Lock()
	defer t.turn.Unlock()
	if t.closed {
		return 0, 0, ErrClosed
	}
	copy(numbers[float32](t.step.Input(m.images)), images)
	copy(numbers[int64](t.step.Input(m.labels)), labels)
	numbers[float32](t.step.Input(m.rateIn))[0] = float32(t.rate)
	if m.seedIn != absent {
		numbers[int64](t.step.Input(m.seedIn))[0] = int64(t.seed)
	}
	if err := t.step.Run(1); err != nil {
		return 0, 0, err
	}
	t.behind = true
	return float64(numbers[float32](t.step.Output(0))[0]), int(numbers[int64](t.step.Output(1))[0]), nil
}

// Predict computes dst from images, with the parameters as they are now, as Predict of the network does: 1 to TrainBatch samples, one
// behind the other. It takes the time of a whole batch, and allocates nothing. A slice of the wrong length is an error that
// wraps ErrLength.
func (t *Trainer) Predict(dst, images []float32) error {
	m := t.model
	batch := len(images) / m.imageLen
	if len(images) == 0 || len(images)%m.imageLen != 0 || batch > m.batch {
		return fmt.Errorf("%w: images have %d numbers, not %d for each of 1 to %d samples", ErrLength, len(images), m.imageLen, m.batch)
	}
	if err := checkLength("dst", len(dst), batch*m.outputLen); err != nil {
		return err
	}
	t.turn.Lock()
	defer t.turn.Unlock()
	if t.closed {
		return ErrClosed
	}
	t.update()
	copy(numbers[float32](t.network.Input(0)), images)
	if err := t.network.Run(1); err != nil {
		return err
	}
	copy(dst, numbers[float32](t.network.Output(0)))
	return nil
}

// update gives network the parameters of the last step.
func (t *Trainer) update() {
	if !t.behind {
		return
	}
	for _, s := range t.model.states {
		if s.network != absent {
			copy(t.network.State(s.network), t.step.State(s.step))
		}
	}
	t.behind = false
}

// Close waits for the step in progress, if there is one, and frees the threads and the weights. It may be called twice.
func (t *Trainer) Close() {
	t.turn.Lock()
	defer t.turn.Unlock()
	if t.closed {
		return
	}
	t.closed = true
	t.step.Close()
	t.network.Close()
	t.weights.release()
}
