package loopir

// Stmt is a statement.
type Stmt interface{ isStmt() }

// Value is an SSA value: defined once, by a Let, as a carried value of a For or as its result.
type Value struct {
	Name string
	Type Type
}

// Reg is a register tile: a mutable array of scalars or vectors (no Dims: one of them) that never lives in memory.
type Reg struct {
	Name string
	Type Type
	Dims []int
}

type (
	// Let defines Val as X.       let v = X
	Let struct {
		Val *Value
		X   Expr
	}
	// Decl declares a register tile; its contents are undefined until assigned.       reg acc: f32x16[14, 2]
	Decl struct{ Reg *Reg }
	// Assign sets one element of a register tile.       acc[p, n] = X
	Assign struct {
		Reg *Reg
		Idx []Index
		X   Expr
	}
	// Store writes X to Buf at Idx and the following lanes; only lanes below Count where it is set.
	//       store out[y, x, 0] = X          store out[y, x, 0] count n = X
	Store struct {
		Buf   *Buffer
		Idx   []Index
		X     Expr
		Count *Index
	}
	// For counts Var from Lo to Hi (exclusive) by Step > 0; it may run zero times. Unroll asks Promote to
	// repeat the body instead, and needs constant Lo and Hi after enclosing unrolled variables are replaced.
	// Carried values enter as Init, are Inner inside the body, and the body's Yield is the next Inner; Results hold the last.
	//       for k = 0 to 48 step 1 carry(a = x, b = y) -> (c, d) { ... yield(e, f) }
	For struct {
		Var     *Var
		Lo, Hi  Index
		Step    int
		Unroll  bool
		Carried []Carried
		Body    []Stmt
		Yield   []Expr
	}
	// Call runs the whole grid of Func for one sample, in order, on this worker. Args are in the order of Func.Params;
	// a batched parameter is bound to one sample: the argument's address is its sample 0.
	//       call conv1(x[b, 0, 0, 0], w, y[b, 0, 0, 0])
	Call struct {
		Func *Func
		Args []View
	}
	// Prefetch hints that Buf at Idx will be read or written soon; the address may lie outside the buffer.       prefetch w[g, k + 64, 0]
	Prefetch struct {
		Buf *Buffer
		Idx []Index
	}
)

// Carried is one loop-carried value.
type Carried struct {
	Inner, Result *Value
	Init          Expr
}

// View is a buffer seen from an index on. A nil Idx is the start of the buffer.
type View struct {
	Buf *Buffer
	Idx []Index
}

func (*Let) isStmt()      {}
func (*Decl) isStmt()     {}
func (*Assign) isStmt()   {}
func (*Store) isStmt()    {}
func (*For) isStmt()      {}
func (*Call) isStmt()     {}
func (*Prefetch) isStmt() {}

// Walk visits every statement, outer before inner, in order.
func Walk(body []Stmt, visit func(Stmt)) {
	for _, s := range body {
		visit(s)
		if f, ok := s.(*For); ok {
			Walk(f.Body, visit)
		}
	}
}
