package data

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// cifarRecord is a picture whose byte at column x of row y of plane c is x + 7*y + 31*c + seed.
func cifarRecord(seed int, labels ...byte) []byte {
	record := slices.Clone(labels)
	for c := range 3 {
		for p := range 32 * 32 {
			record = append(record, byte(p%32+7*(p/32)+31*c+seed))
		}
	}
	return record
}

// cifar10Files is a CIFAR-10 of two pictures a file.
func cifar10Files() map[string][]byte {
	files := map[string][]byte{"batches.meta.txt": []byte("airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n"), "readme.html": []byte("<html>")}
	for i, name := range []string{"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin", "test_batch.bin"} {
		files[name] = append(cifarRecord(2*i, byte(i)), cifarRecord(2*i+1, byte(9-i))...)
	}
	return files
}

// tarOf is a tar file with its members in the reverse order of their names, as little in order as the original.
func tarOf(t testing.TB, folder string, files map[string][]byte) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	require.NoError(t, w.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: folder + "/", Mode: 0o755}))
	names := slices.Sorted(maps.Keys(files))
	slices.Reverse(names)
	for _, name := range names {
		require.NoError(t, w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: folder + "/" + name, Size: int64(len(files[name])), Mode: 0o644}))
		_, err := w.Write(files[name])
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

func gzipped(t testing.TB, data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(data)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

func writeFiles(t testing.TB, dir string, files map[string][]byte) {
	require.NoError(t, os.MkdirAll(dir, 0o755))
	for name, content := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), content, 0o644))
	}
}

func TestCIFAR10(t *testing.T) {
	files, dir := cifar10Files(), t.TempDir()
	tarFile := tarOf(t, "cifar-10-batches-bin", files)
	writeFiles(t, filepath.Join(dir, "folder"), files)
	writeFiles(t, dir, map[string][]byte{"cifar-10-binary.tar.gz": gzipped(t, tarFile), "cifar-10-binary.tar": tarFile, "no-trailer.tar": tarFile[:len(tarFile)-1024]})
	for _, name := range []string{"folder", "cifar-10-binary.tar.gz", "cifar-10-binary.tar", "no-trailer.tar"} {
		path := filepath.Join(dir, name)
		train, err := OpenDataset(path, Train)
		require.NoError(t, err)
		require.Equal(t, 10, train.Len())
		require.Equal(t, "truck", train.Classes()[9])
		for i, label := range []int{0, 9, 1, 8, 2, 7, 3, 6, 4, 5} {
			s, err := train.At(i)
			require.NoError(t, err)
			require.Equal(t, label, s.Label)
			require.Equal(t, fmt.Sprintf("%s:data_batch_%d.bin[%d]", path, i/2+1, i%2), s.Name)
			require.Equal(t, []int{32, 32, 3}, []int{s.Image.Width, s.Image.Height, s.Image.Channels})
			x, y := 5, 3
			require.Equal(t, []byte{byte(x + 7*y + i), byte(x + 7*y + 31 + i), byte(x + 7*y + 62 + i)}, s.Image.Pix[3*(32*y+x):][:3])
		}
		test, err := OpenDataset(path, "")
		require.NoError(t, err)
		require.Equal(t, 2, test.Len())
		_, err = test.At(2)
		require.Error(t, err)
		_, err = test.At(-1)
		require.Error(t, err)
	}
}

func TestCIFAR100(t *testing.T) {
	var names []string
	for i := range 100 {
		names = append(names, fmt.Sprintf("class_%d", i))
	}
	dir := t.TempDir()
	writeFiles(t, dir, map[string][]byte{
		"train.bin": append(cifarRecord(1, 19, 99), cifarRecord(2, 0, 7)...), "test.bin": cifarRecord(3, 4, 50),
		"fine_label_names.txt": []byte(strings.Join(names, "\n") + "\n"), "coarse_label_names.txt": []byte("fish\n"),
	})
	train, err := OpenDataset(dir, Train)
	require.NoError(t, err)
	s, err := train.At(1)
	require.NoError(t, err)
	require.Equal(t, "class_7", train.Classes()[s.Label])
	require.Equal(t, byte(2), s.Image.Pix[0])
	test, err := OpenDataset(dir, Test)
	require.NoError(t, err)
	s, err = test.At(0)
	require.NoError(t, err)
	require.Equal(t, 50, s.Label)

	require.NoError(t, os.Remove(filepath.Join(dir, "fine_label_names.txt")))
	test, err = OpenDataset(dir, Test)
	require.NoError(t, err)
	require.Nil(t, test.Classes())
}

