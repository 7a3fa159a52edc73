package exec

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"unsafe"
)

func TestRunAtEveryThreadCountAndBatch(t *testing.T) {
	eachAddKernel(t, func(t *testing.T, k Kernel) {
		for _, threads := range []int{1, 2, 3, 8} {
			for _, grain := range []int{1, 3, 1000} {
				in := openTest(t, addChain(k, 5, 7, grain), threads, 4)
				for batch := 1; batch <= 4; batch++ {
					fillRandom(in, int64(batch))
					clear(in.Output(0))
					if err := in.Run(batch); err != nil {
						t.Fatal(err)
					}
					checkChain(t, in, 5, batch)
					rest := floats(in.Output(0))[batch*7*addChunkElems:]
					if slices.ContainsFunc(rest, func(f float32) bool { return f != 0 }) {
						t.Errorf("%d threads, grain %d: batch %d wrote samples behind it", threads, grain, batch)
					}
				}
			}
		}
	})
}

func TestChunksRunExactlyOnceWithinGrain(t *testing.T) {
	const chunks, grain = 1001, 7
	v := addChain(Kernel{Name: "count", Go: func(args []unsafe.Pointer, lo, hi int, _ unsafe.Pointer) {
		if lo < 0 || hi <= lo || hi > chunks || hi-lo > grain {
			t.Errorf("call with chunks [%d, %d)", lo, hi)
		}
		out := floatsAt(args[3], chunks)
		for i := lo; i < hi; i++ {
			out[i*addChunkElems]++
		}
	}}, 1, chunks, grain)
	for _, threads := range []int{1, 2, 5} {
		in := openTest(t, v, threads, 1)
		for run := 1; run <= 20; run++ {
			if err := in.Run(1); err != nil {
				t.Fatal(err)
			}
			for i := range chunks {
				if n := floats(in.Output(0))[i*addChunkElems]; n != float32(run) {
					t.Fatalf("%d threads: chunk %d ran %v times in %d runs", threads, i, n, run)
				}
			}
		}
	}
}

func TestInitConstantsAndDerivedMemory(t *testing.T) {
	weights := []byte("?0123456789abcdef")[1:] // at an odd address
	v := &Variant{
		ISA: "test", ArenaBytes: 64, DerivedBytes: 64, ConstBytes: []int{16},
		Kernels: []Kernel{{Name: "copy", Go: func(args []unsafe.Pointer, _, _ int, _ unsafe.Pointer) {
			copy(unsafe.Slice((*byte)(args[2]), 8), unsafe.Slice((*byte)(args[1]), 8))
		}}},
		Init: []Launch{{Name: "derive", Chunks: 1, Grain: 1,
			Args: []Arg{{Space: SpaceConst, OffsetBytes: 5}, {Space: SpaceDerived}}}},
		Step:    []Launch{{Name: "copy", Chunks: 1, Grain: 1, Args: []Arg{{Space: SpaceDerived}, {Space: SpaceArena}}}},
		Outputs: []Port{{Name: "out", ElemBytes: 1, Elems: 8}},
	}
	in, err := Open(v, [][]byte{weights}, Options{MaxBatch: 3})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if err := in.Run(1); err != nil {
		t.Fatal(err)
	}
	if got := string(in.Output(0)); got != "56789abc" {
		t.Errorf("output %q", got)
	}
}

// A state keeps what a run leaves there, and what the caller writes between runs.
func TestStatesOutlastRuns(t *testing.T) {
	v := &Variant{
		ISA: "test", ArenaBytes: 64, DerivedBytes: 128, ConstBytes: []int{1},
		Kernels: []Kernel{
			{Name: "first", Go: func(args []unsafe.Pointer, _, _ int, _ unsafe.Pointer) { *(*byte)(args[2]) = *(*byte)(args[1]) }},
			{Name: "count", Go: func(args []unsafe.Pointer, _, _ int, _ unsafe.Pointer) { *(*byte)(args[1])++ }},
		},
		Init:   []Launch{{Name: "first", Kernel: 0, Chunks: 1, Grain: 1, Args: []Arg{{Space: SpaceConst}, {Space: SpaceDerived, OffsetBytes: 64}}}},
		Step:   []Launch{{Name: "count", Kernel: 1, Chunks: 1, Grain: 1, Args: []Arg{{Space: SpaceDerived, OffsetBytes: 64}}}},
		States: []Port{{Name: "n", OffsetBytes: 64, ElemBytes: 1, Elems: 1}},
	}
	in, err := Open(v, [][]byte{{7}}, Options{MaxBatch: 3})
	if err != nil {
		t.Fatal(err)
	}
	state := in.State(0)
	for want := range byte(3) {
		if len(state) != 1 || state[0] != 7+want {
			t.Fatalf("state %v before run %d", state, want)
		}
		if err := in.Run(1); err != nil {
			t.Fatal(err)
		}
	}
	state[0] = 40
	if err := in.Run(2); err != nil || in.State(0)[0] != 41 {
		t.Errorf("state %v, error %v", in.State(0), err)
	}
	in.Close()
	if in.State(0) != nil {
		t.Error("a closed instance has memory")
	}
}

