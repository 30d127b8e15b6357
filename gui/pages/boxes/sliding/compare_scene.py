"""Window by window and in one pass beside one another: boxes, times, multiplications, the largest difference."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, QSizeF

from engine.detection.scoring import Found
from engine.images import Frame, fit, luminance
from gui import colormaps
from gui.pages.boxes.sliding.items import FoundBoxes, TextTable, milliseconds, short_count
from gui.pages.boxes.sliding.shown import Shown, found_in_one_pass, found_one_by_one
from gui.theme import space
from gui.widgets.plate import Plate
from gui.widgets.scene import Scene, Words
from gui.widgets.stage_layout import margin_of
from gui.widgets.stage_text import head, kept_sentences, plural, sentences_height, sentences_strip

SEPARATE: Final = "one by one"
ONCE: Final = "one pass"
HEAD: Final = 46.0
NO_DIGIT: Final = (
    "No window says a digit here: the net knows ink on paper. Draw some digits, or choose Digits."
)
LEAST_LINE, MOST_LINE = 18.0, 30.0
BODY_FROM, BODY_FROM_WIDTH = 24.0, 340.0
MOST_PIXELS: Final = 640
"""Of the pictures' longer side."""


def compare_scene(shown: Shown, size: QSizeF) -> Scene:
    """Both ways, for a stage of a size."""
    scene = Scene(size)
    words = kept_sentences(sentences(shown), size.width(), size.height())
    strip = sentences_height(words, size.width(), size.height())
    margin = margin_of(size.width())
    foot = size.height() - strip - space.s
    half = (size.width() - 2 * margin - space.xxl) / 2
    times, layers = time_rows(shown), layer_rows(shown)
    rows = max(len(times), len(layers))
    least = rows * LEAST_LINE
    area = QRectF(margin, space.s, size.width() - 2 * margin, foot - space.m - least - space.m - space.s)
    bottom = _pictures(scene, shown, area)
    line = min((foot - space.m - bottom - space.m) / rows, MOST_LINE)
    style = "body" if line >= BODY_FROM and half >= BODY_FROM_WIDTH else "small"
    spare = foot - space.m - bottom - rows * line
    for left, table, strong in (
        (margin, times, (3,)), (margin + half + space.xxl, layers, (len(layers) - 1,)),
    ):  # fmt: skip
        tall = QRectF(left, bottom + min(spare / 2, float(space.xxl)), half, len(table) * line)
        scene.below.append(TextTable(tall, table, strong=strong, type=style))
    sentences_strip(scene, foot, words)
    scene.description = " ".join(words)
    return scene


def _pictures(scene: Scene, shown: Shown, area: QRectF) -> float:
    """Both pictures with their boxes; where they end."""
    half = (area.width() - space.xxl) / 2
    height, width = shown.frame.height, shown.frame.width
    scale = min(half / width, (area.height() - HEAD) / height)
    grey, colors = _grey(shown.frame)
    for number, (name, found) in enumerate(
        (("Window by window", found_one_by_one(shown)), ("In one pass", found_in_one_pass(shown)))
    ):
        left = area.left() + number * (half + space.xxl)
        key = SEPARATE if number == 0 else ONCE
        scene.below += head(left, area.top(), half, [(name, _boxes_text(found)), (name, "")])
        rect = QRectF(round(left), round(area.top() + HEAD), width * scale, height * scale)
        scene.plates.append(Plate(key, grey, colors, name, rect, numbers=False, gaps=False, smooth=True))
        if found is None:
            scene.above.append(Words(rect.adjusted(space.m, 0, 0, 0), "On its way.", role="muted"))
            continue
        candidates, kept = found
        scene.above.append(FoundBoxes(rect, (height, width), candidates, faint=True))
        scene.above.append(FoundBoxes(rect, (height, width), kept))
    return area.top() + HEAD + height * scale


@lru_cache(maxsize=2)
def _grey(frame: Frame) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.uint8]]:
    """The picture in grey levels, no larger than a stage shows it, and its colours."""
    grey = luminance(fit(frame.pixels, MOST_PIXELS)).astype(np.float64)
    return grey, colormaps.grey(grey, 0, 255)


def _boxes_text(found: tuple[Found, Found] | None) -> str:
    if found is None:
        return "on its way"
    candidates, kept = found
    return f"{plural(len(candidates.scores), 'window')} with a digit, {len(kept.scores)} left by suppression"


def time_rows(shown: Shown) -> list[list[str]]:
    """What was measured: calls of the net, seconds, and how many times as long as one pass; the difference of p."""
    crops, count = shown.crops, shown.windows
    scales = len(shown.levels)
    rows = [["On this computer", "calls", "time", "times"]]
    complete = crops is not None and crops.complete
    once = crops.pass_seconds if crops is not None and crops.complete else None

    def row(name: str, calls: int, seconds: float | None) -> list[str]:
        time = "…" if seconds is None else milliseconds(seconds)
        ratio = "…" if seconds is None or not once else f"{seconds / once:.1f} ×"
        return [name, f"{calls:,}", time, ratio]

    alone = float(crops.seconds.sum()) if crops is not None and complete else None
    rows.append(row("one by one", count, alone))
    rows.append(row("as a batch", scales, crops.batch_seconds if crops is not None else None))
    rows.append(row("in one pass", scales, once))
    difference = "…" if crops is None or not complete else f"{crops.max_abs_difference:.1e}".replace("-", "−")
    rows.append(["largest difference", "", difference, ""])
    return rows


def layer_rows(shown: Shown) -> list[list[str]]:
    """Multiplications layer by layer."""
    found = shown.cost
    rows = [["Multiplications", "windows", "one pass", "times"]]
    for layer in found.layers:
        rows.append([layer.name, _millions(layer.separate), _millions(layer.shared), f"{layer.saved:.1f} ×"])
    rows.append(["together", _millions(found.separate), _millions(found.shared), f"{found.saved:.2f} ×"])
    return rows


def _millions(count: int) -> str:
    return f"{count / 1e6:.1f} M"


def sentences(shown: Shown) -> list[str]:
    """What is shared and what is not."""
    first, *others = shown.cost.layers
    alone = sum(layer.once for layer in others) / shown.cost.once
    boxes = found_in_one_pass(shown)
    found = [NO_DIGIT] if boxes is not None and not len(boxes[1].scores) else []
    found += [
        f"The windows overlap, and the convolution is computed once for all of them: {first.saved:.1f} times fewer "
        f"multiplications. The layers behind it give every window an answer of its own, and nothing of them is shared: "
        f"in this net that is {alone:.0%} of the work.",
    ]
    crops = shown.crops
    if crops is not None and crops.complete and crops.pass_seconds:
        ratio = float(crops.seconds.sum()) / crops.pass_seconds
        found.append(
            f"One pass is {ratio:.0f} times as fast all the same: one call of the net instead of {shown.windows:,}, "
            "and large products instead of many small ones."
        )
    else:
        found.append(f"{short_count(shown.cost.separate)} multiplications one by one are being measured.")
    return found
