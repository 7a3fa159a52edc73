package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"

	"nncc/runtime/data"
)

// errInterrupted is for what the user has stopped, as by Ctrl-C.
var errInterrupted = errors.New("interrupted")

// interruptible is a context that ends when the user stops nncc. A second signal ends the process.
func interruptible() (ctx context.Context, stop context.CancelFunc) {
	var signals []os.Signal
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		if !signal.Ignored(s) { // as nohup has it
			signals = append(signals, s)
		}
	}
	if len(signals) == 0 { // NotifyContext would take all there are
		return context.WithCancel(context.Background())
	}
	ctx, stop = signal.NotifyContext(context.Background(), signals...)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

// uninterrupted has write leave no file half-written where the user stops nncc: write gets a context that ends then.
func uninterrupted(write func(ctx context.Context) error) error {
	ctx, stop := interruptible()
	defer stop()
	err := write(ctx)
	if ctx.Err() != nil {
		return errInterrupted
	}
	return err
}

// writeFile makes write's output the content of a file, whole or not at all.
func writeFile(path string, write func(io.Writer) error) error {
	return uninterrupted(func(context.Context) error { return data.WriteFile(path, write) })
}
