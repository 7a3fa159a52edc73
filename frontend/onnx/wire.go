package onnx

import (
	"errors"
	"fmt"
	"math"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"
)

// scanner walks the fields of one protobuf message. The accessors return the current field's value; the first problem
// met ends the walk and is kept in err.
type scanner struct {
	message string // its type, for messages
	rest    []byte
	num     protowire.Number
	typ     protowire.Type
	bits    uint64 // the value of a varint or fixed-size field
	payload []byte // the value of a length-delimited field; aliases the input
	err     error
}

func scan(message string, data []byte) *scanner { return &scanner{message: message, rest: data} }

// next moves to the next field, skipping groups, and reports whether there is one.
func (s *scanner) next() bool {
	if s.err != nil || len(s.rest) == 0 {
		return false
	}
	num, typ, n := protowire.ConsumeTag(s.rest)
	if n < 0 {
		return s.broken(n)
	}
	s.num, s.typ, s.rest = num, typ, s.rest[n:]
	s.bits, s.payload = 0, nil
	switch typ {
	case protowire.VarintType:
		s.bits, n = protowire.ConsumeVarint(s.rest)
	case protowire.Fixed64Type:
		s.bits, n = protowire.ConsumeFixed64(s.rest)
	case protowire.Fixed32Type:
		var bits uint32
		bits, n = protowire.ConsumeFixed32(s.rest)
		s.bits = uint64(bits)
	case protowire.BytesType:
		s.payload, n = protowire.ConsumeBytes(s.rest)
	default:
		n = protowire.ConsumeFieldValue(num, typ, s.rest)
	}
	if n < 0 {
		return s.broken(n)
	}
	s.rest = s.rest[n:]
	return true
}

func (s *scanner) broken(code int) bool {
	s.fail(protowire.ParseError(code))
	return false
}

func (s *scanner) fail(err error) {
	switch {
	case s.err != nil || err == nil:
	case errors.Is(err, errDeep):
		s.err = err // the way there is as long as the graphs are deep
	default:
		s.err = fmt.Errorf("%s: %w", s.message, err)
	}
}

func (s *scanner) expect(typ protowire.Type) bool {
	if s.typ != typ {
		s.fail(fmt.Errorf("field %d has wire type %d, want %d", s.num, s.typ, typ))
	}
	return s.typ == typ
}

// bytes is a length-delimited field: bytes or a nested message.
func (s *scanner) bytes() []byte {
	if !s.expect(protowire.BytesType) {
		return nil
	}
	return s.payload
}

var errNotUTF8 = errors.New("string is not UTF-8")

func (s *scanner) text() string {
	b := s.bytes()
	if !utf8.Valid(b) {
		s.fail(errNotUTF8)
		return ""
	}
	return string(b)
}

func (s *scanner) int() int64 {
	if !s.expect(protowire.VarintType) {
		return 0
	}
	return int64(s.bits)
}

// enum is an int that is at most 31 bits wide; anything else becomes -1, which no enumeration contains.
func (s *scanner) enum() int {
	v := s.int()
	if v < 0 || v > math.MaxInt32 {
		return -1
	}
	return int(v)
}

func (s *scanner) float() float32 {
	if !s.expect(protowire.Fixed32Type) {
		return 0
	}
	return math.Float32frombits(uint32(s.bits))
}

// appendInts adds a repeated integer field, which may be packed or not.
func (s *scanner) appendInts(dst []int64) []int64 {
	if s.typ != protowire.BytesType {
		return append(dst, s.int())
	}
	for b := s.payload; len(b) > 0; {
		v, n := protowire.ConsumeVarint(b)
		if n < 0 {
			s.broken(n)
			return dst
		}
		dst, b = append(dst, int64(v)), b[n:]
	}
	return dst
}

// appendFixed adds the little-endian bytes of a repeated float or double field, packed or not; size is 4 or 8. A field
// that comes in one packed piece, as writers produce it, is not copied.
func (s *scanner) appendFixed(dst []byte, size int) []byte {
	switch {
	case s.typ == protowire.BytesType && len(s.payload)%size != 0:
		s.fail(fmt.Errorf("field %d: %d bytes of %d-byte numbers", s.num, len(s.payload), size))
		return dst
	case s.typ == protowire.BytesType && dst == nil:
		return s.payload[:len(s.payload):len(s.payload)]
	case s.typ == protowire.BytesType:
		return append(dst, s.payload...)
	case s.typ == protowire.Fixed32Type && size == 4:
		return protowire.AppendFixed32(dst, uint32(s.bits))
	case s.typ == protowire.Fixed64Type && size == 8:
		return protowire.AppendFixed64(dst, s.bits)
	}
	s.expect(protowire.BytesType)
	return dst
}
