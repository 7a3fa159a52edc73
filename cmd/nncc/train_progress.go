package main

import (
	"fmt"
	"io"
	"path/filepath"
	"time"

	"nncc/runtime/train"
)

// trainProgress tells of a run: a bar while it goes on, and a line for each epoch.
type trainProgress struct {
	stdout io.Writer
	bar    *progress
	json   bool
	epochs int
}

func newTrainProgress(stdout, stderr io.Writer, epochs int, json bool) *trainProgress {
	return &trainProgress{stdout: stdout, bar: newProgress(stderr), json: json, epochs: epochs}
}

func (p *trainProgress) step(s *train.Status) {
	p.bar.tick("epoch %d/%d, step %d/%d, loss %.4f, accuracy %.2f%%, %.0f images/s, %v left",
		s.Epoch, s.Epochs, s.Step, s.PerEpoch, s.Loss, 100*s.Accuracy, s.ImagesPerSec, s.Left.Round(time.Second))
}

func (p *trainProgress) epoch(e *train.Epoch) error {
	p.bar.done()
	if p.json {
		return printJSON(p.stdout, e)
	}
	_, err := fmt.Fprintf(p.stdout, "epoch %*d/%d  loss %.4f  accuracy %6.2f%%  test loss %.4f  test accuracy %6.2f%%  %6.0f images/s  %.1f s\n",
		len(fmt.Sprint(p.epochs)), e.Epoch, p.epochs, e.Loss, 100*e.Accuracy, *e.TestLoss, 100**e.TestAccuracy, e.ImagesPerSec, e.Seconds)
	return err
}

func (p *trainProgress) result(r *train.Result, dir string) {
	if p.json {
		return
	}
	best := r.Epochs[r.Best]
	why := ""
	if r.StoppedEarly {
		why = ", stopped early"
	}
	fmt.Fprintf(p.stdout, "best test accuracy %.2f%% after epoch %d%s; %s, report in %s\n", 100**best.TestAccuracy, best.Epoch, why,
		filepath.Join(dir, train.WeightsFile), filepath.Join(dir, reportFile))
}
