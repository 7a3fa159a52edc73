package exectest

import "encoding/binary"

// measuringCode is a kernel that paints the stack below itself, calls the kernel under test with the same chunks and
// scratch memory, and looks for the lowest word that has changed.
func measuringCode() []byte {
	var code []byte
	for _, instruction := range []uint32{
		0xa9bd7bfd, // stp x29, x30, [sp, -48]!
		0xa90153f3, // stp x19, x20, [sp, 16]
		0xf90013f5, // str x21, [sp, 32]
		0x910003fd, // mov x29, sp
		0xf9400413, // ldr x19, [x0, 8]: the measurement
		0xf9400660, // ldr x0, [x19, 8]: args
		0x910003e9, // mov x9, sp
		0x927ae53f, // and sp, x9, -64
		0x910003f5, // mov x21, sp
		0xd1403eb4, // sub x20, x21, paintedBytes, upper half
		0xd1380294, // sub x20, x20, paintedBytes, lower half
		0xd2981bca, // mov x10, paint
		0xf2ab42ea, // movk x10, paint, lsl 16
		0xaa0a814a, // orr x10, x10, x10, lsl 32
		0xaa1403eb, // mov x11, x20
		0xf800856a, // fill: str x10, [x11], 8
		0xeb15017f, // cmp x11, x21
		0x54ffffc1, // b.ne fill
		0xf9400269, // ldr x9, [x19]: entry
		0xd63f0120, // blr x9
		0xd2981bca, // mov x10, paint
		0xf2ab42ea, // movk x10, paint, lsl 16
		0xaa0a814a, // orr x10, x10, x10, lsl 32
		0xaa1403eb, // mov x11, x20
		0xf940016c, // scan: ldr x12, [x11]
		0xeb0a019f, // cmp x12, x10
		0x54000081, // b.ne found
		0x9100216b, // add x11, x11, 8
		0xeb15017f, // cmp x11, x21
		0x54ffff61, // b.ne scan
		0xcb0b02ab, // found: sub x11, x21, x11
		0xf9000a6b, // str x11, [x19, 16]: used
		0x910003bf, // mov sp, x29
		0xf94013f5, // ldr x21, [sp, 32]
		0xa94153f3, // ldp x19, x20, [sp, 16]
		0xa8c37bfd, // ldp x29, x30, [sp], 48
		0xd65f03c0, // ret
	} {
		code = binary.LittleEndian.AppendUint32(code, instruction)
	}
	return code
}
