package bundle

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
)

// Archives are the bundles that gohost carries, by file name: what a generated package has inside, and what the process
// for portable kernels is made of. module is the path to the module's root.
func Archives(module string) map[string][]Source {
	source := func(dir, prefix string, keepExported bool) Source {
		return Source{ImportPath: "nncc/" + dir, Dir: path.Join(module, dir), Prefix: prefix, KeepExported: keepExported}
	}
	exec := source("runtime/exec", "nncc", false)
	return map[string][]Source{
		"package.zip": {exec, source("runtime/safetensors", "nnccTensors", false), source("backends/gohost/internal/api", "nnccNet", true)},
		"helper.zip":  {exec, source("backends/gohost/internal/helper", "nnccHelper", true)},
	}
}

// Pack bundles sources into an archive. The same sources give the same bytes.
func Pack(sources []Source) ([]byte, error) {
	files, err := Files(sources)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(files[name]); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// Unpack reads an archive.
func Unpack(data []byte) (map[string][]byte, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	files := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return nil, fmt.Errorf("bundle: %s: %w", f.Name, err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			return nil, fmt.Errorf("bundle: %s: %w", f.Name, err)
		}
		files[f.Name] = text
	}
	return files, nil
}
