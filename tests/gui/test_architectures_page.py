"""The architectures page as a person uses it, over an engine that answers when told to, and over the real one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from engine.errors import ErrorReport, UserError
from engine.images import Frame
from engine.inline import InlineEngine
from engine.networks.graphs.graph import Graph
from engine.networks.graphs.what_if import Edit
from engine.networks.requests import DescribeNetwork
from engine.runner import Emit
from gui import export
from gui.bridge import Bridge
from gui.pages import PageEntry
from gui.pages.architectures.exports import ArchitecturesExports
from gui.pages.architectures.network_chooser import matching
from gui.pages.architectures.page import ArchitecturesPage
from gui.pages.architectures.state import ArchitecturesState
from gui.pages.base import Services
from gui.settings import Settings
from gui.theme import theme
from gui.widgets import formula
from gui.widgets.fields import IntStepper
from tests.gui import canned_networks as canned
from tests.gui.window_fixtures import HeldEngine, calm

__all__ = ["calm"]

ENTRY = PageEntry(
    name="architectures",
    title="Architectures",
    group="Networks",
    icon="graph-outline",
    summary="The classic networks.",
    target="gui.pages.architectures.page:ArchitecturesPage",
    opens=("picture",),
)
NETS: dict[str, Callable[[], Graph]] = {
    "lenet5": canned.lenet, "resnet18": canned.residual, "inception-module": canned.branches, "vgg16": canned.residual,
    "swin_t": canned.opaque,
}  # fmt: skip
ROOT = Path(__file__).resolve().parents[2]
OpenPage = Callable[..., ArchitecturesPage]


@pytest.fixture
def open_page(qtbot: QtBot, calm: None, tmp_path: Path) -> Iterator[OpenPage]:
    """Opens pages: open_page(make_engine=HeldEngine, size=(1440, 900), active=True)."""
    opened: list[ArchitecturesPage] = []
    formula.loader.load()  # else its thread may outlive a short test

    def opener(
        make_engine: Callable[[Emit], Any] = HeldEngine,
        size: tuple[int, int] = (1440, 900),
        active: bool = True,
    ) -> ArchitecturesPage:
        bridge = Bridge(make_engine)
        page = ArchitecturesPage(Services(bridge, Settings(tmp_path / "settings.ini")), ENTRY)
        opened.append(page)
        qtbot.addWidget(page)
        page.resize(*size)
        with qtbot.waitExposed(page):
            page.show()
        if active:
            page.activated()
        return page

    yield opener
    for page in opened:
        page.close_page()
        page.services.bridge.close()


def engine(page: ArchitecturesPage) -> HeldEngine:
    return cast(HeldEngine, page.services.bridge.engine)


def settle() -> None:
    """Let the page ask (it waits for the end of the event) and the engine's answers arrive."""
    for _ in range(3):
        QTest.qWait(1)


def wanted(page: ArchitecturesPage) -> list[DescribeNetwork]:
    settle()
    held = engine(page)
    return [cast(DescribeNetwork, held.asked[job][0]) for job in held.jobs(DescribeNetwork)]


def answer(page: ArchitecturesPage, graph: Graph | None = None) -> None:
    """Answer the newest question about a network with the canned one of that name."""
    settle()
    held = engine(page)
    job = held.jobs(DescribeNetwork)[-1]
    name = cast(DescribeNetwork, held.asked[job][0]).name
    held.answer(job, graph or NETS[name]())
    settle()


@pytest.fixture
def page(open_page: OpenPage) -> ArchitecturesPage:
    """The page with LeNet-5 on show."""
    opened = open_page()
    answer(opened)
    return opened


def edits_of(page: ArchitecturesPage) -> tuple[Edit, ...]:
    return page.state.edits


def view_of(page: ArchitecturesPage) -> str:
    return page.state.view


def see(page: ArchitecturesPage, name: str, **changes: Any) -> None:
    """Put another network on show."""
    page.change(replace(ArchitecturesState(network=name), **changes))
    if page.shown is None or page.shown.graph.name != NETS[name]().name:
        answer(page)


# --- the way to the engine --------------------------------------------------------------------------------


def test_the_first_visit_invites_until_the_network_is_there(open_page: OpenPage) -> None:
    page = open_page()
    assert wanted(page) == [DescribeNetwork("lenet5")]
    assert page.stage.veil.isVisible() and "LeNet-5" in page.stage.veil.title.text()
    engine(page).publish("loading torch")
    settle()
    assert "PyTorch is still loading" in page.stage.veil.text.text()
    answer(page)
    assert not page.stage.veil.isVisible() and page.tour_ready()
    assert len(page.graph_view.drawing.boxes) == 13
    assert page.details.totals.texts()["parameters"] == "61,706"


def test_a_page_out_of_view_asks_nothing(open_page: OpenPage) -> None:
    page = open_page(active=False)
    assert wanted(page) == []
    page.activated()
    assert wanted(page) == [DescribeNetwork("lenet5")]
    page.deactivated()
    assert engine(page).cancelled == engine(page).jobs(DescribeNetwork)
    page.activated()
    assert len(wanted(page)) == 2
    answer(page)
    assert page.shown is not None


