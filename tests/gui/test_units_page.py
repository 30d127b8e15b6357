"""The page "What a unit sees" with its deconvnet view: real widgets over the real engine, without a thread."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from engine.context import Context
from engine.errors import UserError
from engine.handlers import HANDLERS, Handler, load, request_name
from engine.images import Frame
from engine.inside.descent import kept
from engine.inside.descent.requests import CheckDescent, Descend, LookAtUnit
from engine.inside.requests import ListLayers
from engine.mailbox import Mailbox
from engine.runner import Emit, InlineEngine
from gui import export
from gui.pages.classify.drawings import FIVE
from gui.pages.units import state as states
from gui.pages.units.deconv import exports as deconv_exports
from gui.pages.units.deconv.deconv_view import DeconvView
from gui.pages.units.deconv.pictures import coloured, limit_of
from gui.pages.units.deconv.settings import DeconvSettings
from gui.pages.units.deconv.strip import fitted
from gui.pages.units.exports import UnitsExports
from gui.pages.units.page import UnitsPage
from gui.pages.units.state import UnitsState
from gui.state import from_json, to_json
from gui.theme import Scheme, theme
from gui.widgets.picture import to_pixels
from gui.widgets.source_state import SourceState
from tests.gui.page_fixtures import opened_pages, process_events
from tests.gui.window_fixtures import HeldEngine, calm, move_to, wait_beside

__all__ = ["calm"]

LeftButton, NoModifier = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
OpenPage = Callable[..., UnitsPage]


_answers: dict[tuple[object, ...], Any] = {}


def remembered(request: Any, context: Context) -> Generator[Any, None, Any]:
    """The real answer; what another page was told about the same picture is told again."""
    key = _key(request)
    if key not in _answers:
        _answers[key] = yield from load(HANDLERS[request_name(type(request))])(request, context)
    return _answers[key]


def _key(request: Any) -> tuple[object, ...]:
    """A request by its values; a picture by its name and its sum."""
    if isinstance(request, CheckDescent):
        return (CheckDescent, id(request.found))
    values = (getattr(request, field.name) for field in fields(request))
    named = ((v.name, int(v.pixels.sum())) if isinstance(v, Frame) else v for v in values)
    return (type(request), *named)


TABLE = {
    **HANDLERS,
    **{
        request_name(kind): Handler(f"{__name__}:remembered", grad=kind is CheckDescent)
        for kind in (ListLayers, LookAtUnit, Descend, CheckDescent)
    },
}


def inline(emit: Emit) -> InlineEngine:
    return InlineEngine(emit, device="cpu", handlers=TABLE)


@pytest.fixture
def open_page(qtbot: QtBot, calm: None, tmp_path: Path) -> Iterator[OpenPage]:
    """Opens pages as windows of their own: open_page(make_engine=inline, state=None, size=(1300, 900))."""
    with opened_pages(qtbot, tmp_path, "units", inline, (1300, 900), settle=settle) as opener:
        yield opener
    kept.forget()


def settle(page: UnitsPage | None = None) -> None:
    """Until everything that is owed is there; the check comes a moment after the pictures."""
    process_events()
    engine = None if page is None else page.services.bridge._engine
    if page is None or not isinstance(engine, InlineEngine):
        return
    for _ in range(1000):
        if page.tour_ready():
            break
        engine.pump()  # what waits for an import beside it
        wait_beside()


@pytest.fixture
def page(open_page: OpenPage) -> UnitsPage:
    return open_page()


def deconv(page: UnitsPage) -> DeconvView:
    view = page.stage.view
    assert isinstance(view, DeconvView)
    return view


class TestFirstVisit:
    def test_pictures_and_numbers_are_there(self, page: UnitsPage) -> None:
        view = deconv(page)
        found = view.found
        assert found is not None and page.tour_ready()
        for rule, tile in view.tiles.items():
            assert tile.view.pixels is not None and not tile.view.stale
            box = found.field
            picture = found.pictures[rule][box[0] : box[2], box[1] : box[3]]
            np.testing.assert_array_equal(tile.view.pixels, coloured(picture, "colour"))
        facts = page.details.unit.texts()
        assert facts["layer"] == states.FIRST_LAYER and facts["receptive field"] == "24 × 24, stride 4"
        assert facts["channel"] == str(states.FIRST_CHANNEL)
        look = page.panel.card.look
        assert look is not None and facts["place"] == f"row {look.row}, column {look.column}"

    def test_it_is_checked_against_torch(self, page: UnitsPage) -> None:
        badge = deconv(page).aside()
        assert badge is not None and badge.isVisible() and "Checked against torch" in badge.accessibleName()

    def test_everything_has_an_accessible_name(self, page: UnitsPage) -> None:
        view, panel = deconv(page), page.panel
        widgets: list[QWidget] = [
            view.strip, view.seen.view, *(tile.view for tile in view.tiles.values()), panel.card.map, panel.card.photo,
            panel.units.nets.combo, panel.units.layers, panel.strongest, page.stage.tabs.button("deconv"),
        ]  # fmt: skip
        assert all(widget.accessibleName() for widget in widgets)


class TestDescent:
    def test_the_arrow_keys_walk_down_without_a_step_of_undo(self, page: UnitsPage) -> None:
        view = deconv(page)
        assert page.stepping and page.stepper.count == 12
        layers = []
        for _ in range(4):
            assert view.strip.step is not None
            layers.append(view.strip.step.layer)
            QTest.keyClick(page, Qt.Key.Key_Right)
        assert layers == ["features.relu3_1", "features.conv3_1", "features.pool2", "features.relu2_2"]
        QTest.keyClick(page, Qt.Key.Key_End)
        assert view.strip.step is not None and view.strip.step.layer == "features.conv1_1"
        QTest.keyClick(page, Qt.Key.Key_Home)
        assert view.strip.step is view.found.steps[0] and not page.history.can_undo  # type: ignore[union-attr]

    def test_another_view_leaves_the_arrow_keys_to_the_stepper(self, page: UnitsPage) -> None:
        for name in ("occlusion", "deconv"):
            page.focus_stage()
            page.pick_numbered(name)
            settle(page)
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Right)
        assert page.state.deconv.step == 1

    def test_space_plays(self, page: UnitsPage) -> None:
        QTest.keyClick(page, Qt.Key.Key_Space)
        assert page.stepper.playing
        page.stepper._tick()
        assert page.state.deconv.step == 1
        page.deactivated()
        assert not page.stepper.playing

    @pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
    def test_switches_are_dots_where_the_values_went(self, page: UnitsPage, scheme: Scheme) -> None:
        theme.apply(scheme)
        view = deconv(page)
        view.go_to(2)
        step, layout = view.strip.step, view.strip.layout_now
        assert step is not None and layout is not None and step.switches is not None
        seen = to_pixels(view.strip.grab().toImage()).astype(int)
        cell = next(cell for cell in layout.cells if cell.below)
        area, band = fitted(cell), cell.band
        side = area.width() / band.size[1]
        accent = colour(theme.colors.accent)
        for y, x in np.argwhere(step.above.maps[0] != 0):
            row, column = step.switches[0, y, x]
            middle = area.topLeft() + QPointF(
                (column - band.left + 0.5) * side, (row - band.top + 0.5) * side
            )
            assert np.abs(seen[int(middle.y()), int(middle.x())] - accent).max() < 40

    def test_a_value_says_what_it_is_and_leads_to_its_unit(self, page: UnitsPage) -> None:
        view = deconv(page)
        view.go_to(1)
        layout = view.strip.layout_now
        assert layout is not None
        cell = next(cell for cell in layout.cells if cell.below)
        place = fitted(cell).center().toPoint()
        move_to(view.strip, place)
        under = page.details.under.texts()
        assert under["layer"] == "features.pool2" and under["channel"].startswith(
            f"{cell.band.channels[0]} of 128"
        )
        QTest.mouseClick(view.strip, LeftButton, NoModifier, place)
        settle(page)
        assert (page.state.layer, page.state.channel) == ("features.pool2", cell.band.channels[0])
        assert page.state.position == (cell.band.top + 1, cell.band.left + 1) and page.state.deconv.step == 0
        page.undo()
        settle(page)
        assert page.state.layer == states.FIRST_LAYER

    def test_maps_do_not_move_from_step_to_step(self, page: UnitsPage) -> None:
        view = deconv(page)
        tops: set[tuple[float, float]] = set()
        for index in range(page.stepper.count):
            view.go_to(index)
            assert view.strip.layout_now is not None
            first = view.strip.layout_now.cells[0]
            tops.add((first.area.top(), first.area.width()))
            assert all(cell.area.right() <= view.strip.width() + 1 for cell in view.strip.layout_now.cells)
        assert len(tops) == 1


class TestProfile:
    def test_a_bar_is_the_strength_above_a_layer_and_leads_to_its_step(self, page: UnitsPage) -> None:
        view = deconv(page)
        found, profile = view.found, view.profile
        assert found is not None and profile.height() >= 64
        place = profile.bar(3).center().toPoint()
        move_to(profile, place)
        under = page.details.under.texts()
        assert under["layer"] == found.steps[3].layer
        assert float(under["strength"].replace(",", "")) == pytest.approx(
            found.steps[3].above.strength, rel=0.01
        )
        QTest.mouseClick(profile, LeftButton, NoModifier, place)
        assert page.state.deconv.step == 3 == page.stepper.index and not page.history.can_undo


class TestRules:
    def test_a_click_on_a_picture_steps_through_that_rule(self, page: UnitsPage) -> None:
        view = deconv(page)
        QTest.mouseClick(view.tiles["gradient"].view, LeftButton, NoModifier, QPoint(20, 20))
        settle(page)
        assert page.history.can_undo and view.found is not None
        assert view.found.request.rule == "gradient" and "of either sign" in view.differs.text()
        page.undo()
        settle(page)
        assert page.state.deconv.rule == "deconvnet"

    def test_by_the_keyboard(self, page: UnitsPage) -> None:
        controls = deconv(page)._controls
        controls.rule.button("deconvnet").setFocus()
        QTest.keyClick(controls.rule.button("deconvnet"), Qt.Key.Key_Right)
        settle(page)
        assert page.state.deconv.rule == "guided"

    def test_the_whole_input_and_the_strength(self, page: UnitsPage) -> None:
        view = deconv(page)
        controls = view._controls
        QTest.mouseClick(controls.area.button("whole"), LeftButton, NoModifier, QPoint(8, 8))
        assert all(tile.view.picture_size == (32, 32) for tile in (view.seen, *view.tiles.values()))
        QTest.mouseClick(controls.how.button("strength"), LeftButton, NoModifier, QPoint(8, 8))
        assert view.found is not None
        np.testing.assert_array_equal(
            view.tiles["guided"].view.pixels, coloured(view.found.pictures["guided"], "strength")
        )

    def test_one_pixel_in_all_pictures(self, page: UnitsPage) -> None:
        view = deconv(page)
        view.tiles["guided"].view.hovered.emit(3, 5)
        found = view.found
        assert found is not None
        under = page.details.under.texts()
        top, left = found.field[:2]
        assert under["pixel of the input"] == f"row {top + 5}, column {left + 3}"
        number = under["Gradient"].split(", ")[0].replace("−", "-")
        assert float(number) == pytest.approx(
            float(found.pictures["gradient"][top + 5, left + 3, 0]), rel=0.01
        )
        view.tiles["guided"].view.left.emit()
        assert "point at a picture" in page.details.under.texts()


class TestUnit:
    def test_keys_move_to_other_units(self, page: UnitsPage) -> None:
        first = page.state
        QTest.keyClick(page, Qt.Key.Key_BracketRight)
        settle(page)
        assert page.state.channel == first.channel + 1
        QTest.keyClick(page, Qt.Key.Key_U)
        settle(page)
        assert page.state.layer == "features.conv3_1" and page.panel.units.layers.chosen == "features.conv3_1"
        QTest.keyClick(page, Qt.Key.Key_O)
        assert page.state.layer == first.layer
        while page.history.can_undo:
            page.undo()
        assert page.state == first

    def test_a_click_on_the_map_moves_the_unit(self, page: UnitsPage) -> None:
        view = page.panel.card.map
        place = view.transform().map(QPointF(5.5, 2.5)).toPoint()
        QTest.mouseClick(view, LeftButton, NoModifier, place)
        settle(page)
        assert page.state.position == (2, 5) and not page.panel.strongest.value
        found = deconv(page).found
        assert found is not None and found.unit == (2, 5)
        assert (page.panel.row.value, page.panel.column.value) == (2, 5)
        QTest.keyClick(page, Qt.Key.Key_M)
        settle(page)
        assert page.state.position is None and page.panel.strongest.value

    def test_a_unit_that_is_off_has_no_way_down(self, page: UnitsPage) -> None:
        look = page.panel.card.look
        assert look is not None
        row, column = (int(place) for place in np.argwhere(look.map == 0)[0])
        page.panel.card.placePicked.emit(row, column)
        settle(page)
        view = deconv(page)
        assert view.found is not None and view.found.value == 0
        assert view.strip.step is None and "unit is off" in view.strip.accessibleDescription()
        assert view.steps() is None and not page.stepper.isVisible()

    def test_a_typed_place(self, page: UnitsPage) -> None:
        look = page.panel.card.look
        assert look is not None
        page.panel.row.plus.click()
        settle(page)
        assert page.state.position == (look.row + 1, look.column)

    def test_another_net_begins_at_its_first_activation(self, page: UnitsPage) -> None:
        page.panel.units.netPicked.emit("random:tinyvgg")
        settle(page)
        assert page.state.layer == "" and page.layer is not None and page.layer.name == "features.relu1_1"
        found = deconv(page).found
        assert found is not None and found.request.net == "random:tinyvgg"

    def test_a_drawn_digit(self, page: UnitsPage) -> None:
        page.change(page.with_source(page.state, SourceState("drawing", "dark", strokes=FIVE)))
        settle(page)
        found = deconv(page).found
        assert page.state.net == states.DIGITS_NET and found is not None
        assert found.pictures["deconvnet"].shape == (32, 32, 1)
        assert deconv(page).tiles["deconvnet"].view.pixels is not None


class TestState:
    def test_there_and_back(self) -> None:
        state = UnitsState(
            "random:lenet5", "features.act1", 2, (3, 4), SourceState("drawing", "dark", strokes=FIVE),
            deconv=DeconvSettings("guided", 3, False, "strength"),
        )  # fmt: skip
        assert from_json(UnitsState, json.loads(json.dumps(to_json(state)))).validated() == state

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"net": ""}, "names no net"),
            ({"channel": -1}, "no channel -1"),
            ({"position": (0, -2)}, "on no map"),
            ({"source": SourceState("preset", "x")}, "needs a picture"),
            ({"deconv": DeconvSettings(step=-1)}, "no step -1"),
        ],
    )
    def test_what_cannot_be(self, changes: dict[str, Any], sentence: str) -> None:
        with pytest.raises(UserError, match=sentence):
            replace(UnitsState(), **changes).validated()

    def test_a_session_opens_where_it_ended(self, open_page: OpenPage) -> None:
        state = UnitsState(layer="features.pool2", channel=3, deconv=DeconvSettings(step=1))
        page = open_page(state=state)
        assert page.state == state and deconv(page).strip.step is deconv(page).found.steps[1]  # type: ignore[union-attr]

    def test_fields_that_another_page_hands_over(self, page: UnitsPage) -> None:
        handed = {**page.save_state(), "layer": "features.relu2_1", "channel": 5, "position": [1, 2]}
        page.restore_state(handed)
        settle(page)
        found = deconv(page).found
        assert found is not None and found.request.layer == "features.relu2_1" and found.unit == (1, 2)


class TestBadInput:
    @pytest.mark.parametrize(
        ("state", "sentence"),
        [
            (UnitsState(channel=999), "there is no channel 999"),
            (UnitsState(layer="features.gone"), "no layer called"),
            (UnitsState(position=(50, 0)), "none in row 50"),
        ],
    )
    def test_a_unit_that_is_not_there_is_a_sentence(
        self, open_page: OpenPage, state: UnitsState, sentence: str
    ) -> None:
        page = open_page(state=state)
        assert sentence in page.panel.card.caption.text()
        assert sentence in deconv(page).strip.accessibleDescription()
        assert page.tour_ready() and not page.stepping
        page.change(UnitsState())
        settle(page)
        assert deconv(page).found is not None and page.panel.card.look is not None

    def test_a_net_that_is_not_here(self, open_page: OpenPage) -> None:
        page = open_page(state=UnitsState(net="alexnet-gone", layer=""))
        assert page.stage.line.isVisible() and "alexnet-gone" in page.stage.line.text()
        page.change(UnitsState())
        settle(page)
        assert not page.stage.line.isVisible() and deconv(page).found is not None

    def test_a_row_of_numbers_has_no_place(self, open_page: OpenPage) -> None:
        page = open_page(state=UnitsState(layer="classifier", channel=3))
        assert not page.panel.row.isEnabled() and page.panel.card.map.picture_size == (1, 1)
        assert deconv(page).found is not None


class TestLate:
    def test_what_is_old_is_tinted_until_the_new_is_there(self, open_page: OpenPage) -> None:
        first = open_page()
        found, look = deconv(first).found, first.panel.card.look
        layers = first.layers
        assert found is not None and look is not None and layers is not None
        frame = found.request.frame
        engines: list[HeldEngine] = []

        def held(emit: Emit) -> HeldEngine:
            engines.append(HeldEngine(emit))
            return engines[-1]

        page = open_page(held)
        engine = engines[0]
        page.keep_picture(frame)
        page.show_state(page.state)
        engine.answer(engine.jobs(ListLayers)[-1], layers)
        settle()
        engine.answer(engine.jobs(LookAtUnit)[-1], look)
        engine.answer(engine.jobs(Descend)[-1], found)
        settle()
        view = deconv(page)
        assert view.found is found and not view.strip._stale and not view.settled
        assert page.details.unit.graphicsEffect() is None
        page.panel.card.placePicked.emit(0, 0)
        assert page.details.unit.graphicsEffect() is not None, "the numbers are those of another place"
        QTest.keyClick(page, Qt.Key.Key_BracketRight)
        assert view.strip._stale and all(tile.view.stale for tile in view.tiles.values())
        assert view.found is found, "the old one stays on show"
        page.deactivated()
        assert engine.jobs(Descend)[-1] in engine.cancelled

    def test_what_plays_is_not_tinted(self, open_page: OpenPage) -> None:
        page = open_page()
        view = deconv(page)
        found, subject = view.found, page.subject
        assert found is not None and subject.frame is not None
        frames: Mailbox[Frame] = Mailbox()
        other = Frame(np.ascontiguousarray(subject.frame.pixels[:, ::-1]), "mirrored")
        seen: list[bool] = []
        view._question.outdated.connect(lambda: seen.append(view.strip._stale))
        view.show_subject(replace(subject, frame=other, frames=frames), page.state.deconv)
        settle()
        assert seen == [False] and view.found is not found and not view.strip._stale
        assert "live" in view.aside().accessibleName()  # type: ignore[union-attr]
        frames.close()

    def test_a_hidden_page_asks_nothing(self, open_page: OpenPage) -> None:
        page = open_page()
        page.deactivated()
        before = deconv(page).found
        page.change(replace(page.state, channel=1))
        settle()
        assert deconv(page).found is before
        page.activated()
        settle(page)
        assert deconv(page).found is not before


class TestExports:
    def test_a_picture_of_the_view(self, page: UnitsPage, tmp_path: Path) -> None:
        what = UnitsExports(page)
        assert export.save_png(what.picture(), tmp_path / "unit.png").stat().st_size > 5_000
        assert "features.relu3_1, channel 148, where it is strongest" in what.caption
        titles = [verb.title for verb in page.verbs()]
        assert "Save projections (NPZ)…" in titles and "Save animation (GIF or MP4)…" in titles

    def test_the_projections_as_numbers(self, page: UnitsPage, tmp_path: Path, monkeypatch: Any) -> None:
        path = tmp_path / "unit.npz"
        monkeypatch.setattr(export, "save_dialog", lambda *_: path)
        next(verb for verb in page.verbs() if "NPZ" in verb.title).run()
        found = deconv(page).found
        assert found is not None
        with np.load(path) as arrays:
            np.testing.assert_array_equal(arrays["guided"], found.pictures["guided"])
            np.testing.assert_array_equal(arrays["input"], found.seen)

    def test_a_film_of_the_way_down(self, page: UnitsPage) -> None:
        source = deconv_exports.film(deconv(page))
        assert source is not None and len(source.indices) == 12
        one, other = (to_pixels(source.image_at(index)) for index in (0, 2))
        assert one.shape == other.shape and (one != other).any()


def test_colours_say_zero_with_grey_and_do_not_drown_in_one_pixel() -> None:
    values = np.zeros((40, 50, 3), np.float32)
    values[:20] = np.linspace(-1, 1, 50)[None, :, None]
    values[30, 30] = 1000
    shown = coloured(values, "colour")
    assert (shown[35] == 128).all() and limit_of(values) < 2
    assert shown[5, 0, 0] < 5 and shown[5, 49, 0] > 250 and (shown[30, 30] == 255).all()
    values[0, 0] = np.nan
    assert coloured(values, "strength").shape == (40, 50, 3)


def colour(color: QColor) -> Any:
    return np.array([color.red(), color.green(), color.blue()])


@pytest.mark.parametrize("size", [(1024, 600), (1600, 960)])
def test_nothing_of_the_view_lies_outside_of_it(open_page: OpenPage, size: tuple[int, int]) -> None:
    page = open_page(size=size)
    view = deconv(page)
    for widget in (view.seen, *view.tiles.values(), view.differs, view.strip):
        assert view.rect().contains(widget.geometry()), widget
    assert view.strip.height() >= 180 and view.seen.view.height() >= 60
