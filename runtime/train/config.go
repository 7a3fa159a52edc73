package train

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"strconv"

	"nncc/runtime/data"
	"nncc/runtime/train/schedule"
)

// Config is a training run.
type Config struct {
	Stepper   Stepper
	Evaluator Evaluator // nil if Test is
	Train     *data.Set
	Test      *data.Set // nil if there is nothing to test on

	Epochs   int
	Seed     uint64 // of the order of samples and of augmentation
	Augment  data.Augment
	Schedule schedule.Schedule
	Plateau  *schedule.Plateau // the part of Schedule that observes the loss on Test, or else on Train; or nil

	AverageDecay float64 // of exponential moving averages of the network's states, which are then tested and kept; 0 for none
	Patience     int     // stop after so many epochs that are no better than the best; 0 for never

	Dir       string            // where the run's files go; empty for nowhere
	SaveEvery int               // steps between checkpoints, besides one after each epoch; 0 for none
	Resume    string            // a checkpoint to go on from; empty for a new run
	Recipe    map[string]string // what else must be the same for a run to go on

	OnStep  func(*Status)      // after each step, if not nil; Status is valid during the call
	OnEpoch func(*Epoch) error // after each epoch, if not nil

	write func(path string, write func(io.Writer) error) error // how files are written; data.WriteFile if nil
}

// Names of the files in Dir.
const (
	CheckpointFile = "checkpoint.safetensors"         // everything that a run needs to go on
	BestFile       = "best.safetensors"               // the network's weights after the best epoch
	WeightsFile    = "weights.safetensors"            // those at the end
	MetricsFile    = "metrics.jsonl"                  // a line for each epoch
	eventsFile     = "events.out.tfevents.%010d.nncc" // for TensorBoard, from a step on
)

func (c *Config) validate() error {
	switch {
	case c.Epochs < 1:
		return fmt.Errorf("%d epochs", c.Epochs)
	case c.Train.Len() < c.Stepper.Batch():
		return fmt.Errorf("a batch of %d is more than the %d samples to train on", c.Stepper.Batch(), c.Train.Len())
	case (c.Test == nil) != (c.Evaluator == nil):
		return errors.New("test data and an evaluator come together")
	case !(c.AverageDecay >= 0 && c.AverageDecay < 1):
		return fmt.Errorf("averages that decay by %v: the decay is at least 0 and below 1", c.AverageDecay)
	}
	return nil
}

// recipe is what must not change when a run goes on: the caller's part, and what this package knows.
func (c *Config) recipe() map[string]string {
	out := maps.Clone(c.Recipe)
	if out == nil {
		out = map[string]string{}
	}
	out["batch"] = strconv.Itoa(c.Stepper.Batch())
	out["samples"] = strconv.Itoa(c.Train.Len())
	out["seed"] = strconv.FormatUint(c.Seed, 10)
	out["augmentation"] = fmt.Sprintf("%+v", c.Augment)
	out["averages"] = strconv.FormatFloat(c.AverageDecay, 'g', -1, 64)
	return out
}
