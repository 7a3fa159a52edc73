package loopir

import "fmt"

// Interpret runs every chunk of f, in order, and so defines what f means. args are the bytes of f.Params, little-endian:
// [batch][Elems] for a batched parameter, [Elems] for the others. They may lack a beginning shorter than a sample, which then
// every sample lacks: a part of it begins there. It works before and after Promote.
//
// f must be well typed (Verify), but its addresses need not be right: an access outside a buffer, a read of an unassigned
// register and a shift by the width or more are errors that name the place. Scratch is filled with 0xFF (NaN, -1) at the
// start of a chunk, so that a kernel relying on its contents gives itself away.
func Interpret(f *Func, args [][]byte, batch int) error {
	chunks := f.Chunks()
	if g := f.Group(); g > 0 {
		chunks *= (batch + g - 1) / g
	}
	return InterpretChunks(f, args, 0, chunks, batch)
}

// InterpretChunks runs the chunks lo to hi (exclusive) of f; see Interpret.
func InterpretChunks(f *Func, args [][]byte, lo, hi, batch int) (err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case fault:
			err = p
		default:
			panic(p)
		}
	}()
	k := newMachine().kernel(f)
	if len(args) != len(f.Params) {
		failf("%s: %d arguments for %d parameters", f.Name, len(args), len(f.Params))
	}
	for i, m := range k.params {
		if err := m.bind(args[i], batch); err != nil {
			failf("%s: %v", f.Name, err)
		}
	}
	k.run(lo, hi, batch)
	return nil
}

// fault is an error on its way out of the interpreter's closures.
type fault string

func (f fault) Error() string { return string(f) }

func failf(format string, args ...any) { panic(fault(fmt.Sprintf(format, args...))) }

// memory is a buffer with bytes behind it.
type memory struct {
	buf     *Buffer
	data    []byte
	samples int // 1 if the buffer is not batched
	elems   int // of a sample: those of buf, or those from where a part of it begins
}

func (m *memory) bind(data []byte, batch int) error {
	m.hold(data, 1)
	if m.buf.Batched() {
		m.samples = batch
	}
	want := m.samples * m.buf.Bytes()
	before := (want - len(data)) / m.buf.Elem.Bytes()
	if before*m.buf.Elem.Bytes() != want-len(data) || before < 0 || before > 0 && before >= m.elems {
		return fmt.Errorf("parameter %s takes %d bytes, not %d", m.buf.Name, want, len(data))
	}
	m.elems -= before
	return nil
}

// hold gives m all of so many samples.
func (m *memory) hold(data []byte, samples int) {
	m.data, m.samples, m.elems = data, samples, m.buf.Elems()
}

// variable is a grid dimension or loop counter while it counts.
type variable struct {
	name string
	n    int
}

// kernel is a function compiled to closures over its own state: one call can be active at a time, which suffices as
// functions do not recurse.
type kernel struct {
	f       *Func
	params  []*memory
	scratch []*memory
	grid    []*variable
	count   *variable // of the samples in a group
	body    []func()

	matrices [Matrices]matrix
}

// run executes the chunks lo to hi (exclusive).
func (k *kernel) run(lo, hi, batch int) {
	for chunk := lo; chunk < hi; chunk++ {
		k.enter(chunk, batch)
		runAll(k.body)
	}
}

// enter sets the grid variables for a chunk and spoils the scratch.
func (k *kernel) enter(chunk, batch int) {
	rest := chunk
	for d := len(k.grid) - 1; d >= 0; d-- {
		extent := k.f.Grid[d].Extent
		if extent == Batch {
			extent = (batch + k.f.Group() - 1) / k.f.Group()
		}
		if extent <= 0 {
			failf("%s: chunk %d does not exist", k.f.Name, chunk)
		}
		k.grid[d].n = rest % extent
		rest /= extent
	}
	if rest != 0 {
		failf("%s: chunk %d does not exist", k.f.Name, chunk)
	}
	if k.count != nil {
		first, group := k.grid[0], k.f.Group()
		first.n *= group
		k.count.n = min(group, batch-first.n)
	}
	for i := range k.matrices {
		k.matrices[i].set = false
	}
	for _, m := range k.scratch {
		for i := range m.data {
			m.data[i] = 0xFF
		}
	}
}

func runAll(steps []func()) {
	for _, step := range steps {
		step()
	}
}

// machine compiles each function once.
type machine struct {
	kernels map[*Func]*kernel // nil while being compiled
}

func newMachine() *machine { return &machine{kernels: map[*Func]*kernel{}} }

func (m *machine) kernel(f *Func) *kernel {
	k, seen := m.kernels[f]
	if seen {
		if k == nil {
			failf("%s calls itself", f.Name)
		}
		return k
	}
	m.kernels[f] = nil
	k = newCompiler(m, f).compile()
	m.kernels[f] = k
	return k
}
