"""The page "Face learning": its views through their widgets, its state, what a person takes away."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import torch
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, QSizeF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from engine.errors import UserError
from engine.faces.learning.requests import (
    MINERS,
    LearnPairs,
    MeetNewcomer,
    Preview,
    TrainTriplets,
    TripletSpec,
)
from engine.handlers import HANDLERS
from engine.jobs import Partial
from engine.runner import Emit, InlineEngine
from gui.bridge import Bridge
from gui.pages import entry
from gui.pages.base import Services
from gui.pages.face_learning.oneshot.settings import STAGES, OneshotSettings
from gui.pages.face_learning.oneshot.shown import TITLES
from gui.pages.face_learning.oneshot.view import OneshotView
from gui.pages.face_learning.page import FaceLearningPage
from gui.pages.face_learning.siamese.settings import SiameseSettings
from gui.pages.face_learning.siamese.view import SiameseView
from gui.pages.face_learning.state import VIEW_FIELDS, FaceLearningState
from gui.pages.face_learning.training.settings import TrainingSettings, with_source
from gui.pages.face_learning.training.shown import last_moment, smoothed
from gui.pages.face_learning.training.view import TrainingView
from gui.pages.face_learning.training.words import sentence
from gui.pages.face_learning.triplet.paint import Frame
from gui.pages.face_learning.triplet.settings import START, STEPS, TripletSettings, with_negatives, with_point
from gui.pages.face_learning.triplet.shown import lines, shown
from gui.pages.face_learning.triplet.view import TripletView
from gui.pages.face_learning.triplet.words import verdict
from gui.pages.face_learning.views import VIEWS
from gui.settings import Settings
from gui.state import from_json, to_json
from gui.widgets.formula import formula_path
from gui.widgets.picture import to_pixels
from gui.widgets.source_state import SourceState
from tests.gui.window_fixtures import HeldEngine, calm, hover, move_to, wait_beside

__all__ = ["calm"]

LEFT, NONE, SHIFT = (
    Qt.MouseButton.LeftButton,
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
OpenPage = Callable[..., FaceLearningPage]
QUICK = TrainingSettings(TripletSpec(updates=20))
PAIR = SiameseSettings(source="digits")
CLASS = OneshotSettings(source="digits", updates=10)


def inline(emit: Emit) -> InlineEngine:
    return InlineEngine(emit, device="cpu", handlers=HANDLERS)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """As the engine on two cores."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def open_page(
    qtbot: QtBot, calm: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[OpenPage]:
    """Opens pages as windows of their own, without a network: open_page(state, size, engine)."""
    opened: list[tuple[FaceLearningPage, Bridge]] = []

    def no_network(*_arguments: Any, **_more: Any) -> None:
        raise AssertionError("this page uses no network")

    monkeypatch.setattr(socket.socket, "connect", no_network)

    def opener(
        state: FaceLearningState | None = None, size: tuple[int, int] = (1300, 900), engine: Any = inline
    ) -> FaceLearningPage:
        bridge = Bridge(engine)
        found = entry("face-learning")
        assert found is not None
        page = cast(FaceLearningPage, found.create(Services(bridge, Settings(tmp_path / "settings.ini"))))
        opened.append((page, bridge))
        qtbot.addWidget(page)
        page.resize(*size)
        if state is not None:
            page.restore_session(to_json(state))
        with qtbot.waitExposed(page):
            page.show()
        page.activated()
        QApplication.processEvents()
        return page

    yield opener
    for page, bridge in opened:
        page.close_page()
        bridge.close()


def settle(page: FaceLearningPage) -> None:
    """Wait until everything that the state owes is on the screen."""
    engine = cast(InlineEngine, page.services.bridge.engine)
    for _ in range(3000):
        if page.tour_ready():
            return
        engine.pump()
        wait_beside()
    raise AssertionError("the page does not come to rest")


def at(view: TripletView, x: float, y: float) -> QPoint:
    """Where a point of the plane is in the paper."""
    return Frame(QSizeF(view.paper.size())).place(np.array([x, y])).toPoint()


