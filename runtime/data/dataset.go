package data

import (
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
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

// OpenDataset opens a folder: either the arrays images_u8_nhwc.npy and labels_i64.npy, or a folder of pictures for
// each class.
func OpenDataset(dir string) (Dataset, error) {
	_, err := os.Stat(filepath.Join(dir, imagesFile))
	switch {
	case err == nil:
		return openArrays(dir)
	case errors.Is(err, fs.ErrNotExist):
		return openFolders(dir)
	}
	return nil, err
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
