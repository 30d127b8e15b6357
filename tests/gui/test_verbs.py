"""What every page lets people take away: which verbs it lists, and that a film is of one moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QFileDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from engine.errors import UserError
from engine.images import Frame
from gui.film import Films, FilmSource
from gui.pages import PAGES
from gui.pages.convolution.exports import FILM_SIZE, ConvolutionExports
from gui.pages.convolution.resolve import Resolver
from gui.pages.convolution.state import ConvolutionState
from gui.pages.verbs import page_verbs
from gui.state import envelope, open_envelope
from gui.widgets.canvas import Canvas
from gui.widgets.picture import to_pixels
from gui.widgets.source_state import SourceState


@dataclass(frozen=True)
class State:
    """The state of a page for tests."""

    level: int = 1


class StandIn(QWidget):
    """A page as far as the verbs need one."""

    said = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.entry = replace(PAGES[0], name="pooling", title="Pooling")
        self.state = State(3)
        self.services = SimpleNamespace(films=Films())


class OnlyPicture:
    """A page that has nothing but its picture."""

    name = "convscope-pooling"
    caption = "Two by two, the largest of four."

    def __init__(self) -> None:
        self.label = QLabel("a picture")
        self.label.resize(60, 20)

    def picture(self) -> QWidget:
        return self.label


class Everything(OnlyPicture):
    """A page with all there is."""

    moves = True

    def arrays(self) -> list[tuple[str, Any]]:
        return [("input", np.arange(4).reshape(2, 2))]

    def script(self) -> str:
        return "import torch\n"

    def film(self) -> FilmSource | None:
        def draw(index: int) -> QImage:
            image = QImage(20, 10, QImage.Format.Format_RGB32)
            image.fill(QColor(40 * index, 0, 0))
            return image

        return FilmSource(draw, range(3)) if self.moves else None


@pytest.fixture
def page(qtbot: QtBot) -> Iterator[Any]:
    page = StandIn()
    qtbot.addWidget(page)
    yield page
    assert page.services.films.close()


@pytest.fixture
def exports(qtbot: QtBot) -> Everything:
    exports = Everything()
    qtbot.addWidget(exports.label)
    return exports


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder into which every save dialog saves, under the suggested name."""

    def answer(_parent: Any, _title: str, suggested: str, filters: str) -> tuple[str, str]:
        return str(tmp_path / suggested), filters.split(";;")[0]

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    return tmp_path


def run(page: Any, exports: Any, title: str) -> list[tuple[str, str]]:
    """Choose an entry; what the page said."""
    spy = QSignalSpy(page.said)
    next(verb for verb in page_verbs(page, exports) if verb.title.startswith(title)).run()
    return [(spy.at(i)[0], spy.at(i)[1]) for i in range(spy.count())]


def titles(page: Any, exports: Any) -> list[str]:
    return [verb.title for verb in page_verbs(page, exports)]


