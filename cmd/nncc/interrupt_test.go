package main

import (
	"context"
	"errors"
	"os"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestUninterrupted(t *testing.T) {
	failed := errors.New("disk on fire")
	require.ErrorIs(t, uninterrupted(func(context.Context) error { return failed }), failed)
	require.NoError(t, uninterrupted(func(context.Context) error { return nil }))
	if runtime.GOOS == "windows" {
		t.Skip("a process cannot interrupt itself here")
	}
	self, err := os.FindProcess(os.Getpid())
	require.NoError(t, err)
	finished := false
	require.ErrorIs(t, uninterrupted(func(ctx context.Context) error {
		require.NoError(t, self.Signal(os.Interrupt))
		<-ctx.Done()
		finished = true
		return nil
	}), errInterrupted)
	require.True(t, finished)
}
