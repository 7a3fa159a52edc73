package onnx

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"nncc/ir"
)

// operator is a row of the table: how an ONNX operator, in a range of operator-set versions, becomes ops of the IR.
type operator struct {
	name         string
	since, until int // versions, inclusive; until 0 means the newest
	inputs       ir.Arity
	apply        func(n *node) value
}

func (o *operator) covers(opset int) bool {
	return o.since <= opset && (o.until == 0 || opset <= o.until)
}

// lookup finds the row for a node, or nil.
func (im *importer) lookup(p *nodeProto) *operator {
	if p.domain != "" && p.domain != "ai.onnx" {
		return nil
	}
	for i := range im.operators {
		if o := &im.operators[i]; o.name == p.op && o.covers(p.opset) {
			return o
		}
	}
	return nil
}

// checkOperators reports all operators that the table does not have, each with the nodes that use it.
func (im *importer) checkOperators() {
	const namesShown = 3
	nodes := map[string][]string{}
	for i := range im.graph.nodes {
		p := &im.graph.nodes[i]
		if im.lookup(p) != nil {
			continue
		}
		name, label := keyOf(p.domain, p.op, p.overload).String(), p.name
		if label == "" {
			label = fmt.Sprintf("#%d", i)
		}
		name += fmt.Sprintf(" (operator set %d)", p.opset)
		nodes[name] = append(nodes[name], label)
	}
	for i, name := range slices.Sorted(maps.Keys(nodes)) {
		labels := nodes[name]
		shown := fmt.Sprintf("%q", labels[:min(namesShown, len(labels))])
		more := ""
		if len(labels) > namesShown {
			more = ", ..."
		}
		e := im.errorf("operator %s is not supported; used by %s: %s%s", name,
			count(len(labels), "node"), strings.Trim(strings.ReplaceAll(shown, `" "`, `", "`), "[]"), more)
		if i == len(nodes)-1 {
			e.Hint = "simplify the model or export it for inference; docs/onnx.md lists the operators that are supported"
		}
	}
}

// arity says how many inputs there may be.
func arity(a ir.Arity) string {
	switch {
	case a.Max < 0:
		return fmt.Sprintf("at least %d", a.Min)
	case a.Min == a.Max:
		return fmt.Sprint(a.Min)
	}
	return fmt.Sprintf("%d to %d", a.Min, a.Max)
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
