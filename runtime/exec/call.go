package exec

import "unsafe"

// MaxStackBytes is the most stack that a native kernel may use.
const MaxStackBytes = 64 << 10

// Call executes chunks [lo, hi) of the kernel on the caller's goroutine, for tests and measurements of one kernel.
// args is the whole table, the parameter block first; neither it nor what it points to may lie on a goroutine's stack,
// which moves; slices and variables whose address goes into args escape to the heap by this call. The kernel itself is
// trusted.
func (k *Kernel) Call(args []unsafe.Pointer, lo, hi int, scratch unsafe.Pointer) {
	if k.Go != nil {
		k.Go(args, lo, hi, scratch)
		return
	}
	callNative(k.StackBytes, k.Entry, unsafe.SliceData(args), lo, hi, scratch)
}
