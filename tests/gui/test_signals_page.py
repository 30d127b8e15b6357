"""The page of signals and volumes, through its real widgets and the real engine's answers."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.errors import UserError
from engine.foundations.signals.requests import WholeVolume, WholeVolumeResult
from engine.foundations.signals.spec import SlideSpec
from engine.foundations.signals.trace import trace_3d
from engine.images import encode_png
from engine.runner import InlineEngine
from gui import drops, export
from gui.bridge import Bridge
from gui.pages import PAGES, entry
from gui.pages.base import Services
from gui.pages.signals import exports
from gui.pages.signals.page import AXES, VIEWS, SignalsPage
from gui.pages.signals.slabs import compared
from gui.pages.signals.state import CUSTOM, SignalsState
from gui.pages.signals.tour import stops
from gui.settings import Settings
from gui.state import to_json
from gui.theme import Scheme, theme
from gui.widgets.curve_plate import CurvePlate, span_of
from gui.widgets.plate import Mark, MarkRole, Plate
from tests.gui.window_fixtures import (
    calm,
    click,
    double_click,
    hover,
    hover_nothing,
    plate_of,
    shot,
    type_into_cell,
    words,
)

__all__ = ["calm"]

WAIT = 10_000


@pytest.fixture
def page(qtbot: QtBot, calm: None, tmp_path: Path) -> Iterator[SignalsPage]:
    """The page in view, as on the first visit, over an engine without a thread."""
    bridge = Bridge(lambda emit: InlineEngine(emit, device="cpu"))
    about = entry("signals")
    assert about is not None
    made = SignalsPage(Services(bridge, Settings(tmp_path / "settings.ini")), about)
    qtbot.addWidget(made)
    made.resize(1400, 860)
    with qtbot.waitExposed(made):
        made.show()
    made.activated()
    yield made
    made.close_page()
    bridge.close()


def show(page: SignalsPage, **changes: Any) -> None:
    page.change(replace(page.state, **changes))


def press(
    page: SignalsPage, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    QTest.keyClick(page.canvas, key, modifier)


def window_of(page: SignalsPage, key: str) -> tuple[float, float, float, float]:
    mark = next(m for m in plate_of(page.canvas, key).marks if m.role is MarkRole.WINDOW)
    return mark.top, mark.left, mark.bottom, mark.right


def settled(qtbot: QtBot, page: SignalsPage) -> None:
    qtbot.waitUntil(page.tour_ready, timeout=WAIT)


class TestFirstVisit:
    def test_a_signal_with_numbers_and_a_checked_badge(self, page: SignalsPage, qtbot: QtBot) -> None:
        settled(qtbot, page)
        assert plate_of(page.canvas, "input/0").shape == (1, 14)
        assert plate_of(page.canvas, "output/0").shape == (1, 10)
        assert "Checked against torch" in page.details.badge.title.text()
        assert "conv1d" in page.details.badge.detail.text()
        assert page.details.facts.texts()["= z"] in " ".join(words(page.canvas.scene))

    def test_every_view_is_checked_against_torch(self, page: SignalsPage, qtbot: QtBot) -> None:
        for axes, view in product((key for key, *_ in AXES), (key for key, *_ in VIEWS)):
            show(page, axes=axes, view=view)
            settled(qtbot, page)
            assert page.details.badge.title.text() == "✓ Checked against torch", (axes, view)

    def test_a_response_by_torch_is_held_against_our_own_sums(self) -> None:
        rng = np.random.default_rng(0)
        voxels = rng.normal(size=(15, 16, 17)).astype(np.float32)
        request = WholeVolume(voxels, rng.normal(size=(3, 3, 3)), 0.5, SlideSpec(2, 2, 1))
        response = trace_3d(voxels, request.weight, [0.5], request.spec).output[0].astype(np.float32)
        wrong = response.copy()
        wrong[3, 2, 1] += 1
        for values, agrees in ((response, True), (wrong, False)):
            result = WholeVolumeResult(request, values, 0.0, 0.0, 1.0, 0.1, "torch on cpu")
            found = [compared(result, number).agrees for number in range(len(values))]
            assert all(found[:3]) and all(found[4:]) and found[3] is agrees


class TestKeysAndPointer:
    def test_arrows_walk_and_the_window_follows(self, page: SignalsPage) -> None:
        show(page, line=replace(page.state.line, step=0))
        assert window_of(page, "input/0") == (0, 0, 1, 5) == window_of(page, "curve/input/0")
        press(page, Qt.Key.Key_Right)
        assert page.state.line.step == 1 and window_of(page, "input/0") == (0, 1, 1, 6)
        press(page, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
        assert page.state.line.step == 6
        press(page, Qt.Key.Key_Left)
        press(page, Qt.Key.Key_Home)
        assert page.state.line.step == 0
        press(page, Qt.Key.Key_End)
        assert page.state.line.step == 9

    def test_space_plays(self, page: SignalsPage) -> None:
        press(page, Qt.Key.Key_Space)
        assert page.stepper.playing
        press(page, Qt.Key.Key_Space)
        assert not page.stepper.playing

    def test_the_cube_moves_along_all_axes(self, page: SignalsPage) -> None:
        show(page, axes="3d")
        page.details.show_under([])
        place = page.resolved.step.place
        press(page, Qt.Key.Key_Right)
        press(page, Qt.Key.Key_Down)
        press(page, Qt.Key.Key_PageUp)
        assert page.resolved.step.place == (place[0] - 1, place[1] + 1, place[2] + 1)
        press(page, Qt.Key.Key_PageDown)
        assert page.resolved.step.place[0] == place[0]

    def test_hovering_puts_the_window_there_and_leaving_brings_it_back(self, page: SignalsPage) -> None:
        before = window_of(page, "input/0")
        hover(page.canvas, "output/0", 0, 9)
        assert window_of(page, "input/0") == (0, 9, 1, 14)
        assert page.state.line.step == SignalsState().line.step
        assert (
            page.details.under.texts()["output"] == "not computed yet" or page.details.under.texts()["output"]
        )
        hover_nothing(page.canvas)
        assert window_of(page, "input/0") == before

    def test_the_curve_can_be_pointed_at_and_clicked(self, page: SignalsPage) -> None:
        hover(page.canvas, "curve/input/0", 0, 3)
        shown = page.details.under.texts()
        assert shown["input"] == f"{page.resolved.trace.x[0, 3]:g} mV".replace("-", "−")
        assert shown["time"] == "2.28 s"
        click(page.canvas, "curve/input/0", 0, 13)
        assert page.state.line.step == 9

    def test_planes_can_be_pointed_at_and_clicked(self, page: SignalsPage) -> None:
        show(page, axes="3d")
        z = page.resolved.trace.centre(page.resolved.step)[0]
        hover(page.canvas, "input/axial", 3, 8)
        assert page.details.under.texts()["(z, y, x)"] == f"{z}, 3, 8"
        click(page.canvas, "input/axial", 3, 8)
        assert page.resolved.step.place == (z - 1, 2, 7)
        click(page.canvas, "output/coronal", 4, 6)
        assert page.resolved.step.place == (4, 2, 6)

    def test_keys_choose_views_and_esc_comes_back(self, page: SignalsPage) -> None:
        alt = Qt.KeyboardModifier.AltModifier
        for number, (key, *_) in enumerate(VIEWS):
            press(page, Qt.Key(Qt.Key.Key_3 + number), alt)
            assert page.state.view == key
        press(page, Qt.Key.Key_2, alt)
        assert page.state.axes == "3d"
        assert page.escape() and page.state.view == "steps" and not page.escape()

    def test_a_double_click_on_the_whole_signal_walks_there(self, page: SignalsPage) -> None:
        show(page, view="whole")
        click(page.canvas, "whole/output", 0, 300)
        assert page.state.sample == 300
        double_click(page.canvas, "whole/output", 0, 302)
        assert page.state.view == "steps"
        near = page.state.start + page.resolved.trace.centre(page.resolved.step)[0]
        assert abs(near - 304) <= 1

    def test_pointing_at_a_layer_lights_what_it_reads(self, page: SignalsPage) -> None:
        show(page, view="layers")
        hover(page.canvas, "map/2", 7, 1)
        assert window_of(page, "map/2") == (7, 1, 8, 2)
        assert window_of(page, "map/1") == (0, 1, 16, 6)
        assert window_of(page, "map/0") == (0, 1, 1, 10)
        assert page.details.under.texts()["receptive field"] == "1–9"
        click(page.canvas, "map/1", 0, 4)
        assert page.state.layer_step == 4
        hover_nothing(page.canvas)
        show(page, axes="3d", layer_step=12)
        hover(page.canvas, "map/2/5", 1, 3)
        assert window_of(page, "map/1/0") == (1, 3, 6, 8) and window_of(page, "map/0/0") == (1, 3, 10, 12)

    def test_the_walk_through_layers_fills_them(self, page: SignalsPage) -> None:
        show(page, view="layers", layer_step=3)
        hidden = plate_of(page.canvas, "map/1").hidden
        assert hidden is not None and hidden[:, 4:].all() and not hidden[:, :4].any()
        second = plate_of(page.canvas, "map/2").hidden
        assert second is not None and second.all()
        show(page, fill=False)
        assert plate_of(page.canvas, "map/2").hidden is None


class TestEditing:
    def test_a_weight_typed_over(self, page: SignalsPage) -> None:
        type_into_cell(page.canvas, "kernel/0", 0, 1, "5")
        assert page.state.line.kind == CUSTOM and page.state.line.weights[1] == 5.0
        page.undo()
        assert page.state.line.kind == "matched"

    def test_a_weight_of_the_cube(self, page: SignalsPage) -> None:
        show(page, axes="3d")
        type_into_cell(page.canvas, "kernel/1", 2, 0, "-3")
        assert page.state.cube.weights[9 + 6] == -3.0 and page.state.cube.kind == CUSTOM

    def test_a_sample_typed_over_and_padding_refused(self, page: SignalsPage, qtbot: QtBot) -> None:
        show(page, line=replace(page.state.line, pad=1))
        type_into_cell(page.canvas, "input/0", 0, 3, "2")
        assert page.state.edits == ((2, 2.0),) and page.resolved.trace.x[0, 2] == 2.0
        with qtbot.waitSignal(page.said) as said:
            type_into_cell(page.canvas, "input/0", 0, 0, "2")
        assert "padding" in said.args[0] and page.state.edits == ((2, 2.0),)

    def test_a_field_refuses_what_does_not_fit(self, page: SignalsPage) -> None:
        field = page.panel.numbers["dilation"]
        for text, reason in (
            ("4", "longer than the padded input"),
            ("0", "at least 1"),
            ("x", "not a number"),
        ):
            field.edit.setFocus()
            field.edit.selectAll()
            QTest.keyClicks(field.edit, text)
            QTest.keyClick(field.edit, Qt.Key.Key_Return)
            assert reason in field.problem, field.problem
            assert page.state.line.dilation == 1
            QTest.keyClick(field.edit, Qt.Key.Key_Escape)

    def test_a_kind_that_needs_more_cells_is_taken_back(self, page: SignalsPage, qtbot: QtBot) -> None:
        show(page, axes="3d", cube=replace(page.state.cube, kind="blur", size=2, weights=(0.125,) * 8))
        before = page.state
        with qtbot.waitSignal(page.said) as said:
            page.panel.kind.combo.setCurrentIndex(page.panel.kind.combo.findData("laplacian"))
        assert "at least 3 cells" in said.args[0] and page.state == before
        assert page.panel.kind.value == "blur"

    def test_sliders_of_the_heart(self, page: SignalsPage) -> None:
        first = page.resolved.trace
        page.panel.sliders["noise"].slider.setValue(page.panel.sliders["noise"].slider.maximum())
        assert page.state.noise == 200 and page.resolved.trace is not first
        page.panel.ectopic.click()
        assert page.state.ectopic
        page.panel.rate.combo.setCurrentIndex(1)
        assert page.state.rate == 100

    def test_a_smaller_output_has_fewer_steps(self, page: SignalsPage) -> None:
        press(page, Qt.Key.Key_End)
        page.panel.numbers["stride"].step(1)
        assert page.state.line.stride == 2 and page.state.line.step == 4
        page.undo()
        assert page.state.line.stride == 1

    def test_a_session_comes_back(self, page: SignalsPage) -> None:
        show(page, axes="3d", view="back", weighs="ones", grain=20)
        data = page.save_state()
        page.reset()
        assert page.state == SignalsState()
        page.restore_session(data)
        assert to_json(page.state) == data and not page.history.can_undo
        with pytest.raises(UserError):
            page.restore_session({**data, "grain": 5000})
        assert to_json(page.state) == data


class TestWholeVolume:
    def test_planes_and_response_meet_in_a_crosshair(self, page: SignalsPage, qtbot: QtBot) -> None:
        show(page, axes="3d", view="whole")
        settled(qtbot, page)
        view = page.volume_view
        assert view.result is not None and view.result.response.shape == (68, 68, 68)
        coronal = view.planes[0][1]
        point = coronal.transform().map(QPointF(20.5, 10.5)).toPoint()
        QTest.mouseClick(coronal, Qt.MouseButton.LeftButton, pos=point)
        assert page.state.place == (10, 35, 20)
        assert view.cross is not None and view.cross.cell == (9, 34, 19)
        QTest.keyClick(view.planes[0][0], Qt.Key.Key_Right)
        QTest.keyClick(view.planes[0][0], Qt.Key.Key_PageDown)
        assert page.state.place == (11, 35, 21)
        sagittal = view.planes[1][2]
        point = sagittal.transform().map(QPointF(30.5, 40.5)).toPoint()
        QTest.mouseClick(sagittal, Qt.MouseButton.LeftButton, pos=point)
        assert page.state.place == (41, 31, 21)
        assert page.stepper.index == 41
        page.stepper.go_first()
        assert page.state.place[0] == 0

    def test_hovering_reads_true_values(self, page: SignalsPage, qtbot: QtBot) -> None:
        show(page, axes="3d", view="whole")
        settled(qtbot, page)
        view, result = page.volume_view, page.volume_view.result
        assert result is not None and view.cross is not None
        view.planes[1][0].hovered.emit(30, 20)
        value = float(result.response[view.cross.cell[0], 20, 30])
        assert float(page.details.under.texts()["value"].replace("−", "-")) == pytest.approx(value, rel=1e-3)
        view.planes[1][0].left.emit()
        assert "point at a cell" in page.details.under.texts()

    def test_the_response_is_stale_until_the_new_one_is_there(self, page: SignalsPage, qtbot: QtBot) -> None:
        show(page, axes="3d", view="whole")
        settled(qtbot, page)
        page.volume_view.set_stale(True)
        assert page.volume_view.stale and not page.tour_ready()
        page.panel.kind.combo.setCurrentIndex(0)
        settled(qtbot, page)
        assert page.state.cube.kind == "blur" and not page.volume_view.stale
        assert page.volume_view.result is not None
        assert np.array_equal(page.volume_view.result.request.weight, page.state.cube.array(3))


class TestFiles:
    def wav(self, path: Path) -> Path:
        with wave.open(str(path), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(100)
            out.writeframes((np.sin(np.arange(400) / 5) * 20000).astype("<i2").tobytes())
        return path

    def test_a_dropped_signal(self, page: SignalsPage, qtbot: QtBot, tmp_path: Path) -> None:
        path = self.wav(tmp_path / "mine.wav")
        assert drops.destination(path, page, PAGES).page.name == "signals"
        page.open_path(path)
        qtbot.waitUntil(lambda: page.state.signal_file == str(path), timeout=WAIT)
        assert page.state.view == "whole" and len(page.signal.samples) == 400
        assert plate_of(page.canvas, "whole/input").shape == (1, 400)
        page.undo()
        assert page.state.signal_file == "" and page.signal.name == "Synthetic ECG"
        page.redo()
        assert page.signal.name == "mine.wav"
        page.panel.signal_tabs.button("synthetic").click()
        assert page.state.signal_file == "" and page.state.validated()

    def test_a_folder_of_slices_and_an_array(self, page: SignalsPage, qtbot: QtBot, tmp_path: Path) -> None:
        folder = tmp_path / "scan"
        folder.mkdir()
        for n in range(16):
            (folder / f"{n}.png").write_bytes(encode_png(np.full((15, 17), 10 * n, np.uint8)))
        page.open_path(folder)
        qtbot.waitUntil(lambda: page.state.volume_file == str(folder), timeout=WAIT)
        settled(qtbot, page)
        assert page.shows_planes and page.volume.voxels.shape == (16, 15, 17)
        np.save(tmp_path / "v.npy", np.random.default_rng(0).normal(size=(20, 20, 20)))
        page.open_path(tmp_path / "v.npy")
        qtbot.waitUntil(lambda: page.volume.voxels.shape == (20, 20, 20), timeout=WAIT)
        settled(qtbot, page)
        assert page.volume_view.result is not None and page.volume_view.result.response.shape == (18, 18, 18)

    def test_a_bad_file_is_told_and_nothing_changes(
        self, page: SignalsPage, qtbot: QtBot, tmp_path: Path
    ) -> None:
        (tmp_path / "bad.csv").write_text("1\n2\nthree\n")
        before = page.state
        with qtbot.waitSignal(page.said, timeout=WAIT) as said:
            page.panel.fileChosen.emit("signal", str(tmp_path / "bad.csv"))
        assert "Line 3 of bad.csv" in said.args[0] and page.state == before
        (tmp_path / "short.csv").write_text("1\n2\n3\n")
        with qtbot.waitSignal(page.said, timeout=WAIT) as said:
            page.open_path(tmp_path / "short.csv")
        assert "at least 14" in said.args[0] and page.state == before

    def test_a_session_whose_file_is_gone(self, page: SignalsPage, qtbot: QtBot, tmp_path: Path) -> None:
        gone = to_json(replace(SignalsState(), signal_file=str(tmp_path / "gone.wav")))
        with qtbot.waitSignal(page.said, timeout=WAIT) as said:
            page.restore_session(gone)
        assert "gone.wav is not there" in said.args[0]
        assert page.state.signal_file == "" and page.signal.name == "Synthetic ECG"


class TestExports:
    def test_numbers_scripts_and_pictures_of_every_stop(self, page: SignalsPage, qtbot: QtBot) -> None:
        for stop in stops():
            page.change(stop.state)
            settled(qtbot, page)
            assert page.state == stop.state.validated()
            made = exports.SignalsExports(page)
            assert export.csv_text(made.arrays()) and made.caption
            assert not export.render(made.picture()).isNull()
            film = made.film()
            assert (film is None) == page.shows_planes
            if film is not None and page.state.view in ("steps", "whole"):
                assert not film.image_at(film.indices[-1]).isNull()

    def test_scripts_name_what_they_compute(self, page: SignalsPage) -> None:
        made = exports.SignalsExports(page)
        assert "F.conv1d(" in made.script() and "expected = torch.tensor(" in made.script()
        show(page, axes="3d", view="back")
        assert "F.conv3d(" in made.script() and "autograd.grad" in made.script()
        show(page, view="layers", layer_step=12)
        with pytest.raises(UserError, match="no readable script"):
            made.script()

    def test_svg_and_themes(self, page: SignalsPage, tmp_path: Path) -> None:
        path = export.save_svg(exports.SignalsExports(page).picture(), tmp_path / "a.svg", "1-D and 3-D")
        assert "<svg" in path.read_text("utf-8")[:400]
        light = shot(page.canvas)
        theme.apply(Scheme.DARK)
        assert not np.array_equal(light, shot(page.canvas))


class TestLayout:
    def test_nothing_overlaps_and_nothing_is_cut(self, page: SignalsPage) -> None:
        states = [stop.state for stop in stops()]
        wide = replace(states[0].line, kind=CUSTOM, size=11, weights=(1.0,) * 11, pad=10, bias=0.25)
        fat = replace(states[5].cube, kind=CUSTOM, size=5, weights=(1.0,) * 125, pad=4)
        states += [replace(states[0], line=wide), replace(states[5], cube=fat), replace(states[8], cube=fat)]
        for state in states:
            page.change(state)
            for size in ((660, 440), (820, 780), (1200, 820)):
                if not page.shows_planes:
                    self.tidy(page.scene_of(page.resolved, QSizeF(*size)).plates, QRectF(0, 0, *size))

    def tidy(self, plates: list[Plate], area: QRectF) -> None:
        for number, plate in enumerate(plates):
            assert area.contains(plate.rect), (plate.key, plate.rect)
            for other in plates[number + 1 :]:
                assert not plate.rect.adjusted(1, 1, -1, -1).intersects(other.rect), (plate.key, other.key)

    def test_the_layout_stands_still_while_the_window_walks(self, page: SignalsPage) -> None:
        for axes in ("1d", "3d"):
            show(page, axes=axes)
            size, seen = QSizeF(660, 440), set()
            for step in range(0, len(page.resolved.trace), max(len(page.resolved.trace) // 10, 1)):
                page._stepped(step)
                scene = page.scene_of(page.resolved, size)
                seen.add(tuple((p.key, p.rect.getRect()) for p in scene.plates))
            assert len(seen) == 1


class TestCurvePlate:
    def plate(self, values: Any, **more: Any) -> CurvePlate:
        low, high = span_of(np.asarray(values, float))
        made = CurvePlate("c", np.asarray(values, float)[None], low=low, high=high, **more)
        made.rect = QRectF(0, 0, 200, 100)
        return made

    def painted(self, plate: Plate) -> Any:
        image = QImage(200, 100, QImage.Format.Format_RGB32)
        image.fill(theme.colors.surface)
        painter = QPainter(image)
        plate.paint_cells(painter, QPointF())
        painter.end()
        return np.array(image.constBits()).reshape(100, 200, 4)[:, :, :3].astype(int)

    def test_a_value_is_drawn_at_its_height(self, calm: None) -> None:
        plate = self.plate([0.0] * 10 + [1.0] * 10)
        pixels = self.painted(plate)
        ground = pixels[1, 1]
        for column, value in ((50, 0.0), (150, 1.0)):
            row = round(plate.y_of(value))
            assert np.abs(pixels[row - 1 : row + 2, column] - ground).sum() > 100
        assert np.abs(pixels[round(plate.y_of(1.0)), 50] - ground).sum() == 0

    def test_hidden_samples_are_a_gap(self, calm: None) -> None:
        hidden = np.zeros((1, 20), bool)
        hidden[0, 10:] = True
        plate = self.plate([0.5] * 20, hidden=hidden)
        pixels = self.painted(plate)[round(plate.y_of(0.5))]
        ground = (theme.colors.surface.blue(), theme.colors.surface.green(), theme.colors.surface.red())
        assert (pixels[140] == ground).all() and not (pixels[50] == ground).all()

    def test_a_long_signal_keeps_its_peaks(self, calm: None) -> None:
        values = np.zeros(50_000)
        values[33_333] = 1.0
        plate = self.plate(values)
        pixels = self.painted(plate)
        column = int(33_333 / 50_000 * 200)
        row = round(plate.y_of(0.9))
        assert any((pixels[row, c] != pixels[1, 1]).any() for c in range(column - 2, column + 3))

    def test_cells_are_columns_as_high_as_the_curve(self) -> None:
        plate = self.plate(np.arange(20))
        assert plate.cell_at(QPointF(5, 99)) == (0, 0) and plate.cell_at(QPointF(195, 1)) == (0, 19)
        assert plate.cell_rect(0, 2, 1, 5).getRect() == (20, 0, 30, 100)
        assert plate.signature() != self.plate(np.arange(20) * 2).signature()

    def test_marks_are_bands(self, calm: None) -> None:
        plate = self.plate([0.0] * 20)
        image = QImage(200, 100, QImage.Format.Format_RGB32)
        image.fill(theme.colors.surface)
        painter = QPainter(image)
        plate.paint_marks(painter, (Mark(MarkRole.WINDOW, 0, 5, 1, 10),))
        painter.end()
        assert image.pixelColor(QPoint(75, 50)) != theme.colors.surface
        assert image.pixelColor(QPoint(20, 50)) == theme.colors.surface
