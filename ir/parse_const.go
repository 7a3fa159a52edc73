package ir

import (
	"encoding/hex"
	"math"
	"strconv"

	"nncc/runtime/tensor"
)

// constant reads %name: type = value, the value being a list of numbers in row-major order, hex "bytes",
// uniform(seed S, lo, hi), zeros or ones.
func (p *parser) constant(s *scope) {
	name := p.take(nameToken, "a name like %x")
	p.expect(":")
	var v *Value
	if t, ok := p.typ(); ok {
		p.expect("=")
		if t := p.constValue(t); t != nil {
			v = s.build.Const(name.pos, name.text, t)
		}
	}
	p.define(s, name, v)
}

// constValue returns nil after a problem.
func (p *parser) constValue(t Type) *tensor.Tensor {
	if t.Bytes() > p.constBytesLeft {
		p.fail("the constants take more than %d bytes together", maxConstBytes)
	}
	if p.failed {
		return nil
	}
	p.constBytesLeft -= t.Bytes()
	if p.is("[") {
		return p.constList(t)
	}
	const what = "a list, hex, uniform, zeros or ones"
	switch word := p.take(wordToken, what); word.text {
	case "hex":
		return p.constHex(t)
	case "zeros":
		return tensor.New(t.DType, t.Shape...)
	case "ones":
		return filled(t, 1)
	case "uniform":
		return p.constUniform(t)
	default:
		p.failAt(word.pos, "expected %s, found %v", what, word)
	}
	return nil
}

func filled(t Type, value float64) *tensor.Tensor {
	values := make([]float64, t.Elems())
	for i := range values {
		values[i] = value
	}
	return tensor.FromFloat64s(t.DType, values, t.Shape...)
}

func (p *parser) constHex(t Type) *tensor.Tensor {
	tok := p.take(textToken, "bytes in quotes")
	pos, text := tok.pos, tok.text
	out := tensor.New(t.DType, t.Shape...)
	if !p.failed && len(text) != 2*len(out.Data) {
		p.failAt(pos, "%d hexadecimal digits, %v needs %d", len(text), t, 2*len(out.Data))
	}
	if p.failed {
		return nil
	}
	if _, err := hex.Decode(out.Data, []byte(text)); err != nil {
		p.failAt(pos, "not hexadecimal digits")
		return nil
	}
	return out
}

func (p *parser) constUniform(t Type) *tensor.Tensor {
	pos := p.tok.pos
	p.expect("(")
	p.expect("seed")
	seedText := p.take(numToken, "an integer")
	seed, err := strconv.ParseUint(seedText.text, 10, 64)
	if err != nil {
		p.failAt(seedText.pos, "seed %q is not an integer from 0 to 2^64-1", seedText.text)
	}
	p.expect(",")
	lo := p.float()
	p.expect(",")
	hi := p.float()
	p.expect(")")
	if !t.DType.IsFloat() {
		p.failAt(pos, "uniform makes floating-point numbers, not %v", t.DType)
	}
	if math.IsInf(lo, 0) || math.IsInf(hi, 0) || lo > hi {
		p.failAt(pos, "uniform needs finite bounds, the lower one first")
	}
	if p.failed {
		return nil
	}
	return Uniform(t.DType, seed, lo, hi, t.Shape...)
}

// constList reads numbers exactly: 64-bit integers do not pass through floating point.
func (p *parser) constList(t Type) *tensor.Tensor {
	start, want := p.tok.pos, t.Elems()
	var texts []token
	p.list("[", "]", func() {
		if p.is("inf") {
			p.tok.kind = numToken
		}
		texts = append(texts, p.take(numToken, "a number"))
	})
	if !p.failed && len(texts) != want {
		p.failAt(start, "%d numbers, %v needs %d", len(texts), t, want)
	}
	if p.failed {
		return nil
	}
	switch t.DType {
	case tensor.I64:
		return listOf(p, t, texts, func(s string) (int64, error) { return strconv.ParseInt(s, 10, 64) })
	case tensor.U64:
		return listOf(p, t, texts, func(s string) (uint64, error) { return strconv.ParseUint(s, 10, 64) })
	case tensor.F32:
		return listOf(p, t, texts, func(s string) (float32, error) {
			v, err := strconv.ParseFloat(s, 32)
			return float32(v), err
		})
	case tensor.F64:
		return listOf(p, t, texts, func(s string) (float64, error) { return strconv.ParseFloat(s, 64) })
	}
	return p.convertedList(t, texts)
}

func listOf[T any](p *parser, t Type, texts []token, read func(string) (T, error)) *tensor.Tensor {
	out := tensor.New(t.DType, t.Shape...)
	values := tensor.View[T](out)
	for i, tok := range texts {
		v, err := read(tok.text)
		if err != nil {
			p.failAt(tok.pos, "%q is no %v", tok.text, t.DType)
			return nil
		}
		values[i] = v
	}
	return out
}

// convertedList reads the dtypes whose every value is a float64, and refuses integers that do not fit.
func (p *parser) convertedList(t Type, texts []token) *tensor.Tensor {
	values := make([]float64, len(texts))
	for i, tok := range texts {
		v, err := strconv.ParseFloat(tok.text, 64)
		if err == nil && !t.DType.IsFloat() && tensor.FromFloat64s(t.DType, []float64{v}, 1).Float64s()[0] != v {
			err = strconv.ErrRange
		}
		if err != nil {
			p.failAt(tok.pos, "%q is no %v", tok.text, t.DType)
			return nil
		}
		values[i] = v
	}
	return tensor.FromFloat64s(t.DType, values, t.Shape...)
}
