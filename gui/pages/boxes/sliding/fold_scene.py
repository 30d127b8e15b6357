"""The fully connected layers become convolutions: the net as volumes above, its weights on their way beneath."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import Final

from PySide6.QtCore import QRectF, QSizeF

from gui import colormaps
from gui.pages.boxes.sliding.fold_net import draw_net
from gui.pages.boxes.sliding.fold_weights import Weights, key_at
from gui.pages.boxes.sliding.larger_part import larger_part
from gui.pages.boxes.sliding.settings import FOLD_STEPS
from gui.pages.boxes.sliding.shown import Folding
from gui.pages.boxes.sliding.words import heading, sentences
from gui.theme import space
from gui.widgets.scene import ColorBar, Scene, Words, bar_width
from gui.widgets.stage_layout import margin_of
from gui.widgets.stage_text import kept_sentences, sentences_height, sentences_strip, text_width

ALONE: Final = "alone/"
HEAD: Final = 26.0
NET_SHARE: Final = 0.38
"""Of the height for the net, where the rest shows its weights."""
ACTIVATIONS: Final = "activations, each volume by itself"


def fold_scene(folding: Folding, share: float, hover: tuple[int, int] | None, size: QSizeF) -> Scene:
    """The step on show; `share` 0..1 of the way there from the step before; `hover`: the answer under the pointer."""
    scene = Scene(size)
    words = kept_sentences(sentences(folding), size.width(), size.height())
    foot = size.height() - _strip(folding, size) - space.s
    sentences_strip(scene, foot, words)
    scene.description = f"{heading(folding)}. {' '.join(words)}"
    left = margin_of(size.width())
    area = QRectF(left, space.s, size.width() - 2 * left, foot - space.m - space.s)
    _title(scene, folding, QRectF(area.left(), area.top(), area.width(), HEAD))
    area.setTop(area.top() + HEAD)
    step, neuron = FOLD_STEPS[folding.settings.step], folding.settings.neuron
    if step == "larger":
        larger_part(scene, folding, area, hover, partial(draw_net, scene, neuron=neuron))
        return scene
    above = QRectF(area.left(), area.top(), area.width(), area.height() * NET_SHARE)
    tip = {"net": 0.0, "columns": share}.get(step, 1.0)
    blocks = draw_net(
        scene, above, folding.alone, ALONE, neuron=neuron, tip=tip, convolutions=step == "filters"
    )
    beneath = area.adjusted(0, above.height() + space.m, 0, 0)
    Weights(scene, folding, share, beneath, blocks[2]).draw()
    return scene


def _strip(folding: Folding, size: QSizeF) -> float:
    """The height of the longest sentences, so that no weight jumps from one step to the next."""
    larger = FOLD_STEPS[folding.settings.step] == "larger"
    texts = tuple(tuple(sentences(folding, step)) for step in FOLD_STEPS if (step == "larger") == larger)
    return _highest(texts, size.width(), size.height())


@lru_cache(maxsize=8)
def _highest(texts: tuple[tuple[str, ...], ...], width: float, height: float) -> float:
    return max(sentences_height(kept_sentences(words, width, height), width, height) for words in texts)


def _title(scene: Scene, folding: Folding, line: QRectF) -> None:
    """What happens in the step, and the key of the volumes' colours where there is room for it."""
    title = heading(folding)
    scene.below.append(Words(line, title, size="section", bold=True))
    bar = ColorBar(QRectF(), colormaps.activation_anchors(), "−max", "max", ACTIVATIONS)
    needed = text_width(title, "section", bold=True) + bar_width(bar.low, bar.high, bar.label) + 3 * space.xl
    if needed < line.width():
        key_at(scene, line, bar)
