"""The page of feature maps through its real widgets, over a net of a few lines of numpy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QSizeF, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.errors import ErrorReport, UserError
from engine.images import Frame
from engine.inside.maps.requests import LiveMaps, LookAtMaps, Maps, NoMaps, Wanted
from engine.inside.requests import ListLayers
from engine.jobs import Cancelled, Partial
from engine.mailbox import Mailbox
from engine.networks.requests import ListWeights
from engine.sources import LoadSample, load_sample
from gui import export
from gui.pages.classify.drawings import FIVE
from gui.pages.maps import exports, tour
from gui.pages.maps.filter_rows import strongest, summed
from gui.pages.maps.histogram_view import _percent
from gui.pages.maps.page import LOADING, WAITING, MapsPage
from gui.pages.maps.resolve import Resolver, resolve, short_name, wanted
from gui.pages.maps.state import DIGITS_NET, PHOTO_NET, MapsState, with_net, with_pin, with_source
from gui.state import from_json, to_json
from gui.widgets.source_state import SourceState
from tests.gui import canned_maps
from tests.gui.canned_maps import DIGITS, PHOTOS, inline
from tests.gui.page_fixtures import opened_pages, process_events
from tests.gui.window_fixtures import HeldEngine, calm, move_to, shot

__all__ = ["calm"]

CAT, ROCKET = SourceState("sample", "cat"), SourceState("sample", "rocket")
DRAWN = SourceState("drawing", "dark", strokes=FIVE)
OpenPage = Callable[..., MapsPage]
LeftButton, NoModifier = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def open_page(qtbot: QtBot, calm: None, tmp_path: Path) -> Iterator[OpenPage]:
    """Opens pages as windows of their own: open_page(make_engine=inline, state=None, size=(1300, 850))."""
    with opened_pages(qtbot, tmp_path, "maps", inline) as opener:
        yield opener


@pytest.fixture
def page(open_page: OpenPage) -> MapsPage:
    """The page as it opens first: the photo of a cat before the photo net."""
    return open_page()


def press(page: MapsPage, key: Qt.Key, modifier: Qt.KeyboardModifier = NoModifier) -> None:
    QTest.keyClick(page.stage.mosaic if not page.state.zoomed else page.stage.zoom.map, key, modifier)
    process_events()


def on_map(page: MapsPage, channel: int, across: float = 0.5, down: float = 0.5) -> QPoint:
    """A place of a channel's map by shares."""
    shown = page.shown
    assert shown is not None
    cell = page.stage.mosaic.cell(int(np.flatnonzero(shown.order == channel)[0]))
    return QPointF(cell.left() + across * cell.width(), cell.top() + down * cell.height()).toPoint()


def shown_layer(page: MapsPage) -> str:
    assert page.shown is not None
    return page.shown.maps.layer.name


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


