"""The page of 1x1 and dense layers: bottleneck, flatten, dense, engine and session."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from engine.errors import ErrorReport, UserError
from engine.foundations.channels.requests import (
    CheckCosts,
    CheckDense,
    CheckFlatten,
    CheckMix,
    MeasureVariants,
)
from engine.images import from_array
from engine.sources import LoadSample
from gui import export
from gui.pages.channels.exports import ChannelsExports
from gui.pages.channels.mix.state import MixState
from gui.pages.channels.page import ChannelsPage
from gui.pages.channels.state import ChannelsState
from gui.state import to_json
from gui.widgets.plate import MarkRole
from gui.widgets.source_state import SourceState
from tests.gui.channels_fixtures import (
    NUMBERS,
    agree,
    channels,
    choose,
    formulas,
    marked,
    mixed,
    page,
    pick_view,
    settled,
    show,
    timed,
    type_into,
)
from tests.gui.window_fixtures import (
    WAIT,
    HeldEngine,
    OpenWindow,
    calm,
    click,
    held,
    hover,
    hover_nothing,
    open_window,
    plate_of,
    type_into_cell,
    words,
)

__all__ = ["calm", "formulas", "open_window", "page"]


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
