package ir

// Op describes one operation: everything the compiler needs to know of it in one row of the table in ops.go.
type Op struct {
	Name     string
	Class    Class
	Inputs   Arity
	Outputs  int
	Attrs    []AttrDef
	Infer    func(n *Node) ([]Type, error)      // shape rule: output types from input types and attributes; checks both
	Grad     GradRule                           // gradients of the inputs from those of the results; nil means the op has none
	Samples  func(n *Node, carries []bool) bool // whether the op keeps samples apart, see batch.go; nil means the rule for broadcasting
	FLOPs    func(n *Node) int64                // arithmetic operations, a multiply-add counted as two; nil means none
	Tol      float64                            // relative error a float32 backend may show against the interpreter, of sums over up to a thousand products; 0 means bit-exact
	Epilogue bool                               // its kernel applies elementwise ops to its result before that is stored; so do all contractions and windows
	Doc      string                             // definition with shapes, and the ONNX operator version it follows
}

// TakesEpilogue reports whether elementwise ops behind o can be part of its kernel.
func (o *Op) TakesEpilogue() bool {
	return o.Epilogue || o.Class == Contraction || o.Class == Window
}

// Class decides how an op may be fused and lowered.
type Class uint8

// The classes. An Elementwise op maps each output element from the elements at the same (broadcast) place; a Window op
// reduces a sliding window per channel; a Contraction sums products over channels; a Reduction combines along axes; a
// Layout op only moves elements; a Region holds a body of other ops.
const (
	Elementwise Class = iota
	Window
	Contraction
	Reduction
	Layout
	Region
)

// Arity is how many inputs an op takes: from Min to Max; those beyond Min are optional. Max -1: any number.
type Arity struct{ Min, Max int }

// AttrKind is the type of an attribute's value.
type AttrKind uint8

// The attribute kinds, and the Go type of each.
const (
	IntAttr    AttrKind = iota // int
	FloatAttr                  // float64
	StringAttr                 // string
	IntsAttr                   // []int
)

// AttrDef declares an attribute. Default nil means required, unless DefaultFor computes it from the node.
type AttrDef struct {
	Name       string
	Kind       AttrKind
	Default    any
	DefaultFor func(n *Node) any
}

// Attr finds the declaration of an attribute, or nil.
func (o *Op) Attr(name string) *AttrDef {
	for i := range o.Attrs {
		if o.Attrs[i].Name == name {
			return &o.Attrs[i]
		}
	}
	return nil
}
