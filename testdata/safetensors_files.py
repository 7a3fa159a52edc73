"""The safetensors format as the scripts that make test data need it: tensors in float32."""

import json
import struct

import numpy as np
import torch


def write(path, tensors):
    """Writes the safetensors format: the length of a header, the header, the numbers."""
    header, data = {}, b""
    for name in sorted(tensors):
        raw = tensors[name].contiguous().numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensors[name].shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def read(path):
    raw = path.read_bytes()
    (length,) = struct.unpack("<Q", raw[:8])
    tensors = {}
    for name, t in json.loads(raw[8:8 + length]).items():
        if name != "__metadata__":
            begin, end = t["data_offsets"]
            tensors[name] = torch.from_numpy(np.frombuffer(raw[8 + length + begin:8 + length + end], np.float32).reshape(t["shape"]).copy())
    return tensors
