package api

import (
	"encoding/binary"
	"errors"
	"math"
	"math/rand"
	"os"
	"testing"

	"nncc/runtime/exec"
)

// testPort is an input or output in tests.
type testPort struct {
	name    string
	bytes   int    // of one sample
	kind    string // Go's name of the type of its numbers
	batched bool   // samples lie one behind the other
}

// slots are the places of a batch's samples in memory of the network; one if the port is not batched.
func (p testPort) slots(mem []byte, batch int) [][]byte {
	if !p.batched {
		batch = 1
	}
	out := make([][]byte, batch)
	for i := range out {
		out[i] = mem[i*p.bytes : (i+1)*p.bytes]
	}
	return out
}

// testModel is a network under test.
type testModel struct {
	model           *model
	weightsFile     string // has the weights that are not part of the package
	inputs, outputs []testPort
	tolerance       float64            // of floats, relative to the largest number of an output
	tolerances      map[string]float64 // the same for instruction sets that may be further off
}

// openISA opens the variant for one instruction set, or skips the test where the processor does not have it.
func (m *testModel) openISA(t testing.TB, isa string, opts ...Option) *Net {
	t.Helper()
	net, err := m.model.open(append(m.options(t, opts), func(o *options) { o.isa = isa }))
	var unsupported *exec.UnsupportedError
	if errors.As(err, &unsupported) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(net.Close)
	return net
}

// options are opts and the weights that are not part of the package; without these there is no test.
func (m *testModel) options(t testing.TB, opts []Option) []Option {
	t.Helper()
	if m.weightsFile == "" {
		return opts
	}
	f, err := os.Open(m.weightsFile)
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("the weights are not here: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return append([]Option{WithWeights(f)}, opts...)
}

// eachISA runs test for every variant.
func (m *testModel) eachISA(t *testing.T, test func(t *testing.T, isa string)) {
	for _, v := range m.model.variants() {
		t.Run(v.ISA, func(t *testing.T) { test(t, v.ISA) })
	}
}

// batch is the number of samples that tests compute at once.
func (m *testModel) batch() int {
	if m.model.batched {
		return 3
	}
	return 1
}

// checkVectors runs recorded inputs and compares with recorded outputs: for each vector all inputs, then all outputs. A
// vector is every sample of a batch.
func (m *testModel) checkVectors(t *testing.T, vectors []byte) {
	if len(vectors) == 0 {
		t.Skip("no outputs were recorded for this network")
	}
	m.eachISA(t, func(t *testing.T, isa string) {
		batch := m.batch()
		net := m.openISA(t, isa, WithMaxBatch(batch))
		for rest := vectors; len(rest) > 0; {
			for i, p := range m.inputs {
				for _, sample := range p.slots(net.in.Input(i), batch) {
					copy(sample, rest)
				}
				rest = rest[p.bytes:]
			}
			if err := net.in.Run(batch); err != nil {
				t.Fatal(err)
			}
			for i, p := range m.outputs {
				for _, sample := range p.slots(net.in.Output(i), batch) {
					m.compare(t, isa, p, rest[:p.bytes], sample)
				}
				rest = rest[p.bytes:]
			}
		}
	})
}

// compare reports the first number of an output that is too far off.
func (m *testModel) compare(t testing.TB, isa string, p testPort, want, got []byte) {
	t.Helper()
	tolerance := max(m.tolerance, m.tolerances[isa])
	if p.kind != "float32" {
		if string(want) != string(got) {
			t.Errorf("%s differs", p.name)
		}
		return
	}
	largest := 1e-3
	for i := 0; i < len(want); i += 4 {
		if x := math.Abs(float64(float32At(want, i))); !math.IsInf(x, 0) {
			largest = max(largest, x)
		}
	}
	for i := 0; i < len(want); i += 4 {
		w, g := float32At(want, i), float32At(got, i)
		if w != g && !(w != w && g != g) && !(math.Abs(float64(w)-float64(g)) <= tolerance*largest) {
			t.Errorf("%s[%d] is %v, not %v", p.name, i/4, g, w)
			return
		}
	}
}

func float32At(b []byte, at int) float32 {
	return math.Float32frombits(binary.LittleEndian.Uint32(b[at:]))
}

// fill puts numbers that depend on seed into the inputs: floats in [-1, 1), small integers.
func (m *testModel) fill(net *Net, seed int64) {
	rng := rand.New(rand.NewSource(seed))
	for i, p := range m.inputs {
		mem := net.in.Input(i)
		for at := 0; at < p.bytes; at += 4 {
			if p.kind != "float32" {
				clear(mem[at:min(at+4, p.bytes)])
				continue
			}
			binary.LittleEndian.PutUint32(mem[at:], math.Float32bits(2*rng.Float32()-1))
		}
	}
}

// fuzz compares every variant with the portable kernels, on inputs that depend on a seed.
func (m *testModel) fuzz(f *testing.F) {
	f.Add(int64(1))
	var nets []*Net
	for _, v := range m.model.variants() {
		net, err := m.model.open(m.options(f, []Option{func(o *options) { o.isa = v.ISA }}))
		var unsupported *exec.UnsupportedError
		if errors.As(err, &unsupported) {
			continue
		}
		if err != nil {
			f.Fatal(err)
		}
		nets = append(nets, net)
		f.Cleanup(net.Close)
	}
	if len(nets) == 0 {
		f.Skip("this processor supports no variant")
	}
	portable := nets[len(nets)-1]
	f.Fuzz(func(t *testing.T, seed int64) {
		for _, net := range nets {
			m.fill(net, seed)
			if err := net.in.Run(1); err != nil {
				t.Fatal(err)
			}
		}
		if portable.isa != "portable" {
			t.Skip("the network has no portable kernels")
		}
		for _, net := range nets {
			for i, p := range m.outputs {
				m.compare(t, net.isa, p, portable.in.Output(i)[:p.bytes], net.in.Output(i)[:p.bytes])
			}
		}
	})
}

// checkAllocations runs batches on all threads.
func (m *testModel) checkAllocations(t *testing.T) {
	m.eachISA(t, func(t *testing.T, isa string) {
		batch := m.batch()
		net := m.openISA(t, isa, WithMaxBatch(batch))
		m.fill(net, 1)
		if n := testing.AllocsPerRun(10, func() {
			if err := net.in.Run(batch); err != nil {
				t.Fatal(err)
			}
		}); n > 0 {
			t.Errorf("a prediction allocates %v times", n)
		}
	})
}

// bench measures the variant in use by default.
func (m *testModel) bench(b *testing.B, opts ...Option) {
	net, err := m.model.open(m.options(b, opts))
	if err != nil {
		b.Fatal(err)
	}
	defer net.Close()
	m.fill(net, 1)
	b.ReportAllocs()
	for b.Loop() {
		if err := net.in.Run(1); err != nil {
			b.Fatal(err)
		}
	}
}
