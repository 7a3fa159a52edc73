package nncc_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var markdownLink = regexp.MustCompile(`\]\(([^)#:]+)\)`)

// TestDocumentLinks follows the links of all documents to files of the module.
func TestDocumentLinks(t *testing.T) {
	links := 0
	require.NoError(t, filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path == "build" || path == ".git":
			return fs.SkipDir
		case !strings.HasSuffix(path, ".md"):
			return nil
		}
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, link := range markdownLink.FindAllStringSubmatch(string(text), -1) {
			links++
			_, err := os.Stat(filepath.Join(filepath.Dir(path), filepath.FromSlash(link[1])))
			require.NoError(t, err, path)
		}
		return nil
	}))
	require.Greater(t, links, 10)
}
