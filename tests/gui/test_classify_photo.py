"""The classification page: a photo, its crop, the pointer that rests on it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtTest import QTest

from engine import sources
from engine.images import Frame
from engine.networks.classifying.picture_edits import edit
from engine.networks.requests import (
    Classification,
    ClassifyPicture,
    Guess,
    PictureEdits,
)
from engine.sources import LoadSample
from gui.pages.classify import figures
from gui.pages.classify.crop_handles import CropDrag, grip_at, nudged
from gui.pages.classify.drawings import THREE
from gui.pages.classify.inspector import under_bar
from gui.pages.classify.page import ClassifyPage
from gui.pages.classify.picture_stage import wrapped
from gui.pages.classify.state import DIGITS_NET, PHOTO_NET, ClassifyState
from gui.widgets.probability_bars import HEAD, ROW
from gui.widgets.source_state import SourceState
from tests.gui.classify_fixtures import (
    CAT,
    LABELS,
    LeftButton,
    NoModifier,
    OpenPage,
    at,
    drag,
    expected,
    open_page,
    page,
    photo,
    say,
    shown,
)
from tests.gui.page_fixtures import process_events
from tests.gui.window_fixtures import HeldEngine, calm, move_to, pixels_of

__all__ = ["calm", "open_page", "page", "photo"]


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
