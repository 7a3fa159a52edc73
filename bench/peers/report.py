"""The result as JSON and as a Markdown table."""
import json

import compare
import engines


PRECISIONS = {"f32": "fp32", "bf16": "rounded to bf16 by openvino and the variants of nncc that are called so, fp32 by the others"}


def to_json(result):
    """Return the result with one record a line, so that a new measurement reads well as a difference."""
    head = json.dumps({key: value for key, value in result.items() if key != "results"}, indent=2)
    rows = ",\n    ".join(json.dumps(record) for record in result["results"])
    return f'{head[:-2]},\n  "results": [\n    {rows}\n  ]\n}}\n'


def group(records):
    """Return {(network, threads): {engine: record}} in the order of measurement."""
    groups = {}
    for record in records:
        groups.setdefault((record["network"], record["threads"]), {})[record["engine"]] = record
    return groups


def best_peer(rows):
    """Return the name of the fastest other engine, or None."""
    times = {name: row["median_ns"] for name, row in rows.items() if not engines.is_nncc(name) and "error" not in row}
    return min(times, key=times.get, default=None)


def best_nncc(rows):
    """Return the name of nncc's fastest variant, or None."""
    times = {name: row["median_ns"] for name, row in rows.items() if engines.is_nncc(name) and "error" not in row}
    return min(times, key=times.get, default=None)


def ratio(rows):
    """Return the time of nncc's fastest variant over the best peer's, or None."""
    ours, theirs = best_nncc(rows), best_peer(rows)
    return rows[ours]["median_ns"] / rows[theirs]["median_ns"] if ours and theirs else None


def milliseconds(row):
    if row is None:
        return ""
    if "error" in row:
        return "failed"
    median, low, high = (f"{row[key] / 1e6:.4g}" for key in ("median_ns", "min_ns", "max_ns"))
    return f"{median} ({low}-{high})" + ("*" if imprecise(row) else "")


def imprecise(row):
    """Say whether an engine that is to keep f32 answered with less."""
    return not engines.rounds(row["engine"]) and row.get("relative_difference", 0) > compare.TOLERANCE


def table(result):
    names = [name for name in engines.ALL_NAMES if any(r["engine"] == name for r in result["results"])]
    yield "| network | threads | " + " | ".join(names) + " | nncc / best peer |"
    yield "|---|---|" + "---|" * (len(names) + 1)
    for (network, threads), rows in group(result["results"]).items():
        value = ratio(rows)
        cells = [milliseconds(rows.get(name)) for name in names] + ["" if value is None else f"{value:.2f}"]
        yield f"| {network} | {threads} | " + " | ".join(cells) + " |"


def to_markdown(result):
    """Return the table with what one needs to know to read it."""
    machine, versions = result["machine"], result["versions"]
    lines = [
        f"# nncc and other engines on the machine class `{result['cpu_class']}`", "",
        f"Milliseconds per image, batch 1, {PRECISIONS[result['precision']]}: median of {result['rounds']} interleaved rounds (lowest to highest round). "
        f"Made by `python3 bench/peers --precision {result['precision']}`.", "",
        f"{machine['processor']} (family/model/stepping {machine['family_model_stepping']}), {machine['processors']} processors"
        f"{', virtual machine' if machine['virtual'] else ''}; {', '.join(machine['flags'])}.", "",
        ", ".join(f"{name} {version}" for name, version in versions.items()) + ".", "",
        *table(result), "",
    ]
    failures = [f"- {r['engine']} on {r['network']}, {r['threads']} thread(s): {r['error']}" for r in result["results"] if "error" in r]
    if any(map(imprecise, result["results"])):
        lines += [f"*: differs from {engines.REFERENCE} by more than {compare.TOLERANCE:.0e} of the largest output.", ""]
    return "\n".join(lines + (["Failed:", "", *failures, ""] if failures else []))
