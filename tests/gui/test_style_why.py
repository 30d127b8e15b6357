"""The view "Why" of the page Style, over an engine that answers when the test says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.context import Context
from engine.errors import ErrorReport, UserError
from engine.images import publish
from engine.jobs import Partial
from engine.style.requests import (
    CheckWorked,
    ComparedGrams,
    CompareGrams,
    Grams,
    LayerGrams,
    LookAtGrams,
    PaintStyle,
)
from engine.style.worked import check
from gui.pages.style.page import StylePage
from gui.pages.style.state import StyleState
from gui.pages.style.why import exports
from gui.pages.style.why.bands import shares_of
from gui.pages.style.why.grams_part import GramsPart
from gui.pages.style.why.rebuild_part import RebuildPart
from gui.pages.style.why.settings import OWN_MAPS, WhySettings
from gui.pages.style.why.shares_part import SharesPart
from gui.pages.style.why.view import WhyView
from gui.pages.style.why.words import HINT, hint, whole_formulas
from gui.pages.style.why.worked_part import WorkedPart
from gui.state import from_json, to_json
from gui.widgets.formula import formula_path
from gui.widgets.frame_view import FrameView
from gui.widgets.picture_tile import PictureTile
from gui.widgets.source_state import SourceState
from tests.gui.page_fixtures import opened_pages
from tests.gui.style_fixtures import held, serve
from tests.gui.style_runs import LAYERS, painted, rows
from tests.gui.window_fixtures import HeldEngine, calm, type_into_cell, wait_beside

__all__ = ["calm"]

MAPS = 6
OpenWhy = Callable[..., StylePage]


@pytest.fixture
def open_why(qtbot: QtBot, calm: None, tmp_path: Path) -> Iterator[OpenWhy]:
    """Opens the page on a part of the view: open_why(part="grams", ...)."""
    with opened_pages(qtbot, tmp_path, "style", HeldEngine, settle=serve) as opener:

        def opened(**own: Any) -> StylePage:
            return cast(StylePage, opener(state=StyleState(view="why", why=WhySettings(**own))))

        yield opened


def view_of(page: StylePage) -> WhyView:
    return cast(WhyView, page.stage.view)


def newest(page: StylePage, kind: type) -> tuple[int, Any]:
    """The last question of a kind; the timers that wait before one run first."""
    for _ in range(60):
        if held(page).jobs(kind):
            break
        wait_beside()
    number = held(page).jobs(kind)[-1]
    return number, held(page).asked[number][0]


def grams_of(request: CompareGrams) -> ComparedGrams:
    draw = np.random.default_rng(0)
    layers = []
    for name in request.layers:
        style, own = (rows_ @ rows_.T for rows_ in draw.random((2, MAPS, 20), np.float32))
        layers.append(LayerGrams(name, name.rpartition(".")[2], publish(style), publish(own)))
    return ComparedGrams(request, tuple(layers))


def answer_grams(page: StylePage) -> ComparedGrams:
    number, request = newest(page, CompareGrams)
    found = grams_of(request)
    held(page).answer(number, found)
    QTest.qWait(1)
    return found


def answer_maps(page: StylePage, found: ComparedGrams) -> LookAtGrams:
    """Answer the last question about a pair of maps."""
    number, request = newest(page, LookAtGrams)
    layer = next(one for one in found.layers if one.name == request.layer)
    maps = publish(np.ones((2, 3, 4), np.float32))
    held(page).answer(number, Grams(request, layer.title, layer.style, layer.generated, (maps, maps)))
    QTest.qWait(1)
    return cast(LookAtGrams, request)


class TestGrams:
    def test_all_layers_are_asked_at_once_and_the_first_is_shown(self, open_why: OpenWhy) -> None:
        page = open_why()
        found = answer_grams(page)
        assert found.request.layers == LAYERS and not view_of(page).settled  # two maps are still to come
        part = cast(GramsPart, view_of(page).part)
        assert part.grams is found.layers[0]
        apart = np.triu(np.abs(found.layers[0].generated - found.layers[0].style), 1)
        _, request = newest(page, LookAtGrams)
        assert request.pair == part.cell and apart[part.cell] == apart.max()
        assert [title for title, _, _ in part.facts()] == ["counted", *(one.title for one in found.layers)]

    def test_a_click_on_a_cell_brings_its_maps_whatever_the_order(self, open_why: OpenWhy) -> None:
        page = open_why()
        found = answer_grams(page)
        part = cast(GramsPart, view_of(page).part)
        answer_maps(page, found)
        said: list[Any] = []
        view_of(page).pointed.connect(said.append)
        part.matrices[0].view.hovered.emit(4, 1)
        k, other = part._order[1], part._order[4]
        assert said[-1][0][1] == f"{k}, {other}"
        part.matrices[1].view.clicked.emit(4, 1)
        assert page.state.why.pair == (k, other)
        request = answer_maps(page, found)
        assert request.pair == (k, other) and request.layer == LAYERS[0]
        assert view_of(page).settled and part.maps[2].view.pixels is not None
        part.strip.chosen.emit(LAYERS[1])
        assert page.state.why.layer == LAYERS[1] and page.state.why.pair is None

    def test_arrows_and_enter_choose_a_cell(self, open_why: OpenWhy) -> None:
        page = open_why()
        answer_maps(page, answer_grams(page))
        part = cast(GramsPart, view_of(page).part)
        place = {int(channel): at for at, channel in enumerate(part._order)}
        row, column = (place[channel] for channel in part.cell)
        said: list[Any] = []
        view_of(page).pointed.connect(said.append)
        view = part.matrices[0].view
        QTest.keyClick(view, Qt.Key.Key_Return)
        assert page.state.why.pair is None, "no cell was gone to yet"
        down = row < MAPS - 1
        QTest.keyClick(view, Qt.Key.Key_Down if down else Qt.Key.Key_Up)
        k, other = int(part._order[row + (1 if down else -1)]), int(part._order[column])
        assert said[-1][0][1] == f"{k}, {other}"
        QTest.keyClick(view, Qt.Key.Key_Return)
        assert page.state.why.pair == (k, other)

    def test_the_run_decides_how_large_pictures_are_compared(self, open_why: OpenWhy) -> None:
        page = open_why()
        _, request = newest(page, CompareGrams)
        assert request.size == page.state.settings.size, (
            "nothing is painted: the content as the run will see it"
        )
        part = cast(GramsPart, view_of(page).part)
        answer_grams(page)
        looked = part._looked
        assert looked is not None
        small = publish(np.zeros((24, 64, 3), np.uint8))
        part.show_looked(replace(looked, subject=replace(looked.subject, painted=small)))
        for _ in range(60):
            request = held(page).asked[held(page).jobs(CompareGrams)[-1]][0]
            if request.generated is small:
                break
            wait_beside()
        assert request.generated is small and request.size == 64, "a run begins at a smaller size"

    def test_of_several_styles_the_chosen_one_shows_its_maps(self, open_why: OpenWhy) -> None:
        page = open_why()
        part = cast(GramsPart, view_of(page).part)
        answer_maps(page, answer_grams(page))
        assert "style 1 of" not in part.hint.text()
        both = replace(page.state.settings, blend=(1.0, 1.0))
        page.change(
            replace(page.state, styles=(*page.state.styles, SourceState("sample", "coffee")), settings=both)
        )
        serve(page)
        found = answer_grams(page)
        assert "style 1 of 2" in part.hint.text()
        assert answer_maps(page, found).style is found.request.styles[0]
        page.amend(replace(page.state, tile=2))
        serve(page)
        assert "style 2 of 2" in part.hint.text()
        for _ in range(60):
            if newest(page, LookAtGrams)[1].style is found.request.styles[1]:
                break
            wait_beside()
        assert answer_maps(page, found).style is found.request.styles[1]
        assert "part of A" in part.maps[2].detail and part.maps[5].detail.endswith("= G")

    def test_what_the_run_compares_otherwise_is_said(self, open_why: OpenWhy) -> None:
        page = open_why()
        part = cast(GramsPart, view_of(page).part)
        looked = part._looked
        assert looked is not None and hint(looked) == HINT
        masked = replace(looked.subject, mask=publish(np.ones((4, 4), np.float32)))
        assert "mask" in hint(replace(looked, subject=masked))
        coloured = replace(
            looked.subject, painted=publish(np.zeros((4, 4, 3), np.uint8)),
            settings=replace(looked.subject.settings, keep_colours=True),
        )  # fmt: skip
        assert "colours" in hint(replace(looked, subject=coloured))

    def test_a_refusal_is_said_and_numbers_can_be_taken_away(self, open_why: OpenWhy) -> None:
        page = open_why()
        with pytest.raises(UserError):
            exports.csv(view_of(page))
        number, _ = newest(page, CompareGrams)
        held(page).fail(number, ErrorReport("The net is gone."))
        QTest.qWait(1)
        part = cast(GramsPart, view_of(page).part)
        assert part.hint.text() == "The net is gone." and view_of(page).settled

    def test_numbers_of_the_chosen_layer_can_be_taken_away(self, open_why: OpenWhy) -> None:
        page = open_why()
        answer_grams(page)
        text = exports.csv(view_of(page))
        assert "style A" in text and text.count("\n") >= 2 * MAPS


class TestRebuild:
    def test_content_alone_then_style_alone_and_nothing_while_hidden(self, open_why: OpenWhy) -> None:
        page = open_why(part="rebuild", depth=LAYERS[1])
        part = cast(RebuildPart, view_of(page).part)
        number, content = newest(page, PaintStyle)
        assert (content.settings.alpha, content.settings.beta) == (1.0, 0.0)
        assert content.settings.content_layer == LAYERS[1] and content.settings.start == "noise"
        held(page).emit(Partial(number, painted(3, content.settings)))
        QTest.qWait(1)
        assert part.tiles[1].view.pixels is not None and part.plot.series
        held(page).answer(number, painted(9, content.settings, outcome="done"))
        QTest.qWait(1)
        number, style = newest(page, PaintStyle)
        assert style.settings.alpha == 0 and dict(style.settings.style_layers).keys() == set(LAYERS)
        page.rest()
        assert number in held(page).cancelled
        count = len(held(page).jobs(PaintStyle))
        page.activated()
        serve(page)
        again = newest(page, PaintStyle)[1]
        assert len(held(page).jobs(PaintStyle)) == count + 1 and again.settings == style.settings, (
            "the first is kept"
        )

    def test_the_stepper_goes_deeper(self, open_why: OpenWhy) -> None:
        page = open_why(part="rebuild")
        assert view_of(page).steps() == (2, 0, "layer")
        page.stepper.indexChanged.emit(1)
        assert page.state.why.depth == LAYERS[1]


class TestShares:
    def test_each_layer_alone_one_after_the_other(self, open_why: OpenWhy) -> None:
        page = open_why(part="shares")
        part = cast(SharesPart, view_of(page).part)
        for layer in LAYERS:
            number, request = newest(page, PaintStyle)
            assert request.settings.style_layers == ((layer, 1.0),) and request.settings.alpha == 0
            held(page).answer(number, painted(5, request.settings, outcome="done"))
            QTest.qWait(1)
        assert view_of(page).settled and all(tile.view.pixels is not None for tile in part.tiles)

    def test_the_shares_are_those_of_what_counts_in_j(self) -> None:
        found = shares_of((rows(0, 5), rows(5, 3)), {LAYERS[0]: "relu1_1"})
        np.testing.assert_allclose(found.parts.sum(0), 1, rtol=1e-6)
        one = rows(0, 5)
        counted = one.values[0, :-1] * one.weights[0]
        assert found.names == ("content", "relu1_1", LAYERS[1], "total variation"), (
            "untitled layers count, too"
        )
        assert found.parts[found.names.index("relu1_1")][0] == pytest.approx(counted[1] / counted.sum())


class TestFormulas:
    def test_j_is_the_sum_of_its_terms_at_the_step(self) -> None:
        costs = (rows(0, 5), rows(5, 3))
        for step in (0, 4, 7):
            values, weights = costs[step // 5].values[step % 5], costs[step // 5].weights[step % 5]
            content, first, second, variation = (float(v) for v in values[:-1] * weights)
            whole, own = whole_formulas(costs, step, "balanced")
            numbers = [float(text) for text in whole.replace("=", "+").split("+")[4:]]
            assert numbers == pytest.approx([content, first + second, variation, float(values[-1])], rel=1e-3)
            assert sum(numbers[:3]) == pytest.approx(numbers[3], rel=1e-3)
            assert float(own.rpartition("=")[2]) == pytest.approx(float(values[0]), rel=1e-3)

    def test_a_term_that_does_not_count_is_left_out(self) -> None:
        (whole,) = whole_formulas((rows(0, 5, content=False),), 2, "course")
        assert "content" not in whole and "style" in whole and "TV" in whole

    def test_the_content_is_counted_as_the_settings_say(self) -> None:
        said = [whole_formulas((rows(0, 2),), 1, one)[1] for one in ("balanced", "course", "paper")]
        assert "(a^{[C]})^2}" in said[0] and "4 n_H n_W n_C" in said[1] and r"\frac{1}{2}" in said[2]
        for one in said:
            assert formula_path(one, 20.0).boundingRect().width() > 50

    def test_no_step_has_no_formula(self) -> None:
        assert whole_formulas((), -1, "balanced") == [] and whole_formulas((rows(0, 2),), 2, "paper") == []


class TestWorked:
    def test_a_number_is_typed_over_checked_and_taken_back(self, open_why: OpenWhy, qtbot: QtBot) -> None:
        page = open_why(part="worked")
        part = cast(WorkedPart, view_of(page).part)
        type_into_cell(part.canvas, "own/0", 0, 1, "3")
        assert page.state.why.own_maps[1] == 3.0 and part.found.generated[0, 0, 1] == 3.0
        assert part.found.cost == pytest.approx(
            sum((part.found.grams[1] - part.found.grams[0]).ravel() ** 2) / 256
        )
        for _ in range(60):
            jobs = held(page).jobs(CheckWorked)
            if jobs and cast(CheckWorked, held(page).asked[jobs[-1]][0]).generated[0, 0, 1] == 3.0:
                break
            wait_beside()
        number, request = newest(page, CheckWorked)
        held(page).answer(number, check(request, Context()))
        QTest.qWait(1)
        assert part.badge.title.text().startswith("✓") and view_of(page).settled
        page.undo()
        assert page.state.why.own_maps == OWN_MAPS


def test_a_tile_keeps_the_shape_of_a_picture_that_is_still_to_come(qtbot: QtBot) -> None:
    tile = PictureTile("to come", FrameView("to come"))
    qtbot.addWidget(tile)
    tile.resize(400, 900)
    tile.arrange()
    free = tile.maximumHeight()
    tile.expect(400, 200)
    tile.arrange()
    assert 200 <= tile.maximumHeight() < 300 < free


def test_settings_go_through_json_and_nonsense_is_refused() -> None:
    state = StyleState(
        view="why", why=WhySettings(part="shares", pair=(3, 4), similar=False, depth="features.relu2_1")
    )
    assert from_json(StyleState, to_json(state)).validated() == state
    for wrong in (
        {"pair": (-1, 0)},
        {"own_maps": (1.0,)},
        {"style_maps": (1e9,) * 8},
        {"own_maps": (float("nan"),) * 8},
    ):
        with pytest.raises(UserError):
            replace(WhySettings(), **wrong).validated()
