"""The page of 1x1 and dense layers: mixing channels, fields, what is under the pointer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
from PySide6.QtCore import QSizeF, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.pages.channels.mix.state import CUSTOM, MixState
from gui.pages.channels.page import ChannelsPage
from gui.pages.channels.state import ChannelsState
from gui.widgets.fields import NumberField
from gui.widgets.plate import MarkRole
from gui.widgets.source_state import SourceState
from tests.gui.channels_fixtures import (
    NUMBERS,
    choose,
    formulas,
    marked,
    mixed,
    page,
    pick_view,
    settled,
    show,
    type_into,
)
from tests.gui.window_fixtures import (
    calm,
    click,
    hover,
    hover_nothing,
    open_window,
    plate_of,
    shot,
    type_into_cell,
    words,
)

__all__ = ["calm", "formulas", "open_window", "page"]


def field_of(controls: Any, name: str) -> NumberField:
    """The field of a number, whatever the controls of a view keep it in."""
    holders = (getattr(controls, holder, {}) for holder in ("sizes", "numbers", "__dict__"))
    kept = next(holder for holder in holders if isinstance(holder, dict) and name in holder)
    return cast("NumberField", getattr(kept[name], "field", kept[name]))


class TestMix:
    def test_the_first_visit_shows_a_photo_its_table_and_a_pixel(self, page: ChannelsPage) -> None:
        frame = page.picture
        assert frame is not None and page.state == ChannelsState()
        red = plate_of(page.canvas, "input/0").values
        assert red.shape == (64, 64)
        assert red[12, 28] == np.rint(frame.pixels[96:104, 224:232, 0].mean())
        weight = plate_of(page.canvas, "table").values
        assert weight[0].tolist() == [0.393, 0.769, 0.189]
        pixel = [plate_of(page.canvas, f"input/{c}").values[12, 28] for c in range(3)]
        np.testing.assert_allclose(plate_of(page.canvas, "sum").values[:, 0], weight @ pixel)
        np.testing.assert_allclose(plate_of(page.canvas, "output/2").values[12, 28], weight[2] @ pixel)
        assert any(text.startswith("y₀ = 0.393 · ") for text in words(page.canvas.scene))
        assert page.details.texts("Shape and cost")["parameters"] == "3 · 3 + 3 = 12"
        assert len(np.unique(shot(page.canvas).reshape(-1, 3), axis=0)) > 200

    def test_pointing_puts_the_pixel_there_on_every_map_and_leaving_brings_it_back(
        self, page: ChannelsPage
    ) -> None:
        mixed(page, detail=8)
        hover(page.canvas, "input/1", 2, 5)
        assert marked(page, "output/0") == marked(page, "input/2") == [(2, 5)]
        assert page.details.texts("This pixel")["place"] == "row 2, col 5"
        assert page.details.under.texts()["input"] == "green"
        hover(page.canvas, "output/2", 1, 1)
        assert marked(page, "table", MarkRole.LINKED) == [(2, 0)], "the row of that output"
        hover(page.canvas, "table", 1, 0)
        assert page.details.under.texts()["weight"] == "row 1, col 0" and marked(page, "table") == [(1, 0)]
        hover(page.canvas, "colour/out", 3, 3)
        assert "red, green, blue" in page.details.under.texts()
        hover_nothing(page.canvas)
        assert page.details.under.texts() == {"point at a cell": ""}
        assert page.state.mix.step == 796 and not page.stepper.playing

    def test_arrows_clicks_and_space_walk_over_the_pixels(self, page: ChannelsPage) -> None:
        mixed(page, detail=8, step=9)
        undo = page.history.snapshot().past
        page.canvas.setFocus()
        for key, step in (
            (Qt.Key.Key_Right, 10),
            (Qt.Key.Key_Down, 18),
            (Qt.Key.Key_Left, 17),
            (Qt.Key.Key_Up, 9),
        ):
            QTest.keyClick(page.canvas, key)
            assert page.state.mix.step == page.stepper.index == step
        click(page.canvas, "output/1", 4, 3)
        assert page.state.mix.step == 35
        QTest.keyClick(page.canvas, Qt.Key.Key_Space)
        assert page.stepper.playing
        QTest.keyClick(page.canvas, Qt.Key.Key_End)
        assert not page.stepper.playing and page.state.mix.step == 63
        assert page.history.snapshot().past == undo, "looking around is no change"

    def test_a_weight_typed_over_makes_the_table_ones_own_and_can_be_undone(self, page: ChannelsPage) -> None:
        type_into_cell(page.canvas, "table", 0, 1, "-1")
        assert page.state.mix.recipe == CUSTOM and page.state.mix.weight[0] == (0.393, -1.0, 0.189)
        assert page.panel.mix.recipe.value == CUSTOM
        type_into_cell(page.canvas, "bias", 2, 0, "9")
        assert page.state.mix.bias == (0, 0, 9)
        page.undo()
        page.undo()
        assert page.state == ChannelsState() and plate_of(page.canvas, "table").values[0, 1] == 0.769
        page.redo()
        assert plate_of(page.canvas, "table").values[0, 1] == -1

    def test_what_is_pointed_at_may_go_with_an_undo(self, page: ChannelsPage) -> None:
        type_into(page.panel.mix.channels, "6")
        choose(page.panel.mix.recipe.combo, "identity")
        hover(page.canvas, "table", 5, 5)
        page.undo()
        page.undo()
        assert plate_of(page.canvas, "table").shape == (3, 3) and marked(page, "table") == []
        show(page, view="flat", flat=replace(page.state.flat, channels=4))
        hover(page.canvas, "cell/3", 2, 2)
        page.undo()
        assert page.canvas.scene.plate("cell/3") is None

    def test_the_cell_that_was_edited_stays_pointed_at(self, page: ChannelsPage) -> None:
        hover(page.canvas, "table", 2, 0)
        type_into_cell(page.canvas, "table", 2, 0, "5")
        hover(page.canvas, "table", 2, 0)
        assert marked(page, "table") == [(2, 0)]
        assert page.details.under.texts()["value"] == "5"

    def test_computed_cells_are_not_edited(self, page: ChannelsPage) -> None:
        show(page, source=NUMBERS)
        before = page.state
        page.canvas.setFocus()
        said = QSignalSpy(page.said)
        page.pointing.edited.emit(("output/0", 0, 0), 3.0)
        assert "computed" in said.at(0)[0] and page.state == before

    def test_every_table_can_be_chosen(self, page: ChannelsPage) -> None:
        for name, rows in (
            ("grey", 1),
            ("swap", 3),
            ("difference", 2),
            ("pca", 3),
            ("random", 3),
            ("identity", 3),
        ):
            choose(page.panel.mix.recipe.combo, name)
            assert plate_of(page.canvas, "table").shape == (rows, 3), name
            assert page.panel.mix.recipe_text.text()
        choose(page.panel.mix.recipe.combo, "pca")
        type_into(page.panel.mix.filters, "1")
        assert plate_of(page.canvas, "colour/out").title == "Restored from 1"
        assert page.details.texts("Variance (PCA)")["kept"].endswith("%")
        choose(page.panel.mix.recipe.combo, "random")
        first = plate_of(page.canvas, "table").values.copy()
        page.panel.mix.again.click()
        assert page.state.mix.seed == 1 and not np.array_equal(plate_of(page.canvas, "table").values, first)

    def test_relu_cuts_off_what_is_negative(self, page: ChannelsPage) -> None:
        show(page, source=SourceState("preset", "signed"), mix=MixState(recipe="swap", step=0))
        page.panel.mix.relu.click()
        sums, results = plate_of(page.canvas, "sum").values, plate_of(page.canvas, "result").values
        assert sums.min() < 0 and np.array_equal(results, np.maximum(sums, 0))
        assert "ReLU: " in " ".join(words(page.canvas.scene))
        assert r"y_f &= \max(0,\, z_f)" in page.details.formula.lines

    def test_channels_detail_and_numbers(self, page: ChannelsPage) -> None:
        type_into(page.panel.mix.channels, "6")
        assert plate_of(page.canvas, "input/5").title == "Laplacian" and plate_of(
            page.canvas, "table"
        ).shape == (3, 6)
        page.panel.mix.detail.slider.setValue(0)
        assert plate_of(page.canvas, "input/0").shape == (4, 4) and page.state.mix.detail == 4
        show(page, source=NUMBERS)
        choose(page.panel.mix.preset.combo, "count")
        assert plate_of(page.canvas, "input/0").values[0].tolist() == [0, 1, 2, 3]
        type_into(page.panel.mix.width, "2")
        assert plate_of(page.canvas, "input/1").shape == (4, 2)
        type_into_cell(page.canvas, "input/0", 0, 0, "50")
        assert page.state.mix.edits == ((0, 0, 0, 50.0),)

    def test_another_photo_forgets_what_was_typed_over(self, page: ChannelsPage, qtbot: QtBot) -> None:
        mixed(page, detail=8)
        type_into_cell(page.canvas, "input/0", 0, 0, "200")
        assert page.state.mix.edits
        page.picker.pick(SourceState("sample", "cat"))
        settled(page, qtbot)
        assert page.state.source.value == "cat" and page.state.mix.edits == ()


class TestFieldsRefuse:
    BAD: tuple[tuple[str, str, str, str, int], ...] = (
        ("mix", "channels", "7", "at most 6", 6),
        ("mix", "filters", "0", "at least 1", 1),
        ("bottleneck", "n", "500", "at most 112", 112),
        ("bottleneck", "f", "4", "no middle", 3),
        ("flat", "height", "9", "at most 6", 6),
        ("dense", "channels", "three", "not a number", 2),
    )

    def test_with_the_reason_and_the_nearest_value(self, page: ChannelsPage) -> None:
        for view, name, text, reason, nearest in self.BAD:
            page.restore_session({"view": view})
            before, controls = page.state, getattr(page.panel, view)
            field = field_of(controls, name)
            type_into(field, text)
            assert page.state == before and reason in field.problem, (view, name, field.problem)
            QTest.mouseClick(field.use_nearest, Qt.MouseButton.LeftButton)
            assert not field.problem and field.value == nearest, (view, name)

    def test_a_matrix_that_would_be_too_long(self, page: ChannelsPage) -> None:
        show(page, view="dense")
        type_into(page.panel.dense.numbers["channels"], "3")
        type_into(page.panel.dense.numbers["side"], "4")
        field = page.panel.dense.numbers["side"]
        assert "48 entries" in field.problem and page.state.dense.side == 3


class TestUnderThePointer:
    """What the inspector says of a cell follows the numbers, also while the pointer rests."""

    def test_another_state_changes_what_is_said(self, page: ChannelsPage) -> None:
        hover(page.canvas, "table", 0, 0)
        assert page.details.under.texts()["value"] == "0.393"
        mixed(page, recipe="grey")
        assert page.details.under.texts()["value"] == "0.299"
        page.undo()
        assert page.details.under.texts()["value"] == "0.393"

    def test_another_picture_changes_what_is_said(self, page: ChannelsPage) -> None:
        show(page, source=SourceState("preset", "count"))
        hover(page.canvas, "input/0", 1, 1)
        assert page.details.under.texts()["value"] == "5"
        show(page, source=SourceState("preset", "alone"))
        assert page.details.under.texts()["value"] == f"{page.shown.mix.x[0, 1, 1]:g}" != "5"

    def test_a_cell_that_is_gone_is_not_spoken_of(self, page: ChannelsPage) -> None:
        show(page, source=NUMBERS)
        hover(page.canvas, "input/0", 3, 3)
        mixed(page, height=2)
        assert "value" not in page.details.under.texts()
        hover(page.canvas, "input/0", 1, 1)
        pick_view(page, 4)  # it has an input/0 of its own, which lies elsewhere
        assert page.canvas.scene.plate("input/0") is not None and "value" not in page.details.under.texts()

    def test_steps_show_their_own_pixel_until_the_pointer_moves(self, page: ChannelsPage) -> None:
        show(page, source=NUMBERS)
        hover(page.canvas, "input/0", 1, 1)
        page.stepper.go_first()
        assert (page.shown.step.row, page.shown.step.col) == (0, 0)
        assert page.details.under.texts()["place"] == "row 1, col 1"
        hover(page.canvas, "input/0", 2, 2)
        assert (page.shown.step.row, page.shown.step.col) == (2, 2)


class TestWords:
    def test_all_channels_are_named_or_none(self, page: ChannelsPage) -> None:
        mixed(page, channels=6, recipe="pca", filters=2)
        counts = set()
        for width in range(500, 1300, 40):
            texts = words(page.view.scene(page.shown, QSizeF(width, 500)))
            counts.add(sum(text.startswith("x") and " = " in text for text in texts))
        assert counts == {0, 6}

    def test_without_variance_none_is_kept(self, page: ChannelsPage) -> None:
        alone = SourceState("preset", "alone")
        show(page, source=alone, mix=MixState(channels=1, recipe="pca", filters=1))
        assert any("no variance to keep" in text for text in words(page.canvas.scene))

    def test_a_view_is_picked_from_within_a_field(self, page: ChannelsPage) -> None:
        edit = page.panel.mix.channels.edit
        edit.setFocus()
        QTest.keyClick(edit, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
        assert page.state.view == "flat" and edit.text() == "3"
        assert QApplication.focusWidget() is page.canvas  # Space plays


def test_a_file_that_is_the_source_already_is_shown(page: ChannelsPage, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "grey.png"
    assert shot(page.canvas).size and page.canvas.grab().save(str(path))
    for _ in range(2):
        pick_view(page, 3)
        page.open_path(path)
        assert page.state.view == "mix"
        settled(page, qtbot)
