// Package tensor holds dense tensors: a dtype, a shape and little-endian bytes.
// It is the value that files, graphs, programs and the runtime hand to one another.
package tensor

// DType names the element type of a tensor, spelled as in safetensors but in lower case.
type DType uint8

// The element types. Bool is one byte, 0 or 1.
const (
	Invalid DType = iota
	F32
	F64
	F16
	BF16
	I8
	U8
	I16
	U16
	I32
	U32
	I64
	U64
	Bool
)

type dtypeInfo struct {
	name  string
	bytes int
	float bool
}

var dtypes = [...]dtypeInfo{
	Invalid: {"invalid", 0, false},
	F32:     {"f32", 4, true},
	F64:     {"f64", 8, true},
	F16:     {"f16", 2, true},
	BF16:    {"bf16", 2, true},
	I8:      {"i8", 1, false},
	U8:      {"u8", 1, false},
	I16:     {"i16", 2, false},
	U16:     {"u16", 2, false},
	I32:     {"i32", 4, false},
	U32:     {"u32", 4, false},
	I64:     {"i64", 8, false},
	U64:     {"u64", 8, false},
	Bool:    {"bool", 1, false},
}

// String returns the lower-case name, such as "f32".
func (d DType) String() string { return dtypes[d].name }

// Bytes is the size of one element in bytes.
func (d DType) Bytes() int { return dtypes[d].bytes }

// IsFloat reports whether d is a floating-point type.
func (d DType) IsFloat() bool { return dtypes[d].float }

// ParseDType finds a dtype by its name; Invalid if there is none.
func ParseDType(name string) DType {
	for d := F32; int(d) < len(dtypes); d++ {
		if dtypes[d].name == name {
			return d
		}
	}
	return Invalid
}
