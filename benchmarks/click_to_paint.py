"""From the press on an output cell to the step on the screen, in the real window; and from the pointer alone."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING, cast

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from benchmarks.measure import Row, spread
from benchmarks.windows import application, main_window, spin, wait
from engine.foundations.presets import input_preset
from gui.pages.convolution.state import ConvolutionState
from gui.widgets.canvas import Canvas
from gui.widgets.source_state import SourceState

if TYPE_CHECKING:
    from gui.pages.convolution.page import ConvolutionPage

FloatArray = npt.NDArray[np.float64]
TARGET_MS = 16.0
GLIDE_SECONDS = 0.14


def measure(quick: bool = False) -> list[Row]:
    """Rows "click/..." and "hover/..."."""
    cases = (
        ("6x6", "6x6 example", ConvolutionState()),
        ("cs231n", "CS231n volume", _cs231n()),
        ("crop", "32x32x3 crop, 8 filters 5x5", _crop()),
    )
    rows = []
    app = application()
    with main_window() as window:
        page = cast("ConvolutionPage", window.page)
        for key, title, state in cases:
            page.change(state)
            wait(app, lambda: _ready(page), "the input of the page")
            rows += _Stage(app, page, key, title, quick).rows()
    return rows


def _cs231n() -> ConvolutionState:
    """The figure of the Stanford notes."""
    weight = input_preset("cs231n").weight
    assert weight is not None
    source = SourceState(kind="preset", value="cs231n")
    state = _with_filters(ConvolutionState(source=source, channels=3, height=5, width=5), weight)
    return replace(state, stride=2, padding="custom", pad=1)


def _crop() -> ConvolutionState:
    """A piece of a real photograph."""
    weight = np.random.default_rng(6).integers(-2, 3, (8, 3, 5, 5)).astype(np.float64)
    source = SourceState(kind="sample", value="cat")
    return _with_filters(ConvolutionState(source=source, channels=3, height=32, width=32), weight)


def _with_filters(state: ConvolutionState, weight: FloatArray) -> ConvolutionState:
    weights = tuple(tuple(tuple(map(tuple, plane)) for plane in one) for one in weight.tolist())
    return replace(state, kernel="custom", size=weight.shape[2], weights=weights, biases=(0.0,) * len(weight))


def _ready(page: ConvolutionPage) -> bool:
    resolved = page.resolved
    return (
        resolved is not None
        and bool(resolved.trace.x.any())
        and resolved.pixels == (page.state.source.kind != "preset")
    )


class _PaintCount(QObject):
    """Counts the paint events of a widget; what a paint shows is on the screen when the event loop returns."""

    def __init__(self, watched: QObject) -> None:
        super().__init__()
        self.count = 0
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint:
            self.count += 1
        return False


@dataclass(slots=True)
class _Times:
    event: list[float]
    painted: list[float]


class _Stage:
    """One example on the stage."""

    def __init__(self, app: QApplication, page: ConvolutionPage, key: str, title: str, quick: bool) -> None:
        self.app, self.page, self.key, self.title = app, page, key, title
        self.canvas: Canvas = page.canvas
        self.samples = 2 if quick else 100
        self.paints = _PaintCount(self.canvas)

    def rows(self) -> list[Row]:
        spin(self.app, lambda: False, GLIDE_SECONDS)
        clicks, hovers, bare = _Times([], []), _Times([], []), _Times([], [])
        glides = []
        for index in self._walk():
            self._timed(bare, self.canvas.update)
            self._timed(clicks, lambda index=index: self._mouse(QEvent.Type.MouseButtonPress, index))  # type: ignore[misc]
            glides.append(self._glide())
            self._mouse(QEvent.Type.MouseButtonRelease, index)
            other = (index + 1) % self._steps
            self._timed(hovers, lambda other=other: self._mouse(QEvent.Type.MouseMove, other))  # type: ignore[misc]
        self.canvas.removeEventFilter(self.paints)
        repaint = {"bare_repaint_ms": statistics.median(bare.painted) * 1000}
        frames = {"frames_per_glide": statistics.median(glides)}
        return [
            self._row("click", "press to painted", clicks, repaint | frames),
            self._row("hover", "pointer to painted", hovers, repaint),
        ]

    @property
    def _steps(self) -> int:
        resolved = self.page.resolved
        return 1 if resolved is None else len(resolved.trace)

    def _walk(self) -> list[int]:
        return [index * 7 % self._steps for index in range(1, self.samples + 1)]

    def _row(self, kind: str, what: str, times: _Times, details: dict[str, float]) -> Row:
        found = spread(times.painted)
        event = {"in_event_p50_ms": statistics.median(times.event) * 1000}
        return Row(
            f"{kind}/{self.key}", f"{what}, p99, {self.title}", found["p99_ms"], "ms", "bare repaint of the stage",
            target=TARGET_MS, details=found | event | details,
        )  # fmt: skip

    def _timed(self, times: _Times, act: Callable[[], None]) -> None:
        """Act, then run the event loop until the stage is painted."""
        before, start = self.paints.count, perf_counter()
        act()
        times.event.append(perf_counter() - start)
        while self.paints.count == before:
            self.app.processEvents()
            if perf_counter() - start > 5:
                raise TimeoutError(f"{self.title}: nothing was painted")
        times.painted.append(perf_counter() - start)

    def _glide(self) -> int:
        before = self.paints.count
        spin(self.app, lambda: False, GLIDE_SECONDS)
        return self.paints.count - before

    def _mouse(self, kind: QEvent.Type, step: int) -> None:
        resolved = self.page.resolved
        if resolved is None:
            raise RuntimeError("nothing is on the stage")
        _, rows, columns = resolved.trace.shape
        filter_, place = divmod(step, rows * columns)
        plate = self.canvas.scene.plate(f"output/{filter_}")
        if plate is None:
            raise RuntimeError(f"no output {filter_} is on the stage")
        at = plate.cell_rect(*divmod(place, columns)).center()
        self._send(kind, at)

    def _send(self, kind: QEvent.Type, at: QPointF) -> None:
        button = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
        held = Qt.MouseButton.LeftButton if kind is QEvent.Type.MouseButtonPress else Qt.MouseButton.NoButton
        place = self.canvas.mapToGlobal(at)
        event = QMouseEvent(kind, at, place, button, held, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(self.canvas, event)
