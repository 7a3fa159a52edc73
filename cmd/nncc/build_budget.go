package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"nncc/backends/gohost"
	"nncc/codegen/sched"
	"nncc/runtime/exec"
	"nncc/runtime/program"
)

// byteSize is a flag for a number of bytes, such as 4096, 400kB or 1.5GiB; 0 if it is not given.
type byteSize int64

// byteUnits are what may follow the number, in lower case. The longer ones come before those they end in.
var byteUnits = []struct {
	name  string
	bytes float64
}{
	{"kib", 1 << 10}, {"mib", 1 << 20}, {"gib", 1 << 30}, {"tib", 1 << 40},
	{"kb", 1e3}, {"mb", 1e6}, {"gb", 1e9}, {"tb", 1e12}, {"b", 1}, {"", 1},
}

// Set implements pflag.Value.
func (b *byteSize) Set(text string) error {
	lower := strings.ToLower(strings.TrimSpace(text))
	for _, unit := range byteUnits {
		number, ok := strings.CutSuffix(lower, unit.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if bytes := n * unit.bytes; err == nil && bytes >= 1 && bytes < math.MaxInt64 {
			*b = byteSize(bytes)
			return nil
		}
		break
	}
	return errors.New("expected a number of bytes, such as 4096, 400kB, 2MB or 1.5GiB")
}

// String implements pflag.Value.
func (b *byteSize) String() string {
	if *b == 0 {
		return ""
	}
	return strconv.FormatInt(int64(*b), 10)
}

// Type implements pflag.Value.
func (b *byteSize) Type() string { return "size" }

// milliseconds is a flag for a time; 0 if it is not given.
type milliseconds float64

// Set implements pflag.Value.
func (m *milliseconds) Set(text string) error {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n > 0) || math.IsInf(n, 0) {
		return errors.New("expected a number of milliseconds above 0")
	}
	*m = milliseconds(n)
	return nil
}

// String implements pflag.Value.
func (m *milliseconds) String() string {
	if *m == 0 {
		return ""
	}
	return strconv.FormatFloat(float64(*m), 'g', -1, 64)
}

// Type implements pflag.Value.
func (m *milliseconds) Type() string { return "ms" }

// checkBytes fails if the package takes more than --max-bytes allows, and says what takes how much.
func (o buildOptions) checkBytes(files map[string]gohost.File) error {
	if o.maxBytes == 0 {
		return nil
	}
	total, parts := 0, map[string]int{}
	for name, content := range files {
		total += content.Bytes()
		parts[partOf(name)] += content.Bytes()
	}
	if int64(total) <= int64(o.maxBytes) {
		return nil
	}
	names := slices.SortedFunc(maps.Keys(parts), func(a, b string) int {
		return cmp.Or(cmp.Compare(parts[b], parts[a]), strings.Compare(a, b))
	})
	var text strings.Builder
	fmt.Fprintf(&text, "the package takes %s, %s more than the %s that --max-bytes allows:", size(total), size(total-int(o.maxBytes)), size(int(o.maxBytes)))
	for _, name := range names {
		fmt.Fprintf(&text, "\n%12s  %s", size(parts[name]), name)
	}
	return errors.New(text.String())
}

// limitDerived bounds the weights that are transformed when the program is opened by what --max-bytes leaves beside the
// package's files, and reports whether they take more now.
func (o buildOptions) limitDerived(s *session, r *built, show *progress, notes io.Writer) bool {
	if o.maxBytes == 0 {
		return false
	}
	left, derived := int64(o.maxBytes), int64(0)
	for _, content := range r.files {
		left -= int64(content.Bytes())
	}
	for _, v := range r.program.Variants {
		derived = max(derived, int64(v.DerivedBytes))
	}
	if left < 0 || derived <= left { // too large without them, or small enough
		return false
	}
	show.done()
	note(notes, "--max-bytes leaves %s for transformed weights, which would take %s: some layers get slower kernels without them", size(int(left)), size(int(derived)))
	s.maxDerivedBytes = &left
	return true
}

// partOf says what a file of a package is for.
func partOf(name string) string {
	for _, t := range sched.Targets {
		if strings.HasPrefix(name, "nncc_"+t.ISA+"_") {
			return "machine code for " + t.ISA + ", as Go assembly"
		}
	}
	switch {
	case name == "weights.bin":
		return "weights"
	case name == "kernels.go":
		return "portable kernels"
	case strings.HasSuffix(name, "_test.go"), strings.HasPrefix(name, "testdata/"):
		return "tests"
	}
	return "runtime, API and manifest"
}

// checkTime fails if the median prediction takes longer here than --max-ms allows.
func (o buildOptions) checkTime(s *session, p *program.Program, show *progress, notes io.Writer) error {
	if o.maxMS == 0 {
		return nil
	}
	show.step("measuring")
	e, err := openFor(s, p, notes)
	if err != nil {
		return fmt.Errorf("--max-ms: %w", err)
	}
	defer e.Close()
	in := randomInputs(e.signature, 1, 1)
	in.copyTo(e, 0)
	best := time.Duration(math.MaxInt64)
	for range measuredRounds {
		m, err := benchOptions{seconds: 0.3}.measure(func(times []time.Duration) error { return timeRuns(e, in, times) })
		if err != nil {
			return err
		}
		best = min(best, m.median())
	}
	took := float64(best.Nanoseconds()) / 1e6
	if took <= float64(o.maxMS) {
		return nil
	}
	return fmt.Errorf("the median prediction takes %.4g ms, %.4g ms more than the %v that --max-ms allows (on this machine, with %s and %s)",
		took, took-float64(o.maxMS), &o.maxMS, e.isa, plural(e.threads, "thread"))
}

// measuredRounds is how often the median is taken. The least counts: other processes make it larger, and nothing less.
const measuredRounds = 3

// openFor opens the variant of p that the package would use on this machine.
func openFor(s *session, p *program.Program, notes io.Writer) (*engine, error) {
	pinned := exec.PinnedISA()
	for i := range p.Variants {
		v := &p.Variants[i]
		switch {
		case pinned != "" && v.ISA != pinned:
		case v.ISA == gohost.ISA:
			return s.open(engineOptions{backend: backendPortable, isa: gohost.ISA}, notes)
		case v.Arch == runtime.GOARCH && exec.Supported(v.Features):
			return openVariant(p, v, engineOptions{batch: 1})
		}
	}
	return nil, errors.New("no variant of the package runs on this machine")
}
