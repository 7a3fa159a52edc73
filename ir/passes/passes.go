// Package passes rewrites graphs into equal ones that are cheaper to run: one table of passes in one order.
package passes

import (
	"fmt"
	"slices"

	"nncc/ir"
)

// Pass is one row of the table.
type Pass struct {
	Name  string
	Doc   string
	After []string // passes that must have run before, as this one relies on what they leave
	run   func(c *context) error
}

// Passes is the table; they run in this order.
var Passes = []Pass{
	{Name: "fold-constants", run: foldConstants,
		Doc: "evaluate nodes whose inputs are all constant, with the interpreter"},
	{Name: "canonicalize", run: canonicalize, After: []string{"fold-constants"},
		Doc: "remove nodes without effect and give each computation one form: constants on the right, dense layers as gemm with weights [out, in]"},
	{Name: "fold-batchnorm", run: foldScales, After: []string{"canonicalize"},
		Doc: "move scales and shifts per channel (batchnorm, mul, add, div by constants) into the weights and bias of the conv or gemm before; batchnorm elsewhere becomes mul and add"},
	{Name: "flatten-volumes", run: flattenVolumes, After: []string{"fold-batchnorm"},
		Doc: "compute convolutions in three dimensions as ones in two: planes that a kernel covers become channels, and all planes one image"},
	{Name: "dead-code", run: deadCode, After: []string{"flatten-volumes"},
		Doc: "remove nodes whose results nobody reads"},
	{Name: "fuse", run: fuse, After: []string{"dead-code"},
		Doc: "join a contraction or window, the elementwise nodes after it and a small pool into one fused node"},
}

// Options of Run. The zero value runs everything.
type Options struct {
	Fuel     int                                                  // how many rewrites to do, over all passes; 0 means no limit
	Verify   bool                                                 // verify the graph after every pass
	Stop     string                                               // the last pass to run; empty means all
	Trace    func(pass string, g *ir.Graph)                       // called after each pass
	FusePool func(head *ir.Node, out ir.Type, pool *ir.Node) bool // whether to fuse a pool into a group that head starts, with result out; nil means SmallPool
}

// Run rewrites g in place, and returns how many rewrites it did. The graph must satisfy Verify, and does so afterwards.
func Run(g *ir.Graph, o Options) (rewrites int, err error) {
	if err := checkOrder(Passes); err != nil {
		return 0, err
	}
	if o.Stop != "" && !slices.ContainsFunc(Passes, func(p Pass) bool { return p.Name == o.Stop }) {
		return 0, fmt.Errorf("there is no pass %q", o.Stop)
	}
	if o.FusePool == nil {
		o.FusePool = SmallPool
	}
	c := newContext(g, o)
	for _, p := range Passes {
		if err := p.run(c); err != nil {
			return c.rewrites, fmt.Errorf("pass %s: %w", p.Name, err)
		}
		if o.Verify {
			if err := ir.Verify(g); err != nil {
				return c.rewrites, fmt.Errorf("pass %s left a broken graph: %w", p.Name, err)
			}
		}
		if o.Trace != nil {
			o.Trace(p.Name, g)
		}
		if p.Name == o.Stop {
			break
		}
	}
	return c.rewrites, nil
}

// checkOrder tests that names are unique and that every pass comes after those it relies on.
func checkOrder(table []Pass) error {
	seen := map[string]bool{}
	for _, p := range table {
		if seen[p.Name] {
			return fmt.Errorf("two passes are called %s", p.Name)
		}
		for _, before := range p.After {
			if !seen[before] {
				return fmt.Errorf("pass %s must come after %s", p.Name, before)
			}
		}
		seen[p.Name] = true
	}
	return nil
}
