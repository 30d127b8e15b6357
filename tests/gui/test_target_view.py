"""The view "Target vector": what is drawn becomes a vector, and what a guess costs; its table, its line of names."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.detection import target
from engine.errors import UserError
from gui.pages.boxes.component_table import ComponentTable, Row
from gui.pages.boxes.shares import to_pixels, to_shares
from gui.pages.boxes.target import changes
from gui.pages.boxes.target.measures import measure
from gui.pages.boxes.target.settings import Labelled, TargetSettings
from gui.pages.boxes.target.shown import check, facts, rows, shown, term_text
from gui.pages.boxes.target.view import TargetView
from gui.pages.boxes.view import Subject
from gui.state import from_json, to_json
from gui.widgets.box_editor import Box
from gui.widgets.names_field import NamesField
from gui.widgets.picture import to_pixels as pixels_of
from gui.widgets.source_state import SourceState
from tests.gui.kept_views import LEFT, NONE, SIZE, Keep, Kept, at, keep
from tests.gui.window_fixtures import calm, move_to

__all__ = ["calm", "keep"]

BOX = Labelled((0.1, 0.1, 0.6, 0.6), 1)
SETTINGS = TargetSettings(boxes=(BOX,), guess=(0.2, 0.2, 0.7, 0.8), p=0.5, scores=(0.0, 0.0, 0.0))


@pytest.fixture
def kept(keep: Keep) -> Kept:
    return keep(TargetView, SETTINGS)


def values(kept: Kept) -> list[str]:
    return [row.value for row in kept.view.table.rows]


class TestView:
    def test_the_vector_of_the_box(self, kept: Kept) -> None:
        assert values(kept) == ["1", "0.350", "0.350", "0.500", "0.500", "0", "1", "0"]
        assert kept.view.table.total == f"L = {0.25 + 0.01 + 0.0225 + 0.01 + 0 + 2 / 9 + 4 / 9:.4f}"

    def test_a_drag_of_the_box_moves_its_numbers_in_one_gesture(self, kept: Kept) -> None:
        assert kept.view.editor.chosen == 1
        kept.drag(kept.view.editor, (40, 40), (45, 40), (60, 40))
        assert values(kept)[1] == "0.450" and len(set(kept.gestures)) == 1 and len(kept.gestures) >= 2

    def test_a_second_box_is_drawn_and_the_vector_is_about_it(self, kept: Kept) -> None:
        kept.view.editor.choose(None)
        kept.drag(kept.view.editor, (150, 5), (160, 10), (190, 25))
        assert len(kept.settings.boxes) == 2 and kept.settings.chosen == 1
        assert (
            values(kept)[1] == "0.850"
            and kept.view.grid.isVisible()
            and "box 2 of 2" in kept.view.note.text()
        )
        kept.view.grid.click()
        assert kept.pages == [("boxes", {"view": "grid"})]

    def test_picking_another_box_only_looks(self, kept: Kept) -> None:
        kept.show(replace(SETTINGS, boxes=(BOX, Labelled((0.8, 0.0, 1.0, 0.2), 2))))
        QTest.mouseClick(kept.view.editor, LEFT, NONE, at(kept.view.editor, 180, 10))
        assert kept.settings.chosen == 1 and not kept.gestures and values(kept)[7] == "1"

    def test_the_guess_is_dragged_and_the_target_stays(self, kept: Kept) -> None:
        kept.view.editor.choose(0)
        before = values(kept)
        kept.drag(kept.view.editor, (130, 70), (135, 70), (140, 75))
        assert values(kept) == before and kept.settings.guess == pytest.approx((0.25, 0.25, 0.75, 0.85))

    def test_deleting_the_box_leaves_nothing(self, kept: Kept) -> None:
        kept.view.editor.choose(1)
        kept.view.editor.setFocus()
        QTest.keyClick(kept.view.editor, Qt.Key.Key_Delete)
        assert not kept.settings.boxes and values(kept) == ["0"] + ["?"] * 7
        assert [row.faded for row in kept.view.table.rows] == [False] + [True] * 7
        assert kept.view.table.total == "L = 0.2500" and "p_c = 0" in kept.view.note.text()

    def test_deleting_the_guess_switches_it_off(self, kept: Kept) -> None:
        kept.view.editor.choose(0)
        kept.view.editor.setFocus()
        QTest.keyClick(kept.view.editor, Qt.Key.Key_Delete)
        assert not kept.settings.guessing and kept.settings.boxes == (BOX,) and kept.view.table.total == ""
        assert kept.view.settled

    def test_a_digit_names_the_class(self, kept: Kept) -> None:
        kept.view.editor.choose(1)
        kept.view.editor.setFocus()
        QTest.keyClick(kept.view.editor, Qt.Key.Key_3)
        assert kept.settings.boxes[0].kind == 2 and values(kept)[5:] == ["0", "0", "1"]

    def test_nothing_here_by_its_switch(self, kept: Kept) -> None:
        kept.view._controls.nothing.click()
        assert kept.settings.nothing and values(kept)[1:] == ["?"] * 7
        assert kept.view.editor.boxes[1].faded

    def test_pointing_at_a_component_measures_it_in_the_picture(self, kept: Kept) -> None:
        view = kept.view
        before = pixels_of(view.editor.grab().toImage())
        move_to(view.table, view.table.row_rect(1).center().toPoint())
        after = pixels_of(view.editor.grab().toImage())
        assert (before != after).any()
        assert kept.facts[-1][0][:2] == ("b_x", "0.350") and ("that is", "(0.450 − 0.350)²") in [
            fact[:2] for fact in kept.facts[-1]
        ]

    def test_sliders_and_choices_change_the_guess(self, kept: Kept) -> None:
        controls = kept.view._controls
        controls.p.slider.setValue(controls.p.slider.maximum())
        assert kept.settings.p == 0.99
        controls.scores[1].slider.setValue(controls.scores[1].slider.maximum())
        assert kept.settings.scores == (0.0, 6.0, 0.0) and kept.view.editor.boxes[0].kind == 1
        controls.loss.button("practice").click()
        controls.roots.click()
        assert kept.settings.loss == "practice" and kept.settings.roots
        assert (
            kept.view.table.rows[3].term == "(√0.600 − √0.500)²"
            and kept.view.table.rows[0].term == "−ln 0.990"
        )

    def test_class_names_are_edited_and_refused_at_the_field(self, kept: Kept) -> None:
        field = kept.view._controls.classes
        for text, names, problem in (
            ("dog, bird, fish, cow", ("dog", "bird", "fish", "cow"), ""),
            ("dog, dog", ("dog", "bird", "fish", "cow"), "same name"),
            ("dog", ("dog", "bird", "fish", "cow"), "of class 2 (bird)"),
        ):
            field.edit.selectAll()
            QTest.keyClicks(field.edit, text)
            QTest.keyClick(field.edit, Qt.Key.Key_Return)
            assert (
                kept.settings.classes == names
                and problem in field.problem
                and bool(problem) == bool(field.problem)
            )
        QTest.keyClick(field.edit, Qt.Key.Key_Escape)
        assert field.problem == "" and field.edit.text() == "dog, bird, fish, cow"
        assert len(kept.settings.scores) == 4 and len(kept.view._controls.scores) == 4

    def test_it_is_checked_against_torch(self, kept: Kept) -> None:
        kept.view.set_active(True)
        kept.settle()
        badge = kept.view.aside()
        assert "Checked against torch" in badge.accessibleName()

    def test_numbers_can_be_taken_away(self, kept: Kept) -> None:
        arrays = dict(kept.view.arrays())
        assert list(arrays) == ["y", "guess", "loss terms"] and len(np.asarray(arrays["y"])) == 8

    def test_without_a_picture_nothing_is_claimed(self, kept: Kept) -> None:
        kept.view.show_subject(Subject(None), SETTINGS)
        assert kept.view.editor.boxes == ()


class TestSettings:
    @given(st.tuples(*[st.integers(0, 199)] * 2), st.tuples(*[st.integers(0, 99)] * 2))
    def test_pixels_survive_as_shares(self, xs: tuple[int, int], ys: tuple[int, int]) -> None:
        corners = (min(xs), min(ys), max(xs) + 1, max(ys) + 1)
        assert to_pixels(to_shares(corners, SIZE), SIZE) == corners

    def test_json_there_and_back(self) -> None:
        assert from_json(TargetSettings, to_json(SETTINGS)).validated() == SETTINGS

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ({"classes": ()}, "1 to 8 classes"),
            ({"classes": ("a", " ", "c")}, "needs a name"),
            ({"scores": (0.0,)}, "1 class scores"),
            ({"scores": (0.0, float("nan"), 0.0)}, "between"),
            ({"p": 1.0}, "between 0.01 and 0.99"),
            ({"boxes": (BOX,) * 13}, "At most 12"),
            ({"boxes": (Labelled((0, 0, 1, 1), 3),)}, "no class 4"),
            ({"boxes": (Labelled((0, 0, float("nan"), 1), 0),)}, "no number"),
            ({"chosen": -1}, "counted from 0"),
        ],
    )
    def test_what_cannot_be_is_said(self, wrong: dict[str, Any], words: str) -> None:
        with pytest.raises(UserError, match=words):
            replace(SETTINGS, **wrong).validated()

    def test_boxes_of_one_picture_are_not_those_of_another(self) -> None:
        assert replace(SETTINGS).before(SourceState("file", "/tmp/photo.png")).boxes == ()
        known = SETTINGS.before(SourceState("sample", "motorcycle"))
        assert known.boxes[0].kind == 2
        few = replace(SETTINGS, classes=("a",), scores=(0.0,), boxes=())
        assert few.before(SourceState("sample", "motorcycle")).boxes == ()  # a class that there is not

    def test_the_guess_is_the_dashed_one_wherever_it_stands(self) -> None:
        boxes = changes.drawn(SETTINGS, SIZE, 0, 0.5)
        assert [box.dashed for box in boxes] == [True, False]
        more = [*boxes, Box((150, 10, 180, 40), 2)]
        settings = changes.with_drawn(SETTINGS, more, SIZE, 2)
        assert settings.chosen == 1 and settings.boxes[1] == Labelled((0.75, 0.1, 0.9, 0.4), 2)
        assert changes.with_drawn(SETTINGS, boxes, SIZE, 1) == SETTINGS


class TestShown:
    def test_terms_are_written_with_their_numbers(self) -> None:
        found = shown(replace(SETTINGS, loss="practice"), SIZE)
        assert [term_text(found, i) for i in (0, 1, 5, 6)] == [
            "−ln 0.500", "(0.450 − 0.350)²", "−0 · ln 0.333", "−1 · ln 0.333",
        ]  # fmt: skip
        nothing = shown(replace(SETTINGS, loss="practice", nothing=True), SIZE)
        assert term_text(nothing, 0) == "−ln (1 − 0.500)" and term_text(nothing, 1) == ""

    def test_shares_of_the_loss_add_up(self) -> None:
        assert sum(row.share for row in rows(shown(SETTINGS, SIZE))) == pytest.approx(1.0)

    def test_facts_decode_the_vector(self) -> None:
        told = {name: value for name, value, _ in facts(shown(SETTINGS, SIZE))}
        assert told["decoded box"] == "20, 10, 120, 60" and told["decoded class"] == "cat"
        assert told["components"] == "5 + 3 = 8"

    def test_the_check_is_about_what_is_shown(self) -> None:
        found = shown(SETTINGS, SIZE)
        request = check(found)
        assert request is not None and target.total(request.terms) == found.loss
        assert check(shown(replace(SETTINGS, guessing=False), SIZE)) is None

    def test_measures_lead_to_the_middle_and_along_the_sides(self) -> None:
        box = Box((20, 10, 120, 60))
        assert measure(box, 1, SIZE) == ((0, 35), (70, 35)) and measure(box, 2, SIZE) == ((70, 0), (70, 35))
        assert measure(box, 3, SIZE) == ((70, 10), (70, 60)) and measure(box, 4, SIZE) == (
            (20, 35),
            (120, 35),
        )
        assert measure(box, 0, SIZE) is None


class TestTable:
    ROWS = tuple(Row(f"l_{n}x", f"point {n}", "0.500") for n in range(43))

    def table(self, qtbot: QtBot, width: int, height: int) -> ComponentTable:
        table = ComponentTable("vector")
        qtbot.addWidget(table)
        table.resize(width, height)
        table.show_rows(self.ROWS)
        return table

    def test_a_long_vector_goes_on_in_the_next_block(self, qtbot: QtBot) -> None:
        table = self.table(qtbot, 500, 320)
        areas = [table.row_rect(index) for index in range(43)]
        room = QRectF(table.rect()).adjusted(-1, -1, 1, 1)
        assert all(room.contains(area) for area in areas)
        assert not any(a.adjusted(1, 1, -1, -1).intersects(b) for a, b in pairwise(areas))
        assert all(table.row_at(area.center()) == index for index, area in enumerate(areas))

    def test_what_does_not_fit_is_scrolled_to_by_wheel_and_keys(self, qtbot: QtBot) -> None:
        table = self.table(qtbot, 250, 200)
        seen = [index for index in range(43) if not table.row_rect(index).isEmpty()]
        assert seen == list(range(len(seen))) and len(seen) < 43
        areas = [table.row_rect(index) for index in seen]
        assert not any(a.adjusted(1, 1, -1, -1).intersects(b) for a, b in pairwise(areas))
        for _ in range(43):
            QTest.keyClick(table, Qt.Key.Key_Down)
        assert not table.row_rect(42).isEmpty() and table.row_rect(0).isEmpty()
        table.show()
        table.resize(800, 900)
        QApplication.processEvents()
        assert not table.row_rect(0).isEmpty() and not table.row_rect(42).isEmpty()

    def test_arrows_point_and_escape_lets_go(self, qtbot: QtBot) -> None:
        table = self.table(qtbot, 300, 900)
        seen: list[int | None] = []
        table.pointed.connect(seen.append)
        for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Escape):
            QTest.keyClick(table, key)
        assert seen == [0, 1, 0, None]
        table.show_rows(self.ROWS[:1])
        assert "l_0x 0.500" in table.accessibleDescription()

    @pytest.mark.parametrize("width", [180, 260, 340, 700])
    def test_columns_go_one_by_one_where_there_is_no_room(self, qtbot: QtBot, width: int) -> None:
        table = ComponentTable("vector")
        qtbot.addWidget(table)
        table.show_rows(
            [Row("b_x", "middle, across", "0.500", "0.400", "(0.400 − 0.500)²", "0.0100", 1.0)], total="L"
        )
        columns = table._columns(QRectF(0, 0, width, 100))
        shown_columns = [
            columns.symbol,
            columns.words,
            columns.value,
            columns.guess,
            columns.term,
            columns.cost,
        ]
        edges = [(left, left + wide) for left, wide in shown_columns if wide]
        assert all(before[1] <= after[0] for before, after in pairwise(edges))
        assert bool(columns.term[1]) <= bool(columns.words[1])  # terms are the first to go
        table.resize(width, 100)
        table.grab()


def test_a_line_of_names_commits_on_leaving_and_only_what_changed(qtbot: QtBot) -> None:
    field = NamesField("Classes", lambda names: "" if names else "Write at least one class.")
    qtbot.addWidget(field)
    field.show()
    field.show_names(("a", "b"))
    said: list[Any] = []
    field.committed.connect(said.append)
    field.edit.setFocus()
    field.edit.selectAll()
    QTest.keyClicks(field.edit, " a ,, c ")
    field.edit.clearFocus()
    QApplication.processEvents()
    QTest.keyClick(field.edit, Qt.Key.Key_Return)
    assert field.names == ("a", "c") and said in ([("a", "c")],) and field.edit.text() == "a, c"
    field.edit.selectAll()
    QTest.keyClick(field.edit, Qt.Key.Key_Delete)
    QTest.keyClick(field.edit, Qt.Key.Key_Return)
    assert field.problem == "Write at least one class." and field.names == ("a", "c")
