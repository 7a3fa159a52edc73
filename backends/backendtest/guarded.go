package backendtest

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"unsafe"

	"nncc/backends"
	"nncc/codegen/loopir"
	"nncc/ir"
	"nncc/runtime/exec"
	"nncc/runtime/exec/exectest"
	"nncc/runtime/program"
	"nncc/runtime/tensor"
)

// Guarded runs machine code kernel by kernel: every buffer has exactly the size that the kernel declares, once directly
// before an inaccessible page and once directly behind one, memory nobody has written is full of ones (which are no
// number), and no kernel may use more stack than it declares.
type Guarded struct{ Native }

// Name implements Executor.
func (e Guarded) Name() string { return e.ISA + "-guarded" }

// Slow implements Executor: it copies every buffer, twice.
func (e Guarded) Slow() bool { return true }

// Prepare implements Executor.
func (e Guarded) Prepare(t testing.TB, graphs []*ir.Graph) []Run {
	guards := &guards{t: t}
	return prepareAll(graphs, func(_ int, g *ir.Graph) (Run, error) {
		recorder := &recorder{Backend: e.Backend, params: map[string][][]*loopir.Buffer{}}
		p, v, err := Native{ISA: e.ISA, Backend: recorder}.compile(t, g)
		if err != nil {
			return nil, err
		}
		params := recorder.params[string(p.Variants[0].Code)]
		return func(inputs []*tensor.Tensor, m Mode) ([]*tensor.Tensor, error) {
			r := guardedRun{guards, p, v, params, m.Batch, bytes.Repeat([]byte{0xff}, v.ArenaBytes*m.Batch), bytes.Repeat([]byte{0xff}, v.DerivedBytes)}
			for i, x := range inputs {
				copy(r.port(v.Inputs[i]), x.Data)
			}
			for _, l := range append(slices.Clone(v.Init), v.Step...) {
				if err := r.launch(l); err != nil {
					return nil, fmt.Errorf("%s: %w", l.Name, err)
				}
			}
			return results(g, m.Batch, func(i int) []byte { return r.port(v.Outputs[i]) }), nil
		}, nil
	})
}

// recorder is a backend that remembers the parameters of the kernels it compiled, by the code they became: of several
// schedules the compiler keeps one.
type recorder struct {
	backends.Backend
	params map[string][][]*loopir.Buffer
}

// Compile implements backends.Backend.
func (r *recorder) Compile(funcs []*loopir.Func, t backends.Target, o backends.Options) (*backends.Object, error) {
	obj, err := r.Backend.Compile(funcs, t, o)
	if err != nil {
		return nil, err
	}
	var params [][]*loopir.Buffer
	for _, f := range funcs {
		params = append(params, f.Params)
	}
	r.params[string(obj.Code)] = params
	return obj, nil
}

// guards are areas between inaccessible pages, one per argument of the kernel that runs.
type guards struct {
	t     testing.TB
	areas [][]byte
}

// areaBytes is more than any buffer of the test networks needs.
const areaBytes = 64 << 20

// area is number i; its first or, at the end, its last n bytes.
func (g *guards) area(i, n int, atEnd bool) ([]byte, error) {
	if n > areaBytes {
		return nil, fmt.Errorf("a buffer of %d bytes", n)
	}
	for i >= len(g.areas) {
		g.areas = append(g.areas, exectest.Guarded(g.t, areaBytes))
	}
	if atEnd {
		return g.areas[i][areaBytes-n:], nil
	}
	return g.areas[i][:n:n], nil
}

type guardedRun struct {
	*guards
	program *program.Program
	variant *exec.Variant
	params  [][]*loopir.Buffer // of each kernel
	batch   int
	arena   []byte
	derived []byte
}

func (r *guardedRun) port(p exec.Port) []byte {
	n := p.Elems * p.ElemBytes
	if p.Batched {
		n *= r.batch
	}
	return r.arena[p.OffsetBytes*r.batch:][:n]
}

// launch runs a kernel with its buffers on either side of the inaccessible pages, and takes the results of the second run.
func (r *guardedRun) launch(l exec.Launch) error {
	for _, atEnd := range []bool{true, false} {
		buffers := make([][]byte, len(l.Args))
		args := []unsafe.Pointer{unsafe.Pointer(&exec.Params{Batch: int64(r.batch)})}
		for i, a := range l.Args {
			data := r.argument(l, i, a)
			b, err := r.area(i, len(data), atEnd)
			if err != nil {
				return err
			}
			copy(b, data)
			buffers[i], args = b, append(args, unsafe.Pointer(&b[0]))
		}
		scratch, err := r.area(len(l.Args), max(64, r.variant.ScratchBytes), atEnd)
		if err != nil {
			return err
		}
		chunks := l.ChunksOf(r.batch)
		k := &r.variant.Kernels[l.Kernel]
		used, err := exectest.StackBytes(k, args, 0, chunks, unsafe.Pointer(&scratch[0]))
		if err != nil {
			return err
		}
		if used > k.StackBytes {
			return fmt.Errorf("kernel %s uses %d bytes of stack and declares %d", k.Name, used, k.StackBytes)
		}
		if atEnd {
			continue
		}
		for i, a := range l.Args {
			if r.params[l.Kernel][i].Mutable {
				copy(r.argument(l, i, a), buffers[i])
			}
		}
	}
	return nil
}

// argument is the memory of argument i, as long as the kernel declares but for what is before a part.
func (r *guardedRun) argument(l exec.Launch, i int, a exec.Arg) []byte {
	p := r.params[l.Kernel][i]
	n := p.Bytes()
	if a.Space == exec.SpaceConst {
		return r.program.Constants[a.Index].Data[a.OffsetBytes:][a.WithinBytes:n]
	}
	if a.Space == exec.SpaceDerived {
		return r.derived[a.OffsetBytes:][a.WithinBytes:n]
	}
	if p.Batched() {
		n *= r.batch
	}
	return r.arena[a.OffsetBytes*r.batch:][a.WithinBytes:n]
}
