"""PyTorch with one network under training, as a process that is told when to run.

Usage: python worker.py ENGINE NETWORK BATCH THREADS

It takes some steps, prints `{}`; then, for each line with a number of seconds on standard input, it trains for that long
and prints {"median_ns": ..., "peak_bytes": ...}. A step is forward, backward and the update of SGD with momentum, on data
that is in memory.
"""
import json
import os
import resource
import statistics
import sys
import time

import torch
from torch import nn
from torch.nn import functional

WARM_UP_STEPS, MIN_STEPS = 3, 3


def lenet():
    return nn.Sequential(
        nn.Conv2d(3, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))


class Block(nn.Module):
    """Two convolutions beside an identity that drops pixels and pads channels where the shape changes."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs)
        self.conv2, self.bn2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs)
        self.stride, self.pad = stride, (outputs - inputs) // 2

    def forward(self, x):
        y = functional.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        if self.stride > 1:
            x = functional.pad(x[:, :, ::self.stride, ::self.stride], (0, 0, 0, 0, self.pad, self.pad))
        return functional.relu(y + x)


def resnet20():
    widths, layers = [16, 32, 64], [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
    inputs = 16
    for stage, width in enumerate(widths):
        for block in range(3):
            layers.append(Block(inputs, width, 2 if stage and not block else 1))
            inputs = width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


NETWORKS = {"lenet": lenet, "resnet20": resnet20}


def step_of(engine, network, batch):
    """Return a function that takes one step."""
    torch.manual_seed(0)
    net = NETWORKS[network]()
    x, y = torch.randn(batch, 3, 32, 32), torch.randint(0, 10, (batch,))
    if engine == "torch-channels-last":
        net, x = net.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
    run = torch.compile(net) if engine == "torch-compile" else net
    optimizer = torch.optim.SGD(net.parameters(), lr=0.001, momentum=0.9)

    def step():
        optimizer.zero_grad()
        functional.cross_entropy(run(x), y).backward()
        optimizer.step()

    return step


def measure(step, seconds):
    times, stop = [], time.perf_counter_ns() + int(seconds * 1e9)
    while len(times) < MIN_STEPS or time.perf_counter_ns() < stop:
        start = time.perf_counter_ns()
        step()
        times.append(time.perf_counter_ns() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"median_ns": statistics.median(times), "peak_bytes": peak}


def main():
    engine, network, batch, threads = sys.argv[1:]
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    torch.set_num_threads(int(threads))
    step = step_of(engine, network, int(batch))
    for _ in range(WARM_UP_STEPS):
        step()
    print("{}", file=answers)
    for line in sys.stdin:
        print(json.dumps(measure(step, float(line))), file=answers)


if __name__ == "__main__":
    main()
