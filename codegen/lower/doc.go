// Package lower turns a scheduled graph into kernels: for each node one loop-IR function and the list of buffers it
// is called with. There is one file per family of operations; all of them share the epilogue (epilogue.go), which
// applies what was fused behind an operation while its result is in registers, and the layout helpers (storage.go).
//
// A lowering sees shapes, layouts and its schedule, never values: two nodes that agree in those get the same kernel.
package lower
