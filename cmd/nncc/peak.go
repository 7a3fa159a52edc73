package main

import (
	"time"

	"nncc/backends"
	"nncc/backends/gohost"
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/runtime/exec"
	"nncc/runtime/program"
)

// Shape of the peak kernel: enough independent sums to hide the latency of a multiply-add on every processor so far
// (two a cycle, four or five cycles each), few enough for sixteen registers.
const (
	peakChains = 12
	peakLoops  = 20000
	peakUnroll = 4
)

// peakKernel does nothing but independent multiply-adds in registers: chunk t is the share of thread t. Every product is
// of a sum, so that none can be shared. Rounded ones are dot products of pairs of bf16.
func peakKernel(lanes, threads int, rounded bool) *loopir.Func {
	b := loopir.NewBuilder("peak")
	v := loopir.Vec(loopir.F32, lanes)
	t := b.Grid("t", threads)
	in, out := b.Param("in", loopir.F32, 2*lanes), b.Out("out", loopir.F32, threads, peakChains*lanes)
	x, y := b.Let("x", loopir.LoadV(v, in, loopir.C(0))), b.Let("y", loopir.LoadV(v, in, loopir.C(lanes)))
	term := func(sum loopir.Expr) loopir.Expr { return loopir.FMAOf(sum, x, y) }
	if rounded {
		pairs := loopir.Vec(loopir.BF16, 2*lanes)
		term = func(sum loopir.Expr) loopir.Expr {
			return loopir.DotOf(y, loopir.BitcastTo(pairs, sum), loopir.BitcastTo(pairs, x))
		}
	}
	sum := b.Reg("sum", v, peakChains)
	b.Unroll("i", 0, peakChains, func(i loopir.Index) { sum.Set(x, i) })
	b.For("k", loopir.C(0), loopir.C(peakLoops), 1, func(loopir.Index) {
		b.Unroll("u", 0, peakUnroll, func(loopir.Index) {
			b.Unroll("i", 0, peakChains, func(i loopir.Index) { sum.Set(term(sum.At(i)), i) })
		})
	})
	b.Unroll("i", 0, peakChains, func(i loopir.Index) { b.Store(out, sum.At(i), t, i.Mul(lanes)) })
	return b.Func()
}

// measurePeak returns how many GFLOP/s of fp32 multiply-adds, or of dot products of bf16, the given number of threads reach
// on this machine with the registers of isa. The former is the bound that layers are compared with.
func measurePeak(isa string, threads int, rounded bool) (float64, error) {
	st, _ := sched.LookupTarget(isa)
	products := st.Lanes
	if rounded {
		products *= 2
	}
	e, err := openKernel(peakKernel(st.Lanes, threads, rounded), isa, threads)
	if err != nil {
		return 0, err
	}
	defer e.Close()
	best, err := fastest(e)
	return perNanosecond(int64(2*products*peakChains*peakUnroll*peakLoops*threads), best), err
}

// fastest is the time of the fastest of the runs that fit into a moment.
func fastest(e *engine) (time.Duration, error) {
	const moment = 50 * time.Millisecond
	best := time.Duration(1 << 62)
	for start := time.Now(); time.Since(start) < moment; {
		one := make([]time.Duration, 1)
		if err := timeKernel(e, one); err != nil {
			return 0, err
		}
		best = min(best, one[0])
	}
	return best, nil
}

// timeKernel times runs without the copy of inputs.
func timeKernel(e *engine, times []time.Duration) error {
	if r, ok := e.runner.(selfTimed); ok {
		measured, err := r.Bench(1, len(times))
		copy(times, measured)
		return err
	}
	for i := range times {
		start := time.Now()
		if err := e.Run(1); err != nil {
			return err
		}
		times[i] = time.Since(start)
	}
	return nil
}

// openKernel compiles a kernel with one input and one output for isa, and opens it as a program of one launch with a
// chunk for each thread.
func openKernel(f *loopir.Func, isa string, threads int) (*engine, error) {
	o := engineOptions{batch: 1, threads: threads}
	if isa == backendPortable {
		target, _ := backends.TargetFor(isa)
		p, err := kernelProgram(f, target, gohost.New(), threads)
		if err != nil {
			return nil, err
		}
		return openHelper(p, o)
	}
	target, usable, err := nativeTarget(isa, sched.BF16)
	if err != nil {
		return nil, err
	}
	p, err := kernelProgram(f, target, backendOf(usable, target.ISA), threads)
	if err != nil {
		return nil, err
	}
	return openVariant(p, &p.Variants[0], o)
}

func kernelProgram(f *loopir.Func, target backends.Target, b backends.Backend, threads int) (*program.Program, error) {
	obj, err := b.Compile([]*loopir.Func{loopir.Promote(f)}, target, backends.Options{})
	if err != nil {
		return nil, err
	}
	k := obj.Kernels[0]
	in, out := f.Params[0], f.Params[1]
	aligned := func(bytes int) int {
		return (bytes + loopir.ScratchAlign - 1) / loopir.ScratchAlign * loopir.ScratchAlign
	}
	outOffset := aligned(in.Bytes())
	port := func(b *loopir.Buffer, offsetBytes int) []exec.Port {
		return []exec.Port{{Name: b.Name, OffsetBytes: offsetBytes, ElemBytes: b.Elem.Bytes(), Elems: b.Elems()}}
	}
	return &program.Program{Variants: []program.Variant{{
		ISA: target.ISA, Arch: target.Arch, Features: target.Features, Code: obj.Code, Source: obj.Text["go"],
		Kernels: []program.Kernel{{Name: k.Name, OffsetBytes: k.OffsetBytes, SizeBytes: k.SizeBytes, StackBytes: k.StackBytes}},
		Step: []exec.Launch{{
			Name: k.Name, Chunks: threads, Grain: 1,
			Args: []exec.Arg{{Space: exec.SpaceArena}, {Space: exec.SpaceArena, OffsetBytes: outOffset}},
		}},
		ArenaBytes: outOffset + aligned(out.Bytes()), Inputs: port(in, 0), Outputs: port(out, outOffset),
	}}}, nil
}
