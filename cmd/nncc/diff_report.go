package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"nncc/ir"
)

// writeReport reduces the model and writes all that a bug report needs to the folder --report.
func (o diffOptions) writeReport(s *session, stdout, stderr io.Writer) error {
	r, err := judge{path: s.path, fault: o.model.fault, fuel: o.model.fuel, compare: o.compare, precision: s.precision}.reduce(s.loaded, newProgress(stderr))
	if err != nil {
		return err
	}
	r.Model, r.File = s.name(), "reduced.nnir"
	if err := os.MkdirAll(o.report, 0o755); err != nil {
		return err
	}
	if err := writeGraph(filepath.Join(o.report, r.File), r.graph); err != nil {
		return err
	}
	err = writeFile(filepath.Join(o.report, "report.md"), func(w io.Writer) error {
		_, err := io.WriteString(w, r.report(filepath.Base(s.path)))
		return err
	})
	if err == nil && !o.json {
		fmt.Fprintf(stdout, "%s and %s are for a bug report: %s of %d\n",
			filepath.Join(o.report, "report.md"), filepath.Join(o.report, r.File), plural(r.Nodes, "node"), r.NodesBefore)
	}
	return err
}

// report is the text of report.md.
func (r *reduction) report(modelFile string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s is compiled wrongly\n\n", quoted(r.Model))
	fmt.Fprintf(&b, "`%s` has %s of the model's %d and still fails.\n\n", r.File, plural(r.Nodes, "node"), r.NodesBefore)
	fmt.Fprintf(&b, "## What is wrong\n\n%s\n", indented(r.Failure.String()))
	if r.Rewrite != nil {
		fmt.Fprintf(&b, "\nIt is right with `--fuel %d`, and wrong from %v on.\n", r.Rewrite.Number-1, *r.Rewrite)
	}
	fmt.Fprintf(&b, "\n## To see it\n\n%s\n", indented(r.command(r.File)+"\n"+r.command(modelFile)))
	fmt.Fprintf(&b, "\n## Where\n\n%s\n", indented(versionText(currentVersion())))
	var g strings.Builder
	_ = ir.Print(&g, r.graph, ir.PrintOptions{Short: true}) // a Builder takes every write
	fmt.Fprintf(&b, "\n## The model\n\nLarger constants are in `%s`.\n\n%s\n", r.File, indented(g.String()))
	return b.String()
}

// command is what shows the failure again.
func (r *reduction) command(file string) string {
	f := r.Failure
	if f.Kind == kindTest {
		return strings.TrimSuffix(f.Message, " holds") + " " + shellWord(file)
	}
	text := "nncc diff " + shellWord(file)
	if f.Backend != "" {
		text += " --backends " + f.Backend
	}
	if f.ISA != "" && f.ISA != f.Backend {
		text += " --isa " + f.ISA
	}
	if rounds(f.ISA) {
		text += " --precision bf16"
	}
	return text + fmt.Sprintf(" --seed %d", r.Seed)
}

// shellWord quotes a file's name for a shell where it has to.
func shellWord(s string) string {
	plain := strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-") == ""
	if plain && s != "" && !strings.HasPrefix(s, "-") {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// quoted makes a name harmless in Markdown.
func quoted(s string) string { return fmt.Sprintf("%q", s) }

// indented is text as a block of code.
func indented(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n    ")
}

func versionText(v versionInfo) string {
	var b strings.Builder
	v.print(&b)
	return b.String()
}