class TestTwoPictures:
    def test_keep_one_choose_another_subtract(self, page: MapsPage) -> None:
        first = canned_maps.maps_of("act", load_sample("cat"))
        press(page, Qt.Key.Key_B)
        assert page.state.beside == CAT and page.stage.tools.shows.isVisible()
        page.picker.pick(ROCKET)
        process_events()
        second = canned_maps.maps_of("act", load_sample("rocket"))
        page.stage.tools.shows.button("difference").click()
        process_events()
        assert page.shown is not None
        np.testing.assert_array_equal(page.shown.values, second - first)
        assert "this − the other" in page.stage.key.text
        page.stage.tools.shows.button("other").click()
        process_events()
        np.testing.assert_array_equal(page.shown.values, first)
        move_to(page.stage.mosaic, on_map(page, 4, 0.5 / 8, 0.5 / 8))
        pair = page.details.under.texts()["this, other picture"].replace("−", "-").split(", ")
        assert [float(value) for value in pair] == pytest.approx([second[4, 0, 0], first[4, 0, 0]], abs=1e-4)
        rows = page.details.unit.texts()
        numbers = rows["smallest, largest"].replace("−", "-").split(", ")
        assert [float(value) for value in numbers] == pytest.approx(
            [first[0].min(), first[0].max()], abs=1e-4
        )
        press(page, Qt.Key.Key_Z)
        zoom = page.stage.zoom
        assert zoom.other.isVisible() and zoom.map_title.text() == "Unit 0, other"
        assert zoom.photo_title.text() == "Chelsea the cat", "the picture that these maps are of"
        np.testing.assert_array_equal(zoom.map.values, first[0])
        np.testing.assert_array_equal(zoom.other.values, second[0])
        page.stage.tools.shows.button("difference").click()
        process_events()
        np.testing.assert_array_equal(zoom.map.values, (second - first)[0])
        assert not zoom.other.isVisible() and "this − other" in zoom.map_title.text()
        page.panel.stop.click()
        process_events()
        assert page.state.beside is None and not page.stage.zoom.other.isVisible()

    def test_numbers_of_a_difference_are_its_own(self, open_page: OpenPage) -> None:
        page = open_page(
            state=replace(MapsState(), beside=ROCKET, show="difference", channel=4, range_of="net")
        )
        shown = page.shown
        assert shown is not None
        cat, rocket = (canned_maps.maps_of("act", load_sample(name)) for name in ("cat", "rocket"))
        difference = (cat - rocket)[4]
        row, column = shown.strongest(4)
        assert abs(difference[row, column]) == np.abs(difference).max()
        texts = page.details.unit.texts()
        assert texts["strongest at"] == f"row {row}, column {column}"
        assert float(texts["mean"].replace("−", "-")) == pytest.approx(difference.mean(), abs=1e-4)
        assert shown.range_of == "layer", "a difference has no range of the whole net, and none is named"
        assert float(exports.MapsExports(page).table()[1][4][3]) == pytest.approx(difference.mean(), abs=1e-6)  # type: ignore[arg-type]

    def test_filters_and_counts_are_those_of_this_picture(self, open_page: OpenPage) -> None:
        page = open_page(state=replace(MapsState(), beside=ROCKET, show="other", view="histogram"))
        assert page.shown is not None and page.shown.what == "this"
        page.pick_numbered("maps")
        process_events()
        assert page.shown.what == "other" and exports.MapsExports(page).caption.endswith(
            load_sample("rocket").name
        )
        np.testing.assert_array_equal(page.shown.values, canned_maps.maps_of("act", load_sample("rocket")))

    def test_the_range_of_the_net_covers_both(self, page: MapsPage) -> None:
        assert page.shown is not None
        one = replace(page.shown.maps, net_range=(-1.0, 2.0))
        state = replace(page.state, range_of="net", show="this")
        both = resolve(state, one, replace(one, net_range=(-7.0, 1.0)))
        assert (both.low[0], both.high[0], both.range_of) == (-7.0, 2.0, "net")
        assert resolve(state, one, replace(one, net_range=None)).range_of == "layer"

    def test_maps_of_another_second_picture_are_not_passed_off_as_its_own(self, page: MapsPage) -> None:
        press(page, Qt.Key.Key_B)
        assert page.shown is not None and page.shown.second is not None
        page.second_picture.keep(ROCKET, load_sample("rocket"))
        page.draw()
        assert page.shown.second is None, "its maps are on their way"
        page.change(replace(page.state, beside=ROCKET))
        process_events()
        assert page.shown.second is not None
        page.panel.stop.click()
        process_events()
        assert page.shown.second is None

    def test_pins_are_shown_for_both(self, open_page: OpenPage) -> None:
        page = open_page(state=replace(MapsState(), beside=ROCKET, pins=(("act", 4), ("second", 9))))
        assert page.tour_ready() and len(page.stage.pins._rows) == 2
        assert len(page.stage.pins.tip(1).splitlines()) == 3

    def test_a_second_picture_that_is_gone_leaves_the_first(
        self, open_page: OpenPage, tmp_path: Path
    ) -> None:
        state = replace(MapsState(), beside=SourceState("file", str(tmp_path / "gone.png")))
        page = open_page(state=state)
        assert page.state.beside is None and page.shown is not None


