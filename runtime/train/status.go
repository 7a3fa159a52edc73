package train

import "time"

// Status is how far a run is, for a progress bar.
type Status struct {
	Epoch, Epochs  int     // from 1
	Step, PerEpoch int     // of the epoch, from 1
	Loss, Accuracy float64 // means over the epoch so far
	LearningRate   float64
	ImagesPerSec   float64       // of the epoch so far
	Left           time.Duration // of training; what tests take is left out
}

// show passes on how far the run is.
func (r *run) show(rate float64) {
	if r.c.OnStep == nil {
		return
	}
	s := &r.status
	s.Epoch, s.Step = (r.Step-1)/r.perEpoch+1, (r.Step-1)%r.perEpoch+1
	images := float64(s.Step * r.c.Stepper.Batch())
	s.Loss, s.Accuracy, s.LearningRate = r.LossSum/float64(s.Step), float64(r.Correct)/images, rate
	s.ImagesPerSec = images / r.clock.trained()
	left := float64((r.c.Epochs*r.perEpoch - r.Step) * r.c.Stepper.Batch())
	s.Left = time.Duration(left / s.ImagesPerSec * float64(time.Second))
	r.c.OnStep(s)
}

// clock tells how much time a run has taken, over all its parts.
type clock struct {
	began, epochBegan time.Time
	before            float64 // seconds before began
	epochBefore       float64 // seconds of the present epoch before epochBegan
}

// startClock goes on from seconds spent before, and of these in the present epoch.
func startClock(before, epochBefore float64) clock {
	now := time.Now()
	return clock{now, now, before, epochBefore}
}

func (c *clock) total() float64 { return c.before + time.Since(c.began).Seconds() }

// trained is the time since the epoch began.
func (c *clock) trained() float64 { return c.epochBefore + time.Since(c.epochBegan).Seconds() }

func (c *clock) nextEpoch() { c.epochBegan, c.epochBefore = time.Now(), 0 }
