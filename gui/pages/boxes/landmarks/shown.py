"""What the view "Landmarks" shows of its settings: points, vector, training sets and their best constant answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor

from engine.detection import landmarks
from engine.detection.checks.requests import CheckLandmarks
from engine.detection.landmarks import Answer, Layout
from gui.pages.boxes.component_table import Row
from gui.pages.boxes.landmarks.settings import LandmarksSettings
from gui.theme import theme
from gui.widgets.facts import Fact

FloatArray = npt.NDArray[np.float64]
JOINTS: Final = 4


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """Points [K, 2] as shares of what is shown: of the first picture, of the second, of a training set [N, K, 2].

    `answer` is the best constant one to that set; `same` and `mixed` are those under a consistent and a mixed order.
    """

    settings: LandmarksSettings
    points: FloatArray
    second: FloatArray
    shapes: FloatArray
    same: Answer
    mixed: Answer

    @property
    def layout(self) -> Layout:
        return self.settings.shape

    @property
    def answer(self) -> Answer:
        return self.same if self.settings.consistent else self.mixed

    @property
    def vector(self) -> FloatArray:
        return landmarks.vector(self.points)


def shown(settings: LandmarksSettings) -> Shown:
    """Work it out."""
    x1, y1, x2, y2 = settings.shown_region
    points = (np.array(settings.points) - [x1, y1]) / [x2 - x1, y2 - y1]
    layout, mirror, ok = settings.shape, settings.mirrored, settings.consistent
    sets = {
        order: landmarks.training_set(points, layout, settings.count, mirror=mirror, consistent=order)
        for order in (True, False)
    }
    if mirror:
        second = landmarks.mirrored(points, layout, relabelled=ok)
    else:
        second = points if ok else landmarks.renumbered(points, layout)
    same, mixed = (landmarks.best_constant(sets[order]) for order in (True, False))
    return Shown(settings, points, second, sets[ok], same, mixed)


def color_of(layout: Layout, index: int) -> QColor:
    """The colour of a point: one each, or one a finger."""
    if len(layout.names) <= JOINTS + 1:
        return theme.class_color(index)
    return theme.class_color(0 if index == 0 else 1 + (index - 1) // JOINTS)


def rows(found: Shown) -> list[Row]:
    """The vector: whether a face is there, then x and y of every point."""
    kind = "hand" if found.settings.layout == "hand" else "face"
    result = [Row("p_c", f"is a {kind} there", "1")]
    for index, (x, y) in enumerate(found.points.tolist()):
        color, name = color_of(found.layout, index), found.layout.names[index]
        result.append(Row(f"l_{index + 1}x", f"{name}, across", f"{x:.3f}", color=color))
        result.append(Row(f"l_{index + 1}y", f"{name}, down", f"{y:.3f}", color=color))
    return result


def point_of_row(row: int) -> int | None:
    """The point that a row of the vector belongs to, None for the first one."""
    return None if row == 0 else (row - 1) // 2


def rows_of_point(index: int) -> tuple[int, int]:
    """The rows of a point."""
    return 1 + 2 * index, 2 + 2 * index


def titles(found: Shown) -> tuple[str, str, str]:
    """What stands above the three pictures."""
    settings = found.settings
    if settings.mirrored:
        second = "mirrored, relabelled" if settings.consistent else "mirrored, old numbers"
    else:
        second = "numbered alike" if settings.consistent else "other order"
    order = "one order" if settings.consistent else "orders mixed"
    return "Picture 1: drag the points", f"Picture 2: {second}", f"Mean of {settings.count}, {order}"


def conclusion(found: Shown) -> str:
    """What is to be seen, in a sentence."""
    if found.settings.consistent:
        thing = "hand" if found.settings.layout == "hand" else "face"
        return (
            f"In one order every number has one small cloud, and its mean is a place in the {thing}: the best "
            f"constant answer is off by {percent(found.same.error)} of the width."
        )
    times = f", {found.mixed.error / found.same.error:.1f} times as far" if found.same.error > 0 else ""
    return (
        f"With two orders a number has two clouds, and its mean lies between them, where that point never is. The "
        f"best constant answer is off by {percent(found.mixed.error)} of the width{times}."
    )


def percent(share: float) -> str:
    """A share of the width in a sentence or at a bar."""
    return f"{share * 100:.1f} %"


def facts(found: Shown) -> list[Fact]:
    """What the inspector tells."""
    return [
        ("points", str(len(found.points)), "Numbered from 1, as in the vector."),
        (
            "components",
            f"1 + 2 · {len(found.points)} = {len(found.vector)}",
            "p_c, then x and y of every point.",
        ),
        (
            "error, one order",
            f"{found.same.error:.4f}",
            "Root of the mean squared distance, shares of the width.",
        ),
        (
            "error, orders mixed",
            f"{found.mixed.error:.4f}",
            "The same where every second picture has the other order.",
        ),
    ]


def facts_of(found: Shown, index: int) -> list[Fact]:
    """What is told of one point."""
    x, y = found.points[index].tolist()
    mean_x, mean_y = found.answer.mean[index].tolist()
    return [
        ("point", str(index + 1), "Its place in the vector decides what it means."),
        ("is", found.layout.names[index], "Left and right are those of the person."),
        ("x, y", f"{x:.3f}, {y:.3f}", "Shares of the width and the height that are shown."),
        ("mean x, y", f"{mean_x:.3f}, {mean_y:.3f}", "Over the pictures of the training set."),
        ("error, one order", f"{found.same.errors[index]:.4f}", "Of this point's best constant answer."),
        ("error, orders mixed", f"{found.mixed.errors[index]:.4f}", "Of this point's best constant answer."),
    ]


def check(found: Shown) -> CheckLandmarks:
    """What torch is to compute again."""
    return CheckLandmarks(found.shapes, found.answer)
