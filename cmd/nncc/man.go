package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// manCommand is for those who package nncc.
func manCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "man DIR",
		Short: "Write the manual pages",
		Long:  `Man writes a manual page for nncc and one for each subcommand to DIR, which it makes if need be.`,
		Example: `  nncc man /usr/local/share/man/man1
  nncc man pages && man ./pages/nncc-build.1`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("one folder is expected, %d arguments were given", len(args))
			}
			return nil
		},
		Hidden: true,
		RunE:   func(cmd *cobra.Command, args []string) error { return writeManual(cmd.Root(), args[0]) },
	}
}

// writeManual writes the pages of root and its subcommands to dir.
func writeManual(root *cobra.Command, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	root.DisableAutoGenTag = true
	for _, c := range append(root.Commands(), root) {
		if !c.IsAvailableCommand() && c != root {
			continue
		}
		page, err := manualPage(c)
		if err != nil {
			return err
		}
		path := filepath.Join(dir, strings.ReplaceAll(c.CommandPath(), " ", "-")+".1")
		if err := writeFile(path, func(w io.Writer) error {
			_, err := w.Write(page)
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

func manualPage(c *cobra.Command) ([]byte, error) {
	c.Long = codeBlocks(c.Long)
	var page bytes.Buffer
	err := doc.GenMan(c, &doc.GenManHeader{Section: "1", Source: strings.TrimSpace("nncc " + release()), Manual: "nncc", Date: &time.Time{}}, &page)
	// A page has a date, which would differ from one build to the next.
	return bytes.Replace(page.Bytes(), []byte(`"`+time.Time{}.Format("Jan 2006")+`"`), []byte(`""`), 1), err
}

// codeBlocks makes indented lines of a help text those of a code block in Markdown.
func codeBlocks(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "  ") {
			lines[i] = "  " + line
		}
	}
	return strings.Join(lines, "\n")
}