func TestCIFARErrors(t *testing.T) {
	open := func(change func(files map[string][]byte)) (string, error) {
		dir, files := t.TempDir(), cifar10Files()
		change(files)
		writeFiles(t, dir, files)
		_, err := OpenDataset(dir, Train)
		require.Error(t, err)
		path := filepath.Join(dir, "set.tar.gz")
		writeFiles(t, dir, map[string][]byte{"set.tar.gz": gzipped(t, tarOf(t, "x", files))})
		_, inTar := OpenDataset(path, Train)
		require.EqualError(t, inTar, strings.ReplaceAll(err.Error(), dir, path), "an archive is read like its folder")
		return dir, err
	}
	dir, err := open(func(files map[string][]byte) { delete(files, "data_batch_3.bin") })
	require.EqualError(t, err, dir+": data_batch_3.bin is missing")
	dir, err = open(func(files map[string][]byte) { files["data_batch_2.bin"] = files["data_batch_2.bin"][:4000] })
	require.EqualError(t, err, dir+": data_batch_2.bin: byte 4000: the file ends inside picture 1, which takes 3073 bytes")
	dir, err = open(func(files map[string][]byte) { files["data_batch_2.bin"][3073] = 10 })
	require.EqualError(t, err, dir+": data_batch_2.bin: byte 3073: label 10 of picture 1 is not from 0 to 9")
	dir, err = open(func(files map[string][]byte) { files["data_batch_2.bin"] = []byte{} })
	require.EqualError(t, err, dir+": data_batch_2.bin: the file is empty")
	dir, err = open(func(files map[string][]byte) { files["batches.meta.txt"] = []byte("cat dog") })
	require.EqualError(t, err, dir+": batches.meta.txt: 2 names of classes, not 10")

	write := func(name string, content []byte) string {
		path := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.WriteFile(path, content, 0o644))
		return path
	}
	whole := gzipped(t, tarOf(t, "x", cifar10Files()))
	_, err = OpenDataset(write("cut.tar.gz", whole[:len(whole)/2]), Train)
	require.ErrorContains(t, err, "cut.tar.gz: ")
	require.ErrorContains(t, err, "unexpected EOF")
	whole[len(whole)-20] ^= 1
	_, err = OpenDataset(write("bad.tar.gz", whole), Train)
	require.ErrorContains(t, err, "bad.tar.gz: ")
	path := write("notes.tar.gz", []byte("no archive"))
	_, err = OpenDataset(path, Train)
	require.EqualError(t, err, path+": not an undamaged tar file: unpacked byte 10: unexpected EOF")
	path = write("other.tar.gz", gzipped(t, tarOf(t, "x", map[string][]byte{"readme.html": nil})))
	_, err = OpenDataset(path, Train)
	require.EqualError(t, err, path+": there is neither data_batch_1.bin of CIFAR-10 nor train.bin of CIFAR-100")
	path = write("cifar-10-python.tar.gz", nil)
	_, err = OpenDataset(path, Train)
	require.EqualError(t, err, path+": the version for Python cannot be read; take the one that ends in -binary.tar.gz")
}

// A member that claims more than the file can hold is refused before memory is reserved.
func TestCIFARArchiveBounds(t *testing.T) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	require.NoError(t, w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "test_batch.bin", Size: 1 << 40}))
	_, err := readCIFARArchive(&b, 1<<20, []string{"test_batch.bin"})
	require.EqualError(t, err, "test_batch.bin: byte 0: 1099511627776 bytes are announced, and there is room for 1048576 at most")

	var bomb bytes.Buffer
	w = tar.NewWriter(&bomb)
	require.NoError(t, w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "zeros", Size: 1 << 16}))
	_, err = w.Write(make([]byte, 1<<16))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	_, err = readCIFARArchive(&bomb, 1<<12, nil)
	require.ErrorContains(t, err, "unpacked byte 4097: more than 4096 bytes")
}

// FuzzCIFAR: no archive makes the reader panic, and of what it accepts every picture can be read.
func FuzzCIFAR(f *testing.F) {
	f.Add(tarOf(f, "x", map[string][]byte{"test_batch.bin": cifarRecord(1, 3)}))
	f.Add(tarOf(f, "x", map[string][]byte{"test.bin": cifarRecord(1, 3, 4), "fine_label_names.txt": []byte("a b")}))
	f.Fuzz(func(t *testing.T, data []byte) {
		contents, err := readCIFARArchive(bytes.NewReader(data), 1<<16, cifarNames(Test))
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		ds, err := newCIFAR("fuzz", contents, Test)
		checkFuzzed(t, ds, err)
	})
}

// checkFuzzed checks what a reader made of some bytes.
func checkFuzzed(t *testing.T, ds Dataset, err error) {
	if err != nil {
		require.NotEmpty(t, err.Error())
		return
	}
	for i := range ds.Len() {
		s, err := ds.At(i)
		require.NoError(t, err)
		require.GreaterOrEqual(t, s.Label, 0)
		require.Len(t, s.Image.Pix, s.Image.Width*s.Image.Height*s.Image.Channels)
	}
}
