"""Trains the network of residual.json with PyTorch on pictures that it makes, and records what happened.

    python testdata/train/make.py              writes the files beside it
    python testdata/train/make.py --lenet DIR  writes the folder lenet_adamw: the LeNet of the trajectories recorded in
                                               DIR, with AdamW and without oneDNN

images_u8_nhwc.npy and labels_i64.npy: 8 batches of 16 in order; input = (RGB/255 - 0.5) / 0.5. residual.safetensors: what
parameters and running statistics are at first. losses.json: the loss before each of 16 updates (the batches twice), in
float32 and float64, and the largest difference of the two in the tensors at the end, relative to the largest element of
each. final_RUN.safetensors: the tensors after 16 updates, float32. lenet_adamw: the same of 20 updates, but that the gap
is that of the kernels which come nearest to float64. Needs torch 2.15 and numpy.
"""

import json
import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from safetensors_files import read, write  # noqa: E402

SIZE, CLASSES, BATCH, BATCHES, STEPS = 12, 4, 16, 8, 16

RUNS = {
    "nesterov_wd": dict(make=lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True, weight_decay=5e-4)),
    "adamw": dict(make=lambda p: torch.optim.AdamW(p, lr=0.002, weight_decay=0.01)),
    "clipped": dict(make=lambda p: torch.optim.SGD(p, lr=0.1), clip=0.5, smoothing=0.1),
    "mse": dict(make=lambda p: torch.optim.SGD(p, lr=0.1), loss=lambda y, t: F.mse_loss(y, F.one_hot(t, CLASSES).to(y.dtype))),
}


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8)
        self.conv2, self.bn2 = nn.Conv2d(8, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8)
        self.conv3, self.bn3 = nn.Conv2d(8, 8, 3, padding=1, groups=8, bias=False), nn.BatchNorm2d(8)
        self.conv4, self.bn4 = nn.Conv2d(8, 16, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(16)
        self.conv5, self.bn5 = nn.Conv2d(16, 16, 3, padding=2, dilation=2, groups=2, bias=False), nn.BatchNorm2d(16)
        self.shortcut, self.bn6 = nn.Conv2d(8, 16, 1, stride=2, bias=False), nn.BatchNorm2d(16)
        self.fc = nn.Linear(16, CLASSES)

    def forward(self, x):
        stem = F.relu(self.bn1(self.conv1(x)))
        block1 = F.relu(self.bn3(self.conv3(F.relu(self.bn2(self.conv2(stem))))) + stem)
        x = self.bn5(self.conv5(F.relu(self.bn4(self.conv4(block1)))))
        x = F.relu(x + self.bn6(self.shortcut(block1)))
        return self.fc(F.adaptive_avg_pool2d(x, 1).flatten(1))


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(3, 6, 5), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x.flatten(1))))))


def pictures(rng):
    """Each class is a direction of waves, in colours and noise of their own."""
    n = BATCH * BATCHES
    labels = rng.integers(0, CLASSES, n)
    y, x = np.mgrid[0:SIZE, 0:SIZE] / SIZE
    angle = labels[:, None, None] * np.pi / CLASSES + rng.normal(0, 0.1, (n, 1, 1))
    waves = np.sin(2 * np.pi * (2 * (np.cos(angle) * x + np.sin(angle) * y) + rng.random((n, 1, 1))))
    colour = rng.random((n, 1, 1, 3)) * 80 + 20
    images = 128 + waves[..., None] * colour + rng.normal(0, 30, (n, SIZE, SIZE, 3))
    return np.clip(images, 0, 255).astype(np.uint8), labels.astype(np.int64)


def train(net, images, labels, batch, steps, make, loss=None, smoothing=0.0, clip=None):
    loss = loss or (lambda y, t: F.cross_entropy(y, t, label_smoothing=smoothing))
    dtype = next(net.parameters()).dtype
    x = torch.from_numpy(images).permute(0, 3, 1, 2).to(torch.float32)
    x = ((x / 255 - 0.5) / 0.5).to(dtype)
    optimizer, losses = make(net.parameters()), []
    for step in range(steps):
        at = step * batch % len(labels)
        value = loss(net(x[at:at + batch]), torch.from_numpy(labels[at:at + batch]))
        optimizer.zero_grad()
        value.backward()
        if clip:
            nn.utils.clip_grad_norm_(net.parameters(), clip)
        optimizer.step()
        losses.append(value.item())
    return losses, {k: v for k, v in net.state_dict().items() if v.is_floating_point()}


def both(build, state, *data, **run):
    """Trains in float32 and in float64; returns the losses of both, the tensors of the first, and how far they are apart."""
    results = []
    for dtype in torch.float32, torch.float64:
        net = build().to(dtype)
        net.load_state_dict(state, strict=False)
        results.append(train(net.train(), *data, **run))
    (losses32, final32), (losses64, final64) = results
    gap = {k: ((v.double() - final64[k]).abs().max() / final64[k].abs().max()).item() for k, v in final32.items()}
    return losses32, losses64, final32, max(gap.values())


def lenet(folder):
    """Rounding sends the run with AdamW one way or another: with the kernels of oneDNN that of float64, which is recorded in
    folder, without them mostly another, which is recorded here."""
    images, labels = np.load(folder / "images_u8_nhwc.npy"), np.load(folder / "labels_i64.npy")
    run = dict(make=lambda p: torch.optim.AdamW(p, lr=0.001, weight_decay=0.01))
    results = {}
    for onednn in True, False:
        with torch.backends.mkldnn.flags(enabled=onednn):
            results[onednn] = both(LeNet, read(folder / "init.safetensors"), images, labels, 100, 20, **run)
    losses32, losses64, final, apart = results[False]
    out = HERE / "lenet_adamw"
    out.mkdir(exist_ok=True)
    write(out / "final.safetensors", final)
    (out / "losses.json").write_text(json.dumps({"f32": losses32, "f64": losses64, "gap": results[True][-1]}, indent=1) + "\n")
    print(f"adamw, 20 updates, float32 from float64: {results[True][-1]:.2e} with oneDNN, {apart:.2e} without; "
          f"losses apart by {max(abs(a - b) for a, b in zip(results[True][0], losses32)):.1e}")


def main():
    torch.manual_seed(1)
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(1)
    if sys.argv[1:2] == ["--lenet"]:
        return lenet(pathlib.Path(sys.argv[2]))
    images, labels = pictures(np.random.default_rng(1))
    np.save(HERE / "images_u8_nhwc.npy", images)
    np.save(HERE / "labels_i64.npy", labels)
    state = {k: v for k, v in Residual().state_dict().items() if v.is_floating_point()}
    write(HERE / "residual.safetensors", state)
    record = {}
    for name, run in RUNS.items():
        losses32, losses64, final, apart = both(Residual, state, images, labels, BATCH, STEPS, **run)
        record[name] = {"f32": losses32, "f64": losses64, "gap": apart}
        write(HERE / f"final_{name}.safetensors", final)
        print(name, losses32[0], losses32[-1], f"gap {apart:.1e}")
    (HERE / "losses.json").write_text(json.dumps(record, indent=1) + "\n")


main()
