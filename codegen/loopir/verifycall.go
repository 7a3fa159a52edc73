package loopir

// call checks a call: the memory behind each argument, and that what the callee stores to is not seen by it twice.
func (v *verifier) call(s *Call) {
	ok := true
	for _, a := range s.Args {
		ok = v.buffer(a.Buf) && v.indices(a.Idx) && ok
	}
	if !ok || !v.check(checkStmt(s)) {
		return
	}
	if v.f.UsesMatrices() {
		v.fail("a function that uses matrix registers calls another")
	}
	offsets := make([]Index, len(s.Args))
	for k, a := range s.Args {
		if !v.batchIndex(a.Buf, a.Idx) {
			return
		}
		if a.Idx != nil {
			offsets[k], ok = sampleOffset(a.Buf, a.Idx)
		}
		if !ok {
			v.fail("argument %d: the offset overflows", k+1)
			return
		}
		v.fits(k, offsets[k], a.Buf, s.Func.Params[k])
	}
	v.aliases(s, offsets)
}

// fits checks that a buffer has room for the parameter it is passed for, from offset on. The callee may touch all of that.
func (v *verifier) fits(k int, offset Index, b, param *Buffer) {
	if v.dead > 0 {
		return
	}
	lo, hi := v.scope.Range(offset)
	if lo < 0 || hi > b.Elems()-param.Elems() {
		v.fail("argument %d starts at element %s of %s, which has %d%s: no room for the %d of parameter %s",
			k+1, intervalText(lo, hi), b.Name, b.Elems(), perSample(b), param.Elems(), param.Name)
	}
	v.touches(b, lo, hi+param.Elems()-1)
}

// aliases checks that what is stored to through an argument overlaps nothing that the callee sees through another one.
func (v *verifier) aliases(s *Call, offsets []Index) {
	var touched map[*Buffer]span // by the callee; known once it matters
	for k, p := range s.Func.Params {
		for j, q := range s.Func.Params {
			if k == j || !p.Mutable || q.Mutable && j < k || s.Args[k].Buf != s.Args[j].Buf || v.dead > 0 {
				continue
			}
			distance := offsets[k].Sub(offsets[j])
			if !v.mayLieIn(distance, 1-p.Elems(), q.Elems()-1) {
				continue
			}
			if touched == nil {
				callee := newVerifier(s.Func, v.promoted)
				callee.verify()
				touched = callee.touched
			}
			to, seen := touched[p], touched[q]
			if to.some && seen.some && v.mayLieIn(distance, seen.lo-to.hi, seen.hi-to.lo) {
				v.fail("argument %d is stored to and may overlap argument %d in %s", k+1, j+1, s.Args[k].Buf.Name)
			}
		}
	}
}

// span is the range of elements that accesses of a buffer lie in.
type span struct {
	lo, hi int
	some   bool // there is an access
}

// touches notes an access of elements lo to hi, as far as b has them: what lies outside is reported elsewhere.
func (v *verifier) touches(b *Buffer, lo, hi int) {
	lo, hi = max(lo, 0), min(hi, b.Elems()-1)
	if s := v.touched[b]; s.some {
		lo, hi = min(lo, s.lo), max(hi, s.hi)
	}
	v.touched[b] = span{lo, hi, true}
}

// mayLieIn reports whether i can have a value from lo to hi, going by its range and by what all its coefficients divide:
// 1024*l - 512 is never between -511 and 511.
func (v *verifier) mayLieIn(i Index, lo, hi int) bool {
	least, most := v.scope.Range(i)
	lo, hi = max(lo, least), min(hi, most)
	common := 0
	for _, t := range i.Terms {
		common = gcd(common, abs(t.Coef))
	}
	if common > 0 {
		lo += (i.Const - lo) - common*floorDiv(i.Const-lo, common)
	}
	return lo <= hi
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
