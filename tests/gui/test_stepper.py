"""The stepper: play, pause, step, scrub, speed."""

from __future__ import annotations

from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QComboBox, QLabel, QSlider, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from gui.theme import Scheme, theme
from gui.widgets.stepper import BASE_INTERVAL_MS, SPEEDS, Stepper

WAIT = 10_000


@pytest.fixture
def stepper(qtbot: QtBot) -> Stepper:
    """A stepper on step 3 of 10."""
    widget = Stepper()
    qtbot.addWidget(widget)
    widget.set_range(10, 3)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


W = TypeVar("W", bound=QWidget)


def part(stepper: Stepper, kind: type[W]) -> W:
    """The one part of a kind."""
    (found,) = stepper.findChildren(kind)
    return found


def button(stepper: Stepper, name: str) -> QToolButton:
    return next(b for b in stepper.findChildren(QToolButton) if b.accessibleName() == name)


def indices(spy: QSignalSpy) -> list[int]:
    return [spy.at(i)[0] for i in range(spy.count())]


def label(stepper: Stepper) -> str:
    return " ".join(part(stepper, QLabel).text().split())


class TestByHand:
    @pytest.mark.parametrize(
        ("name", "index"),
        [("First step", 0), ("One step back", 2), ("One step forward", 4), ("Last step", 9)],
    )
    def test_buttons(self, stepper: Stepper, name: str, index: int) -> None:
        spy = QSignalSpy(stepper.indexChanged)
        QTest.mouseClick(button(stepper, name), Qt.MouseButton.LeftButton)
        assert stepper.index == index and indices(spy) == [index]
        assert label(stepper) == f"step {index + 1} of 10"
        assert part(stepper, QSlider).value() == index

    def test_the_ends(self, stepper: Stepper) -> None:
        spy = QSignalSpy(stepper.indexChanged)
        stepper.go_first()
        stepper.step_back()
        assert indices(spy) == [0]
        assert (
            not button(stepper, "First step").isEnabled() and not button(stepper, "One step back").isEnabled()
        )
        stepper.go_last()
        stepper.step_forward()
        assert indices(spy) == [0, 9]
        assert not button(stepper, "Last step").isEnabled() and button(stepper, "First step").isEnabled()

    def test_scrubbing(self, stepper: Stepper) -> None:
        spy = QSignalSpy(stepper.indexChanged)
        part(stepper, QSlider).setValue(7)
        assert stepper.index == 7 and indices(spy) == [7]

    def test_set_range_says_nothing(self, stepper: Stepper) -> None:
        spy = QSignalSpy(stepper.indexChanged)
        stepper.set_range(50, 20, "phase")
        assert spy.count() == 0 and (stepper.count, stepper.index) == (50, 20)
        assert label(stepper) == "phase 21 of 50"

    def test_the_first_position_may_have_another_number(self, stepper: Stepper) -> None:
        stepper.set_range(6, 2, "layer", first=0)
        assert label(stepper) == "layer 2 of 5"
        stepper.set_range(6, 2, "layer", secret_count=True)
        assert label(stepper) == "layer 3 of ?"

    @pytest.mark.parametrize(
        ("count", "index", "shown"), [(5, 99, (5, 4)), (0, 0, (1, 0)), (5, -3, (5, 0)), (1, 0, (1, 0))]
    )
    def test_ranges_out_of_range(
        self, stepper: Stepper, count: int, index: int, shown: tuple[int, int]
    ) -> None:
        stepper.set_range(count, index)
        assert (stepper.count, stepper.index) == shown

    def test_nothing_to_play_with_one_step(self, stepper: Stepper) -> None:
        stepper.set_range(1, 0)
        assert not button(stepper, "Play or pause").isEnabled()


