package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"nncc/cmd/nncc/page"
	"nncc/codegen/sched"
)

// openMachine finds a profile that is checked in, or reads one from a .json file. It must say how fast isa is. Without a
// name it is the first one that does.
func openMachine(name, isa string) (sched.Machine, error) {
	if name == "" {
		for _, m := range sched.Machines {
			if _, ok := m.Peak(isa, "f32"); ok {
				return m, nil
			}
		}
	}
	m, ok := sched.LookupMachine(name)
	if !ok {
		if !strings.EqualFold(filepath.Ext(name), ".json") {
			return m, usagef("there is no machine %q; there are %s, and .json files that bench --machine printed", name, knownMachines())
		}
		text, err := readShort(name)
		if err != nil {
			return m, err
		}
		if m, err = sched.ParseMachine(text); err != nil {
			return m, fmt.Errorf("%s is no machine profile: %w", name, err)
		}
	}
	if _, ok := m.Peak(isa, "f32"); !ok {
		return m, usagef("the machine %s has no %s; --isa chooses another instruction set", m.Name, isa)
	}
	return m, nil
}

// readShort reads a file that a person could have written.
func readShort(name string) ([]byte, error) {
	const longestBytes = 1 << 20
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, longestBytes+1))
	if len(text) > longestBytes {
		return nil, fmt.Errorf("%s is larger than %d bytes", name, longestBytes)
	}
	return text, err
}

func knownMachines() string {
	var names []string
	for _, m := range sched.Machines {
		names = append(names, m.Name)
	}
	return list(names)
}

// writePage puts a page into a file, all of it or nothing.
func writePage(file string, p page.Page) error {
	return writeFile(file, p.Write)
}
