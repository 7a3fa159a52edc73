package backendtest

import (
	"bytes"
	"runtime"
	"runtime/pprof"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nncc/ir/irtest"
	"nncc/runtime/exec"
)

// TestStorm runs whole networks while the collector never rests, a CPU profile is taken and the runners' threads get the
// signals of the profiler and the scheduler: every result is that of the first run, bit for bit.
func TestStorm(t *testing.T) {
	var profile bytes.Buffer
	if err := pprof.StartCPUProfile(&profile); err != nil {
		t.Skipf("a CPU profile is being taken already: %v", err)
	}
	defer pprof.StopCPUProfile()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4)) // so that the collector and the signals get their turn
	for _, name := range []string{"lenet.json", "resnet20/model.json"} {
		for _, e := range executors() {
			native, ok := e.(Native)
			if !ok {
				continue
			}
			t.Run(name+"/"+e.Name(), func(t *testing.T) {
				if err := e.Missing(); err != nil {
					t.Skip(err)
				}
				stormNetwork(t, native, name)
			})
		}
	}
}

func stormNetwork(t *testing.T, e Native, name string) {
	g := loadModel(t, models+name)
	p, v, err := e.compile(t, g)
	require.NoError(t, err)
	s := startStorm()
	until := time.Now().Add(300 * time.Millisecond)
	var runners sync.WaitGroup
	for seed := range uint64(2) {
		runners.Go(func() {
			runtime.LockOSThread()
			s.threads.Store(syscall.Gettid(), nil)
			in, err := exec.Open(v, p.ConstData(), exec.Options{Threads: 2})
			if err != nil {
				t.Error(err)
				return
			}
			defer in.Close()
			copy(in.Input(0), irtest.Inputs(g, seed)[0].Data)
			var first []byte
			for runs := 0; time.Now().Before(until); runs++ {
				if err := in.Run(1); err != nil {
					t.Error(err)
					return
				}
				if first == nil {
					first = bytes.Clone(in.Output(0))
				}
				if !bytes.Equal(first, in.Output(0)) {
					t.Errorf("run %d differs from the first", runs)
					return
				}
			}
		})
	}
	runners.Wait()
	s.end(t)
}

// storm collects garbage and sends signals until it ends.
type storm struct {
	threads              sync.Map // ids of threads that get signals
	stop                 chan struct{}
	running              sync.WaitGroup
	collections, signals atomic.Int64
}

func startStorm() *storm {
	s := &storm{stop: make(chan struct{})}
	s.repeat(func() { runtime.GC(); s.collections.Add(1) })
	s.repeat(func() {
		s.threads.Range(func(tid, _ any) bool {
			for _, signal := range []syscall.Signal{syscall.SIGPROF, syscall.SIGURG} {
				_, _, _ = syscall.RawSyscall(syscall.SYS_TGKILL, uintptr(syscall.Getpid()), uintptr(tid.(int)), uintptr(signal))
				s.signals.Add(1)
			}
			return true
		})
		time.Sleep(20 * time.Microsecond)
	})
	return s
}

func (s *storm) repeat(f func()) {
	s.running.Go(func() {
		for {
			select {
			case <-s.stop:
				return
			default:
				f()
			}
		}
	})
}

func (s *storm) end(t *testing.T) {
	close(s.stop)
	s.running.Wait()
	require.NotZero(t, s.collections.Load())
	require.NotZero(t, s.signals.Load())
	t.Logf("%d collections, %d signals", s.collections.Load(), s.signals.Load())
}
