"""The shapes of well-known nets, written by hand: boxes and edges to lay out, without an engine."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from gui.widgets.graph.layout import Box, Edge

Net = tuple[list[Box], list[Edge]]


class Builder:
    """Collects boxes and edges."""

    def __init__(self) -> None:
        self.boxes: list[Box] = []
        self.edges: list[Edge] = []

    def add(self, key: str, *inputs: str, keep: str = "") -> str:
        """A box; convolutions are higher than the rest and have a shape written below them."""
        large = any(word in key for word in ("conv", "pool", "input", "fc"))
        height, label = (52.0, 16.0) if large else (28.0, 0.0)
        self.boxes.append(Box(key, 190.0, height, 90.0 if label else 0.0, label, keep=keep))
        self.edges += [(source, key) for source in inputs]
        return key

    def chain(self, source: str, *keys: str, keep: str = "") -> str:
        for key in keys:
            source = self.add(key, source, keep=keep)
        return source

    @property
    def net(self) -> Net:
        return self.boxes, self.edges


def chain(length: int = 40) -> Net:
    b = Builder()
    b.chain(b.add("input"), *(f"conv{i}" if i % 2 else f"relu{i}" for i in range(1, length)))
    return b.net


def inception() -> Net:
    """Two Inception modules with batch norm, one after the other."""
    b = Builder()
    source = b.chain(b.add("input"), "conv1", "pool1")
    for name in ("3a", "3b"):
        ends = []
        for branch, steps in enumerate((1, 2, 2, 2), 1):
            keys = [f"{name}.b{branch}.{kind}" for kind in ("conv", "bn", "relu")]
            if branch == 4:
                keys.insert(0, f"{name}.b4.pool")
            elif steps == 2:
                keys += [f"{name}.b{branch}.{kind}2" for kind in ("conv", "bn", "relu")]
            ends.append(b.chain(source, *keys, keep=name))
        source = b.add(f"{name}.concat", *ends, keep=name)
    b.chain(source, "pool", "fc")
    return b.net


def resnet50() -> Net:
    b = Builder()
    source = b.chain(b.add("input"), "conv1", "bn1", "relu", "maxpool")
    for stage, count in enumerate((3, 4, 6, 3), 1):
        for block in range(count):
            name = f"layer{stage}.{block}"
            parts = [f"{name}.{kind}{i}" for i in (1, 2, 3) for kind in ("conv", "bn", "relu")][:-1]
            end = b.chain(source, *parts, keep=name)
            skip = source
            if block == 0:
                skip = b.chain(source, f"{name}.down.conv", f"{name}.down.bn", keep=name)
            b.add(f"{name}.add", end, skip, keep=name)
            source = b.add(f"{name}.relu3", f"{name}.add", keep=name)
    b.chain(source, "avgpool", "flatten", "fc")
    return b.net


def squeezenet() -> Net:
    """Eight fire modules: a squeeze, two expansions, their concatenation."""
    b = Builder()
    source = b.chain(b.add("input"), "conv1", "relu1", "pool1")
    for i in range(2, 10):
        squeeze = b.chain(source, f"fire{i}.conv", f"fire{i}.relu")
        ends = [b.chain(squeeze, f"fire{i}.conv{n}", f"fire{i}.relu{n}") for n in (1, 3)]
        source = b.add(f"fire{i}.concat", *ends)
    b.chain(source, "dropout", "conv10", "relu10", "avgpool")
    return b.net


def densenet(blocks: tuple[int, ...]) -> Net:
    """Every layer of a block reads all earlier ones."""
    b = Builder()
    source = b.chain(b.add("input"), "conv0", "norm0", "relu0", "pool0")
    for number, layers in enumerate(blocks, 1):
        features = [source]
        for layer in range(layers):
            name = f"block{number}.{layer}"
            start = b.add(f"{name}.concat", *features)
            parts = [f"{name}.{kind}{i}" for i in (1, 2) for kind in ("norm", "relu", "conv")]
            features.append(b.chain(start, *parts))
        source = b.add(f"block{number}.concat", *features)
        source = b.chain(source, *(f"transition{number}.{kind}" for kind in ("norm", "relu", "conv", "pool")))
    b.chain(source, "flatten", "fc")
    return b.net


def densenet121() -> Net:
    return densenet((6, 12, 24, 16))


def unet() -> Net:
    """Skips within skips: the widest joins the last stage."""
    b = Builder()
    source = b.add("input")
    skips = []
    for level in range(4):
        source = b.chain(source, f"down{level}.conv", f"down{level}.relu")
        skips.append(source)
        source = b.add(f"down{level}.pool", source)
    source = b.chain(source, "middle.conv", "middle.relu")
    for level in reversed(range(4)):
        up = b.add(f"up{level}", source)
        source = b.chain(b.add(f"up{level}.concat", up, skips[level]), f"up{level}.conv", f"up{level}.relu")
    return b.net


def two_heads() -> Net:
    """Two inputs, a side branch with an end of its own, and a box without any edge."""
    b = Builder()
    first, second = b.chain(b.add("input"), "conv1", "relu1"), b.add("token")
    joined = b.chain(b.add("concat", first, second), "conv2", "relu2")
    b.chain(joined, "aux.conv", "aux.fc", "aux.softmax")
    b.chain(joined, "conv3", "relu3", "conv4", "relu4", "fc")
    b.add("unused")
    return b.net


NETS: dict[str, Callable[[], Net]] = {
    "chain": chain,
    "inception": inception,
    "resnet50": resnet50,
    "squeezenet": squeezenet,
    "densenet": lambda: densenet((4, 6)),
    "unet": unet,
    "two heads": two_heads,
}

__all__ = ["NETS", "Net", "chain", "densenet", "densenet121", "inception", "pairwise", "resnet50"]
