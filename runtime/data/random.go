package data

import "math/bits"

// draws are random numbers that depend on nothing but what they are for: the n-th draw for sample index in an epoch is
// the same whoever makes it, and whenever. The generator is SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom
// number generators, OOPSLA 2014).
type draws struct{ state uint64 }

// newDraws starts the draws for a place: the same for the same numbers in the same order.
func newDraws(place ...uint64) draws {
	d := draws{}
	for _, p := range place {
		d.state = d.next() ^ p
	}
	return d
}

func (d *draws) next() uint64 {
	d.state += 0x9e3779b97f4a7c15
	z := d.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below draws from [0, n), n > 0. The bias of the multiplication is below n/2^64.
func (d *draws) below(n int) int {
	high, _ := bits.Mul64(d.next(), uint64(n))
	return int(high)
}

// Purposes keep draws for different ends apart.
const (
	forShuffle = iota + 1
	forAugment
	forHoldout
)

// permute puts 0 to len(order)-1 into order, shuffled as the place says.
func permute(order []int, d draws) {
	for i := range order {
		j := d.below(i + 1)
		order[i] = order[j]
		order[j] = i
	}
}
