package ir

// state reads %name: type = value as "name", the value being written like that of a constant.
func (p *parser) state(s *scope) {
	name := p.take(nameToken, "a name like %x")
	p.expect(":")
	t, ok := p.typ()
	if !ok {
		p.define(s, name, nil)
		return
	}
	p.expect("=")
	init, called := p.constValue(t), name.text
	if p.accept("as") {
		called = p.take(textToken, "a name in quotes").text
	}
	if init == nil || p.failed {
		p.define(s, name, nil)
		return
	}
	p.define(s, name, s.build.State(name.pos, called, init))
}

// next reads %state = %value.
func (p *parser) next(s *scope) {
	pos := p.tok.pos
	in := p.use(s)
	p.expect("=")
	valuePos := p.tok.pos
	out := p.use(s)
	if p.failed || in == nil || out == nil {
		return
	}
	i := s.graph.stateOf(in)
	switch {
	case i < 0:
		p.failAt(pos, "%s is not a state", quoteName(in.Name))
	case s.graph.States[i].Out != in:
		p.failAt(pos, "%s has its next value already", quoteName(in.Name))
	case !out.Type.Equal(in.Type):
		p.failAt(valuePos, "%s is %v, the state is %v", quoteName(out.Name), out.Type, in.Type)
	default:
		s.graph.States[i].Out = out
	}
}
