"""Windows and pages for tests: the real ones, over an engine that the test chooses.

Import the fixtures where they are used; pytest finds them by name.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, QSizeF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QMouseEvent, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from engine.errors import ErrorReport
from engine.foundations import presets
from engine.foundations.requests import CheckConvolution, CheckResult
from engine.handlers import HANDLERS, Handler
from engine.jobs import Cancelled, Done, EngineState, Failed, Priority, StateName
from engine.runner import Emit, InlineEngine
from gui.bridge import Bridge
from gui.main_window import MainWindow
from gui.pages.base import Services
from gui.pages.convolution.changes import refusal, set_value, with_edit, with_preset, with_weight
from gui.pages.convolution.state import (
    MAX_CHANNELS,
    MAX_DILATION,
    MAX_FILTERS,
    MAX_KERNEL,
    MAX_STRIDE,
    ConvolutionState,
)
from gui.settings import Settings
from gui.theme import Scheme, theme
from gui.widgets.canvas import Canvas
from gui.widgets.plate import Plate
from gui.widgets.scene import ColorBar, Scene, Words

if TYPE_CHECKING:
    from gui.pages.convolution.page import ConvolutionPage

WAIT = 10_000
STAND_IN = "a stand-in for torch"
WITHOUT_TORCH = {
    **HANDLERS,
    "engine.foundations.requests.CheckConvolution": Handler(f"{__name__}:agree", needs_torch=False),
}
NoModifier = Qt.KeyboardModifier.NoModifier


def wait_beside(seconds: float = 0.01) -> None:
    """Let Qt do what is due, and other threads run: QTest.qWait holds Python's lock, and an import beside it crawls."""
    QApplication.processEvents()
    time.sleep(seconds)


def agree(request: CheckConvolution, _context: object) -> CheckResult:
    """Answers the check without torch: two arrays that are the same array."""
    return CheckResult(0.0, 1e-5, bool(np.isfinite(request.output).all()), STAND_IN)


class HeldEngine:
    """An engine that answers when the test says so."""

    def __init__(self, emit: Emit) -> None:
        self.emit = emit
        self.state = EngineState("idle")
        self.asked: dict[int, tuple[object, str | None]] = {}
        self.cancelled: list[int] = []
        self.loads = 0
        self.closed = False

    def start(self) -> None:
        self.emit(self.state)

    def begin_loading(self) -> None:
        self.loads += 1

    def publish(self, name: StateName, message: str = "") -> None:
        """Say what the engine does."""
        self.state = EngineState(name, message)
        self.emit(self.state)

    def submit(
        self, request: object, *, key: str | None = None, priority: Priority = Priority.INTERACTIVE
    ) -> int:
        number = len(self.asked) + 1
        self.asked[number] = (request, key)
        return number

    def cancel(self, job_id: int) -> None:
        self.cancelled.append(job_id)
        self.emit(Cancelled(job_id))

    def close(self, timeout: float = 5) -> bool:
        self.closed = True
        return True

    def jobs(self, kind: type) -> list[int]:
        """The ids of all requests of a kind, oldest first."""
        return [number for number, (request, _) in self.asked.items() if isinstance(request, kind)]

    def answer(self, job_id: int, value: object) -> None:
        self.emit(Done(job_id, value, 0.001))

    def fail(self, job_id: int, report: ErrorReport) -> None:
        self.emit(Failed(job_id, report))


def inline(emit: Emit) -> InlineEngine:
    """The engine's answers without a thread and without torch."""
    return InlineEngine(emit, load_torch=False, handlers=WITHOUT_TORCH)


MakeEngine = Callable[[Emit], Any]
OpenWindow = Callable[..., MainWindow]


@pytest.fixture
def calm() -> Iterator[None]:
    """The light theme, and no motion: what is asked for is there at once."""
    theme.set_reduced_motion(True)
    if theme.scheme is not Scheme.LIGHT:
        theme.apply(Scheme.LIGHT)
    yield
    theme.set_reduced_motion(None)
    if theme.dark:
        theme.apply(Scheme.LIGHT)


