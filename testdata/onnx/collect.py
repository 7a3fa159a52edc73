"""Write the ONNX project's own node tests for some operators as plain files.

Usage: python collect.py OUT_DIR [OPERATOR ...]          (needs onnx==1.23.2: pip install onnx==1.23.2)

One folder per case: OUT_DIR/<case>/model.onnx, input_<i>.npy and output_<i>.npy in the order of the graph's inputs
and outputs. A tensor of a type that .npy files cannot express (bfloat16, the 8-bit floats, the 4- and 2-bit integers, strings)
is written as input_<i>.pb, a serialised TensorProto; a sequence has a file for each tensor, input_<i>.<k>.npy.
OUT_DIR/cases.json lists the cases by operator, with the tolerances that the ONNX project states for each.
Without operators on the command line it writes those nncc implements. The expansions of operators into others
(<case>_expanded) are left out: they test the operator that was expanded.
"""
import argparse
import json
import os
import sys

import numpy as np
import onnx
from onnx import numpy_helper
from onnx.backend.test.case.node import collect_testcases

ONNX_VERSION = "1.23.2"
OPERATORS = (
    "Abs", "Acos", "Acosh", "Add", "And", "ArgMax", "ArgMin", "Asin", "Asinh", "Atan", "Atanh", "AveragePool", "BatchNormalization", "Cast", "CastLike", "Ceil", "Celu",
    "CenterCropPad", "Clip", "Col2Im", "Compress", "Concat", "Constant", "ConstantOfShape", "Conv", "ConvTranspose", "Cos", "Cosh", "CumProd",
    "CumSum", "DepthToSpace", "Div", "Dropout", "Einsum", "Elu", "Equal", "Erf", "Exp", "Expand", "EyeLike", "Flatten",
    "Floor", "Gather", "GatherElements", "GatherND", "Gelu", "Gemm", "GlobalAveragePool", "GlobalMaxPool", "Greater",
    "GreaterOrEqual", "GridSample", "GroupNormalization", "GRU", "Hardmax", "HardSigmoid", "HardSwish", "Identity", "InstanceNormalization",
    "IsInf", "IsNaN", "LayerNormalization", "LeakyRelu", "Less", "LessOrEqual", "Log", "LogSoftmax", "LpNormalization",
    "LpPool", "LRN", "LSTM", "MatMul", "Max", "MaxPool", "Mean", "MeanVarianceNormalization", "Min", "Mish", "Mod", "Mul",
    "Neg", "NonZero", "Not", "OneHot", "Or", "Pad", "Pow", "PRelu", "Range", "Reciprocal", "ReduceL1", "ReduceL2",
    "ReduceLogSum", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSum",
    "ReduceSumSquare", "Relu", "Reshape", "Resize", "ReverseSequence", "RMSNormalization", "RNN", "Round", "Scatter",
    "ScatterElements", "ScatterND", "Selu", "SequenceInsert", "Shape", "Shrink", "Sigmoid", "Sign", "Sin", "Sinh", "Size", "Slice", "Softmax",
    "Softplus", "Softsign", "SpaceToDepth", "Split", "SplitToSequence", "Sqrt", "Squeeze", "Sub", "Sum", "Swish", "Tan", "Tanh",
    "ThresholdedRelu", "Tile", "TopK", "Transpose", "Trilu", "Unsqueeze", "Upsample", "Where", "Xor",
)


def operator_of(case):
    """Return the operator of a case, or None where it is an expansion or has several nodes."""
    nodes = case.model.graph.node
    if len(nodes) != 1 or nodes[0].domain not in ("", "ai.onnx") or case.name.endswith("_expanded"):
        return None
    return nodes[0].op_type


def write_tensor(path, value):
    """Write one input or output as PATH.npy or PATH.pb."""
    if isinstance(value, onnx.TensorProto):
        array = numpy_helper.to_array(value)
    elif isinstance(value, (np.ndarray, np.generic)):
        array = np.asarray(value)
    else:
        return
    if array.dtype.isbuiltin == 1 and not array.dtype.hasobject:
        np.save(path + ".npy", np.asarray(array, order="C"), allow_pickle=False)
        return
    proto = value if isinstance(value, onnx.TensorProto) else numpy_helper.from_array(array)
    with open(path + ".pb", "wb") as file:
        file.write(proto.SerializeToString())


def write_values(folder, role, values):
    for i, value in enumerate(values):
        path = os.path.join(folder, f"{role}_{i}")
        if isinstance(value, list):
            for k, item in enumerate(value):
                write_tensor(f"{path}.{k}", item)
        else:
            write_tensor(path, value)


def write_case(folder, case):
    """Write a case's model and its only data set."""
    (inputs, outputs), = case.data_sets
    os.makedirs(folder, exist_ok=True)
    onnx.save(case.model, os.path.join(folder, "model.onnx"))
    write_values(folder, "input", inputs)
    write_values(folder, "output", outputs)


def collect(out_dir, operators):
    """Write the cases of the operators and return {operator: {case name: tolerances}}."""
    found = {name: {} for name in sorted(operators)}
    for case in collect_testcases(None):
        operator = operator_of(case)
        if operator in found:
            write_case(os.path.join(out_dir, case.name), case)
            found[operator][case.name] = {"rtol": case.rtol, "atol": case.atol}
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out_dir")
    parser.add_argument("operators", nargs="*", default=OPERATORS)
    options = parser.parse_args()
    if onnx.__version__ != ONNX_VERSION:
        sys.exit(f"collect.py: these tests are pinned to onnx=={ONNX_VERSION}, found {onnx.__version__}")
    np.seterr(all="ignore")  # some cases overflow or divide by zero on purpose
    found = collect(options.out_dir, options.operators)
    with open(os.path.join(options.out_dir, "cases.json"), "w", encoding="utf-8") as file:
        json.dump(found, file, indent=1, sort_keys=True)
    for operator, cases in found.items():
        print(f"{operator:20}{len(cases):5}")
    missing = [operator for operator, cases in found.items() if not cases]
    if missing:
        sys.exit("collect.py: no cases for " + ", ".join(missing))


if __name__ == "__main__":
    main()
