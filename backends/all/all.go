// Package all lists the backends. Adding one is one row here.
package all

import (
	"nncc/backends"
	"nncc/backends/gohost"
	"nncc/backends/llvmcpu"
)

// table opens each backend with what it needs on this machine.
func table() []func() (backends.Backend, error) {
	return []func() (backends.Backend, error){
		func() (backends.Backend, error) { return llvmcpu.New(llvmcpu.Config{}) },
		func() (backends.Backend, error) { return gohost.New(), nil },
	}
}

// Available returns the backends that can compile on this machine, the fastest code first, and for each other one an
// error that says why it cannot, such as llvmcpu.ErrNoLLC.
func Available() (usable []backends.Backend, missing []error) {
	for _, open := range table() {
		b, err := open()
		if err != nil {
			missing = append(missing, err)
			continue
		}
		usable = append(usable, b)
	}
	return usable, missing
}
