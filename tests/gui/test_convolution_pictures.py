"""The convolution page: its views, and whole pictures in time."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from scipy.signal import correlate2d

from engine.errors import ErrorReport
from engine.foundations.requests import WholeImage, WholeImageResult
from engine.images import Frame
from engine.runner import Engine
from gui.pages.convolution.changes import refit, with_preset
from gui.pages.convolution.cropping import placed
from gui.pages.convolution.page import ConvolutionPage
from gui.widgets.source_state import SourceState
from tests.gui.convolution_fixtures import KERNEL_5, SIX, own_kernel, show, type_into
from tests.gui.window_fixtures import (
    WAIT,
    HeldEngine,
    OpenWindow,
    calm,
    convolution,
    open_window,
    page,
    plate_of,
    type_into_cell,
    window,
    words,
)

__all__ = ["calm", "open_window", "page", "window"]


class TestViews:
    @pytest.mark.parametrize("view", ["coverage", "shift"])
    def test_switching_keeps_everything_else(self, page: ConvolutionPage, view: str) -> None:
        own_kernel(page, KERNEL_5, step=5, relu=True)
        before = page.state
        page.views.button(view).click()
        assert page.state.view == view
        assert replace(page.state, view=before.view) == before
        page.views.button("steps").click()
        assert page.state == before

    def test_esc_comes_back(self, page: ConvolutionPage) -> None:
        page.canvas.setFocus()
        for number, view in enumerate(("steps", "image", "coverage", "shift")):
            key = Qt.Key(Qt.Key.Key_1 + number)
            QTest.keyClick(page, key, Qt.KeyboardModifier.AltModifier)
            assert page.state.view == view
        QTest.keyClick(page.canvas, Qt.Key.Key_Escape)
        assert page.state.view == "steps"

    def test_the_stepper_goes_with_the_steps(self, page: ConvolutionPage) -> None:
        page.views.button("image").click()
        assert not page.stepper.isVisible()
        page.views.button("steps").click()
        assert page.stepper.isVisible()

    def test_coverage_crosses_out_what_is_never_read(self, page: ConvolutionPage) -> None:
        show(page, view="coverage", stride=2)
        crossed = plate_of(page.canvas, "input/0").crossed
        assert crossed is not None and crossed.sum() == 11 and crossed[5].all() and crossed[:, 5].all()
        assert np.array_equal(plate_of(page.canvas, "reads/0").values == 0, crossed)
        assert "11 input pixels are never read" in " ".join(words(page.canvas.scene))

    def test_shift_sets_both_sides_beside_each_other(self, page: ConvolutionPage) -> None:
        page.change(with_preset(page.state, "edge-6x6"))
        show(page, view="shift", shift_x=1, shift_y=0)
        moved = plate_of(page.canvas, "shifted-input").values
        assert (moved[:, 0] == 0).all() and (moved[:, 1:4] == 10).all()
        assert np.array_equal(plate_of(page.canvas, "output-of-shifted").values[:, 1:], [[0, 30, 30]] * 4)
        difference = plate_of(page.canvas, "difference")
        inner = ~difference.faint if difference.faint is not None else np.ones_like(difference.values, bool)
        assert (difference.values[inner] == 0).all() and inner.any()
        assert "difference 0 " in " ".join(words(page.canvas.scene))

    def test_shift_fields(self, page: ConvolutionPage) -> None:
        show(page, view="shift")
        type_into(page.panel.numbers["shift_y"], "-2")
        assert page.state.shift_y == -2
        type_into(page.panel.numbers["shift_x"], "9")
        assert page.state.shift_x == 1 and "at most 8" in page.panel.numbers["shift_x"].problem


class TestPictures:
    @pytest.fixture
    def photo(self, page: ConvolutionPage, qtbot: QtBot) -> ConvolutionPage:
        """The page with a crop of a bundled photo."""
        page.picker.pick(SourceState("sample", "cat"))
        qtbot.waitUntil(lambda: page.state.source.value == "cat", timeout=WAIT)
        QApplication.processEvents()
        return page

    def test_a_photo_becomes_a_crop_in_three_channels(self, photo: ConvolutionPage) -> None:
        frame = photo.picker.frame
        assert frame is not None
        state = photo.state
        assert state.channels == 3 and state.validated()
        area = placed(state, frame)
        side = area.pixel_size
        for channel in range(3):
            values = plate_of(photo.canvas, f"input/{channel}").values
            for row, column in ((0, 0), (3, 7), (11, 11)):
                y, x = area.y + row * side, area.x + column * side
                block = frame.pixels[y : y + side, x : x + side, channel]
                assert values[row, column] == pytest.approx(block.astype(float).mean(), abs=0.51)
        # In the middle of the picture.
        assert area.x + area.width / 2 == pytest.approx(frame.width / 2, abs=side)
        assert photo.panel.crop.isVisibleTo(photo.controls)

    def test_more_cells_than_the_picture_has_room_for(self, photo: ConvolutionPage) -> None:
        """The crop gives way; what the fields say is what is computed."""
        for name in ("height", "width"):
            type_into(photo.panel.numbers[name], "200")
        type_into(photo.panel.numbers["pixel_size"], "64")
        frame, state = photo.picker.frame, photo.state
        assert frame is not None
        area = placed(state, frame)
        assert area.problem == "" and (area.rows, area.cols) == (state.height, state.width)
        assert area.x + area.width <= frame.width and area.y + area.height <= frame.height
        assert photo.panel.numbers["pixel_size"].value == area.pixel_size
        assert photo.canvas.grab().width() > 0

    def test_moving_the_crop(self, photo: ConvolutionPage) -> None:
        before = photo.state
        photo.panel.crop.cropMoved.emit(3, 4)
        assert photo.state.crop == (3, 4)
        photo.undo()
        assert photo.state == before

    def test_editing_a_pixel_of_a_photo(self, photo: ConvolutionPage) -> None:
        type_into_cell(photo.canvas, "input/1", 2, 3, "17")
        assert photo.state.edits == ((1, 2, 3, 17.0),)
        assert plate_of(photo.canvas, "input/1").values[2, 3] == 17

    def test_undo_brings_the_numbers_back(self, photo: ConvolutionPage) -> None:
        while photo.history.can_undo:
            photo.undo()
        assert photo.state.source.kind == "preset"
        assert np.array_equal(plate_of(photo.canvas, "output/0").values, SIX)

    def test_an_example_ends_the_whole_picture(self, photo: ConvolutionPage) -> None:
        """Choosing numbers while the whole picture is on show: the steps of the numbers, not an empty view."""
        photo.views.button("image").click()
        combo = photo.panel.preset.combo
        combo.setCurrentIndex(combo.findData("edge-6x6"))
        assert photo.state.view == "steps" and photo.canvas.isVisible()
        assert photo.state.source.value == "edge-6x6"

    def test_the_whole_picture_by_another_route(self, open_window: OpenWindow, qtbot: QtBot) -> None:
        """The real engine without torch: the response is scipy's correlation of the grey picture."""
        real = open_window(lambda emit: Engine(emit, load_torch=False))
        page = convolution(real)
        page.change(refit(page.state, channels=1, kernel="sobel-vertical"))
        page.views.button("image").click()
        qtbot.waitUntil(page.tour_ready, timeout=WAIT)
        result = page.image_view.result
        frame = page.picker.frame
        assert result is not None and frame is not None
        assert np.array_equal(result.pixels, frame.pixels)
        kernel = page.state.weight_array[0, 0]
        grey = frame.pixels.astype(float) @ np.array([0.299, 0.587, 0.114])
        expected = correlate2d(grey, kernel, mode="valid")
        assert result.response.shape == (1, frame.height - 2, frame.width - 2)
        rounding = 0.5 * np.abs(kernel).sum()  # grey levels may have been rounded to whole ones
        assert np.abs(result.response[0] - expected).max() <= rounding + 0.01
        assert not page.image_view.response.stale

    def test_read_out_under_the_cursor(self, photo: ConvolutionPage, qtbot: QtBot) -> None:
        photo.views.button("image").click()
        qtbot.waitUntil(photo.tour_ready, timeout=WAIT)
        result = photo.image_view.result
        assert result is not None
        view = photo.image_view.response
        for x, y in ((10, 20), (200, 100)):
            view.hovered.emit(x, y)
            facts = photo.details.under.texts()
            assert facts["response at"] == f"row {y}, col {x}"
            shown = float(facts["value"].replace("−", "-").replace(",", ""))
            assert shown == pytest.approx(float(result.response[0, y, x]), abs=0.006)
            row, column = (int(v) for v in re.findall(r"\d+", facts["pixel"]))
            assert abs(row - y) <= 2 and abs(column - x) <= 2
            assert facts["R, G, B"] == ", ".join(str(v) for v in result.pixels[row, column])
        view.left.emit()
        assert "value" not in photo.details.under.texts()

    def test_paste(self, page: ConvolutionPage, qtbot: QtBot) -> None:
        image = QImage(64, 48, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.red)
        page.paste_image(image)
        qtbot.waitUntil(lambda: page.state.source.kind == "file", timeout=WAIT)
        QApplication.processEvents()
        assert (plate_of(page.canvas, "input/0").values == 255).all()
        assert (plate_of(page.canvas, "input/1").values == 0).all()


