//go:build !(linux || darwin || windows)

package exec

import "errors"

// mapExecutable fails: there is no executable memory on this operating system, or no way to ask for it without a
// library.
func mapExecutable([]byte) (base uintptr, unmap func() error, err error) {
	return 0, nil, errors.New("this operating system has no way to ask for it")
}
