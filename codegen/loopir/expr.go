package loopir

// Expr is a value expression. Expressions have no side effects; loads read what is in memory at that point.
type Expr interface{ Type() Type }

type (
	// Ref is the value of a Let, a carried value or a loop result.       v
	Ref struct{ Val *Value }
	// RegRef reads one element of a register tile.       acc[p, n]
	RegRef struct {
		Reg *Reg
		Idx []Index
	}
	// Const is the same number in every lane. Int holds it for integer types, by its bits for u64, Float for floating-point ones.
	//       f32x16(0.5)     i32(-3)
	Const struct {
		T     Type
		Float float64
		Int   int64
	}
	// FromIndex is an index as a number of an integer or float type.       f32(index x + 1)
	FromIndex struct {
		T Type
		X Index
	}
	// Load reads a vector or scalar of type T from Buf at Idx; no alignment is assumed beyond the element's.
	// With Count, lanes at and above it read as zero and do not touch memory.
	// With Pick, a scalar of a signed integer type, its value is added to index Dim, after what is below 0 has become 0 and
	// what is above it the last of Extent.
	//       load f32x16 in[y, x, 0]     load in[y, x, 0]     load f32x16 in[y, x, 0] count n     load in[y, 0, 0] pick(v, 1, 64)
	Load struct {
		T           Type
		Buf         *Buffer
		Idx         []Index
		Count       *Index
		Pick        Expr
		Dim, Extent int
	}
	// Splat copies a scalar into every lane.       splat16(x)
	Splat struct {
		Lanes int
		X     Expr
	}
	// Unary is a lane-wise operation on one operand.       sqrt(x)
	Unary struct {
		Op UnaryOp
		X  Expr
	}
	// Binary is a lane-wise operation on two operands of one type.       x + y     max(x, y)
	Binary struct {
		Op   BinaryOp
		X, Y Expr
	}
	// FMA is A*B + C with one rounding (portable Go: two).       fma(a, b, c)
	FMA struct{ A, B, C Expr }
	// Cmp compares lane-wise; the result has element kind Bool. Ordered: false if a lane is NaN, except Ne.       x < y
	Cmp struct {
		Op   CmpOp
		X, Y Expr
	}
	// Select picks X where Mask is true, else Y.       select(m, x, y)
	Select struct{ Mask, X, Y Expr }
	// Shuffle picks lanes of X (0..L-1) and Y (L..2L-1), L = lanes of X; -1 leaves a lane undefined.       shuffle(x, y, [0, 2, 4, 6])
	Shuffle struct {
		X, Y Expr
		Mask []int
	}
	// Extract is one lane as a scalar.       extract(x, 3)
	Extract struct {
		X    Expr
		Lane int
	}
	// Convert changes the element kind. Float to integer rounds to nearest even and saturates; integer narrowing
	// saturates; float narrowing rounds to nearest even.       convert i32x16 (x)
	Convert struct {
		To Kind
		X  Expr
	}
	// Bitcast reinterprets the bits; sizes must agree.       bitcast i32x16 (x)
	Bitcast struct {
		T Type
		X Expr
	}
	// Reduce folds the lanes of X into a scalar, as a balanced tree over halves (lane i with lane i + L/2).       reduce add (x)
	Reduce struct {
		Op BinaryOp // Add, Mul, Min or Max
		X  Expr
	}
	// Narrow rounds f32 to bf16 as processors that have dot products of it do: to nearest even like Convert, but a number
	// too small for a full significand (below 2^-126) becomes zero, with its sign.       narrow(x)
	Narrow struct{ X Expr }
	// Dot adds to each 32-bit lane of Acc the products of the group of narrow lanes of A and B it covers: u8 x i8 by fours
	// into i32 (VNNI, no saturation), bf16 x bf16 by pairs into f32, the upper product first, each fused with its sum. Of
	// bf16, operands and sums below 2^-126 count as zero.       dot(acc, a, b)
	Dot struct{ Acc, A, B Expr }
)

// UnaryOp names a lane-wise operation on one operand.
type UnaryOp uint8

// The unary operations. RoundEven, Floor and Sqrt are for floats; Popcount for integers.
const (
	Neg UnaryOp = iota
	Abs
	Sqrt
	Floor
	RoundEven
	Popcount
)

// BinaryOp names a lane-wise operation on two operands.
type BinaryOp uint8

// The binary operations. Integer arithmetic wraps; Div of integers truncates towards zero, and by zero gives zero. Min and
// Max of floats: if a lane of either operand is NaN the result is Y's lane.
// Shr is arithmetic for signed kinds. The bit operations are for integers.
const (
	Add BinaryOp = iota
	Sub
	Mul
	Div
	Min
	Max
	And
	Or
	Xor
	Shl
	Shr
)

// CmpOp names a comparison.
type CmpOp uint8

// The comparisons.
const (
	Eq CmpOp = iota
	Ne
	Lt
	Le
	Gt
	Ge
)

// Type implements Expr.
func (x *Ref) Type() Type       { return x.Val.Type }
func (x *RegRef) Type() Type    { return x.Reg.Type }
func (x *Const) Type() Type     { return x.T }
func (x *FromIndex) Type() Type { return x.T }
func (x *Load) Type() Type      { return x.T }
func (x *Splat) Type() Type     { return Vec(x.X.Type().Elem, x.Lanes) }
func (x *Unary) Type() Type     { return x.X.Type() }
func (x *Binary) Type() Type    { return x.X.Type() }
func (x *FMA) Type() Type       { return x.C.Type() }
func (x *Cmp) Type() Type       { return Vec(Bool, x.X.Type().Lanes) }
func (x *Select) Type() Type    { return x.X.Type() }
func (x *Shuffle) Type() Type   { return Vec(x.X.Type().Elem, len(x.Mask)) }
func (x *Extract) Type() Type   { return Scalar(x.X.Type().Elem) }
func (x *Convert) Type() Type   { return Vec(x.To, x.X.Type().Lanes) }
func (x *Bitcast) Type() Type   { return x.T }
func (x *Reduce) Type() Type    { return Scalar(x.X.Type().Elem) }
func (x *Narrow) Type() Type    { return Vec(BF16, x.X.Type().Lanes) }
func (x *Dot) Type() Type       { return x.Acc.Type() }
