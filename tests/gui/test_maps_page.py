"""The page of feature maps: first visit, keys, pointer, colours, drawing, state, exports."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication

from engine.errors import UserError
from engine.images import Frame
from engine.inside.maps.requests import Maps
from engine.inside.requests import ListLayers
from engine.sources import load_sample
from gui import export
from gui.pages.classify.drawings import FIVE
from gui.pages.maps import exports, tour
from gui.pages.maps.histogram_view import _percent
from gui.pages.maps.page import LOADING, WAITING, MapsPage
from gui.pages.maps.resolve import short_name, wanted
from gui.pages.maps.state import DIGITS_NET, PHOTO_NET, MapsState, with_net, with_pin, with_source
from gui.state import from_json, to_json
from gui.widgets.source_state import SourceState
from tests.gui import canned_maps
from tests.gui.canned_maps import DIGITS, PHOTOS
from tests.gui.maps_fixtures import (
    CAT,
    ROCKET,
    LeftButton,
    NoModifier,
    OpenPage,
    on_map,
    open_page,
    page,
    press,
    shown_layer,
)
from tests.gui.page_fixtures import process_events
from tests.gui.window_fixtures import HeldEngine, calm, move_to, shot

__all__ = ["calm", "open_page", "page"]

DRAWN = SourceState("drawing", "dark", strokes=FIVE)


class TestFirstVisit:
    def test_maps_are_there_at_once(self, page: MapsPage) -> None:
        shown = page.shown
        assert shown is not None and shown_layer(page) == "act", "the maps behind the first activation"
        np.testing.assert_array_equal(shown.values, canned_maps.maps_of("act", load_sample("cat")))
        assert page.tour_ready() and not page.stage.mosaic.stale and not page.stepper.isVisible()
        assert "act · ReLU · 6 × 8 × 8" in page.stage.key.text
        assert page.stage.seen.says.text().splitlines()[1:] == ["70.0 %  cat", "35.0 %  dog", "23.3 %  frog"]
        assert page.details.layer.texts()["maps"] == "6 of 8 × 8"
        assert page.panel.units.layers.chosen == "act"

    def test_what_is_painted_is_what_was_computed(self, page: MapsPage) -> None:
        pixels = shot(page.stage.mosaic)
        shown = page.shown
        assert shown is not None
        strong = int(shown.values.max((1, 2)).argmax())
        place = on_map(
            page, strong, 0.5 / 8 + shown.strongest(strong)[1] / 8, 0.5 / 8 + shown.strongest(strong)[0] / 8
        )
        silent = on_map(page, 1, 0.9, 0.9)
        red, green, blue = (int(v) for v in pixels[place.y(), place.x()])
        assert red > green + 60 and red > blue + 60, "the largest value is red"
        assert int(np.ptp(pixels[silent.y(), silent.x()].astype(int))) < 12, "zero has no colour"

    def test_everything_has_an_accessible_name(self, page: MapsPage) -> None:
        stage, panel = page.stage, page.panel
        widgets = [
            stage.mosaic, stage.zoom.map, stage.zoom.photo, stage.filters, stage.histogram, stage.pins, stage.seen.view,
            panel.units.layers, panel.units.nets.combo, panel.range, panel.colors, *stage.tools.buttons.values(),
        ]  # fmt: skip
        assert all(widget.accessibleName() for widget in widgets)
        assert "6 maps of 8 × 8 values of the layer act" in stage.mosaic.accessibleDescription()

    def test_before_torch_is_there_it_says_so(self, open_page: OpenPage) -> None:
        page = open_page(HeldEngine)
        assert page.stage.mosaic.empty_text in (LOADING, WAITING) and page.shown is None


class TestKeys:
    def test_arrows_move_the_cursor_and_shift_moves_it_by_a_row(self, page: MapsPage) -> None:
        layout = page.stage.mosaic.layout_now
        assert layout is not None and layout.columns > 1
        press(page, Qt.Key.Key_Right)
        assert page.state.channel == 1
        press(page, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
        assert page.state.channel == 1 + layout.columns
        press(page, Qt.Key.Key_Up)
        press(page, Qt.Key.Key_Left)
        assert page.state.channel == 0 and not page.history.can_undo, "looking around is no change"
        press(page, Qt.Key.Key_End)
        assert page.state.channel == 5 and page.panel.units.channel.value == 5
        press(page, Qt.Key.Key_Right)
        assert page.state.channel == 5

    def test_arrows_move_the_unit_in_every_view(self, page: MapsPage) -> None:
        for channel, (view, key) in enumerate(
            (("filters", Qt.Key.Key_Right), ("histogram", Qt.Key.Key_Down)), 1
        ):
            page.pick_numbered(view)
            process_events()
            assert page.stage.current.hasFocus(), "the mosaic is hidden and cannot keep the keys"
            QTest.keyClick(page.stage.current, key)
            process_events()
            assert page.state.channel == channel and page.state.view == view
        press(page, Qt.Key.Key_Z)
        assert page.state.view == "maps" and page.state.zoomed

    def test_u_and_o_change_the_layer(self, page: MapsPage) -> None:
        press(page, Qt.Key.Key_O)
        assert shown_layer(page) == "pool" and page.panel.units.layers.chosen == "pool"
        press(page, Qt.Key.Key_O)
        press(page, Qt.Key.Key_O)
        press(page, Qt.Key.Key_O)
        assert shown_layer(page) == "out"
        press(page, Qt.Key.Key_O)
        assert shown_layer(page) == "out"
        press(page, Qt.Key.Key_U)
        assert (
            shown_layer(page) == "flat" and page.shown is not None and page.shown.values.shape == (192, 1, 1)
        )

    def test_another_layer_can_be_undone(self, page: MapsPage) -> None:
        press(page, Qt.Key.Key_O)
        page.undo()
        process_events()
        assert shown_layer(page) == "act" and page.state == MapsState()

    def test_z_zooms_and_esc_comes_back(self, page: MapsPage) -> None:
        press(page, Qt.Key.Key_Z)
        assert page.state.zoomed and page.stage.zoom.isVisible() and not page.stage.seen.isVisible()
        assert page.stage.zoom.photo.frame is page.picture
        press(page, Qt.Key.Key_Right)
        shown = page.shown
        assert page.state.channel == 1 and shown is not None
        np.testing.assert_array_equal(page.stage.zoom.map.values, shown.values[1])
        press(page, Qt.Key.Key_Escape)
        assert not page.state.zoomed and page.stage.mosaic.isVisible()

    def test_p_pins_and_the_strip_leads_back(self, page: MapsPage) -> None:
        press(page, Qt.Key.Key_Right)
        press(page, Qt.Key.Key_P)
        assert page.state.pins == (("act", 1),) and page.stage.pins.isVisible()
        press(page, Qt.Key.Key_O)
        assert page.stage.pins.pins == (("act", 1),), "a pin stays when the layer changes"
        QTest.mouseClick(page.stage.pins, LeftButton, NoModifier, QPoint(30, 40))
        process_events()
        assert shown_layer(page) == "act" and page.state.channel == 1
        assert "act, unit 1" in page.stage.pins.tip(0)
        QTest.keyClick(page.stage.pins, Qt.Key.Key_Delete)
        process_events()
        assert page.state.pins == () and not page.stage.pins.isVisible()

    def test_a_still_picture_cannot_be_frozen(self, page: MapsPage) -> None:
        spy = QSignalSpy(page.said)
        press(page, Qt.Key.Key_F)
        assert "cannot be frozen" in spy.at(0)[0] and page.state.source == CAT

    def test_slash_leads_to_the_search(self, page: MapsPage) -> None:
        press(page, Qt.Key.Key_Slash)
        assert page.panel.units.search.hasFocus()
        QTest.keyClicks(page.panel.units.search, "seco")
        QTest.keyClick(page.panel.units.search, Qt.Key.Key_Return)
        process_events()
        assert shown_layer(page) == "second" and not page.state.zoomed, (
            "letters in a field are no keys of the page"
        )

    def test_the_keys_are_in_the_list(self, page: MapsPage) -> None:
        assert {"U / O", "Z", "F", "D", "P", "B"} <= {key for _, key in page.shortcuts()}


class TestPointer:
    def test_hover_tells_value_place_and_what_is_read(self, page: MapsPage) -> None:
        move_to(page.stage.mosaic, on_map(page, 4, 2.5 / 8, 6.5 / 8))
        shown, texts = page.shown, page.details.under.texts()
        assert shown is not None and texts["unit"] == "4" and texts["row, column"] == "6, 2 of 8 × 8"
        assert float(texts["value"].replace("−", "-")) == pytest.approx(
            float(shown.values[4, 6, 2]), abs=1e-4
        )
        assert texts["reads of the input"] == "rows 5 to 7, columns 1 to 3"
        assert "Unit 4 at row 6, column 2, under the pointer" in page.stage.seen.reads.text()
        move_to(page.stage.mosaic, QPoint(1, 1))
        assert "point at a map" in page.details.under.texts()

    def test_a_click_puts_the_cursor_and_a_double_click_zooms(self, page: MapsPage) -> None:
        QTest.mouseClick(page.stage.mosaic, LeftButton, NoModifier, on_map(page, 3))
        assert page.state.channel == 3 and not page.state.zoomed
        QTest.mouseDClick(page.stage.mosaic, LeftButton, NoModifier, on_map(page, 4))
        process_events()
        assert page.state.channel == 4 and page.state.zoomed

    def test_the_photo_and_the_map_light_each_other_up(self, open_page: OpenPage) -> None:
        page = open_page(state=replace(MapsState(), zoomed=True, channel=4))
        zoom = page.stage.zoom
        photo = zoom.photo
        middle = photo.transform().map(QPointF(photo.picture_size[0] * 0.56, photo.picture_size[1] * 0.56))
        move_to(photo, middle.toPoint())
        assert zoom.at == (4, 4)
        assert page.details.under.texts()["row, column"] == "4, 4 of 8 × 8"

    def test_a_right_click_offers_what_can_be_done_with_the_unit(self, page: MapsPage) -> None:
        page.stage.mosaic.menuAsked.emit(2, page.mapToGlobal(QPoint(50, 50)))
        titles = [verb.title for verb in page.verbs()]
        assert (
            page.state.channel == 2
            and "Pin unit 2" in titles
            and "Save all maps as numbers (.npy)…" in titles
        )
        for widget in QApplication.topLevelWidgets():
            if widget.metaObject().className() == "QMenu":
                widget.close()

    def test_what_does_this_unit_see(self, page: MapsPage) -> None:
        spy = QSignalSpy(page.pageAsked)
        page.ask_what_it_sees()
        move_to(page.stage.mosaic, on_map(page, 0, 2.5 / 8, 6.5 / 8))
        page.ask_what_it_sees()
        asked = {"net": PHOTO_NET, "layer": "act", "channel": 0, "position": None, "source": CAT}
        assert spy.at(0) == ["units", asked]
        assert spy.at(1) == ["units", {**asked, "position": (6, 2)}]


class TestColoursAndOrder:
    def test_ranges(self, page: MapsPage) -> None:
        page.panel.range.button("channel").click()
        process_events()
        shown = page.shown
        assert shown is not None
        np.testing.assert_array_equal(shown.high, shown.maps.statistics.high)
        page.panel.range.button("net").click()
        process_events()
        assert page.shown is not None and page.shown.low[0] == -5 and page.shown.high[0] == 9
        assert page.stage.key.ends == ("−9.00", "9.00"), "centred on zero"
        page.panel.colors.button("sequential").click()
        process_events()
        assert page.stage.key.ends == ("−5.00", "9.00")
        page.undo()
        page.undo()
        page.undo()
        assert page.state == MapsState()

    def test_gamma_only_colours_anew(self, page: MapsPage) -> None:
        before = page.stage.mosaic.levels
        page.panel.gamma.slider.setValue(page.panel.gamma.slider.minimum())
        process_events()
        assert page.state.gamma == pytest.approx(0.2)
        assert before is not None and page.stage.mosaic.levels is before

    def test_orders(self, page: MapsPage) -> None:
        page.panel.order.combo.setCurrentIndex(1)
        process_events()
        shown = page.shown
        assert (
            page.state.order == "activity" and shown is not None and shown.order[0] == 5 and shown.unit == 0
        )
        page.hand.set_order("similarity")
        assert page.shown is not None and page.shown.order[0] == 0 == page.state.like

    def test_unlocked_the_cursor_keeps_its_place_locked_its_unit(self, open_page: OpenPage) -> None:
        page = open_page(state=replace(MapsState(), layer="second", order="activity", channel=11))
        assert page.shown is not None and page.shown.place == 0
        dark = np.zeros((40, 40, 3), np.uint8)

        def other(maps: Maps, factor: float) -> Maps:
            """The answer to another picture, with the activities the other way round."""
            values = (maps.maps[::-1] * factor).copy()
            return replace(
                maps, maps=values, statistics=canned_maps.statistics(values), frame=Frame(dark, "dark")
            )

        first = page.shown.maps
        page.arrivals.came(other(first, 1.0), True)
        assert page.shown.place == 0 and page.state.channel == 0, "the unit at this place is another one now"
        press(page, Qt.Key.Key_D)
        assert page.state.locked and page.stage.tools.buttons["lock"].isChecked()
        page.arrivals.came(first, True)
        assert page.state.channel == 0 and page.shown.place == 0, "unit and order stay"

    def test_silent_units_are_named_and_counted_over_pictures(self, page: MapsPage) -> None:
        assert page.details.layer.texts()["silent now"] == "3 of 6"
        assert page.details.silent.text() == "Silent on this picture: 0, 1, 2."
        press(page, Qt.Key.Key_Right)
        assert page.details.unit.texts()["silent on"] == "this picture"
        page.picker.pick(ROCKET)
        process_events()
        assert page.details.layer.texts()["silent on all 2"] == "3 of 6"
        assert page.details.unit.texts()["silent on"] == "all 2 pictures so far"

    def test_a_single_number_is_silent_only_where_it_is_0(self, open_page: OpenPage) -> None:
        page = open_page(state=replace(MapsState(), layer="out", channel=1))
        assert page.shown is not None and page.shown.silent.tolist() == [False, True, False]
        assert page.stage.seen.reads.text() == "Unit 1 is 0 on this picture."


class TestDrawing:
    def test_a_drawing_brings_the_net_for_digits_and_a_photo_the_other(self, page: MapsPage) -> None:
        page.picker.pick(DRAWN)
        process_events()
        assert page.state.net == DIGITS_NET and page.shown is not None and page.shown.maps.net == DIGITS
        page.picker.pick(CAT)
        process_events()
        assert page.state.net == PHOTO_NET and page.shown.maps.net == PHOTOS
        page.undo()
        process_events()
        assert page.state.net == DIGITS_NET and page.state.source == DRAWN

    def test_the_maps_follow_the_pen_while_it_moves(self, open_page: OpenPage) -> None:
        page = open_page(state=replace(MapsState(), net=DIGITS_NET, source=DRAWN))
        board, spy = page.picker.board, QSignalSpy(page.answers.answered)
        assert page.shown is not None
        before = page.shown.values
        QTest.mousePress(board.paper, LeftButton, NoModifier, QPoint(20, 20))
        move_to(board.paper, QPoint(60, 30), LeftButton)
        board._publish_unsent()
        process_events()
        assert spy.count() >= 2 and not np.array_equal(page.shown.values, before), "with the button down"
        assert page.state.source == DRAWN, "the state waits until the hand lets go"
        QTest.mouseRelease(board.paper, LeftButton, NoModifier, QPoint(60, 30))
        process_events()
        assert len(page.state.source.strokes) == 3
        page.undo()
        process_events()
        assert page.state.source == DRAWN
        np.testing.assert_array_equal(page.shown.values, before)

    def test_blank_paper_is_a_sentence(self, open_page: OpenPage) -> None:
        blank = SourceState("drawing", "dark")
        page = open_page(state=replace(MapsState(), net=DIGITS_NET, source=blank))
        assert page.shown is None and "Nothing is drawn yet." in page.stage.mosaic.empty_text
        assert page.details.unit.texts() == {"no maps": ""} and not page.stage.mosaic.stale


class TestState:
    def test_round_trip(self) -> None:
        for state in [MapsState(), *(stop.state for stop in tour.stops())]:
            assert from_json(MapsState, to_json(state)).validated() == state

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"net": ""}, "names no net"),
            ({"gamma": 9.0}, "gamma"),
            ({"gamma": float("nan")}, "gamma"),
            ({"channel": -1}, "no unit -1"),
            ({"pins": tuple(("act", n) for n in range(13))}, "At most 12"),
            ({"pins": (("act", -2),)}, "no unit -2"),
            ({"source": SourceState("preset", "x")}, "need a picture"),
            ({"beside": SourceState("camera", "front")}, "Only a still picture"),
        ],
    )
    def test_bad_values(self, changes: dict[str, Any], sentence: str) -> None:
        with pytest.raises(UserError, match=sentence):
            replace(MapsState(), **changes).validated()

    def test_another_net_forgets_what_belonged_to_the_one_before(self) -> None:
        state = replace(MapsState(), layer="x", channel=3, pins=(("x", 1),), locked=True)
        assert with_net(state, "other") == replace(MapsState(), net="other")
        assert with_pin(with_pin(MapsState(), ("a", 1)), ("a", 1)) == MapsState()
        kept = with_source(replace(MapsState(), net="alexnet-imagenet"), DRAWN)
        assert kept.net == "alexnet-imagenet", "only the bundled nets take turns"

    def test_a_session_comes_back(self, page: MapsPage, open_page: OpenPage) -> None:
        page.change(replace(page.state, layer="second", order="variance", pins=(("act", 2),), channel=7))
        again = open_page(state=from_json(MapsState, page.save_state()))
        assert again.state == page.state and shown_layer(again) == "second"


class TestExports:
    def test_numbers_as_they_are(
        self, page: MapsPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "maps.npy"
        monkeypatch.setattr(export, "save_dialog", lambda *_: path)
        next(verb for verb in exports.verbs(page) if ".npy" in verb.title).run()
        assert page.shown is not None
        np.testing.assert_array_equal(np.load(path), page.shown.values)
        next(verb for verb in exports.verbs(page) if "PNG" in verb.title and "unit 0" in verb.title).run()
        assert path.read_bytes().startswith(b"\x89PNG")

    def test_one_map_is_enlarged_by_whole_squares(self, page: MapsPage) -> None:
        shown = page.shown
        assert shown is not None
        image = exports.map_image(shown.values[4], shown, 4)
        assert (image.width(), image.height()) == (512, 512)
        assert image.pixel(0, 0) == image.pixel(63, 63)

    def test_a_table_of_all_units(self, page: MapsPage) -> None:
        header, rows = exports.MapsExports(page).table()
        assert len(rows) == 6 and header[0] == "unit" and rows[1][-1] is True

    def test_without_maps_there_is_nothing_to_save(self, open_page: OpenPage) -> None:
        page = open_page(HeldEngine)
        assert exports.unit_verbs(page) == []
        with pytest.raises(UserError, match="no maps to save"):
            exports.MapsExports(page).table()

    def test_the_picture_is_what_is_on_show(self, page: MapsPage, tmp_path: Path) -> None:
        path = export.save_svg(exports.MapsExports(page).picture(), tmp_path / "maps.svg")
        assert b"<svg" in path.read_bytes()[:400]
        assert "layer act" in exports.MapsExports(page).caption


def test_what_a_live_picture_asks_for() -> None:
    """The answer of the net only where little of it lies behind the layer."""
    layers = canned_maps.list_layers(ListLayers(PHOTO_NET), cast(Any, None))
    assert wanted(MapsState(), layers, live=True).guesses == 3
    heavy = replace(layers.layers[-1], macs=10**9)
    slow = replace(layers, layers=(*layers.layers[:-1], heavy))
    assert wanted(MapsState(), slow, live=True).guesses == 0 and wanted(MapsState(), slow).guesses == 3
    assert wanted(replace(MapsState(), layer="out"), slow, live=True).guesses == 3


def test_where_a_map_is_strongest_is_its_largest_value(page: MapsPage) -> None:
    """As in the view of filters and on the page of units; a large negative value answers no."""
    assert page.shown is not None
    values = page.shown.values.copy()
    values[2, 1, 3], values[2, 5, 5], values[2, 0, 0] = -9.0, 4.0, np.nan
    assert replace(page.shown, values=values).strongest(2) == (5, 5)
    assert replace(page.shown, values=values, what="difference").strongest(2) == (1, 3)


def test_many_pins_find_room(open_page: OpenPage) -> None:
    pins = tuple([("act", n) for n in range(6)] + [("pool", n) for n in range(6)])
    page = open_page(state=replace(MapsState(), pins=pins))
    strip = page.stage.pins
    strip.resize(420, strip.height())
    assert strip._cell(11, 0).right() <= 420 and strip.index_at(strip._cell(11, 0).center()) == 11


def test_shares_keep_their_digits() -> None:
    assert [_percent(share) for share in (0.0, 0.0075, 0.0225, 0.125, 1e-7)] == [
        "0 %", "0.75 %", "2.25 %", "12.5 %", "0.00001 %",
    ]  # fmt: skip


def test_short_names() -> None:
    assert [short_name(name) for name in ("features.relu1_1", "features.10", "conv1", "3")] == [
        "relu1_1", "features.10", "conv1", "3",
    ]  # fmt: skip


def test_the_tour_shows_each_thing(open_page: OpenPage) -> None:
    states = [stop.state for stop in tour.stops()]
    assert {state.view for state in states} == {"maps", "filters", "histogram"}
    assert any(state.zoomed for state in states) and any(state.pins for state in states)
    assert any(state.beside for state in states) and any(state.drawing for state in states)
    assert 5 <= len(states) <= 9
