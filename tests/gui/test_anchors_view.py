"""The view "Anchors": real widgets over the real engine, without a thread."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPointF, QSizeF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from engine.detection.anchoring.street import SIZE
from engine.detection.anchors import shape_iou
from engine.errors import UserError
from engine.images import Frame
from engine.training import digit_shapes
from gui import export
from gui.pages.boxes.anchors import run as runs
from gui.pages.boxes.anchors import words
from gui.pages.boxes.anchors.cell import cell_shown
from gui.pages.boxes.anchors.cell_scene import SHARES, TARGET, cell_scene
from gui.pages.boxes.anchors.settings import (
    ANCHOR_SETS,
    EXAMPLES,
    LAST,
    MOST_THINGS,
    AnchorsSettings,
    with_anchors,
)
from gui.pages.boxes.anchors.tour import STOPS
from gui.pages.boxes.anchors.view import AnchorsView
from gui.pages.boxes.state import BoxesState
from gui.pages.boxes.target.settings import Labelled
from gui.state import from_json, to_json
from gui.widgets.source_state import SourceState
from tests.gui.kept_views import Keep, Kept, keep
from tests.gui.window_fixtures import calm

__all__ = ["calm", "keep"]

PICTURE = Frame(np.full((300, 400, 3), 200, np.uint8), "a wall")
KMEANS = AnchorsSettings(part="kmeans")


@pytest.fixture
def stage(keep: Keep) -> Kept:
    kept = keep(AnchorsView, AnchorsSettings(), size=(1000, 760), frame=PICTURE)
    kept.view.set_active(True)
    return kept


class TestCell:
    def test_two_shapes_find_room_in_two_anchors(self) -> None:
        shown = cell_shown(AnchorsSettings(), SIZE)
        assert shown.cell == (1, 1) and shown.members == (0, 1) and not shown.lost
        assert [placed.anchor for placed in shown.placed] == [1, 0]
        assert shown.target[:, 0].tolist() == [1, 1]
        assert shown.target[1, 5:].tolist() == [0, 1]

    def test_with_one_anchor_the_second_is_lost(self) -> None:
        shown = cell_shown(AnchorsSettings(anchors=ANCHOR_SETS[1]), SIZE)
        assert [placed.lost_to for placed in shown.placed] == [None, 0]
        assert "lost" in " ".join(words.cell_sentences(shown))

    def test_two_equal_shapes_want_the_same_anchor(self) -> None:
        shown = cell_shown(AnchorsSettings(things=EXAMPLES["equal"]), SIZE)
        assert [placed.lost_to for placed in shown.placed] == [None, 0]
        sentences = " ".join(words.cell_sentences(shown))
        assert "Another anchor does not take it" in sentences and "1 of 2 things" in sentences
        assert np.isnan(shown.target[1, 1:]).all() and shown.target[1, 0] == 0

    def test_the_target_fills_thing_by_thing(self) -> None:
        held = [cell_shown(AnchorsSettings(step=step), SIZE).target[:, 0].sum() for step in range(3)]
        assert held == [0, 1, 2]
        assert cell_shown(AnchorsSettings(step=0), SIZE).newest is None

    def test_numbers_are_those_of_the_picture(self) -> None:
        thing = Labelled((0.4, 0.4, 0.5, 0.6), 1)
        shown = cell_shown(AnchorsSettings(things=(thing,)), (300, 150))
        row = shown.target[shown.placed[0].anchor]
        np.testing.assert_allclose(row, [1, 0.35, 0.5, 0.6, 0.3, 0, 1], atol=1e-9)

    @pytest.mark.parametrize("example", EXAMPLES)
    @pytest.mark.parametrize("size", [(560.0, 740.0), (300.0, 440.0)])
    def test_everything_has_room(self, calm: None, example: str, size: tuple[float, float]) -> None:
        for count, anchors in ANCHOR_SETS.items():
            settings = AnchorsSettings(things=EXAMPLES[example], anchors=anchors)
            scene = cell_scene(cell_shown(settings, SIZE), QSizeF(*size))
            for plate in scene.plates:
                assert plate.rect.right() <= size[0] and plate.rect.bottom() <= size[1]
            table = scene.plate(TARGET)
            assert table is not None and table.shape == (7, count)
            assert all(
                getattr(item, "area", None) is None or item.area.bottom() <= size[1] + 1
                for item in scene.below
            )

    def test_an_empty_cell_and_an_empty_picture_say_so(self) -> None:
        empty = cell_shown(AnchorsSettings(cell=(0, 0)), SIZE)
        assert not empty.members and "No midpoint" in words.cell_sentences(empty)[0]
        nothing = cell_shown(AnchorsSettings(things=()), SIZE)
        assert nothing.cell == (1, 1) and nothing.count == 1 and words.cell_facts(nothing)


class TestRun:
    def run(self, **changes: Any) -> runs.Run:
        settings = replace(KMEANS, **changes)
        shapes = runs.street_set()
        return runs.run_of(settings, shapes, runs.grouped(settings, shapes), len(shapes))

    def test_every_step_is_told(self) -> None:
        for metric in ("iou", "euclidean"):
            steps = self.run(metric=metric).steps
            for turn in range(len(steps)):
                run = self.run(metric=metric, turn=turn)
                assert all(sentence.endswith(".") for sentence in words.run_sentences(run))
                assert len(words.run_facts(run)) == 3 + len(run.step.centres)

    def test_shares_are_those_of_the_engine(self) -> None:
        run = self.run(turn=LAST)
        np.testing.assert_allclose(run.shares(7), shape_iou(run.shapes[7], run.step.centres)[0])
        assert run.step.assigned is not None
        assert max(run.shares(7)) == run.shares(7)[int(run.step.assigned[7])]

    def test_a_fall_of_the_average_is_not_kept_quiet(self) -> None:
        run = self.run(turn=LAST)
        best = max(step.average_iou for step in run.steps)
        assert best > run.steps[-1].average_iou + words.NOTEWORTHY
        assert f"It was {best:.3f}" in " ".join(words.run_sentences(run))

    def test_many_shapes_are_thinned_the_same_way_every_time(self) -> None:
        many = np.random.default_rng(1).uniform(0, 1, (9000, 2))
        many[5] = 0
        few = runs.thinned(many)
        assert few.shape == (runs.MOST_SHAPES, 2) and (few > 0).all()
        np.testing.assert_array_equal(few, runs.thinned(many))


class TestSettings:
    @pytest.mark.parametrize(
        "changes",
        [
            {"part": "none"}, {"data": "none"}, {"centre": "mode"}, {"metric": "city"}, {"side": 0}, {"side": 14},
            {"cell": (3, 0)}, {"anchors": ()}, {"anchors": ((0.1, 0.1),) * 6}, {"anchors": ((0.1, 1.4),)},
            {"anchors": ((float("nan"), 0.4),)}, {"count": 0}, {"count": 10}, {"seed": -1}, {"step": -1},
            {"chosen": -1}, {"things": (Labelled((0, 0, 0, 1)),)}, {"things": (Labelled((0, 0, 1, 1), 9),)},
            {"things": (Labelled((0, 0, 1, 1)),) * (MOST_THINGS + 1)},
        ],
    )  # fmt: skip
    def test_bad_values_are_refused_with_a_sentence(self, changes: dict[str, Any]) -> None:
        with pytest.raises(UserError, match=r"\.$"):
            replace(AnchorsSettings(), **changes).validated()

    def test_a_session_comes_back(self) -> None:
        state = BoxesState(
            view="anchors", anchors=replace(KMEANS, data="folder", folder="/tmp/x", cell=(2, 1))
        )
        assert from_json(BoxesState, json.loads(json.dumps(to_json(state)))) == state

    def test_examples_and_what_a_person_changed(self) -> None:
        assert AnchorsSettings().example == "pair"
        assert AnchorsSettings(things=EXAMPLES["pair"][:1]).example == "own"
        assert AnchorsSettings().before(SourceState("sample", "cat")).on_picture

    def test_anchors_of_k_means_are_brought_into_range(self) -> None:
        made = with_anchors(AnchorsSettings(), ((0.001, 0.5), (0.2, 1.7)))
        assert made.anchors == ((0.02, 0.5), (0.2, 1.0)) and made.validated()

    def test_the_stops_of_the_tour_are_valid(self) -> None:
        for _name, _title, _tip, state in STOPS:
            state.validated()


class TestView:
    def test_the_first_visit_is_full_and_checked(self, stage: Kept) -> None:
        stage.settle()
        view = stage.view
        assert view.cell is not None and view.cell_stage.editor.frame is not None
        assert view.cell_stage.canvas.scene.plate(SHARES) is not None
        assert "Checked against torchvision" in view.badge.title.text()
        assert view.steps() == (3, 2, "step") and view.facts()

    def test_the_street_follows_a_box_that_is_moved(self, stage: Kept) -> None:
        editor = stage.view.cell_stage.editor
        before = editor.frame
        editor.choose(1)
        QTest.keyClick(editor, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
        assert stage.settings.example == "own" and stage.gestures == ["box keys"]
        moved = stage.settings.things[1].box[0] - EXAMPLES["pair"][1].box[0]
        assert moved == pytest.approx(10 / SIZE[0]) and editor.frame is not before
        assert stage.settings.things[0] == EXAMPLES["pair"][0]

    def test_a_thing_dragged_out_of_the_cell_is_no_longer_in_the_way(self, stage: Kept) -> None:
        stage.show(AnchorsSettings(things=EXAMPLES["equal"]))
        view, editor = stage.view, stage.view.cell_stage.editor
        assert view.cell is not None and len(view.cell.lost) == 1
        editor.choose(1)
        start = editor.area_of(1).center()
        QTest.mousePress(editor, Qt.MouseButton.LeftButton, pos=start.toPoint())
        for share in (0.5, 1.0):
            QTest.mouseMove(editor, (start + QPointF(150 * share, 0)).toPoint())
        QTest.mouseRelease(editor, Qt.MouseButton.LeftButton, pos=(start + QPointF(150, 0)).toPoint())
        assert view.cell is not None and not view.cell.lost and len(set(stage.gestures)) == 1

    def test_clicking_a_cell_shows_its_target_and_escape_comes_back(self, stage: Kept) -> None:
        editor = stage.view.cell_stage.editor
        corner = editor.picture_rect().topLeft() + QPointF(12, 12)
        QTest.mouseClick(editor, Qt.MouseButton.LeftButton, pos=corner.toPoint())
        assert stage.settings.cell == (0, 0) and not stage.gestures
        assert stage.view.cell is not None and not stage.view.cell.members
        assert stage.view.escape() and stage.settings.cell is None and not stage.view.escape()

    def test_stepping_and_pointing(self, stage: Kept) -> None:
        view = stage.view
        view.go_to(0)
        assert view.steps() == (3, 0, "step")
        canvas = view.cell_stage.canvas
        view.go_to(2)
        canvas.cellHovered.emit(TARGET, 3, 1)
        assert stage.facts[-1][0][0] == "b_h of anchor 1"
        canvas.cellHovered.emit(SHARES, 1, 0)
        assert stage.facts[-1][0][0] == "B, pedestrian"
        view.cell_stage.editor.boxHovered.emit(0)
        assert stage.facts[-1][0][0] == "A, car"
        canvas.hoverLeft.emit()
        assert stage.facts[-1] == []

    def test_controls_of_the_cell(self, stage: Kept) -> None:
        controls = stage.view._controls
        controls.anchors.committed.emit(1)
        assert stage.settings.anchors == ANCHOR_SETS[1]
        controls.anchors.committed.emit(3)
        assert stage.settings.anchors == ANCHOR_SETS[3]
        controls.chosen.changed.emit("2")
        controls.width_.slider.setValue(controls.width_.slider.maximum())
        assert stage.settings.anchors[2] == (1.0, 0.3) and stage.gestures[-1] == "anchor side 0"
        controls.side.committed.emit(7)
        assert stage.settings.side == 7
        controls.example.changed.emit("three")
        assert stage.settings.things == EXAMPLES["three"]

    def test_too_many_things_are_refused_with_a_reason(self, stage: Kept) -> None:
        stage.show(AnchorsSettings(things=(Labelled((0.1, 0.1, 0.3, 0.3)),) * MOST_THINGS))
        QTest.keyClick(stage.view.cell_stage.editor, Qt.Key.Key_N)
        assert len(stage.settings.things) == MOST_THINGS and "At most" in stage.sentences[-1]
        assert len(stage.view.cell_stage.editor.boxes) == MOST_THINGS

    def test_on_the_picture_of_the_person(self, stage: Kept) -> None:
        stage.view._controls.on_picture.changed.emit(True)
        assert stage.view.cell_stage.editor.frame is PICTURE
        assert stage.view.cell is not None and len(stage.view.cell.names) == 3
        stage.frame = None
        stage.show(stage.settings)
        assert stage.view.cell is None and not stage.view.settled
        with pytest.raises(UserError):
            stage.view.arrays()

    def test_k_means_is_walked_and_checked(self, stage: Kept) -> None:
        view = stage.view
        view._controls.part.changed.emit("kmeans")
        stage.settle()
        assert view.run is not None and view.run.turn == 0
        assert "Checked against torchvision" in view.badge.title.text()
        view.go_to(2)
        assert view.run.step.kind == "move" and view.kmeans_stage.told.text().startswith("Round 1")
        view.kmeans_stage.turnPicked.emit(5)
        assert stage.settings.turn == 5
        view._controls.nearness.changed.emit("euclidean")
        stage.settle()
        assert "Checked against scikit-learn" in view.badge.title.text()
        view._controls.count.committed.emit(5)
        view._controls.centre.changed.emit("median")
        stage.settle()
        assert view.run is not None and len(view.run.step.centres) == 5
        assert view.escape() or stage.settings.turn == 0

    def test_pointing_at_a_shape(self, stage: Kept) -> None:
        stage.show(replace(KMEANS, turn=LAST))
        scatter, run = stage.view.kmeans_stage.scatter, stage.view.run
        assert run is not None
        place = scatter.place(tuple(run.shapes[0].tolist()))
        QTest.mouseMove(scatter, place.toPoint())
        QApplication.processEvents()
        index = scatter.shape_at(place)
        assert index is not None
        np.testing.assert_allclose(run.shapes[index], run.shapes[0], atol=0.01)
        scatter.pointed.emit(index)
        assert stage.facts[-1][1] == ("goes to", f"anchor {int(run.step.assigned[index])}", "")  # type: ignore[index]
        assert scatter.shape_at(QPointF(0, 0)) is None

    def test_anchors_of_k_means_for_the_cells(self, stage: Kept) -> None:
        stage.show(replace(KMEANS, turn=LAST))
        stage.view._controls.use.click()
        assert stage.settings.part == "cell" and len(stage.settings.anchors) == 3
        stage.show(replace(KMEANS, count=7, turn=LAST))
        assert not stage.view._controls.use.isEnabled()

    def test_boxes_that_a_person_draws(self, stage: Kept) -> None:
        stage.show(replace(KMEANS, data="drawn", count=2))
        view = stage.view
        assert view.kmeans_stage.editor.isVisible() and view.run is not None
        before = len(view.run.shapes)
        QTest.keyClick(view.kmeans_stage.editor, Qt.Key.Key_N)
        assert view.run is not None and len(view.run.shapes) == before + 1
        stage.show(replace(stage.settings, drawn=()))
        assert view.run is None and words.NO_SHAPES in view.kmeans_stage.told.text()
        stage.show(replace(stage.settings, drawn=(Labelled((0, 0, 0.5, 0.5)),)))
        assert view.run is None and "2 anchors cannot be made of 1" in view.kmeans_stage.told.text()

    def test_a_folder_of_labels(self, stage: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        Image.fromarray(np.zeros((100, 200, 3), np.uint8)).save(tmp_path / "a.png")
        (tmp_path / "a.txt").write_text("0 0.5 0.5 0.5 0.4\n1 0.3 0.3 0.1 0.4\n0 0.5 0.5 0.3 0.2\n")
        (tmp_path / "b.txt").write_text("nonsense")
        monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *args: str(tmp_path))
        stage.show(replace(KMEANS, data="folder"))
        assert words.NO_FOLDER in stage.view.kmeans_stage.told.text() and stage.view.settled
        stage.view._controls.folder.click()
        stage.settle()
        run = stage.view.run
        assert run is not None and len(run.shapes) == 3 and stage.settings.folder == str(tmp_path)
        line = stage.view._controls.line.text()
        assert "YOLO: 3 boxes in 1 picture." in line and "1 file left out. b.txt" in line
        assert stage.view.open_folder(tmp_path / "gone")
        stage.settle()
        assert stage.view.run is None and "no folder" in stage.view.kmeans_stage.told.text()

    def test_scenes_with_digits(self, stage: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(digit_shapes, "SCENES", 5)
        stage.show(replace(KMEANS, data="digits"))
        stage.settle()
        assert stage.view.run is not None and len(stage.view.run.shapes) > 5

    def test_arrays_and_films(self, stage: Kept) -> None:
        named = dict(stage.view.arrays())
        assert np.shape(named["target of cell (1, 1)"]) == (2, 7)
        cells = stage.view.film()
        stage.show(replace(KMEANS, turn=3))
        assert np.shape(dict(stage.view.arrays())["shapes w h"])[1] == 2
        turns = stage.view.film()
        assert cells is not None and turns is not None and stage.view.run is not None
        assert "average IoU" in export.csv_text(stage.view.arrays())
        assert len(cells.indices) == 3 and len(turns.indices) == len(stage.view.run.steps)
        for source in (cells, turns):
            assert not source.image_at(len(source.indices) - 1).isNull()

    def test_keys_step_and_walk_the_shapes(self, stage: Kept) -> None:
        canvas = stage.view.cell_stage.canvas
        QTest.keyClick(canvas, Qt.Key.Key_Left)
        assert stage.view.steps() == (3, 1, "step")
        QTest.keyClick(canvas, Qt.Key.Key_Right)
        assert stage.view.steps() == (3, 2, "step") and not stage.gestures
        stage.show(replace(KMEANS, turn=1))
        scatter = stage.view.kmeans_stage.scatter
        assert stage.view.focusProxy() is scatter
        for _ in range(2):
            QTest.keyClick(scatter, Qt.Key.Key_Up)
        QTest.keyClick(scatter, Qt.Key.Key_Down)
        run = stage.view.run
        assert run is not None
        flattest = int(run.shapes[:, 1].argmin())
        assert stage.facts[-1] == words.shape_facts(run, flattest)
