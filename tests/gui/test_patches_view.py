"""The view of the top patches through its real widgets, over an engine whose index is made up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from engine.context import Context
from engine.errors import ErrorReport, UserError
from engine.foundations.requests import CheckResult
from engine.handlers import HANDLERS, Handler
from engine.images import Frame
from engine.inside.patches import library
from engine.inside.patches.requests import (
    FindPatches,
    MinePatches,
    MiningReport,
    OpenPatchPicture,
    Patch,
    Pictures,
    Skipped,
    UnitPatches,
)
from engine.jobs import Partial, Progress
from engine.runner import Emit, InlineEngine
from gui import export
from gui.bridge import Bridge
from gui.pages import entry
from gui.pages.base import Services
from gui.pages.units.page import UnitsPage
from gui.pages.units.patches import exports, words
from gui.pages.units.patches.collection_bar import GO_ON, STOP
from gui.pages.units.patches.patches_view import PatchesView
from gui.pages.units.patches.settings import PatchesSettings
from gui.pages.units.patches.tiles import Tile, paint_window, projection_pixels
from gui.pages.units.patches.wall_layout import wall_layout
from gui.pages.units.state import UnitsState
from gui.pages.units.view import Subject
from gui.settings import Settings
from gui.state import from_json, to_json
from gui.widgets.picture import to_pixels
from tests.gui.window_fixtures import WAIT, HeldEngine, calm, move_to

__all__ = ["calm"]
NET, LAYER, CHANNELS, SIDE = "a-net", "features.relu", 4, 16
Left, NoModifier = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
SKIPPED = (
    Skipped("broken.jpg", "broken.jpg is damaged."),
    Skipped("locked/", "You may not read this folder."),
)


def a_patch(rank: int, channel: int) -> Patch:
    """The strongest patches lie in the middle, the fourth hangs over the upper left corner."""
    draw = np.random.default_rng(rank)
    top = -2 if rank == 3 else 4
    projection = np.zeros((SIDE, SIDE, 3), np.float32)
    projection[max(top, 0) : top + 6, max(top, 0) : top + 6] = 0.5 - rank / 10
    return Patch(
        f"class{rank % 2}/photo{rank}.jpg", f"photo{rank}.jpg", 10.0 - rank + channel, (rank, 2),
        (top, top, top + 6, top + 6), seen=draw.integers(0, 256, (SIDE, SIDE, 3), np.uint8),
        sharp=draw.integers(0, 256, (64, 64, 3), np.uint8), read=(0.25, 0.0, 0.75, 1.0),
        projection=projection, again=10.0 - rank + channel,
    )  # fmt: skip


def unit(request: FindPatches) -> UnitPatches:
    count = 9 if request.channel < 2 else 2
    patches = tuple(a_patch(rank, request.channel) for rank in range(count))
    if request.channel == 2:
        patches = (replace(patches[0], value=0.0), replace(patches[1], seen=None, problem="It is gone."))
    return UnitPatches(
        request, "the folder holidays", patches, CHANNELS, (8, 8), SIDE, "6 × 6", False, 20, 20,
        complete=True, check=CheckResult(1e-7, 1e-3, True, "torch"), seconds=0.05,
    )  # fmt: skip


def report(request: MinePatches, mined: int = 20, skipped: tuple[Skipped, ...] = SKIPPED) -> MiningReport:
    return MiningReport(
        request,
        21,
        mined,
        0,
        20 - mined,
        skipped,
        len(skipped),
        3,
        12,
        40.0,
        Path("index.npz"),
        "the folder holidays",
    )


def find(request: FindPatches, context: Context) -> Any:
    if request.layer != LAYER:
        raise UserError("The layer puts out no maps.", "Choose another layer.")
    answer = unit(request)
    yield context.partial(replace(answer, complete=False, check=None))
    return answer


def mine(request: MinePatches, context: Context) -> Any:
    if request.pictures.path.endswith("nowhere"):
        raise UserError("The folder nowhere is not there.", "Choose another.")
    yield context.partial(report(request, 10))
    yield context.progress(10, 21, "Looking")
    return report(request)


def open_picture(request: OpenPatchPicture, _context: Context) -> Frame:
    if request.picture.endswith("photo8.jpg"):
        raise UserError("photo8.jpg is not there.", "Was it moved?")
    return Frame(np.zeros((60, 120, 3), np.uint8), request.picture.rsplit("/", 1)[-1])


ROOM = "engine.inside.patches.requests"
TABLE = {
    **HANDLERS,
    f"{ROOM}.FindPatches": Handler(f"{__name__}:find", needs_torch=False),
    f"{ROOM}.MinePatches": Handler(f"{__name__}:mine", needs_torch=False),
    f"{ROOM}.OpenPatchPicture": Handler(f"{__name__}:open_picture", needs_torch=False),
}


def inline(emit: Emit) -> InlineEngine:
    return InlineEngine(emit, load_torch=False, handlers=TABLE)


class Desk:
    """What the page does for a view: keeps its settings and its unit."""

    def __init__(self, view: PatchesView, bridge: Bridge) -> None:
        self.view, self.bridge = view, bridge
        self.settings = PatchesSettings()
        self.subject = Subject(NET, LAYER, 0, None, None)
        self.pointed: list[list[tuple[str, str, str]]] = []
        view.changed.connect(self._set)
        view.looked.connect(self._set)
        view.unitPicked.connect(self._pick)
        view.pointed.connect(self.pointed.append)

    def _set(self, settings: PatchesSettings, _gesture: str = "") -> None:
        self.show(settings=settings.validated())

    def _pick(self, layer: str, channel: int, _position: object) -> None:
        self.show(subject=replace(self.subject, layer=layer, channel=channel))

    def show(self, *, settings: PatchesSettings | None = None, subject: Subject | None = None) -> None:
        self.settings, self.subject = settings or self.settings, subject or self.subject
        self.view.show_subject(self.subject, self.settings)
        settle()


def settle() -> None:
    for _ in range(6):
        QApplication.processEvents()


OpenDesk = Callable[..., Desk]


@pytest.fixture
def open_desk(qtbot: QtBot, calm: None) -> Iterator[OpenDesk]:
    opened: list[Desk] = []

    def opener(make_engine: Any = inline, size: tuple[int, int] = (900, 640)) -> Desk:
        bridge = Bridge(make_engine)
        view = PatchesView(bridge)
        qtbot.addWidget(view)
        qtbot.addWidget(view.panel)
        desk = Desk(view, bridge)
        opened.append(desk)
        view.resize(*size)
        with qtbot.waitExposed(view):
            view.show()
        view.set_active(True)
        desk.show()
        return desk

    yield opener
    for desk in opened:
        desk.view.set_active(False)
        desk.bridge.close()


@pytest.fixture
def desk(open_desk: OpenDesk) -> Desk:
    return open_desk()


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
