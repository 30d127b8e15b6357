"""The architectures page: changes, views, two networks, the chooser, what is taken away."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.errors import ErrorReport
from engine.images import Frame
from engine.inline import InlineEngine
from engine.networks.graphs.what_if import Edit
from engine.networks.requests import DescribeNetwork
from gui import export
from gui.pages.architectures.network_chooser import matching
from gui.pages.architectures.page import ArchitecturesPage
from gui.theme import theme
from gui.widgets.fields import IntStepper
from tests.gui import canned_networks as canned
from tests.gui.architectures_fixtures import (
    OpenPage,
    answer,
    click_box,
    engine,
    open_page,
    page,
    see,
    settle,
    view_of,
    wanted,
)
from tests.gui.window_fixtures import calm

__all__ = ["calm", "open_page", "page"]

ROOT = Path(__file__).resolve().parents[2]


def edits_of(page: ArchitecturesPage) -> tuple[Edit, ...]:
    return page.state.edits


# --- what if ----------------------------------------------------------------------------------------------


def field(page: ArchitecturesPage, name: str) -> IntStepper:
    found = page.details.form.fields[name]
    assert isinstance(found, IntStepper)
    return found


def test_a_change_is_live_and_can_be_taken_back(page: ArchitecturesPage) -> None:
    click_box(page, "conv1")
    field(page, "filters").step(2)
    assert edits_of(page) == (Edit("conv1", "filters", 8),)
    assert page.details.layer.texts()["parameters"] == "208"
    assert page.details.totals.texts()["parameters"] == "62,558"
    assert page.details.totals.texts()["parameters, changed by"].startswith("+852")
    assert page.graph_view.drawing.by_key["conv1"].changed
    assert list(page.panel.edits.lines) == list(page.state.edits)
    page.undo()
    assert edits_of(page) == () and field(page, "filters").value == 6
    page.redo()
    line = page.panel.edits.lines[Edit("conv1", "filters", 8)]
    QTest.mouseClick(line.remove, Qt.MouseButton.LeftButton)
    assert edits_of(page) == () and page.details.totals.texts()["parameters"] == "61,706"


def test_leaving_a_layer_out_and_back_to_the_original(page: ArchitecturesPage) -> None:
    click_box(page, "pool1")
    page.details.form.drop.setChecked(True)
    assert edits_of(page) == (Edit("pool1", "drop", 1),)
    assert page.shown is not None and page.shown.node("conv2").out_shape == (16, 24, 24)  # type: ignore[union-attr]
    assert page.details.form.drop.value and not field(page, "stride").isEnabled()
    QTest.mouseClick(page.panel.edits.back, Qt.MouseButton.LeftButton)
    assert edits_of(page) == () and not page.details.form.drop.value


def test_a_broken_join_is_explained_where_it_breaks(page: ArchitecturesPage) -> None:
    see(page, "resnet18")
    page.change(replace(page.state, edits=(Edit("stage.1.conv2", "filters", 8),)))
    assert page.stage.notice.isVisible() and "cannot be added" in page.stage.notice.text.text()
    assert page.graph_view.drawing.by_key["stage.1.add"].problem
    QTest.mouseClick(page.stage.notice.go, Qt.MouseButton.LeftButton)
    assert page.state.layer == "stage.1.add"
    assert "cannot be added" in page.details.problem.text()
    click_box(page, "stage.2.conv1")
    assert "not known" in page.details.problem.text()
    QTest.mouseClick(page.stage.notice.undo, Qt.MouseButton.LeftButton)
    assert edits_of(page) == () and not page.stage.notice.isVisible()


def test_another_picture_size_and_back(page: ArchitecturesPage) -> None:
    page.panel.size.committed.emit(64)
    assert page.state.size == 64 and page.shown is not None and page.shown.graph.input_shape == (1, 64, 64)
    assert "32" in page.panel.own_size.text() and page.panel.own_size.isVisible()
    QTest.mouseClick(page.panel.own_size, Qt.MouseButton.LeftButton)
    assert page.state.size == 0 and page.shown.graph.input_shape == (1, 32, 32)
    said: list[str] = []
    page.said.connect(lambda sentence, _kind: said.append(sentence))
    page.panel.size.committed.emit(8)
    assert page.state.size == 0 and "does not fit pictures of 8 × 8" in said[0]


def test_a_size_that_cannot_be_leaves_the_changes_as_they_are(page: ArchitecturesPage) -> None:
    click_box(page, "conv1")
    field(page, "filters").step(1)
    edits = page.state.edits
    page.panel.size.committed.emit(8)
    assert edits_of(page) == edits and page.state.size == 0
    assert page.panel.size.value == 32


def test_what_arithmetic_cannot_resize_the_engine_traces_anew(page: ArchitecturesPage) -> None:
    see(page, "swin_t")
    page.panel.size.committed.emit(32)
    assert wanted(page)[-1] == DescribeNetwork("swin_t", (32, 32))
    answer(page, canned.opaque(32))
    assert page.shown is not None and page.shown.graph.input_shape == (3, 32, 32)
    assert page.panel.own_size.text().endswith("16") and page.panel.own_size.isVisible()
    said: list[str] = []
    page.said.connect(lambda sentence, _kind: said.append(sentence))
    page.panel.size.committed.emit(24)
    settle()
    engine(page).fail(engine(page).jobs(DescribeNetwork)[-1], ErrorReport("Not for 24 pixels."))
    settle()
    assert said == ["Not for 24 pixels."] and page.state.size == 0
    assert page.shown.graph.input_shape == (3, 16, 16) and not page.stage.veil.isVisible()


def test_a_layer_that_is_not_known_is_named_where_it_breaks(page: ArchitecturesPage) -> None:
    see(page, "swin_t", edits=(Edit("stem", "filters", 9),))
    assert page.stage.notice.isVisible() and "“Attention”" in page.stage.notice.text.text()


# --- table, compare, skip ---------------------------------------------------------------------------------


def test_keys_go_through_the_views(page: ArchitecturesPage) -> None:
    for number, view in enumerate(("graph", "table", "pixel", "compare", "skip"), start=1):
        QTest.keyClick(page, Qt.Key(Qt.Key.Key_0 + number), Qt.KeyboardModifier.AltModifier)
        assert view_of(page) == view == page.stage.views.value
    assert not page.history.can_undo, "looking at it another way is no change"
    assert page.stepping, "the block in numbers has steps"
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert view_of(page) == "graph" and not page.stepping


def test_the_tables_selection_is_the_graphs(page: ArchitecturesPage) -> None:
    page._pick_view("table")
    assert page.state.layer == "", "the focus of the table selects nothing by itself"
    page.table.picked.emit("fc3")
    page.table.sortAsked.emit("params")
    assert page.table.model.rows[0].name == "fc3" and page.state.sort == ("params", True)
    page._pick_view("graph")
    assert page.graph_view.selected == "fc3"
    assert page.details.layer.texts()["parameters"] == "48,120"


def test_two_networks_side_by_side(page: ArchitecturesPage) -> None:
    page._pick_view("compare")
    assert wanted(page)[-1] == DescribeNetwork("vgg16") and page.stage.veil.isVisible()
    answer(page)
    shown = page.compare_view.comparison
    assert shown is not None and shown.left.name == "lenet5" and not page.stage.veil.isVisible()
    parameters = next(row for row in page.compare_view.totals.rows if row.name == "Parameters")
    assert parameters.left == 61_706
    assert parameters.right == canned.residual().params
    page.compare_view.table.entered.emit(page.compare_view.model.index(1, 0))
    assert "parameters, right − left" in page.details.under.texts()
    page.compare_view.only_differences.setChecked(True)
    assert all(row.change != "same" for row in page.compare_view.model.rows)
    header, lines = page.compare_view.exported()
    assert len(header) == 13 and len(lines) == len(shown.rows)


def test_the_changed_network_beside_its_original(page: ArchitecturesPage) -> None:
    page.change(replace(page.state, edits=(Edit("conv1", "filters", 8),), view="compare"))
    answer(page)
    QTest.mouseClick(page.panel.against_original, Qt.MouseButton.LeftButton)
    assert page.state.other == ""
    shown = page.compare_view.comparison
    assert shown is not None and shown.right.params - shown.left.params == 852
    changed = {row.left.name for row in shown.changed if row.left is not None}
    assert {"conv1", "conv2"} <= changed and "fc3" not in changed
    assert "changed" in page.compare_view.right_title.text()


def test_the_stepper_walks_through_the_block(page: ArchitecturesPage) -> None:
    page._pick_view("skip")
    page.stepper.step_forward()
    assert page.state.skip.step == 1 and not page.history.can_undo
    page.skip_view.projection.setChecked(True)
    assert page.state.skip.projection and page.history.can_undo


def test_what_if_belongs_to_the_traced_layer_also_before_a_click(page: ArchitecturesPage) -> None:
    assert page.state.layer == ""
    page._pick_view("pixel")
    assert page.unit_view.trace is not None
    assert page.details.form.layer == page.unit_view.trace.layer
    assert not page.details.form_section.isHidden()


def test_a_picture_goes_to_the_traced_pixel(page: ArchitecturesPage) -> None:
    page._pick_view("pixel")
    pixels = np.full((40, 60, 3), 90, np.uint8)
    page.picker.frameChanged.emit(Frame(pixels, "a test", 0.0))
    assert page.tour_ready()


# --- chooser, exports, look -------------------------------------------------------------------------------


def test_the_chooser_narrows_by_words_of_title_author_and_year(page: ArchitecturesPage) -> None:
    chooser = page.panel.network
    QTest.keyClick(chooser, Qt.Key.Key_Down)
    opened = chooser.list
    assert opened is not None and opened.search.hasFocus()
    QTest.keyClicks(opened.search, "resnet50")
    titles = [line if isinstance(line, str) else line.title for line in opened.lines()]
    assert "ResNet" in titles and "ResNet-50" in titles and "ResNet-18" not in titles
    opened.search.clear()
    QTest.keyClicks(opened.search, "he zhang 34")
    QTest.keyClick(opened.search, Qt.Key.Key_Return)
    assert page.state.network == "resnet34"
    assert matching(chooser._networks, "no such thing") == []
    assert len(matching(chooser._networks, "")) > 100, "all of torchvision's classifiers are there"


def test_arrows_in_the_list_pass_the_names_of_families(page: ArchitecturesPage) -> None:
    chooser = page.panel.network
    chooser.open_list()
    opened = chooser.list
    assert opened is not None
    for _ in range(6):
        QTest.keyClick(opened.search, Qt.Key.Key_Down)
        assert not isinstance(opened.lines()[opened.view.currentIndex().row()], str)
    QTest.keyClick(opened.search, Qt.Key.Key_Escape)


def test_what_can_be_taken_away(page: ArchitecturesPage) -> None:
    titles = [verb.title for verb in page.verbs()]
    assert (
        "Save table (Markdown)…" in titles
        and "Save table (CSV)…" in titles
        and "Save drawing (SVG)…" in titles
    )
    next(verb for verb in page.verbs() if verb.title == "Copy table (Markdown)").run()
    assert "| conv1" in QApplication.clipboard().text()
    for view in ("graph", "table", "pixel", "compare", "skip"):
        page._pick_view(view)
        if view == "compare":
            answer(page)
        next(verb for verb in page.verbs() if verb.title == "Copy picture").run()
        assert not QApplication.clipboard().image().isNull()
    assert "Save numbers (CSV)…" in [verb.title for verb in page.verbs()]
    QApplication.clipboard().clear()


def test_svg_of_the_table_keeps_its_text(page: ArchitecturesPage, tmp_path: Path) -> None:
    page._pick_view("table")
    picture = page.table.picture()
    assert picture is not None
    svg = export.save_svg(picture, tmp_path / "table.svg").read_text()
    assert "61,706" in svg and "<text" in svg


def test_a_context_menu_offers_what_the_box_can_do(page: ArchitecturesPage) -> None:
    page.graph_view.menuRequested.emit("conv1", QPoint(5, 5))
    menu = QApplication.activePopupWidget()
    assert menu is not None
    assert "Trace one pixel of it" in [action.text() for action in menu.actions()]
    menu.close()


@pytest.mark.parametrize("size", [(1600, 1000), (1024, 640), (720, 560)])
def test_every_view_is_painted_at_every_size(open_page: OpenPage, size: tuple[int, int]) -> None:
    page = open_page(size=size)
    answer(page)
    for view in ("graph", "table", "pixel", "compare", "skip"):
        page._pick_view(view)
        if view == "compare":
            answer(page)
        settle()
        image = page.grab().toImage()
        colours = {image.pixel(x, y) for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)}
        assert len(colours) > 8, view
        assert page.stage_area.width() >= 400
    assert theme.reduced_motion


# --- the real engine --------------------------------------------------------------------------------------


def test_with_the_real_engine_the_numbers_are_those_of_the_literature(open_page: OpenPage) -> None:
    import torchvision  # noqa: F401  # else it is imported beside the engine, and the answer comes later

    page = open_page(lambda emit: InlineEngine(emit, "cpu"))
    settle()
    assert page.shown is not None and page.shown.graph.params == 61_706 and page.shown.graph.macs == 416_520
    page.panel.networkPicked.emit("resnet18")
    settle()
    assert page.shown.graph.params == 11_689_512
    stops = {stop.name: stop for stop in page.tour()}
    page.change(stops["broken"].state)
    settle()
    assert page.stage.notice.isVisible() and page.shown is not None and page.shown.graph.problem is not None


def test_the_page_is_imported_without_torch() -> None:
    heavy = "{'torch', 'torchvision', 'matplotlib'}"
    script = f"import sys, gui.pages.architectures.page; print({heavy} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"
