package loopir

import (
	"errors"
	"fmt"
	"math"
)

// The rules that concern one node and the types of its operands. Parse applies them to what it reads, at its place
// in the text; Verify to whatever it is given.

const (
	maxLanes       = 1024
	maxBufferBytes = 1 << 40
	maxRegElems    = 1 << 12
)

// checkExpr checks x, given that its operands are well formed.
func checkExpr(x Expr) error {
	switch x := x.(type) {
	case *RegRef:
		return checkRank("register tile", len(x.Idx), len(x.Reg.Dims))
	case *Const:
		return checkConst(x)
	case *FromIndex:
		return checkNumeric("index", x.T)
	case *Load:
		return checkLoad(x)
	case *Splat:
		if x.X.Type().Lanes != 1 {
			return fmt.Errorf("splat of a vector %v", x.X.Type())
		}
		return checkType(x.Type())
	case *Unary:
		return checkUnary(x)
	case *Binary:
		return checkBinary(x)
	case *FMA:
		if !x.Type().Elem.IsFloat() {
			return fmt.Errorf("fma of %v: needs floats", x.Type())
		}
		return checkSame("fma", x.A.Type(), x.B.Type(), x.C.Type())
	case *Cmp:
		if int(x.Op) >= len(cmpNames) {
			return fmt.Errorf("unknown comparison %v", x.Op)
		}
		if err := checkNumeric("comparison", x.X.Type()); err != nil {
			return err
		}
		return checkSame("comparison", x.X.Type(), x.Y.Type())
	case *Select:
		if want := Vec(Bool, x.Type().Lanes); x.Mask.Type() != want {
			return fmt.Errorf("select by a mask of type %v, needs %v", x.Mask.Type(), want)
		}
		return checkSame("select", x.X.Type(), x.Y.Type())
	case *Dot:
		return checkDot(x)
	}
	return checkLanewise(x)
}

// checkLanewise covers the operations that move, fold or reinterpret lanes.
func checkLanewise(x Expr) error {
	switch x := x.(type) {
	case *Shuffle:
		return checkShuffle(x)
	case *Extract:
		if lanes := x.X.Type().Lanes; x.Lane < 0 || x.Lane >= lanes {
			return fmt.Errorf("lane %d of a value with %d lanes", x.Lane, lanes)
		}
	case *Convert:
		if err := checkNumeric("convert", x.X.Type()); err != nil {
			return err
		}
		return checkNumeric("convert", x.Type())
	case *Bitcast:
		from, to := x.X.Type(), x.T
		if err := errors.Join(checkNumeric("bitcast", from), checkNumeric("bitcast", to)); err != nil {
			return err
		}
		if from.Bytes() != to.Bytes() {
			return fmt.Errorf("bitcast from %v (%d bytes) to %v (%d bytes)", from, from.Bytes(), to, to.Bytes())
		}
	case *Narrow:
		if t := x.X.Type(); t.Elem != F32 {
			return fmt.Errorf("narrow of %v: needs f32", t)
		}
	case *Reduce:
		if x.Op != Add && x.Op != Mul && x.Op != Min && x.Op != Max {
			return fmt.Errorf("reduce %v: only add, mul, min and max reduce", x.Op)
		}
		if lanes := x.X.Type().Lanes; lanes&(lanes-1) != 0 {
			return fmt.Errorf("reduce over %d lanes: needs a power of two", lanes)
		}
		return checkNumeric("reduce", x.X.Type())
	}
	return nil
}

// checkNumeric refuses masks and types that do not exist.
func checkNumeric(what string, t Type) error {
	if t.Elem == Bool {
		return fmt.Errorf("%s of %v: needs numbers", what, t)
	}
	return checkType(t)
}

func checkType(t Type) error {
	if t.Elem == Invalid || int(t.Elem) >= len(kinds) || t.Lanes < 1 || t.Lanes > maxLanes {
		return fmt.Errorf("type %v does not exist: lanes go from 1 to %d", t, maxLanes)
	}
	return nil
}

func checkSame(what string, types ...Type) error {
	for _, t := range types[1:] {
		if t != types[0] {
			return fmt.Errorf("%s of %v and %v: operands must have one type", what, types[0], t)
		}
	}
	return nil
}

func checkRank(what string, indices, dims int) error {
	if indices != dims {
		return fmt.Errorf("%d indices for a %s of %d dimensions", indices, what, dims)
	}
	return nil
}

