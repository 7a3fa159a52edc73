//go:build !linux

package exec

// adviseHugePages does nothing: the system chooses page sizes by itself.
func adviseHugePages([]byte) {}
