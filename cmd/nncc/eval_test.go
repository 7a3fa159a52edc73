package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMatchClasses(t *testing.T) {
	var notes strings.Builder
	require.Nil(t, matchClasses(nil, []string{"a"}, &notes))
	require.Nil(t, matchClasses([]string{"a"}, nil, &notes))
	require.Nil(t, matchClasses([]string{"a", "b"}, []string{"a", "b"}, &notes))
	require.Equal(t, []int{2, 0}, matchClasses([]string{"a", "b"}, []string{"b", "c", "a"}, &notes))
	require.Empty(t, notes.String())
	require.Nil(t, matchClasses([]string{"a", "x"}, []string{"b", "c", "a"}, &notes))
	require.Contains(t, notes.String(), "no class of the name x; labels are compared by number")
}

func TestConfusionFitsItsNumbers(t *testing.T) {
	var b strings.Builder
	printConfusion(&b, [][]int{{1000, 0}, {7, 12}}, []string{"cat"})
	require.Equal(t, "\nright class in rows, answer in columns\n         0    1\n0 cat 1000    0\n1        7   12\n", b.String())
}
