package main

import (
	"cmp"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"nncc/runtime/exec"
)

type benchOptions struct {
	model   modelOptions
	engine  engineOptions
	runs    int
	seconds float64
	machine bool
	train   bool
	json    bool
	html    string
}

func benchCommand() *cobra.Command {
	var o benchOptions
	cmd := &cobra.Command{
		Use:   "bench MODEL",
		Short: "Measure how fast a model runs",
		Long: `Bench times single runs of a model on a fixed random input, after a warm-up, and prints
the median in the format of Go benchmarks. The copy of the input is part of a run.
With --layers it prints the time of every kernel, and for native code which
fraction of the processor's measured fp32 peak that is. With --train a run is a step of
training on --batch samples: forward, backward and the update of SGD with momentum.
With --machine and without a model it measures the machine instead, and prints a profile
for inspect --machine.`,
		Example: `  nncc bench resnet50.onnx --threads 1
  nncc bench lenet.onnx --batch 32 --isa avx2 --json
  nncc bench resnet20.onnx --layers
  nncc bench resnet20.onnx --layers --html resnet20.html
  nncc bench resnet20.onnx --train --batch 128
  nncc bench --machine >mine.json`,
		Args: func(cmd *cobra.Command, args []string) error {
			if o.machine {
				return noArguments(cmd, args)
			}
			return oneModel(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.machine {
				return printMachine(cmd.OutOrStdout(), cmd.ErrOrStderr())
			}
			if cmd.Flags().Changed("runs") && cmd.Flags().Changed("seconds") {
				return usagef("--runs and --seconds exclude each other")
			}
			return o.run(args[0], cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	o.model.register(cmd)
	o.model.registerTune(cmd)
	o.engine.register(cmd)
	f := cmd.Flags()
	f.IntVar(&o.engine.batch, "batch", 1, "samples in a run: `N`")
	f.IntVar(&o.runs, "runs", 0, "measure `K` runs")
	f.Float64Var(&o.seconds, "seconds", 1, "measure as many runs as fit into `S` seconds, if --runs is not given")
	f.BoolVar(&o.json, "json", false, "print one JSON object, or with --layers one per layer")
	f.BoolVar(&o.machine, "machine", false, "measure peak and memory of this machine and print its profile, one JSON object")
	f.BoolVar(&o.train, "train", false, "measure a step of training")
	f.StringVar(&o.html, "html", "", "with --layers, write a page with the roofline plot to `FILE` instead")
	f.BoolVar(&o.engine.layers, "layers", false, "time every kernel on its own")
	return cmd
}

func (o benchOptions) check() error {
	switch {
	case o.engine.batch < 1:
		return usagef("--batch %d: a run has at least one sample", o.engine.batch)
	case o.runs < 0:
		return usagef("--runs %d is negative", o.runs)
	case o.runs > mostRuns:
		return usagef("--runs %d: at most %d are measured", o.runs, mostRuns)
	case o.train && o.model.tuneSeconds > 0:
		return usagef("--train and --tune exclude each other")
	case o.html != "" && (!o.engine.layers || o.json):
		return usagef("--html needs --layers, and excludes --json")
	case !(o.seconds > 0):
		return usagef("--seconds %g: the time must be positive", o.seconds)
	case o.seconds > longestSeconds:
		return usagef("--seconds %g: at most %d", o.seconds, longestSeconds)
	}
	return nil
}

func (o benchOptions) run(path string, stdout, stderr io.Writer) error {
	if err := o.check(); err != nil {
		return err
	}
	s, err := openSession(path, o.model)
	if err != nil {
		return err
	}
	if err := o.tune(s, stderr); err != nil {
		return err
	}
	samples := o.engine.batch
	if o.train {
		if s, err = s.trainingStep(samples); err != nil {
			return err
		}
		o.engine.batch = 1 // it is in the graph
	}
	e, err := s.open(o.engine, stderr)
	if err != nil {
		return err
	}
	defer e.Close()
	in := randomInputs(e.signature, 1, o.engine.batch)
	if o.train {
		in.clearNumbers(e.signature)
	}
	in.copyTo(e, 0)
	if err := e.Run(o.engine.batch); err != nil {
		return err
	}
	if o.engine.layers {
		return o.layers(s, e, stdout, stderr)
	}
	m, err := o.measure(func(times []time.Duration) error { return timeRuns(e, in, times) })
	if err != nil {
		return err
	}
	return o.report(stdout, s, e, m, samples)
}

// tune looks for faster kernels first, if the user wants it.
func (o benchOptions) tune(s *session, stderr io.Writer) error {
	if o.model.tuneSeconds == 0 {
		return nil
	}
	target, _, err := nativeTarget(cmp.Or(o.engine.isa, exec.PinnedISA()), s.precision)
	if err != nil {
		return fmt.Errorf("--tune: %w", err)
	}
	show := newProgress(stderr)
	defer show.done()
	return s.tuneFor([]string{target.ISA}, o.engine, o.model, show, stderr)
}

// selfTimed is a runner that measures itself, because it runs in another process.
type selfTimed interface {
	Bench(batch, runs int) ([]time.Duration, error)
}

// timeRuns times single runs, the copy of the input included unless the runner measures itself.
func timeRuns(e *engine, in *inputSet, times []time.Duration) error {
	if r, ok := e.runner.(selfTimed); ok {
		measured, err := r.Bench(in.samples, len(times))
		copy(times, measured)
		return err
	}
	for i := range times {
		start := time.Now()
		in.copyTo(e, 0)
		err := e.Run(in.samples)
		times[i] = time.Since(start)
		if err != nil {
			return err
		}
	}
	return nil
}

// measurement is what a number of runs took.
type measurement struct {
	times               []time.Duration // sorted
	allocs, allocsBytes float64         // per run
}

func (m *measurement) quantile(q float64) time.Duration {
	return m.times[min(int(q*float64(len(m.times))), len(m.times)-1)]
}

func (m *measurement) median() time.Duration { return m.quantile(0.5) }

// Bounds on measuring: on the number of runs, the fewest if the user names none, and on their time.
const (
	fewestRuns = 5
	mostRuns   = 1 << 20

	longestSeconds = 24 * 60 * 60
)

// measure has f time as many runs as the user wants, after a warm-up of a tenth of the time and at least two runs.
func (o benchOptions) measure(f func(times []time.Duration) error) (*measurement, error) {
	runs, err := o.warmUp(f)
	if err != nil {
		return nil, err
	}
	m := &measurement{times: make([]time.Duration, runs)}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := f(m.times); err != nil {
		return nil, err
	}
	runtime.ReadMemStats(&after)
	m.allocs = float64(after.Mallocs-before.Mallocs) / float64(runs)
	m.allocsBytes = float64(after.TotalAlloc-before.TotalAlloc) / float64(runs)
	slices.Sort(m.times)
	return m, nil
}

// warmUp returns how many runs to measure.
func (o benchOptions) warmUp(f func(times []time.Duration) error) (int, error) {
	budget := time.Duration(o.seconds * float64(time.Second))
	calls, start := 0, time.Now()
	for calls < 2 || time.Since(start) < budget/10 {
		if err := f(make([]time.Duration, 1)); err != nil {
			return 0, err
		}
		calls++
	}
	if o.runs > 0 {
		return o.runs, nil
	}
	each := max(time.Since(start)/time.Duration(calls), 1)
	return int(min(max(budget/each, fewestRuns), mostRuns)), nil
}

// benchResult is a line of bench --json. Times are of a whole run, the batch included.
type benchResult struct {
	Model        string  `json:"model"`
	ISA          string  `json:"isa"`
	Backend      string  `json:"backend"`
	Threads      int     `json:"threads"`
	Batch        int     `json:"batch"`
	DType        string  `json:"dtype"`
	Runs         int     `json:"runs"`
	MedianNs     int64   `json:"median_ns"`
	MinNs        int64   `json:"min_ns"`
	P95Ns        int64   `json:"p95_ns"`
	Allocs       *int64  `json:"allocs"` // null where they are not this process's
	GFLOPsPerSec float64 `json:"gflops_per_s"`
}

func (o benchOptions) report(w io.Writer, s *session, e *engine, m *measurement, samples int) error {
	r := benchResult{
		Model: s.name(), ISA: e.isa, Backend: e.backend, Threads: e.threads, Batch: samples, DType: mainDType(e.signature),
		Runs: len(m.times), MedianNs: m.median().Nanoseconds(), MinNs: m.times[0].Nanoseconds(), P95Ns: m.quantile(0.95).Nanoseconds(),
		GFLOPsPerSec: perNanosecond(s.graph.FLOPs()*int64(o.engine.batch), m.median()),
	}
	if _, elsewhere := e.runner.(selfTimed); !elsewhere {
		allocs := int64(m.allocs)
		r.Allocs = &allocs
	}
	if o.json {
		return printJSON(w, r)
	}
	fmt.Fprintf(w, "goos: %s\ngoarch: %s\n", runtime.GOOS, runtime.GOARCH)
	fmt.Fprintf(w, "%s\t%8d\t%12d ns/op\t%8.2f GFLOP/s", benchName(r), r.Runs, r.MedianNs, r.GFLOPsPerSec)
	if r.Allocs != nil {
		fmt.Fprintf(w, "\t%8.0f B/op\t%8d allocs/op", m.allocsBytes, *r.Allocs)
	}
	fmt.Fprintln(w)
	return nil
}

// benchName is the name of a Go benchmark: one word, with the settings as sub-benchmarks.
func benchName(r benchResult) string {
	name := strings.Map(func(c rune) rune {
		if unicode.IsSpace(c) || c == '/' {
			return '_'
		}
		return c
	}, r.Model)
	first, size := utf8.DecodeRuneInString(name)
	return fmt.Sprintf("Benchmark%c%s/isa=%s/threads=%d/batch=%d", unicode.ToUpper(first), name[size:], r.ISA, r.Threads, r.Batch)
}

// perNanosecond is a rate in units of 10^9 per second.
func perNanosecond(amount int64, d time.Duration) float64 {
	return float64(amount) / float64(max(d.Nanoseconds(), 1))
}
