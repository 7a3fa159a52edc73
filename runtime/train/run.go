package train

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"nncc/runtime/data"
)

// Result is a run that has come to its end.
type Result struct {
	Epochs       []Epoch
	Best         int // index of the best epoch
	StoppedEarly bool
	Curve        Curve
	Predictions  []int64 // of the test data in their order, with the states at the end; nil without test data
}

// run is a training run in progress.
type run struct {
	progress
	c        Config
	states   []State
	average  *averages // or nil
	tester   *tester   // or nil
	perEpoch int       // steps
	events   *events   // or nil
	saved    string    // the last good checkpoint
	savedAt  int       // its step
	clock    clock
	status   Status
}

// Run trains until all epochs are done, no progress is left, or ctx ends. In the last case, and when a step or the data
// fail, it saves a checkpoint first; an error because of ctx wraps ErrInterrupted. Numbers that diverge are a
// *DivergedError, files that cannot be written a *SaveError; both leave the last good checkpoint as it is.
func Run(ctx context.Context, c Config) (*Result, error) {
	r, err := start(c)
	if err != nil {
		return nil, err
	}
	if err := r.openEvents(); err != nil {
		return nil, err
	}
	defer r.closeEvents()
	batches, err := c.Train.Batches(data.BatchOptions{Size: c.Stepper.Batch(), Shuffle: true, Seed: c.Seed, Augment: c.Augment, First: r.Step})
	if err != nil {
		return nil, err
	}
	defer batches.Close()
	if c.Test != nil {
		if r.tester, err = newTester(c.Evaluator, c.Test); err != nil {
			return nil, err
		}
		defer r.tester.batches.Close()
	}
	if err := r.train(ctx, batches); err != nil {
		return nil, err
	}
	return r.finish()
}

// start checks the configuration and restores a checkpoint.
func start(c Config) (*run, error) {
	if err := c.validate(); err != nil {
		return nil, err
	}
	if c.write == nil {
		c.write = data.WriteFile
	}
	if err := removeUnfinished(c.Dir); err != nil {
		return nil, err
	}
	r := &run{c: c, states: c.Stepper.States(), perEpoch: c.Train.Len() / c.Stepper.Batch(), savedAt: -1}
	if c.AverageDecay > 0 {
		r.average = newAverages(c.AverageDecay, r.states)
	}
	r.progress = progress{Recipe: c.recipe(), Curve: newCurve()}
	if c.Resume != "" {
		if err := r.resume(); err != nil {
			return nil, err
		}
	}
	if c.Plateau != nil {
		if r.Plateau != nil {
			c.Plateau.PlateauState = *r.Plateau
		}
		r.Plateau = &c.Plateau.PlateauState
	}
	r.status = Status{Epochs: c.Epochs, PerEpoch: r.perEpoch}
	r.clock = startClock(r.Seconds, r.Trained)
	return r, nil
}

func (r *run) resume() error {
	p, err := readCheckpoint(r.c.Resume, r.Recipe, r.states, r.average)
	if err != nil {
		return err
	}
	if err := p.check(r.perEpoch, r.c.Stepper.Batch()); err != nil {
		return fmt.Errorf("%s: %w", r.c.Resume, err)
	}
	r.progress, r.saved, r.savedAt = *p, r.c.Resume, p.Step
	return nil
}

// train makes step after step.
func (r *run) train(ctx context.Context, batches *data.Batches) error {
	for r.epochIsDue() || r.Step < r.c.Epochs*r.perEpoch && !r.stale() {
		if ctx.Err() != nil {
			return r.leave(ErrInterrupted)
		}
		if r.epochIsDue() {
			if err := r.endEpoch(ctx); err != nil {
				return err
			}
			continue
		}
		batch, err := batches.Next()
		if err != nil {
			return r.leave(err)
		}
		if err := r.step(batch); err != nil {
			return err
		}
		if r.c.SaveEvery > 0 && r.Step%r.c.SaveEvery == 0 {
			if err := r.save(); err != nil {
				return err
			}
		}
	}
	return nil
}

// epochIsDue reports whether the steps of an epoch are done, and the rest of it is not.
func (r *run) epochIsDue() bool {
	return r.Step%r.perEpoch == 0 && len(r.Epochs) < r.Step/r.perEpoch
}

// step runs one step and takes its numbers down.
func (r *run) step(batch *data.Batch) error {
	rate := r.c.Schedule.Rate(r.Step)
	loss, correct, err := r.c.Stepper.Step(r.Step, rate, batch.Images, batch.Labels)
	if err != nil {
		return fmt.Errorf("step %d: %w%s", r.Step+1, err, kept(r.saved))
	}
	if !finite(loss) {
		return r.diverged(fmt.Sprintf("the loss is %v", loss))
	}
	if r.average != nil {
		r.average.update(r.Step)
	}
	r.LossSum += loss
	r.Correct += correct
	r.Curve.add(loss, rate)
	r.Step++
	r.show(rate)
	return r.logStep(loss, rate)
}

// stale reports whether the last epochs were no better than the best before.
func (r *run) stale() bool {
	return r.c.Patience > 0 && len(r.Epochs) > 0 && len(r.Epochs)-1-best(r.Epochs) >= r.c.Patience
}

// endEpoch tests, takes down what is known of the epoch, and saves.
func (r *run) endEpoch(ctx context.Context) error {
	samples := float64(r.perEpoch * r.c.Stepper.Batch())
	e := Epoch{
		Epoch: r.Step / r.perEpoch, Loss: r.LossSum / float64(r.perEpoch), Accuracy: float64(r.Correct) / samples,
		LearningRate: r.c.Schedule.Rate(r.Step - 1), ImagesPerSec: samples / r.clock.trained(),
	}
	if r.tester != nil {
		loss, accuracy, err := r.tester.run(ctx, r.tested())
		if err != nil {
			return r.leave(err)
		}
		if !finite(loss) {
			return r.diverged(fmt.Sprintf("the loss on the test data is %v", loss))
		}
		e.TestLoss, e.TestAccuracy = &loss, &accuracy
	}
	e.Seconds = r.clock.total()
	r.clock.nextEpoch()
	r.Epochs = append(r.Epochs, e)
	r.LossSum, r.Correct = 0, 0
	if r.c.Plateau != nil {
		_, loss := e.score()
		r.c.Plateau.Observe(loss)
	}
	if err := r.saveEpoch(&e); err != nil {
		return err
	}
	if r.c.OnEpoch != nil {
		return r.c.OnEpoch(&e)
	}
	return nil
}

// tested are the states that the network is tested with, and that are kept.
func (r *run) tested() []State {
	if r.average != nil {
		return r.average.own
	}
	return ofNetwork(r.states)
}

func (r *run) diverged(what string) error {
	return &DivergedError{Step: r.Step + 1, Epoch: r.Step/r.perEpoch + 1, What: what, Checkpoint: r.saved}
}

// finish writes the weights and says how it went.
func (r *run) finish() (*Result, error) {
	out := &Result{Epochs: r.Epochs, Best: best(r.Epochs), StoppedEarly: r.Step < r.c.Epochs*r.perEpoch, Curve: r.Curve}
	if r.tester != nil {
		if !r.tester.known { // a run that was complete already
			if _, _, err := r.tester.run(context.Background(), r.tested()); err != nil {
				return nil, err
			}
		}
		out.Predictions = r.tester.predictions
	}
	return out, r.writeFile(WeightsFile, func(w io.Writer) error { return WriteWeights(w, r.tested()) })
}

// path is that of a file of the run.
func (r *run) path(name string) string { return filepath.Join(r.c.Dir, name) }
