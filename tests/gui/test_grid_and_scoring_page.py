"""YOLO grid and scoring in their page, over the real engine: undo, sessions, the stepper, exports."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gui import export
from gui.pages.boxes.exports import BoxesExports
from gui.pages.boxes.grid.settings import KNOWN, GridSettings
from gui.pages.boxes.grid.view import GridView
from gui.pages.boxes.scoring.settings import ScoringSettings
from gui.pages.boxes.scoring.view import ScoringView
from gui.pages.boxes.state import BoxesState
from gui.state import envelope, from_json, open_envelope
from gui.widgets.source_state import SourceState
from tests.gui.test_boxes_page import OpenPage, open_page
from tests.gui.window_fixtures import calm

__all__ = ["calm", "open_page"]


@pytest.fixture(scope="module")
def imported() -> None:
    """An engine without a thread leaves a job that waits for an import."""
    for name in ("sklearn.datasets", "torchvision.ops"):
        import_module(name)


def test_a_drag_is_one_step_of_undo_and_looking_around_is_none(open_page: OpenPage) -> None:
    page = open_page(state=BoxesState(view="grid"))
    view = cast(GridView, page.stage.view)
    editor = view.editor
    scale = editor.transform()

    def at(x: float, y: float) -> object:
        return scale.map(QPointF(x, y)).toPoint()

    QTest.mousePress(editor, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at(400, 350))
    for step in (10, 40, 80):
        QTest.mouseMove(editor, at(400 + step, 350 + step))
    QTest.mouseRelease(editor, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at(480, 430))
    assert len(page.state.grid.boxes) == 4
    page.stepper.go_last()
    assert page.state.grid.stage == "answer"
    page.undo()
    assert (
        page.state.grid.boxes == KNOWN["astronaut"] and len(editor.boxes) == 3 and not page.history.can_undo
    )
    page.redo()
    assert len(page.state.grid.boxes) == 4


def test_the_walk_plays_and_a_session_goes_on_where_it_ended(open_page: OpenPage) -> None:
    page = open_page(state=BoxesState(view="grid", grid=GridSettings(stage="labels")))
    assert page.stepper.count == page.stage.view.steps()[0]  # type: ignore[union-attr, index]
    page.stepper.step_forward()
    page.stepper.step_forward()
    state = replace(page.state, grid=replace(page.state.grid, cell=(2, 1), component=3))
    page.change(state)
    name, data = open_envelope(envelope("boxes", page.state))
    assert name == "boxes" and from_json(BoxesState, data).validated() == page.state
    again = open_page(state=page.state)
    view = cast(GridView, again.stage.view)
    assert again.stepper.index == page.stepper.index and view.shown is not None
    assert view.shown.cell == (2, 1) and view.shown.slice.name == "b_h"


def test_another_picture_takes_its_labels_along(open_page: OpenPage, qtbot: QtBot) -> None:
    page = open_page(state=BoxesState(view="grid"))
    page.take_source(SourceState("sample", "cat"))
    view = cast(GridView, page.stage.view)
    qtbot.waitUntil(lambda: view.shown is not None)
    assert page.state.grid.boxes == () and view.shown is not None and not len(view.shown.basis.boxes)
    assert "drag over the picture" in view.canvas.accessibleDescription()
    page.undo()
    assert page.state.grid.boxes == KNOWN["astronaut"]


def test_the_page_draws_what_is_on_show(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page(state=BoxesState(view="grid"))
    exports = BoxesExports(page)
    path = export.save_png(exports.picture(), tmp_path / "grid.png")
    assert path.stat().st_size > 10_000
    export.save_svg(exports.picture(), tmp_path / "grid.svg", "Boxes")
    assert "<svg" in (tmp_path / "grid.svg").read_text("utf-8")
    assert "p_c of anchor 0" in export.csv_text(exports.arrays()) and exports.film() is not None
    assert "7 × 7" in page.explanation() and "pycocotools" in page.explanation()


def test_a_page_of_digits_is_scored_by_the_real_net(
    imported: None, open_page: OpenPage, qtbot: QtBot
) -> None:
    page = open_page(state=BoxesState(view="scoring", scoring=ScoringSettings(count=1, kind=None)))
    view = cast(ScoringView, page.stage.view)
    qtbot.waitUntil(lambda: view.settled, timeout=20_000)
    assert view.shown is not None and view.shown.mean_half > 0.6 and "Checked" in view.badge.title.text()
    assert page.stepper.count == len(view.shown.verdicts) and not page.panel.picture_section.isVisible()
    page.stepper.go_first()
    assert page.state.scoring.step == 0 and "Find 1 of" in view.tile.title
    assert not page.history.can_undo
    np.testing.assert_allclose(view.shown.curve.precision[0], 1.0)


def test_a_net_answers_cell_by_cell(imported: None, open_page: OpenPage, qtbot: QtBot) -> None:
    page = open_page(state=BoxesState(view="grid", grid=GridSettings(predictor="page", stage="answer")))
    view = cast(GridView, page.stage.view)
    qtbot.waitUntil(lambda: view.settled, timeout=20_000)
    assert view.shown is not None and view.shown.spec.shape == (20, 20, 3, 15)
    assert len(view.shown.walk.kept) >= 8 and "Checked" in view.badge.title.text()
    assert not page.panel.picture_section.isVisible()
