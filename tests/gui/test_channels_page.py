"""The page of 1x1 and dense layers, through its real widgets: what a person does and what is shown for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtCore import QSizeF, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from engine.errors import ErrorReport, UserError
from engine.foundations.channels.requests import (
    CheckCosts,
    CheckDense,
    CheckFlatten,
    CheckMix,
    Measured,
    MeasureVariants,
)
from engine.foundations.requests import CheckResult
from engine.handlers import Handler
from engine.images import from_array
from engine.runner import Emit, InlineEngine
from engine.sources import LoadSample
from gui import export
from gui.main_window import MainWindow
from gui.pages.channels.exports import ChannelsExports
from gui.pages.channels.mix.state import CUSTOM, MixState
from gui.pages.channels.page import ChannelsPage
from gui.pages.channels.state import ChannelsState
from gui.state import to_json
from gui.widgets.fields import NumberField
from gui.widgets.formula import loader
from gui.widgets.plate import MarkRole
from gui.widgets.source_state import SourceState
from tests.gui.window_fixtures import (
    STAND_IN,
    WAIT,
    WITHOUT_TORCH,
    HeldEngine,
    OpenWindow,
    calm,
    click,
    held,
    hover,
    hover_nothing,
    open_window,
    plate_of,
    shot,
    type_into_cell,
    words,
)

__all__ = ["calm", "open_window"]

ROOM = "engine.foundations.channels.requests"
CHECKS = ("CheckMix", "CheckFlatten", "CheckDense", "CheckCosts")
HANDLERS = {
    **WITHOUT_TORCH,
    **{f"{ROOM}.{name}": Handler(f"{__name__}:agree", needs_torch=False) for name in CHECKS},
    f"{ROOM}.MeasureVariants": Handler(f"{__name__}:timed", needs_torch=False),
}
NUMBERS = SourceState("preset", "random")


def agree(_request: object, _context: object) -> CheckResult:
    """Answers a check without torch."""
    return CheckResult(0.0, 1e-5, True, STAND_IN)


def timed(request: MeasureVariants, _context: object) -> Measured:
    """Answers a measurement without torch."""
    return Measured(request.block, (0.008, 0.002, 0.004), 7, STAND_IN)


def inline(emit: Emit) -> InlineEngine:
    return InlineEngine(emit, load_torch=False, handlers=HANDLERS)


def channels(window: MainWindow) -> ChannelsPage:
    window.show_page("channels")
    return cast("ChannelsPage", window.page)


@pytest.fixture
def page(open_window: OpenWindow, qtbot: QtBot) -> ChannelsPage:
    """The page in a window of 1440 x 900 with its first photo, over an engine without a thread and without torch."""
    found = channels(open_window(inline))
    settled(found, qtbot)
    return found


@pytest.fixture(autouse=True, scope="module")
def formulas() -> None:
    """Formulas are loaded before the first test, which need not wait for that thread to end."""
    loader.load()


def show(page: ChannelsPage, **changes: Any) -> None:
    page.change(replace(page.state, **changes))


def mixed(page: ChannelsPage, **changes: Any) -> None:
    show(page, mix=replace(page.state.mix, **changes))


def pick_view(page: ChannelsPage, number: int) -> None:
    """Alt and a number."""
    QTest.keyClick(page, Qt.Key(Qt.Key.Key_0 + number), Qt.KeyboardModifier.AltModifier)


def settled(page: ChannelsPage, qtbot: QtBot) -> None:
    """Wait until everything that the state owes is on the screen."""
    qtbot.waitUntil(page.tour_ready, timeout=WAIT)


def type_into(field: NumberField, text: str) -> None:
    """Type a value into a field and press Enter."""
    field.edit.setFocus()
    field.edit.selectAll()
    QTest.keyClick(field.edit, Qt.Key.Key_Delete)
    QTest.keyClicks(field.edit, text)
    QTest.keyClick(field.edit, Qt.Key.Key_Return)


def field_of(controls: Any, name: str) -> NumberField:
    """The field of a number, whatever the controls of a view keep it in."""
    holders = (getattr(controls, holder, {}) for holder in ("sizes", "numbers", "__dict__"))
    kept = next(holder for holder in holders if isinstance(holder, dict) and name in holder)
    return cast("NumberField", getattr(kept[name], "field", kept[name]))


def choose(combo: Any, key: str) -> None:
    combo.setCurrentIndex(combo.findData(key))


def marked(page: ChannelsPage, key: str, role: MarkRole = MarkRole.WINDOW) -> list[tuple[float, float]]:
    return [(m.top, m.left) for m in plate_of(page.canvas, key).marks if m.role is role]


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


class TestBottleneck:
    def test_counts_times_and_the_segment_under_the_pointer(self, page: ChannelsPage, qtbot: QtBot) -> None:
        pick_view(page, 2)
        settled(page, qtbot)
        assert page.state.view == "bottleneck" and not page.stepping
        assert page.details.texts("Direct")["multiplications"] == "120,422,400"
        assert page.details.texts("Bottleneck")["1 × 1, 16"] == "2,408,448"
        assert page.details.texts("Separable")["time"] == "4 ms"
        hover(page.canvas, "macs/bottleneck", 0, 1)
        assert page.details.under.texts()["multiplications"] == "10,035,200"
        assert page.details.under.texts()["is"] == "28² · 5² · 16 · 32"
        hover(page.canvas, "time/direct", 0, 0)
        assert page.details.under.texts()["fastest run"] == "8 ms"

    def test_a_slider_is_one_step_of_undo_and_answers_while_it_is_dragged(self, page: ChannelsPage) -> None:
        pick_view(page, 2)
        slider = page.panel.bottleneck.numbers["reduced"].slider
        slider.setSliderDown(True)
        for value in (20, 40, 60):
            slider.setValue(value)
            assert page.state.block.reduced == value + 1
            assert page.details.texts("Bottleneck")[f"1 × 1, {value + 1}"] == f"{784 * 192 * (value + 1):,}"
        slider.setSliderDown(False)
        assert page.panel.bottleneck.example.value == "custom"
        page.undo()
        assert page.state.block.reduced == 16

    def test_old_times_are_pale_until_new_ones_are_there(self, open_window: OpenWindow, qtbot: QtBot) -> None:
        window = open_window(HeldEngine)
        page, engine = channels(window), held(window)
        show(page, view="bottleneck")
        qtbot.waitUntil(lambda: len(engine.jobs(MeasureVariants)) == 1, timeout=WAIT)
        job = engine.jobs(MeasureVariants)[0]
        engine.answer(job, timed(cast("MeasureVariants", engine.asked[job][0]), None))
        qtbot.waitUntil(lambda: "8 ms direct" in page.canvas.scene.description, timeout=WAIT)
        choose(page.panel.bottleneck.example.combo, "vgg")
        assert cast("Any", plate_of(page.canvas, "time/direct")).stale and not page.tour_ready()
        assert "time" not in page.details.texts("Direct")
        qtbot.waitUntil(lambda: len(engine.jobs(MeasureVariants)) == 2, timeout=WAIT)
        engine.fail(engine.jobs(MeasureVariants)[1], ErrorReport("Not measured: too much.", "Use less."))
        qtbot.waitUntil(
            lambda: "Not measured: too much. Use less." in page.canvas.scene.description, timeout=WAIT
        )
        page.panel.bottleneck.again.click()
        qtbot.waitUntil(lambda: len(engine.jobs(MeasureVariants)) == 3, timeout=WAIT)
        window.show_page("convolution")
        assert engine.jobs(MeasureVariants)[2] in engine.cancelled


class TestFlatten:
    def test_pointing_at_either_side_lights_the_other(self, page: ChannelsPage) -> None:
        pick_view(page, 3)
        hover(page.canvas, "cell/0", 1, 1)
        assert marked(page, "line/0") == [(0, 4)] and page.details.under.texts()["entry"] == "4"
        hover(page.canvas, "line/2", 0, 8)
        assert marked(page, "cell/2") == [(2, 2)]
        hover_nothing(page.canvas)
        assert marked(page, "cell/1") == [(1, 2)]

    def test_the_order_can_be_switched_and_entries_fill_in(self, page: ChannelsPage) -> None:
        pick_view(page, 3)
        hidden = plate_of(page.canvas, "line/1").hidden
        assert hidden is not None and hidden[0].tolist() == [False] * 6 + [True] * 3
        page.panel.flat.order.button("last").click()
        assert page.state.flat.order == "last" and page.state.flat.entry == 16
        assert marked(page, "cell/1") == [(1, 2)], "the same cell"
        page.panel.flat.fill.click()
        assert plate_of(page.canvas, "line/2").hidden is None
        page.panel.flat.indices.click()
        np.testing.assert_array_equal(
            plate_of(page.canvas, "cell/0").values, [[0, 3, 6], [9, 12, 15], [18, 21, 24]]
        )
        page.canvas.setFocus()
        QTest.keyClick(page.canvas, Qt.Key.Key_Right)
        assert page.state.flat.entry == 17
        QTest.keyClick(page.canvas, Qt.Key.Key_Escape)
        assert page.state.view == "mix"

    def test_a_cell_of_the_volume_is_edited(self, page: ChannelsPage) -> None:
        pick_view(page, 3)
        type_into_cell(page.canvas, "cell/1", 0, 2, "77")
        assert plate_of(page.canvas, "line/1").values[0, 2] == 77
        choose(page.panel.flat.numbers.combo, "count")
        assert page.state.flat.edits == () and plate_of(page.canvas, "line/1").values[0, 2] == 11


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


class TestDense:
    def test_stepping_leads_from_the_matrix_to_kernels_to_a_larger_picture(self, page: ChannelsPage) -> None:
        pick_view(page, 4)
        matrix = plate_of(page.canvas, "weights").values.copy()
        assert "As a matrix" in words(page.canvas.scene) and page.stepper.count == 21
        page.stepper.go_first()
        for _ in range(3):
            page.stepper.step_forward()
        assert page.canvas.scene.plate("kernel/1") is not None
        np.testing.assert_array_equal(plate_of(page.canvas, "kernel/1").values, matrix[None, 0, 9:])
        page.stepper.step_forward()
        np.testing.assert_array_equal(plate_of(page.canvas, "kernel/1").values, matrix[0, 9:].reshape(3, 3))
        page.stepper.step_forward()
        total = sum(plate_of(page.canvas, f"product/{c}").values.sum() for c in range(2))
        done = page.shown.dense
        assert total + done.bias[0] == plate_of(page.canvas, "output").values[0, 0]
        page.stepper.go_last()
        maps = plate_of(page.canvas, "map/1")
        assert maps.hidden is None and maps.values[0, 0] == done.output[1]
        assert "102,764,544" in page.details.texts("Parameters of known layers")["VGG-16, fc6"]

    def test_pointing_at_an_entry_marks_it_everywhere(self, page: ChannelsPage) -> None:
        pick_view(page, 4)
        hover(page.canvas, "input/1", 2, 0)
        assert marked(page, "flat", MarkRole.LINKED) == [(0, 15)]
        assert (0, 15) in marked(page, "weights", MarkRole.LINKED)
        assert page.details.under.texts()["input"] == "entry 15"
        hover(page.canvas, "weights", 2, 4)
        assert page.details.texts("This output")["output m"] == "2"
        assert marked(page, "input/0", MarkRole.LINKED) == [(1, 1)]

    def test_weights_and_picture_are_edited_and_the_seed_forgets(self, page: ChannelsPage) -> None:
        pick_view(page, 4)
        type_into_cell(page.canvas, "weights", 0, 0, "50")
        assert page.state.dense.weight_edits == ((0, 0, 0, 50.0),)
        page.stepper.go_last()
        type_into_cell(page.canvas, "input/0", 4, 4, "9.5")
        assert plate_of(page.canvas, "input/0").values[4, 4] == 9.5
        click(page.canvas, "map/0", 0, 1)
        assert page.stepper.index == 13
        page.panel.dense.again.click()
        assert page.state.dense.weight_edits == () and page.state.dense.seed == 14


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


class TestEngine:
    def test_the_badge_speaks_of_what_is_on_show(self, page: ChannelsPage, qtbot: QtBot) -> None:
        for number in (1, 2, 3, 4):
            pick_view(page, number)
            settled(page, qtbot)
            assert "Checked" in page.details.badge.title.text(), number

    def test_every_view_asks_for_its_own_check_once(self, open_window: OpenWindow, qtbot: QtBot) -> None:
        window = open_window(HeldEngine)
        page, engine = channels(window), held(window)
        assert not page.tour_ready() and "on its way" in page.details.badge.detail.text()
        for job in engine.jobs(LoadSample):
            engine.answer(job, from_array(np.zeros((16, 16, 3), np.uint8), "black"))
        for number, kind in ((1, CheckMix), (2, CheckCosts), (3, CheckFlatten), (4, CheckDense)):
            pick_view(page, number)
            qtbot.waitUntil(lambda kind=kind: len(engine.jobs(kind)) == 1, timeout=WAIT)
            engine.answer(engine.jobs(kind)[0], agree(None, None))
            qtbot.waitUntil(lambda: "Checked" in page.details.badge.title.text(), timeout=WAIT)
        page.stepper.step_forward()
        hover(page.canvas, "weights", 1, 1)
        assert "Checked" in page.details.badge.title.text(), "another step is the same computation"
        type_into(page.panel.dense.numbers["seed"], "5")
        assert "Checking" in page.details.badge.title.text()

    def test_a_photo_on_its_way_leaves_the_old_one_pale(self, open_window: OpenWindow, qtbot: QtBot) -> None:
        window = open_window(HeldEngine)
        page, engine = channels(window), held(window)
        for job in engine.jobs(LoadSample):
            engine.answer(job, from_array(np.full((16, 16, 3), 100, np.uint8), "grey"))
        qtbot.waitUntil(lambda: page.shown is not None, timeout=WAIT)
        show(page, source=SourceState("sample", "cat"))
        assert page.shown is None
        with pytest.raises(UserError, match="on its way"):
            ChannelsExports(page).arrays()
        engine.answer(engine.jobs(LoadSample)[-1], from_array(np.full((16, 16, 3), 50, np.uint8), "dark"))
        qtbot.waitUntil(lambda: page.shown is not None, timeout=WAIT)
        assert plate_of(page.canvas, "input/0").values.max() == 50

    def test_a_film_rests_while_another_view_is_on_show(
        self, page: ChannelsPage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def told(active: bool) -> None:
            page.picker.liveChanged.emit(active)  # as a film that is woken or put to rest

        monkeypatch.setattr(page.picker, "set_active", told)
        for number in (2, 1, 3, 1, 4, 1):
            pick_view(page, number)
            assert page.view.position(page.shown) is not None or number == 2


class TestLife:
    def test_a_session_comes_back(self, page: ChannelsPage) -> None:
        show(
            page,
            view="dense",
            source=NUMBERS,
            mix=MixState(channels=4, recipe="random", filters=5, relu=True),
        )
        page.amend(replace(page.state, dense=replace(page.state.dense, step=9)))
        saved, state = page.save_state(), page.state
        page.reset()
        page.restore_session(saved)
        assert page.state == state and not page.history.can_undo and saved == to_json(state)

    def test_a_bad_session_is_refused_and_nothing_is_lost(self, page: ChannelsPage) -> None:
        for bad in (
            {"mix": {"channels": 99}},
            {"view": "upside down"},
            {"block": {"f": 2}},
            {"flat": []},
            [],
        ):
            with pytest.raises(UserError):
                page.restore_session(bad)
            assert page.state == ChannelsState()

    def test_a_pasted_picture_is_seen_whatever_is_on_show(self, page: ChannelsPage) -> None:
        pick_view(page, 4)
        page.take_source(SourceState("sample", "cat"))
        assert page.state.view == "mix" and page.state.source.value == "cat"

    def test_exports_have_numbers_scripts_and_films(self, page: ChannelsPage, qtbot: QtBot) -> None:
        exports = ChannelsExports(page)
        mixed(page, detail=8)
        for number, name, text in (
            (1, "weights", "F.conv2d"),
            (3, "vector", "flatten"),
            (4, "kernels", "F.linear"),
        ):
            pick_view(page, number)
            assert any(name in title for title, _ in exports.arrays()) and text in exports.script()
            film = exports.film()
            assert film is not None and not film.image_at(1).isNull() and exports.caption
        pick_view(page, 2)
        assert "FlopCounterMode" in exports.script() and "Multiplications" in exports.arrays()[0][0]
        with pytest.raises(UserError, match="no animation"):
            exports.film()

    def test_every_view_can_be_saved_as_picture_drawing_and_handout(
        self, page: ChannelsPage, tmp_path: Path
    ) -> None:
        for number in (1, 2, 3, 4):
            pick_view(page, number)
            made = ChannelsExports(page)
            png = export.save_png(made.picture(), tmp_path / "a.png", scale=1.0)
            svg = export.save_svg(made.picture(), tmp_path / "a.svg")
            pdf = export.save_pdf(made.picture(), tmp_path / "a.pdf", "Title", made.caption)
            assert min(path.stat().st_size for path in (png, svg, pdf)) > 5000, number

    def test_the_context_menu_copies_a_grid(self, page: ChannelsPage) -> None:
        menu = QMenu(page)
        page.fill_plate_menu(menu, plate_of(page.canvas, "table"))
        menu.actions()[0].trigger()
        assert "0.769" in QApplication.clipboard().text()

    def test_the_page_explains_itself_with_its_sources(self, page: ChannelsPage) -> None:
        for source in ("Network in network", "2013", "MobileNets", "OverFeat", "Pearson"):
            assert source in page.explanation()
        assert ("Flatten", "Alt+3") in page.shortcuts()