func checkConst(x *Const) error {
	if err := checkType(x.T); err != nil {
		return err
	}
	if lo, hi, ok := intRange(x.T.Elem); ok && (x.Int < lo || x.Int > hi) {
		return fmt.Errorf("%d does not fit %v", x.Int, x.T.Elem)
	}
	return nil
}

// intRange is the range of constants of an integer kind. Those of u64 are its bits as an int64.
func intRange(k Kind) (lo, hi int64, ok bool) {
	switch k {
	case Bool:
		return 0, 1, true
	case I64, U64:
		return math.MinInt64, math.MaxInt64, true
	}
	bits := 8 * k.Bytes()
	switch {
	case k.IsFloat() || bits == 0:
		return 0, 0, false
	case k.IsSigned():
		return -1 << (bits - 1), 1<<(bits-1) - 1, true
	}
	return 0, 1<<bits - 1, true
}

func checkLoad(x *Load) error {
	if err := checkType(x.T); err != nil {
		return err
	}
	if x.T.Elem != x.Buf.Elem {
		return fmt.Errorf("load of %v from a buffer of %v", x.T, x.Buf.Elem)
	}
	if err := checkRank("buffer", len(x.Idx), len(x.Buf.Dims)); err != nil || x.Pick == nil {
		return err
	}
	return x.checkPick()
}

func (x *Load) checkPick() error {
	if t := x.Pick.Type(); t.Lanes != 1 || !t.Elem.IsSigned() {
		return fmt.Errorf("pick by %v: needs a signed integer", t)
	}
	if x.Dim < 0 || x.Dim >= len(x.Buf.Dims) || x.Buf.Dims[x.Dim] == Batch {
		return fmt.Errorf("pick in dimension %d: must be one of the buffer's %d, and not the batch", x.Dim, len(x.Buf.Dims))
	}
	if x.Extent < 1 || x.Extent > x.Buf.Dims[x.Dim] {
		return fmt.Errorf("pick out of %d in a dimension of %d", x.Extent, x.Buf.Dims[x.Dim])
	}
	return nil
}

func checkUnary(x *Unary) error {
	t := x.X.Type()
	k, ok := t.Elem, false
	switch x.Op {
	case Neg, Abs:
		ok = k.IsFloat() || k.IsSigned()
	case Sqrt, Floor, RoundEven:
		ok = k.IsFloat()
	case Popcount:
		ok = isInteger(k)
	}
	if !ok {
		return fmt.Errorf("%v of %v is not defined", x.Op, t)
	}
	return nil
}

func checkBinary(x *Binary) error {
	t := x.X.Type()
	ok := false
	switch x.Op {
	case Add, Sub, Mul, Div, Min, Max:
		ok = t.Elem != Bool
	case And, Or, Xor, Shl, Shr:
		ok = isInteger(t.Elem)
	}
	if !ok {
		return fmt.Errorf("%v of %v is not defined", x.Op, t)
	}
	return checkSame(x.Op.String(), t, x.Y.Type())
}

func isInteger(k Kind) bool { return k != Invalid && k != Bool && !k.IsFloat() }

func checkShuffle(x *Shuffle) error {
	t := x.X.Type()
	if err := checkSame("shuffle", t, x.Y.Type()); err != nil {
		return err
	}
	for _, m := range x.Mask {
		if m < -1 || m >= 2*t.Lanes {
			return fmt.Errorf("shuffle picks lane %d of two values with %d lanes each", m, t.Lanes)
		}
	}
	return checkType(x.Type())
}

func checkDot(x *Dot) error {
	acc, a, b := x.Acc.Type(), x.A.Type(), x.B.Type()
	wide := acc.Lanes
	switch {
	case acc.Elem == I32 && a == Vec(U8, 4*wide) && b == Vec(I8, 4*wide):
	case acc.Elem == F32 && a == Vec(BF16, 2*wide) && b == a:
	default:
		return fmt.Errorf("dot of %v, %v and %v: needs i32xN, u8x4N, i8x4N or f32xN, bf16x2N, bf16x2N", acc, a, b)
	}
	return nil
}

// checkDivisor refuses quotients and remainders by anything but a positive constant.
func (op *IndexOp) checkDivisor() error {
	n, ok := op.Y.IsConst()
	if (op.Op == IndexDiv || op.Op == IndexMod) && (!ok || n < 1) {
		return errors.New("an index is divided by positive constants only")
	}
	return nil
}

