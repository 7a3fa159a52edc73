package exec

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"
)

// BenchmarkEmptyLaunch measures what a launch costs besides its kernel: 16 chunks that do nothing.
func BenchmarkEmptyLaunch(b *testing.B) {
	for _, threads := range []int{1, 2} {
		b.Run(fmt.Sprintf("threads=%d", threads), func(b *testing.B) {
			const launches = 100
			v := addChain(Kernel{Name: "empty", Go: func([]unsafe.Pointer, int, int, unsafe.Pointer) {}}, launches, 16, 8)
			in := openTest(b, v, threads, 1)
			b.ReportAllocs()
			for b.Loop() {
				if err := in.Run(1); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/launches, "ns/launch")
		})
	}
}

// BenchmarkPassing measures how long a number takes from one thread to the other. Where their processors share no cache, as those of a virtual
// machine at times, it is several times as long, and so is all that a thread reads of what the other one computed.
func BenchmarkPassing(b *testing.B) {
	if min(runtime.GOMAXPROCS(0), runtime.NumCPU()) < 2 {
		b.Skip("there is one processor")
	}
	const passes = 1000
	var number atomic.Int64
	v := addChain(Kernel{Name: "pass", Go: func(_ []unsafe.Pointer, thread, _ int, _ unsafe.Pointer) {
		for range passes {
			for number.Load()%2 != int64(thread) {
			}
			number.Add(1)
		}
	}}, 1, 2, 1)
	in := openTest(b, v, 2, 1)
	for b.Loop() {
		if err := in.Run(1); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(2*passes), "ns/pass")
}

// BenchmarkNativeCall measures one call through the trampoline.
func BenchmarkNativeCall(b *testing.B) {
	k := nativeAdd(b)
	args := []unsafe.Pointer{nil, nil, nil, nil}
	for b.Loop() {
		k.Call(args, 0, 0, nil)
	}
}

// BenchmarkRunFromSleep measures a run whose workers have gone to sleep, with work enough for two threads.
func BenchmarkRunFromSleep(b *testing.B) {
	v := addChain(Kernel{Name: "wait", Go: func([]unsafe.Pointer, int, int, unsafe.Pointer) {
		for start := time.Now(); time.Since(start) < 50*time.Microsecond; {
		}
	}}, 1, 16, 1)
	in := openTest(b, v, 2, 1)
	var total time.Duration
	for b.Loop() {
		time.Sleep(time.Millisecond)
		start := time.Now()
		if err := in.Run(1); err != nil {
			b.Fatal(err)
		}
		total += time.Since(start)
	}
	b.ReportMetric(float64(total.Microseconds())/float64(b.N), "us/run")
}
