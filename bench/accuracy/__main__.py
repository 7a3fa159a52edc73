"""Compare what nncc and ONNX Runtime compute of real networks, and write the table docs/networks.md.

Usage: python3 bench/accuracy [--networks alexnet,resnet18] [--exporters dynamo] [--isa avx512,portable] ...   (or: make networks)

Networks are exported with a batch that is chosen at run time and given two random pictures; transformers, and those that the onnx package
brings, have a batch of one. An error is the largest difference from ONNX Runtime's output relative to the largest output. The environment is that of
bench/peers. Exported networks are kept in the user's cache folder (about 6 GB).
"""
import argparse
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "bench" / "peers"))

import environment  # noqa: E402

TOLERANCE = 1e-4
BATCH = 2
# Portable code takes long to build and to run, and sees the same graph from every exporter: it runs these.
PORTABLE = {(name, "torchscript") for name in (
    "alexnet", "googlenet", "mnasnet0_5", "mobilenet_v2", "mobilenet_v3_small", "regnet_x_400mf", "resnet18", "shufflenet_v2_x0_5",
    "squeezenet1_1")} | {("shufflenet", "random"), ("squeezenet", "random")}
NOT_RUN = "-"


def parse_arguments():
    parser = argparse.ArgumentParser(prog="accuracy", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--networks", help="names, default all")
    parser.add_argument("--exporters", help="names, default torchscript,dynamo,constant,random")
    parser.add_argument("--isa", default="avx512,portable", help="variants of nncc, default avx512,portable")
    parser.add_argument("--nncc", type=Path, help="nncc executable; built from this checkout without it")
    parser.add_argument("--models", type=Path, default=environment.cache_dir().parent / "networks", help="folder of exported networks; those missing are exported there")
    parser.add_argument("--venv", type=Path, default=environment.cache_dir() / "venv", help="virtual environment to use")
    parser.add_argument("--out", type=Path, help="file for the table; without --networks and --exporters docs/networks.md")
    return parser.parse_args()


def choose(options):
    """Return the pairs (network, exporter) that are asked for."""
    import zoo
    wanted = set(options.networks.split(",")) if options.networks else None
    exporters = options.exporters.split(",") if options.exporters else list(zoo.EXPORTERS)
    known = {name for exporter in exporters for name in zoo.EXPORTERS.get(exporter, ())}
    for unknown in sorted(set(exporters) - set(zoo.EXPORTERS)) + sorted((wanted or set()) - known):
        sys.exit(f"accuracy: there is no network or exporter {unknown}")
    return [(name, exporter) for exporter in exporters for name in sorted(zoo.EXPORTERS[exporter]) if wanted is None or name in wanted]


def measure(name, exporter, isas, nncc, models):
    """Return a row of the table."""
    import check
    import zoo
    row = {"network": name, "exporter": exporter, "opset": "", "errors": dict.fromkeys(isas, NOT_RUN)}
    isas = [isa for isa in isas if isa != "portable" or (name, exporter) in PORTABLE]
    try:
        path = zoo.path_of(name, exporter, models)
        row["opset"] = check.opset_of(path)
        inputs, expected = check.reference(path, BATCH)
    except Exception as problem:  # whatever keeps PyTorch or ONNX Runtime from giving a reference
        row["errors"] |= dict.fromkeys(isas, f"no reference: {problem}")
        return row
    for isa in isas:
        try:
            row["errors"][isa] = check.error(nncc, path, isa, inputs, expected)
        except check.Failure as failure:
            row["errors"][isa] = str(failure)
    return row


def good(error):
    return error == NOT_RUN or isinstance(error, float) and error < TOLERANCE


def cell(error):
    if isinstance(error, float):
        return f"{error:.1e}" if good(error) else f"**{error:.1e}**"
    return error.replace("|", "\\|")


def to_markdown(rows, isas):
    """Return the table as a document."""
    lines = [
        "# Networks", "",
        "What nncc computes of real networks, compared with ONNX Runtime: the largest difference relative to the largest output, which must be",
        f"below {TOLERANCE:.0e}. `make networks` exports the networks, compares, and writes this page; for one of them:", "",
        "    python3 bench/accuracy --networks resnet18", "",
        "The torchvision networks, with random weights, come from both of PyTorch's exporters (`torch.onnx.export` with `dynamo=False` and with",
        "`dynamo=True`). They have a batch that is chosen at run time and are given two pictures, but for the transformers, which get one. The",
        "others come with the onnx package, which has them with weights that are all alike (constant); they are also checked with random ones.",
        "Portable code runs some of the smaller ones. What is compared is the result of", "",
        "    nncc run NETWORK.onnx --isa ISA --input x.npy --output y.npy", "",
        "| network | exporter | opset | " + " | ".join(isas) + " |", "|---|---|---|" + "---|" * len(isas)]
    for row in rows:
        lines.append(f"| {row['network']} | {row['exporter']} | {row['opset']} | " + " | ".join(cell(row["errors"][isa]) for isa in isas) + " |")
    return "\n".join(lines) + "\n"


def main():
    options = parse_arguments()
    environment.enter(options.venv, ROOT / "bench" / "requirements.txt")
    # From here on this is the virtual environment's interpreter.
    nncc = options.nncc
    if nncc is None:
        nncc = environment.cache_dir().parent / "nncc-accuracy"
        subprocess.run(["go", "build", "-o", str(nncc), "./cmd/nncc"], cwd=ROOT, check=True)
    isas, rows = options.isa.split(","), []
    for name, exporter in choose(options):
        row = measure(name, exporter, isas, nncc, options.models)
        rows.append(row)
        print(f"{name:20} {exporter:12} " + "  ".join(f"{isa} {cell(row['errors'][isa])}" for isa in isas), flush=True)
    out = options.out or (None if options.networks or options.exporters else ROOT / "docs" / "networks.md")
    if out:
        out.write_text(to_markdown(rows, isas), encoding="utf-8")
    if not all(good(error) for row in rows for error in row["errors"].values()):
        sys.exit("accuracy: not all networks agree")


if __name__ == "__main__":
    main()
