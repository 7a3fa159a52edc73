"""Random convolutional networks of realistic size, as ONNX files: a seed always gives the same network.

They hold what published networks are made of (residual, bottleneck, inverted, dense, inception and shuffle blocks, squeeze
and excite, pools, dilation, grouped and depthwise convolutions), with channel counts that are not always multiples of 16.
Input [1, 3, side, side] called `input`, output `logits`, operator set 17.
"""
import random

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper

COUNT = 20
SIDES = (64, 96, 112, 128, 160, 192, 224)
MOST_CONVOLUTIONS, MOST_CHANNELS = 60, 512


def side_of(seed):
    """Return the side of the square input of a seed's network."""
    return random.Random(seed).choice(SIDES)


def write(seed, path):
    """Write the network of a seed to an ONNX file."""
    network = Network(seed)
    network.build()
    part = path.with_name(path.name + ".part")
    part.write_bytes(network.model().SerializeToString())
    part.rename(path)  # a file under its final name is complete


class Image:
    """A value of the graph: its name, channels and side."""

    def __init__(self, name, channels, side):
        self.name, self.channels, self.side = name, channels, side


class Network:
    """A network under construction."""

    def __init__(self, seed):
        self.seed = seed
        self.choose = random.Random(seed)
        self.side = self.choose.choice(SIDES)
        self.numbers = np.random.default_rng(seed)
        self.nodes, self.constants, self.convolutions = [], [], 0
        self.activations = self.choose.choice((["relu"], ["relu"], ["silu"], ["hardswish"], ["relu6"], ["leaky"], ["relu", "gelu"]))

    # The graph.

    def node(self, kind, inputs, **attributes):
        name = f"{kind.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name

    def constant(self, values, kind=np.float32):
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(values, dtype=kind), name))
        return name

    def normal(self, shape, deviation):
        return self.constant(self.numbers.standard_normal(shape) * deviation)

    def uniform(self, size, low, high):
        return self.constant(self.numbers.uniform(low, high, size))

    def model(self):
        graph = helper.make_graph(
            self.nodes, f"random{self.seed}", [helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, self.side, self.side])],
            [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, self.classes])], self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        checker.check_model(model)
        return model

    # Layers.

    def conv(self, x, channels, kernel=3, stride=1, groups=1, dilation=1, act=True, gain=1.0):
        """Convolution (kernel: a side, or height and width), batch norm unless a bias, activation."""
        height, width = (kernel, kernel) if isinstance(kernel, int) else kernel
        inputs = x.channels // groups
        weights = self.normal((channels, inputs, height, width), gain * (1.5 / (inputs * height * width)) ** 0.5)
        top, left = dilation * (height - 1) // 2, dilation * (width - 1) // 2
        attributes = dict(kernel_shape=[height, width], strides=[stride] * 2, dilations=[dilation] * 2, group=groups, pads=[top, left, top, left])
        normalised = self.choose.random() < 0.8
        bias = [] if normalised else [self.normal((channels,), 0.1)]
        name = self.node("Conv", [x.name, weights, *bias], **attributes)
        if normalised:
            name = self.node("BatchNormalization", [name, self.uniform(channels, 0.7, 1.3), self.normal((channels,), 0.1),
                                                    self.normal((channels,), 0.1), self.uniform(channels, 0.7, 1.3)])
        self.convolutions += 1
        y = Image(name, channels, (x.side - 1) // stride + 1)
        return self.activation(y) if act else y

    def activation(self, x):
        kind = self.choose.choice(self.activations)
        if kind == "relu":
            name = self.node("Relu", [x.name])
        elif kind == "relu6":
            name = self.node("Clip", [x.name, self.constant(0), self.constant(6)])
        elif kind == "leaky":
            name = self.node("LeakyRelu", [x.name], alpha=0.1)
        elif kind == "hardswish":
            name = self.node("HardSwish", [x.name])
        elif kind == "silu":
            name = self.node("Mul", [x.name, self.node("Sigmoid", [x.name])])
        else:
            erf = self.node("Erf", [self.node("Div", [x.name, self.constant(2 ** 0.5)])])
            half = self.node("Mul", [x.name, self.node("Add", [erf, self.constant(1)])])
            name = self.node("Mul", [half, self.constant(0.5)])
        return Image(name, x.channels, x.side)

    def add(self, x, y):
        return Image(self.node("Add", [x.name, y.name]), x.channels, x.side)

    def concat(self, images):
        name = self.node("Concat", [x.name for x in images], axis=1)
        return Image(name, sum(x.channels for x in images), images[0].side)

    def pool(self, x, kernel, stride):
        kind, pad = self.choose.choice(("MaxPool", "AveragePool")), kernel // 2 if kernel % 2 else 0
        name = self.node(kind, [x.name], kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[pad] * 4)
        return Image(name, x.channels, (x.side + 2 * pad - kernel) // stride + 1)

    def squeeze_excite(self, x):
        squeezed = Image(self.node("GlobalAveragePool", [x.name]), x.channels, 1)
        y = self.conv(squeezed, max(4, x.channels // 4), 1)
        y = self.conv(y, x.channels, 1, act=False)
        return Image(self.node("Mul", [x.name, self.node("Sigmoid", [y.name])]), x.channels, x.side)

    def shuffle(self, x, groups):
        """Exchange channels between groups."""
        y = self.node("Reshape", [x.name, self.constant([1, groups, x.channels // groups, x.side, x.side], np.int64)])
        y = self.node("Transpose", [y], perm=[0, 2, 1, 3, 4])
        return Image(self.node("Reshape", [y, self.constant([1, x.channels, x.side, x.side], np.int64)]), x.channels, x.side)

    # Blocks; each keeps or, with stride 2, halves the side.

    def plain(self, x, channels, stride):
        dilation = self.choose.choice((1, 1, 2)) if stride == 1 else 1
        return self.conv(x, channels, self.choose.choice((3, 3, 5)), stride, dilation=dilation)

    def joined(self, x, y, stride):
        """Add x to y, through a projection where their shapes differ."""
        if x.channels != y.channels or stride > 1:
            x = self.conv(x, y.channels, 1, stride, act=False)
        return self.activation(self.add(y, x))

    def residual(self, x, channels, stride):
        y = self.conv(self.conv(x, channels, 3, stride), channels, 3, act=False, gain=0.5)
        return self.joined(x, y, stride)

    def bottleneck(self, x, channels, stride):
        size = self.choose.choice((4, 8, 16, 24))
        groups = self.choose.choice((1, max(1, channels // 2 // size)))
        middle = channels // 2 // groups * groups
        y = self.conv(self.conv(x, middle, 1), middle, 3, stride, groups)
        if self.choose.random() < 0.3:
            y = self.squeeze_excite(y)
        return self.joined(x, self.conv(y, channels, 1, act=False, gain=0.5), stride)

    def inverted(self, x, channels, stride):
        y = self.conv(x, x.channels * self.choose.choice((2, 3, 4)), 1)
        y = self.conv(y, y.channels, self.choose.choice((3, 3, 5)), stride, y.channels)
        if self.choose.random() < 0.5:
            y = self.squeeze_excite(y)
        y = self.conv(y, channels, 1, act=False, gain=0.5)
        return self.add(y, x) if stride == 1 and x.channels == channels else y

    def dense(self, x, channels, stride):
        growth = self.choose.choice((12, 16, 24, 32))
        images = [self.pool(x, 2, 2) if stride > 1 else x]
        for _ in range(self.choose.randint(2, 4)):
            joint = self.concat(images) if len(images) > 1 else images[0]
            images.append(self.conv(self.conv(joint, 2 * growth, 1), growth, 3))
        return self.conv(self.concat(images), channels, 1)

    def inception(self, x, channels, stride):
        part = max(8, channels // 4)
        deep = self.conv(self.conv(x, part // 2, 1), part, self.choose.choice((3, 5)), stride)
        factored = self.conv(self.conv(self.conv(x, part // 2, 1), part // 2, (1, 7)), part, (7, 1), stride)
        pooled = self.conv(self.pool(x, 3, stride), part, 1)
        straight = self.conv(x, max(8, channels - 3 * part), 1, stride)
        return self.concat([straight, deep, factored, pooled])

    def shuffled(self, x, channels, stride):
        groups = self.choose.choice([g for g in (2, 3, 4) if x.channels % g == 0 and channels % g == 0] or [1])
        y = self.shuffle(self.conv(x, channels, 1, groups=groups), groups)
        y = self.conv(y, channels, 3, stride, channels, act=False)
        return self.joined(x, self.conv(y, channels, 1, groups=groups, act=False, gain=0.5), stride)

    def build(self):
        blocks = (self.plain, self.residual, self.bottleneck, self.inverted, self.dense, self.inception, self.shuffled)
        favourites = self.choose.sample(blocks, self.choose.randint(2, 4))
        depth = self.choose.randint(10, MOST_CONVOLUTIONS)
        channels = self.choose.choice((16, 20, 24, 32, 40, 48))
        x = self.conv(Image("input", 3, self.side), channels, self.choose.choice((3, 5, 7)), 2 if self.side > 64 else self.choose.choice((1, 2)))
        if x.side >= 56 and self.choose.random() < 0.5:
            x = self.pool(x, 3, 2)
        stages = self.choose.randint(3, 4)
        for stage in range(stages):
            channels = min(MOST_CHANNELS, round(channels * self.choose.choice((1.25, 1.5, 2, 2)) / 4) * 4)
            stride = 2 if stage > 0 and x.side >= 12 else 1
            while True:
                x = self.choose.choice(favourites)(x, channels, stride)
                stride = 1
                if self.convolutions >= depth * (stage + 1) // stages:
                    break
        self.head(x)

    def head(self, x):
        self.classes = self.choose.choice((10, 100, 1000))
        features = self.node("Flatten", [self.node("GlobalAveragePool", [x.name])])
        weights = self.normal((self.classes, x.channels), x.channels ** -0.5)
        inputs = [features, weights, self.normal((self.classes,), 0.1)]
        self.nodes.append(helper.make_node("Gemm", inputs, ["logits"], name="logits", transB=1))
