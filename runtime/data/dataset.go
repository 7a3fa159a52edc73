package data

import (
	"errors"
	"fmt"
	"iter"
)

// Sample is one labelled picture.
type Sample struct {
	Image *Image
	Label int
	Name  string // the file, or the place in an array
}

// Dataset is an ordered set of labelled pictures. Its methods may be called from several goroutines at once.
type Dataset interface {
	Len() int
	// At reads sample i, 0 <= i < Len(). An error names the file.
	At(i int) (Sample, error)
	// Classes names the labels from 0; nil where the set has no names.
	Classes() []string
}

// Split names a part of a data set that comes divided; the empty one leaves the choice.
type Split string

// The parts of a data set.
const (
	Train Split = "train"
	Test  Split = "test"
)

// ErrUndivided is wrapped by errors about a part of a set that is not divided.
var ErrUndivided = errors.New("the set is not divided into training and test data")

func (s Split) orTest() Split {
	if s == "" {
		return Test
	}
	return s
}

// Walk goes through a dataset in order. The zero value stops at the first sample that cannot be read.
type Walk struct {
	SkipBad bool    // go on with the next sample instead
	Skipped []error // the samples left out, each named by its error
}

// Samples yields each sample, or the error that ends the walk.
func (w *Walk) Samples(ds Dataset) iter.Seq2[Sample, error] {
	return func(yield func(Sample, error) bool) {
		for i := range ds.Len() {
			s, err := ds.At(i)
			if err != nil && w.SkipBad {
				w.Skipped = append(w.Skipped, err)
				continue
			}
			if !yield(s, err) || err != nil {
				return
			}
		}
	}
}

func noSample(i, n int) error { return fmt.Errorf("no sample %d in a set of %d", i, n) }
