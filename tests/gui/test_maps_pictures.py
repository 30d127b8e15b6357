"""The page of feature maps: two pictures, filters, the histogram, live pictures, failures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QSizeF, Qt
from PySide6.QtTest import QTest

from engine.errors import ErrorReport, UserError
from engine.images import Frame
from engine.inside.maps.requests import LiveMaps, LookAtMaps, Maps, NoMaps, Wanted
from engine.inside.requests import ListLayers
from engine.jobs import Cancelled, Partial
from engine.mailbox import Mailbox
from engine.networks.requests import ListWeights
from engine.sources import LoadSample, load_sample
from gui.pages.maps import exports
from gui.pages.maps.filter_rows import strongest, summed
from gui.pages.maps.page import MapsPage
from gui.pages.maps.resolve import Resolver, resolve
from gui.pages.maps.state import PHOTO_NET, MapsState
from gui.widgets.source_state import SourceState
from tests.gui import canned_maps
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
from tests.gui.window_fixtures import HeldEngine, calm, move_to

__all__ = ["calm", "open_page", "page"]


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
