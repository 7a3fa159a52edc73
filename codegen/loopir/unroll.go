package loopir

// Unroll says how often Promote repeats the body of an innermost loop that carries values, a sum for example, so that counting,
// addresses and moves cost little beside it. The zero value repeats none.
type Unroll struct {
	Times      int // no more than this, a power of two
	Statements int // no more than this in all repetitions
}

// times is how often the promoted body of s is to be there: 1 where more is not possible or of no use.
func (u Unroll) times(s *For) int {
	trips, known := tripCount(s.Lo, s.Hi, s.Step)
	if !known || len(s.Carried) == 0 {
		return 1
	}
	for _, stmt := range s.Body {
		switch stmt.(type) {
		case *Let, *Prefetch:
		default:
			return 1
		}
	}
	for times := u.Times; times > 1; times /= 2 {
		if trips%times == 0 && trips > times && len(s.Body)*times <= u.Statements {
			return times
		}
	}
	return 1
}
