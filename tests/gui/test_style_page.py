"""The page "Style": first visit, steering a run, its history, the mask."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from pytestqt.qtbot import QtBot

from engine.style.settings import StyleSettings
from gui.pages.style.paint.course import QUIET_MS
from gui.pages.style.state import StyleState
from gui.state import to_json
from tests.gui.style_fixtures import (
    SMALL,
    OpenPage,
    finish,
    inline,
    open_page,
    paintings,
    serve,
    settle,
    tell,
    view_of,
    wait_for_painting,
)
from tests.gui.style_runs import LAYERS
from tests.gui.window_fixtures import calm

__all__ = ["calm", "open_page"]


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


def test_the_session_comes_back(open_page: OpenPage) -> None:
    state = StyleState(settings=replace(SMALL, beta=3.0), mask=((0.1, False, ((0.2, 0.2),)),), tile=1)
    page = open_page(state=state)
    assert page.state == state and page.save_state() == to_json(state) and not page.history.can_undo
