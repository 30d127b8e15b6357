"""The main window: views that are copied, sessions, ways from page to page, the tour."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.errors import UserError
from gui import tour
from gui.main_window import MainWindow
from gui.pages import PAGES
from gui.pages.base import TourStop
from gui.pages.convolution.changes import set_value, with_preset
from gui.pages.convolution.page import ConvolutionPage
from gui.pages.convolution.state import ConvolutionState
from gui.settings import Settings
from gui.state import envelope, to_json
from gui.theme import Scheme
from gui.widgets.source_state import SourceState
from tests.gui.main_window_fixtures import action, message
from tests.gui.window_fixtures import (
    WAIT,
    HeldEngine,
    OpenWindow,
    calm,
    convolution,
    held,
    open_window,
    page,
    plate_of,
    window,
)

__all__ = ["calm", "open_window", "page", "window"]


def put_on_clipboard(text: str) -> None:
    mime = QMimeData()
    mime.setText(text)
    QGuiApplication.clipboard().setMimeData(mime)


class TestViews:
    def test_copy_and_paste_a_view(self, window: MainWindow) -> None:
        page = convolution(window)
        page.change(replace(with_preset(page.state, "cs231n"), view="coverage", step=4))
        state = page.state
        action(window, "Copy view").trigger()
        text = QGuiApplication.clipboard().text()
        assert json.loads(text)["page"] == "convolution"
        page.reset()
        action(window, "Paste a picture or a view").trigger()
        assert page.state == state
        assert page.history.can_undo, "a pasted view can be undone"

    @pytest.mark.parametrize(
        "text",
        [
            "hello", "{}", envelope("nowhere", ConvolutionState()), envelope("convolution", ConvolutionState(stride=0)),
            json.dumps({"convscope": 1, "page": "convolution", "state": {"stride": "x"}}), "9" * 5000,
        ],
    )  # fmt: skip
    def test_what_cannot_be_pasted_is_said(self, window: MainWindow, text: str) -> None:
        before = convolution(window).state
        put_on_clipboard(text)
        window.opening.paste()
        assert window.page.state == before
        assert message(window).endswith(".")
        assert window.banner.message is not None and window.banner.message.kind == "warn"

    def test_an_empty_clipboard(self, window: MainWindow) -> None:
        QGuiApplication.clipboard().setMimeData(QMimeData())
        window.opening.paste()
        assert "neither" in message(window)

    def test_pasting_a_picture(self, window: MainWindow, qtbot: QtBot) -> None:
        image = QImage(50, 40, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.blue)
        QGuiApplication.clipboard().setImage(image)
        window.opening.paste()
        page = convolution(window)
        qtbot.waitUntil(lambda: page.state.source.kind == "file", timeout=WAIT)
        QApplication.processEvents()
        assert (plate_of(page.canvas, "input/2").values == 255).all()

    def test_pasting_a_copied_file(self, window: MainWindow, tmp_path: Path) -> None:
        path = tmp_path / "a view.json"
        path.write_text(envelope("convolution", ConvolutionState(stride=3)))
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path))])
        QGuiApplication.clipboard().setMimeData(mime)
        window.opening.paste()
        assert convolution(window).state.stride == 3

    def test_open_view_says_what_it_does_not_know(self, window: MainWindow) -> None:
        with pytest.raises(UserError, match="nowhere"):
            window.opening.open_view(envelope("nowhere", ConvolutionState()))


class TestSession:
    def test_the_page_is_as_it_was_left(self, open_window: OpenWindow, tmp_path: Path) -> None:
        first = open_window()
        page = convolution(first)
        page.change(set_value(with_preset(page.state, "cs231n"), "dilation", 2))
        state, output = page.state, plate_of(page.canvas, "output/1").values
        first.close()
        second = open_window(settings=Settings(tmp_path / "settings.ini"))
        assert second.page.state == state
        assert np.array_equal(plate_of(convolution(second).canvas, "output/1").values, output)
        assert not second.page.history.can_undo, "nothing was done yet that could be undone"

    @pytest.mark.parametrize(
        "saved",
        [
            {"stride": 0}, {"weights": [[[[1e300] * 3] * 3]]}, {"picture": {"kind": "preset", "value": "ramp"}},
            {**to_json(ConvolutionState()), "source": {"kind": "file"}},
        ],
    )  # fmt: skip
    def test_a_damaged_session_is_no_obstacle(
        self, open_window: OpenWindow, tmp_path: Path, saved: dict[str, Any]
    ) -> None:
        settings = Settings(tmp_path / "other.ini")
        settings.set_session("convolution", saved)
        settings.sync()
        window = open_window(settings=Settings(tmp_path / "other.ini"))
        assert window.page.state.validated() == window.page.state
        assert len(convolution(window).canvas.scene.plates) >= 4

    def test_a_picture_that_is_gone(self, open_window: OpenWindow, tmp_path: Path, qtbot: QtBot) -> None:
        """The rest of the view stays, a sentence says what is missing."""
        gone = SourceState("file", str(tmp_path / "gone.png"))
        state = replace(ConvolutionState(), source=gone, stride=2)
        settings = Settings(tmp_path / "other.ini")
        settings.set_session("convolution", to_json(state))
        window = open_window(settings=settings)
        qtbot.waitUntil(lambda: "gone.png" in message(window), timeout=WAIT)
        assert window.page.state.stride == 2 and window.page.state.source != gone

    def test_place_and_page_are_remembered(self, open_window: OpenWindow, tmp_path: Path) -> None:
        first = open_window(size=(1111, 777))
        assert first.page.entry.name == "convolution"
        first.close()
        settings = Settings(tmp_path / "settings.ini")
        assert settings.last_page == "convolution" and not settings.geometry.isEmpty()

    def test_closing_twice_is_harmless(self, window: MainWindow) -> None:
        assert window.close()
        window.close()
        window.shut_down()
        assert window.services.bridge.closed

    def test_a_closed_window_gives_everything_back(self, open_window: OpenWindow, qtbot: QtBot) -> None:
        window = open_window(HeldEngine)
        page = convolution(window)
        page.stepper.play()
        page.views.button("image").click()
        engine = held(window)
        window.close()
        assert engine.closed and not page.stepper.playing
        asked = len(engine.asked)
        page.change(replace(page.state, stride=2))
        assert len(engine.asked) == asked

    def test_torch_is_loaded_after_the_first_paint(self, open_window: OpenWindow, qtbot: QtBot) -> None:
        window = open_window(HeldEngine)
        window.painted.connect(window.services.bridge.begin_loading)
        qtbot.waitUntil(lambda: held(window).loads == 1, timeout=WAIT)
        window.repaint()
        QApplication.processEvents()
        assert held(window).loads == 1


class TestWays:
    """From one page to another."""

    def test_a_page_leads_to_another_with_what_it_was_about(self, window: MainWindow) -> None:
        window.show_page("convolution")
        window.page.pageAsked.emit("architectures", {"network": "vgg16", "view": "table"})
        assert window.page.entry.name == "architectures"
        assert (window.page.state.network, window.page.state.view) == ("vgg16", "table")
        window.page.undo()
        assert window.page.state.network != "vgg16", "a person can go back"

    def test_what_the_other_page_refuses_is_said(self, window: MainWindow) -> None:
        window.show_page("convolution")
        window.page.pageAsked.emit("architectures", {"network": "no such net"})
        assert "no such net" in message(window)


class TestTour:
    """One page, one scheme, one size, few stops."""

    @pytest.fixture
    def small(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tour, "SIZES", (("small", 800, 600),))
        monkeypatch.setattr(tour, "PAGES", [entry for entry in PAGES if entry.name == "convolution"])

    @staticmethod
    def stops(monkeypatch: pytest.MonkeyPatch, stops: list[TourStop]) -> None:
        def patched(_page: ConvolutionPage) -> list[TourStop]:
            return stops

        monkeypatch.setattr(ConvolutionPage, "tour", patched)

    def test_every_stop_becomes_a_picture(
        self, window: MainWindow, small: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        states = [ConvolutionState(step=4), replace(ConvolutionState(), view="shift")]
        self.stops(
            monkeypatch, [TourStop(f"n{i}", f"Stop <{i}>", "Words & more", s) for i, s in enumerate(states)]
        )
        assert tour.run(window, tmp_path / "tour", (Scheme.LIGHT,)) == []
        files = sorted(path.name for path in (tmp_path / "tour").glob("*.png"))
        assert files == ["convolution-01-n0-light-small.png", "convolution-02-n1-light-small.png"]
        index = (tmp_path / "tour" / "index.html").read_text(encoding="utf-8")
        for file in files:
            image = QImage(str(tmp_path / "tour" / file))
            assert (image.width(), image.height()) == (800, 600)
            assert file in index
        assert "Stop &lt;0&gt;" in index and "Words &amp; more" in index

    def test_a_broken_stop_fails_the_tour_and_the_others_go_on(
        self,
        window: MainWindow,
        small: None,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
        expected_log: Any,
    ) -> None:
        expected_log("tour stop broken")
        good = TourStop("good", "Good", "", ConvolutionState())
        self.stops(monkeypatch, [TourStop("broken", "Broken", "", object()), good])
        problems = tour.run(window, tmp_path, (Scheme.LIGHT,))
        assert any("convolution/broken" in problem for problem in problems)
        assert (tmp_path / "convolution-02-good-light-small.png").exists()

    def test_a_state_that_is_refused_fails_the_tour(
        self, window: MainWindow, small: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        self.stops(monkeypatch, [TourStop("bad", "Bad", "", ConvolutionState(stride=0))])
        monkeypatch.setattr(tour.log, "exception", tour.log.info)
        assert any("convolution/bad" in problem for problem in tour.run(window, tmp_path, (Scheme.LIGHT,)))

    def test_a_warning_fails_the_tour(
        self,
        window: MainWindow,
        small: None,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
        expected_log: Any,
    ) -> None:
        expected_log("something looks wrong")
        self.stops(monkeypatch, [TourStop("good", "Good", "", ConvolutionState())])
        page = convolution(window)
        page.historyChanged.connect(
            lambda: logging.getLogger("gui.somewhere").warning("something looks wrong")
        )
        assert tour.run(window, tmp_path, (Scheme.LIGHT,)) == ["gui.somewhere: something looks wrong"]

    def test_what_never_gets_ready_fails_the_tour(
        self, open_window: OpenWindow, small: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        window = open_window(HeldEngine)
        monkeypatch.setattr(tour, "READY_SECONDS", 0.3)
        self.stops(monkeypatch, [TourStop("slow", "Slow", "", ConvolutionState())])
        problems = tour.run(window, tmp_path, (Scheme.LIGHT,))
        assert any("not ready" in problem for problem in problems)
