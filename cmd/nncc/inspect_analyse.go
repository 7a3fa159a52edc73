package main

import (
	"io"
	"slices"

	"nncc/codegen"
	"nncc/codegen/lower"
	"nncc/codegen/plan"
	"nncc/codegen/sched"
	"nncc/ir"
	"nncc/runtime/program"
)

// network is one variant as the predictions see it.
type network struct {
	target      sched.Target
	works       []sched.Work
	weightBytes int64 // read by a run
	arenaBytes  int64
}

// total is a prediction for all calls together.
type total struct{ computeNs, memoryNs, ns, memoryBoundNs float64 }

func (t total) bound() string {
	if 2*t.memoryBoundNs > t.ns {
		return boundMemory
	}
	return boundCompute
}

// predict adds up the calls of a run, and hands each of them to each, which may be nil.
func (n network) predict(m sched.Machine, batch, threads int, each func(i int, r sched.Roof)) total {
	var t total
	for i, w := range n.works {
		r := m.Predict(w, n.target, batch, threads, n.weightBytes+n.arenaBytes*int64(batch))
		t.computeNs, t.memoryNs, t.ns = t.computeNs+r.ComputeNs, t.memoryNs+r.MemoryNs, t.ns+r.Ns()
		if r.MemoryBound() {
			t.memoryBoundNs += r.Ns()
		}
		if each != nil {
			each(i, r)
		}
	}
	return t
}

// analyse fills in the whole report.
func (o inspectOptions) analyse(s *session, m sched.Machine, isa string, notes io.Writer) (*report, error) {
	g := s.graph
	chosen, err := s.chosenKernels(isa, notes)
	if err != nil {
		return nil, err
	}
	target, _ := sched.LookupTarget(isa)
	target = s.target(target)
	r := &report{
		Model: s.name(), Batched: g.Batched, Machine: m.Name, ISA: isa, Batch: o.batch, Threads: o.threads,
		Parameters: countParameters(g.Constants()), FLOPs: g.FLOPs(), machine: m,
	}
	r.peak, _ = m.Peak(isa, "f32")
	if err := r.addVariants(s, o); err != nil {
		return nil, err
	}
	r.describeLayers(g, chosen, target, o.why)
	net := networkOf(g, chosen, target, r.ArenaBytes)
	r.addTimes(net, o)
	r.addBatches(net, o)
	r.addStorage()
	r.Advice = r.advise(net, portBytes(codegen.SignatureOf(g)))
	return r, nil
}

// networkOf describes the calls of a variant that has one launch per layer.
func networkOf(g *ir.Graph, v *program.Variant, t sched.Target, arenaBytes int64) network {
	kernels := convsOf(g, t)
	n := network{target: t, arenaBytes: arenaBytes}
	for i, l := range v.Layers {
		launch := v.Step[i]
		n.weightBytes += l.WeightBytes
		w := sched.Work{
			Operations: float64(l.FLOPs), WeightBytes: l.WeightBytes, DataBytes: l.Bytes - l.WeightBytes,
			Chunks: launch.Chunks, Grain: launch.Grain, Group: launch.Group,
		}
		kernels.cost(l, &w)
		n.works = append(n.works, w)
	}
	return n
}

// convs are the schedules of the convolutions, by the value that each computes.
type convs map[string]convSchedule

type convSchedule struct {
	tiles   []sched.Tile // all that were considered
	mulAdds float64      // of those of the direct sum
	bf16    bool         // they are dot products
}

func convsOf(g *ir.Graph, t sched.Target) convs {
	out := convs{}
	for n, choice := range sched.Assign(g, t).Conv {
		c, _ := sched.FusedConv(n)
		out[n.Out().Name] = convSchedule{choice.Tiles, choice.MulAdds(c), choice.Rounds(t)}
	}
	return out
}

// cost sets how many operations a layer really does, and what the cost model says of the tile that it has.
func (c convs) cost(l program.Layer, w *sched.Work) {
	for _, name := range l.Covers {
		conv := c[name]
		if i := slices.IndexFunc(conv.tiles, func(t sched.Tile) bool { return t.String() == l.Tile }); i >= 0 {
			w.Operations, w.Cycles, w.BF16 = float64(l.FLOPs)*conv.mulAdds, conv.tiles[i].Cycles, conv.bf16
			return
		}
	}
}

