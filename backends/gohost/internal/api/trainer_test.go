package api

import (
	"bytes"
	"slices"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"nncc/runtime/exec"
	"nncc/runtime/safetensors"
)

// descend is w -= rate*momentum for momentum += images, whose loss is the first parameter before that.
func descend(args []unsafe.Pointer, _, _ int, _ unsafe.Pointer) {
	images, rate := unsafe.Slice((*float32)(args[1]), 4), *(*float32)(args[3])
	w, momentum := unsafe.Slice((*float32)(args[4]), 2), unsafe.Slice((*float32)(args[5]), 2)
	*(*float32)(args[6]), *(*int64)(args[7]) = w[0], unsafe.Slice((*int64)(args[2]), 2)[1]
	for i := range w {
		momentum[i] += images[i]
		w[i] -= rate * momentum[i]
	}
}

// scale is y = x * w[0] for a batch of two samples of two numbers.
func scale(args []unsafe.Pointer, _, _ int, _ unsafe.Pointer) {
	w := *(*float32)(args[2])
	for i, x := range unsafe.Slice((*float32)(args[1]), 4) {
		unsafe.Slice((*float32)(args[3]), 4)[i] = x * w
	}
}

func begin(args []unsafe.Pointer, _, _ int, _ unsafe.Pointer) {
	copy(unsafe.Slice((*byte)(args[2]), 8), unsafe.Slice((*byte)(args[1]), 8))
}

func stepVariant() *exec.Variant {
	at := func(space exec.Space, offset int) exec.Arg { return exec.Arg{Space: space, OffsetBytes: offset} }
	return &exec.Variant{
		ISA: "portable", Kernels: []exec.Kernel{{Name: "begin", Go: begin}, {Name: "descend", Go: descend}},
		Init: []exec.Launch{{Name: "begin", Args: []exec.Arg{at(exec.SpaceConst, 0), at(exec.SpaceDerived, 0)}, Chunks: 1, Grain: 1}},
		Step: []exec.Launch{{Name: "descend", Kernel: 1, Args: []exec.Arg{at(0, 0), at(0, 64), at(0, 128), at(exec.SpaceDerived, 0),
			at(exec.SpaceDerived, 64), at(0, 192), at(0, 256)}, Chunks: 1, Grain: 1}},
		ArenaBytes: 320, DerivedBytes: 128, ConstBytes: []int{16},
		Inputs:  []exec.Port{{Name: "images", ElemBytes: 4, Elems: 4}, {Name: "labels", OffsetBytes: 64, ElemBytes: 8, Elems: 2}, {Name: "learning_rate", OffsetBytes: 128, ElemBytes: 4, Elems: 1}},
		Outputs: []exec.Port{{Name: "loss", OffsetBytes: 192, ElemBytes: 4, Elems: 1}, {Name: "correct", OffsetBytes: 256, ElemBytes: 8, Elems: 1}},
		States:  []exec.Port{{Name: "w", ElemBytes: 4, Elems: 2}, {Name: "w:momentum", OffsetBytes: 64, ElemBytes: 4, Elems: 2}},
	}
}

func networkVariant() *exec.Variant {
	return &exec.Variant{
		ISA: "portable", Kernels: []exec.Kernel{{Name: "scale", Go: scale}},
		Step:       []exec.Launch{{Name: "scale", Args: []exec.Arg{{}, {Space: exec.SpaceDerived}, {OffsetBytes: 64}}, Chunks: 1, Grain: 1}},
		ArenaBytes: 128, DerivedBytes: 64, ConstBytes: []int{16},
		Inputs:  []exec.Port{{Name: "images", ElemBytes: 4, Elems: 4}},
		Outputs: []exec.Port{{Name: "y", OffsetBytes: 64, ElemBytes: 4, Elems: 4}},
		States:  []exec.Port{{Name: "w", ElemBytes: 4, Elems: 2}},
	}
}

func scaleModel() *trainModel {
	return &trainModel{
		net:     addModel(), // whose constant is 1, 2, 3, 4
		step:    func() []*exec.Variant { return []*exec.Variant{stepVariant()} },
		network: func() []*exec.Variant { return []*exec.Variant{networkVariant()} },
		states:  []trainState{{"w", []int{2}, 0, 0}, {"w:momentum", []int{2}, 1, absent}},
		batch:   2, imageLen: 2, outputLen: 2, classes: 3, images: 0, labels: 1, rateIn: 2, seedIn: absent, rate: 0.5,
	}
}

func openScale(t *testing.T) *Trainer {
	t.Helper()
	t.Setenv(exec.EnvISA, "")
	trainer, err := scaleModel().open(nil)
	require.NoError(t, err)
	t.Cleanup(trainer.Close)
	return trainer
}

func predicted(t *testing.T, trainer *Trainer) []float32 {
	t.Helper()
	dst := make([]float32, 2)
	require.NoError(t, trainer.Predict(dst, []float32{1, 10}))
	return dst
}

func TestTrainer(t *testing.T) {
	trainer := openScale(t)
	require.Equal(t, []float32{1, 10}, predicted(t, trainer), "with the weights of the package")
	loss, correct, err := trainer.Step([]float32{2, 0, 0, 0}, []int64{0, 2})
	require.NoError(t, err)
	require.Equal(t, 1., loss)
	require.Equal(t, 2, correct)
	require.Equal(t, []float32{0, 0}, predicted(t, trainer), "w is 1 - 0.5*2")
	trainer.SetLearningRate(1)
	_, _, err = trainer.Step([]float32{1, 0, 0, 0}, []int64{0, 1})
	require.NoError(t, err)
	require.Equal(t, []float32{-3, -30}, predicted(t, trainer), "w is 0 - 1*(2+1)")
}

