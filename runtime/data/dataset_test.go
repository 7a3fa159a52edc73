package data

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/runtime/tensor"
)

// copyFile puts a picture of testdata into a dataset.
func copyFile(t *testing.T, from, to string) {
	require.NoError(t, os.MkdirAll(filepath.Dir(to), 0o755))
	data, err := os.ReadFile(from)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(to, data, 0o644))
}

func TestClassFolders(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"dog/b.png", "dog/a/z.png", "cat/2.PNG", "cat/10.png", "cat/.hidden.png", "cat/notes.txt", ".git/x.png", "readme.png"} {
		copyFile(t, "testdata/resize/tiny.png", filepath.Join(dir, name))
	}
	ds, err := OpenDataset(dir, "")
	require.NoError(t, err)
	require.Equal(t, []string{"cat", "dog"}, ds.Classes())
	type pair struct {
		name  string
		label int
	}
	var got []pair
	var walk Walk
	for s, err := range walk.Samples(ds) {
		require.NoError(t, err)
		require.Equal(t, readExpected(t, "testdata/resize/tiny.png"), s.Image)
		name, err := filepath.Rel(dir, s.Name)
		require.NoError(t, err)
		got = append(got, pair{filepath.ToSlash(name), s.Label})
	}
	require.Equal(t, []pair{{"cat/10.png", 0}, {"cat/2.PNG", 0}, {"dog/a/z.png", 1}, {"dog/b.png", 1}}, got)
	_, err = ds.At(4)
	require.EqualError(t, err, "no sample 4 in a set of 4")
	_, err = ds.At(-1)
	require.Error(t, err)
}

func TestDividedFolders(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"train/ant/1.png", "train/bee/1.png", "train/cow/1.png", "val/cow/1.png", "val/ant/1.png"} {
		copyFile(t, "testdata/resize/tiny.png", filepath.Join(dir, name))
	}
	test, err := OpenDataset(dir, "")
	require.NoError(t, err)
	require.Equal(t, []string{"ant", "bee", "cow"}, test.Classes(), "those of the training data")
	require.Equal(t, 2, test.Len())
	s, err := test.At(1)
	require.NoError(t, err)
	require.Equal(t, 2, s.Label)
	train, err := OpenDataset(dir, Train)
	require.NoError(t, err)
	require.Equal(t, 3, train.Len())

	copyFile(t, "testdata/resize/tiny.png", filepath.Join(dir, "val", "dog", "1.png"))
	_, err = OpenDataset(dir, Test)
	require.EqualError(t, err, filepath.Join(dir, "val", "dog")+": the training data have no class of this name")

	_, err = OpenDataset(filepath.Join(dir, "train"), Train)
	require.ErrorIs(t, err, ErrUndivided)
	_, err = OpenDataset(dir, "half")
	require.EqualError(t, err, `there is no part "half" of data sets; there are train, test`)
	_, err = OpenDataset("dataset_test.go", "")
	require.ErrorContains(t, err, "dataset_test.go: not a data set: expected ")
}

func TestClassFoldersFollowLinks(t *testing.T) {
	dir := t.TempDir()
	copyFile(t, "testdata/resize/tiny.png", filepath.Join(dir, "store", "a.png"))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "set"), 0o755))
	if err := os.Symlink(filepath.Join(dir, "store"), filepath.Join(dir, "set", "class")); err != nil {
		t.Skip("no symbolic links here: ", err)
	}
	ds, err := OpenDataset(filepath.Join(dir, "set"), "")
	require.NoError(t, err)
	require.Equal(t, 1, ds.Len())
}

func TestWalkSkipsBadFilesOnlyWhenAsked(t *testing.T) {
	dir := t.TempDir()
	copyFile(t, "testdata/resize/tiny.png", filepath.Join(dir, "a", "1.png"))
	copyFile(t, "testdata/generate.py", filepath.Join(dir, "a", "2.png"))
	copyFile(t, "testdata/resize/tiny.png", filepath.Join(dir, "a", "3.png"))
	ds, err := OpenDataset(dir, "")
	require.NoError(t, err)

	var strict Walk
	good, bad := 0, 0
	for _, err := range strict.Samples(ds) {
		if err != nil {
			require.ErrorContains(t, err, "2.png: not a JPEG")
			bad++
		} else {
			good++
		}
	}
	require.Equal(t, []int{1, 1}, []int{good, bad}, "the walk ends at the error")
	require.Empty(t, strict.Skipped)

	lenient := Walk{SkipBad: true}
	good = 0
	for _, err := range lenient.Samples(ds) {
		require.NoError(t, err)
		good++
	}
	require.Equal(t, 2, good)
	require.Len(t, lenient.Skipped, 1)
	require.ErrorContains(t, lenient.Skipped[0], "2.png")
}

func TestArrays(t *testing.T) {
	dir := t.TempDir()
	images := tensor.New(tensor.U8, 2, 1, 2, 3)
	for i := range images.Data {
		images.Data[i] = byte(i)
	}
	require.NoError(t, WriteNPY(filepath.Join(dir, "images_u8_nhwc.npy"), images))
	_, err := OpenDataset(dir, "")
	require.ErrorContains(t, err, "labels_i64.npy")
	require.NoError(t, WriteNPY(filepath.Join(dir, "labels_i64.npy"), tensor.FromI64([]int64{7, 3}, 2)))
	ds, err := OpenDataset(dir, "")
	require.NoError(t, err)
	require.Equal(t, 2, ds.Len())
	require.Nil(t, ds.Classes())
	s, err := ds.At(1)
	require.NoError(t, err)
	require.Equal(t, Sample{&Image{2, 1, 3, []byte{6, 7, 8, 9, 10, 11}}, 3, filepath.Join(dir, "images_u8_nhwc.npy") + "[1]"}, s)
	_, err = ds.At(2)
	require.Error(t, err)
}

func TestDatasetErrors(t *testing.T) {
	dir := t.TempDir()
	_, err := OpenDataset(dir, "")
	require.EqualError(t, err, dir+": neither a folder for each class nor files of a data set")
	require.NoError(t, os.Mkdir(filepath.Join(dir, "cat"), 0o755))
	_, err = OpenDataset(dir, "")
	require.ErrorContains(t, err, "no picture in this folder")
	_, err = OpenDataset(filepath.Join(dir, "none"), "")
	require.ErrorIs(t, err, os.ErrNotExist)

	labels := tensor.FromI64([]int64{0}, 1)
	for _, bad := range []*tensor.Tensor{tensor.New(tensor.F32, 1, 2, 2, 3), tensor.New(tensor.U8, 1, 2, 2, 4), tensor.New(tensor.U8, 1, 0, 2, 3)} {
		_, err := newArrays("x", namedArray{imagesFile, bad}, namedArray{labelsFile, labels})
		require.ErrorContains(t, err, "not u8 [count, height, width] or [count, height, width, 1 or 3]")
	}
	good := tensor.New(tensor.U8, 1, 2, 2, 3)
	for _, bad := range []*tensor.Tensor{tensor.New(tensor.I64, 2), tensor.New(tensor.F64, 1)} {
		_, err := newArrays("x", namedArray{imagesFile, good}, namedArray{labelsFile, bad})
		require.ErrorContains(t, err, "not integers [1]")
	}
	_, err = newArrays("x", namedArray{imagesFile, good}, namedArray{labelsFile, tensor.FromI64([]int64{-1}, 1)})
	require.EqualError(t, err, "labels_i64.npy: label -1 of picture 0 is not from 0 to 1048576")
}
