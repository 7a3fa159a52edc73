package gohost

import (
	"bufio"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"time"

	"nncc/backends/gohost/internal/helper"
	rt "nncc/runtime/exec"
	"nncc/runtime/program"
)

// ErrNoGo is wrapped by the error of Start where there is no Go toolchain.
var ErrNoGo = errors.New("gohost: the portable variant needs the Go toolchain (https://go.dev/dl) to be run")

// Config says where tools and caches are. The zero value is the usual one.
type Config struct {
	Go       string // path of the go command; empty: PATH
	CacheDir string // where built processes are kept; empty: $NNCC_CACHE, then the user's cache folder; "off": nowhere
}

// Process runs the portable variants of programs. It may be used by several goroutines; they take turns.
type Process struct {
	programs []*program.Program
	cleanup  func()
	cmd      *exec.Cmd
	stdin    io.Closer

	mu  sync.Mutex
	out *bufio.Writer
	to  *gob.Encoder
	in  *gob.Decoder
}

// Start builds a process for the portable variants of all programs, unless the cache has it, and starts it: one build,
// however many there are. It takes some seconds the first time.
func Start(c Config, programs ...*program.Program) (*Process, error) {
	sources := make([]string, len(programs))
	for i, p := range programs {
		v, ok := p.Variant(ISA)
		if !ok {
			return nil, fmt.Errorf("gohost: program %s has no portable variant", p.Name)
		}
		sources[i] = v.Source
	}
	binary, cleanup, err := buildHelper(c, sources)
	if err != nil {
		return nil, err
	}
	p := &Process{programs: programs, cleanup: cleanup, cmd: exec.Command(binary)}
	if err := p.start(); err != nil {
		cleanup()
		return nil, fmt.Errorf("gohost: %w", err)
	}
	return p, nil
}

func (p *Process) start() error {
	stdin, err := p.cmd.StdinPipe()
	if err != nil {
		return err
	}
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	p.cmd.Stderr = os.Stderr
	p.stdin = stdin
	p.out = bufio.NewWriterSize(stdin, 1<<16)
	p.to, p.in = gob.NewEncoder(p.out), gob.NewDecoder(bufio.NewReaderSize(stdout, 1<<16))
	return p.cmd.Start()
}

// Close ends the process and all its instances.
func (p *Process) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	err := errors.Join(p.stdin.Close(), p.cmd.Wait())
	p.cleanup()
	return err
}

// ask sends a request and waits for the reply.
func (p *Process) ask(r helper.Request) (*helper.Reply, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	reply := new(helper.Reply)
	err := p.to.Encode(r)
	if err == nil {
		err = p.out.Flush()
	}
	if err == nil {
		err = p.in.Decode(reply)
	}
	if err != nil {
		return nil, fmt.Errorf("gohost: the process for portable kernels does not answer: %w", err)
	}
	if reply.Error != "" {
		return nil, errors.New(reply.Error)
	}
	return reply, nil
}

// Instance is an open program in a process. One goroutine at a time may use it.
type Instance struct {
	process         *Process
	number, threads int
	variant         *program.Variant
	inputs, outputs [][]byte // of MaxBatch samples
	states          [][]byte
}

// Open makes an instance of program number i of Start's list. o is as for exec.Open.
func (p *Process) Open(i int, o rt.Options) (*Instance, error) {
	prog := p.programs[i]
	v, _ := prog.Variant(ISA)
	o.MaxBatch = max(o.MaxBatch, 1)
	plan := helper.Plan{
		ISA: v.ISA, Init: v.Init, Step: v.Step, Inputs: v.Inputs, Outputs: v.Outputs, States: v.States,
		ArenaBytes: v.ArenaBytes, DerivedBytes: v.DerivedBytes, ScratchBytes: v.ScratchBytes,
	}
	for _, k := range v.Kernels {
		plan.Kernels = append(plan.Kernels, k.Name)
	}
	reply, err := p.ask(helper.Request{Open: &helper.Open{
		Program: i, Plan: plan, Consts: prog.ConstData(), MaxBatch: o.MaxBatch, Threads: o.Threads}})
	if err != nil {
		return nil, err
	}
	in := &Instance{process: p, number: reply.Instance, threads: reply.Threads, variant: v, states: reply.States}
	in.inputs, in.outputs = portMemory(v.Inputs, o.MaxBatch), portMemory(v.Outputs, o.MaxBatch)
	return in, nil
}

func portMemory(ports []rt.Port, maxBatch int) [][]byte {
	out := make([][]byte, len(ports))
	for i, p := range ports {
		out[i] = make([]byte, portBytes(p, maxBatch))
	}
	return out
}

func portBytes(p rt.Port, batch int) int {
	if !p.Batched {
		batch = 1
	}
	return p.Elems * p.ElemBytes * batch
}

// Threads returns the largest number of threads of a run.
func (in *Instance) Threads() int { return in.threads }

// Input returns the memory of input i: room for the largest batch.
func (in *Instance) Input(i int) []byte { return in.inputs[i] }

// Output returns the memory of output i. The next run overwrites it.
func (in *Instance) Output(i int) []byte { return in.outputs[i] }

// State returns the memory of state i, which runs read and change, and the caller may between runs.
func (in *Instance) State(i int) []byte { return in.states[i] }

// Run computes the first batch samples of the inputs.
func (in *Instance) Run(batch int) error {
	r := helper.Run{Instance: in.number, Batch: batch, States: in.states}
	for i, p := range in.variant.Inputs {
		r.Inputs = append(r.Inputs, in.inputs[i][:min(portBytes(p, max(batch, 0)), len(in.inputs[i]))])
	}
	reply, err := in.process.ask(helper.Request{Run: &r})
	if err != nil {
		return err
	}
	for i, data := range reply.Outputs {
		copy(in.outputs[i], data)
	}
	for i, data := range reply.States {
		copy(in.states[i], data)
	}
	return nil
}

// Bench repeats the computation on the inputs of the last Run and returns the time of each repetition, measured in the
// process.
func (in *Instance) Bench(batch, runs int) ([]time.Duration, error) {
	rows, err := in.times(helper.Bench{Instance: in.number, Batch: batch, Runs: runs})
	if err != nil {
		return nil, err
	}
	out := make([]time.Duration, len(rows))
	for i, row := range rows {
		out[i] = row[0]
	}
	return out, nil
}

// BenchLayers repeats every step launch and returns its time: a row for each repetition, a column for each launch.
func (in *Instance) BenchLayers(batch, runs int) ([][]time.Duration, error) {
	return in.times(helper.Bench{Instance: in.number, Batch: batch, Runs: runs, Layers: true})
}

func (in *Instance) times(b helper.Bench) ([][]time.Duration, error) {
	reply, err := in.process.ask(helper.Request{Bench: &b})
	if err != nil {
		return nil, err
	}
	out := make([][]time.Duration, len(reply.Nanoseconds))
	for i, row := range reply.Nanoseconds {
		for _, ns := range row {
			out[i] = append(out[i], time.Duration(ns))
		}
	}
	return out, nil
}

// Close frees the instance.
func (in *Instance) Close() {
	// A process that does not answer has nothing left to free.
	_, _ = in.process.ask(helper.Request{Close: &helper.Close{Instance: in.number}})
}
