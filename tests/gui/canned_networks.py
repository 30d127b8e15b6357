"""Networks as the engine would describe them, made without torch, for tests of the window."""

from __future__ import annotations

from engine.networks.graphs.graph import Graph, Layer, measure
from engine.networks.graphs.ops import (
    Activation,
    AdaptivePool,
    Add,
    Concat,
    Conv,
    Flatten,
    Input,
    Linear,
    Norm,
    Op,
    Opaque,
    Pool,
)


def chain(*layers: tuple[str, Op]) -> tuple[Layer, ...]:
    """Layers of which each reads the one before it."""
    names = [name for name, _ in layers]
    before = [(), *((name,) for name in names)]
    return tuple(Layer(name, op, before[i]) for i, (name, op) in enumerate(layers))


def lenet(size: int = 32) -> Graph:
    """LeNet-5 with ReLU and max pooling: 61,706 parameters, 416,520 MACs."""
    side = ((size - 4) // 2 - 4) // 2
    return measure(
        "lenet5",
        "LeNet-5",
        chain(
            ("input", Input((1, size, size))),
            ("conv1", Conv(1, 6, (5, 5))),
            ("act1", Activation("ReLU")),
            ("pool1", Pool("max", (2, 2), (2, 2))),
            ("conv2", Conv(6, 16, (5, 5))),
            ("act2", Activation("ReLU")),
            ("pool2", Pool("max", (2, 2), (2, 2))),
            ("flatten", Flatten()),
            ("fc3", Linear(16 * side * side, 120)),
            ("act3", Activation("ReLU")),
            ("fc4", Linear(120, 84)),
            ("act4", Activation("ReLU")),
            ("output", Linear(84, 10)),
        ),
    )


def residual(blocks: int = 3) -> Graph:
    """A stem and a few identity blocks, each in a module of its own."""
    layers = [
        Layer("input", Input((3, 32, 32))),
        Layer("stem", Conv(3, 16, (3, 3), padding=(1, 1)), ("input",)),
    ]
    last = "stem"
    for number in range(blocks):
        name = f"stage.{number}"
        path = ("stage", name)

        def one(part: str, op: Op, *sources: str, name: str = name, path: tuple[str, ...] = path) -> Layer:
            return Layer(f"{name}.{part}", op, sources, path)

        layers += [
            one("conv1", Conv(16, 16, (3, 3), padding=(1, 1), bias=False), last),
            one("bn1", Norm("batch", 16, 32), f"{name}.conv1"),
            one("relu1", Activation("ReLU"), f"{name}.bn1"),
            one("conv2", Conv(16, 16, (3, 3), padding=(1, 1), bias=False), f"{name}.relu1"),
            one("bn2", Norm("batch", 16, 32), f"{name}.conv2"),
            one("add", Add(), f"{name}.bn2", last),
            one("relu2", Activation("ReLU"), f"{name}.add"),
        ]
        last = f"{name}.relu2"
    layers += [
        Layer("pool", AdaptivePool("average", (1, 1)), (last,)),
        Layer("flatten", Flatten(), ("pool",)),
        Layer("fc", Linear(16, 10), ("flatten",)),
    ]
    return measure("resnet18", "A small residual net", layers)


def opaque(size: int = 16) -> Graph:
    """A layer that the arithmetic does not know, measured for one picture size."""
    whole = (8, size, size)
    return measure(
        "swin_t",
        "A transformer",
        chain(
            ("input", Input((3, size, size))),
            ("stem", Conv(3, 8, (3, 3), padding=(1, 1))),
            ("attention", Opaque("Attention", (whole,), whole, 100, 1000, "everything", "attention")),
            ("pool", AdaptivePool("average", (1, 1))),
            ("flatten", Flatten()),
            ("head", Linear(8, 10)),
        ),
    )


def branches() -> Graph:
    """Two branches whose channels are stacked."""
    layers = (
        Layer("input", Input((3, 28, 28))),
        Layer("mix.one", Conv(3, 8, (1, 1)), ("input",), ("mix",)),
        Layer("mix.three", Conv(3, 16, (3, 3), padding=(1, 1)), ("input",), ("mix",)),
        Layer("mix.join", Concat(), ("mix.one", "mix.three"), ("mix",)),
        Layer("pool", AdaptivePool("average", (1, 1)), ("mix.join",)),
        Layer("flatten", Flatten(), ("pool",)),
        Layer("fc", Linear(24, 10), ("flatten",)),
    )
    return measure("googlenet", "Branches", layers)
