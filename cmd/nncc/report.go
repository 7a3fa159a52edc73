package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"unicode/utf8"

	"nncc/ir/diag"
)

// printError writes every problem with its place; those without one are put down to nncc.
func printError(w io.Writer, err error) {
	// What was done to the file is for programmers: open, stat.
	if failed, ok := err.(*fs.PathError); ok {
		err = fmt.Errorf("%s: %w", failed.Path, failed.Err)
	}
	var list *diag.List
	var one *diag.Error
	if !errors.As(err, &list) && (!errors.As(err, &one) || one.Pos.String() == "") {
		fmt.Fprint(w, "nncc: ")
	}
	diag.Fprint(w, err, sourceText())
}

// sourceText reads the text that diagnostics quote, each file once. Binary and very long files have none.
func sourceText() diag.Source {
	const longestBytes = 64 << 20
	texts := map[string]string{}
	return func(file string) (string, bool) {
		if text, ok := texts[file]; ok {
			return text, text != ""
		}
		texts[file] = ""
		if info, err := os.Stat(file); err != nil || !info.Mode().IsRegular() || info.Size() > longestBytes {
			return "", false
		}
		data, err := os.ReadFile(file)
		if err != nil || !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
			return "", false
		}
		texts[file] = string(data)
		return texts[file], texts[file] != ""
	}
}

// printJSON writes v as one line.
func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// note tells the user something that is no error, on stderr.
func note(w io.Writer, format string, args ...any) {
	fmt.Fprintf(w, "nncc: "+format+"\n", args...)
}
