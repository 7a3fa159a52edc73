// Package tune finds the fastest kernels for the convolutions of a network by running them. Every kind of layer is tried
// in its place in the network, so that it finds the caches as it will in use; all kinds are tried at once, each with
// its next option in the next round. Compiling and running is left to the caller.
package tune

import (
	"fmt"
	"time"

	"nncc/codegen/sched"
	"nncc/ir"
	"nncc/runtime/program"
)

// Network is a compiled network with one launch for each layer.
type Network interface {
	Layers() []program.Layer
	Time() ([]time.Duration, error) // of each layer, in one run
	Close()
}

// Search is a search for kernels.
type Search struct {
	Graph   *ir.Graph
	Target  sched.Target // without pins
	Compile func(pins []sched.Pin) (Network, error)
	Until   time.Time                        // when the last round begins, at the latest
	Show    func(format string, args ...any) // what is being done
}

// Parameters of measuring.
const (
	fewestRuns = 9                      // of each network in a round, by turns
	roundTime  = 200 * time.Millisecond // or more of them
	worthless  = 0.97                   // of the time of the kernel that cost models choose: less is needed to be pinned
)

// Result is what a search found.
type Result struct {
	Pins   []sched.Pin // for the layers that have a faster kernel than the one that cost models choose
	Layers []Layer     // with all that was measured
	Ratio  float64     // of the time of all layers together with the pins, to that without
}

// Run searches. Whatever it pins was faster twice, the second time with all other pins.
func (s Search) Run() (*Result, error) {
	layers := layersOf(s.Graph, s.Target)
	base, err := s.Compile(nil)
	if err != nil {
		return nil, err
	}
	defer base.Close()
	rounds := 0
	for _, l := range layers {
		rounds = max(rounds, len(l.Options)-1)
	}
	for round := 1; round <= rounds && (round == 1 || time.Now().Before(s.Until)); round++ {
		s.Show("round %d of up to %d", round, rounds)
		if _, err := s.measure(base, layers, func(Layer) int { return round }); err != nil {
			return nil, err
		}
	}
	s.Show("the best kernels together")
	r := &Result{Layers: layers}
	best := map[string]int{}
	for _, l := range layers {
		best[l.Conv.String()] = l.best()
	}
	if r.Ratio, err = s.measure(base, layers, func(l Layer) int { return best[l.Conv.String()] }); err != nil || r.Ratio >= 1 {
		r.Ratio = 1
		return r, err
	}
	for _, l := range layers {
		if i := best[l.Conv.String()]; i > 0 && l.Options[i].Ratio < worthless {
			r.Pins = append(r.Pins, l.pin(s.Target.ISA, i))
		}
	}
	return r, nil
}

// best is the fastest option, the first unless another one is faster beyond noise.
func (l Layer) best() int {
	best, ratio := 0, worthless
	for i, o := range l.Options[1:] {
		if o.Ratio > 0 && o.Ratio < ratio {
			best, ratio = i+1, o.Ratio
		}
	}
	return best
}

// measure times the option that tried names for each layer beside the first ones, which base has, and returns the ratio
// of the times of all layers.
func (s Search) measure(base Network, layers []Layer, tried func(Layer) int) (float64, error) {
	var pins []sched.Pin
	for _, l := range layers {
		if i := tried(l); i > 0 && i < len(l.Options) {
			pins = append(pins, l.pin(s.Target.ISA, i))
		}
	}
	if len(pins) == 0 {
		return 1, nil
	}
	other, err := s.Compile(pins)
	if err != nil {
		return 0, err
	}
	defer other.Close()
	times, otherTimes, err := compare(base, other)
	if err != nil {
		return 0, err
	}
	first, second := byValue(base, times), byValue(other, otherTimes)
	for _, l := range layers {
		i := tried(l)
		if i <= 0 || i >= len(l.Options) {
			continue
		}
		var before, after time.Duration
		for _, v := range l.Values {
			before, after = before+first[v], after+second[v]
		}
		if before == 0 || after == 0 {
			return 0, fmt.Errorf("no kernel computes %q", l.Values[0])
		}
		l.Options[i].Ratio, l.Options[i].Ns = float64(after)/float64(before), float64(after)
	}
	return float64(sum(otherTimes)) / float64(max(sum(times), 1)), nil
}

func sum(times []time.Duration) (total time.Duration) {
	for _, t := range times {
		total += t
	}
	return total
}

// compare runs both networks by turns and returns the least time of each of their layers: other programs make it longer,
// and nothing shorter.
func compare(a, b Network) (timesA, timesB []time.Duration, err error) {
	networks, least := [2]Network{a, b}, [2][]time.Duration{}
	for start, run := time.Now(), 0; run < fewestRuns || time.Since(start) < roundTime; run++ {
		for i, n := range networks {
			times, err := n.Time()
			if err != nil {
				return nil, nil, err
			}
			if least[i] == nil {
				least[i] = times
			}
			for j, t := range times {
				least[i][j] = min(least[i][j], t)
			}
		}
	}
	return least[0], least[1], nil
}

// byValue is the time for each value. Steps that compute none prepare what the next one reads; a change of layout is no
// part of a layer.
func byValue(n Network, times []time.Duration) map[string]time.Duration {
	out := map[string]time.Duration{}
	var before time.Duration
	for i, l := range n.Layers() {
		if len(l.Covers) == 0 {
			if l.Family != "repack" {
				before += times[i]
			}
			continue
		}
		for _, v := range l.Covers {
			out[v] = times[i] + before
		}
		before = 0
	}
	return out
}
