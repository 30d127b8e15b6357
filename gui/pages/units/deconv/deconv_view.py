"""The deconvnet view: what came down by three rules, side by side, and one of the ways down step by step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.errors import ErrorReport
from engine.images import Frame
from engine.inside.descent.requests import RULES, CheckDescent, Descend, Descents, Rule
from engine.jobs import Priority
from gui.bridge import Bridge
from gui.checking import LIVE, Checking
from gui.film import FilmSource
from gui.latest import Latest
from gui.pages.base import Verb
from gui.pages.units.deconv import exports, words
from gui.pages.units.deconv.controls import DeconvControls
from gui.pages.units.deconv.pictures import as_rgb, coloured, cropped
from gui.pages.units.deconv.profile import LEAST as PROFILE_LEAST
from gui.pages.units.deconv.profile import SignalProfile
from gui.pages.units.deconv.settings import DeconvSettings
from gui.pages.units.deconv.strip import LEAST_HEIGHT, DescentStrip
from gui.pages.units.deconv.tile import Tile
from gui.pages.units.view import Subject, UnitView
from gui.theme import space, theme
from gui.widgets.badge import Badge
from gui.widgets.facts import Fact
from gui.widgets.plain_text import literal
from gui.widgets.wrapped import Wrapped

WAITING: Final = "The signal is on its way down."
NO_PICTURE: Final = "Pick a picture: the unit has to answer to something."
NO_CHECK: Final = "There are no pictures to check."
NOT_DEFINED: Final = "No rule leads down from here"


@dataclass(frozen=True, slots=True)
class _Asked:
    """What an answer belongs to; a frame compares by identity."""

    net: str
    layer: str
    channel: int
    position: tuple[int, int] | None
    frame: Frame
    rule: Rule


class DeconvView(UnitView):
    """Owns its pictures, its controls and its questions."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._subject: Subject | None = None
        self._settings = DeconvSettings()
        self._active = False
        self._found: Descents | None = None
        self._failure = ""
        channel = bridge.channel("units.deconv", Priority.INTERACTIVE, self, handles_failures=True)
        self._question = Latest(channel, self)
        self._checking = Checking(bridge, "units.deconv.check", self)
        self._controls = DeconvControls()
        self._controls.setParent(self)
        self._controls.hide()
        self._badge = Badge(self)
        self._badge.show_waiting(NO_CHECK)
        self._badge.hide()
        self.seen = Tile("Input", "", choosable=False)
        self.tiles = {rule: Tile(words.TITLES[rule], words.AT_RELU[rule]) for rule in RULES}
        self.differs, self.profile, self.strip = Wrapped(), SignalProfile(), DescentStrip()
        self._build()
        self._connect()

    def _build(self) -> None:
        self._row = QWidget()
        row = QHBoxLayout(self._row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(space.s)
        for tile in (self.seen, *self.tiles.values()):
            row.addWidget(tile, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(space.l, 0, space.l, space.m)
        column.setSpacing(space.s)
        column.addWidget(self._row, 5)
        column.addWidget(self.differs)
        column.addWidget(self.profile)
        column.addWidget(self.strip, 6)

    def _connect(self) -> None:
        self._question.outdated.connect(self._outdated)
        self._question.answered.connect(self._came)
        self._question.refused.connect(self._refused)
        self._checking.tell(self._badge)
        for checked in (self._checking.checked, self._checking.unchecked, self._checking.failed):
            checked.connect(self.settledChanged)
        self._controls.ruleSet.connect(self._rule_set)
        self._controls.zoomSet.connect(self._zoom_set)
        self._controls.showSet.connect(self._show_set)
        for rule, tile in self.tiles.items():
            tile.chosen.connect(lambda rule=rule: self._rule_set(rule))
        for tile in (self.seen, *self.tiles.values()):
            tile.hovered.connect(self._hovered)
            tile.left.connect(self._left)
        self.strip.pointed.connect(self.pointed)
        self.profile.pointed.connect(self.pointed)
        self.profile.stepPicked.connect(self.go_to)
        self.strip.unitPicked.connect(self.unitPicked)
        theme.changed.connect(self._paint)

    # --- the contract ---------------------------------------------------------------------------------------

    @property
    def found(self) -> Descents | None:
        """The answer on show."""
        return self._found

    @property
    def settings(self) -> DeconvSettings:
        return self._settings

    def controls(self) -> QWidget | None:
        return self._controls

    def show_subject(self, subject: Subject, settings: Any) -> None:
        redraw = settings != self._settings
        self._subject, self._settings = subject, settings
        self._controls.show_settings(settings)
        self.differs.say(words.DIFFERS[settings.rule])
        for rule, tile in self.tiles.items():
            tile.set_chosen(rule == settings.rule)
        self._ask()
        if redraw:
            self._paint()

    def set_active(self, active: bool) -> None:
        if active == self._active:
            return
        self._active = active
        if active:
            self._ask()
        else:
            self._question.drop()
            self._checking.drop()

    def aside(self) -> QWidget | None:
        return self._badge

    def facts(self) -> list[Fact]:
        return [] if self._found is None else words.facts(self._found)

    def steps(self) -> tuple[int, int, str] | None:
        count = 0 if self._found is None else len(self._found.steps)
        return (count, min(self._settings.step, count - 1), "step") if count else None

    @Slot(int)
    def go_to(self, step: int) -> None:
        self.looked.emit(replace(self._settings, step=step))

    def verbs(self) -> list[Verb]:
        return exports.verbs(self)

    def film(self) -> FilmSource | None:
        return exports.film(self)

    @property
    def settled(self) -> bool:
        return self._question.settled and (
            self._live or self._found is None or not self._found.pictures or self._checking.settled
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Pictures and maps no higher than they need; the profile takes the rest, and gives way to no tall picture."""
        width = self.width() - 2 * space.l
        tiles = (self.seen, *self.tiles.values())
        each = (width - space.s * (len(tiles) - 1)) // len(tiles)
        maps = max(self.strip.height_for(width), LEAST_HEIGHT)
        room = self.height() - maps - self.differs.height() - space.m - 3 * space.s - PROFILE_LEAST
        square = self.seen.square_for(each)
        self._row.setMaximumHeight(min(max(tile.height_for(each) for tile in tiles), max(square, room)))
        self.strip.setMaximumHeight(maps)

    # --- questions ------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        subject = self._subject
        if not self._active or subject is None:
            return
        if subject.frame is None or not subject.layer:
            if self._found is None:
                self.strip.show_step(None, self._settings.rule, NO_PICTURE)
            return
        asked = _Asked(
            subject.net, subject.layer, subject.channel, subject.position, subject.frame, self._settings.rule
        )
        self._question.want(
            asked,
            lambda: Descend(asked.net, asked.layer, asked.channel, asked.position, asked.frame, asked.rule),
            urgent=asked.net,
        )

    @property
    def _live(self) -> bool:
        return self._subject is not None and self._subject.frames is not None

    @Slot()
    def _outdated(self) -> None:
        self._set_stale(not self._live)  # of what plays, every answer is a frame old
        if self._found is None:
            self.strip.show_step(None, self._settings.rule, WAITING)

    @Slot(object, bool)
    def _came(self, found: Descents, fresh: bool) -> None:
        self._found, self._failure = found, ""
        self._set_stale(not fresh and not self._live)
        self._paint()
        if self._live:
            self._checking.pause(LIVE)
        elif fresh and found.pictures:
            self._checking.want(found, lambda: CheckDescent(found))
        elif fresh:
            self._checking.pause(NO_CHECK)
        self._tell()

    @Slot(object)
    def _refused(self, report: ErrorReport) -> None:
        self._found, self._failure = None, f"{report.sentence} {report.hint}".strip()
        self._set_stale(False)
        self._checking.pause(NO_CHECK)
        self._paint()
        self._tell()

    def _tell(self) -> None:
        self.stepsChanged.emit()
        self.factsChanged.emit()
        self.settledChanged.emit()

    def _set_stale(self, stale: bool) -> None:
        for tile in (self.seen, *self.tiles.values()):
            tile.view.set_stale(stale)
        self.strip.set_stale(stale)
        self.profile.set_stale(stale)

    # --- drawing --------------------------------------------------------------------------------------------

    @Slot()
    def _paint(self) -> None:
        found, settings = self._found, self._settings
        if found is None:
            for tile in (self.seen, *self.tiles.values()):
                tile.view.set_empty_text("Nothing yet", "image-outline")
                tile.show_pixels(None, "Nothing yet")
            self.seen.line.setText("")
            self.strip.show_step(None, settings.rule, self._failure or WAITING)
            self.profile.show_steps((), 0)
            return
        box = found.field if settings.zoom else (0, 0, *found.seen.shape[:2])
        self.seen.show_pixels(np.ascontiguousarray(cropped(as_rgb(found.seen), box)), "What the net got")
        self.seen.line.setText(f"{box[2] - box[0]} × {box[3] - box[1]} pixels")
        for rule, tile in self.tiles.items():
            picture = found.pictures.get(rule)
            tile.view.set_empty_text(NOT_DEFINED, "image-off-outline")
            tile.view.setToolTip(literal(found.refusals.get(rule, "")))
            shown = None if picture is None else coloured(cropped(picture, box), settings.show)
            tile.show_pixels(shown, f"{words.TITLES[rule]} of the unit")
        self._fit()
        self._paint_step()

    def _paint_step(self) -> None:
        found, rule = self._found, self._settings.rule
        if found is None:
            return
        if found.steps and found.request.rule == rule:
            index = min(self._settings.step, len(found.steps) - 1)
            step = found.steps[index]
            self.profile.show_steps(found.steps, index)
            if step is not self.strip.step:
                self.strip.show_step(step, rule)
        elif found.request.rule == rule:
            self.profile.show_steps((), 0)
            self.strip.show_step(None, rule, words.no_steps(found, rule))

    # --- what a person does ---------------------------------------------------------------------------------

    @Slot(str)
    def _rule_set(self, rule: Rule) -> None:
        if rule != self._settings.rule:
            self.changed.emit(replace(self._settings, rule=rule), "")

    @Slot(bool)
    def _zoom_set(self, zoom: bool) -> None:
        self.changed.emit(replace(self._settings, zoom=zoom), "")

    @Slot(str)
    def _show_set(self, show: Any) -> None:
        self.changed.emit(replace(self._settings, show=show), "")

    @Slot(int, int)
    def _hovered(self, x: int, y: int) -> None:
        """The same pixel in all pictures, with its numbers."""
        found = self._found
        if found is None:
            return
        for tile in (self.seen, *self.tiles.values()):
            tile.view.set_cursor(x, y)
        top, left = found.field[:2] if self._settings.zoom else (0, 0)
        row, column = y + top, x + left
        if row >= found.seen.shape[0] or column >= found.seen.shape[1]:
            return
        rows: list[Fact] = [
            ("pixel of the input", f"row {row}, column {column}", "Counted from 0."),
            (
                "the net got",
                _numbers(found.seen[row, column], "{:.0f}"),
                "0 to 255, before the normalisation.",
            ),
        ]
        rows += [
            (
                words.TITLES[rule],
                _numbers(picture[row, column], "{:.3g}"),
                "One number a channel of the input.",
            )
            for rule, picture in found.pictures.items()
        ]
        self.pointed.emit(rows)

    @Slot()
    def _left(self) -> None:
        for tile in (self.seen, *self.tiles.values()):
            tile.view.clear_cursor()
        self.pointed.emit([])


def _numbers(values: Any, form: str) -> str:
    return ", ".join(form.format(float(value)).replace("-", "−") for value in np.atleast_1d(values))
