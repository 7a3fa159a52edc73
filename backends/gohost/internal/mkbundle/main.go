// Command mkbundle writes the archives of sources that gohost carries: go generate runs it in backends/gohost.
package main

import (
	"fmt"
	"os"

	"nncc/backends/gohost/internal/bundle"
)

func main() {
	for name, sources := range bundle.Archives("../..") {
		data, err := bundle.Pack(sources)
		if err == nil {
			err = os.WriteFile(name, data, 0o666)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "mkbundle:", err)
			os.Exit(1)
		}
	}
}
