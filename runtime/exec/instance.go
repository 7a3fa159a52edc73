package exec

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync/atomic"
	"time"
)

var (
	// ErrClosed is returned by a run of an instance that has been closed.
	ErrClosed = errors.New("exec: the instance is closed")
	// ErrInUse is returned by a run that begins while another goroutine runs the same instance.
	ErrInUse = errors.New("exec: the instance is in use by another goroutine")
)

// Instance is an opened variant with memory of its own. One goroutine at a time may use it; several instances may run
// at once and share constants, code and the worker pool.
type Instance struct {
	variant *Variant
	threads int
	mem     memory
	params  *Params
	step    []boundLaunch
	team    *team
	paces   []pace // by batch size less 1; none for a single thread
	state   atomic.Int32
}

// States of an instance.
const (
	stateIdle = iota
	stateRunning
	stateClosing
	stateClosed
)

// Open checks a variant and everything it refers to, lays out memory for up to o.MaxBatch samples and runs the init
// launches. consts are used in place and must not change; they need no alignment. The error names every problem.
func Open(v *Variant, consts [][]byte, o Options) (*Instance, error) {
	return openOn(v, consts, o, sharedPool)
}

// openOn is Open with the pool as a parameter.
func openOn(v *Variant, consts [][]byte, o Options, poolOf func() *pool) (*Instance, error) {
	if o.MaxBatch == 0 {
		o.MaxBatch = 1
	}
	if err := checkVariant(v, consts, o); err != nil {
		return nil, err
	}
	p := poolOf()
	threads := p.threads()
	if o.Threads > 0 {
		threads = min(threads, o.Threads)
	}
	if threads > 1 {
		p.retain()
	}
	in := &Instance{
		variant: v,
		threads: threads,
		mem: memory{
			arena:    alignedBytes(v.ArenaBytes * o.MaxBatch),
			derived:  alignedBytes(v.DerivedBytes),
			consts:   consts,
			maxBatch: o.MaxBatch,
		},
		params: new(Params),
		team:   newTeam(p, threads, v.ScratchBytes),
	}
	if threads > 1 {
		in.paces = slices.Repeat([]pace{newPace(threads)}, o.MaxBatch)
	}
	in.step = bind(v, v.Step, &in.mem, in.params)
	in.execute(bind(v, v.Init, &in.mem, in.params), o.MaxBatch)
	return in, nil
}

// MaxBatch returns the largest batch of a run.
func (in *Instance) MaxBatch() int { return in.mem.maxBatch }

// Threads returns the largest number of threads of a run, the caller's included.
func (in *Instance) Threads() int { return in.threads }

// Params returns the parameter block that the kernels read. Run sets Batch; the rest is the caller's to set between
// runs.
func (in *Instance) Params() *Params { return in.params }

// Input returns the memory of input i: MaxBatch samples of dense elements if the port is batched, one behind the other,
// otherwise one. A view stays valid after Close, when Input returns nil.
func (in *Instance) Input(i int) []byte { return in.port(in.variant.Inputs[i]) }

// Output returns the memory of output i, laid out as an input is. The next run overwrites it.
func (in *Instance) Output(i int) []byte { return in.port(in.variant.Outputs[i]) }

// State returns the memory of state i: dense elements, which runs read and change, and the caller may between runs.
func (in *Instance) State(i int) []byte {
	if in.mem.derived == nil {
		return nil
	}
	p := in.variant.States[i]
	return in.mem.derived[p.OffsetBytes:][: p.ElemBytes*p.Elems : p.ElemBytes*p.Elems]
}

func (in *Instance) port(p Port) []byte {
	if in.mem.arena == nil {
		return nil
	}
	from, size := p.OffsetBytes*in.mem.maxBatch, p.ElemBytes*p.Elems
	if p.Batched {
		size *= in.mem.maxBatch
	}
	return in.mem.arena[from : from+size : from+size]
}

// Run executes all step launches for the first batch samples of the inputs, on several threads unless runs on one have
// proved faster of late. It allocates nothing.
func (in *Instance) Run(batch int) error {
	if err := in.begin(batch); err != nil {
		return err
	}
	if in.paces == nil {
		in.execute(in.step, batch)
	} else {
		in.executePaced(&in.paces[batch-1], batch)
	}
	in.end()
	return nil
}

// RunLaunch executes step launch i alone, to measure it.
func (in *Instance) RunLaunch(i, batch int) error {
	if i < 0 || i >= len(in.variant.Step) {
		return fmt.Errorf("exec: no step launch %d; there are %d", i, len(in.variant.Step))
	}
	if err := in.begin(batch); err != nil {
		return err
	}
	in.execute(in.step[i:i+1], batch)
	in.end()
	return nil
}

// Close ends the use of the instance. Views from Input and Output stay valid, and keep the memory that they lie in. The
// last instance that is closed ends the pool's goroutines. Closing twice is harmless, and closing a running instance
// takes effect when the run ends.
func (in *Instance) Close() {
	if in.state.CompareAndSwap(stateIdle, stateClosed) {
		in.release()
		return
	}
	in.state.CompareAndSwap(stateRunning, stateClosing)
}

// begin marks the instance as running.
func (in *Instance) begin(batch int) error {
	if in.state.CompareAndSwap(stateIdle, stateRunning) {
		if batch >= 1 && batch <= in.mem.maxBatch {
			return nil
		}
		err := fmt.Errorf("exec: batch %d is not in 1..%d", batch, in.mem.maxBatch)
		in.end()
		return err
	}
	if in.state.Load() == stateRunning {
		return ErrInUse
	}
	return ErrClosed
}

// end undoes begin.
func (in *Instance) end() {
	if !in.state.CompareAndSwap(stateRunning, stateIdle) {
		in.state.Store(stateClosed)
		in.release()
	}
}

// release gives up the pool and drops what holds the instance's memory.
func (in *Instance) release() {
	if in.threads > 1 {
		in.team.pool.release()
	}
	in.step, in.mem, in.team = nil, memory{maxBatch: in.mem.maxBatch}, nil
}

// executePaced executes the step with helpers or without, as p says.
func (in *Instance) executePaced(p *pace, batch int) {
	in.team.alone = !p.helped()
	start := time.Now()
	in.execute(in.step, batch)
	p.took(time.Since(start))
	in.team.alone = false
}

// execute runs launches one after the other.
func (in *Instance) execute(launches []boundLaunch, batch int) {
	in.params.Batch = int64(batch)
	p, helped := in.team.pool, int64(1)
	if in.team.alone {
		helped = 0
	}
	p.active.Add(1)
	p.helped.Add(helped)
	for i := range launches {
		l := &launches[i]
		in.team.run(l, batch)
	}
	p.helped.Add(-helped)
	p.active.Add(-1)
	runtime.KeepAlive(in)
}
