package exec

import "unsafe"

// boundLaunch is a launch with its kernel and addresses resolved.
type boundLaunch struct {
	of     *Launch
	kernel *Kernel
	args   []unsafe.Pointer // Go memory: native code may run on a goroutine stack that has moved, the table must not
}

// call executes chunks [lo, hi).
func (l *boundLaunch) call(lo, hi int, scratch unsafe.Pointer) {
	l.kernel.Call(l.args, lo, hi, scratch)
}

// memory is what the arguments of an instance point into.
type memory struct {
	arena    []byte
	derived  []byte
	consts   [][]byte
	maxBatch int
}

// address returns the address of an argument that has been checked.
func (m *memory) address(a Arg) unsafe.Pointer {
	switch a.Space {
	case SpaceConst:
		return unsafe.Pointer(&m.consts[a.Index][a.OffsetBytes+a.WithinBytes])
	case SpaceDerived:
		return unsafe.Pointer(&m.derived[a.OffsetBytes+a.WithinBytes])
	default:
		return unsafe.Pointer(&m.arena[a.OffsetBytes*m.maxBatch+a.WithinBytes])
	}
}

// bind resolves launches that have been checked.
func bind(v *Variant, launches []Launch, m *memory, params *Params) []boundLaunch {
	bound := make([]boundLaunch, len(launches))
	for i := range launches {
		l := &launches[i]
		args := make([]unsafe.Pointer, 1, 1+len(l.Args))
		args[0] = unsafe.Pointer(params)
		for _, a := range l.Args {
			args = append(args, m.address(a))
		}
		bound[i] = boundLaunch{l, &v.Kernels[l.Kernel], args}
	}
	return bound
}
