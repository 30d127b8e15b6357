"""The engine's faces on press photographs and a film: YuNet of the catalogue, a person's own MobileFaceNet."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from engine.context import Context
from engine.cv import cv2
from engine.faces.detect import overlap
from engine.faces.embedders import embed, own_files
from engine.faces.found import Face
from engine.faces.live import faces_of
from engine.faces.requests import HAAR, YUNET, FaceSettings
from engine.images import from_array, open_picture
from engine.networks.requests import ImportWeights
from engine.networks.steps import at_once
from engine.networks.weights.files import import_weights
from engine.sources import load_sample

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


def test_the_cascade_takes_nothing_else_for_a_face(assets: Path) -> None:
    look = FaceSettings(detector=HAAR, embedder="")
    assert len(faces_of(open_picture(assets / "images" / "multiface.jpg").pixels, look)) == 6
    for path in sorted((assets / "faces" / "portraits").glob("*.jpg")):
        assert len(faces_of(open_picture(path).pixels, look)) == len(TWO.get(path.stem, ["one"])), path.name


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


def test_a_crop_is_the_one_that_opencv_cuts(assets: Path) -> None:
    """alignCrop needs no net of its own: any graph opens the class that has it."""
    models = assets / "models"
    theirs = cv2.FaceRecognizerSF.create(str(models / "mobilefacenet_128d.onnx"), "")
    for name in ("obama.jpg", "two_people.jpg", "rose_leslie1.jpg"):
        pixels = open_picture(assets / "faces" / "portraits" / name).pixels
        for face in faces_of(pixels, FaceSettings(detector=YUNET, embedder="")):
            assert face.landmarks is not None
            row = np.concatenate([[0, 0, 1, 1], face.landmarks.reshape(-1), [1]]).astype(np.float32)
            wanted = theirs.alignCrop(np.ascontiguousarray(pixels[:, :, ::-1]), row)[:, :, ::-1]
            inside = wanted.any(2)  # theirs is black beyond the picture
            difference = np.abs(face.crop.astype(int) - wanted)[inside]
            assert difference.mean() < 0.1 and np.percentile(difference, 99.9) <= 3


def test_a_cat_a_very_small_face_and_odd_pictures(assets: Path) -> None:
    only = FaceSettings(detector=YUNET, embedder="", smallest=20)
    assert faces_of(load_sample("cat").pixels, only) == ()
    portrait = open_picture(assets / "faces" / "portraits" / "obama.jpg").pixels
    large = faces_of(portrait, only)[0]
    scale = 30 / large.quality.size
    small = cv2.resize(portrait, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    (face,) = faces_of(np.asarray(small, np.uint8), only)
    assert face.quality.size == pytest.approx(30, abs=6)
    grey = from_array(portrait.mean(2).astype(np.uint8), "grey").pixels
    clear = from_array(np.dstack([portrait, np.full(portrait.shape[:2], 255, np.uint8)]), "clear").pixels
    for pixels in (grey, clear):
        assert overlap(faces_of(pixels, only)[0].box, large.box) > 0.8
    for shape in ((1, 1), (1, 8000), (8000, 20), (8000, 8000)):
        assert faces_of(np.zeros((*shape, 3), np.uint8), only) == ()


def test_a_file_that_was_imported_gives_the_numbers_of_the_plain_net(assets: Path) -> None:
    taken = import_weights(ImportWeights(assets / "models" / "mobilefacenet_128d.onnx"), Context())
    status = at_once(taken).status
    face = faces_of(open_picture(assets / "faces" / "portraits" / "obama.jpg").pixels, LOOK)[0]
    rows, maker = embed(face.crop[None], status.name)
    net = cv2.dnn.readNetFromONNX(str(assets / "models" / "mobilefacenet_128d.onnx"))
    net.setInput(cv2.dnn.blobFromImage(face.crop[:, 8:104], 1 / 128, mean=(127.5,) * 3))
    wanted = net.forward()[0]
    assert maker.size == (96, 112) and maker.title == status.title
    assert np.allclose(rows[0], wanted / np.linalg.norm(wanted), atol=1e-5)
    assert face.embedding is not None and np.allclose(rows[0], face.embedding, atol=1e-6)