func TestScratchIsAlignedAndNotShared(t *testing.T) {
	const threads = 4
	v := addChain(Kernel{Name: "scratch", Go: func(_ []unsafe.Pointer, lo, _ int, scratch unsafe.Pointer) {
		if uintptr(scratch)%64 != 0 {
			t.Errorf("scratch at %p", scratch)
		}
		mine := unsafe.Slice((*int)(scratch), 8)
		for i := range mine {
			mine[i] = lo
		}
		for range 100 {
			for _, x := range mine {
				if x != lo {
					t.Error("another thread wrote this scratch memory")
					return
				}
			}
		}
	}}, 1, 500, 1)
	v.ScratchBytes = 72
	in := openTest(t, v, threads, 1)
	for range 50 {
		if err := in.Run(1); err != nil {
			t.Fatal(err)
		}
	}
}

func TestArenaAlignment(t *testing.T) {
	for _, n := range []int{64, 1000, hugePage, hugePage + 12345} {
		mem := alignedBytes(n)
		align := 64
		if n >= hugePage {
			align = hugePage
		}
		if len(mem) != n || uintptr(unsafe.Pointer(&mem[0]))%uintptr(align) != 0 {
			t.Errorf("%d bytes: got %d at %p", n, len(mem), &mem[0])
		}
		mem[0], mem[n-1] = 1, 1
	}
}

func TestRunLaunchRunsOneLaunch(t *testing.T) {
	in := openTest(t, addChain(Kernel{Name: "add", Go: addGo}, 3, 2, 1), 1, 1)
	fillRandom(in, 1)
	if err := in.RunLaunch(0, 1); err != nil {
		t.Fatal(err)
	}
	checkChain(t, in, 1, 1)
	for _, i := range []int{-1, 3} {
		want := fmt.Sprintf("exec: no step launch %d; there are 3", i)
		if err := in.RunLaunch(i, 1); err == nil || err.Error() != want {
			t.Errorf("launch %d: error %v, want %s", i, err, want)
		}
	}
}

func TestRunRefusesMisuse(t *testing.T) {
	var in *Instance
	var nested error
	v := addChain(Kernel{Name: "nest", Go: func([]unsafe.Pointer, int, int, unsafe.Pointer) { nested = in.Run(1) }}, 1, 1, 1)
	in = openTest(t, v, 1, 2)
	for _, batch := range []int{-1, 0, 3} {
		want := fmt.Sprintf("exec: batch %d is not in 1..2", batch)
		if err := in.Run(batch); err == nil || err.Error() != want {
			t.Errorf("batch %d: error %v, want %s", batch, err, want)
		}
	}
	if err := in.Run(2); err != nil || !errors.Is(nested, ErrInUse) {
		t.Errorf("run: %v; nested run: %v, want %v", err, nested, ErrInUse)
	}
	out := in.Output(0)
	in.Close()
	in.Close()
	if err := in.Run(1); !errors.Is(err, ErrClosed) {
		t.Errorf("run after Close: %v", err)
	}
	clear(out) // a view stays valid
	if in.Input(0) != nil || in.Output(0) != nil {
		t.Error("a closed instance still hands out its memory")
	}
}

func TestCloseDuringRunTakesEffectAfterIt(t *testing.T) {
	var in *Instance
	ran := 0
	v := addChain(Kernel{Name: "close", Go: func([]unsafe.Pointer, int, int, unsafe.Pointer) { in.Close(); ran++ }}, 3, 1, 1)
	in = openTest(t, v, 1, 1)
	if err := in.Run(1); err != nil || ran != 3 {
		t.Errorf("run: %v after %d launches", err, ran)
	}
	if err := in.Run(1); !errors.Is(err, ErrClosed) {
		t.Errorf("run after Close: %v", err)
	}
}

func TestThreadsOption(t *testing.T) {
	v := addChain(Kernel{Name: "add", Go: addGo}, 1, 4, 1)
	p := newPool(8)
	for option, want := range map[int]int{0: 8, 1: 1, 3: 3, 100: 8} {
		in, err := openOn(v, nil, Options{Threads: option}, func() *pool { return p })
		if err != nil {
			t.Fatal(err)
		}
		if in.Threads() != want {
			t.Errorf("Threads: %d gives %d threads, want %d", option, in.Threads(), want)
		}
		in.Close()
	}
}

func TestParamsLayout(t *testing.T) {
	var p Params
	if unsafe.Sizeof(p) != 64 || unsafe.Offsetof(p.Batch) != 0 || unsafe.Offsetof(p.Step) != 8 ||
		unsafe.Offsetof(p.Seed) != 16 || unsafe.Offsetof(p.LearningRate) != 24 {
		t.Error("the layout of Params is part of the kernels' calling convention")
	}
}
