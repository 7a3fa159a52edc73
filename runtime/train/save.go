package train

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"

	"nncc/runtime/data"
)

// save writes a checkpoint, unless the states are no longer worth it.
func (r *run) save() error {
	if r.c.Dir == "" || r.savedAt == r.Step {
		return nil
	}
	if what := notFinite(r.states); what != "" {
		return r.diverged(what)
	}
	r.Seconds, r.Trained = r.clock.total(), r.clock.trained()
	if err := r.writeFile(CheckpointFile, func(w io.Writer) error { return writeCheckpoint(w, &r.progress, r.states, r.average) }); err != nil {
		return err
	}
	r.saved, r.savedAt = r.path(CheckpointFile), r.Step
	return nil
}

// leave saves a checkpoint and returns why the run ends, with where it can go on.
func (r *run) leave(why error) error {
	if err := r.save(); err != nil {
		return fmt.Errorf("%w; %w", why, err)
	}
	return fmt.Errorf("%w after step %d of %d, epoch %d%s", why, r.Step, r.c.Epochs*r.perEpoch, r.Step/r.perEpoch+1, kept(r.saved))
}

// saveEpoch writes what there is to write after an epoch. The checkpoint comes last: a run that goes on from the one
// before writes the rest again.
func (r *run) saveEpoch(e *Epoch) error {
	if err := r.logEpoch(e); err != nil {
		return err
	}
	if best(r.Epochs) == len(r.Epochs)-1 {
		if what := notFinite(r.tested()); what != "" {
			return r.diverged(what)
		}
		if err := r.writeFile(BestFile, func(w io.Writer) error { return WriteWeights(w, r.tested()) }); err != nil {
			return err
		}
	}
	if err := r.writeFile(MetricsFile, r.writeMetrics); err != nil {
		return err
	}
	return r.save()
}

// writeMetrics writes a line for each epoch.
func (r *run) writeMetrics(w io.Writer) error {
	lines := json.NewEncoder(w)
	for i := range r.Epochs {
		if err := lines.Encode(&r.Epochs[i]); err != nil {
			return err
		}
	}
	return nil
}

// writeFile writes one of the run's files, whole or not at all.
func (r *run) writeFile(name string, write func(io.Writer) error) error {
	if r.c.Dir == "" {
		return nil
	}
	if err := r.c.write(r.path(name), write); err != nil {
		return &SaveError{Path: r.path(name), Err: err, Checkpoint: r.saved}
	}
	return nil
}

// removeUnfinished removes what a run that was killed has left of files in dir.
func removeUnfinished(dir string) error {
	if dir == "" {
		return nil
	}
	for _, name := range []string{CheckpointFile, BestFile, WeightsFile, MetricsFile} {
		if err := data.RemoveUnfinished(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return nil
}
