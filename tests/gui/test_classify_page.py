"""The classification page through its real widgets, over an engine whose net is a few lines of numpy."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from engine import sources
from engine.context import Context
from engine.errors import ErrorReport, UserError
from engine.handlers import HANDLERS, Handler
from engine.images import Frame
from engine.jobs import Cancelled, Done, Partial
from engine.mailbox import Mailbox
from engine.networks.classifying.picture_edits import edit, told
from engine.networks.requests import (
    Classification,
    ClassifyLive,
    ClassifyPicture,
    Guess,
    ListWeights,
    PictureEdits,
    WeightsStatus,
)
from engine.runner import Emit, InlineEngine
from engine.sources import LoadSample
from gui import export
from gui.pages import verbs as page_verbs
from gui.pages.classify import figures
from gui.pages.classify.answers import LIVE_PAUSE_MS
from gui.pages.classify.crop_handles import CropDrag, grip_at, nudged
from gui.pages.classify.drawings import FIVE, THREE
from gui.pages.classify.exports import ClassifyExports
from gui.pages.classify.inspector import under_bar
from gui.pages.classify.page import LOADING, WAITING, ClassifyPage
from gui.pages.classify.picture_stage import PictureStage, wrapped
from gui.pages.classify.state import DIGITS_NET, PHOTO_NET, ClassifyState, unedited, with_source
from gui.state import from_json, to_json
from gui.theme import Scheme, theme
from gui.widgets.probability_bars import HEAD, ROW
from gui.widgets.source_state import SourceState
from tests.gui.page_fixtures import opened_pages, process_events
from tests.gui.window_fixtures import WAIT, HeldEngine, calm, move_to, pixels_of

__all__ = ["calm"]

LABELS = ("dark", "dim", "middling", "light", "bright", "left", "right")
CAT = SourceState("sample", "cat")
LeftButton = Qt.MouseButton.LeftButton
NoModifier = Qt.KeyboardModifier.NoModifier


def status(name: str, title: str, architecture: str, state: Any = "bundled", **more: Any) -> WeightsStatus:
    return WeightsStatus(name, title, "classification", architecture, state, 250_000, **more)


NETS = (
    status(
        DIGITS_NET,
        "Digits",
        "lenet5",
        figures="98.8 % of unseen digits",
        licence="MIT",
        source="this project",
    ),
    status(PHOTO_NET, "Photos", "tinyvgg", figures="90.1 % of unseen pictures"),
    status("alexnet-imagenet", "AlexNet", "alexnet", "absent"),
    WeightsStatus("yolo", "YOLO", "detection", "yolo", "ready"),
)


def say(request: ClassifyPicture | ClassifyLive, frame: Frame) -> Classification:
    """A net that goes by brightness, and by which half is brighter; a blank picture has no digit."""
    if request.weights not in (DIGITS_NET, PHOTO_NET):
        raise UserError(f"The weights {request.weights} are not here.", "Download them on the page Weights.")
    edited = edit(frame.pixels, request.edits)
    if request.weights == DIGITS_NET and int(edited.min()) == int(edited.max()):
        raise UserError("Nothing is drawn yet.", "Draw a digit.")
    mean, half = float(edited.mean()) / 255, edited.shape[1] // 2 or 1
    tilt = (float(edited[:, half:].mean()) if edited.shape[1] > 1 else 0.0) - float(edited[:, :half].mean())
    logits = np.array(
        [-40 * (mean - x) ** 2 + 3 for x in (0.1, 0.3, 0.5, 0.7, 0.9)] + [-tilt / 50, tilt / 50]
    )
    probabilities = (np.exp(logits) / np.exp(logits).sum()).astype(np.float32)
    order = np.argsort(-probabilities)[: request.top]
    grey = request.weights == DIGITS_NET
    return Classification(
        request.weights,
        tuple(Guess(int(i), LABELS[i], float(probabilities[i]), float(logits[i])) for i in order),
        LABELS, probabilities, edited,
        np.zeros((32, 32), np.uint8) if grey else np.full((32, 32, 3), 7, np.uint8),
        (*told(request.edits, frame.pixels.shape[:2]), "made small"), 0.002, "cpu", frame,
        logits=logits.astype(np.float32), edits=request.edits, parameters=61_706, path=Path("net.safetensors"),
        architecture="lenet5" if grey else "tinyvgg", mean=(0.1,) if grey else (0.1, 0.2, 0.3),
        std=(0.5,) if grey else (0.5,) * 3, window=(0.25, 0.0, 0.75, 1.0),
    )  # fmt: skip


def classify(request: ClassifyPicture, _context: Context) -> Classification:
    return say(request, request.frame)


def listed(_request: ListWeights, _context: Context) -> tuple[WeightsStatus, ...]:
    return NETS


TABLE = {
    **HANDLERS,
    "engine.networks.requests.ClassifyPicture": Handler(f"{__name__}:classify", needs_torch=False),
    "engine.networks.requests.ListWeights": Handler(f"{__name__}:listed", needs_torch=False),
}


def inline(emit: Emit) -> InlineEngine:
    return InlineEngine(emit, load_torch=False, handlers=TABLE)


OpenPage = Callable[..., ClassifyPage]


@pytest.fixture
def open_page(qtbot: QtBot, calm: None, tmp_path: Path) -> Iterator[OpenPage]:
    """Opens pages as windows of their own: open_page(make_engine=inline, state=None, size=(1300, 850))."""
    with opened_pages(qtbot, tmp_path, "classify", inline) as opener:
        yield opener


@pytest.fixture
def page(open_page: OpenPage) -> ClassifyPage:
    """The page as it opens first: a drawn five before the digit net."""
    return open_page()


@pytest.fixture
def photo(open_page: OpenPage) -> ClassifyPage:
    """The page with the photo of a cat before the photo net."""
    page = open_page(state=replace(ClassifyState(), weights=PHOTO_NET, source=CAT))
    assert page.answer is not None
    return page


def at(stage: PictureStage, x: float, y: float) -> QPoint:
    """A place of the shown picture by shares."""
    area = stage.area()
    return QPointF(area.x() + x * area.width(), area.y() + y * area.height()).toPoint()


def drag(stage: PictureStage, *places: tuple[float, float], release: bool = True) -> None:
    """Press at the first place, move over the others, let go at the last."""
    points = [at(stage, x, y) for x, y in places]
    QTest.mousePress(stage, LeftButton, NoModifier, points[0])
    for point in points[1:]:
        move_to(stage, point, LeftButton)
        process_events()
    if release:
        QTest.mouseRelease(stage, LeftButton, NoModifier, points[-1])
    process_events()


def shown(page: ClassifyPage) -> dict[str, float]:
    return {bar.label: bar.probability for bar in page.stage.bars.bars}


def expected(page: ClassifyPage) -> dict[str, float]:
    """What the net says to the picture and the edits on show, asked directly."""
    frame = page.stage.picture.frame
    assert frame is not None
    answer = say(ClassifyPicture(page.state.weights, frame, page.state.edits), frame)
    return {guess.label: guess.probability for guess in answer.guesses}


class TestFirstVisit:
    def test_a_drawn_digit_is_answered_at_once(self, page: ClassifyPage) -> None:
        assert page.state.weights == DIGITS_NET and page.state.source.strokes == FIVE
        assert len(page.stage.bars.bars) == 5 and not page.stage.bars.stale
        assert shown(page) == expected(page)
        assert page.stage.seen.view.picture_size == (32, 32)
        assert "1,024 numbers" in page.stage.seen.caption.text()
        assert page.tour_ready() and not page.stepper.isVisible()
        assert not page.stage.suggest.isVisible()

    def test_there_is_no_run_button(self, page: ClassifyPage) -> None:
        names = {button.text().casefold() for button in page.findChildren(QPushButton)}
        assert not names & {"run", "classify", "go", "start"}

    def test_the_nets_that_are_here(self, page: ClassifyPage) -> None:
        combo = page.panel.nets.combo
        assert [combo.itemText(i) for i in range(combo.count())] == ["Digits", "Photos"]
        assert "98.8 %" in page.panel.about.text() and "MIT" in page.panel.about.text()
        assert page.panel.more.isVisible() and page.panel.more.toolTip().startswith("1 net can")
        net = page.details.net.texts()
        assert net["parameters"] == "61,706" and net["architecture"] == "LeNet-5, modern form"
        assert net["licence"] == "MIT" and net["file"] == "250 kB"

    def test_everything_has_an_accessible_name(self, page: ClassifyPage) -> None:
        tools = page.stage.tools
        widgets: list[QWidget] = [
            page.stage.picture, page.stage.seen.view, page.stage.bars, page.panel.nets.combo, tools.size_slider,
            tools.angle_slider, tools.reset, tools.whole, tools.straight, page.panel.compare,
        ]  # fmt: skip
        assert all(widget.accessibleName() for widget in widgets)

    def test_how_sure(self, page: ClassifyPage) -> None:
        answer = page.answer
        assert answer is not None
        p = answer.probabilities.astype(float)
        bits = -sum(float(x) * np.log2(float(x)) for x in p)
        texts = page.details.sure.texts()
        assert texts["entropy"] == f"{bits:.2f} of {np.log2(7):.2f} bits"
        assert texts["as unsure as between"] == f"{2**bits:.1f} classes"
        assert "one of its 7 classes" in page.details.honest.text()


class TestDrawing:
    def test_a_stroke_on_the_stage_is_answered_while_it_grows(self, page: ClassifyPage) -> None:
        before, spy = shown(page), QSignalSpy(page._answers.answered)
        drag(page.stage.picture, (0.1, 0.9), (0.5, 0.92), (0.9, 0.9), release=False)
        assert spy.count() >= 3 and shown(page) != before, "live, with the button down"
        assert page.state.source.strokes == FIVE, "the state waits until the hand lets go"
        QTest.mouseRelease(page.stage.picture, LeftButton, NoModifier, at(page.stage.picture, 0.9, 0.9))
        process_events()
        thickness, erases, points = page.state.source.strokes[-1]
        assert len(page.state.source.strokes) == 3 and thickness == page.state.pen and not erases
        assert points[0] == pytest.approx((0.1, 0.9), abs=0.01) and points[-1] == pytest.approx(
            (0.9, 0.9), abs=0.01
        )
        assert shown(page) == expected(page) and not page.stage.bars.stale
        assert page.picker.board.strokes == page.state.source.strokes, "the board in the panel follows"
        page.undo()
        process_events()
        assert page.state.source.strokes == FIVE and shown(page) == before

    def test_esc_gives_a_stroke_up(self, page: ClassifyPage) -> None:
        before = shown(page)
        drag(page.stage.picture, (0.1, 0.9), (0.9, 0.9), release=False)
        assert shown(page) != before
        QTest.keyClick(page.stage.picture, Qt.Key.Key_Escape)
        QTest.mouseRelease(page.stage.picture, LeftButton, NoModifier, at(page.stage.picture, 0.9, 0.9))
        process_events()
        assert page.state.source.strokes == FIVE and shown(page) == before
        assert not page.history.can_undo and not page.stage.bars.stale

    def test_the_board_draws_on_the_stage(self, page: ClassifyPage) -> None:
        page.picker.board.clear()
        process_events()
        assert page.state.source.strokes == ()
        assert page.stage.bars.bars == () and "Nothing is drawn yet." in page.stage.bars.empty_text
        assert not page.stage.bars.stale and page.stage.picture.frame is not None
        assert page.stage.seen.view.picture_size == (0, 0)
        page.undo()
        process_events()
        assert len(page.stage.bars.bars) == 5

    def test_the_eraser_takes_ink_away(self, page: ClassifyPage) -> None:
        page.stage.tools.pens.button("erase").click()
        assert page.state.erase and not page.history.can_undo
        drag(page.stage.picture, (0.3, 0.5), (0.7, 0.5))
        assert page.state.source.strokes[-1][1] is True
        page.stage.tools.pens.button("ink").click()
        assert not page.state.erase

    def test_the_pen_has_a_size(self, page: ClassifyPage) -> None:
        page.stage.tools.size_slider.setValue(120)
        assert page.state.pen == 0.12 and page.state.brush == ClassifyState().brush
        QTest.keyClick(page.stage.picture, Qt.Key.Key_BracketRight)
        assert page.state.pen == pytest.approx(0.138)
        QTest.keyClick(page.stage.picture, Qt.Key.Key_BracketLeft)
        assert page.state.pen == pytest.approx(0.12, abs=1e-3)

    def test_there_is_one_paper_and_one_pen(self, page: ClassifyPage) -> None:
        board = page.picker.board
        assert board.isVisible() and "middle of the page" in board.hint.text()
        assert not board.paper.isVisible() and not board.slider.isVisible()
        assert board.ink_button.isVisible() and board.clear_button.isVisible()

    def test_blank_paper_invites(self, page: ClassifyPage) -> None:
        stage = page.stage.picture
        assert stage.invitation == ""
        page.picker.board.clear()
        process_events()
        assert "Draw a digit here" in stage.accessibleDescription()
        for ink in ("dark", "light"):
            page.picker.board.set_ink(ink)
            process_events()
            with_words = pixels_of(stage.grab(stage.area().toRect()).toImage())
            assert with_words.min() < 110 and with_words.max() > 140, "words stand out from the paper"
        drag(stage, (0.3, 0.3), (0.6, 0.6), release=False)
        assert stage.invitation == "", "the first stroke needs the room"
        QTest.keyClick(stage, Qt.Key.Key_Escape)
        assert stage.invitation == "Draw a digit here"

    def test_the_comparison_waits_for_something_to_compare(self, page: ClassifyPage) -> None:
        assert not page.panel.compare.isEnabled()
        assert page.panel.compare.toolTip().startswith("Crop or turn the drawing")
        page.change(replace(page.state, angle=20.0))
        assert page.panel.compare.isEnabled() and "before the picture" in page.panel.compare.toolTip()
        page.change(replace(page.state, angle=0.0, source=CAT))
        process_events()
        assert not page.panel.compare.isEnabled() and "paint over" in page.panel.compare.toolTip()

    def test_delete_clears_an_unedited_drawing(self, page: ClassifyPage) -> None:
        assert page.stage.tools.reset.toolTip().startswith("Clear the paper")
        page.stage.picture.setFocus()
        QTest.keyClick(page.stage.picture, Qt.Key.Key_Delete)
        process_events()
        assert page.state.source.strokes == () and not page.stage.tools.reset.isEnabled()


class TestPhoto:
    def test_painting_over_is_compared_with_before(self, photo: ClassifyPage) -> None:
        before = photo.answer
        assert before is not None and all(bar.before is None for bar in photo.stage.bars.bars)
        photo.stage.tools.paints.button("black").click()
        photo.stage.tools.size_slider.setValue(200)
        drag(photo.stage.picture, (0.1, 0.3), (0.9, 0.3), (0.9, 0.7), (0.1, 0.7))
        assert photo.state.paint == "black" and len(photo.state.strokes) == 1
        assert photo.state.strokes[0][0] == 0.2
        assert shown(photo).items() >= expected(photo).items()
        assert photo.answer is not None and photo.answer.guesses[0].label != before.guesses[0].label
        for bar in photo.stage.bars.bars:
            index = LABELS.index(bar.label)
            assert bar.before == pytest.approx(float(before.probabilities[index]))
            was_listed = index in {guess.index for guess in before.guesses}
            assert bar.is_new == (not was_listed)
        assert "before the edits" in photo.stage.line.text
        assert photo.stage.seen.steps.text().startswith("1. painted over in black with 1 stroke")

    def test_the_former_first_is_kept_in_sight(self) -> None:
        def answer(values: list[float]) -> Classification:
            p = np.array(values, np.float32)
            order = np.argsort(-p)[:2]
            guesses = tuple(Guess(int(i), LABELS[i], float(p[i]), 0.0) for i in order)
            frame = Frame(np.zeros((1, 1, 3), np.uint8), "")
            return Classification("n", guesses, LABELS[:4], p, p, p, (), 0, "cpu", frame, logits=np.log(p))

        rows = figures.bars(answer([0.1, 0.2, 0.3, 0.4]), answer([0.6, 0.1, 0.2, 0.1]))
        assert [(row.label, row.note, row.is_new) for row in rows[:2]] == [
            ("light", "", True),
            ("middling", "", False),
        ]
        assert rows[2].label == "dark" and rows[2].note == "was first"
        assert (rows[2].probability, rows[2].before) == (pytest.approx(0.1), pytest.approx(0.6))
        assert rows[2].logit == pytest.approx(np.log(0.1))
        assert figures.bars(answer([0.1, 0.2, 0.3, 0.4]), None)[0].before is None

    def test_comparison_can_be_switched_off(self, photo: ClassifyPage) -> None:
        photo.change(replace(photo.state, angle=90.0))
        process_events()
        assert any(bar.before is not None for bar in photo.stage.bars.bars)
        photo.panel.compare.click()
        assert all(bar.before is None for bar in photo.stage.bars.bars) and not photo.state.compare
        photo.panel.compare.click()
        assert any(bar.before is not None for bar in photo.stage.bars.bars)

    def test_cropping_by_hand(self, photo: ClassifyPage) -> None:
        QTest.keyClick(photo, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
        assert photo.state.tool == "crop" and not photo.history.can_undo
        drag(photo.stage.picture, (0.2, 0.2), (0.5, 0.4), (0.7, 0.8))
        assert photo.state.crop == pytest.approx((0.2, 0.2, 0.7, 0.8), abs=0.01)
        assert shown(photo).items() >= expected(photo).items()
        drag(photo.stage.picture, (0.7, 0.8), (0.9, 0.9))
        assert photo.state.crop == pytest.approx((0.2, 0.2, 0.9, 0.9), abs=0.01), "by its corner"
        drag(photo.stage.picture, (0.2, 0.55), (0.4, 0.6))
        assert photo.state.crop == pytest.approx((0.4, 0.2, 0.9, 0.9), abs=0.01), "by its side"
        drag(photo.stage.picture, (0.6, 0.4), (0.5, 0.3))
        assert photo.state.crop == pytest.approx((0.3, 0.1, 0.8, 0.8), abs=0.01), "as a whole"
        frame = photo.stage.picture.frame
        assert frame is not None
        left = photo.state.crop[0] if photo.state.crop else 0
        QTest.keyClick(photo.stage.picture, Qt.Key.Key_Right)
        assert photo.state.crop is not None
        assert photo.state.crop[0] == pytest.approx(left + 1 / frame.width, abs=2e-4)
        assert "of 451 × 300 pixels" in photo.stage.tools.crop_text.text()
        photo.stage.tools.whole.click()
        assert photo.state.crop is None

    def test_turning_by_hand_and_by_slider(self, photo: ClassifyPage) -> None:
        QTest.keyClick(photo, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
        picture = photo.stage.picture
        area = picture.area()
        centre, reach = area.center(), area.height() / 3
        start, end = centre + QPointF(reach, 0), centre + QPointF(0, -reach)
        QTest.mousePress(picture, LeftButton, NoModifier, start.toPoint())
        move_to(picture, (centre + QPointF(reach, -reach)).toPoint(), LeftButton)
        process_events()
        assert photo.hand.edits.angle == pytest.approx(45, abs=1) and photo.state.angle == 0
        assert "45°" in photo.stage.tools.angle_text.text()
        QTest.mouseRelease(picture, LeftButton, NoModifier, end.toPoint())
        process_events()
        assert photo.state.angle == pytest.approx(90, abs=1)
        assert shown(photo).items() >= expected(photo).items()
        photo.stage.tools.angle_slider.setValue(-30)
        assert photo.state.angle == -30
        QTest.keyClick(picture, Qt.Key.Key_Right)
        assert photo.state.angle == -31
        photo.stage.tools.straight.click()
        assert photo.state.angle == 0

    def test_reset_and_undo(self, photo: ClassifyPage) -> None:
        edited = replace(photo.state, crop=(0.1, 0.1, 0.9, 0.9), angle=10.0, strokes=((0.1, ((0.5, 0.5),)),))
        photo.change(edited)
        process_events()
        photo.stage.picture.setFocus()
        QTest.keyClick(photo.stage.picture, Qt.Key.Key_Delete)
        process_events()
        assert not photo.state.edited and all(bar.before is None for bar in photo.stage.bars.bars)
        photo.undo()
        process_events()
        assert photo.state == edited and any(bar.before is not None for bar in photo.stage.bars.bars)
        photo.stage.tools.reset.click()
        assert not photo.state.edited

    def test_another_picture_has_no_edits(self, photo: ClassifyPage) -> None:
        photo.change(replace(photo.state, angle=10.0))
        photo.picker.pick(SourceState("sample", "coffee"))
        process_events()
        assert photo.state.source.value == "coffee" and not photo.state.edited
        assert shown(photo) == expected(photo)

    def test_what_is_painted_on_the_stage_is_where_the_engine_paints(self, photo: ClassifyPage) -> None:
        """The picture on the stage and the engine's own, turned and painted over, pixel against pixel."""
        photo.change(
            replace(photo.state, angle=30.0, strokes=((0.08, ((0.3, 0.4), (0.6, 0.5))),), paint="white")
        )
        photo.resize(1300, 850)
        process_events()
        stage, answer = photo.stage.picture, photo.answer
        assert answer is not None
        stage.show_window(None)
        area = stage.area()
        image = stage.grab(area.toRect()).toImage().scaled(answer.edited.shape[1], answer.edited.shape[0])
        found = pixels_of(image).astype(float)
        difference = np.abs(found - answer.edited).mean()
        assert difference < 8, difference
        mirrored = np.abs(found[:, ::-1] - answer.edited).mean()
        assert mirrored > 3 * difference

    def test_pointing_shows_numbers(self, photo: ClassifyPage) -> None:
        frame = photo.stage.picture.frame
        assert frame is not None
        move_to(photo.stage.picture, at(photo.stage.picture, 0.5, 0.5))
        texts = photo.details.under.texts()
        assert texts["pixel of the picture"] in (
            "x 225, y 150",
            "x 225, y 149",
            "x 226, y 150",
            "x 226, y 149",
            "x 224, y 150",
        )
        photo.stage.seen.view.hovered.emit(3, 4)
        assert photo.details.under.texts()["the net gets"] == "−0.145, −0.345, −0.545"
        photo.stage.bars.hovered.emit(0)
        answer = photo.answer
        assert answer is not None
        assert photo.details.under.texts()["probability"] == f"{answer.guesses[0].probability:.6f}"
        photo.stage.bars.hovered.emit(-1)
        assert list(photo.details.under.texts()) == ["point at a picture"]

    def test_logits_on_demand(self, photo: ClassifyPage) -> None:
        before = pixels_of(photo.stage.bars.grab().toImage())
        photo.panel.logits.click()
        assert photo.state.logits and not photo.history.can_undo
        assert (pixels_of(photo.stage.bars.grab().toImage()) != before).any()


