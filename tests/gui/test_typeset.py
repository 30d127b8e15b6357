"""Numbers typeset from glyphs: what they say in plain text, and that their outlines lie where they should."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from gui.widgets.formula import formula_path, loader
from gui.widgets.typeset import Floor, Frac, plain, typeset

SIZE = (Floor(Frac("37 + 2·0 − 5", "2")), " + 1 = 17")


@pytest.fixture(scope="module", autouse=True)
def loaded(qapp: QApplication) -> None:
    loader.load()


def test_plain_text_is_what_one_would_type() -> None:
    assert plain(SIZE) == "⌊(37 + 2·0 − 5)/2⌋ + 1 = 17"
    assert plain(Floor(Frac("7", "2"), up=True)) == "⌈7/2⌉"


def test_digits_take_as_much_room_as_mathtext_gives_them() -> None:
    for text in ("17", "1005", "98765"):
        ours, theirs = typeset(text, 15.0).path.boundingRect(), formula_path(text, 15.0).boundingRect()
        assert ours.width() == pytest.approx(theirs.width(), abs=0.5)
        assert ours.height() == pytest.approx(theirs.height(), abs=0.1)


def test_a_fraction_lies_around_the_axis_and_brackets_around_the_fraction() -> None:
    above, below = typeset("37 + 5", 15.0), typeset("2", 15.0)
    fraction = typeset(Frac("37 + 5", "2"), 15.0)
    assert fraction.width > max(above.width, below.width)
    assert fraction.ascent > above.ascent and fraction.descent > 0
    box = fraction.path.boundingRect()
    assert box.top() == pytest.approx(-fraction.ascent, abs=0.5)
    assert box.bottom() == pytest.approx(fraction.descent, abs=0.5)
    down, up = typeset(Floor(Frac("37 + 5", "2")), 15.0), typeset(Floor(Frac("37 + 5", "2"), up=True), 15.0)
    assert down.width == up.width > fraction.width and down.ascent > fraction.ascent
    foot = down.path.boundingRect().bottom() - 0.3
    assert down.path.contains(_at(2.0, foot)) and not up.path.contains(_at(2.0, foot))


def _at(x: float, y: float):  # type: ignore[no-untyped-def]
    from PySide6.QtCore import QPointF

    return QPointF(x, y)


def test_rows_are_as_wide_as_their_parts() -> None:
    parts = [typeset(text, 15.0).width for text in ("12", " + ", "3")]
    assert typeset(("12", " + ", "3"), 15.0).width == pytest.approx(sum(parts))
    assert typeset("12 + 3", 15.0).width == pytest.approx(sum(parts))
    assert typeset("", 15.0).width == 0
