// Package bundle joins packages of nncc into the files of one package, so that a generated package has the runtime
// inside: top-level names get a prefix and lower case, and what the roots do not reach is left out.
package bundle

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/build"
	"go/format"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// module is the path of nncc's own module.
const module = "nncc"

// filePrefix begins the name of every bundled file.
const filePrefix = "nncc_"

// PackageClause is the first line of code of every Go file of a bundle; writers replace the name.
const PackageClause = "package bundled"

// Source is one package to be bundled.
type Source struct {
	ImportPath   string
	Dir          string
	Prefix       string // begins the new names
	KeepExported bool   // exported names stay as they are, and nothing is left out
}

// platforms are what files are selected for: a declaration that any of them needs is kept.
var platforms = []struct{ os, arch string }{
	{"linux", "amd64"}, {"linux", "arm64"}, {"darwin", "amd64"}, {"darwin", "arm64"}, {"windows", "amd64"}, {"windows", "arm64"}, {"js", "wasm"}, {"freebsd", "riscv64"},
}

// Files returns the bundled files by name. Sources are in the order of imports: a package after those it uses.
func Files(sources []Source) (map[string][]byte, error) {
	fset := token.NewFileSet()
	b := &bundler{
		fset: fset, imports: stdOnly{importer.ForCompiler(fset, "source", nil)},
		files: map[string]*file{}, renames: map[string]string{}, refs: map[string]map[string]bool{}, roots: map[string]bool{},
	}
	for _, s := range sources {
		if err := b.read(s); err != nil {
			return nil, err
		}
	}
	for _, s := range sources {
		for _, p := range platforms {
			b.resolve(s, p.os, p.arch)
		}
	}
	kept := b.reach()
	out := map[string][]byte{}
	for _, f := range b.files {
		text, err := b.write(f, kept)
		if err != nil {
			return nil, fmt.Errorf("bundle: %s: %w", f.path, err)
		}
		if text != nil {
			out[f.outName()] = text
		}
	}
	return out, nil
}

// file is one source file and what is to change in it.
type file struct {
	source Source
	path   string
	text   []byte
	syntax *ast.File // nil for assembly
	uses   map[edit]bool
}

// edit replaces text[from:to].
type edit struct {
	from, to int
	text     string
}

// outName is nncc_exec_pool.go for runtime/exec/pool.go: what follows the last underscores decides on platforms.
func (f *file) outName() string {
	return filePrefix + filepath.Base(f.source.Dir) + "_" + filepath.Base(f.path)
}

// bundler holds the sources. Declarations are known as path.Name; a method belongs to its type.
type bundler struct {
	fset    *token.FileSet
	imports types.Importer
	files   map[string]*file
	renames map[string]string          // declaration to new name
	refs    map[string]map[string]bool // declaration to those it mentions
	roots   map[string]bool
}

func (b *bundler) read(s Source) error {
	entries, err := os.ReadDir(s.Dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := e.Name()
		isGo := strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") && name != "doc.go"
		if e.IsDir() || !isGo && !strings.HasSuffix(name, ".s") {
			continue
		}
		f := &file{source: s, path: filepath.Join(s.Dir, name), uses: map[edit]bool{}}
		if f.text, err = os.ReadFile(f.path); err != nil {
			return err
		}
		if isGo {
			if f.syntax, err = parser.ParseFile(b.fset, f.path, f.text, parser.ParseComments|parser.SkipObjectResolution); err != nil {
				return err
			}
		}
		b.files[f.path] = f
	}
	return nil
}

// resolve records, for one platform, the places that name a top-level declaration. Errors of the type checker do not
// matter: other packages of the module are not there.
func (b *bundler) resolve(s Source, goos, goarch string) {
	ctx := build.Default
	ctx.GOOS, ctx.GOARCH, ctx.CgoEnabled = goos, goarch, false
	var files []*ast.File
	for _, path := range b.paths() {
		f := b.files[path]
		if f.source != s || f.syntax == nil {
			continue
		}
		if ok, err := ctx.MatchFile(s.Dir, filepath.Base(path)); err == nil && ok {
			files = append(files, f.syntax)
		}
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
	conf := types.Config{Error: func(error) {}, Importer: b.imports}
	pkg, _ := conf.Check(s.ImportPath, b.fset, files, info)
	for id, obj := range info.Defs {
		if obj != nil && obj.Parent() == pkg.Scope() {
			b.rename(s, id, obj.Name())
		}
	}
	for id, obj := range info.Uses {
		if obj.Parent() == pkg.Scope() {
			b.rename(s, id, obj.Name())
		}
	}
	for _, f := range files {
		b.references(s, f, info, pkg)
	}
}

// stdOnly imports the standard library, from source, and stands in for everything else.
type stdOnly struct{ std types.Importer }

// Import implements types.Importer.
func (i stdOnly) Import(path string) (*types.Package, error) {
	if first, _, _ := strings.Cut(path, "/"); first != module {
		return i.std.Import(path)
	}
	p := types.NewPackage(path, filepath.Base(path))
	p.MarkComplete()
	return p, nil
}

func (b *bundler) paths() []string {
	paths := make([]string, 0, len(b.files))
	for p := range b.files {
		paths = append(paths, p)
	}
	slices.Sort(paths)
	return paths
}

// rename notes that id, a top-level name of s, gets its new name.
func (b *bundler) rename(s Source, id *ast.Ident, name string) {
	to := newName(s, name)
	b.renames[s.ImportPath+"."+name] = to
	p := b.fset.Position(id.Pos())
	b.files[p.Filename].uses[edit{p.Offset, p.Offset + len(name), to}] = true
}

// newName is nnccOpen for Open and for open, and errNnccClosed for ErrClosed.
func newName(s Source, name string) string {
	if name == "_" || name == "init" || s.KeepExported && token.IsExported(name) {
		return name
	}
	if rest, isError := strings.CutPrefix(capital(name), "Err"); isError && rest != "" && capital(rest) == rest {
		return "err" + capital(s.Prefix) + rest
	}
	return s.Prefix + capital(name)
}

// capital is name with an upper-case first letter.
func capital(name string) string {
	first, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(first)) + name[size:]
}

