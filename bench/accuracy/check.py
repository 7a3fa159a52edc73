"""Run one network with nncc and with ONNX Runtime, and compare."""
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

TIMEOUT_S = 900


class Failure(Exception):
    """What kept nncc from running a network: the first line that it printed."""


def inputs_of(session, batch):
    """Return random inputs for a session; `batch` is the size of a first dimension that is left open."""
    random, inputs = np.random.default_rng(0), {}
    for port in session.get_inputs():
        shape = [size if isinstance(size, int) else batch for size in port.shape]
        inputs[port.name] = random.standard_normal(shape, dtype=np.float32)
    return inputs


def reference(path, batch):
    """Return a network's inputs and ONNX Runtime's outputs, by name."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    inputs = inputs_of(session, batch)
    names = [port.name for port in session.get_outputs()]
    return inputs, dict(zip(names, session.run(names, inputs)))


def opset_of(path):
    """Return the version of the operator set that a file is written in."""
    model = onnx.load(path, load_external_data=False)
    return max(o.version for o in model.opset_import if o.domain in ("", "ai.onnx"))


def run(nncc, path, flags, inputs, outputs, folder):
    """Return nncc's outputs, by name."""
    command = [str(nncc), "run", str(path), *flags]
    for i, (name, array) in enumerate(inputs.items()):
        np.save(folder / f"input{i}.npy", array)
        command += ["--input", f"{name}={folder / f'input{i}.npy'}"]
    for i, name in enumerate(outputs):
        command += ["--output", f"{name}={folder / f'output{i}.npy'}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S)
    except subprocess.TimeoutExpired:
        raise Failure(f"took more than {TIMEOUT_S} s") from None
    if done.returncode:
        raise Failure((done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[0])
    return {name: np.load(folder / f"output{i}.npy") for i, name in enumerate(outputs)}


def error(nncc, path, isa, inputs, expected):
    """Return the largest difference of nncc's outputs from the expected ones, relative to the largest of each."""
    with tempfile.TemporaryDirectory() as folder:
        got = run(nncc, path, ["--isa", isa], inputs, expected, Path(folder))
    errors = []
    for name, want in expected.items():
        if got[name].shape != want.shape:
            raise Failure(f"{name} has shape {list(got[name].shape)} instead of {list(want.shape)}")
        if not want.any():
            raise Failure(f"{name} is 0 everywhere, which shows nothing")
        errors.append(np.abs(got[name] - want).max() / np.abs(want).max())
    return float(np.max(errors))  # NaN if one is
