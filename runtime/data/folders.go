package data

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// folders is a dataset with a folder for each class. The labels follow the folders' names in order, and the samples
// the labels and then the paths, as in torchvision's ImageFolder.
type folders struct {
	classes []string
	paths   []string
	labels  []int
}

// pictureExtensions are the names, in lower case, that make a file a picture; others are left alone.
var pictureExtensions = [...]string{".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp"}

// openFolders opens a folder of classes. Where the classes are known, their folders may be missing, but there are no others.
func openFolders(dir string, classes []string) (Dataset, error) {
	found, err := classFolders(dir)
	if err != nil {
		return nil, err
	}
	if classes == nil {
		classes = found
	}
	for _, name := range found {
		if !slices.Contains(classes, name) {
			return nil, fmt.Errorf("%s: the training data have no class of this name", filepath.Join(dir, name))
		}
	}
	ds := &folders{classes: classes}
	for label, name := range classes {
		if !slices.Contains(found, name) {
			continue
		}
		if err := ds.addClass(label, filepath.Join(dir, name)); err != nil {
			return nil, err
		}
	}
	return ds, nil
}

// classFolders lists the names of the folders in dir, in order. There is at least one.
func classFolders(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir) // sorted by name
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if isFolder(filepath.Join(dir, e.Name())) && !hidden(e.Name()) { // also through a link
			names = append(names, e.Name())
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%s: neither a folder for each class nor files of a data set", dir)
	}
	return names, nil
}

func (ds *folders) addClass(label int, dir string) error {
	paths, err := Pictures(dir)
	if err != nil {
		return err
	}
	for _, path := range paths {
		ds.paths = append(ds.paths, path)
		ds.labels = append(ds.labels, label)
	}
	return nil
}

// Pictures lists the picture files in dir and the folders below it, known by their names, in order. Hidden files are left
// out, and links to folders are not followed. There is at least one.
func Pictures(dir string) ([]string, error) {
	var paths []string
	// The slash makes WalkDir follow a link at the root; below it, it follows none.
	err := filepath.WalkDir(dir+string(filepath.Separator), func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() || hidden(e.Name()):
			return nil
		case slices.Contains(pictureExtensions[:], strings.ToLower(filepath.Ext(path))):
			paths = append(paths, filepath.Clean(path))
		}
		return nil
	})
	if err == nil && len(paths) == 0 {
		return nil, fmt.Errorf("%s: no picture in this folder", dir)
	}
	return paths, err
}

func hidden(name string) bool { return strings.HasPrefix(name, ".") }

func (ds *folders) Len() int          { return len(ds.paths) }
func (ds *folders) Classes() []string { return slices.Clone(ds.classes) }

func (ds *folders) At(i int) (Sample, error) {
	if i < 0 || i >= ds.Len() {
		return Sample{}, noSample(i, ds.Len())
	}
	m, err := ReadImage(ds.paths[i], DefaultMaxPixels)
	if err != nil {
		return Sample{}, err
	}
	return Sample{m, ds.labels[i], ds.paths[i]}, nil
}
