"""The runs of a session, their moments and curves, over an engine that answers when the test says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import cast

import numpy as np
import pytest
from PySide6.QtCore import QObject
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication

from engine.errors import ErrorReport
from engine.jobs import Partial
from engine.style.requests import PaintStyle
from engine.style.settings import StyleSettings
from gui.bridge import Bridge
from gui.pages.style.paint import curves, saving, words
from gui.pages.style.paint.runs import MOST_RUNS, Key, Run, RunDesk, key_of, make_room
from gui.pages.style.paint.weight_slider import WeightSlider
from tests.gui.style_runs import LAYERS, asked, frame, painted, rows
from tests.gui.window_fixtures import HeldEngine

USUAL = StyleSettings()
CONTENT, STYLE = frame("content"), frame("style", seed=1)


@pytest.fixture
def bridge(qapp: QApplication) -> Iterator[Bridge]:
    made = Bridge(HeldEngine)
    QApplication.processEvents()
    yield made
    made.close()


@pytest.fixture
def desk(bridge: Bridge) -> Iterator[RunDesk]:
    parent = QObject()
    yield RunDesk(bridge, parent)
    parent.deleteLater()


def key(settings: StyleSettings = USUAL) -> Key:
    return key_of(CONTENT, (STYLE,), settings, None)


def partial(bridge: Bridge, step: int, **more: object) -> None:
    engine = cast(HeldEngine, bridge.engine)
    engine.emit(Partial(engine.jobs(PaintStyle)[-1], painted(step, **more)))  # type: ignore[arg-type]
    QApplication.processEvents()


def end(bridge: Bridge, step: int, **more: object) -> None:
    engine = cast(HeldEngine, bridge.engine)
    engine.answer(engine.jobs(PaintStyle)[-1], painted(step, keep=True, **more))  # type: ignore[arg-type]
    QApplication.processEvents()


class TestKey:
    def test_weights_leave_a_run_the_same_and_everything_else_does_not(self) -> None:
        assert key() == key(replace(USUAL, alpha=3.0, beta=0.0, variation=9.0, steps=7, keep_colours=True))
        for other in ({"size": 128}, {"net": "vgg19"}, {"start": "noise"}, {"seed": 1}, {"style_scale": 2.0}):
            assert key() != key(replace(USUAL, **other))
        assert key() != key_of(frame("content"), (STYLE,), USUAL, None)  # equal pixels, another picture
        mask = np.zeros((2, 2), np.float32)
        assert key_of(CONTENT, (STYLE,), USUAL, mask) == key_of(CONTENT, (STYLE,), USUAL, mask) != key()


class TestDesk:
    def test_moments_are_kept_at_a_distance_and_the_last_exactly(self, desk: RunDesk, bridge: Bridge) -> None:
        run = desk.start(key(), USUAL, None)
        for step in (0, 1, 2, 3, 4, 7, 8):
            partial(bridge, step)
        assert [moment.step for moment in run.moments] == [0, 3, 7]  # 150 // 40 = 3
        end(bridge, 9, outcome="done")
        assert run.phase == "done" and [moment.step for moment in run.moments] == [0, 3, 7, 9]
        assert run.moments[-1].iterate is not None and desk.painting is None

    def test_orders_reach_the_engine(self, desk: RunDesk, bridge: Bridge) -> None:
        desk.start(key(), USUAL, None)
        request = asked(cast(HeldEngine, bridge.engine).asked[1][0])
        assert request.orders is not None
        first = request.orders.take()
        assert first is not None and first.settings == USUAL and not first.paused
        other = replace(USUAL, beta=5.0)
        desk.order(other)
        assert request.orders.take() == type(first)(other)
        desk.order(other)
        assert request.orders.take() is None  # nothing new
        desk.pause(True)
        assert request.orders.take() == type(first)(other, paused=True)
        desk.rest(True)
        desk.pause(False)
        resting = request.orders.take()
        assert resting is not None and resting.paused  # nobody looks
        desk.rest(False)
        desk.stop()
        stopped = request.orders.take()
        assert stopped is not None and stopped.stop and stopped.settings == other
        desk.rest(True)
        desk.order(USUAL)
        newest = request.orders.take()
        assert newest is not None and newest.stop and not newest.paused  # only the newest order counts

    def test_a_branch_begins_exactly_where_a_moment_was(self, desk: RunDesk, bridge: Bridge) -> None:
        run = desk.start(key(), USUAL, None)
        partial(bridge, 30)
        end(bridge, 150, outcome="done")
        branch = desk.start(key(), USUAL, None, run.moments[-1], run)
        request = asked(cast(HeldEngine, bridge.engine).asked[2][0])
        assert request.begin is run.moments[-1].iterate and branch.parent == (1, 150)
        desk.start(key(), USUAL, None, run.moments[0], run)
        rounded = asked(cast(HeldEngine, bridge.engine).asked[3][0]).begin
        assert rounded is not None and rounded[0, 0, 0] == pytest.approx(30 / 255)
        assert branch.phase == "left"  # another one took its place

    def test_what_was_painted_is_found_again(self, desk: RunDesk, bridge: Bridge) -> None:
        run = desk.start(key(), USUAL, None)
        assert desk.find(key(), USUAL) is None
        end(bridge, 150, outcome="done")
        other = desk.start(key(), USUAL, None)
        partial(bridge, 7)
        desk.choose(run)
        assert other.phase == "left", "what did not come to its end is not taken for the painting"
        assert desk.find(key(), USUAL) is run and desk.find(key(), replace(USUAL, beta=1.0)) is None

    def test_old_runs_go_and_failed_ones_that_showed_nothing(self, desk: RunDesk, bridge: Bridge) -> None:
        failed = QSignalSpy(desk.failed)
        for _ in range(MOST_RUNS + 2):
            desk.start(key(), USUAL, None)
            end(bridge, 3, outcome="done")
        assert [run.number for run in desk.runs] == list(range(3, MOST_RUNS + 3))
        desk.start(key(), USUAL, None)
        cast(HeldEngine, bridge.engine).fail(MOST_RUNS + 3, ErrorReport("No net.", "Import it."))
        QApplication.processEvents()
        assert failed.count() == 1 and all(run.phase == "done" for run in desk.runs)
        desk.remove(desk.runs[0])
        assert len(desk.runs) == MOST_RUNS - 2

    def test_a_cancelled_run_keeps_what_there_is(self, desk: RunDesk, bridge: Bridge) -> None:
        run = desk.start(key(), USUAL, None)
        partial(bridge, 5)
        cast(HeldEngine, bridge.engine).cancel(1)
        QApplication.processEvents()
        assert run.phase == "cancelled" and run.moments and run in desk.runs

    def test_memory_is_given_back_before_pictures_are(self, bridge: Bridge, desk: RunDesk) -> None:
        run = desk.start(key(), USUAL, None)
        for step in range(0, 90, 3):
            partial(bridge, step, keep=True)
        exact = sum(moment.iterate is not None for moment in run.moments)
        make_room([run], sum(moment.bytes for moment in run.moments) * 2 // 3)
        left = [moment for moment in run.moments if moment.iterate is not None]
        assert 0 < len(left) < exact and len(run.moments) == 30
        make_room([run], 1)
        assert [moment.iterate is not None for moment in run.moments] == [True, *[False] * 28, True]


class TestCurves:
    def test_columns_have_gaps_where_a_term_had_no_part(self) -> None:
        costs = (rows(0, 3), rows(3, 2, content=False))
        plain, added = curves.columns(costs, weighted=False), curves.columns(costs, weighted=True)
        assert np.isnan(plain["content"][3:]).all() and np.isfinite(plain["content"][:3]).all()
        np.testing.assert_allclose(added[LAYERS[0]], plain[LAYERS[0]] * 50)
        total = np.nansum([added[name] for name in added if name != "J"], axis=0)
        np.testing.assert_allclose(added["J"], total, rtol=1e-6)

    def test_the_style_is_the_sum_or_the_weighted_mean_of_its_layers(self) -> None:
        costs = (rows(0, 4),)
        plain = curves.columns(costs, weighted=False)
        first, second = plain[LAYERS[0]], plain[LAYERS[1]]
        np.testing.assert_allclose(curves.style_cost(costs, weighted=True), 50 * first + 25 * second)
        np.testing.assert_allclose(curves.style_cost(costs, weighted=False), (2 * first + second) / 3)

    def test_without_style_there_is_no_line_of_it(self) -> None:
        costs = (rows(0, 3, beta=0.0),)
        shown = curves.series(costs, {}, "terms", weighted=True, growing=False)
        assert [one.name for one in shown] == ["J", "content", "TV"]
        titled = curves.series((rows(0, 3),), {LAYERS[0]: "relu1_1"}, "layers", weighted=False, growing=True)
        assert [one.name for one in titled] == ["relu1_1", LAYERS[1]] and titled[0].growing

    def test_numbers_to_take_away(self, desk: RunDesk, bridge: Bridge) -> None:
        run = desk.start(key(), USUAL, None)
        end(bridge, 3, outcome="done")
        lines = saving.csv(run).decode().splitlines()
        assert lines[0].startswith("step,content,features.relu1_1") and len(lines) == 4
        last = [float(cell) for cell in lines[-1].split(",")]
        assert last[-1] == pytest.approx(sum(last[5:9]), rel=1e-5)

    def test_a_film_has_every_moment_in_one_size(self, desk: RunDesk, bridge: Bridge) -> None:
        run = desk.start(key(), USUAL, None)
        assert saving.film(run) is None
        partial(bridge, 0, size=(24, 16))
        end(bridge, 150, outcome="done")
        film = saving.film(run)
        assert film is not None and len(film.indices) == 2
        assert {(film.image_at(index).width(), film.image_at(index).height()) for index in film.indices} == {
            (320, 213)
        }


class TestWords:
    def test_progress_is_told_as_a_renderer_does(self, desk: RunDesk, bridge: Bridge) -> None:
        run = desk.start(key(), USUAL, None)
        assert words.progress_text(run) == "Waiting for the net"
        partial(bridge, 30)
        told = words.progress_text(run)
        assert told.startswith(
            "Painting: step 30 of 150 · 2.0 steps/s · 1 min 0 s left · 48 × 32 · program 400 MB at most"
        )
        partial(bridge, 31, rate=0.25)
        assert "4.0 s a step" in words.progress_text(run)

    def test_a_branch_names_its_origin(self, desk: RunDesk) -> None:
        run = Run(3, key(), PaintStyle(CONTENT, (STYLE,), USUAL), (2, 40), None)
        assert words.run_name(run) == "Run 3, from step 40 of run 2"


class TestWeightSlider:
    def test_zero_stands_at_the_left_and_decades_are_even(self, qtbot: object, qapp: QApplication) -> None:
        slider = WeightSlider("β", -1, 3, 100.0)
        assert slider.value == 100.0 and slider.tick_of(0) == 0 and slider.weight_at(0) == 0
        assert slider.weight_at(1) == pytest.approx(0.1) and slider.weight_at(slider.slider.maximum()) == 1000
        assert all(
            slider.tick_of(slider.weight_at(tick)) == tick for tick in range(slider.slider.maximum() + 1)
        )
        slider.set_value(137.5)
        assert slider.value == 137.5 and slider.value_label.text() == "138"  # exact until a hand moves it
        slider.slider.setValue(slider.slider.value() + 1)
        assert slider.value == pytest.approx(158, rel=0.01)
        slider.deleteLater()


def test_the_time_left_counts_larger_sizes_by_their_pixels() -> None:
    assert words.left_text(painted(4, rate=2.0)) == f"{words.duration((StyleSettings().steps - 4) / 2)} left"
    assert words.left_text(painted(4, rate=2.0, ahead=20.0)) == "10 s left"
    assert words.left_text(painted(4, rate=0.0, ahead=20.0)) == ""
