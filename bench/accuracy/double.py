"""Compare what nncc computes of the networks of bench/peers with double precision, and print a table.

Usage: python3 bench/accuracy/double.py [--networks resnet18,vgg16] [--isa amx] [--precision bf16]   (one table per variant)

A network gets one random picture. Errors are relative to the root mean square (RMS) of the output in double precision, which PyTorch computes, or for
ResNet-20, which exists as ONNX only, the reference implementation of the onnx package. ONNX Runtime's error is in the table to compare with.
"""
import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "bench" / "peers"))

import environment  # noqa: E402


def parse_arguments():
    parser = argparse.ArgumentParser(prog="double", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--networks", help="names, default all")
    parser.add_argument("--isa", help="variant of nncc, default the best one here")
    parser.add_argument("--precision", choices=("f32", "bf16"), default="f32")
    parser.add_argument("--nncc", type=Path, help="nncc executable; built from this checkout without it")
    parser.add_argument("--models", type=Path, help="folder of exported networks; those missing are exported there")
    parser.add_argument("--venv", type=Path, default=environment.cache_dir() / "venv", help="virtual environment to use")
    return parser.parse_args()


def in_double(name, path, picture):
    """Return the network's output in double precision."""
    import networks
    import numpy as np
    import torch
    if name not in networks.COMMITTED:
        with torch.no_grad():
            return networks.module(name).double()(torch.from_numpy(picture.astype(np.float64))).numpy()
    import onnx
    from onnx.reference import ReferenceEvaluator
    model = onnx.load(path)
    for tensor in model.graph.initializer:
        if tensor.data_type == onnx.TensorProto.FLOAT:
            array = onnx.numpy_helper.to_array(tensor).astype(np.float64)
            tensor.CopyFrom(onnx.numpy_helper.from_array(array, tensor.name))
    return ReferenceEvaluator(model).run(None, {model.graph.input[0].name: picture.astype(np.float64)})[0]


def main():
    options = parse_arguments()
    environment.enter(options.venv, ROOT / "bench" / "requirements.txt")
    # From here on this is the virtual environment's interpreter.
    import check
    import engines
    import machine
    import networks
    import numpy as np
    names = options.networks.split(",") if options.networks else list(networks.NETWORKS)
    for unknown in sorted(set(names) - set(networks.NETWORKS)):
        sys.exit(f"double: there is no network {unknown}")
    nncc = options.nncc or engines.build_nncc(ROOT)
    flags = (["--isa", options.isa] if options.isa else []) + ["--precision", options.precision]
    command = ' '.join(['python3 bench/accuracy/double.py', *sys.argv[1:]])
    print(f"Made by `{command}` on {machine.cpu_info().get('model name', 'an unknown processor')}.\n")
    print("| network | nncc, largest | RMS | nncc `--fp32 strict`, largest | RMS | ONNX Runtime, largest | RMS |\n|---|---|---|---|---|---|---|")
    for name in names:
        path = networks.path_of(name, ROOT, options.models or environment.cache_dir() / "models")
        inputs, of_onnxruntime = check.reference(path, 1)
        (picture,), (output,) = inputs.values(), of_onnxruntime
        expected = in_double(name, path, picture)
        with tempfile.TemporaryDirectory() as folder:
            try:
                answers = [check.run(nncc, path, [*flags, "--fp32", mode], inputs, [output], Path(folder)) for mode in ("fast", "strict")]
            except check.Failure as failure:
                sys.exit(f"double: {name}: {failure}")
        size, cells = np.sqrt(np.mean(expected ** 2)), []
        for answer in [*answers, of_onnxruntime]:
            error = (answer[output] - expected) / size
            cells += [f"{np.abs(error).max():.1e}", f"{np.sqrt(np.mean(error ** 2)):.1e}"]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
