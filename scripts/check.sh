#!/usr/bin/env bash
# What holds of the source text: format, vet, staticcheck, generated files, module files, import rules, and that it
# builds for every system.
set -euo pipefail

stage() { echo "--- $*"; }

stage gofmt
unformatted=$(git ls-files -z '*.go' | xargs -0 gofmt -l)
if [ -n "$unformatted" ]; then
	echo "not formatted: $unformatted"
	exit 1
fi

stage vet
go vet ./...

stage staticcheck
go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...

stage import rules
go test .

stage module files
go mod tidy -diff

stage generated files
before=$(git diff HEAD | git hash-object --stdin)
go generate ./...
if [ "$before" != "$(git diff HEAD | git hash-object --stdin)" ]; then
	echo "go generate changed files:"
	git status --short
	exit 1
fi

for platform in linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64 linux/riscv64 js/wasm wasip1/wasm; do
	stage build for "$platform"
	CGO_ENABLED=0 GOOS=${platform%/*} GOARCH=${platform#*/} go build ./...
done
