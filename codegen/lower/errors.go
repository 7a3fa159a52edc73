package lower

import (
	"errors"
	"fmt"

	"nncc/codegen/loopir"
	"nncc/ir/diag"
)

// unsupported is the error of a valid node that no kernel computes, with what the user can do about it. Lower adds the
// place and the node.
func unsupported(hint, format string, args ...any) error {
	return &diag.Error{Msg: fmt.Sprintf(format, args...), Hint: hint}
}

func errNoKernel() error {
	return unsupported("its inputs must be known at build time", "no kernel computes this op")
}

func errKind(k loopir.Kind) error {
	return unsupported("cast the input to f32 and the result back", "no kernel computes this in %v", k)
}

// report adds what is wrong with a node or an input to the list.
func report(errs *diag.List, pos diag.Pos, kind, name string, err error) {
	msg, hint := err.Error(), ""
	var e *diag.Error
	if errors.As(err, &e) {
		msg, hint = e.Msg, e.Hint
	}
	errs.Add(pos, "%s %q: %s", kind, name, msg).Hint = hint
}
