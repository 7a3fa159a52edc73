package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"nncc/codegen"
	"nncc/runtime/data"
	"nncc/runtime/program"
)

// trainDataOptions say what to train on.
type trainDataOptions struct {
	path    string
	holdout float64
	skipBad bool
	flip    bool
	crop    int
	fill    string
	cutout  int
}

// Values of --crop-fill.
const (
	fillBlack   = "black"
	fillReflect = "reflect"
)

func (o *trainDataOptions) register(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.path, "data", "", "the data set: `PATH`")
	f.Float64Var(&o.holdout, "holdout", 0.1, "hold the share `F` of each class out to test on, if the set is not divided")
	f.BoolVar(&o.skipBad, "skip-bad", false, "leave out samples that cannot be used, and say so")
	f.BoolVar(&o.flip, "flip", false, "augmentation: exchange left and right of every second picture")
	f.IntVar(&o.crop, "crop", 0, "augmentation: move pictures by up to `N` pixels in each direction")
	f.StringVar(&o.fill, "crop-fill", fillBlack, "`black|reflect`: what --crop brings in from outside")
	f.IntVar(&o.cutout, "cutout", 0, "augmentation: cover a square with sides of `N` pixels")
}

func (o *trainDataOptions) check() error {
	switch {
	case o.path == "":
		return usagef("--data is missing")
	case !(o.holdout > 0 && o.holdout < 1):
		return usagef("--holdout %v: expected a number between 0 and 1", o.holdout)
	case o.fill != fillBlack && o.fill != fillReflect:
		return usagef("--crop-fill %s: expected %s or %s", o.fill, fillBlack, fillReflect)
	case o.crop < 0:
		return usagef("--crop %d is negative", o.crop)
	case o.cutout < 0:
		return usagef("--cutout %d is negative", o.cutout)
	}
	return nil
}

func (o *trainDataOptions) augment() data.Augment {
	return data.Augment{Flip: o.flip, Crop: o.crop, Reflect: o.fill == fillReflect, Cutout: o.cutout}
}

// trainSets are the data of a run.
type trainSets struct {
	train, test *data.Set
	classes     []string // names of the network's classes; may be empty
	outputs     int      // number of classes
}

// openSets reads the data set, and divides it if it comes as one.
func (o *trainOptions) openSets(ctx context.Context, s *session, notes io.Writer) (*trainSets, error) {
	sig := codegen.SignatureOf(s.loaded)
	if len(sig.Inputs) != 1 {
		return nil, fmt.Errorf("the model has %d inputs: train feeds pictures to models with one", len(sig.Inputs))
	}
	pre, err := o.pictures.preprocess(sig, notes)
	if err != nil {
		return nil, err
	}
	ds, err := data.OpenDataset(o.data.path, data.Train)
	undivided := errors.Is(err, data.ErrUndivided)
	if undivided {
		ds, err = data.OpenDataset(o.data.path, "")
	}
	if err != nil {
		return nil, err
	}
	sets := &trainSets{classes: sig.Classes, outputs: sig.Outputs[0].Elems()}
	if len(sets.classes) == 0 {
		sets.classes = ds.Classes()
	}
	if sets.train, err = o.prepare(ctx, ds, pre, sig, notes); err != nil {
		return nil, err
	}
	if undivided {
		if sets.train, sets.test, err = sets.train.Divide(o.data.holdout, uint64(o.seed)); err == nil {
			note(notes, "the data set is not divided: of %d samples %d, chosen by --seed, are held out to test on",
				sets.train.Len()+sets.test.Len(), sets.test.Len())
		}
		return sets, err
	}
	if ds, err = data.OpenDataset(o.data.path, data.Test); err != nil {
		return nil, err
	}
	sets.test, err = o.prepare(ctx, ds, pre, sig, notes)
	return sets, err
}

// prepare reads all samples of a set.
func (o *trainOptions) prepare(ctx context.Context, ds data.Dataset, pre *data.Preprocess, sig program.Signature, notes io.Writer) (*data.Set, error) {
	out := sig.Outputs[0]
	classes := out.Elems()
	if n := len(ds.Classes()); n > 0 && n < classes {
		note(notes, "the data set has %d classes, the network tells %d apart", n, classes)
	}
	p := newProgress(notes)
	set, err := data.Prepare(ctx, ds, pre, data.PrepareOptions{
		Classes: classes, ClassOf: matchClasses(ds.Classes(), sig.Classes, notes), SkipBad: o.data.skipBad,
		OnRead: func(done, total int) { p.tick("reading %d of %d pictures", done, total) },
	})
	p.done()
	var bad *data.BadSamplesError
	switch {
	case errors.As(err, &bad) && !o.data.skipBad && bad.Total > len(bad.Bad):
		return nil, fmt.Errorf("%s: %w\n    hint: --skip-bad goes on without them", o.data.path, err)
	case err != nil && ctx.Err() == nil:
		return nil, fmt.Errorf("%s: %w", o.data.path, err)
	case err != nil:
		return nil, err
	}
	if n := len(set.Bad()); n > 0 {
		left := &data.BadSamplesError{Bad: set.Bad(), Total: n + set.Len()}
		note(notes, "%s", strings.Replace(left.Error(), "cannot be used", "are left out", 1))
	}
	return set, nil
}
