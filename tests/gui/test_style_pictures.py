"""The page "Style": pictures of every sort, trouble, what is taken away."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.errors import ErrorReport
from engine.sources import load_sample
from engine.style.requests import PaintStyle
from engine.style.settings import StyleSettings
from gui import export
from gui.pages.style.paint import saving
from gui.pages.style.paint.presenter import INVITE, NOTHING
from gui.pages.style.stamp import state_in
from gui.pages.style.state import StyleState
from gui.widgets.source_state import SourceState
from tests.gui.style_fixtures import (
    PLAN,
    SMALL,
    OpenPage,
    finish,
    held,
    inline,
    open_page,
    paintings,
    serve,
    settle,
    tell,
    view_of,
    wait_for_painting,
)
from tests.gui.window_fixtures import calm

__all__ = ["calm", "open_page"]


def png(path: Path, width: int = 30, height: int = 20, mode: str = "RGB") -> Path:
    Image.new(mode, (width, height), (200, 30, 60) if mode == "RGB" else (200, 30, 60, 0)).save(path)
    return path


class TestPictures:
    def test_two_pictures_at_once_are_content_and_style(self, open_page: OpenPage, tmp_path: Path) -> None:
        page = open_page()
        first, second = png(tmp_path / "a.png"), png(tmp_path / "b.png", mode="RGBA")
        page.open_paths([first, second])
        serve(page)
        assert [source.value for source in page.state.sources] == [str(first), str(second)]
        assert page.subject.complete is not None
        page.undo()
        assert page.state == StyleState()

    def test_one_picture_is_the_content_and_one_on_a_tile_is_that_tiles(
        self, open_page: OpenPage, tmp_path: Path
    ) -> None:
        page = open_page()
        page.open_path(png(tmp_path / "a.png"))
        page._dropped_on(1, png(tmp_path / "b.png"))
        serve(page)
        assert [source.value for source in page.state.sources] == [
            str(tmp_path / "a.png"),
            str(tmp_path / "b.png"),
        ]
        assert page.state.tile == 1

    def test_of_several_files_those_that_are_no_pictures_are_left_out(
        self, open_page: OpenPage, tmp_path: Path
    ) -> None:
        page = open_page()
        said = QSignalSpy(page.said)
        letter, other = tmp_path / "letter.xyz", tmp_path / "empty.png"
        letter.write_bytes(b"\x00\x01Dear all")
        other.write_bytes(b"")
        page.open_paths([letter, other])
        assert page.state == StyleState() and "left out" in said.at(0)[0]
        page.open_paths([png(tmp_path / "a.png"), letter, png(tmp_path / "b.png")])
        serve(page)
        assert [Path(source.value).name for source in page.state.sources] == ["a.png", "b.png"]

    def test_a_file_that_was_written_since_is_read_again(self, open_page: OpenPage, tmp_path: Path) -> None:
        page = open_page()
        path = png(tmp_path / "a.png")
        page.open_path(path)
        serve(page)
        first = page.subject.content
        page.open_path(path)
        serve(page)
        assert page.subject.content is first
        png(path, width=50)
        os.utime(path, (1, 1))
        page.open_path(path)
        serve(page)
        assert page.subject.content is not None and page.subject.content.width == 50
        path.unlink()
        page.open_path(png(path, width=60))
        path.unlink()  # between the drop and the start: nothing else is to be put back
        serve(page)
        assert page.state.content.value == str(path) and "a.png" in page.panel.tiles.tiles[0].accessibleName()

    def test_nobody_is_asked_for_pictures_that_are_on_their_way(self, open_page: OpenPage) -> None:
        page = open_page()
        page.change(replace(page.state, content=SourceState("sample", "coffee")))
        assert page.subject.coming and page.subject.content is None
        assert view_of(page).stage.line.text() != INVITE
        serve(page)
        assert not page.subject.coming

    def test_what_cannot_be_read_changes_nothing_and_says_why(
        self, open_page: OpenPage, tmp_path: Path
    ) -> None:
        page = open_page()
        page._stroke_added((0.2, False, ((0.5, 0.5),)))
        before = page.state
        said = QSignalSpy(page.said)
        gone, letter = png(tmp_path / "gone.png"), tmp_path / "letter.txt"
        letter.write_text("Dear all")
        page.open_path(gone)
        gone.unlink()  # between the drop and the start
        serve(page)
        assert page.state == before and "gone.png" in said.at(0)[0]
        page._dropped_on(1, letter)
        assert page.state == before and "letter.txt" in said.at(said.count() - 1)[0]

    def test_a_session_whose_file_is_gone_says_so_in_the_tile(
        self, open_page: OpenPage, tmp_path: Path
    ) -> None:
        lost = StyleState(content=SourceState("file", str(tmp_path / "lost.png")))
        page = open_page(state=lost)
        assert page.state == lost and not paintings(page)
        assert "lost.png" in page.panel.tiles.tiles[0].accessibleName()
        page.open_path(png(tmp_path / "other.png"))  # the missing place is filled first
        serve(page)
        assert page.subject.complete is not None

    def test_a_pasted_picture_fills_the_chosen_tile(self, open_page: OpenPage) -> None:
        page = open_page()
        page._tile_chosen(1)
        image = QImage(30, 20, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.darkCyan)
        page.paste_image(image)
        serve(page)
        assert page.state.styles[0].kind == "file" and page.state.content == StyleState().content
        assert page.subject.styles[0] is not None and page.subject.styles[0].width == 30

    def test_what_plays_is_looked_at_until_a_picture_is_taken(
        self, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        from gui.widgets import pasted

        monkeypatch.setattr(pasted, "default_folder", lambda: tmp_path)
        page = open_page()
        page.take_source(SourceState("camera", "any"))
        assert page.state == StyleState() and not page.panel.take_button.isVisible()
        page.picture_came(load_sample("coffee"))
        page.panel.picker_section.set_folded(False)
        assert page.panel.take_button.isVisible()
        page.panel.take_button.click()
        serve(page)
        assert page.state.content.kind == "file" and not page.panel.take_button.isVisible()
        content = page.subject.content
        assert content is not None and np.array_equal(content.pixels, load_sample("coffee").pixels)


class TestTrouble:
    @pytest.mark.parametrize("size", [(1, 1), (9000, 1)])
    def test_pictures_of_one_row_are_refused_in_a_sentence(
        self, open_page: OpenPage, qtbot: QtBot, tmp_path: Path, size: tuple[int, int]
    ) -> None:
        page = open_page(inline, StyleState(settings=SMALL))
        settle(page, qtbot)
        page.open_path(png(tmp_path / "thin.png", *size))
        qtbot.waitUntil(lambda: "too small" in view_of(page).stage.notice.text, timeout=10_000)
        assert len(view_of(page).desk.runs) == 1  # the painting before is still there
        page.undo()
        qtbot.waitUntil(lambda: not view_of(page).stage.notice.text, timeout=10_000)

    def test_identical_pictures_and_extreme_shapes_are_painted(
        self, open_page: OpenPage, qtbot: QtBot, tmp_path: Path
    ) -> None:
        same = SourceState("file", str(png(tmp_path / "same.png", 600, 4)))
        page = open_page(inline, StyleState(content=same, styles=(same,), settings=SMALL))
        settle(page, qtbot)
        run = view_of(page).desk.current
        assert run is not None and run.phase == "done" and run.painted is not None
        assert run.painted.pixels.shape == (16, 40, 3)

    def test_too_large_for_the_memory_offers_a_size_that_fits(self, open_page: OpenPage) -> None:
        page = open_page()
        finish(page)
        view = view_of(page)
        view._planned(replace(PLAN, bytes=9_000_000_000, largest=480))
        assert "9.0 GB" in view.stage.notice.text
        view.stage.notice.buttons[0].click()
        assert page.state.settings.size == 480

    def test_memory_that_runs_out_goes_on_smaller_from_the_last_picture(
        self, open_page: OpenPage, qtbot: QtBot
    ) -> None:
        page = open_page()
        view = view_of(page)
        tell(page, 9)
        finish(page, 9, "memory")
        assert "ran out" in view.stage.notice.text and view.stage.picture.pixels is not None
        view.stage.notice.buttons[0].click()
        request = wait_for_painting(page, 2, qtbot)
        assert request.settings.size == 176 and request.begin is view.desk.runs[0].moments[-1].iterate

    def test_a_refusal_is_told_and_can_be_tried_again(self, open_page: OpenPage, qtbot: QtBot) -> None:
        page = open_page()
        held(page).fail(held(page).jobs(PaintStyle)[-1], ErrorReport("The net is not here.", "Import it."))
        QApplication.processEvents()
        view = view_of(page)
        assert view.stage.notice.text == "The net is not here. Import it." and page.tour_ready()
        assert view.stage.line.text() == NOTHING
        view.stage.notice.buttons[0].click()
        wait_for_painting(page, 2, qtbot)
        assert not view.stage.notice.text

    def test_a_restored_large_painting_waits_to_be_asked_for(self, open_page: OpenPage, qtbot: QtBot) -> None:
        page = open_page(state=StyleState(settings=StyleSettings(size=1024, levels=3, steps=600)))
        view = view_of(page)
        assert (
            not paintings(page)
            and "600 steps at 1024 × 681 pixels" in view.stage.notice.text
            and view.stage.line.text() == NOTHING
            and page.tour_ready()
        )
        view.stage.notice.buttons[0].click()
        assert wait_for_painting(page, 1, qtbot).settings.size == 1024


class TestTakingAway:
    def test_a_painting_is_saved_with_its_settings_and_opens_them_again(
        self, open_page: OpenPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page = open_page()
        page._settings_changed(replace(StyleSettings(), beta=40.0), "")
        finish(page)
        path = tmp_path / "painting.png"
        monkeypatch.setattr(export, "save_dialog", lambda *_: path)
        next(verb for verb in page.verbs() if verb.title.startswith("Save painting with")).run()
        found = state_in(path)
        assert found is not None and found.settings == page.state.settings
        page.reset()
        page.open_path(path)
        assert page.state.settings.beta == 100 and "painted here" in page.stage.notice.text
        page.stage.notice.buttons[0].click()
        assert page.state.settings.beta == 40 and not page.stage.notice.text
        page.open_path(path)
        page.stage.notice.buttons[1].click()
        assert page.state.content == SourceState("file", str(path))

    def test_a_full_disk_is_a_sentence(
        self, open_page: OpenPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page = open_page()
        finish(page)
        said = QSignalSpy(page.said)

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(export, "save_dialog", lambda *_: tmp_path / "a.png")
        monkeypatch.setattr(Path, "write_bytes", full)
        for verb in view_of(page).verbs()[1:4]:
            verb.run()
        assert [said.at(i)[0] for i in range(3)] == [
            "a.png could not be saved. The disk is full. Free some space or choose another disk."
        ] * 3
        assert view_of(page).desk.runs[0].phase == "done"

    def test_before_anything_is_painted_the_verbs_say_so(self, open_page: OpenPage) -> None:
        page = open_page()
        said = QSignalSpy(page.said)
        for verb in view_of(page).verbs()[:3]:
            verb.run()
        assert [said.at(i)[0].split(".")[0] for i in range(3)] == ["Nothing is painted yet"] * 3

    def test_film_and_picture(self, open_page: OpenPage) -> None:
        page = open_page()
        tell(page, 0)
        finish(page)
        film = view_of(page).film()
        assert film is not None and len(film.indices) == 2
        run = view_of(page).desk.runs[0]
        assert len(saving.csv(run).decode().splitlines()) == 151
        assert {"Copy painting", "Save animation (GIF or MP4)…", "Save curves (CSV)…"} <= {
            v.title for v in page.verbs()
        }
