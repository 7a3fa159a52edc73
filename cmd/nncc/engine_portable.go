package main

import (
	"errors"

	"nncc/backends"
	"nncc/backends/gohost"
	"nncc/codegen"
	"nncc/runtime/exec"
	"nncc/runtime/program"
)

// openPortable builds the portable kernels into a helper process and opens the program there.
func (s *session) openPortable(o engineOptions) (*engine, error) {
	p, err := codegen.Compile(s.graph, s.options(codegen.Options{
		ISAs: []string{gohost.ISA}, Backends: []backends.Backend{gohost.New()}, Layers: o.layers, Verify: true,
	}))
	if err != nil {
		return nil, err
	}
	return openHelper(p, o)
}

// openHelper builds the first variant, which is portable, into a helper process and opens it there.
func openHelper(p *program.Program, o engineOptions) (*engine, error) {
	process, err := gohost.Start(gohost.Config{}, p)
	if errors.Is(err, gohost.ErrNoGo) {
		return nil, &unavailableError{err}
	}
	if err != nil {
		return nil, err
	}
	in, err := process.Open(0, exec.Options{MaxBatch: o.batch, Threads: o.threads})
	if err != nil {
		return nil, errors.Join(err, process.Close())
	}
	return &engine{
		runner: portableRunner{in, process}, backend: backendPortable, isa: gohost.ISA, threads: in.Threads(), maxBatch: o.batch,
		signature: p.Signature, variant: &p.Variants[0],
	}, nil
}

// portableRunner is an instance that owns its process.
type portableRunner struct {
	*gohost.Instance
	process *gohost.Process
}

func (r portableRunner) Close() {
	r.Instance.Close()
	_ = r.process.Close() // how it ends does not matter: what it computed is here
}