class TestPointerThatRests:
    """What is told of the place under it is always of the answer and the picture on show."""

    @staticmethod
    def row(page: ClassifyPage, row: int) -> QPoint:
        return QPoint(40, HEAD + row * ROW + ROW // 2)

    def test_on_a_bar(self, page: ClassifyPage) -> None:
        move_to(page.stage.bars, self.row(page, 1))
        before = page.details.under.texts()
        page.change(replace(page.state, source=replace(page.state.source, strokes=THREE), angle=60.0))
        process_events()
        answer = page.answer
        assert answer is not None
        second, texts = answer.guesses[1], page.details.under.texts()
        assert texts != before and texts["class"] == second.label
        assert texts["index"] == f"{second.index}, of 0 to 6"
        assert texts["probability"] == f"{second.probability:.6f}"

    def test_names_may_repeat(self) -> None:
        p = np.array([0.1, 0.6, 0.3], np.float32)
        guesses = tuple(Guess(index, "crane", float(p[index]), 0.0) for index in (1, 2))
        frame = Frame(np.zeros((1, 1, 3), np.uint8), "")
        answer = Classification("n", guesses, ("crow", "crane", "crane"), p, p, p, (), 0, "cpu", frame)
        rows = [{name: value for name, value, _ in under_bar(answer, bar.index)}
                for bar in figures.bars(answer, None)]  # fmt: skip
        assert [row["index"] for row in rows] == ["1, of 0 to 2", "2, of 0 to 2"]
        assert [row["probability"] for row in rows] == ["0.600000", "0.300000"]

    def test_another_net_has_no_answer_yet(self, open_page: OpenPage) -> None:
        page = open_page(HeldEngine, state=replace(ClassifyState(), weights=DIGITS_NET, source=CAT))
        engine = cast(HeldEngine, page.services.bridge.engine)

        def answer() -> None:
            number = engine.jobs(ClassifyPicture)[-1]
            request = cast(ClassifyPicture, engine.asked[number][0])
            engine.answer(number, say(request, request.frame))
            process_events()

        for number in engine.jobs(LoadSample):
            engine.answer(number, sources.load_sample(CAT.value))
            process_events()
        answer()
        move_to(page.stage.bars, self.row(page, 0))
        assert "probability" in page.details.under.texts()
        page.change(replace(page.state, weights=PHOTO_NET))
        assert list(page.details.under.texts()) == ["point at a picture"]
        assert page.details.sure.texts() == {"no answer": ""}, "nor is the net before said to be sure"
        answer()
        assert "probability" in page.details.under.texts(), "the pointer still rests there"
        page.undo()
        assert list(page.details.under.texts()) == ["point at a picture"]

    def test_on_the_picture_and_on_the_input(self, photo: ClassifyPage) -> None:
        stage = photo.stage.picture
        move_to(stage, at(stage, 0.5, 0.5))
        before = photo.details.under.texts()
        photo.picker.pick(SourceState("sample", "rocket"))
        process_events()
        frame = stage.frame
        assert frame is not None
        place = stage.pixel_pointed_at()
        assert place is not None
        red, green, blue = frame.pixels[place[1], place[0]]
        texts = photo.details.under.texts()
        assert texts != before and texts["R, G, B"] == f"{red}, {green}, {blue}"
        photo.stage.seen.view.hovered.emit(30, 4)
        assert "the net gets" in photo.details.under.texts()
        photo.change(replace(photo.state, weights=DIGITS_NET))
        process_events()
        assert photo.details.under.texts()["pixel of the input"] == "x 30, y 4"
        assert "value" in photo.details.under.texts(), "one channel now"


class TestNets:
    def test_a_photo_before_a_digit_net_is_no_dead_end(self, page: ClassifyPage) -> None:
        page.picker.pick(CAT)
        process_events()
        assert page.state.weights == DIGITS_NET, "suggested, never forced"
        assert page.stage.suggest.isVisible() and page.stage.suggest.text() == "Use Photos"
        page.stage.suggest.click()
        process_events()
        assert page.state.weights == PHOTO_NET and not page.stage.suggest.isVisible()
        assert shown(page) == expected(page)
        page.undo()
        assert page.state.weights == DIGITS_NET

    def test_a_drawing_before_a_photo_net(self, page: ClassifyPage) -> None:
        page.panel.nets.combo.setCurrentIndex(1)
        process_events()
        assert page.state.weights == PHOTO_NET
        assert page.stage.suggest.isVisible() and page.stage.suggest.text() == "Use Digits"
        assert not page.stage.suggest.property("primary"), "there is an answer, too"

    def test_weights_that_are_not_here(self, open_page: OpenPage) -> None:
        page = open_page(state=replace(ClassifyState(), weights="alexnet-imagenet", source=CAT))
        assert page.stage.bars.bars == ()
        assert "are not here" in page.stage.bars.empty_text and "page Weights" in page.stage.bars.empty_text
        assert page.panel.nets.combo.itemText(0) == "AlexNet (not here)"
        assert "not on this computer" in page.panel.about.text()
        assert page.stage.suggest.text() == "Use Photos" and page.stage.suggest.isVisible()
        assert page.stage.suggest.property("primary") and not page.stage.bars.stale

    def test_words_of_a_foreign_file_are_shown_as_they_are(
        self, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        foreign = "<b>Cats</b> & dogs"
        monkeypatch.setitem(
            globals(), "NETS", (status("own", foreign, "tinyvgg", "imported", source=foreign),)
        )
        page = open_page(state=replace(ClassifyState(), weights="own"))
        page.panel.nets.combo.setCurrentIndex(0)
        about = page.panel.about
        assert about.text() == foreign and about.textFormat() is Qt.TextFormat.PlainText
        tip = page.panel.nets.combo.itemData(0, Qt.ItemDataRole.ToolTipRole)
        assert "&lt;b&gt;Cats&lt;/b&gt; &amp; dogs" in tip
        page.change(replace(page.state, weights=DIGITS_NET, source=CAT))
        assert page.stage.suggest.text() == "Use <b>Cats</b> && dogs"

    def test_the_list_is_read_again_when_the_page_comes_back(
        self, page: ClassifyPage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        own = status("imported/own", "My own", "tinyvgg", "imported")
        page.deactivated()
        monkeypatch.setitem(globals(), "NETS", (*NETS, own))
        page.activated()
        process_events()
        combo = page.panel.nets.combo
        assert [combo.itemText(i) for i in range(combo.count())] == ["Digits", "Photos", "My own"]

    def test_the_way_to_the_page_weights(self, page: ClassifyPage) -> None:
        asked = QSignalSpy(page.pageAsked)
        page.panel.more.click()
        assert asked.count() == 1 and asked.at(0) == ["weights", {}]


class TestInTime:
    """Answers that come late, in another order, or not at all."""

    @pytest.fixture
    def held(self, open_page: OpenPage) -> ClassifyPage:
        return open_page(HeldEngine)

    @staticmethod
    def engine(page: ClassifyPage) -> HeldEngine:
        engine = page.services.bridge.engine
        assert isinstance(engine, HeldEngine)
        return engine

    def reply(self, page: ClassifyPage, number: int) -> None:
        request = self.engine(page).asked[number][0]
        assert isinstance(request, ClassifyPicture)
        self.engine(page).answer(number, say(request, request.frame))
        process_events()

    def test_what_is_not_answered_is_stale(self, held: ClassifyPage) -> None:
        (first,) = self.engine(held).jobs(ClassifyPicture)
        assert held.stage.bars.stale and held.stage.bars.empty_text and not held.tour_ready()
        self.reply(held, first)
        assert not held.stage.bars.stale and len(held.stage.bars.bars) == 5
        held.change(replace(held.state, angle=5.0))
        assert held.stage.bars.stale and held.stage.seen.view.stale

    def test_a_drag_asks_one_at_a_time_and_the_newest_next(self, held: ClassifyPage) -> None:
        engine = self.engine(held)
        (first,) = engine.jobs(ClassifyPicture)
        self.reply(held, first)
        held.amend(replace(held.state, tool="turn"))
        for angle in (1.0, 2.0, 3.0, 4.0):
            held.stage.picture.angleMoved.emit(angle)
        still = [n for n in engine.jobs(ClassifyPicture) if engine.asked[n][1] == "classify.picture"]
        assert len(still) == 2, "the others wait for the answer under way"
        assert not engine.cancelled, "and it is not thrown away"
        assert cast(ClassifyPicture, engine.asked[still[-1]][0]).edits.angle == 1.0
        self.reply(held, still[-1])
        assert held.stage.bars.stale, "an answer to an angle that has passed"
        newest = engine.jobs(ClassifyPicture)[-1]
        assert cast(ClassifyPicture, engine.asked[newest][0]).edits.angle == 4.0
        self.reply(held, newest)
        assert not held.stage.bars.stale

    def test_another_net_does_not_wait(self, held: ClassifyPage) -> None:
        engine = self.engine(held)
        (first,) = engine.jobs(ClassifyPicture)
        held.change(replace(held.state, weights=PHOTO_NET))
        second = engine.jobs(ClassifyPicture)[-1]
        assert second != first and cast(ClassifyPicture, engine.asked[second][0]).weights == PHOTO_NET
        self.reply(held, first)
        assert held.answer is None, "the late answer of the other net is not shown"
        self.reply(held, second)
        assert held.answer is not None and held.answer.weights == PHOTO_NET

    def test_before_and_after_come_in_either_order(self, open_page: OpenPage) -> None:
        page = open_page(HeldEngine, state=replace(ClassifyState(), angle=30.0))
        engine = self.engine(page)
        keys = {engine.asked[n][1]: n for n in engine.jobs(ClassifyPicture)}
        assert set(keys) == {"classify.picture", "classify.before"}
        self.reply(page, keys["classify.picture"])
        assert all(bar.before is None for bar in page.stage.bars.bars) and not page.tour_ready()
        self.reply(page, keys["classify.before"])
        assert any(bar.before is not None for bar in page.stage.bars.bars)

    def test_an_answer_is_compared_with_its_own_picture_only(self, open_page: OpenPage) -> None:
        page = open_page(HeldEngine, state=replace(ClassifyState(), angle=30.0))
        engine = self.engine(page)
        for number in engine.jobs(ClassifyPicture):
            self.reply(page, number)
        assert any(bar.before is not None for bar in page.stage.bars.bars)
        page.stage.picture.strokeGrew.emit(((0.1, 0.9),))
        newest = {engine.asked[n][1]: n for n in engine.jobs(ClassifyPicture)}
        self.reply(page, newest["classify.before"])
        assert page.stage.bars.stale and all(bar.before is None for bar in page.stage.bars.bars)
        self.reply(page, newest["classify.picture"])
        assert not page.stage.bars.stale and any(bar.before is not None for bar in page.stage.bars.bars)

    def test_a_failure_is_a_sentence_in_place(self, held: ClassifyPage) -> None:
        (first,) = self.engine(held).jobs(ClassifyPicture)
        said = QSignalSpy(held.said)
        self.engine(held).fail(first, ErrorReport("The weights are damaged.", "Download them again."))
        process_events()
        assert held.stage.bars.empty_text == "The weights are damaged. Download them again."
        assert not held.stage.bars.stale and said.count() == 0
        with pytest.raises(UserError, match="no answer"):
            ClassifyExports(held).script()

    @pytest.mark.parametrize("way", ["button", "change"])
    def test_a_cancelled_answer_is_said_and_can_be_asked_again(self, held: ClassifyPage, way: str) -> None:
        engine = self.engine(held)
        (first,) = engine.jobs(ClassifyPicture)
        engine.emit(Cancelled(first))  # by the button of the status bar
        process_events()
        assert held.stage.bars.empty_text == "Cancelled, so there is no answer."
        assert not held.stage.bars.stale and not held.tour_ready()
        assert held.stage.again.isVisible() and held.answer is None
        if way == "button":
            held.stage.again.click()
        else:
            held.amend(replace(held.state, logits=True))
        again = engine.jobs(ClassifyPicture)[-1]
        one, other = (cast(ClassifyPicture, engine.asked[number][0]) for number in (first, again))
        assert again != first and (other.weights, other.frame) == (one.weights, one.frame)
        assert held.stage.bars.empty_text in (WAITING, LOADING) and not held.stage.again.isVisible()
        self.reply(held, again)
        assert len(held.stage.bars.bars) == 5 and not held.stage.bars.stale
        assert not held.stage.again.isVisible()

    def test_a_list_that_cannot_be_read(self, held: ClassifyPage) -> None:
        (number,) = self.engine(held).jobs(ListWeights)
        self.engine(held).fail(number, ErrorReport("The models folder cannot be read.", "Choose another."))
        process_events()
        assert held.panel.about.text() == "The models folder cannot be read. Choose another."

    def test_a_hidden_page_asks_nothing_and_comes_back(self, held: ClassifyPage) -> None:
        engine = self.engine(held)
        (first,) = engine.jobs(ClassifyPicture)
        held.deactivated()
        assert first in engine.cancelled
        process_events()
        held.change(replace(held.state, angle=12.0))
        assert engine.jobs(ClassifyPicture) == [first]
        held.activated()
        process_events()
        asked = [engine.asked[n][0] for n in engine.jobs(ClassifyPicture)[1:]]
        assert any(cast(ClassifyPicture, request).edits.angle == 12.0 for request in asked)
        assert len(engine.jobs(ListWeights)) == 2, "weights may have come or gone"


class TestLive:
    @pytest.fixture
    def live(
        self, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
    ) -> tuple[ClassifyPage, Mailbox[Frame]]:
        page = open_page(HeldEngine, state=replace(ClassifyState(), weights=PHOTO_NET, source=CAT))
        frames: Mailbox[Frame] = Mailbox()
        monkeypatch.setattr(type(page.picker), "frames", property(lambda _self: frames))
        page._live_changed(True)
        return page, frames

    @staticmethod
    def request(page: ClassifyPage) -> tuple[HeldEngine, int, ClassifyLive]:
        engine = cast(HeldEngine, page.services.bridge.engine)
        number = engine.jobs(ClassifyLive)[-1]
        return engine, number, cast(ClassifyLive, engine.asked[number][0])

    def test_the_picture_is_the_one_that_was_answered(
        self, live: tuple[ClassifyPage, Mailbox[Frame]]
    ) -> None:
        page, frames = live
        engine, number, request = self.request(page)
        assert request.frames is frames
        status_line = QSignalSpy(page.statusChanged)
        for level in (40, 200):
            frame = Frame(np.full((40, 60, 3), level, np.uint8), "camera", time_s=0.0)
            engine.emit(Partial(number, say(request, frame)))
            process_events()
            assert (
                page.stage.picture.frame is frame and page.answer is not None and page.answer.frame is frame
            )
            page._frame_arrived(Frame(np.zeros((40, 60, 3), np.uint8), "camera"))
            assert page.stage.picture.frame is frame, "frames come with their answers"
        assert not page.stage.bars.stale and all(bar.before is None for bar in page.stage.bars.bars)
        line = status_line.at(status_line.count() - 1)[0]
        assert "fps" in line and "ms old" in line and "frames skipped" in line

    def test_edits_ask_anew_at_a_measured_pace(
        self, live: tuple[ClassifyPage, Mailbox[Frame]], qtbot: QtBot
    ) -> None:
        page, _frames = live
        engine, _number, _request = self.request(page)
        for angle in range(1, 8):
            page.change(replace(page.state, angle=float(angle)))
        assert len(engine.jobs(ClassifyLive)) == 1
        process_events()
        qtbot.waitUntil(lambda: len(engine.jobs(ClassifyLive)) == 2, timeout=WAIT)
        assert self.request(page)[2].edits.angle == 7.0
        qtbot.wait(2 * LIVE_PAUSE_MS)
        assert len(engine.jobs(ClassifyLive)) == 2

    def test_while_the_hand_is_ahead_answers_are_of_the_past(
        self, live: tuple[ClassifyPage, Mailbox[Frame]], qtbot: QtBot
    ) -> None:
        page, _frames = live
        engine, number, request = self.request(page)
        frame = Frame(np.full((40, 60, 3), 90, np.uint8), "camera", time_s=0.0)
        engine.emit(Partial(number, say(request, frame)))
        process_events()
        assert not page.stage.bars.stale
        page.change(replace(page.state, angle=20.0))
        engine.emit(Partial(number, say(request, frame)))
        process_events()
        assert page.stage.bars.stale, "an answer to the angle before"
        qtbot.waitUntil(lambda: len(engine.jobs(ClassifyLive)) == 2, timeout=WAIT)
        assert page.stage.bars.stale
        _, number, request = self.request(page)
        engine.emit(Partial(number, say(request, frame)))
        process_events()
        assert not page.stage.bars.stale

    @pytest.mark.parametrize("why", ["failure", "another net"])
    def test_the_picture_moves_on_while_no_answer_brings_it(
        self, live: tuple[ClassifyPage, Mailbox[Frame]], why: str
    ) -> None:
        page, _frames = live
        engine, number, request = self.request(page)
        engine.emit(
            Partial(number, say(request, Frame(np.zeros((40, 60, 3), np.uint8), "camera", time_s=0.0)))
        )
        process_events()
        if why == "failure":
            engine.fail(number, ErrorReport("Memory ran out.", "Choose a smaller net."))
        else:
            page.panel.netPicked.emit(DIGITS_NET)
        process_events()
        frame = Frame(np.full((40, 60, 3), 255, np.uint8), "camera")
        page._frame_arrived(frame)
        assert page.stage.picture.frame is frame
        asked = len(engine.jobs(ClassifyLive))
        assert asked == (1 if why == "failure" else 2), "what failed is not asked again for every frame"

    def test_a_cancelled_net_lets_the_picture_move_on(
        self, live: tuple[ClassifyPage, Mailbox[Frame]]
    ) -> None:
        page, _frames = live
        engine, number, request = self.request(page)
        shown = Frame(np.zeros((40, 60, 3), np.uint8), "camera", time_s=0.0)
        engine.emit(Partial(number, say(request, shown)))
        status = QSignalSpy(page.statusChanged)
        engine.emit(Cancelled(number))  # by the button of the status bar
        process_events()
        assert status.at(status.count() - 1) == [""], "a pace is told though no answers come"
        assert page.stage.bars.bars == () and page.stage.again.isVisible()
        assert page.stage.bars.empty_text == "Cancelled, so there is no answer."
        frame = Frame(np.full((40, 60, 3), 255, np.uint8), "camera")
        page._frame_arrived(frame)
        process_events()
        assert page.stage.picture.frame is frame
        assert engine.jobs(ClassifyLive) == [number], "not asked again for every frame"
        page.stage.again.click()
        process_events()
        _, again, request = self.request(page)
        assert again != number and not page.stage.again.isVisible()
        engine.emit(Partial(again, say(request, frame)))
        process_events()
        assert len(page.stage.bars.bars) == 5 and not page.stage.bars.stale

    def test_the_end_of_a_film_is_no_answer(self, live: tuple[ClassifyPage, Mailbox[Frame]]) -> None:
        page, _frames = live
        engine, number, request = self.request(page)
        frame = Frame(np.zeros((40, 60, 3), np.uint8), "film", time_s=0.0)
        engine.emit(Partial(number, say(request, frame)))
        process_events()
        engine.emit(Done(number, None, seconds=1.0))
        process_events()
        assert page.answer is not None and page.answer.frame is frame and not page.stage.bars.stale

    def test_a_frame_without_a_digit_is_said_once(self, live: tuple[ClassifyPage, Mailbox[Frame]]) -> None:
        page, _frames = live
        engine, number, request = self.request(page)
        frame = Frame(np.full((40, 60, 3), 90, np.uint8), "camera")
        empty = np.zeros(0, np.float32)
        blank = replace(
            say(request, frame), guesses=(), probabilities=empty, logits=empty, note="Nothing is drawn yet."
        )
        engine.emit(Partial(number, blank))
        process_events()
        assert page.stage.bars.bars == () and page.stage.bars.empty_text == "Nothing is drawn yet."
        assert page.stage.line.text == "" and page.stage.seen.view.picture_size == (0, 0)
        assert page.details.sure.texts() == {"no answer": ""} and page.stage.picture.frame is frame

    def test_a_net_that_was_offered_stays_offered(
        self, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page = open_page(HeldEngine, state=replace(ClassifyState(), source=CAT))
        page._list_came(NETS)
        frames: Mailbox[Frame] = Mailbox()
        monkeypatch.setattr(type(page.picker), "frames", property(lambda _self: frames))
        monkeypatch.setattr(page.picker, "set_state", lambda _state: None)  # there is no such film
        page.amend(replace(page.state, source=SourceState("video", "film.mp4")))
        process_events()
        engine, number, request = self.request(page)
        rng = np.random.default_rng(0)
        good = say(request, Frame(rng.integers(0, 255, (40, 60, 3), np.uint8), "film.mp4"))
        nothing = np.zeros(0, np.float32)
        bad = replace(good, guesses=(), probabilities=nothing, logits=nothing, note="Nothing is drawn yet.")
        engine.emit(Partial(number, good))
        process_events()
        shown: list[tuple[bool, bool]] = []
        for answer in (bad, good, bad, good):
            engine.emit(Partial(number, answer))
            process_events()
            button = page.stage.suggest
            shown.append((button.isVisible(), bool(button.property("primary"))))
        assert len(set(shown)) == 1 and shown[0][0], "neither its place nor its look changes with the frames"
        page.stage.suggest.click()
        process_events()
        assert page.state.weights == PHOTO_NET and not page.stage.suggest.isVisible()

    def test_comparing_needs_a_still_picture(self, live: tuple[ClassifyPage, Mailbox[Frame]]) -> None:
        page, _frames = live
        page.change(replace(page.state, angle=10.0))
        assert not page.panel.compare.isEnabled()
        assert page.panel.compare.toolTip() == "Freeze the picture to compare"

    def test_hidden_it_stops(self, live: tuple[ClassifyPage, Mailbox[Frame]]) -> None:
        page, _frames = live
        engine, number, _request = self.request(page)
        page.deactivated()
        assert number in engine.cancelled


class TestState:
    def test_to_json_and_back(self) -> None:
        state = ClassifyState(
            PHOTO_NET, CAT, (0.1, 0.2, 0.8, 0.9), -20.0, ((0.1, ((0.5, 0.5), (0.6, 0.6))),), "white", 0.1, 0.05, True,
            "crop", False, True,
        )  # fmt: skip
        assert from_json(ClassifyState, json.loads(json.dumps(to_json(state)))).validated() == state

    @pytest.mark.parametrize(
        "changes",
        [
            {"weights": ""}, {"crop": (0.5, 0.0, 0.4, 1.0)}, {"crop": (0.0, 0.0, float("nan"), 1.0)},
            {"angle": 181.0}, {"angle": float("nan")}, {"brush": 0.0}, {"brush": 0.9}, {"pen": 0.9},
            {"strokes": ((0.5, ((0.5, 0.5),)),)}, {"strokes": ((0.1, ()),)},
            {"strokes": ((0.1, ((9.0, 0.5),)),)}, {"strokes": ((0.1, ((0.5, 0.5),)),) * 401},
        ],
        ids=str,
    )  # fmt: skip
    def test_what_cannot_be_is_refused(self, changes: dict[str, Any]) -> None:
        with pytest.raises(UserError):
            replace(ClassifyState(), **changes).validated()

    def test_edits_belong_to_their_picture(self) -> None:
        state = replace(ClassifyState(source=CAT), angle=5.0)
        assert not with_source(state, SourceState("sample", "coffee")).edited
        assert with_source(state, replace(CAT)).edited
        camera = replace(state, source=SourceState("camera", "c"))
        assert with_source(camera, SourceState("camera", "c", frozen=True)).edited
        drawing = replace(ClassifyState(), angle=5.0)
        assert with_source(drawing, SourceState("drawing", "dark", strokes=THREE)).edited
        assert unedited(drawing).source == drawing.source

    def test_every_tour_stop_is_shown(self, page: ClassifyPage) -> None:
        stops = page.tour()
        assert 5 <= len(stops) <= 6 and len({stop.name for stop in stops}) == len(stops)
        for stop in stops:
            page.change(stop.state)
            process_events()
            assert page.state == stop.state.validated(), stop.name
            assert page.tour_ready() and page.stage.bars.bars, stop.name


class TestExports:
    def test_the_table(self, photo: ClassifyPage) -> None:
        header, rows = ClassifyExports(photo).table()
        answer = photo.answer
        assert answer is not None and answer.logits is not None
        assert header == ["index", "class", "probability", "logit"] and len(rows) == 7
        assert [row[2] for row in rows] == sorted((row[2] for row in rows), reverse=True)  # type: ignore[type-var]
        for index, label, probability, logit in rows:
            assert LABELS[index] == label  # type: ignore[call-overload]
            assert (probability, logit) == (answer.probabilities[index], answer.logits[index])  # type: ignore[call-overload]
        photo.change(replace(photo.state, angle=20.0))
        process_events()
        assert ClassifyExports(photo).table()[0][-1] == "before the edits"
        assert export.table_csv(*ClassifyExports(photo).table()).count("\n") == 8

    def test_pictures(self, photo: ClassifyPage, tmp_path: Path) -> None:
        exports = ClassifyExports(photo)
        assert export.save_png(exports.picture(), tmp_path / "a.png").stat().st_size > 10_000
        text = export.save_svg(exports.picture(), tmp_path / "a.svg").read_text(encoding="utf-8")
        assert "bright" in text or "light" in text or "middling" in text, "names stay text"
        export.save_pdf(exports.picture(), tmp_path / "a.pdf", "Classify", exports.caption)
        assert photo.answer is not None and photo.answer.guesses[0].label in exports.caption

    def test_the_verbs(self, photo: ClassifyPage) -> None:
        titles = [verb.title for verb in photo.verbs()]
        for part in ("PNG", "SVG", "PDF", "CSV", "PyTorch", "Copy view"):
            assert any(part in title for title in titles), part
        assert isinstance(ClassifyExports(photo), page_verbs.HasTable)
        assert isinstance(ClassifyExports(photo), page_verbs.HasScript)

    def test_the_script_is_python_with_the_pixels_in_it(self, photo: ClassifyPage) -> None:
        script = ClassifyExports(photo).script()
        compile(script, "script", "exec")
        assert "build('tinyvgg', 'net.safetensors')" in script and "agrees with ConvScope" in script


class TestCropGeometry:
    @pytest.mark.parametrize("grip", ["tl", "t", "tr", "r", "br", "b", "bl", "l", "new", "move"])
    def test_never_outside_and_never_tiny(self, grip: Any) -> None:
        rng = np.random.default_rng(0)
        for _ in range(200):
            left, top = rng.uniform(0, 0.8, 2)
            before = (left, top, left + 0.2, top + 0.2)
            start, place = tuple(rng.uniform(0, 1, 2)), tuple(rng.uniform(0, 1, 2))
            for square in (False, True):
                crop = CropDrag(grip, before, start).moved(place, (100, 50), square=square)
                assert 0 <= crop[0] < crop[2] <= 1 and 0 <= crop[1] < crop[3] <= 1
                assert (crop[2] - crop[0]) * 100 >= 7.9 and (crop[3] - crop[1]) * 50 >= 7.9

    def test_a_corner_keeps_its_opposite(self) -> None:
        crop = CropDrag("br", (0.1, 0.2, 0.5, 0.6), (0.5, 0.6)).moved((0.9, 0.7), (100, 100))
        assert crop == (0.1, 0.2, 0.9, 0.7)
        crop = CropDrag("tl", (0.1, 0.2, 0.5, 0.6), (0.1, 0.2)).moved((0.3, 0.1), (100, 100))
        assert crop == (0.3, 0.1, 0.5, 0.6)

    def test_square_in_pixels(self) -> None:
        left, top, right, bottom = CropDrag("new", (0, 0, 1, 1), (0.1, 0.1)).moved(
            (0.5, 0.9), (200, 100), square=True
        )
        assert (right - left) * 200 == pytest.approx((bottom - top) * 100, abs=0.1)

    def test_grips(self) -> None:
        area = QRectF(100, 100, 200, 100)
        assert (
            grip_at(area, QPointF(102, 97), False) == "tl" and grip_at(area, QPointF(200, 201), False) == "b"
        )
        assert (
            grip_at(area, QPointF(180, 150), False) == "move"
            and grip_at(area, QPointF(180, 150), True) == "new"
        )
        assert grip_at(area, QPointF(20, 20), False) == "new"
        assert nudged((0.1, 0.1, 0.3, 0.3), -0.5, 0.9) == (0.0, 0.8, 0.2, 1.0)

    @pytest.mark.parametrize(
        ("angle", "same"), [(190, -170), (-181, 179), (180, 180), (-180, -180), (360, 0), (45, 45)]
    )
    def test_angles_wrap(self, angle: float, same: float) -> None:
        assert wrapped(angle) == same

    @pytest.mark.parametrize("angle", [0.0, 30.0, -135.0])
    def test_places_come_back_through_the_turn(self, page: ClassifyPage, angle: float) -> None:
        """The centre of a dot that the engine paints lies under the place that was clicked."""
        stage = page.stage.picture
        frame = Frame(np.full((200, 300, 3), 255, np.uint8), "paper")
        stage.show_picture(frame, PictureEdits(angle=angle))
        place = at(stage, 0.6, 0.45)
        point = stage.to_picture(QPointF(place))
        dotted = edit(frame.pixels, PictureEdits(angle=angle, strokes=((0.03, (point,)),), paint="black"))
        rows, columns = np.nonzero(dotted[..., 0] < 100)
        area = stage.area()
        assert columns.mean() / 300 == pytest.approx((place.x() - area.x()) / area.width(), abs=0.01)
        assert rows.mean() / 200 == pytest.approx((place.y() - area.y()) / area.height(), abs=0.01)


@pytest.mark.parametrize("size", [(1300, 850), (820, 560)])
@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
def test_nothing_is_cut_off(open_page: OpenPage, size: tuple[int, int], scheme: Scheme) -> None:
    theme.apply(scheme)
    page = open_page(size=size, state=replace(ClassifyState(), weights=PHOTO_NET, source=CAT, angle=15.0))
    stage = page.stage
    for widget in (stage.picture, stage.seen, stage.bars, stage.tools):
        box = QRectF(widget.rect()).translated(widget.mapTo(stage, QPointF(0, 0)))
        assert QRectF(stage.rect()).contains(box), widget.accessibleName()
    assert stage.picture.height() > 120 and stage.seen.view.height() >= 96
    assert stage.bars.height() == stage.bars.sizeHint().height()
    shown_here = stage.seen.steps.isVisible()
    assert page.details._sections["How the input was made"].isHidden() == shown_here
