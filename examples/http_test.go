package examples_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

const resnet20 = "testdata/models/resnet20"

// TestHTTP builds the server in http without cgo, asks it what is on a picture, and ends it.
func TestHTTP(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("ends the server by a signal")
	}
	root := t.TempDir()
	m := copyModule(t, root, "http")
	require.NoError(t, os.CopyFS(filepath.Join(root, resnet20), os.DirFS(filepath.Join("..", resnet20))))
	m.run("generate")
	m.run("vet", ".")
	m.run("build", "-o", "classify", ".")
	address, end := startServer(t, filepath.Join(m.dir, "classify"))

	picture, err := os.ReadFile(filepath.Join("..", resnet20, "cat_1.png"))
	require.NoError(t, err)
	status, text := post(t, address+"/classify?top=2", picture)
	require.Equal(t, http.StatusOK, status, text)
	var answer struct {
		Classes []struct {
			Label string
			Score float64
		}
	}
	require.NoError(t, json.Unmarshal([]byte(text), &answer))
	require.Len(t, answer.Classes, 2)
	require.Equal(t, "cat", answer.Classes[0].Label)
	require.InDelta(t, 5.5900, answer.Classes[0].Score, 1e-3)
	require.Equal(t, "ship", answer.Classes[1].Label)
	require.InDelta(t, 1.5780, answer.Classes[1].Score, 1e-3)

	status, text = post(t, address+"/classify", []byte("no picture"))
	require.Equal(t, http.StatusUnsupportedMediaType, status, text)
	status, _ = post(t, address+"/classify", make([]byte, 8<<20+1))
	require.Equal(t, http.StatusRequestEntityTooLarge, status)
	status, _ = post(t, address+"/classify?top=0", picture)
	require.Equal(t, http.StatusBadRequest, status)
	status, _ = post(t, address+"/healthz", nil)
	require.Equal(t, http.StatusMethodNotAllowed, status)
	end()
}

// startServer runs a server until end is called, which expects that it ends without an error.
func startServer(t *testing.T, path string) (address string, end func()) {
	t.Helper()
	cmd := exec.Command(path, "-addr", "127.0.0.1:0")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { cmd.Process.Kill() })
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	address, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	require.True(t, ok, line)
	return address, func() {
		require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
		require.NoError(t, cmd.Wait())
	}
}

func post(t *testing.T, address string, body []byte) (status int, text string) {
	t.Helper()
	response, err := http.Post(address, "application/octet-stream", bytes.NewReader(body))
	require.NoError(t, err)
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(answer)
}
