"""The rows of the table: a file with one a line, which survives interruptions, and the page that shows them."""
import json

import zoo

TOLERANCE = 1e-4
NOT_RUN = "-"
HEAD = f"""# Networks

What nncc computes of real networks, compared with ONNX Runtime: the largest difference relative to the largest output, which must be
below {TOLERANCE:.0e}. `make networks` exports the networks that have no row in `bench/results/networks.jsonl`, compares, and writes this page;
for one of them, measured anew:

    python3 bench/accuracy --networks resnet18

The torchvision networks and a CRNN, which reads lines of text, with random weights, come from both of PyTorch's exporters (`torch.onnx.export` with `dynamo=False` and with
`dynamo=True`). They have a batch that is chosen at run time and are given two pictures, but for the transformers, which get one; the pictures
have {zoo.networks.USUAL_SIDE} pixels a side, or as many more as the network asks for. Those of a fixed batch are what `make bench-peers` times. The others come with the
onnx package, which has them with weights that are all alike (constant); they are also checked with random ones. Portable code runs some of
the smaller ones. What is compared is the result of

    nncc run NETWORK.onnx --isa ISA --input x.npy --output y.npy
"""


def key(row):
    return row["network"], row["exporter"]


def load(path):
    """Return the rows of a file by network and exporter."""
    if not path.exists():
        return {}
    return {key(row): row for row in map(json.loads, path.read_text(encoding="utf-8").splitlines())}


def save(path, rows):
    """Write the rows to a file, which is whole at any time."""
    part = path.with_suffix(".part")
    part.write_text("".join(json.dumps(row) + "\n" for row in in_order(rows)), encoding="utf-8")
    part.replace(path)


def in_order(rows):
    """Return rows by exporter, then by name."""
    exporters = list(zoo.exporters())
    return sorted(rows.values(), key=lambda row: (exporters.index(row["exporter"]), row["network"]))


def good(row):
    """Report whether nncc agrees with ONNX Runtime wherever both ran."""
    return all(isinstance(error, float) and error < TOLERANCE for error in row["errors"].values())


def cell(error):
    if isinstance(error, float):
        return f"{error:.1e}" if error < TOLERANCE else f"**{error:.1e}**"
    return error.replace("|", "\\|")


def to_markdown(rows):
    """Return the page."""
    isas = list(dict.fromkeys(isa for row in rows.values() for isa in row["errors"]))
    lines = [HEAD, "| network | exporter | opset | " + " | ".join(isas) + " |", "|---|---|---|" + "---|" * len(isas)]
    for row in in_order(rows):
        cells = [row["network"], row["exporter"], str(row["opset"])] + [cell(row["errors"].get(isa, NOT_RUN)) for isa in isas]
        lines.append("| " + " | ".join(cells) + " |")
    for exporter, names in zoo.exporters().items():
        if missing := [name for name in names if (name, exporter) not in rows]:
            lines += ["", f"Not measured yet, {exporter}: " + ", ".join(missing) + "."]
    return "\n".join(lines) + "\n"
