package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"nncc/backends/gohost"
	"nncc/codegen/sched"
)

// write puts the package and the intermediate forms in place and says what they are.
func (o buildOptions) write(r *built, stdout io.Writer, start time.Time) error {
	if err := uninterrupted(func(ctx context.Context) error { return gohost.Write(ctx, o.dir, r.files, false) }); err != nil {
		return err
	}
	for name, text := range r.forms {
		path := filepath.Join(o.dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := writeFile(path, func(w io.Writer) error {
			_, err := w.Write(text)
			return err
		}); err != nil {
			return err
		}
	}
	total, weights := 0, 0
	for _, content := range r.files {
		total += content.Bytes()
	}
	for _, c := range r.program.Constants {
		weights += len(c.Data)
	}
	fmt.Fprintf(stdout, "package %s in %s: %s, %s (weights %s), %.1f s\n",
		o.pkg, o.dir, plural(len(r.files), "file"), size(total), size(weights), time.Since(start).Seconds())
	for _, v := range r.program.Variants {
		bytes, kind := len(v.Code), "machine code"
		if v.Source != "" {
			bytes, kind = len(v.Source), "Go source"
		}
		fmt.Fprintf(stdout, "  %-9s %s, %s of %s\n", v.ISA, plural(len(v.Kernels), "kernel"), size(bytes), kind)
	}
	if o.train {
		fmt.Fprintf(stdout, "  Trainer   steps of %s, %s\n", plural(o.step.batch, "sample"), o.step.optimizer)
	}
	return nil
}

// size prints bytes in the unit that suits them.
func size(bytes int) string {
	switch {
	case bytes >= 1e6:
		return fmt.Sprintf("%.1f MB", float64(bytes)/1e6)
	case bytes >= 1e3:
		return fmt.Sprintf("%.1f kB", float64(bytes)/1e3)
	}
	return fmt.Sprintf("%d B", bytes)
}

// compare fails if the package on disk is not the one just built. What other tools made, or tools that are missing here,
// is not compared.
func (o buildOptions) compare(r *built, stdout, notes io.Writer) error {
	var stale *gohost.StaleError
	err := gohost.Write(context.Background(), o.dir, r.files, true)
	if !errors.As(err, &stale) {
		if err == nil {
			fmt.Fprintf(stdout, "package %s in %s is up to date\n", o.pkg, o.dir)
		}
		return err
	}
	had, readErr := o.recordedTools()
	if readErr != nil || slices.Equal(had, r.tools) {
		return err
	}
	stale.Files = slices.DeleteFunc(stale.Files, func(name string) bool {
		return holdsMachineCode(name) || len(r.tools) == 0 && dependsOnVariants(name)
	})
	if len(stale.Files) > 0 {
		return stale
	}
	note(notes, "machine code is not compared: it was made with %s, here is %s", orNone(had), orNone(r.tools))
	fmt.Fprintf(stdout, "package %s in %s is up to date but for its machine code\n", o.pkg, o.dir)
	return nil
}

// recordedTools reads from the package's manifest what it was made with.
func (o buildOptions) recordedTools() ([]string, error) {
	var manifest struct {
		Tools []string `json:"tools"`
	}
	text, err := os.ReadFile(filepath.Join(o.dir, "manifest.json"))
	if err != nil {
		return nil, err
	}
	return manifest.Tools, json.Unmarshal(text, &manifest)
}

// holdsMachineCode reports whether a file of a package has machine code in it, or sizes and hashes of it.
func holdsMachineCode(name string) bool {
	ofVariant := slices.ContainsFunc(sched.Targets, func(t sched.Target) bool { return strings.HasPrefix(name, "nncc_"+t.ISA+"_") })
	return ofVariant || strings.HasPrefix(name, "native_") || name == "manifest.json"
}

// dependsOnVariants reports whether a file of a package is another one if there are other variants.
func dependsOnVariants(name string) bool {
	return name == "net.go" || name == "variants.go" || name == "weights.bin"
}

func orNone(tools []string) string {
	if len(tools) == 0 {
		return "no llc"
	}
	return list(tools)
}
