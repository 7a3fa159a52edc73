"""Writes what torchvision calls the parameters of the networks in examples/networks, and their shapes, to NAME.txt.

    python examples/testdata/parameters.py [DIR]

With a folder, it also puts there NAME.json, the network with weights in NAME.safetensors, NAME.in.npy and NAME.out.npy:
random parameters, an input, and what PyTorch computes, for

    nncc run DIR/NAME.json --input DIR/NAME.in.npy --output FILE.npy
"""

import json
import pathlib
import sys

import numpy
import torch
import torchvision

here = pathlib.Path(__file__).parent
sys.path.insert(0, str(here / "../../testdata/pytorch"))
import make  # noqa: E402

MODELS = ["alexnet", "vgg16", "googlenet", "resnet18", "resnet50", "densenet121", "mobilenet_v2", "squeezenet1_1"]


def build(name):
    torch.manual_seed(1)
    options = {"aux_logits": False, "init_weights": True} if name == "googlenet" else {}
    net = getattr(torchvision.models, name)(weights=None, **options).eval()
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):  # as if it had been trained
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            torch.nn.init.normal_(module.bias, 0, 0.1)
    return net


def main():
    for name in MODELS:
        net = build(name)
        parameters = {k: v for k, v in net.state_dict().items() if v.is_floating_point()}
        lines = [f"{k} {list(v.shape)}\n" for k, v in parameters.items()]
        (here / f"{name}.txt").write_text("".join(lines))
        if len(sys.argv) < 2:
            continue
        out = pathlib.Path(sys.argv[1])
        make.write(out / f"{name}.safetensors", parameters)
        model = json.loads((here / f"../networks/{name}.json").read_text())
        del model["seed"], model["$schema"]
        (out / f"{name}.json").write_text(json.dumps(model | {"weights": f"{name}.safetensors"}))
        x = torch.randn(1, 3, 224, 224)
        with torch.no_grad():
            numpy.save(out / f"{name}.in.npy", x.numpy())
            numpy.save(out / f"{name}.out.npy", net(x).numpy())


if __name__ == "__main__":
    main()
