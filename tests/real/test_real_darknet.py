"""Real Darknet nets against OpenCV's own reader of the same files. Skipped where CONVSCOPE_ASSETS has none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.cv import cv2
from engine.detection import class_names
from engine.detection.boxes import iou, nms
from engine.detection.darknet import load
from engine.detection.darknet.net import DarknetNet
from engine.detection.yolo import detect, raw
from engine.errors import UserError
from engine.networks.program import program_of

NAMES = ("yolo-fastest-1.1", "yolo-fastest-1.1-xl")
LEAST, OVERLAP = 0.25, 0.45


@dataclass(frozen=True)
class Both:
    """The same files, read here and by OpenCV."""

    ours: DarknetNet
    theirs: cv2.dnn.Net


@pytest.fixture(scope="module", params=NAMES)
def both(request: pytest.FixtureRequest, assets: Path) -> Both:
    cfg, weights = (assets / "models" / f"{request.param}.{suffix}" for suffix in ("cfg", "weights"))
    return Both(load(cfg, weights), cv2.dnn.readNetFromDarknet(str(cfg), str(weights)))


@pytest.fixture(scope="module")
def pictures(assets: Path) -> dict[str, np.ndarray]:
    """RGB: the three photos, and frames from the whole of the video."""
    found = {name: cv2.imread(str(assets / "images" / f"{name}.jpg")) for name in ("dog", "person", "horses")}
    video = cv2.VideoCapture(str(assets / "videos" / "people.mp4"))
    for number, frame in enumerate(frames(video)):
        if number % 25 == 0:
            found[f"frame {number}"] = frame
    video.release()
    assert len(found) == 8
    return {name: cv2.cvtColor(picture, cv2.COLOR_BGR2RGB) for name, picture in found.items()}


def frames(video: cv2.VideoCapture) -> Iterator[np.ndarray]:
    while True:
        came, frame = video.read()
        if not came:
            return
        yield frame


def opencv_rows(net: cv2.dnn.Net, rgb: np.ndarray) -> np.ndarray:
    """[N, 85] as cv2.dnn answers: centre and size as shares, objectness, scores (0 below its own 0.2)."""
    net.setInput(cv2.dnn.blobFromImage(rgb, 1 / 255, (320, 320), swapRB=False, crop=False))
    return np.concatenate(net.forward(net.getUnconnectedOutLayersNames()))


def opencv_finds(rows: np.ndarray, width: int, height: int) -> list[tuple[int, float, np.ndarray]]:
    """Class, score and corners of what is left after suppression within each class."""
    scores, classes = rows[:, 5:].max(1), rows[:, 5:].argmax(1)
    centre, half = rows[:, :2], rows[:, 2:4] / 2
    corners = np.concatenate([centre - half, centre + half], 1) * [width, height, width, height]
    found = []
    for kind in np.unique(classes[scores >= LEAST]):
        mine = np.flatnonzero((classes == kind) & (scores >= LEAST))
        found += [
            (int(kind), float(scores[i]), corners[i]) for i in mine[nms(corners[mine], scores[mine], OVERLAP)]
        ]
    return sorted(found, key=lambda one: -one[1])


def test_the_same_finds(both: Both, pictures: dict[str, np.ndarray]) -> None:
    labels = class_names.known("coco")
    total = 0
    for name, rgb in pictures.items():
        height, width = rgb.shape[:2]
        expected = opencv_finds(opencv_rows(both.theirs, rgb), width, height)
        found = detect(both.ours, rgb, LEAST, OVERLAP)
        assert [d.label for d in found] == [labels[kind] for kind, _, _ in expected], name
        for ours, (_, score, box) in zip(found, expected, strict=True):
            assert ours.score == pytest.approx(score, abs=0.01), name
            assert iou(ours.box, box) > 0.98, name
        total += len(found)
    assert total > 20


def test_every_box_before_suppression(both: Both, pictures: dict[str, np.ndarray]) -> None:
    """All 1,500 cells and anchors, in OpenCV's order: boxes within a hundredth of a pixel of the net's input."""
    rgb = pictures["dog"]
    height, width = rgb.shape[:2]
    said, rows = raw(both.ours, rgb), opencv_rows(both.theirs, rgb)
    assert said.places is not None and said.objectness is not None
    order = np.lexsort(said.places[:, ::-1].T)
    assert len(rows) == len(order) == 3 * (10 * 10 + 20 * 20)
    centre, half = rows[:, :2], rows[:, 2:4] / 2
    corners = np.concatenate([centre - half, centre + half], 1)
    np.testing.assert_allclose(
        said.boxes[order] / [width, height, width, height], corners, rtol=2e-3, atol=2e-4
    )
    np.testing.assert_allclose(said.objectness[order], rows[:, 4], atol=1e-3)


def test_what_is_known_to_be_there(assets: Path, pictures: dict[str, np.ndarray]) -> None:
    stem = assets / "models" / NAMES[1]
    net = load(f"{stem}.cfg", f"{stem}.weights")
    found = {d.label: round(d.score, 2) for d in detect(net, pictures["dog"], 0.5)}
    assert found == {"dog": 0.96, "bicycle": 0.89, "car": 0.84}
    found = {d.label: round(d.score, 2) for d in detect(net, pictures["person"], 0.98)}
    assert found == {"person": 0.99, "dog": 0.98}
    persons = [d for d in detect(net, pictures["frame 50"], fit="letterbox") if d.label == "person"]
    assert 5 <= len(persons) <= 9


def test_its_layers_one_by_one(assets: Path) -> None:
    """What the maps page runs gives the same answers as the net in one go."""
    stem = assets / "models" / NAMES[0]
    net = load(f"{stem}.cfg", f"{stem}.weights")
    x = torch.rand(1, 3, 320, 320, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        program = program_of(net, (3, 320, 320), "yolo", "Yolo")
        answers = net(x)
        last = program.run(x, [program.output])[program.output]
    torch.testing.assert_close(last, answers[-1])


def test_a_list_beside_the_cfg_of_another_length(assets: Path, tmp_path: Path) -> None:
    stem = assets / "models" / NAMES[0]
    names = tmp_path / "few.names"
    names.write_text("cup\n")
    with pytest.raises(UserError, match=r"few\.names has 1 names, but the net knows 80 classes"):
        load(f"{stem}.cfg", f"{stem}.weights", names)
    assert load(f"{stem}.cfg", f"{stem}.weights", assets / "models" / "coco.names").labels[3] == "motorbike"
