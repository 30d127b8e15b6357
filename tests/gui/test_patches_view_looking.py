"""The view of the top patches: looking through pictures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QFileDialog

from engine.errors import ErrorReport
from engine.inside.patches.requests import (
    FindPatches,
    MinePatches,
    Pictures,
)
from engine.jobs import Partial, Progress
from engine.runner import Emit
from gui import export
from gui.pages.units.patches import exports
from gui.pages.units.patches.collection_bar import GO_ON, STOP
from gui.pages.units.patches.settings import PatchesSettings
from gui.pages.units.patches.tiles import Tile, paint_window, projection_pixels
from gui.pages.units.patches.wall_layout import wall_layout
from gui.widgets.picture import to_pixels
from tests.gui.patches_view_fixtures import (
    LAYER,
    NET,
    SIDE,
    Desk,
    Left,
    OpenDesk,
    a_patch,
    desk,
    open_desk,
    report,
    settle,
    unit,
)
from tests.gui.window_fixtures import HeldEngine, calm

__all__ = ["calm", "desk", "open_desk"]


class TestLookingThrough:
    def test_what_was_left_out_is_listed_with_its_reason(self, desk: Desk) -> None:
        listed = desk.view.panel.left_out
        assert [listed.item(i).text().split(":")[0] for i in range(listed.count())] == [
            "broken.jpg",
            "locked/",
        ]
        assert "You may not read this folder." in listed.item(1).toolTip()
        assert "2 left out" in desk.view.bar.line.text() and "20 of 21" in desk.view.bar.line.text()
        assert not desk.view.bar.bar.isVisible() and not desk.view.bar.button.isVisible()

    def test_a_folder_is_chosen_by_its_dialog_and_by_a_drop(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(QFileDialog, "getExistingDirectory", staticmethod(lambda *_args: str(tmp_path)))
        QTest.mouseClick(desk.view.bar.kind.button("folder"), Left)
        settle()
        assert desk.settings.pictures == Pictures("folder", str(tmp_path))
        assert desk.view.bar.kind.value == "folder" and desk.view.answer is not None
        assert desk.view.answer.request.pictures == desk.settings.pictures
        assert desk.view.open_folder(tmp_path / "other")
        settle()
        assert desk.settings.path.endswith("other")

    def test_a_film_is_chosen_and_a_dialog_that_is_closed_changes_nothing(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(QFileDialog, "getOpenFileName", staticmethod(lambda *_args: ("", "")))
        QTest.mouseClick(desk.view.bar.kind.button("video"), Left)
        settle()
        assert desk.settings.kind == "bundled" and desk.view.bar.kind.value == "bundled"
        monkeypatch.setattr(QFileDialog, "getOpenFileName", staticmethod(lambda *_args: ("/a/film.mp4", "")))
        QTest.mouseClick(desk.view.bar.kind.button("video"), Left)
        settle()
        assert desk.settings.pictures == Pictures("video", "/a/film.mp4")
        QTest.mouseClick(desk.view.bar.kind.button("bundled"), Left)
        settle()
        assert desk.settings.pictures == Pictures()

    def test_a_folder_that_is_not_there_is_told_and_can_be_tried_again(self, desk: Desk) -> None:
        desk.show(settings=PatchesSettings("folder", "/nowhere"))
        bar = desk.view.bar
        assert bar.line.text() == "The folder nowhere is not there. Choose another."
        assert bar.button.text() == GO_ON and bar.button.isVisible() and desk.view.settled

    def test_stop_and_go_on(self, open_desk: OpenDesk) -> None:
        engine: list[HeldEngine] = []

        def held(emit: Emit) -> HeldEngine:
            engine.append(HeldEngine(emit))
            return engine[0]

        desk = open_desk(held)
        (job,) = engine[0].jobs(MinePatches)
        request = MinePatches(NET, Pictures())
        engine[0].emit(Partial(job, report(request, 5)))
        engine[0].emit(Progress(job, 5, 21, "Looking", 62.0))
        settle()
        bar = desk.view.bar
        assert bar.bar.isVisible() and bar.bar.value() == 5 and bar.button.text() == STOP
        assert "5 of 21" in bar.line.text() and "left" in bar.line.text()
        QTest.mouseClick(bar.button, Left)
        settle()
        assert engine[0].cancelled == [job] and bar.button.text() == GO_ON and not bar.bar.isVisible()
        desk.show()
        assert len(engine[0].jobs(MinePatches)) == 1, "what a person stopped does not begin again by itself"
        QTest.mouseClick(bar.button, Left)
        settle()
        assert len(engine[0].jobs(MinePatches)) == 2 and bar.button.text() == STOP

    def test_a_unit_is_looked_up_anew_as_the_pictures_double(self, open_desk: OpenDesk) -> None:
        engine: list[HeldEngine] = []

        def held(emit: Emit) -> HeldEngine:
            engine.append(HeldEngine(emit))
            return engine[0]

        open_desk(held)
        (job,) = engine[0].jobs(MinePatches)
        asked = []
        for mined in (1, 2, 3, 4, 7, 8, 20):
            for open_job in engine[0].jobs(FindPatches)[len(asked) :]:
                engine[0].answer(open_job, unit(FindPatches(NET, LAYER, 0)))
            settle()
            asked = engine[0].jobs(FindPatches)
            engine[0].emit(Partial(job, report(MinePatches(NET, Pictures()), mined)))
            settle()
        assert len(engine[0].jobs(FindPatches)) == 6, "at first, and at 1, 2, 4, 8 and the end"

    def test_out_of_sight_no_unit_is_asked_about(self, open_desk: OpenDesk) -> None:
        engine: list[HeldEngine] = []

        def held(emit: Emit) -> HeldEngine:
            engine.append(HeldEngine(emit))
            return engine[0]

        desk = open_desk(held)
        desk.view.set_active(False)
        settle()
        assert engine[0].cancelled == engine[0].jobs(FindPatches)
        desk.view.set_active(True)
        settle()
        assert len(engine[0].jobs(FindPatches)) == 2 and len(engine[0].jobs(MinePatches)) == 1

    def test_a_failed_lookup_is_told(self, open_desk: OpenDesk) -> None:
        engine: list[HeldEngine] = []

        def held(emit: Emit) -> HeldEngine:
            engine.append(HeldEngine(emit))
            return engine[0]

        desk = open_desk(held)
        engine[0].fail(engine[0].jobs(FindPatches)[0], ErrorReport("It did not work.", "Try another net."))
        settle()
        assert desk.view.wall.sentence == "It did not work. Try another net."


class TestPictures:
    def test_zero_is_grey_and_the_largest_magnitude_black_or_white(self) -> None:
        pixels = projection_pixels(np.array([[[0.0, 2.0, -2.0], [1.0, -1.0, 0.0]]], np.float32))
        assert pixels.tolist() == [[[128, 255, 0], [191, 64, 128]]]
        assert projection_pixels(np.zeros((2, 2, 1), np.float32)).tolist() == [[[128] * 3] * 2] * 2

    def test_what_hangs_over_the_picture_is_no_part_of_it(self) -> None:
        """A window from (-2, -2) to (4, 4): the first third of the tile is padding in both directions."""
        seen = np.full((SIDE, SIDE, 3), 255, np.uint8)
        tile = Tile.of(replace(a_patch(3, 0), seen=seen, sharp=None))
        image = QImage(60, 60, QImage.Format.Format_RGB32)
        image.fill(0)
        painter = QPainter(image)
        assert tile.seen is not None
        paint_window(painter, QRectF(0, 0, 60, 60), tile.seen, tile)
        painter.end()
        white = (to_pixels(image) == 255).all(axis=2)
        assert white[21:, 21:].all() and not white[:19].any() and not white[:, :19].any()

    @pytest.mark.parametrize(
        ("width", "height"), [(320, 240), (600, 430), (830, 760), (1400, 900), (2600, 1500)]
    )
    def test_nothing_overlaps_and_nothing_leaves_the_stage(self, width: int, height: int) -> None:
        layout = wall_layout(width, height)
        tiles = [*layout.patches, *layout.projections]
        stage = QRectF(0, 0, width, height)
        for number, one in enumerate(tiles):
            assert stage.contains(one) or width < 400
            assert not any(one.intersects(other) for other in tiles[number + 1 :])
            assert not any(one.intersects(head) for head in layout.heads)
        assert {one.width() for one in tiles} == {one.height() for one in tiles}
        for place, patch in enumerate(layout.patches):
            assert layout.at(patch.center()) == layout.at(layout.projections[place].center()) == place
            assert patch.top() == layout.projections[place].top()

    def test_exports(self, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        view = desk.view
        for opened in (None, 2):
            desk.show(settings=PatchesSettings(opened=opened))
            image = export.render(view)
            assert image.width() >= 400 and len(np.unique(to_pixels(image).reshape(-1, 3), axis=0)) > 200
        said = QSignalSpy(view.said)
        list_verb, arrays_verb = view.verbs()
        paths = iter([tmp_path / "list.csv", tmp_path / "arrays.npz"])
        monkeypatch.setattr(export, "save_dialog", lambda *_args: next(paths))
        list_verb.run()
        arrays_verb.run()
        rows = (tmp_path / "list.csv").read_text("utf-8").splitlines()
        assert rows[0].split(",")[:3] == list(exports.HEADER[:3]) and len(rows) == 10
        assert rows[1].startswith("1,class0/photo0.jpg,10")
        with np.load(tmp_path / "arrays.npz") as saved:
            assert saved["projections"].shape == (9, SIDE, SIDE, 3) and saved["seen"].dtype == np.uint8
        assert said.count() == 2
        desk.show(subject=replace(desk.subject, layer="classifier"))
        list_verb.run()
        assert "no patches to save yet" in said.at(said.count() - 1)[0]
