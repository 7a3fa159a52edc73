package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"nncc/codegen/loopir"
	"nncc/codegen/sched"
)

// printMachine measures this machine and prints its profile.
func printMachine(w, notes io.Writer) error {
	m, err := measureMachine(newProgress(notes), notes)
	if err != nil {
		return err
	}
	return printJSON(w, m)
}

// measurePeaks measures one core with the registers of t, in all that its kernels compute with.
func measurePeaks(t sched.Target) ([]sched.Peak, error) {
	peak, err := measurePeak(t.ISA, 1, false)
	peaks := []sched.Peak{{ISA: t.ISA, DType: "f32", GFLOPs: round3(peak)}}
	if err != nil || !t.BF16 {
		return peaks, err
	}
	peak, err = measurePeak(t.ISA, 1, true)
	return append(peaks, sched.Peak{ISA: t.ISA, DType: "bf16", GFLOPs: round3(peak)}), err
}

// measureMachine makes a profile of this machine: peaks by multiply-adds in registers, memory by reading buffers of half
// the size of each cache, both by kernels that are compiled like those of a network.
func measureMachine(p *progress, notes io.Writer) (sched.Machine, error) {
	defer p.done()
	cores := min(runtime.GOMAXPROCS(0), runtime.NumCPU())
	m := sched.Machine{Name: "measured", Doc: "measured by nncc bench --machine", Cores: cores}
	supported, reader := supportedISAs(sched.BF16), ""
	for _, t := range sched.Targets {
		if t.ISA != backendPortable && !slices.Contains(supported, t.ISA) {
			continue
		}
		p.step("peak of %s", t.ISA)
		peaks, err := measurePeaks(t)
		if err != nil {
			if !canFallBack(err) {
				return m, err
			}
			note(notes, "%s is left out: %v", t.ISA, err)
			continue
		}
		m.Peaks = append(m.Peaks, peaks...)
		if reader == "" {
			reader = t.ISA
		}
	}
	if reader == "" || reader == backendPortable {
		return m, &unavailableError{fmt.Errorf("memory is measured by native code, which does not run here")}
	}
	p.step("clock")
	clock, err := measureClock(reader)
	if err != nil {
		return m, err
	}
	m.GHz = round3(clock)
	m.Memory, err = measureMemory(reader, cores, p)
	return m, err
}

// measureMemory measures how fast one core and how fast so many together read each level of memory, with isa's loads.
func measureMemory(isa string, cores int, p *progress) ([]sched.Memory, error) {
	var out []sched.Memory
	for i, l := range memoryLevels() {
		p.step("read %s", l.Name)
		one, err := measureReads(isa, 1, bufferBytes(l, i, 1))
		if err != nil {
			return nil, err
		}
		all, err := measureReads(isa, cores, bufferBytes(l, i, cores))
		if err != nil {
			return nil, err
		}
		l.GBPerSec, l.AllGBPerSec = round3(one), round3(max(one, all))
		out = append(out, l)
	}
	return out, nil
}

// Levels of memory in a profile, of which the first ones belong to a core.
var levelNames = []string{"L1", "L2", "L3"}

const privateLevels = 2

// memoryLevels lists the caches of the first processor as Linux reports them, and else those of the generic profile; rates are left to be measured.
func memoryLevels() []sched.Memory {
	generic, _ := sched.LookupMachine("generic")
	levels := generic.Memory
	if found := cachesOf("/sys/devices/system/cpu/cpu0/cache"); len(found) == len(levelNames) {
		levels = append(found, levels[len(levels)-1])
	}
	return levels
}

// cachesOf reads the sizes of data caches, nearest first.
func cachesOf(dir string) []sched.Memory {
	var out []sched.Memory
	for i := range 8 {
		read := func(name string) string {
			text, _ := os.ReadFile(filepath.Join(dir, fmt.Sprintf("index%d", i), name)) // what is missing reads as empty
			return strings.TrimSpace(string(text))
		}
		kilobytes, err := strconv.ParseInt(strings.TrimSuffix(read("size"), "K"), 10, 64)
		if kind := read("type"); err != nil || kind == "Instruction" || len(out) == len(levelNames) {
			continue
		}
		out = append(out, sched.Memory{Name: levelNames[len(out)], Bytes: kilobytes << 10})
	}
	return out
}

