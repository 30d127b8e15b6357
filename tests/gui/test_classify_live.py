"""The classification page: answers in time, and pictures that keep coming."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
import pytest
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from engine.errors import ErrorReport, UserError
from engine.images import Frame
from engine.jobs import Cancelled, Done, Partial
from engine.mailbox import Mailbox
from engine.networks.requests import (
    ClassifyLive,
    ClassifyPicture,
    ListWeights,
)
from gui.pages.classify.answers import LIVE_PAUSE_MS
from gui.pages.classify.exports import ClassifyExports
from gui.pages.classify.page import LOADING, WAITING, ClassifyPage
from gui.pages.classify.state import DIGITS_NET, PHOTO_NET, ClassifyState
from gui.widgets.source_state import SourceState
from tests.gui.classify_fixtures import CAT, NETS, OpenPage, open_page, page, say
from tests.gui.page_fixtures import process_events
from tests.gui.window_fixtures import WAIT, HeldEngine, calm

__all__ = ["calm", "open_page", "page"]


class TestInTime:
    """Answers that come late, in another order, or not at all."""

    @pytest.fixture
    def held(self, open_page: OpenPage) -> ClassifyPage:
        return open_page(HeldEngine)

    @staticmethod
    def engine(page: ClassifyPage) -> HeldEngine:
        engine = page.services.bridge.engine
        assert isinstance(engine, HeldEngine)
        return engine

    def reply(self, page: ClassifyPage, number: int) -> None:
        request = self.engine(page).asked[number][0]
        assert isinstance(request, ClassifyPicture)
        self.engine(page).answer(number, say(request, request.frame))
        process_events()

    def test_what_is_not_answered_is_stale(self, held: ClassifyPage) -> None:
        (first,) = self.engine(held).jobs(ClassifyPicture)
        assert held.stage.bars.stale and held.stage.bars.empty_text and not held.tour_ready()
        self.reply(held, first)
        assert not held.stage.bars.stale and len(held.stage.bars.bars) == 5
        held.change(replace(held.state, angle=5.0))
        assert held.stage.bars.stale and held.stage.seen.view.stale

    def test_a_drag_asks_one_at_a_time_and_the_newest_next(self, held: ClassifyPage) -> None:
        engine = self.engine(held)
        (first,) = engine.jobs(ClassifyPicture)
        self.reply(held, first)
        held.amend(replace(held.state, tool="turn"))
        for angle in (1.0, 2.0, 3.0, 4.0):
            held.stage.picture.angleMoved.emit(angle)
        still = [n for n in engine.jobs(ClassifyPicture) if engine.asked[n][1] == "classify.picture"]
        assert len(still) == 2, "the others wait for the answer under way"
        assert not engine.cancelled, "and it is not thrown away"
        assert cast(ClassifyPicture, engine.asked[still[-1]][0]).edits.angle == 1.0
        self.reply(held, still[-1])
        assert held.stage.bars.stale, "an answer to an angle that has passed"
        newest = engine.jobs(ClassifyPicture)[-1]
        assert cast(ClassifyPicture, engine.asked[newest][0]).edits.angle == 4.0
        self.reply(held, newest)
        assert not held.stage.bars.stale

    def test_another_net_does_not_wait(self, held: ClassifyPage) -> None:
        engine = self.engine(held)
        (first,) = engine.jobs(ClassifyPicture)
        held.change(replace(held.state, weights=PHOTO_NET))
        second = engine.jobs(ClassifyPicture)[-1]
        assert second != first and cast(ClassifyPicture, engine.asked[second][0]).weights == PHOTO_NET
        self.reply(held, first)
        assert held.answer is None, "the late answer of the other net is not shown"
        self.reply(held, second)
        assert held.answer is not None and held.answer.weights == PHOTO_NET

    def test_before_and_after_come_in_either_order(self, open_page: OpenPage) -> None:
        page = open_page(HeldEngine, state=replace(ClassifyState(), angle=30.0))
        engine = self.engine(page)
        keys = {engine.asked[n][1]: n for n in engine.jobs(ClassifyPicture)}
        assert set(keys) == {"classify.picture", "classify.before"}
        self.reply(page, keys["classify.picture"])
        assert all(bar.before is None for bar in page.stage.bars.bars) and not page.tour_ready()
        self.reply(page, keys["classify.before"])
        assert any(bar.before is not None for bar in page.stage.bars.bars)

    def test_an_answer_is_compared_with_its_own_picture_only(self, open_page: OpenPage) -> None:
        page = open_page(HeldEngine, state=replace(ClassifyState(), angle=30.0))
        engine = self.engine(page)
        for number in engine.jobs(ClassifyPicture):
            self.reply(page, number)
        assert any(bar.before is not None for bar in page.stage.bars.bars)
        page.stage.picture.strokeGrew.emit(((0.1, 0.9),))
        newest = {engine.asked[n][1]: n for n in engine.jobs(ClassifyPicture)}
        self.reply(page, newest["classify.before"])
        assert page.stage.bars.stale and all(bar.before is None for bar in page.stage.bars.bars)
        self.reply(page, newest["classify.picture"])
        assert not page.stage.bars.stale and any(bar.before is not None for bar in page.stage.bars.bars)

    def test_a_failure_is_a_sentence_in_place(self, held: ClassifyPage) -> None:
        (first,) = self.engine(held).jobs(ClassifyPicture)
        said = QSignalSpy(held.said)
        self.engine(held).fail(first, ErrorReport("The weights are damaged.", "Download them again."))
        process_events()
        assert held.stage.bars.empty_text == "The weights are damaged. Download them again."
        assert not held.stage.bars.stale and said.count() == 0
        with pytest.raises(UserError, match="no answer"):
            ClassifyExports(held).script()

    @pytest.mark.parametrize("way", ["button", "change"])
    def test_a_cancelled_answer_is_said_and_can_be_asked_again(self, held: ClassifyPage, way: str) -> None:
        engine = self.engine(held)
        (first,) = engine.jobs(ClassifyPicture)
        engine.emit(Cancelled(first))  # by the button of the status bar
        process_events()
        assert held.stage.bars.empty_text == "Cancelled, so there is no answer."
        assert not held.stage.bars.stale and not held.tour_ready()
        assert held.stage.again.isVisible() and held.answer is None
        if way == "button":
            held.stage.again.click()
        else:
            held.amend(replace(held.state, logits=True))
        again = engine.jobs(ClassifyPicture)[-1]
        one, other = (cast(ClassifyPicture, engine.asked[number][0]) for number in (first, again))
        assert again != first and (other.weights, other.frame) == (one.weights, one.frame)
        assert held.stage.bars.empty_text in (WAITING, LOADING) and not held.stage.again.isVisible()
        self.reply(held, again)
        assert len(held.stage.bars.bars) == 5 and not held.stage.bars.stale
        assert not held.stage.again.isVisible()

    def test_a_list_that_cannot_be_read(self, held: ClassifyPage) -> None:
        (number,) = self.engine(held).jobs(ListWeights)
        self.engine(held).fail(number, ErrorReport("The models folder cannot be read.", "Choose another."))
        process_events()
        assert held.panel.about.text() == "The models folder cannot be read. Choose another."

    def test_a_hidden_page_asks_nothing_and_comes_back(self, held: ClassifyPage) -> None:
        engine = self.engine(held)
        (first,) = engine.jobs(ClassifyPicture)
        held.deactivated()
        assert first in engine.cancelled
        process_events()
        held.change(replace(held.state, angle=12.0))
        assert engine.jobs(ClassifyPicture) == [first]
        held.activated()
        process_events()
        asked = [engine.asked[n][0] for n in engine.jobs(ClassifyPicture)[1:]]
        assert any(cast(ClassifyPicture, request).edits.angle == 12.0 for request in asked)
        assert len(engine.jobs(ListWeights)) == 2, "weights may have come or gone"


class TestLive:
    @pytest.fixture
    def live(
        self, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
    ) -> tuple[ClassifyPage, Mailbox[Frame]]:
        page = open_page(HeldEngine, state=replace(ClassifyState(), weights=PHOTO_NET, source=CAT))
        frames: Mailbox[Frame] = Mailbox()
        monkeypatch.setattr(type(page.picker), "frames", property(lambda _self: frames))
        page._live_changed(True)
        return page, frames

    @staticmethod
    def request(page: ClassifyPage) -> tuple[HeldEngine, int, ClassifyLive]:
        engine = cast(HeldEngine, page.services.bridge.engine)
        number = engine.jobs(ClassifyLive)[-1]
        return engine, number, cast(ClassifyLive, engine.asked[number][0])

    def test_the_picture_is_the_one_that_was_answered(
        self, live: tuple[ClassifyPage, Mailbox[Frame]]
    ) -> None:
        page, frames = live
        engine, number, request = self.request(page)
        assert request.frames is frames
        status_line = QSignalSpy(page.statusChanged)
        for level in (40, 200):
            frame = Frame(np.full((40, 60, 3), level, np.uint8), "camera", time_s=0.0)
            engine.emit(Partial(number, say(request, frame)))
            process_events()
            assert (
                page.stage.picture.frame is frame and page.answer is not None and page.answer.frame is frame
            )
            page._frame_arrived(Frame(np.zeros((40, 60, 3), np.uint8), "camera"))
            assert page.stage.picture.frame is frame, "frames come with their answers"
        assert not page.stage.bars.stale and all(bar.before is None for bar in page.stage.bars.bars)
        line = status_line.at(status_line.count() - 1)[0]
        assert "fps" in line and "ms old" in line and "frames skipped" in line

    def test_edits_ask_anew_at_a_measured_pace(
        self, live: tuple[ClassifyPage, Mailbox[Frame]], qtbot: QtBot
    ) -> None:
        page, _frames = live
        engine, _number, _request = self.request(page)
        for angle in range(1, 8):
            page.change(replace(page.state, angle=float(angle)))
        assert len(engine.jobs(ClassifyLive)) == 1
        process_events()
        qtbot.waitUntil(lambda: len(engine.jobs(ClassifyLive)) == 2, timeout=WAIT)
        assert self.request(page)[2].edits.angle == 7.0
        qtbot.wait(2 * LIVE_PAUSE_MS)
        assert len(engine.jobs(ClassifyLive)) == 2

    def test_while_the_hand_is_ahead_answers_are_of_the_past(
        self, live: tuple[ClassifyPage, Mailbox[Frame]], qtbot: QtBot
    ) -> None:
        page, _frames = live
        engine, number, request = self.request(page)
        frame = Frame(np.full((40, 60, 3), 90, np.uint8), "camera", time_s=0.0)
        engine.emit(Partial(number, say(request, frame)))
        process_events()
        assert not page.stage.bars.stale
        page.change(replace(page.state, angle=20.0))
        engine.emit(Partial(number, say(request, frame)))
        process_events()
        assert page.stage.bars.stale, "an answer to the angle before"
        qtbot.waitUntil(lambda: len(engine.jobs(ClassifyLive)) == 2, timeout=WAIT)
        assert page.stage.bars.stale
        _, number, request = self.request(page)
        engine.emit(Partial(number, say(request, frame)))
        process_events()
        assert not page.stage.bars.stale

    @pytest.mark.parametrize("why", ["failure", "another net"])
    def test_the_picture_moves_on_while_no_answer_brings_it(
        self, live: tuple[ClassifyPage, Mailbox[Frame]], why: str
    ) -> None:
        page, _frames = live
        engine, number, request = self.request(page)
        engine.emit(
            Partial(number, say(request, Frame(np.zeros((40, 60, 3), np.uint8), "camera", time_s=0.0)))
        )
        process_events()
        if why == "failure":
            engine.fail(number, ErrorReport("Memory ran out.", "Choose a smaller net."))
        else:
            page.panel.netPicked.emit(DIGITS_NET)
        process_events()
        frame = Frame(np.full((40, 60, 3), 255, np.uint8), "camera")
        page._frame_arrived(frame)
        assert page.stage.picture.frame is frame
        asked = len(engine.jobs(ClassifyLive))
        assert asked == (1 if why == "failure" else 2), "what failed is not asked again for every frame"

    def test_a_cancelled_net_lets_the_picture_move_on(
        self, live: tuple[ClassifyPage, Mailbox[Frame]]
    ) -> None:
        page, _frames = live
        engine, number, request = self.request(page)
        shown = Frame(np.zeros((40, 60, 3), np.uint8), "camera", time_s=0.0)
        engine.emit(Partial(number, say(request, shown)))
        status = QSignalSpy(page.statusChanged)
        engine.emit(Cancelled(number))  # by the button of the status bar
        process_events()
        assert status.at(status.count() - 1) == [""], "a pace is told though no answers come"
        assert page.stage.bars.bars == () and page.stage.again.isVisible()
        assert page.stage.bars.empty_text == "Cancelled, so there is no answer."
        frame = Frame(np.full((40, 60, 3), 255, np.uint8), "camera")
        page._frame_arrived(frame)
        process_events()
        assert page.stage.picture.frame is frame
        assert engine.jobs(ClassifyLive) == [number], "not asked again for every frame"
        page.stage.again.click()
        process_events()
        _, again, request = self.request(page)
        assert again != number and not page.stage.again.isVisible()
        engine.emit(Partial(again, say(request, frame)))
        process_events()
        assert len(page.stage.bars.bars) == 5 and not page.stage.bars.stale

    def test_the_end_of_a_film_is_no_answer(self, live: tuple[ClassifyPage, Mailbox[Frame]]) -> None:
        page, _frames = live
        engine, number, request = self.request(page)
        frame = Frame(np.zeros((40, 60, 3), np.uint8), "film", time_s=0.0)
        engine.emit(Partial(number, say(request, frame)))
        process_events()
        engine.emit(Done(number, None, seconds=1.0))
        process_events()
        assert page.answer is not None and page.answer.frame is frame and not page.stage.bars.stale

    def test_a_frame_without_a_digit_is_said_once(self, live: tuple[ClassifyPage, Mailbox[Frame]]) -> None:
        page, _frames = live
        engine, number, request = self.request(page)
        frame = Frame(np.full((40, 60, 3), 90, np.uint8), "camera")
        empty = np.zeros(0, np.float32)
        blank = replace(
            say(request, frame), guesses=(), probabilities=empty, logits=empty, note="Nothing is drawn yet."
        )
        engine.emit(Partial(number, blank))
        process_events()
        assert page.stage.bars.bars == () and page.stage.bars.empty_text == "Nothing is drawn yet."
        assert page.stage.line.text == "" and page.stage.seen.view.picture_size == (0, 0)
        assert page.details.sure.texts() == {"no answer": ""} and page.stage.picture.frame is frame

    def test_a_net_that_was_offered_stays_offered(
        self, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page = open_page(HeldEngine, state=replace(ClassifyState(), source=CAT))
        page._list_came(NETS)
        frames: Mailbox[Frame] = Mailbox()
        monkeypatch.setattr(type(page.picker), "frames", property(lambda _self: frames))
        monkeypatch.setattr(page.picker, "set_state", lambda _state: None)  # there is no such film
        page.amend(replace(page.state, source=SourceState("video", "film.mp4")))
        process_events()
        engine, number, request = self.request(page)
        rng = np.random.default_rng(0)
        good = say(request, Frame(rng.integers(0, 255, (40, 60, 3), np.uint8), "film.mp4"))
        nothing = np.zeros(0, np.float32)
        bad = replace(good, guesses=(), probabilities=nothing, logits=nothing, note="Nothing is drawn yet.")
        engine.emit(Partial(number, good))
        process_events()
        shown: list[tuple[bool, bool]] = []
        for answer in (bad, good, bad, good):
            engine.emit(Partial(number, answer))
            process_events()
            button = page.stage.suggest
            shown.append((button.isVisible(), bool(button.property("primary"))))
        assert len(set(shown)) == 1 and shown[0][0], "neither its place nor its look changes with the frames"
        page.stage.suggest.click()
        process_events()
        assert page.state.weights == PHOTO_NET and not page.stage.suggest.isVisible()

    def test_comparing_needs_a_still_picture(self, live: tuple[ClassifyPage, Mailbox[Frame]]) -> None:
        page, _frames = live
        page.change(replace(page.state, angle=10.0))
        assert not page.panel.compare.isEnabled()
        assert page.panel.compare.toolTip() == "Freeze the picture to compare"

    def test_hidden_it_stops(self, live: tuple[ClassifyPage, Mailbox[Frame]]) -> None:
        page, _frames = live
        engine, number, _request = self.request(page)
        page.deactivated()
        assert number in engine.cancelled
