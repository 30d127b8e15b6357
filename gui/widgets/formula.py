"""Typeset formulas: matplotlib's mathtext as vector paths, cached, painted in the text colour."""

from __future__ import annotations

import gc
import logging
import math
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QPointF, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import space, theme, type_scale

if TYPE_CHECKING:
    from matplotlib.path import Path as GlyphPath

log = logging.getLogger("gui.formula")

FACE: Final = "stix"
"""mathtext's font set; it comes with matplotlib, so that formulas look the same everywhere."""
LINE_GAP: Final = 0.5
"""Room between two lines of formulas, in font sizes."""
RELATION_GAP: Final = 5 / 18
"""Room in front of a relation sign, in font sizes: TeX's thick space."""

_MOVE, _LINE, _QUADRATIC, _CUBIC, _CLOSE = 1, 2, 3, 4, 79
_parser_lock = threading.Lock()  # mathtext's parser holds state, and the loader warms it up in its own thread


class _Loader(QObject):
    """Imports matplotlib's text modules (half a second; seconds on a first start) beside the GUI thread."""

    ready = Signal()
    _loaded = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.is_ready = False
        self._thread: threading.Thread | None = None
        self._loaded.connect(self._finish)

    @Slot()
    def start(self) -> None:
        """Begin to load, once."""
        if self._thread is None and not self.is_ready:
            self._thread = threading.Thread(target=self._load, name="formula-loader")
            self._thread.start()

    def load(self) -> None:
        """Load now and wait for it: for pictures that are drawn in one go."""
        _warm_up()
        self._finish()

    def _load(self) -> None:
        _warm_up()
        self._loaded.emit()

    @Slot()
    def _finish(self) -> None:
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        if not self.is_ready:
            self.is_ready = True
            self.ready.emit()


loader: Final = _Loader()


@lru_cache(maxsize=1024)
def formula_path(tex: str, px: float) -> QPainterPath:
    """The outline of a formula at a font size in pixels, baseline at y = 0, left edge at x = 0.

    Shared: copy before changing. What mathtext cannot read becomes plain text, and the log says why.
    """
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    try:
        with _without_leftovers():
            _append(path, _outline(tex, px))
    except (ImportError, ValueError) as error:
        reason = str(error).strip().splitlines()[-1]
        log.warning("The formula %r is shown as plain text: %s", tex, reason)
        font = theme.font("body")
        font.setPixelSize(max(1, round(px)))
        path.addText(QPointF(0, 0), font, plain_text(tex))
    return path


@contextmanager
def _without_leftovers() -> Iterator[None]:
    """Take away at once what the parser leaves behind.

    Its exceptions lie in reference cycles, and their frames know who called: the caller's QPainter would stay open
    until the next collection, and Qt warns that what is painted meanwhile may not be shown. Garbage that none has
    seen yet is found in no time, so none may come in between.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
        gc.collect(0)


def _warm_up() -> None:
    """Import, and build the parser's grammar."""
    # Its first start on a computer lists the fonts: a wait that it warns of, and nobody can do anything about.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    try:
        _outline("x", type_scale.body)
    except Exception:  # a broken installation: formulas become plain text, each with its reason in the log
        log.exception("Formulas cannot be typeset.")


def _outline(tex: str, px: float) -> GlyphPath:
    """mathtext's path, y upwards, in pixels."""
    with _parser_lock:
        from matplotlib.font_manager import FontProperties
        from matplotlib.textpath import TextPath

        source = tex if "$" in tex else f"${tex}$"
        return TextPath((0, 0), source, size=px, prop=FontProperties(math_fontfamily=FACE))


def _append(path: QPainterPath, outline: GlyphPath) -> None:
    """Add matplotlib's path to Qt's, turned upside down: there y points upwards."""
    for corners, code in outline.iter_segments(curves=True, simplify=False):
        points = [QPointF(float(x), -float(y)) for x, y in corners.reshape(-1, 2)]
        if code == _MOVE:
            path.moveTo(points[0])
        elif code == _LINE:
            path.lineTo(points[0])
        elif code == _QUADRATIC:
            path.quadTo(points[0], points[1])
        elif code == _CUBIC:
            path.cubicTo(points[0], points[1], points[2])
        elif code == _CLOSE:
            path.closeSubpath()


_WORDS: Final = {
    "times": "×", "cdot": "·", "leq": "≤", "geq": "≥", "le": "≤", "ge": "≥", "neq": "≠",
    "approx": "≈", "pm": "±",
    "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "rightarrow": "→", "to": "→", "in": "∈",
    "ast": "*",
    "star": "⋆", "ldots": "…", "cdots": "…", "dots": "…", "infty": "∞", "sqrt": "√", "left": "", "right": "",
    "quad": "", "qquad": "", "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε",
    "eta": "η",
    "lambda": "λ", "mu": "μ", "sigma": "σ", "theta": "θ", "pi": "π", "partial": "∂", "nabla": "∇",
}  # fmt: skip
_FRACTION: Final = re.compile(r"\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}")
_DRESS: Final = re.compile(
    r"\\(?:mathrm|mathbf|mathit|mathsf|operatorname|text|hat|bar|tilde)\s*\{([^{}]*)\}"
)


