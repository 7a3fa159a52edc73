package lower

import (
	"slices"

	"nncc/codegen/sched"
	"nncc/ir"
)

// openStates gives every state plain memory that outlasts a run, which an init step fills with its first value. Zeros,
// where optimizers begin, are there already, and take no constant.
func (l *lowerer) openStates() ([]*Storage, error) {
	var out []*Storage
	for _, s := range l.graph.States {
		at, err := storageOf(s.Name, s.In.Type, sched.Layout{}, false)
		if err != nil {
			return nil, err
		}
		at.Derived = true
		if !isZero(s.Init.Data) {
			first, err := l.constant(&ir.Value{Name: s.Name, Type: s.In.Type, Const: s.Init}, s.In.Type, sched.Layout{})
			if err != nil {
				return nil, err
			}
			l.init = append(l.init, l.copying(first, at))
		}
		l.stored[s.In] = []*Storage{at}
		if updatesInPlace(s, l.last) && l.plan.Layout[s.Out] == (sched.Layout{}) {
			l.inPlace[s.Out] = at
		}
		out = append(out, at)
	}
	return out, nil
}

// isZero reports whether data has no byte but zeros.
func isZero(data []byte) bool {
	return !slices.ContainsFunc(data, func(b byte) bool { return b != 0 })
}

// lastReads is the last node that reads each value, or what reshapes make of it, which is the same memory; nil for
// results, which are read in the end.
func lastReads(g *ir.Graph) map[*ir.Value]*ir.Node {
	last := map[*ir.Value]*ir.Node{}
	origin := func(v *ir.Value) *ir.Value {
		for v.Def != nil && v.Def.Op.Name == "reshape" {
			v = v.Def.Inputs[0]
		}
		return v
	}
	for _, n := range g.Nodes {
		for _, v := range n.Inputs {
			if v != nil && n.Op.Name != "reshape" {
				last[origin(v)] = n
			}
		}
	}
	for _, v := range g.Results() {
		last[origin(v)] = nil
	}
	return last
}

// updatesInPlace reports whether the kernel that computes what s holds next may write it over what s holds: it is the
// last to read that, each element just before it writes it.
func updatesInPlace(s ir.State, last map[*ir.Value]*ir.Node) bool {
	n := s.Out.Def
	if s.Out == s.In || n == nil || len(n.Outputs) > 1 || last[s.In] != n {
		return false
	}
	if !slices.Contains(n.Inputs, s.In) { // last read as a reshape of it
		return false
	}
	return !slices.ContainsFunc(sched.Members(n), func(m *ir.Node) bool {
		if m.Op.Class != ir.Elementwise || m.Op.Name == "cast" {
			return true
		}
		return !m.Out().Type.Equal(s.Out.Type)
	})
}

// closeStates copies what states hold next to where it belongs, unless it is there.
func (l *lowerer) closeStates(states []*Storage) error {
	isState := func(s *Storage) bool { return slices.Contains(states, s.Root()) }
	next := make([]*Storage, len(states))
	for i, s := range l.graph.States {
		from, err := l.readPlain(s.Out)
		if err != nil {
			return err
		}
		if isState(from) && from.Root() != states[i] { // which may be written over before it is read
			if from, err = l.copy(s.Out, from); err != nil {
				return err
			}
		}
		next[i] = from
	}
	for i, from := range next {
		if from.Root() != states[i] {
			l.steps = append(l.steps, l.copying(from, states[i]))
		}
	}
	return nil
}
