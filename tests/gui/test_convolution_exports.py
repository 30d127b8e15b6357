"""What is taken away from the convolution page is what was on show."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QSizeF
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QFileDialog, QMenu
from pytestqt.qtbot import QtBot

from engine.errors import UserError
from gui import export
from gui.main_window import MainWindow
from gui.pages.convolution import exports
from gui.pages.convolution.changes import refit, with_preset
from gui.pages.convolution.page import ConvolutionPage
from gui.pages.convolution.resolve import Resolver, at_position
from gui.pages.convolution.state import ConvolutionState
from gui.pages.convolution.steps_scene import steps_scene
from gui.state import from_json, open_envelope
from gui.theme import theme
from gui.widgets.plate import MarkRole
from tests.gui.window_fixtures import (
    WAIT,
    calm,
    near,
    open_window,
    page,
    pixels_of,
    plate_of,
    shot,
    window,
)

__all__ = ["calm", "open_window", "page", "window"]


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder into which every save dialog saves, under the name that the page suggests."""

    def answer(_parent: Any, _title: str, suggested: str, filters: str) -> tuple[str, str]:
        return str(tmp_path / suggested), filters.split(";;")[0]

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    return tmp_path


def run(page: ConvolutionPage, title: str) -> list[tuple[str, str]]:
    """Choose an entry of the share menu; what the page said."""
    spy = QSignalSpy(page.said)
    next(verb for verb in page.verbs() if verb.title.startswith(title)).run()
    return [(spy.at(i)[0], spy.at(i)[1]) for i in range(spy.count())]


def blocks(text: str) -> dict[str, np.ndarray[Any, Any]]:
    """The arrays of a CSV text by name: an own reader, line by line."""
    found: dict[str, list[list[float]]] = {}
    name = ""
    for row in csv.reader(io.StringIO(text)):
        if len(row) > 1 and row[1] == "shape":
            name = row[0]
            found[name] = []
        elif row:
            found[name].append([float(value) for value in row])
    return {key: np.array(rows) for key, rows in found.items()}


class TestNumbers:
    def test_the_csv_holds_every_array(self, page: ConvolutionPage, target: Path) -> None:
        page.change(with_preset(page.state, "cs231n"))
        assert run(page, "Save numbers") == [("Saved convscope-convolution-steps.csv.", "info")]
        found = blocks((target / "convscope-convolution-steps.csv").read_text())
        for channel in range(3):
            padded = plate_of(page.canvas, f"input/{channel}").values
            assert np.array_equal(found[f"input channel {channel + 1}"], padded[1:-1, 1:-1])
            assert np.array_equal(
                found[f"kernel 2 channel {channel + 1}"], page.state.weight_array[1, channel]
            )
        assert found["biases"].tolist() == [[1, 0]]
        for index in range(2):
            assert np.array_equal(
                found[f"output map {index + 1}"], plate_of(page.canvas, f"output/{index}").values
            )
        assert len(found) == 3 + 6 + 1 + 2

    def test_uneven_numbers_read_back_exactly(self, page: ConvolutionPage) -> None:
        page.change(refit(page.state, kernel="gaussian", size=5))
        found = blocks(export.csv_text(exports.ConvolutionExports(page).arrays()))
        assert np.array_equal(found["kernel 1 channel 1"], page.state.weight_array[0, 0])

    def test_one_grid_from_its_context_menu(self, page: ConvolutionPage) -> None:
        menu = QMenu()
        page.fill_plate_menu(menu, plate_of(page.canvas, "output/0"))
        menu.actions()[0].trigger()
        (values,) = blocks(QGuiApplication.clipboard().text()).values()
        assert np.array_equal(values, plate_of(page.canvas, "output/0").values)
        menu.deleteLater()


