package data

import (
	"archive/zip"
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/runtime/tensor"
)

// npzOf is an .npz file, packed as NumPy's savez_compressed does it or not.
func npzOf(t testing.TB, packed bool, arrays map[string]*tensor.Tensor) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	method := zip.Store
	if packed {
		method = zip.Deflate
	}
	for _, name := range slices.Sorted(maps.Keys(arrays)) {
		m, err := w.CreateHeader(&zip.FileHeader{Name: name + ".npy", Method: method})
		require.NoError(t, err)
		require.NoError(t, EncodeNPY(m, arrays[name]))
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

// numbered is an array of bytes 0, 1, 2, ...
func numbered(shape ...int) *tensor.Tensor {
	x := tensor.New(tensor.U8, shape...)
	for i := range x.Data {
		x.Data[i] = byte(i)
	}
	return x
}

func TestNPZ(t *testing.T) {
	dir := t.TempDir()
	labels := tensor.FromI64([]int64{7, 3}, 2)
	writeFiles(t, dir, map[string][]byte{
		"whole.npz":  npzOf(t, false, map[string]*tensor.Tensor{"images": numbered(2, 1, 2, 3), "labels": labels, "other": tensor.New(tensor.F64)}),
		"packed.npz": npzOf(t, true, map[string]*tensor.Tensor{"images": numbered(2, 1, 2, 3), "labels": labels}),
		"keras.npz": npzOf(t, true, map[string]*tensor.Tensor{
			"x_train": numbered(3, 2, 2), "y_train": tensor.FromFloat64s(tensor.U8, []float64{1, 2, 9}, 3, 1), "x_test": numbered(1, 2, 2), "y_test": tensor.FromFloat64s(tensor.I32, []float64{5}, 1)}),
		"med.npz": npzOf(t, true, map[string]*tensor.Tensor{
			"train_images": numbered(2, 1, 1), "train_labels": labels, "test_images": numbered(1, 1, 1), "test_labels": tensor.New(tensor.U8, 1, 1)}),
	})
	open := func(name string, split Split) Dataset {
		ds, err := OpenDataset(filepath.Join(dir, name), split)
		require.NoError(t, err)
		return ds
	}
	for _, name := range []string{"whole.npz", "packed.npz"} {
		s, err := open(name, "").At(1)
		require.NoError(t, err)
		require.Equal(t, Sample{&Image{2, 1, 3, []byte{6, 7, 8, 9, 10, 11}}, 3, filepath.Join(dir, name) + ":images[1]"}, s)
		_, err = OpenDataset(filepath.Join(dir, name), Test)
		require.ErrorIs(t, err, ErrUndivided)
	}
	s, err := open("keras.npz", Train).At(2)
	require.NoError(t, err)
	require.Equal(t, &Image{2, 2, 1, []byte{8, 9, 10, 11}}, s.Image)
	require.Equal(t, 9, s.Label)
	require.Equal(t, 1, open("keras.npz", "").Len())
	require.Equal(t, 2, open("med.npz", Train).Len())
	require.Equal(t, 1, open("med.npz", Test).Len())
}

func TestNPZErrors(t *testing.T) {
	images, labels := numbered(2, 1, 2, 3), tensor.FromI64([]int64{7, 3}, 2)
	whole := npzOf(t, false, map[string]*tensor.Tensor{"images": images, "labels": labels})
	damaged := bytes.Clone(whole)
	damaged[bytes.Index(damaged, []byte{6, 7, 8, 9})]++
	var twice bytes.Buffer
	w := zip.NewWriter(&twice)
	for range 2 {
		_, err := w.Create("images.npy")
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	for want, file := range map[string][]byte{
		"not an .npz file: zip: not a valid zip file": whole[:len(whole)/2],
		"array images: byte 140: zip: checksum error": damaged,
		"array images.npy is there twice":             twice.Bytes(),
		"the arrays are missing: expected images and labels, or test_images and test_labels, or x_test and y_test": npzOf(t, false, map[string]*tensor.Tensor{"images": images}),
		"array labels: label -1 of picture 0 is not from 0 to 1048576":                                             npzOf(t, false, map[string]*tensor.Tensor{"images": images, "labels": tensor.FromI64([]int64{-1, 0}, 2)}),
		"array labels holds f32[2], not integers [2], a label for each picture":                                    npzOf(t, false, map[string]*tensor.Tensor{"images": images, "labels": tensor.New(tensor.F32, 2)}),
	} {
		path := filepath.Join(t.TempDir(), "x.npz")
		require.NoError(t, os.WriteFile(path, file, 0o644))
		_, err := OpenDataset(path, "")
		require.EqualError(t, err, path+": "+want)
	}
	_, err := OpenDataset(filepath.Join(t.TempDir(), "none.npz"), "")
	require.ErrorIs(t, err, os.ErrNotExist)
}

// FuzzNPZ: no input makes the reader panic.
func FuzzNPZ(f *testing.F) {
	for _, packed := range []bool{false, true} {
		f.Add(npzOf(f, packed, map[string]*tensor.Tensor{"images": numbered(2, 1, 2, 3), "labels": tensor.FromI64([]int64{7, 3}, 2)}))
		f.Add(npzOf(f, packed, map[string]*tensor.Tensor{"x_test": numbered(1, 2, 2), "y_test": tensor.New(tensor.U8, 1, 1)}))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		ds, err := decodeNPZ("fuzz", bytes.NewReader(data), int64(len(data)), "")
		checkFuzzed(t, ds, err)
	})
}
