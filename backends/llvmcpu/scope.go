package llvmcpu

import (
	"fmt"
	"slices"

	ll "github.com/llir/llvm/ir"
	"github.com/llir/llvm/ir/enum"
	"github.com/llir/llvm/ir/types"
	"github.com/llir/llvm/ir/value"
)

// scope is a region in which a set of variables keeps its values: the whole call, one chunk, one iteration of a loop.
// Integer arithmetic that needs no deeper variable is emitted into hoisted, once, and runs before anything else in
// the region; llc has no pass that would move it there.
type scope struct {
	head    *ll.Block // first block of the region
	phis    int       // instructions of head that must stay first
	hoisted *ll.Block // not part of the function; spliced into head when the scope closes
	memo    map[string]value.Value
	along   []companion
}

// companion is a value that goes along with the counter of a loop. A sum in each iteration takes the place of a product: llc's loop
// strength reduction, which would do that and more, takes half of llc's time.
type companion struct {
	phi   *ll.InstPhi
	first func(before *ll.Block, lo value.Value) value.Value
	next  func(last *ll.Block, step int) value.Value
}

// open starts a scope whose region begins with the instructions already in head.
func (e *emitter) open(head *ll.Block) {
	e.scopes = append(e.scopes, &scope{head: head, phis: len(head.Insts), hoisted: ll.NewBlock(""), memo: map[string]value.Value{}})
}

// close ends the innermost scope.
func (e *emitter) close() {
	s := e.scopes[len(e.scopes)-1]
	e.scopes = e.scopes[:len(e.scopes)-1]
	body := s.head.Insts[s.phis:]
	s.head.Insts = append(s.head.Insts[:s.phis:s.phis], append(s.hoisted.Insts, body...)...)
}

// depth is the number of the innermost scope.
func (e *emitter) depth() int { return len(e.scopes) - 1 }

// hoist returns the value that emit produces in the scope at depth, producing it at most once per scope and key.
func (e *emitter) hoist(depth int, key string, emit func() value.Value) value.Value {
	s := e.scopes[depth]
	if v, ok := s.memo[key]; ok {
		return v
	}
	here := e.b
	e.b = s.hoisted
	v := emit()
	e.b = here
	s.memo[key] = v
	return v
}

func (e *emitter) block(name string) *ll.Block {
	e.labels++
	return e.fn.NewBlock(fmt.Sprintf("%s.%d", name, e.labels))
}

// companion adds a value of type t to the innermost scope, which must be a loop.
func (e *emitter) companion(t types.Type) *companion {
	s := e.scopes[e.depth()]
	phi := &ll.InstPhi{Typ: t}
	s.head.Insts = slices.Insert(s.head.Insts, s.phis, ll.Instruction(phi))
	s.phis++
	s.along = append(s.along, companion{phi: phi})
	return &s.along[len(s.along)-1]
}

// scale is coef times the counter of the innermost loop.
func (e *emitter) scale(coef int) value.Value {
	c := e.companion(types.I64)
	phi := c.phi
	c.first = func(b *ll.Block, lo value.Value) value.Value { return b.NewMul(lo, i64(coef)) }
	c.next = func(b *ll.Block, step int) value.Value { return b.NewAdd(phi, i64(step*coef)) }
	return phi
}

// advance is a pointer coef times the counter of the innermost loop behind from.
func (e *emitter) advance(elem types.Type, from value.Value, coef int) value.Value {
	c := e.companion(from.Type())
	phi := c.phi
	c.first = func(b *ll.Block, lo value.Value) value.Value {
		return b.NewGetElementPtr(elem, from, b.NewMul(lo, i64(coef)))
	}
	c.next = func(b *ll.Block, step int) value.Value { return b.NewGetElementPtr(elem, phi, i64(step*coef)) }
	return phi
}

// counted emits a loop from lo to hi (exclusive) in its own scope. carried are the values it starts with; body gets
// the counter and the current values and returns the next ones. The results are the values after the last
// iteration. mayBeEmpty asks for a test before the first one.
func (e *emitter) counted(name string, lo, hi value.Value, step int, mayBeEmpty bool, carried []value.Value,
	body func(i value.Value, carried []value.Value) []value.Value) []value.Value {
	before, head := e.b, e.block(name)
	exit := ll.NewBlock("")
	if mayBeEmpty {
		before.NewCondBr(before.NewICmp(enum.IPredSLT, lo, hi), head, exit)
	} else {
		before.NewBr(head)
	}
	counter := head.NewPhi(ll.NewIncoming(lo, before))
	phis := make([]*ll.InstPhi, len(carried))
	current := make([]value.Value, len(carried))
	for i, c := range carried {
		phis[i] = head.NewPhi(ll.NewIncoming(c, before))
		current[i] = phis[i]
	}
	e.b = head
	e.open(head)
	next := body(counter, current)
	along := e.scopes[e.depth()].along
	e.close()
	inc := e.b.NewAdd(counter, i64(step))
	inc.OverflowFlags = []enum.OverflowFlag{enum.OverflowFlagNSW}
	counter.Incs = append(counter.Incs, ll.NewIncoming(inc, e.b))
	for _, c := range along {
		c.phi.Incs = []*ll.Incoming{ll.NewIncoming(c.first(before, lo), before), ll.NewIncoming(c.next(e.b, step), e.b)}
	}
	for i, p := range phis {
		p.Incs = append(p.Incs, ll.NewIncoming(next[i], e.b))
	}
	last := e.b
	last.NewCondBr(last.NewICmp(enum.IPredSLT, inc, hi), head, exit)
	e.labels++
	exit.SetName(fmt.Sprintf("%s.end.%d", name, e.labels))
	exit.Parent = e.fn
	e.fn.Blocks = append(e.fn.Blocks, exit)
	e.b = exit
	if !mayBeEmpty {
		return next
	}
	out := make([]value.Value, len(carried))
	for i, c := range carried {
		out[i] = exit.NewPhi(ll.NewIncoming(c, before), ll.NewIncoming(next[i], last))
	}
	return out
}
