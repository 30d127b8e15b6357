"""The picker of a net, a layer and a unit, through its widgets."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from engine.inside.requests import NetLayers
from engine.networks.graphs.graph import Layer, measure
from engine.networks.graphs.ops import Conv, Flatten, Input, Linear
from engine.networks.requests import WeightsStatus
from gui.widgets.unit_picker import UnitPicker

NETS = (
    WeightsStatus("digits", "Digits", "classification", "lenet5", "bundled", figures="98 %", source="here"),
    WeightsStatus("alexnet-imagenet", "AlexNet", "classification", "alexnet", "absent"),
    WeightsStatus("yolo", "YOLO", "detection", "yolo", "ready"),
)


def layers() -> NetLayers:
    graph = measure(
        "net",
        "Net",
        (
            Layer("input", Input((1, 8, 8))),
            Layer("first", Conv(1, 4, (3, 3)), ("input",)),
            Layer("second", Conv(4, 6, (3, 3)), ("first",)),
            Layer("flat", Flatten(), ("second",)),
            Layer("out", Linear(96, 10), ("flat",)),
        ),
    )
    assert graph.problem is None, graph.problem
    return NetLayers("digits", "Digits", "lenet5", graph.nodes, tuple("0123456789"), 8, 1)


@pytest.fixture
def picker(qtbot: QtBot) -> UnitPicker:
    picker = UnitPicker()
    qtbot.addWidget(picker)
    picker.resize(280, 500)
    picker.show()
    picker.show_nets(NETS, "digits")
    found = layers()
    picker.show_layers(found)
    picker.show_unit(found.find("first"), 2)
    return picker


def test_nets_with_weights_come_first_then_the_untrained_ones(picker: UnitPicker) -> None:
    combo = picker.nets.combo
    assert combo.itemText(0) == "Digits" and combo.currentData() == "digits"
    names = [combo.itemData(row) for row in range(combo.count())]
    assert "random:alexnet" in names and "yolo" not in names and "alexnet-imagenet" not in names
    assert picker.about.text() == "98 % · here"
    spy = QSignalSpy(picker.netPicked)
    picker.show_net("random:alexnet")
    assert (
        spy.count() == 0 and picker.nets.value == "random:alexnet" and "Random weights" in picker.about.text()
    )
    picker.show_net("alexnet-imagenet")
    assert combo.itemText(0) == "AlexNet (not here)" and "page Weights" in picker.about.text()
    combo.setCurrentIndex(combo.findData("random:lenet5"))
    assert spy.at(0) == ["random:lenet5"]


def test_detectors_are_listed_where_they_can_be_looked_into(qtbot: QtBot) -> None:
    picker = UnitPicker(detectors=True)
    qtbot.addWidget(picker)
    picker.show_nets(NETS, "yolo")
    assert picker.nets.value == "yolo" and picker.nets.combo.currentText() == "YOLO"


def test_a_layer_is_picked_by_mouse_by_key_and_by_search(picker: UnitPicker) -> None:
    spy = QSignalSpy(picker.layerPicked)
    rows = picker.layers
    QTest.mouseClick(
        rows.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
        rows.visualItemRect(rows.item(2)).center(),
    )  # fmt: skip
    assert spy.at(0) == ["second"]
    QTest.keyClick(rows, Qt.Key.Key_Down)
    assert spy.at(1) == ["flat"]
    QTest.keyClicks(picker.search, "conv seco")
    assert [rows.item(row).isHidden() for row in range(rows.count())] == [True, True, False, True, True]
    QTest.keyClick(picker.search, Qt.Key.Key_Return)
    assert spy.at(2) == ["second"]
    picker.search.clear()
    assert not any(rows.item(row).isHidden() for row in range(rows.count()))


def test_alt_and_a_digit_are_left_to_the_page(picker: UnitPicker) -> None:
    picker.search.setFocus()
    QTest.keyClick(picker.search, Qt.Key.Key_4, Qt.KeyboardModifier.AltModifier)
    assert picker.search.text() == ""
    QTest.keyClick(picker.search, Qt.Key.Key_4)
    assert picker.search.text() == "4"


def test_the_search_outlives_the_layers_it_was_made_for(picker: UnitPicker) -> None:
    rows, spy = picker.layers, QSignalSpy(picker.layerPicked)
    kept = rows._layers
    picker.search.setFocus()
    QTest.keyClick(picker.search, Qt.Key.Key_Return)
    assert spy.count() == 0, "nothing was looked for"
    QTest.keyClicks(picker.search, "99")
    assert "No layer" in rows.empty_text
    picker.search.clear()
    QTest.keyClicks(picker.search, "seco")
    assert not rows.empty_text
    rows.show_layers(())
    rows.show_layers(kept)
    assert [rows.item(row).isHidden() for row in range(rows.count())] == [True, True, False, True, True]


def test_three_digits_have_room(picker: UnitPicker) -> None:
    """What the field can say stands in its label: in the narrowest panel the number is whole."""
    picker.show_unit(replace(picker.layers._layers[0], out_shape=(512, 7, 7)), 511)
    assert "Unit 0–511" in [label.text() for label in picker.channel.findChildren(QLabel)]
    assert picker.channel.edit.textMargins().right() == 0 and picker.channel.edit.text() == "511"


def test_a_unit_out_of_range_is_refused_at_the_field(picker: UnitPicker) -> None:
    spy = QSignalSpy(picker.channelPicked)
    edit = picker.channel.edit
    edit.selectAll()
    QTest.keyClicks(edit, "7")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert spy.count() == 0 and picker.channel.problem
    edit.selectAll()
    QTest.keyClicks(edit, "3")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert spy.at(0) == [3] and not picker.channel.problem


def test_letters_are_left_to_the_page(picker: UnitPicker) -> None:
    spy = QSignalSpy(picker.layerPicked)
    QTest.keyClick(picker.layers, Qt.Key.Key_S)
    assert spy.count() == 0 and picker.layers.chosen == "first"
