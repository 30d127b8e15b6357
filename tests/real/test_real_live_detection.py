"""A published detector on real pictures, by the route of the live page. Skipped without CONVSCOPE_ASSETS."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.context import Context
from engine.detection import detectors, live
from engine.detection.live import detect_live, detect_picture, look_at_cell
from engine.detection.requests import Annotated, CellLook, DetectLive, DetectorSettings, DetectPicture
from engine.errors import UserError
from engine.images import Frame, open_picture
from engine.jobs import Partial
from engine.mailbox import Mailbox
from engine.networks.steps import at_once
from engine.networks.weights import store
from engine.video import open_video

NET = "yolo-fastest-1.1-xl-coco"


@pytest.fixture(autouse=True)
def models(assets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for suffix in ("cfg", "weights"):
        name = f"yolo-fastest-1.1-xl.{suffix}"
        (tmp_path / name).symlink_to(assets / "models" / name)
    monkeypatch.setenv(store.VARIABLE, str(tmp_path))
    yield tmp_path
    live.forget()


@pytest.fixture(scope="module", autouse=True)
def no_net_stays() -> Iterator[None]:
    yield
    detectors.forget()


def context() -> Context:
    return Context(device=torch.device("cpu"), torch_ready=True)


def run(steps: Generator[Any, None, Any]) -> Any:
    with torch.inference_mode():
        return at_once(steps)


@pytest.mark.parametrize(
    ("picture", "wanted"),
    [
        ("dog.jpg", {"dog", "bicycle", "car"}),
        ("person.jpg", {"person", "dog"}),
        ("eagle.jpg", {"bird"}),
        ("horses.jpg", {"horse"}),
    ],
)
def test_things_in_photos(assets: Path, picture: str, wanted: set[str]) -> None:
    frame = open_picture(assets / "images" / picture)
    found: Annotated = run(detect_picture(DetectPicture(NET, frame, DetectorSettings(least=0.4)), context()))
    assert wanted <= set(found.counts())
    assert len(found.grids) == 2 and [grid.stride for grid in found.grids] == [32, 16]
    assert found.found.boxes[:, 0].min() > -0.2 * frame.width


def test_the_cell_in_the_middle_of_the_dog_says_so(assets: Path) -> None:
    frame = open_picture(assets / "images" / "dog.jpg")
    found: Annotated = run(detect_picture(DetectPicture(NET, frame, raw=True), context()))
    assert found.raw is not None and found.raw.places is not None and found.raw.objectness is not None
    dog = [found.label(index) for index in range(len(found.found.classes))].index("dog")
    best = int(np.abs(found.raw.boxes - found.found.boxes[dog]).max(axis=1).argmin())
    grid, row, column, anchor = found.raw.places[best].tolist()
    cell = run(look_at_cell(CellLook(NET, frame, grid, row, column), context()))
    assert cell.normalised_by == "sigmoid" and cell.anchors[anchor].scores.argmax() == cell.classes.index(
        "dog"
    )
    np.testing.assert_allclose(cell.anchors[anchor].picture_box, found.found.boxes[dog], atol=1e-6)


def test_people_keep_their_numbers_through_a_video(assets: Path) -> None:
    """Measured: 10 to 13 persons are found a frame; those of the first frame are followed to the end."""
    box: Mailbox[Frame] = Mailbox()
    steps = detect_live(DetectLive(NET, box, DetectorSettings(least=0.4)), context())
    grabber = open_video(assets / "videos" / "people.mp4")
    numbers: list[set[int]] = []
    try:
        for index in range(12):
            pixels = grabber.read()
            assert pixels is not None
            box.put(Frame(pixels, "people.mp4", index / 25, index))
            answer = run_to_partial(steps)
            assert answer.counts().get("person", 0) >= 6 and answer.dropped == 0
            assert answer.tracks is not None
            numbers.append(set(answer.tracks.tolist()))
    finally:
        grabber.close()
        steps.close()
    assert len(numbers[0] & numbers[-1]) >= 5
    assert max(set.union(*numbers)) <= 3 * len(numbers[0]), "numbers are given away for nothing"


def run_to_partial(steps: Generator[Any, None, Any]) -> Annotated:
    with torch.inference_mode():
        for event in steps:
            if isinstance(event, Partial):
                assert isinstance(event.value, Annotated)
                return event.value
    raise AssertionError("the job has ended")


def test_weights_that_are_cut_off_are_refused(models: Path, assets: Path) -> None:
    path = models / "yolo-fastest-1.1-xl.weights"
    whole = path.read_bytes()
    path.unlink()
    path.write_bytes(whole[:100_000])
    detectors.forget()
    with pytest.raises(UserError, match=r"yolo-fastest-1\.1-xl\.weights is damaged"):
        run(detect_picture(DetectPicture(NET, Frame(np.zeros((8, 8, 3), np.uint8), "a")), context()))
