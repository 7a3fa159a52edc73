package onnx

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestOperatorsAreDocumented compares the list in docs/onnx.md with the table; -update writes it.
func TestOperatorsAreDocumented(t *testing.T) {
	const file, begin, end = "../../docs/onnx.md", "<!-- operators -->\n", "<!-- end -->\n"
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	before, rest, _ := strings.Cut(string(text), begin)
	_, after, found := strings.Cut(rest, end)
	require.True(t, found)
	operators, list, column := operatorTable(), "", 0
	for i := range operators {
		if o := &operators[i]; i == 0 || operators[i-1].name != o.name {
			item := fmt.Sprintf("%s %d", o.name, max(o.since, oldestOpset))
			switch {
			case i == 0:
			case column+len(item) > 120:
				list, column = list+",\n", 0
			default:
				list += ", "
			}
			list, column = list+item, column+len(item)+len(", ")
		}
	}
	want := before + begin + list + ".\n" + end + after
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(want), 0o644))
		return
	}
	require.Equal(t, want, string(text), "run with -update")
}
