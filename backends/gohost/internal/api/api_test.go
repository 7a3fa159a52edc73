package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"

	"nncc/runtime/exec"
)

// addKernel is y = x + w over chunks of one number.
func addKernel(args []unsafe.Pointer, lo, hi int, _ unsafe.Pointer) {
	at := func(p unsafe.Pointer, i int) *float32 { return (*float32)(unsafe.Add(p, 4*i)) }
	for i := lo; i < hi; i++ {
		*at(args[3], i) = *at(args[1], i) + *at(args[2], i%4)
	}
}

func addVariant(isa string, features ...string) *exec.Variant {
	return &exec.Variant{
		ISA: isa, Features: features, Kernels: []exec.Kernel{{Name: "add", Go: addKernel}},
		Step:       []exec.Launch{{Name: "add", Args: []exec.Arg{{}, {Space: exec.SpaceConst}, {OffsetBytes: 64}}, Chunks: 4, Group: 1, Grain: 4}},
		ArenaBytes: 128, ConstBytes: []int{16},
		Inputs:  []exec.Port{{Name: "x", ElemBytes: 4, Elems: 4, Batched: true}},
		Outputs: []exec.Port{{Name: "y", OffsetBytes: 64, ElemBytes: 4, Elems: 4, Batched: true}},
	}
}

func floatBytes(xs ...float32) []byte {
	var out []byte
	for _, x := range xs {
		out = binary.LittleEndian.AppendUint32(out, math.Float32bits(x))
	}
	return out
}

// weightsOf is a weights file of one constant.
func weightsOf(layout string, data []byte) []byte {
	body := make([]byte, alignWeights(len(data)))
	copy(body, data)
	file := make([]byte, weightsHeaderBytes, weightsHeaderBytes+len(body))
	copy(file, weightsMagic)
	binary.LittleEndian.PutUint64(file[8:], uint64(len(body)))
	raw, _ := hex.DecodeString(layout)
	copy(file[16:], raw)
	sum := sha256.Sum256(body)
	copy(file[48:], sum[:])
	return append(file, body...)
}

func addModel() *model {
	layout := fmt.Sprintf("%064x", 7)
	return &model{
		variants: func() []*exec.Variant {
			return []*exec.Variant{addVariant("alien", "no-such-feature"), addVariant("portable")}
		},
		weights:    string(weightsOf(layout, floatBytes(1, 2, 3, 4))),
		constBytes: []int{16}, layout: layout, batched: true,
	}
}

// predict is what a generated package has.
func predict(ctx context.Context, n *Net, dst, src []float32) error {
	if err := n.begin(ctx); err != nil {
		return err
	}
	defer n.end()
	batch, err := n.batchOf("x", len(src), 4)
	if err != nil {
		return err
	}
	if err := checkLength("y", len(dst), batch*4); err != nil {
		return err
	}
	copy(numbers[float32](n.in.Input(0)), src)
	if err := n.in.Run(batch); err != nil {
		return err
	}
	copy(dst, numbers[float32](n.in.Output(0)))
	return nil
}

func TestPredict(t *testing.T) {
	t.Setenv(exec.EnvISA, "")
	n, err := addModel().open([]Option{WithMaxBatch(2), WithThreads(1)})
	require.NoError(t, err)
	require.Equal(t, "portable", n.ISA())
	require.Equal(t, 2, n.MaxBatch())
	require.Equal(t, 1, n.Threads())
	ctx := context.Background()
	dst := make([]float32, 8)
	require.NoError(t, predict(ctx, n, dst, []float32{0, 0, 0, 0, 10, 20, 30, 40}))
	require.Equal(t, []float32{1, 2, 3, 4, 11, 22, 33, 44}, dst)
	require.EqualError(t, predict(ctx, n, dst, make([]float32, 5)), "wrong length: x has 5 numbers, not 4 for each of 1 to 2 samples")
	require.ErrorIs(t, predict(ctx, n, dst, make([]float32, 12)), ErrLength)
	require.ErrorIs(t, predict(ctx, n, dst, nil), ErrLength)
	require.EqualError(t, predict(ctx, n, dst, make([]float32, 4)), "wrong length: y has 8 numbers, not 4")

	require.NoError(t, n.begin(ctx)) // another goroutine computes
	soon, cancel := context.WithTimeout(ctx, time.Millisecond)
	defer cancel()
	require.ErrorIs(t, predict(soon, n, dst, make([]float32, 8)), context.DeadlineExceeded)
	n.end()
	n.Close()
	n.Close()
	require.ErrorIs(t, predict(ctx, n, dst, make([]float32, 8)), ErrClosed)
}

