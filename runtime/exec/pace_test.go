package exec

import (
	"math/rand/v2"
	"testing"
	"time"
)

// TestPace lets a machine pass through phases in which helpers help, are a burden, and help again. Over each of them runs
// must take hardly longer than if the better way had been known.
func TestPace(t *testing.T) {
	const runs = 5000
	random := rand.New(rand.NewPCG(1, 2))
	var p pace
	for i, phase := range []struct{ helped, alone, most float64 }{ // times of a run; how many times the better one's on average
		{0.55, 1, 1.02},
		{1.5, 1, 1.03},
		{0.55, 1, 1.03},
		{1.05, 1, 1.03},
		{1, 1, 1.01},
		{1.2, 2, 1.02}, // slow altogether
		{0.6, 0.5, 1.03},
	} {
		total := 0.0
		for range runs {
			took := phase.alone
			if p.helped() {
				took = phase.helped
			}
			noise := 0.02 * random.Float64()
			if random.IntN(50) == 0 {
				noise = 3 // another program's turn
			}
			p.took(time.Duration(took * (1 + noise) * float64(time.Millisecond)))
			total += took
		}
		if got := total / runs / min(phase.helped, phase.alone); got > phase.most {
			t.Errorf("phase %d, %v: runs take %.3f times what they could, want at most %g", i, phase, got, phase.most)
		}
	}
}

// TestPaceOfFewRuns makes as few runs as a program that answers once, or a short measurement: all are helped.
func TestPaceOfFewRuns(t *testing.T) {
	var p pace
	for range paceFirst {
		if !p.helped() {
			t.Fatal("a run without helpers")
		}
		p.took(time.Millisecond)
	}
	if p.helped() {
		t.Error("no run without helpers is timed")
	}
}

// TestPaceOfBatches runs two sizes of batch: each is timed by itself.
func TestPaceOfBatches(t *testing.T) {
	in := openTest(t, addChain(Kernel{Name: "add", Go: addGo}, 1, 7, 1), 2, 2)
	for _, batch := range []int{1, 2, 1, 1} {
		if err := in.Run(batch); err != nil {
			t.Fatal(err)
		}
	}
	if in.paces[0].runs != 3 || in.paces[1].runs != 1 || in.team.alone {
		t.Errorf("paces %+v, team alone: %t", in.paces, in.team.alone)
	}
}
