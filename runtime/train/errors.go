package train

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
)

// ErrInterrupted is wrapped by the error of a run that its context ended.
var ErrInterrupted = errors.New("interrupted")

// DivergedError is about a run whose numbers are no longer any.
type DivergedError struct {
	Step, Epoch int    // both from 1
	What        string // such as "the loss is NaN"
	Checkpoint  string // the last good one; empty if there is none
}

func (e *DivergedError) Error() string {
	return fmt.Sprintf("step %d, epoch %d: %s%s\n    hint: a lower learning rate, a warm-up or clipped gradients help most often", e.Step, e.Epoch, e.What, kept(e.Checkpoint))
}

// SaveError is about a file of the run that could not be written.
type SaveError struct {
	Path       string
	Err        error
	Checkpoint string // the last good one; empty if there is none
}

func (e *SaveError) Error() string {
	why := e.Err
	if failed := (*fs.PathError)(nil); errors.As(why, &failed) {
		why = failed.Err // the path in it is that of a temporary file
	}
	return fmt.Sprintf("%s cannot be written: %v%s", e.Path, why, kept(e.Checkpoint))
}

// Unwrap is what went wrong.
func (e *SaveError) Unwrap() error { return e.Err }

func kept(checkpoint string) string {
	if checkpoint == "" {
		return "; there is no checkpoint yet"
	}
	return "; the last good checkpoint is " + checkpoint
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// notFinite names a state with a value that is no number; empty if there is none.
func notFinite(states []State) string {
	for _, s := range states {
		for _, v := range s.Data {
			if v-v != 0 { // true of infinities and NaN alone
				return fmt.Sprintf("%s has become %v", s.Name, v)
			}
		}
	}
	return ""
}
