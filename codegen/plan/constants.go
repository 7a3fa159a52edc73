package plan

import (
	"crypto/sha256"

	"nncc/codegen/lower"
	"nncc/runtime/exec"
	"nncc/runtime/program"
)

// Constants are the packed weights of a program, each distinct one once. The zero value is empty.
type Constants struct {
	List      []program.Constant
	Packs     lower.Packs // what they are made of
	Swappable bool        // weights of other values can take their place: what merely happens to be equal is kept apart
	number    map[constantKey]int
	known     map[*lower.Const]int
}

// constantKey is what makes constants the same.
type constantKey struct {
	hash       [sha256.Size]byte
	name, form string // empty where the data alone matter
}

func (c *Constants) add(k *lower.Const) int {
	if c.number == nil {
		c.number, c.known = map[constantKey]int{}, map[*lower.Const]int{}
	}
	if i, ok := c.known[k]; ok {
		return i
	}
	key := constantKey{hash: sha256.Sum256(k.Data)}
	if c.Swappable {
		key.name, key.form = k.Name, k.Form
	}
	i, ok := c.number[key]
	if !ok {
		i = len(c.List)
		c.number[key] = i
		c.List = append(c.List, program.Constant{Name: k.Name, Form: k.Form, Hash: key.hash, Data: k.Data})
	}
	c.known[k] = i
	return i
}

// Used lists the constants that launches of the variants read, and numbers them anew in there: plans that were given
// up may have left others.
func (c *Constants) Used(variants []program.Variant) []program.Constant {
	const unused = -1
	number := make([]int, len(c.List))
	for i := range number {
		number[i] = unused
	}
	eachConstant(variants, func(a *exec.Arg) { number[a.Index] = 0 })
	var used []program.Constant
	for i, constant := range c.List {
		if number[i] != unused {
			number[i] = len(used)
			used = append(used, constant)
		}
	}
	eachConstant(variants, func(a *exec.Arg) { a.Index = number[a.Index] })
	return used
}

// eachConstant visits the arguments of all launches that are constants.
func eachConstant(variants []program.Variant, visit func(*exec.Arg)) {
	for _, v := range variants {
		for _, launches := range [][]exec.Launch{v.Init, v.Step} {
			for _, l := range launches {
				for i := range l.Args {
					if l.Args[i].Space == exec.SpaceConst {
						visit(&l.Args[i])
					}
				}
			}
		}
	}
}
