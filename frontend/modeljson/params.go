package modeljson

import (
	"fmt"
	"hash/fnv"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"nncc/frontend/sidefile"
	"nncc/ir"
	"nncc/ir/diag"
	"nncc/runtime/safetensors"
	"nncc/runtime/tensor"
)

// maxWeightsBytes bounds a weights file.
const maxWeightsBytes = int64(1) << 33

// params is where layers get their parameters: a file of weights, or a seed.
type params struct {
	model           *model
	pos             diag.Pos // of what says where they come from
	file            string
	tensors         map[string]*safetensors.Tensor // nil without a file that could be read
	taken           map[string]bool
	forgiven        []string // prefixes of layers with mistakes, whose tensors are not compared
	seeded          bool
	seed            int
	seededBytesLeft int
	missing         bool // the model names neither weights nor a seed, or the file cannot be read
	reported        bool
}

// open reads the weights file, if the model names one. seed takes the place of the model's if it is not nil.
func (p *params) open(f *fields, root *value, seed *int) {
	p.taken = map[string]bool{}
	switch {
	case f.has("weights") && f.has("seed"):
		p.model.fail(f.at("seed"), "weights and seed exclude each other")
		p.missing, p.reported = true, true
	case f.has("weights"):
		p.pos, p.file = f.at("weights"), get(f, "weights", "")
		if err := p.read(); err != nil {
			p.model.fail(p.pos, "weights: %v", err)
			p.missing, p.reported = true, true
		}
	case f.has("seed"):
		p.seeded, p.seed = true, get(f, "seed", 0)
		if seed != nil {
			p.seed = *seed
		}
	default:
		p.pos, p.missing = f.pos, true
		p.reported = root.member("weights") != nil || root.member("seed") != nil // with a mistake, then
	}
}

func (p *params) read() error {
	f, info, err := sidefile.Open(filepath.Dir(p.model.path), p.file)
	if err != nil {
		return err
	}
	defer f.Close()
	if info.Size() > maxWeightsBytes {
		return fmt.Errorf("%q has %d bytes, at most %d are supported", p.file, info.Size(), maxWeightsBytes)
	}
	data := make([]byte, info.Size())
	if _, err := io.ReadFull(f, data); err != nil {
		return fmt.Errorf("%q: %w", p.file, err)
	}
	parsed, err := safetensors.Parse(data)
	if err != nil {
		return fmt.Errorf("%q: %w", p.file, err)
	}
	p.tensors = map[string]*safetensors.Tensor{}
	for i := range parsed.Tensors {
		p.tensors[parsed.Tensors[i].Name] = &parsed.Tensors[i]
	}
	return nil
}

// initial says how a seed initialises a parameter: uniformly from -bound to bound, or with a constant.
type initial struct{ bound, constant float64 }

// uniform is PyTorch's default for weight and bias of a layer with fanIn inputs to each output: Kaiming's uniform
// initialisation with a = sqrt(5).
func uniform(fanIn int) initial { return initial{bound: 1 / math.Sqrt(float64(fanIn))} }

func constant(v float64) initial { return initial{constant: v} }

// param returns the layer's parameter of the given name and shape as a constant. After reporting that it cannot be had,
// it returns a value of that type without data, so that mistakes in what follows are found.
func (l *layer) param(suffix string, init initial, shape ...int) *ir.Value {
	p, name := &l.model.params, l.name+"."+suffix
	t := ir.T(tensor.F32, shape...)
	var data *tensor.Tensor
	switch err := t.Check(); {
	case err != nil:
		l.errorf("", "parameter %q %v", name, err)
	case p.missing && !p.reported:
		p.reported = true
		p.model.errs.Add(p.pos, "the model has parameters, but no weights").Hint = `add "weights": "FILE.safetensors", or "seed": 1 for random ones`
	case p.missing:
	case p.seeded:
		data = p.random(l, name, init, t)
	default:
		data = p.load(l, name, t)
	}
	if data == nil {
		return &ir.Value{Name: name, Type: t, Pos: l.pos}
	}
	return l.model.build.Const(l.pos, name, data)
}

