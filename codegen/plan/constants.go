package plan

import (
	"crypto/sha256"

	"nncc/codegen/lower"
	"nncc/runtime/exec"
	"nncc/runtime/program"
)

// constants numbers the packed weights of one plan in order of first use.
type constants struct {
	list   []*lower.Const
	number map[*lower.Const]int
}

func (c *constants) add(k *lower.Const) int {
	if i, ok := c.number[k]; ok {
		return i
	}
	if c.number == nil {
		c.number = map[*lower.Const]int{}
	}
	c.number[k] = len(c.list)
	c.list = append(c.list, k)
	return len(c.list) - 1
}

// Join lists the constants of the plans of one program, each distinct one once, and numbers them anew in the plans'
// launches. With swappable, weights of other values can take their place: what merely happens to be equal is kept apart.
func Join(plans []*Plan, swappable bool) []program.Constant {
	var list []program.Constant
	number, known := map[constantKey]int{}, map[*lower.Const]int{}
	add := func(k *lower.Const) int {
		if i, ok := known[k]; ok {
			return i
		}
		key := constantKey{hash: sha256.Sum256(k.Data)}
		if swappable {
			key.name, key.form = k.Name, k.Form
		}
		i, ok := number[key]
		if !ok {
			i = len(list)
			number[key] = i
			list = append(list, program.Constant{Name: k.Name, Form: k.Form, Hash: key.hash, Data: k.Data})
		}
		known[k] = i
		return i
	}
	for _, p := range plans {
		p.eachConstant(func(a *exec.Arg) { a.Index = add(p.Consts[a.Index]) })
	}
	return list
}

// constantKey is what makes constants the same.
type constantKey struct {
	hash       [sha256.Size]byte
	name, form string // empty where the data alone matter
}

// eachConstant visits the arguments of all launches that are constants.
func (p *Plan) eachConstant(visit func(*exec.Arg)) {
	for _, launches := range [][]exec.Launch{p.Variant.Init, p.Variant.Step} {
		for _, l := range launches {
			for i := range l.Args {
				if l.Args[i].Space == exec.SpaceConst {
					visit(&l.Args[i])
				}
			}
		}
	}
}
