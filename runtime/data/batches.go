package data

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
)

// Batch is what a network takes in one step.
type Batch struct {
	Images  []float32 // [size, channel, row, column]
	Labels  []int64   // [size]
	Indices []int     // of the samples in the set
	Count   int       // the first so many are samples; the rest of the last batch of a pass that is not shuffled repeats the last one
}

// BatchOptions say how a set is cut into batches. The same options give the same batches, bit for bit, whatever the number
// of goroutines that make them.
type BatchOptions struct {
	Size    int
	Shuffle bool // in a new order each epoch, leaving out what does not fill a batch; otherwise all samples in their order
	Seed    uint64
	Augment Augment
	First   int // begin with this batch, counted over all epochs
	Workers int // goroutines that make batches; 0 means one for each processor
}

// Batches is an endless sequence of batches, epoch after epoch, made by other goroutines ahead of their use.
type Batches struct {
	set      *Set
	o        BatchOptions
	write    *normalizer
	perEpoch int
	order    []int // of the epoch that batch next belongs to
	next     int   // the batch that is ordered next
	slots    []*slot
	taken    int // batches handed out
	parts    chan part
	workers  sync.WaitGroup
}

// ahead is the number of batches that are made while one is used.
const ahead = 2

// slot is memory for a batch. It belongs to the consumer, then to the workers, then to the consumer.
type slot struct {
	batch   Batch
	epoch   int
	errs    []error      // of each part
	pending atomic.Int32 // parts that are not done
	ready   chan struct{}
}

// part is a share of a batch: the i-th of so many.
type part struct {
	*slot
	i int
}

// Batches starts to make batches. Close ends it.
func (s *Set) Batches(o BatchOptions) (*Batches, error) {
	if o.Size < 1 {
		return nil, fmt.Errorf("a batch of %d", o.Size)
	}
	if o.Shuffle && o.Size > s.Len() {
		return nil, fmt.Errorf("a batch of %d is more than the %d samples of the set", o.Size, s.Len())
	}
	if err := o.Augment.validate(&s.pre); err != nil {
		return nil, err
	}
	if o.Workers == 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	b := &Batches{set: s, o: o, write: newNormalizer(&s.pre), perEpoch: s.Len() / o.Size, next: o.First, order: make([]int, s.Len())}
	if !o.Shuffle {
		b.perEpoch = (s.Len() + o.Size - 1) / o.Size
		for i := range b.order {
			b.order[i] = i
		}
	}
	b.begin()
	return b, nil
}

// begin orders the first batches.
func (b *Batches) begin() {
	if b.o.Shuffle && b.next%b.perEpoch != 0 {
		b.shuffle(b.next / b.perEpoch)
	}
	parts := min(b.o.Workers, b.o.Size)
	b.parts = make(chan part, (ahead+1)*parts)
	for range b.o.Workers {
		b.workers.Go(func() {
			for p := range b.parts {
				p.errs[p.i] = b.fill(p)
				if p.pending.Add(-1) == 0 {
					p.ready <- struct{}{}
				}
			}
		})
	}
	for range ahead + 1 {
		s := &slot{
			batch: Batch{Images: make([]float32, b.o.Size*b.set.pre.elems()), Labels: make([]int64, b.o.Size), Indices: make([]int, b.o.Size)},
			errs:  make([]error, parts), ready: make(chan struct{}, 1),
		}
		b.slots = append(b.slots, s)
		b.enqueue(s)
	}
}

// PerEpoch is the number of batches in an epoch.
func (b *Batches) PerEpoch() int { return b.perEpoch }

// Size is the number of samples in a batch.
func (b *Batches) Size() int { return b.o.Size }

// Next returns the next batch. It is valid until the call after.
func (b *Batches) Next() (*Batch, error) {
	if b.taken > 0 {
		b.enqueue(b.slots[(b.taken-1)%len(b.slots)])
	}
	s := b.slots[b.taken%len(b.slots)]
	b.taken++
	<-s.ready
	for _, err := range s.errs {
		if err != nil {
			return nil, err
		}
	}
	return &s.batch, nil
}

// Close waits for the goroutines to end. The batches are gone then.
func (b *Batches) Close() {
	close(b.parts)
	b.workers.Wait()
}

// enqueue chooses the samples of the next batch, which workers then fill in.
func (b *Batches) enqueue(s *slot) {
	place := b.next % b.perEpoch
	s.epoch = b.next / b.perEpoch
	if b.o.Shuffle && place == 0 {
		b.shuffle(s.epoch)
	}
	from := place * b.o.Size
	s.batch.Count = min(b.o.Size, len(b.order)-from)
	for i := range s.batch.Indices {
		s.batch.Indices[i] = b.order[from+min(i, s.batch.Count-1)]
	}
	b.next++
	s.pending.Store(int32(len(s.errs)))
	for i := range s.errs {
		b.parts <- part{s, i}
	}
}

func (b *Batches) shuffle(epoch int) { permute(b.order, newDraws(b.o.Seed, forShuffle, uint64(epoch))) }

// fill makes a part of a batch whose samples are chosen.
func (b *Batches) fill(p part) error {
	elems := b.set.pre.elems()
	for i := p.i * b.o.Size / len(p.errs); i < (p.i+1)*b.o.Size/len(p.errs); i++ {
		index := p.batch.Indices[i]
		pix, err := b.set.pix(index)
		if err != nil {
			return err
		}
		v := b.o.Augment.view(newDraws(b.o.Seed, forAugment, uint64(p.epoch), uint64(index)), b.set.pre.Width, b.set.pre.Height)
		b.write.write(p.batch.Images[i*elems:(i+1)*elems], pix, v)
		p.batch.Labels[i] = int64(b.set.Label(index))
	}
	return nil
}
