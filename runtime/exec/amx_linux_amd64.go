package exec

import "syscall"

// requestAMX asks Linux for the permission to use AMX tile data, which holds for all threads of the process.
func requestAMX() bool {
	const archReqXcompPerm, xfeatureTileData = 0x1023, 18
	_, _, errno := syscall.RawSyscall(syscall.SYS_ARCH_PRCTL, archReqXcompPerm, xfeatureTileData, 0)
	return errno == 0
}
