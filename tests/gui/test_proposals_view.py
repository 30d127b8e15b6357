"""The view "Region proposals" through its widgets, over an engine that answers when the test says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.detection.proposals.grouping import grouped
from engine.detection.proposals.ranking import ranked
from engine.detection.proposals.requests import (
    CheckRoi,
    ClassifyCrops,
    ClassifyPooled,
    FindProposals,
    Level,
    Maps,
    ProposeByNet,
    RegionRun,
    RoiCheck,
    Search,
)
from engine.detection.proposals.segments import described
from engine.errors import ErrorReport, UserError
from engine.images import Frame
from engine.jobs import Partial
from engine.mailbox import Mailbox
from engine.networks.requests import ListWeights, WeightsStatus
from gui import export
from gui.bridge import Bridge
from gui.pages.boxes.proposals import answers, words
from gui.pages.boxes.proposals.answers_view import MOST_DRAWN
from gui.pages.boxes.proposals.lines import borders, outline
from gui.pages.boxes.proposals.nets_layout import Needs, best, in_a_square, side_by_side
from gui.pages.boxes.proposals.pooling_scene import MAP, OUT
from gui.pages.boxes.proposals.pooling_shown import pooled, sentences
from gui.pages.boxes.proposals.proposals_part import smallest_around
from gui.pages.boxes.proposals.regions_view import mean_colours
from gui.pages.boxes.proposals.settings import ANSWERS, MOST_THINGS, STRONGEST, ProposalsSettings
from gui.pages.boxes.proposals.tour import STOPS
from gui.pages.boxes.proposals.view import LIVE, ProposalsView
from gui.pages.boxes.state import BoxesState, with_source
from gui.pages.boxes.view import Subject
from gui.state import from_json, to_json
from gui.theme import theme
from gui.widgets.source_state import SourceState
from tests.gui.window_fixtures import WAIT, HeldEngine, calm, click, hover, move_to, near, plate_of, shot

__all__ = ["calm"]
LeftButton, NoModifier = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
LABELS = ("cat", "dog", "ship")


def patchwork() -> Frame:
    """Six patches of plain colours."""
    pixels = np.zeros((60, 90, 3), np.uint8)
    colours = [(200, 40, 40), (40, 180, 40), (40, 40, 200), (210, 200, 40), (180, 60, 190), (30, 190, 190)]
    for index, colour in enumerate(colours):
        row, column = divmod(index, 3)
        pixels[30 * row : 30 * row + 30, 30 * column : 30 * column + 30] = colour
    return Frame(pixels, "patches")


FRAME = patchwork()


PATCHES = np.arange(6).reshape(2, 3).repeat(30, 0).repeat(30, 1)


def searched(request: FindProposals) -> Search:
    """A search whose segments are the patches."""
    hierarchy = grouped(PATCHES, described(request.frame.pixels, PATCHES), request.settings.terms)
    return Search(request, request.frame, hierarchy, ranked(hierarchy, request.settings.seed), 0.01, 0.002)


def maps() -> Maps:
    """Maps 8 x 12 of two channels at stride 8; the second one rises to the right."""
    values = np.zeros((2, 8, 12), np.float32)
    values[1] = np.arange(96).reshape(8, 12) / 10
    return Maps(values, "features.relu4_1", 8, 96 / 90, 64 / 60, 4)


def ran(request: Any, done: int | None = None, **changes: Any) -> RegionRun:
    """What a method says: every box is a cat, the first one most of all."""
    if isinstance(request, ProposeByNet):
        boxes = np.array([[0.0, 0, 30, 30]])
        level = Level(
            np.full((4, 6), 0.4), 16, np.ones((3, 2)), np.array([[5.0, 5, 40, 40]]), np.array([0.6])
        )
        run = RegionRun(
            "faster", "MobileNet", LABELS, boxes, np.array([0.95]), np.array([1]), 1, 1, 1, 3_000_000_000, 0.2, True,
            levels=(level, level), reads=(480, 320),
        )  # fmt: skip
        return replace(run, **changes)
    total = len(request.boxes)
    done = total if done is None else done
    crops = isinstance(request, ClassifyCrops)
    run = RegionRun(
        "rcnn" if crops else "fast", "TinyVGG", LABELS, np.asarray(request.boxes[:done]),
        np.linspace(0.99, 0.91, total)[:done], np.zeros(done, np.int64), total, done if crops else 1, done,
        done * 142_000_000 if crops else 1_500_000_000, done / 100, done == total, maps=None if crops else maps(),
        reads=(32, 32) if crops else (96, 64),
    )  # fmt: skip
    return replace(run, **changes)


class Stand:
    """What the page does for a view: keeps its settings and shows them again."""

    def __init__(self, view: ProposalsView, frame: Frame | None = FRAME) -> None:
        self.view, self.settings = view, ProposalsSettings(things=())
        self.subject = Subject(frame)
        self.gestures: list[str] = []
        self.looks = 0
        view.changed.connect(self._changed)
        view.looked.connect(self._looked)

    def _changed(self, settings: ProposalsSettings, gesture: str) -> None:
        self.gestures.append(gesture)
        self.settings = settings.validated()
        self.show()

    def _looked(self, settings: ProposalsSettings) -> None:
        self.looks += 1
        self.settings = settings.validated()
        self.show()

    def set(self, **changes: Any) -> None:
        self.settings = replace(self.settings, **changes).validated()
        self.show()

    def show(self) -> None:
        self.view.show_subject(self.subject, self.settings)


@pytest.fixture
def bridge(qapp: QApplication) -> Iterator[Bridge]:
    made = Bridge(HeldEngine)
    QApplication.processEvents()
    yield made
    made.close()


@pytest.fixture
def stand(qtbot: QtBot, calm: None, bridge: Bridge, monkeypatch: pytest.MonkeyPatch) -> Stand:
    monkeypatch.setattr(answers, "QUIET_MS", 0)
    view = ProposalsView(bridge)
    qtbot.addWidget(view)
    qtbot.addWidget(view.controls())
    view.resize(820, 720)
    view.show()
    made = Stand(view)
    made.show()
    view.set_active(True)
    return made


def engine(bridge: Bridge) -> HeldEngine:
    return cast(HeldEngine, bridge.engine)


def newest(bridge: Bridge, kind: type) -> tuple[int, Any]:
    number = engine(bridge).jobs(kind)[-1]
    return number, engine(bridge).asked[number][0]


def answer_search(bridge: Bridge) -> Search:
    number, request = newest(bridge, FindProposals)
    answer = searched(request)
    engine(bridge).answer(number, answer)
    QApplication.processEvents()
    return answer


def answer_run(bridge: Bridge, qtbot: QtBot, kind: type, count: int = 1, **changes: Any) -> RegionRun:
    qtbot.waitUntil(lambda: len(engine(bridge).jobs(kind)) >= count, timeout=WAIT)
    number, request = newest(bridge, kind)
    answer = ran(request, **changes)
    engine(bridge).answer(number, answer)
    QApplication.processEvents()
    return answer


def in_picture(view: Any, x: float, y: float) -> QPoint:
    """A place of a picture, as shares, in its widget."""
    area = view.picture_rect()
    return QPoint(round(area.x() + x * area.width()), round(area.y() + y * area.height()))


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


# --- three nets -------------------------------------------------------------------------------------------


def test_the_three_run_beside_each_other_and_are_counted(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    search = answer_search(bridge)
    assert not engine(bridge).jobs(ClassifyCrops)  # nobody looks
    stand.set(part="nets", count=5)
    qtbot.waitUntil(lambda: bool(engine(bridge).jobs(ClassifyCrops)), timeout=WAIT)
    number, request = newest(bridge, ClassifyCrops)
    np.testing.assert_array_equal(request.boxes, search.proposals.boxes[:5])
    engine(bridge).emit(Partial(number, ran(request, done=2)))
    QApplication.processEvents()
    rcnn = stand.view.parts.nets.columns["rcnn"]
    assert rcnn.cells["heads"].text == "2 of 5" and not stand.view.settled
    crops = answer_run(bridge, qtbot, ClassifyCrops)
    fast = answer_run(bridge, qtbot, ClassifyPooled)
    answer_run(bridge, qtbot, ProposeByNet)
    assert stand.view.settled
    assert rcnn.cells["passes"].text == "5"
    assert rcnn.cells["macs"].text == words.macs_text(crops.macs) == "710.0 M"
    assert stand.view.parts.nets.columns["fast"].cells["passes"].text == "1"
    assert words.saving_text(crops, fast) == stand.view.parts.nets.words.saving.text()
    assert not stand.view.parts.nets.words.untrained.isVisible()


def test_the_least_score_hides_answers_at_once(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    answer_search(bridge)
    stand.set(part="nets", count=10)
    answer_run(bridge, qtbot, ClassifyCrops)
    view = stand.view.parts.nets.columns["rcnn"].view
    assert len(view.found.boxes) > 1
    asked = len(engine(bridge).asked)
    stand.set(least=0.985)
    assert view.found.scores.min() >= 0.985 and len(view.found.boxes) == 1
    assert len(engine(bridge).asked) == asked
    assert MOST_DRAWN > 1


def test_without_weights_faster_says_that_it_is_untrained(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    answer_search(bridge)
    stand.set(part="nets")
    answer_run(bridge, qtbot, ProposeByNet, trained=False)
    nets = stand.view.parts.nets
    assert nets.words.untrained.isVisible() and nets.words.untrained.text() == words.UNTRAINED
    assert nets.columns["faster"].line.text().startswith("untrained: ")
    assert nets.columns["faster"].cells["answers"].text == "untrained"
    pages: list[str] = []
    stand.view.pageAsked.connect(lambda name, fields: pages.append(name))
    nets.words.weights.click()
    assert pages == ["weights"]


def test_a_level_shows_objectness_and_its_own_proposals(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    answer_search(bridge)
    stand.set(part="nets")
    answer_run(bridge, qtbot, ProposeByNet)
    view = stand.view.parts.nets.columns["faster"].view
    before = shot(view)
    level = cast(Any, stand.view.controls()).level
    level.combo.setCurrentIndex(1)
    assert stand.settings.level == 0
    assert (shot(view) != before).mean() > 0.2
    assert level.value == "0"
    stand.set(level=ANSWERS)
    assert level.value == str(ANSWERS)


def test_a_click_opens_one_picture_and_escape_comes_back(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    answer_search(bridge)
    stand.set(part="nets")
    answer_run(bridge, qtbot, ClassifyPooled)
    views = {method: column.view for method, column in stand.view.parts.nets.columns.items()}
    small = views["fast"].height()
    QTest.mouseClick(views["fast"], LeftButton, NoModifier, in_picture(views["fast"], 0.5, 0.5))
    assert stand.settings.opened == "fast" and stand.looks == 1
    assert [method for method, view in views.items() if view.isVisible()] == ["fast"]
    assert views["fast"].height() > 1.5 * small
    QTest.keyClick(views["fast"], Qt.Key.Key_Return)
    assert stand.settings.opened == ""
    QTest.keyClick(views["fast"], Qt.Key.Key_Return)
    assert stand.settings.opened == "fast" and stand.view.escape()
    assert all(view.isVisible() for view in views.values()) and views["fast"].height() == small


@pytest.mark.parametrize("aspect", [0.6, 1.0, 1.5, 3.0])
@pytest.mark.parametrize("size", [(640, 415), (800, 760), (1420, 1100), (2600, 900), (700, 1400)])
def test_three_pictures_take_the_room_that_there_is(size: tuple[int, int], aspect: float) -> None:
    room = QSize(*size)
    needs = Needs(
        head=40, headed=190, bare=170, words=lambda width: 60_000 // width, left=110, aspect=aspect, gap=12
    )
    made = best(room, needs)
    assert made.table is not None and made.words is not None
    everything = [*made.tiles, made.table, made.words]
    whole = QRect(0, 0, *size)
    assert all(whole.contains(area) for area in everything)
    assert not any(first.intersects(second) for first, second in combinations(everything, 2))
    assert made.picture.width() == max(
        made_so(room, needs).picture.width() for made_so in (side_by_side, in_a_square)
    )
    for tile in made.tiles:
        assert tile.width() >= made.picture.width() and tile.height() == needs.head + made.picture.height()


def test_a_large_stage_is_not_left_empty() -> None:
    needs = Needs(head=40, headed=190, bare=170, words=lambda width: 60, left=110, aspect=1.5, gap=12)
    made = best(QSize(1420, 1100), needs)
    assert made.picture.width() == 704 and made.tiles[2].bottom() > 1000 and made.headed
    assert not best(QSize(1420, 420), needs).headed  # on a flat one they stand beside each other


def test_pictures_grow_with_the_stage_and_the_table_stays_readable(
    stand: Stand, bridge: Bridge, qtbot: QtBot
) -> None:
    answer_search(bridge)
    stand.set(part="nets")
    for kind in (ClassifyCrops, ClassifyPooled):
        answer_run(bridge, qtbot, kind)
    answer_run(bridge, qtbot, ProposeByNet, trained=False)
    nets = stand.view.parts.nets
    for size in ((700, 480), (1420, 1100)):
        stand.view.resize(*size)
        QApplication.processEvents()
        inside = nets.rect()
        for widget in (*nets.columns.values(), nets.table, nets.words):
            assert widget.isVisible() and inside.contains(widget.geometry())
        assert nets.table.height() >= nets.table.sizeHint().height()
        last = nets.words.weights
        assert nets.words.rect().contains(last.geometry())
    assert nets.columns["rcnn"].view.width() > 600
    assert nets.columns["faster"].y() > nets.columns["rcnn"].y()


def test_a_method_that_fails_or_is_cancelled_says_so(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    answer_search(bridge)
    stand.set(part="nets")
    for kind in (ClassifyCrops, ClassifyPooled, ProposeByNet):
        qtbot.waitUntil(lambda kind=kind: bool(engine(bridge).jobs(kind)), timeout=WAIT)
    number, _ = newest(bridge, ClassifyPooled)
    engine(bridge).fail(number, ErrorReport("This net reads digits.", "Choose another one."))
    engine(bridge).cancel(newest(bridge, ClassifyCrops)[0])
    answer_run(bridge, qtbot, ProposeByNet)
    nets = stand.view.parts.nets
    assert "reads digits" in nets.columns["fast"].line.text()
    assert "cancelled" in nets.columns["rcnn"].line.text()
    again = cast(Any, stand.view.controls()).again
    assert not again.isHidden() and stand.view.settled
    again.click()
    answer_run(bridge, qtbot, ClassifyCrops, count=2)
    assert again.isHidden() and nets.columns["rcnn"].cells["passes"].text != "–"


def test_another_picture_shows_nothing_of_the_one_before(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    answer_search(bridge)
    stand.set(part="nets")
    for kind in (ClassifyCrops, ClassifyPooled, ProposeByNet):
        answer_run(bridge, qtbot, kind)
    rcnn = stand.view.parts.nets.columns["rcnn"]
    assert len(rcnn.view.found.boxes)
    stand.subject = Subject(patchwork())
    stand.show()
    answer_search(bridge)
    assert not len(rcnn.view.found.boxes) and rcnn.cells["passes"].text == "–"
    stand.set(part="pooling")
    assert stand.view.parts.pooling.shown is None


def test_another_segmentation_does_not_run_faster_again(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    answer_search(bridge)
    stand.set(part="nets")
    for kind in (ClassifyCrops, ClassifyPooled, ProposeByNet):
        answer_run(bridge, qtbot, kind)
    stand.set(search=replace(stand.settings.search, scale=200.0))
    answer_search(bridge)
    for kind in (ClassifyCrops, ClassifyPooled):
        answer_run(bridge, qtbot, kind, count=2)
    assert len(engine(bridge).jobs(ProposeByNet)) == 1 and stand.view.settled
    assert not stand.view.parts.nets.columns["faster"].view.stale


def test_out_of_sight_nothing_is_asked(stand: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    answer_search(bridge)
    stand.set(part="nets")
    qtbot.waitUntil(lambda: bool(engine(bridge).jobs(ClassifyCrops)), timeout=WAIT)
    stand.view.set_active(False)
    assert newest(bridge, ClassifyCrops)[0] in engine(bridge).cancelled


def test_what_plays_is_searched_but_no_net_looks_at_it(stand: Stand, bridge: Bridge) -> None:
    answer_search(bridge)
    stand.subject = Subject(patchwork(), Mailbox())
    stand.set(part="nets")
    answer_search(bridge)
    assert stand.view.problem.text() == LIVE
    assert not engine(bridge).jobs(ClassifyCrops) and stand.view.settled


def test_only_classifiers_of_photos_that_are_here_are_offered(stand: Stand, bridge: Bridge) -> None:
    number, _ = newest(bridge, ListWeights)
    engine(bridge).answer(number, (
        WeightsStatus("tinyvgg-cifar10", "TinyVGG on CIFAR-10", "classification", "tinyvgg", "bundled"),
        WeightsStatus("lenet5-digits", "LeNet-5", "classification", "lenet5", "bundled"),
        WeightsStatus("alexnet", "AlexNet", "classification", "alexnet", "ready"),
        WeightsStatus("vgg16", "VGG-16", "classification", "vgg16", "absent"),
        WeightsStatus("yolo-digits", "YOLO", "detection", "yolo_digits", "bundled"),
    ))  # fmt: skip
    QApplication.processEvents()
    combo = cast(Any, stand.view.controls()).net.combo
    assert [combo.itemData(i) for i in range(combo.count())] == ["tinyvgg-cifar10", "alexnet"]


# --- RoI pooling ------------------------------------------------------------------------------------------


@pytest.fixture
def pooling(stand: Stand, bridge: Bridge, qtbot: QtBot) -> Stand:
    answer_search(bridge)
    stand.set(part="pooling")
    answer_run(bridge, qtbot, ClassifyPooled)
    return stand


def test_every_cell_is_a_step_with_its_numbers(pooling: Stand) -> None:
    view = pooling.view
    assert view.steps() == (16, 0, "cell")
    view.go_to(5)
    shown = view.parts.pooling.shown
    assert shown is not None and shown.cell == (1, 1) and shown.channel == 1
    out = plate_of(view.parts.pooling.canvas, OUT)
    assert out.hidden is not None and out.hidden.sum() == 10
    assert out.values[1, 1] == pytest.approx(shown.values[shown.winner])
    box, cell = sentences(shown)
    assert "rounded to" in box and view.parts.pooling.cell_words.text() == cell


def test_the_check_is_about_the_box_on_show(pooling: Stand, bridge: Bridge, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bool(engine(bridge).jobs(CheckRoi)), timeout=WAIT)
    number, request = newest(bridge, CheckRoi)
    shown = pooling.view.parts.pooling.shown
    assert shown is not None
    assert request.box == shown.box and request.pooled is shown.out
    assert pooling.view.aside() is pooling.view.badge
    engine(bridge).answer(number, RoiCheck(0.0, 1e-4, True, "roi_pool of torchvision"))
    QApplication.processEvents()
    assert "Checked against torchvision" in pooling.view.badge.title.text()
    assert pooling.view.settled


def test_a_click_on_the_output_goes_there_and_hovering_reads_values(pooling: Stand) -> None:
    canvas = pooling.view.parts.pooling.canvas
    click(canvas, OUT, 2, 3)
    assert pooling.settings.cell == 11 and pooling.looks
    told: list[list[Any]] = []
    pooling.view.pointed.connect(told.append)
    hover(canvas, MAP, 3, 4)
    assert ("value", "4", "An activation.") in told[-1]


def test_arrows_go_from_cell_to_cell(pooling: Stand) -> None:
    canvas = pooling.view.parts.pooling.canvas
    for key, cell in (
        (Qt.Key.Key_Up, 0), (Qt.Key.Key_Right, 1), (Qt.Key.Key_Down, 5), (Qt.Key.Key_Left, 4), (Qt.Key.Key_Up, 0),
    ):  # fmt: skip
        QTest.keyClick(canvas, key)
        assert pooling.settings.cell == cell


def test_a_click_on_the_picture_takes_the_smallest_proposal(pooling: Stand) -> None:
    picture = pooling.view.parts.pooling.picture
    QTest.mouseClick(picture, LeftButton, NoModifier, in_picture(picture, 0.5, 0.25))
    search = pooling.view.search
    assert search is not None
    assert search.proposals.boxes[pooling.settings.proposal].tolist() == [30, 0, 60, 30]


def test_aligning_has_samples_in_the_place_of_a_winner(pooling: Stand) -> None:
    cast(Any, pooling.view.controls()).pooling.button("align").click()
    shown = pooling.view.parts.pooling.shown
    assert shown is not None and shown.pooling == "align"
    values = [value for _, _, value in shown.sampled()]
    assert float(shown.out[1][shown.cell]) == pytest.approx(np.mean(values), abs=1e-5)
    assert "mean of" in sentences(shown)[1] and "-" not in sentences(shown)[1]
    assert "nothing is rounded" in sentences(shown)[0]


def test_a_channel_can_be_chosen(pooling: Stand) -> None:
    controls = cast(Any, pooling.view.controls())
    assert controls.strongest.value
    controls.strongest.click()
    assert pooling.settings.channel == 1
    controls.channel.step(-1)
    assert pooling.settings.channel == 0
    shown = pooling.view.parts.pooling.shown
    assert shown is not None and not shown.values.any()


def test_a_part_beyond_the_map_is_told() -> None:
    shown = pooled(maps(), np.array([200.0, 0, 300, 20]), "max", STRONGEST, 0)
    assert shown.winner is None and "outside" in sentences(shown)[1]


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
