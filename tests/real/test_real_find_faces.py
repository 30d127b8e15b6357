"""The engine's faces on press photographs and a film: YuNet of the catalogue, a person's own MobileFaceNet."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from engine.cv import cv2
from engine.faces.embedders import own_files
from engine.faces.found import Face
from engine.faces.live import faces_of
from engine.faces.requests import YUNET, FaceSettings
from engine.images import open_picture

OWN = "imported/mobilefacenet_128d.onnx"
LOOK = FaceSettings(detector=YUNET, embedder=OWN, smallest=30)
TWO = {"obama_and_biden": ["biden", "obama"], "two_people": ["obama", "biden"]}


@pytest.fixture(autouse=True)
def models(assets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A models folder with YuNet, and MobileFaceNet as a file of one's own."""
    folder = tmp_path / "models"
    (folder / "imported").mkdir(parents=True)
    monkeypatch.setenv("CONVSCOPE_MODELS", str(folder))
    yunet = "face_detection_yunet_2023mar.onnx"
    (folder / yunet).symlink_to(assets / "models" / yunet)
    own = folder / "imported" / "mobilefacenet_128d.onnx"
    own.symlink_to(assets / "models" / own.name)
    own.with_suffix(".json").write_text(
        json.dumps({"title": "MobileFaceNet", "size": [96, 112], "dimensions": 128})
    )
    assert own_files() == [own]
    return folder


def people(assets: Path) -> list[tuple[str, Face]]:
    """Everybody on the press photographs, by name; of two people from left to right."""
    found = []
    for path in sorted((assets / "faces" / "portraits").glob("*.jpg")):
        names = TWO.get(path.stem, [path.stem.rstrip("0123456789")])
        faces = faces_of(open_picture(path).pixels, LOOK)[: len(names)]
        assert len(faces) == len(names), path.name
        found += list(zip(names, sorted(faces, key=lambda face: face.box[0]), strict=True))
    return found


def test_every_same_pair_is_closer_than_every_different_pair(assets: Path) -> None:
    same, different = [], []
    for (name, a), (other, b) in itertools.combinations(people(assets), 2):
        assert a.embedding is not None and b.embedding is not None
        distance = float(((a.embedding - b.embedding) ** 2).sum())
        (same if name == other else different).append(distance)
    assert len(same) >= 10 and len(different) >= 40
    assert max(same) < min(different)


def test_six_faces_in_one_photo(assets: Path) -> None:
    faces = faces_of(open_picture(assets / "images" / "multiface.jpg").pixels, LOOK)
    assert len(faces) == 6
    assert all(face.landmarks is not None and face.quality.yaw is not None for face in faces)


def test_a_film_has_six_or_seven_faces_a_frame(assets: Path) -> None:
    film = cv2.VideoCapture(str(assets / "videos" / "people.mp4"))
    counts = []
    for number in range(60):
        _, frame = film.read()
        if number % 10 == 0:
            look = FaceSettings(detector=YUNET, embedder="", smallest=20)
            counts.append(len(faces_of(np.ascontiguousarray(frame[:, :, ::-1]), look)))
    film.release()
    assert 6 <= float(np.median(counts)) <= 7 and min(counts) >= 4


def test_sixty_faces_at_once(assets: Path) -> None:
    portrait = open_picture(assets / "faces" / "portraits" / "obama.jpg").pixels
    tile = cv2.resize(
        portrait, (120, round(120 * portrait.shape[0] / portrait.shape[1])), interpolation=cv2.INTER_AREA
    )
    montage = np.tile(tile, (6, 10, 1))
    faces = faces_of(montage, FaceSettings(detector=YUNET, embedder=OWN, smallest=20, most=64))
    assert len(faces) >= 55
    rows = np.stack([face.embedding for face in faces if face.embedding is not None])
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