def plain_text(tex: str) -> str:
    """A formula in one line of plain text, for screen readers and where it cannot be typeset."""
    text = tex.replace("$", "").replace("&", "")
    for _ in range(tex.count("{")):
        simpler = _FRACTION.sub(r"(\1)/(\2)", _DRESS.sub(r"\1", text))
        if simpler == text:
            break
        text = simpler
    text = re.sub(r"\\([A-Za-z]+)", lambda match: f" {_WORDS.get(match[1], match[1])} ", text)
    text = re.sub(r"\\[,;:! ]", " ", text).replace("\\", "").replace("{", "").replace("}", "")
    text = re.sub(r"\s+", " ", text)
    return re.sub(r"([(⌊⌈]) | ([)⌋⌉,])", lambda match: match[1] or match[2], text).strip()


class Formula(QWidget):
    """Lines of formulas; an ampersand in each marks where they align, as in LaTeX: `["y &= x + 1", "&= 3"]`.

    Where they are wider than the widget they are drawn smaller: a formula is never cut off.
    Draws nothing until matplotlib is loaded, which begins when the widget is first shown.
    """

    def __init__(
        self,
        lines: str | Sequence[str] = (),
        *,
        size: str = "section",
        spoken: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._lines: tuple[str, ...] = ()
        self._size = size
        self._color: QColor | None = None
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.set_lines(lines, spoken)
        theme.changed.connect(self._refresh)
        loader.ready.connect(self._refresh)

    @property
    def lines(self) -> tuple[str, ...]:
        """The formulas, one a line."""
        return self._lines

    def set_lines(self, lines: str | Sequence[str], spoken: str = "") -> None:
        """Show other formulas; `spoken` replaces the text for screen readers."""
        self._lines = (lines,) if isinstance(lines, str) else tuple(lines)
        self.setAccessibleName(spoken or "; ".join(plain_text(line) for line in self._lines))
        self._refresh()

    def set_color(self, color: QColor | None) -> None:
        """Paint in another colour than the text's; None for the text's."""
        self._color = color
        self.update()

    @property
    def baseline(self) -> float:
        """The y of the first line's baseline, to align neighbours with."""
        rows = self._rows()
        return rows[0][1] if rows else 0.0

    def sizeHint(self) -> QSize:
        if not loader.is_ready:
            return QSize(0, round(len(self._lines) * self._line_height()))
        rows = self._rows()
        width = max((x + path.boundingRect().right() for path, _, x in rows), default=0.0)
        bottom = max((y + self._depth(path) for path, y, _ in rows), default=0.0)
        return QSize(round(width) + space.xs, round(bottom) + 1)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)

    def hasHeightForWidth(self) -> bool:
        return self.sizePolicy().hasHeightForWidth()

    def heightForWidth(self, width: int) -> int:
        hint = self.sizeHint()
        return math.ceil(hint.height() * _shrink(hint.width(), width))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not loader.is_ready:
            QTimer.singleShot(0, loader.start)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not loader.is_ready:
            return
        # Before the painter is there: the parser caches exceptions whose tracebacks would keep it alive.
        self._rows()
        painter = QPainter(self)
        shrink = _shrink(self.sizeHint().width(), self.width())
        painter.scale(shrink, shrink)
        self.paint_on(painter, self._color or theme.colors.text)
        painter.end()

    def paint_on(self, painter: QPainter, color: QColor) -> None:
        """Draw at the painter's origin, vector outlines only; loads matplotlib if need be."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for path, y, x in self._rows():
            painter.fillPath(path.translated(x, y), color)

    @Slot()
    def _refresh(self) -> None:
        self.updateGeometry()
        self.update()

    def _line_height(self) -> float:
        return float(getattr(type_scale, self._size)) * (1.0 + LINE_GAP)

    def _depth(self, path: QPainterPath) -> float:
        metrics = QFontMetricsF(theme.font(self._size))
        return max(metrics.descent(), path.boundingRect().bottom())

    def _rows(self) -> list[tuple[QPainterPath, float, float]]:
        """Pieces of the formulas with their baseline and their left edge."""
        px = float(getattr(type_scale, self._size))
        ascent = QFontMetricsF(theme.font(self._size)).ascent()
        pieces = [[_piece(part.strip(), px) for part in line.split("&")] for line in self._lines]
        column = max((parts[0].boundingRect().right() for parts in pieces if len(parts) > 1), default=0.0)
        rows: list[tuple[QPainterPath, float, float]] = []
        y = 0.0
        for parts in pieces:
            boxes = [part.boundingRect() for part in parts]
            y += max([ascent, *(-box.top() for box in boxes)])
            left = column - boxes[0].right() if len(parts) > 1 else 0.0
            rows.append((parts[0], y, left))
            rows.extend((part, y, column + px * RELATION_GAP) for part in parts[1:2])
            y += max(self._depth(part) for part in parts) + px * LINE_GAP / 2
        return rows


def _shrink(wanted: int, given: int) -> float:
    """The scale at which a formula fits."""
    return 1.0 if wanted <= given else max(given, 1) / wanted


def _piece(tex: str, px: float) -> QPainterPath:
    return formula_path(tex, px) if tex else QPainterPath()


class FormulaLabel(Formula):
    """One formula in a line of text."""

    def __init__(
        self, tex: str, *, size: str = "body", spoken: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(tex, size=size, spoken=spoken, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @property
    def tex(self) -> str:
        """The formula."""
        return self._lines[0]

    def set_tex(self, tex: str, spoken: str = "") -> None:
        """Show another formula."""
        self.set_lines(tex, spoken)


def draw_formula(painter: QPainter, tex: str, px: float, at: QPointF, color: QColor) -> QRectF:
    """Paint a formula with its baseline's left end at a point; returns the box it takes."""
    path = formula_path(tex, px).translated(at)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillPath(path, color)
    return path.boundingRect()
