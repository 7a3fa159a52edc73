"""Compare what nncc and ONNX Runtime compute of real networks, and write the table docs/networks.md.

Usage: python3 bench/accuracy [--networks alexnet,resnet18] [--exporters dynamo] [--isa avx512,portable] ...   (or: make networks)

Networks are exported with a batch that is chosen at run time and given two random pictures; transformers, and those that the onnx package
brings, have a batch of one. An error is the largest difference from ONNX Runtime's output relative to the largest output. The environment is that of
bench/peers. An exported network takes up to 1 GB and is removed once it is compared.
"""
import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "bench" / "peers"))

import environment  # noqa: E402

BATCH = 2
# Portable code takes long to build and to run, and sees the same graph from every exporter: it runs these.
PORTABLE = {(name, "torchscript") for name in (
    "alexnet", "googlenet", "mnasnet0_5", "mobilenet_v2", "mobilenet_v3_small", "regnet_x_400mf", "resnet18", "shufflenet_v2_x0_5",
    "squeezenet1_1")} | {("shufflenet", "random"), ("squeezenet", "random")}
ROWS = ROOT / "bench" / "results" / "networks.jsonl"
PAGE = ROOT / "docs" / "networks.md"


def parse_arguments():
    parser = argparse.ArgumentParser(prog="accuracy", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--networks", help="names, default all")
    parser.add_argument("--exporters", help="names, default torchscript,dynamo,fixed batch,constant,random")
    parser.add_argument("--isa", default="avx512,portable", help="variants of nncc, default avx512,portable")
    parser.add_argument("--missing", action="store_true", help="only what the table has no row for")
    parser.add_argument("--nncc", type=Path, help="nncc executable; built from this checkout without it")
    parser.add_argument("--venv", type=Path, default=environment.cache_dir() / "venv", help="virtual environment to use")
    return parser.parse_args()


def choose(options, rows):
    """Return the pairs (network, exporter) that are asked for."""
    import zoo
    table = zoo.exporters()
    wanted = set(options.networks.split(",")) if options.networks else None
    exporters = options.exporters.split(",") if options.exporters else list(table)
    known = {name for exporter in exporters for name in table.get(exporter, ())}
    for unknown in sorted(set(exporters) - set(table)) + sorted((wanted or set()) - known):
        sys.exit(f"accuracy: there is no network or exporter {unknown}")
    pairs = [(name, exporter) for exporter in exporters for name in table[exporter] if wanted is None or name in wanted]
    return [pair for pair in pairs if not options.missing or pair not in rows]


def measure(name, exporter, isas, nncc, folder):
    """Return a row of the table. The network is exported into `folder`."""
    import check
    import zoo
    row = {"network": name, "exporter": exporter, "opset": "", "errors": {}}
    isas = [isa for isa in isas if isa != "portable" or (name, exporter) in PORTABLE]
    try:
        path = zoo.make(name, exporter, folder)
        row["opset"] = check.opset_of(path)
        inputs, expected = check.reference(path, BATCH)
    except Exception as problem:  # whatever keeps PyTorch or ONNX Runtime from giving a reference
        row["errors"] = dict.fromkeys(isas, f"no reference: {problem}")
        return row
    for isa in isas:
        try:
            row["errors"][isa] = check.error(nncc, path, isa, inputs, expected)
        except check.Failure as failure:
            row["errors"][isa] = str(failure)
    return row


def main():
    options = parse_arguments()
    environment.enter(options.venv, ROOT / "bench" / "requirements.txt")
    # From here on this is the virtual environment's interpreter.
    import rows as table
    nncc, failed = options.nncc, False
    if nncc is None:
        nncc = environment.cache_dir().parent / "nncc-accuracy"
        subprocess.run(["go", "build", "-o", str(nncc), "./cmd/nncc"], cwd=ROOT, check=True)
    for name, exporter in choose(options, table.load(ROWS)):
        folder = Path(tempfile.mkdtemp(prefix="nncc-accuracy-"))
        try:
            row = measure(name, exporter, options.isa.split(","), nncc, folder)
        finally:
            shutil.rmtree(folder)
        rows = table.load(ROWS) | {table.key(row): row}
        table.save(ROWS, rows)
        PAGE.write_text(table.to_markdown(rows), encoding="utf-8")
        failed |= not table.good(row)
        print(f"{name:20} {exporter:12} " + "  ".join(f"{isa} {table.cell(error)}" for isa, error in row["errors"].items()), flush=True)
    if failed:
        sys.exit("accuracy: not all networks agree")


if __name__ == "__main__":
    main()
