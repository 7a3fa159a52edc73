package data

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"nncc/runtime/parallel"
)

// Set is a data set made ready for a network: every picture read and checked once, brought to the input's size, and kept
// as long as there is room; every label a class of the network.
type Set struct {
	source  Dataset
	pre     Preprocess
	samples []prepared
	bad     []error
}

// prepared is a sample of a Set.
type prepared struct {
	index int    // in the source
	label int    // class of the network
	pix   []byte // [row][column][channel] in the input's size; nil if it is read again each time
}

// PrepareOptions say what becomes of a data set.
type PrepareOptions struct {
	Classes  int                   // of the network; labels are below
	ClassOf  []int                 // the network's class for each label; nil if they are the same
	SkipBad  bool                  // leave out what cannot be used, rather than fail
	MaxBytes int64                 // pictures beyond so many bytes are read again each time; 0 means 2 GiB
	OnRead   func(done, total int) // if not nil, called after each picture, one call at a time
}

const defaultMaxSetBytes = 2 << 30

// Prepare reads every sample of a data set, in parallel. What cannot be used, because it is unreadable or its label is no
// class of the network, is a *BadSamplesError with all of it, unless SkipBad leaves it out; then Bad lists it.
func Prepare(ctx context.Context, source Dataset, pre *Preprocess, o PrepareOptions) (*Set, error) {
	if err := pre.Validate(); err != nil {
		return nil, err
	}
	if names := len(source.Classes()); o.ClassOf == nil && names > o.Classes {
		return nil, fmt.Errorf("the data set has %d classes, and the network tells %d apart", names, o.Classes)
	}
	all := make([]prepared, source.Len())
	failed := make([]error, source.Len())
	var mutex sync.Mutex
	done := 0
	err := parallel.Each(len(all), func(i int) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		all[i], failed[i] = prepare(source, i, pre, &o)
		mutex.Lock()
		defer mutex.Unlock()
		if done++; o.OnRead != nil {
			o.OnRead(done, len(all))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	s := &Set{source: source, pre: *pre}
	for i, err := range failed {
		if err != nil {
			s.bad = append(s.bad, err)
		} else {
			s.samples = append(s.samples, all[i])
		}
	}
	if len(s.bad) > 0 && !o.SkipBad || len(s.samples) == 0 {
		return nil, &BadSamplesError{s.bad, len(all)}
	}
	return s, nil
}

// prepare reads sample i.
func prepare(source Dataset, i int, pre *Preprocess, o *PrepareOptions) (prepared, error) {
	s, err := source.At(i)
	if err != nil {
		return prepared{}, err
	}
	label := s.Label
	if o.ClassOf != nil {
		if label < 0 || label >= len(o.ClassOf) {
			return prepared{}, fmt.Errorf("%s: label %d has no name; there are %d", s.Name, label, len(o.ClassOf))
		}
		label = o.ClassOf[label]
	}
	if label < 0 || label >= o.Classes {
		return prepared{}, fmt.Errorf("%s: label %d is no class of the network, which has %d", s.Name, label, o.Classes)
	}
	m, err := pre.fit(s.Image)
	if err != nil {
		return prepared{}, fmt.Errorf("%s: %w", s.Name, err)
	}
	p := prepared{index: i, label: label}
	limit := o.MaxBytes
	if limit == 0 {
		limit = defaultMaxSetBytes
	}
	if int64(i+1)*int64(len(m.Pix)) <= limit { // not a sum over what is kept: that would depend on who comes first
		p.pix = m.Pix
	}
	return p, nil
}

// BadSamplesError is about samples that cannot be used.
type BadSamplesError struct {
	Bad   []error // in the order of the set
	Total int     // samples in the set
}

// Error names the first of them.
func (e *BadSamplesError) Error() string {
	if e.Total == 0 {
		return "the data set is empty"
	}
	const shown = 10
	var b strings.Builder
	fmt.Fprintf(&b, "%d of %d samples cannot be used", len(e.Bad), e.Total)
	for _, err := range e.Bad[:min(len(e.Bad), shown)] {
		fmt.Fprintf(&b, "\n    %v", err)
	}
	if more := len(e.Bad) - shown; more > 0 {
		fmt.Fprintf(&b, "\n    and %d more", more)
	}
	return b.String()
}

// Len is the number of samples.
func (s *Set) Len() int { return len(s.samples) }

// Bad lists what was left out.
func (s *Set) Bad() []error { return s.bad }

// Label is the class of sample i.
func (s *Set) Label(i int) int { return s.samples[i].label }

// Image returns sample i in the input's size, and its name.
func (s *Set) Image(i int) (*Image, string, error) {
	sample, err := s.source.At(s.samples[i].index)
	if err != nil {
		return nil, "", err
	}
	m, err := s.pre.fit(sample.Image)
	return m, sample.Name, err
}

// pix returns the bytes of sample i.
func (s *Set) pix(i int) ([]byte, error) {
	if pix := s.samples[i].pix; pix != nil {
		return pix, nil
	}
	m, _, err := s.Image(i)
	if err != nil {
		return nil, err
	}
	return m.Pix, nil
}

// Divide splits off a fraction of each class, chosen by seed: data to test on where a set comes undivided. Both parts have
// at least one sample.
func (s *Set) Divide(fraction float64, seed uint64) (rest, held *Set, err error) {
	if !(fraction > 0 && fraction < 1) {
		return nil, nil, fmt.Errorf("a fraction of %v cannot be held out: it lies between 0 and 1", fraction)
	}
	counts := map[int]int{}
	for _, p := range s.samples {
		counts[p.label]++
	}
	take := map[int]int{}
	for label, n := range counts {
		take[label] = int(float64(n)*fraction + 0.5)
	}
	order := make([]int, s.Len())
	permute(order, newDraws(seed, forHoldout))
	isHeld := make([]bool, s.Len())
	for _, i := range order {
		if label := s.samples[i].label; take[label] > 0 {
			take[label]--
			isHeld[i] = true
		}
	}
	rest, held = &Set{source: s.source, pre: s.pre, bad: s.bad}, &Set{source: s.source, pre: s.pre}
	for i, p := range s.samples {
		to := rest
		if isHeld[i] {
			to = held
		}
		to.samples = append(to.samples, p)
	}
	if rest.Len() == 0 || held.Len() == 0 {
		return nil, nil, errors.New("the set is too small to hold a part of it out")
	}
	return rest, held, nil
}
