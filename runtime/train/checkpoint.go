package train

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"nncc/runtime/safetensors"
	"nncc/runtime/tensor"
	"nncc/runtime/train/schedule"
)

// A checkpoint is a safetensors file with all states of a run under their names, averages under their names behind a
// prefix, and the rest as JSON in the metadata.
const (
	progressKey   = "nncc.training"
	averagePrefix = "average:"
)

// progress is what a run remembers besides tensors.
type progress struct {
	Recipe  map[string]string      `json:"recipe"` // what must not change when it goes on
	Step    int                    `json:"step"`   // steps done
	LossSum float64                `json:"loss_sum"`
	Correct int                    `json:"correct"` // both of the epoch that is not complete
	Epochs  []Epoch                `json:"epochs"`
	Curve   Curve                  `json:"curve"`
	Plateau *schedule.PlateauState `json:"plateau,omitempty"`
	Seconds float64                `json:"seconds"` // spent so far
	Trained float64                `json:"trained"` // seconds of training in the epoch that is not complete
}

// writeCheckpoint writes states and averages, which may be nil.
func writeCheckpoint(w io.Writer, p *progress, states []State, a *averages) error {
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	f := &safetensors.File{Metadata: map[string]string{progressKey: string(text)}}
	addStates(f, states, "")
	if a != nil {
		addStates(f, a.own, averagePrefix)
	}
	return safetensors.Write(w, f)
}

// WriteWeights writes the states that belong to the network, as PyTorch's load_state_dict takes them.
func WriteWeights(w io.Writer, states []State) error {
	f := &safetensors.File{}
	addStates(f, ofNetwork(states), "")
	return safetensors.Write(w, f)
}

func addStates(f *safetensors.File, states []State, prefix string) {
	for _, s := range states {
		f.Tensors = append(f.Tensors, safetensors.Tensor{Name: prefix + s.Name, DType: "F32", Shape: s.Shape, Data: tensor.FromF32(s.Data, s.Shape...).Data})
	}
}

// readCheckpoint restores states and averages, which may be nil. The states are changed only if all of them fit.
func readCheckpoint(path string, recipe map[string]string, states []State, a *averages) (*progress, error) {
	f, err := safetensors.ReadFile(path)
	if err != nil {
		return nil, err
	}
	p, err := restore(f, recipe, states, a)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return p, nil
}

func restore(f *safetensors.File, recipe map[string]string, states []State, a *averages) (*progress, error) {
	text, ok := f.Metadata[progressKey]
	if !ok {
		return nil, errors.New("not a checkpoint: it holds tensors and no state of a training run")
	}
	p := new(progress)
	if err := json.Unmarshal([]byte(text), p); err != nil {
		return nil, fmt.Errorf("not a checkpoint: %w", err)
	}
	wanted := slices.Clone(states)
	if a != nil {
		for _, s := range a.own {
			s.Name = averagePrefix + s.Name
			wanted = append(wanted, s)
		}
	}
	found, problems := match(f, wanted)
	problems = append(differences(p.Recipe, recipe), problems...)
	if err := errors.Join(problems...); err != nil {
		return nil, fmt.Errorf("the checkpoint is of another run\n%w", err)
	}
	for i, t := range found {
		copy(wanted[i].Data, t.F32s())
	}
	return p, nil
}

// match finds the tensor of each state, and says what is missing, left over or of another shape.
func match(f *safetensors.File, states []State) (found []*tensor.Tensor, problems []error) {
	left := map[string]safetensors.Tensor{}
	for _, t := range f.Tensors {
		left[t.Name] = t
	}
	for _, s := range states {
		t, ok := left[s.Name]
		delete(left, s.Name)
		switch {
		case !ok:
			problems = append(problems, fmt.Errorf("    %s: missing", s.Name))
		case t.DType != "F32" || !slices.Equal(t.Shape, s.Shape):
			problems = append(problems, fmt.Errorf("    %s: %s%v in the checkpoint, F32%v in the model", s.Name, t.DType, t.Shape, s.Shape))
		default:
			found = append(found, &tensor.Tensor{DType: tensor.F32, Shape: t.Shape, Data: t.Data})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(left)) {
		problems = append(problems, fmt.Errorf("    %s: not in the model", name))
	}
	return found, problems
}

// differences lists what has changed in a recipe.
func differences(old, now map[string]string) (problems []error) {
	for _, key := range slices.Sorted(maps.Keys(now)) {
		if was, ok := old[key]; !ok || was != now[key] {
			problems = append(problems, fmt.Errorf("    %s: %q in the checkpoint, now %q", key, was, now[key]))
		}
	}
	return problems
}

// check reports what a damaged or forged file could have wrong about a run with so many steps in an epoch.
func (p *progress) check(perEpoch, batch int) error {
	if p.Step < 0 {
		return fmt.Errorf("damaged: %d steps", p.Step)
	}
	within := p.Step - len(p.Epochs)*perEpoch // the whole epoch if it only lacks its test
	if within < 0 || within > perEpoch || within == perEpoch && p.Step%perEpoch != 0 {
		return fmt.Errorf("damaged: %d epochs in %d steps, %d an epoch", len(p.Epochs), p.Step, perEpoch)
	}
	if p.Correct < 0 || p.Correct > within*batch {
		return fmt.Errorf("damaged: %d samples right in %d steps", p.Correct, within)
	}
	if err := p.Curve.check(p.Step); err != nil {
		return fmt.Errorf("damaged: %w", err)
	}
	return nil
}
