"""A map over a picture, the tile around it, and the choice of a class: real widgets, probed by pixel and by key."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QSignalSpy, QTest
from pytestqt.qtbot import QtBot

from gui import colormaps
from gui.theme import VIRIDIS, theme
from gui.widgets.class_choice import BEST, ClassChoice
from gui.widgets.frame_view import FrameView
from gui.widgets.heat_view import Heat, HeatView
from gui.widgets.picture_tile import DETAIL, TITLE, PictureTile
from tests.gui.window_fixtures import calm, near, shot

__all__ = ["calm"]

GREY = np.full((40, 40, 3), 120, np.uint8)


@pytest.fixture
def view(qtbot: QtBot, calm: None) -> HeatView:
    made = HeatView("heat")
    qtbot.addWidget(made)
    made.resize(200, 200)
    made.set_rgb(GREY)
    made.show()
    return made


class TestHeat:
    def test_colours_and_open_places(self, view: HeatView) -> None:
        values = np.array([[0.0, 1.0], [0.5, np.nan]])
        asked = np.array([[True, True], [False, True]])
        view.show_heat(Heat(values, 0.0, 1.0, VIRIDIS, asked))
        pixels = shot(view)
        assert near(pixels[50:51, 50:51], VIRIDIS[0], 6).all()
        assert near(pixels[50:51, 150:151], VIRIDIS[-1], 6).all()
        assert near(pixels[150:151, 50:51], (120, 120, 120), 6).all(), "not asked: the picture"
        hatch = near(pixels[110:190, 110:190], theme.colors.warn, 60)
        assert 0.02 < hatch.mean() < 0.9, "no number: hatched, not coloured"

    def test_strength_lets_the_picture_through(self) -> None:
        heat = Heat(np.ones((2, 2)), 0.0, 1.0, VIRIDIS, strength=0.4)
        assert (heat.colors()[..., 3] == 102).all() and not heat.broken().any()
        assert np.array_equal(heat.colors()[0, 0, :3], colormaps.magnitude(np.ones(1), 0, 1)[0])

    def test_cells_from_pixels(self, view: HeatView) -> None:
        assert view.cell_of(0, 0) is None
        view.show_heat(Heat(np.zeros((4, 8)), 0.0, 1.0, VIRIDIS))
        assert (
            view.cell_of(0, 0) == (0, 0) and view.cell_of(39, 39) == (3, 7) and view.cell_of(5, 10) == (1, 1)
        )

    def test_a_marked_block_is_framed_and_taken_away(self, view: HeatView) -> None:
        before = shot(view)
        view.mark((0.25, 0.25, 0.75, 0.75))
        marked = shot(view)
        assert near(marked[48:53, 60:140], theme.colors.accent, 40).any()
        view.mark(None)
        assert np.array_equal(shot(view), before)


class TestTile:
    def test_the_picture_keeps_its_shape_beneath_its_name(self, qtbot: QtBot, calm: None) -> None:
        view = FrameView("picture")
        tile = PictureTile("Name", view, keyed=True)
        qtbot.addWidget(tile)
        view.set_rgb(np.zeros((20, 40, 3), np.uint8))
        tile.resize(300, 400)
        tile.show()
        tile.say("Name", "a line about it")
        tile.show_key((VIRIDIS, "0", "1", "what"))
        tile.arrange()
        assert view.x() == 0 and view.y() >= TITLE + DETAIL
        assert view.width() == pytest.approx(2 * view.height(), abs=2) and view.width() == 300
        assert tile.maximumHeight() < 400, "no higher than its picture needs"
        pixels = shot(tile)
        below = pixels[view.geometry().bottom() + 2 : view.geometry().bottom() + 22]
        assert near(below, VIRIDIS[-1], 40).any(), "the key of the colours"

    def test_what_has_no_room_is_told_by_the_tooltip(self, qtbot: QtBot, calm: None) -> None:
        tile = PictureTile("A", FrameView("picture"))
        qtbot.addWidget(tile)
        tile.say("A <b>name</b>", "and more")
        assert "&lt;b&gt;" in tile.toolTip() and tile.accessibleDescription() == "and more"


class TestClassChoice:
    @pytest.fixture
    def choice(self, qtbot: QtBot, calm: None) -> ClassChoice:
        made = ClassChoice()
        qtbot.addWidget(made)
        made.resize(280, 30)
        made.show_classes(("cat", "dog", "sheepdog"), None, 1)
        made.show()
        return made

    def test_the_best_answer_comes_first(self, choice: ClassChoice) -> None:
        assert choice.combo.itemText(0) == f"{BEST}: dog" and choice.target is None
        assert choice.combo.currentText() == f"{BEST}: dog"

    def test_a_class_is_picked_from_the_list(self, choice: ClassChoice) -> None:
        spy = QSignalSpy(choice.chosen)
        choice.combo.setCurrentIndex(3)
        choice.combo.activated.emit(3)
        assert spy.count() == 1 and spy.at(0) == [2] and choice.target == 2
        choice.combo.setCurrentIndex(0)
        choice.combo.activated.emit(0)
        assert spy.at(1) == [None]

    @pytest.mark.parametrize(("typed", "found"), [("dog", 1), ("sheep", 2), ("CAT", 0)])
    def test_a_class_is_found_by_typing(self, choice: ClassChoice, typed: str, found: int) -> None:
        spy = QSignalSpy(choice.chosen)
        line = choice.combo.lineEdit()
        line.selectAll()
        QTest.keyClicks(line, typed)
        QTest.keyClick(line, Qt.Key.Key_Return)
        assert choice.target == found and [spy.at(i)[0] for i in range(spy.count())][-1] == found

    def test_a_name_that_no_class_has_changes_nothing(self, choice: ClassChoice) -> None:
        choice.show_classes(("cat", "dog", "sheepdog"), 0, 1)
        spy = QSignalSpy(choice.chosen)
        line = choice.combo.lineEdit()
        line.selectAll()
        QTest.keyClicks(line, "zebra")
        QTest.keyClick(line, Qt.Key.Key_Return)
        assert spy.count() == 0 and choice.target == 0 and choice.combo.currentText() == "cat"

    def test_nothing_is_told_for_what_is_shown(self, choice: ClassChoice) -> None:
        spy = QSignalSpy(choice.chosen)
        choice.show_classes(("a", "b"), 1, 0)
        choice.show_classes(("a", "b"), None, 0)
        choice.show_classes((), None, None)
        assert spy.count() == 0 and not choice.combo.isEnabled()


def test_a_press_beside_the_picture_hits_no_cell(view: HeatView) -> None:
    spy = QSignalSpy(view.clicked)
    view.resize(300, 200)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(5, 100))
    assert spy.count() == 0
