package exec

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"unsafe"
)

// TestOpenRejects damages a valid variant in one way a time.
func TestOpenRejects(t *testing.T) {
	goKernel := func([]unsafe.Pointer, int, int, unsafe.Pointer) {}
	for _, c := range []struct {
		name   string
		damage func(v *Variant, o *Options)
		want   string
	}{
		{"batch", func(_ *Variant, o *Options) { o.MaxBatch = -1 }, "exec: largest batch -1 is less than 1"},
		{"threads", func(_ *Variant, o *Options) { o.Threads = -2 }, "exec: number of threads -2 is negative"},
		{"feature", func(v *Variant, _ *Options) { v.Features = []string{"warp-drive"} },
			"exec: variant test needs warp-drive, which this machine does not have"},
		{"no code", func(v *Variant, _ *Options) { v.Kernels[0].Go = nil }, "exec: kernel conv1 has no code"},
		{"two codes", func(v *Variant, _ *Options) { v.Kernels[0].Entry = 64 },
			"exec: kernel conv1 has both native code and a Go function"},
		{"stack", func(v *Variant, _ *Options) { v.Kernels[0].StackBytes = 80 << 10 },
			"exec: kernel conv1 needs 80 KB of stack, at most 64 KB is available"},
		{"stack by one byte", func(v *Variant, _ *Options) { v.Kernels[0].StackBytes = MaxStackBytes + 1 },
			"exec: kernel conv1 needs 65 KB of stack, at most 64 KB is available"},
		{"negative stack", func(v *Variant, _ *Options) { v.Kernels[0].StackBytes = -8 },
			"exec: kernel conv1 needs -8 bytes of stack, which is negative"},
		{"arena alignment", func(v *Variant, _ *Options) { v.ArenaBytes = 1000 },
			"exec: arena of 1000 bytes per sample is not a multiple of 64"},
		{"arena overflow", func(v *Variant, o *Options) { v.ArenaBytes, o.MaxBatch = 1<<30, 1<<30 },
			"exec: arena of 1073741824 bytes for each of 1073741824 samples is too large"},
		{"derived", func(v *Variant, _ *Options) { v.DerivedBytes, v.Init = -1, nil }, "exec: derived memory of -1 bytes is impossible"},
		{"scratch", func(v *Variant, _ *Options) { v.ScratchBytes = -1 },
			"exec: scratch memory of -1 bytes per thread is impossible"},
		{"constants", func(v *Variant, _ *Options) { v.ConstBytes = []int{8, 8} },
			"exec: there are 1 constants, the variant has 2"},
		{"constant size", func(v *Variant, _ *Options) { v.ConstBytes = []int{12} },
			"exec: constant 0 has 8 bytes, the variant needs 12"},
		{"kernel index", func(v *Variant, _ *Options) { v.Step[0].Kernel = 1 },
			"exec: step launch conv uses kernel 1, the variant has 1"},
		{"negative kernel index", func(v *Variant, _ *Options) { v.Init[0].Kernel = -1 },
			"exec: init launch pack uses kernel -1, the variant has 1"},
		{"chunks", func(v *Variant, _ *Options) { v.Step[0].Chunks = 0 }, "exec: step launch conv has 0 chunks"},
		{"chunk overflow", func(v *Variant, _ *Options) { v.Step[0].Chunks = math.MaxInt },
			fmt.Sprintf("exec: step launch conv has %d chunks for each of 2 samples, which is too many", math.MaxInt)},
		{"grain", func(v *Variant, _ *Options) { v.Step[0].Grain = 0 }, "exec: step launch conv has a grain of 0 chunks"},
		{"large grain", func(v *Variant, _ *Options) { v.Step[0].Grain = maxGrain + 1 },
			"exec: step launch conv has a grain of 1073741825 chunks"},
		{"max threads", func(v *Variant, _ *Options) { v.Step[0].MaxThreads = -1 },
			"exec: step launch conv is limited to -1 threads"},
		{"batched init", func(v *Variant, _ *Options) { v.Init[0].Group = 1 }, "exec: init launch pack is batched"},
		{"space", func(v *Variant, _ *Options) { v.Step[0].Args[0].Space = 9 },
			"exec: step launch conv, argument 0: unknown space 9"},
		{"arena offset", func(v *Variant, _ *Options) { v.Step[0].Args[0].OffsetBytes = 128 },
			"exec: step launch conv, argument 0: offset 128 outside the arena of 128 bytes"},
		{"negative offset", func(v *Variant, _ *Options) { v.Step[0].Args[1].OffsetBytes = -1 },
			"exec: step launch conv, argument 1: offset -1 outside the constant of 8 bytes"},
		{"derived offset", func(v *Variant, _ *Options) { v.Init[0].Args[0].OffsetBytes = 64 },
			"exec: init launch pack, argument 0: offset 64 outside derived memory of 64 bytes"},
		{"part before", func(v *Variant, _ *Options) { v.Step[0].Args[0].WithinBytes = -64 },
			"exec: step launch conv, argument 0: offset -64 within what begins at 0, outside the arena of 128 bytes"},
		{"part behind", func(v *Variant, _ *Options) { v.Step[0].Args[1].WithinBytes = 8 },
			"exec: step launch conv, argument 1: offset 8 within what begins at 0, outside the constant of 8 bytes"},
		{"offset alignment", func(v *Variant, _ *Options) { v.Step[0].Args[0].OffsetBytes = 32 },
			"exec: step launch conv, argument 0: offset 32 in the arena is not a multiple of 64"},
		{"constant index", func(v *Variant, _ *Options) { v.Step[0].Args[1].Index = 1 },
			"exec: step launch conv, argument 1: constant 1 of 1"},
		{"arena index", func(v *Variant, _ *Options) { v.Step[0].Args[0].Index = 1 },
			"exec: step launch conv, argument 0: index 1 outside the constants"},
		{"port elements", func(v *Variant, _ *Options) { v.Inputs[0].Elems = -4 },
			"exec: input x has -4 elements of 4 bytes"},
		{"port overflow", func(v *Variant, _ *Options) { v.Inputs[0].Elems = math.MaxInt / 2 },
			fmt.Sprintf("exec: input x has %d elements of 4 bytes", math.MaxInt/2)},
		{"port offset", func(v *Variant, _ *Options) { v.Outputs[0].OffsetBytes = 4 },
			"exec: output y: offset 4 is not a multiple of 64"},
		{"port end", func(v *Variant, _ *Options) { v.Outputs[0].OffsetBytes, v.Outputs[0].Elems = 64, 17 },
			"exec: output y: 68 bytes at offset 64 do not fit the arena of 128 bytes"},
		{"state end", func(v *Variant, _ *Options) { v.States = []Port{{Name: "w", ElemBytes: 4, Elems: 17}} },
			"exec: state w: 68 bytes at offset 0 do not fit derived memory of 64 bytes"},
		{"state batched", func(v *Variant, _ *Options) { v.States = []Port{{Name: "w", ElemBytes: 4, Elems: 1, Batched: true}} },
			"exec: state w is batched"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := &Variant{
				ISA: "test", Kernels: []Kernel{{Name: "conv1", Go: goKernel}}, ArenaBytes: 128, DerivedBytes: 64, ConstBytes: []int{8},
				Init:    []Launch{{Name: "pack", Chunks: 1, Grain: 1, Args: []Arg{{Space: SpaceDerived}}}},
				Step:    []Launch{{Name: "conv", Chunks: 1, Grain: 1, Group: 1, Args: []Arg{{}, {Space: SpaceConst}}}},
				Inputs:  []Port{{Name: "x", ElemBytes: 4, Elems: 16, Batched: true}},
				Outputs: []Port{{Name: "y", OffsetBytes: 64, ElemBytes: 4, Elems: 16, Batched: true}},
			}
			consts, o := [][]byte{make([]byte, 8)}, Options{MaxBatch: 2}
			if in, err := Open(v, consts, o); err != nil {
				t.Fatalf("before the damage: %v", err)
			} else {
				in.Close()
			}
			c.damage(v, &o)
			_, err := Open(v, consts, o)
			if err == nil {
				t.Fatalf("accepted, want %s", c.want)
			}
			want := c.want
			if v.Kernels[0].Entry != 0 && !nativeCalls {
				want = "exec: variant test needs native calls, which this machine does not have\n" + want
			}
			if err.Error() != want {
				t.Errorf("got  %s\nwant %s", err, want)
			}
		})
	}
}

