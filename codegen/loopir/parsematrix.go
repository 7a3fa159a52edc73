package loopir

// matrix reads the number of a matrix register.
func (p *parser) matrix() int { return p.integer("the number of a matrix register") }

func (p *parser) matrixLoad() Stmt {
	s := &MatrixLoad{M: p.matrix()}
	p.expect("=")
	s.Buf, s.Idx = p.element()
	s.Pitch = p.pitch()
	return s
}

func (p *parser) matrixDot() Stmt {
	s := &MatrixDot{Acc: p.matrix()}
	p.expect(",")
	s.A = p.matrix()
	p.expect(",")
	s.B = p.matrix()
	return s
}

func (p *parser) matrixStore() Stmt {
	s := &MatrixStore{}
	s.Buf, s.Idx = p.element()
	s.Pitch = p.pitch()
	p.expect("=")
	s.M = p.matrix()
	return s
}

// pitch reads the distance of two rows.
func (p *parser) pitch() int {
	p.expect("by")
	return p.integer("the distance of two rows in elements")
}
