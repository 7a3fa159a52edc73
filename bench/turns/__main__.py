"""Time packages that different versions of nncc, or different flags, make of one model, in turns within one program.

Usage: python3 bench/turns MODEL NNCC NNCC... [--isa avx2] [--threads 1] [--processes 3] [--seconds 3] [--batch 1]

Each NNCC is a command and flags of `nncc build` in quotes: nncc, "/tmp/old/nncc", "nncc --fp32 strict". The packages are linked into one
program, whose turns run each of them for a while and time its last run. A slow phase of the machine hits all of them, and so does whatever a process as a whole is lucky or
unlucky with, such as where its memory lies: ratios of two processes are worth less than those of two packages. The network has one input
and one output of float32.
"""
import argparse
import json
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from string import Template

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench" / "peers"))

import machine  # noqa: E402  (of bench/peers)

MIN_TURNS = 5
MAIN = Template((Path(__file__).parent / "main.go.txt").read_text(encoding="utf-8"))


def parse_arguments():
    parser = argparse.ArgumentParser(prog="turns", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="what `nncc build` reads")
    parser.add_argument("versions", nargs="+", metavar="NNCC", help="a command, and flags of its build; the first one is what others are compared with")
    parser.add_argument("--isa", help="the variant; without it the best one of the processor")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--processes", type=int, default=3, help="how often the program is started, default 3")
    parser.add_argument("--seconds", type=float, default=3, help="time of one process, default 3")
    parser.add_argument("--batch", type=int, default=1)
    return parser.parse_args()


def build(options, folder):
    """Write and compile the program; return its path."""
    model = options.model.resolve()
    packages = [f"p{i}" for i in range(len(options.versions))]
    for package, version in zip(packages, options.versions):
        command, *flags = shlex.split(version)
        isa = ["--isa", options.isa] if options.isa else []
        run([command, "build", str(model), "-o", str(folder / package), "--pkg", package, *isa, *flags], stdout=subprocess.DEVNULL)
    text = MAIN.substitute(
        imports="\n".join(f'\t"turns/{p}"' for p in packages),
        nets="\n".join(f"\t\topen({p}.New({p}.WithThreads(threads), {p}.WithMaxBatch(batch)))," for p in packages),
        input=f"{packages[0]}.InputLen", output=f"{packages[0]}.OutputLen")
    (folder / "main.go").write_text(text, encoding="utf-8")
    (folder / "go.mod").write_text("module turns\n\ngo 1.26\n", encoding="utf-8")
    run(["go", "build", "-o", "turns", "."], cwd=folder)
    return folder / "turns"


def run(command, **options):
    if subprocess.run(command, **options).returncode != 0:
        sys.exit(f"turns: failed: {shlex.join(map(str, command))}")


def measure(program, options):
    """Return the times of each package in milliseconds, turn by turn, of one process."""
    cpus = machine.choose_cpus(options.threads)
    command = ["taskset", "-c", ",".join(map(str, cpus)), program, str(options.threads), str(options.batch), str(options.seconds), str(MIN_TURNS)]
    env = os.environ | ({"NNCC_ISA": options.isa} if options.isa else {})
    result = subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True)
    if result.returncode != 0:
        sys.exit("turns: the program failed")
    return [[ns / 1e6 for ns in times] for times in json.loads(result.stdout)]


def summary(processes, package):
    """Return of one package: the median time, the tenth percentile, the median ratio of its time to the first one's in the same turn, and
    the least and largest such ratio of a process."""
    times = [t for process in processes for t in process[package]]
    ratios = [statistics.median(t / first for t, first in zip(process[package], process[0])) for process in processes]
    return statistics.median(times), sorted(times)[len(times) // 10], statistics.median(ratios), min(ratios), max(ratios)


def main():
    options = parse_arguments()
    machine.warn_if_busy()
    with tempfile.TemporaryDirectory(prefix="turns-") as folder:
        program = build(options, Path(folder))
        processes = [measure(program, options) for _ in range(options.processes)]
    print(f"{'median':>10} {'fastest tenth':>13} {'ratio':>6}   of processes")
    for package, version in enumerate(options.versions):
        median, fast, ratio, low, high = summary(processes, package)
        print(f"{median:7.4g} ms {fast:10.4g} ms {ratio:6.3f}   {low:.3f}-{high:.3f}   {version}")


if __name__ == "__main__":
    main()
