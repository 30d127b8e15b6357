"""The view "Non-max suppression": real widgets over the real engine, without a thread."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.cv import cv2
from engine.detection.anchoring.street import draw_street
from engine.detection.boxes import nms
from engine.detection.found import Raw
from engine.errors import UserError
from engine.images import Frame
from engine.runner import InlineEngine
from gui import export
from gui.bridge import Bridge
from gui.pages import entry
from gui.pages.base import Services
from gui.pages.boxes.state import BoxesState
from gui.pages.boxes.suppression import hand, words
from gui.pages.boxes.suppression.boxes import shown_boxes, with_boxes
from gui.pages.boxes.suppression.card_row import CardRow
from gui.pages.boxes.suppression.cards import cards_height, rows_of
from gui.pages.boxes.suppression.duel import paint_duel
from gui.pages.boxes.suppression.film import film_of
from gui.pages.boxes.suppression.handover import handed_over
from gui.pages.boxes.suppression.settings import MOST_CARDS, Scored, SuppressionSettings
from gui.pages.boxes.suppression.tour import STOPS
from gui.pages.boxes.suppression.view import SuppressionView
from gui.pages.boxes.target.settings import Labelled
from gui.settings import Settings
from gui.state import from_json, to_json
from gui.widgets.box_editor import Box
from gui.widgets.source_state import SourceState
from tests.gui.kept_views import Keep, Kept, keep
from tests.gui.window_fixtures import calm, wait_beside

__all__ = ["calm", "keep"]

PICTURE = Frame(draw_street([(200.0, 200, 300, 400)], [0]), "a street")
DRAWN = (
    Scored((0.1, 0.1, 0.4, 0.6), 0, 0.9),
    Scored((0.11, 0.1, 0.4, 0.6), 0, 0.8),
    Scored((0.6, 0.2, 0.9, 0.7), 1, 0.7),
    Scored((0.6, 0.2, 0.9, 0.7), 0, 0.65),
    Scored((0.5, 0.5, 0.6, 0.6), 0, 0.2),
)
HANDMADE = SuppressionSettings(origin="drawn", drawn=DRAWN)


@pytest.fixture
def stage(keep: Keep) -> Kept:
    kept = keep(SuppressionView, SuppressionSettings(), size=(1000, 760), frame=PICTURE)
    kept.view.set_active(True)
    return kept


def game_of(settings: SuppressionSettings, frame: Frame | None = PICTURE) -> hand.Game:
    dealt = hand.deal(settings, frame, None)
    assert dealt is not None
    return hand.play(dealt, settings)


class TestGame:
    def test_first_visit_has_cards_without_a_picture(self) -> None:
        game = game_of(SuppressionSettings(), None)
        assert game.count > 20 and len(game.cards(0)) == 18
        assert {card.state for card in game.cards(0)} == {"waiting"}

    def test_what_is_kept_is_what_nms_keeps(self) -> None:
        settings = SuppressionSettings(per_class=False)
        game = game_of(settings)
        strong = np.flatnonzero(game.hand.scores > settings.least)
        expected = strong[nms(game.hand.boxes[strong], game.hand.scores[strong], settings.threshold)]
        assert list(game.steps[-1].kept) == expected.tolist()
        kept = {card.box for card in game.cards(game.count - 1) if card.state == "kept"}
        assert kept == set(expected.tolist())

    def test_states_of_a_hand_of_five(self) -> None:
        game = game_of(HANDMADE)
        told = [[card.state for card in game.cards(position)] for position in range(game.count)]
        assert told[0] == ["waiting"] * 5
        assert told[1] == ["waiting"] * 4 + ["discarded"]
        assert told[2][0] == "pick" and told[3] == ["pick", "dead", "waiting", "waiting", "discarded"]
        assert told[-1] == ["kept", "dead", "kept", "kept", "discarded"]
        together = game_of(replace(HANDMADE, per_class=False))
        assert [card.state for card in together.cards(99)] == ["kept", "dead", "kept", "dead", "discarded"]

    def test_cards_are_numbered_by_score_and_remember_what_they_died_by(self) -> None:
        game = game_of(replace(HANDMADE, per_class=False))
        cards = game.cards(game.count - 1)
        assert [card.number for card in cards] == [1, 2, 3, 4, 5]
        assert cards[3].why == 2 and cards[3].overlap == pytest.approx(1.0)
        assert [game.decided_at(card.box) for card in cards[:2]] == [2, 3]

    def test_soft_scores_fall(self) -> None:
        game = game_of(replace(HANDMADE, decay="linear", floor=0.01))
        cards = game.cards(game.count - 1)
        assert cards[1].state == "kept" and cards[1].score < cards[1].first == 0.8
        assert words.caption(replace(cards[1], state="waiting"), HANDMADE) == "was 0.80"
        removed = game_of(replace(HANDMADE, decay="linear", floor=0.3)).cards(99)
        assert removed[1].state == "dead"

    @pytest.mark.parametrize("decay", ["hard", "linear", "gaussian"])
    @pytest.mark.parametrize("per_class", [True, False])
    def test_every_step_has_words_and_a_drawing(self, calm: None, decay: Any, per_class: bool) -> None:
        settings = replace(SuppressionSettings(), decay=decay, per_class=per_class)
        game = game_of(settings)
        image = QImage(360, 400, QImage.Format.Format_RGB32)
        painter = QPainter(image)
        for position in range(game.count):
            title, sentence = words.told(game, settings, position)
            assert title and sentence.endswith(".") and "nan" not in sentence
            paint_duel(painter, game, settings, position, QSizeF(360, 400))
        painter.end()
        assert len(words.facts(game, settings, 5)) >= 5

    def test_decay_is_told_as_arithmetic(self) -> None:
        settings = replace(HANDMADE, decay="linear", floor=0.01)
        game = game_of(settings)
        line = words.decay_line(game, settings, 3)
        assert line.startswith("0.800 · (1 − 0.967) = 0.02")
        assert words.decay_line(game, settings, 2) == ""

    def test_raw_boxes_are_cut_to_the_picture_and_to_the_best(self) -> None:
        draw = np.random.default_rng(0)
        low = draw.uniform(-50, 700, (500, 2))
        boxes = np.concatenate([low, low + 80], 1)
        boxes[3] = np.nan
        raw = Raw(boxes, draw.uniform(0, 1, (500, 3)), draw.uniform(0, 1, 500))
        settings = handed_over(PICTURE, raw, ("a", "b", "c")).validated()
        assert len(settings.given) == MOST_CARDS and settings.origin == "given"
        game = game_of(settings)
        assert game.hand.scores.min() > 0.4
        again = from_json(BoxesState, to_json(BoxesState(view="suppression", suppression=settings)))
        assert again.suppression == settings


class TestSettings:
    @pytest.mark.parametrize(
        "changes",
        [
            {"least": 1.2}, {"threshold": float("nan")}, {"count": 0}, {"jitter": 0.0}, {"sigma": 0.0},
            {"seed": -1}, {"step": -1}, {"origin": "elsewhere"}, {"decay": "gentle"}, {"floor": -0.1},
            {"drawn": (Scored((0.5, 0.5, 0.2, 0.9)),)}, {"drawn": (Scored((0, 0, 1, 1), 7),)},
            {"drawn": (Scored((0, 0, 1, 1), 0, 1.5),)}, {"drawn": (DRAWN[0],) * (MOST_CARDS + 1)},
            {"given": (Scored((0, 0, 1, 1), 0),)}, {"things": (Labelled((0, 0, 1, 1)),) * 7},
        ],
    )  # fmt: skip
    def test_bad_values_are_refused_with_a_sentence(self, changes: dict[str, Any]) -> None:
        with pytest.raises(UserError, match=r"\.$"):
            replace(SuppressionSettings(), **changes).validated()

    def test_a_session_comes_back(self) -> None:
        state = BoxesState(view="suppression", suppression=replace(HANDMADE, decay="gaussian", step=3))
        assert from_json(BoxesState, json.loads(json.dumps(to_json(state)))) == state

    def test_another_picture_comes_to_the_table(self) -> None:
        cat = SuppressionSettings().before(SourceState("sample", "cat"))
        assert cat.origin == "around" and cat.things and cat.validated()
        unknown = HANDMADE.before(SourceState("file", "/tmp/x.png"))
        assert unknown.origin == "around" and unknown.things and not unknown.drawn
        assert SuppressionSettings().before(SourceState("drawing")).origin == "detector"

    def test_the_stops_of_the_tour_are_valid(self) -> None:
        for _name, _title, _tip, state in STOPS:
            state.validated()


class TestBoxes:
    def test_a_moved_box_keeps_the_others_to_the_digit(self) -> None:
        game = game_of(HANDMADE)
        shown = shown_boxes(game, HANDMADE, game.cards(0))
        size = (PICTURE.width, PICTURE.height)
        moved = [replace(shown[0], corners=(0.0, 0.0, 72.0, 48.0)), *shown[1:]]
        settings = with_boxes(HANDMADE, shown, moved, size)
        assert settings.drawn[0] == Scored((0.0, 0.0, 0.1, 0.1), 0, 0.9)
        assert settings.drawn[1:] == DRAWN[1:]

    def test_scores_stay_with_their_boxes_when_one_is_taken_away(self) -> None:
        game = game_of(HANDMADE)
        shown = shown_boxes(game, HANDMADE, game.cards(0))
        settings = with_boxes(HANDMADE, shown, [*shown[:1], *shown[2:]], (PICTURE.width, PICTURE.height))
        assert settings.drawn == (DRAWN[0], *DRAWN[2:])
        more = with_boxes(HANDMADE, shown, [*shown, Box((0, 0, 10, 10), 2)], (PICTURE.width, PICTURE.height))
        assert more.drawn[-1].kind == 2 and more.drawn[-1].score == 0.9

    def test_rows_of_cards_fit_their_width(self) -> None:
        for count in (1, 7, 18, 40):
            for width in (300.0, 700.0, 1000.0, 2000.0):
                rows = rows_of(count, width)
                last = rows.area(count - 1)
                assert last.bottom() <= cards_height(count, width)
                assert all(rows.area(i).left() >= 0 and rows.area(i).right() <= width for i in range(count))


class TestView:
    def test_the_first_visit_is_full_and_checked(self, stage: Kept) -> None:
        stage.settle()
        view = stage.view
        assert len(view.cards.cards) == 18 and view.editor.frame is not None
        assert "Checked against torchvision" in view.badge.title.text()
        assert view.steps() is not None and view.facts()

    def test_stepping_looks_around_and_clicking_a_card_goes_to_its_decision(self, stage: Kept) -> None:
        view = stage.view
        view.go_to(3)
        assert stage.settings.step == 3 and not stage.gestures
        assert {card.state for card in view.cards.cards} >= {"pick", "discarded"}
        weak = view.cards.cards[-1].box
        place = view.cards.area_of(weak).center().toPoint()
        QTest.mouseClick(view.cards, Qt.MouseButton.LeftButton, pos=place)
        assert stage.settings.step == 1
        assert view.escape() and stage.settings.step == 0 and not view.escape()

    def test_pointing_at_a_card_lights_its_box_and_tells_about_it(self, stage: Kept) -> None:
        view = stage.view
        place = view.cards.area_of(view.cards.cards[2].box).center()
        QTest.mouseMove(view.cards, place.toPoint())
        QApplication.processEvents()
        view.cards.hovered.emit(view.cards.cards[2].box)
        assert stage.facts[-1][0][0] == "card 3"
        view.cards.hovered.emit(None)
        assert stage.facts[-1] == []

    def test_a_threshold_is_one_gesture_and_answers_at_once(self, stage: Kept) -> None:
        view = stage.view
        before = len(view.game.steps[-1].kept) if view.game else 0
        view._controls.threshold.slider.setValue(95)
        assert stage.settings.threshold == 0.95 and stage.gestures == ["suppression iou"]
        assert view.game is not None and len(view.game.steps[-1].kept) > before
        view._controls.classes.changed.emit("together")
        assert not stage.settings.per_class
        view._controls.decay.changed.emit("gaussian")
        assert stage.settings.decay == "gaussian" and view._controls.sigma.isVisibleTo(view._controls)

    def test_boxes_of_ones_own(self, stage: Kept) -> None:
        view = stage.view
        view._controls.origin.changed.emit("drawn")
        assert stage.settings.origin == "drawn" and len(stage.settings.drawn) > 3
        view.cards.clicked.emit(1)
        assert view.editor.chosen == 1
        view._controls.score.committed.emit(0.05)
        assert stage.settings.drawn[1].score == 0.05
        QTest.keyClick(view.editor, Qt.Key.Key_2)
        assert stage.settings.drawn[1].kind == 1
        count = len(stage.settings.drawn)
        QTest.keyClick(view.editor, Qt.Key.Key_Delete)
        assert len(stage.settings.drawn) == count - 1
        QTest.keyClick(view.editor, Qt.Key.Key_N)
        assert len(stage.settings.drawn) == count

    def test_a_thing_is_drawn_with_the_mouse_and_its_boxes_follow(self, stage: Kept) -> None:
        stage.show(SuppressionSettings(origin="around", things=()))
        view = stage.view
        assert not view.cards.cards and "No boxes" in view.duel.accessibleDescription()
        area = view.editor.picture_rect()
        start, end = (area.topLeft() + QPointF(area.width() * s, area.height() * s) for s in (0.3, 0.6))
        QTest.mousePress(view.editor, Qt.MouseButton.LeftButton, pos=start.toPoint())
        for share in (0.5, 1.0):
            QTest.mouseMove(view.editor, (start + (end - start) * share).toPoint())
        QTest.mouseRelease(view.editor, Qt.MouseButton.LeftButton, pos=end.toPoint())
        assert len(stage.settings.things) == 1 and len(view.cards.cards) >= stage.settings.count
        np.testing.assert_allclose(stage.settings.things[0].box, (0.3, 0.3, 0.6, 0.6), atol=0.02)
        first = view.cards.cards[0].box
        before = view.game.hand.boxes[first].copy() if view.game else None
        QTest.keyClick(view.editor, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
        assert view.game is not None and before is not None
        assert view.game.hand.boxes[first][0] == pytest.approx(before[0] + 10, abs=0.2)

    def test_too_many_things_are_refused_with_a_reason(self, stage: Kept) -> None:
        stage.show(SuppressionSettings(origin="around", things=(Labelled((0.1, 0.1, 0.3, 0.3)),) * 6))
        QTest.keyClick(stage.view.editor, Qt.Key.Key_N)
        assert len(stage.settings.things) == 6 and "6 things" in stage.sentences[-1]
        assert sum(not box.fixed for box in stage.view.editor.boxes) == 6

    def test_the_bundled_detector_brings_its_raw_boxes(self, stage: Kept) -> None:
        pixels = np.full((320, 320, 3), 255, np.uint8)
        cv2.putText(pixels, "7", (120, 220), cv2.FONT_HERSHEY_SIMPLEX, 5, (0, 0, 0), 12, cv2.LINE_AA)
        stage.frame = Frame(pixels, "a seven")
        stage.show(SuppressionSettings(origin="detector", least=0.3))
        stage.settle()
        game = stage.view.game
        assert game is not None and game.hand.of > 1000 and len(game.numbers) > 2
        assert game.hand.frame is stage.frame and game.hand.name(game.hand.order[0]) == "7"
        stage.frame = Frame(np.full((320, 320, 3), 255, np.uint8), "an empty page")
        stage.show(stage.settings)
        stage.settle()
        assert words.NO_FINDS in stage.view.duel.accessibleDescription()

    def test_arrays_and_film(self, stage: Kept) -> None:
        named = dict(stage.view.arrays())
        assert np.shape(named["boxes x1 y1 x2 y2"]) == (18, 4)
        found = stage.view.film()
        assert found is not None and stage.view.game is not None
        assert len(found.indices) == stage.view.game.count
        for index in (0, 1, 3, len(found.indices) - 1):
            assert not found.image_at(index).isNull()
        assert film_of(stage.view.game, stage.settings).fps == found.fps

    def test_without_a_picture_it_says_so(self, stage: Kept) -> None:
        stage.frame = None
        stage.show(SuppressionSettings(origin="around"))
        assert stage.view.game is None and words.NO_PICTURE in stage.view.duel.accessibleDescription()
        with pytest.raises(UserError):
            stage.view.arrays()

    def test_low_stages_have_low_cards(self, stage: Kept, qtbot: QtBot) -> None:
        tall = stage.view.cards.height()
        stage.view.resize(1000, 480)
        QApplication.processEvents()
        assert stage.view.cards.height() < tall
        assert not stage.view.grab().isNull() and QPoint(0, 0) == stage.view.grab().rect().topLeft()

    def test_the_keyboard_walks_the_cards_and_leaves_the_arrows_to_the_stepper(self, stage: Kept) -> None:
        cards = stage.view.cards
        QTest.keyClick(cards, Qt.Key.Key_Down)
        QTest.keyClick(cards, Qt.Key.Key_Down)
        assert stage.facts[-1][0][0] == "card 2"
        QTest.keyClick(cards, Qt.Key.Key_Up)
        assert stage.facts[-1][0][0] == "card 1"
        QTest.keyClick(cards, Qt.Key.Key_Return)
        assert stage.settings.step == 2  # the first pick
        QTest.keyClick(cards, Qt.Key.Key_Right)
        assert stage.settings.step == 2 and stage.facts[-1][0][0] == "card 1"

    def test_a_box_that_is_chosen_on_the_picture_is_told_about(self, stage: Kept) -> None:
        QTest.keyClick(stage.view.editor, Qt.Key.Key_Tab)
        assert stage.view.editor.chosen == 0 and stage.facts[-1][0][0].startswith("card ")

    def test_leaving_the_detector_leaves_nothing_tinted(self, stage: Kept) -> None:
        stage.show(SuppressionSettings(origin="detector"))
        stage.settle()
        stage.frame = Frame(np.zeros((200, 200, 3), np.uint8), "night")
        stage.view._outdated()
        assert stage.view.editor.stale
        stage.show(SuppressionSettings())
        assert not stage.view.editor.stale and stage.view.settled is not None

    @pytest.mark.parametrize("settings", [SuppressionSettings(), HANDMADE, replace(HANDMADE, drawn=())])
    def test_the_numbers_can_be_saved(self, stage: Kept, settings: SuppressionSettings) -> None:
        stage.show(settings)
        text = export.csv_text(stage.view.arrays())
        assert "boxes x1 y1 x2 y2" in text and "kept" in text


def test_on_the_page_arrows_step_and_the_tour_comes_to_rest(qtbot: QtBot, calm: None, tmp_path: Path) -> None:
    bridge = Bridge(lambda emit: InlineEngine(emit, device="cpu"))
    found = entry("boxes")
    assert found is not None
    page = found.create(Services(bridge, Settings(tmp_path / "settings.ini")))
    qtbot.addWidget(page)
    page.resize(1300, 900)
    page.restore_session(to_json(BoxesState(view="suppression")))
    with qtbot.waitExposed(page):
        page.show()
    page.activated()
    QApplication.processEvents()
    cards = page.findChild(CardRow)
    assert cards is not None
    for _ in range(3):
        QTest.keyClick(cards, Qt.Key.Key_Right)
    assert page.state.suppression.step == 3 and not page.history.can_undo
    QTest.keyClick(cards, Qt.Key.Key_Home)
    assert page.state.suppression.step == 0
    for _ in range(6000):
        if page.tour_ready():
            break
        engine = bridge._engine
        assert isinstance(engine, InlineEngine)
        engine.pump()
        wait_beside()
    assert page.tour_ready()
    page.close_page()
    bridge.close()
