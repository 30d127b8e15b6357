"""The page "Learn a filter": its answers in time, sources, exports."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from PySide6.QtCore import QSizeF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from engine.context import Context
from engine.errors import ErrorReport, UserError
from engine.foundations.learned.requests import CheckRun, MeasureBowl, Run, TrainKernel
from engine.images import Frame
from engine.jobs import Partial
from engine.sources import LoadSample
from gui import export
from gui.main_window import MainWindow
from gui.pages.learned.exports import LearnedExports
from gui.pages.learned.page import LearnedPage
from gui.state import to_json
from gui.widgets.source_picker import SourcePicker
from gui.widgets.source_state import SourceState
from tests.gui.learned_fixtures import (
    NOISE,
    formulas,
    kernel,
    learned,
    page,
    settled,
    show,
    small,
    train_by_hand,
)
from tests.gui.window_fixtures import (
    HeldEngine,
    OpenWindow,
    calm,
    held,
    open_window,
    pixels_of,
    plate_of,
)

__all__ = ["calm", "formulas", "open_window", "page", "small"]


class TestEngine:
    def partial(self, page: LearnedPage, request: TrainKernel, updates: int) -> Run:
        run = train_by_hand(replace(request, spec=replace(request.spec, updates=updates)), Context())
        return replace(run, spec=request.spec, outcome="running")

    def test_a_run_is_shown_as_it_comes(self, small: None, open_window: OpenWindow, qtbot: QtBot) -> None:
        page = learned(open_window(HeldEngine, page="learned"))
        engine = held(cast("MainWindow", page.window()))
        page.change(replace(NOISE, step=40))
        qtbot.waitUntil(lambda: bool(engine.jobs(TrainKernel)))
        job = engine.jobs(TrainKernel)[-1]
        request = cast("TrainKernel", engine.asked[job][0])
        assert page.resolved is not None and page.resolved.moment == 0
        for updates in (3, 12):
            engine.emit(Partial(job, self.partial(page, request, updates)))
            qtbot.waitUntil(lambda n=updates: page.resolved.moment == n)  # type: ignore[misc]
            assert (
                page.stepper.index == updates and page.state.step == 40
            )  # it does not say what is not on show
        assert not engine.jobs(CheckRun) and not page.tour_ready()
        engine.answer(job, train_by_hand(request, Context()))
        qtbot.waitUntil(lambda: bool(engine.jobs(CheckRun)))
        assert page.resolved.moment == page.stepper.index == 40

    def test_a_run_of_the_settings_before_is_not_shown(
        self, small: None, open_window: OpenWindow, qtbot: QtBot
    ) -> None:
        page = learned(open_window(HeldEngine, page="learned"))
        engine = held(cast("MainWindow", page.window()))
        page.change(NOISE)
        qtbot.waitUntil(lambda: bool(engine.jobs(TrainKernel)))
        old = engine.jobs(TrainKernel)[-1]
        page.change(replace(NOISE, rate=0.3, step=40))
        qtbot.waitUntil(lambda: len(engine.jobs(TrainKernel)) > 1)
        assert old in engine.cancelled
        engine.emit(Partial(old, self.partial(page, cast("TrainKernel", engine.asked[old][0]), 9)))
        qtbot.waitUntil(
            lambda: page.stage.stale
        )  # nothing of the new run has come: what is on show is tinted
        assert (
            page.resolved is not None and page.resolved.state.rate == NOISE.rate and page.resolved.moment == 0
        )
        new = engine.jobs(TrainKernel)[-1]
        engine.emit(Partial(new, self.partial(page, cast("TrainKernel", engine.asked[new][0]), 5)))
        qtbot.waitUntil(lambda: page.resolved is not None and page.resolved.moment == 5)
        assert not page.stage.stale

    def test_a_failure_is_a_sentence(self, small: None, open_window: OpenWindow, qtbot: QtBot) -> None:
        page = learned(open_window(HeldEngine, page="learned"))
        engine = held(cast("MainWindow", page.window()))
        page.change(NOISE)
        qtbot.waitUntil(lambda: bool(engine.jobs(TrainKernel)))
        said = QSignalSpy(page.said)
        engine.fail(
            engine.jobs(TrainKernel)[-1], ErrorReport("The memory was not enough.", "Take a smaller picture.")
        )
        qtbot.waitUntil(lambda: said.count() == 1)
        assert said.at(0)[0] == "The memory was not enough. Take a smaller picture."
        assert page.stage.plot.accessibleDescription() == said.at(0)[0]

    def test_a_training_that_a_person_cancels_stays_as_far_as_it_came(
        self, small: None, open_window: OpenWindow, qtbot: QtBot
    ) -> None:
        page = learned(open_window(HeldEngine, page="learned"))
        engine = held(cast("MainWindow", page.window()))
        page.change(replace(NOISE, step=40))
        qtbot.waitUntil(lambda: bool(engine.jobs(TrainKernel)))
        job = engine.jobs(TrainKernel)[-1]
        engine.emit(Partial(job, self.partial(page, cast("TrainKernel", engine.asked[job][0]), 6)))
        qtbot.waitUntil(lambda: page.resolved is not None and page.resolved.moment == 6)
        said = QSignalSpy(page.said)
        engine.cancel(job)
        qtbot.waitUntil(lambda: said.count() == 1)
        assert "cancelled" in said.at(0)[0] and page.resolved is not None and page.resolved.moment == 6
        page.change(replace(page.state, rate=0.2))
        qtbot.waitUntil(lambda: len(engine.jobs(TrainKernel)) > 1)

    def test_a_hidden_page_asks_for_nothing(self, small: None, open_window: OpenWindow, qtbot: QtBot) -> None:
        window = open_window(HeldEngine, page="learned")
        page, engine = learned(window), held(window)
        page.change(NOISE)
        qtbot.waitUntil(lambda: bool(engine.jobs(TrainKernel)) and bool(engine.jobs(MeasureBowl)))
        job = engine.jobs(TrainKernel)[-1]
        window.show_page("convolution")
        assert job in engine.cancelled
        learned(window)
        qtbot.waitUntil(lambda: engine.jobs(TrainKernel)[-1] > job)

    def test_a_state_that_comes_while_the_page_is_hidden_is_trained_when_it_is_seen(
        self, page: LearnedPage, qtbot: QtBot
    ) -> None:
        window = cast("MainWindow", page.window())
        window.show_page("convolution")
        page.restore_session(to_json(replace(NOISE, size=5, bias=True, view="directions", step=9)))
        assert page.resolved is not None and page.resolved.run is None and page.resolved.bowl is None
        window.show_page("learned")
        settled(page, qtbot)
        assert page.resolved.moment == 9 and plate_of(page.stage.canvas, "direction/25").shape == (5, 5)


class TestSources:
    def test_a_film_that_is_dropped_stays_on_this_page(self, page: LearnedPage) -> None:
        assert page.accepts("video") is None and page.accepts("weights") is not None

    def test_zeros_have_no_curve_and_are_told(self, page: LearnedPage, qtbot: QtBot) -> None:
        show(page, qtbot, source=SourceState(kind="preset", value="flat"), scaling="centred")
        assert "nothing to learn" in page.stage.plot.accessibleDescription()

    def test_a_photo_comes_and_goes_with_undo(self, page: LearnedPage, qtbot: QtBot) -> None:
        page.picker.pick(SourceState(kind="sample", value="cat"))
        qtbot.waitUntil(lambda: page.state.source.value == "cat", timeout=10_000)
        settled(page, qtbot)
        assert plate_of(page.stage.canvas, "photo").shape == (12, 18)  # no side shorter than 12
        page.undo()
        settled(page, qtbot)
        assert page.state == NOISE

    def test_what_is_on_show_is_tinted_until_the_photo_is_there(
        self, small: None, open_window: OpenWindow, qtbot: QtBot
    ) -> None:
        page = learned(open_window(HeldEngine, page="learned"))
        page.change(NOISE)
        page.change(replace(NOISE, source=SourceState(kind="sample", value="coffee")))
        assert page.stage.plot.stale
        assert held(cast("MainWindow", page.window())).jobs(LoadSample)

    def test_a_drawing_and_a_paste_teach_too(self, page: LearnedPage, qtbot: QtBot) -> None:
        image = QImage(60, 40, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.gray)
        painter = QPainter(image)
        painter.fillRect(10, 10, 20, 20, Qt.GlobalColor.black)
        painter.end()
        page.paste_image(image)
        qtbot.waitUntil(lambda: page.state.source.kind == "file", timeout=10_000)
        settled(page, qtbot)
        assert page.details.bowl.texts()["directions taught"] != "0"

    def test_of_what_plays_a_picture_is_taken_now_and_then_and_the_last_one(
        self, page: LearnedPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page.picker.pick(SourceState(kind="sample", value="cat"))
        qtbot.waitUntil(lambda: page.state.source.value == "cat", timeout=10_000)
        draw = np.random.default_rng(0)
        frames = [
            Frame(draw.integers(0, 256, (20, 20, 3), np.uint8), "film", time_s=t)
            for t in (10.0, 10.4, 11.2, 11.3)
        ]
        playing = True
        monkeypatch.setattr(SourcePicker, "live", property(lambda _picker: playing))
        monkeypatch.setattr(SourcePicker, "frame", property(lambda _picker: frames[-1]))
        seen = []
        for frame in frames:
            page.picker.frameChanged.emit(frame)
            seen.append(page.picture)
        assert seen == [frames[0], frames[0], frames[2], frames[2]]
        playing = False
        page.picker.liveChanged.emit(False)
        assert page.picture is frames[3]

    def test_the_session_comes_back(self, page: LearnedPage, qtbot: QtBot) -> None:
        show(page, qtbot, step=25, view="compare", target="scharr", angle=45)
        saved, before = to_json(page.state), kernel(page).copy()
        page.reset()
        page.restore_session(saved)
        settled(page, qtbot)
        np.testing.assert_array_equal(kernel(page), before)
        with pytest.raises(UserError, match="side"):
            page.restore_state({"side": 99})


class TestExports:
    def test_numbers_script_and_film(
        self, page: LearnedPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        show(page, qtbot, step=40)
        exports = LearnedExports(page)
        blocks = dict(exports.arrays())
        history = np.asarray(blocks["update, loss, weights row by row"])
        assert history.shape == (41, 11)
        np.testing.assert_array_equal(history[-1, 2:], kernel(page).ravel())
        assert "torch.optim.Adam" in exports.script() and exports.name == "convscope-learned-train"
        film = exports.film()
        assert list(film.indices) == list(range(41))
        monkeypatch.setattr("gui.pages.learned.exports.MOST_FILM_FRAMES", 12)
        assert list(exports.film().indices) == [*range(0, 41, 4)]
        monkeypatch.setattr("gui.pages.learned.exports.MOST_FILM_FRAMES", 16)
        assert list(exports.film().indices) == [
            *range(0, 41, 3),
            40,
        ]  # thinned, it still ends where training ends
        first, last = (pixels_of(film.image_at(i)) for i in (0, 40))
        assert first.shape == last.shape and (first != last).any()
        assert page.state.step == 40

    def test_pictures_have_grids_and_curve(self, page: LearnedPage, qtbot: QtBot, tmp_path: Path) -> None:
        for view in ("train", "directions", "compare"):
            show(page, qtbot, step=30, view=view)
            image = QImage(640, 560, QImage.Format.Format_RGB32)
            image.fill(Qt.GlobalColor.magenta)
            painter = QPainter(image)
            page.stage.paint(painter, QSizeF(640, 560))
            painter.end()
            pixels = pixels_of(image)
            assert not (pixels == (255, 0, 255)).all(-1).any()
            for part in (pixels[:250], pixels[420:]):
                assert len(np.unique(part.reshape(-1, 3), axis=0)) > 10, view
        export.save_png(page.stage, tmp_path / "a.png")
        export.save_svg(page.stage, tmp_path / "a.svg", "Learn a filter")
        assert (tmp_path / "a.png").stat().st_size > 1000 and b"<svg" in (tmp_path / "a.svg").read_bytes()[
            :400
        ]

    def test_the_menu_of_a_grid(self, page: LearnedPage, qtbot: QtBot) -> None:
        menu = QMenu()
        qtbot.addWidget(menu)
        page.fill_plate_menu(menu, plate_of(page.stage.canvas, "kernel"))
        menu.actions()[0].trigger()
        assert "Kernel now" in QGuiApplication.clipboard().text()
        menu.clear()
        show(page, qtbot, target="hidden")
        page.fill_plate_menu(menu, plate_of(page.stage.canvas, "target"))
        assert not menu.actions()
