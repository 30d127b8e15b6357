"""Films: frames on demand, encoders that end well, fail or are stopped."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageSequence
from PySide6.QtCore import QTimer
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QProgressDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from engine.cv import cv2
from engine.errors import UserError
from gui import film, film_encoder
from gui.film import Films, FilmSource, FilmWriter
from tests.gui.export_fixtures import near

# ---------------------------------------------------------------------------------------------------- films
COUNT = 6


SIZE = (121, 61)
"""Odd on purpose: 4:2:0 needs even sides."""


def color_of(index: int) -> tuple[int, int, int]:
    return (40 * index, 200 - 30 * index, 90)


def draw(index: int) -> QImage:
    image = QImage(*SIZE, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(QColor(*color_of(index)))
    return image


@pytest.fixture
def writer() -> Iterator[FilmWriter]:
    writer = FilmWriter()
    yield writer
    writer.close()


def read_gif(path: Path) -> tuple[list[np.ndarray], list[int], int | None]:
    with Image.open(path) as picture:
        pictures = [
            (np.asarray(f.convert("RGB")), int(f.info["duration"])) for f in ImageSequence.Iterator(picture)
        ]
        return [pixels for pixels, _ in pictures], [ms for _, ms in pictures], picture.info.get("loop")


def read_mp4(path: Path) -> list[np.ndarray]:
    reader = cv2.VideoCapture(str(path))
    frames = []
    while True:
        good, frame = reader.read()
        if not good:
            reader.release()
            return frames
        frames.append(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB))


def test_frames_are_drawn_on_demand_even_and_of_one_size() -> None:
    drawn: list[int] = []

    def grow(index: int) -> QImage:
        drawn.append(index)
        return draw(index).scaled(SIZE[0] + index, SIZE[1] - index)

    stream = film.frames(grow, [4, 0, 9])
    assert not drawn
    first = next(stream)
    assert drawn == [4]
    assert first.shape == (58, 126, 3)
    assert {frame.shape for frame in stream} == {(58, 126, 3)}
    assert near(first[30, 60], color_of(4), 0)
    assert near(first[-1, -1], color_of(4), 0)


def test_gif_has_every_frame_its_time_and_loops(qtbot: QtBot, writer: FilmWriter, tmp_path: Path) -> None:
    progress = QSignalSpy(writer.progress)
    with qtbot.waitSignal(writer.finished, timeout=30_000) as done:
        writer.start(tmp_path / "a.gif", FilmSource(draw, range(COUNT), fps=4, hold_s=1))
    assert done.args == [tmp_path / "a.gif"]
    frames, durations, loop = read_gif(tmp_path / "a.gif")
    assert len(frames) == COUNT
    assert frames[0].shape == (62, 122, 3)
    assert all(near(frame[30, 60], color_of(i), 4) for i, frame in enumerate(frames))
    assert durations == [250] * (COUNT - 1) + [1250]
    assert loop == 0
    assert [(progress.at(i)[0], progress.at(i)[1]) for i in range(progress.count())][-1] == (COUNT, COUNT)
    assert os.listdir(tmp_path) == ["a.gif"]
    assert not writer.busy


def test_mp4_has_every_frame_and_even_sides(qtbot: QtBot, writer: FilmWriter, tmp_path: Path) -> None:
    with qtbot.waitSignal(writer.finished, timeout=60_000):
        writer.start(tmp_path / "a b é.MP4", FilmSource(draw, range(COUNT), fps=10, hold_s=0.3))
    frames = read_mp4(tmp_path / "a b é.MP4")
    assert len(frames) == COUNT + 3
    assert frames[0].shape == (62, 122, 3)
    assert all(near(frames[i][30, 60], color_of(i)) for i in range(COUNT))
    assert near(frames[-1][30, 60], color_of(COUNT - 1))
    assert os.listdir(tmp_path) == ["a b é.MP4"]


def test_a_film_of_one_frame(qtbot: QtBot, writer: FilmWriter, tmp_path: Path) -> None:
    with qtbot.waitSignal(writer.finished, timeout=30_000):
        writer.start(tmp_path / "a.gif", FilmSource(draw, [2]))
    assert len(read_gif(tmp_path / "a.gif")[0]) == 1


def test_the_window_gets_a_turn_between_frames(qtbot: QtBot, writer: FilmWriter, tmp_path: Path) -> None:
    """One frame a tick: start draws nothing itself, and the event loop runs between two frames."""
    drawn: list[int] = []

    def count(index: int) -> QImage:
        drawn.append(index)
        return draw(index)

    writer.start(tmp_path / "a.gif", FilmSource(count, range(COUNT)))
    assert drawn == []
    writer._draw_next()
    assert drawn == [0]
    with qtbot.waitSignal(writer.finished, timeout=30_000):
        pass
    assert drawn == list(range(COUNT))


@pytest.mark.parametrize("ending", ["gif", "mp4"])
def test_cancel_removes_the_unfinished_file(
    qtbot: QtBot, writer: FilmWriter, tmp_path: Path, ending: str
) -> None:
    old = tmp_path / f"a.{ending}"
    old.write_text("old")
    finished = QSignalSpy(writer.finished)

    def cancel_at(index: int) -> QImage:
        if index == 3:
            writer.cancel()
        return draw(index % COUNT)

    with qtbot.waitSignal(writer.cancelled, timeout=30_000):
        writer.start(old, FilmSource(cancel_at, range(100_000)))
    assert finished.count() == 0
    assert not writer.busy
    assert os.listdir(tmp_path) == [old.name]
    assert old.read_text() == "old"


@pytest.mark.parametrize("drawn", [0, 3])
def test_close_ends_an_encoder_that_waits_for_frames(writer: FilmWriter, tmp_path: Path, drawn: int) -> None:
    """The event loop has ended: no frame comes any more, and none of the writer's signals is delivered."""
    cancelled = QSignalSpy(writer.cancelled)
    writer.start(tmp_path / "a.gif", FilmSource(draw, range(COUNT)))
    for _ in range(drawn):
        writer._draw_next()
    assert encoders()
    assert writer.close() and writer.close()
    assert not encoders() and not writer.busy
    assert not list(tmp_path.iterdir())
    QApplication.processEvents()
    assert cancelled.count() == 0
    with pytest.raises(UserError, match="closing"):
        writer.start(tmp_path / "a.gif", FilmSource(draw, range(COUNT)))


