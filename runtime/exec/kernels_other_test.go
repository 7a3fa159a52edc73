//go:build !(amd64 || arm64)

package exec

// addMachineCode is empty: without native calls the tests that use it skip.
const addMachineCode = ""
