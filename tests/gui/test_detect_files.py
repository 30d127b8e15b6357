"""The detection page: a folder of pictures, and what can be taken away."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from engine.detection.folders.requests import ListPictures
from engine.errors import UserError
from engine.images import Frame
from engine.jobs import Cancelled
from gui import export
from gui.pages.detect import exports, saving
from gui.pages.detect.page import DetectPage
from gui.pages.detect.saver import Saver
from gui.pages.detect.state import with_hidden
from gui.widgets.source_state import SourceState
from tests.gui import canned_detect
from tests.gui.detect_fixtures import CAT, ON_PHOTO, OpenPage, held, open_page, photo, press, verb
from tests.gui.page_fixtures import process_events
from tests.gui.window_fixtures import HeldEngine, calm

__all__ = ["calm", "held", "open_page", "photo"]

# --- folders and files ----------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three pictures, named so that their order is not that of letters, and a text."""
    place = tmp_path / "pictures"
    place.mkdir()
    for number, shade in ((2, 60), (10, 120), (1, 180)):
        Image.new("RGB", (80, 60), (shade, shade, shade)).save(place / f"b{number}.png")
    (place / "notes.txt").write_text("no picture")
    return place


class TestFolder:
    def test_arrows_go_through_it(self, photo: DetectPage, folder: Path) -> None:
        photo.open_path(folder)
        process_events()
        assert photo.state.folder == str(folder) and photo.state.source.value.endswith("b1.png")
        assert photo.stepper.isVisible() and "Picture 1 of 3 in pictures" in photo.panel.folder.words.text()
        press(photo, Qt.Key.Key_Right)
        press(photo, Qt.Key.Key_Right)
        assert photo.state.source.value.endswith("b10.png") and photo.stepper.index == 2
        assert photo.shown is not None and photo.shown.answer.frame.name == "b10.png"
        press(photo, Qt.Key.Key_Left)
        assert photo.state.source.value.endswith("b2.png")
        photo.undo()
        process_events()
        assert photo.state.folder == "" and not photo.stepper.isVisible() and photo.state.source == CAT

    def test_another_picture_leaves_it(self, photo: DetectPage, folder: Path) -> None:
        photo.open_path(folder)
        process_events()
        photo.picker.pick(CAT)
        process_events()
        assert photo.state.folder == "" and not photo.stepper.isVisible()

    def test_an_empty_folder_is_a_sentence(self, photo: DetectPage, tmp_path: Path) -> None:
        (tmp_path / "empty").mkdir()
        said = QSignalSpy(photo.said)
        photo.open_path(tmp_path / "empty")
        process_events()
        assert "no pictures in empty" in said.at(0)[0] and photo.state == ON_PHOTO

    def test_a_saved_folder_is_read_again(self, open_page: OpenPage, folder: Path) -> None:
        state = replace(ON_PHOTO, folder=str(folder), source=SourceState("file", str(folder / "b2.png")))
        page = open_page(state=state)
        assert page.stepper.isVisible() and page.stepper.index == 1 and page.state == state
        gone = open_page(state=replace(state, folder="/nowhere/at/all"))
        assert gone.state.folder == "" and not gone.stepper.isVisible()

    def test_all_of_it_is_found_and_saved(
        self,
        photo: DetectPage,
        qtbot: QtBot,
        folder: Path,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        photo.open_path(folder)
        process_events()
        photo.change(with_hidden(photo.state, "dog", True))
        target = tmp_path / "all.coco.json"
        monkeypatch.setattr(saving, "ask", lambda *_: (target, "COCO"))
        said = QSignalSpy(photo.said)
        verb(photo, "Find in all 3 pictures").run()
        qtbot.waitUntil(target.exists)
        qtbot.waitUntil(lambda: not photo.saver.busy)
        data = json.loads(target.read_text())
        assert [one["file_name"] for one in data["images"]] == ["b1.png", "b2.png", "b10.png"]
        names = {one["id"]: one["name"] for one in data["categories"]}
        found = sorted(names[one["category_id"]] for one in data["annotations"])
        assert found == ["cat"] * 6, "the dogs are hidden, and the frog is scored too low"
        assert "1 could not be opened, the first of them broken.png" in said.at(said.count() - 1)[0]

    def test_cancelled_nothing_is_saved(self, held: tuple[DetectPage, HeldEngine], folder: Path) -> None:
        from engine.detection.folders.requests import DetectFolder, PictureList

        page, engine = held
        page.folder.open(str(folder))
        engine.answer(engine.jobs(ListPictures)[-1], PictureList(str(folder), (str(folder / "b1.png"),)))
        process_events()
        said = QSignalSpy(page.said)
        page.folder.find_in_all(folder / "x.csv", "CSV")
        engine.emit(Cancelled(engine.jobs(DetectFolder)[-1]))
        process_events()
        assert "nothing of the folder was saved" in said.at(1)[0] and not (folder / "x.csv").exists()

    def test_the_button_asks(self, photo: DetectPage, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        answers = ["", str(folder)]
        monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: answers.pop(0))
        photo.panel.folder.button.click()
        process_events()
        assert photo.state.folder == ""
        photo.panel.folder.button.click()
        process_events()
        assert photo.state.folder == str(folder)


class TestExports:
    def test_the_frame_with_its_boxes(
        self, photo: DetectPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "frame.png"
        monkeypatch.setattr(export, "save_dialog", lambda *_: path)
        verb(photo, "Save the frame with its boxes").run()
        saved = np.asarray(Image.open(path).convert("RGB"))
        frame = photo.frame
        assert frame is not None and saved.shape == frame.pixels.shape
        changed = (saved != frame.pixels).any(-1).mean()
        assert 0.005 < changed < 0.5, "boxes are on it, and the photo beneath is as it was"

    @pytest.mark.parametrize(
        ("kind", "name"), [("CSV", "a.csv"), ("JSON", "a.json"), ("COCO", "a.coco.json"), ("YOLO", "a")]
    )
    def test_the_finds_in_every_format(
        self, photo: DetectPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: Any, name: str
    ) -> None:
        path = tmp_path / name
        monkeypatch.setattr(saving, "ask", lambda *_: (path, kind))
        photo.change(with_hidden(photo.state, "dog", True))
        process_events()
        said = QSignalSpy(photo.said)
        verb(photo, "Save the finds of this frame").run()
        assert "2 boxes of 1 picture" in said.at(0)[0]
        if kind == "YOLO":
            assert sorted(file.name for file in path.iterdir()) == ["Chelsea_the_cat.txt", "classes.txt"]
            assert (path / "classes.txt").read_text() == "cat\ndog\nfrog\n"
            assert (path / "Chelsea_the_cat.txt").read_text().startswith("0 0.")
        else:
            assert path.read_text().count("cat") >= 2 and "0.93" not in path.read_text(), "the dog is hidden"

    def test_one_writer_at_a_time_and_closing_ends_it(self, qtbot: QtBot, tmp_path: Path) -> None:
        from threading import Event

        saver, going, ended = Saver(), Event(), Event()
        recorded = canned_detect.recorded(Frame(np.zeros((64, 64, 3), np.uint8), "x"))

        def write(go_on: Callable[[], bool]) -> str:
            going.set()
            while go_on():
                time.sleep(0.001)
            sentence = saving.save(tmp_path / "y", "YOLO", [recorded], canned_detect.CLASSES, go_on)
            ended.set()
            return sentence

        said = QSignalSpy(saver.said)
        saver.save(write)
        assert going.wait(5) and saver.busy
        with pytest.raises(UserError, match="still being written"):
            saver.save(write)
        saver.close()
        process_events()
        assert ended.is_set() and not saver.busy and said.count() == 0
        assert list((tmp_path / "y").iterdir()) == []

    def test_a_writer_that_fails_says_so(self, qtbot: QtBot, tmp_path: Path) -> None:
        saver = Saver()

        def write(_go_on: Callable[[], bool]) -> str:
            return saving.save(tmp_path / "gone" / "x.csv", "CSV", [], ())

        with qtbot.waitSignal(saver.said) as said:
            saver.save(write)
        assert "folder does not exist" in said.args[0] and said.args[1] == "error" and not saver.busy

    def test_where_and_as_what(self, photo: DetectPage, monkeypatch: pytest.MonkeyPatch) -> None:
        picked = iter(
            [("/a/x", saving.FILTERS["COCO"]), ("/a/x.csv", saving.FILTERS["YOLO"]), ("", ""),
             ("/a/x.json", saving.FILTERS["CSV"])]
        )  # fmt: skip
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: next(picked))
        assert saving.ask(photo, "t", "n") == (Path("/a/x.coco.json"), "COCO")
        assert saving.ask(photo, "t", "n") == (Path("/a/x"), "YOLO")
        assert saving.ask(photo, "t", "n") is None
        assert saving.ask(photo, "t", "n") == (Path("/a/x.csv"), "CSV")

    def test_a_place_that_cannot_be_written_to_is_a_sentence(
        self, photo: DetectPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        said = QSignalSpy(photo.said)
        for kind, path in (("CSV", tmp_path / "no" / "a.csv"), ("YOLO", tmp_path / "no" / "a")):
            monkeypatch.setattr(saving, "ask", lambda *_, found=(path, kind): found)
            verb(photo, "Save the finds of this frame").run()
        assert said.count() == 2 and all(said.at(i)[1] == "error" for i in range(2))

    def test_table_picture_and_caption(self, photo: DetectPage, tmp_path: Path) -> None:
        header, rows = exports.DetectExports(photo).table()
        assert header[:3] == ("class", "label", "score") and len(rows) == 3
        path = export.save_svg(exports.DetectExports(photo).picture(), tmp_path / "a.svg")
        assert b"<svg" in path.read_bytes()[:400]
        assert "3 found" in exports.DetectExports(photo).caption

    def test_before_an_answer_there_is_nothing_to_save(self, open_page: OpenPage) -> None:
        page = open_page(HeldEngine)
        with pytest.raises(UserError, match="nothing to save"):
            exports.DetectExports(page).table()
        assert not [one for one in exports.own_verbs(page) if "finds" in one.title]
