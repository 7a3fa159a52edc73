package exectest

import (
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// Runner returns the command that runs programs of another system on this one, for the flag -exec of go run and go test:
// qemu for linux/arm64, with a processor that has no extensions, so that code which needs one fails; Node.js for js/wasm;
// empty where they run by themselves. Where it is missing the test is skipped.
func Runner(tb testing.TB, goos, goarch string) string {
	tb.Helper()
	find := func(tool string) string {
		path, err := exec.LookPath(tool)
		if err != nil {
			tb.Skipf("programs for %s/%s cannot be run here: %v", goos, goarch, err)
		}
		return path
	}
	switch {
	case goos == runtime.GOOS && goarch == runtime.GOARCH:
		return ""
	case goos == "linux" && goarch == "arm64" && runtime.GOOS == "linux":
		return find("qemu-aarch64-static") + " -cpu cortex-a53"
	case goos == "js" && goarch == "wasm":
		find("node")
		root, err := exec.Command(find("go"), "env", "GOROOT").Output()
		if err != nil {
			tb.Fatal(err)
		}
		return filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "go_js_wasm_exec")
	}
	tb.Skipf("nothing runs programs for %s/%s here", goos, goarch)
	return ""
}
