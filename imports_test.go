// Package nncc_test checks what concerns the module as a whole.
package nncc_test

import (
	"errors"
	"fmt"
	"go/build"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// importRules say which of nncc's packages may import which others. In a < b, b may import a and whatever a may import.
// Packages joined by commas do not see each other. A package that is not named here has no place in the design: give
// it one first. Test files may import anything.
const importRules = `
	NONE < ir/diag, runtime/parallel, runtime/tensor, runtime/exec, runtime/safetensors, frontend/sidefile

	runtime/exec, runtime/tensor < runtime/program
	runtime/safetensors, runtime/tensor < runtime/data
	NONE < runtime/train/schedule, runtime/train/tensorboard
	runtime/data, runtime/train/schedule, runtime/train/tensorboard < runtime/train

	runtime/parallel < ir/interp, runtime/data, backends
	ir/diag, runtime/tensor < ir < ir/interp < ir/passes
	ir < ir/reduce, ir/passes/grad
	ir < frontend/compose
	ir/interp, runtime/safetensors, frontend/sidefile, frontend/compose < frontend/modeljson, frontend/onnx < frontend
	frontend/onnx < frontend/onnx/export

	ir/diag < codegen/loopir
	ir, codegen/loopir < codegen/sched < codegen/lower
	codegen/lower, runtime/program < codegen/plan
	codegen/sched, runtime/program < codegen/tune

	ir/diag, codegen/loopir, runtime/program < backends < backends/llvmcpu, backends/gohost < backends/all
	ir/passes, codegen/plan, backends < codegen

	# What gohost copies into the Go programs that it writes, and how.
	NONE < backends/gohost/internal/bundle, backends/gohost/internal/kernelmath
	backends/gohost/internal/bundle < backends/gohost/internal/mkbundle
	runtime/exec < backends/gohost/internal/helper
	runtime/exec, runtime/safetensors < backends/gohost/internal/api
	backends/gohost/internal/api, backends/gohost/internal/bundle, backends/gohost/internal/helper, backends/gohost/internal/kernelmath < backends/gohost

	NONE < examples/digits
	NONE < cmd/nncc/page
	frontend, frontend/onnx/export, codegen, codegen/tune, backends/all, runtime/data, runtime/train, ir/reduce, ir/passes/grad, cmd/nncc/page < cmd/nncc

	# Support of tests: only what follows may import it.
	ir/passes < ir/irtest
	runtime/exec < runtime/exec/exectest
	frontend/onnx, runtime/data < frontend/onnx/nodetest
	frontend/modeljson < frontend/modeljson/layertest
	ir/passes/grad, frontend, runtime/data < ir/passes/grad/gradtest
	ir/irtest, runtime/exec/exectest, frontend/onnx/nodetest, frontend/modeljson/layertest, ir/passes/grad/gradtest, codegen, backends/all < backends/backendtest
`

// outside are the modules that nncc uses, each with the packages that may import it directly.
var outside = map[string][]string{
	"github.com/dave/jennifer":    {"backends/gohost"},
	"github.com/llir/llvm":        {"backends/llvmcpu"},
	"github.com/spf13/cobra":      {"cmd/nncc"},
	"github.com/stretchr/testify": {"ir/irtest", "ir/passes/grad/gradtest", "backends/backendtest"},
	"golang.org/x/image":          {"runtime/data"},
	"google.golang.org/protobuf":  {"frontend/onnx", "frontend/onnx/export", "runtime/train/tensorboard"},
}

// never are dependencies, direct or through others, that would turn the design over. A folder ends in /...
var never = []struct{ pkg, on, why string }{
	{"runtime/...", "ir/...", "the runtime runs programs and knows no graphs"},
	{"runtime/...", "frontend/...", "the runtime reads no models"},
	{"runtime/...", "codegen/...", "the compiler is not in the runtime"},
	{"runtime/...", "backends/...", "the compiler is not in the runtime"},
	{"backends/llvmcpu", "ir", "backends know kernels, not what they compute"},
	{"backends/gohost", "ir", "backends know kernels, not what they compute"},
	{"frontend/...", "codegen/...", "the frontends know no machine"},
	{"codegen/loopir", "runtime/...", "the loop IR is about kernels alone"},
}

// alone are the packages whose sources are copied into other programs: they need the standard library only.
var alone = []string{"runtime/exec", "runtime/safetensors"}

// platforms decide which files are read: those without build tags, and those for these.
var platforms = []string{"linux/amd64", "linux/arm64", "darwin/arm64", "windows/amd64", "js/wasm"}

func TestImports(t *testing.T) {
	allowed := parseRules(t, importRules)
	for _, platform := range platforms {
		t.Run(strings.ReplaceAll(platform, "/", "-"), func(t *testing.T) {
			for _, p := range problems(listImports(t, platform), allowed) {
				t.Error(p)
			}
		})
	}
}

// TestImportProblems checks that the rules find what they are for.
func TestImportProblems(t *testing.T) {
	allowed := parseRules(t, "NONE < runtime/exec, ir < codegen")
	imports := map[string][]string{
		"ir":           {"fmt", "nncc/codegen", "github.com/llir/llvm/ir"},
		"runtime/exec": {"nncc/ir"},
		"extra":        {"os"},
	}
	require.Equal(t, []string{
		"package extra is missing from the rules",
		"ir may not import codegen",
		"ir may not import github.com/llir/llvm/ir",
		"runtime/exec may not import ir",
		"runtime/exec imports ir, but may import the standard library only",
		"runtime/exec depends on codegen: the compiler is not in the runtime",
		"runtime/exec depends on ir: the runtime runs programs and knows no graphs",
		"the rules name codegen, which does not exist",
	}, problems(imports, allowed))
}

// problems compares imports with the rules.
func problems(imports, allowed map[string][]string) []string {
	var out []string
	report := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	own := ownImports(imports)
	for _, pkg := range slices.Sorted(maps.Keys(imports)) {
		if _, ok := allowed[pkg]; !ok {
			report("package %s is missing from the rules", pkg)
			continue
		}
		mayImport := reach(allowed, pkg)
		for _, path := range imports[pkg] {
			name, isOwn := strings.CutPrefix(path, "nncc/")
			ok := isStandard(path) || slices.Contains(outside[moduleOf(path)], pkg)
			if isOwn {
				ok = slices.Contains(mayImport, name)
			}
			if !ok {
				report("%s may not import %s", pkg, name)
			}
			if slices.Contains(alone, pkg) && !isStandard(path) {
				report("%s imports %s, but may import the standard library only", pkg, name)
			}
		}
		for _, dep := range slices.Sorted(slices.Values(reach(own, pkg))) {
			for _, rule := range never {
				if matches(pkg, rule.pkg) && matches(dep, rule.on) {
					report("%s depends on %s: %s", pkg, dep, rule.why)
				}
			}
		}
	}
	for _, pkg := range slices.Sorted(maps.Keys(allowed)) {
		if _, ok := imports[pkg]; !ok {
			report("the rules name %s, which does not exist", pkg)
		}
	}
	return out
}

// listImports reads what every package of the module imports on a platform, test files left out. It reads the files
// itself rather than run go list, so that go test notices when a cached result is out of date.
func listImports(t *testing.T, platform string) map[string][]string {
	ctx := build.Default
	ctx.GOOS, ctx.GOARCH, _ = strings.Cut(platform, "/")
	ctx.CgoEnabled = false
	imports := map[string][]string{}
	err := filepath.WalkDir(".", func(dir string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || !d.IsDir():
			return err
		case isOutsideModule(dir):
			return fs.SkipDir
		}
		p, err := ctx.ImportDir(dir, 0)
		var none *build.NoGoError
		if errors.As(err, &none) || err == nil && len(p.GoFiles) == 0 {
			return nil
		}
		imports[filepath.ToSlash(dir)] = p.Imports
		return err
	})
	require.NoError(t, err)
	return imports
}

