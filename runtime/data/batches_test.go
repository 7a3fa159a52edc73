package data

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// take copies the next n batches and closes b.
func take(t *testing.T, b *Batches, n int) []Batch {
	var out []Batch
	for range n {
		batch, err := b.Next()
		require.NoError(t, err)
		out = append(out, Batch{slices.Clone(batch.Images), slices.Clone(batch.Labels), slices.Clone(batch.Indices), batch.Count})
	}
	b.Close()
	return out
}

func openBatches(t *testing.T, s *Set, o BatchOptions) *Batches {
	b, err := s.Batches(o)
	require.NoError(t, err)
	return b
}

// A seed gives the same batches at any number of goroutines, and from any batch on.
func TestBatchesAreReproducible(t *testing.T) {
	s := prepareCounted(t, counted{n: 23, classes: 3}, PrepareOptions{})
	o := BatchOptions{Size: 4, Shuffle: true, Seed: 5, Augment: Augment{Flip: true, Crop: 1, Cutout: 1}, Workers: 1}
	const n = 3*5 + 2
	want := take(t, openBatches(t, s, o), n)
	for _, workers := range []int{2, 3, 8, 40} {
		o.Workers = workers
		require.Equal(t, want, take(t, openBatches(t, s, o), n), "%d workers", workers)
	}
	for first := range n {
		o.First, o.Workers = first, 1+first%3
		require.Equal(t, want[first:], take(t, openBatches(t, s, o), n-first), "from batch %d", first)
	}
	o.First, o.Seed = 0, 6
	require.NotEqual(t, want, take(t, openBatches(t, s, o), n))
}

// Each epoch has every sample at most once, in an order of its own.
func TestShuffledEpochs(t *testing.T) {
	s := prepareCounted(t, counted{n: 10, classes: 3}, PrepareOptions{})
	b := openBatches(t, s, BatchOptions{Size: 3, Shuffle: true})
	require.Equal(t, 3, b.PerEpoch())
	batches := take(t, b, 3*50)
	orders := map[string]bool{}
	used := map[int]int{}
	for epoch := range slices.Chunk(batches, 3) {
		var order []int
		for _, batch := range epoch {
			require.Equal(t, 3, batch.Count)
			for i, index := range batch.Indices {
				require.Equal(t, float32(index), batch.Images[4*i])
				require.Equal(t, int64(index%3), batch.Labels[i])
			}
			order = append(order, batch.Indices...)
		}
		orders[string(bytesOf(order))] = true
		slices.Sort(order)
		require.Len(t, slices.Compact(order), 9)
		for _, index := range order {
			used[index]++
		}
	}
	require.Len(t, orders, 50)
	require.Len(t, used, 10, "what is left out changes")
}

func bytesOf(list []int) []byte {
	var out []byte
	for _, i := range list {
		out = append(out, byte(i))
	}
	return out
}

// Without shuffling every sample comes once and in order, and the last batch says how much of it counts.
func TestBatchesInOrder(t *testing.T) {
	s := prepareCounted(t, counted{n: 5, classes: 2}, PrepareOptions{})
	b := openBatches(t, s, BatchOptions{Size: 3})
	require.Equal(t, 2, b.PerEpoch())
	var indices [][]int
	var counts []int
	for _, batch := range take(t, b, 4) {
		indices, counts = append(indices, batch.Indices), append(counts, batch.Count)
	}
	require.Equal(t, [][]int{{0, 1, 2}, {3, 4, 4}, {0, 1, 2}, {3, 4, 4}}, indices)
	require.Equal(t, []int{3, 2, 3, 2}, counts)
}

func TestBatchErrors(t *testing.T) {
	s := prepareCounted(t, counted{n: 5, classes: 2}, PrepareOptions{})
	_, err := s.Batches(BatchOptions{Size: 6, Shuffle: true})
	require.EqualError(t, err, "a batch of 6 is more than the 5 samples of the set")
	_, err = s.Batches(BatchOptions{})
	require.EqualError(t, err, "a batch of 0")
	_, err = s.Batches(BatchOptions{Size: 1, Augment: Augment{Crop: 2}})
	require.ErrorContains(t, err, "augment: a crop")
}

// What was there when the set was prepared may be gone later.
func TestBatchOfWhatIsGone(t *testing.T) {
	d := counted{n: 4, classes: 2, broken: map[int]bool{}}
	s := prepareCounted(t, d, PrepareOptions{MaxBytes: 1})
	d.broken[2] = true
	b := openBatches(t, s, BatchOptions{Size: 2, Workers: 1})
	defer b.Close()
	_, err := b.Next()
	require.NoError(t, err)
	_, err = b.Next()
	require.EqualError(t, err, "pic2: not a picture")
}

func TestBatchesAllocateNothing(t *testing.T) {
	s := prepareCounted(t, counted{n: 64, classes: 2}, PrepareOptions{})
	b := openBatches(t, s, BatchOptions{Size: 8, Shuffle: true, Augment: Augment{Flip: true, Crop: 1, Cutout: 1}, Workers: 2})
	defer b.Close()
	next := func() {
		_, err := b.Next()
		require.NoError(t, err)
	}
	for range 20 {
		next()
	}
	require.Zero(t, testing.AllocsPerRun(200, next))
}

func BenchmarkBatches(b *testing.B) {
	const n, side = 512, 32
	for name, augment := range map[string]Augment{"plain": {}, "flip and crop": {Flip: true, Crop: 4, Reflect: true}} {
		b.Run(name, func(b *testing.B) {
			ds := &arrays{name: "noise", height: side, width: side, channels: 3, pix: make([]byte, n*side*side*3), labels: make([]int, n)}
			s, err := Prepare(b.Context(), ds, &Preprocess{Width: side, Height: side, Channels: 3}, PrepareOptions{Classes: 1})
			require.NoError(b, err)
			batches, err := s.Batches(BatchOptions{Size: 128, Shuffle: true, Augment: augment, Workers: 1})
			require.NoError(b, err)
			defer batches.Close()
			b.SetBytes(128 * side * side * 3)
			for b.Loop() {
				_, err := batches.Next()
				require.NoError(b, err)
			}
		})
	}
}
