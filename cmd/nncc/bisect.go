package main

import (
	"fmt"

	"nncc/codegen"
	"nncc/ir/passes"
)

// rewrite is one of the graph passes' rewrites, counted from 1 over all passes.
type rewrite struct {
	Number int    `json:"rewrite"`
	Total  int    `json:"rewrites"`
	Pass   string `json:"pass"`
}

func (r rewrite) String() string {
	return fmt.Sprintf("pass %s, rewrite %d of %d (see --fuel)", r.Pass, r.Number, r.Total)
}

// findRewrite narrows what goes wrong down to one rewrite: with fewer it is right, with it wrong. With as many rewrites as
// fuel allows it is wrong, without any right.
func (s *session) findRewrite(fuel int, wrong func(fuel int) (bool, error)) (rewrite, error) {
	total, err := s.rewrites(passes.Options{Fuel: max(fuel, 0)})
	if err != nil {
		return rewrite{}, err
	}
	good, bad := 0, total
	for bad-good > 1 {
		middle := (good + bad) / 2
		isWrong, err := wrong(middle)
		if err != nil {
			return rewrite{}, err
		}
		if isWrong {
			bad = middle
		} else {
			good = middle
		}
	}
	for _, p := range passes.Passes {
		n, err := s.rewrites(passes.Options{Stop: p.Name})
		if err != nil {
			return rewrite{}, err
		}
		if n >= bad {
			return rewrite{bad, total, p.Name}, nil
		}
	}
	return rewrite{}, fmt.Errorf("rewrite %d of %d belongs to no pass", bad, total)
}

// rewrites counts what the passes do.
func (s *session) rewrites(o passes.Options) (int, error) {
	return passes.Run(s.loaded.Clone(), codegen.PassOptions(o))
}
