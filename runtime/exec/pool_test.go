package exec

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"
)

func TestConcurrentInstancesShareThePool(t *testing.T) {
	eachAddKernel(t, func(t *testing.T, k Kernel) {
		p := newPool(3)
		v := addChain(k, 5, 9, 2)
		var wg sync.WaitGroup
		for g := range 6 {
			in := openOnPool(t, v, p, 2)
			wg.Add(1)
			go func() {
				defer wg.Done()
				for i := range 60 {
					fillRandom(in, int64(g*1000+i))
					if err := in.Run(1 + i%2); err != nil {
						t.Error(err)
						return
					}
					checkChain(t, in, 5, 1+i%2)
				}
			}()
		}
		wg.Wait()
	})
}

// TestWorkersTakePart checks that idle workers are used, whether they wait busily or asleep.
func TestWorkersTakePart(t *testing.T) {
	const threads = 3
	var inside, most atomic.Int32
	v := addChain(Kernel{Name: "meet", Go: func([]unsafe.Pointer, int, int, unsafe.Pointer) {
		n := inside.Add(1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		for deadline := time.Now().Add(5 * time.Second); most.Load() < threads && time.Now().Before(deadline); {
			runtime.Gosched()
		}
		inside.Add(-1)
	}}, 1, threads, 1)
	in := openTest(t, v, threads, 1)
	for _, pause := range []time.Duration{0, 20 * time.Millisecond, 0} {
		time.Sleep(pause)
		most.Store(0)
		if err := in.Run(1); err != nil {
			t.Fatal(err)
		}
		if most.Load() != threads {
			t.Errorf("%d threads took part, want %d", most.Load(), threads)
		}
	}
}

// TestBusyWorkersAreNotWaitedFor runs an instance while another one keeps the only worker busy.
func TestBusyWorkersAreNotWaitedFor(t *testing.T) {
	p := newPool(2)
	blocked, unblock := make(chan struct{}, 2), make(chan struct{})
	slow := openOnPool(t, addChain(Kernel{Name: "block", Go: func([]unsafe.Pointer, int, int, unsafe.Pointer) {
		blocked <- struct{}{}
		<-unblock
	}}, 1, 2, 1), p, 1)
	quick := openOnPool(t, addChain(Kernel{Name: "add", Go: addGo}, 1, 10, 1), p, 1)
	done := make(chan error)
	go func() { done <- slow.Run(1) }()
	<-blocked
	<-blocked
	fillRandom(quick, 1)
	if err := quick.Run(1); err != nil {
		t.Fatal(err)
	}
	checkChain(t, quick, 1, 1)
	close(unblock)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func TestMaxThreads(t *testing.T) {
	for _, limit := range []int{1, 2} {
		var inside atomic.Int32
		v := addChain(Kernel{Name: "count", Go: func([]unsafe.Pointer, int, int, unsafe.Pointer) {
			if n := inside.Add(1); n > int32(limit) {
				t.Errorf("%d threads in a launch limited to %d", n, limit)
			}
			time.Sleep(100 * time.Microsecond)
			inside.Add(-1)
		}}, 1, 20, 1)
		v.Step[0].MaxThreads = limit
		in := openTest(t, v, 4, 1)
		for range 5 {
			if err := in.Run(1); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestCloseEndsTheWorkers checks that no goroutine outlives the last instance and that the pool starts again.
func TestCloseEndsTheWorkers(t *testing.T) {
	before := runtime.NumGoroutine()
	p := newPool(4)
	v := addChain(Kernel{Name: "add", Go: addGo}, 3, 20, 1)
	for range 50 {
		a, b := openOnPool(t, v, p, 1), openOnPool(t, v, p, 1)
		a.Close()
		fillRandom(b, 1)
		if err := b.Run(1); err != nil {
			t.Fatal(err)
		}
		checkChain(t, b, 3, 1)
		b.Close()
	}
	for deadline := time.Now().Add(time.Second); runtime.NumGoroutine() > before && time.Now().Before(deadline); {
		runtime.Gosched()
	}
	if n := runtime.NumGoroutine(); n > before {
		t.Errorf("%d goroutines before, %d after", before, n)
	}
}

func TestRunAllocatesNothing(t *testing.T) {
	eachAddKernel(t, func(t *testing.T, k Kernel) {
		p := newPool(2)
		v := addChain(k, 9, 16, 1)
		v.ScratchBytes = 256
		in, other := openOnPool(t, v, p, 4), openOnPool(t, v, p, 4)
		run := func() {
			if err := in.Run(4); err != nil {
				t.Error(err)
			}
		}
		run()
		if n := testing.AllocsPerRun(100, run); n != 0 {
			t.Errorf("two threads: %v allocations a run", n)
		}
		stop := make(chan struct{})
		var wg sync.WaitGroup
		wg.Add(1)
		go func() {
			defer wg.Done()
			for {
				select {
				case <-stop:
					return
				default:
					_ = other.Run(4)
				}
			}
		}()
		if n := testing.AllocsPerRun(100, run); n != 0 {
			t.Errorf("beside another instance: %v allocations a run", n)
		}
		close(stop)
		wg.Wait()
		if runtime.GOOS == "js" {
			return // where time.Sleep itself allocates
		}
		// The workers have gone to sleep before each of these runs.
		if n := testing.AllocsPerRun(10, func() { time.Sleep(2 * time.Millisecond); run() }); n != 0 {
			t.Errorf("from sleep: %v allocations a run", n)
		}
	})
}

func TestParkerNeverLosesAWake(t *testing.T) {
	p := parker{wakeup: make(chan struct{}, 1)}
	var round atomic.Int64
	const rounds = 20000
	done := make(chan struct{})
	go func() {
		defer close(done)
		for want := int64(1); want <= rounds; want++ {
			ready := func() bool { return round.Load() >= want }
			for !ready() {
				p.sleepUnless(ready)
			}
		}
	}()
	for i := range rounds {
		round.Add(1)
		p.wake()
		if i%8 == 0 {
			runtime.Gosched()
		}
	}
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("the sleeper missed its wake")
	}
}

// A worker stays awake longest while there is a run that it may be needed for, less without one or in one without helpers,
// and not where the callers of runs have all processors.
func TestSpin(t *testing.T) {
	p := newPool(2)
	never := func() bool { return false }
	shortest := func(active, helped int64) time.Duration {
		p.active.Store(active)
		p.helped.Store(helped)
		least := time.Hour
		for range 10 {
			start := time.Now()
			if p.spin(0, never) {
				t.Error("what never comes true has come true")
			}
			least = min(least, time.Since(start))
		}
		return least
	}
	idle, running, full, alone := shortest(0, 0), shortest(1, 1), shortest(2, 2), shortest(1, 0)
	if idle < spinFor || idle >= spinInRun || running < spinInRun || full >= spinFor || alone >= spinInRun {
		t.Errorf("waited %v without a run, %v in one, %v in as many as processors, %v in one without helpers", idle, running, full, alone)
	}
}