class TestFilters:
    def test_the_sum_of_a_unit(self, page: MapsPage) -> None:
        page.pick_numbered("filters")
        process_events()
        view = page.stage.filters
        found, total = view.found, view.sum_now()
        assert found is not None and total is not None and found.rgb and found.request.channel == 0
        row, column = strongest(found)
        assert found.total[row, column] == found.total.max() and total.position == (row, column)
        assert sum(value for _, value in total.rows) + total.rest + total.bias == pytest.approx(
            total.total, rel=1e-5
        )
        assert "Checked against torch" in page.details.badge.title.text()
        area = view._gallery_area(QSizeF(view.size()))
        press_on = view._filter_cell(area, view._gallery(area), 4)
        QTest.mouseClick(view, LeftButton, NoModifier, press_on.center().toPoint())
        process_events()
        assert page.state.channel == 4 and view.found is not None and view.found.request.channel == 4

    def test_pointing_at_a_part_moves_the_sum(self, open_page: OpenPage) -> None:
        page = open_page(state=replace(MapsState(), layer="second", channel=9, view="filters"))
        view = page.stage.filters
        found, total = view.found, view.sum_now()
        assert found is not None and total is not None and not found.rgb
        move_to(view, (view.part_rect(0).topLeft() + QPointF(3, 3)).toPoint())
        assert view.position == (0, 0)
        texts, part = page.details.under.texts(), total.rows[0][0]
        assert float(texts["adds"].replace("−", "-")) == pytest.approx(
            float(found.parts[part, 0, 0]), abs=1e-4
        )
        assert texts["input channel"] == f"{part} of pool"

    def test_rows_that_do_not_fit_are_added_up(self, open_page: OpenPage) -> None:
        page = open_page(state=replace(MapsState(), layer="second", view="filters"))
        found = page.stage.filters.found
        assert found is not None
        total = summed(found, (1, 2), 2)
        assert len(total.rows) == 2 and total.left_out == 4
        assert abs(total.rows[0][1]) >= abs(total.rows[1][1]) >= abs(total.rest) / 4
        by_hand = sum(value for _, value in total.rows) + total.rest + total.bias
        assert by_hand == pytest.approx(float(found.total[1, 2]), rel=1e-5)

    def test_a_layer_without_filters_says_so(self, open_page: OpenPage) -> None:
        page = open_page(state=replace(MapsState(), layer="pool", view="filters"))
        assert "pool has no filters" in page.stage.filters.empty_text and page.shown is not None


