package modeljson

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSchemaIsPublished compares the schema in docs with the tables.
func TestSchemaIsPublished(t *testing.T) {
	const file = "../../docs/model.schema.json"
	if *update {
		require.NoError(t, os.WriteFile(file, Schema(), 0o644))
	}
	published, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(Schema()), string(published), "run with -update")
}

// TestReferenceIsComplete checks that the reference page names every layer and key.
func TestReferenceIsComplete(t *testing.T) {
	page, err := os.ReadFile("../../docs/model.json.md")
	require.NoError(t, err)
	for _, k := range slices.Concat(modelKeys, inputKeys, commonKeys, blockKeys, useKeys) {
		require.Contains(t, string(page), "`"+k.name+"`")
	}
	for _, kind := range layerKinds {
		_, row, found := strings.Cut(string(page), "\n| `"+kind.name+"` |")
		require.True(t, found, "no row for layer %s", kind.name)
		row, _, _ = strings.Cut(row, "\n")
		for _, k := range kind.keys {
			require.Contains(t, row, "`"+k.name+"`", "layer %s", kind.name)
		}
	}
}