@pytest.fixture
def open_window(qtbot: QtBot, calm: None, tmp_path: Path) -> Iterator[OpenWindow]:
    """Opens real main windows: open_window(make_engine=inline, size=(1440, 900), page=None, settings=None)."""
    opened: list[MainWindow] = []

    def opener(
        make_engine: MakeEngine = inline,
        size: tuple[int, int] = (1440, 900),
        page: str | None = None,
        settings: Settings | None = None,
    ) -> MainWindow:
        bridge = Bridge(make_engine)
        window = MainWindow(
            Services(bridge, settings or Settings(tmp_path / "settings.ini")), "0.0.test", page
        )
        opened.append(window)
        qtbot.addWidget(window)
        window.resize(*size)
        with qtbot.waitExposed(window):
            window.show()
        return window

    yield opener
    for window in opened:
        window.shut_down()
    QGuiApplication.clipboard().clear()  # what Python put there must not outlive Python


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    """A main window over an engine without a thread and without torch."""
    return open_window()


@pytest.fixture
def page(window: MainWindow) -> ConvolutionPage:
    """The convolution page in a window of 1440 x 900."""
    return convolution(window)


def convolution(window: MainWindow) -> ConvolutionPage:
    """The convolution page of a window, in view."""
    window.show_page("convolution")
    return cast("ConvolutionPage", window.page)


def held(window: MainWindow) -> HeldEngine:
    """The held engine under a window."""
    return cast(HeldEngine, window.services.bridge.engine)


# --- pointing at cells ------------------------------------------------------------------------------------


def plate_of(canvas: Canvas, key: str) -> Plate:
    """A plate that has to be there."""
    plate = canvas.scene.plate(key)
    assert plate is not None, f"no plate {key} among {[p.key for p in canvas.scene.plates]}"
    return plate


def on_cell(canvas: Canvas, key: str, row: int, column: int) -> QPoint:
    """The middle of a cell as the canvas shows it unzoomed."""
    return plate_of(canvas, key).cell_rect(row, column).center().toPoint()


def move_to(widget: QWidget, at: QPoint, buttons: Qt.MouseButton = Qt.MouseButton.NoButton) -> None:
    """Move the pointer: this event and no other (QTest.mouseMove moves the cursor, which sends some of its own)."""
    there = QPointF(widget.mapToGlobal(at))
    event = QMouseEvent(
        QEvent.Type.MouseMove, QPointF(at), there, Qt.MouseButton.NoButton, buttons, NoModifier
    )
    QApplication.sendEvent(widget, event)


def hover(canvas: Canvas, key: str, row: int, column: int) -> None:
    """Move the pointer onto a cell."""
    move_to(canvas, on_cell(canvas, key, row, column))


def hover_nothing(canvas: Canvas) -> None:
    """Move the pointer to a place of the canvas without a cell."""
    assert canvas.scene.hit(QPointF(1, 1)) is None
    move_to(canvas, QPoint(1, 1))


def click(canvas: Canvas, key: str, row: int, column: int) -> None:
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, NoModifier, on_cell(canvas, key, row, column))


def double_click(canvas: Canvas, key: str, row: int, column: int) -> None:
    """Press, release, double click: what a hand does."""
    point = on_cell(canvas, key, row, column)
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, NoModifier, point)
    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, NoModifier, point)


def editor_of(canvas: Canvas) -> Any:
    from gui.widgets.cell_editor import CellEditor

    return canvas.findChild(CellEditor)


def type_into_cell(
    canvas: Canvas, key: str, row: int, column: int, text: str, end: Qt.Key = Qt.Key.Key_Return
) -> None:
    """Double-click a cell, type over its number and end with a key."""
    double_click(canvas, key, row, column)
    editor = editor_of(canvas)
    assert editor.isVisible(), f"no editor opened on {key} {row} {column}"
    editor.selectAll()
    QTest.keyClicks(editor, text)
    QTest.keyClick(editor, end)


