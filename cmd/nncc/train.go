package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"nncc/codegen"
	"nncc/ir"
	"nncc/runtime/train"
	"nncc/runtime/train/schedule"
)

type trainOptions struct {
	model    modelOptions
	engine   engineOptions
	pictures pictureOptions
	data     trainDataOptions
	step     stepOptions
	schedule scheduleOptions

	epochs    int
	ema       float64
	earlyStop int
	seed      int
	out       string
	resume    string
	saveEvery int
	json      bool
}

func trainCommand() *cobra.Command {
	var o trainOptions
	cmd := &cobra.Command{
		Use:   "train MODEL --data PATH",
		Short: "Train a classifier on labelled pictures",
		Long: `Train trains a network on a data set, in any of the forms that eval reads, and tests it
after each epoch. Optimizers, schedules and losses are PyTorch's: a recipe carries over.
The folder -o gets

  weights.safetensors       the trained weights, with PyTorch's names; also best.safetensors
  checkpoint.safetensors    what --resume goes on from, exactly as if nothing had happened
  report.html               curves, the confusion matrix, pictures that are taken for others
  metrics.jsonl, events...  numbers for programs, and for TensorBoard

Ctrl-C saves a checkpoint and stops. A run goes on with the flags that it began with; only
--epochs may grow.`,
		Example: `  nncc train lenet.json --data cifar-10-binary.tar.gz --epochs 2
  nncc train resnet20.json --data pictures --optimizer nesterov --lr 0.4 --weight-decay 5e-4 \
      --lr-schedule one-cycle --flip --crop 4 --label-smoothing 0.1 -o run
  nncc train lenet.json --data cifar-10-binary.tar.gz --epochs 4 --resume lenet-training`,
		Args: oneModel,
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("seed") {
				o.model.seed = &o.seed
			}
			return o.run(args[0], cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	o.model.register(cmd)
	o.engine.register(cmd)
	o.pictures.register(cmd)
	o.data.register(cmd)
	o.step.register(cmd)
	o.schedule.register(cmd)
	f := cmd.Flags()
	f.Var(&o.step.memory, "memory-limit", "keep what a step takes within `SIZE` of memory, such as 200MB, by computing twice what could be kept")
	f.IntVar(&o.epochs, "epochs", 10, "go `N` times through the training data")
	f.Float64Var(&o.ema, "ema", 0, "test and keep moving averages of the weights that decay by `F` a step, such as 0.999")
	f.IntVar(&o.earlyStop, "early-stop", 0, "stop after `N` epochs that are no better than the best; 0 means never")
	f.IntVar(&o.seed, "seed", 1, "`N` decides the order of the pictures, augmentation and dropout, and if it is given random initial weights too")
	f.StringVarP(&o.out, "output", "o", "", "the `DIR` for what comes of it (default the model's name and -training)")
	f.StringVar(&o.resume, "resume", "", "go on from `FILE`, a checkpoint, or the folder that has one")
	f.IntVar(&o.saveEvery, "save-every", 0, "save a checkpoint every `N` steps too, not only after each epoch")
	f.BoolVar(&o.json, "json", false, "print a JSON object for each epoch")
	return cmd
}

func (o *trainOptions) check() error {
	switch {
	case o.epochs < 1:
		return usagef("--epochs %d: expected at least 1", o.epochs)
	case !(o.ema >= 0 && o.ema < 1):
		return usagef("--ema %v: expected a number from 0 to below 1", o.ema)
	case o.earlyStop < 0:
		return usagef("--early-stop %d is negative", o.earlyStop)
	case o.seed < 0:
		return usagef("--seed %d is negative", o.seed)
	case o.saveEvery < 0:
		return usagef("--save-every %d is negative", o.saveEvery)
	}
	return cmp.Or(o.data.check(), o.step.complete(), o.schedule.complete())
}

func (o *trainOptions) run(path string, stdout, stderr io.Writer) error {
	if err := o.check(); err != nil {
		return err
	}
	s, err := loadSession(path, o.model)
	if err != nil {
		return err
	}
	if err := o.place(s); err != nil {
		return err
	}
	ctx, stop := interruptible()
	defer stop()
	sets, err := o.openSets(ctx, s, stderr)
	switch {
	case ctx.Err() != nil:
		return errInterrupted
	case err != nil:
		return err
	}
	return o.train(ctx, s, sets, stdout, stderr)
}

// place finds the checkpoint to go on from, and the folder that files go to. Another run's files are not overwritten.
func (o *trainOptions) place(s *session) error {
	if info, err := os.Stat(o.resume); err == nil && info.IsDir() {
		o.resume = filepath.Join(o.resume, train.CheckpointFile)
	}
	switch {
	case o.out != "":
	case o.resume != "":
		o.out = filepath.Dir(o.resume)
	default:
		o.out = filepath.Base(s.name()) + "-training"
	}
	old := filepath.Join(o.out, train.CheckpointFile)
	if _, err := os.Stat(old); o.resume == "" && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is of an earlier run\n    hint: --resume %s goes on with it, -o DIR begins a new one elsewhere", old, shellWord(o.out))
	}
	return os.MkdirAll(o.out, 0o755)
}

// train trains on the data, prints what comes of each epoch and writes the report.
func (o *trainOptions) train(ctx context.Context, s *session, sets *trainSets, stdout, stderr io.Writer) error {
	perEpoch := sets.train.Len() / o.step.batch
	if perEpoch == 0 {
		return fmt.Errorf("there are %d samples to train on, fewer than a batch of %d (--batch)", sets.train.Len(), o.step.batch)
	}
	trainee, err := s.openTrainee(o.engine, o.step, uint64(o.seed), stderr)
	if err != nil {
		return err
	}
	defer trainee.close()
	rates := o.rates(perEpoch)
	show := newTrainProgress(stdout, stderr, o.epochs, o.json)
	result, err := train.Run(ctx, train.Config{
		Stepper: trainee.step, Evaluator: trainee.evaluate, Train: sets.train, Test: sets.test,
		Epochs: o.epochs, Seed: uint64(o.seed), Augment: o.data.augment(), Schedule: rates.Schedule, Plateau: rates.plateau,
		AverageDecay: o.ema, Patience: o.earlyStop,
		Dir: o.out, SaveEvery: o.saveEvery, Resume: o.resume, Recipe: o.recipe(s, rates),
		OnStep: show.step, OnEpoch: show.epoch,
	})
	show.bar.done()
	if err != nil {
		return err
	}
	if err := o.writeReport(s, sets, result); err != nil {
		return err
	}
	show.result(result, o.out)
	return nil
}

// rates are the learning rates of a run. Gradient descent learns once an epoch, of all batches.
func (o *trainOptions) rates(perEpoch int) rates {
	r := o.schedule.rates(o.step.lr, perEpoch, perEpoch*o.epochs)
	if o.step.optimizer == optimizerDescent {
		r.Schedule = schedule.Gathered{Every: perEpoch, Then: r.Schedule}
	}
	return r
}

// recipe is what may not change when a run goes on, for comparison and for messages about it.
func (o *trainOptions) recipe(s *session, rates rates) map[string]string {
	r := o.step.recipe()
	r["schedule"] = rates.text
	r["model"] = fingerprint(s.loaded)
	if p := codegen.SignatureOf(s.loaded).Preprocess; p != nil {
		r["preprocessing"] = fmt.Sprintf("%+v", *p)
	}
	if o.pictures.given() {
		r["preprocessing"] = fmt.Sprintf("%+v", o.pictures)
	}
	return r
}

// fingerprint tells one network from others, whatever its weights are.
func fingerprint(g *ir.Graph) string {
	h := sha256.New()
	_ = ir.Print(h, g, ir.PrintOptions{Short: true}) // a hash takes every write
	return hex.EncodeToString(h.Sum(nil))[:16]
}
