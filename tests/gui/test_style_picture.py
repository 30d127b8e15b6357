"""The picture with its brush, the history strip, the tiles: widgets alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.style.requests import PaintStyle
from engine.style.settings import StyleSettings
from gui.pages.style.paint.picture import PaintPicture
from gui.pages.style.paint.runs import Run, key_of
from gui.pages.style.paint.strip import ROW, HistoryStrip
from gui.pages.style.tiles import Tile, Tiles
from gui.theme import theme
from tests.gui.style_runs import frame, painted
from tests.gui.window_fixtures import calm, move_to, near, shot

__all__ = ["calm"]

LeftButton, NoModifier = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def picture(qtbot: QtBot, calm: None) -> PaintPicture:
    view = PaintPicture("test")
    qtbot.addWidget(view)
    view.resize(400, 200)
    view.set_rgb(np.full((100, 200, 3), 250, np.uint8))
    view.show()
    return view


class TestBrush:
    def test_a_drag_is_a_stroke_in_shares_of_the_picture(self, picture: PaintPicture) -> None:
        strokes, hovered = QSignalSpy(picture.strokeDone), QSignalSpy(picture.hovered)
        picture.set_brush(True, 0.1, False)
        QTest.mousePress(picture, LeftButton, NoModifier, QPoint(100, 50))
        move_to(picture, QPoint(200, 100), LeftButton)
        move_to(picture, QPoint(300, 100), LeftButton)
        QTest.mouseRelease(picture, LeftButton, NoModifier, QPoint(300, 100))
        assert strokes.count() == 1
        assert strokes.at(0)[0] == (0.1, False, ((0.25, 0.25), (0.5, 0.5), (0.75, 0.5)))
        assert hovered.at(hovered.count() - 1) == [150, 50]  # the inspector follows the brush

    def test_by_the_keyboard_a_dab_at_the_cursor(self, picture: PaintPicture) -> None:
        strokes = QSignalSpy(picture.strokeDone)
        QTest.keyClick(picture, Qt.Key.Key_Right)
        QTest.keyClick(picture, Qt.Key.Key_Return)
        assert not strokes.count()  # the pointer is no brush
        picture.set_brush(True, 0.1, True)
        QTest.keyClick(picture, Qt.Key.Key_Return)
        thickness, erases, points = strokes.at(0)[0]
        assert (thickness, erases) == (0.1, True) and points == ((101.5 / 200, 50.5 / 100),)

    def test_style_is_tinted_where_it_applies(self, picture: PaintPicture) -> None:
        mask = np.zeros((10, 20), np.float32)
        mask[:, :10] = 1
        picture.show_mask(mask)
        plain = shot(picture)
        assert not near(plain[60:140, 40:160], theme.colors.accent, 120).any()
        picture.set_brush(True, 0.1, False)
        seen = shot(picture).astype(int)
        accent = theme.colors.accent
        expected = (np.array([accent.red(), accent.green(), accent.blue()]) + 250) / 2
        assert np.abs(seen[100, 60] - expected).max() < 6 and np.abs(seen[100, 340] - 250).max() < 3

    def test_without_the_brush_the_divider_can_be_dragged(self, picture: PaintPicture) -> None:
        picture.set_over(np.zeros((100, 200, 3), np.uint8), 0.5)
        moved = QSignalSpy(picture.dividerMoved)
        QTest.mousePress(picture, LeftButton, NoModifier, QPoint(200, 100))
        move_to(picture, QPoint(300, 100), LeftButton)
        QTest.mouseRelease(picture, LeftButton, NoModifier, QPoint(300, 100))
        assert moved.count() and picture.divider == 0.75
        seen = shot(picture)
        assert seen[30, 100].max() < 10 and seen[30, 380].min() > 240


def run(number: int, steps: list[int], parent: tuple[int, int] | None = None) -> Run:
    settings = StyleSettings(steps=40)
    content, style = frame("content"), frame("style")
    found = Run(
        number,
        key_of(content, (style,), settings, None),
        PaintStyle(content, (style,), settings),
        parent,
        None,
    )
    for step in steps:
        found.take(painted(step, settings, keep=True))
    return found


@pytest.fixture
def strip(qtbot: QtBot, calm: None) -> HistoryStrip:
    widget = HistoryStrip()
    qtbot.addWidget(widget)
    widget.resize(400, 100)
    widget.show()
    return widget


class TestStrip:
    def test_the_newest_run_stands_above_and_a_click_picks_a_moment(self, strip: HistoryStrip) -> None:
        first, second = run(1, [0, 10, 20]), run(2, [20, 30], (1, 20))
        strip.show_runs([first, second], (second, 1))
        picked = QSignalSpy(strip.picked)
        QTest.mouseClick(strip, LeftButton, NoModifier, strip.cell(0, 0).center().toPoint())
        QTest.mouseClick(strip, LeftButton, NoModifier, strip.cell(1, 2).center().toPoint())
        assert [tuple(picked.at(i)) for i in range(2)] == [(second, 0), (first, 2)]
        assert strip.height() == 2 * ROW and "from step 20 of run 1" in strip.accessibleDescription()
        assert strip.tip((first, 1)).startswith("Run 1: step 10, 48 × 32 pixels")

    def test_more_moments_than_room_are_spread(self, strip: HistoryStrip) -> None:
        many = run(1, list(range(0, 40)))
        strip.show_runs([many], (many, 39))
        shown = strip.shown(many)
        assert shown[0] == 0 and shown[-1] == 39 and len(shown) < 8
        assert np.ptp(np.diff(shown)) <= 1  # evenly
        assert strip.place_at(QPointF(399, 10)) is None

    def test_keys_walk_and_branch(self, strip: HistoryStrip) -> None:
        first, second = run(1, [0, 10, 20]), run(2, [20, 30])
        strip.show_runs([first, second], (second, 1))
        picked, branched, removed = (
            QSignalSpy(strip.picked),
            QSignalSpy(strip.branchAsked),
            QSignalSpy(strip.removeAsked),
        )
        for key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Delete):
            QTest.keyClick(strip, key)
        assert [tuple(picked.at(i)) for i in range(picked.count())] == [(second, 0), (second, 1), (first, 1)]
        assert tuple(branched.at(0)) == (second, 1) and removed.at(0)[0] is second

    def test_the_menu_says_what_can_be_done(self, strip: HistoryStrip) -> None:
        first = run(1, [0, 10])
        strip.show_runs([first], (first, 1))
        asked = QSignalSpy(strip.besideAsked)
        menu = strip.menu((first, 0))
        texts = [action.text() for action in menu.actions()]
        assert texts[0].startswith("Go on from here") and len(texts) == 4
        menu.actions()[2].trigger()
        assert asked.at(0)[0] is first
        menu.close()
        menu.deleteLater()


class TestTiles:
    def test_a_file_can_be_dropped_on_a_tile(self, qtbot: QtBot, calm: None, tmp_path: Path) -> None:
        tile = Tile()
        qtbot.addWidget(tile)
        tile.show()
        tile.show_picture("Style", frame(), chosen=False, removable=False)
        dropped = QSignalSpy(tile.dropped)
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.png"))])
        enter = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, mime, LeftButton, NoModifier)
        QApplication.sendEvent(tile, enter)  # Qt takes a drop only after it
        event = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, mime, LeftButton, NoModifier)
        QApplication.sendEvent(tile, event)
        assert dropped.at(0)[0] == tmp_path / "a.png"

    def test_several_files_are_left_to_the_window(self, qtbot: QtBot, calm: None, tmp_path: Path) -> None:
        tile = Tile()
        qtbot.addWidget(tile)
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(tmp_path / name)) for name in ("a.png", "b.png")])
        enter = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, mime, LeftButton, NoModifier)
        enter.setAccepted(False)
        QApplication.sendEvent(tile, enter)
        assert not enter.isAccepted()

    def test_tiles_name_themselves_and_follow_the_styles(self, qtbot: QtBot, calm: None) -> None:
        tiles = Tiles()
        qtbot.addWidget(tiles)
        tiles.show()
        tiles.show_pictures([frame(), frame("style")], ["", ""], 0, 4)
        assert [tile.title for tile in tiles.tiles] == ["Content", "Style"]
        assert not tiles.remove_button.isEnabled() and tiles.tiles[0].is_chosen
        tiles.show_pictures([frame(), None, frame("b")], ["", "It is not there.", ""], 1, 2)
        assert tiles.tiles[1].accessibleName() == "Style 1: It is not there."
        assert tiles.remove_button.isEnabled() and not tiles.add_button.isEnabled()
        removed, chosen = QSignalSpy(tiles.removeAsked), QSignalSpy(tiles.chosen)
        QTest.keyClick(tiles.tiles[2], Qt.Key.Key_Delete)
        QTest.keyClick(tiles.tiles[2], Qt.Key.Key_Return)
        QTest.mouseClick(tiles.tiles[0], LeftButton, NoModifier, QPoint(10, 10))
        assert removed.at(0)[0] == 2 and [chosen.at(i)[0] for i in range(2)] == [2, 0]