# --- reading what is shown ----------------------------------------------------------------------------------


def words(scene: Scene) -> list[str]:
    """All lines of text on a stage, those of colour bars included."""
    found = [item.text for item in (*scene.below, *scene.above) if isinstance(item, Words)]
    for item in (*scene.below, *scene.above):
        if isinstance(item, ColorBar):
            found += [item.low, item.high, item.label]
    return found


def pixels_of(image: QImage) -> npt.NDArray[np.uint8]:
    """uint8[H, W, 3] RGB of an image."""
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, : plain.width() * 3].reshape(plain.height(), plain.width(), 3).copy()


def shot(widget: QWidget) -> npt.NDArray[np.uint8]:
    """The pixels of a widget as it is painted."""
    return pixels_of(widget.grab().toImage())


def painted(canvas: Canvas, size: QSizeF) -> npt.NDArray[np.uint8]:
    """The pixels of an export of a canvas."""
    image = QImage(int(size.width()), int(size.height()), QImage.Format.Format_RGB32)
    image.fill(QColor("magenta"))
    painter = QPainter(image)
    canvas.paint(painter, size)
    painter.end()
    return pixels_of(image)


def rgb(color: QColor) -> tuple[int, int, int]:
    return color.red(), color.green(), color.blue()


def near(
    pixels: npt.NDArray[np.uint8], color: QColor | tuple[int, ...], tolerance: int = 40
) -> npt.NDArray[np.bool_]:
    """Which pixels have about a colour."""
    wanted = rgb(color) if isinstance(color, QColor) else color[:3]
    return np.asarray((np.abs(pixels.astype(int) - np.array(wanted)) <= tolerance).all(-1))


# --- states of the convolution page ---------------------------------------------------------------------

KERNEL_NAMES = [preset.name for preset in presets.KERNELS]
INPUT_NAMES = [preset.name for preset in presets.INPUTS]
BOUNDS = {
    "height": (1, 24), "width": (1, 24), "channels": (1, MAX_CHANNELS), "size": (1, MAX_KERNEL),
    "filters": (1, MAX_FILTERS), "stride": (1, MAX_STRIDE), "pad": (0, MAX_KERNEL),
    "dilation": (1, MAX_DILATION), "groups": (1, MAX_CHANNELS),
}  # fmt: skip
CHOICES: dict[str, list[Any]] = {
    "padding": ["valid", "same", "same_tf", "custom"],
    "padding_mode": ["zeros", "reflect", "replicate", "circular"],
    "kernel": KERNEL_NAMES,
    "flip": [False, True], "relu": [False, True], "transposed": [False, True],
}  # fmt: skip


@st.composite
def moves(draw: st.DrawFn) -> tuple[str, Any]:
    """One control of the page and a value within its own bounds."""
    name = draw(st.sampled_from([*BOUNDS, *CHOICES]))
    return name, draw(st.sampled_from(CHOICES[name]) if name in CHOICES else st.integers(*BOUNDS[name]))


@st.composite
def states(draw: st.DrawFn) -> ConvolutionState:
    """Legal states as a person reaches them: from an example, control after control, refusals skipped."""
    state = with_preset(ConvolutionState(), draw(st.sampled_from(INPUT_NAMES)))
    for name, value in draw(st.lists(moves(), max_size=8)):
        if refusal(state, name, value) is None:
            state = set_value(state, name, value)
    if draw(st.booleans()):
        channel, row, column = (draw(st.integers(0, n - 1)) for n in state.input_shape)
        state = with_edit(state, channel, row, column, draw(st.floats(-1e6, 1e6)))
    if draw(st.booleans()):
        place = [draw(st.integers(0, n - 1)) for n in state.weight_shape]
        state = with_weight(state, place[0], place[1], place[2], place[3], draw(st.floats(-1e6, 1e6)))
    return state
