package loopir

// Batch as a buffer's first dimension, or as a grid extent, is the run-time batch; printed as *.
const Batch = -1

// Buffer is memory that a kernel reads or writes: a parameter or worker-local scratch. Row-major over Dims.
type Buffer struct {
	Name    string
	Elem    Kind
	Dims    []int // Dims[0] may be Batch
	Mutable bool  // stored to; scratch always is
}

// Batched reports whether the first dimension is the run-time batch.
func (b *Buffer) Batched() bool { return len(b.Dims) > 0 && b.Dims[0] == Batch }

// Elems is the number of elements: of one sample, if the buffer is batched.
func (b *Buffer) Elems() int {
	n := 1
	for _, d := range b.Dims {
		if d != Batch {
			n *= d
		}
	}
	return n
}

// Bytes is Elems in bytes.
func (b *Buffer) Bytes() int { return b.Elems() * b.Elem.Bytes() }

// Stride is how many elements lie between neighbours in dimension dim.
func (b *Buffer) Stride(dim int) int {
	stride := 1
	for _, d := range b.Dims[dim+1:] {
		stride *= d
	}
	return stride
}

// Flat turns an index list, one per dimension, into an element offset from the start of the buffer.
func (b *Buffer) Flat(idx []Index) Index {
	flat, stride := Index{}, 1
	for d := len(b.Dims) - 1; d >= 0; d-- {
		flat = flat.Add(idx[d].Mul(stride))
		if b.Dims[d] != Batch {
			stride *= b.Dims[d]
		}
	}
	return flat
}

// Func is one kernel. Params are passed as args[1], args[2], ... in order; args[0] is the parameter block of the launch.
// Grid is the iteration space over chunks: chunk = row-major number of a grid point, the first dimension slowest.
type Func struct {
	Name    string
	Params  []*Buffer
	Scratch []*Buffer // per-worker memory; contents undefined at the start of a chunk
	Grid    []GridDim
	Body    []Stmt

	fingerprint string // see Fingerprint; empty until it is asked for
}

// GridDim is one dimension of the iteration space. Extent may be Batch, for the first dimension only, and the batch may be
// taken by groups: then Var is the first sample of one, and Count how many there are, from 1 to Group.
type GridDim struct {
	Var    *Var
	Extent int
	Group  int  // samples of a chunk, the last one of a batch may have fewer; 0: one
	Count  *Var // nil: one
}

// Batched reports whether the grid runs over the batch.
func (f *Func) Batched() bool { return len(f.Grid) > 0 && f.Grid[0].Extent == Batch }

// Group is how many samples of the batch a chunk has, at most: 1 if they are not taken by groups, 0 if f is not batched.
func (f *Func) Group() int {
	if !f.Batched() {
		return 0
	}
	return max(f.Grid[0].Group, 1)
}

// Chunks is the number of grid points: per group of samples, if the grid is batched.
func (f *Func) Chunks() int {
	n := 1
	for _, g := range f.Grid {
		if g.Extent != Batch {
			n *= g.Extent
		}
	}
	return n
}

// ScratchAlign is the alignment of every scratch buffer inside a worker's scratch memory.
const ScratchAlign = 64

// OwnScratchBytes is the memory of f's own scratch buffers, each aligned to ScratchAlign.
func (f *Func) OwnScratchBytes() int {
	n := 0
	for _, b := range f.Scratch {
		n += (b.Bytes() + ScratchAlign - 1) &^ (ScratchAlign - 1)
	}
	return n
}

// ScratchBytes is what a worker must provide: f's own scratch, then that of the deepest chain of calls behind it.
func (f *Func) ScratchBytes() int {
	deepest := 0
	Walk(f.Body, func(s Stmt) {
		if c, ok := s.(*Call); ok {
			deepest = max(deepest, c.Func.ScratchBytes())
		}
	})
	return f.OwnScratchBytes() + deepest
}

// Callees lists the functions f calls, directly or not, each once, callees before callers; f itself is not in it.
func (f *Func) Callees() []*Func {
	var out []*Func
	seen := map[*Func]bool{f: true}
	var visit func(*Func)
	visit = func(g *Func) {
		Walk(g.Body, func(s Stmt) {
			if c, ok := s.(*Call); ok && !seen[c.Func] {
				seen[c.Func] = true
				visit(c.Func)
				out = append(out, c.Func)
			}
		})
	}
	visit(f)
	return out
}
