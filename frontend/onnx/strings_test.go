package onnx

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The numbers of strings are documented: a program writes them into inputs.
func TestStringNumbers(t *testing.T) {
	require.EqualValues(t, 0, stringNumber(nil))
	require.EqualValues(t, 0xaf63dc4c8601ec8c>>11, stringNumber([]byte("a"))) // FNV-1a's own test vectors
	require.EqualValues(t, 0x85944171f73967e8>>11, stringNumber([]byte("foobar")))
}
