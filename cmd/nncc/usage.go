package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

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
	switch {
	case len(args) == 0 || args[0] == "":
		return usagef("the model is missing")
	case len(args) == 1:
		return nil
	}
	return usagef("one model is expected, %d arguments were given", len(args))
}

// oneModelOfRun is the rule of run, where it is easy to forget --input.
func oneModelOfRun(cmd *cobra.Command, args []string) error {
	if len(args) == 2 {
		return usagef("one model is expected, 2 arguments were given; files to run it on come behind --input")
	}
	return oneModel(cmd, args)
}

// flagError is what is wrong with a flag's value, without the name of the function that found it.
func flagError(_ *cobra.Command, err error) error {
	var number *strconv.NumError
	if !errors.As(err, &number) {
		return &usageError{err}
	}
	reason := "it is not understood"
	switch {
	case errors.Is(number.Err, strconv.ErrRange):
		reason = "it is out of range"
	case number.Func == "ParseBool":
		reason = "expected true or false"
	case number.Func == "ParseInt" || number.Func == "Atoi":
		reason = "expected a whole number"
	case number.Func == "ParseUint":
		reason = "expected a whole number that is not negative"
	case number.Func == "ParseFloat":
		reason = "expected a number"
	}
	return usagef("%s", strings.Replace(err.Error(), number.Error(), reason, 1))
}

// noArguments is the argument rule of subcommands that take none.
func noArguments(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef("unexpected argument %q", args[0])
	}
	return nil
}
