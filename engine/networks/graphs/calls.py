"""Calls of a traced module, and the layers that they are: what translations take and give."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, Literal, TypeAlias

from torch import nn

from engine.networks.graphs.ops import Op, Opaque
from engine.networks.graphs.shapes import Pair, Shape

Look: TypeAlias = Literal["point", "everything", "unknown"]
Layout: TypeAlias = Literal["first", "last", "windows"]
"""How torch keeps a value: channels first (N, C, H, W) or without maps; channels last (N, H, W, C); windows of tokens
(N, windows, tokens, D)."""


@dataclass(frozen=True, slots=True)
class Value:
    """A tensor that a layer made. `raw`: its shape in torch, with the batch axis."""

    layer: str
    raw: Shape
    layout: Layout

    @property
    def shape(self) -> Shape:
        return plain_shape(self.raw, self.layout)


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a traced module: `target` is the module, or the bare name of a function or method of torch.

    `values`: the tensors among its arguments that layers made, each once. `learned`: parameters that it is given as
    arguments. `raw`: the shape that torch got, `products` the multiply-accumulates that torch counted.
    """

    target: nn.Module | str
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    values: tuple[Value, ...]
    raw: Shape
    products: int = 0
    learned: int = 0
    learned_name: str = ""

    def argument(self, position: int, name: str, default: Any = None) -> Any:
        """An argument by place or by name; the tensor itself is at place 0."""
        return self.args[position] if len(self.args) > position else self.kwargs.get(name, default)


@dataclass(frozen=True, slots=True)
class Made:
    """The layers that a call is, one after the other, and how torch keeps what comes out. No ops: nothing happens."""

    ops: tuple[Op, ...]
    layout: Layout


Translation: TypeAlias = Callable[[Any, Call], Op | Made | None]


def plain_shape(raw: Shape, layout: Layout) -> Shape:
    """A shape of torch, with the batch axis, as the shape of one picture with the channels first."""
    if layout == "last":
        return raw[-1], *raw[1:-1]
    if layout == "windows":
        return prod(raw[1:-1]), raw[-1]
    return raw[1:]


def opaque(
    call: Call,
    name: str | None = None,
    look: Look = "unknown",
    group: str = "other",
    layout: Layout | None = None,
) -> Made:
    """A layer of which only the outside is known."""
    learned = call.learned
    if isinstance(call.target, nn.Module):
        learned += sum(parameter.numel() for parameter in call.target.parameters())
        usual = type(call.target).__name__
    else:
        usual = call.target.rpartition(".")[2].strip("_").replace("_", " ").capitalize()
    layout = layout or layout_behind(call)
    op = Opaque(
        name or usual, tuple(value.shape for value in call.values), plain_shape(call.raw, layout), learned,
        call.products, look, group,
    )  # fmt: skip
    return Made((op,), layout)


def layout_behind(call: Call) -> Layout:
    """A layer keeps the layout of what it reads, as long as there is one to keep."""
    before = call.values[0] if call.values else None
    return before.layout if before and len(before.raw) == len(call.raw) else "first"


def keeps_positions(call: Call) -> bool:
    """Whether maps go in and maps of as many rows and columns come out."""
    before = call.values[0]
    return before.layout == "first" and len(before.raw) == 4 and before.raw[2:] == call.raw[2:]


def nothing(call: Call) -> Made:
    """A call that passes its input on."""
    return Made((), layout_behind(call))


def pair(size: Any) -> Pair:
    """Both numbers of a size, which torch takes as one number or two."""
    return (int(size), int(size)) if isinstance(size, int) else (int(size[0]), int(size[-1]))