def picture_result(request: WholeImage, value: float = 1.0) -> WholeImageResult:
    """An answer to a question about a whole picture."""
    height, width = request.pixels.shape[:2]
    response = np.full((len(request.weight), height, width), value, np.float32)
    return WholeImageResult(response, value, value, value, value, 0.01, "a stand-in", request.pixels)


class TestWholePictureInTime:
    """Answers that come late, in another order, or not at all."""

    @pytest.fixture
    def waiting(self, open_window: OpenWindow, qtbot: QtBot) -> ConvolutionPage:
        """The view of the whole picture, its response asked for and not there yet; 60 x 80 pixels."""
        page = convolution(open_window(HeldEngine))
        page.views.button("image").click()
        self.deliver(page, qtbot, self.picture(60, 80))
        return page

    @staticmethod
    def picture(height: int, width: int) -> Frame:
        pixels = np.full((height, width, 3), 90, np.uint8)
        pixels.flags.writeable = False
        return Frame(pixels, "grey")

    @staticmethod
    def deliver(page: ConvolutionPage, qtbot: QtBot, frame: Frame) -> None:
        page.picker._picture_came(frame)
        QApplication.processEvents()

    @staticmethod
    def engine(page: ConvolutionPage) -> HeldEngine:
        engine = page.services.bridge.engine
        assert isinstance(engine, HeldEngine)
        return engine

    def test_the_newest_answer_counts(self, waiting: ConvolutionPage, qtbot: QtBot) -> None:
        engine = self.engine(waiting)
        (first,) = engine.jobs(WholeImage)
        waiting.change(refit(waiting.state, kernel="laplacian"))
        qtbot.waitUntil(lambda: len(engine.jobs(WholeImage)) == 2, timeout=WAIT)
        second = engine.jobs(WholeImage)[-1]
        for number, value in ((first, 1.0), (second, 2.0)):
            request = engine.asked[number][0]
            assert isinstance(request, WholeImage)
            engine.answer(number, picture_result(request, value))
        qtbot.waitUntil(lambda: waiting.image_view.result is not None, timeout=WAIT)
        QApplication.processEvents()
        assert waiting.image_view.result is not None and waiting.image_view.result.low == 2.0

    def test_an_old_answer_is_shown_as_old(self, waiting: ConvolutionPage, qtbot: QtBot) -> None:
        engine = self.engine(waiting)
        request = engine.asked[engine.jobs(WholeImage)[-1]][0]
        assert isinstance(request, WholeImage)
        engine.answer(engine.jobs(WholeImage)[-1], picture_result(request))
        qtbot.waitUntil(lambda: waiting.image_view.result is not None, timeout=WAIT)
        assert not waiting.image_view.response.stale
        waiting.change(refit(waiting.state, kernel="laplacian"))
        assert waiting.image_view.response.stale
        assert not waiting.tour_ready()

    def test_pointing_at_a_larger_picture_before_its_answer(
        self, waiting: ConvolutionPage, qtbot: QtBot
    ) -> None:
        """The old response is smaller than the new picture: no error, and no number of the old picture."""
        engine = self.engine(waiting)
        request = engine.asked[engine.jobs(WholeImage)[-1]][0]
        assert isinstance(request, WholeImage)
        engine.answer(engine.jobs(WholeImage)[-1], picture_result(request))
        qtbot.waitUntil(lambda: waiting.image_view.result is not None, timeout=WAIT)
        waiting.picker.pick(SourceState("sample", "coffee"))
        self.deliver(waiting, qtbot, self.picture(200, 300))
        waiting.image_view.source.hovered.emit(290, 190)
        assert "90, 90, 90" in waiting.details.under.texts().get("R, G, B", "90, 90, 90")
        assert waiting.details.under.texts().get("pixel", "row 190, col 290") == "row 190, col 290"

    def test_a_failure_is_said_where_the_response_would_be(
        self, waiting: ConvolutionPage, qtbot: QtBot
    ) -> None:
        engine = self.engine(waiting)
        engine.fail(
            engine.jobs(WholeImage)[-1], ErrorReport("The picture is too large.", "Crop it.", "trace")
        )

        def said() -> bool:
            return "too large" in waiting.image_view.response.accessibleDescription()

        qtbot.waitUntil(said, timeout=WAIT)
        asked = len(engine.jobs(WholeImage))
        waiting.show_state(waiting.state)
        assert len(engine.jobs(WholeImage)) == asked, "the same question is not asked again and again"
