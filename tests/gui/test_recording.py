"""Recordings: a film of constant rate out of pictures that come whenever they come; what ends it, and what fails."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from engine.errors import UserError
from engine.video import open_video
from gui.film_encoder import ENCODERS
from gui.recording import FPS, WAITING_PICTURES, Recorder, Recording


class Clock:
    """Goes when the test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def recorder(qtbot: QtBot, clock: Clock) -> Iterator[Recorder]:
    recorder = Recorder(clock=clock)
    yield recorder
    assert recorder.close()


def shade(value: int, size: tuple[int, int] = (64, 48)) -> QImage:
    image = QImage(*size, QImage.Format.Format_RGB32)
    image.fill(QColor(value, value, value))
    return image


def frames(path: Path) -> list[int]:
    """The mean brightness of every frame."""
    grabber = open_video(path)
    found = []
    while (pixels := grabber.read()) is not None:
        found.append(round(float(pixels.mean())))
    grabber.close()
    return found


def test_pictures_stay_until_the_next_one_comes(
    recorder: Recorder, clock: Clock, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "film.mp4"
    recorder.start(path)
    recorder.add(lambda: shade(40))
    clock.now += 0.4
    recorder.add(lambda: shade(200))
    clock.now += 0.2
    assert recorder.recording and recorder.seconds == pytest.approx(0.6)
    with qtbot.waitSignal(recorder.finished) as done:
        recorder.stop()
    assert done.args is not None
    film: Recording = done.args[0]
    assert (film.path, film.pictures, film.left_out) == (path, 2, 0) and film.seconds == pytest.approx(0.6)
    seen = frames(path)
    assert len(seen) == round(0.6 * FPS)
    assert all(abs(value - 40) < 6 for value in seen[:10]) and all(
        abs(value - 200) < 6 for value in seen[10:]
    )
    assert not recorder.busy


def test_two_pictures_for_one_moment_are_one(recorder: Recorder, tmp_path: Path, qtbot: QtBot) -> None:
    drawn: list[int] = []

    def draw(value: int) -> QImage:
        drawn.append(value)
        return shade(value)

    recorder.start(tmp_path / "film.mp4")
    recorder.add(lambda: draw(10))
    recorder.add(lambda: draw(20))
    assert drawn == [10], "what the film has no place for is not even drawn"
    with qtbot.waitSignal(recorder.finished):
        recorder.stop()


def test_pictures_of_another_size_fit_into_the_film(
    recorder: Recorder, clock: Clock, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "film.mp4"
    recorder.start(path)
    recorder.add(lambda: shade(90, (61, 47)))
    clock.now += 1 / FPS
    recorder.add(lambda: shade(90, (90, 30)))
    with qtbot.waitSignal(recorder.finished):
        recorder.stop()
    grabber = open_video(path)
    first = grabber.read()
    grabber.close()
    assert first is not None and first.shape[:2] == (48, 62), "even sides, which H.264 needs"


def test_an_encoder_that_is_behind_loses_pictures_and_says_how_many(
    recorder: Recorder, clock: Clock, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "_came_through", lambda _done: None)
    recorder._encoded.disconnect()
    recorder.start(tmp_path / "film.mp4")
    for value in range(WAITING_PICTURES + 3):
        recorder.add(lambda value=value: shade(10 * value))  # type: ignore[misc]
        clock.now += 1 / FPS
    with qtbot.waitSignal(recorder.finished) as done:
        recorder.stop()
    assert done.args is not None and done.args[0].left_out == 3 and done.args[0].pictures == WAITING_PICTURES
    assert len(frames(tmp_path / "film.mp4")) == WAITING_PICTURES + 3, "the film is as long as it took"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("film.gif", "no ending that can be saved"), ("nowhere/film.mp4", "does not exist")],
)
def test_a_path_that_cannot_be(recorder: Recorder, tmp_path: Path, name: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        recorder.start(tmp_path / name)
    assert not recorder.busy


def test_one_at_a_time(recorder: Recorder, tmp_path: Path, qtbot: QtBot) -> None:
    recorder.start(tmp_path / "a.mp4")
    with pytest.raises(UserError, match="still being written"):
        recorder.start(tmp_path / "b.mp4")
    recorder.add(lambda: shade(1))
    with qtbot.waitSignal(recorder.finished):
        recorder.stop()


def test_nothing_was_recorded(recorder: Recorder, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(b"before")
    recorder.start(path)
    with qtbot.waitSignal(recorder.failed) as failed:
        recorder.stop()
    assert failed.args == ["Nothing was recorded: there was no picture."]
    assert path.read_bytes() == b"before" and os.listdir(tmp_path) == ["film.mp4"]


@pytest.mark.expected_log("film.mp4 failed.*The disk is full")
def test_a_full_disk_is_a_sentence(
    recorder: Recorder, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_path: Path, _task: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setitem(ENCODERS, "mp4", full)
    with qtbot.waitSignal(recorder.failed) as failed:
        recorder.start(tmp_path / "film.mp4")
        recorder.add(lambda: shade(1))
    assert failed.args is not None
    assert "The disk is full." in failed.args[0] and "choose another disk" in failed.args[0]
    assert not recorder.busy and os.listdir(tmp_path) == []


def test_closing_ends_the_film_whole(recorder: Recorder, clock: Clock, tmp_path: Path) -> None:
    finished = QSignalSpy(recorder.finished)
    recorder.start(tmp_path / "film.mp4")
    recorder.add(lambda: shade(77))
    clock.now += 0.2
    assert recorder.close(10.0) and finished.count() == 0
    assert np.allclose(frames(tmp_path / "film.mp4"), 77, atol=6)
    with pytest.raises(UserError):
        recorder.start(tmp_path / "again.mp4")
