"""Time a step of training with nncc against PyTorch, interleaved, and write down the result.

Usage: python3 bench/training [--networks lenet,resnet20] [--threads 1,2] [--rounds 7] ...   (or: make bench-training)

PyTorch runs eagerly, with channels last, and through torch.compile (which needs a C++ compiler). A step is forward,
backward and the update of SGD with momentum in fp32, on data in memory: the LeNet with batches of 100 pictures, a
ResNet-20 with 128. Each round lets every engine run for a short while in turn; the figure is the median of the rounds'.
The first run creates the same virtual environment as bench/peers.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench" / "peers"))

import engines  # noqa: E402  (of bench/peers)
import environment  # noqa: E402
import kernels  # noqa: E402

WORKER = Path(__file__).parent / "worker.py"
NETWORKS = {"lenet": (ROOT / "examples" / "lenet" / "model.json", 100), "resnet20": (ROOT / "examples" / "cifar10" / "model.json", 128)}
PEERS = ("torch-eager", "torch-channels-last", "torch-compile")
OURS = ("nncc-avx512", "nncc-avx2")
MIN_STEPS = 3


def parse_arguments():
    parser = argparse.ArgumentParser(prog="training", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--networks", default=",".join(NETWORKS), help="names, default all")
    parser.add_argument("--threads", default="1,2", help="thread counts, default 1,2")
    parser.add_argument("--engines", default=",".join(OURS + PEERS), help="names, default all")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1, help="time of one engine in one round, default 1")
    parser.add_argument("--nncc", type=Path, help="nncc executable; built from this checkout without it")
    parser.add_argument("--venv", type=Path, default=environment.cache_dir() / "venv", help="virtual environment to use")
    parser.add_argument("--out", type=Path, default=ROOT / "bench" / "results", help="folder for the results")
    return parser.parse_args()


class Torch:
    """PyTorch in a worker process."""

    def __init__(self, engine, network, threads, prefix, _nncc):
        command = [*prefix, sys.executable, str(WORKER), engine, network, str(NETWORKS[network][1]), str(threads)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the worker ended")
        return json.loads(line)

    def measure(self, seconds):
        print(seconds, file=self.process.stdin, flush=True)
        return self.answer()

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Nncc:
    """nncc, started anew for each round: its compile cache makes that cheap."""

    def __init__(self, engine, network, threads, prefix, nncc):
        model, batch = NETWORKS[network]
        self.command = [*prefix, str(nncc), "bench", str(model), "--train", "--batch", str(batch), "--threads", str(threads),
                        "--isa", engine.removeprefix("nncc-"), "--json", "--runs"]
        self.expected_ns = self.run(MIN_STEPS)["median_ns"]

    def run(self, runs):
        process = subprocess.Popen([*self.command, str(runs)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        output, messages = process.stdout.read(), process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(messages.strip().splitlines()[-1] if messages.strip() else f"exit code {process.returncode}")
        return {"median_ns": json.loads(output)["median_ns"], "peak_bytes": usage.ru_maxrss * 1024}

    def measure(self, seconds):
        row = self.run(max(MIN_STEPS, int(seconds * 1e9 / self.expected_ns)))
        self.expected_ns = row["median_ns"]
        return row

    def close(self):
        pass


def compare(network, threads, options, nncc, cpus):
    """Return one record per engine."""
    running, records = {}, []
    for name in options.engines.split(","):
        try:
            running[name] = (Torch if name in PEERS else Nncc)(name, network, threads, engines.pin(cpus), nncc)
        except RuntimeError as error:
            records.append({"network": network, "threads": threads, "engine": name, "error": str(error)})
    rows = {name: [] for name in running}
    for i in range(options.rounds):
        names = list(running)
        for name in names[i % len(names):] + names[:i % len(names)]:
            rows[name].append(running[name].measure(options.seconds))
        done = "  ".join(f"{name} {rows[name][-1]['median_ns'] / 1e6:.4g}" for name in names)
        print(f"  round {i + 1}/{options.rounds} ms: {done}", file=sys.stderr, flush=True)
    for name, engine in running.items():
        engine.close()
        medians = [row["median_ns"] for row in rows[name]]
        records.append({"network": network, "batch": NETWORKS[network][1], "threads": threads, "engine": name,
                        "median_ns": round(statistics.median(medians)), "min_ns": round(min(medians)), "max_ns": round(max(medians)),
                        "peak_bytes": max(row["peak_bytes"] for row in rows[name])})
    return records


def to_markdown(result):
    """Return a table: median, and the rounds' range, in milliseconds a step, peak memory, and how many times faster nncc is."""
    lines = [f"# Training steps on {result['cpu_class']}", "", f"{result['machine']['processor']}, PyTorch {result['versions']['torch']}, measured by `python3 bench/training`. Milliseconds a step: median (range of the rounds); peak memory in MB.", "",
             "| network | threads | engine | time | memory | nncc is faster by |", "|---|---|---|---|---|---|"]
    records = [r for r in result["results"] if "error" not in r]
    for r in records:
        ours = min((s["median_ns"] for s in records if s["engine"] in OURS and (s["network"], s["threads"]) == (r["network"], r["threads"])), default=None)
        factor = f"{r['median_ns'] / ours:.2f}" if ours and r["engine"] in PEERS else ""
        lines.append(f"| {r['network']} | {r['threads']} | {r['engine']} | {r['median_ns'] / 1e6:.4g} ({r['min_ns'] / 1e6:.4g}-{r['max_ns'] / 1e6:.4g}) | {r['peak_bytes'] / 1e6:.0f} | {factor} |")
    return "\n".join(lines) + "\n\n" + kernels.to_markdown(result["kernels"])


def main():
    options = parse_arguments()
    environment.enter(options.venv, ROOT / "bench" / "requirements.txt")
    import machine
    import report
    nncc = options.nncc or engines.build_nncc(ROOT)
    machine.warn_if_busy()
    records = []
    for threads in [int(n) for n in options.threads.split(",")]:
        cpus = machine.choose_cpus(threads)
        for network in options.networks.split(","):
            print(f"{network}, {threads} thread(s)", file=sys.stderr, flush=True)
            records += compare(network, threads, options, nncc, cpus)
    steps = [{"network": network} | record for network in options.networks.split(",")
             for record in kernels.measure(nncc, *NETWORKS[network], OURS[0].removeprefix("nncc-"), engines.pin(machine.choose_cpus(1)))]
    result = machine.describe(ROOT, nncc) | {"rounds": options.rounds, "seconds_per_round": options.seconds, "kernels": steps, "results": records}
    path = options.out / f"{result['cpu_class']}-training"
    path.with_suffix(".json").write_text(report.to_json(result), encoding="utf-8")
    path.with_suffix(".md").write_text(to_markdown(result), encoding="utf-8")
    print(to_markdown(result))


if __name__ == "__main__":
    main()
