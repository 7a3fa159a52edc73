package exec

import (
	"sync/atomic"
	"unsafe"
)

// team executes the launches of one instance, on the caller's goroutine and the workers that it can get.
type team struct {
	pool    *pool
	shares  []share // one per thread; shares[0] is the caller's
	alone   bool    // the caller works without helpers
	launch  *boundLaunch
	grain   int     // of the launch in progress
	split   []share // shares[:k] of the launch in progress
	pending atomic.Int64
	rest    parker // the caller's, at the barrier
}

// share is one thread's part of a launch: a range of chunks to begin with, from which others steal, and scratch memory.
type share struct {
	next    atomic.Int64 // first chunk that is not claimed; passes end when all are
	end     int64
	owner   *team
	index   int     // in team.shares
	worker  *worker // to which the share is posted, or nil
	scratch unsafe.Pointer
	_       [cacheLine]byte // next is written by several threads
}

// newTeam returns a team of up to threads threads with scratchBytes of scratch memory each.
func newTeam(p *pool, threads, scratchBytes int) *team {
	t := &team{pool: p, shares: make([]share, threads)}
	t.rest.wakeup = make(chan struct{}, 1)
	for i := range t.shares {
		t.shares[i].owner, t.shares[i].index = t, i
		if scratchBytes > 0 {
			t.shares[i].scratch = unsafe.Pointer(unsafe.SliceData(alignedBytes(scratchBytes)))
		}
	}
	return t
}

// run executes all chunks of a launch and returns when they are done.
func (t *team) run(l *boundLaunch, batch int) {
	chunks := l.of.ChunksOf(batch)
	t.grain = l.of.GrainOf(batch)
	threads := t.threadsFor(l, chunks)
	if threads <= 1 {
		for lo := 0; lo < chunks; lo += t.grain {
			l.call(lo, min(lo+t.grain, chunks), t.shares[0].scratch)
		}
		return
	}
	t.launch, t.split = l, t.shares[:threads]
	t.divide(chunks)
	t.recruit()
	t.work(&t.split[0])
	t.barrier()
}

// threadsFor returns how many threads a launch is split over: no more than there is work for, and no worker's processor
// that the caller of another run uses.
func (t *team) threadsFor(l *boundLaunch, chunks int) int {
	threads := len(t.shares)
	if l.of.MaxThreads > 0 {
		threads = min(threads, l.of.MaxThreads)
	}
	if threads <= 1 || t.alone || chunks <= t.grain {
		return 1
	}
	threads = min(threads, (chunks+t.grain-1)/t.grain)
	return min(threads, t.pool.threads()-int(t.pool.active.Load())+1)
}

// divide gives each share an equal range of whole grains, so that a thread tends to get the same rows in every layer.
func (t *team) divide(chunks int) {
	grain, threads := int64(t.grain), int64(len(t.split))
	grains := (int64(chunks) + grain - 1) / grain
	for i := range threads {
		s := &t.split[i]
		s.next.Store(grains * i / threads * grain)
		s.end = min(grains*(i+1)/threads*grain, int64(chunks))
	}
}

// recruit posts all shares but the caller's to idle workers. Shares that nobody takes are stolen by those who work.
func (t *team) recruit() {
	workers := t.pool.workers
	for i := 1; i < len(t.split); i++ {
		s := &t.split[i]
		s.worker = nil
		for s.worker == nil && len(workers) > 0 {
			w := &workers[0]
			workers = workers[1:]
			t.pending.Add(1)
			if w.post(s) {
				s.worker = w
			} else {
				t.pending.Add(-1)
			}
		}
	}
}

// work executes the chunks of a share and then those left in the others.
func (t *team) work(s *share) {
	grain := int64(t.grain)

	for i := range t.split {
		victim := &t.split[(s.index+i)%len(t.split)]
		for victim.next.Load() < victim.end {
			lo := victim.next.Add(grain) - grain
			if lo >= victim.end {
				break
			}
			t.launch.call(int(lo), int(min(lo+grain, victim.end)), s.scratch)
		}
	}
}

// barrier takes back the shares that no worker has begun and waits for the others.
func (t *team) barrier() {
	for i := 1; i < len(t.split); i++ {
		if s := &t.split[i]; s.worker != nil && s.worker.takeBack(s) {
			t.pending.Add(-1)
		}
	}
	done := func() bool { return t.pending.Load() == 0 }
	for !done() && !spinUntil(done, spinFor) {
		t.rest.sleepUnless(done)
	}
}

// finished is called by a worker that has done its share. The next launch may begin before it returns, so an early wake
// of the caller is possible and harmless.
func (t *team) finished() {
	if t.pending.Add(-1) == 0 {
		t.rest.wake()
	}
}
