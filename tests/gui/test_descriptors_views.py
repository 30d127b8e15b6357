"""The page of descriptors: HOG, its words, side by side, the experiment, questions, exports."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from engine.errors import ErrorReport
from engine.foundations.descriptors.colour_histogram import HistogramSpec, colour_histogram
from engine.foundations.descriptors.hog import Hog, HogSpec
from engine.foundations.descriptors.requests import CheckDescriptor, DescribePicture
from engine.foundations.descriptors.words import WordsSpec
from engine.handlers import HANDLERS
from engine.images import Frame
from engine.networks.learned_features.requests import (
    FEATURES,
    TRAINING_SIZES,
    DigitTest,
)
from engine.runner import Emit, InlineEngine
from gui import export
from gui.pages import verbs as page_verbs
from gui.pages.descriptors.exports import Compared, Descriptor
from gui.pages.descriptors.page import VIEWS, DescriptorsPage
from gui.pages.descriptors.state import DescriptorsState
from gui.state import from_json
from gui.theme import Scheme, theme
from tests.gui.descriptors_fixtures import (
    TABLE,
    TITLES,
    LeftButton,
    NoModifier,
    OpenPage,
    _leave,
    open_page,
    opened,
    page,
    pixel,
)
from tests.gui.page_fixtures import process_events
from tests.gui.window_fixtures import (
    HeldEngine,
    calm,
    click,
    hover,
    hover_nothing,
    move_to,
    pixels_of,
    plate_of,
    words,
)

__all__ = ["calm", "open_page", "page"]


class TestHog:
    def test_stages_by_stepper_keys_and_arrows(self, open_page: OpenPage) -> None:
        page = opened(open_page, "hog")
        assert (page.stepper.count, page.stepper.index) == (4, 1)
        QTest.keyClick(page, Qt.Key.Key_Home)
        assert page.state.stage == 0 and "1. Gradient" in words(page.hog.canvas.scene)[0]
        page.hog.canvas.setFocus()
        QTest.keyClick(page.hog.canvas, Qt.Key.Key_Right)
        QTest.keyClick(page.hog.canvas, Qt.Key.Key_Right)
        assert page.state.stage == 2 and page.stepper.index == 2
        QTest.keyClick(page.hog.canvas, Qt.Key.Key_Left)
        assert page.state.stage == 1 and not page.history.can_undo

    def test_the_lens_shows_the_numbers_of_the_run(self, open_page: OpenPage) -> None:
        page = opened(open_page, "hog", cell=(5, 6), stage=0)
        found = page.described
        assert isinstance(found, Hog)
        inside = (slice(40, 48), slice(48, 56))
        canvas = page.hog.canvas
        assert (plate_of(canvas, "gx").values == found.g_col[inside]).all()
        assert (plate_of(canvas, "gy").values == found.g_row[inside]).all()
        assert (plate_of(canvas, "grey").values == found.grey[39:49, 47:57]).all()
        page.amend(replace(page.state, stage=1))
        assert (plate_of(canvas, "histogram").values == found.cells[5, 6]).all()
        assert (plate_of(canvas, "votes").values == found.votes[inside] + 1).all()
        page.amend(replace(page.state, stage=2))
        assert (plate_of(canvas, "block").values == found.cells[5:7, 6:8].reshape(4, 9)).all()
        assert (plate_of(canvas, "normalised").values == found.blocks[5, 6].reshape(4, 9)).all()
        page.amend(replace(page.state, stage=3))
        b = found.blocks
        copies = [b[4, 5, 1, 1], b[4, 6, 1, 0], b[5, 5, 0, 1], b[5, 6, 0, 0]]
        assert (plate_of(canvas, "copies").values == np.stack(copies)).all()
        assert (plate_of(canvas, "row").values == found.blocks[5].reshape(31, 36).T).all()

    def test_a_pixel_is_followed(self, open_page: OpenPage) -> None:
        page = opened(open_page, "hog", cell=(5, 6), stage=1)
        found = page.described
        assert isinstance(found, Hog)
        hover(page.hog.canvas, "magnitude", 2, 3)
        vote = int(found.votes[42, 51])
        mark = plate_of(page.hog.canvas, "histogram").marks[0]
        assert (mark.left, mark.right) == (vote, vote + 1)
        texts = page.details.under.texts()
        assert texts["pixel"] == "x 51, y 42" and texts["grey level"] == str(int(found.grey[42, 51]))
        hover_nothing(page.hog.canvas)
        assert "point at something" in page.details.under.texts()

    def test_pointing_clicking_and_arrows_move_the_lens(self, open_page: OpenPage) -> None:
        page = opened(open_page, "hog", cell=(5, 6))
        picture = page.hog.picture
        move_to(picture, pixel(picture, 100, 60))
        x, y = (100 // 8, 60 // 8)
        assert abs(page.hog.cell[0] - y) <= 1 and abs(page.hog.cell[1] - x) <= 1 and page.state.cell == (5, 6)
        pointed = page.hog.cell
        QTest.mouseClick(picture, LeftButton, NoModifier, pixel(picture, 100, 60))
        assert page.state.cell == pointed
        picture.setFocus()
        QTest.keyClick(picture, Qt.Key.Key_Right)
        QTest.keyClick(picture, Qt.Key.Key_Up)
        assert page.state.cell == (pointed[0] - 1, pointed[1] + 1)
        assert page.details.under.texts()["cell"] == f"row {pointed[0] - 1}, col {pointed[1] + 1}"

    def test_every_setting_is_described_anew(self, open_page: OpenPage, qtbot: QtBot) -> None:
        page = opened(open_page, "hog")
        page.panel.orientations.slider.setValue(page.panel.orientations.slider.maximum())
        page.panel.cell.slider.setValue(12)
        page.panel.block.plus.click()
        page.panel.norm.combo.setCurrentIndex(2)
        page.panel.side.combo.setCurrentIndex(0)
        process_events()
        expected = HogSpec(18, 16, 3, "L1", 128)
        assert page.state.hog == expected and page.described is not None and page.described.spec == expected
        assert page.details.numbers.texts()["descriptor"] == f"{6 * 6 * 9 * 18:,} numbers"
        qtbot.waitUntil(lambda: "✓" in page.details.badge.title.text(), timeout=5000)
        assert "scikit-image" in page.details.badge.title.text()

    def test_a_block_that_is_no_number_is_refused_at_the_field(self, open_page: OpenPage) -> None:
        page = opened(open_page, "hog")
        page.panel.block.edit.setFocus()
        page.panel.block.edit.selectAll()
        QTest.keyClicks(page.panel.block.edit, "9")
        QTest.keyClick(page.panel.block.edit, Qt.Key.Key_Return)
        assert page.panel.block.problem and page.state.hog.block == 2

    def test_a_picture_too_small_is_said_and_what_was_there_stays_tinted(
        self, open_page: OpenPage, tmp_path: Path
    ) -> None:
        page = opened(open_page, "hog")
        before, said = page.described, QSignalSpy(page.said)
        page.change(replace(page.state, hog=HogSpec(cell=32, block=4, side=64)))
        process_events()
        assert said.count() == 1 and "holds no block of 128 × 128" in said.at(0)[0]
        assert page.described is before and page.hog.picture.stale

    def test_typing_another_cell_size_takes_the_lens_to_a_corner_again(self, open_page: OpenPage) -> None:
        page = opened(open_page, "hog", cell=(30, 30))
        page.panel.cell.slider.setValue(20)
        process_events()
        assert page.state.cell is None and max(page.hog.cell) < 256 // 24


class TestWords:
    def test_the_stepper_walks_through_k_means(self, open_page: OpenPage) -> None:
        page = opened(open_page, "words")
        found = page.words.found
        assert found is not None and page.stepper.count == found.run.steps
        assert page.stepper.index == found.run.steps - 1, "shown as it ends"
        QTest.keyClick(page, Qt.Key.Key_Home)
        assert page.state.round == 0 and words(page.words.canvas.scene)[0].startswith("Start")
        page.words.canvas.setFocus()
        QTest.keyClick(page.words.canvas, Qt.Key.Key_Right)
        assert page.state.round == 1 and words(page.words.canvas.scene)[0].startswith("Assign")
        assert "for the first time" in words(page.words.canvas.scene)[1]
        QTest.keyClick(page.words.canvas, Qt.Key.Key_Right)
        assert words(page.words.canvas.scene)[0].startswith("Update")
        plate = plate_of(page.words.canvas, "word/3")
        assert (plate.values.ravel() == found.run.centres[1][3]).all()

    def test_words_and_patches_light_each_other(self, open_page: OpenPage) -> None:
        page = opened(open_page, "words")
        found = page.words.found
        assert found is not None
        hover(page.words.canvas, "word/2", 5, 5)
        assert page.words.lit == 2
        assert page.details.under.texts()["patches"] == f"{int((found.run.labels[-1] == 2).sum()):,}"
        click(page.words.canvas, "word/2", 5, 5)
        assert page.state.word == 2 and not page.history.can_undo
        hover_nothing(page.words.canvas)
        assert page.words.lit == 2
        QTest.keyClick(page, Qt.Key.Key_Escape)
        assert page.state.word is None
        at = page.words.picture.middle_of(100).toPoint()
        move_to(page.words.picture, at)
        assert page.words.lit == int(found.run.labels[-1][100])
        assert page.details.under.texts()["nearest word"] == str(page.words.lit + 1)
        QTest.mouseClick(page.words.picture, LeftButton, NoModifier, at)
        assert page.state.word == page.words.lit

    def test_up_and_down_light_one_word_after_another(self, open_page: OpenPage) -> None:
        page = opened(open_page, "words")
        page.words.canvas.setFocus()
        QTest.keyClick(page.words.canvas, Qt.Key.Key_Down)
        QTest.keyClick(page.words.canvas, Qt.Key.Key_Down)
        assert page.state.word == 1
        QTest.keyClick(page.words.canvas, Qt.Key.Key_Up)
        assert page.state.word == 0

    def test_settings(self, open_page: OpenPage) -> None:
        page = opened(open_page, "words", word=3, round=2)
        page.panel.where.button("corners").click()
        assert page.state.word is None and not page.panel.spacing.isVisible()
        page.panel.contrast.click()
        page.panel.words.slider.setValue(0)
        page.panel.patch.plus.click()
        page.panel.seed.plus.click()
        process_events()
        expected = WordsSpec(2, 13, 12, "corners", False, 2)
        assert page.state.words == expected
        assert page.words.found is not None and page.words.found.spec == expected
        page.undo()
        process_events()
        assert page.words.found.spec == replace(expected, seed=1)


class TestSideBySide:
    def test_all_are_there(self, open_page: OpenPage) -> None:
        page = opened(open_page, "side")
        table = page.side.rows()
        assert table[0][1:] == ["numbers", "learned", "place"]
        assert [row[0] for row in table[1:]] == ["Histogram", "HOG", "Words", "CNN"]
        assert table[1][1:] == ["48", "0", "lost"]
        assert (
            table[2][1] == f"{31 * 31 * 36:,}" and table[3][1] == "12" and table[4][1:3] == ["1,920", "1,234"]
        )
        assert page.side.cards["maps"].title.text == "TinyVGG, conv2_1"
        assert page.tour_ready() and not page.stepper.isVisible()

    def test_a_place_lights_up_everywhere(self, open_page: OpenPage) -> None:
        page = opened(open_page, "side")
        side = page.side
        move_to(side.picture, pixel(side.picture, 128, 64))
        assert side.bars.lit and side.maps._at is not None
        across, down = side.maps._at
        assert across == pytest.approx(0.5, abs=0.02) and down == pytest.approx(0.25, abs=0.02)
        assert side.hog._cursor is not None
        assert side.hog._cursor[0] == pytest.approx(128, abs=4) and side.hog._cursor[1] == pytest.approx(
            64, abs=4
        )
        assert {"pixel", "HOG cell", "visual word"} <= set(page.details.under.texts())
        QApplication.sendEvent(side.picture, _leave())
        assert side.maps._at is None and side.bars.lit == () and side.hog._cursor is None

    def test_a_map_is_pointed_at(self, open_page: OpenPage) -> None:
        page = opened(open_page, "side")
        move_to(page.side.maps, pixel(page.side.maps, 3, 2))
        assert page.details.under.texts()["map"] == str(int(page.side.maps._chosen[0]))
        assert page.side.maps._chosen.tolist() == list(range(16, 40)), "the strongest, in their own order"

    def test_a_click_goes_deeper_and_esc_comes_back(self, open_page: OpenPage) -> None:
        page = opened(open_page, "side")
        for view, widget in (
            ("histogram", page.side.bars),
            ("hog", page.side.hog),
            ("words", page.side.words),
        ):
            QTest.mouseClick(widget, LeftButton, NoModifier, widget.rect().center())
            assert page.state.view == view
            QTest.keyClick(page, Qt.Key.Key_Escape)
            assert page.state.view == "side"

    def test_another_layer(self, open_page: OpenPage) -> None:
        page = opened(open_page, "side")
        assert page.panel.layer.combo.itemText(0) == "conv1_1"
        page.panel.layer.combo.setCurrentIndex(1)
        process_events()
        assert page.state.layer == 1 and page.side.cards["maps"].title.text.endswith("conv1_2")
        page.undo()
        process_events()
        assert page.state.layer == 2 and page.side.cards["maps"].title.text.endswith("conv2_1")

    def test_no_maps_without_torch_but_everything_else(self, open_page: OpenPage) -> None:
        def without(emit: Emit) -> InlineEngine:
            own = {"engine.sources.LoadSample": TABLE["engine.sources.LoadSample"]}
            return InlineEngine(emit, load_torch=False, handlers={**HANDLERS, **own})

        page = open_page(without, state=DescriptorsState(view="side"))
        assert page.side.maps.found is None and page.side.maps.picture_size == (0, 0)
        assert page.side.rows()[2][1] == f"{31 * 31 * 36:,}" and page.tour_ready()


class TestExperiment:
    def test_measured_plotted_and_listed(self, open_page: OpenPage) -> None:
        page = opened(open_page, "experiment")
        lines = {one.name: one for one in page.experiment.plot.series}
        assert list(lines) == [TITLES[name] for name in FEATURES]
        assert list(lines["LeNet"].y) == pytest.approx(list(np.linspace(10, 90, 5)))
        assert [bar.probability for bar in page.experiment.bars.bars] == pytest.approx(
            [0.9, 0.8, 0.7, 0.6, 0.5]
        )
        assert page.experiment.bars.bars[0].label == "LeNet (50 numbers)"
        assert page.experiment.upper.detail.text == "500 test digits, told"
        assert page.details.badge.title.text() == "✓ Checked against scikit-learn" and page.tour_ready()

    def test_a_shift_is_compared_with_none(self, open_page: OpenPage) -> None:
        page = opened(open_page, "experiment")
        page.panel.shift.plus.click()
        process_events()
        assert page.state.test.shift == 1 and "moved by 1 pixel" in page.experiment.upper.title.text
        best = page.experiment.bars.bars[0]
        assert (best.probability, best.before) == (pytest.approx(0.85), pytest.approx(0.9))
        page.panel.classifier.button("linear").click()
        process_events()
        assert page.state.test == DigitTest("linear", 1) and page.experiment.bars.bars[0].before is None

    def test_mistakes_of_the_kind_that_was_clicked(self, open_page: OpenPage) -> None:
        page = opened(open_page, "experiment")
        assert "HOG: 150 of 500" in words(page.experiment.strip.scene)[0]
        bars = page.experiment.bars
        QTest.mouseClick(bars, LeftButton, NoModifier, QPoint(60, 18 + 30 + 15))
        assert page.state.feature == "pixels" and not page.history.can_undo
        assert "Raw pixels: 100 of 500" in words(page.experiment.strip.scene)[0]
        hover(page.experiment.strip, "digit/400", 3, 3)
        texts = page.details.under.texts()
        assert texts["it is a"] == "0" and texts["Raw pixels says"] == "1"

    def test_another_split(self, open_page: OpenPage) -> None:
        page = opened(open_page, "experiment")
        page.panel.other.click()
        process_events()
        assert page.state.test.seed == 2 and page.history.can_undo
        assert page.experiment.scores is not None and page.experiment.scores.request.seed == 2

    def test_it_is_measured_only_in_its_view(self, open_page: OpenPage) -> None:
        page = open_page(HeldEngine)
        engine = cast(HeldEngine, page.services.bridge.engine)
        assert not engine.jobs(DigitTest)
        page.views.button("experiment").click()
        process_events()
        (job,) = engine.jobs(DigitTest)
        page.views.button("hog").click()
        assert job in engine.cancelled


class TestQuestions:
    def test_stale_until_the_answer_and_the_newest_only(self, open_page: OpenPage) -> None:
        page = open_page(HeldEngine)
        engine = cast(HeldEngine, page.services.bridge.engine)
        frame = Frame(np.zeros((40, 40, 3), np.uint8), "black")
        page.picker.frameChanged.emit(frame)
        page._frame, page._frame_source = (
            frame,
            page.state.source,
        )  # as if the picker had told its state first
        page.show_state(page.state)
        asked = engine.jobs(DescribePicture)
        assert len(asked) == 1
        engine.answer(asked[0], colour_histogram(frame, HistogramSpec()))
        process_events()
        assert not page.histogram.bars.stale
        for bins in (20, 21, 22):
            page.panel.bins["channels"].slider.setValue(bins - 2)
        process_events()
        asked = engine.jobs(DescribePicture)
        assert len(asked) == 2, "the answer under way is let come"
        assert page.histogram.bars.stale
        engine.answer(asked[1], colour_histogram(frame, HistogramSpec("channels", 20)))
        process_events()
        assert page.histogram.bars.stale and len(page.histogram.bars.bands[0].values) == 20
        asked = engine.jobs(DescribePicture)
        engine.answer(asked[2], colour_histogram(frame, HistogramSpec("channels", 22)))
        process_events()
        assert not page.histogram.bars.stale and len(page.histogram.bars.bands[0].values) == 22

    def test_what_is_known_is_not_asked_again(self, page: DescriptorsPage) -> None:
        found = page.described
        page.views.button("experiment").click()
        process_events()
        page.views.button("histogram").click()
        process_events()
        assert page.described is found and not page.histogram.bars.stale

    def test_a_failed_check_is_said(self, page: DescriptorsPage) -> None:
        page._answers.check.failed.emit("scikit-image is not here.")
        assert page.details.badge.title.text() == "Could not be checked"

    def test_a_hidden_page_keeps_the_engine_free(self, open_page: OpenPage) -> None:
        page = open_page(HeldEngine)
        engine = cast(HeldEngine, page.services.bridge.engine)
        page.views.button("experiment").click()
        process_events()
        page.deactivated()
        assert engine.jobs(DigitTest) and set(engine.jobs(DigitTest)) <= set(engine.cancelled)
        assert not engine.jobs(CheckDescriptor)

    def test_maps_that_cannot_be_had_are_told_in_their_card(self, page: DescriptorsPage) -> None:
        page._answers.failed.emit("maps", ErrorReport("The weights are damaged.", "Import them again."))
        assert page.side.maps.accessibleDescription() == "The weights are damaged. Import them again."


class TestExports:
    def test_every_view_is_drawn_in_the_dark_and_in_a_small_window(self, open_page: OpenPage) -> None:
        theme.apply(Scheme.DARK)
        page = open_page(size=(760, 520))
        for view, _, _ in VIEWS:
            page.views.button(view).click()
            process_events()
            what = Compared(page) if view in ("side", "experiment") else Descriptor(page)
            pixels = pixels_of(export.render(what.picture()))
            ground = theme.colors.window
            share = (
                np.abs(pixels.astype(int) - (ground.red(), ground.green(), ground.blue())).max(-1) > 12
            ).mean()
            assert share > 0.1, view
            assert what.caption and what.name == f"convscope-descriptors-{view}"

    def test_numbers_are_those_on_show(self, open_page: OpenPage) -> None:
        page = opened(open_page, "hog", cell=(5, 6))
        found = page.described
        assert isinstance(found, Hog)
        arrays = dict(Descriptor(page).arrays())
        assert (np.asarray(arrays["histogram of cell row 5 col 6"]) == found.cells[5, 6]).all()
        assert np.asarray(arrays["descriptor, one row a block"]).size == found.descriptor.size
        page.views.button("words").click()
        process_events()
        arrays = dict(Descriptor(page).arrays())
        assert np.asarray(arrays["share of each word"]).sum() == pytest.approx(1)
        page.views.button("histogram").click()
        process_events()
        assert len(Descriptor(page).arrays()) == 3

    def test_tables(self, open_page: OpenPage) -> None:
        page = opened(open_page, "experiment")
        header, rows = Compared(page).table()
        assert header[2:] == [f"accuracy after {size}" for size in TRAINING_SIZES]
        assert [row[0] for row in rows] == [TITLES[name] for name in FEATURES]
        page.views.button("side").click()
        process_events()
        header, rows = Compared(page).table()
        assert header[0] == "descriptor" and len(rows) == 4

    def test_films_walk_through_the_steps(self, open_page: OpenPage) -> None:
        page = opened(open_page, "hog")
        film = Descriptor(page).film()
        assert film is not None
        first, last = (pixels_of(film.image_at(index)) for index in (0, 3))
        assert first.shape == last.shape and (first != last).any()
        page.views.button("histogram").click()
        process_events()
        assert Descriptor(page).film() is None

    def test_a_right_click_copies_a_grid(self, open_page: OpenPage) -> None:
        page = opened(open_page, "hog", cell=(5, 6))
        page.show_menu(plate_of(page.hog.canvas, "histogram"), QPoint(0, 0))
        menu = next(menu for menu in page.findChildren(QMenu) if menu.actions() and menu is not page._menu)
        action = next(a for a in menu.actions() if a.text().startswith("Copy the numbers"))
        action.trigger()
        assert "Histogram of the cell" in QGuiApplication.clipboard().text()
        menu.close()

    def test_the_share_menu_fits_the_view(self, open_page: OpenPage) -> None:
        page = opened(open_page, "side")
        titles = [verb.title for verb in page.verbs()]
        assert "Save table (CSV)…" in titles and "Save numbers (CSV)…" not in titles
        page.views.button("hog").click()
        titles = [verb.title for verb in page.verbs()]
        assert "Save numbers (CSV)…" in titles and "Save animation (GIF or MP4)…" in titles
        assert page_verbs.page_verbs(page)

    def test_the_session_comes_back(self, open_page: OpenPage) -> None:
        page = opened(open_page, "words", word=2, round=4)
        again = open_page(state=from_json(DescriptorsState, page.save_state()))
        assert again.state == page.state and again.words.lit == 2 and again.stepper.index == 4
        assert not again.history.can_undo