// checkBuffer checks a declaration. Scratch has no batch dimension.
func checkBuffer(b *Buffer, scratch bool) error {
	if err := checkNumeric("buffer", Scalar(b.Elem)); err != nil {
		return err
	}
	bytes := b.Elem.Bytes()
	for k, d := range b.Dims {
		switch {
		case d == Batch && k == 0 && !scratch:
			continue
		case d == Batch && scratch:
			return errors.New("scratch has no batch dimension")
		case d == Batch:
			return errors.New("only the first dimension can be the batch")
		case d < 1:
			return fmt.Errorf("dimension %d is not positive", d)
		case bytes > maxBufferBytes/d:
			return fmt.Errorf("buffer is larger than %d bytes", maxBufferBytes)
		}
		bytes *= d
	}
	if scratch && !b.Mutable {
		return errors.New("scratch must be mutable")
	}
	return nil
}

func checkGridDim(g GridDim, position int) error {
	switch {
	case g.Extent == Batch && position > 0:
		return errors.New("only the first dimension of the grid can be the batch")
	case g.Extent != Batch && (g.Extent < 1 || g.Extent > maxIndex):
		return fmt.Errorf("extent %d of the grid is out of range", g.Extent)
	case (g.Group > 1) != (g.Count != nil) || g.Group > 1 && (g.Extent != Batch || g.Group > maxGroup):
		return fmt.Errorf("only the batch can be taken by groups, of 2 to %d", maxGroup)
	}
	return nil
}

// checkStmt checks s itself, given that its expressions are well formed; not the body of a loop.
func checkStmt(s Stmt) error {
	switch s := s.(type) {
	case *Let:
		if s.Val.Type != s.X.Type() {
			return fmt.Errorf("value of type %v defined as %v", s.Val.Type, s.X.Type())
		}
	case *Decl:
		return checkReg(s.Reg)
	case *Assign:
		if s.Reg.Type != s.X.Type() {
			return fmt.Errorf("%v assigned to a register tile of %v", s.X.Type(), s.Reg.Type)
		}
		return checkRank("register tile", len(s.Idx), len(s.Reg.Dims))
	case *Store:
		if s.Buf.Elem != s.X.Type().Elem {
			return fmt.Errorf("store of %v into a buffer of %v", s.X.Type(), s.Buf.Elem)
		}
		if !s.Buf.Mutable {
			return errors.New("store into a read-only buffer")
		}
		return checkRank("buffer", len(s.Idx), len(s.Buf.Dims))
	case *Prefetch:
		return checkRank("buffer", len(s.Idx), len(s.Buf.Dims))
	case *MatrixZero, *MatrixLoad, *MatrixDot, *MatrixStore:
		return checkMatrix(s)
	case *For:
		return checkFor(s)
	case *Call:
		return checkCall(s)
	}
	return nil
}

func checkReg(r *Reg) error {
	elems := 1
	for _, d := range r.Dims {
		if d < 1 || elems > maxRegElems/d {
			return fmt.Errorf("register tile %v: dimensions must be positive and hold at most %d elements", r.Dims, maxRegElems)
		}
		elems *= d
	}
	return checkType(r.Type)
}

func checkFor(s *For) error {
	if s.Step < 1 {
		return fmt.Errorf("step %d is not positive", s.Step)
	}
	if len(s.Yield) != len(s.Carried) {
		return fmt.Errorf("%d values yielded by a loop that carries %d", len(s.Yield), len(s.Carried))
	}
	for k, c := range s.Carried {
		if err := checkSame("carried value", c.Init.Type(), c.Inner.Type, c.Result.Type, s.Yield[k].Type()); err != nil {
			return err
		}
	}
	return nil
}

func checkCall(s *Call) error {
	if len(s.Args) != len(s.Func.Params) {
		return fmt.Errorf("%d arguments for the %d parameters of %s", len(s.Args), len(s.Func.Params), s.Func.Name)
	}
	if s.Func.Group() > 1 {
		return fmt.Errorf("%s takes the batch by groups, a call is for one sample", s.Func.Name)
	}
	for k, a := range s.Args {
		p := s.Func.Params[k]
		switch {
		case a.Buf.Elem != p.Elem:
			return fmt.Errorf("argument %d is a buffer of %v, parameter %s one of %v", k+1, a.Buf.Elem, p.Name, p.Elem)
		case p.Mutable && !a.Buf.Mutable:
			return fmt.Errorf("argument %d is read-only, parameter %s is stored to", k+1, p.Name)
		}
		if a.Idx != nil {
			if err := checkRank("buffer", len(a.Idx), len(a.Buf.Dims)); err != nil {
				return fmt.Errorf("argument %d: %w", k+1, err)
			}
		}
	}
	return nil
}
