package train

import (
	"fmt"
	"os"
	"time"

	"nncc/runtime/train/tensorboard"
)

// logEvery is the number of steps between points of the curves that TensorBoard shows.
const logEvery = 20

// events is the event file of a run; nil for none.
type events struct {
	file *os.File
	*tensorboard.Writer
}

// openEvents begins a file. Of a run that goes on there are several, in the order of their first steps.
func (r *run) openEvents() error {
	if r.c.Dir == "" {
		return nil
	}
	f, err := os.Create(r.path(fmt.Sprintf(eventsFile, r.Step)))
	if err != nil {
		return err
	}
	w, err := tensorboard.NewWriter(f, r.Step, time.Now)
	if err != nil {
		f.Close()
		return r.logged(f, err)
	}
	r.events = &events{f, w}
	return nil
}

func (r *run) closeEvents() {
	if r.events != nil {
		r.events.file.Close()
	}
}

// logStep adds a step to the curves.
func (r *run) logStep(loss, rate float64) error {
	if r.events == nil || r.Step%logEvery != 0 {
		return nil
	}
	return r.logged(r.events.file, r.events.Scalars(r.Step, tensorboard.Scalar{Tag: "step/loss", Value: loss}, tensorboard.Scalar{Tag: "step/learning_rate", Value: rate}))
}

// logEpoch adds an epoch to the curves.
func (r *run) logEpoch(e *Epoch) error {
	if r.events == nil {
		return nil
	}
	points := []tensorboard.Scalar{{Tag: "train/loss", Value: e.Loss}, {Tag: "train/accuracy", Value: e.Accuracy}, {Tag: "train/images_per_s", Value: e.ImagesPerSec}}
	if e.TestLoss != nil {
		points = append(points, tensorboard.Scalar{Tag: "test/loss", Value: *e.TestLoss}, tensorboard.Scalar{Tag: "test/accuracy", Value: *e.TestAccuracy})
	}
	return r.logged(r.events.file, r.events.Scalars(r.Step, points...))
}

// logged is the error of writing to the event file, for people.
func (r *run) logged(f *os.File, err error) error {
	if err == nil {
		return nil
	}
	return &SaveError{Path: f.Name(), Err: err, Checkpoint: r.saved}
}
