"""Small paintings that show what a layer keeps: asked one after another, kept when they are done."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from engine.errors import ErrorReport
from engine.images import Frame
from engine.jobs import Priority
from engine.style.requests import Painted, PaintStyle
from engine.style.settings import StyleSettings
from gui.bridge import Bridge

KEPT: Final = 64
"""Paintings; each has a few ten thousand pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """One small painting. `about`: equal for paintings that would be the same."""

    content: Frame
    styles: tuple[Frame, ...]
    settings: StyleSettings

    @property
    def about(self) -> tuple[object, ...]:
        return id(self.content), tuple(map(id, self.styles)), self.settings


def content_study(content: Frame, styles: tuple[Frame, ...], base: StyleSettings, layer: str) -> Study:
    """Nothing but the content's cost on one layer, from noise."""
    return Study(content, styles, replace(base, alpha=1.0, beta=0.0, content_layer=layer, style_layers=()))


def style_study(
    content: Frame, styles: tuple[Frame, ...], base: StyleSettings, layers: Sequence[str]
) -> Study:
    """Nothing but the style's cost on these layers, alike, from noise: the style as a texture."""
    weights = tuple((layer, 1 / len(layers)) for layer in layers)
    return Study(content, styles, replace(base, alpha=0.0, beta=100.0, style_layers=weights))


def base_of(settings: StyleSettings, size: int, steps: int) -> StyleSettings:
    """What all studies of a net share: small, from noise, without anything that smooths."""
    usual = StyleSettings()
    return replace(
        usual, net=settings.net, pooling=settings.pooling, precision=settings.precision, variation=0.0,
        blend=settings.blend, style_scale=settings.style_scale, start="noise", seed=settings.seed, size=size,
        steps=steps, levels=1,
    )  # fmt: skip


class StudyDesk(QObject):
    """Paints what is wanted, first things first. came(Study's about): there is more of it; failed(ErrorReport)."""

    came = Signal(object)
    failed = Signal(object)

    def __init__(self, bridge: Bridge, key: str, parent: QObject) -> None:
        super().__init__(parent)
        self._channel = bridge.channel(key, Priority.LONG, self, handles_failures=True)
        self._channel.partial.connect(self._partial)
        self._channel.done.connect(self._done)
        self._channel.failed.connect(self._failed)
        self._channel.cancelled.connect(self._cancelled)
        self._wanted: list[Study] = []
        self._current: Study | None = None
        self._painted: OrderedDict[tuple[object, ...], tuple[Study, Painted]] = OrderedDict()
        self._active = False
        self.problem = ""

    def painted(self, study: Study) -> Painted | None:
        """What there is of a study."""
        found = self._painted.get(study.about)
        return None if found is None else found[1]

    def finished(self, study: Study) -> bool:
        """Whether a study was painted to its end."""
        painted = self.painted(study)
        return painted is not None and painted.outcome == "done"

    @property
    def settled(self) -> bool:
        """Whether everything wanted is painted, or cannot be."""
        return bool(self.problem) or (bool(self._wanted) and all(map(self.finished, self._wanted)))

    def want(self, studies: Sequence[Study]) -> None:
        """These are to be painted, in this order; what was begun of others is left."""
        self._wanted = list(studies)
        self.problem = ""
        current = self._current
        if current is not None and current.about not in [study.about for study in studies]:
            self._current = None
            self._channel.cancel()
        self._next()

    def set_active(self, active: bool) -> None:
        """Out of sight nothing is painted; what was begun begins anew."""
        self._active = active
        if active:
            self._next()
        else:
            self._current = None
            self._channel.cancel()

    def _next(self) -> None:
        if not self._active or self._current is not None or self.problem:
            return
        self._current = next((study for study in self._wanted if not self.finished(study)), None)
        if self._current is not None:
            self._channel.ask(PaintStyle(self._current.content, self._current.styles, self._current.settings))

    @Slot(object)
    def _partial(self, painted: Painted) -> None:
        study = self._current
        if study is None:
            return
        self._painted[study.about] = study, painted
        self._painted.move_to_end(study.about)
        while len(self._painted) > KEPT:
            self._painted.popitem(last=False)
        self.came.emit(study.about)

    @Slot(object)
    def _done(self, painted: Painted) -> None:
        self._partial(painted)
        self._current = None
        self._next()

    @Slot(object)
    def _failed(self, report: ErrorReport) -> None:
        self._current = None
        self.problem = f"{report.sentence} {report.hint}".strip()
        self.failed.emit(report)

    @Slot()
    def _cancelled(self) -> None:
        """By the status bar: nothing more is painted until something else is wanted."""
        if self._current is not None:
            self._current = None
            self.problem = "Cancelled. Choose another layer to go on."
            self.failed.emit(ErrorReport(self.problem))
