// Package sidefile opens the files that a model refers to. A model is untrusted: it may only name files below its own
// folder, so that it cannot make the compiler read, and embed into its output, anything else.
package sidefile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Open opens the regular file that name, with slashes, means relative to dir. It refuses paths and symbolic links that
// lead out of dir, and files with several hard links, one of which may lie elsewhere. Errors name the file as given.
func Open(dir, name string) (*os.File, fs.FileInfo, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, nil, err
	}
	defer root.Close()
	path := filepath.FromSlash(name)
	info, err := root.Stat(path) // before opening: opening a pipe would wait
	switch {
	case err != nil:
		return nil, nil, plain(name, err)
	case !info.Mode().IsRegular():
		return nil, nil, fmt.Errorf("%q is not a regular file", name)
	case hardLinks(info) > 1:
		return nil, nil, fmt.Errorf("%q has more than one hard link; copy it", name)
	}
	f, err := root.Open(path)
	if err != nil {
		return nil, nil, plain(name, err)
	}
	return f, info, nil
}

// plain leaves out the system call that failed.
func plain(name string, err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return fmt.Errorf("%q: %w", name, err)
}
