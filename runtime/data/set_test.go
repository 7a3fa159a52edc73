package data

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// counted is a set of grey 2x2 pictures of the values 0, 1, ... with labels that go round the classes. Samples in broken
// cannot be read.
type counted struct {
	n, classes int
	broken     map[int]bool
	reads      *atomic.Int64
}

func (d counted) Len() int          { return d.n }
func (d counted) Classes() []string { return nil }

func (d counted) At(i int) (Sample, error) {
	if d.reads != nil {
		d.reads.Add(1)
	}
	name := fmt.Sprintf("pic%d", i)
	if d.broken[i] {
		return Sample{}, errors.New(name + ": not a picture")
	}
	m := NewImage(2, 2, 1)
	for k := range m.Pix {
		m.Pix[k] = byte(i)
	}
	return Sample{m, i % d.classes, name}, nil
}

var grey2x2 = &Preprocess{Width: 2, Height: 2, Channels: 1, Scale: 1}

func prepareCounted(t *testing.T, d counted, o PrepareOptions) *Set {
	o.Classes = d.classes
	s, err := Prepare(context.Background(), d, grey2x2, o)
	require.NoError(t, err)
	return s
}

func TestBadSamples(t *testing.T) {
	d := counted{n: 40, classes: 4, broken: map[int]bool{3: true, 30: true}}
	_, err := Prepare(context.Background(), d, grey2x2, PrepareOptions{Classes: 3, ClassOf: []int{0, 1, 2}})
	var bad *BadSamplesError
	require.ErrorAs(t, err, &bad)
	require.Equal(t, 40, bad.Total)
	require.Len(t, bad.Bad, 2+9, "label 3, and what is broken: 3 is both")
	require.Contains(t, err.Error(), "11 of 40 samples cannot be used\n    pic3: not a picture\n    pic7: label 3 has no name; there are 3\n")
	require.Contains(t, err.Error(), "\n    and 1 more")

	s, err := Prepare(context.Background(), d, grey2x2, PrepareOptions{Classes: 3, SkipBad: true})
	require.NoError(t, err)
	require.Equal(t, 29, s.Len())
	require.Equal(t, bad.Total-s.Len(), len(s.Bad()))
	require.EqualError(t, s.Bad()[1], "pic7: label 3 is no class of the network, which has 3")
	for i := range s.Len() {
		m, name, err := s.Image(i)
		require.NoError(t, err)
		require.Equal(t, fmt.Sprintf("pic%d", m.Pix[0]), name)
		require.Equal(t, int(m.Pix[0])%4, s.Label(i))
	}

	_, err = Prepare(context.Background(), counted{n: 0, classes: 1}, grey2x2, PrepareOptions{Classes: 1, SkipBad: true})
	require.EqualError(t, err, "the data set is empty")
	_, err = Prepare(context.Background(), counted{n: 1, classes: 1, broken: map[int]bool{0: true}}, grey2x2, PrepareOptions{Classes: 1, SkipBad: true})
	require.EqualError(t, err, "1 of 1 samples cannot be used\n    pic0: not a picture")
}

func TestTooManyClasses(t *testing.T) {
	dir := t.TempDir()
	for _, class := range []string{"a", "b", "c"} {
		copyFile(t, "testdata/resize/tiny.png", dir+"/"+class+"/1.png")
	}
	ds, err := OpenDataset(dir, "")
	require.NoError(t, err)
	_, err = Prepare(context.Background(), ds, grey2x2, PrepareOptions{Classes: 2})
	require.EqualError(t, err, "the data set has 3 classes, and the network tells 2 apart")
}

// Pictures are read once while they fit, and again each time beyond.
func TestSetKeepsWhatFits(t *testing.T) {
	var reads atomic.Int64
	s := prepareCounted(t, counted{n: 10, classes: 2, reads: &reads}, PrepareOptions{MaxBytes: 4*6 + 3})
	require.EqualValues(t, 10, reads.Load())
	b, err := s.Batches(BatchOptions{Size: 10, Workers: 1})
	require.NoError(t, err)
	for range 3 {
		batch, err := b.Next()
		require.NoError(t, err)
		require.Equal(t, float32(9), batch.Images[4*9])
	}
	b.Close()
	require.GreaterOrEqual(t, reads.Load(), int64(10+3*4))
	require.Zero(t, (reads.Load()-10)%4)
}

func TestPrepareStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	_, err := Prepare(ctx, counted{n: 1000, classes: 1}, grey2x2, PrepareOptions{Classes: 1, OnRead: func(done, total int) {
		require.Equal(t, 1000, total)
		cancel()
	}})
	require.ErrorIs(t, err, context.Canceled)
}

func TestDivide(t *testing.T) {
	s := prepareCounted(t, counted{n: 100, classes: 5}, PrepareOptions{})
	rest, held, err := s.Divide(0.2, 7)
	require.NoError(t, err)
	require.Equal(t, 80, rest.Len())
	require.Equal(t, 20, held.Len())
	counts := map[int]int{}
	for i := range held.Len() {
		counts[held.Label(i)]++
	}
	require.Equal(t, map[int]int{0: 4, 1: 4, 2: 4, 3: 4, 4: 4}, counts)
	_, again, err := s.Divide(0.2, 7)
	require.NoError(t, err)
	require.Equal(t, held, again)
	_, other, err := s.Divide(0.2, 8)
	require.NoError(t, err)
	require.NotEqual(t, held, other)
	_, _, err = s.Divide(1, 7)
	require.EqualError(t, err, "a fraction of 1 cannot be held out: it lies between 0 and 1")
	_, _, err = s.Divide(0.001, 7)
	require.EqualError(t, err, "the set is too small to hold a part of it out")
}
