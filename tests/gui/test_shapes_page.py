"""The page of shapes and costs in a real window: edited by mouse and keys, predicted, broken, exported, checked."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import fields, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, QSize, QSizeF, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from engine.errors import UserError
from engine.foundations.calculator.chain import measure
from engine.foundations.calculator.layers import RANGES, USES, Layer
from engine.foundations.calculator.presets import PRESETS, preset
from engine.foundations.calculator.requests import ChainCheck, CheckChain
from gui import export
from gui.main_window import MainWindow
from gui.pages.shapes import changes, exports, table_rows, words
from gui.pages.shapes.chain_paint import chain_layout
from gui.pages.shapes.field_paint import parts, sight
from gui.pages.shapes.field_plan import field_plan, share_of
from gui.pages.shapes.formulas import Worked, all_letters, field_formulas, formulas
from gui.pages.shapes.page import ShapesPage
from gui.pages.shapes.resolve import question, resolve
from gui.pages.shapes.state import CUSTOM, MOST_LAYERS, ShapesState
from gui.pages.shapes.table_edit import CellEditor, meaning
from gui.pages.shapes.tour import stops
from gui.state import from_json, to_json
from gui.widgets.formula import formula_path, loader, plain_text
from gui.widgets.number_text import FieldProblem
from gui.widgets.typeset import plain
from tests.gui.window_fixtures import (
    HeldEngine,
    OpenWindow,
    calm,
    held,
    move_to,
    open_window,
    pixels_of,
    window,
)

__all__ = ["calm", "open_window", "window"]

Key, NoModifier, Alt = Qt.Key, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier


@pytest.fixture
def page(window: MainWindow) -> ShapesPage:
    return shapes(window)


def shapes(window: MainWindow) -> ShapesPage:
    window.show_page("shapes")
    return cast(ShapesPage, window.page)


def column(key: str) -> table_rows.Column:
    return table_rows.COLUMNS[table_rows.KEYS.index(key)]


def cell(page: ShapesPage, row: int, key: str) -> str:
    return str(page.table.model.index(row, table_rows.KEYS.index(key)).data())


def outputs(state: ShapesState) -> list[str]:
    return [words.shape_text(shape) for shape in resolve(state).chain.shapes]


# --- the state --------------------------------------------------------------------------------------------


@st.composite
def states(draw: st.DrawFn) -> ShapesState:
    """States as a person reaches them: an example, then one change after the other."""
    state = changes.with_preset(ShapesState(), draw(st.sampled_from([one.name for one in PRESETS])))
    for what in draw(
        st.lists(st.sampled_from(["add", "remove", "move", "set", "kind", "duplicate"]), max_size=6)
    ):
        state = replace(state, step=draw(st.integers(0, len(state.layers))))
        if what == "add":
            state = changes.added(state, draw(st.sampled_from(list(USES))))
        elif state.step == 0:
            continue
        elif what == "set":
            name = draw(st.sampled_from(list(RANGES)))
            state = changes.with_setting(state, state.step, name, draw(st.integers(*RANGES[name])))
        elif what == "kind":
            state = changes.with_kind(state, state.step, draw(st.sampled_from(list(USES))))
        elif what == "move":
            state = changes.moved(state, state.step, draw(st.integers(-1, 20)))
        else:
            state = {"remove": changes.removed, "duplicate": changes.duplicated}[what](state)
    return state


@settings(max_examples=40, deadline=None)
@given(states())
def test_states_survive_json_and_everything_can_be_said_about_them(state: ShapesState) -> None:
    assert from_json(ShapesState, to_json(state)).validated() == state
    resolved = resolve(state)
    for row in range(len(state.layers) + 1):
        for one in table_rows.COLUMNS:
            assert isinstance(table_rows.cell_text(resolved, row, one), str)
            assert table_rows.cell_tip(resolved, row, one)
    header, lines = table_rows.exported(resolved)
    assert {len(line) for line in lines} == {len(header)}
    for worked in (*formulas(resolved), *field_formulas(resolved)):
        assert equals(worked), worked
    plan = field_plan(resolved, state.unit)
    assert plan.levels[0].index == 0 and len({level.index for level in plan.levels}) == len(plan.levels)


def equals(worked: Worked) -> bool:
    """Whether what stands left of the equals sign, worked out by Python, is what stands right of it."""
    left, sign, right = plain(worked.numbers).replace("−", "-").replace("·", "*").rpartition(" = ")
    if not sign:
        return True
    left = re.sub(r"⌊(.*)⌋", r"((\1)//1)", left)
    left = re.sub(r"⌈(.*)⌉", r"(-((-(\1))//1))", left)
    left = re.sub(r"(?<=\d),(?=\d{3})", "", left)
    left = re.sub(r"\d+(\.\d+)?", lambda number: f"Fraction('{number[0]}')", left)
    return bool(eval(left, {"Fraction": Fraction}) == Fraction(right.replace(",", "")))


def test_the_formulas_of_the_course() -> None:
    resolved = resolve(ShapesState(step=2))
    assert [plain(worked.numbers) for worked in formulas(resolved)] == [
        "⌊(37 + 2·0 − 5)/2⌋ + 1 = 17",
        "(5·5·10 + 1)·20 = 5,020",
        "5·5·10·20·17·17 = 1,445,000",
        "2·1,445,000 + 5,780 = 2,895,780",
        "1·17·17·20·4 = 23,120",
    ]
    assert [plain(worked.numbers) for worked in field_formulas(resolved)] == [
        "3 + (5 − 1)·1 = 7", "1·2 = 2", "1 + ((5 − 1)/2 − 0)·1 = 3",
    ]  # fmt: skip
    rect = resolve(replace(ShapesState(step=1), height=20))
    assert [worked.name for worked in formulas(rect)][:2] == ["n_H", "n_W"]


def test_formulas_of_other_layers() -> None:
    def worked(layer: Layer, **state: Any) -> list[str]:
        made = replace(ShapesState(height=9, width=9, channels=4, step=1), layers=(layer,), **state)
        assert all(equals(one) for one in formulas(resolve(made)))
        return [plain(one.numbers) for one in formulas(resolve(made))]

    assert worked(Layer(d=2))[0] == "⌊(9 + 2·0 − 2·(3 − 1) − 1)/1⌋ + 1 = 5"
    assert worked(Layer(groups=2, bias=False))[1] == "3·3·4/2·16 = 288"
    assert worked(Layer("transposed", f=4, s=2, extra=1))[0] == "(9 − 1)·2 − 2·0 + 4 + 1 = 21"
    assert worked(Layer("transposed", f=4, s=2))[2].endswith("·16·9·9 = 82,944"), "counted at its inputs"
    assert worked(Layer("maxpool", f=2, s=2, ceil=True))[0] == "⌈(9 + 2·0 − 2)/2⌉ + 1 = 5"
    assert worked(Layer("maxpool", f=1, s=2, ceil=True), height=8, width=8)[0].endswith("+ 1 − 1 = 4")
    assert worked(Layer("batchnorm"))[0] == "2·4 = 8"
    assert worked(Layer("relu"), batch=3, precision="float16") == ["3·9·9·4·2 = 1,944"]
    assert worked(Layer("upsample", s=3))[0] == "9·3 = 27"
    assert worked(Layer("flatten"))[0] == "9·9·4 = 324"


def test_every_letter_can_be_typeset(qapp: QApplication) -> None:
    loader.load()
    for worked in all_letters():
        assert not formula_path(f"{worked.letters} =", 13.0).isEmpty()
        assert "\\" not in plain_text(worked.letters)


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"height": 0}, "height must be 1 to 1,024"),
        ({"batch": 5000}, "batch size m"),
        ({"preset": "nowhere"}, "no example"),
        ({"step": 6}, "no layer 6"),
        ({"layers": (Layer(),) * (MOST_LAYERS + 1)}, "up to 60 layers"),
        ({"layers": (Layer(), Layer(f=0)), "step": 0}, "filter size f of layer 2"),
        ({"unit": (0.5, 1.5)}, "share from 0 to 1"),
    ],
)
def test_what_is_out_of_range_is_refused(wrong: dict[str, Any], word: str) -> None:
    with pytest.raises(UserError, match=re.compile(word, re.IGNORECASE)):
        replace(ShapesState(), **wrong).validated()


def test_moving_keeps_the_layers_and_follows_the_moved_one() -> None:
    state = ShapesState(step=1)
    moved = changes.moved(state, 1, 3)
    assert moved.layers == (state.layers[1], state.layers[2], state.layers[0], *state.layers[3:])
    assert moved.step == 3 and moved.preset == CUSTOM
    assert changes.moved(state, 1, -5) == state
    assert changes.moved(state, 5, 99).preset == state.preset, "nothing moved"


def test_a_chain_has_an_end() -> None:
    full = replace(ShapesState(), layers=(Layer("relu"),) * MOST_LAYERS)
    for change in (lambda: changes.added(full, "relu"), lambda: changes.duplicated(full)):
        with pytest.raises(UserError, match="Remove one first"):
            change()
    empty = replace(ShapesState(), layers=(), step=0)
    assert changes.added(empty, "conv").layers[0].kind == "conv"
    for refused in (changes.removed, changes.duplicated):
        with pytest.raises(UserError, match="Choose a layer"):
            refused(empty)


# --- by mouse and by keys -----------------------------------------------------------------------------------


def test_the_first_visit_shows_the_course(page: ShapesPage) -> None:
    assert [cell(page, row, "output") for row in range(6)] == [
        "39 × 39 × 3", "37 × 37 × 10", "17 × 17 × 20", "7 × 7 × 40", "1,960", "1",
    ]  # fmt: skip
    assert page.details.totals.texts()["parameters"] == "27,301"
    assert page.details.letters.texts()["W[1]"] == "3 × 3 × 3 × 10"
    assert any("= 37" in text for text in page.strip.worked.texts())


def test_a_volume_is_picked_by_mouse_and_deepened(page: ShapesPage) -> None:
    plan = page.chain.row.plan
    assert plan is not None
    at = plan.columns[3].area.center().toPoint()
    QTest.mouseClick(page.chain.row, Qt.MouseButton.LeftButton, NoModifier, at)
    assert page.state.step == 3 and page.stepper.index == 3
    assert page.strip.title.text() == "Layer 3, Convolution: 17 × 17 × 20 → 7 × 7 × 40"
    assert not page.history.can_undo, "looking is no change"
    QTest.mouseDClick(page.chain.row, Qt.MouseButton.LeftButton, NoModifier, at)
    assert page.state.view == "field"
    QTest.keyClick(page, Key.Key_Escape)
    assert page.state.view == "chain"


def test_the_pointer_asks_volumes_and_rows(page: ShapesPage) -> None:
    plan = page.chain.row.plan
    assert plan is not None
    move_to(page.chain.row, plan.columns[2].area.center().toPoint())
    assert page.details.under.texts()["out"] == "17 × 17 × 20"
    move_to(page.chain.row, QPoint(-5, -5))
    assert "out" not in page.details.under.texts()
    move_to(page.table.rows.viewport(), row_point(page, 1))
    assert page.details.under.texts()["layer"] == "1: Conv 3×3"


def row_point(page: ShapesPage, row: int, key: str = "layer") -> QPoint:
    index = page.table.model.index(row, table_rows.KEYS.index(key))
    return page.table.rows.visualRect(index).center()


def type_over(page: ShapesPage, row: int, key: str, text: str, end: Key = Key.Key_Return) -> CellEditor:
    """Double-click a cell, type, end with a key."""
    viewport = page.table.rows.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, NoModifier, row_point(page, row, key))
    QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, NoModifier, row_point(page, row, key))
    (editor,) = [found for found in viewport.findChildren(CellEditor) if found.isVisible()]
    editor.selectAll()
    QTest.keyClicks(editor, text)
    QTest.keyClick(editor, end)
    return editor


def test_a_number_is_typed_over_in_the_table(page: ShapesPage) -> None:
    type_over(page, 2, "f", "7")
    assert page.state.layers[1].f == 7 and page.state.preset == CUSTOM
    assert cell(page, 2, "output") == "16 × 16 × 20"
    type_over(page, 2, "p", "same")
    assert page.state.layers[1].padding == "same" and cell(page, 2, "p") == "3 same"
    type_over(page, 2, "p", "1")
    assert (page.state.layers[1].padding, page.state.layers[1].p) == ("custom", 1)
    page.undo()
    page.undo()
    page.undo()
    assert page.state.layers == preset("ng-39").layers and page.panel.example.value == "ng-39"
    page.redo()
    assert page.state.layers[1].f == 7


@pytest.mark.parametrize(
    ("text", "reason"), [("0", "at least 1"), ("99", "at most 31"), ("2.5", "whole"), ("x", "not a number")]
)
def test_a_bad_number_is_refused_at_the_cell(page: ShapesPage, text: str, reason: str) -> None:
    editor = type_over(page, 2, "f", text)
    assert page.state.layers[1].f == 5
    assert editor.isVisible() and editor.property("invalid") and reason in editor.refused
    QTest.keyClick(editor, Key.Key_Escape)
    assert page.state == replace(ShapesState(), step=2) and cell(page, 2, "f") == "5"


def test_what_a_text_means() -> None:
    assert meaning("p", " Same ") == "same" and meaning("p", "2") == 2 and meaning("filters", "120") == 120
    for setting in ("f", "s"):
        with pytest.raises(FieldProblem):
            meaning(setting, "same")


def test_cells_without_a_setting_are_not_edited(page: ShapesPage) -> None:
    for row, key in ((0, "f"), (4, "f"), (2, "output"), (5, "s")):
        page.change(replace(page.state, view="chain"))
        QTest.mouseDClick(
            page.table.rows.viewport(), Qt.MouseButton.LeftButton, NoModifier, row_point(page, row, key)
        )
        assert page.table.rows.viewport().findChild(CellEditor) is None


def test_a_double_click_beside_the_numbers_goes_one_depth_down(page: ShapesPage) -> None:
    viewport = page.table.rows.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, NoModifier, row_point(page, 3))
    QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, NoModifier, row_point(page, 3))
    assert (page.state.view, page.state.step) == ("field", 3)
    QTest.keyClick(page, Key.Key_1, Alt)
    page.table.rows.setFocus()
    QTest.keyClick(page.table.rows, Key.Key_Return)
    assert page.state.view == "field"


def open_editor(page: ShapesPage) -> CellEditor:
    """The editor that is open in the table."""
    (editor,) = [found for found in page.table.rows.viewport().findChildren(CellEditor) if found.isVisible()]
    return editor


def test_numbers_are_typed_by_keys_alone(page: ShapesPage) -> None:
    rows = page.table.rows
    rows.setFocus()
    QTest.keyClick(rows, Key.Key_Down)
    QTest.keyClick(rows, Key.Key_F2)
    assert open_editor(page).setting == "f" and open_editor(page).text() == "5"
    QTest.keyClicks(open_editor(page), "7")
    for setting in ("p", "s", "filters"):
        QTest.keyClick(open_editor(page), Key.Key_Tab)
        assert open_editor(page).setting == setting
    QTest.keyClicks(open_editor(page), "24")
    QTest.keyClick(open_editor(page), Key.Key_Backtab)
    assert open_editor(page).setting == "s"
    QTest.keyClick(open_editor(page), Key.Key_Return)
    assert (page.state.step, page.state.view) == (2, "chain")
    assert page.state.layers[1] == replace(preset("ng-39").layers[1], f=7, filters=24)
    QTest.keyClicks(rows, "3")
    QTest.keyClick(open_editor(page), Key.Key_Return)
    assert page.state.layers[1].s == 3, "typed over the number that was left"


def test_arrows_step_also_from_the_table(page: ShapesPage) -> None:
    page.table.rows.setFocus()
    for key, step in (
        (Key.Key_Right, 2),
        (Key.Key_End, 5),
        (Key.Key_Left, 4),
        (Key.Key_Home, 0),
        (Key.Key_Down, 1),
    ):
        QTest.keyClick(page.table.rows, key)
        assert page.state.step == step
    QTest.keyClick(page.table.rows, Key.Key_Space)
    assert page.stepper.playing
    QTest.keyClick(page.table.rows, Key.Key_Space)
    assert not page.stepper.playing


def drag(page: ShapesPage, start: int, to: int, *, below: bool = False) -> None:
    """Press on a row, move to another one, let go in its upper (lower) half."""
    viewport = page.table.rows.viewport()
    begin, end = row_point(page, start), row_point(page, to)
    end += QPoint(0, 8 if below else -8)
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, NoModifier, begin)
    for step in (0.3, 0.7, 1.0):
        at = begin + QPoint(0, round((end.y() - begin.y()) * step))
        move_to(viewport, at, Qt.MouseButton.LeftButton)
    assert page.table.rows.dragging
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, NoModifier, end)


def test_rows_are_dragged(page: ShapesPage) -> None:
    first, second, third, *_ = page.state.layers
    drag(page, 1, 3, below=True)
    assert page.state.layers[:3] == (second, third, first) and page.state.step == 3
    drag(page, 3, 1)
    assert page.state.layers[:3] == (first, second, third) and page.state.step == 1
    before = page.state
    drag(page, 2, 3)
    assert page.state.layers == before.layers, "dropped where it was"


def test_a_drag_is_given_up_with_escape(page: ShapesPage) -> None:
    viewport = page.table.rows.viewport()
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, NoModifier, row_point(page, 1))
    move_to(viewport, row_point(page, 4), Qt.MouseButton.LeftButton)
    QTest.keyClick(page.table.rows, Key.Key_Escape)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, NoModifier, row_point(page, 4))
    assert page.state.layers == preset("ng-39").layers


def test_layers_are_added_doubled_moved_and_removed_by_keys(page: ShapesPage) -> None:
    page.table.rows.setFocus()
    original = page.state.layers
    QTest.keyClick(page.table.rows, Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert page.state.layers == (original[0], *original) and page.state.step == 2
    QTest.keyClick(page.table.rows, Key.Key_Down, Alt)
    assert page.state.layers[:3] == (original[0], original[1], original[0]) and page.state.step == 3
    QTest.keyClick(page.table.rows, Key.Key_Up, Alt)
    QTest.keyClick(page.table.rows, Key.Key_Delete)
    assert page.state.layers == original and page.state.step == 2
    QTest.keyClick(page.table.rows, Key.Key_Down)
    assert page.state.step == 3


def test_the_bar_adds_behind_the_layer_on_show(page: ShapesPage) -> None:
    titles = [action.text() for action in page.toolbar.menu.actions()]
    page.toolbar.menu.actions()[titles.index("Max pooling")].trigger()
    assert [layer.kind for layer in page.state.layers[:3]] == ["conv", "maxpool", "conv"]
    assert page.state.step == 2 and page.panel.kind.value == "maxpool"
    QTest.mouseClick(page.toolbar.remove, Qt.MouseButton.LeftButton)
    assert page.state.layers == preset("ng-39").layers
    page.stepper.go_first()
    assert not page.toolbar.remove.isEnabled() and not page.toolbar.up.isEnabled()
    said: list[str] = []
    page.said.connect(lambda text, _kind: said.append(text))
    QTest.keyClick(page, Key.Key_Delete)
    assert said == ["The input cannot be taken away. Choose a layer to remove."]


def test_the_panel_sets_the_layer_on_show(page: ShapesPage) -> None:
    page.stepper.step_forward()
    QTest.mouseClick(page.panel.numbers["layer s"].minus, Qt.MouseButton.LeftButton)
    assert page.state.layers[1].s == 1 and cell(page, 2, "output") == "33 × 33 × 20"
    page.panel.padding.combo.setCurrentIndex(1)
    assert page.state.layers[1].padding == "same" and page.panel.numbers["layer p"].isHidden()
    page.panel.padding.combo.setCurrentIndex(2)
    assert page.state.layers[1].p == 2, "begins where “same” was"
    assert not page.panel.numbers["layer p"].isHidden()
    page.panel.kind.combo.setCurrentIndex(page.panel.kind.combo.findData("maxpool"))
    assert page.state.layers[1].kind == "maxpool" and page.state.layers[1].f == 5
    assert not page.panel.ceil.isHidden() and page.panel.bias.isHidden()
    assert page.panel.numbers["layer filters"].isHidden()
    field = page.panel.numbers["height"]
    field.edit.setText("0")
    field.edit.setModified(True)
    assert not field.commit() and "at least 1" in field.problem and page.state.height == 39


def test_an_example_is_chosen(page: ShapesPage) -> None:
    page.panel.example.combo.setCurrentIndex(page.panel.example.combo.findData("lenet5"))
    assert page.state.layers == preset("lenet5").layers and cell(page, 8, "output") == "10"
    assert page.details.totals.texts()["parameters"] == "61,706"
    page.panel.numbers["batch"].committed.emit(8)
    assert page.state.preset == "lenet5" and page.details.letters.texts()["A[1]"] == "8 × 28 × 28 × 6"
    page.undo()
    page.undo()
    assert page.state.preset == "ng-39" and not page.history.can_undo


# --- impossible joins ---------------------------------------------------------------------------------------


def test_a_broken_chain_is_explained_and_cured(page: ShapesPage) -> None:
    page.change(changes.with_preset(page.state, "mistake"))
    assert page.toolbar.broken.isVisible() and "4" in page.toolbar.broken.text()
    QTest.mouseClick(page.toolbar.broken, Qt.MouseButton.LeftButton)
    assert page.state.step == 4 and page.strip.pages.currentWidget() is page.strip.remedies
    assert "larger than the padded input" in page.strip.remedies.text.text()
    assert [cell(page, row, "output") for row in (3, 4, 5)] == ["2 × 2 × 16", "–", "–"]
    assert page.details.totals.texts()["output"] == "–"
    shown = [button.text() for button in page.strip.remedies.buttons if not button.isHidden()]
    assert shown == ["Set f to 2", "Set p to 1"]
    QTest.mouseClick(page.strip.remedies.buttons[1], Qt.MouseButton.LeftButton)
    assert cell(page, 4, "output") == "2 × 2 × 32" and "5" in page.toolbar.broken.text()
    page.stepper.go_last()
    assert "row of numbers" in page.strip.remedies.text.text()
    QTest.mouseClick(page.strip.remedies.buttons[0], Qt.MouseButton.LeftButton)
    assert page.state.layers[4].kind == "flatten" and not page.toolbar.broken.isVisible()
    assert cell(page, 6, "output") == "10"
    page.undo()
    page.undo()
    assert page.state.layers == preset("mistake").layers


def test_what_lies_behind_a_break_is_said(page: ShapesPage) -> None:
    page.change(replace(changes.with_preset(page.state, "mistake"), step=5))
    assert "A layer before this one does not fit" in page.strip.remark.text()
    assert page.strip.worked.texts() == []
    tip = table_rows.cell_tip(page.resolved, 4, column("output"))
    assert tip.startswith("Layer 4, Convolution: The kernel of 3x3")


# --- predict, then reveal -----------------------------------------------------------------------------------


def answers_on_show(page: ShapesPage) -> list[str]:
    return [button.text()[4:] for button in page.strip.predictor.choices.buttons]


def test_outputs_are_predicted_by_the_number_keys(page: ShapesPage) -> None:
    page.change(replace(page.state, predict=True, step=2))
    page.table.rows.setFocus()
    assert page.strip.pages.currentWidget() is page.strip.predictor
    assert (
        cell(page, 1, "output") == "37 × 37 × 10"
        and cell(page, 2, "output") == cell(page, 3, "output") == "?"
    )
    assert page.details.totals.texts()["MACs"] == "?" and page.details.letters.texts()["a[2]"] == "?"
    assert "17" not in page.strip.title.text() and "17 × 17" not in page.chain.row.accessibleDescription()
    right = answers_on_show(page).index("17 × 17 × 20")
    wrong = answers_on_show(page).index("16 × 16 × 20")
    QTest.keyClick(page.table.rows, Key(Key.Key_1 + wrong))
    assert "forgets the + 1" in page.strip.predictor.verdict.text() and cell(page, 2, "output") == "?"
    QTest.keyClick(page.table.rows, Key(Key.Key_1 + wrong))
    assert page.strip.predictor.score.asked == 1, "an answer can be given once"
    QTest.keyClick(page.table.rows, Key(Key.Key_1 + right))
    assert cell(page, 2, "output") == "17 × 17 × 20" and cell(page, 3, "output") == "?"
    assert "1 of 2 right" in page.strip.remark.text()
    page.stepper.step_forward()
    assert (
        page.strip.pages.currentWidget() is page.strip.predictor and "right" not in page.strip.remark.text()
    )
    page.stepper.step_back()
    assert page.strip.pages.currentWidget() is page.strip.worked, "what was said stays said"
    page.change(changes.with_setting(page.state, 1, "f", 5))
    assert cell(page, 2, "output") == "?", "other numbers, another question"


def test_an_answer_is_clicked_or_given_up(page: ShapesPage) -> None:
    page.change(replace(page.state, predict=True, step=1))
    buttons = page.strip.predictor.choices.buttons
    right = answers_on_show(page).index("37 × 37 × 10")
    QTest.mouseClick(buttons[right], Qt.MouseButton.LeftButton)
    assert cell(page, 1, "output") == "37 × 37 × 10"
    page.stepper.step_forward()
    QTest.mouseClick(page.strip.predictor.choices.reveal, Qt.MouseButton.LeftButton)
    assert cell(page, 2, "output") == "17 × 17 × 20" and page.strip.predictor.score.asked == 1


def test_nothing_is_asked_about_what_keeps_the_shape(page: ShapesPage) -> None:
    page.change(replace(changes.with_preset(page.state, "vgg"), predict=True, step=2))
    assert (
        page.strip.pages.currentWidget() is page.strip.worked and cell(page, 2, "output") == "224 × 224 × 64"
    )


def test_layers_are_revealed_one_by_one(page: ShapesPage) -> None:
    QTest.mouseClick(page.panel.reveal, Qt.MouseButton.LeftButton, pos=page.panel.reveal.rect().center())
    page.change(replace(page.state, reveal=True, step=0))
    assert [cell(page, row, "output") for row in (0, 1)] == ["39 × 39 × 3", "?"]
    QTest.keyClick(page, Key.Key_Right)
    assert cell(page, 1, "output") == "37 × 37 × 10" and cell(page, 2, "output") == "?"
    QTest.keyClick(page, Key.Key_End)
    assert cell(page, 5, "output") == "1" and page.details.totals.texts()["MACs"] == "2,796,590"


# --- receptive field ------------------------------------------------------------------------------------------


def test_the_field_follows_the_pointer_and_a_click_stays(page: ShapesPage) -> None:
    page.change(replace(page.state, step=3))
    QTest.keyClick(page, Key.Key_2, Alt)
    view = page.field
    plan = view.plan
    assert plan is not None and plan.unit == (3, 3)
    assert plan.top.rows == plan.top.columns == (12, 26)
    assert [level.read for level in plan.levels] == [(12, 26), (12, 24), (6, 10), (3, 3)]
    place = sight(plan, QSizeF(view.size()))
    corner = place.rect((0, 0), (0, 0)).center().toPoint()
    move_to(view, corner)
    assert view.plan is not None and view.plan.unit == (0, 0) and view.plan.top.rows == (0, 14)
    assert page.details.under.texts()["sees rows"] == "0 to 14"
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, NoModifier, corner)
    assert page.state.unit == (0.5 / 7, 0.5 / 7)
    move_to(view, QPoint(1, view.height() - 1))
    assert view.plan.unit == (0, 0)
    assert "15 × 15" in page.strip.remark.text()


def test_the_tower_gives_no_answer_away(page: ShapesPage) -> None:
    page.change(replace(page.state, view="field", step=2, predict=True))
    assert page.field.plan is not None and page.field.plan.top.index == 1
    page.strip.predictor.choices.reveal.click()
    assert page.field.plan.top.index == 2


def test_the_field_of_what_sees_everything(page: ShapesPage) -> None:
    page.change(replace(page.state, view="field", step=5))
    plan = page.field.plan
    assert plan is not None and plan.everything is not None and plan.everything.index == 5
    assert plan.top.index == 3 and "whole input" in page.strip.remark.text()
    page.change(replace(page.state, step=0))
    assert page.field.plan is not None and page.field.plan.top.index == 0


@pytest.mark.parametrize("name", [one.name for one in PRESETS])
@pytest.mark.parametrize("size", [(646, 330), (820, 540), (1600, 900)])
def test_the_squares_lie_in_their_half(name: str, size: tuple[int, int], qapp: QApplication) -> None:
    state = changes.with_preset(ShapesState(), name)
    plan = field_plan(resolve(replace(state, step=len(state.layers))), (0.5, 0.5))
    left, right = parts(QSizeF(*size))
    place = sight(plan, QSizeF(*size))
    assert left.adjusted(-1, -1, 1, 1).contains(place.area) and left.right() < right.left()
    middle = place.area.center()
    pixel = place.pixel(middle)
    assert pixel is not None and place.pixel(QPointF(right.center())) is None
    assert all(0 <= share <= 1 for share in share_of(plan, *pixel))


# --- drawing ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(646, 136), (820, 220), (1700, 280)])
def test_columns_lie_side_by_side_and_hold_their_volumes(size: tuple[int, int], qapp: QApplication) -> None:
    for one in PRESETS:
        resolved = resolve(changes.with_preset(ShapesState(), one.name))
        plan = chain_layout(resolved, QSizeF(*size))
        assert plan.width >= size[0]
        for first, second in zip(plan.columns, plan.columns[1:], strict=False):
            assert first.area.right() == pytest.approx(second.area.left())
        for drawn in plan.columns:
            shape = resolved.shape(drawn.index)
            if shape is not None and not drawn.slim:
                box = plan.measures.volume(plan.body(drawn), shape).outline().boundingRect()
                assert drawn.area.contains(box), (one.name, drawn.index)
            assert plan.at(drawn.area.center()) == drawn.index


def test_larger_pictures_are_drawn_higher(qapp: QApplication) -> None:
    resolved = resolve(ShapesState())
    plan = chain_layout(resolved, QSizeF(900, 240))
    heights = [
        plan.measures.volume(plan.body(c), resolved.shape(c.index) or ()).front.height()
        for c in plan.columns[:4]
    ]
    assert heights == sorted(heights, reverse=True)


def test_long_chains_scroll_to_the_layer_on_show(page: ShapesPage) -> None:
    page.change(replace(page.state, layers=(Layer(padding="same"),) * 30, step=30))
    bar = page.chain.horizontalScrollBar()
    assert bar.maximum() > 0 and bar.value() > bar.maximum() * 0.9
    page.stepper.go_first()
    assert bar.value() == 0


# --- the badge ----------------------------------------------------------------------------------------------


def test_the_chain_is_checked_a_moment_after_the_last_change(open_window: OpenWindow, qtbot: Any) -> None:
    opened = open_window(HeldEngine)
    page, engine = shapes(opened), held(opened)
    qtbot.waitUntil(lambda: len(engine.jobs(CheckChain)) == 1)
    asked, _ = engine.asked[engine.jobs(CheckChain)[0]]
    assert isinstance(asked, CheckChain) and asked == question(page.state)
    page.change(changes.with_setting(page.state, 1, "f", 7))
    engine.answer(engine.jobs(CheckChain)[0], ChainCheck((), 0.0, True, "the past"))
    assert "the past" not in page.details.badge.detail.text()
    qtbot.waitUntil(lambda: len(engine.jobs(CheckChain)) == 2)
    assert not page.tour_ready()
    engine.answer(engine.jobs(CheckChain)[1], ChainCheck((), 0.0, True, "torch"))
    qtbot.waitUntil(page.tour_ready)
    assert "Checked against torch" in page.details.badge.title.text()
    page.change(replace(page.state, layers=(Layer("linear"),), step=1))
    assert "no layer that fits" in page.details.badge.detail.text()
    assert question(page.state) is None and page.tour_ready()


def test_only_what_fits_is_checked() -> None:
    asked = question(changes.with_preset(ShapesState(), "mistake"))
    assert asked is not None and len(asked.layers) == len(asked.expected) == 3
    assert asked.expected[2].shape == (16, 2, 2)


# --- what is taken away ---------------------------------------------------------------------------------------


def test_the_table_is_exported_with_its_totals(page: ShapesPage) -> None:
    page.change(replace(changes.with_preset(page.state, "lenet5"), batch=2, precision="float16"))
    header, lines = exports.ShapesExports(page).table()
    read = list(csv.DictReader(io.StringIO(export.table_csv(header, lines))))
    assert read[1]["output n_H × n_W × n_C"] == "28 × 28 × 6" and read[1]["weights"] == "150"
    assert read[-1]["parameters"] == "61706" and read[-1]["MACs"] == "416520"
    assert int(read[1]["activation bytes (batch)"]) == 28 * 28 * 6 * 2 * 2
    assert read[6]["receptive field"] == "all" and read[1]["jump"] == "1"
    assert export.table_markdown(header, lines).count("\n") == 8 + 4


def test_a_broken_table_says_why(page: ShapesPage) -> None:
    page.change(changes.with_preset(page.state, "mistake"))
    _, lines = exports.ShapesExports(page).table()
    assert "larger than the padded input" in str(lines[4][-1]) and "before it" in str(lines[5][-1])


def test_pictures_scripts_and_films(page: ShapesPage, tmp_path: Path) -> None:
    loader.load()
    what = exports.ShapesExports(page)
    for view in ("chain", "field"):
        page.change(replace(page.state, view=view, step=2))  # type: ignore[arg-type]
        image = export.render(what.picture())
        assert len(np.unique(pixels_of(image) @ np.array([65_536, 256, 1]))) > 30, view
        assert export.save_svg(what.picture(), tmp_path / f"{view}.svg").stat().st_size > 4_000
        assert (
            export.save_pdf(what.picture(), tmp_path / f"{view}.pdf", "Shapes", what.caption).stat().st_size
            > 2_000
        )
        assert what.caption
    compile(what.script(), "script", "exec")
    film = what.film()
    assert list(film.indices) == [0, 1, 2, 3, 4, 5]
    frames = [film.image_at(index) for index in (0, 3, 5)]
    assert len({(frame.width(), frame.height()) for frame in frames}) == 1
    assert isinstance(frames[0], QImage) and frames[0] != frames[1] != frames[2]


def test_the_menu_has_the_verbs_of_every_page(page: ShapesPage) -> None:
    titles = [verb.title for verb in page.verbs()]
    for title in (
        "Save picture (PNG)…",
        "Save table (CSV)…",
        "Copy table (Markdown)",
        "Save PyTorch script…",
        "Copy view",
    ):
        assert title in titles
    next(verb for verb in page.verbs() if verb.title == "Copy PyTorch script").run()
    assert "nn.Conv2d(3, 10, 3)" in QGuiApplication.clipboard().text()


def test_a_saved_view_comes_back(page: ShapesPage) -> None:
    state = replace(
        changes.with_preset(page.state, "updown"), view="field", step=5, unit=(0.25, 0.75), batch=4
    )
    page.change(state)
    saved = page.save_state()
    page.reset()
    assert page.state == ShapesState()
    page.restore_state(saved)
    assert page.state == state
    page.undo()
    assert page.state == ShapesState()
    with pytest.raises(UserError):
        page.restore_state({"layers": [{"kind": "softmax"}]})
    assert page.state == ShapesState()


# --- the whole ----------------------------------------------------------------------------------------------


def test_every_stop_of_the_tour_is_legal_and_named_once() -> None:
    names = [stop.name for stop in stops()]
    assert 5 <= len(names) == len(set(names)) <= 9
    for stop in stops():
        assert stop.state.validated() == stop.state


def test_every_field_of_the_state_is_reachable_or_looked_at(page: ShapesPage) -> None:
    looked_at = {"view", "step", "unit", "preset", "layers"}
    known = looked_at | {"height", "width", "channels", "batch", "precision", "reveal", "predict"}
    assert {field.name for field in fields(ShapesState)} == known
    named = [child for child in page.findChildren(QWidget) if child.focusPolicy() & Qt.FocusPolicy.TabFocus]
    nameless = [
        child
        for child in named
        if child.isVisible() and not (child.accessibleName() or child.property("text"))
    ]
    assert not nameless, nameless


@pytest.mark.parametrize("size", [(1024, 640), (1600, 1000)])
def test_nothing_overlaps_on_small_and_large_stages(open_window: OpenWindow, size: tuple[int, int]) -> None:
    page = shapes(open_window(size=size))
    QApplication.processEvents()
    chain, table, strip = (
        widget.geometry().translated(widget.parentWidget().mapTo(page, QPoint()))
        for widget in (page.chain, page.table, page.strip)
    )
    assert chain.bottom() < table.top() and table.bottom() < strip.top()
    assert page.chain.size().boundedTo(QSize(1, 1)) == QSize(1, 1)
    assert measure(page.state.input_shape, page.state.layers) == page.resolved.chain
