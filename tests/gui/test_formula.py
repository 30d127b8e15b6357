"""Formulas: vector outlines with a sane size, and plain text where mathtext gives up."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from gui.theme import Scheme, theme
from gui.widgets.formula import Formula, FormulaLabel, draw_formula, formula_path, loader, plain_text

ROOT = Path(__file__).resolve().parents[2]
OUTPUT_SIZE = r"o = \left\lfloor\frac{n + 2p - f}{s}\right\rfloor + 1"


@pytest.fixture
def loaded() -> None:
    loader.load()


def test_a_path_stands_on_its_baseline_and_scales_with_the_size() -> None:
    small, large = formula_path("x = 1", 10).boundingRect(), formula_path("x = 1", 40).boundingRect()
    assert small.bottom() == pytest.approx(0, abs=0.3)
    assert small.top() < -4
    assert large.width() == pytest.approx(4 * small.width(), rel=0.02)
    assert large.height() == pytest.approx(4 * small.height(), rel=0.02)
    assert formula_path("y_i", 20).boundingRect().bottom() > 2  # an index hangs below the line


def test_dollar_signs_make_no_difference_and_paths_are_cached() -> None:
    assert formula_path("$x^2$", 20) == formula_path("x^2", 20)
    assert formula_path("x^2", 20) is formula_path("x^2", 20)


@pytest.mark.parametrize(
    "tex", ["u - v", r"\frac{a}{b} + \sqrt{x} - \sum_{i=1}^{n} (a_i - b_i)^2 + " * 8 + "w"]
)
def test_a_painter_ends_with_the_function_that_had_it(tex: str) -> None:
    """What the parser leaves behind must not keep it."""
    image = QImage(9, 9, QImage.Format.Format_RGB32)

    def paint() -> None:
        painter = QPainter(image)
        assert painter.isActive()
        formula_path(tex, 15)

    paint()
    assert not image.paintingActive()


def test_holes_stay_open() -> None:
    """The ring of an o: ink on the outline, none in the middle."""
    path = formula_path("o", 100)
    box = path.boundingRect()
    assert not path.contains(box.center())
    assert path.contains(QPointF(box.left() + box.width() * 0.06, box.center().y()))


@pytest.mark.expected_log(r"is shown as plain text")
def test_what_mathtext_refuses_becomes_plain_text_and_the_log_says_why() -> None:
    path = formula_path(r"\frac{1}{", 20)
    assert path.boundingRect().width() > 5


@pytest.mark.parametrize(
    ("tex", "spoken"),
    [
        (r"o = \frac{n + 2p - f}{s} + 1", "o = (n + 2p - f)/(s) + 1"),
        (OUTPUT_SIZE, "o = ⌊(n + 2p - f)/(s)⌋ + 1"),
        (r"$27 \times 2 + 2 = 56$", "27 × 2 + 2 = 56"),
        (r"y &= (-1) + 1 + 1 + 1", "y = (-1) + 1 + 1 + 1"),
        (r"\sum_{c} w_c\, x_c", "sum _c w_c x_c"),
        (r"\mathrm{ReLU}(x) \geq 0", "ReLU(x) ≥ 0"),
    ],
)
def test_plain_text(tex: str, spoken: str) -> None:
    assert plain_text(tex) == spoken


def ink(image: QImage, color: QColor, box: QRectF) -> int:
    """How many pixels of about that colour lie in a box."""
    area = box.toAlignedRect().intersected(image.rect())
    points = (
        (x, y) for x in range(area.left(), area.right() + 1) for y in range(area.top(), area.bottom() + 1)
    )
    wanted = color.getRgb()
    return sum(
        all(abs(a - b) < 40 for a, b in zip(image.pixelColor(*p).getRgb(), wanted, strict=True))
        for p in points
    )


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("scheme", [Scheme.DARK, Scheme.LIGHT])
def test_a_widget_paints_in_the_text_colour_within_its_size(qtbot: QtBot, scheme: Scheme) -> None:
    theme.apply(scheme)
    widget = Formula([r"o &= \frac{n - f}{s} + 1", r"&= \frac{6 - 3}{1} + 1 = 4"], size="title")
    qtbot.addWidget(widget)
    widget.resize(widget.sizeHint())
    image = widget.grab().toImage()
    whole = QRectF(image.rect())
    assert ink(image, theme.colors.text, whole) > 100
    edge = QRectF(whole.right() - 1, 0, 1, whole.height())
    assert ink(image, theme.colors.text, edge) == 0
    assert ink(image, theme.colors.text, QRectF(0, whole.bottom() - 1, whole.width(), 1)) == 0
    half = whole.height() / 2
    assert ink(image, theme.colors.text, QRectF(0, 0, whole.width(), half)) > 30
    assert ink(image, theme.colors.text, QRectF(0, half, whole.width(), half)) > 30


@pytest.mark.usefixtures("loaded")
def test_lines_align_at_the_ampersand(qtbot: QtBot) -> None:
    widget = Formula(["abcdef &= 1", "&= 1"], size="title")
    qtbot.addWidget(widget)
    rows = widget._rows()
    lefts = [path.boundingRect().left() + x for path, _y, x in rows if not path.isEmpty()]
    assert lefts[1] == pytest.approx(lefts[2])
    assert lefts[0] == pytest.approx(rows[0][0].boundingRect().left())


@pytest.mark.usefixtures("loaded")
def test_a_label_grows_with_its_formula_and_speaks(qtbot: QtBot) -> None:
    label = FormulaLabel("x")
    qtbot.addWidget(label)
    narrow = label.sizeHint().width()
    label.set_tex(r"x + y \times z")
    assert label.sizeHint().width() > narrow
    assert label.accessibleName() == "x + y × z"
    assert label.tex == r"x + y \times z"
    label.set_tex("x", spoken="the input")
    assert label.accessibleName() == "the input"


def test_drawing_returns_the_box_it_took() -> None:
    image = QImage(200, 60, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    box = draw_formula(painter, "x + 1", 24, QPointF(20, 40), QColor("black"))
    painter.end()
    assert QRectF(image.rect()).contains(box)
    assert ink(image, QColor("black"), box) > 20
    assert ink(image, QColor("black"), QRectF(image.rect())) == ink(
        image, QColor("black"), box.adjusted(-1, -1, 1, 1)
    )


def test_nothing_is_imported_before_a_formula_is_shown() -> None:
    """In a fresh process: constructing costs no matplotlib, showing loads it beside the event loop."""
    script = """
import sys, os
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from PySide6.QtWidgets import QApplication
app = QApplication([])
from gui.widgets.formula import FormulaLabel, loader
label = FormulaLabel("x = 1")
assert "matplotlib" not in sys.modules, "imported too early"
label.grab()
assert "matplotlib" not in sys.modules, "imported by painting"
loader.ready.connect(app.quit)
label.show()
app.exec()
assert loader.is_ready and label.sizeHint().width() > 10
assert "matplotlib.pyplot" not in sys.modules
print("fine")
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=100
    )
    assert done.stdout.strip() == "fine", done.stderr
