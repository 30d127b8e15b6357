"""Figures that courses, papers and tables print, beside exact arithmetic, and why they differ. Free of torch.

Each has two formulas in numbers: the one that gives what is printed and the one that is right.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

Quantity = Literal["parameters", "MACs"]


@dataclass(frozen=True, slots=True)
class Erratum:
    """One printed figure. `net`: its title; `networks`: names of the catalogue to which it belongs.

    `layer`: what the table calls the layer, "" for the net as a whole. `printed` and `exact` are what the formulas
    give, in units of `quantity`; `as_printed` is how it is written where it is found, if not simply as a number.
    `mistaken` is False where the figure is right and only another thing is counted.
    """

    net: str
    networks: tuple[str, ...]
    layer: str
    quantity: Quantity
    printed: int
    exact: int
    why: str
    formula_printed: str
    formula_exact: str
    as_printed: str = ""
    mistaken: bool = True

    @property
    def text(self) -> str:
        """One line: "CONV1: 208 is printed, 608 is right"."""
        what = f"{self.layer}: " if self.layer else ""
        printed = self.as_printed or f"{self.printed:,}"
        verdict = "is right" if self.mistaken else f"{self.quantity} are meant here"
        return f"{what}{printed} is printed, {self.exact:,} {verdict}"


def errata(network: str | None = None) -> tuple[Erratum, ...]:
    """All of them, or those of a network of the catalogue."""
    return tuple(one for one in ERRATA if network is None or network in one.networks)


_DEPTH = "The depth of the filters is left out: a filter is as deep as its input."
_ONE_BIAS = "One bias is counted for the whole layer; every output unit has its own."
_COURSE = ("lenet5-course",)
_LENET_TABLE = "LeNet-5, course table (32 × 32 × 3)"

ERRATA: Final = (
    Erratum(
        _LENET_TABLE, _COURSE, "CONV1", "parameters", 208, 608,
        f"{_DEPTH} The picture has 3 channels, so each of the 8 filters has 5 · 5 · 3 weights and a bias.",
        "(5 × 5 × 1 + 1) × 8", "(5 × 5 × 3 + 1) × 8",
    ),
    Erratum(
        _LENET_TABLE, _COURSE, "CONV1 with 6 filters", "parameters", 156, 456,
        f"{_DEPTH} 156 is right for one grey channel, as in LeNet-5 of 1998; a colour picture takes 456.",
        "(5 × 5 × 1 + 1) × 6", "(5 × 5 × 3 + 1) × 6",
    ),
    Erratum(
        _LENET_TABLE, _COURSE, "CONV2", "parameters", 416, 3_216,
        f"{_DEPTH} 8 maps come in, so each of the 16 filters has 5 · 5 · 8 weights and a bias.",
        "(5 × 5 × 1 + 1) × 16", "(5 × 5 × 8 + 1) × 16",
    ),
    Erratum(
        _LENET_TABLE, (*_COURSE, "lenet5", "lenet5-1998"), "FC3", "parameters", 48_001, 48_120, _ONE_BIAS,
        "400 × 120 + 1", "400 × 120 + 120",
    ),
    Erratum(
        _LENET_TABLE, (*_COURSE, "lenet5", "lenet5-1998"), "FC4", "parameters", 10_081, 10_164, _ONE_BIAS,
        "120 × 84 + 1", "120 × 84 + 84",
    ),
    Erratum(
        _LENET_TABLE, (*_COURSE, "lenet5", "lenet5-1998"), "Softmax", "parameters", 841, 850, _ONE_BIAS,
        "84 × 10 + 1", "84 × 10 + 10",
    ),
    Erratum(
        "AlexNet", ("alexnet-2012",), "CONV1", "parameters", 11_712, 34_944,
        f"{_DEPTH} The picture has 3 channels, so each of the 96 filters has 11 · 11 · 3 weights and a bias.",
        "(11 × 11 × 1 + 1) × 96", "(11 × 11 × 3 + 1) × 96",
    ),
    Erratum(
        "LeNet-5 of 1998", ("lenet5-1998", "lenet5"), "C3", "parameters", 1_516, 2_416,
        "Both are right, for different nets. In the paper 6 maps of C3 read 3 maps of S2, 9 read 4 and one reads all "
        "6; in the form that is built today all 16 read all 6.",
        "6 × (3 × 25 + 1) + 9 × (4 × 25 + 1) + 1 × (6 × 25 + 1)", "16 × (6 × 25 + 1)", mistaken=False,
    ),
    Erratum(
        "LeNet-5 of 1998", ("lenet5-1998", "lenet5"), "", "parameters", 60_000, 61_706,
        "Both are right, for different nets. The paper connects C3 sparsely, trains a factor and a bias for every "
        "map of S2 and S4, and ends in radial basis functions whose centres are fixed. Today C3 is dense, pooling has "
        "no parameters, and the last layer is fully connected.",
        "156 + 6 × 2 + 1516 + 16 × 2 + 48120 + 10164", "156 + 2416 + 48120 + 10164 + 850", mistaken=False,
    ),
    Erratum(
        "VGG-16", ("vgg16",), "", "MACs", 15_500_000_000, 15_470_264_320,
        "What is printed as FLOPs counts multiply-accumulates, rounded. With two operations a MAC, and one for every "
        "bias, it is 30.95 billion.",
        "15.5 × 10⁹",
        "9 × (224 × 224 × (3 × 64 + 64 × 64) + 112 × 112 × (64 × 128 + 128 × 128)"
        " + 56 × 56 × (128 × 256 + 2 × 256 × 256) + 28 × 28 × (256 × 512 + 2 × 512 × 512) + 14 × 14 × 3 × 512 × 512)"
        " + 25088 × 4096 + 4096 × 4096 + 4096 × 1000",
        as_printed="“15.5 GFLOPs”", mistaken=False,
    ),
    Erratum(
        "ResNet-50", ("resnet50",), "", "MACs", 4_100_000_000, 4_089_184_256,
        "What is printed as FLOPs counts multiply-accumulates, rounded; the FLOPs are twice as many.",
        "4.1 × 10⁹",
        "112 × 112 × 49 × 3 × 64 + 56 × 56 × (10 × 64 × 64 + 2 × 64 × 256)"
        " + 12 × 56 × 56 × (2 × 64 × 256 + 9 × 64 × 64)"
        " + 3 × (56 × 56 × 256 × 128 + 28 × 28 × (9 × 128 × 128 + 128 × 512 + 256 × 512)) + 2048 × 1000",
        as_printed="“4.1 GFLOPs”", mistaken=False,
    ),
    Erratum(
        "ResNet-50 of the paper", ("resnet50",), "", "MACs", 3_800_000_000, 3_857_973_248,
        "“3.8 billion FLOPs” of the paper are multiply-accumulates, rounded down, of a net that takes its stride in "
        "the first 1 × 1 convolution of a stage. Here, as in torchvision, the 3 × 3 convolution does: 4.09 billion.",
        "3.8 × 10⁹",
        "112 × 112 × 49 × 3 × 64 + 56 × 56 × (10 × 64 × 64 + 2 × 64 × 256)"
        " + 12 × 56 × 56 × (2 × 64 × 256 + 9 × 64 × 64)"
        " + 3 × (28 × 28 × 256 × 128 + 28 × 28 × (9 × 128 × 128 + 128 × 512 + 256 × 512)) + 2048 × 1000",
        as_printed="“3.8 billion FLOPs”", mistaken=False,
    ),
)  # fmt: skip


_OPERATIONS: Final[Mapping[type[ast.operator], Callable[[float, float], float]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Pow: operator.pow,
}

_SUPERSCRIPT: Final = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_DIGITS: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


def evaluate(formula: str) -> int:
    """The value of a formula in numbers: + - ×, brackets, powers written as 10⁹; rounded to a whole.

    Raises ValueError for all else.
    """
    powers = _SUPERSCRIPT.sub(lambda found: f"**{found[0].translate(_DIGITS)}", formula)
    try:
        tree = ast.parse(powers.replace("×", "*"), mode="eval")
    except SyntaxError as error:
        raise ValueError(f"not a formula in numbers: {formula}") from error
    return round(_value(tree.body))


def _value(part: ast.expr) -> float:
    if isinstance(part, ast.Constant) and isinstance(part.value, int | float):
        return part.value
    if isinstance(part, ast.BinOp) and type(part.op) in _OPERATIONS:
        return _OPERATIONS[type(part.op)](_value(part.left), _value(part.right))
    raise ValueError(f"not a formula in numbers: {ast.unparse(part)}")
