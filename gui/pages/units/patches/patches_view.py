"""The view of the top patches: asks for them, shows them, and leads from one of them to its picture."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSizeF, Slot
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from engine.errors import ErrorReport
from engine.images import Frame
from engine.inside.patches.requests import (
    FindPatches,
    MinePatches,
    MiningReport,
    OpenPatchPicture,
    Pictures,
    UnitPatches,
)
from engine.jobs import Progress
from gui.bridge import Bridge
from gui.latest import CANCELLED
from gui.pages.base import Verb
from gui.pages.units.patches import exports, words
from gui.pages.units.patches.answers import Answers
from gui.pages.units.patches.collection_bar import CollectionBar
from gui.pages.units.patches.controls import NOTHING_CHECKED, PatchesControls
from gui.pages.units.patches.opened import OpenedPatch
from gui.pages.units.patches.settings import PatchesSettings
from gui.pages.units.patches.tiles import Tile
from gui.pages.units.patches.wall import PatchWall
from gui.pages.units.view import Subject, UnitView
from gui.widgets.facts import Fact

LOOKING: Final = "Looking the unit up…"


class PatchesView(UnitView):
    """Keeps the answer on show; its settings are the page's."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._subject: Subject | None = None
        self._settings = PatchesSettings()
        self._answer: UnitPatches | None = None
        self._tiles: tuple[Tile, ...] = ()
        self._active = False
        self._problem = ""
        self._answers = answers = Answers(bridge, self)
        self.wall, self.opened = PatchWall(), OpenedPatch()
        self.bar, self.panel = CollectionBar(), PatchesControls()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.wall)
        self._stack.addWidget(self.opened)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._stack, 1)
        column.addWidget(self.bar)
        self.setFocusProxy(self.wall)
        self.wall.say(LOOKING)
        self.wall.hovered.connect(self._hovered)
        self.wall.left.connect(self._nothing_hovered)
        self.wall.opened.connect(self._open)
        self.wall.stepped.connect(self._step_unit)
        self.opened.closed.connect(self._close)
        self.opened.moved.connect(self._open)
        self.panel.sharpSet.connect(self._sharp_set)
        self.bar.picturesPicked.connect(self._pictures_picked)
        self.bar.stopAsked.connect(answers.stop_mining)
        self.bar.goOnAsked.connect(self._go_on)
        answers.mined.connect(self._mined)
        answers.miningChanged.connect(self._mining_changed)
        answers.progressed.connect(self._progressed)
        answers.miningFailed.connect(self._mining_failed)
        answers.outdated.connect(self._outdated)
        answers.found.connect(self._found)
        answers.findFailed.connect(self._find_failed)
        answers.opened.connect(self._picture_came)
        answers.openFailed.connect(self._picture_failed)

    # --- what the page calls ---------------------------------------------------------------------------------

    @property
    def answer(self) -> UnitPatches | None:
        """The patches on show."""
        return self._answer

    def controls(self) -> QWidget | None:
        return self.panel

    def show_subject(self, subject: Subject, settings: PatchesSettings) -> None:
        before = self._subject
        if before is None or (before.net, self._settings.pictures) != (subject.net, settings.pictures):
            self._problem = ""
        self._subject, self._settings = subject, settings
        self.panel.show_settings(settings)
        self.bar.show_pictures(settings.pictures)
        self.wall.show_sharp(settings.sharp)
        self._ask()
        self._show()

    def set_active(self, active: bool) -> None:
        if active == self._active:
            return
        self._active = active
        if active:
            self._ask()
        else:
            self._answers.rest()

    def facts(self) -> list[Fact]:
        return words.found_facts(self._answer, self._answers.report)

    def steps(self) -> tuple[int, int, str] | None:
        if self._opened is None or self._answer is None:
            return None
        return len(self._tiles), self._opened, "patch"

    def go_to(self, step: int) -> None:
        if self._opened is not None and step != self._opened:
            self._open(step)

    def escape(self) -> bool:
        if self._opened is None:
            return False
        self._close()
        return True

    def open_folder(self, path: Path) -> bool:
        self._pictures_picked(Pictures("folder", str(path)))
        return True

    def verbs(self) -> list[Verb]:
        return exports.verbs(self)

    def preferred_size(self) -> QSizeF:
        return self.wall.preferred_size() if self._opened is None else QSizeF(self.opened.size())

    def paint(self, painter: QPainter, size: QSizeF) -> None:
        """Draw what is on show at any size (exports)."""
        if self._opened is None:
            self.wall.paint(painter, size)
        else:
            self.opened.render(painter, self.opened.rect().topLeft())

    @property
    def settled(self) -> bool:
        return self._answers.settled

    # --- show ------------------------------------------------------------------------------------------------

    @property
    def _opened(self) -> int | None:
        """The patch whose picture is on show; None where the unit has no such patch (yet)."""
        place = self._settings.opened
        return place if place is not None and place < len(self._tiles) and self._tiles[place].seen else None

    def _ask(self) -> None:
        subject = self._subject
        if subject is None or not self._active:
            return
        pictures = self._settings.pictures
        self._answers.want_mined(MinePatches(subject.net, pictures))
        self._answers.want_found(FindPatches(subject.net, subject.layer, subject.channel, pictures))

    def _show(self) -> None:
        """The wall, or the one patch that is opened."""
        place = self._opened
        before, now = (self.opened, self.wall) if place is None else (self.wall, self.opened)
        had_focus = before.hasFocus()
        if place is None and self._stack.currentWidget() is self.opened:
            self.pointed.emit([])
        self._stack.setCurrentWidget(now)
        self.setFocusProxy(now)
        if had_focus:
            now.setFocus()
        tile = None if place is None else self._tiles[place]
        if tile is None or tile.patch.read is None:
            self._answers.close_picture()
        if tile is not None and place is not None and self._answer is not None:
            self.opened.show_patch(self._answer, tile, place, sharp=self._settings.sharp)
            self.pointed.emit(words.patch_facts(place, tile.patch))
            if tile.patch.read is not None and self._active:
                asked = self._answer.request
                self._answers.want_opened(OpenPatchPicture(asked.net, tile.patch.picture, asked.pictures))
        self.stepsChanged.emit()

    @Slot()
    def _outdated(self) -> None:
        self.wall.set_stale(True)
        self.opened.set_stale(True)
        self.settledChanged.emit()

    @Slot(object, bool)
    def _found(self, answer: UnitPatches, fresh: bool) -> None:
        self._answer = answer
        known = {id(tile.patch): tile for tile in self._tiles}
        self._tiles = tuple(known.get(id(patch)) or Tile.of(patch) for patch in answer.patches)
        self._show_wall()
        stale = not fresh
        self.wall.set_stale(stale)
        self.opened.set_stale(stale)
        if answer.check is not None:
            self.panel.badge.show_result(answer.check)
        else:
            self.panel.badge.show_waiting(NOTHING_CHECKED)
        self._show()
        self.factsChanged.emit()
        self.settledChanged.emit()

    def _show_wall(self) -> None:
        answer = self._answer
        if answer is not None:
            sentence = self._problem or words.nothing_yet(answer, self._answers.mining)
            self.wall.show_answer(answer, self._tiles, words.summary(answer), sentence)

    @Slot(object)
    def _find_failed(self, report: ErrorReport) -> None:
        self._answer, self._tiles = None, ()
        again = " The patches come with the next change." if report == CANCELLED else ""
        self.wall.say(f"{report.sentence} {report.hint}{again}".strip())
        self.wall.set_stale(False)
        self.panel.badge.show_waiting(NOTHING_CHECKED)
        self._show()
        self.factsChanged.emit()
        self.settledChanged.emit()

    # --- mining ----------------------------------------------------------------------------------------------

    @Slot(object)
    def _mined(self, report: MiningReport) -> None:
        self._problem = ""
        self._mining_changed()

    @Slot()
    def _mining_changed(self) -> None:
        answers = self._answers
        self.bar.show_mining(answers.report, running=answers.mining, stopped=answers.stopped)
        if self._problem and not answers.mining:
            self.bar.say(self._problem)
        self.panel.show_report(answers.report)
        self._show_wall()
        self.factsChanged.emit()
        self.settledChanged.emit()

    @Slot(object)
    def _progressed(self, progress: Progress) -> None:
        self.bar.show_progress(progress, self._answers.report)

    @Slot(object)
    def _mining_failed(self, report: ErrorReport) -> None:
        self._problem = f"{report.sentence} {report.hint}".strip()
        self._mining_changed()

    @Slot()
    def _go_on(self) -> None:
        self._problem = ""
        self._answers.go_on_mining()

    # --- what a person does ----------------------------------------------------------------------------------

    @Slot(object)
    def _pictures_picked(self, pictures: Pictures) -> None:
        settings = replace(self._settings, kind=pictures.kind, path=pictures.path, opened=None)
        self.changed.emit(settings, "")

    @Slot(bool)
    def _sharp_set(self, on: bool) -> None:
        self.looked.emit(replace(self._settings, sharp=on))

    @Slot(int)
    def _open(self, place: int) -> None:
        self.looked.emit(replace(self._settings, opened=place))

    @Slot()
    def _close(self) -> None:
        self.looked.emit(replace(self._settings, opened=None))

    @Slot(int)
    def _step_unit(self, by: int) -> None:
        """The next unit of the layer; behind the last one comes the first."""
        if self._subject is not None and self._answer is not None:
            channel = (self._subject.channel + by) % self._answer.channels
            self.unitPicked.emit(self._subject.layer, channel, None)

    @Slot(int)
    def _hovered(self, place: int) -> None:
        if place < len(self._tiles):
            self.pointed.emit(words.patch_facts(place, self._tiles[place].patch))

    @Slot()
    def _nothing_hovered(self) -> None:
        self.pointed.emit([])

    @Slot(object)
    def _picture_came(self, frame: Frame) -> None:
        self.opened.show_picture(frame)

    @Slot(object)
    def _picture_failed(self, report: ErrorReport) -> None:
        self.opened.say(f"{report.sentence} {report.hint}".strip())