class TestMenu:
    def test_a_page_lists_what_it_has(self, page: Any, exports: Everything, qtbot: QtBot) -> None:
        only = OnlyPicture()
        qtbot.addWidget(only.label)
        view = ["Copy view", "Save view…"]
        picture = ["Copy picture", "Save picture (PNG)…", "Save drawing (SVG)…", "Save handout (PDF)…"]
        assert titles(page, None) == view
        assert titles(page, only) == [*picture, *view]
        assert titles(page, exports) == [
            *picture, "Save animation (GIF or MP4)…", "Save numbers (CSV)…", "Save PyTorch script…",
            "Copy PyTorch script", *view,
        ]  # fmt: skip

    def test_every_file_has_the_name_of_the_page(self, page: Any, exports: Everything, target: Path) -> None:
        for title in ("Save picture", "Save drawing", "Save handout", "Save numbers", "Save view"):
            ((sentence, kind),) = run(page, exports, title)
            assert sentence.startswith("Saved convscope-pooling.") and kind == "info"
        assert run(page, exports, "Save PyTorch") == [("Saved pooling.py.", "info")]
        assert {path.suffix for path in target.glob("convscope-pooling.*")} == {
            ".png", ".svg", ".pdf", ".csv", ".json",
        }  # fmt: skip
        assert (target / "convscope-pooling.csv").read_text() == "input,shape,2,2\n0,1\n2,3\n"
        text = (target / "convscope-pooling.json").read_text()
        assert open_envelope(text) == ("pooling", {"level": 3})

    def test_what_is_copied(self, page: Any, exports: Everything) -> None:
        clipboard = QGuiApplication.clipboard()
        run(page, exports, "Copy PyTorch")
        assert clipboard.text() == "import torch\n"
        run(page, exports, "Copy view")
        assert clipboard.text() == envelope("pooling", State(3))
        run(page, exports, "Copy picture")
        assert clipboard.image().width() == 2 * 60

    def test_a_refusal_is_a_sentence(self, page: Any, exports: Everything, target: Path) -> None:
        exports.arrays = lambda: (_ for _ in ()).throw(UserError("There are no numbers yet.", "Wait."))  # type: ignore[method-assign]
        assert run(page, exports, "Save numbers") == [("There are no numbers yet. Wait.", "error")]
        exports.moves = False
        ((sentence, kind),) = run(page, exports, "Save animation")
        assert "nothing to film" in sentence and kind == "error"
        assert not list(target.iterdir())

    def test_a_film_is_the_windows(self, page: Any, exports: Everything, target: Path, qtbot: QtBot) -> None:
        films = page.services.films
        with qtbot.waitSignal(films.said, timeout=30_000) as said:
            assert run(page, exports, "Save animation") == []
            assert films.busy
        assert said.args == ["Saved convscope-pooling.gif.", "info"]


class TestConvolutionFilm:
    """A film shows one convolution from its first frame to its last, whatever the page goes on to show."""

    @pytest.fixture
    def shown(self, qtbot: QtBot) -> Any:
        canvas = Canvas()
        qtbot.addWidget(canvas)
        return SimpleNamespace(
            state=ConvolutionState(), frame_for_export=None, canvas=canvas, image_view=canvas,
            stepper=SimpleNamespace(speed=1.0),
        )  # fmt: skip

    def pixels(self, source: FilmSource, index: int) -> Any:
        return to_pixels(source.image_at(index))

    def test_another_kernel_does_not_get_into_it(self, shown: Any) -> None:
        before = ConvolutionExports(shown).film()
        expected = self.pixels(ConvolutionExports(shown).film(), 5)
        shown.state = replace(shown.state, weights=((((9.0, 9.0, 9.0),) * 3,),), kernel="custom")
        assert np.array_equal(self.pixels(before, 5), expected)
        assert not np.array_equal(self.pixels(ConvolutionExports(shown).film(), 5), expected)

    def test_nor_does_a_later_picture(self, shown: Any) -> None:
        dark, bright = (Frame(np.full((50, 60, 3), level, np.uint8), "video") for level in (10, 200))
        shown.state = replace(shown.state, source=SourceState("video", "walk.mp4"))
        shown.frame_for_export = dark
        before = ConvolutionExports(shown).film()
        expected = self.pixels(before, 2)
        shown.frame_for_export = bright
        assert np.array_equal(self.pixels(before, 2), expected)
        assert not np.array_equal(self.pixels(ConvolutionExports(shown).film(), 2), expected)

    @pytest.mark.parametrize("slow", [False, True])
    def test_it_is_as_long_as_the_walk(self, shown: Any, slow: bool) -> None:
        shown.state = replace(shown.state, slow=slow)
        source = ConvolutionExports(shown).film()
        steps = len(Resolver().resolve(shown.state, None).trace)
        assert list(source.indices) == list(range(steps * (5 if slow else 1)))
        first, last = self.pixels(source, 0), self.pixels(source, source.indices[-1])
        assert first.shape == (FILM_SIZE[1], FILM_SIZE[0], 3) and not np.array_equal(first, last)

    @pytest.mark.parametrize("view", ["image", "coverage", "shift"])
    def test_other_views_do_not_move(self, shown: Any, view: Any) -> None:
        shown.state = replace(shown.state, view=view)
        with pytest.raises(UserError, match="Only the step view"):
            ConvolutionExports(shown).film()
