package loopir

// Builder builds a Func in Go code that reads like the text form:
//
//	b := NewBuilder("scale")
//	y := b.Grid("y", 8)
//	in, w, out := b.Param("in", F32, 8, 64), b.Param("w", F32, 64), b.Out("out", F32, 8, 64)
//	b.For("x", C(0), C(64), 16, func(x Index) {
//		v := b.Let("v", LoadV(Vec(F32, 16), in, y, x))
//		b.Store(out, Mul.Of(v, LoadV(Vec(F32, 16), w, x)), y, x)
//	})
//	f := b.Func()
//
// It checks nothing: Verify does.
type Builder struct {
	f     *Func
	scope []*[]Stmt // bodies under construction, innermost last
}

// NewBuilder starts a kernel.
func NewBuilder(name string) *Builder {
	f := &Func{Name: name}
	return &Builder{f: f, scope: []*[]Stmt{&f.Body}}
}

// Func is the finished kernel.
func (b *Builder) Func() *Func { return b.f }

func (b *Builder) emit(s Stmt) {
	body := b.scope[len(b.scope)-1]
	*body = append(*body, s)
}

// Param declares a read-only parameter. The first of dims may be Batch.
func (b *Builder) Param(name string, elem Kind, dims ...int) *Buffer {
	p := &Buffer{Name: name, Elem: elem, Dims: dims}
	b.f.Params = append(b.f.Params, p)
	return p
}

// Out declares a parameter that the kernel stores to. The first of dims may be Batch.
func (b *Builder) Out(name string, elem Kind, dims ...int) *Buffer {
	p := b.Param(name, elem, dims...)
	p.Mutable = true
	return p
}

// Temp declares scratch: memory of the worker, undefined at the start of a chunk.
func (b *Builder) Temp(name string, elem Kind, dims ...int) *Buffer {
	t := &Buffer{Name: name, Elem: elem, Dims: dims, Mutable: true}
	b.f.Scratch = append(b.f.Scratch, t)
	return t
}

// Grid adds the next faster dimension of the iteration space. Only the first may have extent Batch.
func (b *Builder) Grid(name string, extent int) Index {
	v := &Var{name}
	b.f.Grid = append(b.f.Grid, GridDim{Var: v, Extent: extent})
	return v.I()
}

// Samples makes the batch the first dimension of the iteration space, by groups of up to size samples: it returns the first
// of one and how many there are.
func (b *Builder) Samples(name string, size int) (first, count Index) {
	g := GridDim{Var: &Var{name}, Extent: Batch, Group: size, Count: &Var{name + "s"}}
	b.f.Grid = append(b.f.Grid, g)
	return g.Var.I(), g.Count.I()
}

// For runs body for each x = lo, lo+step, ... below hi.
func (b *Builder) For(name string, lo, hi Index, step int, body func(x Index)) {
	b.loop(&For{Var: &Var{name}, Lo: lo, Hi: hi, Step: step}, body)
}

// Unroll repeats body for each constant from lo to hi (exclusive) once Promote has run.
func (b *Builder) Unroll(name string, lo, hi int, body func(p Index)) {
	b.loop(&For{Var: &Var{name}, Lo: C(lo), Hi: C(hi), Step: 1, Unroll: true}, body)
}

func (b *Builder) loop(s *For, body func(Index)) {
	b.emit(s)
	b.scope = append(b.scope, &s.Body)
	body(s.Var.I())
	b.scope = b.scope[:len(b.scope)-1]
}

// Let names the value of x; the result may be used any number of times at no cost.
func (b *Builder) Let(name string, x Expr) Expr {
	v := &Value{Name: name, Type: x.Type()}
	b.emit(&Let{v, x})
	return &Ref{v}
}

// Tile is a register tile under construction.
type Tile struct {
	b   *Builder
	reg *Reg
}

// Reg declares a register tile of the given dimensions (none: a single value).
func (b *Builder) Reg(name string, t Type, dims ...int) Tile {
	r := &Reg{Name: name, Type: t, Dims: dims}
	b.emit(&Decl{r})
	return Tile{b, r}
}