@pytest.mark.expected_log("still being written")
def test_close_does_not_wait_for_a_write_that_hangs(
    writer: FilmWriter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, go_on = threading.Event(), threading.Event()

    def stuck(path: Path, task: film_encoder.Task) -> None:
        began.set()
        go_on.wait(10)
        raise film_encoder.Stopped

    monkeypatch.setitem(film_encoder.ENCODERS, "gif", stuck)
    writer.start(tmp_path / "a.gif", FilmSource(draw, range(COUNT)))
    assert began.wait(10)
    assert not writer.close(0.01)
    assert encoders()
    go_on.set()
    assert writer.close()
    assert not list(tmp_path.iterdir())


def test_a_film_that_is_forgotten_does_not_keep_the_program_alive(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom PySide6.QtGui import QGuiApplication, QImage\n"
        "from gui.film import FilmSource, FilmWriter\n"
        "app = QGuiApplication([])\n"
        "image = QImage(8, 8, QImage.Format.Format_RGB32)\nimage.fill(0)\n"
        "writer = FilmWriter()\n"
        f"writer.start(Path({str(tmp_path / 'a.gif')!r}), FilmSource(lambda i: image, range(50)))\n"
        "writer._draw_next()\n"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(root), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert not list(tmp_path.iterdir())


def encoders() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "film-encoder"]


class TestFilms:
    """The films of a window: what a person sees of them."""

    @pytest.fixture
    def shown(self, qtbot: QtBot) -> QWidget:
        widget = QWidget()
        qtbot.addWidget(widget)
        widget.show()
        return widget

    @pytest.fixture
    def films(self) -> Iterator[Films]:
        films = Films()
        yield films
        films.close()

    def test_its_end_is_said_and_the_dialog_goes(
        self, qtbot: QtBot, films: Films, shown: QWidget, tmp_path: Path
    ) -> None:
        with qtbot.waitSignal(films.said, timeout=30_000) as said:
            films.start(tmp_path / "a.gif", FilmSource(draw, range(COUNT)), shown)
            (dialog,) = shown.findChildren(QProgressDialog)
            assert (dialog.maximum(), "a.gif" in dialog.labelText(), films.busy) == (COUNT, True, True)
        assert said.args == ["Saved a.gif.", "info"]
        assert not films.busy and not dialog.isVisible()
        assert len(read_gif(tmp_path / "a.gif")[0]) == COUNT

    def test_its_cancel_button(self, qtbot: QtBot, films: Films, shown: QWidget, tmp_path: Path) -> None:
        (tmp_path / "a.gif").write_text("old")
        with qtbot.waitSignal(films.said, timeout=30_000) as said:
            films.start(tmp_path / "a.gif", FilmSource(draw, range(1000)), shown)
            (dialog,) = shown.findChildren(QProgressDialog)
            QTimer.singleShot(0, dialog, dialog.findChild(QPushButton).click)
        assert said.args == ["a.gif was not saved: the film was cancelled.", "info"]
        assert (tmp_path / "a.gif").read_text() == "old" and os.listdir(tmp_path) == ["a.gif"]

    @pytest.mark.expected_log("could not be drawn")
    def test_a_failure_names_the_file_and_what_was_kept(
        self, qtbot: QtBot, films: Films, shown: QWidget, tmp_path: Path
    ) -> None:
        (tmp_path / "a.gif").write_text("old")
        with qtbot.waitSignal(films.said, timeout=30_000) as said:
            films.start(tmp_path / "a.gif", FilmSource(lambda index: QImage(), range(3)), shown)
        assert said.args is not None and said.args[1] == "error"
        assert said.args[0].startswith("a.gif could not be saved.")
        assert said.args[0].endswith("The file of that name is as it was.")

    @pytest.mark.parametrize("ending", ["gif", "mp4"])
    def test_closing_during_a_film(
        self, qtbot: QtBot, films: Films, shown: QWidget, tmp_path: Path, ending: str
    ) -> None:
        """As the window does it: the film ends at once, and nothing of it stays."""
        said = QSignalSpy(films.said)
        large = QImage(1280, 760, QImage.Format.Format_RGB32)
        large.fill(QColor("teal"))
        films.start(tmp_path / f"a.{ending}", FilmSource(lambda index: large, range(10_000)), shown)
        progress = films._writer.progress
        with qtbot.waitSignal(progress, timeout=30_000):
            pass
        assert films.close(2.0)  # seconds
        assert not encoders() and not list(tmp_path.iterdir())
        QApplication.processEvents()
        assert said.count() == 0 and not any(d.isVisible() for d in shown.findChildren(QProgressDialog))
        assert films.close()

    def test_one_at_a_time(self, films: Films, shown: QWidget, tmp_path: Path) -> None:
        films.start(tmp_path / "a.gif", FilmSource(draw, range(COUNT)), shown)
        with pytest.raises(UserError, match="Another film"):
            films.start(tmp_path / "b.gif", FilmSource(draw, range(COUNT)), shown)
        assert len(shown.findChildren(QProgressDialog)) == 1


def test_a_long_gif_can_be_stopped_while_it_is_written(
    qtbot: QtBot, writer: FilmWriter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pillow writes all frames in one go after the last one; the file itself says stop."""
    written: list[int] = []
    plain = film_encoder._WatchedFile.write

    def write(self: film_encoder._WatchedFile, data: Any) -> int:
        written.append(len(data))
        if len(written) == 3:
            writer._stop.set()  # as cancel() does, from a place that the test chooses
        return plain(self, data)

    monkeypatch.setattr(film_encoder._WatchedFile, "write", write)
    with qtbot.waitSignal(writer.cancelled, timeout=30_000):
        writer.start(tmp_path / "a.gif", FilmSource(draw, range(COUNT)))
    assert 3 <= len(written) < COUNT
    assert not list(tmp_path.iterdir())


def test_a_second_film_after_the_first(qtbot: QtBot, writer: FilmWriter, tmp_path: Path) -> None:
    with qtbot.waitSignal(writer.cancelled, timeout=30_000):
        writer.start(tmp_path / "a.gif", FilmSource(draw, range(COUNT)))
        with pytest.raises(UserError, match="Another film"):
            writer.start(tmp_path / "b.gif", FilmSource(draw, range(COUNT)))
        writer.cancel()
    with qtbot.waitSignal(writer.finished, timeout=30_000):
        writer.start(tmp_path / "b.gif", FilmSource(draw, range(COUNT)))
    assert len(read_gif(tmp_path / "b.gif")[0]) == COUNT


@pytest.mark.parametrize(
    ("name", "indices", "words"),
    [("a.avi", [0], "no ending that can be saved"), ("a", [0], "no ending"), ("a.gif", [], "no frames")],
)
def test_refused_at_the_start(
    writer: FilmWriter, tmp_path: Path, name: str, indices: list[int], words: str
) -> None:
    with pytest.raises(UserError, match=words):
        writer.start(tmp_path / name, FilmSource(draw, indices))
    assert not writer.busy
    assert not list(tmp_path.iterdir())


def test_without_ffmpeg_a_sentence(
    writer: FilmWriter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import imageio_ffmpeg

    def absent() -> str:
        raise RuntimeError("No ffmpeg exe could be found.")

    monkeypatch.setattr(imageio_ffmpeg, "get_ffmpeg_exe", absent)
    with pytest.raises(UserError, match="need ffmpeg") as caught:
        writer.start(tmp_path / "a.mp4", FilmSource(draw, range(COUNT)))
    assert "GIF" in caught.value.hint
    assert not writer.busy


@pytest.mark.parametrize("ending", ["gif", "mp4"])
@pytest.mark.expected_log("failed")
def test_a_missing_folder_is_told(qtbot: QtBot, writer: FilmWriter, tmp_path: Path, ending: str) -> None:
    with qtbot.waitSignal(writer.failed, timeout=30_000) as failed:
        writer.start(tmp_path / "absent" / f"a.{ending}", FilmSource(draw, range(COUNT)))
    assert failed.args is not None
    assert "The folder does not exist" in failed.args[0]
    assert not writer.busy


def full_disk(*_args: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.expected_log("failed")
def test_a_full_disk_is_told_and_leaves_nothing(
    qtbot: QtBot, writer: FilmWriter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", full_disk)
    with qtbot.waitSignal(writer.failed, timeout=30_000) as failed:
        writer.start(tmp_path / "a.gif", FilmSource(draw, range(COUNT)))
    assert failed.args is not None
    assert "disk is full" in failed.args[0]
    assert not list(tmp_path.iterdir())


@pytest.mark.expected_log("ffmpeg stopped")
def test_an_ffmpeg_that_dies_is_told(
    qtbot: QtBot, writer: FilmWriter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import imageio_ffmpeg

    def dying(*_args: object, **_more: object) -> Iterator[None]:
        yield
        raise OSError(errno.EPIPE, "Broken pipe")

    monkeypatch.setattr(imageio_ffmpeg, "write_frames", dying)
    with qtbot.waitSignal(writer.failed, timeout=30_000) as failed:
        writer.start(tmp_path / "a.mp4", FilmSource(draw, range(COUNT)))
    assert failed.args is not None
    assert "ffmpeg stopped" in failed.args[0]
    assert not list(tmp_path.iterdir())


@pytest.mark.expected_log("could not be drawn")
def test_a_frame_that_cannot_be_drawn_ends_the_film(qtbot: QtBot, writer: FilmWriter, tmp_path: Path) -> None:
    def fail(index: int) -> QImage:
        return draw(index) if index < 2 else QImage()

    with qtbot.waitSignal(writer.failed, timeout=30_000) as failed:
        writer.start(tmp_path / "a.gif", FilmSource(fail, range(COUNT)))
    assert failed.args is not None
    assert "frame of the animation is empty" in failed.args[0]
    assert not list(tmp_path.iterdir())
