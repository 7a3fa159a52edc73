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

func openFolders(dir string) (Dataset, error) {
	entries, err := os.ReadDir(dir) // sorted by name
	if err != nil {
		return nil, err
	}
	ds := &folders{}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if info, err := os.Stat(path); err != nil || !info.IsDir() || hidden(e.Name()) {
			continue // Stat follows a link to a class's folder
		}
		if err := ds.addClass(e.Name(), path); err != nil {
			return nil, err
		}
	}
	if len(ds.classes) == 0 {
		return nil, fmt.Errorf("%s: neither %s nor a folder for each class", dir, imagesFile)
	}
	return ds, nil
}

func (ds *folders) addClass(name, dir string) error {
	label, before := len(ds.classes), len(ds.paths)
	ds.classes = append(ds.classes, name)
	// The slash makes WalkDir follow a link at the root; below it, it follows none.
	err := filepath.WalkDir(dir+string(filepath.Separator), func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() || hidden(e.Name()):
			return nil
		case slices.Contains(pictureExtensions[:], strings.ToLower(filepath.Ext(path))):
			ds.paths = append(ds.paths, path)
			ds.labels = append(ds.labels, label)
		}
		return nil
	})
	if err == nil && len(ds.paths) == before {
		return fmt.Errorf("%s: no picture in this class's folder", dir)
	}
	return err
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
