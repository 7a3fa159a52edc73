package plan

import (
	"cmp"
	"slices"

	"nncc/codegen/lower"
)

// interval is the memory of one storage: its size and the steps between which it holds a value that is still needed.
type interval struct {
	storage     *lower.Storage
	bytes       int
	first, last int // steps
	offset      int
}

const alignBytes = 64

// pack gives every activation an offset in one arena so that values alive together never overlap: largest first, each
// at the lowest offset that is free for its whole life. Inputs and outputs keep their memory throughout, so that a
// caller may read them, and run again on the same input, at any time. Offsets and the size are bytes of one sample.
func pack(steps []lower.Step, res *lower.Result) (offsets map[*lower.Storage]int, arenaBytes int) {
	lives := lifetimes(steps, res)
	order := slices.Clone(lives)
	slices.SortStableFunc(order, func(a, b *interval) int { return cmp.Compare(b.bytes, a.bytes) })
	offsets = map[*lower.Storage]int{}
	for i, v := range order {
		v.offset = lowestFree(v, order[:i])
		offsets[v.storage] = v.offset
		arenaBytes = max(arenaBytes, v.offset+v.bytes)
	}
	return offsets, arenaBytes
}

// lifetimes lists the activations in order of their first step.
func lifetimes(steps []lower.Step, res *lower.Result) []*interval {
	var all []*interval
	found := map[*lower.Storage]*interval{}
	touch := func(s *lower.Storage, step int) {
		s = s.Root()
		if s.Const != nil || s.Derived {
			return
		}
		v := found[s]
		if v == nil {
			v = &interval{storage: s, bytes: aligned(s.Bytes()), first: step}
			found[s] = v
			all = append(all, v)
		}
		v.last = step
	}
	for _, s := range res.Inputs {
		touch(s, 0)
	}
	for i, s := range steps {
		for _, a := range s.Args {
			touch(a, i)
		}
	}
	for _, s := range slices.Concat(res.Inputs, res.Outputs) {
		touch(s, len(steps))
		found[s.Root()].first = 0
	}
	return all
}

// lowestFree finds the lowest offset at which v overlaps none of placed that lives at the same time.
func lowestFree(v *interval, placed []*interval) int {
	var busy []*interval
	for _, p := range placed {
		if p.first <= v.last && v.first <= p.last {
			busy = append(busy, p)
		}
	}
	slices.SortFunc(busy, func(a, b *interval) int { return cmp.Compare(a.offset, b.offset) })
	offset := 0
	for _, p := range busy {
		if p.offset >= offset+v.bytes {
			break
		}
		offset = max(offset, p.offset+p.bytes)
	}
	return offset
}

// stack places what lives for ever one behind the other: the results of init steps, and states that need none.
func stack(res *lower.Result, offsets map[*lower.Storage]int) (derivedBytes int) {
	place := func(s *lower.Storage) {
		if _, placed := offsets[s.Root()]; !placed {
			offsets[s.Root()] = derivedBytes
			derivedBytes += aligned(s.Bytes())
		}
	}
	for _, s := range res.Init {
		for _, o := range s.Outputs() {
			place(o)
		}
	}
	for _, s := range res.States {
		place(s)
	}
	return derivedBytes
}

func aligned(bytes int) int { return (bytes + alignBytes - 1) / alignBytes * alignBytes }
