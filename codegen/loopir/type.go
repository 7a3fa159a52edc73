package loopir

import "fmt"

// Kind is the element type of values and buffers.
type Kind uint8

// The element kinds. Bool is the result of comparisons and never stored.
const (
	Invalid Kind = iota
	Bool
	I8
	U8
	I16
	U16
	I32
	U32
	I64
	U64
	F16
	BF16
	F32
	F64
)

var kinds = [...]struct {
	name  string
	bytes int
}{
	Invalid: {"invalid", 0}, Bool: {"bool", 1},
	I8: {"i8", 1}, U8: {"u8", 1}, I16: {"i16", 2}, U16: {"u16", 2}, I32: {"i32", 4}, U32: {"u32", 4}, I64: {"i64", 8}, U64: {"u64", 8},
	F16: {"f16", 2}, BF16: {"bf16", 2}, F32: {"f32", 4}, F64: {"f64", 8},
}

// String is the kind's name in the text form.
func (k Kind) String() string { return kinds[k].name }

// Bytes is the size of one element in memory.
func (k Kind) Bytes() int { return kinds[k].bytes }

// IsFloat reports whether k is a floating-point kind.
func (k Kind) IsFloat() bool { return k >= F16 }

// IsSigned reports whether k is a signed integer kind.
func (k Kind) IsSigned() bool { return k == I8 || k == I16 || k == I32 || k == I64 }

// ParseKind finds a kind by name; Invalid if there is none.
func ParseKind(name string) Kind {
	for k := Bool; int(k) < len(kinds); k++ {
		if kinds[k].name == name {
			return k
		}
	}
	return Invalid
}

// Type is a scalar (Lanes 1) or a vector.
type Type struct {
	Elem  Kind
	Lanes int
}

// Scalar is the type of one element.
func Scalar(k Kind) Type { return Type{k, 1} }

// Vec is a vector type of the given number of lanes (1 gives a scalar).
func Vec(k Kind, lanes int) Type { return Type{k, lanes} }

// String prints f32 or f32x16.
func (t Type) String() string {
	if t.Lanes == 1 {
		return t.Elem.String()
	}
	return fmt.Sprintf("%vx%d", t.Elem, t.Lanes)
}

// Bytes is the size of a value of the type in memory.
func (t Type) Bytes() int { return t.Elem.Bytes() * t.Lanes }
