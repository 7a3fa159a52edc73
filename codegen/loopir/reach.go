package loopir

// Reach is Verify, and tells of each parameter how many elements of a sample lie before the end of what f may touch: an
// argument needs no more memory than that.
func Reach(f *Func) ([]int, error) {
	v := newVerifier(f, false)
	v.verify()
	out := make([]int, len(f.Params))
	for i, p := range f.Params {
		if s := v.touched[p]; s.some {
			out[i] = s.hi + 1
		}
	}
	return out, v.errs.Err()
}
