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

// fits checks that a buffer has room for the parameter it is passed for, from offset on.
func (v *verifier) fits(k int, offset Index, b, param *Buffer) {
	if lo, hi := v.scope.Range(offset); v.dead == 0 && (lo < 0 || hi > b.Elems()-param.Elems()) {
		v.fail("argument %d starts at element %s of %s, which has %d%s: no room for the %d of parameter %s",
			k+1, intervalText(lo, hi), b.Name, b.Elems(), perSample(b), param.Elems(), param.Name)
	}
}

// aliases checks that mutable arguments overlap no other one.
func (v *verifier) aliases(s *Call, offsets []Index) {
	for k, p := range s.Func.Params {
		for j, q := range s.Func.Params {
			if k == j || !p.Mutable || q.Mutable && j < k || s.Args[k].Buf != s.Args[j].Buf || v.dead > 0 {
				continue
			}
			if distance := offsets[k].Sub(offsets[j]); v.mayLieIn(distance, 1-p.Elems(), q.Elems()-1) {
				v.fail("argument %d is stored to and may overlap argument %d in %s", k+1, j+1, s.Args[k].Buf.Name)
			}
		}
	}
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
