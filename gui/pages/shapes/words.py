"""What layers, shapes and numbers are called on this page."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from engine.foundations.calculator.chain import Step
from engine.foundations.calculator.fields import Field
from engine.foundations.calculator.layers import Kind, Layer, Shape

UNKNOWN: Final = "?"
DASH: Final = "–"
TITLES: Final[dict[Kind, str]] = {
    "conv": "Convolution", "transposed": "Transposed convolution", "maxpool": "Max pooling",
    "avgpool": "Average pooling", "relu": "ReLU", "batchnorm": "Batch norm", "flatten": "Flatten",
    "linear": "Fully connected", "globalpool": "Global average pooling", "upsample": "Upsampling (nearest)",
}  # fmt: skip
SHORT: Final[dict[Kind, str]] = {
    "conv": "Conv", "transposed": "Transposed", "maxpool": "Max pool", "avgpool": "Avg pool", "relu": "ReLU",
    "batchnorm": "Batch norm", "flatten": "Flatten", "linear": "FC", "globalpool": "Global avg", "upsample": "Upsample",
}  # fmt: skip
KIND_NAMES: Final = TITLES | {
    "transposed": "Transposed",
    "globalpool": "Global avg. pool",
    "upsample": "Upsampling",
}
"""For a list in a narrow panel."""
FAMILY: Final[dict[Kind, str]] = {
    "conv": "conv", "transposed": "conv", "maxpool": "pool", "avgpool": "pool", "relu": "activation",
    "batchnorm": "norm", "flatten": "reshape", "linear": "linear", "globalpool": "pool", "upsample": "other",
}  # fmt: skip
"""The kinds by whose colours the layers are drawn (gui.tokens.kind_color)."""


def layer_name(layer: Layer) -> str:
    """Such as "Conv 5×5" or "FC 120"."""
    name = SHORT[layer.kind]
    if "f" in layer.uses:
        return f"{name} {layer.f}×{layer.f}"
    if layer.kind == "linear":
        return f"{name} {layer.filters:,}"
    return f"{name} ×{layer.s}" if layer.kind == "upsample" else name


def layer_settings(layer: Layer) -> str:
    """What a name leaves out: "s 2 · p 1", nothing where everything is plain."""
    parts = []
    if "f" in layer.uses:
        parts += [f"s {layer.s}"] if layer.s > 1 else []
        parts += [f"p {layer.pad}"] if layer.pad else []
    if "d" in layer.uses and layer.d > 1:
        parts.append(f"d {layer.d}")
    if "groups" in layer.uses and layer.groups > 1:
        parts.append(f"{layer.groups} groups")
    if "ceil" in layer.uses and layer.ceil:
        parts.append("ceil")
    return " · ".join(parts)


def padding_text(layer: Layer) -> str:
    """What stands in the column p: a number, and the name of the padding that it comes from."""
    if "padding" not in layer.uses:
        return ""
    return f"{layer.pad} same" if layer.padding == "same" else str(layer.pad)


def shape_text(shape: Shape | None) -> str:
    """n_H × n_W × n_C of a volume, the length of a row of numbers."""
    if shape is None:
        return DASH
    return " × ".join(f"{n:,}" for n in (*shape[1:], shape[0]))


def count(number: int) -> str:
    return f"{number:,}"


def memory(number: int) -> str:
    """Bytes in binary units."""
    for scale, unit in ((1024**3, "GiB"), (1024**2, "MiB"), (1024, "KiB")):
        if number >= scale:
            return f"{number / scale:,.1f} {unit}"
    return f"{number} B"


def field_size(field: Field | None) -> str:
    """The side of a receptive field in input pixels."""
    if field is None:
        return DASH
    return "all" if field.everything else str(field.size)


def jump(field: Field | None) -> str:
    """How far neighbouring fields lie apart: "4", or "1/2" behind a layer that enlarges."""
    return DASH if field is None or field.everything else fraction(field.jump)


def fraction(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{value.numerator}/{value.denominator}"


def start(field: Field | None) -> str:
    """The middle of the first field, in input pixels."""
    if field is None or field.everything or field.start is None:
        return DASH
    return f"{field.start:g}".replace("-", "−")


def sentence_of(step: Step) -> str:
    """A layer in one sentence, for tooltips and screen readers."""
    name = f"Layer {step.index}, {TITLES[step.layer.kind]}"
    if step.misfit is not None:
        return f"{name}: {step.misfit.message}"
    if step.out_shape is None:
        return f"{name}: a layer before it does not fit."
    return f"{name}: {shape_text(step.in_shape)} becomes {shape_text(step.out_shape)}."
