"""Time nncc against other inference engines on the same networks, interleaved, and write down the result.

Usage: python3 bench/peers [--networks lenet,resnet20,resnet50 | --all] [--random] [--threads 1,2] ...   (or: make bench-peers)

The first run creates a virtual environment in the user's cache folder and installs bench/requirements.txt there
(about 4 GB, mostly PyTorch with its CUDA libraries). Every engine runs each network at batch 1 in fp32, pinned to the
same processors; its outputs are compared with ONNX Runtime's before it is timed. Each round lets every engine run for a
short while in turn, so that a slow phase of the machine hits all of them; the figure is the median of the rounds' medians.
"""
import argparse
import sys
from pathlib import Path

import environment

ROOT = Path(__file__).resolve().parents[2]
DEFAULT_NETWORKS = "lenet,resnet20,resnet50"


def parse_arguments():
    parser = argparse.ArgumentParser(prog="peers", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    networks = parser.add_mutually_exclusive_group()
    networks.add_argument("--networks", help=f"names, also of any classifier of torchvision; default {DEFAULT_NETWORKS}")
    networks.add_argument("--all", action="store_true", help="all networks (exports about 1 GB)")
    parser.add_argument("--random", action="store_true", help="twenty random networks of realistic size, beside those named")
    parser.add_argument("--threads", default="1,2", help="thread counts, default 1,2")
    parser.add_argument("--precision", choices=("f32", "bf16"), default="f32", help="compare engines that keep f32 (default) or that may round to bf16")
    parser.add_argument("--engines", help="names, default all of the precision")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.5, help="time of one engine in one round, default 0.5")
    parser.add_argument("--nncc", type=Path, help="nncc executable; built from this checkout without it")
    parser.add_argument("--models", type=Path, help="folder of exported networks; those missing are exported there")
    parser.add_argument("--venv", type=Path, default=environment.cache_dir() / "venv", help="virtual environment to use")
    parser.add_argument("--out", type=Path, default=ROOT / "bench" / "results", help="folder for the results")
    return parser.parse_args()


def network_names(options, networks):
    """Return the networks that the arguments ask for."""
    names = list(networks.NETWORKS) if options.all else options.networks.split(",") if options.networks else []
    if options.random:
        return [*names, *networks.RANDOM]
    return names or DEFAULT_NETWORKS.split(",")


def write_results(result, out):
    import plot
    import report
    path = out / (result["cpu_class"] + ("" if result["precision"] == "f32" else "-" + result["precision"]))
    path.with_suffix(".json").write_text(report.to_json(result), encoding="utf-8")
    path.with_suffix(".md").write_text(report.to_markdown(result), encoding="utf-8")
    plot.draw(result, path.with_suffix(".svg"))


def main():
    options = parse_arguments()
    environment.enter(options.venv, ROOT / "bench" / "requirements.txt")
    # From here on this is the virtual environment's interpreter.
    import compare
    import engines
    import machine
    import networks
    import report

    chosen = options.engines.split(",") if options.engines else engines.default_names(options.precision, machine.flags())
    names = network_names(options, networks)
    for name in set(chosen) - set(engines.ALL_NAMES):
        sys.exit(f"peers: no engine is called {name}; there are {', '.join(engines.ALL_NAMES)}")
    nncc = options.nncc or (engines.build_nncc(ROOT) if any(map(engines.is_nncc, chosen)) else None)
    folder = options.models or environment.cache_dir() / "models"
    paths = {name: networks.path_of(name, ROOT, folder) for name in names}
    options.out.mkdir(parents=True, exist_ok=True)  # a folder that cannot be is better known before the hour of measuring
    machine.warn_if_busy()
    settings = compare.Settings(chosen, options.rounds, options.seconds, nncc)
    head = machine.describe(ROOT, nncc) | {"precision": options.precision, "rounds": options.rounds, "seconds_per_round": options.seconds}
    records = compare.run(paths, [int(n) for n in options.threads.split(",")], settings,
                          lambda records: write_results(head | {"results": records}, options.out))
    print(report.to_markdown(head | {"results": records}))
    broken = [f"{r['engine']} on {r['network']}: {r['error']}" for r in records if engines.is_nncc(r["engine"]) and "error" in r]
    if broken:
        sys.exit("peers: nncc failed:\n  " + "\n  ".join(broken))


if __name__ == "__main__":
    main()
