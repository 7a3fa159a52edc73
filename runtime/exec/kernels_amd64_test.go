package exec

// addMachineCode is a hand-assembled kernel: args[3] = args[1] + args[2], 16 floats a chunk.
const addMachineCode = `
	4c8b4708    // mov r8, [rdi+8]
	4c8b4f10    // mov r9, [rdi+16]
	4c8b5718    // mov r10, [rdi+24]
	48c1e606    // shl rsi, 6
	48c1e206    // shl rdx, 6
	4839d6      // loop: cmp rsi, rdx
	7d18        // jge done
	410f100430  // movups xmm0, [r8+rsi]
	410f100c31  // movups xmm1, [r9+rsi]
	0f58c1      // addps xmm0, xmm1
	410f110432  // movups [r10+rsi], xmm0
	4883c610    // add rsi, 16
	ebe3        // jmp loop
	c3          // done: ret`
