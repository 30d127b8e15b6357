"""The page Weights: its list, what is said about a row, what can be done with it."""

from __future__ import annotations

import hashlib
import random
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

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
)
from engine.networks.weights import records, store
from engine.runner import Engine
from gui import models_folder
from gui.dialogs.model_card import ModelCard
from gui.pages.weights import listing
from gui.pages.weights.list_paint import columns
from gui.pages.weights.listing import Transfer
from gui.pages.weights.news import news
from gui.pages.weights.page import WeightsPage
from gui.pages.weights.passages import breakable
from gui.pages.weights.state import WeightsState
from gui.state import from_json, to_json
from gui.status import StatusBar
from gui.theme import Scheme, theme
from tests.engine.networks.weight_server import Behaviour, published, serving
from tests.gui.weights_fixtures import (
    ABSENT,
    ALL,
    DIGITS,
    URL,
    Open,
    deliver,
    engine_of,
    folder,
    last,
    open_page,
    page,
    press_button,
    row,
    sayings,
    tell,
)
from tests.gui.window_fixtures import HeldEngine, calm, shot  # noqa: F401

__all__ = ["folder", "open_page", "page"]

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
