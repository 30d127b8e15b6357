"""The view "YOLO grid" through its widgets, over an engine that answers when the test says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QSizeF, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.detection.evaluation.requests import PageRead, ReadPage
from engine.detection.found import Grid, Raw
from engine.detection.grid.presets import PRESETS
from engine.detection.grid.requests import CheckGrid
from engine.detection.requests import Annotated, DetectorSettings, Letterbox, Times
from engine.detection.scoring import Found
from engine.errors import ErrorReport, UserError
from engine.foundations.requests import CheckResult
from engine.images import Frame
from engine.mailbox import Mailbox
from gui.bridge import Bridge
from gui.pages.boxes.grid import words
from gui.pages.boxes.grid.scene import CELL, SLICE, grid_scene
from gui.pages.boxes.grid.settings import KNOWN, GridSettings, Labelled
from gui.pages.boxes.grid.shown import Shown, resolve, stage_at, step_of
from gui.pages.boxes.grid.view import GridView
from gui.pages.boxes.state import BoxesState
from gui.pages.boxes.view import Subject
from gui.state import from_json, to_json
from gui.widgets.canvas import Canvas
from gui.widgets.names_field import NamesField
from gui.widgets.scene import Words
from gui.widgets.source_state import SourceState
from tests.gui.window_fixtures import HeldEngine, calm, hover

__all__ = ["calm"]

SIZE = (300, 300)
NO_MODIFIER = Qt.KeyboardModifier.NoModifier


def frame() -> Frame:
    return Frame(np.full((300, 300, 3), 90, np.uint8), "grey")


def shown(settings: GridSettings | None = None, **changes: Any) -> Shown:
    made = resolve(replace(settings or GridSettings(), **changes), SIZE, None)
    assert made is not None
    return made


def page(number: int = 2, own: Frame | None = None) -> PageRead:
    """What a net of one grid 2 x 3 with one anchor said: one thing in cell (1, 2), whispers elsewhere."""
    picture = own or Frame(np.full((32, 48, 3), 200, np.uint8), f"page {number}")
    rows, columns = (part.ravel() for part in np.indices((2, 3)))
    corner = np.stack([columns * 16.0 + 2, rows * 16.0 + 1], 1)
    objectness = np.full(6, 0.1)
    objectness[5] = 0.9
    raw = Raw(
        np.concatenate([corner, corner + np.array([12, 14])], 1), np.tile([0.2, 0.8], (6, 1)), objectness,
        np.stack([np.zeros(6, np.int64), rows, columns, np.zeros(6, np.int64)], 1),
    )  # fmt: skip
    answer = Annotated(
        "yolo-digits", "Digits", ("zero", "one"), picture, DetectorSettings(),
        Found(np.zeros((0, 4)), np.zeros(0), np.zeros(0, np.int64)), Times(0, 0, 0, 0, 0, 0), "cpu",
        Letterbox(48, 32, 1.0, 1.0, 0.0, 0.0), raw=raw, grids=(Grid(2, 3, 16.0, ((12.0, 14.0),)),),
    )  # fmt: skip
    there = np.array([[33.0, 17, 46, 31]]) if own is None else np.zeros((0, 4))
    return PageRead(ReadPage(number, own), picture, there, np.ones(len(there), np.int64), answer)


class Stand:
    """What the page does for a view."""

    def __init__(self, view: GridView) -> None:
        self.view, self.settings = view, GridSettings()
        self.picture: Frame | None = frame()
        self.changes, self.refused = 0, ""
        view.changed.connect(self._changed)
        view.looked.connect(self.show)

    def _changed(self, settings: GridSettings, _gesture: str) -> None:
        try:
            settings.validated()
        except UserError as error:
            self.refused = str(error)
            self.show(self.settings)
            return
        self.changes += 1
        self.show(settings)

    def show(self, settings: GridSettings) -> None:
        self.settings = settings.validated()
        self.view.show_subject(Subject(self.picture), self.settings)


@pytest.fixture
def bridge(qapp: QApplication) -> Iterator[Bridge]:
    made = Bridge(HeldEngine)
    QApplication.processEvents()
    yield made
    made.close()


@pytest.fixture
def stand(qtbot: QtBot, calm: None, bridge: Bridge) -> Stand:
    view = GridView(bridge)
    qtbot.addWidget(view)
    qtbot.addWidget(view.controls())
    qtbot.addWidget(view.aside())
    view.resize(860, 640)
    view.show()
    made = Stand(view)
    made.show(made.settings)
    view.set_active(True)
    QApplication.processEvents()
    return made


def at(stand: Stand, x: float, y: float) -> QPoint:
    """A place of the picture in the editor's coordinates."""
    return stand.view.editor.transform().map(QPointF(x, y)).toPoint()


