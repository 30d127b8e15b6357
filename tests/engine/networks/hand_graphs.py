"""Networks written down layer by layer, and their graphs run with torch: independent routes for the tests."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from engine.networks.graphs.graph import Graph, Layer, measure
from engine.networks.graphs.ops import (
    Activation,
    AdaptivePool,
    Add,
    Concat,
    Conv,
    Dropout,
    Flatten,
    Identity,
    Input,
    Linear,
    Norm,
    Op,
    Pool,
)
from engine.networks.graphs.shapes import Shape


class Builder:
    """Collects layers; every method returns the name of the layer that it added."""

    def __init__(self, *size: int) -> None:
        self.layers = [Layer("input", Input(size))]
        self.shapes: dict[str, Shape] = {"input": size}
        self.path: tuple[str, ...] = ()

    def add(self, name: str, op: Op, *inputs: str) -> str:
        full = f"{self.path[-1]}.{name}" if self.path else name
        inputs = inputs or (self.layers[-1].name,)
        shapes = [self.shapes[source] for source in inputs]
        op = op.fitted(shapes)
        self.shapes[full] = op.shape(shapes)
        self.layers.append(Layer(full, op, inputs, self.path))
        return full

    def conv(
        self,
        name: str,
        filters: int,
        kernel: int | tuple[int, int],
        stride: int = 1,
        padding: int | tuple[int, int] = 0,
        source: str = "",
        **more: int | bool,
    ) -> str:
        source = source or self.layers[-1].name
        kernel = kernel if isinstance(kernel, tuple) else (kernel, kernel)
        padding = padding if isinstance(padding, tuple) else (padding, padding)
        dilation = int(more.pop("dilation", 1))
        op = Conv(
            self.shapes[source][0], filters, kernel, (stride, stride), padding, (dilation, dilation), **more
        )  # type: ignore[arg-type]
        return self.add(name, op, source)

    def max_pool(self, name: str, size: int, stride: int, padding: int = 0, ceil: bool = False) -> str:
        return self.add(name, Pool("max", (size, size), (stride, stride), (padding, padding), ceil=ceil))

    def graph(self, name: str = "net", title: str = "") -> Graph:
        return measure(name, title or name, self.layers)


def lenet(channels: int = 1, first: int = 6) -> Graph:
    """LeNet-5 with all connections."""
    b = Builder(channels, 32, 32)
    b.conv("conv1", first, 5)
    b.add("act1", Activation("Tanh"))
    b.add("pool1", Pool("average", (2, 2), (2, 2)))
    b.conv("conv2", 16, 5)
    b.add("act2", Activation("Tanh"))
    b.add("pool2", Pool("average", (2, 2), (2, 2)))
    b.add("flatten", Flatten())
    b.add("fc3", Linear(1, 120))
    b.add("act3", Activation("Tanh"))
    b.add("fc4", Linear(1, 84))
    b.add("act4", Activation("Tanh"))
    b.add("output", Linear(1, 10))
    return b.graph("lenet5", "LeNet-5")


def alexnet() -> Graph:
    """AlexNet as torchvision has it."""
    b = Builder(3, 224, 224)
    b.path = ("features",)
    widths = ((64, 11, 4, 2), (192, 5, 1, 2), (384, 3, 1, 1), (256, 3, 1, 1), (256, 3, 1, 1))
    for index, (filters, kernel, stride, padding) in enumerate(widths, start=1):
        b.conv(f"conv{index}", filters, kernel, stride, padding)
        b.add(f"relu{index}", Activation("ReLU"))
        if index in (1, 2, 5):
            b.max_pool(f"pool{index}", 3, 2)
    b.path = ()
    b.add("avgpool", AdaptivePool("average", (6, 6)))
    b.add("flatten", Flatten())
    b.path = ("classifier",)
    for index, width in enumerate((4096, 4096, 1000)):
        b.add(f"drop{index}", Dropout()) if index < 2 else None
        b.add(f"fc{index}", Linear(1, width))
        b.add(f"relu{index}", Activation("ReLU")) if index < 2 else None
    return b.graph("alexnet", "AlexNet")


def vgg(blocks: Sequence[int] = (2, 2, 3, 3, 3)) -> Graph:
    """VGG: 3x3 convolutions; (2, 2, 3, 3, 3) is VGG-16."""
    b = Builder(3, 224, 224)
    b.path = ("features",)
    for block, (count, width) in enumerate(zip(blocks, (64, 128, 256, 512, 512), strict=True), start=1):
        for index in range(1, count + 1):
            b.conv(f"conv{block}_{index}", width, 3, 1, 1)
            b.add(f"relu{block}_{index}", Activation("ReLU"))
        b.max_pool(f"pool{block}", 2, 2)
    b.path = ()
    b.add("flatten", Flatten())
    b.path = ("classifier",)
    for index, width in enumerate((4096, 4096, 1000), start=1):
        b.add(f"fc{index}", Linear(1, width))
    return b.graph("vgg16", "VGG-16")


def resnet(
    blocks: Sequence[int] = (3, 4, 6, 3),
    bottleneck: bool = True,
    size: int = 224,
    stride_first: bool = False,
    width: int = 64,
    classes: int = 1000,
) -> Graph:
    """ResNet; (3, 4, 6, 3) with bottlenecks is ResNet-50. `stride_first`: as in the paper, on the first 1x1."""
    b = Builder(3, size, size)
    b.conv("conv1", width, 7, 2, 3, bias=False)
    b.add("bn1", Norm("batch", width, 2 * width))
    b.add("relu", Activation("ReLU"))
    b.max_pool("maxpool", 3, 2, 1)
    for stage, count in enumerate(blocks):
        for index in range(count):
            b.path = (f"layer{stage + 1}", f"layer{stage + 1}.{index}")
            stride = 2 if stage and not index else 1
            _block(b, width * 2**stage, stride, bottleneck, stride_first)
    b.path = ()
    b.add("avgpool", AdaptivePool("average", (1, 1)))
    b.add("flatten", Flatten())
    b.add("fc", Linear(1, classes))
    return b.graph("resnet50", "ResNet-50")


def _block(b: Builder, width: int, stride: int, bottleneck: bool, stride_first: bool) -> None:
    source = b.layers[-1].name
    out = 4 * width if bottleneck else width
    early, late = (stride, 1) if stride_first else (1, stride)
    convs = (
        [(width, 1, early), (width, 3, late), (out, 1, 1)]
        if bottleneck
        else [(width, 3, stride), (width, 3, 1)]
    )
    for index, (filters, kernel, step) in enumerate(convs, start=1):
        b.conv(
            f"conv{index}",
            filters,
            kernel,
            step,
            kernel // 2,
            source=source if index == 1 else "",
            bias=False,
        )
        main = b.add(f"bn{index}", Norm("batch", filters, 2 * filters))
        if index < len(convs):
            b.add("relu" if index == 1 else f"relu_{index}", Activation("ReLU"))
    if b.shapes[source] != b.shapes[main]:
        outer = b.path
        b.path = (*outer, f"{outer[-1]}.downsample")
        b.conv("0", out, 1, stride, source=source, bias=False)
        source = b.add("1", Norm("batch", out, 2 * out))
        b.path = outer
    b.add("add", Add(), main, source)
    b.add("relu_out", Activation("ReLU"))


def inception(size: int = 14, channels: int = 8) -> Graph:
    """A convolution, one Inception module with four branches, a pool that rounds up, a classifier."""
    b = Builder(3, size, size)
    start = b.conv("conv", channels, 3, 1, 1)
    b.path = ("module", "module.branch1")
    one = b.conv("conv", 4, 1, source=start)
    b.path = ("module", "module.branch2")
    b.conv("reduce", 3, 1, source=start)
    two = b.conv("conv", 6, 3, 1, 1)
    b.path = ("module", "module.branch3")
    b.conv("reduce", 2, 1, source=start)
    b.conv("rows", 4, (1, 7), 1, (0, 3))
    three = b.conv("columns", 4, (7, 1), 1, (3, 0))
    b.path = ("module", "module.branch4")
    b.add("pool", Pool("average", (3, 3), (1, 1), (1, 1)), start)
    four = b.conv("conv", 2, 1)
    b.path = ("module",)
    b.add("join", Concat(), one, two, three, four)
    b.path = ()
    b.add("pool", Pool("average", (3, 3), (2, 2), ceil=True))
    b.add("average", AdaptivePool("average", (1, 1)))
    b.add("flatten", Flatten())
    b.add("fc", Linear(1, 5))
    return b.graph("inception", "Inception")


def run(graph: Graph, x: Tensor) -> dict[str, Tensor]:
    """Every layer's output with torch, by name: Tensor[C, H, W] in.

    All weights are equal and every pool takes the average, so that whatever a unit reads has a gradient and none of
    it cancels out.
    """
    values = {"input": x}
    for layer in graph.layers[1:]:
        values[layer.name] = _run_layer(layer.op, [values[source] for source in layer.inputs])
    return values


def _run_layer(op: Op, xs: Sequence[Tensor]) -> Tensor:
    x = xs[0]
    if isinstance(op, Conv):
        depth = op.in_channels // op.groups
        weight = torch.ones(op.filters, depth, *op.kernel, dtype=x.dtype) / (
            depth * op.kernel[0] * op.kernel[1]
        )
        bias = torch.zeros(op.filters, dtype=x.dtype) if op.bias else None
        return functional.conv2d(x[None], weight, bias, op.stride, op.padding, op.dilation, op.groups)[0]
    if isinstance(op, Pool):
        return functional.avg_pool2d(x[None], op.size, op.stride, op.padding, op.ceil)[0]
    if isinstance(op, AdaptivePool):
        return functional.adaptive_avg_pool2d(x[None], op.size)[0]
    if isinstance(op, Linear):
        return functional.linear(x, torch.ones(op.outputs, op.inputs, dtype=x.dtype) / op.inputs)
    if isinstance(op, Add):
        return xs[0] + xs[1] if op.sign == "+" else xs[0] * xs[1]
    if isinstance(op, Concat):
        return torch.cat(list(xs))
    if isinstance(op, Flatten):
        return x.flatten()
    if isinstance(op, Activation | Norm | Identity | Dropout):
        return x * 1
    raise AssertionError(f"no torch for {op}")
