"""Record what ONNX Runtime computes for this folder's pictures.

Usage: python make_logits.py FOLDER          (needs onnxruntime==1.32.0 and numpy==2.4.6)

Reads FOLDER/resnet20.onnx and images_u8_nhwc.npy, writes FOLDER/logits_f32.npy ([20, 10], one picture at a time) and prints
the class and probability found for each.
"""
import os
import sys

import numpy as np
import onnxruntime

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
MEAN, STD = np.float32([0.4914, 0.4822, 0.4465]), np.float32([0.247, 0.2435, 0.2616])


def main():
    folder = sys.argv[1]
    pixels = np.load(os.path.join(folder, "images_u8_nhwc.npy"))
    inputs = ((pixels.astype(np.float32) / 255 - MEAN) / STD).transpose(0, 3, 1, 2)
    session = onnxruntime.InferenceSession(os.path.join(folder, "resnet20.onnx"), providers=["CPUExecutionProvider"])
    logits = np.concatenate([session.run(None, {"input": np.ascontiguousarray(x[None])})[0] for x in inputs])
    np.save(os.path.join(folder, "logits_f32.npy"), logits)
    odds = np.exp(logits - logits.max(1, keepdims=True))
    for i, row in enumerate(odds / odds.sum(1, keepdims=True)):
        print(f"{i:3}  {CLASSES[row.argmax()]:12}{row.max():.3f}")


if __name__ == "__main__":
    main()
