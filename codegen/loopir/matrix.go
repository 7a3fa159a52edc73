package loopir

import (
	"errors"
	"fmt"
)

// Matrix registers hold MatrixRows rows of MatrixRowBytes bytes, as those of Intel's AMX do. A function names them by
// number; what they hold is undefined at the start of a chunk. They are statements of their own, not values: there is no
// instruction that moves one, so whoever writes a kernel decides what lies in which.
const (
	Matrices       = 8
	MatrixRows     = 16
	MatrixRowBytes = 64
)

type (
	// MatrixZero clears a matrix register.       mzero 0
	MatrixZero struct{ M int }
	// MatrixLoad reads a matrix register: row r is the 64 bytes of Buf, of bf16 or f32, from r*Pitch elements after Idx on.
	//       mload 4 = v[p, 0] by 32
	MatrixLoad struct {
		M     int
		Buf   *Buffer
		Idx   []Index
		Pitch int
	}
	// MatrixDot adds to each f32 of Acc the dot product of a row of A and a column of B, both of bf16; row k of B holds
	// rows 2k and 2k+1 of the matrix of 32 x 16 in turns. Even and odd products are summed apart, each fused with its sum
	// and from zero, then added to one another and to Acc; numbers below 2^-126 count as zero.       mdot 0, 4, 6
	MatrixDot struct{ Acc, A, B int }
	// MatrixStore writes a matrix register the way MatrixLoad reads it; Pitch is at least a row.       mstore p[t, 0] by 16 = 0
	MatrixStore struct {
		Buf   *Buffer
		Idx   []Index
		Pitch int
		M     int
	}
)

func (*MatrixZero) isStmt()  {}
func (*MatrixLoad) isStmt()  {}
func (*MatrixDot) isStmt()   {}
func (*MatrixStore) isStmt() {}

// UsesMatrices reports whether f has a statement on matrix registers.
func (f *Func) UsesMatrices() bool {
	uses := false
	Walk(f.Body, func(s Stmt) {
		switch s.(type) {
		case *MatrixZero, *MatrixLoad, *MatrixDot, *MatrixStore:
			uses = true
		}
	})
	return uses
}

// MatrixZero clears matrix register m.
func (b *Builder) MatrixZero(m int) { b.emit(&MatrixZero{m}) }

// MatrixLoad reads matrix register m from buf at idx, rows pitch elements apart.
func (b *Builder) MatrixLoad(m, pitch int, buf *Buffer, idx ...Index) {
	b.emit(&MatrixLoad{m, buf, idx, pitch})
}

// MatrixDot adds the product of matrix registers x and y to acc.
func (b *Builder) MatrixDot(acc, x, y int) { b.emit(&MatrixDot{acc, x, y}) }

// MatrixStore writes matrix register m to buf at idx, rows pitch elements apart.
func (b *Builder) MatrixStore(m, pitch int, buf *Buffer, idx ...Index) {
	b.emit(&MatrixStore{buf, idx, pitch, m})
}

// matrixSpan is how many elements lie between the first and the last of a matrix register in buf, both included.
func matrixSpan(buf *Buffer, pitch int) int {
	return (MatrixRows-1)*pitch + MatrixRowBytes/max(buf.Elem.Bytes(), 1)
}

// checkMatrix checks a statement on matrix registers.
func checkMatrix(s Stmt) error {
	switch s := s.(type) {
	case *MatrixZero:
		return checkMatrices(s.M)
	case *MatrixDot:
		return checkMatrices(s.Acc, s.A, s.B)
	case *MatrixLoad:
		return errors.Join(checkMatrices(s.M), checkMatrixMemory(s.Buf, s.Idx, s.Pitch, 0))
	case *MatrixStore:
		if !s.Buf.Mutable {
			return errors.New("store into a read-only buffer")
		}
		return errors.Join(checkMatrices(s.M), checkMatrixMemory(s.Buf, s.Idx, s.Pitch, MatrixRowBytes/max(s.Buf.Elem.Bytes(), 1)))
	}
	return nil
}

func checkMatrices(numbers ...int) error {
	for _, m := range numbers {
		if m < 0 || m >= Matrices {
			return fmt.Errorf("matrix register %d does not exist: they go from 0 to %d", m, Matrices-1)
		}
	}
	return nil
}

func checkMatrixMemory(buf *Buffer, idx []Index, pitch, least int) error {
	if buf.Elem != BF16 && buf.Elem != F32 {
		return fmt.Errorf("matrix registers hold bf16 or f32, not %v", buf.Elem)
	}
	if pitch < least || pitch > maxIndex {
		return fmt.Errorf("rows of a matrix cannot be %d elements apart", pitch)
	}
	return checkRank("buffer", len(idx), len(buf.Dims))
}
