"""A chain as torch builds it: the constructor of every layer, and a script that runs it and checks its shapes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from engine.foundations.calculator.chain import Chain
from engine.foundations.calculator.layers import Layer, Shape


@dataclass(frozen=True, slots=True)
class Constructor:
    """A class of `torch.nn` and its arguments; what equals torch's default is left out."""

    name: str
    positional: tuple[Any, ...] = ()
    keywords: tuple[tuple[str, Any], ...] = ()

    @property
    def text(self) -> str:
        """As it is written in a script."""
        arguments = [repr(value) for value in self.positional]
        arguments += [f"{name}={value!r}" for name, value in self.keywords]
        return f"nn.{self.name}({', '.join(arguments)})"


def constructor(layer: Layer, before: Shape) -> Constructor:
    """What builds a layer in torch for inputs of a shape (C, H, W) or (D,) that it fits."""
    if layer.kind in ("conv", "transposed"):
        name = "Conv2d" if layer.kind == "conv" else "ConvTranspose2d"
        return Constructor(name, (before[0], layer.filters, layer.f), _conv_keywords(layer))
    if layer.kind in ("maxpool", "avgpool"):
        name = "MaxPool2d" if layer.kind == "maxpool" else "AvgPool2d"
        return Constructor(name, (layer.f,), _set(stride=layer.s, padding=layer.pad, ceil_mode=layer.ceil))
    if layer.kind == "linear":
        return Constructor("Linear", (prod(before), layer.filters), () if layer.bias else (("bias", False),))
    if layer.kind == "batchnorm":
        return Constructor("BatchNorm2d" if len(before) == 3 else "BatchNorm1d", (before[0],))
    if layer.kind == "upsample":
        return Constructor("Upsample", keywords=(("scale_factor", layer.s), ("mode", "nearest")))
    return {
        "relu": Constructor("ReLU"),
        "flatten": Constructor("Flatten"),
        "globalpool": Constructor("AdaptiveAvgPool2d", (1,)),
    }[layer.kind]


def _conv_keywords(layer: Layer) -> tuple[tuple[str, Any], ...]:
    values: dict[str, Any] = {"padding": layer.pad, "groups": layer.groups}
    if layer.s != 1:
        values["stride"] = layer.s
    if layer.kind == "conv" and layer.d != 1:
        values["dilation"] = layer.d
    if layer.kind == "transposed":
        values["output_padding"] = layer.extra
    found = _set(**{name: value for name, value in values.items() if name != "groups" or value != 1})
    return found if layer.bias else (*found, ("bias", False))


def _set(**values: Any) -> tuple[tuple[str, Any], ...]:
    """Those that are not nothing; a stride is always told: torch's default for pooling is the window's size."""
    return tuple((name, value) for name, value in values.items() if value)


def pytorch_script(chain: Chain, batch: int = 1) -> str:
    """A script that builds the chain, runs it on zeros and compares shapes and parameters with what is on show.

    Of a chain that breaks, the part before the break; a comment says why it ends there.
    """
    steps = [step for step in chain.steps if step.in_shape is not None and step.out_shape is not None]
    built = [constructor(step.layer, step.in_shape or ()).text for step in steps]
    width = max((len(text) for text in built), default=0) + 1
    lines = ["import torch", "from torch import nn", "", "# Made by ConvScope.", "net = nn.Sequential("]
    for step, text in zip(steps, built, strict=True):
        lines.append(f"    {text + ',':<{width}}  # {step.index}: {_by(step.out_shape or ())}")
    lines.append(")")
    broken = chain.broken
    if broken is not None and broken.misfit is not None:
        lines.append(f"# Layer {broken.index} does not fit: {broken.misfit.message}")
    shapes = ",\n    ".join(repr((batch, *step.out_shape)) for step in steps if step.out_shape)
    return "\n".join(
        [
            *lines,
            f"expected = [\n    {shapes},\n]" if steps else "expected = []",
            "",
            f"x = torch.zeros({', '.join(map(str, (batch, *chain.input_shape)))})  # (m, C, H, W)",
            "net.eval()",
            "with torch.no_grad():",
            "    for number, (layer, shape) in enumerate(zip(net, expected), start=1):",
            "        x = layer(x)",
            "        print(number, type(layer).__name__, tuple(x.shape))",
            "        assert tuple(x.shape) == shape, (number, tuple(x.shape), shape)",
            "parameters = sum(p.numel() for p in net.parameters())",
            'print("parameters:", parameters)',
            f"assert parameters == {chain.parameters}",
            'print("agrees with ConvScope")',
            "",
        ]
    )


def _by(shape: Sequence[int]) -> str:
    """Height × width × channels, as the page writes it."""
    return " × ".join(str(n) for n in (*shape[1:], shape[0]))