// isOutsideModule reports whether the go command leaves a folder and what is in it out of the module.
func isOutsideModule(dir string) bool {
	if dir == "." {
		return false
	}
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	name := filepath.Base(dir)
	return err == nil || name == "testdata" || name[0] == '.' || name[0] == '_'
}

// parseRules reads lines of ranks joined by < into what each package may import directly.
func parseRules(t *testing.T, text string) map[string][]string {
	allowed := map[string][]string{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		var below []string
		for rank := range strings.SplitSeq(line, "<") {
			var here []string
			for name := range strings.SplitSeq(rank, ",") {
				here = append(here, strings.TrimSpace(name))
			}
			for _, name := range here {
				if name != "NONE" && below != nil {
					allowed[name] = append(allowed[name], below...)
				}
			}
			below = here
		}
	}
	for pkg, list := range allowed {
		for _, name := range list {
			_, ranked := allowed[name]
			require.True(t, ranked || name == "NONE", "%s < %s: nothing says what %s may import", name, pkg, name)
		}
		require.NotContains(t, reach(allowed, pkg), pkg, "a cycle in the rules")
	}
	return allowed
}

// reach lists what pkg leads to in graph; pkg itself only where there is a cycle.
func reach(graph map[string][]string, pkg string) []string {
	var out []string
	for todo := slices.Clone(graph[pkg]); len(todo) > 0; {
		next := todo[0]
		todo = todo[1:]
		if !slices.Contains(out, next) {
			out, todo = append(out, next), append(todo, graph[next]...)
		}
	}
	return out
}

// ownImports keeps imports inside the module.
func ownImports(imports map[string][]string) map[string][]string {
	own := map[string][]string{}
	for pkg, paths := range imports {
		for _, path := range paths {
			if name, ok := strings.CutPrefix(path, "nncc/"); ok {
				own[pkg] = append(own[pkg], name)
			}
		}
	}
	return own
}

// matches reports whether pkg is pattern, or lies in the folder that pattern names.
func matches(pkg, pattern string) bool {
	folder, isFolder := strings.CutSuffix(pattern, "/...")
	return pkg == folder || isFolder && strings.HasPrefix(pkg, folder+"/")
}

// isStandard reports whether an import path is of the standard library: its first element has no dot.
func isStandard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return first != "nncc" && !strings.Contains(first, ".")
}

// moduleOf finds the module of an import path in outside.
func moduleOf(path string) string {
	for module := range outside {
		if matches(path, module+"/...") {
			return module
		}
	}
	return ""
}
