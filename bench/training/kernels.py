"""The kernels of a step: which share of its time they take, and how near they come to the peak of multiply-adds."""
import json
import subprocess

SHOWN_SHARE = 0.005


def measure(nncc, model, batch, isa, prefix):
    """Return one record per pass and kind of kernel, the longest first, on one thread."""
    command = [*prefix, str(nncc), "bench", str(model), "--train", "--batch", str(batch), "--threads", "1", "--isa", isa, "--layers", "--json"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    sums = {}
    for layer in map(json.loads, lines):
        kernel = ("backward" if ".grad" in layer["layer"] else "update" if ".update" in layer["layer"] else "forward", layer["family"])
        total = sums.setdefault(kernel, {"ns": 0, "share": 0, "at_peak_ns": 0})
        total["ns"] += layer["median_ns"]
        total["share"] += layer["share"]
        total["at_peak_ns"] += layer["median_ns"] * layer["peak_fraction"]
    return [{"pass": step, "kernel": family, "isa": isa, "share": round(s["share"], 4), "peak_fraction": round(s["at_peak_ns"] / s["ns"], 3)}
            for (step, family), s in sorted(sums.items(), key=lambda item: -item[1]["ns"]) if s["share"] >= SHOWN_SHARE]


def to_markdown(records):
    """Return a table; more than 100 % of the peak is what Winograd's transforms save."""
    lines = ["## Kernels", "", "On one thread, `nncc bench MODEL --train --batch N --layers`: those that take half a hundredth of a step and more. The peak is that of multiply-adds in registers; operations are "
             "counted as those of direct sums.", "", "| network | pass | kernel | share of the step | of the peak |", "|---|---|---|---|---|"]
    lines += [f"| {r['network']} | {r['pass']} | `{r['kernel']}` | {r['share']:.1%} | {r['peak_fraction']:.0%} |" for r in records]
    return "\n".join(lines) + "\n"
