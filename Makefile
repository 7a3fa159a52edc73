# Run make without arguments to see what there is.

CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/nncc
# A folder of node tests is good for the script that wrote it.
NODES := $(CACHE)/onnx-nodes-$(shell git hash-object testdata/onnx/collect.py)
FUZZTIME ?= 60s

# The ONNX node tests run where they have been made: see onnx-nodes.
export NNCC_ONNX_NODE_TESTS ?= $(patsubst %/cases.json,%,$(wildcard $(NODES)/cases.json))

.PHONY: help llvm test test-arm64 test-wasm demo check race fuzz onnx-nodes networks bench-peers bench-training

help:
	@echo 'make demo           compile two networks, classify a picture, time them'
	@echo 'make test           all tests; installs LLVM through apt where it is missing and that is allowed'
	@echo 'make test-arm64     the runtime, machine code and packages for arm64, under qemu-aarch64-static'
	@echo 'make test-wasm      the runtime and packages as WebAssembly, under Node.js'
	@echo 'make check          format, vet, staticcheck, generated files, import rules, builds for other systems'
	@echo 'make race           what runs in several goroutines, under the race detector'
	@echo 'make fuzz           every fuzz target for FUZZTIME=$(FUZZTIME)'
	@echo 'make onnx-nodes     make the ONNX node tests with its Python package; make test runs them from then on'
	@echo 'make networks       compare real networks with ONNX Runtime; writes docs/networks.md'
	@echo 'make bench-peers    time nncc against other engines: see bench/README.md'
	@echo 'make bench-training time steps of training against PyTorch'

llvm:
	@scripts/llvm.sh

test: llvm
	go test -count=1 -timeout 30m ./...  # remembering what the conformance suite read takes longer than the suite, which takes six minutes

test-arm64: llvm
	@scripts/test-arm64.sh

test-wasm: llvm
	@scripts/test-wasm.sh

demo: llvm
	@scripts/demo.sh

check:
	@scripts/check.sh

race: llvm
	go test -race ./runtime/... ./codegen ./backends/llvmcpu ./backends/gohost/... ./cmd/...
	NNCC_SEEDS=0-20 go test -race -timeout 30m -run TestConformance/random -skip TestConformance/random/interpreted ./backends/backendtest  # one goroutine interprets

fuzz:
	@scripts/fuzz.sh $(FUZZTIME)

onnx-nodes:
	scripts/onnx-nodes.sh $(NODES)

networks: llvm
	python3 bench/accuracy --missing

bench-peers: llvm
	python3 bench/peers

bench-training: llvm
	python3 bench/training
