package exec

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// TestStorm runs native kernels on several threads under continuous garbage collection, a CPU profile and a storm of the
// signals that the profiler and the scheduler use.
func TestStorm(t *testing.T) {
	kernels := stackKernels(t)
	add := nativeAdd(t)
	var profile bytes.Buffer
	if err := pprof.StartCPUProfile(&profile); err != nil {
		t.Skipf("a CPU profile is being taken already: %v", err)
	}
	defer pprof.StopCPUProfile()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(8)) // so that the collector and the signals get their turn
	var runners, background sync.WaitGroup
	var threads sync.Map
	var collections, signals atomic.Int64
	stop := make(chan struct{})
	until := time.Now().Add(400 * time.Millisecond)
	p := newPool(2)
	for g := range 3 {
		in := openOnPool(t, addChain(add, 21, 300, 1), p, 1)
		runners.Add(1)
		go func() {
			defer runners.Done()
			runtime.LockOSThread()
			threads.Store(syscall.Gettid(), nil)
			for i := 0; time.Now().Before(until) && !t.Failed(); i++ {
				atDepth(i%40, func() {
					for words, k := range kernels {
						checkStackKernel(t, k, words)
					}
					fillRandom(in, int64(g))
					if err := in.Run(1); err != nil {
						t.Error(err)
					}
					checkChain(t, in, 21, 1)
				})
			}
		}()
	}
	background.Add(2)
	go func() {
		defer background.Done()
		repeatUntil(stop, func() { runtime.GC(); collections.Add(1) })
	}()
	go func() {
		defer background.Done()
		repeatUntil(stop, func() {
			threads.Range(func(tid, _ any) bool {
				for _, s := range []syscall.Signal{syscall.SIGPROF, syscall.SIGURG} {
					_, _, _ = syscall.RawSyscall(syscall.SYS_TGKILL, uintptr(syscall.Getpid()), uintptr(tid.(int)), uintptr(s))
					signals.Add(1)
				}
				return true
			})
			time.Sleep(5 * time.Microsecond)
		})
	}()
	runners.Wait()
	close(stop)
	background.Wait()
	if collections.Load() == 0 || signals.Load() == 0 {
		t.Error("there was no storm")
	}
	t.Logf("%d collections, %d signals", collections.Load(), signals.Load())
}

func repeatUntil(stop chan struct{}, f func()) {
	for {
		select {
		case <-stop:
			return
		default:
			f()
		}
	}
}

// TestIdlePoolUsesNoCPU measures the processor time of the whole process while a pool has nothing to do.
func TestIdlePoolUsesNoCPU(t *testing.T) {
	in := openTest(t, addChain(Kernel{Name: "add", Go: addGo}, 9, 16, 1), 8, 1)
	if err := in.Run(1); err != nil {
		t.Fatal(err)
	}
	time.Sleep(20 * time.Millisecond)
	const idle = 300 * time.Millisecond
	before := processTime(t)
	time.Sleep(idle)
	if used := processTime(t) - before; used > idle/20 {
		t.Errorf("%v of processor time in %v without work", used, idle)
	}
}

// processTime returns the user and system time of the process.
func processTime(t *testing.T) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(syscall.TimevalToNsec(u.Utime) + syscall.TimevalToNsec(u.Stime))
}

// TestMappedCodeIsNotWritable checks the protection of mapped code.
func TestMappedCodeIsNotWritable(t *testing.T) {
	code := mapTestCode(t, assemble(t, addMachineCode))
	maps := readMaps(t)
	entry := code.Entry(0)
	for _, m := range maps {
		if m.lo <= entry && entry < m.hi {
			if m.protection != "r-xp" {
				t.Errorf("protection %s", m.protection)
			}
			return
		}
	}
	t.Error("the code is not in /proc/self/maps")
}

type mapping struct {
	lo, hi     uintptr
	protection string
}

func readMaps(t *testing.T) []mapping {
	data, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	var maps []mapping
	for line := range strings.Lines(string(data)) {
		var m mapping
		if _, err := fmt.Sscanf(line, "%x-%x %s", &m.lo, &m.hi, &m.protection); err != nil {
			t.Fatal(err)
		}
		maps = append(maps, m)
	}
	return maps
}
