#!/usr/bin/env bash
# Compile an untrained LeNet and a trained ResNet-20 into Go packages, let the ResNet-20 say what is on a picture, and time both.
set -euo pipefail

models=testdata/models/resnet20
out=build/demo

run() {
	printf '\n$ %s\n' "$*"
	"$@"
}

run go build -o build/nncc ./cmd/nncc
mkdir -p "$out"
printf 'module demo\n\ngo 1.26\n' >"$out/go.mod"
run build/nncc build examples/lenet/model.json -o "$out/lenet"
run build/nncc build "$models/model.json" -o "$out/resnet20"
run build/nncc run "$models/model.json" --input "$models/cat_1.png" --topk 3
cd "$out"
run go test -run '^$' -bench . ./...
