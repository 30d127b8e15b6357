"""Dropped and opened files: to the page that takes them, or a sentence that says why not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from engine.errors import UserError
from engine.foundations.requests import WholeImageResult
from gui import drops
from gui.main_window import MainWindow
from gui.pages import PAGES, PageEntry
from gui.pages.convolution.page import ConvolutionPage
from gui.pages.convolution.state import ConvolutionState
from gui.pages.weights.page import WeightsPage
from gui.state import envelope
from gui.widgets.source_state import SourceState
from tests.gui.window_fixtures import WAIT, calm, convolution, open_window, plate_of, window

__all__ = ["calm", "open_window", "window"]
Copy = Qt.DropAction.CopyAction
NoModifier = Qt.KeyboardModifier.NoModifier
LeftButton = Qt.MouseButton.LeftButton


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """One file of every sort, one of them with spaces and letters beyond ASCII in its name."""
    found = {
        "picture": tmp_path / "ein schönes Bild.png", "wrong suffix": tmp_path / "really.txt",
        "text": tmp_path / "notes.txt",
        "folder": tmp_path / "a folder", "weights": tmp_path / "net.weights", "view": tmp_path / "view.json",
        "bad view": tmp_path / "bad.json", "empty": tmp_path / "empty.png", "truncated": tmp_path / "half.png",
        "gone": tmp_path / "gone.png",
    }  # fmt: skip
    Image.new("RGB", (60, 50), (255, 0, 0)).save(found["picture"])
    Image.new("RGB", (60, 50), (0, 255, 0)).save(found["wrong suffix"], format="PNG")
    found["text"].write_text("hello")
    found["folder"].mkdir()
    found["weights"].write_bytes(bytes(64))
    found["view"].write_text(envelope("convolution", ConvolutionState(stride=3)))
    found["bad view"].write_text('{"convscope": 1, "page": "convolution", "state": {"stride": 0}}')
    found["empty"].touch()
    noise = np.random.default_rng(0).integers(0, 255, (80, 80, 3)).astype(np.uint8)
    Image.fromarray(noise).save(found["truncated"])
    found["truncated"].write_bytes(found["truncated"].read_bytes()[:900])
    return found


def mime(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def drag_over(window: MainWindow, data: QMimeData) -> QDragEnterEvent:
    event = QDragEnterEvent(QPoint(300, 300), Copy, data, LeftButton, NoModifier)
    QApplication.sendEvent(window, event)
    return event


def drop(window: MainWindow, data: QMimeData) -> QDropEvent:
    drag_over(window, data)
    event = QDropEvent(QPointF(300, 300), Copy, data, LeftButton, NoModifier)
    QApplication.sendEvent(window, event)
    QTest.qWait(
        1
    )  # the file is opened when the other program's drag has ended: one turn of the event loop later
    return event


def message(window: MainWindow) -> str:
    shown = window.banner.message
    return "" if shown is None else f"{shown.sentence} {shown.hint}".strip()


def response(page: ConvolutionPage, qtbot: QtBot, path: Path) -> WholeImageResult:
    """The response to a dropped picture, as soon as it is on show."""

    def shown() -> bool:
        known = page.image_view.result is not None and page.tour_ready()
        return known and page.state.shown_source.value == str(path)

    qtbot.waitUntil(shown, timeout=WAIT)
    result = page.image_view.result
    assert result is not None
    return result


def stub(name: str, takes: tuple[str, ...]) -> Any:
    """A page as far as the decision needs one."""
    entry = replace(PAGES[0], name=name, title=name, opens=takes)
    return SimpleNamespace(
        entry=entry, accepts=lambda kind: None if kind in takes else f"{name} takes no {kind}."
    )


class TestDecision:
    """Pure: no window."""

    def test_the_page_in_view_comes_first(self, files: dict[str, Path]) -> None:
        pages = (PAGES[0], PageEntry("nets", "Nets", "", "grid", "", "", opens=("picture",)))
        offer = drops.destination(files["picture"], stub("convolution", ("picture",)), pages)
        assert (offer.kind, offer.page.name) == ("picture", "convolution")

    def test_else_the_first_that_takes_it(self, files: dict[str, Path]) -> None:
        nets = PageEntry("nets", "Nets", "", "grid", "", "", opens=("weights",))
        offer = drops.destination(files["weights"], stub("convolution", ("picture",)), (PAGES[0], nets))
        assert offer.page is nets and offer.path == files["weights"]

    def test_else_the_reason(self, files: dict[str, Path]) -> None:
        with pytest.raises(UserError, match="takes no folder"):
            drops.destination(files["folder"], stub("convolution", ("picture",)), PAGES[:1])

    def test_a_view_goes_wherever_it_belongs(self, files: dict[str, Path]) -> None:
        assert drops.destination(files["view"], stub("convolution", ()), PAGES).kind == "state"

    def test_the_first_local_file_counts(self, files: dict[str, Path]) -> None:
        data = QMimeData()
        data.setUrls([QUrl("https://example.org/a.png"), QUrl.fromLocalFile(str(files["view"]))])
        assert drops.path_of(data) == files["view"] and drops.paths_of(data) == [files["view"]]
        text = QMimeData()
        text.setText("hello")
        assert drops.path_of(text) is None and drops.paths_of(text) == []


class TestOverlay:
    def test_an_offer_names_file_and_page(self, window: MainWindow, files: dict[str, Path]) -> None:
        event = drag_over(window, mime(files["picture"]))
        assert (
            event.isAccepted() and window.opening.overlay.isVisible() and not window.opening.overlay.refused
        )
        assert (
            files["picture"].name in window.opening.overlay.sentence
            and "Convolution" in window.opening.overlay.sentence
        )
        QApplication.sendEvent(window, QDragLeaveEvent())
        assert not window.opening.overlay.isVisible()

    def test_a_folder_is_offered_to_the_page_of_volumes(
        self, window: MainWindow, files: dict[str, Path]
    ) -> None:
        drag_over(window, mime(files["folder"]))
        assert "1-D and 3-D" in window.opening.overlay.sentence and not window.opening.overlay.refused
        QApplication.sendEvent(window, QDragLeaveEvent())

    @pytest.mark.parametrize("name", ["empty", "gone"])
    def test_a_refusal_says_why_before_the_drop(
        self, window: MainWindow, files: dict[str, Path], name: str
    ) -> None:
        drag_over(window, mime(files[name]))
        assert window.opening.overlay.isVisible() and window.opening.overlay.refused
        assert window.opening.overlay.sentence.endswith(".")
        QApplication.sendEvent(window, QDragLeaveEvent())

    def test_what_is_no_file_is_left_alone(self, window: MainWindow) -> None:
        data = QMimeData()
        data.setText("hello")
        assert not drag_over(window, data).isAccepted() and not window.opening.overlay.isVisible()


class TestDrop:
    @pytest.mark.parametrize(("name", "channel"), [("picture", 0), ("wrong suffix", 1)])
    def test_a_picture_goes_through_the_kernel(
        self, window: MainWindow, files: dict[str, Path], qtbot: QtBot, name: str, channel: int
    ) -> None:
        page = convolution(window)
        event = drop(window, mime(files[name]))
        assert event.isAccepted() and not window.opening.overlay.isVisible()
        result = response(page, qtbot, files[name])
        assert page.state.view == "image" and result.pixels.shape == (50, 60, 3)
        assert (result.pixels == [255 if index == channel else 0 for index in range(3)]).all()
        assert window.services.settings.recent_files == [files[name]]

    def test_an_edited_kernel_stays(self, window: MainWindow, files: dict[str, Path], qtbot: QtBot) -> None:
        """The sentence of the issue: a photo dropped on the window goes through an edited kernel."""
        page = convolution(window)
        page.canvas.cellEdited.emit("kernel/0", 1, 1, 5.0)
        assert page.state.kernel == "custom"
        drop(window, mime(files["picture"]))
        result = response(page, qtbot, files["picture"])
        # The edited plane adds up to 5, on every channel: pure red gives 255 * 5, a grey level of it 0.299 times that.
        planes = page.state.weight_array[0]
        assert planes.sum((1, 2)).tolist() == [5] * len(planes)
        share = 1.0 if len(planes) == 3 else 0.299
        assert np.abs(result.response - 5 * share * 255).max() <= 5 * 0.5

    def test_on_a_page_of_pictures_it_becomes_the_input(
        self, window: MainWindow, files: dict[str, Path], qtbot: QtBot
    ) -> None:
        page = convolution(window)
        page.picker.pick(SourceState("sample", "cat"))
        qtbot.waitUntil(lambda: page.state.source.value == "cat", timeout=WAIT)
        drop(window, mime(files["picture"]))
        qtbot.waitUntil(lambda: page.state.source.value == str(files["picture"]), timeout=WAIT)
        page.views.button("steps").click()
        QApplication.processEvents()
        assert (plate_of(page.canvas, "input/0").values == 255).all()

    def test_a_view(self, window: MainWindow, files: dict[str, Path]) -> None:
        drop(window, mime(files["view"]))
        assert convolution(window).state.stride == 3

    @pytest.mark.parametrize("name", ["text", "bad view", "empty", "gone"])
    def test_a_refusal_is_said_and_changes_nothing(
        self, window: MainWindow, files: dict[str, Path], name: str
    ) -> None:
        before = convolution(window).state
        drop(window, mime(files[name]))
        assert window.page.state == before
        assert message(window)[-1] in ".?" and window.banner.message is not None
        assert window.banner.message.kind == "warn" and window.banner.message.details == ""
        assert window.services.settings.recent_files == []

    def test_a_folder_without_pictures_is_told(
        self, window: MainWindow, files: dict[str, Path], qtbot: QtBot
    ) -> None:
        drop(window, mime(files["folder"]))
        qtbot.waitUntil(lambda: "holds no pictures" in message(window), timeout=WAIT)
        assert window.page.entry.name == "signals" and window.page.state == window.page.initial_state()

    def test_weights_go_to_the_page_that_lists_them(
        self, window: MainWindow, files: dict[str, Path], qtbot: QtBot
    ) -> None:
        """What no net can be made of is refused there, and the page that was in view keeps what it shows."""
        page = convolution(window)
        before = page.state
        drop(window, mime(files["weights"]))
        assert window.page.entry.name == "weights" and page.state == before
        qtbot.waitUntil(lambda: window.banner.message is not None, timeout=WAIT)

    def test_the_files_of_a_darknet_net_are_taken_together(
        self, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        paths = [tmp_path / "obj.names", tmp_path / "a.cfg", tmp_path / "b.weights"]
        for path, content in zip(paths, (b"cup\n", b"[net]\nwidth=32\n", bytes(20)), strict=True):
            path.write_bytes(content)
        taken: list[list[Path]] = []
        monkeypatch.setattr(WeightsPage, "open_paths", lambda _page, these: taken.append(list(these)))
        drop(window, mime(*paths))
        assert window.page.entry.name == "weights" and taken == [paths]

    def test_a_damaged_picture_is_said_and_the_old_one_stays(
        self, window: MainWindow, files: dict[str, Path], qtbot: QtBot
    ) -> None:
        before = convolution(window).state
        drop(window, mime(files["truncated"]))
        qtbot.waitUntil(lambda: "half.png" in message(window), timeout=WAIT)
        assert window.page.state == before

    def test_files_dropped_together_reach_the_page_together(
        self, window: MainWindow, files: dict[str, Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        taken: list[list[Path]] = []
        window.show_page("convolution")
        monkeypatch.setattr(window.page, "open_paths", lambda paths: taken.append(list(paths)))
        drop(window, mime(files["picture"], files["view"]))
        assert taken == [[files["picture"], files["view"]]]

    def test_a_page_with_use_for_one_takes_the_first(
        self, window: MainWindow, files: dict[str, Path], qtbot: QtBot
    ) -> None:
        page = convolution(window)
        drop(window, mime(files["picture"], files["view"]))
        qtbot.waitUntil(lambda: page.state.source.value == str(files["picture"]), timeout=WAIT)

    def test_a_photo_of_somebody_is_not_remembered(self, window: MainWindow, files: dict[str, Path]) -> None:
        window.show_page("faces")
        window.opening.open_path(files["picture"])
        assert window.page.entry.name == "faces" and window.services.settings.recent_files == []

    def test_recent_files(self, window: MainWindow, files: dict[str, Path], qtbot: QtBot) -> None:
        window.opening.open_path(files["view"])
        convolution(window).reset()
        recent = next(menu for menu in window.findChildren(QMenu) if menu.title() == "Open recent")
        recent.aboutToShow.emit()
        (entry,) = recent.actions()
        assert entry.text() == "view.json"
        entry.trigger()
        assert convolution(window).state.stride == 3
        files["view"].unlink()
        recent.aboutToShow.emit()
        assert [a.isEnabled() for a in recent.actions()] == [False]
