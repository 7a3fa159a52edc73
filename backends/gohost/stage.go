package gohost

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// stage holds files beside the places they are for.
type stage struct {
	files   []stagedFile
	folders []string // that were made for them, in that order
}

type stagedFile struct{ temporary, name string }

// add writes a file next to its place.
func (s *stage) add(name string, file File) error {
	if err := s.makeFolder(filepath.Dir(name)); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(name), ".nncc-")
	if err != nil {
		return err
	}
	s.files = append(s.files, stagedFile{tmp.Name(), name})
	return errors.Join(file.writeTo(tmp), tmp.Chmod(0o644), tmp.Close())
}

// makeFolder makes a folder and those it lies in.
func (s *stage) makeFolder(dir string) error {
	err := os.Mkdir(dir, 0o777)
	switch {
	case err == nil:
		s.folders = append(s.folders, dir)
		return nil
	case errors.Is(err, fs.ErrNotExist) && filepath.Dir(dir) != dir:
		if err := s.makeFolder(filepath.Dir(dir)); err != nil {
			return err
		}
		return s.makeFolder(dir)
	case errors.Is(err, fs.ErrExist):
		return nil
	}
	return err
}

// commit puts the files in their places.
func (s *stage) commit() error {
	for i, f := range s.files {
		if err := os.Rename(f.temporary, f.name); err != nil {
			s.files = s.files[i:]
			return errors.Join(err, s.discard())
		}
	}
	return nil
}

// discard removes what add made. Folders that others have put something into since then stay.
func (s *stage) discard() error {
	var failed error
	for _, f := range s.files {
		failed = errors.Join(failed, os.Remove(f.temporary))
	}
	for i := len(s.folders) - 1; i >= 0; i-- {
		_ = os.Remove(s.folders[i])
	}
	return failed
}
