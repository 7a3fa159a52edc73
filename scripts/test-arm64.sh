#!/usr/bin/env bash
# Tests of code for arm64 under an emulator, where everything is slow, and so are the interpreters that tests compare
# with: the runtime, the code generator, a part of the conformance suite, packages and the command line.
set -euo pipefail

if ! command -v qemu-aarch64-static >/dev/null; then
	echo "qemu-aarch64-static was not found: nothing is tested (Debian, Ubuntu: apt install qemu-user-static)" >&2
	exit 0
fi

# The processor has no extensions, so that code which needs one fails.
emulated() {
	GOARCH=arm64 go test -timeout 30m -exec 'qemu-aarch64-static -cpu cortex-a53' "$@"
}

emulated ./runtime/exec/... ./backends/llvmcpu
NNCC_SEEDS=0-12 emulated -run 'TestConformance/(texts|random)/neon(-guarded)?$' ./backends/backendtest
emulated -run 'TestNetworks/lenet.json/neon|TestResNet20/model.json/neon$' ./backends/backendtest
go test -run 'TestPackages/.*/linux-arm64' ./backends/backendtest
go test -run OnARM64 ./backends/gohost ./cmd/nncc ./examples
