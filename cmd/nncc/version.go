package main

import (
	"fmt"
	"io"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"nncc/backends"
	"nncc/backends/all"
	"nncc/runtime/exec"
)

// versionInfo is what a bug report needs.
type versionInfo struct {
	Version  string   `json:"version"`
	Go       string   `json:"go"`
	Platform string   `json:"platform"`
	Tools    []string `json:"tools"`
	Missing  []string `json:"missing"`
	ISAs     []string `json:"isas"` // that the processor supports, best first
	Features []string `json:"features"`
}

func versionCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print versions, tools and what the processor can do",
		Example: `  nncc version
  nncc version --json`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			info := currentVersion()
			if asJSON {
				return printJSON(cmd.OutOrStdout(), info)
			}
			info.print(cmd.OutOrStdout())
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}

// version is nncc's own, as the Go toolchain stamped it.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		return info.Main.Version
	}
	return "unknown"
}

var releaseVersion = regexp.MustCompile(`^v\d+\.\d+\.\d+$`)

// release is the version if it is a release, else empty: versions of commits hold times, which output must not.
func release() string {
	if v := version(); releaseVersion.MatchString(v) {
		return v
	}
	return ""
}

func currentVersion() versionInfo {
	v := versionInfo{
		Version: version(), Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
		Tools: []string{}, Missing: []string{}, ISAs: []string{}, Features: exec.Features(),
	}
	usable, missing := all.Available()
	for _, b := range usable {
		if tool := b.Caps().Tool; tool != "" {
			v.Tools = append(v.Tools, tool)
		}
	}
	for _, err := range missing {
		v.Missing = append(v.Missing, err.Error())
	}
	for _, t := range backends.Targets() {
		if t.Arch == runtime.GOARCH && exec.Supported(t.Features) {
			v.ISAs = append(v.ISAs, t.ISA)
		}
	}
	return v
}

func (v versionInfo) print(w io.Writer) {
	fmt.Fprintf(w, "nncc %s\n", v.Version)
	line := func(key string, values ...string) {
		if len(values) > 0 {
			fmt.Fprintf(w, "%-9s %s\n", key, strings.Join(values, " "))
		}
	}
	line("go", v.Go, v.Platform)
	for _, t := range v.Tools {
		line("tool", t)
	}
	for _, m := range v.Missing {
		line("missing", m)
	}
	line("isas", v.ISAs...)
	line("features", v.Features...)
}
