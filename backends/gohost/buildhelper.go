package gohost

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"nncc/backends/gohost/internal/bundle"
)

//go:embed helper.zip
var helperArchive []byte

// buildHelper returns the path of the program that runs the kernels of all sources, and what removes it where there is no
// cache. The program depends on nothing but the sources, so it is kept under their hash.
func buildHelper(c Config, sources []string) (path string, cleanup func(), err error) {
	files, err := helperFiles(sources)
	if err != nil {
		return "", nil, err
	}
	dir := cacheDir(c)
	cleanup = func() {}
	if dir == "" {
		if dir, err = os.MkdirTemp("", "nncc-portable-"); err != nil {
			return "", nil, err
		}
		cleanup = func() { _ = os.RemoveAll(dir) }
	}
	path = filepath.Join(dir, helperKey(files), "portable"+exeSuffix())
	if _, err := os.Stat(path); err == nil {
		now := time.Now()
		_ = os.Chtimes(filepath.Dir(path), now, now) // says that it is in use; a cache on a read-only disk need not know
		return path, cleanup, nil
	}
	if err := build(c, files, path); err != nil {
		cleanup()
		return "", nil, err
	}
	prune(dir)
	return path, cleanup, nil
}

// cachedPrograms is how many programs are kept: some 5 MB each.
const cachedPrograms = 40

// prune removes the programs that were not used for the longest time. One that another process runs may stay.
func prune(dir string) {
	type entry struct {
		name string
		used time.Time
	}
	var entries []entry
	list, _ := os.ReadDir(dir) // sorted by name
	for _, d := range list {
		if info, err := d.Info(); err == nil && d.IsDir() {
			entries = append(entries, entry{d.Name(), info.ModTime()})
		}
	}
	slices.SortStableFunc(entries, func(a, b entry) int { return b.used.Compare(a.used) })
	for _, e := range entries[min(len(entries), cachedPrograms):] {
		_ = os.RemoveAll(filepath.Join(dir, e.name))
	}
}

// helperFiles are the sources of the program: a package for the kernels of each program, as their names may clash.
func helperFiles(sources []string) (map[string][]byte, error) {
	files := map[string][]byte{"go.mod": []byte("module portable\n\ngo 1.26\n")}
	bundled, err := bundle.Unpack(helperArchive)
	if err != nil {
		return nil, err
	}
	for name, text := range bundled {
		files[name] = bytes.Replace(text, []byte(bundle.PackageClause), []byte("package main"), 1)
	}
	var imports, table strings.Builder
	for i, source := range sources {
		pkg := fmt.Sprintf("p%d", i)
		text, err := kernelFile("", pkg, source+kernelTable(source))
		if err != nil {
			return nil, fmt.Errorf("gohost: %w", err)
		}
		files[pkg+"/kernels.go"] = text
		fmt.Fprintf(&imports, "import \"portable/%s\"\n", pkg)
		fmt.Fprintf(&table, "%s.Kernels(), ", pkg)
	}
	files["main.go"] = []byte("package main\n\nimport \"os\"\n" + imports.String() +
		"\nfunc main() {\n\tif err := Serve(os.Stdin, os.Stdout, []map[string]KernelFunc{" + table.String() + "}); err != nil {\n\t\tpanic(err)\n\t}\n}\n")
	return files, nil
}

// kernelTable is a function that returns the kernels of source by name.
func kernelTable(source string) string {
	var b strings.Builder
	b.WriteString("\nfunc Kernels() map[string]func(args []unsafe.Pointer, lo, hi int, scratch unsafe.Pointer) {\n" +
		"\treturn map[string]func(args []unsafe.Pointer, lo, hi int, scratch unsafe.Pointer){\n")
	for line := range strings.Lines(source) {
		if rest, ok := strings.CutPrefix(line, "func "); ok {
			name, _, _ := strings.Cut(rest, "(")
			fmt.Fprintf(&b, "\t\t%q: %s,\n", name, name)
		}
	}
	b.WriteString("\t}\n}\n")
	return b.String()
}

func helperKey(files map[string][]byte) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s %s %s\n", runtime.GOOS, runtime.GOARCH, os.Getenv("GOAMD64"))
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(h, "%s %d\n", name, len(files[name]))
		h.Write(files[name])
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// cacheDir is where programs are kept; empty for nowhere.
func cacheDir(c Config) string {
	dir := c.CacheDir
	if dir == "" {
		dir = os.Getenv("NNCC_CACHE")
	}
	if dir == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return ""
		}
		dir = filepath.Join(user, "nncc")
	}
	if dir == "off" {
		return ""
	}
	return filepath.Join(dir, "portable")
}

// build compiles the program next to its place and moves it there, so that another process sees all of it or nothing.
func build(c Config, files map[string][]byte, path string) (err error) {
	tool := c.Go
	if tool == "" {
		tool = "go"
	}
	if tool, err = exec.LookPath(tool); err != nil {
		return fmt.Errorf("%w: %w", ErrNoGo, err)
	}
	dir, err := os.MkdirTemp("", "nncc-build-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	for name, text := range files {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(name, text, 0o666); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	built := filepath.Join(dir, "portable"+exeSuffix())
	cmd := exec.Command(tool, "build", "-o", built, ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=", "CGO_ENABLED=0", "GOOS="+runtime.GOOS, "GOARCH="+runtime.GOARCH)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("gohost: go build of the portable kernels: %w\n%s", err, out)
	}
	return install(built, path)
}

// install moves a file to a place that may be on another file system.
func install(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(to), "new-")
	if err != nil {
		return err
	}
	_, err = tmp.Write(data)
	err = errors.Join(err, tmp.Chmod(0o777), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), to)
	}
	if errors.Is(err, fs.ErrExist) { // another process was faster
		err = nil
	}
	if err != nil {
		return errors.Join(err, os.Remove(tmp.Name()))
	}
	return nil
}

func exeSuffix() string {
	if runtime.GOOS == "windows" {
		return ".exe"
	}
	return ""
}
