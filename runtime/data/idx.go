package data

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
)

// MNIST's files are in the IDX format: two zero bytes, a byte that names the type of the elements, a byte with the number
// of dimensions, the dimensions as big-endian 32-bit numbers, the elements. Of the types, pictures and labels use 8-bit
// unsigned ones alone.
const idxBytes = 0x08

// idxImages matches the names of files with pictures: the part of the set, what stands between the words, and .gz.
var idxImages = regexp.MustCompile(`^(.*)images([-.]idx)3(-ubyte(?:\.gz)?)$`)

// idxStems begin the names of MNIST's files, for each part.
var idxStems = map[Split]string{Train: "train-", Test: "t10k-"}

// hasIDX reports whether one of a folder's names is of MNIST's pictures.
func hasIDX(names []string) bool {
	return findIDX(names, Train) != "" || findIDX(names, Test) != ""
}

// findIDX finds the pictures of a part among a folder's names.
func findIDX(names []string, split Split) string {
	for _, name := range names {
		if m := idxImages.FindStringSubmatch(name); m != nil && m[1] == idxStems[split] {
			return name
		}
	}
	return ""
}

// openIDXFolder opens a part of MNIST, or of a set with files of the same names.
func openIDXFolder(dir string, names []string, split Split) (Dataset, error) {
	split = split.orTest()
	name := findIDX(names, split)
	if name == "" {
		return nil, fmt.Errorf("%s: %simages-idx3-ubyte is missing", dir, idxStems[split])
	}
	return openIDX(filepath.Join(dir, name))
}

// openIDX opens pictures and the labels beside them, packed or not.
func openIDX(path string) (Dataset, error) {
	labelsPath, err := idxLabels(path)
	if err != nil {
		return nil, err
	}
	dims, pix, err := readIDX(path, 3)
	if err != nil {
		return nil, err
	}
	if dims[1] == 0 || dims[2] == 0 {
		return nil, fmt.Errorf("%s: %w", path, atByte(8, "pictures of %d rows and %d columns are empty", dims[1], dims[2]))
	}
	count, labels, err := readIDX(labelsPath, 1)
	if err != nil {
		return nil, err
	}
	if count[0] != dims[0] {
		return nil, fmt.Errorf("%s: %w", labelsPath, atByte(4, "%d labels for the %d pictures of %s", count[0], dims[0], path))
	}
	ds := &arrays{name: path, height: dims[1], width: dims[2], channels: 1, pix: pix, labels: make([]int, len(labels))}
	for i, label := range labels {
		ds.labels[i] = int(label)
	}
	return ds, nil
}

// idxLabels names the file of labels that belongs to a file of pictures.
func idxLabels(path string) (string, error) {
	dir, name := filepath.Split(path)
	m := idxImages.FindStringSubmatch(name)
	stem := dir + m[1] + "labels" + m[2] + "1-ubyte"
	for _, candidate := range []string{dir + m[1] + "labels" + m[2] + "1" + m[3], stem, stem + ".gz"} {
		if _, err := os.Stat(candidate); err == nil {
			return candidate, nil
		}
	}
	return "", fmt.Errorf("%s: the labels are missing: there is no %s beside it", path, stem)
}

func readIDX(path string, rank int) (dims []int, elems []byte, err error) {
	s, err := openSource(path)
	if err != nil {
		return nil, nil, err
	}
	defer s.Close()
	if dims, elems, err = decodeIDX(s, rank, s.maxBytes); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	return dims, elems, nil
}

// decodeIDX reads an array of bytes of the given number of dimensions, in a file of at most maxBytes.
func decodeIDX(r io.Reader, rank int, maxBytes int64) (dims []int, elems []byte, err error) {
	offset := int64(4 + 4*rank)
	magic, err := readExactly(r, 0, 4, maxSetBytes)
	if err != nil {
		return nil, nil, err
	}
	if have, want := binary.BigEndian.Uint32(magic), uint32(idxBytes<<8|rank); have != want {
		return nil, nil, atByte(0, "the magic number is %#08x, not %#08x of a file with %s", have, want, idxContent(rank))
	}
	header, err := readExactly(r, 4, int64(4*rank), maxSetBytes)
	if err != nil {
		return nil, nil, err
	}
	size := int64(1)
	for i := range rank {
		d := int64(binary.BigEndian.Uint32(header[4*i:]))
		if d > maxSetBytes/max(size, 1) {
			return nil, nil, atByte(int64(4+4*i), "a dimension of %d makes more than %d bytes", d, int64(maxSetBytes))
		}
		size *= d
		dims = append(dims, int(d))
	}
	if elems, err = readExactly(r, offset, size, maxBytes-offset); err != nil {
		return nil, nil, err
	}
	return dims, elems, expectEnd(r, offset+size)
}

func idxContent(rank int) string {
	if rank == 1 {
		return "labels"
	}
	return "pictures"
}
