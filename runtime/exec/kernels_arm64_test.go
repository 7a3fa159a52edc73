package exec

// addMachineCode is a hand-assembled kernel: args[3] = args[1] + args[2], 16 floats a chunk.
const addMachineCode = `
	08a440a9 // ldp x8, x9, [x0, 8]
	0a0c40f9 // ldr x10, [x0, 24]
	21e47ad3 // lsl x1, x1, 6
	42e47ad3 // lsl x2, x2, 6
	3f0002eb // loop: cmp x1, x2
	ea000054 // b.ge done
	0069e13c // ldr q0, [x8, x1]
	2169e13c // ldr q1, [x9, x1]
	00d4214e // fadd v0.4s, v0.4s, v1.4s
	4069a13c // str q0, [x10, x1]
	21400091 // add x1, x1, 16
	f9ffff17 // b loop
	c0035fd6 // done: ret`
