"""One engine with one network loaded, as a process that is told when to run.

Usage: python worker.py ENGINE MODEL.onnx THREADS INPUT.npy OUTPUT.npy

It infers once, writes the output, prints `{}`; then, for each line with a number of seconds on standard input, it runs
for that long and prints {"median_ns": ..., "min_ns": ..., "runs": ...}. Between lines it waits, using no processor.
Engines write messages of their own to standard output, so the answers go to a duplicate of it.
"""
import hashlib
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

import environment

WARM_UP_CALLS, MIN_CALLS = 2, 3


class OnnxRuntime:
    """Sequential execution, all graph optimisations (the default)."""

    def __init__(self, model, threads, x):
        import onnxruntime
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        self.session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self.feed = {self.session.get_inputs()[0].name: x}

    def infer(self):
        self.result = self.session.run(None, self.feed)[0]

    def output(self):
        return self.result


class OpenVino:
    """One stream, latency hint, and the precision that is its own default: bf16 where the processor has it."""

    precision = {}

    def __init__(self, model, threads, x):
        import openvino
        config = {"INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1, "PERFORMANCE_HINT": "LATENCY", **self.precision}
        self.request = openvino.Core().compile_model(model, "CPU", config).create_infer_request()
        self.request.set_input_tensor(openvino.Tensor(x))
        self.infer = self.request.infer

    def output(self):
        return self.request.get_output_tensor().data


class OpenVinoF32(OpenVino):
    """The same with its arithmetic pinned to f32."""

    precision = {"INFERENCE_PRECISION_HINT": "f32"}


class Mnn:
    """High precision (fp32). Its time includes copying the input in, which a user cannot avoid."""

    def __init__(self, model, threads, x):
        import MNN
        self.module, self.net = MNN, MNN.Interpreter(self.convert(Path(model)))
        self.session = self.net.createSession({"backend": "CPU", "numThread": threads, "precision": "high"})
        self.destination = self.net.getSessionInput(self.session)
        self.source = self.host_tensor(x)

    @staticmethod
    def convert(model):
        """Return the MNN form of a model, which is kept under the hash of the ONNX file."""
        digest = hashlib.sha256(model.read_bytes()).hexdigest()[:16]
        target = environment.cache_dir() / "mnn" / f"{model.stem}-{digest}.mnn"
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            converter = str(Path(sys.executable).parent / "mnnconvert")
            subprocess.run([converter, "-f", "ONNX", "--modelFile", str(model), "--MNNModel", str(target), "--bizCode", "nncc"],
                           check=True, stdout=subprocess.DEVNULL)
        return str(target)

    def host_tensor(self, array):
        return self.module.Tensor(array.shape, self.module.Halide_Type_Float, array, self.module.Tensor_DimensionType_Caffe)

    def infer(self):
        self.destination.copyFrom(self.source)
        self.net.runSession(self.session)

    def output(self):
        device = self.net.getSessionOutput(self.session)
        host = self.host_tensor(np.empty(device.getShape(), np.float32))
        device.copyToHostTensor(host)
        return np.array(host.getNumpyData())


ENGINES = {"onnxruntime": OnnxRuntime, "openvino": OpenVino, "openvino-f32": OpenVinoF32, "mnn": Mnn}


def measure(infer, seconds):
    """Run for a while and return the statistics of single calls."""
    for _ in range(WARM_UP_CALLS):
        infer()
    times, stop = [], time.perf_counter_ns() + int(seconds * 1e9)
    while len(times) < MIN_CALLS or time.perf_counter_ns() < stop:
        start = time.perf_counter_ns()
        infer()
        times.append(time.perf_counter_ns() - start)
    return {"median_ns": statistics.median(times), "min_ns": min(times), "runs": len(times)}


def main():
    name, model, threads, input_path, output_path = sys.argv[1:]
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    engine = ENGINES[name](model, int(threads), np.load(input_path))
    engine.infer()
    np.save(output_path, engine.output())
    print("{}", file=answers)
    for line in sys.stdin:
        print(json.dumps(measure(engine.infer, float(line))), file=answers)


if __name__ == "__main__":
    main()
