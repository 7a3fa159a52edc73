//go:build !(linux || (darwin && amd64) || (windows && amd64))

package exec

import "errors"

// mapExecutable fails: there is no executable memory on this operating system, or no way to ask for it without a
// library.
func mapExecutable([]byte) (base uintptr, unmap func() error, err error) {
	return 0, nil, errors.New("this operating system has no way to ask for it")
}
