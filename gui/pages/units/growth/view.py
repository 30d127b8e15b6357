"""The view "Growth": the digits net at saved epochs of its training, on the stepper."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any, Final

import numpy as np
from PySide6.QtCore import QSizeF, Signal, Slot
from PySide6.QtGui import QImage, QPainter, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.errors import ErrorReport, UserError
from engine.inside.growth.requests import GrowFeatures, Growth
from engine.jobs import Priority
from gui.bridge import Bridge
from gui.film import FilmSource
from gui.latest import CANCELLED
from gui.pages.base import Verb
from gui.pages.units.growth.scene import PATCH, growth_scene
from gui.pages.units.growth.settings import LAYERS, GrowthSettings
from gui.pages.units.saving import Arrays, numbers_verb
from gui.pages.units.view import Subject, UnitView
from gui.question import Question
from gui.theme import space, theme
from gui.widgets.canvas import Canvas, empty_scene
from gui.widgets.facts import Fact
from gui.widgets.fields import Choice, IntStepper
from gui.widgets.plate import number_text
from gui.widgets.plot.line_plot import Axis, LinePlot, Series
from gui.widgets.wrapped import Wrapped

ABOUT: Final = (
    "LeNet-5, trained by this project, at ten epochs of its training. The net and the picture that are chosen above "
    "have no part in this view."
)
WAITING: Final = "The saved epochs are being looked at."
NOTHING: Final = "Nothing yet"
AGAIN: Final = "The saved epochs are looked at with the next change."
PLOT_HEIGHT: Final = 168
PLOT_FROM: Final = 600
"""Heights from which there is room for the curve."""
FILM_SIZE: Final = QSizeF(1280, 760)
FILM_FPS, HOLD_S = 1.0, 1.5


class GrowthControls(QWidget):
    """changed(GrowthSettings, str): what a person set, and the gesture that it belongs to."""

    changed = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = GrowthSettings()
        self.about = Wrapped()
        self.about.say(ABOUT)
        self.layer = Choice("Layer", [(name, name) for name in LAYERS])
        self.channel = IntStepper("Channel", low=0, high=15, tooltip="Whose strongest patches are shown")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        for widget in (self.about, self.layer, self.channel):
            column.addWidget(widget)
        self.layer.changed.connect(self._layer_picked)
        self.channel.committed.connect(self._channel_picked)

    def show_settings(self, settings: GrowthSettings) -> None:
        """Show what is set."""
        self._settings = settings
        self.layer.set_value(settings.layer)
        self.channel.set_limits(0, LAYERS[settings.layer] - 1)
        self.channel.set_unit(f"of {LAYERS[settings.layer]}")
        self.channel.set_value(settings.channel)

    @Slot(str)
    def _layer_picked(self, layer: str) -> None:
        channel = min(self._settings.channel, LAYERS[layer] - 1)
        self.changed.emit(replace(self._settings, layer=layer, channel=channel), "")

    @Slot(object)
    def _channel_picked(self, channel: int) -> None:
        self.changed.emit(replace(self._settings, channel=int(channel)), "growth channel")


class GrowthView(UnitView):
    """How filters and features come about (Zeiler & Fergus 2013, section 4: feature evolution during training)."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = GrowthSettings()
        self._growth: Growth | None = None
        self._active = False
        channel = bridge.channel("units.growth", Priority.LONG, self, handles_failures=True)
        self._question = Question(channel, self)
        self._controls = GrowthControls()
        self.canvas = Canvas()
        self.canvas.setAccessibleName("Filters and patches at one epoch")
        self.plot = LinePlot("Validation digits named rightly, over the epochs")
        self.plot.setFixedHeight(PLOT_HEIGHT)
        self.plot.set_empty_text(WAITING)
        self.problem = Wrapped("warn")
        self.problem.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, space.s)
        column.setSpacing(0)
        column.addWidget(self.problem)
        column.addWidget(self.canvas, 1)
        column.addWidget(self.plot)
        self.setFocusProxy(self.canvas)
        self._controls.changed.connect(self.changed)
        self._question.outdated.connect(self._outdated)
        self._question.answered.connect(self._came)
        self._question.refused.connect(self._refused)
        channel.cancelled.connect(self._cancelled)
        self.canvas.cellHovered.connect(self._hovered)
        self.canvas.hoverLeft.connect(self._left)

    # --- what a view gives ----------------------------------------------------------------------------------

    def controls(self) -> QWidget:
        return self._controls

    def show_subject(self, subject: Subject, settings: Any) -> None:
        self._settings = settings
        self._controls.show_settings(settings)
        self._show()
        self._ask()

    def set_active(self, active: bool) -> None:
        self._active = active
        if active:
            self._ask()
        elif not self._fresh:
            self._question.drop()

    def facts(self) -> list[Fact]:
        growth = self._growth
        if growth is None:
            return []
        epoch = self._epoch(growth)
        first, now = growth.filters[0], growth.filters[epoch]
        return [
            ("epoch", f"{growth.epochs[epoch]} of {growth.epochs[-1]}", "0 is the net before its training."),
            ("named rightly", f"{growth.accuracy[epoch] * 100:.1f} %", "Of 404 validation digits of MNIST."),
            (
                "filters moved by",
                number_text(float(np.abs(now - first).mean()), 4),
                "Mean size of the change since 0.",
            ),
            (
                "strongest answer",
                number_text(float(growth.activations[epoch, 0]), 3),
                "Of the channel to any digit.",
            ),
        ]

    def steps(self) -> tuple[int, int, str] | None:
        if self._growth is None:
            return None
        return len(self._growth.epochs), self._epoch(self._growth), "saved epoch"

    def go_to(self, step: int) -> None:
        if self._growth is not None and step != self._epoch(self._growth):
            self.looked.emit(replace(self._settings, epoch=step))

    def verbs(self) -> list[Verb]:
        return [numbers_verb(self, "Save filters and activations (CSV)…", "convscope-growth", self.arrays)]

    def arrays(self) -> Arrays:
        """The numbers on show, of all epochs. Raises UserError while there are none."""
        growth = self._growth
        if growth is None:
            raise UserError("The saved epochs are not there yet.", WAITING)
        return [
            ("epochs", np.array(growth.epochs)), ("accuracy", np.array(growth.accuracy)),
            ("filters", growth.filters), ("activations", growth.activations), ("digits", growth.pictures),
        ]  # fmt: skip

    def film(self) -> FilmSource | None:
        growth = self._growth
        if growth is None:
            return None
        return FilmSource(partial(_frame, growth), range(len(growth.epochs)), FILM_FPS, HOLD_S)

    @property
    def settled(self) -> bool:
        return self._fresh or self._question.settled

    # --- asking ---------------------------------------------------------------------------------------------

    @property
    def _request(self) -> GrowFeatures:
        return GrowFeatures(self._settings.layer, self._settings.channel)

    @property
    def _fresh(self) -> bool:
        return self._growth is not None and self._growth.request == self._request

    def _epoch(self, growth: Growth) -> int:
        return min(self._settings.epoch, len(growth.epochs) - 1)

    def _ask(self) -> None:
        if self._active and not self._fresh:
            request = self._request
            self._question.want(request, lambda: request)

    @Slot()
    def _outdated(self) -> None:
        self.problem.hide()
        self.plot.set_empty_text(WAITING)
        self.canvas.set_stale(self._growth is not None)

    @Slot(object)
    def _came(self, growth: Growth) -> None:
        self._growth = growth
        self.problem.hide()
        self.canvas.set_stale(False)
        self._show()
        self.settledChanged.emit()

    @Slot(object)
    def _refused(self, report: ErrorReport) -> None:
        self.problem.say(f"{report.sentence} {report.hint}".strip())
        self.problem.show()
        self.plot.set_empty_text(NOTHING)
        self.canvas.set_stale(self._growth is not None and not self._fresh)
        self.settledChanged.emit()

    @Slot()
    def _cancelled(self) -> None:
        """A person took the question back; one that another takes the place of is not settled."""
        if self._question.settled:
            self._question.drop()  # the next change asks again
            self._refused(ErrorReport(CANCELLED.sentence, AGAIN))

    # --- what is shown --------------------------------------------------------------------------------------

    def _show(self) -> None:
        growth = self._growth
        if growth is None:
            self.canvas.set_builder(empty_scene)
            return
        epoch = self._epoch(growth)
        self.canvas.set_builder(partial(growth_scene, growth, epoch))
        shares = np.array(growth.accuracy) * 100
        places = np.array(growth.epochs, np.float64)
        here = slice(epoch, epoch + 1)
        self.plot.show_series(
            [
                Series("all epochs", shares, places, role="muted"),
                Series("this epoch", shares[here], places[here], marker="square"),
            ],
            Axis("epoch", integer=True), Axis("named rightly", unit="%", low=0.0, high=100.0),
        )  # fmt: skip
        self.stepsChanged.emit()
        self.factsChanged.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.plot.setVisible(self.height() >= PLOT_FROM)

    @Slot(str, int, int)
    def _hovered(self, plate: str, row: int, column: int) -> None:
        growth, shown = self._growth, self.canvas.scene.plate(plate)
        if growth is None or shown is None:
            return
        epoch = self._epoch(growth)
        if plate.startswith(PATCH):
            place = int(plate.removeprefix(PATCH))
            facts: list[Fact] = [
                (
                    "digit",
                    str(int(growth.pictures[epoch, place])),
                    "Its number in scikit-learn's set, from 0.",
                ),
                (
                    "activation",
                    number_text(float(growth.activations[epoch, place]), 4),
                    "Of the unit that reads this.",
                ),
                (
                    "grey level",
                    f"{shown.values[row, column]:.0f}",
                    f"At row {row}, column {column} of the patch.",
                ),
            ]
        else:
            facts = [
                (shown.title, f"row {row}, column {column}", "Counted from 0."),
                ("weight", number_text(float(shown.values[row, column]), 5), "As stored, in 16 bits."),
            ]
        self.pointed.emit(facts)

    @Slot()
    def _left(self) -> None:
        self.pointed.emit([])


def _frame(growth: Growth, epoch: int) -> QImage:
    image = QImage(FILM_SIZE.toSize(), QImage.Format.Format_RGB32)
    image.fill(theme.colors.window)
    painter = QPainter(image)
    try:
        Canvas().paint_scene(painter, growth_scene(growth, epoch, FILM_SIZE), FILM_SIZE)
    finally:
        painter.end()
    return image
