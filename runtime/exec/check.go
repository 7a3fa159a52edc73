package exec

import (
	"errors"
	"fmt"
	"math"
)

// maxMemoryBytes bounds the arena of an instance, its derived memory and its scratch memory: more is a damaged variant.
const maxMemoryBytes = min(1<<38, math.MaxInt/4)

// Bounds far above any use that keep arithmetic on chunk numbers from overflowing.
const (
	maxChunks = min(1<<46, math.MaxInt/2) // of a launch, for the largest batch
	maxGrain  = 1 << 30
)

// checker collects the problems of a variant.
type checker struct {
	v        *Variant
	maxBatch int
	problems []error
}

func (c *checker) errorf(format string, args ...any) {
	c.problems = append(c.problems, fmt.Errorf("exec: "+format, args...))
}

// checkVariant returns all problems of a variant, its constants and the options.
func checkVariant(v *Variant, consts [][]byte, o Options) error {
	if v == nil {
		return errors.New("exec: no variant")
	}
	c := &checker{v: v, maxBatch: o.MaxBatch}
	if o.MaxBatch < 1 {
		c.errorf("largest batch %d is less than 1", o.MaxBatch)
		c.maxBatch = 1
	}
	if o.Threads < 0 {
		c.errorf("number of threads %d is negative", o.Threads)
	}
	if err := v.unsupported(); err != nil {
		c.problems = append(c.problems, err)
	}
	c.memory()
	c.consts(consts)
	for i := range v.Kernels {
		c.kernel(&v.Kernels[i])
	}
	for i := range v.Init {
		c.launch("init", &v.Init[i])
		if v.Init[i].Group > 0 {
			c.errorf("init launch %s is batched", v.Init[i].Name)
		}
	}
	for i := range v.Step {
		c.launch("step", &v.Step[i])
	}
	for i := range v.Inputs {
		c.port("input", &v.Inputs[i], v.ArenaBytes, SpaceArena)
	}
	for i := range v.Outputs {
		c.port("output", &v.Outputs[i], v.ArenaBytes, SpaceArena)
	}
	for i := range v.States {
		c.port("state", &v.States[i], v.DerivedBytes, SpaceDerived)
		if v.States[i].Batched {
			c.errorf("state %s is batched", v.States[i].Name)
		}
	}
	return errors.Join(c.problems...)
}

func (c *checker) memory() {
	v := c.v
	if v.ArenaBytes < 0 || v.ArenaBytes%cacheLine != 0 {
		c.errorf("arena of %d bytes per sample is not a multiple of %d", v.ArenaBytes, cacheLine)
	}
	if v.ArenaBytes > maxMemoryBytes/c.maxBatch {
		c.errorf("arena of %d bytes for each of %d samples is too large", v.ArenaBytes, c.maxBatch)
	}
	if v.DerivedBytes < 0 || v.DerivedBytes > maxMemoryBytes {
		c.errorf("derived memory of %d bytes is impossible", v.DerivedBytes)
	}
	if v.ScratchBytes < 0 || v.ScratchBytes > maxMemoryBytes {
		c.errorf("scratch memory of %d bytes per thread is impossible", v.ScratchBytes)
	}
}

func (c *checker) consts(consts [][]byte) {
	if len(consts) != len(c.v.ConstBytes) {
		c.errorf("there are %d constants, the variant has %d", len(consts), len(c.v.ConstBytes))
		return
	}
	for i, want := range c.v.ConstBytes {
		if len(consts[i]) != want {
			c.errorf("constant %d has %d bytes, the variant needs %d", i, len(consts[i]), want)
		}
	}
}

