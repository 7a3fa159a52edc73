package exec

import "syscall"

// adviseHugePages asks for huge pages behind whole, aligned huge pages of memory that is zero. It is a hint: a failure only
// costs speed. Small pages that the memory had in an earlier life are given up, as they would stay.
func adviseHugePages(mem []byte) {
	_ = syscall.Madvise(mem, syscall.MADV_DONTNEED)
	_ = syscall.Madvise(mem, syscall.MADV_HUGEPAGE)
}
