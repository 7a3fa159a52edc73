package main

import (
	"io"
	"math"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"nncc/codegen"
	"nncc/codegen/sched"
	"nncc/codegen/tune"
	"nncc/runtime/program"
)

// registerTune is for the subcommands that can look for faster kernels.
func (o *modelOptions) registerTune(cmd *cobra.Command) {
	cmd.Flags().Float64Var(&o.tuneSeconds, "tune", 0, "look for faster kernels on this machine for about `SECONDS`, and write them to the file of --schedule")
}

// checkTune checks the flags about schedules.
func (o modelOptions) checkTune() error {
	switch {
	case o.tuneSeconds != 0 && !(o.tuneSeconds > 0 && o.tuneSeconds <= longestSeconds):
		return usagef("--tune %g: from above 0 to %d seconds", o.tuneSeconds, longestSeconds)
	case o.tuneSeconds > 0 && o.schedule == "":
		return usagef("--tune needs --schedule FILE, which it writes")
	}
	return nil
}

// tuneFor looks for faster kernels, with an equal share of the time for each of the instruction sets, if the command line
// asks for it. It writes them to the schedule's file and uses them.
func (s *session) tuneFor(isas []string, e engineOptions, o modelOptions, show *progress, notes io.Writer) error {
	if o.tuneSeconds == 0 {
		return nil
	}
	var kernels []pinnedKernel
	for _, isa := range isas {
		e.isa = isa
		found, err := s.tune(e, o.tuneSeconds/float64(len(isas)), show)
		if err != nil {
			return err
		}
		kernels = append(kernels, kernelsOf(found)...)
		show.done()
		note(notes, "tuned for %s: %d of %s got a faster kernel; all layers together take %.2f of the time before",
			isa, len(found.Pins), plural(len(found.Layers), "kind")+" of convolutions", found.Ratio)
		s.pins = append(s.pins, found.Pins...)
	}
	return writeSchedule(o.schedule, isas, kernels)
}

// kernelsOf adds to pins what was measured.
func kernelsOf(found *tune.Result) []pinnedKernel {
	var out []pinnedKernel
	for _, pin := range found.Pins {
		k := pinnedKernel{Pin: pin}
		for _, l := range found.Layers {
			if l.Conv.String() != pin.Conv {
				continue
			}
			i := slices.IndexFunc(l.Options, func(o tune.Option) bool { return o.Kernel == pin.Kernel && o.Tile == pin.Tile })
			us := func(ns float64) float64 { return math.Round(ns/float64(len(l.Values))/10) / 100 }
			k.Us, k.UntunedUs = us(l.Options[i].Ns), us(l.Options[i].Ns/l.Options[i].Ratio)
		}
		out = append(out, k)
	}
	return out
}

// tune looks for faster kernels of the instruction set that o names for up to so many seconds.
func (s *session) tune(o engineOptions, seconds float64, show *progress) (*tune.Result, error) {
	machine, usable, err := nativeTarget(o.isa, s.precision)
	if err != nil {
		return nil, err
	}
	target, _ := sched.LookupTarget(machine.ISA)
	o.layers, o.batch = true, max(o.batch, 1)
	search := tune.Search{
		Graph: s.graph, Target: s.target(target), Until: time.Now().Add(time.Duration(seconds * float64(time.Second))),
		Show: func(format string, args ...any) { show.step("tuning for "+machine.ISA+": "+format, args...) },
		Compile: func(pins []sched.Pin) (tune.Network, error) {
			c := s.options(codegen.Options{ISAs: []string{machine.ISA}, Backends: usable, Layers: true})
			c.Pins = pins
			p, err := codegen.Compile(s.graph, c)
			if err != nil {
				return nil, err
			}
			e, err := openVariant(p, &p.Variants[0], o)
			if err != nil {
				return nil, err
			}
			randomInputs(e.signature, 1, o.batch).copyTo(e, 0)
			return timedNetwork{e, o.batch}, nil
		},
	}
	search.Target.Pins = nil
	return search.Run()
}

// timedNetwork is an engine with a launch for each layer.
type timedNetwork struct {
	*engine
	batch int
}

// Layers implements tune.Network.
func (n timedNetwork) Layers() []program.Layer { return n.variant.Layers }

// Time implements tune.Network.
func (n timedNetwork) Time() ([]time.Duration, error) {
	rows, err := n.runner.(layered).BenchLayers(n.batch, 1)
	if err != nil {
		return nil, err
	}
	return rows[0], nil
}
