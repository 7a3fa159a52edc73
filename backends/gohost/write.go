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
func Write(ctx context.Context, dir string, files map[string][]byte, check bool) error {
	old := oldFiles(dir)
	var stale, foreign []string
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if !filepath.IsLocal(name) || path.Clean(name) != name {
			return fmt.Errorf("gohost: %q is no name for a file of a package", name)
		}
		have, err := os.ReadFile(filepath.Join(dir, name))
		switch {
		case err == nil && bytes.Equal(have, files[name]):
			continue
		case err == nil && !old[name] && !ours(have):
			foreign = append(foreign, name)
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return err
		}
		stale = append(stale, name)
	}
	var left []string
	for name := range old {
		if _, ok := files[name]; !ok {
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

// oldFiles are the files in dir that an earlier manifest lists and that are unchanged since, or say that they are
// generated; the manifest among them.
func oldFiles(dir string) map[string]bool {
	var m manifest
	text, err := os.ReadFile(filepath.Join(dir, manifestFile))
	if err != nil || json.Unmarshal(text, &m) != nil || m.Format != 1 {
		return nil
	}
	old := map[string]bool{manifestFile: true}
	for name, sum := range m.Files {
		if !filepath.IsLocal(name) || path.Clean(name) != name {
			continue
		}
		if data, err := os.ReadFile(filepath.Join(dir, name)); err == nil && (hash(data) == sum || ours(data)) {
			old[name] = true
		}
	}
	return old
}

// ours reports whether a file says that nncc generated it.
func ours(data []byte) bool { return bytes.HasPrefix(data, []byte(generated)) }
