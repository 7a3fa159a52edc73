package api

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"nncc/runtime/safetensors"
)

// What a file of a Trainer says besides tensors.
const (
	rateKey = "nncc.learning_rate"
	seedKey = "nncc.seed"
)

// Save writes the parameters, with PyTorch's names, what the optimizer remembers, the learning rate and the seed, as a
// safetensors file. After Load of it training goes on exactly.
func (t *Trainer) Save(w io.Writer) error {
	t.turn.Lock()
	defer t.turn.Unlock()
	if t.closed {
		return ErrClosed
	}
	f := &safetensors.File{Metadata: map[string]string{
		rateKey: strconv.FormatFloat(t.rate, 'g', -1, 64), seedKey: strconv.FormatUint(t.seed, 10),
	}}
	for _, s := range t.model.states {
		f.Tensors = append(f.Tensors, safetensors.Tensor{Name: s.name, DType: "F32", Shape: s.shape, Data: t.step.State(s.step)})
	}
	return safetensors.Write(w, f)
}

// Load goes on from a file of Save, or from one with parameters alone, such as PyTorch writes: then the optimizer begins
// anew, and learning rate and seed stay. What a file has not all of changes nothing; the error wraps ErrWeights.
func (t *Trainer) Load(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	f, err := safetensors.Parse(data)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrWeights, err)
	}
	found, err := t.model.match(f)
	if err != nil {
		return fmt.Errorf("%w\n%w", ErrWeights, err)
	}
	t.turn.Lock()
	defer t.turn.Unlock()
	if t.closed {
		return ErrClosed
	}
	rate, seed, err := t.settings(f.Metadata)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrWeights, err)
	}
	t.rate, t.seed, t.behind = rate, seed, true
	for i, s := range t.model.states {
		memory := t.step.State(s.step)
		clear(memory) // where optimizers begin
		copy(memory, found[i])
	}
	return nil
}

// settings are the learning rate and the seed of a file, or else those of t.
func (t *Trainer) settings(metadata map[string]string) (rate float64, seed uint64, err error) {
	rate, seed = t.rate, t.seed
	if text, ok := metadata[rateKey]; ok {
		if rate, err = strconv.ParseFloat(text, 64); err != nil {
			return 0, 0, fmt.Errorf("%s: %w", rateKey, err)
		}
	}
	if text, ok := metadata[seedKey]; ok {
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			return 0, 0, fmt.Errorf("%s: %w", seedKey, err)
		}
	}
	return rate, seed, nil
}

// match finds the bytes of every state: of the parameters, and of the rest all or nothing. The error names all that is missing,
// left over or of another shape.
func (m *trainModel) match(f *safetensors.File) ([][]byte, error) {
	left := map[string]safetensors.Tensor{}
	for _, t := range f.Tensors {
		left[t.Name] = t
	}
	found := make([][]byte, len(m.states))
	var problems, forgotten []error
	remembers := false
	for i, s := range m.states {
		t, ok := left[s.name]
		delete(left, s.name)
		switch {
		case !ok && s.network != absent:
			problems = append(problems, fmt.Errorf("    %s: missing", s.name))
		case !ok:
			forgotten = append(forgotten, fmt.Errorf("    %s: missing", s.name))
		case t.DType != "F32" || !slices.Equal(t.Shape, s.shape):
			problems = append(problems, fmt.Errorf("    %s: %s%v in the file, F32%v in the network", s.name, t.DType, t.Shape, s.shape))
		default:
			found[i] = t.Data
			remembers = remembers || s.network == absent
		}
	}
	if remembers {
		problems = append(problems, forgotten...)
	}
	for _, name := range slices.Sorted(maps.Keys(left)) {
		if !strings.HasSuffix(name, ".num_batches_tracked") { // PyTorch's counters are no parameters
			problems = append(problems, fmt.Errorf("    %s: not in the network", name))
		}
	}
	return found, errors.Join(problems...)
}
