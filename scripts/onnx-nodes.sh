#!/usr/bin/env bash
# Make the ONNX project's node tests in the folder $1 with its Python package, in a virtual environment beside it.
set -euo pipefail

nodes=$1
venv=$nodes.venv
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check onnx==1.23.2 numpy
rm -rf "$nodes"
"$venv/bin/python" testdata/onnx/collect.py "$nodes"
