"""The weights page: real widgets over an engine that the test holds, and once over the real one."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QSignalSpy, QTest
from pytestqt.qtbot import QtBot

from engine.handlers import HANDLERS, Handler
from engine.jobs import ErrorReport, Progress
from engine.networks.requests import (
    DownloadWeights,
    ImportedWeights,
    ImportWeights,
    ListWeights,
    RemoveWeights,
    WeightsStatus,
)
from engine.networks.weights import records, store
from engine.runner import Engine
from gui import models_folder
from gui.bridge import Bridge
from gui.dialogs.model_card import ModelCard
from gui.pages import PageEntry
from gui.pages.base import Services
from gui.pages.weights import listing
from gui.pages.weights.list_paint import columns
from gui.pages.weights.listing import Row, Transfer
from gui.pages.weights.news import news
from gui.pages.weights.page import WeightsPage
from gui.pages.weights.passages import breakable
from gui.pages.weights.state import WeightsState
from gui.settings import Settings
from gui.state import from_json, to_json
from gui.status import StatusBar
from gui.theme import Scheme, theme
from tests.engine.networks.weight_server import Behaviour, published, serving
from tests.gui.window_fixtures import HeldEngine, calm, shot  # noqa: F401

ENTRY = PageEntry(
    name="weights",
    title="Weights",
    group="Networks",
    icon="database-outline",
    summary="Trained networks.",
    target="gui.pages.weights.page:WeightsPage",
    opens=("weights",),
)
URL = "https://example.org/files/"


def status(name: str, **changes: Any) -> WeightsStatus:
    made = WeightsStatus(
        name=name,
        title=name.capitalize(),
        task="classification",
        architecture="resnet18",
        state="absent",
        bytes=44_000_000,
        source="torchvision",
        licence="BSD-3-Clause",
        citation="He et al.",
        sha256="ab" * 32,
        url=f"{URL}{name}.pth",
        files=(f"{name}.pth",),
        figures="top-1 69.76 % (ImageNet)",
    )
    return replace(made, **changes)


DIGITS = status("digits", state="bundled", url="", files=(), path=Path("/digits"), architecture="lenet5")
MINE = status(
    "imported/mine", title="Mine", state="imported", url="", path=Path("/x/mine"), bytes_here=5_000_000
)
ABSENT, READY = status("absent"), status("ready", state="ready", path=Path("/x/r"), bytes_here=44_000_000)
PARTIAL = status("partial", state="partial", bytes_here=10_000_000)
DAMAGED = status("damaged", state="damaged", bytes_here=7, note="")
YOLO = status("yolo", task="detection", licence="public domain", figures="")
YUNET = status("yunet", task="face detection", figures="")
ALL = (MINE, DIGITS, ABSENT, READY, PARTIAL, DAMAGED, YOLO, YUNET)

Open = Callable[..., WeightsPage]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(store.VARIABLE, str(tmp_path / "models"))
    return tmp_path / "models"


@pytest.fixture
def open_page(qtbot: QtBot, calm: None, tmp_path: Path) -> Iterator[Open]:  # noqa: F811
    opened: list[WeightsPage] = []

    def do(make: Any = HeldEngine, size: tuple[int, int] = (1440, 800)) -> WeightsPage:
        page = WeightsPage(Services(Bridge(make), Settings(tmp_path / "settings.ini")), ENTRY)
        opened.append(page)
        qtbot.addWidget(page)
        page.resize(*size)
        with qtbot.waitExposed(page):
            page.show()
        page.activated()
        return page

    yield do
    for page in opened:
        page.close_page()
        assert page.services.bridge.close()
    QGuiApplication.clipboard().clear()


def engine_of(page: WeightsPage) -> HeldEngine:
    engine = page.services.bridge.engine
    assert isinstance(engine, HeldEngine)
    return engine


@pytest.fixture
def page(open_page: Open) -> WeightsPage:
    """The page with its list."""
    page = open_page()
    tell(page, ListWeights, ALL)
    return page


def last(page: WeightsPage, kind: type) -> tuple[int, Any]:
    """The newest request of a kind, and its job."""
    engine = engine_of(page)
    job = engine.jobs(kind)[-1]
    return job, engine.asked[job][0]


def tell(page: WeightsPage, kind: type, value: object) -> None:
    """Answer the newest request of a kind."""
    engine_of(page).answer(last(page, kind)[0], value)
    deliver()


def deliver() -> None:
    for _ in range(3):
        QTest.qWait(0)


def row(page: WeightsPage, name: str) -> Row:
    return next(row for row in page.list.rows() if row.name == name)


def press_button(page: WeightsPage, name: str) -> None:
    view = page.list.view
    view.scrollTo(page.list.model.index_of(name))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=page.list.button_place(name))


def sayings(page: WeightsPage) -> list[tuple[str, str]]:
    said: list[tuple[str, str]] = []
    page.said.connect(lambda text, kind: said.append((text, kind)))
    return said


# --- the list ---------------------------------------------------------------------------------------------


def test_while_nothing_is_known_it_says_so(open_page: Open) -> None:
    page = open_page()
    assert page.nothing.isVisible() and "models folder" in page.nothing.text()
    assert not page.tour_ready()
    tell(page, ListWeights, ALL)
    assert page.list.isVisible() and page.tour_ready()


def test_bundled_first_then_ones_own_then_published(page: WeightsPage) -> None:
    lines = [line if isinstance(line, str) else line.name for line in page.list.model.lines]
    assert lines == [
        "Comes with ConvScope", "digits", "Your own files", "imported/mine",
        "Published classifiers", "absent", "ready", "partial", "damaged",
        "Published detectors", "yolo", "Published networks for faces", "yunet",
    ]  # fmt: skip
    assert page.state.selected == "digits" and not page.history.can_undo


def test_states_in_words(page: WeightsPage) -> None:
    words = {row.name: listing.state_text(row) for row in page.list.rows()}
    assert words["digits"] == "Ready, bundled" and words["imported/mine"] == "Ready, yours"
    assert words["absent"] == "Not here" and words["ready"] == "Ready, checked"
    assert words["partial"] == "10 MB are here" and words["damaged"] == "Damaged"
    acts = {row.name: row.act for row in page.list.rows()}
    assert acts == {
        "digits": None, "imported/mine": None, "absent": "download", "ready": None, "partial": "resume",
        "damaged": "retry", "yolo": "download", "yunet": "download",
    }  # fmt: skip
    removable = {row.name for row in page.list.rows() if row.removable}
    assert removable == {"imported/mine", "ready", "partial", "damaged"}
    assert page.panel.total.text() == "4 networks, 59 MB in all."


def test_the_keys_move_through_the_rows_and_past_the_headings(page: WeightsPage) -> None:
    page.list.setFocus()
    visited = []
    for _ in range(9):
        QTest.keyClick(page.list.view, Qt.Key.Key_Down)
        visited.append(page.state.selected)
    assert visited == [
        "imported/mine",
        "absent",
        "ready",
        "partial",
        "damaged",
        "yolo",
        "yunet",
        "yunet",
        "yunet",
    ]
    assert not page.history.can_undo  # looking around is no change


def test_a_click_shows_everything_about_a_row(page: WeightsPage) -> None:
    place = page.list.view.visualRect(page.list.model.index_of("absent")).center()
    QTest.mouseClick(page.list.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    details = page.details
    assert details.title.text() == "Absent" and page.state.selected == "absent"
    assert details.facts.texts() == {
        "Task": "classification",
        "Network": "resnet18",
        "Accuracy": "top-1 69.76 % (ImageNet)",
        "Size": "44,000,000 bytes",
    }
    assert details.licence.raw == "BSD-3-Clause" and details.citation.raw == "He et al."
    assert details.source.raw == "torchvision" and details.checksum.raw == "ab" * 32
    assert details.act.text() == "Download" and not details.remove.isVisible()
    QTest.mouseClick(details.address.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == f"{URL}absent.pth"
    assert not engine_of(page).jobs(DownloadWeights)


def test_search_and_filters(page: WeightsPage) -> None:
    page.panel.search.setFocus()
    QTest.keyClicks(page.panel.search, "PUBLIC domain")
    assert [row.name for row in page.list.rows()] == ["yolo"]
    page.undo()
    assert len(page.list.rows()) == len(ALL) and page.panel.search.text() == ""
    page.panel.task.combo.setCurrentIndex(3)
    assert [row.name for row in page.list.rows()] == ["yunet"]
    page.panel.here.click()
    assert page.list.rows() == [] and page.nothing.isVisible()
    assert page.nothing.text() == "There are no such weights on this computer yet."
    QTest.mouseClick(page.show_all, Qt.MouseButton.LeftButton)
    assert len(page.list.rows()) == len(ALL) and not page.panel.here.value


def test_only_what_is_here(page: WeightsPage) -> None:
    page.panel.here.click()
    assert [row.name for row in page.list.rows()] == ["digits", "imported/mine", "ready", "damaged"]


def test_no_match_says_what_was_sought(page: WeightsPage) -> None:
    QTest.keyClicks(page.panel.search, "zebra")
    assert page.nothing.text() == "No weights match “zebra”."


def test_ctrl_f_goes_to_the_search(page: WeightsPage) -> None:
    page.list.setFocus()
    QTest.keyClick(page.list.view, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert page.panel.search.hasFocus()


# --- downloads --------------------------------------------------------------------------------------------


def test_a_download_from_the_button_of_its_row(page: WeightsPage) -> None:
    said = sayings(page)
    press_button(page, "absent")
    job, request = last(page, DownloadWeights)
    assert request == DownloadWeights("absent") and page.state.selected == "absent"
    assert listing.state_text(row(page, "absent")) == "Waiting"
    engine_of(page).emit(Progress(job, 11_000_000, 44_000_000, "Downloading Absent", 30.0))
    deliver()
    assert row(page, "absent").share == 0.25
    assert listing.state_text(row(page, "absent")) == "25 % · 30 s left"
    assert page.details.bar.isVisible() and page.details.bar.value() == 250
    assert page.details.bytes.text() == "11 MB of 44 MB · 25 % · 30 s left"
    assert page.details.act.text() == "Cancel" and not page.details.remove.isVisible()
    lists = len(engine_of(page).jobs(ListWeights))
    tell(page, DownloadWeights, replace(ABSENT, state="ready"))
    assert said == [("Absent is here. Its checksum is the published one.", "info")]
    assert len(engine_of(page).jobs(ListWeights)) == lists + 1
    tell(page, ListWeights, (replace(ABSENT, state="ready", bytes_here=44_000_000),))
    assert row(page, "absent").act is None and not page.details.bar.isVisible()


def test_a_press_beside_the_button_downloads_nothing(page: WeightsPage) -> None:
    view = page.list.view
    button = page.list.button_place("absent")
    title = view.visualRect(page.list.model.index_of("absent")).center()
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=button)
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=title)
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=title)
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=button)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.RightButton, pos=button)
    assert not engine_of(page).jobs(DownloadWeights)


def test_several_downloads_side_by_side_and_one_cancelled(page: WeightsPage) -> None:
    press_button(page, "absent")
    press_button(page, "partial")
    first, second = engine_of(page).jobs(DownloadWeights)
    assert (
        engine_of(page).asked[first][1] != engine_of(page).asked[second][1]
    )  # one key would replace the other
    QTest.mouseClick(page.details.act, Qt.MouseButton.LeftButton)
    deliver()
    assert engine_of(page).cancelled == [second]
    assert row(page, "partial").act == "resume" and row(page, "absent").act == "cancel"
    press_button(page, "absent")
    deliver()
    assert engine_of(page).cancelled == [second, first]


def test_a_failure_is_told_and_can_be_tried_again(page: WeightsPage) -> None:
    said = sayings(page)
    press_button(page, "absent")
    report = ErrorReport("There is no connection to example.org.", "Use “Import file…”.")
    engine_of(page).fail(last(page, DownloadWeights)[0], report)
    deliver()
    assert said == [("There is no connection to example.org. Use “Import file…”.", "error")]
    assert listing.state_text(row(page, "absent")) == "Failed"
    assert page.details.state.text() == said[0][0] and page.details.act.text() == "Try again"
    page.list.setFocus()
    QTest.keyClick(page.list.view, Qt.Key.Key_Return)
    assert len(engine_of(page).jobs(DownloadWeights)) == 2
    assert row(page, "absent").act == "cancel"


def test_what_downloads_is_shown_among_what_is_here(page: WeightsPage) -> None:
    press_button(page, "absent")
    page.panel.here.click()
    assert "absent" in [row.name for row in page.list.rows()]


def test_the_list_does_not_jump_while_something_comes(page: WeightsPage) -> None:
    page.resize(1440, 400)
    press_button(page, "yunet")
    bar = page.list.view.verticalScrollBar()
    bar.setValue(bar.maximum() - 3)
    before = bar.value()
    job, _ = last(page, DownloadWeights)
    for done in range(1, 5):
        engine_of(page).emit(Progress(job, done * 1e6, 44e6, "", 3.0))
        deliver()
    assert bar.value() == before


def test_leaving_the_page_lets_a_download_go_on_and_closing_ends_it(page: WeightsPage) -> None:
    press_button(page, "absent")
    page.deactivated()
    assert engine_of(page).cancelled == []
    page.close_page()
    assert engine_of(page).cancelled == engine_of(page).jobs(DownloadWeights)


# --- import -----------------------------------------------------------------------------------------------


def test_a_dropped_file_and_what_it_was(page: WeightsPage) -> None:
    assert page.accepts("weights") is None and "Weights opens" in str(page.accepts("picture"))
    page.open_path(Path("/somewhere/net.pth"))
    job, request = last(page, ImportWeights)
    assert request == ImportWeights(Path("/somewhere/net.pth"))
    assert page.outcome.isVisible() and page.outcome.text.text() == "Reading net.pth"
    engine_of(page).emit(Progress(job, 1, 4, "Does net.pth fit LeNet-5?"))
    deliver()
    assert page.outcome.text.text() == "Does net.pth fit LeNet-5?" and page.outcome.bar.value() == 250
    heard: list[bool] = []
    news.changed.connect(lambda: heard.append(True))
    tell(page, ImportWeights, ImportedWeights(replace(MINE, architecture="resnet18")))
    assert "net.pth fits ResNet-18 and is ready" in page.outcome.text.text()
    assert not page.outcome.choice.isVisible() and not page.outcome.bar.isVisible()
    assert page.state.selected == "imported/mine" and heard == [True]
    QTest.mouseClick(page.outcome.close_button, Qt.MouseButton.LeftButton)
    assert not page.outcome.isVisible()


def test_where_several_networks_fit_the_person_chooses(page: WeightsPage) -> None:
    page.open_path(Path("/somewhere/net.pth"))
    mine = replace(MINE, architecture="lenet5")
    tell(page, ImportWeights, ImportedWeights(mine, others=("lenet5-1998",)))
    assert page.outcome.choice.isVisible() and page.outcome.options() == ["lenet5", "lenet5-1998"]
    assert "It was trained for:" in page.outcome.text.text()
    page.outcome.choice.combo.setCurrentIndex(1)
    assert last(page, ImportWeights)[1] == ImportWeights(Path("/somewhere/net.pth"), "lenet5-1998")
    tell(page, ImportWeights, ImportedWeights(replace(mine, architecture="lenet5-1998")))
    assert page.outcome.options() == ["lenet5-1998", "lenet5"]  # a person may change their mind
    page.open_path(Path("/somewhere/other.pth"))
    tell(page, ImportWeights, ImportedWeights(mine))
    assert not page.outcome.choice.isVisible()


def test_a_published_file(page: WeightsPage) -> None:
    page.open_path(Path("/somewhere/copy.pth"))
    tell(page, ImportWeights, ImportedWeights(replace(ABSENT, state="ready")))
    assert (
        "copy.pth is Absent, as it was published. Its checksum is the published one."
        in page.outcome.text.text()
    )
    page.open_path(Path("/somewhere/yolo.weights"))
    parts = replace(YOLO, state="partial", files=("yolo.weights", "yolo.cfg"))
    tell(page, ImportWeights, ImportedWeights(parts))
    assert "yolo.cfg is needed too" in page.outcome.text.text()


def test_a_refused_file_and_a_cancelled_import(page: WeightsPage) -> None:
    said = sayings(page)
    page.open_path(Path("/somewhere/bomb.pth"))
    engine_of(page).fail(
        last(page, ImportWeights)[0], ErrorReport("bomb.pth would run code.", "Take another.")
    )
    deliver()
    assert said == [("bomb.pth would run code. Take another.", "error")] and not page.outcome.isVisible()
    page.open_path(Path("/somewhere/net.pth"))
    QTest.mouseClick(page.outcome.cancel, Qt.MouseButton.LeftButton)
    deliver()
    assert engine_of(page).cancelled == [last(page, ImportWeights)[0]] and not page.outcome.isVisible()


def test_files_that_are_dropped_together_wait_for_each_other(page: WeightsPage) -> None:
    paths = [Path(f"/somewhere/{name}.pth") for name in ("one", "two", "three")]
    for path in (*paths, paths[0]):
        page.open_path(path)
    assert [engine_of(page).asked[n][0].path for n in engine_of(page).jobs(ImportWeights)] == paths[:1]
    assert page.outcome.text.text() == "Reading one.pth (2 more to come)"
    tell(page, ImportWeights, ImportedWeights(MINE))
    assert last(page, ImportWeights)[1].path == paths[1]
    engine_of(page).fail(last(page, ImportWeights)[0], ErrorReport("two.pth is damaged."))
    deliver()
    assert last(page, ImportWeights)[1].path == paths[2]
    assert page.outcome.text.text() == "Reading three.pth"


def test_the_files_of_a_darknet_net_go_together(page: WeightsPage) -> None:
    paths = [Path(f"/somewhere/{name}") for name in ("a.cfg", "net.pth", "my.names", "b.weights")]
    page.open_paths(paths)
    job, request = last(page, ImportWeights)
    assert (
        request == ImportWeights(paths[1]) and page.outcome.text.text() == "Reading net.pth (1 more to come)"
    )
    engine_of(page).fail(job, ErrorReport("net.pth is damaged."))
    deliver()
    request = last(page, ImportWeights)[1]
    assert request == ImportWeights(paths[3], companions=(paths[0], paths[2]))
    mine = replace(
        MINE, task="detection", architecture="darknet", note="Its classes have the names of my.names."
    )
    tell(page, ImportWeights, ImportedWeights(mine))
    assert page.outcome.text.text() == (
        "b.weights is a detector and is ready for the page Live detection. Its classes have the names of my.names."
    )
    assert (
        not page.outcome.choice.isVisible() and page.details.detect.isHidden()
    )  # the list is not read anew yet


def test_one_file_of_a_published_pair_says_which_is_missing(page: WeightsPage) -> None:
    parts = replace(YOLO, state="partial", files=("yolo.weights", "yolo.cfg"))
    for name, missing in (("copy.cfg", "yolo.weights"), ("yolo.weights", "yolo.cfg")):
        page.open_path(Path("/somewhere") / name)
        tell(page, ImportWeights, ImportedWeights(parts))
        assert f". {missing} is needed too" in page.outcome.text.text()


def test_a_detector_leads_to_its_page(page: WeightsPage) -> None:
    asked: list[tuple[str, dict[str, Any]]] = []
    page.pageAsked.connect(lambda name, fields: asked.append((name, fields)))
    ready = replace(YOLO, state="ready", files=("yolo.weights", "yolo.cfg"))
    graph = replace(YOLO, name="graph", state="ready", files=("graph.onnx",))
    page.refresh()
    tell(page, ListWeights, (ready, graph, YOLO_ABSENT := replace(YOLO, name="absent-yolo"), MINE))
    page.amend(WeightsState(selected="yolo"))
    assert page.details.detect.isVisibleTo(page.details.detect.parentWidget())
    QTest.mouseClick(page.details.detect, Qt.MouseButton.LeftButton)
    page.list.opened.emit("yolo")
    assert asked == [("detect", {"detector": "yolo"})] * 2
    assert "Detect with it" in [action.text() for action in page.menu_of(page.row("yolo")).actions()]  # type: ignore[arg-type]
    for other in ("graph", YOLO_ABSENT.name, MINE.name):
        page.amend(WeightsState(selected=other))
        assert page.details.detect.isHidden(), other


def test_an_embedder_of_ones_own_leads_to_the_page_faces(page: WeightsPage) -> None:
    told = "Guessed: it reads RGB of 96 × 112 pixels."
    own = replace(MINE, name="imported/net.onnx", task="face embedding", architecture="onnx", note=told)
    page.open_path(Path("/somewhere/net.onnx"))
    tell(page, ImportWeights, ImportedWeights(own))
    assert page.outcome.text.text() == (
        f"net.onnx turns a face into numbers and is ready for the page Faces. {told}"
    )
    (row,) = listing.rows((own,), {}, WeightsState(task="faces"))
    assert row.group == "Your own files" and "page Faces" in listing.sentence(row)


def test_a_number_says_what_it_measures() -> None:
    detector = replace(YOLO, figures="mAP 91.0 % (IoU 0.5, unseen pictures)")
    embedder = replace(YUNET, task="face embedding", figures="AUC 0.987 (pairs of unseen people)")
    shown = [
        (listing.figure_kind(one), listing.short_figure(one)) for one in (ABSENT, detector, embedder, YUNET)
    ]
    assert shown == [("top-1", "69.76 %"), ("mAP", "91.0 %"), ("AUC", "0.987"), ("", "")]


def test_first_digits_prove_less_and_say_so() -> None:
    short = replace(READY, proof_digits=8)
    text = listing.sentence(listing.rows((short,), {}, WeightsState())[0])
    assert text == "On this computer. Its checksum begins with the 8 digits that are published."


def test_a_list_that_cannot_be_read(open_page: Open) -> None:
    page = open_page()
    said = sayings(page)
    engine_of(page).fail(last(page, ListWeights)[0], ErrorReport("The folder is locked.", "Unlock it."))
    deliver()
    assert page.nothing.text() == "The folder is locked. Unlock it." and page.tour_ready() and said == []
    page.refresh()
    tell(page, ListWeights, ALL)
    assert page.list.rows()
    page.refresh()
    engine_of(page).fail(last(page, ListWeights)[0], ErrorReport("The folder is locked.", "Unlock it."))
    deliver()
    assert page.list.rows() and said == [("The folder is locked. Unlock it.", "error")]


def test_what_is_here_leads_on(page: WeightsPage) -> None:
    asked = QSignalSpy(page.pageAsked)
    page.list.picked.emit("ready")
    assert page.details.classify.isVisible() and page.details.network.isVisible()
    assert not page.details.card.isVisible()
    QTest.mouseClick(page.details.classify, Qt.MouseButton.LeftButton)
    assert asked.at(0) == ["classify", {"weights": "ready"}]
    QTest.mouseClick(page.details.network, Qt.MouseButton.LeftButton)
    assert asked.at(1)[0] == "architectures" and asked.at(1)[1]["network"] == "resnet18"
    page.list.opened.emit("digits")
    assert asked.at(2) == ["classify", {"weights": "digits"}]
    titles = [action.text() for action in page.menu_of(row(page, "digits")).actions()]
    assert "Classify with it" in titles and "Show its network" in titles
    for name in ("absent", "yolo", "damaged"):
        page.list.picked.emit(name)
        assert not page.details.classify.isVisible()
    page.list.opened.emit("absent")
    assert asked.count() == 3


def test_the_model_card_of_bundled_weights(page: WeightsPage, tmp_path: Path) -> None:
    (tmp_path / "net.md").write_text("# net\n\nIt reaches **99 %**.", encoding="utf-8")
    bundled = replace(DIGITS, path=tmp_path / "net.safetensors")
    page.refresh()
    tell(page, ListWeights, (bundled,))
    page.list.picked.emit("digits")
    QTest.mouseClick(page.details.card, Qt.MouseButton.LeftButton)
    (dialog,) = page.findChildren(ModelCard)
    assert "It reaches 99 %." in dialog.text.toPlainText() and dialog.isVisible()
    QTest.mouseClick(dialog.close_button, Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()


def test_an_import_shows_the_checksum_of_what_was_brought(page: WeightsPage) -> None:
    page.list.picked.emit("imported/mine")
    assert page.details.checksum.caption.text() == "SHA-256 of the original file"
    page.list.picked.emit("ready")
    assert page.details.checksum.caption.text() == "SHA-256"


def test_a_file_that_comes_another_way_clears_the_failure(page: WeightsPage) -> None:
    press_button(page, "absent")
    engine_of(page).fail(last(page, DownloadWeights)[0], ErrorReport("Offline."))
    page.open_path(Path("/somewhere/absent.pth"))
    tell(page, ImportWeights, ImportedWeights(replace(ABSENT, state="ready")))
    tell(page, ListWeights, (replace(ABSENT, state="ready", bytes_here=1),))
    assert listing.state_text(row(page, "absent")) == "Ready, checked"


# --- remove -----------------------------------------------------------------------------------------------


def test_removing_is_asked_twice(page: WeightsPage) -> None:
    page.list.setFocus()
    page.amend(replace(page.state, selected="ready"))
    QTest.keyClick(page.list.view, Qt.Key.Key_Delete)
    assert not engine_of(page).jobs(RemoveWeights) and page.details.remove.text() == "Really?"
    QTest.keyClick(page.list.view, Qt.Key.Key_Down)
    QTest.keyClick(page.list.view, Qt.Key.Key_Up)
    assert page.details.remove.text() == "Remove"  # looking elsewhere takes it back
    QTest.mouseClick(page.details.remove, Qt.MouseButton.LeftButton)
    assert not engine_of(page).jobs(RemoveWeights)
    QTest.mouseClick(page.details.remove, Qt.MouseButton.LeftButton)
    assert last(page, RemoveWeights)[1] == RemoveWeights("ready")
    lists = len(engine_of(page).jobs(ListWeights))
    tell(page, RemoveWeights, ())
    assert len(engine_of(page).jobs(ListWeights)) == lists + 1


def test_what_comes_with_the_program_cannot_be_removed(page: WeightsPage) -> None:
    page.list.setFocus()
    for _ in range(2):
        QTest.keyClick(page.list.view, Qt.Key.Key_Delete)
    assert page.state.selected == "digits" and not engine_of(page).jobs(RemoveWeights)
    assert not page.details.remove.isVisible()


def test_own_weights_that_vanished_leave_the_selection_somewhere(page: WeightsPage) -> None:
    page.amend(replace(page.state, selected="imported/mine"))
    news.changed.emit()
    tell(page, ListWeights, (DIGITS, ABSENT))
    assert page.state.selected == "digits" and page.details.title.text() == "Digits"


# --- everything around ------------------------------------------------------------------------------------


def test_the_menu_of_a_row(page: WeightsPage) -> None:
    titles = [action.text() for action in page.menu_of(row(page, "ready")).actions()]
    assert titles == [
        "Classify with it", "Show its network", "Remove…", "Show folder",
        "Copy address", "Copy citation", "Copy checksum", "Copy path",
    ]  # fmt: skip
    menu = {action.text(): action for action in page.menu_of(row(page, "absent")).actions()}
    menu["Download"].trigger()
    assert last(page, DownloadWeights)[1] == DownloadWeights("absent")
    menu["Copy address"].trigger()
    assert QGuiApplication.clipboard().text() == f"{URL}absent.pth"


def test_the_folder_is_shown_or_it_is_said_that_there_is_none(
    page: WeightsPage, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said, opened = sayings(page), []
    monkeypatch.setattr("gui.pages.weights.page.open_folder", lambda path: opened.append(path) or True)
    QTest.mouseClick(page.panel.folder_button, Qt.MouseButton.LeftButton)
    assert "no models folder yet" in said[-1][0] and not opened
    folder.mkdir()
    QTest.mouseClick(page.panel.folder_button, Qt.MouseButton.LeftButton)
    assert opened == [folder]
    assert page.panel.place.text().replace("\u200b", "") == str(folder)


def test_what_can_be_taken_away(page: WeightsPage) -> None:
    titles = [verb.title for verb in page.verbs()]
    assert "Save table (CSV)…" in titles and "Save picture (PNG)…" in titles
    verb = next(verb for verb in page.verbs() if verb.title == "Copy table (Markdown)")
    verb.run()
    text = QGuiApplication.clipboard().text()
    assert "| Weights" in text and "Ready, bundled" in text and f"{URL}yolo.pth" in text


def test_a_state_survives_json(page: WeightsPage) -> None:
    state = WeightsState("yolo", "faces", True, "net")
    assert from_json(WeightsState, to_json(state)) == state
    for stop in page.tour():
        assert from_json(WeightsState, to_json(stop.state)).validated() == stop.state
        assert stop.state.selected in {entry.name for entry in records.catalogue_entries()}


def test_double_click_opens_the_details_where_they_are_folded(page: WeightsPage) -> None:
    page.resize(1000, 700)
    deliver()
    assert not page.inspector.isVisible()
    place = page.list.view.visualRect(page.list.model.index_of("damaged")).center()
    QTest.mouseDClick(page.list.view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place))
    assert page.inspector.isVisible()


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
@pytest.mark.parametrize("size", [(1600, 1000), (1024, 640), (700, 500)])
def test_it_is_drawn_in_both_themes(open_page: Open, scheme: Scheme, size: tuple[int, int]) -> None:
    theme.apply(scheme)
    page = open_page(size=size)
    tell(page, ListWeights, ALL)
    press_button(page, "absent")
    plain = shot(page.list.view)
    engine_of(page).emit(Progress(last(page, DownloadWeights)[0], 22e6, 44e6, "", 5.0))
    deliver()
    assert (shot(page.list.view) != plain).any()


def test_every_row_is_spoken(page: WeightsPage) -> None:
    model = page.list.model
    texts = [model.data(model.index(i), Qt.ItemDataRole.AccessibleTextRole) for i in range(model.rowCount())]
    assert "Absent, classification, top-1 69.76 % (ImageNet), 44 MB, BSD-3-Clause, Not here" in texts
    assert all(texts)


@given(st.integers(360, 2400), st.integers(40, 80))
def test_columns_never_overlap(width: int, height: int) -> None:
    area = QRectF(7, 11, width, height)
    place = columns(area)
    order = [place.sign, place.title, place.licence, place.figure, place.size, place.state, place.button]
    shown = [column for column in order if column is not None]
    assert area.left() <= shown[0].left() and shown[-1].right() <= area.right()
    assert all(a.right() <= b.left() or a.width() == 0 for a, b in pairwise(shown))
    assert place.title.width() >= 100 or width < 600


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (None, "unknown"),
        (9_696, "9.7 kB"),
        (232_589, "233 kB"),
        (4_800_000, "4.8 MB"),
        (244_000_000, "244 MB"),
        (2_461_000_000, "2.5 GB"),
    ],
)
def test_sizes(size: int | None, text: str) -> None:
    assert listing.size_text(size) == text


def test_what_others_named_is_never_read_as_markup(page: WeightsPage, qtbot: QtBot) -> None:
    bar = StatusBar()
    qtbot.addWidget(bar)
    inspector = page.details
    for label in (
        bar.page,
        bar.progress_text,
        page.panel.place,
        page.outcome.text,
        inspector.title,
        inspector.state,
        inspector.note,
        inspector.licence.text,
    ):
        assert label.textFormat() == Qt.TextFormat.PlainText


def test_progress_in_words() -> None:
    assert listing.progress_text(Transfer(Progress(1, 0, 10, "Connecting"))) == "Connecting"
    assert listing.progress_text(Transfer(Progress(1, 5, 10, "", None))) == "50 %"
    assert listing.progress_text(Transfer(Progress(1, 5, 10, "", 200.0))) == "50 % · 3 min left"


@given(st.text(max_size=80))
def test_breakable_text_keeps_its_letters(text: str) -> None:
    plain = text.replace("\u200b", "")
    assert breakable(plain).replace("\u200b", "") == plain


def test_long_words_can_wrap() -> None:
    assert max(map(len, breakable("a" * 64 + "/path/to-a.file").split("\u200b"))) <= 17  # 16 and a slash


def test_the_models_folder_of_the_preferences(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(models_folder, "_ours", None)
    monkeypatch.setenv(store.VARIABLE, "/given")
    assert not models_folder.put_in_force(tmp_path) and store.models_folder() == Path("/given")
    monkeypatch.delenv(store.VARIABLE)
    assert models_folder.put_in_force(tmp_path) and store.models_folder() == tmp_path
    assert models_folder.put_in_force(tmp_path / "b") and store.models_folder() == tmp_path / "b"
    assert models_folder.put_in_force(None) and store.models_folder() == store.usual_folder()


# --- the real engine --------------------------------------------------------------------------------------

CONTENT = random.Random(1).randbytes(300_000)


def test_from_the_button_to_the_file(
    open_page: Open, qtbot: QtBot, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "engine.networks.requests.ImportWeights"
    handlers = {**HANDLERS, name: Handler(HANDLERS[name].target, needs_torch=False)}
    monkeypatch.setattr(records, "bundled_entries", lambda: ())
    with serving(Behaviour(CONTENT, chunk=20_000, pause=0.01)) as url:
        entry = published(url, CONTENT)
        monkeypatch.setattr(records, "catalogue_entries", lambda: (entry,))
        page = open_page(lambda emit: Engine(emit, load_torch=False, handlers=handlers))
        qtbot.waitUntil(lambda: bool(page.list.rows()))
        press_button(page, entry.name)
        qtbot.waitUntil(lambda: page.list.rows()[0].status.state == "ready", timeout=10_000)
    assert hashlib.sha256((folder / "net.bin").read_bytes()).hexdigest() == entry.files[0].sha256
    assert page.panel.total.text() == "1 network, 300 kB in all."
    for _ in range(2):
        page.remove(entry.name)
    qtbot.waitUntil(lambda: page.list.rows()[0].status.state == "absent")
    fetched = tmp_path / "fetched elsewhere.bin"
    fetched.write_bytes(CONTENT)
    page.open_path(fetched)
    qtbot.waitUntil(lambda: page.list.rows()[0].status.state == "ready")
    assert "Its checksum is the published one." in page.outcome.text.text()
