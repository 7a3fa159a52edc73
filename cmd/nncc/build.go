package main

import (
	"errors"
	"fmt"
	"go/token"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"nncc/backends"
	"nncc/backends/all"
	"nncc/backends/gohost"
	"nncc/codegen"
	"nncc/codegen/sched"
	"nncc/ir"
	"nncc/runtime/parallel"
	"nncc/runtime/program"
)

type buildOptions struct {
	model   modelOptions
	picture pictureOptions
	classes string
	dir     string
	pkg     string
	target  string
	isas    []string
	batch   int
	weights string
	emit    []string
	check   bool
	train   bool
	step    stepOptions

	maxBytes byteSize
	maxMS    milliseconds
}

// Values of --target and --weights.
const (
	targetCPU      = "cpu"
	targetPortable = "portable"
	weightsEmbed   = "embed"
	weightsFile    = "file"
)

func buildCommand() *cobra.Command {
	var o buildOptions
	cmd := &cobra.Command{
		Use:   "build MODEL",
		Short: "Write a Go package that computes the model",
		Long: `Build compiles a model into a Go package that needs the standard library only: machine
code for each instruction set, portable Go code for all other processors, the weights,
tests and benchmarks. Without LLVM's llc it writes the portable code alone.

Files are replaced whole or not at all, and those that would not change are left as they
are. With --check nothing is written: the exit code is 1 if the package is not what build
would write.

Two budgets keep a package from growing: --max-bytes is about all of its files, code,
weights and source, and --max-ms about the time of a prediction on this machine (which
--check does not measure). Where one is exceeded nothing is written, and the exit code is 1.
Weights that are transformed when the program is opened are in no file, but --max-bytes
counts them: layers keep to direct sums where there is no room for more.

With --train the package has a Trainer too: a program trains the network on its own data,
without nncc. --batch, --loss, --optimizer and so on say what a step of it is.`,
		Example: `  nncc build lenet.onnx                      package lenet in ./lenet
  nncc build model.json -o internal/net --pkg net
  nncc build model.json -o internal/net --check
  nncc build resnet18.onnx --mean 0.485,0.456,0.406 --std 0.229,0.224,0.225 --classes labels.txt
  nncc build lenet.onnx --isa avx2,portable --weights file --emit loop,asm
  nncc build lenet.onnx --tune 20 --schedule lenet.schedule.json
  nncc build lenet.onnx --schedule lenet.schedule.json --check
  nncc build lenet.onnx --max-bytes 1MB --max-ms 0.5
  nncc build lenet.json --train --batch 100 --optimizer momentum --lr 0.001`,
		Args: oneModel,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.completeTraining(cmd); err != nil {
				return err
			}
			return o.run(args[0], cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	o.model.register(cmd)
	o.model.registerFuel(cmd)
	o.model.registerTune(cmd)
	o.picture.register(cmd)
	o.step.register(cmd)
	f := cmd.Flags()
	f.BoolVar(&o.train, "train", false, "put a Trainer into the package, which trains the network on a program's own data")
	f.StringVar(&o.classes, "classes", "", "take the labels of the classes from `FILE`, one a line")
	f.StringVarP(&o.dir, "output", "o", "", "write the package to `DIR` (default the model's name)")
	f.StringVar(&o.pkg, "pkg", "", "`NAME` of the package (default that of its folder)")
	f.StringVar(&o.target, "target", targetCPU, "`cpu|portable`: machine code and portable code, or portable code alone")
	f.StringSliceVar(&o.isas, "isa", nil, "write the variants of `LIST` (amx_bf16, amx, avx512_bf16, avx512, avx2, neon, portable) and no others")
	f.IntVar(&o.batch, "max-batch", 1, "make room for batches of up to `N` samples, unless WithMaxBatch says otherwise")
	f.StringVar(&o.weights, "weights", weightsEmbed, "`embed|file`: in the program, or in the file weights.bin that it opens (see WithWeights of the package)")
	f.StringSliceVar(&o.emit, "emit", nil, "also write the intermediate forms of `LIST` (ir, loop, llvm, asm) to DIR/emit")
	f.Var(&o.maxBytes, "max-bytes", "fail if the package's files take more than `SIZE`, such as 400kB, 2MB or 1.5GiB")
	f.Var(&o.maxMS, "max-ms", "fail if the median prediction takes more than `X` milliseconds here; the package's tests fail from then on where it does")
	f.BoolVar(&o.check, "check", false, "write nothing; fail if the package on disk is not up to date")
	return cmd
}

func (o buildOptions) checkUsage() error {
	switch {
	case o.target != targetCPU && o.target != targetPortable:
		return usagef("there is no target %q; there are cpu, portable", o.target)
	case o.weights != weightsEmbed && o.weights != weightsFile:
		return usagef("--weights %s: expected embed or file", o.weights)
	case o.batch < 1:
		return usagef("--max-batch %d: a batch has at least one sample", o.batch)
	case o.pkg != "" && !validPackage(o.pkg):
		return usagef("--pkg %s: that cannot be the name of a package", o.pkg)
	case o.check && o.model.tuneSeconds != 0:
		return usagef("--tune and --check exclude each other")
	case len(o.isas) > 0 && o.target == targetPortable:
		return usagef("--target portable has no choice of instruction sets")
	}
	for _, isa := range o.isas {
		if _, ok := sched.LookupTarget(isa); !ok {
			return usagef("there is no instruction set %q; there are %s", isa, knownISAs())
		}
	}
	for _, form := range o.emit {
		if !slices.Contains(emitForms, form) {
			return usagef("--emit %s: there are %s", form, list(emitForms))
		}
	}
	return nil
}

func (o buildOptions) run(path string, stdout, stderr io.Writer) error {
	start := time.Now()
	if err := o.checkUsage(); err != nil {
		return err
	}
	show := newProgress(stderr)
	defer show.done()
	show.step("reading %s", path)
	s, err := openSession(path, o.model)
	if err != nil {
		return err
	}
	if err := s.checkBatch(o.batch); err != nil {
		return err
	}
	if err := o.checkTrainable(s); err != nil {
		return err
	}
	if err := o.annotate(s); err != nil {
		return err
	}
	if o.dir == "" {
		o.dir = folderName(s.name())
	}
	if o.pkg == "" {
		if o.pkg, err = packageName(o.dir); err != nil {
			return err
		}
	}
	r, err := o.compile(s, show, stderr)
	if err != nil {
		return err
	}
	if err := o.checkBytes(r.files); err != nil {
		return err
	}
	if o.check {
		show.done()
		return o.compare(r, stdout, stderr)
	}
	if err := o.checkTime(s, r.program, show, stderr); err != nil {
		return err
	}
	show.done()
	return o.write(r, stdout, start)
}

// built is the result of a build in memory.
type built struct {
	program         *program.Program
	step, inference *program.Program       // of a Trainer; nil without --train
	files           map[string]gohost.File // of the package
	forms           map[string][]byte      // what --emit asked for
	tools           []string
}

// compile makes the package's files. The interpreter records the outputs for the package's test at the same time.
func (o buildOptions) compile(s *session, show *progress, notes io.Writer) (*built, error) {
	isas, usable, err := o.variants(s, show, notes)
	if err != nil {
		return nil, err
	}
	if err := s.tuneFor(runnable(isas), engineOptions{}, o.model, show, notes); err != nil {
		return nil, err
	}
	var recording recording
	recorded := parallel.Start(func() (err error) {
		if recording.vectors, err = s.recordVectors(); err == nil && o.train {
			recording.losses, err = o.recordLosses(s)
		}
		return err
	})
	r, err := o.program(s, isas, usable, show)
	if err != nil {
		return nil, err
	}
	show.step("recording outputs")
	if err := recorded(); err != nil {
		return nil, err
	}
	if err := o.emitPackage(r, s, recording, show); err != nil {
		return nil, err
	}
	if !o.limitDerived(s, r, show, notes) {
		return r, nil
	}
	if r, err = o.program(s, isas, usable, show); err != nil {
		return nil, err
	}
	return r, o.emitPackage(r, s, recording, show)
}

// recording is what the interpreter says, for the package's test.
type recording struct {
	vectors []gohost.TestVector
	losses  []float64 // of steps of training
}

// program compiles for all instruction sets.
func (o buildOptions) program(s *session, isas []string, usable []backends.Backend, show *progress) (*built, error) {
	show.step("compiling for %s", list(isas))
	forms := &intermediates{wanted: o.emit, files: map[string][]byte{}}
	parts, err := o.parts(s)
	if err != nil {
		return nil, err
	}
	for _, part := range parts {
		forms.graph(part)
	}
	programs, err := codegen.CompileParts(parts, s.options(codegen.Options{ISAs: isas, Backends: usable, Separate: true, Verify: true, Swappable: o.weights == weightsFile, Emit: forms.hook()}))
	if err := errors.Join(err, forms.err); err != nil {
		return nil, err
	}
	r := &built{program: programs[0], forms: forms.files, tools: toolsOf(usable)}
	if o.train {
		r.step, r.inference = programs[1], programs[2]
	}
	return r, nil
}

// emitPackage makes the package's files.
func (o buildOptions) emitPackage(r *built, s *session, recorded recording, show *progress) (err error) {
	show.step("writing the package")
	r.files, err = gohost.Emit(r.program, gohost.EmitOptions{
		Package: o.pkg, ExternalWeights: o.weights == weightsFile, MaxBatch: o.batch, Vectors: recorded.vectors, MaxMilliseconds: float64(o.maxMS),
		Tolerance: outputTolerance(s.graph, ""), Tolerances: roundedTolerances(s.graph, r.program),
		Version: release(), Tools: r.tools, Training: o.training(r, s, recorded.losses),
	})
	return err
}

// variants decides what to compile for, and with what. Where llc is missing and nothing is asked for by name, it is the
// portable variant alone, and notes says what to install.
func (o buildOptions) variants(s *session, show *progress, notes io.Writer) ([]string, []backends.Backend, error) {
	usable, missing := all.Available()
	if o.target == targetPortable {
		return []string{gohost.ISA}, usable, nil
	}
	isas := o.isas
	if len(isas) == 0 {
		var without []string
		for _, t := range s.precision.Targets() {
			if backendOf(usable, t.ISA) != nil {
				isas = append(isas, t.ISA)
			} else {
				without = append(without, t.ISA)
			}
		}
		for _, err := range missing {
			show.done()
			note(notes, "writing portable code only: %v", err)
		}
		if len(missing) == 0 && len(without) > 0 {
			show.done()
			note(notes, "leaving out %s: llc was built for other processors only", list(without))
		}
		return isas, usable, nil
	}
	for _, isa := range isas {
		if err := s.checkISA(isa); err != nil {
			return nil, nil, err
		}
		if backendOf(usable, isa) == nil {
			return nil, nil, errors.Join(append(missing, fmt.Errorf("no backend compiles for %s here", isa))...)
		}
	}
	return isas, usable, nil
}

// runnable are the instruction sets of which this machine runs native code.
func runnable(isas []string) []string {
	return slices.DeleteFunc(slices.Clone(isas), func(isa string) bool {
		_, _, err := nativeTarget(isa, sched.BF16)
		return err != nil
	})
}

// outputTolerance is what the recorded outputs may differ by from those of a variant: the tolerances on the way to the
// worst of them.
func outputTolerance(g *ir.Graph, isa string) float64 {
	sums := pathTolerances(g, isa)
	worst := 1e-4
	for _, out := range g.Outputs {
		worst = max(worst, sums[out.Value.Name])
	}
	return worst
}

// roundedTolerances is that of the variants of p that round.
func roundedTolerances(g *ir.Graph, p *program.Program) map[string]float64 {
	out := map[string]float64{}
	for _, v := range p.Variants {
		if rounds(v.ISA) {
			out[v.ISA] = outputTolerance(g, v.ISA)
		}
	}
	return out
}

func toolsOf(usable []backends.Backend) []string {
	var tools []string
	for _, b := range usable {
		if tool := b.Caps().Tool; tool != "" {
			tools = append(tools, tool)
		}
	}
	return tools
}

// folderName is a model's name as the name of a folder below the current one.
func folderName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r == '/' || r == '\\' || r == ':' || r < ' ' {
			return '_'
		}
		return r
	}, name)
	if name = strings.TrimLeft(name, ".-"); name == "" {
		return "net"
	}
	return name
}

// packageName is the name of a folder in lower case, without what an identifier cannot have.
func packageName(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			return r
		}
		return -1
	}, filepath.Base(abs))
	if name == "" || name[0] <= '9' || !validPackage(name) {
		name = "net" + name
	}
	return name, nil
}

func validPackage(name string) bool { return token.IsIdentifier(name) && name != "_" && name != "main" }
