"""The result as a picture: each engine's speed relative to the fastest peer, by network."""
import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402  (the backend must be chosen first)

import engines  # noqa: E402
import report  # noqa: E402

COLORS = ("#0b5394", "#3d85c6", "#9fc5e8", "#b45f06", "#e69138", "#f6b26b")


def draw(result, path):
    """Write an SVG with one panel per thread count; the same result gives the same bytes."""
    plt.rcParams["svg.hashsalt"] = "nncc"
    groups = report.group(result["results"])
    thread_counts = sorted({threads for _, threads in groups})
    figure, axes = plt.subplots(1, len(thread_counts), figsize=(7 * len(thread_counts), 4), squeeze=False, layout="constrained")
    for axis, threads in zip(axes[0], thread_counts):
        panel(axis, engines.NAMES[result["precision"]], {network: rows for (network, n), rows in groups.items() if n == threads})
        axis.set_title(f"{threads} thread{'s' if threads > 1 else ''}, {result['cpu_class']}, batch 1, {result['precision']}")
    axes[0][0].set_ylabel("speed relative to the fastest peer")
    axes[0][-1].legend(fontsize="small")
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def panel(axis, names, networks):
    """Draw one group of bars per network; an engine that failed has none."""
    width = 0.8 / len(names)
    for i, (name, color) in enumerate(zip(names, COLORS)):
        bars = {}
        for at, rows in enumerate(networks.values()):
            best = report.best_peer(rows)
            if best and "median_ns" in rows.get(name, {}):
                bars[at] = rows[best]["median_ns"] / rows[name]["median_ns"]
        if bars:
            axis.bar([at + (i - (len(names) - 1) / 2) * width for at in bars], bars.values(), width, color=color, label=name)
    axis.axhline(1, color="black", linewidth=0.6)
    axis.set_xticks(range(len(networks)), networks)
