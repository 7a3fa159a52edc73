package main

import (
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"nncc/ir"
	"nncc/ir/passes"
	"nncc/ir/reduce"
)

type reduceOptions struct {
	model   modelOptions
	compare compareOptions
	test    string
	output  string
	json    bool
}

func reduceCommand(f fault) *cobra.Command {
	o := reduceOptions{model: modelOptions{fault: f}}
	cmd := &cobra.Command{
		Use:   "reduce MODEL",
		Short: "Shrink a model that is compiled wrongly, or not at all, to a small one that still is",
		Long: `Reduce looks for the first thing that goes wrong with a model, as diff does, or for an
error or panic of the compiler. It then cuts the model down around it: outputs and nodes
go, what is computed before becomes an input, attributes get their defaults, sizes
shrink, for as long as the same goes wrong. If a rewrite of the graph passes is to blame,
it is named.

With --test, a program decides instead: it is run with the path of a .nnir file, and exits
with 0 if the file has what is looked for. That serves for machine code that crashes, too.`,
		Example: `  nncc reduce resnet50.onnx -o small.nnir
  nncc reduce lenet.onnx --backends cpu --isa avx512 --seed 7
  nncc reduce lenet.onnx --test ./crashes.sh`,
		Args: oneModel,
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(args[0], cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	o.model.register(cmd)
	o.model.registerFuel(cmd)
	o.compare.register(cmd)
	f2 := cmd.Flags()
	f2.StringVarP(&o.output, "output", "o", "", "write the small model to `FILE` (default NAME.reduced.nnir)")
	f2.StringVar(&o.test, "test", "", "let `PROGRAM` decide whether a model shows the failure")
	f2.BoolVar(&o.json, "json", false, "print one JSON object")
	return cmd
}

func (o reduceOptions) run(path string, stdout, stderr io.Writer) error {
	if err := o.compare.check(); err != nil {
		return err
	}
	if o.test != "" {
		program, err := exec.LookPath(o.test)
		if err != nil {
			return usagef("--test: %v", err)
		}
		if o.test, err = filepath.Abs(program); err != nil {
			return err
		}
	}
	s, err := loadSession(path, o.model)
	if err != nil {
		return err
	}
	if o.output == "" {
		base := filepath.Base(path)
		o.output = strings.TrimSuffix(base, filepath.Ext(base)) + ".reduced.nnir"
	}
	r, err := judge{path: path, fault: o.model.fault, fuel: o.model.fuel, compare: o.compare, test: o.test, precision: s.precision}.reduce(s.loaded, newProgress(stderr))
	if err != nil {
		return err
	}
	r.Model, r.File = s.name(), o.output
	if err := writeGraph(o.output, r.graph); err != nil {
		return err
	}
	if o.json {
		return printJSON(stdout, r)
	}
	return r.print(stdout)
}

// reduction is the result of reduce.
type reduction struct {
	Model       string   `json:"model"`
	File        string   `json:"file"`
	Seed        uint64   `json:"seed"`
	NodesBefore int      `json:"nodes_before"`
	Nodes       int      `json:"nodes"`
	Tries       int      `json:"tries"`
	Failure     *failure `json:"failure"`             // of the small model
	Rewrite     *rewrite `json:"first_wrong_rewrite"` // null if it fails without any, or a program decides
	graph       *ir.Graph
}

// reduce shrinks g as far as it fails in the same way.
func (j judge) reduce(g *ir.Graph, p *progress) (*reduction, error) {
	defer p.done()
	p.step("looking for what is wrong")
	first := j.failure(g)
	if first == nil {
		return nil, fmt.Errorf("%s: there is nothing to reduce: %s", j.path, j.nothing())
	}
	narrow := j.narrowed(first)
	r := &reduction{Seed: j.compare.seed, NodesBefore: len(g.Nodes)}
	r.graph = reduce.Graph(g, reduce.Options{
		Fails: func(c *ir.Graph) bool { return narrow.failure(c).same(first) },
		Focus: first.Value,
		Progress: func(tries int, smallest *ir.Graph) {
			r.Tries = tries
			p.step("try %d: %s left", tries, plural(len(smallest.Nodes), "node"))
		},
	})
	r.Nodes, r.Failure = len(r.graph.Nodes), narrow.failure(r.graph)
	var err error
	if j.test == "" {
		p.step("looking for the rewrite")
		r.Rewrite, err = narrow.findRewrite(r.graph, r.Failure)
	}
	return r, err
}

func (j judge) nothing() string {
	if j.test != "" {
		return j.test + " does not hold for it"
	}
	return "no stage of the compiler gets it wrong here"
}

// findRewrite names the rewrite that makes g fail; nil if it fails without any, or never with the passes alone.
func (j judge) findRewrite(g *ir.Graph, f *failure) (*rewrite, error) {
	fails := func(fuel int) bool {
		limited := j
		limited.fuel = fuel
		return limited.failure(g).same(f)
	}
	s := j.session(g)
	if n, err := s.rewrites(passes.Options{}); n == 0 || err != nil || fails(0) {
		return nil, nil // an error of the passes is what fails
	}
	r, err := s.findRewrite(j.fuel, func(fuel int) (bool, error) { return fails(fuel), nil })
	return &r, err
}

func (r *reduction) print(w io.Writer) error {
	fmt.Fprintf(w, "%s: %s, of %d in %s, after %d tries\n", r.File, plural(r.Nodes, "node"), r.NodesBefore, r.Model, r.Tries)
	fmt.Fprintf(w, "  %v\n", r.Failure)
	if r.Rewrite != nil {
		fmt.Fprintf(w, "  from %v on\n", *r.Rewrite)
	}
	_, err := fmt.Fprintf(w, "  to see it: %s\n", r.command(r.File))
	return err
}

// writeGraph writes a graph's text, with all constants.
func writeGraph(file string, g *ir.Graph) error {
	return writeFile(file, func(w io.Writer) error { return ir.Print(w, g, ir.PrintOptions{}) })
}
