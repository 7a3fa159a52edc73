package codegen

import (
	"nncc/codegen/sched"
	"nncc/ir"
	"nncc/ir/passes"
)

// PassOptions completes options for the graph passes with what lowerings ask of them.
func PassOptions(o passes.Options) passes.Options {
	o.FusePool = func(head *ir.Node, out ir.Type, pool *ir.Node) bool {
		return passes.SmallPool(head, out, pool) && sched.CanPool(head) || sched.CanPoolTiles(head, pool)
	}
	return o
}
