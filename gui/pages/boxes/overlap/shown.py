"""What the view "IoU" shows of two boxes: areas, formulas with their numbers, a curve. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.detection.checks.requests import CheckOverlap
from engine.detection.overlap import Corners, Overlap, along, compare
from gui.pages.boxes.overlap.settings import OverlapSettings
from gui.pages.boxes.shares import Size, to_pixels
from gui.widgets.facts import Fact
from gui.widgets.worked import Line

FloatArray = npt.NDArray[np.float64]
POINTS: Final = 161
BEYOND: Final = 1.5
"""How far the curve goes, in times of the distance at which the boxes touch."""
CORRECT: Final = 0.5
"""The convention since PASCAL VOC (Everingham et al. 2010)."""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """IoU and GIoU [N] over the offset of the middles along an axis, in pixels; `now`: the offset on show."""

    axis: int
    offsets: FloatArray
    ious: FloatArray
    gious: FloatArray
    now: float


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """Two boxes in pixels, measured, and the curve."""

    settings: OverlapSettings
    size: Size
    overlap: Overlap
    curve: Curve

    @property
    def correct(self) -> bool:
        """Whether the prediction counts as right by the convention."""
        return self.overlap.iou >= CORRECT


def shown(settings: OverlapSettings, size: Size) -> Shown:
    """Measure the boxes in a picture of a size: width and height."""
    found = compare(to_pixels(settings.truth, size), to_pixels(settings.prediction, size))
    return Shown(settings, size, found, _curve(found, 0 if settings.axis == "x" else 1))


def _curve(found: Overlap, axis: int) -> Curve:
    a, b = found.first, found.second
    now = (b[axis] + b[axis + 2] - a[axis] - a[axis + 2]) / 2
    reach = (a[axis + 2] - a[axis] + b[axis + 2] - b[axis]) / 2 * BEYOND
    offsets = np.unique(np.append(np.linspace(-reach, reach, POINTS), now))
    ious, gious = along(a, b, axis, offsets - now)
    return Curve(axis, offsets, ious, gious, now)


def lines(found: Shown) -> list[Line]:
    """The definitions, each with the numbers of now."""
    o = found.overlap
    worked = [
        Line("I", _sides(o.common), _area(o.common_area)),
        Line(
            "U = A + B - I",
            f"{_area(o.first_area)} + {_area(o.second_area)} − {_area(o.common_area)}",
            _area(o.union_area),
        ),
        Line(r"\mathrm{IoU} = I / U", f"{_area(o.common_area)} / {_area(o.union_area)}", f"{o.iou:.3f}"),
    ]
    if found.settings.enclosing:
        empty = o.around_area - o.union_area
        worked += [
            Line("C", _sides(o.around), _area(o.around_area)),
            Line(
                r"\mathrm{GIoU} = \mathrm{IoU} - (C - U) / C",
                f"{o.iou:.3f} − {_area(empty)} / {_area(o.around_area)}",
                f"{o.giou:.3f}".replace("-", "−"),
            ),
        ]
    return worked


def _sides(box: Corners | None) -> str:
    if box is None:
        return ""
    x1, y1, x2, y2 = box
    return f"{_length(x2 - x1)} · {_length(y2 - y1)}"


def _length(value: float) -> str:
    return f"{value:.10g}" if value == round(value) else f"{value:.1f}"


def _area(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) else f"{value:,.1f}"


def verdict(found: Shown) -> str:
    """Whether the prediction counts as right, in words."""
    iou = found.overlap.iou
    if found.correct:
        return f"IoU {iou:.3f} ≥ {CORRECT}: counts as a correct detection."
    return f"IoU {iou:.3f} < {CORRECT}: does not count as a correct detection."


def facts(found: Shown) -> list[Fact]:
    """What the inspector tells."""
    o = found.overlap
    told: list[Fact] = [
        ("A, the true box", _square(o.first_area), "Square pixels."),
        ("B, the prediction", _square(o.second_area), "Square pixels."),
        ("I, in common", _square(o.common_area), "The area that lies in both boxes."),
        ("U, of either", _square(o.union_area), "The area that lies in at least one of them."),
    ]
    if found.settings.enclosing:
        told.append(("C, around both", _square(o.around_area), "The smallest box that holds both."))
        told.append(
            ("of it empty", _square(o.around_area - o.union_area), "In neither box: what GIoU subtracts.")
        )
    told.append(("IoU", f"{o.iou:.4f}", "Intersection over union, 0 to 1."))
    told.append(("GIoU", f"{o.giou:.4f}".replace("-", "−"), "Generalised IoU, −1 to 1."))
    return told


def _square(value: float) -> str:
    return f"{_area(value)} px²"


def check(found: Shown) -> CheckOverlap:
    """What torchvision is to compute again."""
    curve, b = found.curve, found.overlap.second
    others = np.repeat(np.asarray(b, np.float64)[None], len(curve.offsets), 0)
    others[:, [curve.axis, curve.axis + 2]] += (curve.offsets - curve.now)[:, None]
    return CheckOverlap(found.overlap, others, curve.ious, curve.gious)