def drag(view: TripletView, begin: tuple[float, float], *ways: tuple[float, float]) -> None:
    QTest.mousePress(view.paper, LEFT, NONE, at(view, *begin))
    for way in ways:
        move_to(view.paper, at(view, *way), LEFT)
    QTest.mouseRelease(view.paper, LEFT, NONE, at(view, *ways[-1]))


# --- the page -----------------------------------------------------------------------------------------------------


def test_every_view_is_a_field_of_the_state_and_opens() -> None:
    assert tuple(one.name for one in VIEWS) == VIEW_FIELDS


@pytest.mark.parametrize("size", [(1300, 900), (800, 560)])
def test_views_by_keys_have_something_to_see(open_page: OpenPage, size: tuple[int, int]) -> None:
    state = FaceLearningState(training=QUICK, siamese=PAIR, oneshot=CLASS)
    page = open_page(state, size)
    for number, name in enumerate(VIEW_FIELDS):
        QTest.keyClick(page, Qt.Key(Qt.Key.Key_1 + number), Qt.KeyboardModifier.AltModifier)
        settle(page)
        view = page.stage.view
        assert view is not None and page.stage.name == name
        assert np.unique(to_pixels(view.grab().toImage()).reshape(-1, 3), axis=0).shape[0] > 40
        assert len(page.details.found.texts()) >= 7 and view.arrays() and page.stepping
        source = view.film()
        assert source is not None and not source.image_at(source.indices[-1]).isNull()
        titles = [verb.title for verb in page.verbs()]
        assert any("PNG" in title for title in titles) and any("numbers" in title.lower() for title in titles)


@pytest.mark.parametrize(
    "state",
    [
        FaceLearningState(),
        FaceLearningState(view="training", training=TrainingSettings(TripletSpec("drawn", dims=128, seed=9), 3, False)),
        FaceLearningState(view="siamese", siamese=SiameseSettings("drawn", "chi-square", 3, 4, 5, True, 6, 4.5)),
        FaceLearningState(view="oneshot", oneshot=OneshotSettings("digits", 3, 30, 4, 5, "known")),
        FaceLearningState(triplet=TripletSettings((*START, (1.0, 1.0)), 1, 0.0, 0.1, True, True, "positive")),
    ],
)  # fmt: skip
def test_states_survive_json(state: FaceLearningState) -> None:
    assert from_json(FaceLearningState, to_json(state)).validated() == state


@pytest.mark.parametrize(
    "changes",
    [
        {"triplet": TripletSettings(points=START[:2])},
        {"triplet": TripletSettings(points=((3.0, 0), *START[1:]))},
        {"triplet": TripletSettings(points=((float("nan"), 0), *START[1:]))},
        {"triplet": TripletSettings(chosen=1)},
        {"triplet": TripletSettings(margin=-0.1)},
        {"triplet": TripletSettings(rate=9)},
        {"triplet": TripletSettings(step=STEPS + 1)},
        {"triplet": TripletSettings(seed=-1)},
        {"training": TrainingSettings(TripletSpec(margin=-1))},
        {"training": TrainingSettings(moment=-1)},
        {"siamese": SiameseSettings(first=-1)},
        {"siamese": SiameseSettings(people=7)},
        {"siamese": SiameseSettings(step=-1)},
        {"siamese": SiameseSettings(seed=-1)},
        {"oneshot": OneshotSettings(stage=6)},
        {"oneshot": OneshotSettings(people=1)},
        {"source": SourceState("preset", "edge")},
    ],
)
def test_bad_values_are_refused_with_a_reason(changes: dict[str, Any]) -> None:
    with pytest.raises(UserError) as told:
        replace(FaceLearningState(), **changes).validated()
    assert str(told.value).endswith(".")


def test_tour_stops_and_words(open_page: OpenPage) -> None:
    page = open_page()
    stops = page.tour()
    assert len(stops) >= 7 and {stop.state.view for stop in stops} == set(VIEW_FIELDS)
    assert all(stop.state.validated() and stop.text.endswith(".") for stop in stops)
    for words in ("Schroff", "Taigman", "Koch", "2(N − P)"):
        assert words in page.explanation()
    assert "!" not in page.explanation()