// Set assigns x to the element at idx.
func (t Tile) Set(x Expr, idx ...Index) { t.b.emit(&Assign{t.reg, idx, x}) }

// At reads the element at idx.
func (t Tile) At(idx ...Index) Expr { return &RegRef{t.reg, idx} }

// Store writes all lanes of x to buf from idx on.
func (b *Builder) Store(buf *Buffer, x Expr, idx ...Index) {
	b.emit(&Store{Buf: buf, Idx: idx, X: x})
}

// StoreN writes the lanes of x below count to buf from idx on.
func (b *Builder) StoreN(buf *Buffer, count Index, x Expr, idx ...Index) {
	b.emit(&Store{Buf: buf, Idx: idx, X: x, Count: &count})
}

// Call runs the whole grid of f for one sample on the views, in the order of f.Params.
func (b *Builder) Call(f *Func, args ...View) { b.emit(&Call{f, args}) }

// Prefetch hints that buf at idx will be read or written soon.
func (b *Builder) Prefetch(buf *Buffer, idx ...Index) { b.emit(&Prefetch{buf, idx}) }

// From is b seen from idx on, as an argument of a call; without idx, from its start.
func (b *Buffer) From(idx ...Index) View { return View{b, idx} }

// LoadV reads a value of type t from buf at idx.
func LoadV(t Type, buf *Buffer, idx ...Index) Expr { return &Load{T: t, Buf: buf, Idx: idx} }

// LoadN reads the lanes below count from buf at idx; the others are zero.
func LoadN(t Type, buf *Buffer, count Index, idx ...Index) Expr {
	return &Load{T: t, Buf: buf, Idx: idx, Count: &count}
}

// Num is the constant v in every lane of t. For integer types v must be an integer.
func Num(t Type, v float64) Expr {
	if t.Elem.IsFloat() {
		return &Const{T: t, Float: v}
	}
	return &Const{T: t, Int: int64(v)}
}

// IndexTo is x as a number of type t.
func IndexTo(t Type, x Index) Expr { return &FromIndex{t, x} }

// SplatOf copies the scalar x into every lane.
func SplatOf(lanes int, x Expr) Expr { return &Splat{lanes, x} }

// Of applies op to each lane of x.
func (op UnaryOp) Of(x Expr) Expr { return &Unary{op, x} }

// Of applies op to each pair of lanes of x and y: Add.Of(x, y) is x + y.
func (op BinaryOp) Of(x, y Expr) Expr { return &Binary{op, x, y} }

// Reduce folds the lanes of x into a scalar.
func (op BinaryOp) Reduce(x Expr) Expr { return &Reduce{op, x} }

// Of compares each pair of lanes of x and y.
func (op CmpOp) Of(x, y Expr) Expr { return &Cmp{op, x, y} }

// FMAOf is a*b + c.
func FMAOf(a, b, c Expr) Expr { return &FMA{a, b, c} }

// SelectOf is x where mask is true, else y.
func SelectOf(mask, x, y Expr) Expr { return &Select{mask, x, y} }

// ShuffleOf picks lanes of x and y, numbered one after the other.
func ShuffleOf(x, y Expr, mask ...int) Expr { return &Shuffle{x, y, mask} }

// ExtractOf is one lane of x as a scalar.
func ExtractOf(x Expr, lane int) Expr { return &Extract{x, lane} }

// ConvertTo changes the element kind of x.
func ConvertTo(to Kind, x Expr) Expr { return &Convert{to, x} }

// BitcastTo reinterprets the bits of x.
func BitcastTo(t Type, x Expr) Expr { return &Bitcast{t, x} }

// NarrowOf rounds x to bf16.
func NarrowOf(x Expr) Expr { return &Narrow{x} }

// DotOf adds the grouped products of a and b to acc.
func DotOf(acc, a, b Expr) Expr { return &Dot{acc, a, b} }
