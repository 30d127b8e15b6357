"""The view of the top patches: the wall, one picture, settings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.errors import UserError
from engine.inside.patches import library
from engine.inside.patches.requests import (
    FindPatches,
    Pictures,
)
from engine.runner import Emit, InlineEngine
from gui import export
from gui.bridge import Bridge
from gui.pages import entry
from gui.pages.base import Services
from gui.pages.units.page import UnitsPage
from gui.pages.units.patches import words
from gui.pages.units.patches.patches_view import PatchesView
from gui.pages.units.patches.settings import PatchesSettings
from gui.pages.units.state import UnitsState
from gui.settings import Settings
from gui.state import from_json, to_json
from gui.widgets.picture import to_pixels
from tests.gui.patches_view_fixtures import (
    CHANNELS,
    LAYER,
    NET,
    SIDE,
    Desk,
    Left,
    NoModifier,
    OpenDesk,
    desk,
    open_desk,
    settle,
    unit,
)
from tests.gui.window_fixtures import WAIT, HeldEngine, calm, move_to

__all__ = ["calm", "desk", "open_desk"]


def tile_at(view: PatchesView, place: int, *, projection: bool = False) -> QPoint:
    layout = view.wall.layout_now()
    return (layout.projections if projection else layout.patches)[place].center().toPoint()


class TestTheWall:
    def test_nine_patches_and_what_they_are_the_strongest_of(self, desk: Desk) -> None:
        view = desk.view
        assert view.answer is not None and len(view.answer.patches) == 9 and view.settled
        assert not view.wall.stale
        told = view.wall.accessibleDescription()
        assert "features.relu, channel 0" in told and "strongest of 20 of the folder holidays" in told
        facts = {name: value for name, value, _ in view.facts()}
        assert facts["pictures"] == "20 of 21" and facts["looked up in"] == "50 ms"
        assert "Checked" in view.panel.badge.title.text()

    def test_the_pointer_tells_what_a_patch_is_in_both_blocks(self, desk: Desk) -> None:
        for projection in (False, True):
            move_to(desk.view.wall, tile_at(desk.view, 4, projection=projection))
            facts = {name: value for name, value, _ in desk.pointed[-1]}
            assert facts["patch"] == "number 5" and facts["picture"] == "photo4.jpg"
            assert facts["activation"] == "6.000" and facts["place"] == "row 4, column 2"
            assert facts["reads"] == "rows 4 to 9, columns 4 to 9"
            move_to(desk.view.wall, QPoint(1, 1))
            assert desk.pointed[-1] == []

    def test_arrows_step_to_the_next_unit_and_around_the_end(self, desk: Desk) -> None:
        wall = desk.view.wall
        QTest.keyClick(wall, Qt.Key.Key_Right)
        settle()
        assert desk.subject.channel == 1 and desk.view.answer is not None
        assert desk.view.answer.request.channel == 1
        QTest.keyClick(wall, Qt.Key.Key_Left)
        QTest.keyClick(wall, Qt.Key.Key_Left)
        settle()
        assert desk.subject.channel == CHANNELS - 1

    def test_a_unit_that_never_fires_and_a_picture_that_is_gone_say_so(self, desk: Desk) -> None:
        desk.show(subject=replace(desk.subject, channel=2))
        texts: list[str] = []
        painter_texts(desk.view, texts)
        assert words.NEVER in texts and "It is gone." in texts

    def test_a_layer_without_maps_is_told(self, desk: Desk) -> None:
        desk.show(subject=replace(desk.subject, layer="classifier"))
        assert "no maps" in desk.view.wall.sentence and "Choose another layer" in desk.view.wall.sentence
        assert desk.view.answer is None and not desk.view.wall.stale and desk.view.settled
        desk.show(subject=replace(desk.subject, layer=LAYER))
        assert desk.view.answer is not None

    def test_patches_as_the_net_gets_them(self, desk: Desk) -> None:
        sharp = to_pixels(desk.view.wall.grab().toImage())
        assert not desk.settings.sharp or desk.view.panel.sharp.value
        QTest.mouseClick(desk.view.panel.sharp, Left, NoModifier, desk.view.panel.sharp.rect().center())
        settle()
        assert desk.settings.sharp is False
        area = desk.view.wall.layout_now().patches[0].toRect()
        coarse = desk.view.wall.grab().toImage()
        seen = unit(FindPatches(NET, LAYER, 0)).patches[0].seen
        assert seen is not None
        cell = area.width() / 6
        for row, column in ((0, 0), (3, 2), (5, 5)):
            point = area.topLeft() + QPointF((column + 0.5) * cell, (row + 0.5) * cell).toPoint()
            assert coarse.pixelColor(point).getRgb()[:3] == tuple(seen[4 + row, 4 + column])
        assert not np.array_equal(sharp, to_pixels(coarse))

    def test_what_is_on_its_way_is_tinted(self, open_desk: OpenDesk) -> None:
        engine: list[HeldEngine] = []

        def held(emit: Emit) -> HeldEngine:
            engine.append(HeldEngine(emit))
            return engine[0]

        desk = open_desk(held)
        (first,) = engine[0].jobs(FindPatches)
        engine[0].answer(first, unit(FindPatches(NET, LAYER, 0)))
        settle()
        assert not desk.view.wall.stale and not desk.view.settled, (
            "the pictures are still being looked through"
        )
        desk.show(subject=replace(desk.subject, channel=1))
        assert desk.view.wall.stale
        engine[0].answer(engine[0].jobs(FindPatches)[-1], unit(FindPatches(NET, LAYER, 1)))
        settle()
        assert not desk.view.wall.stale


def painter_texts(view: PatchesView, found: list[str]) -> None:
    """What the wall writes, caught on its way to the painter."""

    class Recorder(QPainter):
        def drawText(self, *args: Any) -> Any:  # type: ignore[override]
            found.extend(arg for arg in args if isinstance(arg, str))
            return super().drawText(*args)

    image = QImage(900, 640, QImage.Format.Format_RGB32)
    painter = Recorder(image)
    view.wall.paint(painter, QSizeF(900, 640))
    painter.end()


class TestOnePicture:
    def test_a_click_opens_the_whole_picture_with_the_window_in_it(self, desk: Desk) -> None:
        QTest.mouseClick(desk.view.wall, Left, NoModifier, tile_at(desk.view, 1))
        settle()
        opened = desk.view.opened
        assert desk.settings.opened == 1 and opened.isVisible() and not desk.view.wall.isVisible()
        assert opened.picture.picture_size == (120, 60) and "120 × 60 pixels · in class1" in opened.detail
        # The net reads the middle half of the width; the unit pixels 4 to 10 of its 16.
        assert opened.read_part() == QRectF(0.25, 0, 0.5, 1)
        assert opened.unit_part() == QRectF(0.25 + 0.5 * 4 / 16, 4 / 16, 0.5 * 6 / 16, 6 / 16)
        assert desk.view.steps() == (9, 1, "patch")

    def test_the_frame_is_drawn_where_the_unit_reads(self, desk: Desk) -> None:
        desk.show(settings=PatchesSettings(opened=0))
        picture = desk.view.opened.picture
        image = picture.grab().toImage()
        part, area = desk.view.opened.unit_part(), picture.picture_rect()
        left = round(area.left() + part.left() * area.width())
        middle = round(area.top() + part.center().y() * area.height())
        line = [image.pixelColor(x, middle).blue() for x in range(left - 3, left + 4)]
        assert max(line) > 150, "the picture is black, the frame is not"
        assert image.pixelColor(left + 12, middle).blue() < 20

    def test_keys_open_move_and_lead_back(self, desk: Desk) -> None:
        wall, opened = desk.view.wall, desk.view.opened
        wall.setFocus()
        QTest.keyClick(wall, Qt.Key.Key_3)
        settle()
        assert desk.settings.opened == 2
        QTest.keyClick(opened, Qt.Key.Key_Right)
        settle()
        QTest.keyClick(opened, Qt.Key.Key_Right)
        settle()
        assert desk.settings.opened == 4
        desk.view.go_to(7)
        settle()
        assert opened.place == 7
        QTest.keyClick(opened, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
        settle()
        assert desk.settings.opened == 7, "Alt and a digit picks a view, not a patch"
        assert desk.view.escape() and not desk.view.escape()
        settle()
        assert desk.settings.opened is None and wall.isVisible()
        QTest.keyClick(wall, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
        settle()
        assert desk.settings.opened is None
        QTest.keyClick(wall, Qt.Key.Key_Return)
        settle()
        assert desk.settings.opened == 0
        QTest.mouseClick(opened.back, Left)
        settle()
        assert desk.settings.opened is None

    def test_a_picture_that_cannot_be_had_is_told_and_its_patch_stays(self, desk: Desk) -> None:
        desk.show(settings=PatchesSettings(opened=8))
        assert "photo8.jpg is not there" in desk.view.opened.detail
        assert desk.view.opened.picture.picture_size == (SIDE, SIDE), "what the net read of it is still known"

    def test_a_patch_that_the_unit_does_not_have_opens_nothing(self, desk: Desk) -> None:
        desk.show(settings=PatchesSettings(opened=7), subject=replace(desk.subject, channel=3))
        assert desk.view.wall.isVisible() and desk.view.steps() is None


class TestSettings:
    @pytest.mark.parametrize(
        "wrong",
        [
            PatchesSettings("folder"),
            PatchesSettings("bundled", "/a"),
            PatchesSettings(opened=9),
            PatchesSettings(opened=-1),
            PatchesSettings(cast(Any, "cloud"), "/a"),
        ],
    )
    def test_what_cannot_be_is_refused(self, wrong: PatchesSettings) -> None:
        with pytest.raises(UserError):
            wrong.validated()

    def test_they_are_part_of_the_page_and_go_through_json(self) -> None:
        state = replace(
            UnitsState(), view="patches", patches=PatchesSettings("folder", "/photos", opened=3, sharp=False)
        )
        assert from_json(UnitsState, to_json(state)).validated() == state
        with pytest.raises(UserError):
            replace(state, patches=PatchesSettings("video")).validated()


# --- on the page ------------------------------------------------------------------------------------------


@pytest.fixture
def page(qtbot: QtBot, calm: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[UnitsPage]:
    """The real page over the real engine's functions, without a thread."""
    monkeypatch.setenv(library.VARIABLE, str(tmp_path / "indexes"))
    bridge = Bridge(lambda emit: InlineEngine(emit, device="cpu"))
    about = entry("units")
    assert about is not None
    page = cast(UnitsPage, about.create(Services(bridge, Settings(tmp_path / "settings.ini"))))
    qtbot.addWidget(page)
    page.resize(1300, 850)
    page.restore_session(to_json(UnitsState(view="patches")))
    with qtbot.waitExposed(page):
        page.show()
    page.activated()
    looked_through(qtbot, page)
    yield page
    page.close_page()
    bridge.close()
    library.forget()