class TestScript:
    def test_they_run_and_agree(self, page: ConvolutionPage, tmp_path: Path) -> None:
        """In a Python of its own: the numbers of the screen are torch's; every script ends with an assertion."""
        states = [
            ConvolutionState(relu=True, flip=True),
            replace(with_preset(ConvolutionState(), "cs231n"), padding_mode="replicate"),
            ConvolutionState(transposed=True, stride=2),
        ]
        for index, state in enumerate(states):
            page.change(state)
            run(page, "Copy PyTorch script")
            (tmp_path / f"script{index}.py").write_text(QGuiApplication.clipboard().text())
        everything = "import runpy; [runpy.run_path(f'script{i}.py', run_name='__main__') for i in range(3)]"
        done = subprocess.run(
            [sys.executable, "-c", everything],
            capture_output=True, text=True, timeout=100, check=False, cwd=tmp_path,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip()

    def test_saving(self, page: ConvolutionPage, target: Path) -> None:
        run(page, "Save PyTorch script")
        text = (target / "convolution.py").read_text()
        compile(text, "convolution.py", "exec")
        assert "torch" in text


class TestView:
    def test_copy(self, page: ConvolutionPage) -> None:
        page.change(with_preset(page.state, "cs231n"))
        run(page, "Copy view")
        name, raw = open_envelope(QGuiApplication.clipboard().text())
        assert (name, from_json(ConvolutionState, raw)) == ("convolution", page.state)

    def test_save(self, page: ConvolutionPage, target: Path) -> None:
        run(page, "Save view")
        data = json.loads((target / "convscope-convolution-steps.json").read_text())
        assert data["page"] == "convolution"


class TestPictures:
    def test_png(self, page: ConvolutionPage, target: Path) -> None:
        run(page, "Save picture (PNG)")
        image = QImage(str(target / "convscope-convolution-steps.png"))
        assert image.width() == 2 * page.canvas.preferred_size().width()

    def test_the_clipboard(self, page: ConvolutionPage) -> None:
        run(page, "Copy picture")
        pixels = pixels_of(QGuiApplication.clipboard().image())
        assert near(pixels, theme.colors.accent, 20).any(), "the window's frame is on it"

    @pytest.mark.parametrize(
        ("title", "ending", "head"), [("Save drawing", "svg", b"<?xml"), ("Save handout", "pdf", b"%PDF")]
    )
    def test_drawings(
        self, page: ConvolutionPage, target: Path, title: str, ending: str, head: bytes
    ) -> None:
        run(page, title)
        content = (target / f"convscope-convolution-steps.{ending}").read_bytes()
        assert content.startswith(head) and len(content) > 3000

    @pytest.mark.parametrize("view", ["image", "coverage", "shift"])
    def test_every_view(self, page: ConvolutionPage, target: Path, qtbot: QtBot, view: str) -> None:
        page.views.button(view).click()
        qtbot.waitUntil(page.tour_ready, timeout=WAIT)
        for title in ("Save picture (PNG)", "Save drawing", "Save handout"):
            assert run(page, title)[0][1] == "info"
        assert len(list(target.glob(f"convscope-convolution-{view}.*"))) == 3

    def test_cancel_saves_nothing(
        self, page: ConvolutionPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def cancelled(*_arguments: Any) -> tuple[str, str]:
            return "", ""

        monkeypatch.setattr(QFileDialog, "getSaveFileName", cancelled)
        for verb in page.verbs():
            if verb.title.startswith("Save"):
                verb.run()
        assert not list(tmp_path.glob("convscope*"))

    def test_a_folder_that_may_not_be_written_is_said(
        self, page: ConvolutionPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def elsewhere(_parent: Any, _title: str, suggested: str, filters: str) -> tuple[str, str]:
            return str(tmp_path / "no such folder" / suggested), filters

        monkeypatch.setattr(QFileDialog, "getSaveFileName", elsewhere)
        for title in ("Save picture (PNG)", "Save numbers", "Save view"):
            ((sentence, kind),) = run(page, title)
            assert kind == "error" and "folder" in sentence


class TestFilm:
    def test_a_frame_is_its_step(self, page: ConvolutionPage) -> None:
        """Frame by frame the output's window stands where the walk is; the page itself stays where it was."""
        before, screen = page.state, shot(page.canvas)
        film = exports.ConvolutionExports(page).film()
        assert list(film.indices) == list(range(16))
        for index in (0, 5, 15):
            picture = pixels_of(film.image_at(index))
            resolved = Resolver().resolve(at_position(page.state, index), page.frame_for_export)
            scene = steps_scene(resolved, QSizeF(*exports.FILM_SIZE))
            plate = scene.plate("output/0")
            assert plate is not None
            (mark,) = [m for m in plate.marks if m.role is MarkRole.WINDOW]
            assert (mark.top, mark.left) == divmod(index, 4)
            box = plate.cell_rect(mark.top, mark.left).toAlignedRect()
            ring = picture[box.top() - 2 : box.bottom() + 3, box.left() - 2 : box.right() + 3]
            assert near(ring, theme.colors.accent, 40).mean() > 0.05
        assert page.state == before and np.array_equal(shot(page.canvas), screen)

    def test_it_films_what_was_there_when_it_began(self, page: ConvolutionPage) -> None:
        film = exports.ConvolutionExports(page).film()
        before = pixels_of(film.image_at(3))
        page.change(refit(page.state, kernel="laplacian"))
        assert np.array_equal(pixels_of(film.image_at(3)), before)

    def test_five_frames_a_step_in_slow_motion(self, page: ConvolutionPage) -> None:
        page.change(replace(page.state, slow=True))
        film = exports.ConvolutionExports(page).film()
        assert len(film.indices) == 16 * 5
        assert not np.array_equal(pixels_of(film.image_at(0)), pixels_of(film.image_at(4)))

    def test_long_walks_are_thinned(self, page: ConvolutionPage) -> None:
        page.change(refit(with_preset(page.state, "ramp"), height=60, width=60))
        film = exports.ConvolutionExports(page).film()
        assert 300 <= len(film.indices) <= exports.MOST_FILM_FRAMES
        assert film.indices[0] == 0

    def test_a_gif_of_the_whole_walk(
        self, page: ConvolutionPage, window: MainWindow, target: Path, qtbot: QtBot
    ) -> None:
        page.change(replace(page.state, stride=3))
        run(page, "Save animation")
        path = target / "convscope-convolution-steps.gif"
        qtbot.waitUntil(lambda: path.exists() and not window.services.films.busy, timeout=60_000)
        with Image.open(path) as film:
            assert getattr(film, "n_frames", 1) == 4 and film.size == exports.FILM_SIZE
        qtbot.waitUntil(lambda: window.banner.message is not None, timeout=WAIT)
        assert window.banner.message is not None
        assert window.banner.message.sentence == "Saved convscope-convolution-steps.gif."

    def test_cancelling_leaves_no_file(
        self, page: ConvolutionPage, window: MainWindow, target: Path, qtbot: QtBot
    ) -> None:
        page.change(refit(page.state, height=40, width=40))
        run(page, "Save animation")
        assert window.services.films.busy
        window.services.films.cancel()
        qtbot.waitUntil(lambda: not window.services.films.busy, timeout=WAIT)
        assert not list(target.glob("*.gif"))
        qtbot.waitUntil(lambda: window.banner.message is not None, timeout=WAIT)

    def test_closing_the_window_ends_a_film(
        self, page: ConvolutionPage, window: MainWindow, target: Path
    ) -> None:
        page.change(refit(page.state, height=40, width=40))
        run(page, "Save animation")
        window.close()
        assert not window.services.films.busy and not list(target.glob("*.gif"))

    def test_only_steps_can_be_filmed(self, page: ConvolutionPage, target: Path) -> None:
        page.views.button("shift").click()
        ((sentence, kind),) = run(page, "Save animation")
        assert kind == "error" and "step" in sentence.lower()


def test_a_page_without_numbers_says_so(page: ConvolutionPage) -> None:
    page._resolved = None
    taken = exports.ConvolutionExports(page)
    for write in (taken.arrays, taken.script):
        with pytest.raises(UserError):
            write()
