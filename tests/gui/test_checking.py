"""What pages ask about their numbers and pictures: when it is asked, what is told, what is let go."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from engine.errors import ErrorReport
from engine.foundations.requests import CheckResult
from engine.images import Frame
from engine.jobs import Done, EngineState, Failed
from engine.mailbox import Mailbox
from gui.bridge import Bridge
from gui.checking import LIVE, LOADING, NO_TORCH, Checking
from gui.picture_question import PictureQuestion
from gui.widgets.badge import Badge
from tests.gui.window_fixtures import WAIT, HeldEngine

RIGHT = CheckResult(0.0, 1e-5, True, "a stand-in for torch")


@pytest.fixture
def bridge(qtbot: QtBot) -> Iterator[Bridge]:
    made = Bridge(HeldEngine)
    yield made
    made.close()
    shiboken6.delete(made)  # with all that asks: nothing is left for the end of the process


def engine_of(bridge: Bridge) -> HeldEngine:
    engine = bridge.engine
    assert isinstance(engine, HeldEngine)
    return engine


def frame() -> Frame:
    return Frame(np.zeros((2, 2, 3), np.uint8), "a picture")


class TestChecking:
    def test_the_badge_tells_how_it_goes(self, bridge: Bridge, qtbot: QtBot) -> None:
        owner, badge, engine = QObject(bridge), Badge(), engine_of(bridge)
        qtbot.addWidget(badge)
        check = Checking(bridge, "test.check", owner, after_ms=0)
        check.tell(badge)
        check.want("sum", lambda: "what is the sum?")
        assert badge.title.text() == "Checking…" and not check.settled
        qtbot.waitUntil(lambda: engine.jobs(str) == [1], timeout=WAIT)
        engine.emit(Done(1, RIGHT, 0.1))
        qtbot.waitUntil(lambda: check.settled, timeout=WAIT)
        assert badge.title.text() == "✓ Checked against torch"
        check.want("product", lambda: "what is the product?")
        qtbot.waitUntil(lambda: engine.jobs(str) == [1, 2], timeout=WAIT)
        engine.emit(Failed(2, ErrorReport("There is no room.")))
        qtbot.waitUntil(lambda: badge.title.text() == "Could not be checked", timeout=WAIT)
        assert badge.detail.text() == "There is no room."

    def test_it_waits_for_torch(self, bridge: Bridge, qtbot: QtBot) -> None:
        owner, engine = QObject(bridge), engine_of(bridge)
        engine.publish("loading torch")
        qtbot.waitUntil(lambda: bridge.state.state == "loading torch", timeout=WAIT)
        check = Checking(bridge, "test.check", owner, after_ms=0)
        told = QSignalSpy(check.unchecked)
        check.want("sum", lambda: "what is the sum?")
        assert told.at(0) == [LOADING] and engine.jobs(str) == []
        engine.publish("idle")
        qtbot.waitUntil(lambda: engine.jobs(str) == [1], timeout=WAIT)

    def test_without_torch_it_says_so_and_is_settled(self, bridge: Bridge, qtbot: QtBot) -> None:
        owner, engine = QObject(bridge), engine_of(bridge)
        check = Checking(bridge, "test.check", owner)
        told = QSignalSpy(check.unchecked)
        engine.publish("no torch")
        qtbot.waitUntil(lambda: told.count() == 1, timeout=WAIT)
        assert told.at(0) == [NO_TORCH] and check.settled

    def test_a_check_by_another_library_does_not_wait(self, bridge: Bridge, qtbot: QtBot) -> None:
        owner, engine = QObject(bridge), engine_of(bridge)
        engine.publish("no torch")
        qtbot.waitUntil(lambda: bridge.state == EngineState("no torch"), timeout=WAIT)
        check = Checking(bridge, "test.check", owner, after_ms=0, needs_torch=False)
        check.want("sum", lambda: "what is the sum?")
        qtbot.waitUntil(lambda: engine.jobs(str) == [1], timeout=WAIT)
        assert not check.settled

    def test_a_pause_drops_the_question_and_says_why(self, bridge: Bridge, qtbot: QtBot) -> None:
        owner, engine = QObject(bridge), engine_of(bridge)
        check = Checking(bridge, "test.check", owner, after_ms=0)
        told, answers = QSignalSpy(check.unchecked), QSignalSpy(check.checked)
        check.want("sum", lambda: "what is the sum?")
        qtbot.waitUntil(lambda: engine.jobs(str) == [1], timeout=WAIT)
        check.pause(LIVE)
        engine.emit(Done(1, RIGHT, 0.1))
        qtbot.waitUntil(lambda: engine.cancelled == [1], timeout=WAIT)
        assert told.at(told.count() - 1) == [LIVE] and answers.count() == 0


class TestPictureQuestion:
    def test_a_still_picture_is_asked_about_once(self, bridge: Bridge, qtbot: QtBot) -> None:
        owner, engine, picture = QObject(bridge), engine_of(bridge), frame()
        question = PictureQuestion(bridge, "test", owner)
        answers = QSignalSpy(question.answered)
        for _ in range(2):
            question.want("blur", picture, None, still=lambda one: one.name, live=lambda _: b"live")
        qtbot.waitUntil(lambda: engine.jobs(str) == [1], timeout=WAIT)
        engine.emit(Done(1, "blurred", 0.1))
        qtbot.waitUntil(lambda: answers.count() == 1, timeout=WAIT)
        assert answers.at(0) == ["blurred"] and question.settled
        question.want("edges", picture, None, still=lambda one: one.name, live=lambda _: b"live")
        assert not question.settled
        qtbot.waitUntil(lambda: engine.jobs(str) == [1, 2], timeout=WAIT)

    def test_what_plays_takes_the_place_of_a_still(self, bridge: Bridge, qtbot: QtBot) -> None:
        owner, engine = QObject(bridge), engine_of(bridge)
        question = PictureQuestion(bridge, "test", owner)
        frames: Mailbox[Frame] = Mailbox()
        question.want("blur", frame(), None, still=lambda one: one.name, live=lambda _: b"live")
        qtbot.waitUntil(lambda: engine.jobs(str) == [1], timeout=WAIT)
        question.want("blur", frame(), frames, still=lambda one: one.name, live=lambda _: b"live")
        qtbot.waitUntil(lambda: engine.jobs(bytes) == [2], timeout=WAIT)
        assert engine.cancelled == [1]
        question.drop()
        assert engine.cancelled == [1, 2] and not question.settled

    def test_without_any_picture_nothing_changes(self, bridge: Bridge) -> None:
        owner, engine = QObject(bridge), engine_of(bridge)
        question = PictureQuestion(bridge, "test", owner)
        told = QSignalSpy(question.outdated)
        question.want("blur", None, None, still=lambda one: one.name, live=lambda _: b"live")
        assert told.count() == 0 and engine.asked == {}
