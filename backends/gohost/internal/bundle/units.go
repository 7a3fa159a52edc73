package bundle

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// unit is what is kept or left out as a whole: a function, a method, a type, a variable, a group of constants.
type unit struct {
	node ast.Node
	doc  *ast.CommentGroup
	ids  []string
}

// units splits a declaration. Constants stay together: they may count with iota.
func units(d ast.Decl) []unit {
	switch d := d.(type) {
	case *ast.FuncDecl:
		id := d.Name.Name
		if d.Recv != nil {
			id = receiver(d)
		}
		return []unit{{d, d.Doc, []string{id}}}
	case *ast.GenDecl:
		switch {
		case d.Tok == token.IMPORT:
			return nil
		case d.Tok == token.CONST || len(d.Specs) == 1:
			u := unit{node: d, doc: d.Doc}
			for _, s := range d.Specs {
				u.ids = append(u.ids, specNames(s)...)
			}
			return []unit{u}
		}
		var out []unit
		for _, s := range d.Specs {
			out = append(out, unit{s, specDoc(s), specNames(s)})
		}
		return out
	}
	return nil
}

func specNames(s ast.Spec) []string {
	switch s := s.(type) {
	case *ast.TypeSpec:
		return []string{s.Name.Name}
	case *ast.ValueSpec:
		var out []string
		for _, id := range s.Names {
			if id.Name != "_" {
				out = append(out, id.Name)
			}
		}
		return out
	}
	return nil
}

func specDoc(s ast.Spec) *ast.CommentGroup {
	switch s := s.(type) {
	case *ast.TypeSpec:
		return s.Doc
	case *ast.ValueSpec:
		return s.Doc
	}
	return nil
}

// receiver is the name of a method's type.
func receiver(d *ast.FuncDecl) string {
	t := d.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.Ident:
			return x.Name
		default:
			return "_"
		}
	}
}

// names are the unit's declarations as the bundler knows them.
func (u unit) names(s Source) []string {
	var out []string
	for _, id := range u.ids {
		out = append(out, s.ImportPath+"."+id)
	}
	return out
}

// cuts are the edits that remove what is not kept; nil if nothing is left.
func (b *bundler) cuts(f *file, kept map[string]bool) []edit {
	edits := []edit{}
	left := 0
	for _, d := range f.syntax.Decls {
		all := units(d)
		removed := 0
		var local []edit
		for _, u := range all {
			names := u.names(f.source)
			if len(names) == 0 || slices.ContainsFunc(names, func(n string) bool { return kept[n] }) {
				continue
			}
			removed++
			local = append(local, b.span(u.node, u.doc))
		}
		left += len(all) - removed
		if g, ok := d.(*ast.GenDecl); ok && removed > 0 && removed == len(all) {
			local = []edit{b.span(g, g.Doc)}
		}
		edits = append(edits, local...)
	}
	if left == 0 {
		return nil
	}
	return edits
}

// span is the text of a node with its comment.
func (b *bundler) span(n ast.Node, doc *ast.CommentGroup) edit {
	from := n.Pos()
	if doc != nil {
		from = doc.Pos()
	}
	return edit{b.fset.Position(from).Offset, b.fset.Position(n.End()).Offset, ""}
}

// comments are the edits that keep comments true: the name a comment begins with, and names in brackets.
func (b *bundler) comments(f *file) []edit {
	word := regexp.MustCompile(`^// (\w+)|\[(\w+)(\]|\.\w+\])`)
	var edits []edit
	for _, g := range f.syntax.Comments {
		for _, c := range g.List {
			start := b.fset.Position(c.Pos()).Offset
			for _, m := range word.FindAllStringSubmatchIndex(c.Text, -1) {
				at := max(m[2], m[4])
				end := max(m[3], m[5])
				if to, ok := b.renames[f.source.ImportPath+"."+c.Text[at:end]]; ok && (at == m[4] || b.documents(f, g, c.Text[at:end])) {
					edits = append(edits, edit{start + at, start + end, to})
				}
			}
		}
	}
	return edits
}

// documents reports whether g is the comment of the declaration of that name.
func (b *bundler) documents(f *file, g *ast.CommentGroup, name string) bool {
	for _, d := range f.syntax.Decls {
		if fd, ok := d.(*ast.FuncDecl); ok && fd.Recv != nil {
			continue
		}
		for _, u := range units(d) {
			if u.doc == g && slices.Contains(u.ids, name) {
				return true
			}
		}
	}
	return false
}

// assembly renames the symbols of a file; nil if it defines no function that is kept.
func (b *bundler) assembly(f *file, kept map[string]bool) []byte {
	any := false
	text := regexp.MustCompile(`·(\w+)`).ReplaceAllStringFunc(string(f.text), func(m string) string {
		name := strings.TrimPrefix(m, "·")
		any = any || kept[f.source.ImportPath+"."+name]
		return "·" + newName(f.source, name)
	})
	if !any {
		return nil
	}
	text = regexp.MustCompile(`(?m)^// func (\w+)\(`).ReplaceAllStringFunc(text, func(m string) string {
		name := strings.TrimSuffix(strings.TrimPrefix(m, "// func "), "(")
		return "// func " + newName(f.source, name) + "("
	})
	return []byte(text)
}

// pruneImports removes the imports that a file does not use, bundled ones first of all, and formats it.
func pruneImports(text []byte, bundled map[string]bool) ([]byte, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	used := map[string]bool{"_": true}
	ast.Inspect(f, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok {
				used[x.Name] = true
			}
		}
		return true
	})
	var edits []edit
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.IMPORT {
			continue
		}
		removed := 0
		var local []edit
		for _, s := range g.Specs {
			spec := s.(*ast.ImportSpec)
			p, _ := strconv.Unquote(spec.Path.Value)
			name := path.Base(p)
			if spec.Name != nil {
				name = spec.Name.Name
			}
			if bundled[p] || !used[name] {
				removed++
				local = append(local, edit{fset.Position(s.Pos()).Offset, fset.Position(s.End()).Offset, ""})
			}
		}
		if removed == len(g.Specs) {
			local = []edit{{fset.Position(g.Pos()).Offset, fset.Position(g.End()).Offset, ""}}
		}
		edits = append(edits, local...)
	}
	out := apply(text, edits)
	out = regexp.MustCompile(`import \(\n(\s*\n)+`).ReplaceAll(out, []byte("import (\n"))
	out, err = format.Source(out)
	return bytes.TrimLeft(out, "\n"), err
}