func (c *checker) kernel(k *Kernel) {
	switch {
	case k.Go == nil && k.Entry == 0:
		c.errorf("kernel %s has no code", k.Name)
	case k.Go != nil && k.Entry != 0:
		c.errorf("kernel %s has both native code and a Go function", k.Name)
	case k.StackBytes < 0:
		c.errorf("kernel %s needs %d bytes of stack, which is negative", k.Name, k.StackBytes)
	case k.StackBytes > MaxStackBytes:
		c.errorf("kernel %s needs %d KB of stack, at most %d KB is available",
			k.Name, (k.StackBytes+1023)/1024, MaxStackBytes/1024)
	}
}

// launch checks a launch of the list named which.
func (c *checker) launch(which string, l *Launch) {
	if l.Kernel < 0 || l.Kernel >= len(c.v.Kernels) {
		c.errorf("%s launch %s uses kernel %d, the variant has %d", which, l.Name, l.Kernel, len(c.v.Kernels))
	}
	switch {
	case l.Chunks < 1:
		c.errorf("%s launch %s has %d chunks", which, l.Name, l.Chunks)
	case l.Chunks > maxChunks/c.maxBatch:
		c.errorf("%s launch %s has %d chunks for each of %d samples, which is too many", which, l.Name, l.Chunks, c.maxBatch)
	}
	if l.Grain < 1 || l.Grain > maxGrain {
		c.errorf("%s launch %s has a grain of %d chunks", which, l.Name, l.Grain)
	}
	if l.Group < 0 {
		c.errorf("%s launch %s is for groups of %d samples", which, l.Name, l.Group)
	}
	if l.MaxThreads < 0 {
		c.errorf("%s launch %s is limited to %d threads", which, l.Name, l.MaxThreads)
	}
	for i, a := range l.Args {
		if err := c.arg(a); err != nil {
			c.errorf("%s launch %s, argument %d: %w", which, l.Name, i, err)
		}
	}
}

func (c *checker) arg(a Arg) error {
	var size int
	switch a.Space {
	case SpaceArena:
		size = c.v.ArenaBytes
	case SpaceDerived:
		size = c.v.DerivedBytes
	case SpaceConst:
		if a.Index < 0 || a.Index >= len(c.v.ConstBytes) {
			return fmt.Errorf("constant %d of %d", a.Index, len(c.v.ConstBytes))
		}
		size = c.v.ConstBytes[a.Index]
	default:
		return fmt.Errorf("unknown space %d", a.Space)
	}
	if a.Space != SpaceConst && a.Index != 0 {
		return fmt.Errorf("index %d outside the constants", a.Index)
	}
	if a.OffsetBytes < 0 || a.OffsetBytes >= size {
		return fmt.Errorf("offset %d outside %s of %d bytes", a.OffsetBytes, a.Space, size)
	}
	if a.WithinBytes < 0 || a.WithinBytes >= size-a.OffsetBytes {
		return fmt.Errorf("offset %d within what begins at %d, outside %s of %d bytes", a.WithinBytes, a.OffsetBytes, a.Space, size)
	}
	if a.Space != SpaceConst && a.OffsetBytes%cacheLine != 0 {
		return fmt.Errorf("offset %d in %s is not a multiple of %d", a.OffsetBytes, a.Space, cacheLine)
	}
	return nil
}

// port checks an input, an output or a state, as which says, that lies in a space of so many bytes.
func (c *checker) port(which string, p *Port, spaceBytes int, space Space) {
	if p.ElemBytes < 1 || p.Elems < 0 || p.Elems > maxMemoryBytes/p.ElemBytes {
		c.errorf("%s %s has %d elements of %d bytes", which, p.Name, p.Elems, p.ElemBytes)
		return
	}
	if p.OffsetBytes < 0 || p.OffsetBytes%cacheLine != 0 {
		c.errorf("%s %s: offset %d is not a multiple of %d", which, p.Name, p.OffsetBytes, cacheLine)
		return
	}
	if size := p.Elems * p.ElemBytes; p.OffsetBytes > spaceBytes-size {
		c.errorf("%s %s: %d bytes at offset %d do not fit %s of %d bytes", which, p.Name, size, p.OffsetBytes, space, spaceBytes)
	}
}
