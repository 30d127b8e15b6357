"""The page of shapes and costs: broken chains, predictions, fields, layout, checks, exports."""

from __future__ import annotations

import csv
import io
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QSize, QSizeF, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from engine.errors import UserError
from engine.foundations.calculator.chain import measure
from engine.foundations.calculator.layers import Layer
from engine.foundations.calculator.presets import PRESETS, preset
from engine.foundations.calculator.requests import ChainCheck, CheckChain
from gui import export
from gui.pages.shapes import changes, exports, table_rows
from gui.pages.shapes.chain_paint import chain_layout
from gui.pages.shapes.field_paint import parts, sight
from gui.pages.shapes.field_plan import field_plan, share_of
from gui.pages.shapes.page import ShapesPage
from gui.pages.shapes.resolve import question, resolve
from gui.pages.shapes.state import ShapesState
from gui.pages.shapes.tour import stops
from gui.widgets.formula import loader
from tests.gui.shapes_fixtures import Alt, Key, NoModifier, cell, page, shapes
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

__all__ = ["calm", "open_window", "page", "window"]


def column(key: str) -> table_rows.Column:
    return table_rows.COLUMNS[table_rows.KEYS.index(key)]


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
