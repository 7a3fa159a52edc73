package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
)

// usageError is a command line that makes no sense: exit code 2.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }

func (e *usageError) Unwrap() error { return e.err }

func isUsage(err error) bool {
	var usage *usageError
	return errors.As(err, &usage)
}

func usagef(format string, args ...any) error {
	return &usageError{fmt.Errorf(format, args...)}
}

// oneModel is the argument rule of subcommands that take MODEL.
func oneModel(_ *cobra.Command, args []string) error {
	switch len(args) {
	case 0:
		return usagef("the model is missing")
	case 1:
		return nil
	}
	return usagef("one model is expected, %d arguments were given", len(args))
}

// noArguments is the argument rule of subcommands that take none.
func noArguments(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef("unexpected argument %q", args[0])
	}
	return nil
}
