"""The architectures page: the network on show, pointing, folding, searching."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from engine.errors import ErrorReport, UserError
from engine.networks.requests import DescribeNetwork
from gui.pages.architectures.exports import ArchitecturesExports
from gui.pages.architectures.page import ArchitecturesPage
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
