package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"nncc/codegen/sched"
	"nncc/ir/diag"
)

// scheduleFile is what --tune writes and --schedule reads: the kernels of convolutions that were measured to be faster
// than those that cost models choose. Docs/tuning.md describes it.
type scheduleFile struct {
	Kernels []pinnedKernel `json:"kernels"`
}

// pinnedKernel is a line of the file. The times are there for those who read it.
type pinnedKernel struct {
	sched.Pin
	Us        float64 `json:"us"`
	UntunedUs float64 `json:"untuned_us"`
}

// readSchedule reads the pins of a file.
func readSchedule(name string) ([]sched.Pin, error) {
	file, err := parseSchedule(name)
	if err != nil {
		return nil, err
	}
	var pins []sched.Pin
	for _, k := range file.Kernels {
		pins = append(pins, k.Pin)
	}
	return pins, nil
}

func parseSchedule(name string) (scheduleFile, error) {
	var file scheduleFile
	text, err := readShort(name)
	if err != nil {
		return file, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&file); err != nil {
		place := decoder.InputOffset()
		var syntax *json.SyntaxError
		var mistyped *json.UnmarshalTypeError
		switch {
		case errors.As(err, &syntax):
			place = syntax.Offset
		case errors.As(err, &mistyped):
			place = mistyped.Offset
		case errors.Is(err, io.ErrUnexpectedEOF):
			place = int64(len(text))
		}
		return file, &diag.Error{Pos: posOf(name, text, int(place)), Msg: "this is no schedule: " + strings.TrimPrefix(err.Error(), "json: "), Hint: "nncc build --tune writes one"}
	}
	var problems diag.List
	seen := map[sched.Pin]bool{}
	for _, k := range file.Kernels {
		one := sched.Pin{ISA: k.ISA, Conv: k.Conv}
		if _, known := sched.LookupTarget(k.ISA); !known {
			problems.Add(placeOf(name, text, k.Pin), "there is no instruction set %q", k.ISA)
		}
		if seen[one] {
			problems.Add(placeOf(name, text, k.Pin), "two kernels for %s on %s", k.Conv, k.ISA)
		}
		seen[one] = true
	}
	return file, problems.Err()
}

// placeOf is where the text of a pin begins, or at least its file.
func placeOf(name string, text []byte, pin sched.Pin) diag.Pos {
	form, _ := json.Marshal(pin.Conv) // strings always can be
	for from := 0; ; {
		i := bytes.Index(text[from:], form)
		if i < 0 {
			return diag.Pos{File: name}
		}
		from += i
		line := text[bytes.LastIndexByte(text[:from], '\n')+1:]
		if end := bytes.IndexByte(line, '\n'); end >= 0 {
			line = line[:end]
		}
		if isa, _ := json.Marshal(pin.ISA); bytes.Contains(line, isa) {
			return posOf(name, text, from)
		}
		from += len(form)
	}
}

// posOf is the place at an offset.
func posOf(name string, text []byte, offset int) diag.Pos {
	before := text[:min(max(offset, 0), len(text))]
	return diag.Pos{File: name, Line: bytes.Count(before, []byte("\n")) + 1, Col: len(before) - bytes.LastIndexByte(before, '\n')}
}

// checkSchedule reports the pins that no kernel of the model can follow.
func (s *session) checkSchedule(name string) error {
	text, err := readShort(name)
	if err != nil {
		return err
	}
	var problems diag.List
	for _, t := range sched.Targets {
		t = s.target(t)
		for _, pin := range sched.Assign(s.graph, t).Unmet(s.graph) {
			problems.Add(placeOf(name, text, pin), "%s has no kernel %q with tile %q here", pin.Conv, pin.Kernel, pin.Tile).
				Hint = "the file is of another version or of other options: --tune writes it anew"
		}
	}
	return problems.Err()
}

// writeSchedule puts kernels into a file in place of those of their instruction sets, a line for each.
func writeSchedule(name string, isas []string, kernels []pinnedKernel) error {
	old, err := parseSchedule(name)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	for _, k := range old.Kernels {
		if !slices.Contains(isas, k.ISA) {
			kernels = append(kernels, k)
		}
	}
	slices.SortStableFunc(kernels, func(a, b pinnedKernel) int { return strings.Compare(a.ISA, b.ISA) })
	return writeFile(name, func(w io.Writer) error {
		var lines []string
		for _, k := range kernels {
			line, err := json.Marshal(k)
			if err != nil {
				return err
			}
			lines = append(lines, "\n"+string(line))
		}
		_, err := fmt.Fprintf(w, "{\"kernels\": [%s\n]}\n", strings.Join(lines, ","))
		return err
	})
}