// random initialises a parameter. Its numbers depend on the seed and its name only.
func (p *params) random(l *layer, name string, init initial, t ir.Type) *tensor.Tensor {
	if p.seededBytesLeft -= t.Bytes(); p.seededBytesLeft < 0 {
		l.errorf("", "more than %d bytes of random parameters", maxSeededBytes)
		p.missing, p.reported = true, true
		return nil
	}
	if init.bound == 0 {
		return tensor.FromF32(slices.Repeat([]float32{float32(init.constant)}, t.Elems()), t.Shape...)
	}
	h := fnv.New64a()
	h.Write([]byte(name))
	const golden = 0x9e3779b97f4a7c15 // spreads small seeds over all bits
	return ir.Uniform(tensor.F32, h.Sum64()^uint64(p.seed)*golden, -init.bound, init.bound, t.Shape...)
}

// load takes a parameter from the file.
func (p *params) load(l *layer, name string, t ir.Type) *tensor.Tensor {
	p.taken[name] = true
	stored := p.tensors[name]
	if stored == nil {
		e := p.model.fail(l.pos, "%q has no tensor %q", p.file, name)
		if p.model.errs.Len() <= maxListed { // finding a hint takes a while
			e.Hint = suggest(name, p.untaken(l.name), "it has")
		}
		return nil
	}
	if !slices.Equal(stored.Shape, t.Shape) {
		p.model.fail(l.pos, "tensor %q of %q is %s, the layer needs %s", name, p.file, dims(stored.Shape), dims(t.Shape))
		return nil
	}
	d := tensor.ParseDType(strings.ToLower(stored.DType))
	if !d.IsFloat() {
		p.model.fail(l.pos, "tensor %q of %q is %s, must be floating-point", name, p.file, stored.DType)
		return nil
	}
	data := &tensor.Tensor{DType: d, Shape: t.Shape, Data: stored.Data}
	if d != tensor.F32 {
		data = tensor.FromFloat64s(tensor.F32, data.Float64s(), t.Shape...)
	}
	return data
}

// untaken lists some tensors that no layer has taken yet, those of the given layer before others.
func (p *params) untaken(layer string) []string {
	var own, others []string
	for name := range p.tensors {
		switch {
		case p.taken[name]:
		case strings.HasPrefix(name, layer+"."):
			own = append(own, name)
		default:
			others = append(others, name)
		}
	}
	slices.Sort(own)
	slices.Sort(others)
	names := append(own, others...)
	return names[:min(len(names), maxListed)]
}

// forgive keeps the tensors of a layer with mistakes from being called superfluous.
func (p *params) forgive(layer string) { p.forgiven = append(p.forgiven, layer+".") }

// maxListed bounds how many tensors one message or one list of messages names.
const maxListed = 20

// checkExtra reports tensors of the file that no layer takes. PyTorch's counters of batches are not parameters.
func (p *params) checkExtra() {
	var extra []string
	for name := range p.tensors {
		if !p.taken[name] && !strings.HasSuffix(name, ".num_batches_tracked") && !p.isForgiven(name) {
			extra = append(extra, name)
		}
	}
	slices.Sort(extra)
	for i, name := range extra {
		if i == maxListed {
			p.model.fail(p.pos, "and %d more tensors that no layer uses", len(extra)-maxListed)
			return
		}
		p.model.fail(p.pos, "no layer uses tensor %q of %q", name, p.file)
	}
}

func (p *params) isForgiven(name string) bool {
	return slices.ContainsFunc(p.forgiven, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

// dims prints [6, 3, 5, 5].
func dims(shape []int) string { return strings.ReplaceAll(fmt.Sprint(shape), " ", ", ") }