# --- triplet ------------------------------------------------------------------------------------------------------


def test_a_dragged_negative_passes_the_rings(open_page: OpenPage) -> None:
    page = open_page()
    view = cast(TripletView, page.stage.view)
    settle(page)
    assert page.details.view_section.isVisible() and "autograd" in view.aside().detail.text()
    drag(view, START[2], (0.0, -0.2), (1.9, -0.2))
    assert view.found.now.kind == "easy" and view.found.now.loss == 0
    assert view.verdict.text().startswith("Easy")
    drag(view, (1.9, -0.2), (0.0, -0.2))
    assert str(view.found.now.kind) == "hard" and page.state.triplet.points[2] == pytest.approx(
        (0, -0.2), abs=0.02
    )
    page.undo()
    page.undo()
    assert page.state.triplet.points == START  # a drag is one step


def test_points_by_keys(open_page: OpenPage) -> None:
    page = open_page()
    view = cast(TripletView, page.stage.view)
    view.paper.setFocus()
    QTest.keyClick(view.paper, Qt.Key.Key_Tab)
    QTest.keyClick(view.paper, Qt.Key.Key_Tab)
    assert view.paper.chosen == 1
    QTest.keyClick(view.paper, Qt.Key.Key_Right)
    QTest.keyClick(view.paper, Qt.Key.Key_Up, SHIFT)
    assert page.state.triplet.points[1] == pytest.approx((START[1][0] + 0.02, START[1][1] + 0.2))
    QTest.keyClick(view.paper, Qt.Key.Key_Escape)
    assert view.paper.chosen is None
    QTest.keyClick(view.paper, Qt.Key.Key_Right)  # nothing is chosen: the stepper's key
    assert page.state.triplet.step == 1 and view.found.now.loss < view.found.walk.losses[0]


def test_typed_places_and_a_refusal(open_page: OpenPage) -> None:
    page = open_page()
    view = cast(TripletView, page.stage.view)
    _, x, _ = view.controls().places[2]
    for text in ("1.25", "7"):
        x.edit.selectAll()
        QTest.keyClicks(x.edit, text)
        QTest.keyClick(x.edit, Qt.Key.Key_Return)
        assert page.state.triplet.points[2] == (1.25, START[2][1])
    assert x.problem


def test_steps_lead_to_no_loss_and_a_drag_begins_there(open_page: OpenPage) -> None:
    page = open_page()
    view = cast(TripletView, page.stage.view)
    page.stepper.go_last()
    assert page.state.triplet.step == STEPS and view.found.now.loss == 0
    end = view.found.points.copy()
    drag(view, tuple(end[2]), (0.1, -0.1))
    assert page.state.triplet.step == 0 and page.state.triplet.points[0] == pytest.approx(
        tuple(end[0]), abs=1e-3
    )


def test_the_trap_by_its_buttons(open_page: OpenPage) -> None:
    page = open_page()
    view = cast(TripletView, page.stage.view)
    panel = view.controls()
    panel.collapse.click()
    assert view.found.now.loss == pytest.approx(0.5) and "the margin, 0.50" in view.verdict.text()
    page.change(replace(page.state, triplet=replace(page.state.triplet, margin=0.0)))
    assert view.found.now.loss == 0 and view.verdict.text().startswith("The trap")
    panel.nudge.click()
    first = page.state.triplet.points
    panel.nudge.click()
    assert len({first, page.state.triplet.points, START}) == 3
    panel.reset.click()
    assert page.state.triplet.points == START
    panel.unit.click()
    assert np.linalg.norm(view.found.points, axis=1) == pytest.approx(1.0)


