"""The measurement itself: check every engine's answer, then time them in turn, round after round."""
import statistics
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import engines
import machine
import networks

# Largest difference from ONNX Runtime over the largest logit. The engines sum in different orders; an engine
# that silently computed in bf16 would be off by a hundred times this.
TOLERANCE = 1e-4
# The same for engines that may round to bf16, which has 8 significant bits: some times what rounding once changes.
BF16_TOLERANCE = 2e-2
# An engine whose faster arithmetic costs it more than that, but not this, is timed all the same, and marked.
PEER_TOLERANCE = 1e-3


@dataclass(frozen=True)
class Settings:
    """What holds for all networks: engine names, rounds, seconds per engine and round, path of the nncc executable."""
    engines: list
    rounds: int
    seconds: float
    nncc: Path | None


def run(paths, thread_counts, settings, keep):
    """Compare the engines on the networks ({name: ONNX file}) and return one record per network, thread count, engine.

    `keep` gets all records so far after each network, so that a run that is interrupted leaves what it measured.
    """
    records = []
    for threads in thread_counts:
        cpus = machine.choose_cpus(threads)
        for name, path in paths.items():
            print(f"{name}, {threads} thread(s) on CPU {','.join(map(str, cpus))}", file=sys.stderr, flush=True)
            with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
                rows = compare(name, path, threads, cpus, Path(folder), settings, stack)
            records += [{"network": name, "threads": threads} | row for row in rows]
            keep(records)
    return records


def compare(network, path, threads, cpus, folder, settings, stack):
    """Compare the engines on one network; `stack` closes those that were started."""
    side = networks.side_of(network)
    np.save(folder / "input.npy", np.random.default_rng(0).standard_normal((1, 3, side, side), dtype=np.float32))
    running, errors = {}, {}
    for name in settings.engines:
        try:
            running[name] = engines.start(name, path, threads, cpus, folder, settings.nncc)
            stack.callback(running[name].close)
        except engines.EngineError as error:
            errors[name] = str(error)
    differences = check(running, errors)
    medians = interleave({name: running[name] for name in differences}, settings, cpus)
    return [row(name, medians, differences, errors) for name in settings.engines]


def check(running, errors):
    """Return each engine's relative difference from the reference; one beyond the tolerance becomes an error."""
    if engines.REFERENCE not in running:
        sys.exit(f"peers: {engines.REFERENCE} is the reference and must run: {errors.get(engines.REFERENCE, 'not chosen')}")
    expected, differences = np.load(running[engines.REFERENCE].output_path), {}
    for name, engine in running.items():
        difference = float(np.abs(np.load(engine.output_path) - expected).max() / np.abs(expected).max())
        if difference <= tolerance(name):  # false for NaN too
            differences[name] = difference
        else:
            errors[name] = f"wrong output: relative difference {difference:.1e} from {engines.REFERENCE}"
    return differences


def tolerance(name):
    if engines.rounds(name):
        return BF16_TOLERANCE
    return TOLERANCE if engines.is_nncc(name) else PEER_TOLERANCE


def interleave(running, settings, cpus):
    """Return each engine's medians in ns, one per round; every round starts with another engine.

    Rounds with too few cores at their beginning or end are repeated, up to as many times as there are rounds.
    """
    medians, names, repeats = {name: [] for name in running}, list(running), settings.rounds
    fine, i = machine.has_cores(cpus), 0
    while i < settings.rounds:
        times = {name: running[name].median_ns(settings.seconds) for name in names[i % len(names):] + names[:i % len(names)]}
        before, fine = fine, machine.has_cores(cpus)
        done = "  ".join(f"{name} {times[name] / 1e6:.4g}" for name in names)
        if not (before and fine) and repeats > 0:
            repeats -= 1
            print(f"  too few cores, again: {done}", file=sys.stderr, flush=True)
            continue
        for name, ns in times.items():
            medians[name].append(ns)
        i += 1
        print(f"  round {i}/{settings.rounds} ms: {done}", file=sys.stderr, flush=True)
    return medians


def row(name, medians, differences, errors):
    """Return an engine's part of a record: times in ns over the rounds' medians, or its error."""
    if name in errors:
        return {"engine": name, "error": errors[name]}
    values = medians[name]
    return {"engine": name, "median_ns": round(statistics.median(values)), "min_ns": round(min(values)),
            "max_ns": round(max(values)), "relative_difference": float(f"{differences[name]:.2g}")}
