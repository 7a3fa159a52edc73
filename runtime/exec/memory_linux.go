package exec

import "syscall"

// adviseHugePages asks for huge pages behind whole, aligned huge pages of memory. It is a hint: a failure only costs
// speed.
func adviseHugePages(mem []byte) { _ = syscall.Madvise(mem, syscall.MADV_HUGEPAGE) }
