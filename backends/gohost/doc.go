// Package gohost turns programs into Go. It compiles loop-IR kernels to Go functions, the portable variant; writes
// whole programs as Go packages that need nothing but the standard library; and runs the portable variant for the
// command line and for tests, in a helper process made by the Go toolchain.
package gohost

//go:generate go run ./internal/mkbundle
