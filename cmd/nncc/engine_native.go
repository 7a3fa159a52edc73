package main

import (
	"cmp"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"nncc/backends"
	"nncc/backends/all"
	"nncc/codegen"
	"nncc/codegen/sched"
	"nncc/runtime/exec"
	"nncc/runtime/program"
)

// nativeTarget picks the instruction set to compile for: isa, or the best for programs of a precision that some backend
// compiles for and the processor supports.
func nativeTarget(isa string, p sched.Precision) (backends.Target, []backends.Backend, error) {
	usable, missing := all.Available()
	unsupported := &exec.UnsupportedError{ISA: cmp.Or(isa, backendCPU), Missing: []string{"native calls on " + runtime.GOARCH}}
	for _, st := range p.Targets() {
		t, ok := backends.TargetFor(st.ISA)
		if !ok || st.ISA == backendPortable || isa != "" && st.ISA != isa || t.Arch != runtime.GOARCH {
			continue
		}
		if !exec.Supported(t.Features) {
			unsupported = &exec.UnsupportedError{ISA: t.ISA, Missing: lacking(t.Features)}
			continue
		}
		if isa == "" && !exec.Fast(t.Features) {
			continue
		}
		if backendOf(usable, t.ISA) != nil {
			return t, usable, nil
		}
		return backends.Target{}, nil, &unavailableError{errors.Join(missing...)}
	}
	return backends.Target{}, nil, unsupported
}

// compilersFor returns the backends if one of them compiles for isa.
func compilersFor(isa string) ([]backends.Backend, error) {
	usable, missing := all.Available()
	if backendOf(usable, isa) == nil {
		return nil, &unavailableError{errors.Join(append(missing, fmt.Errorf("no backend compiles for %s here", isa))...)}
	}
	return usable, nil
}

// backendOf finds the backend that compiles for isa, or nil.
func backendOf(usable []backends.Backend, isa string) backends.Backend {
	for _, b := range usable {
		if slices.Contains(b.Caps().ISAs, isa) {
			return b
		}
	}
	return nil
}

func lacking(features []string) []string {
	var out []string
	for _, f := range features {
		if !exec.Supported([]string{f}) {
			out = append(out, f)
		}
	}
	return out
}

func (s *session) openNative(o engineOptions) (*engine, error) {
	target, usable, err := nativeTarget(o.isa, s.precision)
	if err != nil {
		return nil, err
	}
	p, err := codegen.Compile(s.graph, s.options(codegen.Options{ISAs: []string{target.ISA}, Backends: usable, Layers: o.layers, Verify: true}))
	if err != nil {
		return nil, err
	}
	return openVariant(p, &p.Variants[0], o)
}

// openVariant maps the code of one of p's variants and opens it.
func openVariant(p *program.Program, variant *program.Variant, o engineOptions) (*engine, error) {
	v, err := p.Native(variant)
	if err != nil {
		return nil, err
	}
	in, err := exec.Open(v, p.ConstData(), exec.Options{MaxBatch: o.batch, Threads: o.threads})
	if err != nil {
		return nil, errors.Join(err, v.Code.Close())
	}
	return &engine{
		runner: nativeRunner{in, v.Code, len(v.Step)}, backend: backendCPU, isa: v.ISA, threads: in.Threads(), maxBatch: o.batch,
		signature: p.Signature, variant: variant,
	}, nil
}

// nativeRunner is an instance that owns its code.
type nativeRunner struct {
	*exec.Instance
	code     *exec.Code
	launches int
}

// BenchLayers times every launch, a row for each repetition: in the order of the network, so that each finds the caches
// as in a run.
func (r nativeRunner) BenchLayers(batch, runs int) ([][]time.Duration, error) {
	rows := make([][]time.Duration, runs)
	for i := range rows {
		rows[i] = make([]time.Duration, r.launches)
		for j := range rows[i] {
			start := time.Now()
			if err := r.RunLaunch(j, batch); err != nil {
				return nil, err
			}
			rows[i][j] = time.Since(start)
		}
	}
	return rows, nil
}

func (r nativeRunner) Close() {
	r.Instance.Close()
	_ = r.code.Close() // fails only for memory that is not mapped
}
