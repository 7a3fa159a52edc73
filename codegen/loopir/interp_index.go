package loopir

// index compiles i.
func (c *compiler) index(at *site, i Index) func() int {
	type product struct {
		coef int
		v    *variable
	}
	var products []product
	var others []func() int
	for _, t := range i.Terms {
		switch a := t.Atom.(type) {
		case *Var:
			v := c.vars[a]
			if v == nil {
				at.failf("variable %s is not in scope", a.Name)
			}
			products = append(products, product{t.Coef, v})
		case *IndexOp:
			op, coef := c.indexOp(at, a), t.Coef
			others = append(others, func() int { return coef * op() })
		}
	}
	return func() int {
		n := i.Const
		for _, p := range products {
			n += p.coef * p.v.n
		}
		for _, f := range others {
			n += f()
		}
		return n
	}
}

func (c *compiler) indexOp(at *site, op *IndexOp) func() int {
	x, y := c.index(at, op.X), c.index(at, op.Y)
	switch op.Op {
	case IndexDiv:
		return func() int { return floorDiv(x(), y()) }
	case IndexMod:
		return func() int { n, d := x(), y(); return n - d*floorDiv(n, d) }
	case IndexMin:
		return func() int { return min(x(), y()) }
	default:
		return func() int { return max(x(), y()) }
	}
}

// place compiles an address: the bytes of buf from idx on, which must hold n elements, inside one sample.
func (c *compiler) place(at *site, buf *Buffer, idx []Index) func(n int) []byte {
	mem := c.bufs[buf]
	if mem == nil || len(idx) != len(buf.Dims) {
		at.failf("buffer %s is not in scope or has not %d dimensions", buf.Name, len(idx))
	}
	sample := func() int { return 0 }
	if buf.Batched() {
		sample = c.index(at, idx[0])
		idx = append([]Index{{}}, idx[1:]...)
	}
	offset, elems, size := c.index(at, buf.Flat(idx)), buf.Elems(), buf.Elem.Bytes()
	return func(n int) []byte {
		s, o := sample(), offset()
		if n <= 0 {
			return nil
		}
		if s < 0 || s >= mem.samples {
			at.failf("sample %d of buffer %s, which has %d", s, buf.Name, mem.samples)
		}
		if o < 0 || o+n > mem.elems {
			at.failf("elements %d to %d of buffer %s, which has %d", o, o+n-1, buf.Name, mem.elems)
		}
		return mem.data[(s*elems+o)*size : (s*elems+mem.elems)*size]
	}
}

// count compiles how many of a value's lanes a memory access covers.
func (c *compiler) count(at *site, count *Index, all int) func() int {
	if count == nil {
		return func() int { return all }
	}
	n := c.index(at, *count)
	return func() int { return min(max(n(), 0), all) }
}

// element compiles the position of a register tile's element.
func (c *compiler) element(at *site, r *Reg, idx []Index) func() int {
	if len(idx) != len(r.Dims) {
		at.failf("%d indices for register tile %s of %d dimensions", len(idx), r.Name, len(r.Dims))
	}
	parts := make([]func() int, len(idx))
	for d := range idx {
		parts[d] = c.index(at, idx[d])
	}
	return func() int {
		n := 0
		for d, part := range parts {
			i := part()
			if i < 0 || i >= r.Dims[d] {
				at.failf("index %d in dimension %d of register tile %s, which has %d", i, d, r.Name, r.Dims[d])
			}
			n = n*r.Dims[d] + i
		}
		return n
	}
}

func (c *compiler) tile(at *site, r *Reg) *tile {
	t := c.tiles[r]
	if t == nil {
		at.failf("register tile %s is not in scope", r.Name)
	}
	return t
}
