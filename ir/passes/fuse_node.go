package passes

import "nncc/ir"

// node makes the fused node of a group. Values that come from outside become inputs of the body, each once, under the
// names they have outside, which are unique there.
func (g *group) node() (*ir.Node, error) {
	fused := &ir.Node{Op: ir.LookupOp("fused"), Name: g.members[0].Name, Attrs: ir.Attrs{}, Pos: g.members[0].Pos, Body: &ir.Graph{}}
	inner := map[*ir.Value]*ir.Value{}
	for _, m := range g.members {
		body := &ir.Node{Op: m.Op, Name: m.Name, Attrs: m.Attrs, Pos: m.Pos}
		for _, v := range m.Inputs {
			if v != nil && inner[v] == nil {
				inner[v] = &ir.Value{Name: v.Name, Type: v.Type, Pos: v.Pos}
				fused.Inputs = append(fused.Inputs, v)
				fused.Body.Inputs = append(fused.Body.Inputs, inner[v])
			}
			body.Inputs = append(body.Inputs, inner[v])
		}
		out := m.Out()
		inner[out] = &ir.Value{Name: out.Name, Type: out.Type, Def: body, Pos: out.Pos}
		body.Outputs = []*ir.Value{inner[out]}
		fused.Body.Nodes = append(fused.Body.Nodes, body)
	}
	result := g.last().Out()
	fused.Body.Outputs = []ir.Output{{Name: result.Name, Value: inner[result]}}
	result.Def = fused
	fused.Outputs = []*ir.Value{result}
	_, err := ir.Complete(fused)
	return fused, err
}
