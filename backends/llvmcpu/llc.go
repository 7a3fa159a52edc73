package llvmcpu

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"

	"nncc/backends"
	"nncc/ir/diag"
)

// ErrNoLLC is the error of New where LLVM's code generator is missing or too old.
var ErrNoLLC error = &diag.Error{
	Msg: "llc, the code generator of LLVM 14 or later, was not found",
	Hint: "install it (Debian, Ubuntu: apt install llvm-19; Fedora: dnf install llvm; macOS: brew install llvm) " +
		"or set NNCC_LLC to its path",
}

// oldestLLVM is the first release whose output was checked.
const oldestLLVM = 14

// llc is LLVM's static compiler, run as a process.
type llc struct {
	path    string
	version string          // such as 19.1.7
	targets map[string]bool // LLVM's names of those it was built for, such as x86-64
}

// findLLC looks at path, if given, or else at $NNCC_LLC and then through PATH, the best-known release first.
func findLLC(path string) (*llc, error) {
	if path == "" {
		path = os.Getenv("NNCC_LLC")
	}
	if path != "" {
		tool, err := probeLLC(path)
		if err != nil {
			return nil, fmt.Errorf("%w; %s: %w", ErrNoLLC, path, err)
		}
		return tool, nil
	}
	for _, name := range []string{"llc-19", "llc-18", "llc-17", "llc-16", "llc-15", "llc-14", "llc"} {
		found, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		if tool, err := probeLLC(found); err == nil {
			return tool, nil
		}
	}
	return nil, ErrNoLLC
}

var (
	versionLine = regexp.MustCompile(`LLVM version ((\d+)\.[0-9.]+)`)
	targetLine  = regexp.MustCompile(`(?m)^ +(\S+) +- `)
)

// probeLLC asks a binary for its version and targets.
func probeLLC(path string) (*llc, error) {
	out, err := exec.Command(path, "--version").Output()
	if err != nil {
		return nil, err
	}
	m := versionLine.FindSubmatch(out)
	if m == nil {
		return nil, fmt.Errorf("it does not name its version")
	}
	if major, err := strconv.Atoi(string(m[2])); err != nil || major < oldestLLVM {
		return nil, fmt.Errorf("version %s is older than %d", m[1], oldestLLVM)
	}
	tool := &llc{path: path, version: string(m[1]), targets: map[string]bool{}}
	for _, line := range targetLine.FindAllSubmatch(out, -1) {
		tool.targets[string(line[1])] = true
	}
	return tool, nil
}

// makesCodeFor reports whether llc was built for an architecture, named as GOARCH is.
func (l *llc) makesCodeFor(arch string) bool {
	return l.targets[map[string]string{"amd64": "x86-64", "arm64": "aarch64"}[arch]]
}

// targetFlags are the flags that decide what code comes out for t.
func targetFlags(t backends.Target) []string {
	attrs := make([]string, 0, len(t.Features)+len(t.Tuning))
	for _, f := range t.Features {
		attrs = append(attrs, "+"+f)
	}
	attrs = append(attrs, t.Tuning...)
	flags := []string{
		"-O2", "-mtriple=" + t.Triple, "-mcpu=" + t.CPU, "-mattr=" + strings.Join(attrs, ","),
		"-relocation-model=pic", "-stack-size-section", "-function-sections", "-disable-lsr",
	}
	if t.LoopAlignBytes > 0 {
		flags = append(flags, fmt.Sprint("-align-loops=", t.LoopAlignBytes))
	}
	if t.Arch == "arm64" {
		flags = append(flags, "-code-model=tiny")
	}
	return flags
}

// run compiles LLVM IR text to the given file type, "obj" or "asm".
func (l *llc) run(text string, flags []string, fileType string) ([]byte, error) {
	args := append([]string{"-filetype=" + fileType, "-o", "-"}, flags...)
	cmd := exec.Command(l.path, append(args, "-")...)
	var out, msg bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(text), &out, &msg
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("llvmcpu: llc %s: %w: %s", l.version, err, firstLines(msg.String()))
	}
	return out.Bytes(), nil
}

// firstLines keeps what llc says about its input and drops the stack dump behind it.
func firstLines(s string) string {
	lines := strings.SplitN(strings.TrimSpace(s), "\n", 5)
	return strings.Join(lines[:min(len(lines), 4)], "; ")
}
