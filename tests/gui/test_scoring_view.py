"""The view "Scoring" through its widgets, over an engine that answers when the test says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSizeF, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from engine.detection.evaluation.curves import THRESHOLDS, table
from engine.detection.evaluation.requests import CheckScores, Evaluated, EvaluateFolder, EvaluatePages
from engine.detection.requests import ListDetectors
from engine.detection.scoring import Found, Truth
from engine.errors import ErrorReport, UserError
from engine.foundations.requests import CheckResult
from engine.images import Frame
from engine.jobs import Partial
from gui.bridge import Bridge
from gui.pages.boxes.scoring import words
from gui.pages.boxes.scoring.plot import find_at, lines
from gui.pages.boxes.scoring.scene import (
    BY_CLASS,
    BY_THRESHOLD,
    FINDS,
    MOST_ROWS,
    TABLE,
    list_scene,
    rows_of,
    table_scene,
)
from gui.pages.boxes.scoring.settings import MOST_STEP, ScoringSettings
from gui.pages.boxes.scoring.shown import Shown, resolve
from gui.pages.boxes.scoring.view import ScoringView
from gui.pages.boxes.state import BoxesState
from gui.pages.boxes.view import Subject
from gui.state import from_json, to_json
from gui.widgets.canvas import Canvas
from tests.gui.window_fixtures import HeldEngine, calm, hover

__all__ = ["calm"]

NO_MODIFIER = Qt.KeyboardModifier.NoModifier
CLASSES = ("cat", "dog", "cow")


def evaluated(of: int = 2, classes: tuple[str, ...] = CLASSES) -> Evaluated:
    """Two pictures: right finds, a second one, a wrong class, one with too little overlap, one of nothing."""
    frames = tuple(Frame(np.full((100, 120, 3), 200, np.uint8), f"picture {n}") for n in range(2))
    truth = (
        Truth(np.array([[0.0, 0, 40, 40], [60, 0, 100, 40]]), np.array([0, 1])),
        Truth(np.array([[0.0, 0, 40, 40]]), np.array([0])),
    )
    found = (
        Found(
            np.array([[0.0, 0, 40, 40], [0, 0, 40, 36], [60, 0, 100, 40], [0, 60, 20, 80]]),
            np.array([0.9, 0.7, 0.6, 0.5]), np.array([0, 0, 0, 0]),
        ),
        Found(
            np.array([[20.0, 0, 60, 40], [0, 0, 40, 30], [0, 0, 40, 40]]),
            np.array([0.8, 0.4, 0.3]), np.array([0, 0, 1]),
        ),
    )  # fmt: skip
    return Evaluated(
        "a set", "a detector", classes, frames[:of], found[:of], truth[:of], 2, "one file could not be used"
    )


def shown(**changes: Any) -> Shown:
    made = resolve(replace(ScoringSettings(kind=0), **changes), WHOLE)
    assert made is not None
    return made


WHOLE = evaluated()


class Stand:
    """What the page does for a view."""

    def __init__(self, view: ScoringView) -> None:
        self.view, self.settings = view, ScoringSettings(kind=0)
        self.changes = 0
        view.changed.connect(self._changed)
        view.looked.connect(self.show)

    def _changed(self, settings: ScoringSettings, _gesture: str) -> None:
        self.changes += 1
        self.show(settings)

    def show(self, settings: ScoringSettings) -> None:
        self.settings = settings.validated()
        self.view.show_subject(Subject(None), self.settings)


@pytest.fixture
def bridge(qapp: QApplication) -> Iterator[Bridge]:
    made = Bridge(HeldEngine)
    QApplication.processEvents()
    yield made
    made.close()


@pytest.fixture
def stand(qtbot: QtBot, calm: None, bridge: Bridge) -> Stand:
    view = ScoringView(bridge)
    for widget in (view, view.controls(), view.aside()):
        qtbot.addWidget(widget)
    view.resize(860, 700)
    view.show()
    made = Stand(view)
    made.show(made.settings)
    view.set_active(True)
    QApplication.processEvents()
    return made


def job(bridge: Bridge, qtbot: QtBot, kind: type, count: int = 1) -> int:
    held = cast(HeldEngine, bridge.engine)
    qtbot.waitUntil(lambda: len(held.jobs(kind)) >= count)
    return held.jobs(kind)[-1]


@pytest.fixture
def answered(stand: Stand, bridge: Bridge, qtbot: QtBot) -> Stand:
    """The view after the set was looked at and its scores were checked."""
    held = cast(HeldEngine, bridge.engine)
    held.answer(job(bridge, qtbot, EvaluatePages), WHOLE)
    QApplication.processEvents()
    held.answer(job(bridge, qtbot, CheckScores), CheckResult(0.0, 1e-9, True, "stand-in"))
    QApplication.processEvents()
    return stand


def cell_point(canvas: Canvas, key: str, row: int, column: int) -> QPoint:
    plate = canvas.scene.plate(key)
    assert plate is not None
    return plate.cell_rect(row, column).center().toPoint()


def click(canvas: Canvas, key: str, row: int, column: int) -> None:
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, NO_MODIFIER, cell_point(canvas, key, row, column))


# --- settings and what is on show ------------------------------------------------------------------------------------


def test_settings_go_through_json_and_back() -> None:
    for settings in (
        ScoringSettings(), ScoringSettings(kind=None, least=0.75, how="101", step=4),
        ScoringSettings(source="folder", folder="/some/where", detector="net"),
    ):  # fmt: skip
        assert from_json(ScoringSettings, to_json(settings)).validated() == settings
        state = BoxesState(view="scoring", scoring=settings)
        assert from_json(BoxesState, to_json(state)).validated() == state


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"count": 0}, "1 and 24 pages"), ({"first": -1}, "first page"), ({"source": "folder"}, "names no folder"),
        ({"detector": ""}, "no detector"), ({"kind": -1}, "no class"), ({"least": float("nan")}, "IoU threshold"),
        ({"least": 1.0}, "IoU threshold"), ({"step": -1}, "counted from 0"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_words(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        ScoringSettings(**wrong).validated()


def test_each_find_has_its_reason_in_words() -> None:
    told = [words.reason(shown(step=step)) for step in range(6)]
    for sentence, part in zip(
        told,
        (
            "1.00 ≥ 0.50 with a “cat” that no better find has taken: a true positive",
            "0.33 < 0.50 with the nearest thing, a “cat”",
            "has taken this “cat” already",
            "the thing is a “dog”",
            "Nothing is there",
            "0.75 ≥ 0.50",
        ),
        strict=True,
    ):
        assert part in sentence
    assert words.count_line(shown(step=2)) == "After 3 finds: precision 1/3 = 0.333, recall 1/2 = 0.500."
    assert "AP of “cat”: the area beneath the envelope = 0.667" in words.area_line(shown())
    assert "mAP is the mean" in words.area_line(shown(kind=None))
    assert words.told(shown(kind=2))[0] == words.NOTHING


def test_the_curve_holds_what_is_known_so_far() -> None:
    made = shown(step=2)
    (found, envelope) = lines(made)
    np.testing.assert_allclose(found.y, [1, 1 / 2, 1 / 3])
    np.testing.assert_allclose(found.x, [0.5, 0.5, 0.5])
    assert found.growing and envelope.dashed
    assert [one.name for one in lines(shown(how="11"))] == ["finds", "envelope", "averaged"]
    assert find_at(shown(), 0.99) == 5 and find_at(made, 0.0) == 0 and lines(shown(kind=2)) == []


def test_the_table_has_the_means_at_its_edges() -> None:
    made = shown()
    scene = table_scene(made, QSizeF(420, 360))
    plates = {key: scene.plate(key) for key in (TABLE, BY_CLASS, BY_THRESHOLD)}
    values = table(WHOLE.overlaps(), 3, "all")[:2]
    assert rows_of(made) == [0, 1]
    for key, expected in (
        (TABLE, values), (BY_CLASS, values.mean(1)[:, None]), (BY_THRESHOLD, values.mean(0)[None]),
    ):  # fmt: skip
        plate = plates[key]
        assert plate is not None
        np.testing.assert_allclose(plate.values, expected)
        assert plate.rect.right() <= 420 and plate.rect.bottom() <= 360
    low = table_scene(made, QSizeF(320, 200)).plate(TABLE)
    assert low is not None  # small cells have room for percents only
    np.testing.assert_allclose(low.values, 100 * values)
    assert f"{values[:, 0].mean():.3f}" in scene.description and f"{values.mean():.3f}" in scene.description


def test_many_classes_leave_rows_to_those_with_the_most_things() -> None:
    classes = tuple(f"class {index}" for index in range(30))
    boxes = np.array([[0.0, 0, 10, 10]] * 60)
    truth = Truth(boxes, np.array([min(index, 29) for index in range(60)]))
    many = Evaluated("many", "net", classes, WHOLE.frames[:1], WHOLE.found[:1], (truth,), 1)
    made = resolve(ScoringSettings(kind=20), many)
    assert made is not None
    rows = rows_of(made)
    assert len(rows) == MOST_ROWS and 29 in rows and 20 in rows and rows == sorted(rows)


@pytest.mark.parametrize("size", [(300, 150), (300, 180), (400, 260), (640, 500)])
def test_the_list_of_finds_fits(size: tuple[int, int]) -> None:
    for kind in (0, 1, 2, None):
        scene = list_scene(shown(kind=kind, step=2), QSizeF(*size))
        plate = scene.plate(FINDS)
        count = len(shown(kind=kind).verdicts)
        assert (plate is None) == (count == 0)
        if plate is not None and plate.crossed is not None:
            assert plate.rect.right() <= size[0]
            assert int(plate.crossed.sum()) == sum(not one.right for one in shown(kind=kind).verdicts)


# --- the view --------------------------------------------------------------------------------------------------------


def test_pages_come_one_by_one_and_the_whole_is_checked(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    view, held = stand.view, cast(HeldEngine, bridge.engine)
    assert view.steps() is None and not view.settled and view.tile.detail == words.WAITING
    number = job(bridge, qtbot, EvaluatePages)
    assert held.asked[number][0] == EvaluatePages(8, 0)
    held.emit(Partial(number, evaluated(1)))
    QApplication.processEvents()
    assert (
        "1 of 2 pictures so far" in view.tile.detail and view.steps() == (4, 3, "find") and not view.settled
    )
    assert not held.jobs(CheckScores)
    held.answer(number, WHOLE)
    QApplication.processEvents()
    assert view.steps() == (6, 5, "find")
    check = job(bridge, qtbot, CheckScores)
    request = cast(CheckScores, held.asked[check][0])
    np.testing.assert_allclose(request.values[0], 2 / 3)
    held.answer(check, CheckResult(0.0, 1e-9, True, "stand-in"))
    QApplication.processEvents()
    assert view.settled and "Checked" in view.badge.title.text()
    facts = {name: value for name, value, _ in view.facts()}
    assert (
        facts["AP"] == "0.667" and facts["left out"] == "one file could not be used" and facts["right"] == "2"
    )


def test_the_walk_shows_each_find_in_its_picture(answered: Stand) -> None:
    view = answered.view
    view.go_to(0)
    assert view.tile.title == "Find 1 of 6: “cat”, score 0.90" and "✓ right" in view.tile.detail
    assert view.picture.frame is WHOLE.frames[0] and view.picture.boxes[-1].role == "good"
    view.go_to(1)
    assert view.picture.frame is WHOLE.frames[1] and view.picture.boxes[-1].role == "error"
    assert "✗" in view.picture.boxes[-1].label and view.picture.boxes[0].label == "there: cat"
    view.list.setFocus()
    QTest.keyClick(view.list, Qt.Key.Key_Right)
    assert answered.settings.step == 2
    QTest.keyClick(view.list, Qt.Key.Key_Left)
    QTest.keyClick(view.list, Qt.Key.Key_Left)
    QTest.keyClick(view.list, Qt.Key.Key_Left)
    assert answered.settings.step == 0 and answered.changes == 0
    QTest.keyClick(view.list, Qt.Key.Key_Down)
    assert answered.settings.kind == 1 and answered.settings.step == MOST_STEP
    QTest.keyClick(view.list, Qt.Key.Key_Up)
    QTest.keyClick(view.list, Qt.Key.Key_Up)
    assert answered.settings.kind is None


def test_a_find_is_reached_from_the_list_and_from_the_curve(answered: Stand) -> None:
    view = answered.view
    click(view.list, FINDS, 0, 3)
    assert answered.settings.step == 3
    told = QSignalSpy(view.pointed)
    hover(view.list, FINDS, 0, 1)
    facts = {name: value for name, value, _ in told.at(told.count() - 1)[0]}
    assert facts["verdict"] == "too little overlap" and facts["IoU"] == "0.3333"
    view.go_to(5)
    point = view.plot.place(0.5, 1.0).toPoint()
    QTest.mouseClick(view.plot, Qt.MouseButton.LeftButton, NO_MODIFIER, point)
    assert answered.settings.step == 0
    view.go_to(5)  # four finds share the recall of one half
    QTest.mouseClick(view.plot, Qt.MouseButton.LeftButton, NO_MODIFIER, view.plot.place(0.5, 1 / 3).toPoint())
    assert answered.settings.step == 2


def test_a_cell_of_the_table_picks_class_and_threshold(answered: Stand) -> None:
    view = answered.view
    click(view.table, TABLE, 1, 5)
    assert (answered.settings.kind, answered.settings.least) == (1, 0.75)
    click(view.table, BY_THRESHOLD, 0, 0)
    assert (answered.settings.kind, answered.settings.least) == (1, 0.5)
    click(view.table, BY_CLASS, 0, 0)
    assert answered.settings.kind == 0
    told = QSignalSpy(view.pointed)
    hover(view.table, TABLE, 1, 9)
    facts = {name: value for name, value, _ in told.at(told.count() - 1)[0]}
    assert facts["class"] == "dog" and facts["IoU at least"] == f"{THRESHOLDS[9]:.2f}"


def test_a_stricter_threshold_makes_finds_wrong_at_once(answered: Stand, bridge: Bridge) -> None:
    view = answered.view
    asked = len(cast(HeldEngine, bridge.engine).jobs(EvaluatePages))
    view._controls.least.slider.setValue(round((0.8 - 0.05) / 0.05))
    assert answered.settings.least == 0.8
    assert view.shown is not None and [one.right for one in view.shown.verdicts] == [True] + [False] * 5
    view._controls.how.button("11").click()
    assert answered.settings.how == "11" and "averaged" in [one.name for one in view.plot.series]
    assert len(cast(HeldEngine, bridge.engine).jobs(EvaluatePages)) == asked  # no net was asked for that


def test_other_pages_are_tinted_until_they_are_read(answered: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    view, held = answered.view, cast(HeldEngine, bridge.engine)
    view._controls.count.step(-1)
    view._controls.count.commit()
    assert answered.settings.count == 7 and view.picture.stale and view.plot.stale
    number = job(bridge, qtbot, EvaluatePages, 2)
    held.fail(number, ErrorReport("The weights are damaged.", "Install them again."))
    QApplication.processEvents()
    assert view.problem.text() == "The weights are damaged. Install them again." and view.settled
    view._controls.count.step(1)
    view._controls.count.commit()
    held.answer(job(bridge, qtbot, EvaluatePages, 3), WHOLE)
    QApplication.processEvents()
    assert view.problem.isHidden() and not view.picture.stale
    view.set_active(False)
    QApplication.processEvents()
    assert not bridge.busy


def test_a_folder_with_labels_is_taken(
    answered: Stand, bridge: Bridge, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = answered.view
    assert not view.open_folder(tmp_path)
    (tmp_path / "a.txt").write_text("0 0.5 0.5 0.1 0.1")
    assert view.open_folder(tmp_path)
    assert answered.settings.source == "folder" and answered.settings.kind is None
    number = job(bridge, qtbot, EvaluateFolder)
    assert cast(HeldEngine, bridge.engine).asked[number][0] == EvaluateFolder(str(tmp_path), "yolo-digits")
    assert view._controls.folder.text() == tmp_path.name
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    view._controls.choose.click()
    assert answered.settings.folder == str(tmp_path)  # taken back: nothing changes
    view._controls.source.button("pages").click()
    assert answered.settings.source == "pages"


def test_without_a_folder_the_choice_stays_with_the_pages(
    answered: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    controls = answered.view._controls
    controls.source.button("folder").click()
    assert answered.settings.source == "pages" and controls.source.value == "pages"


def test_detectors_are_listed_when_the_view_comes_into_sight(stand: Stand, bridge: Bridge) -> None:
    assert len(cast(HeldEngine, bridge.engine).jobs(ListDetectors)) == 1


def test_numbers_and_film_can_be_taken_away(answered: Stand, bridge: Bridge) -> None:
    view = answered.view
    arrays = dict(view.arrays())
    np.testing.assert_array_equal(arrays["right"], [1, 0, 0, 0, 0, 1])
    assert np.shape(arrays["average precision (classes, IoU 0.50 to 0.95)"]) == (3, 10)
    film = view.film()
    assert film is not None and len(film.indices) == 6
    first, last = film.image_at(0), film.image_at(5)
    assert first.size() == last.size() and first != last
    fresh = ScoringView(bridge)
    try:
        with pytest.raises(UserError, match="no scores yet"):
            fresh.arrays()
        assert fresh.film() is None
    finally:
        for widget in (fresh, fresh.controls(), fresh.aside()):
            widget.deleteLater()
