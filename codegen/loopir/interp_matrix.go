package loopir

import "math"

// matrix is a matrix register while the interpreter runs, as the 32-bit words of its rows.
type matrix struct {
	words [MatrixRows][MatrixRowBytes / 4]uint32
	set   bool // written since the chunk began
}

// matrix compiles a statement on matrix registers.
func (c *compiler) matrix(s Stmt) func() {
	switch s := s.(type) {
	case *MatrixZero:
		m := &c.k.matrices[s.M]
		return func() { *m = matrix{set: true} }
	case *MatrixLoad:
		m := &c.k.matrices[s.M]
		move := c.matrixMemory("mload "+s.Buf.Name, s.Buf, s.Idx, s.Pitch)
		return func() {
			move(func(word *uint32, mem []byte) { *word = uint32(getBits(mem, 4)) }, m)
			m.set = true
		}
	case *MatrixStore:
		m := c.written("mstore "+s.Buf.Name, s.M)
		move := c.matrixMemory("mstore "+s.Buf.Name, s.Buf, s.Idx, s.Pitch)
		return func() { move(func(word *uint32, mem []byte) { putBits(mem, 4, uint64(*word)) }, m()) }
	case *MatrixDot:
		acc, a, b := c.written("mdot", s.Acc), c.written("mdot", s.A), c.written("mdot", s.B)
		return func() { acc().addProduct(a(), b()) }
	}
	return nil
}

// written compiles a read of a matrix register.
func (c *compiler) written(stmt string, number int) func() *matrix {
	at, m := c.site(stmt), &c.k.matrices[number]
	return func() *matrix {
		if !m.set {
			at.failf("matrix register %d is read before it is written", number)
		}
		return m
	}
}

// matrixMemory compiles a walk over the words of a matrix register and those of buf.
func (c *compiler) matrixMemory(stmt string, buf *Buffer, idx []Index, pitch int) func(each func(word *uint32, mem []byte), m *matrix) {
	place, size, span := c.place(c.site(stmt), buf, idx), buf.Elem.Bytes(), matrixSpan(buf, pitch)
	return func(each func(*uint32, []byte), m *matrix) {
		mem := place(span)
		for r := range m.words {
			row := mem[r*pitch*size:]
			for w := range m.words[r] {
				each(&m.words[r][w], row[4*w:])
			}
		}
	}
}

// addProduct adds the product of two matrices of bf16 to one of f32.
func (m *matrix) addProduct(a, b *matrix) {
	for r := range m.words {
		for n := range m.words[r] {
			var sums [2]float64
			for k := range MatrixRows {
				for odd := range sums {
					product := bf16At(a.words[r][k], odd) * bf16At(b.words[k][n], odd) // exact
					sums[odd] = roundF32(addToOdd(product, sums[odd]))
				}
			}
			old := normalF32(float64(math.Float32frombits(m.words[r][n])))
			m.words[r][n] = math.Float32bits(float32(roundF32(old + roundF32(sums[0]+sums[1]))))
		}
	}
}

// bf16At is the lower or the upper bf16 of a word.
func bf16At(word uint32, odd int) float64 {
	return normalF32(float64(math.Float32frombits(word >> (16 * odd) << 16)))
}

// roundF32 rounds to f32, and numbers below its least one with a full significand to zero. Sums of two f32 take no harm
// from having been rounded to f64 before.
func roundF32(x float64) float64 { return normalF32(float64(float32(x))) }

// normalF32 is x, or the zero of its sign where it has no full significand as an f32.
func normalF32(x float64) float64 {
	if math.Abs(x) < 0x1p-126 {
		return math.Copysign(0, x)
	}
	return x
}
