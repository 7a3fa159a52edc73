package api

import (
	"math"
	"slices"
	"testing"
	"time"
)

// Bounds on a measurement of checkBudget: rounds, and the runs of each.
const (
	budgetRounds     = 5
	budgetFewestRuns = 11
	budgetMostRuns   = 1001
	budgetRoundTime  = 200 * time.Millisecond
)

// checkBudget finds that the median prediction takes no more than some milliseconds. Of several medians the least counts:
// other processes make it larger, and nothing less.
func (m *testModel) checkBudget(t testing.TB, ms float64) {
	if testing.Short() {
		t.Skip("it measures for a second")
	}
	net, err := m.model.open(m.options(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	defer net.Close()
	m.fill(net, 1)
	best := math.Inf(1)
	for range budgetRounds {
		if best = min(best, m.median(t, net)); best <= ms {
			return
		}
	}
	t.Errorf("the median prediction takes %.4g ms, %.4g ms more than the %v allowed when the package was made (%s, threads: %d)", best, best-ms, ms, net.ISA(), net.Threads())
}

// median measures the median prediction in milliseconds. The first one is left out.
func (m *testModel) median(t testing.TB, net *Net) float64 {
	var times []time.Duration
	for start := time.Now(); len(times) < budgetFewestRuns || len(times) < budgetMostRuns && time.Since(start) < budgetRoundTime; {
		before := time.Now()
		if err := net.in.Run(1); err != nil {
			t.Fatal(err)
		}
		times = append(times, time.Since(before))
	}
	times = times[1:]
	slices.Sort(times)
	return float64(times[len(times)/2].Nanoseconds()) / 1e6
}
