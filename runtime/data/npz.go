package data

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
	"strings"

	"nncc/runtime/tensor"
)

// npzArrays is a pair of arrays of an .npz file, by the names that NumPy's savez was given.
type npzArrays struct {
	split          Split // empty if they are the whole set
	images, labels string
}

// npzNames are the names that are in use.
var npzNames = [...]npzArrays{
	{"", "images", "labels"},
	{Train, "train_images", "train_labels"}, {Test, "test_images", "test_labels"},
	{Train, "x_train", "y_train"}, {Test, "x_test", "y_test"},
}

// openNPZ opens a part of an .npz file.
func openNPZ(path string, split Split) (Dataset, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	ds, err := decodeNPZ(path, f, info.Size(), split)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return ds, nil
}

// decodeNPZ reads the arrays of a part from a file of size bytes, and no others.
func decodeNPZ(name string, r io.ReaderAt, size int64, split Split) (Dataset, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("not an .npz file: %w", err)
	}
	members := map[string]*zip.File{}
	for _, f := range z.File {
		if _, twice := members[f.Name]; twice {
			return nil, fmt.Errorf("array %s is there twice", f.Name)
		}
		members[f.Name] = f
	}
	pair, err := findNPZ(members, split)
	if err != nil {
		return nil, err
	}
	var read [2]namedArray
	for i, array := range []string{pair.images, pair.labels} {
		t, err := readMember(members[array+".npy"], size)
		if err != nil {
			return nil, fmt.Errorf("array %s: %w", array, err)
		}
		read[i] = namedArray{"array " + array, t}
	}
	return newArrays(name+":"+pair.images, read[0], read[1])
}

// findNPZ finds the pair of arrays for a part.
func findNPZ(members map[string]*zip.File, split Split) (npzArrays, error) {
	var expected []string
	for _, n := range npzNames {
		has := members[n.images+".npy"] != nil && members[n.labels+".npy"] != nil
		switch {
		case has && n.split == "" && split != "":
			return n, ErrUndivided
		case has && (n.split == "" || n.split == split.orTest()):
			return n, nil
		}
		if n.split == "" || n.split == split.orTest() {
			expected = append(expected, n.images+" and "+n.labels)
		}
	}
	return npzArrays{}, fmt.Errorf("the arrays are missing: expected %s", strings.Join(expected, ", or "))
}

// readMember reads an array of a file of fileBytes.
func readMember(f *zip.File, fileBytes int64) (*tensor.Tensor, error) {
	if f.UncompressedSize64 > maxSetBytes {
		return nil, fmt.Errorf("%d bytes are announced, and there is room for %d at most", f.UncompressedSize64, int64(maxSetBytes))
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	size := int64(f.UncompressedSize64)
	data, err := readExactly(r, 0, size, inflated(fileBytes))
	if err != nil {
		return nil, err
	}
	if err := expectEnd(r, size); err != nil {
		return nil, err
	}
	return DecodeNPY(data)
}