def test_mining_takes_other_negatives(open_page: OpenPage) -> None:
    page = open_page()
    view = cast(TripletView, page.stage.view)
    for _ in range(7):
        view.controls().count.plus.click()
    assert page.state.triplet.negatives == 8 and len(set(page.state.triplet.points)) == 10
    taken = {}
    for mining in ("semi-hard", "hard", "random"):
        view.controls().mining.changed.emit(mining)
        taken[mining] = view.found.now.chosen
        assert view.found.now.kind == {"hard": "hard", "semi-hard": "semi-hard"}.get(
            mining, view.found.now.kind
        )
    assert taken["hard"] != taken["semi-hard"]
    hover_place = at(view, *page.state.triplet.points[4])
    move_to(view.paper, hover_place)
    assert page.details.under.texts().keys() >= {"N3", "kind", "gradient", "next step"}


@pytest.mark.parametrize("unit", [False, True])
@pytest.mark.parametrize("plain", [False, True])
def test_formulas_are_typeset_and_tell_the_gradients(formulas_loaded: None, unit: bool, plain: bool) -> None:
    for points in (START, ((0.0, 0.0), (0.1, 0.0), (2.0, 0.0))):
        found = shown(TripletSettings(points=points, unit=unit, plain=plain))
        for line in lines(found):
            assert not formula_path(line.tex, 15.0).isEmpty() and line.result


def test_a_known_walk_is_not_walked_again() -> None:
    first = shown(TripletSettings())
    assert shown(TripletSettings(step=3), first).walk is first.walk
    assert shown(TripletSettings(margin=0.6), first).walk is not first.walk
    moved = with_point(TripletSettings(step=3), first.points, 2, (9.0, float("nan")))
    assert moved.points == START and moved.step == 0
    fewer = with_negatives(with_negatives(TripletSettings(), first.points, 5), np.zeros((7, 2)), 0)
    assert fewer.negatives == 1 and fewer.chosen == 0


@pytest.mark.parametrize("size", [(1300, 900), (967, 577), (1383, 837)])
def test_no_formula_is_cut_off_when_its_numbers_grow(open_page: OpenPage, size: tuple[int, int]) -> None:
    page = open_page(FaceLearningState(triplet=TripletSettings(points=((0.0, 0.0),) * 3)), size)
    worked = cast(TripletView, page.stage.view).worked
    for changes in ({}, {"step": 2}, {"unit": True, "plain": True}):
        page.change(FaceLearningState(triplet=replace(TripletSettings(), **changes)))
        QApplication.processEvents()
        assert worked.height() >= worked.heightForWidth(worked.width())


def test_the_verdict_is_not_that_points_move_where_nothing_does() -> None:
    apart = ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0))
    assert "the loss is 0" in verdict(shown(TripletSettings(points=apart, margin=0.0)).now)
    assert "is pulled in" in verdict(shown(TripletSettings(points=apart, margin=0.2)).now)
    opposite = TripletSettings(points=((1.0, 0.0), (-1.0, 0.0), (-1.0, 0.0)), unit=True)
    assert "no slope here" in verdict(shown(opposite).now)


# --- live training ------------------------------------------------------------------------------------------------


