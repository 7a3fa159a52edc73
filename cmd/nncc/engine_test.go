package main

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/runtime/exec"
)

func TestOnlyTheMachineIsAReasonToFallBack(t *testing.T) {
	for _, err := range []error{
		&unavailableError{errors.New("no tool")},
		fmt.Errorf("opening: %w", &exec.UnsupportedError{ISA: "avx512", Missing: []string{"avx512f"}}),
		fmt.Errorf("mapping: %w", exec.ErrNoExec),
	} {
		require.True(t, canFallBack(err), "%v", err)
	}
	require.False(t, canFallBack(errors.New("the model is wrong")))
	require.False(t, canFallBack(nil))
}

func TestPinnedInstructionSet(t *testing.T) {
	t.Setenv(exec.EnvISA, "portable")
	o := engineOptions{isa: exec.PinnedISA()}
	require.NoError(t, o.check())
	require.Equal(t, backendPortable, o.backend)
}

func TestNamesOfPackages(t *testing.T) {
	for dir, want := range map[string]string{
		"lenet": "lenet", "a/LeNet-5": "lenet5", "2fast": "net2fast", "type": "nettype", "é": "net", "main": "netmain", "x_y": "xy",
	} {
		name, err := packageName(dir)
		require.NoError(t, err)
		require.Equal(t, want, name, dir)
	}
	for name, want := range map[string]string{"lenet": "lenet", "../../etc": "_.._etc", "a b": "a b", "..": "net", "-o": "o", "c:\\x": "c__x"} {
		require.Equal(t, want, folderName(name), name)
	}
}
