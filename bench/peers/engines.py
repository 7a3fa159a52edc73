"""The engines as the comparison sees them: something that answers an input once and can be timed again and again.

A peer is a worker process that keeps its network loaded. nncc is started anew for each round; its compile cache makes
that cheap, and `nncc bench` warms up before it measures.
"""
import json
import subprocess
import sys
from pathlib import Path

import environment

NNCC_PREFIX = "nncc-"  # followed by the variant
REFERENCE = "onnxruntime"
# What is compared at each precision. At bf16 the reference stays f32: OpenVINO's own default rounds where the processor has bf16.
NAMES = {
    "f32": (NNCC_PREFIX + "amx", NNCC_PREFIX + "avx512", NNCC_PREFIX + "avx2", NNCC_PREFIX + "portable", REFERENCE, "openvino-f32", "mnn"),
    "bf16": (NNCC_PREFIX + "amx_bf16", NNCC_PREFIX + "avx512_bf16", NNCC_PREFIX + "avx512", REFERENCE, "openvino"),
}
ALL_NAMES = tuple(dict.fromkeys(name for names in NAMES.values() for name in names))
MIN_CALLS = 3
WORKER = Path(__file__).parent / "worker.py"


# What a processor must have for a variant, as the kernel spells it; without it the variant is left out, unless it was named.
NEEDS = {
    NNCC_PREFIX + "amx": "amx_bf16", NNCC_PREFIX + "amx_bf16": "amx_bf16",
    NNCC_PREFIX + "avx512": "avx512f", NNCC_PREFIX + "avx512_bf16": "avx512_bf16",
}


def is_nncc(name):
    return name.startswith(NNCC_PREFIX)


def default_names(precision, flags):
    """Return the engines of a precision that a processor with these flags can run."""
    return [name for name in NAMES[precision] if NEEDS.get(name) is None or NEEDS[name] in flags]


def rounds(name):
    """Say whether an engine may compute in bf16."""
    return name not in NAMES["f32"]


def build_nncc(root):
    """Build the command from the checkout at `root` and return its path."""
    path = environment.cache_dir() / "nncc"
    print("building nncc", file=sys.stderr, flush=True)
    subprocess.run(["go", "build", "-o", str(path), "./cmd/nncc"], cwd=root, check=True)
    return path


class EngineError(Exception):
    """An engine that cannot run a network; the text is its own last line."""


def last_line(text, default):
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1][:200] if lines else default


class Peer:
    """Another engine, in a worker process pinned to `cpus`."""

    def __init__(self, name, model, threads, cpus, folder):
        self.messages = open(folder / (name + ".log"), "w+", encoding="utf-8")
        self.output_path = folder / (name + ".npy")
        command = [*pin(cpus), sys.executable, str(WORKER), name, str(model), str(threads), str(folder / "input.npy"),
                   str(self.output_path)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.messages, text=True)
        try:
            self.answer()
        except EngineError:
            self.close()
            raise

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            self.messages.seek(0)
            raise EngineError(last_line(self.messages.read(), "the engine ended without a message"))
        return json.loads(line)

    def median_ns(self, seconds):
        print(seconds, file=self.process.stdin, flush=True)
        return self.answer()["median_ns"]

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()
        self.messages.close()


class Nncc:
    """One variant of nncc, pinned to `cpus`."""

    def __init__(self, name, model, threads, cpus, folder, executable):
        self.isa, self.model, self.threads = name.removeprefix(NNCC_PREFIX), str(model), str(threads)
        self.variant = ["--isa", self.isa, "--precision", "bf16" if rounds(name) else "f32"]
        self.prefix = [*pin(cpus), str(executable)]
        self.output_path = folder / (name + ".npy")
        self.call("run", self.model, "--threads", self.threads, *self.variant, "--input", str(folder / "input.npy"),
                  "--output", str(self.output_path))
        self.expected_ns = self.bench(MIN_CALLS)

    def call(self, *arguments):
        done = subprocess.run([*self.prefix, *arguments], capture_output=True, text=True)
        if done.returncode:
            raise EngineError(last_line(done.stderr, f"exit code {done.returncode}"))
        return done.stdout

    def bench(self, runs):
        line = self.call("bench", self.model, "--threads", self.threads, "--batch", "1", *self.variant, "--json",
                         "--runs", str(runs))
        row = json.loads(line)
        if row["isa"] != self.isa:
            raise EngineError(f"ran {row['isa']} instead of {self.isa}")
        return row["median_ns"]

    def median_ns(self, seconds):
        self.expected_ns = self.bench(max(MIN_CALLS, int(seconds * 1e9 / self.expected_ns)))
        return self.expected_ns

    def close(self):
        pass  # no process is left between rounds


def pin(cpus):
    return ["taskset", "-c", ",".join(map(str, cpus))]


def start(name, model, threads, cpus, folder, nncc):
    """Start an engine; it has answered folder/input.npy into its output_path when this returns."""
    if is_nncc(name):
        return Nncc(name, model, threads, cpus, folder, nncc)
    return Peer(name, model, threads, cpus, folder)
