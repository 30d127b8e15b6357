"""The view "Region proposals": the search, its merges, regions and boxes; what is saved."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.detection.proposals.requests import (
    FindProposals,
)
from engine.errors import ErrorReport, UserError
from gui import export
from gui.bridge import Bridge
from gui.pages.boxes.proposals import words
from gui.pages.boxes.proposals.lines import borders, outline
from gui.pages.boxes.proposals.proposals_part import smallest_around
from gui.pages.boxes.proposals.regions_view import mean_colours
from gui.pages.boxes.proposals.settings import MOST_THINGS, ProposalsSettings
from gui.pages.boxes.proposals.tour import STOPS
from gui.pages.boxes.state import BoxesState, with_source
from gui.state import from_json, to_json
from gui.theme import theme
from gui.widgets.source_state import SourceState
from tests.gui.proposals_fixtures import (
    LeftButton,
    NoModifier,
    Stand,
    answer_search,
    bridge,
    engine,
    in_picture,
    newest,
    pooling,
    stand,
)
from tests.gui.window_fixtures import calm, move_to, near, shot

__all__ = ["bridge", "calm", "pooling", "stand"]

# --- the search and its merges ----------------------------------------------------------------------------


def test_the_first_visit_searches_at_once_and_shows_the_segments(stand: Stand, bridge: Bridge) -> None:
    assert not stand.view.settled
    search = answer_search(bridge)
    view = stand.view
    assert view.settled and search.hierarchy.leaves == 6
    assert view.steps() == (6, 0, "step")
    assert view.parts.grouping.panel.title == "6 segments"
    assert np.unique(view.parts.grouping.regions.labels).tolist() == list(range(6))
    assert {name: value for name, value, _ in view.facts()}["merges"] == "5"


def test_a_step_shows_the_merge_with_its_four_terms(stand: Stand, bridge: Bridge) -> None:
    search = answer_search(bridge)
    stand.view.go_to(2)
    assert stand.looks == 1 and stand.settings.step == 2  # looking, no undo step
    merge = search.hierarchy.merges[1]
    compared = stand.view.parts.grouping.panel.compared
    assert compared is not None and compared.terms == merge.terms
    assert "Merge 2 of 5: 4 regions left" in stand.view.parts.grouping.panel.title
    assert f"{int(search.hierarchy.regions.sizes[merge.first]):,} px" in words.merge_sentence(search, 2)
    stand.set(step=99)  # of a hierarchy that was larger
    assert stand.view.steps() == (6, 5, "step")


def test_the_merged_halves_are_tinted_and_lettered(stand: Stand, bridge: Bridge) -> None:
    answer_search(bridge)
    before = shot(stand.view.parts.grouping.regions)
    stand.view.go_to(1)
    after = shot(stand.view.parts.grouping.regions)
    assert near(after, theme.colors.accent).sum() > near(before, theme.colors.accent).sum() + 50
    assert near(after, theme.colors.warn).sum() > near(before, theme.colors.warn).sum() + 50


def test_a_click_asks_for_a_region_and_escape_goes_back(stand: Stand, bridge: Bridge) -> None:
    search = answer_search(bridge)
    regions = stand.view.parts.grouping.regions
    QTest.mouseClick(regions, LeftButton, NoModifier, in_picture(regions, 0.5, 0.25))
    assert stand.settings.picked is not None
    region = int(search.hierarchy.labels[15, 45])
    assert stand.view.parts.grouping.panel.title == f"Region {region}"
    facts = {name: value for name, value, _ in stand.view.facts()}
    assert facts["region"] == str(region) and facts["neighbours"] == "3"
    assert facts["box"] == "30, 0, 60, 30"
    best = words.neighbours_of(search, region, 0)[0]
    assert facts[f"similarity to {best[0]}"] == f"{best[1]:.3f}"
    assert stand.view.escape()
    assert stand.settings.picked is None and not stand.view.escape()


def test_up_and_down_go_from_region_to_region_and_leave_the_rest_to_the_stepper(
    stand: Stand, bridge: Bridge
) -> None:
    answer_search(bridge)
    regions, panel = stand.view.parts.grouping.regions, stand.view.parts.grouping.panel
    stand.view.setFocus()
    titles = []
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Up):
        QTest.keyClick(regions, key)
        titles.append(panel.title)
    assert titles == ["Region 0", "Region 1", "Region 0", "Region 5"]
    place = stand.settings.picked
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Space, Qt.Key.Key_Plus):
        event = QKeyEvent(QKeyEvent.Type.KeyPress, key, NoModifier)
        regions.keyPressEvent(event)
        assert not event.isAccepted()
    assert stand.settings.picked == place


def test_hovering_tells_about_the_region_under_the_pointer(stand: Stand, bridge: Bridge) -> None:
    answer_search(bridge)
    told: list[list[Any]] = []
    stand.view.pointed.connect(told.append)
    regions = stand.view.parts.grouping.regions
    move_to(regions, in_picture(regions, 0.9, 0.9))
    assert any(name == "box" and value == "60, 30, 90, 60" for name, value, _ in told[-1])


def test_other_settings_search_anew_and_tint_what_is_there(stand: Stand, bridge: Bridge) -> None:
    answer_search(bridge)
    controls = cast(Any, stand.view.controls())
    controls.terms["texture"].click()
    assert not stand.settings.search.texture and stand.settings.step == 0
    assert stand.view.parts.grouping.regions.stale
    answer = answer_search(bridge)
    assert answer.hierarchy.counted == (True, False, True, True)
    assert not stand.view.parts.grouping.regions.stale
    for name in ("colour", "size", "fill"):
        controls.terms[name].click()
    assert stand.settings.search.fill and controls.terms["fill"].value  # the last one stays on


def test_mean_colours_are_those_of_the_pixels(stand: Stand, bridge: Bridge) -> None:
    pixels = np.zeros((2, 4, 3), np.uint8)
    pixels[:, :2] = [[(10, 0, 0), (20, 0, 0)], [(30, 0, 0), (40, 0, 0)]]
    labels = np.array([[7, 7, 3, 3]] * 2)
    assert mean_colours(pixels, labels)[0].tolist() == [[25, 0, 0]] * 2 + [[0, 0, 0]] * 2
    answer_search(bridge)
    cast(Any, stand.view.controls()).painted.button("mean").click()
    assert stand.settings.painted == "mean"
    assert (
        stand.view.parts.grouping.regions.frame is None
        and stand.view.parts.grouping.regions.pixels is not None
    )


def test_a_failed_search_is_a_sentence(stand: Stand, bridge: Bridge) -> None:
    number, _ = newest(bridge, FindProposals)
    engine(bridge).fail(number, ErrorReport("The scale is too small.", "Choose a larger one."))
    QApplication.processEvents()
    assert stand.view.problem.text() == "The scale is too small. Choose a larger one."
    assert stand.view.settled


# --- proposals and recall ---------------------------------------------------------------------------------


def test_a_drawn_box_is_compared_with_the_proposals(stand: Stand, bridge: Bridge) -> None:
    search = answer_search(bridge)
    stand.set(part="proposals", count=600)
    editor = stand.view.parts.proposals.editor
    start, end = in_picture(editor, 1 / 3 + 0.02, 0.02), in_picture(editor, 2 / 3, 0.5)
    QTest.mousePress(editor, LeftButton, NoModifier, start)
    move_to(editor, end, LeftButton)
    QTest.mouseRelease(editor, LeftButton, NoModifier, end)
    assert len(stand.settings.things) == 1 and stand.gestures
    best = stand.view.parts.proposals.overlaps[-1, 0]
    assert best > 0.8  # one of the patches
    facts = {name: value for name, value, _ in stand.view.facts()}
    assert facts["recall"] == "1 of 1" and facts["thing 1"] == f"IoU {best:.3f}"
    assert editor.boxes[0].label.endswith("✓")
    assert stand.view.parts.proposals.plot.series[0].name == "recall"
    assert len(stand.view.parts.proposals.plot.series[0].points()[1]) == len(search.proposals) + 1


def test_fewer_proposals_cover_less(stand: Stand, bridge: Bridge) -> None:
    answer_search(bridge)
    stand.set(part="proposals", things=((1 / 3, 0.0, 2 / 3, 0.5),), count=600)
    covered = [int(np.argmax(stand.view.parts.proposals.overlaps[:, 0] >= 0.5))]
    slider = cast(Any, stand.view.controls()).count
    slider.slider.setValue(0)
    assert stand.settings.count == 1 and stand.gestures == ["proposals"]
    if covered[0] > 1:
        assert stand.view.facts()[0][1] == "0 of 1"
    stand.view.parts.proposals.plot.picked.emit(float(covered[0]))
    assert stand.settings.count == covered[0] and stand.view.facts()[0][1] == "1 of 1"


def test_there_is_room_for_some_things_only(stand: Stand, bridge: Bridge) -> None:
    answer_search(bridge)
    things = tuple((0.05 * i, 0.1, 0.05 * i + 0.04, 0.2) for i in range(MOST_THINGS))
    stand.set(part="proposals", things=things)
    said: list[str] = []
    stand.view.said.connect(lambda sentence, kind: said.append(sentence))
    QTest.keyClick(stand.view.parts.proposals.editor, Qt.Key.Key_N)
    assert len(stand.settings.things) == MOST_THINGS and said
    assert len(stand.view.parts.proposals.editor.boxes) == MOST_THINGS


def test_the_smallest_box_around_a_place() -> None:
    boxes = np.array([[0.0, 0, 50, 50], [10, 10, 20, 20], [12, 12, 40, 40]])
    assert smallest_around(boxes, 15, 15) == 1
    assert smallest_around(boxes, 30, 30) == 2
    assert smallest_around(boxes, 60, 10) is None


# --- state, exports, drawing ------------------------------------------------------------------------------


def test_settings_survive_being_saved() -> None:
    for *_, state in STOPS:
        assert from_json(BoxesState, to_json(state)).validated() == state
    settings = ProposalsSettings(
        part="pooling", picked=(0.25, 0.5), things=((0.1, 0.2, 0.3, 0.4),), level=2, cell=7
    )
    assert from_json(ProposalsSettings, to_json(settings)) == settings


@pytest.mark.parametrize(
    "changes",
    [
        {"count": 0}, {"count": 601}, {"enlarged": 1.0}, {"enlarged": float("nan")}, {"least": 1.2}, {"step": -1},
        {"picked": (0.5, 1.5)}, {"faster": "yolo"}, {"net": ""}, {"channel": -2}, {"things": ((0.5, 0, 0.4, 1),)},
        {"things": ((0.0, 0.0, 1.0, 1.0),) * 13},
    ],
)  # fmt: skip
def test_settings_out_of_range_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(UserError):
        replace(ProposalsSettings(), **changes).validated()


def test_another_picture_forgets_what_belonged_to_the_one_before() -> None:
    state = BoxesState(proposals=ProposalsSettings(step=9, picked=(0.1, 0.1), proposal=4, cell=3))
    cat = with_source(state, SourceState("sample", "cat")).proposals
    assert (cat.step, cat.picked, cat.proposal, cat.cell) == (0, None, 0, 0)
    assert cat.things != state.proposals.things
    assert not with_source(state, SourceState("file", "/somewhere.jpg")).proposals.things


def test_tables_and_films_can_be_taken_away(
    pooling: Stand, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setattr(export, "save_dialog", lambda *_args: tmp_path / "table.csv")
    search = pooling.view.search
    assert search is not None
    for verb, count in zip(
        pooling.view.verbs(), (len(search.proposals), len(search.hierarchy.merges)), strict=True
    ):
        verb.run()
        lines = (tmp_path / "table.csv").read_text().splitlines()
        assert sum(1 for line in lines if line and line[0].isdigit()) == count
    film = pooling.view.film()
    assert film is not None and len(film.indices) == 16
    first, last = film.image_at(0), film.image_at(15)
    assert first.size() == last.size() and first != last
    pooling.set(part="grouping")
    film = pooling.view.film()
    assert film is not None and len(film.indices) == len(search.hierarchy.merges) + 1
    assert film.image_at(1) != film.image_at(2)
    pooling.set(part="proposals")
    assert pooling.view.film() is None


def test_nothing_to_save_is_a_sentence(stand: Stand) -> None:
    said: list[tuple[str, str]] = []
    stand.view.said.connect(lambda sentence, kind: said.append((sentence, kind)))
    stand.view.verbs()[0].run()
    assert said == [("The picture has not been searched yet. Wait a moment.", "error")]


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_borders_lie_between_different_labels_and_nowhere_else(rows: int, columns: int, seed: int) -> None:
    labels = np.random.default_rng(seed).integers(0, 3, (rows, columns))
    drawn: list[tuple[int, int, int, int]] = []
    for x1, y1, x2, y2 in borders(labels).tolist():
        if y1 == y2:
            drawn += [(x, y1, x + 1, y1) for x in range(x1, x2)]
        else:
            drawn += [(x1, y, x1, y + 1) for y in range(y1, y2)]
    wanted = [
        (c, r, c + 1, r) for r in range(1, rows) for c in range(columns) if labels[r - 1, c] != labels[r, c]
    ]
    wanted += [
        (c, r, c, r + 1) for r in range(rows) for c in range(1, columns) if labels[r, c - 1] != labels[r, c]
    ]
    assert sorted(drawn) == sorted(wanted)


def test_the_outline_of_a_mask_goes_around_it_at_the_edge_of_the_picture_too() -> None:
    assert not len(outline(np.zeros((3, 3), bool)))
    middle = np.zeros((4, 5), bool)
    middle[2, 3] = True
    assert sorted(outline(middle).tolist()) == [[3, 2, 3, 3], [3, 2, 4, 2], [3, 3, 4, 3], [4, 2, 4, 3]]
    assert sorted(outline(np.array([[True, False]])).tolist()) == [
        [0, 0, 0, 1],
        [0, 0, 1, 0],
        [0, 1, 1, 1],
        [1, 0, 1, 1],
    ]


def test_the_words_stand_where_the_picture_stays_larger(stand: Stand, bridge: Bridge) -> None:
    answer_search(bridge)
    beside = stand.view.parts.grouping.beside
    beside.resize(700, 620)
    beside.set_aspect(3, 2)
    assert beside.beneath
    beside.set_aspect(1, 1)
    assert not beside.beneath
    assert (
        stand.view.parts.grouping.regions.geometry().right()
        < stand.view.parts.grouping.panel.geometry().left()
    )
    assert QPointF(0, 0) == QPointF(stand.view.parts.grouping.regions.pos())
