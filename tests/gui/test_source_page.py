"""What pages with a picture inherit: pictures by their source, undo of strokes, the pace of what plays, letting go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from engine.images import Frame
from gui.bridge import Bridge
from gui.pages import PageEntry
from gui.pages.base import Services, Verb
from gui.pages.source_page import SourcePage
from gui.settings import Settings
from gui.widgets.plate import Plate
from gui.widgets.source_state import SourceState
from tests.gui.window_fixtures import HeldEngine, calm

__all__ = ["calm"]

ENTRY = PageEntry("looking", "Looking", "Tests", "eye", "Looks at a picture.", "", ("picture",))
CAT, COFFEE = (SourceState(kind="sample", value=name) for name in ("cat", "coffee"))


@dataclass(frozen=True, slots=True)
class LookingState:
    source: SourceState = field(default_factory=lambda: CAT)
    view: str = "whole"

    def validated(self) -> Self:
        self.source.validated()
        return self


class LookingPage(SourcePage[LookingState]):
    state_class = LookingState
    numbered = (("whole", "Whole", ""), ("part", "Part", ""))

    def __init__(self, services: Services) -> None:
        self.shown: list[LookingState] = []
        self.seen: list[Frame] = []
        self.told: list[str] = []
        super().__init__(services, ENTRY)
        self.controls.add(self.picker)
        self.show_state(self.state)

    def show_state(self, state: LookingState) -> None:
        self.follow_source(state)
        self.shown.append(state)

    def picture_came(self, frame: Frame) -> None:
        self.seen.append(frame)

    def live_changed(self, live: bool) -> None:
        self.told.append(f"live {live}")

    def show_stalled(self, stalled: bool) -> None:
        self.told.append(f"stalled {stalled}")

    def rest(self) -> None:
        self.told.append("rest")

    def pick_numbered(self, key: str) -> None:
        self.told.append(key)

    def fill_plate_menu(self, menu: QMenu, plate: Plate) -> None:
        menu.addAction("Copy the grid")

    def verbs(self) -> list[Verb]:
        return [Verb("Save", "content-save", lambda: None)]


@pytest.fixture
def page(qtbot: QtBot, calm: None, tmp_path: Path) -> Iterator[LookingPage]:
    bridge = Bridge(HeldEngine)
    made = LookingPage(Services(bridge, Settings(tmp_path / "settings.ini")))
    qtbot.addWidget(made)
    yield made
    made.close_page()
    bridge.close()


def frame(name: str) -> Frame:
    return Frame(np.zeros((4, 6, 3), np.uint8), name)


def deliver(page: LookingPage, source: SourceState, picture: Frame) -> None:
    """What the picker does once a picture that was picked is there."""
    page.picker._commit(source, picture)
    QApplication.processEvents()


def test_a_picture_belongs_to_its_source(page: LookingPage) -> None:
    assert page.picture is None and page.newest_picture is None
    cat = frame("cat")
    deliver(page, CAT, cat)
    assert page.picture is cat and page.seen == [cat]
    page.change(LookingState(COFFEE))
    assert page.picture is None, "the picture of another source"
    assert page.newest_picture is cat and page.picture_of(CAT) is cat


def test_the_strokes_of_a_drawing_are_one_step_of_undo(page: LookingPage) -> None:
    deliver(page, CAT, frame("cat"))
    for strokes in (1, 2, 3):
        drawn = tuple((0.02, False, ((0.1 * n, 0.1), (0.5, 0.5))) for n in range(strokes))
        page.take_source(SourceState(kind="drawing", value="", strokes=drawn))
    assert len(page.state.source.strokes) == 3
    page.undo()
    page.undo()
    assert page.state.source == CAT


def test_out_of_view_it_lets_go(page: LookingPage) -> None:
    page.activated()
    assert page.active
    status = QSignalSpy(page.statusChanged)
    page.deactivated()
    assert not page.active and page.told == ["rest"] and status.at(status.count() - 1) == [""]


def test_what_plays(page: LookingPage) -> None:
    status = QSignalSpy(page.statusChanged)
    page.tell_pace(frame("film"))
    assert "fps" in status.at(0)[0] and "0 frames skipped" in status.at(0)[0]
    page.picker.liveChanged.emit(True)
    page.picker.stalled.emit(True)
    page.picker.liveChanged.emit(False)
    assert page.told == ["live True", "stalled True", "live False"]
    assert status.at(status.count() - 1) == [""], "the pace of what ended"


def test_a_source_that_cannot_be_had_is_no_step_of_undo(page: LookingPage) -> None:
    page.picker.reverted.emit(COFFEE)
    assert page.state.source == COFFEE and not page.history.can_undo


def test_a_problem_goes_to_the_banner(page: LookingPage) -> None:
    said = QSignalSpy(page.said)
    page.picker.problem.emit("There is no camera.")
    assert said.at(0) == ["There is no camera.", "warn"]


def test_alt_and_a_number_pick_what_is_numbered(page: LookingPage) -> None:
    QTest.keyClick(page, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(page, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
    assert page.told == ["part"]
    assert page.shortcuts() == [("Whole", "Alt+1"), ("Part", "Alt+2")]


def test_the_menu_of_a_grid_goes_when_it_closes(page: LookingPage) -> None:
    before = set(page.findChildren(QMenu))
    page.show_menu(Plate("grid", np.zeros((2, 2)), np.zeros((2, 2, 3), np.uint8)), QPoint(0, 0))
    (menu,) = set(page.findChildren(QMenu)) - before
    assert [action.text() for action in menu.actions()] == ["Copy the grid", "", "Save"]
    menu.close()
    QApplication.sendPostedEvents(None, 52)  # QEvent.Type.DeferredDelete
    QApplication.processEvents()
    assert set(page.findChildren(QMenu)) == before
