"""The page of shapes and costs: its state, formulas, pointer, table and layers by mouse and keys."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.errors import UserError
from engine.foundations.calculator.layers import RANGES, USES, Layer
from engine.foundations.calculator.presets import PRESETS, preset
from gui.pages.shapes import changes, table_rows
from gui.pages.shapes.field_plan import field_plan
from gui.pages.shapes.formulas import Worked, all_letters, field_formulas, formulas
from gui.pages.shapes.page import ShapesPage
from gui.pages.shapes.resolve import resolve
from gui.pages.shapes.state import CUSTOM, MOST_LAYERS, ShapesState
from gui.pages.shapes.table_edit import CellEditor, meaning
from gui.state import from_json, to_json
from gui.widgets.formula import formula_path, loader, plain_text
from gui.widgets.number_text import FieldProblem
from gui.widgets.typeset import plain
from tests.gui.shapes_fixtures import Alt, Key, NoModifier, cell, page
from tests.gui.window_fixtures import (
    calm,
    move_to,
    open_window,
    window,
)

__all__ = ["calm", "open_window", "page", "window"]

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
