// Package helper is the server of the process that runs portable kernels for the command line and for tests, and the
// messages it exchanges with its client. Its sources are copied into that process's program.
package helper

import (
	"bufio"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"time"
	"unsafe"

	"nncc/runtime/exec"
)

// KernelFunc is a portable kernel.
type KernelFunc = func(args []unsafe.Pointer, lo, hi int, scratch unsafe.Pointer)

// Plan is an exec.Variant without code: kernels are known by name.
type Plan struct {
	ISA                                    string
	Kernels                                []string
	Init, Step                             []exec.Launch
	ArenaBytes, DerivedBytes, ScratchBytes int
	Inputs, Outputs, States                []exec.Port
}

// Request is one message to the process. Exactly one field is set.
type Request struct {
	Open  *Open
	Run   *Run
	Bench *Bench
	Close *Close
}

// Open makes an instance of program number Program, whose kernels are linked into the process. The reply's Instance
// names it, and States is what its states hold.
type Open struct {
	Program           int
	Plan              Plan
	Consts            [][]byte
	MaxBatch, Threads int
}

// Run computes a batch. Inputs and the reply's Outputs hold Batch samples each; States is what the states hold before,
// the reply's what they hold after.
type Run struct {
	Instance, Batch int
	Inputs, States  [][]byte
}

// Bench repeats a run on the inputs of the last one, or its launches one by one. The reply's Nanoseconds has a row for
// each repetition: one number, or one per launch.
type Bench struct {
	Instance, Batch, Runs int
	Layers                bool
}

// Close frees an instance.
type Close struct{ Instance int }

// Reply answers a request.
type Reply struct {
	Error       string
	Instance    int
	Threads     int
	Outputs     [][]byte
	States      [][]byte
	Nanoseconds [][]int64
}

// Serve answers requests until the input ends. programs are the kernels of each program by name.
func Serve(in io.Reader, out io.Writer, programs []map[string]KernelFunc) error {
	s := &server{programs: programs, instances: map[int]*instance{}}
	buffered := bufio.NewWriterSize(out, 1<<16)
	from, to := gob.NewDecoder(bufio.NewReaderSize(in, 1<<16)), gob.NewEncoder(buffered)
	for {
		var r Request
		switch err := from.Decode(&r); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		if err := to.Encode(s.answer(&r)); err != nil {
			return err
		}
		if err := buffered.Flush(); err != nil {
			return err
		}
	}
}

type server struct {
	programs  []map[string]KernelFunc
	instances map[int]*instance
	opened    int
}

// instance is an open program.
type instance struct {
	exec    *exec.Instance
	variant *exec.Variant
}

func (s *server) answer(r *Request) (reply *Reply) {
	var err error
	switch reply = new(Reply); {
	case r.Open != nil:
		err = s.open(r.Open, reply)
	case r.Run != nil:
		err = s.run(r.Run, reply)
	case r.Bench != nil:
		err = s.bench(r.Bench, reply)
	case r.Close != nil:
		var in *instance
		if in, err = s.find(r.Close.Instance); err == nil {
			in.exec.Close()
			delete(s.instances, r.Close.Instance)
		}
	}
	if err != nil {
		reply.Error = err.Error()
	}
	return reply
}

func (s *server) open(r *Open, reply *Reply) error {
	if r.Program < 0 || r.Program >= len(s.programs) {
		return fmt.Errorf("no program %d", r.Program)
	}
	p := &r.Plan
	v := &exec.Variant{
		ISA: p.ISA, Init: p.Init, Step: p.Step, Inputs: p.Inputs, Outputs: p.Outputs, States: p.States,
		ArenaBytes: p.ArenaBytes, DerivedBytes: p.DerivedBytes, ScratchBytes: p.ScratchBytes,
	}
	for _, name := range p.Kernels {
		v.Kernels = append(v.Kernels, exec.Kernel{Name: name, Go: s.programs[r.Program][name]})
	}
	for i := range r.Consts {
		v.ConstBytes = append(v.ConstBytes, len(r.Consts[i]))
	}
	in, err := exec.Open(v, r.Consts, exec.Options{MaxBatch: r.MaxBatch, Threads: r.Threads})
	if err != nil {
		return err
	}
	s.opened++
	s.instances[s.opened] = &instance{in, v}
	reply.Instance, reply.Threads, reply.States = s.opened, in.Threads(), s.instances[s.opened].states()
	return nil
}

// states is the memory of all states.
func (in *instance) states() [][]byte {
	var out [][]byte
	for i := range in.variant.States {
		out = append(out, in.exec.State(i))
	}
	return out
}

func (s *server) find(number int) (*instance, error) {
	in := s.instances[number]
	if in == nil {
		return nil, fmt.Errorf("no instance %d", number)
	}
	return in, nil
}

func (s *server) run(r *Run, reply *Reply) error {
	in, err := s.find(r.Instance)
	if err != nil {
		return err
	}
	for i, data := range r.Inputs {
		copy(in.exec.Input(i), data)
	}
	for i, data := range r.States {
		copy(in.exec.State(i), data)
	}
	if err := in.exec.Run(r.Batch); err != nil {
		return err
	}
	for i, p := range in.variant.Outputs {
		n := p.Elems * p.ElemBytes
		if p.Batched {
			n *= r.Batch
		}
		reply.Outputs = append(reply.Outputs, in.exec.Output(i)[:n])
	}
	reply.States = in.states()
	return nil
}

func (s *server) bench(r *Bench, reply *Reply) error {
	in, err := s.find(r.Instance)
	if err != nil {
		return err
	}
	for range r.Runs {
		var row []int64
		if r.Layers {
			for i := range in.variant.Step {
				start := time.Now()
				if err := in.exec.RunLaunch(i, r.Batch); err != nil {
					return err
				}
				row = append(row, int64(time.Since(start)))
			}
		} else {
			start := time.Now()
			if err := in.exec.Run(r.Batch); err != nil {
				return err
			}
			row = []int64{int64(time.Since(start))}
		}
		reply.Nanoseconds = append(reply.Nanoseconds, row)
	}
	return nil
}
