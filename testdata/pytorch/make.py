"""Computes with PyTorch what the layers of model.json must compute, and writes it to layers.safetensors.

    python testdata/pytorch/make.py

layers.json lists the cases: a module or function of PyTorch, and the layers of model.json that are the same; the input is
called x and has the shape [4, 6, 6] unless "shape" says otherwise. For each case the file has its input (NAME/x), its
result (NAME/result) and the parameters under the names of model.json (NAME/l.weight). Needs torch 2.5 or later, and numpy.
"""

import json
import pathlib
import sys
import zlib

import torch
import torch.nn.functional as F  # noqa: F401, used by the cases
from torch import nn

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from safetensors_files import write  # noqa: E402


def compute(case):
    torch.manual_seed(zlib.crc32(case["name"].encode()))
    f = eval(case["torch"])
    tensors = {}
    if isinstance(f, nn.Module):
        f.eval()
        for name, t in f.state_dict().items():
            if t.is_floating_point():
                t.copy_(torch.rand_like(t) + 0.2 if name == "running_var" else torch.randn_like(t) * 0.5)
                tensors["l." + name] = t
    x = torch.randn(1, *case.get("shape", [4, 6, 6])) * 2
    with torch.no_grad():
        tensors["x"], tensors["result"] = x, f(x)
    return {case["name"] + "/" + name: t for name, t in tensors.items()}


if __name__ == "__main__":
    tensors = {}
    for case in json.loads((HERE / "layers.json").read_text()):
        tensors.update(compute(case))
    write(HERE / "layers.safetensors", tensors)
