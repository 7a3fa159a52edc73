// Package api is the part of a generated package's API that is the same for all networks, and its tests. Its sources are
// copied there: exported names are seen by users of the package.
package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"unsafe"

	"nncc/runtime/exec"
)

var (
	// ErrClosed is returned by predictions after Close.
	ErrClosed = errors.New("the network is closed")
	// ErrLength is wrapped by the errors about slices that do not have the length of an input or output.
	ErrLength = errors.New("wrong length")
	// ErrWeights is wrapped by the errors about a weights file that is damaged or belongs to another network.
	ErrWeights = errors.New("unusable weights")
)

// Net is the network, ready to compute. It may be used by several goroutines, which take turns; to compute at the same
// time, open one for each: they share weights and threads.
type Net struct {
	in      *exec.Instance
	isa     string
	weights weightsMemory
	turn    chan struct{} // holds a token while a goroutine uses in
	closed  bool          // guarded by turn
}

// Option changes how New opens the network.
type Option func(*options)

type options struct {
	threads, maxBatch int
	isa               string
	weights           io.Reader
}

// WithThreads limits a prediction to n threads, the caller's included. By default it may use every processor.
func WithThreads(n int) Option { return func(o *options) { o.threads = n } }

// WithMaxBatch makes room for batches of up to n samples; the default was chosen when the package was made.
func WithMaxBatch(n int) Option { return func(o *options) { o.maxBatch = n } }

// WithWeights takes the weights from r, which may be an fs.File, instead of those that came with the package: a weights file
// that nncc made for this network. A file of the operating system is mapped into memory where that is possible, so that
// all networks opened with it share it. It may be closed, but must not be overwritten while they are open: put another one
// in its place. Errors about what is in it wrap ErrWeights.
func WithWeights(r io.Reader) Option { return func(o *options) { o.weights = r } }

// model is a compiled network.
type model struct {
	variants   func() []*exec.Variant // best first
	weights    string                 // the weights file; empty if it is not part of the package
	constBytes []int                  // sizes of the constants in it
	layout     string                 // hash of what the code expects of it, in hexadecimal
	batched    bool
	maxBatch   int // unless WithMaxBatch says otherwise
}

// open makes a Net of the best variant that the processor supports.
func (m *model) open(opts []Option) (*Net, error) {
	o := options{maxBatch: m.maxBatch, isa: exec.PinnedISA()}
	for _, set := range opts {
		set(&o)
	}
	if o.maxBatch > 1 && !m.batched {
		return nil, errors.New("the network takes one sample at a time")
	}
	v, err := exec.Pick(m.variants(), o.isa)
	if err != nil {
		return nil, err
	}
	weights, err := m.openWeights(o.weights)
	if err != nil {
		return nil, err
	}
	in, err := exec.Open(v, m.constants(weights.file), exec.Options{MaxBatch: o.maxBatch, Threads: o.threads})
	if err != nil {
		weights.release()
		return nil, err
	}
	return &Net{in: in, isa: v.ISA, weights: weights, turn: make(chan struct{}, 1)}, nil
}

// MaxBatch returns the largest number of samples in one prediction.
func (n *Net) MaxBatch() int { return n.in.MaxBatch() }

// Threads returns the largest number of threads of a prediction.
func (n *Net) Threads() int { return n.in.Threads() }

// ISA returns the instruction set of the code in use, such as avx512 or portable.
func (n *Net) ISA() string { return n.isa }

// Close waits for the prediction in progress, if there is one, and frees the threads and the weights. It may be called twice.
func (n *Net) Close() {
	n.turn <- struct{}{}
	if !n.closed {
		n.closed = true
		n.in.Close()
		n.weights.release()
	}
	<-n.turn
}

// begin waits for the network, for as long as ctx allows.
func (n *Net) begin(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case n.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	if n.closed {
		n.end()
		return ErrClosed
	}
	return nil
}

func (n *Net) end() { <-n.turn }

// batchOf is the number of samples in a slice of the first input.
func (n *Net) batchOf(name string, elems, sampleElems int) (int, error) {
	batch := elems / sampleElems
	if elems == 0 || elems%sampleElems != 0 || batch > n.MaxBatch() {
		return 0, fmt.Errorf("%w: %s has %d numbers, not %d for each of 1 to %d samples", ErrLength, name, elems, sampleElems, n.MaxBatch())
	}
	return batch, nil
}

func checkLength(name string, have, want int) error {
	if have != want {
		return fmt.Errorf("%w: %s has %d numbers, not %d", ErrLength, name, have, want)
	}
	return nil
}

// numbers is memory of the network as numbers.
func numbers[T any](mem []byte) []T {
	var t T
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(mem))), len(mem)/int(unsafe.Sizeof(t)))
}