def test_three_nets_side_by_side(open_page: OpenPage) -> None:
    page = open_page(FaceLearningState(view="training", training=QUICK))
    view = cast(TrainingView, page.stage.view)
    settle(page)
    runs = view.runs
    assert runs is not None and runs.outcome == "done" and len(view.auc.series) == 3
    assert last_moment(QUICK.spec) == len(runs.moments) - 1 == 20
    page.stepper.go_first()
    assert page.state.training.moment == 0
    assert all(cloud.accessibleDescription().startswith("After 0 updates") for cloud in view.clouds)
    page.stepper.go_last()
    assert page.state.training.moment is None
    cloud = view.clouds[0]
    middle = QPoint(cloud.width() // 2, cloud.height() // 2)
    places = [QPoint(x, y) for x in range(0, cloud.width(), 6) for y in range(0, cloud.height(), 6)]
    spot = next((place for place in places if cloud.picture_at(QPointF(place)) is not None), middle)
    move_to(cloud, spot)
    assert {"identity", "trained on", "hard: nearest"} <= page.details.under.texts().keys()
    panel = view.controls()
    panel.keep.click()
    panel.numbers["seed"].plus.click()
    settle(page)
    assert page.state.training.spec.seed == 2 and len(view.auc.series) == 6 and view.kept is runs
    assert view.runs is not runs
    before = view.runs
    assert panel.stop.text() == "Again"
    panel.stop.click()
    settle(page)
    assert view.runs is not before and np.array_equal(view.runs.runs[0].planes, before.runs[0].planes)
    panel.thumbnails.click()
    assert not page.state.training.thumbnails


def test_orders_reach_the_engine(open_page: OpenPage) -> None:
    page = open_page(FaceLearningState(view="training"), engine=HeldEngine)
    engine = cast(HeldEngine, page.services.bridge.engine)
    view = cast(TrainingView, page.stage.view)
    QApplication.processEvents()
    job = engine.jobs(TrainTriplets)[-1]
    request = cast(TrainTriplets, engine.asked[job][0])
    page.deactivated()
    assert request.orders.take() == "pause" and job not in engine.cancelled
    page.activated()
    assert request.orders.take() == "run" and engine.jobs(TrainTriplets) == [job]
    assert view.controls().stop.text() == "Stop"
    view.controls().stop.click()
    assert request.orders.take() == "stop"
    view.controls().thumbnails.click()  # looks at the training again
    page.pick_numbered("triplet")
    assert request.orders.take() is None  # a stop that was not yet read is not overwritten


def test_a_pause_by_hand_lasts(open_page: OpenPage) -> None:
    page = open_page(FaceLearningState(view="training"), engine=HeldEngine)
    engine = cast(HeldEngine, page.services.bridge.engine)
    panel = cast(TrainingView, page.stage.view).controls()
    QApplication.processEvents()
    request = cast(TrainTriplets, engine.asked[engine.jobs(TrainTriplets)[-1]][0])
    panel.hold.click()
    assert request.orders.take() == "pause" and panel.hold.text() == "Go on"
    panel.thumbnails.click()
    page.deactivated()
    page.activated()
    assert request.orders.take() in (None, "pause")
    panel.hold.click()
    assert request.orders.take() == "run" and panel.hold.text() == "Pause"
    panel.numbers["seed"].plus.click()
    QApplication.processEvents()
    other = cast(TrainTriplets, engine.asked[engine.jobs(TrainTriplets)[-1]][0])
    assert other is not request and panel.hold.isEnabled()


def test_a_kept_training_comes_back_without_being_trained(open_page: OpenPage) -> None:
    page = open_page(FaceLearningState(view="training", training=QUICK))
    view = cast(TrainingView, page.stage.view)
    panel = view.controls()
    settle(page)
    kept = view.runs
    assert panel.kept.isHidden() and panel.keep.isEnabled()
    panel.keep.click()
    assert not panel.keep.isEnabled() and "the same settings" in panel.kept.text()
    panel.unit.click()
    settle(page)
    assert "any length" in panel.kept.text() and view.runs is not kept
    assert ", kept " in page.details.found.texts()["hard: AUC"]
    assert len(view.loss.series) == 7 and any("kept" in name for name, _ in view.arrays())
    panel.recall.click()
    assert page.state.training == QUICK and view.runs is kept and page.tour_ready()
    assert len(view.auc.series) == 3 and panel.stop.text() == "Again"
    page.undo()
    assert page.state.training.spec.unit and view.answers.runs is None  # that one is trained once more
    panel.drop.click()
    assert view.kept is None and panel.kept.isHidden()


def test_pictures_by_keys_and_others_after_them(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page(FaceLearningState(view="training", training=QUICK))
    view = cast(TrainingView, page.stage.view)
    settle(page)
    cloud = view.clouds[0]
    view.setFocus()
    QTest.keyClick(cloud, Qt.Key.Key_Up)
    last = len(view.runs.shown) - 1 if view.runs is not None else 0
    assert cloud.lit == view.clouds[2].lit == last and "identity" in page.details.under.texts()
    QTest.keyClick(cloud, Qt.Key.Key_Left)  # the stepper's key
    assert page.state.training.moment == 19 and cloud.lit == last
    few = replace(QUICK.spec, source="drawn", held_out=20, people=2)
    page.change(replace(page.state, training=TrainingSettings(few)))
    settle(page)
    page.grab()
    assert cloud.lit is None and page.details.under.texts().keys() == {"point at the stage"}
    QTest.keyClick(cloud, Qt.Key.Key_Down)
    assert cloud.lit == 0 and page.escape() and cloud.lit is None


def test_pictures_glide_to_the_next_moments(open_page: OpenPage) -> None:
    page = open_page(FaceLearningState(view="training", training=QUICK))
    view = cast(TrainingView, page.stage.view)
    settle(page)
    runs, cloud = view.runs, view.clouds[0]
    assert runs is not None
    cloud.show_moment(runs, 0, thumbnails=True)
    begin = cloud.now
    cloud.show_moment(runs, 20, thumbnails=True, glide=True)
    assert np.array_equal(cloud.now, begin)
    cloud.go_on(0.5)
    half = cloud.now
    cloud.show_moment(runs, 20, thumbnails=True)
    end = cloud.now
    assert half == pytest.approx((begin + end) / 2) and not np.allclose(begin, end)


def test_planes_or_curves_where_the_window_is_low(open_page: OpenPage) -> None:
    page = open_page(FaceLearningState(view="training", training=QUICK), (1000, 440))
    view = cast(TrainingView, page.stage.view)
    panel = view.controls()
    settle(page)
    assert view.clouds[0].isVisible() and not view.auc.isVisible() and not panel.curves.value
    panel.curves.click()
    assert not view.clouds[0].isVisible() and view.auc.isVisible() and page.state.training.curves is True
    page.resize(1300, 900)
    QApplication.processEvents()
    assert view.clouds[0].isVisible() and view.auc.isVisible()


def test_the_sentence_says_what_became_of_it(open_page: OpenPage) -> None:
    page = open_page(FaceLearningState(view="training", training=QUICK))
    settle(page)
    runs = cast(TrainingView, page.stage.view).runs
    assert runs is not None

    def told(aucs: tuple[float, float, float], spread: float) -> str:
        changed = [
            replace(run, auc=np.append(run.auc, auc), spread=np.append(run.spread, spread))
            for run, auc in zip(runs.runs, aucs, strict=True)
        ]
        return sentence(replace(runs, runs=tuple(changed)))

    assert "semi-hard triplets tell held-out identities apart best: AUC 0.900" in told((0.7, 0.9, 0.8), 1.0)
    assert "random and hard triplets tell held-out identities apart about equally" in told(
        (0.9, 0.7, 0.899), 1.0
    )
    assert "all three" in told((0.9, 0.9, 0.9), 1.0) and "collapsed" not in told((0.9, 0.9, 0.9), 1.0)
    assert "Random and Semi-hard and Hard collapsed" in told((0.5, 0.5, 0.5), 1e-4)


def test_a_folder_that_is_none_of_people_says_so(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page(FaceLearningState(view="training", training=QUICK))
    settle(page)
    said: list[str] = []
    page.said.connect(lambda sentence, _kind: said.append(sentence))
    page.open_path(tmp_path)
    settle(page)
    assert page.state.training.spec.folder == str(tmp_path) and "It takes 4 people" in said[-1]
    assert cast(TrainingView, page.stage.view).clouds[0].stale  # the run before stays, tinted
    page.undo()
    settle(page)
    assert page.state.training == QUICK


def test_a_folder_of_four_people_can_be_learned_from(open_page: OpenPage, tmp_path: Path) -> None:
    draw = np.random.default_rng(2)
    for person in "abcd":
        (tmp_path / person).mkdir()
        for photo in range(4):
            pixels = draw.integers(0, 255, (36, 36), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / person / f"{photo}.pgm")
    page = open_page(FaceLearningState(training=QUICK))
    page.open_path(tmp_path)
    settle(page)
    runs = cast(TrainingView, page.stage.view).runs
    assert runs is not None and runs.outcome == "done" and page.state.training.spec.held_out == 2
    assert page.details.found.texts()["batch"] == "2 × 4"  # as many as there are


def test_people_are_learned_in_more_numbers_than_digits() -> None:
    mine = TripletSpec(margin=0.5, seed=7, updates=40)
    people = with_source(mine, "drawn")
    assert (people.source, people.dims, people.unit, people.held_out) == ("drawn", 128, True, 8)
    assert (people.margin, people.seed, people.updates) == (0.5, 7, 40)
    assert with_source(replace(people, dims=2), "folder").dims == 2  # what a person set among faces stays
    assert with_source(people, "digits") == mine


def test_a_folder_by_the_button(open_page: OpenPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_page(FaceLearningState(view="training", training=QUICK), engine=HeldEngine)
    panel = cast(TrainingView, page.stage.view).controls()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    panel.source.changed.emit("folder")
    assert page.state.training == QUICK and panel.source.value == "digits"
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    panel.open_folder.click()
    assert page.state.training.spec.source == "folder" and panel.folder.text() == tmp_path.name


def test_means_of_groups() -> None:
    x, y = smoothed(np.arange(25.0))
    assert x.tolist() == [5.5, 15.5] and y.tolist() == [4.5, 14.5]
    assert MINERS == ("random", "semi-hard", "hard")


# --- siamese ------------------------------------------------------------------------------------------------------


def test_a_pair_term_by_term(open_page: OpenPage) -> None:
    page = open_page(FaceLearningState(view="siamese", siamese=PAIR))
    view = cast(SiameseView, page.stage.view)
    settle(page)
    found = view.found
    assert found is not None and found.step == len(found.found) and "autograd" in view.aside().detail.text()
    assert found.sums[-1] == pytest.approx(found.lesson.bias + float(found.lesson.weights @ found.found))
    page.stepper.go_first()
    page.stepper.step_forward()
    assert page.state.siamese.step == 1
    plate = view.canvas.scene.plate("wt")
    assert plate is not None and plate.hidden is not None and plate.hidden.sum() == len(found.found) - 1
    hover(view.canvas, "w", 0, 4)
    assert {"weight w", "term t", "w · t"} <= page.details.under.texts().keys()
    view.canvas.cellClicked.emit("t", 0, 5)
    assert page.state.siamese.step == 6


def test_other_pictures_by_mouse_and_keys(open_page: OpenPage) -> None:
    page = open_page(FaceLearningState(view="siamese", siamese=PAIR))
    view = cast(SiameseView, page.stage.view)
    settle(page)
    QTest.mouseClick(view.strip, LEFT, NONE, view.strip.rect_of(20).center().toPoint())
    QTest.mouseClick(view.strip, LEFT, SHIFT, view.strip.rect_of(3).center().toPoint())
    assert (page.state.siamese.first, page.state.siamese.second) == (3, 20)
    view.canvas.setFocus()
    QTest.keyClick(view.canvas, Qt.Key.Key_A)
    QTest.keyClick(view.canvas, Qt.Key.Key_B)
    assert (page.state.siamese.first, page.state.siamese.second) == (4, 21)
    view.strip.setFocus()
    QTest.keyClick(view.strip, Qt.Key.Key_Left)
    QTest.keyClick(view.strip, Qt.Key.Key_Return)
    assert page.state.siamese.second == 2
    page.change(replace(page.state, siamese=replace(page.state.siamese, second=4)))
    found = view.found
    assert found is not None and not found.found.any() and found.y > 0.5  # a picture and itself


def test_a_drawing_of_ones_own(open_page: OpenPage) -> None:
    strokes = ((0.08, False, ((0.5, 0.15), (0.5, 0.85))),)
    state = FaceLearningState(
        SourceState("drawing", "dark", strokes=strokes), "siamese", siamese=replace(PAIR, own=True)
    )
    page = open_page(state)
    settle(page)
    found = cast(SiameseView, page.stage.view).found
    assert page.panel.picture_section.isVisible() and found is not None and found.names[0] == "yours"
    assert found.pictures[0][:, 3:5].mean() > found.pictures[0][:, :2].mean()  # ink is light, as in the set
    cast(SiameseView, page.stage.view).controls().own.click()
    assert not page.panel.picture_section.isVisible()


def test_a_dropped_photo_is_compared(open_page: OpenPage, tmp_path: Path) -> None:
    photo = tmp_path / "me.png"
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (40, 40, 3), dtype=np.uint8)).save(photo)
    page = open_page(FaceLearningState(siamese=PAIR))
    page.open_path(photo)
    settle(page)
    assert page.state.view == "siamese" and page.state.siamese.own
    view = cast(SiameseView, page.stage.view)
    assert view.found is not None and view.found.names[0] == "yours" and not view.plot.stale
    page.undo()
    assert str(page.state.view) == "triplet" and not page.state.siamese.own


def test_arrows_on_the_pair_and_on_the_class_are_the_steppers(open_page: OpenPage) -> None:
    page = open_page(FaceLearningState(view="siamese", siamese=PAIR, oneshot=CLASS))
    settle(page)
    QTest.keyClick(cast(SiameseView, page.stage.view).canvas, Qt.Key.Key_Left)
    assert page.state.siamese.step == 11
    page.pick_numbered("oneshot")
    settle(page)
    QTest.keyClick(cast(OneshotView, page.stage.view).canvas, Qt.Key.Key_Right)
    assert page.state.oneshot.stage == 1


def test_the_gallery_slider_counts_at_once(open_page: OpenPage) -> None:
    page = open_page(FaceLearningState(view="siamese", siamese=PAIR))
    view = cast(SiameseView, page.stage.view)
    settle(page)
    view.controls().people.slider.setValue(80)
    assert page.state.siamese.count == 10_000 and "10,000 people" in view.bill.text()
    assert view.found is not None and view.found.bill.anew > 100 * view.found.bill.kept


# --- one-shot -----------------------------------------------------------------------------------------------------


def test_somebody_joins_step_by_step(open_page: OpenPage) -> None:
    page = open_page(FaceLearningState(view="oneshot", oneshot=CLASS))
    view = cast(OneshotView, page.stage.view)
    settle(page)
    for stage, name in enumerate(STAGES):
        found = view.found
        assert found is not None and found.stage == name and view.title.text() == TITLES[name]
        assert page.state.oneshot.stage == stage
        assert np.isnan(found.probabilities[-1]) == (name in ("class", "door", "enrolled"))
        assert np.isnan(found.distances[-1]) == (name in ("class", "door"))
        assert (found.who == 4) == (name in ("door", "enrolled", "together", "anew"))
        page.stepper.step_forward()
    view.controls().visitor.changed.emit("known")
    assert view.found is not None and view.found.who == 0
    hover(view.canvas, "softmax/2", 0, 0)
    assert {"person", "softmax", "distance"} <= page.details.under.texts().keys()


def test_pictures_are_there_before_anything_is_learned(open_page: OpenPage) -> None:
    for view, request in (("oneshot", MeetNewcomer), ("siamese", LearnPairs)):
        state = from_json(
            FaceLearningState, {"view": view, "siamese": to_json(PAIR), "oneshot": to_json(CLASS)}
        )
        page = open_page(state, engine=HeldEngine)
        engine = cast(HeldEngine, page.services.bridge.engine)
        QApplication.processEvents()
        job = engine.jobs(request)[-1]
        preview = Preview(np.full((5, 8, 8), 90, np.uint8), ("a", "b", "c", "d", "e"))
        engine.emit(Partial(job, preview))
        QApplication.processEvents()
        if view == "oneshot":
            assert len(cast(OneshotView, page.stage.view).canvas.scene.plates) == 5
        else:
            assert cast(SiameseView, page.stage.view).strip.accessibleDescription() == "5 pictures"


def test_another_class_tints_the_old_one(open_page: OpenPage) -> None:
    page = open_page(FaceLearningState(view="oneshot", oneshot=CLASS))
    settle(page)
    view = cast(OneshotView, page.stage.view)
    before = view.found
    view.controls().numbers["people"].minus.click()
    settle(page)
    assert page.state.oneshot.people == 3 and view.found is not None and view.found is not before
    assert len(view.found.lesson.names) == 4
