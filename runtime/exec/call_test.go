package exec

import (
	"fmt"
	"runtime"
	"sync"
	"testing"
	"unsafe"
)

// stackKernels returns kernels that fill most of each frame class.
func stackKernels(t testing.TB) map[int]*Kernel {
	words := []int{400, 500, 1900, 2000, 8000, 8100}
	var ir string
	for _, n := range words {
		ir += stackKernelIR(fmt.Sprintf("stack%d", n), n)
	}
	entries := compileKernels(t, ir)
	kernels := map[int]*Kernel{}
	for _, n := range words {
		// The buffer, the return address, the saved frame pointer, registers, and alignment to 64.
		kernels[n] = &Kernel{Name: "stack", Entry: entries[fmt.Sprintf("stack%d", n)], StackBytes: 8*n + 112}
	}
	return kernels
}

// atDepth calls f below depth frames of half a kilobyte.
//
//go:noinline
func atDepth(depth int, f func()) {
	var pad [512]byte
	if depth > 0 {
		atDepth(depth-1, f)
	} else {
		f()
	}
	runtime.KeepAlive(&pad)
}

func TestNativeStackAtEveryDepth(t *testing.T) {
	kernels := stackKernels(t)
	var wg sync.WaitGroup
	for depth := range 64 {
		wg.Add(1)
		go func() { // a fresh goroutine has a small stack, which the trampoline's prologue has to grow
			defer wg.Done()
			for words, k := range kernels {
				atDepth(depth, func() { checkStackKernel(t, k, words) })
			}
		}()
	}
	wg.Wait()
}

// checkStackKernel runs three chunks of a stack kernel.
func checkStackKernel(t testing.TB, k *Kernel, words int) {
	sums := make([]int64, 5)
	args := []unsafe.Pointer{nil, unsafe.Pointer(&sums[0])}
	k.Call(args, 1, 4, nil)
	for c, got := range sums {
		want := stackSum(c, words)
		if c < 1 || c >= 4 {
			want = 0
		}
		if got != want {
			t.Errorf("%d words: chunk %d gives %d, want %d", words, c, got, want)
		}
	}
}

// TestCallerSurvivesClobberedRegisters checks that the trampoline restores what Go keeps in registers: the current
// goroutine, and a zero in X15 that the compiler uses to clear memory.
func TestCallerSurvivesClobberedRegisters(t *testing.T) {
	k := &Kernel{Name: "clobber", Entry: compileKernels(t, clobberKernelIR())["clobber"], StackBytes: 128}
	out := make([]int64, 100)
	args := []unsafe.Pointer{nil, unsafe.Pointer(&out[0])}
	for i := range out {
		k.Call(args, i, i+1, nil)
		var cleared [4]int64
		escape(&cleared)
		if cleared != [4]int64{} {
			t.Fatalf("a cleared variable holds %v", cleared)
		}
		runtime.Gosched()
	}
	for i, got := range out {
		if got != int64(i) {
			t.Errorf("out[%d] = %d", i, got)
		}
	}
}

//go:noinline
func escape(*[4]int64) {}

func TestMapCode(t *testing.T) {
	if _, err := MapCode(nil); err == nil {
		t.Error("mapped nothing")
	}
	blob := assemble(t, addMachineCode)
	code := mapTestCode(t, blob)
	first := code.Entry(0)
	if first == 0 || first%4096 != 0 || code.Entry(len(blob)-1) != first+uintptr(len(blob)-1) {
		t.Errorf("entry %#x", first)
	}
	for _, offset := range []int{-1, len(blob)} {
		if e := code.Entry(offset); e != 0 {
			t.Errorf("entry %#x for offset %d of %d", e, offset, len(blob))
		}
	}
	if err := code.Close(); err != nil {
		t.Fatal(err)
	}
	if code.Entry(0) != 0 {
		t.Error("closed code has an entry")
	}
}
