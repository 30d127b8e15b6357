"""The view "Region proposals": three methods side by side, and pooling a region."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.detection.proposals.requests import (
    CheckRoi,
    ClassifyCrops,
    ClassifyPooled,
    ProposeByNet,
    RoiCheck,
)
from engine.errors import ErrorReport
from engine.jobs import Partial
from engine.mailbox import Mailbox
from engine.networks.requests import ListWeights, WeightsStatus
from gui.bridge import Bridge
from gui.pages.boxes.proposals import words
from gui.pages.boxes.proposals.answers_view import MOST_DRAWN
from gui.pages.boxes.proposals.nets_layout import Needs, best, in_a_square, side_by_side
from gui.pages.boxes.proposals.pooling_scene import MAP, OUT
from gui.pages.boxes.proposals.pooling_shown import pooled, sentences
from gui.pages.boxes.proposals.settings import ANSWERS, STRONGEST
from gui.pages.boxes.proposals.view import LIVE
from gui.pages.boxes.view import Subject
from tests.gui.proposals_fixtures import (
    LeftButton,
    NoModifier,
    Stand,
    answer_run,
    answer_search,
    bridge,
    engine,
    in_picture,
    maps,
    newest,
    patchwork,
    pooling,
    ran,
    stand,
)
from tests.gui.window_fixtures import WAIT, calm, click, hover, plate_of, shot

__all__ = ["bridge", "calm", "pooling", "stand"]

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
