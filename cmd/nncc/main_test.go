package main

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/ir/diag"
	"nncc/runtime/parallel"
)

func TestPanicIsReported(t *testing.T) {
	var b strings.Builder
	t.Setenv("NNCC_DEBUG", "")
	reportPanic(&b, "lost")
	require.Equal(t, "nncc: internal error, please report: lost\n    hint: NNCC_DEBUG=1 prints where it happened\n", b.String())
	b.Reset()
	t.Setenv("NNCC_DEBUG", "1")
	reportPanic(&b, "lost")
	require.Contains(t, b.String(), "TestPanicIsReported")
	b.Reset()
	reportPanic(&b, &parallel.Panic{Value: "lost", Stack: []byte("elsewhere\n")})
	require.Equal(t, "nncc: internal error, please report: lost\nelsewhere\n", b.String())
}

func TestErrorsWithoutPlaceNameTheProgram(t *testing.T) {
	text := func(err error) string {
		var b strings.Builder
		printError(&b, err)
		return b.String()
	}
	require.Equal(t, "nncc: gone\n", text(errors.New("gone")))
	require.Equal(t, "nncc: no llc\n    hint: install it\n", text(&diag.Error{Msg: "no llc", Hint: "install it"}))
	require.Equal(t, "m.nnir:3:1: odd\n", text(&diag.Error{Pos: diag.Pos{File: "m.nnir", Line: 3, Col: 1}, Msg: "odd"}))
}

// fullDisk is where nothing can be written.
type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left") }

// A result that does not arrive, as on a full disk, is none.
func TestLostOutput(t *testing.T) {
	for _, args := range [][]string{{"version"}, {"--help"}, {"completion", "bash"}} {
		var stderr strings.Builder
		require.Equal(t, exitFailed, nncc(nil, args, fullDisk{}, &stderr))
		require.Equal(t, "nncc: no space left\n", stderr.String())
	}
}
