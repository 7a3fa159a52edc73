"""Train the ResNet-20 of this folder on CIFAR-10 kept as class folders of JPEG pictures.

Usage: python train.py DATA_DIR OUT_DIR [--epochs N] [--threads N] [--no-compile]      (DATA_DIR/{train,test}/<class>/*.jpg)

Writes OUT_DIR/resnet20.onnx (evaluation mode: batch norms folded into the convolutions by the exporter,
opset 17, batch 1) and OUT_DIR/resnet20.safetensors (the state dict under its PyTorch names, batch norms kept apart).
The shortcuts carry no parameters: every second pixel, zero channels on both sides.
"""
import argparse
import glob
import os
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import save_file

BATCH, SEED = 128, 0
PEAK_RATE, MOMENTUM, WEIGHT_DECAY, WARM_UP, SMOOTHING = 0.4, 0.9, 5e-4, 0.25, 0.1
MEAN, STD = (0.4914, 0.4822, 0.4465), (0.247, 0.2435, 0.2616)  # per RGB channel, of values in 0..1
BORDER = 4  # pixels of reflected border that random crops may reach into


class Block(nn.Module):
    """Two 3x3 convolutions around a parameterless shortcut."""

    def __init__(self, channels_in, channels_out, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels_out, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels_out)
        self.conv2 = nn.Conv2d(channels_out, channels_out, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels_out)
        self.stride, self.extra = stride, (channels_out - channels_in) // 2

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        if self.stride > 1:
            x = F.pad(x[:, :, ::self.stride, ::self.stride], (0, 0, 0, 0, self.extra, self.extra))
        return F.relu(y + x)


class ResNet20(nn.Module):
    """Three stages of three blocks with 16, 32 and 64 channels."""

    def __init__(self, classes=10):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16)
        self.layer1 = nn.Sequential(Block(16, 16, 1), Block(16, 16, 1), Block(16, 16, 1))
        self.layer2 = nn.Sequential(Block(16, 32, 2), Block(32, 32, 1), Block(32, 32, 1))
        self.layer3 = nn.Sequential(Block(32, 64, 2), Block(64, 64, 1), Block(64, 64, 1))
        self.pool, self.fc = nn.AdaptiveAvgPool2d(1), nn.Linear(64, classes)
        for module in self.modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                nn.init.kaiming_normal_(module.weight)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.fc(torch.flatten(self.pool(x), 1))


def load(folder):
    """Return normalised NCHW pictures and their labels; classes are numbered by name."""
    pictures, labels = [], []
    for label, name in enumerate(sorted(os.listdir(folder))):
        for path in sorted(glob.glob(os.path.join(folder, name, "*.jpg"))):
            pictures.append(np.asarray(Image.open(path).convert("RGB")))
            labels.append(label)
    x = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 255
    return (x - torch.tensor(MEAN).view(3, 1, 1)) / torch.tensor(STD).view(3, 1, 1), torch.tensor(labels)


def augment(padded, index, random):
    """Crop the chosen pictures at one common offset and mirror about half of them."""
    dy, dx = random.integers(0, 2 * BORDER + 1, 2)
    batch = padded[index][:, :, dy:dy + 32, dx:dx + 32]
    mirrored = torch.rand(len(index)) < 0.5
    batch[mirrored] = batch[mirrored].flip(3)
    return batch.contiguous(memory_format=torch.channels_last)


def accuracy(net, x, y):
    net.eval()
    with torch.no_grad():
        right = sum((net(x[i:i + 500]).argmax(1) == y[i:i + 500]).sum().item() for i in range(0, len(x), 500))
    return right / len(x)


def train(net, run, epochs, data, held_out):
    """Train `net` through `run` (the same network, perhaps compiled), printing one line per epoch."""
    x, y = data
    padded, steps = F.pad(x, (BORDER,) * 4, mode="reflect"), len(x) // BATCH
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=MOMENTUM, nesterov=True, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK_RATE, total_steps=epochs * steps, pct_start=WARM_UP)
    random, start = np.random.default_rng(SEED), time.time()
    for epoch in range(epochs):
        net.train()
        order, total = torch.randperm(len(x)), 0.0
        for i in range(steps):
            index = order[i * BATCH:(i + 1) * BATCH]
            optimizer.zero_grad()
            loss = F.cross_entropy(run(augment(padded, index, random)), y[index], label_smoothing=SMOOTHING)
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        print(f"epoch {epoch + 1} loss {total / steps:.4f} test {accuracy(net, *held_out):.4f} "
              f"after {time.time() - start:.0f} s", flush=True)


def export(net, folder):
    os.makedirs(folder, exist_ok=True)
    net = net.eval().to(memory_format=torch.contiguous_format)
    save_file({name: value.contiguous() for name, value in net.state_dict().items()},
              os.path.join(folder, "resnet20.safetensors"))
    torch.onnx.export(net, (torch.zeros(1, 3, 32, 32),), os.path.join(folder, "resnet20.onnx"), dynamo=False,
                      opset_version=17, input_names=["input"], output_names=["logits"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data_dir")
    parser.add_argument("out_dir")
    parser.add_argument("--epochs", type=int, default=9)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--no-compile", action="store_true", help="do without torch.compile (needs no C++ compiler)")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(SEED)
    data, held_out = (load(os.path.join(options.data_dir, part)) for part in ("train", "test"))
    net = ResNet20().to(memory_format=torch.channels_last)
    train(net, net if options.no_compile else torch.compile(net), options.epochs, data, held_out)
    export(net, options.out_dir)


if __name__ == "__main__":
    main()
