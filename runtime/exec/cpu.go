package exec

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
)

// EnvISA is the environment variable that pins the instruction set, by Variant.ISA.
const EnvISA = "NNCC_ISA"

// PinnedISA returns the instruction set pinned by the environment, or the empty string.
func PinnedISA() string { return os.Getenv(EnvISA) }

// UnsupportedError reports that a variant needs CPU features which this machine does not have.
type UnsupportedError struct {
	ISA     string
	Missing []string // feature names, or "native calls" where the architecture has no trampoline
}

func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("exec: variant %s needs %s, which this machine does not have", e.ISA, strings.Join(e.Missing, ", "))
}

// Features returns the features that the CPU has and the operating system saves, by LLVM's names, sorted. They are
// measured from CPUID and XCR0, never derived from a model name: virtual machines mask features.
func Features() []string { return slices.Clone(cpuFeatures()) }

// Supported says whether every one of the features is there. On Linux, asking about an AMX feature asks the system for
// the permission to use tiles.
func Supported(features []string) bool { return len(missingFeatures(features)) == 0 }

// Fast says whether code that uses the features, all of which are supported, is worth running: processors have some
// instructions for compatibility alone. It is measured.
func Fast(features []string) bool { return !slow(features) }

// Pick returns the first variant that this machine can run, and runs fast. If isa is not empty, only variants of that
// name count, however fast.
func Pick(variants []*Variant, isa string) (*Variant, error) {
	var names []string
	var problems []error
	for _, v := range variants {
		names = append(names, v.ISA)
		if isa != "" && v.ISA != isa {
			continue
		}
		err := v.unsupported()
		if err == nil && (isa != "" || Fast(v.Features)) {
			return v, nil
		}
		if err == nil {
			err = fmt.Errorf("exec: variant %s uses instructions that are slow on this machine", v.ISA)
		}
		problems = append(problems, err)
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	if len(names) == 0 {
		return nil, errors.New("exec: no variants to pick from")
	}
	return nil, fmt.Errorf("exec: no variant %q; there are %s", isa, strings.Join(names, ", "))
}

// unsupported returns an *UnsupportedError if this machine cannot run the variant.
func (v *Variant) unsupported() error {
	missing := missingFeatures(v.Features)
	if !nativeCalls && slices.ContainsFunc(v.Kernels, func(k Kernel) bool { return k.Entry != 0 }) {
		missing = append(missing, "native calls")
	}
	if len(missing) > 0 {
		return &UnsupportedError{ISA: v.ISA, Missing: missing}
	}
	return nil
}

func missingFeatures(features []string) []string {
	var missing []string
	for _, f := range features {
		_, ok := slices.BinarySearch(cpuFeatures(), f)
		if !ok || strings.HasPrefix(f, "amx-") && !tilesPermitted() {
			missing = append(missing, f)
		}
	}
	return missing
}

// tilesPermitted asks once per process for the use of AMX tiles, which makes signal frames larger: only when a variant
// wants them.
var tilesPermitted = sync.OnceValue(requestAMX)

// cpuFeatures is measured once per process.
var cpuFeatures = sync.OnceValue(func() []string {
	f := detectFeatures()
	slices.Sort(f)
	return f
})
