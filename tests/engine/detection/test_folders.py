"""Folders of pictures: their order, what is refused, and finds that are those of every picture alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from engine import images
from engine.detection import detectors, live
from engine.detection.folders import listing
from engine.detection.folders.requests import DetectFolder, FolderFindings, ListPictures, PictureList
from engine.detection.requests import Annotated, DetectorSettings, DetectPicture
from engine.inline import InlineEngine
from engine.jobs import Done, Failed, Progress
from engine.networks.steps import at_once


def pictures(request: ListPictures) -> PictureList:
    found: PictureList = at_once(listing.respond(request, None))
    return found


class TestListing:
    def test_numbers_count_by_their_value(self, tmp_path: Path) -> None:
        for name in ("b10.png", "b2.PNG", "a.jpg", "b2 left.webp", "C1.tif", "notes.txt", ".hidden.png"):
            (tmp_path / name).write_bytes(b"x")
        (tmp_path / "deeper").mkdir()
        (tmp_path / "deeper" / "z.png").write_bytes(b"x")
        found = pictures(ListPictures(tmp_path))
        assert [Path(path).name for path in found.paths] == [
            "a.jpg", "b2 left.webp", "b2.PNG", "b10.png", "C1.tif",
        ]  # fmt: skip
        assert found.folder == str(tmp_path) and found.note == ""
        assert found.place(str(tmp_path / "b10.png")) == 3 and found.place("/elsewhere.png") is None

    def test_a_long_folder_is_cut_off_and_says_so(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(listing, "MOST_PICTURES", 2)
        for number in range(4):
            (tmp_path / f"{number}.png").write_bytes(b"x")
        found = pictures(ListPictures(str(tmp_path)))
        assert [Path(path).name for path in found.paths] == ["0.png", "1.png"]
        assert found.note == "The first 2 of 4 pictures."

    @pytest.mark.parametrize(("name", "sentence"), [("gone", "cannot be read"), ("", "no pictures in")])
    def test_what_is_refused(self, tmp_path: Path, name: str, sentence: str) -> None:
        from engine.errors import UserError

        with pytest.raises(UserError, match=sentence):
            pictures(ListPictures(tmp_path / name))


@pytest.fixture
def events() -> Iterator[list[Any]]:
    found: list[Any] = []
    yield found
    detectors.forget()
    live.forget()


def ask(events: list[Any], *requests: object) -> list[Any]:
    """The answers of one engine, in order."""
    engine = InlineEngine(events.append, device="cpu")
    engine.start()
    for request in requests:
        engine.submit(request)
    engine.close()
    return [event for event in events if isinstance(event, Done | Failed)]


def board(path: Path, shade: int) -> str:
    """A sheet with a one on it: a vertical stroke."""
    pixels = np.full((160, 200, 3), shade, np.uint8)
    pixels[40:120, 90:100] = 20
    Image.fromarray(pixels).save(path)
    return str(path)


class TestDetecting:
    def test_every_picture_as_if_it_were_alone(self, tmp_path: Path, events: list[Any]) -> None:
        paths = (board(tmp_path / "a.png", 255), board(tmp_path / "b.png", 230))
        broken = tmp_path / "broken.png"
        broken.write_bytes(b"\x89PNG\r\n\x1a\n and nothing else")
        settings = DetectorSettings(least=0.1)
        frames = [images.open_picture(path) for path in paths]
        answers = ask(
            events,
            DetectFolder("yolo-digits", (paths[0], str(broken), paths[1]), settings),
            *(DetectPicture("yolo-digits", frame, settings) for frame in frames),
        )
        whole: FolderFindings = answers[0].value
        assert [one.path for one in whole.pictures] == list(paths)
        assert [(one.width, one.height) for one in whole.pictures] == [(200, 160)] * 2
        assert whole.unread[0][0] == str(broken) and "broken.png" in whole.unread[0][1]
        for one, answer in zip(whole.pictures, answers[1:], strict=True):
            alone: Annotated = answer.value
            np.testing.assert_array_equal(one.found.boxes, alone.found.boxes)
            np.testing.assert_array_equal(one.found.scores, alone.found.scores)
            assert len(one.found.scores) >= 1, "the stroke is found"
        told = [e.message for e in events if isinstance(e, Progress) and e.message.startswith("Looking at")]
        assert told == ["Looking at a.png", "Looking at broken.png", "Looking at b.png"]

    def test_where_none_can_be_opened_it_says_why(self, tmp_path: Path, events: list[Any]) -> None:
        answers = ask(events, DetectFolder("yolo-digits", (str(tmp_path / "gone.png"),)))
        assert isinstance(answers[0], Failed) and "gone.png is not there" in answers[0].report.sentence
