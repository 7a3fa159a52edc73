package exec

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// pool is a set of workers that any number of instances use at the same time. There is no queue and no lock: a launch
// posts shares of its work to workers that are idle, works itself, and takes back the shares that no worker has begun.
type pool struct {
	workers []worker
	active  atomic.Int64 // runs in progress, each on a goroutine of its own
	helped  atomic.Int64 // those that workers may take part in

	mu      sync.Mutex
	users   int            // open instances that may use workers; there are goroutines while it is not 0
	running sync.WaitGroup // the workers' goroutines
}

// worker is one goroutine of the pool. Its box is nil while it is idle, holds a share that was posted, or &busy while
// the worker executes one. A posted &quit ends the goroutine.
type worker struct {
	box        atomic.Pointer[share]
	rest       parker
	busy, quit share // only their addresses are used
	_          [cacheLine]byte
}

// sharedPool returns the pool of the process. Together with a caller it uses as many processors as Go runs goroutines
// on, the machine has for this process and its control group allows.
var sharedPool = sync.OnceValue(func() *pool {
	n := min(runtime.GOMAXPROCS(0), runtime.NumCPU())
	if limit := cgroupCPUs(rootFS()); limit > 0 {
		n = min(n, limit)
	}
	return newPool(n)
})

// newPool returns a pool for threads threads, one of which is the caller's.
func newPool(threads int) *pool {
	p := &pool{workers: make([]worker, threads-1)}
	for i := range p.workers {
		p.workers[i].rest.wakeup = make(chan struct{}, 1)
	}
	return p
}

// threads is the largest number of threads that can take part in one launch.
func (p *pool) threads() int { return len(p.workers) + 1 }

// retain starts the workers for the first user.
func (p *pool) retain() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.users++; p.users > 1 {
		return
	}
	for i := range p.workers {
		p.running.Add(1)
		go func() {
			defer p.running.Done()
			p.serve(i)
		}()
	}
}

// release ends the workers after the last user, who has no run in progress.
func (p *pool) release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.users--; p.users > 0 {
		return
	}
	for i := range p.workers {
		p.workers[i].post(&p.workers[i].quit)
	}
	p.running.Wait()
}

// serve executes the shares that are posted to the box of worker i, waiting busily for a while and asleep after that.
func (p *pool) serve(i int) {
	w := &p.workers[i]
	posted := func() bool { return w.box.Load() != nil }
	for {
		for !p.spin(i, posted) {
			w.rest.sleepUnless(posted)
		}
		s := w.box.Load()
		if s == nil || !w.box.CompareAndSwap(s, &w.busy) {
			continue // taken back
		}
		if s == &w.quit {
			w.box.Store(nil)
			return
		}
		s.owner.work(s)
		w.box.Store(nil)
		s.owner.finished()
	}
}

// spin waits busily for ready: while there are runs that worker i may soon be needed for, and then for the next run; but
// not where the callers of runs have all processors.
func (p *pool) spin(i int, ready func() bool) bool {
	const step = 10 * time.Microsecond
	for start := time.Now(); time.Since(start) < spinInRun; {
		if p.helped.Load() == 0 {
			return spinUntil(ready, spinFor)
		}
		if int(p.active.Load())+i >= p.threads() {
			break
		}
		if spinUntil(ready, step) {
			return true
		}
	}
	return ready()
}

// post gives a share to the worker if it is idle.
func (w *worker) post(s *share) bool {
	if w.box.Load() != nil || !w.box.CompareAndSwap(nil, s) {
		return false
	}
	w.rest.wake()
	return true
}

// takeBack says whether the worker had not begun the share and will not.
func (w *worker) takeBack(s *share) bool { return w.box.CompareAndSwap(s, nil) }
