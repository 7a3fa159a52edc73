package loopir

// matrix checks a statement on matrix registers: that those it reads hold something, and its memory.
func (v *verifier) matrix(s Stmt) {
	switch s := s.(type) {
	case *MatrixLoad:
		if !v.buffer(s.Buf) {
			return
		}
	case *MatrixStore:
		if !v.buffer(s.Buf) {
			return
		}
	}
	if !v.check(checkStmt(s)) {
		return
	}
	switch s := s.(type) {
	case *MatrixZero:
		v.matrices[s.M] = true
	case *MatrixDot:
		v.readMatrices(s.Acc, s.A, s.B)
	case *MatrixLoad:
		v.access(memoryAccess{"mload", s.Buf, s.Idx, matrixSpan(s.Buf, s.Pitch), nil})
		v.matrices[s.M] = true
	case *MatrixStore:
		v.readMatrices(s.M)
		v.access(memoryAccess{"mstore", s.Buf, s.Idx, matrixSpan(s.Buf, s.Pitch), nil})
	}
}

func (v *verifier) readMatrices(numbers ...int) {
	for _, m := range numbers {
		if !v.matrices[m] {
			v.fail("matrix register %d is read before it is written", m)
		}
	}
}