func TestTrainerRefuses(t *testing.T) {
	trainer := openScale(t)
	_, _, err := trainer.Step(make([]float32, 3), make([]int64, 2))
	require.EqualError(t, err, "wrong length: images has 3 numbers, not 4")
	_, _, err = trainer.Step(make([]float32, 4), make([]int64, 1))
	require.ErrorIs(t, err, ErrLength)
	_, _, err = trainer.Step(make([]float32, 4), []int64{0, 3})
	require.EqualError(t, err, "no such class: sample 1 has the label 3, classes are 0 to 2")
	_, _, err = trainer.Step(make([]float32, 4), []int64{-1, 0})
	require.ErrorIs(t, err, ErrLabel)
	for _, wrong := range [][2]int{{0, 0}, {3, 2}, {6, 6}, {2, 4}} {
		require.ErrorIs(t, trainer.Predict(make([]float32, wrong[1]), make([]float32, wrong[0])), ErrLength)
	}
	_, err = scaleModel().open([]Option{WithMaxBatch(4)})
	require.ErrorContains(t, err, "WithMaxBatch is for New")
	trainer.Close()
	trainer.Close()
	_, _, err = trainer.Step(make([]float32, 4), make([]int64, 2))
	require.ErrorIs(t, err, ErrClosed)
	require.ErrorIs(t, trainer.Predict(make([]float32, 2), make([]float32, 2)), ErrClosed)
	require.ErrorIs(t, trainer.Save(new(bytes.Buffer)), ErrClosed)
}

// file is a safetensors file of tensors of two numbers.
func file(t *testing.T, metadata map[string]string, tensors map[string][]float32) *bytes.Buffer {
	t.Helper()
	f := &safetensors.File{Metadata: metadata}
	for name, v := range tensors {
		f.Tensors = append(f.Tensors, safetensors.Tensor{Name: name, DType: "F32", Shape: []int{len(v)}, Data: floatBytes(v...)})
	}
	var b bytes.Buffer
	require.NoError(t, safetensors.Write(&b, f))
	return &b
}

func TestTrainerFiles(t *testing.T) {
	one, other := openScale(t), openScale(t)
	one.SetLearningRate(0.25)
	one.SetSeed(7)
	_, _, err := one.Step([]float32{2, 0, 0, 0}, []int64{0, 2})
	require.NoError(t, err)
	var saved bytes.Buffer
	require.NoError(t, one.Save(&saved))
	whole := bytes.Clone(saved.Bytes())
	require.NoError(t, other.Load(&saved))
	require.Equal(t, 0.25, other.LearningRate())
	require.Equal(t, uint64(7), other.seed)
	for _, trainer := range []*Trainer{one, other} {
		_, _, err := trainer.Step([]float32{1, 0, 0, 0}, []int64{0, 2})
		require.NoError(t, err)
		require.Equal(t, float32(0.5-0.25*3), predicted(t, trainer)[0])
	}

	require.NoError(t, other.Load(file(t, nil, map[string][]float32{"w": {5, 6}, "bn.num_batches_tracked": {1}})), "parameters alone")
	require.Equal(t, float32(5), predicted(t, other)[0])
	require.Equal(t, 0.25, other.LearningRate())
	require.Equal(t, make([]float32, 2), numbers[float32](other.step.State(1)), "the optimizer begins anew")

	refused := func(b *bytes.Buffer) string {
		t.Helper()
		before := slices.Clone(numbers[float32](one.step.State(0)))
		err := one.Load(b)
		require.ErrorIs(t, err, ErrWeights)
		require.Equal(t, before, numbers[float32](one.step.State(0)))
		return err.Error()
	}
	require.Equal(t, "unusable weights\n    w: F32[3] in the file, F32[2] in the network\n    v: not in the network",
		refused(file(t, nil, map[string][]float32{"w": {1, 2, 3}, "v": {1}})))
	require.Equal(t, "unusable weights\n    w: missing", refused(file(t, nil, map[string][]float32{"w:momentum": {1, 2}})))
	require.Contains(t, refused(bytes.NewBuffer(whole[:len(whole)-1])), "unusable weights: byte ")
	require.Contains(t, refused(file(t, map[string]string{seedKey: "-1"}, map[string][]float32{"w": {1, 2}})), seedKey)
	require.Contains(t, refused(file(t, map[string]string{rateKey: "x"}, map[string][]float32{"w": {1, 2}})), rateKey)
}

func TestTrainkit(t *testing.T) {
	m, train := testAdd(), scaleModel()
	train.classes = 2
	t.Setenv(exec.EnvISA, "")
	m.model.variants = train.step
	m.checkLosses(t, train, []float64{1})
	m.checkTrainer(t, train)
	images, labels := train.samples(1)
	require.Equal(t, []int64{1, 0}, labels)
	require.InDelta(t, float64(31*7919%251)/125-1, images[0], 1e-6)
}

func BenchmarkTrainkit(b *testing.B) { testAdd().benchTrainer(b, scaleModel()) }
