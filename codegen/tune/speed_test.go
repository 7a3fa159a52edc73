package tune

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nncc/backends"
	"nncc/backends/all"
	"nncc/codegen"
	"nncc/codegen/sched"
	"nncc/runtime/exec"
	"nncc/runtime/program"
)

var (
	record    = flag.String("record", "", "write what TestSpeed measures to testdata, as a machine of this profile")
	precision = flag.String("precision", string(sched.F32), "f32 or bf16: of the kernels that TestSpeed measures")
)

// TestSpeed measures the layers of networks with all kernels that are worth a try. It runs when NNCC_SPEED is set, on a
// machine with nothing else to do; a subtest for each network.
func TestSpeed(t *testing.T) {
	if os.Getenv("NNCC_SPEED") == "" {
		t.Skip("set NNCC_SPEED=1 to measure")
	}
	usable, missing := all.Available()
	require.Empty(t, missing)
	targets := sched.Precision(*precision).Targets()
	target := targets[slices.IndexFunc(targets, func(t sched.Target) bool { return exec.Supported(featuresOf(t.ISA)) })]
	for _, file := range networks {
		t.Run(strings.ReplaceAll(strings.TrimSuffix(file, ".json"), "/", "-"), func(t *testing.T) {
			g := optimised(t, file)
			search := Search{
				Graph: g, Target: target, Until: time.Now().Add(time.Hour), Show: t.Logf,
				Compile: func(pins []sched.Pin) (Network, error) {
					p, err := codegen.Compile(g, codegen.Options{ISAs: []string{target.ISA}, Precision: sched.Precision(*precision), Backends: usable, Layers: true, Pins: pins})
					if err != nil {
						return nil, err
					}
					return open(p)
				},
			}
			r, err := search.Run()
			require.NoError(t, err)
			n := recordedNetwork{File: file}
			var loss lost
			for _, l := range r.Layers {
				n.Layers = append(n.Layers, recordedOf(l))
				loss.add(file, n.Layers[len(n.Layers)-1], l.Options[0])
			}
			t.Logf("%v; tuned %.3f of the time", loss, r.Ratio)
			if *record != "" {
				save(t, target.ISA, n)
			}
		})
	}
}

// recordedOf is what was measured of a kind of layers. Times are relative to those of the first option in the same
// round, and of its least time.
func recordedOf(l Layer) recordedLayer {
	least := math.Inf(1)
	for _, o := range l.Options[1:] {
		if o.Ratio > 0 {
			least = min(least, o.Ns/o.Ratio)
		}
	}
	out := recordedLayer{Conv: l.Conv.String(), Count: len(l.Values)}
	for i, o := range l.Options {
		ratio := o.Ratio
		if i == 0 {
			ratio = 1
		}
		if ratio > 0 {
			us := ratio * least / 1e3 / float64(len(l.Values))
			out.Options = append(out.Options, recordedOption{o.Kernel, o.Tile, math.Round(us*100) / 100})
		}
	}
	return out
}

// save puts a network into the file of its class of machines.
func save(t *testing.T, isa string, n recordedNetwork) {
	name := filepath.Join("testdata", fmt.Sprintf("%s-%s.json", *record, isa))
	r := recording{Machine: *record, ISA: isa}
	if text, err := os.ReadFile(name); err == nil {
		require.NoError(t, json.Unmarshal(text, &r))
	}
	r.Networks = slices.DeleteFunc(r.Networks, func(old recordedNetwork) bool { return old.File == n.File })
	r.Networks = append(r.Networks, n)
	slices.SortFunc(r.Networks, func(a, b recordedNetwork) int { return strings.Compare(a.File, b.File) })
	var b strings.Builder
	b.WriteString(fmt.Sprintf("{\"machine\": %q, \"isa\": %q, \"networks\": [", r.Machine, r.ISA))
	for i, n := range r.Networks {
		b.WriteString(strings.Repeat(",", min(i, 1)) + fmt.Sprintf("\n{\"file\": %q, \"layers\": [", n.File))
		for j, l := range n.Layers {
			line, err := json.Marshal(l)
			require.NoError(t, err)
			b.WriteString(strings.Repeat(",", min(j, 1)) + "\n" + string(line))
		}
		b.WriteString("\n]}")
	}
	b.WriteString("\n]}\n")
	require.NoError(t, os.MkdirAll("testdata", 0o755))
	require.NoError(t, os.WriteFile(name, []byte(b.String()), 0o644))
}

func featuresOf(isa string) []string {
	t, _ := backends.TargetFor(isa)
	return t.Features
}

// opened is a network that runs.
type opened struct {
	*exec.Instance
	code   *exec.Code
	layers []program.Layer
}

func open(p *program.Program) (Network, error) {
	v, err := p.Native(&p.Variants[0])
	if err != nil {
		return nil, err
	}
	in, err := exec.Open(v, p.ConstData(), exec.Options{Threads: 1})
	if err != nil {
		return nil, err
	}
	for i := range v.Inputs { // numbers that are not denormal
		for j := range in.Input(i) {
			in.Input(i)[j] = 0x3f
		}
	}
	return opened{in, v.Code, p.Variants[0].Layers}, nil
}

func (o opened) Layers() []program.Layer { return o.layers }

func (o opened) Time() ([]time.Duration, error) {
	times := make([]time.Duration, len(o.layers))
	for i := range times {
		start := time.Now()
		if err := o.RunLaunch(i, 1); err != nil {
			return nil, err
		}
		times[i] = time.Since(start)
	}
	return times, nil
}

func (o opened) Close() {
	o.Instance.Close()
	_ = o.code.Close()
}
