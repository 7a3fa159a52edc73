// Nncc compiles convolutional networks into native code for Go programs, runs them, and shows why they are as fast as
// they are. `nncc help` lists the subcommands; each is in the file of its name.
package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"nncc/runtime/parallel"
)

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1 // the model, the machine or the answer is not right
	exitUsage  = 2 // the command line is not right
)

func main() { os.Exit(nncc(nil, os.Args[1:], os.Stdout, os.Stderr)) }

// nncc runs one command line, with a fault of the compiler or nil, and returns the exit code. Results go to stdout,
// everything else to stderr.
func nncc(f fault, args []string, stdout, stderr io.Writer) (code int) {
	defer func() {
		if p := recover(); p != nil {
			reportPanic(stderr, p)
			code = exitFailed
		}
	}()
	out := &checkedWriter{w: stdout}
	root := rootCommand(out, f)
	root.SetArgs(args)
	root.SetErr(stderr)
	cmd, err := root.ExecuteC()
	if err == nil {
		err = out.err
	}
	switch {
	case err == nil:
		return exitOK
	case isUsage(err):
		fmt.Fprintf(stderr, "%s: %v\nRun '%s --help' for usage.\n", cmd.CommandPath(), err, cmd.CommandPath())
		return exitUsage
	}
	printError(stderr, err)
	return exitFailed
}

// checkedWriter remembers the first error of w, so that a result that is lost is not taken for one that is there.
type checkedWriter struct {
	w   io.Writer
	err error
}

func (c *checkedWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	if c.err == nil {
		c.err = err
	}
	return n, err
}

// reportPanic tells of a bug in nncc itself; the stack is for those who ask for it.
func reportPanic(w io.Writer, p any) {
	fmt.Fprintf(w, "nncc: internal error, please report: %v\n", p)
	if os.Getenv("NNCC_DEBUG") == "1" {
		fmt.Fprintf(w, "%s", parallel.StackOf(p))
		return
	}
	fmt.Fprintln(w, "    hint: NNCC_DEBUG=1 prints where it happened")
}

// rootCommand has all subcommands, which write their results to stdout; those that look for faults of the compiler get
// one to find, or nil.
func rootCommand(stdout io.Writer, f fault) *cobra.Command {
	root := &cobra.Command{
		Use:   "nncc",
		Short: "Compile convolutional networks into native code for Go programs",
		Long: `Nncc compiles a convolutional network into native code: a Go package without cgo or
shared libraries, or code that it runs itself. A MODEL is an .onnx file, a .json
description of layers, or the compiler's own text form, .nnir.`,
		Example: `  nncc build lenet.onnx              write the Go package ./lenet
  nncc run lenet.onnx --input cat.png
  nncc bench lenet.onnx --layers     how fast it is, and why`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       version(),
		Args:          cobra.ArbitraryArgs,
		// `nncc foo --bar` is about foo.
		FParseErrWhitelist: cobra.FParseErrWhitelist{UnknownFlags: true},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("a subcommand is missing")
			}
			return usagef("there is no subcommand %q", args[0])
		},
	}
	root.SetOut(stdout) // before the completion scripts, which keep it
	root.SetFlagErrorFunc(flagError)
	root.SetVersionTemplate("nncc {{.Version}}\n")
	root.AddCommand(buildCommand(), benchCommand(), diffCommand(f), dumpCommand(), evalCommand(), exportCommand(), inspectCommand(),
		reduceCommand(f), runCommand(), trainCommand(), manCommand(), versionCommand())
	correctHelp(root)
	if err := registerCompletions(root); err != nil {
		panic(err) // a flag has two lists of values
	}
	return root
}
