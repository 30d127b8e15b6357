"""The convolution page: a prediction before the answer, and the badge that checks it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.errors import ErrorReport
from engine.foundations.requests import CheckConvolution, CheckResult
from engine.runner import InlineEngine
from gui.checking import CHECK_AFTER_MS
from gui.pages.convolution.changes import with_preset
from gui.pages.convolution.page import ConvolutionPage
from tests.gui.convolution_fixtures import SIX, show
from tests.gui.window_fixtures import (
    STAND_IN,
    WAIT,
    HeldEngine,
    OpenWindow,
    calm,
    convolution,
    held,
    hover,
    hover_nothing,
    open_window,
    page,
    plate_of,
    shot,
    type_into_cell,
    window,
    words,
)

__all__ = ["calm", "open_window", "page", "window"]


def everything_said(page: ConvolutionPage) -> str:
    """Every text of the stage and the inspector, separators taken out."""
    texts = [*words(page.canvas.scene), page.canvas.scene.description, page.canvas.accessibleDescription()]
    for facts in (page.details.step_facts, page.details.cost, page.details.under):
        for name, value in facts.texts().items():
            texts += [name, value]
    texts += [page.details.predictor.question.text(), page.details.predictor.verdict.text()]
    return "\n".join(texts).replace(",", "").replace("\u202f", "")


class TestPredict:
    """Predict, then reveal."""

    @pytest.fixture
    def asking(self, page: ConvolutionPage) -> ConvolutionPage:
        """The question for the first cell: its value, 4311, is to be found nowhere; the last cell is larger."""
        page.change(replace(page.state, edits=((0, 0, 0, 4319.0), (0, 5, 5, 90000.0)), predict=True))
        self.answer_shape(page, "4 x 4 x 1")
        return page

    @staticmethod
    def answer_shape(page: ConvolutionPage, text: str) -> None:
        predictor = page.details.predictor
        assert predictor.shape.isVisibleTo(page.inspector)
        predictor.shape.edit.setText(text)
        QTest.mouseClick(predictor.check, Qt.MouseButton.LeftButton)

    @staticmethod
    def answer(page: ConvolutionPage, text: str) -> None:
        predictor = page.details.predictor
        assert predictor.cell.isVisibleTo(page.inspector)
        predictor.cell.edit.setFocus()
        predictor.cell.edit.selectAll()
        QTest.keyClicks(predictor.cell.edit, text)
        QTest.mouseClick(predictor.check, Qt.MouseButton.LeftButton)

    def test_the_shape_is_asked_first(self, page: ConvolutionPage) -> None:
        show(page, predict=True)
        text = everything_said(page)
        assert "4 × 4 × 1" not in text and "= 4" not in text and "? × ? × ?" in text
        self.answer_shape(page, "5 5 1")
        assert "✗" in page.details.predictor.verdict.text()
        assert "? × ? × ?" in everything_said(page)
        self.answer_shape(page, "4, 4, 1")
        assert "4 × 4 × 1" in everything_said(page)
        assert page.details.predictor.cell.isVisibleTo(page.inspector)
        assert "✓" in page.details.predictor.verdict.text()
        assert (page.details.predictor.score.right, page.details.predictor.score.asked) == (1, 2)

    def test_what_is_no_shape_is_said_and_not_counted(self, page: ConvolutionPage) -> None:
        show(page, predict=True)
        for text in ("4", "4 x", "a b c", "4 4 4 4", ""):
            self.answer_shape(page, text)
            assert page.details.predictor.verdict.text().strip().endswith("."), text
            assert page.details.predictor.score.asked == 0

    def test_nothing_gives_the_cell_away(self, asking: ConvolutionPage) -> None:
        page = asking
        assert page.resolved is not None and page.resolved.step.value == 4311
        assert "4311" not in everything_said(page)
        for plate in list(page.canvas.scene.plates):
            for row, column in ((0, 0), (plate.shape[0] // 2, plate.shape[1] // 2)):
                hover(page.canvas, plate.key, row, column)
                if page.resolved.step.index == 0:
                    assert "4311" not in everything_said(page), f"pointing at {plate.key} {row} {column}"
        hover_nothing(page.canvas)
        hidden = plate_of(page.canvas, "output/0").hidden
        assert hidden is not None and hidden[0, 0]

    def test_slow_motion_gives_nothing_away(self, asking: ConvolutionPage) -> None:
        show(asking, slow=True, phase=0)
        for _ in range(5):
            if asking.state.step == 0:
                assert "4311" not in everything_said(asking)
            asking.stepper.step_forward()

    def test_the_colour_bar_does_not_tell_the_largest_number(self, asking: ConvolutionPage) -> None:
        """The last cell is -89993, still to come: its magnitude must not stand on the key."""
        largest = int(np.abs(plate_of(asking.canvas, "output/0").values).max())
        assert str(largest) not in everything_said(asking)

    def test_no_pixel_of_the_map_depends_on_the_secret(self, asking: ConvolutionPage) -> None:
        """Semantic probe: the hidden map is painted alike whatever the hidden numbers are."""
        area = plate_of(asking.canvas, "output/0").rect.toAlignedRect()
        before = shot(asking.canvas)[area.top() : area.bottom(), area.left() : area.right()]
        show(asking, edits=((0, 0, 0, -7.0), (0, 5, 5, 90000.0)))
        assert plate_of(asking.canvas, "output/0").rect.toAlignedRect() == area
        after = shot(asking.canvas)[area.top() : area.bottom(), area.left() : area.right()]
        assert np.array_equal(before, after)

    def test_wrong_then_right(self, asking: ConvolutionPage) -> None:
        self.answer(asking, "12")
        assert "✗ 12" in asking.details.predictor.verdict.text()
        assert "4311" not in everything_said(asking)
        self.answer(asking, "4311")
        assert "✓ 4311" in asking.details.predictor.verdict.text()
        assert asking.details.step_facts.texts()["= z"] == "4311"
        hidden = plate_of(asking.canvas, "output/0").hidden
        assert hidden is not None and not hidden[0, 0] and hidden.sum() == 15

    def test_letters_are_said_and_not_counted(self, asking: ConvolutionPage) -> None:
        asked = asking.details.predictor.score.asked
        self.answer(asking, "many")
        assert "not a number" in asking.details.predictor.verdict.text()
        assert asking.details.predictor.score.asked == asked

    def test_reveal(self, asking: ConvolutionPage) -> None:
        QTest.mouseClick(asking.details.predictor.reveal, Qt.MouseButton.LeftButton)
        assert asking.details.step_facts.texts()["= z"] == "4311"

    def test_the_next_cell_is_asked(self, asking: ConvolutionPage) -> None:
        self.answer(asking, "4311")
        asking.stepper.step_forward()
        predictor = asking.details.predictor
        assert "row 0, column 1" in predictor.question.text()
        assert predictor.cell.edit.text() == "" and predictor.cell.problem == ""
        assert predictor.verdict.text() == ""
        assert asking.details.step_facts.texts()["= z"] == "?"

    def test_a_right_answer_reveals_the_asked_cell_wherever_the_pointer_rests(
        self, asking: ConvolutionPage
    ) -> None:
        hover(asking.canvas, "output/0", 2, 2)
        predictor = asking.details.predictor
        assert "row 0, column 0" in predictor.question.text()
        predictor.cell.edit.setText("4311")
        QTest.keyClick(predictor.cell.edit, Qt.Key.Key_Return)
        assert "✓" in predictor.verdict.text()
        hover_nothing(asking.canvas)
        assert asking.details.step_facts.texts()["= z"] == "4311"
        asking.change(replace(asking.state, step=10), "step")
        assert asking.details.step_facts.texts()["= z"] == "?"

    def test_an_edit_asks_again(self, asking: ConvolutionPage) -> None:
        """Another convolution: what was revealed of the old one is a secret again."""
        self.answer(asking, "4311")
        type_into_cell(asking.canvas, "kernel/0", 0, 0, "2")
        hover_nothing(asking.canvas)
        assert asking.details.step_facts.texts()["= z"] == "?"
        self.answer(asking, "8630")
        assert asking.details.step_facts.texts()["= z"] == "8630"

    def test_with_relu_the_activation_is_asked(self, page: ConvolutionPage) -> None:
        show(page, predict=True, relu=True)
        self.answer_shape(page, "4 4 1")
        assert "−5" not in everything_said(page)
        self.answer(page, "0")
        assert "✓" in page.details.predictor.verdict.text()

    def test_switching_it_off_shows_everything(self, asking: ConvolutionPage) -> None:
        asking.panel.predict.click()
        assert not asking.details.predict_section.isVisibleTo(asking.inspector)
        assert "4311" in everything_said(asking)


class TestBadge:
    def test_agreement(self, page: ConvolutionPage, qtbot: QtBot) -> None:
        qtbot.waitUntil(lambda: "✓" in page.details.badge.title.text(), timeout=WAIT)
        assert STAND_IN in page.details.badge.detail.text()

    def test_against_the_real_torch(self, open_window: OpenWindow, qtbot: QtBot) -> None:
        """CS231n in float32: whole numbers, so the largest difference is exactly 0."""
        page = convolution(open_window(InlineEngine))
        page.change(with_preset(page.state, "cs231n"))
        qtbot.waitUntil(lambda: "✓" in page.details.badge.title.text(), timeout=60_000)
        assert "largest difference 0 " in page.details.badge.detail.text()
        assert "torch" in page.details.badge.detail.text()

    @pytest.fixture
    def manual(self, open_window: OpenWindow) -> ConvolutionPage:
        return convolution(open_window(HeldEngine))

    def asked(self, page: ConvolutionPage, qtbot: QtBot, count: int = 1) -> tuple[HeldEngine, int]:
        engine = page.services.bridge.engine
        assert isinstance(engine, HeldEngine)
        qtbot.waitUntil(lambda: len(engine.jobs(CheckConvolution)) >= count, timeout=WAIT)
        return engine, engine.jobs(CheckConvolution)[-1]

    def test_disagreement_is_said(self, manual: ConvolutionPage, qtbot: QtBot) -> None:
        engine, job = self.asked(manual, qtbot)
        engine.answer(job, CheckResult(0.25, 1e-5, False, "torch 9"))
        qtbot.waitUntil(lambda: "✗" in manual.details.badge.title.text(), timeout=WAIT)
        assert (
            "2.5e−01" in manual.details.badge.detail.text()
            and "torch 9" in manual.details.badge.detail.text()
        )

    def test_the_right_question(self, manual: ConvolutionPage, qtbot: QtBot) -> None:
        engine, job = self.asked(manual, qtbot)
        request = engine.asked[job][0]
        assert isinstance(request, CheckConvolution)
        assert np.array_equal(request.output[0], SIX) and request.spec == manual.state.spec

    def test_a_failure_is_said_at_the_badge_only(self, manual: ConvolutionPage, qtbot: QtBot) -> None:
        spy = QSignalSpy(manual.services.bridge.failed)
        engine, job = self.asked(manual, qtbot)
        engine.fail(job, ErrorReport("Torch has no memory left."))
        qtbot.waitUntil(lambda: "Could not" in manual.details.badge.title.text(), timeout=WAIT)
        assert manual.details.badge.detail.text() == "Torch has no memory left."
        assert spy.count() == 0

    def test_a_stale_answer_is_not_shown_for_new_numbers(self, manual: ConvolutionPage, qtbot: QtBot) -> None:
        engine, first = self.asked(manual, qtbot)
        show(manual, stride=2)
        engine.answer(first, CheckResult(0.0, 1e-5, True, "the old one"))
        QApplication.processEvents()
        assert "the old one" not in manual.details.badge.detail.text()
        engine, second = self.asked(manual, qtbot, 2)
        engine.answer(second, CheckResult(0.0, 1e-5, True, "the new one"))
        qtbot.waitUntil(lambda: "the new one" in manual.details.badge.detail.text(), timeout=WAIT)

    def test_checked_means_these_numbers(self, manual: ConvolutionPage, qtbot: QtBot) -> None:
        """The moment the numbers change the badge no longer says that they were checked."""
        engine, job = self.asked(manual, qtbot)
        engine.answer(job, CheckResult(0.0, 1e-5, True, "torch"))
        qtbot.waitUntil(lambda: "✓" in manual.details.badge.title.text(), timeout=WAIT)
        show(manual, stride=2)
        assert "✓" not in manual.details.badge.title.text()

    def test_a_step_is_no_new_question(self, manual: ConvolutionPage, qtbot: QtBot) -> None:
        engine, job = self.asked(manual, qtbot)
        engine.answer(job, CheckResult(0.0, 1e-5, True, "torch"))
        qtbot.waitUntil(lambda: "✓" in manual.details.badge.title.text(), timeout=WAIT)
        show(manual, step=3)
        assert "✓" in manual.details.badge.title.text()
        QTest.qWait(2 * CHECK_AFTER_MS)
        assert len(engine.jobs(CheckConvolution)) == 1

    def test_it_waits_for_torch(self, open_window: OpenWindow, qtbot: QtBot) -> None:
        def loading(emit: Any) -> HeldEngine:
            engine = HeldEngine(emit)
            engine.state = type(engine.state)("loading torch")
            return engine

        window = open_window(loading)
        page, engine = convolution(window), held(window)
        QTest.qWait(2 * CHECK_AFTER_MS)
        assert engine.jobs(CheckConvolution) == []
        assert "loading" in page.details.badge.detail.text()
        engine.publish("idle")
        qtbot.waitUntil(lambda: len(engine.jobs(CheckConvolution)) == 1, timeout=WAIT)

    def test_without_torch_it_says_so(self, open_window: OpenWindow, qtbot: QtBot) -> None:
        window = open_window(HeldEngine)
        page, engine = convolution(window), held(window)
        engine.publish("no torch", "PyTorch is not installed.")
        qtbot.waitUntil(lambda: "could not be loaded" in page.details.badge.detail.text(), timeout=WAIT)
        assert page.tour_ready()

    def test_a_page_that_was_hidden_asks_again(self, manual: ConvolutionPage, qtbot: QtBot) -> None:
        """Hiding the page cancels the question: it may not stay at "Checking" for ever."""
        self.asked(manual, qtbot)
        manual.deactivated()
        QApplication.processEvents()
        assert not manual.tour_ready()
        manual.activated()
        self.asked(manual, qtbot, 2)