func TestOpenNamesEveryProblem(t *testing.T) {
	_, err := Open(&Variant{ISA: "test", ArenaBytes: 3, Kernels: []Kernel{{Name: "a"}, {Name: "b"}}}, nil, Options{})
	if err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("want three problems, got: %v", err)
	}
	if _, err := Open(nil, nil, Options{}); err == nil {
		t.Error("accepted no variant")
	}
	var unsupported *UnsupportedError
	if _, err = Open(&Variant{Features: []string{"none-such"}}, nil, Options{}); !errors.As(err, &unsupported) {
		t.Errorf("want an *UnsupportedError, got %v", err)
	}
}

func TestChunksOfGroups(t *testing.T) {
	for _, c := range []struct{ group, batch, chunks, grain int }{
		{0, 5, 6, 8}, {1, 1, 6, 8}, {1, 5, 30, 8}, {4, 1, 6, 8}, {4, 3, 6, 2}, {4, 4, 6, 2}, {4, 5, 12, 2}, {16, 16, 6, 1},
	} {
		l := Launch{Chunks: 6, Group: c.group, Grain: 8}
		if chunks, grain := l.ChunksOf(c.batch), l.GrainOf(c.batch); chunks != c.chunks || grain != c.grain {
			t.Errorf("%+v: %d chunks, %d at once", c, chunks, grain)
		}
	}
}
