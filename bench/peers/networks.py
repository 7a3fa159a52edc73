"""The networks that are compared, as ONNX files: opset 17, batch 1, input `input`, output `logits`. Names that are not listed here
are of torchvision's classifiers.

All but ResNet-20, which is trained and lies in the repository, have random weights (seed 0) with plausible batch-norm
statistics: they serve speed and numerical agreement, not accuracy. The structure of those called random0, random1, ... is
random too (random_networks.py).

Usage: python networks.py OUT_DIR NAME ...      (inside the virtual environment)
"""
import subprocess
import sys
from pathlib import Path

import random_networks

# name: side of the square RGB input in pixels
NETWORKS = {
    "lenet": 32, "resnet20": 32, "resnet50": 224, "resnet18": 224, "vgg16": 224, "alexnet": 224, "squeezenet": 224,
    "googlenet": 224, "mobilenetv2": 224, "densenet121": 224, "efficientnet_b0": 224, "convnext_tiny": 224,
}
USUAL_SIDE = 224  # of classifiers that are not listed
OTHER_SIDES = {"inception_v3": 299, "swin_v2_t": 256, "swin_v2_s": 256, "swin_v2_b": 256}
RANDOM = tuple(f"random{seed}" for seed in range(random_networks.COUNT))  # made by random_networks.py
COMMITTED = {"resnet20": Path("testdata/models/resnet20/resnet20.onnx")}  # relative to the repository


def side_of(name):
    """Return the side of a network's input."""
    if name in RANDOM:
        return random_networks.side_of(RANDOM.index(name))
    return NETWORKS.get(name) or OTHER_SIDES.get(name, USUAL_SIDE)


def path_of(name, root, folder):
    """Return the ONNX file of a network, exporting it into `folder` where that was not done before."""
    if name in RANDOM:  # made anew: that takes no time, and the generator may have changed
        folder.mkdir(parents=True, exist_ok=True)
        random_networks.write(RANDOM.index(name), folder / (name + ".onnx"))
        return folder / (name + ".onnx")
    if name in COMMITTED:
        return root / COMMITTED[name]
    path = folder / (name + ".onnx")
    if not path.exists():
        print(f"exporting {name}", file=sys.stderr, flush=True)
        # A process of its own keeps PyTorch's memory and threads away from the measurements.
        done = subprocess.run([sys.executable, __file__, str(folder), name], capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{name}: " + (done.stderr.strip().splitlines() or ["the exporter failed"])[-1])
    return path


def lenet():
    """Return the LeNet of the CIFAR-10 example."""
    from torch import nn
    return nn.Sequential(
        nn.Conv2d(3, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))


def build(name):
    """Return a new PyTorch module of a network."""
    from torchvision import models
    makers = {
        "lenet": lenet, "mobilenetv2": models.mobilenet_v2, "squeezenet": models.squeezenet1_1,
        "googlenet": lambda: models.googlenet(aux_logits=False, init_weights=False),  # initialising for training takes minutes
        "inception_v3": lambda: models.inception_v3(aux_logits=False, init_weights=False),
    }
    if name not in makers and name not in models.list_models(module=models):
        sys.exit(f"no network is called {name}; there are {', '.join([*NETWORKS, *RANDOM])}, and torchvision's classifiers")
    return makers.get(name, getattr(models, name, None))()


def randomize_batch_norms(module):
    """Give batch norms statistics and scales that do not let them vanish when folded."""
    from torch import nn
    for layer in module.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.running_mean.normal_(0, 0.1)
            layer.running_var.uniform_(0.5, 1.5)
            layer.weight.data.uniform_(0.5, 1.5)
            layer.bias.data.normal_(0, 0.1)


def randomize_constants(module):
    """Give numbers to parameters that are all alike before training, such as a last layer of zeros, which would hide errors."""
    for parameter in module.parameters():
        values = parameter.data
        if values.numel() == 1 or (values != values.flatten()[0]).any():
            continue
        if values.ndim == 2:
            values.normal_(0, values.shape[1] ** -0.5)
        elif values.any():
            values.uniform_(0.5, 1.5)
        else:
            values.normal_(0, 0.1)


def module(name):
    """Return the module that a network is exported from: the same one always."""
    import torch
    torch.manual_seed(0)
    made = build(name).eval()
    randomize_batch_norms(made)
    if name not in NETWORKS:
        randomize_constants(made)
    return made


def export(name, folder):
    import torch
    folder.mkdir(parents=True, exist_ok=True)
    part, side = folder / (name + ".part"), side_of(name)
    torch.onnx.export(module(name), (torch.zeros(1, 3, side, side),), str(part), dynamo=False, opset_version=17,
                      input_names=["input"], output_names=["logits"])
    part.rename(folder / (name + ".onnx"))  # a file under its final name is complete


if __name__ == "__main__":
    for network in sys.argv[2:]:
        export(network, Path(sys.argv[1]))