func TestOpenRefuses(t *testing.T) {
	t.Setenv(exec.EnvISA, "alien")
	_, err := addModel().open(nil)
	var unsupported *exec.UnsupportedError
	require.ErrorAs(t, err, &unsupported)
	t.Setenv(exec.EnvISA, "")
	m := addModel()
	m.batched = false
	_, err = m.open([]Option{WithMaxBatch(2)})
	require.EqualError(t, err, "the network takes one sample at a time")
}

func TestWithWeights(t *testing.T) {
	t.Setenv(exec.EnvISA, "")
	m := addModel()
	good := weightsOf(m.layout, floatBytes(5, 6, 7, 8))
	n, err := m.open([]Option{WithWeights(bytes.NewReader(good))})
	require.NoError(t, err)
	dst := make([]float32, 4)
	require.NoError(t, predict(context.Background(), n, dst, dst))
	require.Equal(t, []float32{5, 6, 7, 8}, dst)
	n.Close()

	broken := func(change func(file []byte) []byte) error {
		_, err := m.open([]Option{WithWeights(bytes.NewReader(change(bytes.Clone(good))))})
		require.ErrorIs(t, err, ErrWeights)
		return err
	}
	at := func(i int) func([]byte) []byte { return func(f []byte) []byte { f[i] ^= 1; return f } }
	require.ErrorContains(t, broken(at(0)), "not a weights file")
	require.ErrorContains(t, broken(at(8)), "size in the header")
	require.ErrorContains(t, broken(at(20)), "another network")
	require.ErrorContains(t, broken(at(50)), "damaged")
	require.ErrorContains(t, broken(at(130)), "damaged")
	require.ErrorContains(t, broken(func(f []byte) []byte { return f[:100] }), "the file ends after 100 bytes of 128")
	require.ErrorContains(t, broken(func(f []byte) []byte { return f[:150] }), "the file ends after 150 bytes of 192")
	m.weights = ""
	_, err = m.open(nil)
	require.ErrorContains(t, err, "use WithWeights")
}

// Files are mapped: they may be closed and removed, and are checked like any other source of weights.
func TestWithWeightsOfFile(t *testing.T) {
	t.Setenv(exec.EnvISA, "")
	m := addModel()
	good := weightsOf(m.layout, floatBytes(5, 6, 7, 8))
	open := func(content []byte, skip int64) (*Net, error) {
		path := filepath.Join(t.TempDir(), "weights.bin")
		require.NoError(t, os.WriteFile(path, content, 0o644))
		f, err := os.Open(path)
		require.NoError(t, err)
		_, err = f.Seek(skip, io.SeekStart)
		require.NoError(t, err)
		n, err := m.open([]Option{WithWeights(f)})
		require.NoError(t, f.Close())
		return n, err
	}
	for _, skip := range []int{0, 10} { // where it does not begin the file it is read
		n, err := open(append(make([]byte, skip), good...), int64(skip))
		require.NoError(t, err)
		require.Equal(t, skip > 0, n.weights.unmap == nil || runtime.GOOS == "windows")
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				dst := make([]float32, 4)
				require.NoError(t, predict(context.Background(), n, dst, dst))
				require.Equal(t, []float32{5, 6, 7, 8}, dst)
			})
		}
		group.Wait()
		n.Close()
		n.Close()
	}
	_, err := open(good[:150], 0)
	require.EqualError(t, err, "unusable weights: the file ends after 150 bytes of 192")
	good[130] ^= 1
	_, err = open(good, 0)
	require.EqualError(t, err, "unusable weights: damaged")
}

