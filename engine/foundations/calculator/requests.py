"""What the engine can be asked about a chain, and what it answers. Free of torch: pages import it."""

from __future__ import annotations

from dataclasses import dataclass

from engine.foundations.calculator.layers import Layer, Shape


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted of one layer: its output's shape without the batch, learned numbers, MACs for one example."""

    shape: Shape
    parameters: int
    macs: int


@dataclass(frozen=True, slots=True)
class CheckChain:
    """Build these layers in torch, run them on the meta device on ``batch`` examples of (C, H, W), and compare.

    ``expected`` has one entry for each of ``layers``, all of which fit. Answer: ChainCheck.
    """

    input_shape: Shape
    layers: tuple[Layer, ...]
    expected: tuple[Counted, ...]
    batch: int = 1


@dataclass(frozen=True, slots=True)
class ChainCheck:
    """``counted`` is what torch says, layer by layer; ``agrees`` where it is what was expected, number by number.

    ``max_abs_difference`` is the largest difference between two of these whole numbers, ``tolerance`` 0.
    """

    counted: tuple[Counted, ...]
    max_abs_difference: float
    agrees: bool
    reference: str
    tolerance: float = 0.0
