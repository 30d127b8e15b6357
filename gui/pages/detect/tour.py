"""The states in which the tour shows the page; all of them work offline."""

from __future__ import annotations

from dataclasses import replace

from gui.pages.base import TourStop
from gui.pages.detect.drawings import PI
from gui.pages.detect.state import DetectState
from gui.widgets.source_state import SourceState

_PAPER = DetectState()
_ROW = replace(_PAPER, source=SourceState("drawing", "dark", strokes=PI))

_STOPS = (
    (
        "first",
        "Boxes as you write",
        "A small YOLO, trained by this project, finds and reads the digits.",
        _PAPER,
    ),
    (
        "chalk",
        "White on black",
        "The same digits in light ink.",
        replace(_PAPER, source=replace(_PAPER.source, value="light")),
    ),
    (
        "raw",
        "Before suppression",
        "Several cells and anchors answer for one digit; of boxes that lie over each other the best one stays.",
        replace(_PAPER, raw=True, least=0.05, plot=False),
    ),
    (
        "grid",
        "The grid, and one cell of it",
        "The cell in which the middle of a digit lies is responsible for it: its numbers, and the formula.",
        replace(_ROW, cells=True, cell=(9, 3), tool="point", plot=False),
    ),
    (
        "anchors",
        "Anchors",
        "The three templates that every cell starts from.",
        replace(_ROW, cells=True, cell=(9, 17), anchors=True, tool="point", plot=False),
    ),
    (
        "filter",
        "Only some of the classes",
        "Ones and fours are hidden: in the picture, in exports, in recordings.",
        replace(_ROW, hidden=("1", "4"), plot=False),
    ),
    (
        "photo",
        "A photo needs another detector",
        "This one reads digits; the page says what would find things here.",
        replace(_PAPER, source=SourceState("sample", "astronaut"), plot=False),
    ),
)


def stops() -> list[TourStop]:
    """One stop for everything that the page can show."""
    return [TourStop(*stop) for stop in _STOPS]
