package bundle

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestArchivesAreFresh finds that go generate has run since the sources changed.
func TestArchivesAreFresh(t *testing.T) {
	const module = "../../../.."
	for name, sources := range Archives(module) {
		want, err := Pack(sources)
		require.NoError(t, err)
		have, err := os.ReadFile(filepath.Join("../..", name))
		require.NoError(t, err)
		require.Equal(t, want, have, "%s is stale: run go generate in backends/gohost", name)
	}
}

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		name = filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o777))
		require.NoError(t, os.WriteFile(name, []byte(text), 0o666))
	}
}

// TestFiles bundles two small packages: names, comments, imports, assembly and what nobody needs.
func TestFiles(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"low/low.go": `// Package low is not the one that it becomes part of.
package low

import (
	"errors"
	"os"
	"sync/atomic"
)

var (
	// ErrLost is lost.
	ErrLost = errors.New("lost")
	// Unused is not used.
	Unused = os.Args
)

// Thing is a thing; see [Open] and [Thing.Run].
type Thing struct{ helper atomic.Pointer[helper] }

type helper struct{ open int }

// Run runs.
func (t *Thing) Run() int { return spin(t.helper.Load().open) }

// Open makes a Thing. open is a field too.
func Open() (*Thing, error) { return new(Thing), ErrLost }

func spin(open int) int
`,
		"low/spin_amd64.s":    "// func spin(open int) int\nTEXT ·spin(SB), $0-16\n\tRET\n",
		"low/unused_amd64.s":  "TEXT ·gone(SB), $0\n\tRET\n",
		"low/gone.go":         "package low\n\nfunc gone()\n",
		"low/low_test.go":     "package low\n",
		"high/high_linux.go":  "//go:build linux\n\npackage high\n\nimport \"nncc/low\"\n\n// Start starts.\nfunc Start() error { t, err := low.Open(); start(t); return err }\n\nfunc start(t *low.Thing) { t.Run() }\n",
		"high/high_others.go": "//go:build !linux\n\npackage high\n\nfunc Start() error { return nil }\n",
	})
	files, err := Files([]Source{
		{ImportPath: "nncc/low", Dir: filepath.Join(dir, "low"), Prefix: "nncc"},
		{ImportPath: "nncc/high", Dir: filepath.Join(dir, "high"), Prefix: "nnccHigh", KeepExported: true},
	})
	require.NoError(t, err)
	texts := map[string]string{}
	for name, text := range files {
		texts[name] = string(text)
	}
	require.Equal(t, map[string]string{
		"nncc_low_low.go": `package bundled

import (
	"errors"

	"sync/atomic"
)

var (
	// errNnccLost is lost.
	errNnccLost = errors.New("lost")
)

// nnccThing is a thing; see [nnccOpen] and [nnccThing.Run].
type nnccThing struct{ helper atomic.Pointer[nnccHelper] }

type nnccHelper struct{ open int }

// Run runs.
func (t *nnccThing) Run() int { return nnccSpin(t.helper.Load().open) }

// nnccOpen makes a Thing. open is a field too.
func nnccOpen() (*nnccThing, error) { return new(nnccThing), errNnccLost }

func nnccSpin(open int) int
`,
		"nncc_low_spin_amd64.s":    "// func nnccSpin(open int) int\nTEXT ·nnccSpin(SB), $0-16\n\tRET\n",
		"nncc_high_high_linux.go":  "//go:build linux\n\npackage bundled\n\n// Start starts.\nfunc Start() error { t, err := nnccOpen(); nnccHighStart(t); return err }\n\nfunc nnccHighStart(t *nnccThing) { t.Run() }\n",
		"nncc_high_high_others.go": "//go:build !linux\n\npackage bundled\n\nfunc Start() error { return nil }\n",
	}, texts)
}
