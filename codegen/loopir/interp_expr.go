package loopir

import "encoding/binary"

// expr compiles x. What the closure returns is valid until the next time any closure runs that x contains.
func (c *compiler) expr(at *site, x Expr) func() lanes {
	switch x := x.(type) {
	case *Ref:
		v := c.vals[x.Val]
		if v == nil {
			at.failf("value %s is not in scope", x.Val.Name)
		}
		return func() lanes { return v }
	case *RegRef:
		return c.regRef(at, x)
	case *Const:
		return constant(x)
	case *FromIndex:
		n, k := c.index(at, x.X), x.T.Elem
		return fill(x.T.Lanes, func() uint64 { return fromInt(k, int64(n())) })
	case *Load:
		return c.load(at, x)
	case *Splat:
		v := c.expr(at, x.X)
		return fill(x.Lanes, func() uint64 { return v()[0] })
	case *Extract:
		v := c.expr(at, x.X)
		return fill(1, func() uint64 { return v()[x.Lane] })
	case *Shuffle:
		return c.shuffle(at, x)
	case *Bitcast:
		return c.bitcast(at, x)
	case *Reduce:
		return c.reduce(at, x)
	case *Dot:
		return c.dot(at, x)
	default:
		return c.lanewise(at, x)
	}
}

// lanewise compiles the operations that treat each lane alike.
func (c *compiler) lanewise(at *site, x Expr) func() lanes {
	switch x := x.(type) {
	case *Unary:
		return map1(c.expr(at, x.X), x.Type().Lanes, unary(at, x.Op, x.X.Type().Elem))
	case *Convert:
		from, to := x.X.Type().Elem, x.To
		return map1(c.expr(at, x.X), x.Type().Lanes, func(v uint64) uint64 { return convert(from, to, v) })
	case *Narrow:
		return map1(c.expr(at, x.X), x.Type().Lanes, func(v uint64) uint64 { return convert(F32, BF16, normal(F32, v)) })
	case *Binary:
		return map2(c.expr(at, x.X), c.expr(at, x.Y), x.Type().Lanes, binaryOp(at, x.Op, x.X.Type().Elem))
	case *Cmp:
		return map2(c.expr(at, x.X), c.expr(at, x.Y), x.Type().Lanes, compare(x.Op, x.X.Type().Elem))
	case *FMA:
		k := x.Type().Elem
		return map3(c.expr(at, x.A), c.expr(at, x.B), c.expr(at, x.C), x.Type().Lanes,
			func(a, b, c uint64) uint64 { return fma(k, a, b, c) })
	case *Select:
		return map3(c.expr(at, x.Mask), c.expr(at, x.X), c.expr(at, x.Y), x.Type().Lanes,
			func(m, a, b uint64) uint64 { return pick(m != 0, a, b) })
	default:
		at.failf("unknown expression %T", x)
		return nil
	}
}

func map1(x func() lanes, n int, op func(uint64) uint64) func() lanes {
	out := make(lanes, n)
	return func() lanes {
		for i, v := range x() {
			out[i] = op(v)
		}
		return out
	}
}

func map2(x, y func() lanes, n int, op func(x, y uint64) uint64) func() lanes {
	out := make(lanes, n)
	return func() lanes {
		a, b := x(), y()
		for i := range out {
			out[i] = op(a[i], b[i])
		}
		return out
	}
}

func map3(x, y, z func() lanes, n int, op func(x, y, z uint64) uint64) func() lanes {
	out := make(lanes, n)
	return func() lanes {
		a, b, c := x(), y(), z()
		for i := range out {
			out[i] = op(a[i], b[i], c[i])
		}
		return out
	}
}

// fill is a value with the same number in each of n lanes.
func fill(n int, x func() uint64) func() lanes {
	out := make(lanes, n)
	return func() lanes {
		v := x()
		for i := range out {
			out[i] = v
		}
		return out
	}
}

func constant(x *Const) func() lanes {
	bits := fromInt(x.T.Elem, x.Int)
	if x.T.Elem.IsFloat() {
		bits = fromFloat(x.T.Elem, x.Float)
	}
	return fill(x.T.Lanes, func() uint64 { return bits })
}

func (c *compiler) regRef(at *site, x *RegRef) func() lanes {
	t, elem := c.tile(at, x.Reg), c.element(at, x.Reg, x.Idx)
	return func() lanes {
		n := elem()
		if !t.set[n] {
			at.failf("element %d of register tile %s is read before it is assigned", n, x.Reg.Name)
		}
		return t.vals[n]
	}
}

