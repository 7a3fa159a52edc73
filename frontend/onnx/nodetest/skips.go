package nodetest

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// Skips says why cases are not run, by name.
type Skips map[string]string

// reasons are all that may stand in a list of skips.
var reasons = []string{
	"dtype", // an element type that nncc does not have: 8 bits of exponent
}

// ReadSkips reads a list: "case: reason" a line; # starts a comment.
func ReadSkips(path string) (Skips, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	skips := Skips{}
	for line := range strings.Lines(string(text)) {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		name, reason, _ := strings.Cut(line, ": ")
		if !slices.Contains(reasons, reason) {
			return nil, fmt.Errorf("%s: %q", path, line)
		}
		skips[name] = reason
	}
	return skips, nil
}

// Check verifies that each skip is a case, and that at most a tenth of the cases of an operator are skipped.
func (s Skips) Check(cases []Case) error {
	total, skipped, known := map[string]int{}, map[string]int{}, map[string]bool{}
	for _, c := range cases {
		known[c.Name] = true
		total[c.Operator]++
		if s[c.Name] != "" {
			skipped[c.Operator]++
		}
	}
	for name := range s {
		if !known[name] {
			return fmt.Errorf("there is no case %q to skip", name)
		}
	}
	for operator, n := range skipped {
		if 10*n > total[operator] {
			return fmt.Errorf("%d of %d cases of %s are skipped", n, total[operator], operator)
		}
	}
	return nil
}
