"""The page Weights: downloads, dropped files, embedders, what they turn out to be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from engine.jobs import ErrorReport, Progress
from engine.networks.requests import (
    DownloadWeights,
    ImportedWeights,
    ImportWeights,
    ListWeights,
)
from gui.pages.weights import listing
from gui.pages.weights.news import news
from gui.pages.weights.page import WeightsPage
from gui.pages.weights.state import WeightsState
from tests.gui.weights_fixtures import (
    ABSENT,
    ALL,
    MINE,
    READY,
    YOLO,
    YUNET,
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
