package nodetest

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// Skip says why a case is not run, or not wholly.
type Skip struct {
	Reason  string
	Outputs int // how many of the case's outputs are compared; 0: it is not run
}

// Skips are the exceptions by case name.
type Skips map[string]Skip

// reasons are all that may stand in a list of skips.
var reasons = []string{
	"dtype",            // an element type that nncc does not have: 8 bits of exponent
	"indices (output)", // a pool's places of the maxima; the maxima are compared
}

// ReadSkips reads a list: "case: reason" a line, "case [n]: reason" where the first n outputs are compared; # starts
// a comment.
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
		s := Skip{Reason: reason}
		if n, _ := fmt.Sscanf(name, "%s [%d]", &name, &s.Outputs); n == 0 || !slices.Contains(reasons, reason) {
			return nil, fmt.Errorf("%s: %q", path, line)
		}
		skips[name] = s
	}
	return skips, nil
}

// Check verifies that each skip is a case, and that at most a tenth of the cases of an operator are skipped.
func (s Skips) Check(cases []Case) error {
	total, skipped, known := map[string]int{}, map[string]int{}, map[string]bool{}
	for _, c := range cases {
		known[c.Name] = true
		skip := s[c.Name]
		total[c.Operator]++
		if skip.Reason != "" && skip.Outputs == 0 {
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