@given(st.integers(1, 20), st.lists(st.sampled_from(["forward", "back", "first", "last", 3, 17])))
def test_the_index_never_leaves_its_range(qapp: object, count: int, moves: list[str | int]) -> None:
    """Against a plain counter."""
    widget, index = Stepper(), 0
    widget.set_range(count, 0)
    spy = QSignalSpy(widget.indexChanged)
    expected = []
    for move in moves:
        if isinstance(move, int):
            part(widget, QSlider).setValue(move)
            wanted = min(move, count - 1)
        else:
            {
                "forward": widget.step_forward, "back": widget.step_back,
                "first": widget.go_first, "last": widget.go_last,
            }[move]()  # fmt: skip
            wanted = {
                "forward": min(index + 1, count - 1),
                "back": max(index - 1, 0),
                "first": 0,
                "last": count - 1,
            }[move]
        if wanted != index:
            expected.append(wanted)
        index = wanted
    assert widget.index == index and indices(spy) == expected


class TestInTime:
    def test_it_plays_to_the_end_and_stops(self, stepper: Stepper, qtbot: QtBot) -> None:
        spy, playing = QSignalSpy(stepper.indexChanged), QSignalSpy(stepper.playingChanged)
        stepper.set_speed(8)
        stepper.set_range(6, 3)
        stepper.play()
        assert stepper.playing
        qtbot.waitUntil(lambda: not stepper.playing, timeout=WAIT)
        assert indices(spy) == [4, 5]
        assert indices(playing) == [True, False]

    def test_at_the_end_it_starts_again(self, stepper: Stepper) -> None:
        stepper.go_last()
        stepper.play()
        assert stepper.index == 0 and stepper.playing
        stepper.pause()

    @pytest.mark.parametrize("how", ["step_forward", "step_back", "go_first", "go_last", "toggle", "scrub"])
    def test_a_hand_on_it_pauses(self, stepper: Stepper, how: str) -> None:
        stepper.play()
        part(stepper, QSlider).setValue(6) if how == "scrub" else getattr(stepper, how)()
        assert not stepper.playing

    def test_speeds(self, stepper: Stepper) -> None:
        spy = QSignalSpy(stepper.speedChanged)
        for _ in range(9):
            stepper.faster()
        assert stepper.speed == 8 and indices(spy) == [2, 4, 8]
        for _ in range(9):
            stepper.slower()
        assert stepper.speed == 0.25
        stepper.set_speed(3.4)
        assert stepper.speed == 4
        assert [part(stepper, QComboBox).itemData(i) for i in range(6)] == list(SPEEDS)

    def test_a_new_speed_counts_at_once(self, stepper: Stepper, qtbot: QtBot) -> None:
        """At a quarter of the speed the next step would be 3.2 s away."""
        stepper.set_speed(0.25)
        stepper.play()
        stepper.set_speed(8)
        with qtbot.waitSignal(stepper.indexChanged, timeout=4 * BASE_INTERVAL_MS - 200):
            pass
        stepper.pause()


@pytest.mark.parametrize("scheme", [Scheme.DARK, Scheme.LIGHT])
def test_themes(stepper: Stepper, scheme: Scheme) -> None:
    theme.apply(scheme)
    assert not stepper.grab().isNull()
    theme.apply(Scheme.LIGHT)


def test_everything_has_a_name(stepper: Stepper) -> None:
    for kind in (QToolButton, QSlider, QComboBox):
        for widget in stepper.findChildren(kind):
            assert widget.accessibleName()


def test_the_pace_sets_how_long_a_step_takes(stepper: Stepper) -> None:
    assert stepper._interval() == BASE_INTERVAL_MS
    stepper.set_pace(60)
    stepper.play()
    assert stepper._timer.interval() == 60
    stepper.set_pace(100)  # while it plays, too
    assert stepper._timer.interval() == 100
    stepper.set_speed(2)
    assert stepper._timer.interval() == 50
    stepper.pause()
    stepper.set_pace()
    assert stepper._interval() == BASE_INTERVAL_MS // 2
