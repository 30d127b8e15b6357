"""Labels on a grid: encoded cell by cell, decoded back, and the way from a grid of answers to boxes. No torch.

The doors: `encode`, `decode` (and `GridSpec`, what the grid is); the walk of the page stands in `walk`.
"""

from __future__ import annotations

from engine.detection.grid.coding import Encoded, Placed, Slots, decode, encode, slots
from engine.detection.grid.spec import GridSpec

__all__ = ["Encoded", "GridSpec", "Placed", "Slots", "decode", "encode", "slots"]
