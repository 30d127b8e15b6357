"""Gradient norms per layer, plain net beside residual net, measured live: question, plot, progress, words."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QSizeF, Qt, Signal, Slot
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from engine.jobs import EngineState, ErrorReport, Priority, Progress
from engine.networks.requests import GradientNorms, MeasureGradients
from gui.bridge import Bridge
from gui.pages.architectures.skips.skip_reasons import reason
from gui.pages.architectures.skips.skip_state import SkipState
from gui.question import Question
from gui.theme import space, theme
from gui.widgets.plot.line_plot import Axis, LinePlot, Reading, Series
from gui.widgets.plot.scale import value_text

QUIET_MS: Final = 200
KEY: Final = "architectures.gradients"
LOADING: Final = "PyTorch is still loading; the measurement begins as soon as it is there."
NO_TORCH: Final = "PyTorch could not be loaded; without it nothing can be measured here."
PROGRESS_PARTS: Final = 1000
CANCELLED: Final = "The measurement was cancelled."
PLAIN, RESIDUAL = "plain net", "residual net"


def request_of(state: SkipState) -> MeasureGradients:
    """What the state asks the engine."""
    return MeasureGradients(
        depth=state.depth, batch_norm=state.batch_norm, init=state.init, seed=state.net_seed
    )


class SkipGradients(QWidget):
    """The plot with what is said about it. read(rows): facts about the layer under the pointer, [] for none."""

    read = Signal(list)

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._state: SkipState | None = None
        self._norms: GradientNorms | None = None
        self._active = False
        self._channel = bridge.channel(KEY, Priority.LONG, self, handles_failures=True)
        self._question = Question(self._channel, self, QUIET_MS)
        self._question.set_ready(self._torch_ready)
        self.plot = LinePlot("Gradient norms of a plain and a residual net")
        self.words, self.progress_words = QLabel(), QLabel()
        self.progress, self.cancel, self.again = (
            QProgressBar(),
            QPushButton("Cancel"),
            QPushButton("Measure again"),
        )
        self._build()
        self._connect()

    def _build(self) -> None:
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.progress_words.setProperty("role", "muted")
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(space.s)
        self.progress.setAccessibleName("Progress of the measurement")
        row = QHBoxLayout()
        row.setSpacing(space.m)
        row.addWidget(self.progress_words)
        row.addWidget(self.progress, 1)
        row.addWidget(self.cancel)
        row.addWidget(self.again)
        column = QVBoxLayout(self)
        column.setContentsMargins(space.l, space.s, space.l, space.m)
        column.setSpacing(space.s)
        column.addWidget(self.plot, 1)
        column.addLayout(row)
        column.addWidget(self.words)
        self.plot.set_empty_text(LOADING)
        self.again.hide()
        self._busy(False)

    def _connect(self) -> None:
        self._question.outdated.connect(self._outdated)
        self._question.asked.connect(self._asked)
        self._question.answered.connect(self._answered)
        self._question.refused.connect(self._refused)
        self._channel.progress.connect(self._progressed)
        self._channel.cancelled.connect(self._cancelled)
        self._channel.done.connect(self._ended)
        self._channel.failed.connect(self._ended)
        self._bridge.stateChanged.connect(self._engine_changed)
        self.cancel.clicked.connect(self._channel.cancel)
        self.again.clicked.connect(self._ask_again)
        self.plot.read.connect(self._plot_read)
        theme.changed.connect(self._retint)

    # --- what is shown --------------------------------------------------------------------------------------

    @property
    def norms(self) -> GradientNorms | None:
        """What was measured last, for the state on show or, tinted, for one before it."""
        return self._norms

    @property
    def settled(self) -> bool:
        """Whether the plot belongs to the state on show, or it is known why there is none."""
        return self._question.settled or self._bridge.state.state == "no torch"

    def show_state(self, state: SkipState) -> None:
        """Show the measurement of a state; what memory holds at once."""
        before, self._state = self._state, state
        if before is not None and before.quantity != state.quantity:
            self._plot()
        self._want()

    def set_active(self, active: bool) -> None:
        """Measure only while in view."""
        self._active = active
        if active:
            self._want()
        else:
            self._question.drop()
            self._busy(False)

    @property
    def sentence(self) -> str:
        """What the plot says, in words."""
        return self.words.text()

    def preferred_size(self) -> QSizeF:
        return self.plot.preferred_size()

    def paint(self, painter: QPainter, size: QSizeF) -> None:
        """Draw the plot."""
        self.plot.paint(painter, size)

    def _want(self) -> None:
        if self._state is None or not self._active:
            return
        request = request_of(self._state)
        self._question.want(request, lambda: request)

    def _torch_ready(self) -> bool:
        state = self._bridge.state
        return state.state == "idle" or (state.state == "busy" and state.device is not None)

    # --- answers --------------------------------------------------------------------------------------------

    @Slot()
    def _outdated(self) -> None:
        self.plot.set_stale(self._norms is not None)
        self.again.hide()
        if not self._torch_ready():
            self._say(NO_TORCH if self._bridge.state.state == "no torch" else LOADING)

    @Slot()
    def _asked(self) -> None:
        self._busy(True)
        self._say("Measuring…")

    @Slot(object)
    def _answered(self, norms: GradientNorms) -> None:
        self._norms = norms
        self.plot.set_stale(False)
        self._plot()

    @Slot(object)
    def _refused(self, report: ErrorReport) -> None:
        self._say(f"{report.sentence} {report.hint}".strip() + self._old())
        self.again.show()

    @Slot()
    def _ended(self) -> None:
        self._busy(False)

    @Slot()
    def _cancelled(self) -> None:
        self._busy(False)
        if self._question.settled and self._active:
            self._say(f"{CANCELLED}{self._old()}")
            self.again.show()

    @Slot(object)
    def _progressed(self, progress: Progress) -> None:
        self.progress.setRange(0, PROGRESS_PARTS)
        self.progress.setValue(round(PROGRESS_PARTS * progress.done / max(progress.total, 1e-9)))
        left = f", about {progress.seconds_left:.0f} s left" if (progress.seconds_left or 0) >= 1 else ""
        self.progress_words.setText(f"{progress.message or 'Measuring'}{left}")

    @Slot(object)
    def _engine_changed(self, state: EngineState) -> None:
        if state.state == "no torch":
            self._say(NO_TORCH)
        self._question.ask_now()

    @Slot()
    def _ask_again(self) -> None:
        self.again.hide()
        self._question.drop()
        self._want()

    def _busy(self, busy: bool) -> None:
        for widget in (self.progress, self.progress_words, self.cancel):
            widget.setVisible(busy)
        if busy:
            self.again.hide()
            self.progress.setRange(0, 0)
            self.progress_words.setText("Measuring")

    def _old(self) -> str:
        """What is on show although the newest measurement came to nothing."""
        if self._norms is None or self._state is None:
            return ""
        if self._norms.request == request_of(self._state):
            return " The plot shows what was measured until then."
        return " The plot is that of the settings before."

    def _say(self, text: str) -> None:
        if self._norms is None:
            self.plot.set_empty_text(text)
        self.words.setText(text)

    # --- plot -----------------------------------------------------------------------------------------------

    def _plot(self) -> None:
        if self._norms is None or self._state is None:
            return
        series, y, title = plotted(self._norms, self._state.quantity)
        axis = Axis(
            "convolution, from the input on", integer=True, each="convolution", labels=self._norms.layers
        )
        self.plot.show_series(series, axis, y, title)
        self.words.setText(plot_sentence(self._norms, self._state.quantity))

    @Slot(object)
    def _plot_read(self, reading: Reading | None) -> None:
        if reading is None or self._norms is None:
            self.read.emit([])
            return
        rows = [
            ("convolution", f"{reading.x:.0f} of {len(self._norms.layers)}", ""),
            ("name", reading.label, ""),
        ]
        rows += [(name, value_text(value), "") for name, value in reading.values]
        self.read.emit(rows)

    @Slot()
    def _retint(self) -> None:
        self.plot.update()


def plotted(norms: GradientNorms, quantity: str) -> tuple[list[Series], Axis, str]:
    """The lines, their axis and the title for a quantity."""
    if quantity == "gradient":
        lines, axis = (
            (norms.plain, norms.residual),
            Axis("norm of the gradient of the loss with respect to the weights", log=True),
        )
        what = "Gradient norm of every layer"
    else:
        lines, axis = (
            (norms.signal_plain, norms.signal_residual),
            Axis("standard deviation of the activations", log=True),
        )
        what = "Signal behind every layer"
    looks = ((PLAIN, "warn", "square"), (RESIDUAL, "accent", "circle"))
    series = [
        Series(name, values, role=role, marker=marker)  # type: ignore[arg-type]
        for values, (name, role, marker) in zip(lines, looks, strict=True)
        if len(values)
    ]
    return series, axis, f"{what}, {norms.request.depth} layers, at initialisation"


def plot_sentence(norms: GradientNorms, quantity: str) -> str:
    """What arrives at one end of what the other one gets, why, and whose loss is which."""
    if not len(norms.residual):
        return "The plain net is measured; the residual net follows."
    pairs = (
        (norms.plain, norms.residual)
        if quantity == "gradient"
        else (norms.signal_plain, norms.signal_residual)
    )
    ratios = [_ratio(values, first_to_last=quantity == "gradient") for values in pairs]
    if quantity == "gradient":
        text = (
            "The first layer's gradient is {} that of the last one in the plain net, {} in the residual net."
        )
    else:
        text = "The last layer's signal is {} that of the first one in the plain net, {} in the residual net."
    plain, residual = value_text(norms.loss_plain), value_text(norms.loss_residual)
    losses = f"Loss: {plain} in the plain net, {residual} in the residual net."
    count = len(norms.layers)
    layers = f"{count + 1} layers: the {count} convolutions of the plot and one fully connected layer."
    took = f"Measured in {norms.seconds:.1f} s on {norms.request.pictures} small pictures with random labels."
    why = reason(norms.request, quantity)
    return f"{text.format(*ratios)} {why} {losses} {layers} {took}"


def _ratio(values: object, *, first_to_last: bool) -> str:
    array = np.asarray(values, np.float64)
    first, last = float(array[0]), float(array[-1])
    if not first_to_last:
        first, last = last, first
    if not (np.isfinite(first) and np.isfinite(last)) or last == 0:
        return "not comparable to"
    return f"{value_text(first / last)} times"
