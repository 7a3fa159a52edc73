"""Writes reference.safetensors with the format's own library: python3 generate.py"""
import os
import numpy as np
from safetensors.numpy import save_file

here = os.path.dirname(os.path.abspath(__file__))
save_file(
    {
        "conv.weight": np.arange(12, dtype=np.float32).reshape(2, 1, 2, 3) / 4,
        "half": np.array([1, -2], dtype=np.float16),
        "labels": np.array([-1, 2**40], dtype=np.int64),
        "mask": np.array([[True], [False]]),
        "scalar": np.array(0.5, dtype=np.float64),
        "nothing": np.zeros((0, 3), dtype=np.uint8),
    },
    os.path.join(here, "reference.safetensors"),
    metadata={"format": "np"},
)
