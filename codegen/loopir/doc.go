// Package loopir is the lower of nncc's two intermediate representations: kernels as loops over buffers,
// with vectors, register tiles and calls, but without any notion of a convolution or of a machine.
//
// A kernel reads like this (an 1-D stencil over rows, register-tiled by four pixels):
//
//	func stencil(in: f32[*, 8, 66, 16], w: f32[3, 16], out: mut f32[*, 8, 64, 16]) grid(b: *, y: 8) {
//	  for x = 0 to 64 step 4 {
//	    reg acc: f32x16[4]
//	    unroll p = 0 to 4 { acc[p] = f32x16(0) }
//	    for k = 0 to 3 {
//	      let wk = load f32x16 w[k, 0]
//	      unroll p = 0 to 4 { acc[p] = fma(load f32x16 in[b, y, x + p + k, 0], wk, acc[p]) }
//	    }
//	    unroll p = 0 to 4 { store out[b, y, x + p, 0] = max(acc[p], f32x16(0)) }
//	  }
//	}
//
// Invariants, checked by Verify:
//   - Index expressions are sums of constants times variables and of floor quotients, remainders, minima and
//     maxima; every address a kernel can form lies inside its buffer. Data are no indices, but for the pick of a load, which
//     keeps them below an extent.
//   - Buffers are row-major. An index may run past its own dimension into the next one (contiguous loops over
//     two dimensions), never past the buffer. `*` as first dimension is the run-time batch, indexed by the grid's
//     batch variable alone, or, where the grid takes the batch by groups (`n: * by 16 as ns`), by n + i with i below ns;
//     what follows must stay inside one sample.
//   - A let value is assigned once. A reg (register tile) is mutable, has constant indices once loops marked
//     `unroll` are gone, and exists only until Promote, which turns it into let values and carried loop values.
//   - Iterations of the grid are independent: they may run in any order and on any thread.
//   - What a kernel stores to in one buffer it sees in no other. Two buffers may be parts of the same memory, as those
//     of a concat are (package sched); for calls Verify checks what the callee touches.
package loopir
