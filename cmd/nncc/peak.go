package main

import (
	"time"

	"nncc/backends"
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

// peakKernel does nothing but independent multiply-adds in registers: chunk t is the share of thread t.
func peakKernel(lanes, threads int) *loopir.Func {
	b := loopir.NewBuilder("peak")
	v := loopir.Vec(loopir.F32, lanes)
	t := b.Grid("t", threads)
	in, out := b.Param("in", loopir.F32, 2*lanes), b.Out("out", loopir.F32, threads, peakChains*lanes)
	x, y := b.Let("x", loopir.LoadV(v, in, loopir.C(0))), b.Let("y", loopir.LoadV(v, in, loopir.C(lanes)))
	sum := b.Reg("sum", v, peakChains)
	b.Unroll("i", 0, peakChains, func(i loopir.Index) { sum.Set(x, i) })
	b.For("k", loopir.C(0), loopir.C(peakLoops), 1, func(loopir.Index) {
		b.Unroll("u", 0, peakUnroll, func(loopir.Index) {
			b.Unroll("i", 0, peakChains, func(i loopir.Index) { sum.Set(loopir.FMAOf(x, y, sum.At(i)), i) })
		})
	})
	b.Unroll("i", 0, peakChains, func(i loopir.Index) { b.Store(out, sum.At(i), t, i.Mul(lanes)) })
	return b.Func()
}

// measurePeak returns how many GFLOP/s of fp32 multiply-adds the given number of threads reach on this machine with
// the registers of isa: the bound that layers are compared with.
func measurePeak(isa string, threads int) (float64, error) {
	target, usable, err := nativeTarget(isa)
	if err != nil {
		return 0, err
	}
	st, _ := sched.LookupTarget(isa)
	p, err := peakProgram(peakKernel(st.Lanes, threads), target, usable, threads)
	if err != nil {
		return 0, err
	}
	e, err := openProgram(p, engineOptions{batch: 1, threads: threads})
	if err != nil {
		return 0, err
	}
	defer e.Close()
	best := time.Duration(1 << 62)
	for start := time.Now(); time.Since(start) < 50*time.Millisecond; {
		one := time.Now()
		if err := e.Run(1); err != nil {
			return 0, err
		}
		best = min(best, time.Since(one))
	}
	return perNanosecond(int64(2*st.Lanes*peakChains*peakUnroll*peakLoops*threads), best), nil
}

// peakProgram wraps the kernel as a program of one launch.
func peakProgram(f *loopir.Func, target backends.Target, usable []backends.Backend, threads int) (*program.Program, error) {
	obj, err := backendOf(usable, target.ISA).Compile(loopir.PromoteAll([]*loopir.Func{f}), target, backends.Options{})
	if err != nil {
		return nil, err
	}
	k := obj.Kernels[0]
	in, out := f.Params[0], f.Params[1]
	outOffset := (in.Bytes() + loopir.ScratchAlign - 1) / loopir.ScratchAlign * loopir.ScratchAlign
	port := func(b *loopir.Buffer, offsetBytes int) []exec.Port {
		return []exec.Port{{Name: b.Name, OffsetBytes: offsetBytes, ElemBytes: b.Elem.Bytes(), Elems: b.Elems()}}
	}
	return &program.Program{Variants: []program.Variant{{
		ISA: target.ISA, Arch: target.Arch, Features: target.Features, Code: obj.Code,
		Kernels: []program.Kernel{{Name: k.Name, OffsetBytes: k.OffsetBytes, SizeBytes: k.SizeBytes, StackBytes: k.StackBytes}},
		Step: []exec.Launch{{
			Name: k.Name, Chunks: threads, Grain: 1,
			Args: []exec.Arg{{Space: exec.SpaceArena}, {Space: exec.SpaceArena, OffsetBytes: outOffset}},
		}},
		ArenaBytes: outOffset + out.Bytes(), Inputs: port(in, 0), Outputs: port(out, outOffset),
	}}}, nil
}