// addVariants plans the graph for every target.
func (r *report) addVariants(s *session, o inspectOptions) error {
	g, packs := s.graph, new(lower.Packs)
	for _, t := range s.precision.Targets() {
		t = s.target(t)
		p, err := codegen.Lower(g, t, packs, s.options(codegen.Options{}))
		if err != nil {
			return err
		}
		v := &p.Variant
		m := variantReport{ISA: v.ISA, DerivedBytes: int64(v.DerivedBytes), ArenaBytes: int64(v.ArenaBytes), ScratchBytes: int64(v.ScratchBytes)}
		for _, k := range plan.Join([]*plan.Plan{p}, false) {
			m.WeightsBytes += int64(len(k.Data))
		}
		m.PeakBytes = m.WeightsBytes + m.DerivedBytes + m.ArenaBytes*int64(o.batch) + m.ScratchBytes*int64(o.threads)
		if _, ok := r.machine.Peak(t.ISA, "f32"); ok {
			layers, err := codegen.Lower(g, t, packs, s.options(codegen.Options{Layers: true}))
			if err != nil {
				return err
			}
			ns := nanoseconds(networkOf(g, &layers.Variant, t, m.ArenaBytes).predict(r.machine, o.batch, o.threads, nil).ns)
			m.PredictedNs = &ns
		}
		r.Variants = append(r.Variants, m)
		if v.ISA == r.ISA {
			r.WeightsBytes, r.DerivedBytes, r.ArenaBytes, r.PeakBytes = m.WeightsBytes, m.DerivedBytes, m.ArenaBytes, m.PeakBytes
		}
	}
	return nil
}

// addTimes predicts the run that was asked for, and the same on other numbers of threads.
func (r *report) addTimes(net network, o inspectOptions) {
	t := net.predict(r.machine, o.batch, o.threads, func(i int, roof sched.Roof) { r.Layers[i].addRoof(roof) })
	r.ComputeNs, r.MemoryNs, r.PredictedNs, r.Bound = nanoseconds(t.computeNs), nanoseconds(t.memoryNs), nanoseconds(t.ns), t.bound()
	for _, l := range r.Layers {
		r.Bytes += l.Bytes
	}
	r.Intensity = float64(r.FLOPs*int64(r.samples())) / float64(max(r.Bytes, 1))
	one := net.predict(r.machine, o.batch, 1, nil)
	for threads := 1; ; threads = min(2*threads, r.machine.Cores) {
		t := net.predict(r.machine, o.batch, threads, nil)
		r.Scaling = append(r.Scaling, threadReport{threads, nanoseconds(t.ns), one.ns / max(t.ns, 1)})
		if threads == r.machine.Cores {
			break
		}
	}
}

// batchSizes are those that every report compares.
var batchSizes = []int{1, 8, 32, 128}

func (r *report) addBatches(net network, o inspectOptions) {
	sizes := slices.Clone(batchSizes)
	if !r.Batched {
		sizes = []int{1}
	} else if !slices.Contains(sizes, o.batch) {
		sizes = append(sizes, o.batch)
		slices.Sort(sizes)
	}
	for _, batch := range sizes {
		t := net.predict(r.machine, batch, o.threads, nil)
		r.Batches = append(r.Batches, batchReport{
			Batch: batch, ComputeNs: nanoseconds(t.computeNs), MemoryNs: nanoseconds(t.memoryNs), LatencyNs: nanoseconds(t.ns), PerSecond: float64(batch) / max(t.ns, 1) * 1e9,
			PeakBytes: r.PeakBytes + r.ArenaBytes*int64(batch-o.batch), Bound: t.bound(),
		})
	}
}

// addStorage is about the parameters as such: how a narrower type would change what bounds the network.
func (r *report) addStorage() {
	for _, d := range []struct {
		name  string
		bytes int
	}{{"f32", 4}, {"bf16", 2}, {"int8", 1}} {
		bytes := int64(d.bytes) * r.Parameters
		st := storageReport{DType: d.name, BytesPerParam: d.bytes, Bytes: bytes,
			ReadNs: int64(float64(bytes) / r.machine.Level(bytes+r.ArenaBytes).Rate(r.Threads))}
		peak := 0.0
		for _, p := range r.machine.Peaks {
			if p.DType == d.name {
				peak = max(peak, p.GFLOPs)
			}
		}
		if peak > 0 {
			ns := nanoseconds(float64(r.FLOPs*int64(r.samples())) / (peak * float64(min(r.Threads, r.machine.Cores))))
			st.PeakComputeNs = &ns
		}
		r.Storage = append(r.Storage, st)
	}
}

// portBytes is what goes in and out for one sample.
func portBytes(s program.Signature) int64 {
	n := int64(0)
	for _, p := range slices.Concat(s.Inputs, s.Outputs) {
		n += int64(p.Elems() * p.DType.Bytes())
	}
	return n
}