// bufferBytes is how much each of the threads reads to measure level number i: half of a cache, or far more than any.
func bufferBytes(l sched.Memory, i, threads int) int64 {
	const mostBytes, farBytes = 64 << 20, 256 << 20
	switch {
	case l.Bytes == 0:
		return farBytes / int64(threads)
	case i < privateLevels:
		return l.Bytes / 2
	}
	return min(l.Bytes/2, mostBytes) / int64(threads)
}

// Shape of the reading kernel.
const (
	readChains  = 8
	readAtLeast = 4 << 20 // bytes in a run, so that its start does not count
)

// readKernel adds up a buffer of so many vectors for each thread, repeatedly.
func readKernel(lanes, vectors, repeats, threads int) *loopir.Func {
	b := loopir.NewBuilder("read")
	v := loopir.Vec(loopir.F32, lanes)
	t := b.Grid("t", threads)
	in, out := b.Param("in", loopir.F32, threads, vectors*lanes), b.Out("out", loopir.F32, threads, readChains*lanes)
	sum := b.Reg("sum", v, readChains)
	b.Unroll("i", 0, readChains, func(i loopir.Index) { sum.Set(loopir.Num(v, 0), i) })
	b.For("r", loopir.C(0), loopir.C(repeats), 1, func(loopir.Index) {
		b.For("k", loopir.C(0), loopir.C(vectors*lanes), readChains*lanes, func(k loopir.Index) {
			b.Unroll("i", 0, readChains, func(i loopir.Index) {
				sum.Set(loopir.Add.Of(sum.At(i), loopir.LoadV(v, in, t, k.Add(i.Mul(lanes)))), i)
			})
		})
	})
	b.Unroll("i", 0, readChains, func(i loopir.Index) { b.Store(out, sum.At(i), t, i.Mul(lanes)) })
	return b.Func()
}

// clockSteps is the length of the clock kernel's chain.
const clockSteps = 1 << 16

// clockKernel is a chain of integer additions and exclusive ors, each of which takes one cycle on every processor.
func clockKernel() *loopir.Func {
	b := loopir.NewBuilder("clock")
	b.Grid("t", 1)
	v := loopir.Scalar(loopir.I64)
	in, out := b.Param("in", loopir.I64, 1), b.Out("out", loopir.I64, 1)
	x, sum := b.Let("x", loopir.LoadV(v, in, loopir.C(0))), b.Reg("sum", v, 1)
	sum.Set(x, loopir.C(0))
	b.For("k", loopir.C(0), loopir.C(clockSteps/2), 4, func(loopir.Index) {
		b.Unroll("u", 0, 4, func(loopir.Index) {
			sum.Set(loopir.Xor.Of(loopir.Add.Of(sum.At(loopir.C(0)), x), x), loopir.C(0))
		})
	})
	b.Store(out, sum.At(loopir.C(0)), loopir.C(0))
	return b.Func()
}

// measureClock is the clock under load in GHz.
func measureClock(isa string) (float64, error) {
	e, err := openKernel(clockKernel(), isa, 1)
	if err != nil {
		return 0, err
	}
	defer e.Close()
	best, err := fastest(e)
	return perNanosecond(clockSteps, best), err
}

// measureReads is the rate in GB/s at which threads read buffers of so many bytes each, all together.
func measureReads(isa string, threads int, bytes int64) (float64, error) {
	st, _ := sched.LookupTarget(isa)
	step := int64(readChains * st.Lanes * loopir.F32.Bytes())
	bytes = max(bytes/step, 1) * step
	repeats := max(1, readAtLeast/bytes)
	e, err := openKernel(readKernel(st.Lanes, int(bytes)/(st.Lanes*loopir.F32.Bytes()), int(repeats), threads), isa, threads)
	if err != nil {
		return 0, err
	}
	defer e.Close()
	in := e.Input(0)
	for i := range in {
		in[i] = 0x20 // memory that nobody has written may be one page
	}
	best, err := fastest(e)
	return perNanosecond(bytes*repeats*int64(threads), best), err
}

// round3 keeps three digits: more are noise.
func round3(x float64) float64 {
	y, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 3, 64), 64)
	return y
}