def looked_through(qtbot: QtBot, page: UnitsPage) -> None:
    engine = page.services.bridge.engine
    assert isinstance(engine, InlineEngine)

    def ready() -> bool:
        engine.pump()
        return page.tour_ready()

    qtbot.waitUntil(ready, timeout=6 * WAIT)


def test_the_page_shows_the_bundled_photos_and_takes_a_folder(
    qtbot: QtBot, page: UnitsPage, tmp_path: Path
) -> None:
    view = cast(PatchesView, page.stage.view)
    assert view.answer is not None and view.answer.mined == 20 and len(view.answer.patches) == 9
    assert view.answer.check is not None and view.answer.check.agrees
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(2):
        pixels = np.random.default_rng(number).integers(0, 256, (40, 40, 3), np.uint8)
        (folder / f"{number}.png").write_bytes(export.png_bytes(image_of(pixels), 1.0))
    page.open_path(folder)
    looked_through(qtbot, page)
    assert page.state.patches.pictures == Pictures("folder", str(folder))
    assert len(view.answer.patches) == 2
    page.undo()
    looked_through(qtbot, page)
    assert page.state.patches.pictures == Pictures() and len(view.answer.patches) == 9
    view.wall.opened.emit(0)
    looked_through(qtbot, page)
    assert page.state.patches.opened == 0 and page.stepper.isVisible()
    assert page.escape() and page.state.patches.opened is None


def image_of(pixels: np.ndarray) -> QImage:
    return QImage(pixels.tobytes(), 40, 40, 120, QImage.Format.Format_RGB888).copy()
