package backendtest

import (
	"os"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/backends"
	"nncc/backends/gohost"
	"nncc/backends/llvmcpu"
	"nncc/codegen"
	"nncc/runtime/program"
)

// TestSameBytes compiles networks with one and with eight threads, without a cache: the programs are the same, byte for
// byte.
func TestSameBytes(t *testing.T) {
	llvm, err := llvmcpu.New(llvmcpu.Config{CacheDir: "off"})
	if err != nil {
		t.Skip(err)
	}
	for _, name := range []string{"lenet.json", "resnet20/model.json"} {
		t.Run(name, func(t *testing.T) {
			if os.Getenv(EnvLong) == "" && name != "lenet.json" {
				t.Skipf("takes a while; %s is not set", EnvLong)
			}
			compile := func(threads int) *program.Program {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(threads))
				g, err := optimised(loadModel(t, models+name))
				require.NoError(t, err)
				p, err := codegen.Compile(g, codegen.Options{Backends: []backends.Backend{llvm, gohost.New()}})
				require.NoError(t, err)
				return p
			}
			one, eight := compile(1), compile(8)
			require.Greater(t, len(one.Variants), 2)
			for i, v := range one.Variants {
				require.NotEmpty(t, string(v.Code)+v.Source)
				require.True(t, string(v.Code) == string(eight.Variants[i].Code), "machine code of %s", v.ISA)
			}
			require.Equal(t, one, eight)
		})
	}
}
