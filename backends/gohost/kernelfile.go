package gohost

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"strings"
)

//go:embed internal/kernelmath/kernelmath.go
var kernelMath string

// kernelFile makes a Go file of kernels: what Backend.Compile returned, the helpers used in it and the imports. header
// goes before the package clause.
func kernelFile(header, pkg, source string) ([]byte, error) {
	helpers, err := usedHelpers(source)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%spackage %s\n\n", header, pkg)
	body := source + helpers
	used, err := usedPackages(body)
	if err != nil {
		return nil, err
	}
	for _, path := range []string{"math", "math/bits", "unsafe"} {
		if used[path[strings.LastIndex(path, "/")+1:]] {
			fmt.Fprintf(&b, "import %q\n", path)
		}
	}
	b.WriteString(body)
	return format.Source([]byte(b.String()))
}

// usedPackages are the names before the dots of selectors, packages among them; comments do not count.
func usedPackages(body string) (map[string]bool, error) {
	f, err := parser.ParseFile(token.NewFileSet(), "kernels.go", "package kernels\n"+body, parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("gohost: kernels do not parse: %w", err)
	}
	used := map[string]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := s.X.(*ast.Ident); ok {
				used[id.Name] = true
			}
		}
		return true
	})
	return used, nil
}

// usedHelpers is the text of the helper declarations that source mentions, and those they mention, in their order.
func usedHelpers(source string) (string, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "kernelmath.go", kernelMath, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return "", err
	}
	kernels, err := parser.ParseFile(token.NewFileSet(), "kernels.go", "package kernels\n"+source, parser.SkipObjectResolution)
	if err != nil {
		return "", fmt.Errorf("gohost: kernels do not parse: %w", err)
	}
	byName := map[string]ast.Decl{}
	for _, d := range f.Decls {
		if n := helperName(d); n != "" {
			byName[n] = d
		}
	}
	used := map[string]bool{}
	var visit func(ast.Node)
	visit = func(n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && byName[id.Name] != nil && !used[id.Name] {
				used[id.Name] = true
				visit(byName[id.Name])
			}
			return true
		})
	}
	visit(kernels)
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