def cell_point(canvas: Canvas, key: str, row: int, column: int) -> QPoint:
    plate = canvas.scene.plate(key)
    assert plate is not None
    return plate.cell_rect(row, column).center().toPoint()


# --- settings ------------------------------------------------------------------------------------------------------


def test_settings_go_through_json_and_back() -> None:
    for settings in (
        GridSettings(),
        GridSettings().with_spec(PRESETS["v2"].spec),
        GridSettings(cell=(1, 2), component=3, predictor="page", stage="answer"),
    ):
        assert from_json(GridSettings, to_json(settings)).validated() == settings
        state = BoxesState(view="grid", grid=settings)
        assert from_json(BoxesState, to_json(state)).validated() == state


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"rows": 0}, "rows and columns"),
        ({"noise": float("nan")}, "noise lies between"),
        ({"least": 2.0}, "p_c lies between"),
        ({"boxes": (Labelled((0, 0, 1, 1), 3),)}, "no class 4"),
        ({"boxes": (Labelled((0.5, 0, 0.2, 1), 0),)}, "does not lie"),
        ({"boxes": KNOWN["astronaut"] * 20}, "At most 40"),
        ({"classes": ("", "flag", "shuttle")}, "needs a name"),
        ({"seed": 1000}, "seed is 0 to"),
        ({"cell": (-1, 0)}, "counted from 0"),
        ({"component": -1}, "counted from 0"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_words(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        GridSettings(**wrong).validated()


def test_labels_without_a_class_in_another_list_are_left_out() -> None:
    settings = GridSettings().with_spec(PRESETS["v2"].spec)
    assert [settings.classes[one.kind] for one in settings.boxes] == ["person", "airplane"]
    back = settings.with_spec(PRESETS["course"].spec)
    assert [back.classes[one.kind] for one in back.boxes] == ["person", "shuttle"]


def test_another_picture_has_its_own_labels() -> None:
    empty = GridSettings().before(SourceState("sample", "cat"))
    assert empty.boxes == ()
    assert empty.before(SourceState("sample", "astronaut")).boxes == KNOWN["astronaut"]
    assert GridSettings().before(SourceState("sample", "astronaut")) == GridSettings()


# --- what is on show ------------------------------------------------------------------------------------------------


def test_every_step_is_a_stage_and_comes_back() -> None:
    made = shown(least=0.2, noise=0.8)
    for index, stage in enumerate(made.walk.stages):
        kind, turn = stage_at(made.walk, index)
        assert kind == stage.kind and step_of(made.walk, kind, turn) == index
    assert step_of(made.walk, "object", 99) == 3  # the last object
    nothing = shown(boxes=(), noise=0.0)
    assert nothing.walk.stages[step_of(nothing.walk, "pick", 0)].kind == "answer"


def test_a_step_looks_at_its_own_cell_unless_another_was_clicked() -> None:
    assert shown(stage="object", turn=0).cell == (1, 1) and shown(stage="object", turn=2).cell == (0, 2)
    assert shown(stage="object", turn=2, cell=(9, 0)).cell == (2, 0)
    pick = shown(stage="pick", turn=1)
    number = pick.stage.number
    assert number is not None and (*pick.cell, pick.component // 8) == tuple(pick.walk.boxes.places[number])


def words_in(made: Shown, size: QSizeF) -> str:
    return " | ".join(item.text for item in grid_scene(made, size).below if isinstance(item, Words))


@pytest.mark.parametrize("name", list(PRESETS))
@pytest.mark.parametrize("size", [(234, 370), (300, 420), (380, 620), (900, 900)])
def test_scenes_fit_their_stage_and_show_the_tensor(name: str, size: tuple[int, int]) -> None:
    settings = GridSettings().with_spec(PRESETS[name].spec)
    for stage in ("labels", "object", "tensor", "prediction", "confident", "pick", "answer"):
        made = shown(settings, stage=stage)
        scene = grid_scene(made, QSizeF(*size))
        cell, whole = scene.plate(CELL), scene.plate(SLICE)
        assert cell is not None and whole is not None
        np.testing.assert_array_equal(whole.values, made.values[..., made.component])
        np.testing.assert_array_equal(
            cell.values[:5, 0], made.values[made.cell][made.spec.start(0) : made.spec.start(0) + 5]
        )
        for plate in (cell, whole):
            assert plate.rect.left() >= 0 and plate.rect.right() <= size[0] and plate.rect.bottom() <= size[1]


def test_sides_above_one_are_marked_and_lost_objects_named() -> None:
    assert "larger than a cell" in words_in(shown(), QSizeF(380, 620))
    assert "> 1" in words_in(shown(), QSizeF(700, 700))
    small = shown(boxes=(Labelled((0.4, 0.4, 0.5, 0.5), 0),))
    assert "> 1" not in words_in(small, QSizeF(380, 620))
    twice = shown(boxes=(Labelled((0.4, 0.3, 0.6, 0.7), 0), Labelled((0.4, 0.3, 0.6, 0.7), 1)))
    assert "Lost: flag" in " ".join(words.told(twice))
    assert ("lost", "1", "Objects whose cell and anchor were taken.") in words.facts(twice, 0.6)


def test_one_set_of_classes_has_one_column() -> None:
    made = shown(GridSettings().with_spec(PRESETS["v1"].spec))
    plate = grid_scene(made, QSizeF(380, 620)).plate(CELL)
    assert plate is not None and plate.hidden is not None
    assert plate.hidden[5:, 1].all() and not plate.hidden[:, 0].any()
    assert "picture" in words.meaning(made.spec, made.spec.component(3))


# --- the view --------------------------------------------------------------------------------------------------------


def test_the_first_visit_shows_labels_a_vector_and_its_check(
    stand: Stand, bridge: Bridge, qtbot: QtBot
) -> None:
    view = stand.view
    assert len(view.editor.boxes) == 3 and view.steps() == (len(view.shown.walk.stages), 1, "stage")  # type: ignore[union-attr]
    assert "person" in view.tile.title and "row 1, column 1" in view.tile.detail
    held = cast(HeldEngine, bridge.engine)
    qtbot.waitUntil(lambda: bool(held.jobs(CheckGrid)))
    number = held.jobs(CheckGrid)[-1]
    request = cast(CheckGrid, held.asked[number][0])
    assert len(request.boxes) == 3 and request.target.shape == (3, 3, 16)
    assert not view.settled
    held.answer(number, CheckResult(0.0, 1e-9, True, "stand-in"))
    QApplication.processEvents()
    assert view.settled and "Checked" in view.badge.title.text()


def test_the_walk_goes_by_stepper_and_arrows(stand: Stand) -> None:
    view = stand.view
    count, _, noun = view.steps() or (0, 0, "")
    assert noun == "stage"
    titles = []
    for step in range(count):
        view.go_to(step)
        titles.append(view.tile.title)
        assert view.steps() == (count, step, "stage")
    assert (
        titles[0] == "Labels"
        and "Target tensor" in titles[4]
        and "made up" in titles[5]
        and titles[-1] == "Answer"
    )
    view.canvas.setFocus()
    QTest.keyClick(view.canvas, Qt.Key.Key_Left)
    assert stand.settings.stage == "pick"
    QTest.keyClick(view.canvas, Qt.Key.Key_Right)
    QTest.keyClick(view.canvas, Qt.Key.Key_Right)
    assert stand.settings.stage == "answer" and stand.changes == 0


def test_a_drag_over_the_picture_labels_something(stand: Stand) -> None:
    editor = stand.view.editor
    QTest.mousePress(editor, Qt.MouseButton.LeftButton, NO_MODIFIER, at(stand, 80, 230))
    QTest.mouseMove(editor, at(stand, 100, 250))
    QTest.mouseMove(editor, at(stand, 130, 280))
    QTest.mouseRelease(editor, Qt.MouseButton.LeftButton, NO_MODIFIER, at(stand, 130, 280))
    assert len(stand.settings.boxes) == 4 and stand.settings.chosen == 3
    box = stand.settings.boxes[3].box
    np.testing.assert_allclose(np.array(box) * 300, [80, 230, 130, 280], atol=2)
    assert stand.view.shown is not None and stand.view.shown.walk.encoded.placed[3] is not None
    QTest.keyClick(editor, Qt.Key.Key_2)
    assert stand.settings.boxes[3].kind == 1
    QTest.keyClick(editor, Qt.Key.Key_Delete)
    assert stand.settings.boxes == KNOWN["astronaut"]


def test_a_click_chooses_the_cell_on_either_side(stand: Stand) -> None:
    view = stand.view
    QTest.mouseClick(view.editor, Qt.MouseButton.LeftButton, NO_MODIFIER, at(stand, 250, 270))
    assert stand.settings.cell == (2, 2) and stand.changes == 0
    QTest.mouseClick(
        view.canvas, Qt.MouseButton.LeftButton, NO_MODIFIER, cell_point(view.canvas, SLICE, 0, 2)
    )
    assert stand.settings.cell == (0, 2)
    plate = view.canvas.scene.plate(CELL)
    assert plate is not None and plate.values[0].max() == 1  # the shuttle's cell
    QTest.mouseClick(view.canvas, Qt.MouseButton.LeftButton, NO_MODIFIER, cell_point(view.canvas, CELL, 3, 0))
    assert stand.settings.component == 3 and view.shown is not None and view.shown.slice.name == "b_h"
    QTest.keyClick(view.canvas, Qt.Key.Key_Down)
    QTest.keyClick(view.canvas, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert stand.settings.cell == (1, 1)
    assert view.escape() and stand.settings.cell is None and stand.settings.component is None
    assert not view.escape()


def test_pointing_explains_and_lights_both_sides(stand: Stand) -> None:
    view = stand.view
    told = QSignalSpy(view.pointed)
    hover(view.canvas, SLICE, 0, 2)
    facts = {name: value for name, value, _ in told.at(told.count() - 1)[0]}
    assert facts["cell"] == "row 0, column 2" and "p_c of anchor 0" in facts
    hover(view.canvas, CELL, 3, 0)
    facts = {name: value for name, value, _ in told.at(told.count() - 1)[0]}
    assert facts["b_h of anchor 0"] == "2.9100" and facts["> 1"] == "larger than a cell"
    QTest.mouseMove(view.editor, at(stand, 40, 150))
    facts = {name: value for name, value, _ in told.at(told.count() - 1)[0]}
    assert facts["owns"] == "flag"
    marks = view.canvas.scene.plate(SLICE)
    assert marks is not None and any(mark.role.value == "hover" for mark in marks.marks)


def test_the_controls_lay_grids_and_say_what_they_leave_out(stand: Stand) -> None:
    controls, said = stand.view._controls, QSignalSpy(stand.view.said)
    controls.rows.step(2)
    controls.rows.commit()
    assert stand.settings.rows == 5 and controls.grid.value == "custom"
    controls.grid.combo.setCurrentIndex(controls.grid.combo.findData("v2"))
    assert stand.settings.spec == PRESETS["v2"].spec and len(stand.settings.boxes) == 2
    assert "flag" in said.at(0)[0]
    controls.anchors.step(-4)
    controls.anchors.commit()
    assert len(stand.settings.anchors) == 1
    controls.least.slider.setValue(2)
    controls.noise.slider.setValue(20)
    assert (stand.settings.least, stand.settings.noise) == (0.15, 1.0)
    controls.kind.combo.setCurrentIndex(controls.kind.combo.findData("16"))
    assert stand.settings.boxes[0].kind == 16
    controls.remove.click()
    assert len(stand.settings.boxes) == 1
    changes = stand.changes
    stand.show(stand.settings)
    assert stand.changes == changes  # showing settings changes nothing


def retype(field: NamesField, text: str) -> None:
    field.edit.setFocus()
    field.edit.selectAll()
    QTest.keyClicks(field.edit, text)
    QTest.keyClick(field.edit, Qt.Key.Key_Return)


def test_shapes_of_anchors_can_be_typed(stand: Stand) -> None:
    controls = stand.view._controls
    assert controls.shapes.names == ("1.2 × 2.4", "2.4 × 1.2")
    retype(controls.shapes, "1x3, 2.5 * 0.5, 0.75 × 0.75")
    assert stand.settings.anchors == ((1.0, 3.0), (2.5, 0.5), (0.75, 0.75)) and stand.settings.preset is None
    assert controls.anchors.value == 3 and controls.shapes.names[1] == "2.5 × 0.5"
    before = stand.settings
    for text, sentence in (
        ("1.2", "is no shape"),
        ("1 x 2 x 3", "is no shape"),
        ("wide × high", "is no shape"),
        ("0 × 1", "0.05 to 64 cells"),
        ("1 × nan", "is no shape"),
        (",", "1 to 9 anchors"),
        (", ".join(["1 × 1"] * 10), "1 to 9 anchors"),
    ):
        retype(controls.shapes, text)
        assert sentence in controls.shapes.problem and stand.settings == before
    controls.grid.combo.setCurrentIndex(controls.grid.combo.findData("v1"))
    assert controls.shapes.isHidden()  # boxes of one cell that share their classes have no shapes


def test_class_names_can_be_typed_and_labels_keep_what_they_mean(stand: Stand) -> None:
    controls, said = stand.view._controls, QSignalSpy(stand.view.said)
    retype(controls.classes, "shuttle, woman, flag")
    kinds = [stand.settings.classes[one.kind] for one in stand.settings.boxes]
    assert kinds == ["woman", "flag", "shuttle"] and said.count() == 0
    retype(controls.classes, "flag, shuttle")
    kinds = [stand.settings.classes[one.kind] for one in stand.settings.boxes]
    assert kinds == ["flag", "shuttle"] and "woman" in said.at(0)[0]
    retype(controls.classes, "flag, shuttle, moon, sun")
    assert len(stand.settings.boxes) == 2 and stand.settings.spec.depth == 2 * 9
    before = stand.settings
    for text, sentence in (
        ("a, a", "same name"),
        (",", "1 to 100 classes"),
        ("x" * 41, "1 to 40 characters"),
    ):
        retype(controls.classes, text)
        assert sentence in controls.classes.problem and stand.settings == before


def test_equally_similar_anchors_are_said_to_be() -> None:
    assert "The most similar one, anchor 0" in " ".join(words.told(shown(turn=0)))
    twice = shown(replace(GridSettings(), anchors=((0.5, 0.5), (0.5, 0.5), (0.1, 0.1))), turn=0)
    assert "2 of them are equally similar: the first, anchor 0" in " ".join(words.told(twice))


def test_too_many_numbers_are_refused_and_nothing_changes(stand: Stand) -> None:
    controls = stand.view._controls
    controls.grid.combo.setCurrentIndex(controls.grid.combo.findData("v2"))
    before = stand.settings
    controls.rows.set_value(64)
    controls.rows.committed.emit(64)
    assert "numbers is more than" in stand.refused and stand.settings == before and controls.rows.value == 19


def test_a_page_of_digits_is_read_by_the_net(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    view, held = stand.view, cast(HeldEngine, bridge.engine)
    view._controls.predictor.button("page").click()
    assert stand.settings.predictor == "page" and not view.needs_picture and view.shown is None
    assert view.tile.detail == words.READING and view.steps() is None and not view.settled
    steps = QSignalSpy(view.stepsChanged)
    (number,) = held.jobs(ReadPage)
    held.answer(number, page())
    QApplication.processEvents()
    assert view.shown is not None and view.shown.spec.shape == (2, 3, 1, 7) and steps.count()
    assert "yolo-digits" in view.tile.title and view.editor.boxes[0].fixed and not view.editor.can_add
    assert [one.kind for one in view.shown.walk.stages][-1] == "answer" and len(view.shown.walk.kept) == 1
    view._controls.page.step(1)
    view._controls.page.commit()
    assert view.editor.stale and view.canvas._stale
    held.answer(held.jobs(ReadPage)[-1], page(3))
    QApplication.processEvents()
    assert not view.editor.stale and view.editor.frame is not None and view.editor.frame.name == "page 3"
    view._controls.predictor.button("noise").click()
    assert view.editor.frame is stand.picture and len(view.editor.boxes) == 3


def test_the_picture_on_show_is_read_and_a_failure_is_a_sentence(stand: Stand, bridge: Bridge) -> None:
    view, held = stand.view, cast(HeldEngine, bridge.engine)
    view._controls.predictor.button("picture").click()
    (number,) = held.jobs(ReadPage)
    assert cast(ReadPage, held.asked[number][0]).frame is stand.picture
    held.fail(number, ErrorReport("The weights are damaged.", "Install them again."))
    QApplication.processEvents()
    assert view.settled and view.problem.text() == "The weights are damaged. Install them again."
    stand.picture = frame()
    stand.show(stand.settings)
    number = held.jobs(ReadPage)[-1]
    held.answer(number, page(0, stand.picture))
    QApplication.processEvents()
    assert view.problem.isHidden() and view.shown is not None and not len(view.shown.basis.boxes)
    view.set_active(False)
    assert not bridge.busy


def test_what_plays_is_read_frame_by_frame_and_not_checked(stand: Stand, bridge: Bridge) -> None:
    view, held = stand.view, cast(HeldEngine, bridge.engine)
    mailbox: Mailbox[Frame] = Mailbox()
    first, second = frame(), frame()
    view.show_subject(Subject(first, mailbox), replace(GridSettings(), predictor="picture", stage="answer"))
    held.answer(held.jobs(ReadPage)[-1], page(0, first))
    QApplication.processEvents()
    view.show_subject(Subject(second, mailbox), replace(GridSettings(), predictor="picture", stage="answer"))
    assert view.editor.frame is first and not view.editor.stale  # boxes stay on their own frame
    assert "next pause" in view.badge.detail.text()
    held.answer(held.jobs(ReadPage)[-1], page(0, second))
    QApplication.processEvents()
    assert view.editor.frame is second


def test_a_picture_without_labels_invites_to_draw(stand: Stand) -> None:
    stand.show(replace(stand.settings, boxes=()))
    view = stand.view
    assert "drag over the picture" in view.canvas.accessibleDescription() and view.shown is not None
    assert not view.shown.walk.encoded.target.any() and not view._controls.remove.isEnabled()


def test_numbers_and_film_can_be_taken_away(stand: Stand) -> None:
    view = stand.view
    arrays = dict(view.arrays())
    assert len(arrays) == 16 and np.shape(arrays["b_h of anchor 0"]) == (3, 3)
    film = view.film()
    assert film is not None and view.steps() is not None and len(film.indices) == view.steps()[0]  # type: ignore[index]
    first, later = film.image_at(0), film.image_at(5)
    assert first.size() == later.size() and first != later
    stand.picture = None
    stand.show(stand.settings)
    assert view.film() is None and view.tile.detail == "The picture is on its way."
    with pytest.raises(UserError, match="no tensor yet"):
        view.arrays()
