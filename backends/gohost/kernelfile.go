package gohost

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strings"
)

//go:embed internal/kernelmath/kernelmath.go
var kernelMath string

// kernelFile makes a Go file of kernels: what Backend.Compile returned, the helpers used in it and the imports. header
// goes before the package clause. Source and helpers are formatted, and so is the result.
func kernelFile(header, pkg, source string) ([]byte, error) {
	helpers, err := usedHelpers(source)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%spackage %s\n\n", header, pkg)
	body := source + helpers
	for _, path := range []string{"math", "math/bits", "unsafe"} {
		name := path[strings.LastIndex(path, "/")+1:]
		if regexp.MustCompile(`\b` + name + `\.[A-Z]`).MatchString(body) { // no comment of a helper names a function so
			fmt.Fprintf(&b, "import %q\n", path)
		}
	}
	b.WriteByte('\n')
	b.WriteString(body)
	return []byte(b.String()), nil
}

// usedHelpers is the text of the helper declarations that source mentions, and those they mention, in their order.
func usedHelpers(source string) (string, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "kernelmath.go", kernelMath, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return "", err
	}
	byName := map[string]ast.Decl{}
	for _, d := range f.Decls {
		if n := helperName(d); n != "" {
			byName[n] = d
		}
	}
	helper := regexp.MustCompile(`\b` + helperPrefix + `\w+`)
	used := map[string]bool{}
	var visit func(text string)
	visit = func(text string) {
		for _, name := range helper.FindAllString(text, -1) {
			if d := byName[name]; d != nil && !used[name] {
				used[name] = true
				visit(kernelMath[fset.Position(d.Pos()).Offset:fset.Position(d.End()).Offset])
			}
		}
	}
	visit(source)
	var out strings.Builder
	for _, d := range f.Decls {
		if n := helperName(d); used[n] {
			from := d.Pos()
			if doc := docOf(d); doc != nil {
				from = doc.Pos()
			}
			fmt.Fprintf(&out, "\n%s\n", kernelMath[fset.Position(from).Offset:fset.Position(d.End()).Offset])
		}
	}
	return out.String(), nil
}

// helperName is the name that a declaration of package kernelmath declares; imports have none.
func helperName(d ast.Decl) string {
	switch d := d.(type) {
	case *ast.FuncDecl:
		return d.Name.Name
	case *ast.GenDecl:
		if t, ok := d.Specs[0].(*ast.TypeSpec); ok {
			return t.Name.Name
		}
	}
	return ""
}

func docOf(d ast.Decl) *ast.CommentGroup {
	if f, ok := d.(*ast.FuncDecl); ok {
		return f.Doc
	}
	return d.(*ast.GenDecl).Doc
}
