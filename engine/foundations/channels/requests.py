"""What the engine can be asked about layers that mix channels, and what it answers. Free of torch: pages import it."""

from __future__ import annotations

from dataclasses import dataclass

from engine.foundations.channels.bottleneck import Block
from engine.foundations.channels.dense import Dense
from engine.foundations.channels.flattening import Order
from engine.foundations.channels.mixing import Mix
from engine.foundations.spec import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class CheckMix:
    """Compute a 1x1 convolution with torch and compare. Answer: engine.foundations.requests.CheckResult."""

    mix: Mix


@dataclass(frozen=True, slots=True, eq=False)
class CheckFlatten:
    """Flatten with torch and compare: ``x`` [C, H, W], ``flat`` [C * H * W]. Answer: CheckResult."""

    x: FloatArray
    flat: FloatArray
    order: Order


@dataclass(frozen=True, slots=True, eq=False)
class CheckDense:
    """Compute a dense layer with torch: as a matrix, as kernels of full size, and slid. Answer: CheckResult."""

    dense: Dense


@dataclass(frozen=True, slots=True)
class CheckCosts:
    """Count parameters and multiplications of the three variants with torch. Answer: CheckResult."""

    block: Block


@dataclass(frozen=True, slots=True)
class MeasureVariants:
    """Run the three variants with torch and measure. Answer: Measured.

    A block of more than ``bottleneck.MOST_MACS`` multiplications is refused with a UserError.
    """

    block: Block


@dataclass(frozen=True, slots=True)
class Measured:
    """``seconds``: the fastest of ``rounds`` runs a variant, in the order direct, bottleneck, separable."""

    block: Block
    seconds: tuple[float, float, float]
    rounds: int
    where: str
    """What it ran on, such as "cpu, 2 threads, torch 2.8.0"."""
