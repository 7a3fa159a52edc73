package gohost

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// StaleError lists the files of a generated package that are not what they should be.
type StaleError struct {
	Dir   string
	Files []string // missing, different, or left over
}

func (e *StaleError) Error() string {
	return fmt.Sprintf("%s: not up to date: %s", e.Dir, strings.Join(e.Files, ", "))
}

// Write puts the files of a package into dir, which it makes if need be. All are written beside their places before the
// first takes its place, files that are as they should be are not touched, and files of an earlier generation that are left
// over are removed. If something goes wrong before that, or ctx ends, dir is as it was. With check it writes nothing and
// returns a *StaleError if it would have to.
//
// A file that nncc has not written is never overwritten or removed: that is an error, found before anything is written.
func Write(ctx context.Context, dir string, files map[string]File, check bool) error {
	old := recordedFiles(dir)
	var stale, foreign []string
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if !plainName(name) {
			return fmt.Errorf("gohost: %q is no name for a file of a package", name)
		}
		same, err := files[name].isAt(filepath.Join(dir, name))
		switch {
		case same:
			continue
		case err == nil && !old.wrote(dir, name):
			foreign = append(foreign, name)
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return err
		}
		stale = append(stale, name)
	}
	var left []string
	for name := range old {
		if _, ok := files[name]; !ok && old.wrote(dir, name) {
			left = append(left, name)
		}
	}
	slices.Sort(left)
	switch {
	case check && len(stale)+len(left) > 0:
		return &StaleError{dir, append(stale, left...)}
	case check:
		return nil
	case len(foreign) > 0:
		return fmt.Errorf("%s: would overwrite files that nncc has not written: %s", dir, strings.Join(foreign, ", "))
	}
	s := &stage{}
	for _, name := range stale {
		err := ctx.Err()
		if err == nil {
			err = s.add(filepath.Join(dir, name), files[name])
		}
		if err != nil {
			return errors.Join(err, s.discard())
		}
	}
	if err := s.commit(); err != nil {
		return err
	}
	for _, name := range left {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return nil
}

// plainName reports whether a name stays below the package's folder, and is written in one way.
func plainName(name string) bool { return filepath.IsLocal(name) && path.Clean(name) == name }

// recorded are the hashes of the files that an earlier manifest lists, by name.
type recorded map[string]string

// recordedFiles reads the manifest in dir. It is nil where there is none that can be read.
func recordedFiles(dir string) recorded {
	var m manifest
	text, err := os.ReadFile(filepath.Join(dir, manifestFile))
	if err != nil || json.Unmarshal(text, &m) != nil || m.Format != 1 {
		return nil
	}
	maps.DeleteFunc(m.Files, func(name, _ string) bool { return !plainName(name) })
	if m.Files == nil {
		m.Files = map[string]string{}
	}
	m.Files[manifestFile] = File{text}.hash()
	return m.Files
}

// wrote reports whether a file in dir is one that nncc wrote and that is unchanged since, or that says so itself.
func (r recorded) wrote(dir, name string) bool {
	data, err := os.ReadFile(filepath.Join(dir, name))
	return err == nil && (r[name] == File{data}.hash() || bytes.HasPrefix(data, []byte(generated)))
}
