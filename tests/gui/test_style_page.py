"""The page "Style" through its widgets: some tests paint with the bundled net, most with an engine that is held."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.context import Context
from engine.errors import ErrorReport
from engine.jobs import Partial
from engine.networks.requests import ListWeights
from engine.runner import Emit, InlineEngine
from engine.sources import LoadSample, OpenPicture, load_sample, open_picture_request
from engine.style import patterns
from engine.style.requests import DrawPattern, PaintStyle, Plan, PlanStyle
from engine.style.settings import StyleSettings
from gui import export
from gui.pages.style.page import StylePage
from gui.pages.style.paint import saving
from gui.pages.style.paint.course import QUIET_MS
from gui.pages.style.paint.presenter import INVITE, NOTHING
from gui.pages.style.paint.view import PaintView
from gui.pages.style.stamp import state_in
from gui.pages.style.state import StyleState
from gui.state import to_json
from gui.widgets.source_state import SourceState
from tests.gui.page_fixtures import opened_pages
from tests.gui.style_runs import LAYERS, asked, painted
from tests.gui.window_fixtures import HeldEngine, calm

__all__ = ["calm"]

OpenPage = Callable[..., StylePage]
SMALL = StyleSettings(size=40, steps=4, precision="float32")
PLAN = Plan(
    "Test net", "Strokes.", 300_000_000, 2_000_000_000, 4096, ((256, 170),),
    ((LAYERS[0], "relu1_1", 64), (LAYERS[1], "relu2_1", 128)), LAYERS[1], ((LAYERS[0], 0.5), (LAYERS[1], 0.5)),
)  # fmt: skip


def inline(emit: Emit) -> InlineEngine:
    return InlineEngine(emit, device="cpu")


@pytest.fixture
def open_page(qtbot: QtBot, calm: None, tmp_path: Path) -> Iterator[OpenPage]:
    """Opens pages as windows of their own: open_page(make_engine=HeldEngine, state=None, size=(1300, 900))."""
    with opened_pages(qtbot, tmp_path, "style", HeldEngine, (1300, 900), settle=serve) as opener:
        yield opener


def held(page: StylePage) -> HeldEngine:
    return cast(HeldEngine, page.services.bridge.engine)


def serve(page: StylePage, plan: Plan = PLAN) -> None:
    """Answer every question about pictures and plans that is open; the timers of the page run."""
    engine = page.services.bridge.engine
    for _ in range(12):
        QTest.qWait(1)
        if not isinstance(engine, HeldEngine):
            continue
        for number, (request, _key) in list(engine.asked.items()):
            if number in _served(engine):
                continue
            match request:
                case LoadSample():
                    answer: Any = load_sample(request.name)
                case OpenPicture():
                    steps = open_picture_request(request, None)
                    try:
                        next(steps)
                        next(steps)
                    except StopIteration as stop:
                        answer = stop.value
                    except Exception as error:
                        _served(engine).add(number)
                        engine.fail(number, ErrorReport(str(error)))
                        continue
                case DrawPattern():
                    answer = patterns.respond(request, Context())
                case PlanStyle():
                    answer = plan
                case ListWeights():
                    answer = ()
                case _:
                    continue
            _served(engine).add(number)
            engine.answer(number, answer)


def _served(engine: HeldEngine) -> set[int]:
    done: set[int] = engine.__dict__.setdefault("served", set())
    return done


def settle(page: StylePage, qtbot: QtBot) -> None:
    """Until a painting of the real net is there."""

    def ready() -> bool:
        cast(InlineEngine, page.services.bridge.engine).pump()  # what waits for an import beside it
        return page.tour_ready()

    qtbot.waitUntil(ready, timeout=60_000)


def view_of(page: StylePage) -> PaintView:
    view = page.stage.view
    assert isinstance(view, PaintView)
    return view


def paintings(page: StylePage) -> list[PaintStyle]:
    engine = held(page)
    return [asked(engine.asked[number][0]) for number in engine.jobs(PaintStyle)]


def wait_for_painting(page: StylePage, count: int, qtbot: QtBot) -> PaintStyle:
    """Until so many paintings were asked for: a hand rests for a moment first."""

    def begun() -> bool:
        serve(page)
        return len(paintings(page)) >= count

    qtbot.waitUntil(begun, timeout=5000)
    assert len(paintings(page)) == count
    return paintings(page)[-1]


def tell(page: StylePage, step: int, **more: Any) -> None:
    engine = held(page)
    number = engine.jobs(PaintStyle)[-1]
    settings = view_of(page).desk.current.wanted  # type: ignore[union-attr]
    engine.emit(Partial(number, painted(step, settings, **more)))
    QApplication.processEvents()


def finish(page: StylePage, step: int | None = None, outcome: str = "done") -> None:
    engine = held(page)
    settings = view_of(page).desk.current.wanted  # type: ignore[union-attr]
    step = settings.steps if step is None else step
    engine.answer(engine.jobs(PaintStyle)[-1], painted(step, settings, keep=True, outcome=outcome))
    QApplication.processEvents()


def png(path: Path, width: int = 30, height: int = 20, mode: str = "RGB") -> Path:
    Image.new(mode, (width, height), (200, 30, 60) if mode == "RGB" else (200, 30, 60, 0)).save(path)
    return path


class TestFirstVisit:
    def test_it_starts_by_itself_and_shows_the_content_at_once(self, open_page: OpenPage) -> None:
        page = open_page()
        view = view_of(page)
        assert len(paintings(page)) == 1 and paintings(page)[0].settings == StyleSettings()
        content = page.subject.content
        assert content is not None and view.stage.picture.pixels is content.pixels
        assert view.stage.caption.text().startswith("Content: Chelsea the cat")
        tell(page, 0)
        tell(page, 30)
        assert view.stage.line.text().startswith("Run 1. Painting: step 30 of 150")
        assert view.stage.picture.pixels is not None and view.stage.picture.pixels[0, 0, 0] == 30
        assert page.details.found.texts()["step"] == "30 of 150" and not page.tour_ready()
        assert [one.name for one in view.stage.plot.series] == ["J", "style", "content", "TV"]
        finish(page)
        assert page.tour_ready() and page.stepping and page.stepper.count == 3

    def test_with_the_bundled_net(self, open_page: OpenPage, qtbot: QtBot) -> None:
        page = open_page(inline, StyleState(settings=SMALL))
        settle(page, qtbot)
        run = view_of(page).desk.current
        assert run is not None and run.phase == "done" and run.painted is not None and run.painted.step == 4
        assert page.subject.painted is run.painted.pixels and run.painted.pixels.shape == (27, 40, 3)
        controls = view_of(page)._controls
        assert "TinyVGG" in controls.plan_line.text() and "Comes with the program" in controls.expect.text()
        assert len(controls.layers.sliders) == 7 and controls.content_layer.value == "features.relu3_1"

    def test_everything_has_an_accessible_name(self, open_page: OpenPage) -> None:
        stage = view_of(open_page()).stage
        for widget in (
            stage.picture,
            stage.strip,
            stage.plot,
            stage.bar,
            stage.pause_button,
            stage.again_button,
        ):
            assert widget.accessibleName()


class TestSteering:
    def test_a_weight_reaches_the_run_under_way_and_is_one_step_of_undo(self, open_page: OpenPage) -> None:
        page = open_page()
        controls = view_of(page)._controls
        tell(page, 3)
        for _ in range(3):
            QTest.keyClick(controls.beta.slider, Qt.Key.Key_Right)
        assert page.state.settings.beta == pytest.approx(200, rel=0.01) and len(paintings(page)) == 1
        orders = paintings(page)[0].orders
        order = None if orders is None else orders.take()
        assert order is not None and order.settings == page.state.settings
        page.undo()
        order = None if orders is None else orders.take()
        assert page.state.settings == StyleSettings() and order is not None and order.settings.beta == 100

    def test_the_size_begins_anew_and_keeps_the_run(self, open_page: OpenPage, qtbot: QtBot) -> None:
        page = open_page()
        view = view_of(page)
        tell(page, 5)
        view._controls.longer_side.plus.click()
        assert view.stage.picture.stale  # what is on show belongs to another size
        request = wait_for_painting(page, 2, qtbot)
        assert request.settings.size == 288 and request.begin is None
        assert [run.phase for run in view.desk.runs] == [
            "left",
            "waiting",
        ] and not view.stage.picture.stale

    def test_weights_after_the_end_go_on_from_there(self, open_page: OpenPage, qtbot: QtBot) -> None:
        page = open_page()
        view = view_of(page)
        finish(page)
        QTest.keyClick(view._controls.alpha.slider, Qt.Key.Key_Right)
        request = wait_for_painting(page, 2, qtbot)
        assert request.begin is view.desk.runs[0].moments[-1].iterate
        assert view.desk.runs[1].parent == (1, 150)
        finish(page)
        page.undo()
        serve(page)
        assert view.desk.current is view.desk.runs[0] and len(paintings(page)) == 2  # painted already

    def test_more_steps_go_on_to_their_number_and_fewer_ask_for_nothing(
        self, open_page: OpenPage, qtbot: QtBot
    ) -> None:
        page = open_page()
        view = view_of(page)
        finish(page)
        view._controls.steps.plus.click()
        request = wait_for_painting(page, 2, qtbot)
        assert (request.settings.steps, request.done) == (160, 150) and request.begin is not None
        finish(page)
        view._controls.steps.minus.click()
        serve(page)
        assert view.desk.current is view.desk.runs[0]
        view._controls.steps.minus.click()
        QTest.qWait(QUIET_MS + 50)
        assert page.state.settings.steps == 140 and len(paintings(page)) == 2 and page.tour_ready()

    def test_what_is_under_a_resting_pointer_is_that_of_the_picture_on_show(
        self, open_page: OpenPage
    ) -> None:
        page = open_page()
        view = view_of(page)
        changed = QSignalSpy(view.paintedChanged)
        tell(page, 2)
        view.stage.picture.hovered.emit(3, 4)
        assert page.details.under.texts()["painting"] == "2, 2, 2"
        tell(page, 7)
        assert page.details.under.texts()["painting"] == "7, 7, 7" and changed.count() == 2
        view.stage.picture.left.emit()
        tell(page, 8)
        assert "painting" not in page.details.under.texts()

    def test_lambdas_of_the_layers(self, open_page: OpenPage) -> None:
        page = open_page()
        layers = view_of(page)._controls.layers
        assert {name: slider.value for name, slider in layers.sliders.items()} == dict.fromkeys(LAYERS, 0.5)
        QTest.keyClick(layers.sliders[LAYERS[0]].slider, Qt.Key.Key_Home)
        assert page.state.settings.style_layers == ((LAYERS[1], 0.5),)
        assert layers.sliders[LAYERS[0]].value == 0
        layers.usual.click()
        assert page.state.settings.style_layers == () and layers.sliders[LAYERS[0]].value == 0.5

    def test_space_pauses_and_goes_on(self, open_page: OpenPage) -> None:
        page = open_page()
        view = view_of(page)
        tell(page, 2)
        QTest.keyClick(page, Qt.Key.Key_Space)
        assert view.desk.paused and view.stage.pause_button.accessibleName() == "Go on"
        tell(page, 2, outcome="paused", keep=True)
        assert view.stage.line.text().startswith("Run 1. Paused: step 2") and page.tour_ready()
        QTest.keyClick(page, Qt.Key.Key_Space)
        assert not view.desk.paused
        finish(page, 3, "stopped")
        QTest.keyClick(page, Qt.Key.Key_Space)  # nothing paints: the stepper plays the history
        assert page.stepper.playing

    def test_out_of_sight_the_run_rests(self, open_page: OpenPage) -> None:
        page = open_page()
        tell(page, 2)
        orders = paintings(page)[0].orders
        assert orders is not None
        orders.take()
        page.deactivated()
        resting = orders.take()
        page.activated()
        awake = orders.take()
        assert resting is not None and resting.paused and awake is not None and not awake.paused
        view_of(page)._controls.background.click()
        page.deactivated()
        assert orders.take() is None

    def test_a_blend_of_two_styles(self, open_page: OpenPage, qtbot: QtBot) -> None:
        page = open_page()
        page.panel.tiles.add_button.click()
        request = wait_for_painting(page, 2, qtbot)
        assert len(request.styles) == 2 and request.settings.blend == (1.0, 1.0) and page.state.tile == 2
        tell(page, 1)
        blend = view_of(page)._controls.blend
        QTest.keyClick(blend[1].slider, Qt.Key.Key_Home)
        assert (
            page.state.settings.blend == (1.0, 0.0) and len(paintings(page)) == 2
        )  # it acts while it paints
        page.panel.tiles.remove_button.click()
        assert page.state.settings.blend == (1.0,) and len(page.state.styles) == 1


class TestHistory:
    def test_the_stepper_scrubs_and_a_branch_begins_there(self, open_page: OpenPage, qtbot: QtBot) -> None:
        page = open_page()
        view = view_of(page)
        for step in (0, 10, 20):
            tell(page, step, keep=True)
        finish(page)
        QTest.keyClick(page, Qt.Key.Key_Left)
        QTest.keyClick(page, Qt.Key.Key_Left)
        assert view.stage.caption.text() == "Run 1: step 10, 48 × 32 pixels" and page.stepper.index == 1
        assert page.subject.painted is not None and page.subject.painted[0, 0, 0] == 10
        QTest.keyClick(view, Qt.Key.Key_G)
        request = wait_for_painting(page, 2, qtbot)
        assert request.begin is view.desk.runs[0].moments[1].iterate
        assert not page.history.can_undo  # looking around is no change
        tell(page, 1)
        assert view.stage.caption.text().startswith("Run 2, from step 10 of run 1: step 1")

    def test_two_runs_side_by_side(self, open_page: OpenPage) -> None:
        page = open_page()
        view = view_of(page)
        finish(page)
        first = view.desk.runs[0]
        view.branch()
        serve(page)
        tell(page, 7)
        view._put_beside(first)
        assert page.state.paint.look == "pair" and view.stage.other.isVisible()
        assert view.stage.other.pixels is first.pixels and view.stage.other_caption.text().startswith("Run 1")
        view._remove(first)
        assert view.stage.other_caption.text().startswith("Content")
        QTest.keyClick(view.stage.looks.button("wipe"), Qt.Key.Key_Space)
        assert page.state.paint.look == "wipe" and view.stage.picture.wiped
        view._settings_set(view.desk.runs[0].wanted, "")
        assert not view.stage.other.isVisible()

    def test_settings_of_a_moment_come_back(self, open_page: OpenPage) -> None:
        page = open_page()
        tell(page, 3)
        view = view_of(page)
        view._settings_set(replace(StyleSettings(), beta=5.0), "")
        view._take_settings(view.desk.runs[0], 0)
        assert page.state.settings.beta == 100


class TestMask:
    def test_a_stroke_begins_anew_with_its_mask_and_undo_takes_it_back(
        self, open_page: OpenPage, qtbot: QtBot
    ) -> None:
        page = open_page()
        view = view_of(page)
        QTest.keyClick(view, Qt.Key.Key_M)
        assert view.stage.picture.masking and not page.history.can_undo
        view.stage.picture.strokeDone.emit((0.2, False, ((0.5, 0.5),)))
        request = wait_for_painting(page, 2, qtbot)
        assert request.mask is not None and 0 < request.mask.mean() < 0.5
        page.undo()
        assert page.subject.mask is None
        page.redo()
        assert page.subject.mask is request.mask  # the very same, so that its run is found again
        view._controls.brush.invert.click()
        assert page.subject.mask is not None and page.subject.mask.mean() > 0.5
        view._controls.brush.clear.click()
        assert page.subject.mask is None
        QTest.keyClick(page, Qt.Key.Key_Escape)
        assert not view.stage.picture.masking


class TestPictures:
    def test_two_pictures_at_once_are_content_and_style(self, open_page: OpenPage, tmp_path: Path) -> None:
        page = open_page()
        first, second = png(tmp_path / "a.png"), png(tmp_path / "b.png", mode="RGBA")
        page.open_paths([first, second])
        serve(page)
        assert [source.value for source in page.state.sources] == [str(first), str(second)]
        assert page.subject.complete is not None
        page.undo()
        assert page.state == StyleState()

    def test_one_picture_is_the_content_and_one_on_a_tile_is_that_tiles(
        self, open_page: OpenPage, tmp_path: Path
    ) -> None:
        page = open_page()
        page.open_path(png(tmp_path / "a.png"))
        page._dropped_on(1, png(tmp_path / "b.png"))
        serve(page)
        assert [source.value for source in page.state.sources] == [
            str(tmp_path / "a.png"),
            str(tmp_path / "b.png"),
        ]
        assert page.state.tile == 1

    def test_of_several_files_those_that_are_no_pictures_are_left_out(
        self, open_page: OpenPage, tmp_path: Path
    ) -> None:
        page = open_page()
        said = QSignalSpy(page.said)
        letter, other = tmp_path / "letter.xyz", tmp_path / "empty.png"
        letter.write_bytes(b"\x00\x01Dear all")
        other.write_bytes(b"")
        page.open_paths([letter, other])
        assert page.state == StyleState() and "left out" in said.at(0)[0]
        page.open_paths([png(tmp_path / "a.png"), letter, png(tmp_path / "b.png")])
        serve(page)
        assert [Path(source.value).name for source in page.state.sources] == ["a.png", "b.png"]

    def test_a_file_that_was_written_since_is_read_again(self, open_page: OpenPage, tmp_path: Path) -> None:
        page = open_page()
        path = png(tmp_path / "a.png")
        page.open_path(path)
        serve(page)
        first = page.subject.content
        page.open_path(path)
        serve(page)
        assert page.subject.content is first
        png(path, width=50)
        os.utime(path, (1, 1))
        page.open_path(path)
        serve(page)
        assert page.subject.content is not None and page.subject.content.width == 50
        path.unlink()
        page.open_path(png(path, width=60))
        path.unlink()  # between the drop and the start: nothing else is to be put back
        serve(page)
        assert page.state.content.value == str(path) and "a.png" in page.panel.tiles.tiles[0].accessibleName()

    def test_nobody_is_asked_for_pictures_that_are_on_their_way(self, open_page: OpenPage) -> None:
        page = open_page()
        page.change(replace(page.state, content=SourceState("sample", "coffee")))
        assert page.subject.coming and page.subject.content is None
        assert view_of(page).stage.line.text() != INVITE
        serve(page)
        assert not page.subject.coming

    def test_what_cannot_be_read_changes_nothing_and_says_why(
        self, open_page: OpenPage, tmp_path: Path
    ) -> None:
        page = open_page()
        page._stroke_added((0.2, False, ((0.5, 0.5),)))
        before = page.state
        said = QSignalSpy(page.said)
        gone, letter = png(tmp_path / "gone.png"), tmp_path / "letter.txt"
        letter.write_text("Dear all")
        page.open_path(gone)
        gone.unlink()  # between the drop and the start
        serve(page)
        assert page.state == before and "gone.png" in said.at(0)[0]
        page._dropped_on(1, letter)
        assert page.state == before and "letter.txt" in said.at(said.count() - 1)[0]

    def test_a_session_whose_file_is_gone_says_so_in_the_tile(
        self, open_page: OpenPage, tmp_path: Path
    ) -> None:
        lost = StyleState(content=SourceState("file", str(tmp_path / "lost.png")))
        page = open_page(state=lost)
        assert page.state == lost and not paintings(page)
        assert "lost.png" in page.panel.tiles.tiles[0].accessibleName()
        page.open_path(png(tmp_path / "other.png"))  # the missing place is filled first
        serve(page)
        assert page.subject.complete is not None

    def test_a_pasted_picture_fills_the_chosen_tile(self, open_page: OpenPage) -> None:
        page = open_page()
        page._tile_chosen(1)
        image = QImage(30, 20, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.darkCyan)
        page.paste_image(image)
        serve(page)
        assert page.state.styles[0].kind == "file" and page.state.content == StyleState().content
        assert page.subject.styles[0] is not None and page.subject.styles[0].width == 30

    def test_what_plays_is_looked_at_until_a_picture_is_taken(
        self, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        from gui.widgets import pasted

        monkeypatch.setattr(pasted, "default_folder", lambda: tmp_path)
        page = open_page()
        page.take_source(SourceState("camera", "any"))
        assert page.state == StyleState() and not page.panel.take_button.isVisible()
        page.picture_came(load_sample("coffee"))
        page.panel.picker_section.set_folded(False)
        assert page.panel.take_button.isVisible()
        page.panel.take_button.click()
        serve(page)
        assert page.state.content.kind == "file" and not page.panel.take_button.isVisible()
        content = page.subject.content
        assert content is not None and np.array_equal(content.pixels, load_sample("coffee").pixels)


class TestTrouble:
    @pytest.mark.parametrize("size", [(1, 1), (9000, 1)])
    def test_pictures_of_one_row_are_refused_in_a_sentence(
        self, open_page: OpenPage, qtbot: QtBot, tmp_path: Path, size: tuple[int, int]
    ) -> None:
        page = open_page(inline, StyleState(settings=SMALL))
        settle(page, qtbot)
        page.open_path(png(tmp_path / "thin.png", *size))
        qtbot.waitUntil(lambda: "too small" in view_of(page).stage.notice.text, timeout=10_000)
        assert len(view_of(page).desk.runs) == 1  # the painting before is still there
        page.undo()
        qtbot.waitUntil(lambda: not view_of(page).stage.notice.text, timeout=10_000)

    def test_identical_pictures_and_extreme_shapes_are_painted(
        self, open_page: OpenPage, qtbot: QtBot, tmp_path: Path
    ) -> None:
        same = SourceState("file", str(png(tmp_path / "same.png", 600, 4)))
        page = open_page(inline, StyleState(content=same, styles=(same,), settings=SMALL))
        settle(page, qtbot)
        run = view_of(page).desk.current
        assert run is not None and run.phase == "done" and run.painted is not None
        assert run.painted.pixels.shape == (16, 40, 3)

    def test_too_large_for_the_memory_offers_a_size_that_fits(self, open_page: OpenPage) -> None:
        page = open_page()
        finish(page)
        view = view_of(page)
        view._planned(replace(PLAN, bytes=9_000_000_000, largest=480))
        assert "9.0 GB" in view.stage.notice.text
        view.stage.notice.buttons[0].click()
        assert page.state.settings.size == 480

    def test_memory_that_runs_out_goes_on_smaller_from_the_last_picture(
        self, open_page: OpenPage, qtbot: QtBot
    ) -> None:
        page = open_page()
        view = view_of(page)
        tell(page, 9)
        finish(page, 9, "memory")
        assert "ran out" in view.stage.notice.text and view.stage.picture.pixels is not None
        view.stage.notice.buttons[0].click()
        request = wait_for_painting(page, 2, qtbot)
        assert request.settings.size == 176 and request.begin is view.desk.runs[0].moments[-1].iterate

    def test_a_refusal_is_told_and_can_be_tried_again(self, open_page: OpenPage, qtbot: QtBot) -> None:
        page = open_page()
        held(page).fail(held(page).jobs(PaintStyle)[-1], ErrorReport("The net is not here.", "Import it."))
        QApplication.processEvents()
        view = view_of(page)
        assert view.stage.notice.text == "The net is not here. Import it." and page.tour_ready()
        assert view.stage.line.text() == NOTHING
        view.stage.notice.buttons[0].click()
        wait_for_painting(page, 2, qtbot)
        assert not view.stage.notice.text

    def test_a_restored_large_painting_waits_to_be_asked_for(self, open_page: OpenPage, qtbot: QtBot) -> None:
        page = open_page(state=StyleState(settings=StyleSettings(size=1024, levels=3, steps=600)))
        view = view_of(page)
        assert (
            not paintings(page)
            and "600 steps at 1024 × 681 pixels" in view.stage.notice.text
            and view.stage.line.text() == NOTHING
            and page.tour_ready()
        )
        view.stage.notice.buttons[0].click()
        assert wait_for_painting(page, 1, qtbot).settings.size == 1024


class TestTakingAway:
    def test_a_painting_is_saved_with_its_settings_and_opens_them_again(
        self, open_page: OpenPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page = open_page()
        page._settings_changed(replace(StyleSettings(), beta=40.0), "")
        finish(page)
        path = tmp_path / "painting.png"
        monkeypatch.setattr(export, "save_dialog", lambda *_: path)
        next(verb for verb in page.verbs() if verb.title.startswith("Save painting with")).run()
        found = state_in(path)
        assert found is not None and found.settings == page.state.settings
        page.reset()
        page.open_path(path)
        assert page.state.settings.beta == 100 and "painted here" in page.stage.notice.text
        page.stage.notice.buttons[0].click()
        assert page.state.settings.beta == 40 and not page.stage.notice.text
        page.open_path(path)
        page.stage.notice.buttons[1].click()
        assert page.state.content == SourceState("file", str(path))

    def test_a_full_disk_is_a_sentence(
        self, open_page: OpenPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page = open_page()
        finish(page)
        said = QSignalSpy(page.said)

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(export, "save_dialog", lambda *_: tmp_path / "a.png")
        monkeypatch.setattr(Path, "write_bytes", full)
        for verb in view_of(page).verbs()[1:4]:
            verb.run()
        assert [said.at(i)[0] for i in range(3)] == [
            "a.png could not be saved. The disk is full. Free some space or choose another disk."
        ] * 3
        assert view_of(page).desk.runs[0].phase == "done"

    def test_before_anything_is_painted_the_verbs_say_so(self, open_page: OpenPage) -> None:
        page = open_page()
        said = QSignalSpy(page.said)
        for verb in view_of(page).verbs()[:3]:
            verb.run()
        assert [said.at(i)[0].split(".")[0] for i in range(3)] == ["Nothing is painted yet"] * 3

    def test_film_and_picture(self, open_page: OpenPage) -> None:
        page = open_page()
        tell(page, 0)
        finish(page)
        film = view_of(page).film()
        assert film is not None and len(film.indices) == 2
        run = view_of(page).desk.runs[0]
        assert len(saving.csv(run).decode().splitlines()) == 151
        assert {"Copy painting", "Save animation (GIF or MP4)…", "Save curves (CSV)…"} <= {
            v.title for v in page.verbs()
        }


def test_the_session_comes_back(open_page: OpenPage) -> None:
    state = StyleState(settings=replace(SMALL, beta=3.0), mask=((0.1, False, ((0.2, 0.2),)),), tile=1)
    page = open_page(state=state)
    assert page.state == state and page.save_state() == to_json(state) and not page.history.can_undo
