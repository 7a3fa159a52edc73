#!/usr/bin/env bash
# Make the ONNX project's node tests in the folder $1 with its Python package, in a virtual environment.
set -euo pipefail

nodes=$1
venv=$(dirname "$nodes")/onnx-venv
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check onnx==1.23.2 numpy==2.4.6
rm -rf "$nodes"
"$venv/bin/python" testdata/onnx/collect.py "$nodes"