func TestRGBAndTop(t *testing.T) {
	dst := make([]float32, 6)
	require.NoError(t, fromRGB(dst, []byte{0, 51, 255, 255, 102, 0}, 1./255, [3]float64{0, 0.5, 0}, [3]float64{1, 0.5, 1}, false))
	require.InDeltaSlice(t, []float32{0, 1, -0.6, -0.2, 1, 0}, dst, 1e-6)
	require.NoError(t, fromRGB(dst, []byte{1, 2, 3, 4, 5, 6}, 1, [3]float64{}, [3]float64{1, 1, 1}, true))
	require.Equal(t, []float32{3, 6, 2, 5, 1, 4}, dst)
	require.ErrorIs(t, fromRGB(dst, make([]byte, 3), 1, [3]float64{}, [3]float64{1, 1, 1}, true), ErrLength)
	require.Equal(t, []int{2, 0}, Top([]float32{1, 0, 5}, 2))
	require.Len(t, Top([]float32{1, 0, 5}, 9), 3)
	require.Empty(t, Top(nil, -1))
}

func testAdd() *testModel {
	return &testModel{
		model:  addModel(),
		inputs: []testPort{{"x", 16, "float32", true}}, outputs: []testPort{{"y", 16, "float32", true}}, tolerance: 1e-4,
	}
}

func TestTestkit(t *testing.T) {
	m := testAdd()
	m.checkVectors(t, append(floatBytes(1, 1, 1, 1), floatBytes(2, 3, 4, 5)...))
	m.checkAllocations(t)
	failing := &recorder{TB: t}
	m.compare(failing, "rounded", m.outputs[0], floatBytes(1, 2, 3, 4), floatBytes(1, 2, 3, 4.1))
	require.Equal(t, []string{"y[3] is 4.1, not 4"}, failing.errors)
	m.compare(failing, "rounded", testPort{"z", 4, "int32", true}, []byte{1, 2, 3, 4}, []byte{1, 2, 3, 5})
	require.Equal(t, "z differs", failing.errors[1])
	m.tolerances = map[string]float64{"rounded": 0.03}
	m.compare(failing, "rounded", m.outputs[0], floatBytes(1, 2, 3, 4), floatBytes(1, 2, 3, 4.1))
	require.Len(t, failing.errors, 2, "a variant may be further off than others")
	nan := float32(math.NaN())
	m.compare(failing, "rounded", m.outputs[0], floatBytes(1, 2, 3, nan), floatBytes(1, 2, 3, nan))
	require.Len(t, failing.errors, 2)
	m.compare(failing, "rounded", m.outputs[0], floatBytes(1, 2, 3, 4), floatBytes(1, 2, nan, 4))
	require.Len(t, failing.errors, 3)
}

// recorder notes errors instead of failing.
type recorder struct {
	testing.TB
	errors []string
}

func (r *recorder) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}

func FuzzTestkit(f *testing.F) { testAdd().fuzz(f) }

func BenchmarkTestkit(b *testing.B) { testAdd().bench(b, WithThreads(1)) }

func TestNetIsSafe(t *testing.T) {
	n, err := addModel().open([]Option{func(o *options) { o.isa = "portable" }})
	require.NoError(t, err)
	defer n.Close()
	errs := make(chan error)
	for g := range 4 {
		go func() {
			dst := make([]float32, 4)
			for i := range 200 {
				x := float32(100*g + i)
				if err := predict(context.Background(), n, dst, []float32{x, x, x, x}); err != nil || dst[3] != x+4 {
					errs <- errors.Join(err, fmt.Errorf("%v for %v", dst, x))
					return
				}
			}
			errs <- nil
		}()
	}
	for range 4 {
		require.NoError(t, <-errs)
	}
}

// failures notes errors of a test instead of failing.
type failures struct {
	testing.TB
	list []string
}

func (f *failures) Errorf(format string, args ...any) {
	f.list = append(f.list, fmt.Sprintf(format, args...))
}

func TestCheckBudget(t *testing.T) {
	if testing.Short() {
		t.Skip("it measures for a second")
	}
	t.Setenv(exec.EnvISA, "")
	m := &testModel{model: addModel(), inputs: []testPort{{name: "x", bytes: 16, kind: "float32", batched: true}}}
	f := &failures{TB: t}
	m.checkBudget(f, 1e6)
	require.Empty(t, f.list)
	m.checkBudget(f, 1e-9)
	require.Len(t, f.list, 1)
	require.Contains(t, f.list[0], "ms more than the 1e-09 allowed when the package was made (portable, threads: ")
}
