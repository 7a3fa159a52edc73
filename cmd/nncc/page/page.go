// Package page makes the HTML pages that subcommands write: one file each, without anything from elsewhere. All text is
// escaped, and a content security policy lets the browser run the page's own script, show pictures in the page, and nothing else.
package page

import (
	"bufio"
	"crypto/sha256"
	_ "embed" // the style and the script of every page
	"encoding/base64"
	"fmt"
	"io"
)

//go:embed page.css
var style string

//go:embed page.js
var script string

// Page is a document.
type Page struct {
	Title string
	Wide  bool // uses the whole window
	Body  []Node
}

// Write prints the document.
func (p Page) Write(w io.Writer) error {
	b := bufio.NewWriter(w)
	policy := fmt.Sprintf("default-src 'none'; img-src data:; style-src '%s'; script-src '%s'", hash(style), hash(script))
	b.WriteString("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n")
	b.WriteString(`<meta http-equiv="Content-Security-Policy" content="` + policy + `">` + "\n")
	b.WriteString(`<meta name="viewport" content="width=device-width, initial-scale=1">` + "\n")
	TextEl("title", p.Title).write(b)
	b.WriteString("\n<style>" + style + "</style></head>\n")
	main := El("main", p.Body...)
	if p.Wide {
		main = main.Class("wide")
	}
	b.WriteString("<body>")
	main.write(b)
	b.WriteString("\n<script>" + script + "</script></body></html>\n")
	return b.Flush()
}

// hash is the source expression of a policy that admits this text alone.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}