class TestHistogram:
    def test_counts_are_asked_for_when_they_are_looked_at(self, page: MapsPage) -> None:
        assert page.shown is not None and page.shown.maps.histograms is None
        page.stage.tools.views.button("histogram").click()
        process_events()
        assert (
            page.shown.maps.histograms is not None
            and page.stage.histogram.found is page.shown.maps.histograms
        )
        view = page.stage.histogram
        move_to(view, QPoint(view.width() // 2, view.height() // 2))
        texts = page.details.under.texts()
        index = view._bin
        counts = page.shown.maps.histograms.counts
        assert texts["of unit 0"] == f"{counts[0, index]} of 64"
        assert texts["of all units"] == f"{counts[:, index].sum()} of 384"
        page.panel.steep.click()
        assert not page.state.steep


class TestLive:
    def test_frames_come_back_with_their_maps(self, open_page: OpenPage) -> None:
        made: list[HeldEngine] = []

        def make(emit: Any) -> HeldEngine:
            made.append(HeldEngine(emit))
            return made[0]

        page = open_page(make)
        engine = made[0]
        engine.answer(engine.jobs(ListWeights)[-1], canned_maps.NETS)
        engine.answer(engine.jobs(LoadSample)[0], load_sample("cat"))
        engine.answer(
            engine.jobs(ListLayers)[-1], canned_maps.list_layers(ListLayers(PHOTO_NET), cast(Any, None))
        )
        process_events()
        frames: Mailbox[Frame] = Mailbox()
        page.answers.want_live(PHOTO_NET, Wanted("act", guesses=3), frames)
        process_events()
        job = engine.jobs(LiveMaps)[-1]
        frame = Frame(np.full((20, 20, 3), 200, np.uint8), "camera", index=3)
        maps = canned_maps.look(LookAtMaps(PHOTO_NET, frame, Wanted("act", guesses=3)), cast(Any, None))
        engine.emit(Partial(job, maps))
        process_events()
        assert page.shown is not None and page.shown.maps is maps
        engine.emit(Partial(job, NoMaps(frame, "Nothing is drawn yet.")))
        process_events()
        assert page.shown is None and page.stage.mosaic.empty_text == "Nothing is drawn yet."

    def test_colours_of_what_plays_do_not_flicker(self, page: MapsPage) -> None:
        assert page.shown is not None
        state, resolver, first = page.state, Resolver(), page.shown.maps

        def frame(factor: float) -> Maps:
            values = first.maps * np.float32(factor) + np.float32(5)
            return replace(first, maps=values, statistics=canned_maps.statistics(values))

        wide = resolver(state, frame(1.0), None, live=True)
        narrow = resolver(state, frame(0.5), None, live=True)
        unit = 4
        assert wide.low[unit] == pytest.approx(5) and narrow.low[unit] == pytest.approx(5)
        span = wide.high[unit] - 5
        assert narrow.high[unit] == pytest.approx(5 + 0.98 * span), "narrower little by little"
        assert resolver(state, frame(2.0), None, live=True).high[unit] == pytest.approx(
            5 + 2 * span, rel=1e-4
        )
        for _ in range(200):
            last = resolver(state, frame(0.5), None, live=True)
        assert last.high[unit] == pytest.approx(5 + 0.5 * span, rel=1e-3)
        still = resolver(state, frame(0.25), None)
        assert still.high[unit] == pytest.approx(5 + 0.25 * span, rel=1e-4), (
            "a still picture has its own range"
        )

    def test_a_film_shows_the_last_answers(self, page: MapsPage) -> None:
        with pytest.raises(UserError, match="only one so far"):
            page.reel.film()
        page.picker.pick(ROCKET)
        process_events()
        film = page.reel.film()
        assert len(film.indices) == 2
        image = film.image_at(0)
        assert image.width() > page.stage.mosaic.width() // 2 and not image.isNull()
        assert film.image_at(1) != image
        assert max(min(scene.picture.shape[:2]) for scene in page.reel.scenes) < 2 * exports.LARGEST_PICTURE


class TestFailures:
    def test_weights_that_are_not_here(self, open_page: OpenPage) -> None:
        page = open_page(state=replace(MapsState(), net="alexnet-imagenet"))
        assert "are not here" in page.stage.mosaic.empty_text and page.state.net == "alexnet-imagenet"
        page.panel.units.nets.combo.setCurrentIndex(page.panel.units.nets.combo.findData(PHOTO_NET))
        process_events()
        assert page.shown is not None and shown_layer(page) == "act"

    def test_a_layer_and_a_unit_that_do_not_exist(self, open_page: OpenPage) -> None:
        page = open_page(state=replace(MapsState(), layer="conv99", channel=77))
        assert page.state.layer == "" and page.state.channel == 5 and shown_layer(page) == "act"

    def test_values_that_are_no_numbers_are_shown_as_such(self, page: MapsPage) -> None:
        assert page.shown is not None
        broken = page.shown.maps.maps.copy()
        broken[4, 0, 0] = np.nan
        page.arrivals.came(
            replace(page.shown.maps, maps=broken, statistics=canned_maps.statistics(broken)), True
        )
        page.amend(replace(page.state, channel=4))
        assert page.details.unit.texts()["no numbers"] == "1 values"
        move_to(page.stage.mosaic, on_map(page, 4, 0.5 / 8, 0.5 / 8))
        assert page.details.under.texts()["value"] == "NaN"

    def test_a_cancelled_question_can_be_asked_again(self, open_page: OpenPage) -> None:
        made: list[HeldEngine] = []

        def make(emit: Any) -> HeldEngine:
            made.append(HeldEngine(emit))
            return made[0]

        page = open_page(make)
        engine = made[0]
        layers = engine.jobs(ListLayers)
        engine.emit(Cancelled(layers[-1]))
        process_events()
        assert "Cancelled" in page.stage.mosaic.empty_text and page.stage.again.isVisible()
        page.stage.again.click()
        process_events()
        assert len(engine.jobs(ListLayers)) == len(layers) + 1

    def test_a_failure_leaves_no_old_map_beside_the_photo(self, page: MapsPage) -> None:
        press(page, Qt.Key.Key_Z)
        page.arrivals.refused(ErrorReport("The net is damaged.", "Import it again."))
        zoom = page.stage.zoom
        assert zoom.map.values is None and zoom.map_title.text() == ""
        assert zoom.map.accessibleDescription() == "The net is damaged. Import it again."
        page.show_state(page.state)
        page._ask_again()
        process_events()
        assert zoom.map.values is not None and "Unit 0" in zoom.map_title.text()

    def test_a_failure_says_what_to_do(self, page: MapsPage) -> None:
        page.arrivals.refused(ErrorReport("The net is damaged.", "Import it again."))
        assert page.stage.mosaic.empty_text == "The net is damaged. Import it again." and page.shown is None


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