// references records what each declaration of a file mentions, and rewrites names of other bundled packages.
func (b *bundler) references(s Source, f *ast.File, info *types.Info, pkg *types.Package) {
	for _, d := range f.Decls {
		for _, unit := range units(d) {
			from := unit.names(s)
			if s.KeepExported {
				for _, name := range from {
					b.roots[name] = true
				}
			}
			if len(from) == 0 {
				from = []string{s.ImportPath + "._"}
				b.roots[from[0]] = true
			}
			ast.Inspect(unit.node, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.Ident:
					if obj := info.Uses[n]; obj != nil && obj.Parent() == pkg.Scope() {
						b.mention(from, s.ImportPath+"."+obj.Name())
					}
				case *ast.SelectorExpr:
					b.selector(from, n, info)
				}
				return true
			})
		}
	}
}

// selector turns exec.Open into nnccOpen if exec is bundled.
func (b *bundler) selector(from []string, n *ast.SelectorExpr, info *types.Info) {
	x, ok := n.X.(*ast.Ident)
	if !ok {
		return
	}
	imported, ok := info.Uses[x].(*types.PkgName)
	if !ok {
		return
	}
	key := imported.Imported().Path() + "." + n.Sel.Name
	to, ok := b.renames[key]
	if !ok {
		return
	}
	b.mention(from, key)
	p, end := b.fset.Position(n.Pos()), b.fset.Position(n.End())
	b.files[p.Filename].uses[edit{p.Offset, end.Offset, to}] = true
}

func (b *bundler) mention(from []string, to string) {
	for _, f := range from {
		if b.refs[f] == nil {
			b.refs[f] = map[string]bool{}
		}
		b.refs[f][to] = true
	}
}

// reach is the set of declarations that the roots lead to.
func (b *bundler) reach() map[string]bool {
	kept := map[string]bool{}
	var visit func(string)
	visit = func(name string) {
		if kept[name] {
			return
		}
		kept[name] = true
		for to := range b.refs[name] {
			visit(to)
		}
	}
	for r := range b.roots {
		visit(r)
	}
	return kept
}

// write applies the edits of a file; nil if nothing of it is kept.
func (b *bundler) write(f *file, kept map[string]bool) ([]byte, error) {
	if f.syntax == nil {
		return b.assembly(f, kept), nil
	}
	edits := b.cuts(f, kept)
	if edits == nil {
		return nil, nil
	}
	edits = append(edits, b.comments(f)...)
	from := f.syntax.Package
	if f.syntax.Doc != nil { // of another package
		from = f.syntax.Doc.Pos()
	}
	edits = append(edits, edit{b.fset.Position(from).Offset, b.fset.Position(f.syntax.Name.End()).Offset, PackageClause})
	for e := range f.uses {
		edits = append(edits, e)
	}
	text, err := format.Source(apply(f.text, edits))
	if err != nil {
		return nil, err
	}
	return pruneImports(text, b.renamedPackages())
}

// apply makes the edits; one inside another is dropped.
func apply(text []byte, edits []edit) []byte {
	slices.SortFunc(edits, func(a, b edit) int {
		if a.from != b.from {
			return a.from - b.from
		}
		return b.to - a.to
	})
	var out bytes.Buffer
	at := 0
	for _, e := range edits {
		if e.from < at {
			continue
		}
		out.Write(text[at:e.from])
		out.WriteString(e.text)
		at = e.to
	}
	out.Write(text[at:])
	return out.Bytes()
}

func (b *bundler) renamedPackages() map[string]bool {
	out := map[string]bool{}
	for _, f := range b.files {
		out[f.source.ImportPath] = true
	}
	return out
}
