"""The page of descriptors: first visit, histogram, glyphs, state, sources."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from engine.errors import UserError
from engine.foundations.descriptors.colour_histogram import ColourHistogram, HistogramSpec
from engine.foundations.descriptors.hog import HogSpec
from engine.foundations.descriptors.words import WordsSpec
from engine.images import Frame, encode_png
from engine.networks.learned_features.requests import (
    DigitTest,
)
from gui import export
from gui.pages.descriptors.answers import CHECK_AFTER_MS
from gui.pages.descriptors.glyphs import glyph_levels, premultiplied, strokes
from gui.pages.descriptors.page import VIEWS, DescriptorsPage
from gui.pages.descriptors.state import DescriptorsState
from gui.state import from_json, to_json
from gui.theme import theme
from gui.widgets.source_state import SourceState
from tests.gui.descriptors_fixtures import (
    Alt,
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
    calm,
    move_to,
)

__all__ = ["calm", "open_page", "page"]


class TestState:
    @pytest.mark.parametrize("view", [key for key, _, _ in VIEWS])
    def test_it_goes_through_json_and_back(self, view: Any) -> None:
        state = DescriptorsState(
            view=view, histogram=HistogramSpec("joint", 3), bin=(0, 26), hog=HogSpec(7, 6, 3, "L1"), cell=(2, 3),
            words=WordsSpec(5, where="corners"), word=4, round=3, test=DigitTest("linear", 2, 9), feature="pixels",
        )  # fmt: skip
        assert from_json(DescriptorsState, json.loads(json.dumps(to_json(state)))).validated() == state

    @pytest.mark.parametrize(
        ("wrong", "sentence"),
        [
            ({"histogram": {"space": "joint", "bins": 9}}, "2 to 8 bins, not 9"),
            ({"bin": [3, 0]}, "no such bin"),
            ({"bin": [0, 16]}, "no such bin"),
            ({"hog": {"cell": 99}}, "“cell”, not 99"),
            ({"stage": 4}, "The saved stage 4"),
            ({"cell": [-1, 0]}, "does not lie in a picture"),
            ({"words": {"words": 1}}, "“words”, not 1"),
            ({"word": 12}, "fewer visual words"),
            ({"test": {"shift": 3}}, "“shift”, not 3"),
            ({"view": "other"}, "none of histogram"),
            ({"source": {"kind": "sample", "value": ""}}, "has no name"),
        ],
    )
    def test_what_does_not_fit_is_refused_in_words(self, wrong: dict[str, Any], sentence: str) -> None:
        with pytest.raises(UserError, match=sentence):
            from_json(DescriptorsState, wrong).validated()

    def test_a_refused_view_leaves_the_page_as_it_is(self, page: DescriptorsPage) -> None:
        before = page.state
        with pytest.raises(UserError):
            page.restore_state({"stage": 4})
        assert page.state == before


class TestFirstVisit:
    def test_a_picture_and_its_numbers_are_there(self, page: DescriptorsPage) -> None:
        found = page.described
        assert isinstance(found, ColourHistogram) and page.histogram.found is found
        assert [band.name for band in page.histogram.bars.bands] == ["Red", "Green", "Blue"]
        assert (page.histogram.bars.bands[1].values == found.shares[1]).all()
        assert page.details.numbers.texts()["descriptor"] == "48 numbers"
        assert page.histogram.picture.pixels is not None and not page.histogram.bars.stale
        assert not page.stepper.isVisible()

    def test_it_is_checked_a_moment_later(self, page: DescriptorsPage, qtbot: QtBot) -> None:
        assert "Checking" in page.details.badge.title.text()
        qtbot.waitUntil(lambda: "✓" in page.details.badge.title.text(), timeout=CHECK_AFTER_MS + 5000)
        assert page.details.badge.title.text() == "✓ Checked against OpenCV" and page.tour_ready()

    def test_everything_has_an_accessible_name(self, page: DescriptorsPage) -> None:
        widgets: list[QWidget] = [
            page.histogram.picture, page.histogram.bars, page.hog.picture, page.hog.magnified, page.hog.canvas,
            page.words.picture, page.side.maps, page.experiment.plot, page.experiment.bars, page.panel.norm.combo,
            page.panel.orientations.slider, page.panel.layer.combo,
        ]  # fmt: skip
        assert all(widget.accessibleName() for widget in widgets)

    def test_views_by_mouse_and_by_keys_are_no_change(self, page: DescriptorsPage) -> None:
        page.views.button("hog").click()
        assert page.state.view == "hog" and page.view_widget is page.hog and page.stepper.isVisible()
        for number, (view, _, _) in enumerate(VIEWS):
            QTest.keyClick(page, Qt.Key(Qt.Key.Key_1 + number), Alt)
            process_events()
            assert page.state.view == view and page.views.value == view
            assert page.panel.sections[view].isVisible() and not page.history.can_undo
        assert not page.panel.picture.isVisible(), "the experiment has pictures of its own"


class TestHistogram:
    def test_a_bar_lights_its_pixels(self, page: DescriptorsPage) -> None:
        view = page.histogram
        found = page.described
        assert isinstance(found, ColourHistogram)
        track = view.bars.tracks(view.bars.size().toSizeF())[0]
        move_to(view.bars, view.bars.bar_rect(track, view.bars.bands[0], 13).center().toPoint())
        assert view.lit == (0, 13)
        shown = view.picture.pixels
        assert shown is not None
        kept = found.places[0] == 13
        assert (shown[kept] == found.pixels[kept]).all() and kept.any()
        light = int(theme.colors.window.red())
        assert np.abs(shown[~kept].astype(int) - light).mean() < 40, "the others step back"
        assert page.details.under.texts()["pixels"] == f"{int(kept.sum()):,}"
        QApplication.sendEvent(view.bars, _leave())
        assert view.lit is None and (view.picture.pixels == found.pixels).all()

    def test_a_pixel_lights_its_bars(self, page: DescriptorsPage) -> None:
        view = page.histogram
        found = page.described
        assert isinstance(found, ColourHistogram)
        move_to(view.picture, pixel(view.picture, 125, 200))
        x, y = _pointed(page)
        assert view.bars.lit == tuple((g, int(found.places[g, y, x])) for g in range(3))
        red = int(found.pixels[y, x, 0])
        assert page.details.under.texts()["R, G, B"].startswith(f"{red},")

    def test_a_click_keeps_a_bin_lit_and_esc_puts_it_out(self, page: DescriptorsPage) -> None:
        bars = page.histogram.bars
        track = bars.tracks(bars.size().toSizeF())[2]
        at = bars.bar_rect(track, bars.bands[2], 3).center().toPoint()
        QTest.mouseClick(bars, LeftButton, NoModifier, at)
        assert page.state.bin == (2, 3) and not page.history.can_undo
        QApplication.sendEvent(bars, _leave())
        assert page.histogram.lit == (2, 3) and bars.lit == ((2, 3),)
        QTest.keyClick(bars, Qt.Key.Key_Escape)
        assert page.state.bin is None and page.state.view == "histogram"
        QTest.keyClick(bars, Qt.Key.Key_Escape)
        assert page.state.view == "side", "one level up: all descriptors"

    def test_bins_by_keyboard(self, page: DescriptorsPage) -> None:
        bars = page.histogram.bars
        bars.setFocus()
        for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down):
            QTest.keyClick(bars, key)
        assert page.histogram.lit == (1, 1)
        QTest.keyClick(bars, Qt.Key.Key_Return)
        assert page.state.bin == (1, 1)

    def test_spaces_and_bins(self, page: DescriptorsPage) -> None:
        page.panel.space.button("joint").click()
        process_events()
        assert page.state.histogram == HistogramSpec("joint", 4)
        band = page.histogram.bars.bands[0]
        assert list(band.values) == sorted(band.values, reverse=True) and band.values[-1] > 0
        assert page.panel.histogram_text.text() == "4 × 4 × 4 = 64 numbers"
        page.panel.bins["joint"].slider.setValue(6)
        process_events()
        assert (
            page.state.histogram.bins == 8 and page.described is not None and page.described.spec.size == 512
        )  # type: ignore[union-attr]
        page.panel.space.button("hue").click()
        process_events()
        assert page.state.histogram == HistogramSpec("hue", 18)
        assert "too grey" in page.histogram.right.detail.text
        page.undo()
        process_events()
        assert page.state.histogram == HistogramSpec("joint", 8)
        assert isinstance(page.described, ColourHistogram) and page.described.spec == page.state.histogram

    def test_a_drag_of_the_slider_is_one_undo_step(self, page: DescriptorsPage) -> None:
        for bins in range(20, 40):
            page.panel.bins["channels"].slider.setValue(bins)
        process_events()
        assert page.state.histogram.bins == 41
        page.undo()
        assert page.state.histogram.bins == 16 and not page.history.can_undo


class TestGlyphs:
    def test_a_stroke_lies_across_its_gradient(self) -> None:
        """Gradients to the right (0°) make an upright stroke, gradients downwards (90°) a level one."""
        upright, level = (strokes(2, 21)[index].reshape(21, 21) for index in (0, 1))
        assert strokes(2, 21).max() == 255
        turned = np.rot90(upright)
        assert level == pytest.approx(turned, abs=1e-3)
        first = strokes(18, 21)[0].reshape(21, 21)
        rows, columns = np.nonzero(first > 128)
        assert np.ptp(rows) > 15 and np.ptp(columns) <= 3

    def test_levels_are_where_the_cells_are(self) -> None:
        strengths = np.zeros((2, 3, 9))
        strengths[1, 2, 4] = 1.0
        levels = glyph_levels(strengths)
        side = levels.shape[0] // 2
        assert levels.shape == (2 * side, 3 * side)
        assert levels[side:, 2 * side :].max() == 255
        assert levels[:side].max() == 0 and levels[side:, : 2 * side].max() == 0

    def test_colours_are_premultiplied(self) -> None:
        table = premultiplied(QColor(200, 100, 50))
        assert table[255].tolist() == [50, 100, 200, 255] and table[0].tolist() == [0, 0, 0, 0]
        assert table[51].tolist() == [10, 20, 40, 51]


class TestSources:
    def test_another_photo(self, page: DescriptorsPage) -> None:
        page.change(replace(page.state, cell=(1, 1)))
        page.picker.pick(SourceState("sample", "coffee"))
        process_events()
        assert page.state.source.value == "coffee" and page.state.cell is None
        assert isinstance(page.described, ColourHistogram) and not page.histogram.bars.stale
        assert page.described.frame is page.picker.frame
        page.undo()
        process_events()
        assert page.state.source.value == "astronaut"

    def test_a_dropped_picture_leaves_the_experiment(self, open_page: OpenPage, tmp_path: Path) -> None:
        page = opened(open_page, "experiment")
        path = export.save_bytes(tmp_path / "red.png", _png(200, 30, 30))
        assert page.accepts("picture") is None
        page.open_path(path)
        process_events()
        assert page.state.view == "histogram" and page.state.source.kind == "file"
        found = page.described
        assert isinstance(found, ColourHistogram) and found.counts[0, 200 * 16 // 256] == found.total

    def test_a_live_picture_is_described_frame_after_frame(
        self, page: DescriptorsPage, monkeypatch: Any
    ) -> None:
        monkeypatch.setattr(type(page.picker), "live", property(lambda _self: True))
        status = QSignalSpy(page.statusChanged)
        for level in (10, 200):
            frame = Frame(np.full((20, 30, 3), level, np.uint8), "camera")
            page._frame_arrived(frame)
            process_events()
            found = page.described
            assert (
                isinstance(found, ColourHistogram) and found.frame is frame and not page.histogram.bars.stale
            )
        assert status.count() == 2 and "fps" in status.at(0)[0]
        assert "live" in page.details.badge.detail.text()


def test_the_tour_shows_every_view_and_takes_every_state(page: DescriptorsPage) -> None:
    stops = page.tour()
    assert {stop.state.view for stop in stops} == {key for key, _, _ in VIEWS}
    assert {stop.state.stage for stop in stops if stop.state.view == "hog"} == {0, 1, 2, 3}
    for stop in stops:
        page.change(stop.state)
        process_events()
        assert page.state == stop.state.validated(), stop.name
    assert "Dalal" in page.explanation() and "Csurka" in page.explanation()


def _pointed(page: DescriptorsPage) -> tuple[int, int]:
    place = page.details.under.texts()["pixel"]
    x, y = (int(part.split()[1]) for part in place.split(","))
    return x, y


def _png(*rgb: int) -> bytes:
    return encode_png(np.full((24, 24, 3), rgb, np.uint8))