func (c *compiler) load(at *site, x *Load) func() lanes {
	place, count := c.place(at, x.Buf, x.Idx), c.count(at, x.Count, x.T.Lanes)
	out, size := make(lanes, x.T.Lanes), x.Buf.Elem.Bytes()
	picked := c.picked(at, x)
	return func() lanes {
		n, skip := count(), picked()
		clear(out)
		if n == 0 {
			return out
		}
		mem := place(skip + n)[skip*size:]
		for i := range n {
			out[i] = getBits(mem[i*size:], size)
		}
		return out
	}
}

// picked compiles how many elements further x.Pick leads.
func (c *compiler) picked(at *site, x *Load) func() int {
	if x.Pick == nil {
		return func() int { return 0 }
	}
	pick, kind, stride := c.expr(at, x.Pick), x.Pick.Type().Elem, x.Buf.Stride(x.Dim)
	return func() int { return min(max(int(toInt(kind, pick()[0])), 0), x.Extent-1) * stride }
}

func (c *compiler) shuffle(at *site, x *Shuffle) func() lanes {
	left, right := c.expr(at, x.X), c.expr(at, x.Y)
	undefined := mask(x.Type().Elem)
	out := make(lanes, len(x.Mask))
	return func() lanes {
		a, b := left(), right()
		for i, from := range x.Mask {
			switch {
			case from < 0:
				out[i] = undefined
			case from < len(a):
				out[i] = a[from]
			default:
				out[i] = b[from-len(a)]
			}
		}
		return out
	}
}

func (c *compiler) bitcast(at *site, x *Bitcast) func() lanes {
	v, from := c.expr(at, x.X), x.X.Type()
	if from.Bytes() != x.T.Bytes() {
		at.failf("bitcast of %v to %v", from, x.T)
	}
	bytes, out := make([]byte, from.Bytes()), make(lanes, x.T.Lanes)
	return func() lanes {
		for i, bits := range v() {
			putBits(bytes[i*from.Elem.Bytes():], from.Elem.Bytes(), bits)
		}
		for i := range out {
			out[i] = getBits(bytes[i*x.T.Elem.Bytes():], x.T.Elem.Bytes())
		}
		return out
	}
}

func (c *compiler) reduce(at *site, x *Reduce) func() lanes {
	v, n := c.expr(at, x.X), x.X.Type().Lanes
	if n&(n-1) != 0 {
		at.failf("reduce of %d lanes, not a power of two", n)
	}
	op, tree := binaryOp(at, x.Op, x.X.Type().Elem), make(lanes, n)
	return func() lanes {
		copy(tree, v())
		for half := n / 2; half > 0; half /= 2 {
			for i := range half {
				tree[i] = op(tree[i], tree[i+half])
			}
		}
		return tree[:1]
	}
}

// dot adds products in the order of the machine instructions: integers exactly (so in any order), bf16 pairs as two
// fused multiply-adds, the odd lane first.
func (c *compiler) dot(at *site, x *Dot) func() lanes {
	acc, a, b := c.expr(at, x.Acc), c.expr(at, x.A), c.expr(at, x.B)
	ka, kb, kacc := x.A.Type().Elem, x.B.Type().Elem, x.Type().Elem
	n := x.Type().Lanes
	group := x.A.Type().Lanes / n
	out := make(lanes, n)
	return func() lanes {
		copy(out, acc())
		va, vb := a(), b()
		for i := range out {
			for j := (i+1)*group - 1; j >= i*group; j-- {
				out[i] = normal(kacc, fma(kacc, convert(ka, kacc, normal(ka, va[j])), convert(kb, kacc, normal(kb, vb[j])), normal(kacc, out[i])))
			}
		}
		return out
	}
}

// getBits reads a little-endian number of size bytes.
func getBits(b []byte, size int) uint64 {
	switch size {
	case 1:
		return uint64(b[0])
	case 2:
		return uint64(binary.LittleEndian.Uint16(b))
	case 4:
		return uint64(binary.LittleEndian.Uint32(b))
	default:
		return binary.LittleEndian.Uint64(b)
	}
}

// putBits writes the low size bytes of v, little-endian.
func putBits(b []byte, size int, v uint64) {
	switch size {
	case 1:
		b[0] = byte(v)
	case 2:
		binary.LittleEndian.PutUint16(b, uint16(v))
	case 4:
		binary.LittleEndian.PutUint32(b, uint32(v))
	default:
		binary.LittleEndian.PutUint64(b, v)
	}
}
