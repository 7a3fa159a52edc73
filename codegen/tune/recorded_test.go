package tune

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/codegen"
	"nncc/codegen/sched"
	"nncc/frontend"
	"nncc/ir"
	"nncc/ir/passes"
)

// recording is what the layers of networks took on a class of machines. TestSpeed writes it.
type recording struct {
	Machine  string            `json:"machine"` // a profile
	ISA      string            `json:"isa"`
	Lacks    []string          `json:"lacks,omitempty"` // in names of kernels that there were none of when it was made
	Networks []recordedNetwork `json:"networks"`
}

type recordedNetwork struct {
	File   string          `json:"file"`
	Layers []recordedLayer `json:"layers"`
}

type recordedLayer struct {
	Conv    string           `json:"conv"`
	Count   int              `json:"count"`
	Options []recordedOption `json:"options"`
}

// recordedOption is the time of one layer with one kernel.
type recordedOption struct {
	Kernel string  `json:"kernel"`
	Tile   string  `json:"tile"`
	Us     float64 `json:"us"`
}

// networks are those that are measured.
var networks = []string{
	"examples/lenet/model.json", "testdata/models/resnet20/model.json", "examples/networks/squeezenet1_1.json", "examples/networks/mobilenet_v2.json",
	"examples/networks/googlenet.json", "examples/networks/resnet18.json", "examples/networks/resnet50.json", "examples/networks/densenet121.json", "examples/networks/vgg16.json",
}

// recordings reads all of them.
func recordings(t *testing.T) []recording {
	files, err := filepath.Glob("testdata/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	var all []recording
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		var r recording
		require.NoError(t, json.Unmarshal(text, &r))
		all = append(all, r)
	}
	return all
}

// optimised is a network as schedules are made for it.
func optimised(t testing.TB, file string) *ir.Graph {
	g, err := frontend.Load(filepath.Join("../..", file), frontend.Options{})
	require.NoError(t, err)
	_, err = passes.Run(g, codegen.PassOptions(passes.Options{}))
	require.NoError(t, err)
	return g
}

// us is the recorded time, 0 if there is none.
func (l recordedLayer) us(o Option) float64 {
	for _, r := range l.Options {
		if r.Kernel == o.Kernel && r.Tile == o.Tile {
			return r.Us
		}
	}
	return 0
}

func (l recordedLayer) best() float64 {
	return slices.MinFunc(l.Options, func(a, b recordedOption) int { return cmp.Compare(a.Us, b.Us) }).Us
}

// lost is how far choices are from the best ones.
type lost struct {
	kinds, near, unknown int // near: within 10 % of the best
	chosen, best         float64
	worst                string
	worstRatio           float64
}

func (l *lost) add(file string, r recordedLayer, chosen Option) {
	l.kinds++
	us := r.us(chosen)
	if us == 0 {
		l.unknown++
		return
	}
	l.chosen, l.best = l.chosen+us*float64(r.Count), l.best+r.best()*float64(r.Count)
	ratio := us / r.best()
	if ratio <= 1.1 {
		l.near++
	}
	if ratio > l.worstRatio {
		l.worst, l.worstRatio = fmt.Sprintf("%s, %s: %s %s", file, r.Conv, chosen.Kernel, chosen.Tile), ratio
	}
}

func (l lost) String() string {
	return fmt.Sprintf("%d of %d kinds within 10 %%, %d not measured, %.1f %% of the time lost; worst %.2f (%s)", l.near, l.kinds, l.unknown, 100*(l.chosen/l.best-1), l.worstRatio, l.worst)
}

// The kernels that cost models choose are near the best of those that were measured, and their times near those predicted
// with the rates of the machine's profile.
func TestChoices(t *testing.T) {
	for _, r := range recordings(t) {
		target, _ := sched.LookupTarget(r.ISA)
		profile, _ := sched.LookupMachine(r.Machine)
		own, ok := target.On(profile)
		require.True(t, ok)
		var chosen, withProfile lost
		ratios := map[string][]float64{} // measured to predicted, by family
		newer := 0
		first := func(options []Option) Option { // that could be measured
			i := slices.IndexFunc(options, func(o Option) bool {
				return !slices.ContainsFunc(r.Lacks, func(part string) bool { return strings.Contains(o.Kernel, part) })
			})
			return options[i]
		}
		for _, n := range r.Networks {
			g := optimised(t, n.File)
			n.compare(layersOf(g, target), func(l Layer, r recordedLayer) {
				option := first(l.Options)
				if chosen.add(n.File, r, option); option != l.Options[0] {
					newer++
				}
			})
			n.compare(layersOf(g, own), func(l Layer, r recordedLayer) {
				withProfile.add(n.File, r, first(l.Options))
				for _, o := range l.Options {
					if us := r.us(o); us > 0 {
						family, _, _ := strings.Cut(o.Kernel, " ")
						ratios[family] = append(ratios[family], us*1e3*profile.GHz/o.Cycles)
					}
				}
			})
		}
		if newer > 0 {
			t.Logf("%s: for %d kinds what is chosen was not there to be measured, the best of the others counts", r.Machine, newer)
		}
		t.Logf("%s, as chosen: %v", r.Machine, chosen)
		t.Logf("%s, as its own profile would choose: %v", r.Machine, withProfile)
		require.LessOrEqual(t, chosen.unknown*50, chosen.kinds, "kernels that were not measured are chosen: record anew")
		require.GreaterOrEqual(t, chosen.near*100, chosen.kinds*88)
		require.Less(t, chosen.chosen, 1.06*chosen.best)
		for family, list := range ratios {
			slices.Sort(list)
			at := func(q float64) float64 { return list[int(q*float64(len(list)-1))] }
			t.Logf("%s: measured / predicted of %d %s: median %.2f, 5 to 95 %%: %.2f to %.2f, worst %.2f and %.2f", r.Machine, len(list), family, at(0.5), at(0.05), at(0.95), at(0), at(1))
			want := 1.0
			if known, ok := misjudged[r.Machine+" "+family]; ok {
				want = known
			}
			require.InDelta(t, want, at(0.5), 0.25, family)
		}
	}
}

// misjudged has, by machine and family, what is known of predictions that are off: measured to predicted.
var misjudged = map[string]float64{
	"generic conv-thin": 1.4, // a single layer; its loads lie at any place of a row, and every other one crosses a line of the cache
}

// compare calls f for the layers that were measured.
func (n recordedNetwork) compare(layers []Layer, f func(Layer, recordedLayer)) {
	for _, l := range layers {
		if i := slices.IndexFunc(n.Layers, func(r recordedLayer) bool { return r.Conv == l.Conv.String() }); i >= 0 {
			f(l, n.Layers[i])
		}
	}
}
