package main

import (
	"strings"

	"github.com/spf13/cobra"

	"nncc/codegen/sched"
	"nncc/runtime/data"
)

// noShell is completion without a shell that there is.
func noShell(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return usagef("the shell is missing")
	}
	return usagef("there is no script for %q", args[0])
}

// modelExtensions are the ends of the names of models.
var modelExtensions = []string{"onnx", "json", "nnir"}

// completeModel completes the argument MODEL: one file.
func completeModel(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return modelExtensions, cobra.ShellCompDirectiveFilterFileExt
}

// flagValues are what shells offer for flags whose values are known, by name, in whichever subcommands they are.
func flagValues() map[string]cobra.CompletionFunc {
	one := func(values ...string) cobra.CompletionFunc {
		return cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)
	}
	return map[string]cobra.CompletionFunc{
		"backend":   one(backendCPU, backendPortable, backendLoop, backendInterp),
		"isa":       one(isaNames()...),
		"precision": one(string(sched.F32), string(sched.BF16)),
		"level":     one(levelGraph, levelLoop, levelLLVM, levelAsm, levelGo),
		"after":     one(passNames()...),
		"target":    one(targetCPU, targetPortable),
		"weights":   one(weightsEmbed, weightsFile),
		"emit":      one(emitForms...),
		"order":     one("rgb", "bgr"),
		"split":     one(string(data.Train), string(data.Test)),

		"optimizer":   one(optimizerNames()...),
		"loss":        one(lossNames()...),
		"lr-schedule": one(scheduleNames()...),
		"crop-fill":   one(fillBlack, fillReflect),
	}
}

// correctHelp makes `nncc help SUBCOMMAND` fail where there is no such subcommand.
func correctHelp(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	for _, c := range root.Commands() {
		if c.Name() != "help" {
			continue
		}
		help := c.Run
		c.Run = nil
		c.RunE = func(cmd *cobra.Command, args []string) error {
			if _, rest, err := root.Find(args); err != nil || len(rest) > 0 {
				return usagef("there is no subcommand %q", strings.Join(args, " "))
			}
			help(cmd, args)
			return nil
		}
	}
}

// registerCompletions adds the subcommand that writes scripts for shells, and what these scripts ask for.
func registerCompletions(root *cobra.Command) error {
	root.InitDefaultCompletionCmd()
	completion, _, err := root.Find([]string{"completion"})
	if err != nil {
		return err
	}
	completion.Args, completion.RunE = cobra.ArbitraryArgs, noShell
	for _, shell := range completion.Commands() {
		shell.Args = noArguments
	}
	values := flagValues()
	for _, c := range root.Commands() {
		if c.Args != nil && c.Flags().Lookup("dim") != nil { // whatever reads a model has this flag
			c.ValidArgsFunction = completeModel
		}
		for name, complete := range values {
			if c.Flags().Lookup(name) == nil {
				continue
			}
			if err := c.RegisterFlagCompletionFunc(name, complete); err != nil {
				return err
			}
		}
	}
	return nil
}
