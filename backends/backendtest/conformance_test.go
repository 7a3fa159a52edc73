package backendtest

import (
	"testing"

	"nncc/backends/llvmcpu"
)

// executors are all ways to run a graph.
func executors() []Executor {
	b, err := llvmcpu.New(llvmcpu.Config{})
	native := func(isa string) Native {
		if err != nil {
			return Native{ISA: isa, Why: err}
		}
		return Native{ISA: isa, Backend: b}
	}
	return []Executor{
		native("amx_bf16"), native("amx"), native("avx512_bf16"), native("avx512"), native("avx2"), native("neon"),
		Guarded{native("amx_bf16")}, Guarded{native("amx")}, Guarded{native("avx512_bf16")}, Guarded{native("avx512")}, Guarded{native("avx2")}, Guarded{native("neon")},
		Portable{},
		Interpreted{"portable"}, Interpreted{"neon"}, Interpreted{"avx2"}, Interpreted{"avx512"}, Interpreted{"avx512_bf16"}, Interpreted{"amx"}, Interpreted{"amx_bf16"},
	}
}

func TestConformance(t *testing.T) { RunAll(t, executors()...) }
