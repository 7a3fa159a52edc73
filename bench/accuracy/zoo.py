"""The networks that are checked, as ONNX files: all of torchvision's classifiers and a CRNN by both of PyTorch's exporters, those
whose speed bench/peers compares, and those that come with the onnx package.

The first have random weights (seed 0) and, but for ONE_PICTURE, a batch that is chosen at run time.

Usage: python zoo.py OUT_DIR NETWORK EXPORTER      (inside the virtual environment)
"""
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "bench" / "peers"))

import networks  # noqa: E402

# Families that join the batch with other dimensions on the way, so that nncc has to know it.
ONE_PICTURE = ("crnn", "maxvit", "swin", "vit")
LIGHT = ("bvlc_alexnet", "densenet121", "inception_v1", "inception_v2", "resnet50", "shufflenet", "squeezenet", "vgg19", "zfnet512")
TORCHSCRIPT_OPSET = 17


def torchvision():
    """Return the names of torchvision's classifiers."""
    from torchvision import models
    return models.list_models(module=models)


def exporters():
    """Return how a network becomes a file, with the networks that do: torch.onnx.export with dynamo=False or True, or as bench/peers
    does it with a fixed batch of 1; a network of the onnx package as it is, all of its weights alike, or with random ones."""
    names = torchvision() + ["crnn"]
    return {"torchscript": names, "dynamo": names, "fixed batch": list(networks.NETWORKS), "constant": LIGHT, "random": LIGHT}


def make(name, exporter, folder):
    """Return the ONNX file of a network, made in `folder` by a process of its own, which gives its memory back."""
    done = subprocess.run([sys.executable, __file__, str(folder), name, exporter], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError("the exporter failed: " + (done.stderr.strip().splitlines() or ["no message"])[-1])
    return networks.path_of(name, ROOT, folder) if exporter == "fixed batch" else folder / (name + ".onnx")


def build(name):
    """Return the module of a network, ready for inference."""
    import torch
    import crnn
    torch.manual_seed(0)
    module = (crnn.CRNN() if name == "crnn" else networks.build(name)).eval()
    networks.randomize_batch_norms(module)
    networks.randomize_constants(module)
    return module


def input_of(name):
    """Return the shape of a network's input, without the batch."""
    import crnn
    if name == "crnn":
        return crnn.INPUT
    side = networks.side_of(name)
    return 3, side, side


def export(name, exporter, path):
    import torch
    fixed = name.startswith(ONE_PICTURE)
    picture = torch.zeros(1 if fixed else 2, *input_of(name))
    options = {"input_names": ["input"], "output_names": ["logits"], "dynamo": exporter == "dynamo"}
    if exporter == "torchscript":
        options["opset_version"] = TORCHSCRIPT_OPSET
    if not fixed and exporter == "torchscript":
        options["dynamic_axes"] = {"input": {0: "batch"}, "logits": {0: "batch"}}
    elif not fixed:
        options["dynamic_shapes"] = ({0: torch.export.Dim("batch")},)
    torch.onnx.export(build(name), (picture,), str(path), **options)


def light(name):
    """Return a network of the onnx package."""
    import onnx
    return onnx.load(Path(onnx.__file__).parent / "backend" / "test" / "data" / "light" / f"light_{name}.onnx")


def randomize(model):
    """Replace the weights, which nodes make of a shape, by random ones, and leave out a last softmax, which would hide errors."""
    import numpy as np
    from onnx import numpy_helper
    random, graph = np.random.default_rng(0), model.graph
    shapes = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
    factors = factor_names(graph)
    rest = []
    for node in graph.node:
        if node.op_type != "ConstantOfShape" or node.input[0] not in shapes:
            rest.append(node)
            continue
        shape, name = shapes[node.input[0]], node.output[0]
        if len(shape) > 1:
            weights = random.standard_normal(shape) * np.sqrt(2 / np.prod(shape[1:]))
        elif name in factors:
            weights = random.uniform(0.5, 1.5, shape)
        else:
            weights = random.normal(0, 0.1, shape)
        graph.initializer.append(numpy_helper.from_array(weights.astype(np.float32), name))
    if rest[-1].op_type == "Softmax":
        graph.output[0].name = rest.pop().input[0]
    del graph.node[:]
    graph.node.extend(rest)


def factor_names(graph):
    """Return the names of values that the network multiplies with or divides by: scales and variances."""
    factors = set()
    for node in reversed(graph.node):
        if node.op_type == "BatchNormalization":
            factors.update((node.input[1], node.input[4]))
        elif node.op_type == "Mul":
            factors.update(node.input)
        elif node.op_type == "Unsqueeze" and node.output[0] in factors:
            factors.add(node.input[0])
    return factors


def write(name, exporter, folder):
    """Write a network's file, and the one with its weights where the exporter makes two."""
    import onnx
    path = folder / (name + ".onnx")
    if exporter == "fixed batch":
        networks.path_of(name, ROOT, folder)
    elif exporter in ("torchscript", "dynamo"):
        export(name, exporter, path)
    else:
        model = light(name)
        if exporter == "random":
            randomize(model)
        onnx.save(model, path)


if __name__ == "__main__":
    write(sys.argv[2], sys.argv[3], Path(sys.argv[1]))
