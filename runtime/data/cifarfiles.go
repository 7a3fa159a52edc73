package data

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
)

// maxNamesBytes bounds the list of the classes' names.
const maxNamesBytes = 1 << 16

// cifarNames are the files that a part of any of the CIFAR sets is read from.
func cifarNames(split Split) []string {
	var names []string
	for _, k := range cifarKinds() {
		names = append(append(names, k.parts[split]...), k.names)
	}
	return names
}

// openCIFARFolder reads a part of the set whose files lie in dir.
func openCIFARFolder(dir string, split Split) (Dataset, error) {
	split = split.orTest()
	contents := map[string][]byte{}
	for _, name := range cifarNames(split) {
		data, err := readCIFARFile(filepath.Join(dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		contents[name] = data
	}
	return newCIFAR(dir, contents, split)
}

func readCIFARFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a file", path)
	}
	data, err := readExactly(f, 0, info.Size(), cifarLimit(path, maxSetBytes))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return data, nil
}

// cifarLimit is the largest size of a file in a place that has room for limit bytes.
func cifarLimit(name string, limit int64) int64 {
	if filepath.Ext(name) == ".txt" {
		return maxNamesBytes
	}
	return limit
}

// openCIFARArchive reads a part of the set in a tar file, packed with gzip or not.
func openCIFARArchive(path string, split Split) (Dataset, error) {
	s, err := openSource(path)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	contents, err := readCIFARArchive(s, s.maxBytes, cifarNames(split.orTest()))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return newCIFAR(path, contents, split.orTest())
}

// readCIFARArchive reads the files of a tar file that are called as one of names, whatever the folder.
func readCIFARArchive(r io.Reader, maxBytes int64, names []string) (map[string][]byte, error) {
	unpacked := &limitedReader{r: r, limit: maxBytes}
	archive := tar.NewReader(unpacked)
	contents := map[string][]byte{}
	for {
		h, err := archive.Next()
		if err == io.EOF {
			return contents, nil
		}
		if err != nil {
			return nil, fmt.Errorf("not an undamaged tar file: unpacked %w", atByte(unpacked.read, "%w", err))
		}
		name := path.Base(h.Name)
		if h.Typeflag != tar.TypeReg || !slices.Contains(names, name) {
			continue
		}
		if _, twice := contents[name]; twice {
			return nil, fmt.Errorf("%s is there twice", name)
		}
		if contents[name], err = readExactly(archive, 0, h.Size, cifarLimit(name, maxBytes)); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
}

// limitedReader fails where more than limit bytes come out of r.
type limitedReader struct {
	r           io.Reader
	read, limit int64
}

func (l *limitedReader) Read(p []byte) (int, error) {
	if l.read > l.limit {
		return 0, fmt.Errorf("more than %d bytes", l.limit)
	}
	n, err := l.r.Read(p[:min(int64(len(p)), l.limit+1-l.read)])
	l.read += int64(n)
	return n, err
}
