package data

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// idxOf is an IDX file of bytes.
func idxOf(elems []byte, dims ...uint32) []byte {
	file := []byte{0, 0, 8, byte(len(dims))}
	for _, d := range dims {
		file = binary.BigEndian.AppendUint32(file, d)
	}
	return append(file, elems...)
}

func TestMNIST(t *testing.T) {
	pix := []byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}
	images, labels := idxOf(pix, 2, 2, 3), idxOf([]byte{7, 255}, 2)
	one, oneLabel := idxOf(pix[:6], 1, 2, 3), idxOf([]byte{4}, 1)
	for name, files := range map[string]map[string][]byte{
		"packed": {
			"train-images-idx3-ubyte.gz": gzipped(t, images), "train-labels-idx1-ubyte.gz": gzipped(t, labels),
			"t10k-images-idx3-ubyte.gz": gzipped(t, one), "t10k-labels-idx1-ubyte.gz": gzipped(t, oneLabel)},
		"unpacked": {
			"train-images-idx3-ubyte": images, "train-labels-idx1-ubyte": labels,
			"t10k-images-idx3-ubyte": one, "t10k-labels-idx1-ubyte": oneLabel},
		"mixed": {
			"train-images.idx3-ubyte": images, "train-labels.idx1-ubyte.gz": gzipped(t, labels),
			"t10k-images-idx3-ubyte.gz": one, "t10k-labels-idx1-ubyte": oneLabel}, // unpacked, whatever the name says
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			writeFiles(t, dir, files)
			train, err := OpenDataset(dir, Train)
			require.NoError(t, err)
			require.Equal(t, 2, train.Len())
			require.Nil(t, train.Classes())
			s, err := train.At(1)
			require.NoError(t, err)
			require.Equal(t, &Image{3, 2, 1, []byte{6, 7, 8, 9, 10, 11}}, s.Image)
			require.Equal(t, 255, s.Label)
			test, err := OpenDataset(dir, "")
			require.NoError(t, err)
			require.Equal(t, 1, test.Len())
		})
	}

	dir := t.TempDir()
	writeFiles(t, dir, map[string][]byte{"digits-images-idx3-ubyte.gz": gzipped(t, images), "digits-labels-idx1-ubyte": labels})
	path := filepath.Join(dir, "digits-images-idx3-ubyte.gz")
	ds, err := OpenDataset(path, "")
	require.NoError(t, err)
	require.Equal(t, 2, ds.Len())
	_, err = OpenDataset(path, Train)
	require.ErrorIs(t, err, ErrUndivided)
}

func TestMNISTErrors(t *testing.T) {
	pix := make([]byte, 12)
	images, labels := idxOf(pix, 2, 2, 3), idxOf([]byte{7, 1}, 2)
	packed := gzipped(t, images)
	packed[len(packed)-8] ^= 1
	const pictures, answers = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"
	for want, files := range map[string][2][]byte{
		pictures + ": byte 0: the magic number is 0x00000801, not 0x00000803 of a file with pictures":                {labels, labels},
		answers + ": byte 0: the magic number is 0x00000803, not 0x00000801 of a file with labels":                   {images, images},
		pictures + ": byte 2: the file ends, 2 bytes are missing":                                                    {images[:2], labels},
		pictures + ": byte 12: the file ends, 4 bytes are missing":                                                   {images[:12], labels},
		pictures + ": byte 16: 12 bytes are announced, and there is room for 11 at most":                             {images[:27], labels},
		pictures + ": byte 28: bytes follow behind the end of the data":                                              {append(images[:28:28], 0), labels},
		pictures + ": byte 28: gzip: invalid checksum":                                                               {packed, labels},
		pictures + ": byte 8: a dimension of 4294967295 makes more than 4294967296 bytes":                            {idxOf(nil, 1<<31, 1<<32-1, 1), labels},
		pictures + ": byte 16: 4294967296 bytes are announced, and there is room for 0 at most":                      {idxOf(nil, 1<<16, 1<<16, 1), labels},
		pictures + ": byte 8: pictures of 0 rows and 1 columns are empty":                                            {idxOf(nil, 2, 0, 1), labels},
		answers + ": byte 4: 1 labels for the 2 pictures of DIR" + string(filepath.Separator) + pictures:             {images, idxOf([]byte{1}, 1)},
		pictures + ": the labels are missing: there is no DIR" + string(filepath.Separator) + answers + " beside it": {images, nil},
	} {
		dir := t.TempDir()
		writeFiles(t, dir, map[string][]byte{pictures: files[0]})
		if files[1] != nil {
			writeFiles(t, dir, map[string][]byte{answers: files[1]})
		}
		_, err := OpenDataset(dir, "")
		require.Error(t, err, want)
		require.Equal(t, "DIR"+string(filepath.Separator)+want, string(bytes.ReplaceAll([]byte(err.Error()), []byte(dir), []byte("DIR"))))
		_, err = OpenDataset(dir, Train)
		require.EqualError(t, err, dir+": train-images-idx3-ubyte is missing")
	}
	// A small packed file cannot have so much in it.
	path := filepath.Join(t.TempDir(), "x-images-idx3-ubyte")
	require.NoError(t, os.WriteFile(path, gzipped(t, idxOf(nil, 1<<16, 1<<15, 1)), 0o644))
	_, _, err := readIDX(path, 3)
	require.ErrorContains(t, err, "2147483648 bytes are announced")
}

// FuzzIDX: no input makes the reader panic or reserve more memory than there are bytes.
func FuzzIDX(f *testing.F) {
	f.Add(idxOf(make([]byte, 12), 2, 2, 3))
	f.Add(idxOf([]byte{1, 2}, 2))
	f.Add(idxOf(nil, 1<<31, 1<<31, 1<<31))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, rank := range []int{1, 3} {
			dims, elems, err := decodeIDX(bytes.NewReader(data), rank, int64(len(data)))
			if err != nil {
				require.NotEmpty(t, err.Error())
				continue
			}
			require.Len(t, dims, rank)
			require.Equal(t, data[4+4*rank:], append([]byte{}, elems...))
		}
	})
}
