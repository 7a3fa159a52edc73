package data

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// OpenDataset opens the data set at path, in whatever form it lies there:
//
//   - CIFAR-10 or CIFAR-100 in its binary version: the archive as it is offered, or the folder that comes out of it;
//   - MNIST, or a set with files of the same names: a folder with them, or a file of pictures beside that of the labels,
//     each packed with gzip or not;
//   - an .npz file with pictures and labels;
//   - a folder with the arrays images_u8_nhwc.npy and labels_i64.npy;
//   - a folder with a folder of pictures for each class.
//
// The last two are divided if they are called train and test (or val) and lie in one folder. Of a divided set the part
// is opened that split says, the test data if it is empty. A part of an undivided set is an error that wraps ErrUndivided;
// the empty split opens all of it. What is large is read once and kept as it is; At makes one picture of it.
func OpenDataset(path string, split Split) (Dataset, error) {
	if split != "" && split != Train && split != Test {
		return nil, fmt.Errorf("there is no part %q of data sets; there are %s, %s", split, Train, Test)
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return openFolder(path, split)
	}
	return openFile(path, split)
}

// openFile opens a data set that is one file, known by its name.
func openFile(path string, split Split) (Dataset, error) {
	name := strings.ToLower(filepath.Base(path))
	switch {
	case strings.HasSuffix(name, "-python.tar.gz"):
		return nil, fmt.Errorf("%s: the version for Python cannot be read; take the one that ends in -binary.tar.gz", path)
	case strings.HasSuffix(name, ".tar.gz"), strings.HasSuffix(name, ".tgz"), strings.HasSuffix(name, ".tar"):
		return openCIFARArchive(path, split)
	case strings.HasSuffix(name, ".npz"):
		return openNPZ(path, split)
	case idxImages.MatchString(filepath.Base(path)):
		return undivided(path, split, func() (Dataset, error) { return openIDX(path) })
	}
	return nil, fmt.Errorf("%s: not a data set: expected a folder, cifar-10-binary.tar.gz, an .npz file, or MNIST's ...images-idx3-ubyte", path)
}

// openFolder opens a data set that is a folder, known by the names of its files.
func openFolder(dir string, split Split) (Dataset, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	switch parts := dividedFolder(dir); {
	case isFile(filepath.Join(dir, imagesFile)):
		return undivided(dir, split, func() (Dataset, error) { return openArrays(dir) })
	case hasCIFAR(names):
		return openCIFARFolder(dir, split)
	case hasIDX(names):
		return openIDXFolder(dir, names, split)
	case parts != nil:
		return openPart(parts, split)
	}
	return undivided(dir, split, func() (Dataset, error) { return openFolders(dir, nil) })
}

// dividedFolder finds the folders of the parts of a set in dir; nil if there are not both.
func dividedFolder(dir string) map[Split]string {
	parts := map[Split]string{}
	for _, p := range []struct {
		split Split
		name  string
	}{{Train, "train"}, {Test, "val"}, {Test, "test"}} {
		if path := filepath.Join(dir, p.name); isFolder(path) {
			parts[p.split] = path
		}
	}
	if len(parts) < 2 {
		return nil
	}
	return parts
}

// openPart opens the folder of a part. The classes are those of the training data, so that labels mean the same in both.
func openPart(parts map[Split]string, split Split) (Dataset, error) {
	dir := parts[split.orTest()]
	if isFile(filepath.Join(dir, imagesFile)) {
		return openArrays(dir)
	}
	classes, err := classFolders(parts[Train])
	if err != nil {
		return nil, err
	}
	return openFolders(dir, classes)
}

func undivided(path string, split Split, open func() (Dataset, error)) (Dataset, error) {
	if split != "" {
		return nil, fmt.Errorf("%s: %w", path, ErrUndivided)
	}
	return open()
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
