#!/usr/bin/env bash
# Tests of WebAssembly under Node.js: the runtime and packages.
set -euo pipefail

if ! command -v node >/dev/null; then
	echo "node was not found: nothing is tested (Debian, Ubuntu: apt install nodejs)" >&2
	exit 0
fi
GOOS=js GOARCH=wasm go test -exec "$(go env GOROOT)/lib/wasm/go_js_wasm_exec" ./runtime/...
go test -run 'TestPackages/.*/js-wasm' ./backends/backendtest