def test_while_another_network_is_on_its_way_the_old_one_is_veiled(page: ArchitecturesPage) -> None:
    page.panel.networkPicked.emit("resnet18")
    assert page.stage.veil.isVisible() and "ResNet-18" in page.stage.veil.title.text()
    assert page.panel.network.value == "resnet18"
    answer(page)
    assert not page.stage.veil.isVisible()
    page.undo()
    assert page.state.network == "lenet5" and not page.stage.veil.isVisible(), (
        "known networks are there at once"
    )
    assert len(wanted(page)) == 2


def test_nothing_of_the_old_network_can_be_used_meanwhile(page: ArchitecturesPage) -> None:
    click_box(page, "conv1")
    QTest.keyClick(page, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(page.panel.search.edit, "conv")
    form = page.details.form
    page.panel.networkPicked.emit("resnet18")
    assert page.shown is None and page.details.totals.texts() == {} and page.details.layer.texts() == {}
    assert form.layer == "" and not page.details.form_section.isVisible()
    assert page.panel.search.count.text() in ("", "none")
    form.edited.emit("filters", 12)
    page.graph_view.picked.emit("conv2")
    page.graph_view.foldToggled.emit("features")
    page.unit_view.unitMoved.emit("conv2", 1, 1)
    state = page.state
    assert (state.edits, state.layer, state.open_groups, state.unit) == ((), "", None, None)
    with pytest.raises(UserError, match="not there yet"):
        ArchitecturesExports(page).picture()
    answer(page)
    assert page.details.totals.texts()["parameters"] and page.shown is not None


def test_an_answer_about_another_network_is_not_shown(page: ArchitecturesPage) -> None:
    page.panel.networkPicked.emit("resnet18")
    settle()
    late = engine(page).jobs(DescribeNetwork)[-1]
    page.panel.networkPicked.emit("inception-module")
    engine(page).answer(late, canned.residual())
    settle()
    assert page.stage.veil.isVisible() and page.panel.network.value == "inception-module"
    answer(page)
    assert page.shown is not None and page.shown.graph.title == "Branches"


def test_a_failure_is_said_and_can_be_tried_again(page: ArchitecturesPage) -> None:
    page.panel.networkPicked.emit("resnet18")
    settle()
    job = engine(page).jobs(DescribeNetwork)[-1]
    engine(page).fail(job, ErrorReport("torchvision is missing.", "Install it."))
    settle()
    assert "cannot be shown" in page.stage.veil.title.text()
    assert page.stage.veil.text.text() == "torchvision is missing. Install it."
    QTest.mouseClick(page.stage.veil.again, Qt.MouseButton.LeftButton)
    assert len(wanted(page)) == 3
    answer(page)
    assert not page.stage.veil.isVisible()


def test_edits_of_a_saved_view_that_do_not_belong_are_dropped_and_told(page: ArchitecturesPage) -> None:
    said: list[str] = []
    page.said.connect(lambda sentence, _kind: said.append(sentence))
    page.restore_state(
        {"network": "lenet5", "edits": [{"layer": "nowhere", "setting": "stride", "value": 2}]}
    )
    assert page.state.edits == () and "no layer “nowhere”" in said[0]
    with pytest.raises(UserError):
        page.restore_state({"network": "no such net"})


# --- graph ------------------------------------------------------------------------------------------------


def click_box(page: ArchitecturesPage, key: str) -> None:
    place = page.graph_view.box_rect(key).center().toPoint()
    QTest.mouseClick(page.graph_view, Qt.MouseButton.LeftButton, pos=place)


def test_a_click_selects_and_the_inspector_shows_the_true_numbers(page: ArchitecturesPage) -> None:
    click_box(page, "conv2")
    assert page.state.layer == "conv2" and not page.history.can_undo, "looking around is no change"
    texts = page.details.layer.texts()
    assert texts["in"] == "14 × 14 × 6" and texts["out"] == "10 × 10 × 16"
    assert texts["parameters"] == "2,416" and texts["of all parameters"] == "3.9 %"
    assert texts["MACs"] == "240,000" and texts["FLOPs"] == "481,600"
    assert texts["receptive field"] == "14 × 14 pixels" and texts["its stride"] == "2 pixels"
    assert texts["centre of unit (0, 0)"] == "(6.5, 6.5)"
    assert page.details.worked.texts()[1] == "(5·5·6 + 1)·16 = 2,416"
    assert page.escape() and page.state.layer == "" and not page.escape()


def test_pointing_fills_under_the_cursor(page: ArchitecturesPage) -> None:
    page.graph_view.hovered.emit("pool1")
    assert page.details.under.texts()["out"] == "14 × 14 × 6"
    page.graph_view.hovered.emit("")
    assert "point at a layer" in page.details.under.texts()


def test_folding_and_unfolding(page: ArchitecturesPage) -> None:
    see(page, "resnet18")
    assert "stage.1.conv1" in page.graph_view.drawing.by_key, "a small net is open"
    page.panel.foldAsked.emit()
    assert [box.key for box in page.graph_view.drawing.boxes] == [
        "input",
        "stem",
        "stage",
        "pool",
        "flatten",
        "fc",
    ]
    page.graph_view.activated.emit("stage")
    keys = page.graph_view.drawing.by_key
    assert "stage.0" in keys and keys["stage.0"].foldable and page.state.open_groups == ("stage",)
    page.panel.stackedPicked.emit(True)
    assert page.graph_view.drawing.by_key["stage.0"].count == 3
    page.graph_view.foldToggled.emit("stage.0")
    assert "stage.2" in page.graph_view.drawing.by_key, "a stack comes apart first"
    page.graph_view.foldToggled.emit("stage")
    assert "stage" in page.graph_view.drawing.by_key, "an open group folds by its frame"
    page.panel.unfoldAsked.emit()
    assert "stage.1.conv1" in page.graph_view.drawing.by_key
    assert not page.history.can_redo


def test_a_layer_goes_to_its_pixels_and_esc_comes_back(page: ArchitecturesPage) -> None:
    page.graph_view.activated.emit("conv2")
    assert view_of(page) == "pixel" and page.unit_view.trace is not None
    assert (page.unit_view.trace.layer, page.unit_view.trace.row, page.unit_view.trace.column) == (
        "conv2",
        5,
        5,
    )
    page.unit_view.unitMoved.emit("conv1", 3, 4)
    assert page.state.unit == (3, 4) and page.unit_view.trace.layer == "conv1"
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert view_of(page) == "graph" and page.state.layer == "conv1"


def test_search_selects_goes_on_and_unfolds(page: ArchitecturesPage) -> None:
    see(page, "resnet18")
    page.panel.foldAsked.emit()
    QTest.keyClick(page, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    search = page.panel.search
    assert search.edit.hasFocus()
    QTest.keyClicks(search.edit, "batch")
    assert page.state.layer == "stage.0.bn1" and search.count.text() == "1 of 6"
    assert "stage.0.bn1" in page.graph_view.drawing.by_key, "what is found is unfolded"
    QTest.keyClick(search.edit, Qt.Key.Key_Return)
    QTest.keyClick(search.edit, Qt.Key.Key_Return)
    assert page.state.layer == "stage.1.bn1" and search.count.text() == "3 of 6"
    QTest.keyClick(search.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert page.state.layer == "stage.0.bn2"
    shown = ("stage.0.bn1", "stage.0.bn2", "stage.1.bn1", "stage.1.bn2", "stage.2")
    assert page.graph_view._marks.found == shown, "all that is found is highlighted, or what hides it"
    search.edit.setText("nothing like it")
    assert search.count.text() == "none" and page.graph_view._marks.found == ()


def test_another_network_is_shown_whole(page: ArchitecturesPage) -> None:
    page.graph_view.zoom_by(3)
    see(page, "resnet18")
    view = page.graph_view
    assert all(view.rect().contains(view.box_rect(key).toRect()) for key in view.scene.items)
    view.zoom_by(2)
    zoom = view.zoom
    page.panel.foldAsked.emit()
    assert view.zoom == zoom, "folding keeps the view"


def test_coming_back_the_selected_layer_is_in_view(page: ArchitecturesPage) -> None:
    see(page, "resnet18")
    view = page.graph_view
    view.zoom_by(2.5 / view.zoom)
    view.reveal("fc")
    page._pick_view("table")
    page.table.picked.emit("stem.conv1" if page.shown and page.shown.node("stem.conv1") else "stem")
    layer = page.state.layer
    page._pick_view("graph")
    item = page.desk._item_of(layer)
    assert item is not None and view.rect().contains(view.box_rect(item.name).toRect())


def test_what_is_under_the_pointer_moves_nothing(page: ArchitecturesPage) -> None:
    click_box(page, "conv1")
    settle()
    before = page.details.form_section.mapTo(page, QPoint(0, 0)).y()
    page.graph_view.hovered.emit("conv2")
    settle()
    assert len(page.details.under.texts()) > 5
    assert page.details.form_section.mapTo(page, QPoint(0, 0)).y() == before


def test_layers_may_follow_each_other_to_the_right(page: ArchitecturesPage) -> None:
    first, last = page.graph_view.box_rect("input"), page.graph_view.box_rect("conv1")
    assert last.top() > first.bottom()
    page.graph_view.setFocus()
    QTest.keyClick(page.graph_view, Qt.Key.Key_R)
    first, last = page.graph_view.box_rect("input"), page.graph_view.box_rect("conv1")
    assert page.state.direction == "right" and last.left() > first.right()
    turn = page.desk.zoom_bar.findChildren(QToolButton)[0]
    assert turn.accessibleName() == "From top to bottom"
    QTest.mouseClick(turn, Qt.MouseButton.LeftButton)
    assert page.state.direction == "down" and turn.accessibleName() == "From left to right"


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
