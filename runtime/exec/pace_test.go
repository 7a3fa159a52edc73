package exec

import (
	"math/rand/v2"
	"testing"
	"time"
)

// phase is a state of a machine: what a run takes with helpers and without, in milliseconds.
type phase struct{ helped, alone float64 }

// wakeUp is how long workers take that were not needed for a while, in milliseconds.
const wakeUp = 0.1

// TestPace lets machines pass through phases in which helpers help, are a burden, and help again. Over each of them runs
// must take hardly longer than if the better way had been known.
func TestPace(t *testing.T) {
	for _, c := range []struct {
		threads int
		burst   int // every so many runs helpers are a burden for ten runs: another program's turn
		most    float64
		phases  []phase
	}{
		{2, 0, 1.03, []phase{{0.55, 1}, {1.5, 1}, {0.55, 1}, {1.05, 1}, {1, 1}, {1.2, 2}, {0.6, 0.5}}},
		{2, 0, 1.04, []phase{{0.02, 0.03}, {0.05, 0.03}, {0.02, 0.03}}},
		{2, 200, 1.07, []phase{{0.28, 0.5}}}, // helped throughout they would take 1.09
		{16, 0, 1.03, []phase{{10, 120}, {10, 90}}},
		{16, 0, 1.15, []phase{{200, 120}, {10, 120}}}, // a hundred runs without until helpers are tried again
	} {
		random := rand.New(rand.NewPCG(1, 2))
		p := newPace(c.threads)
		for i, phase := range c.phases {
			took, best, awake := 0.0, 0.0, false
			for run := range 5000 {
				with := phase.helped
				if c.burst > 0 && run%c.burst < 10 {
					with = 2 * phase.alone
				}
				ms := phase.alone
				if p.helped() {
					if ms = with; !awake {
						ms += wakeUp
					}
				}
				awake = p.helped()
				took, best = took+ms, best+min(with, phase.alone)
				noise := 0.02 * random.Float64()
				if random.IntN(50) == 0 {
					noise = 3
				}
				p.took(time.Duration(ms * (1 + noise) * float64(time.Millisecond)))
			}
			if took > c.most*best {
				t.Errorf("%d threads, phase %d, %v: runs take %.3f times what they could, want at most %g", c.threads, i, phase, took/best, c.most)
			}
		}
	}
}

// TestPaceOfFewRuns makes as few runs as a program that answers once, or a short measurement: all are helped.
func TestPaceOfFewRuns(t *testing.T) {
	p := newPace(3)
	for range 3 * paceFirst {
		if !p.helped() {
			t.Fatal("a run without helpers")
		}
		p.took(time.Millisecond)
	}
	if p.helped() {
		t.Error("no run without helpers is timed")
	}
}

// TestPaceOfCoarseClock has a clock that does not see the time of a run.
func TestPaceOfCoarseClock(t *testing.T) {
	p, helped := newPace(2), 0
	for range 1000 {
		if p.helped() {
			helped++
		}
		p.took(0)
	}
	if helped < 750 { // a trial ends after so many runs at the latest
		t.Errorf("%d runs of 1000 were helped", helped)
	}
}

// TestPaceOfBatches runs two sizes of batch: each is timed by itself.
func TestPaceOfBatches(t *testing.T) {
	p := newPool(2)
	in, err := openOn(addChain(Kernel{Name: "add", Go: addGo}, 1, 7, 1), nil, Options{MaxBatch: 2}, func() *pool { return p })
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	for _, batch := range []int{1, 2, 1, 1} {
		if err := in.Run(batch); err != nil {
			t.Fatal(err)
		}
	}
	if in.paces[0].runs != 3 || in.paces[1].runs != 1 || in.team.alone {
		t.Errorf("paces %+v, team alone: %t", in.paces, in.team.alone)
	}
}
