"""Exports are read back by other readers: csv, json, and the reader of labels."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.detection.exporting import COLUMNS, NAMES_FILE, Recorded, texts
from engine.detection.labels import read_labels
from engine.detection.scoring import Found
from engine.errors import UserError

CLASSES = ("cat", "dog, big", "naïve “bird”")


def picture(
    name: str, boxes: list[list[float]], kinds: list[int], index: int = 0, tracks: list[int] | None = None
) -> Recorded:
    return Recorded(
        name,
        index,
        index / 25,
        200,
        100,
        Found(np.array(boxes, float).reshape(-1, 4), np.linspace(0.9, 0.5, len(kinds)), np.array(kinds, np.int64)),
        None if tracks is None else np.array(tracks, np.int64),
    )  # fmt: skip


@pytest.fixture
def pictures() -> list[Recorded]:
    return [
        picture("street.jpg", [[10, 20, 110.5, 80], [-5, -5, 20, 30.25]], [1, 2]),
        picture("walk.mp4", [[0, 0, 200, 100]], [0], index=7, tracks=[3]),
        picture("walk.mp4", [], [], index=8),
        picture("walk.mp4", [[300, 10, 400, 20]], [0], index=9, tracks=[4]),
    ]


def test_csv(pictures: list[Recorded]) -> None:
    rows = list(csv.DictReader(io.StringIO(texts("CSV", pictures, CLASSES)["detections.csv"])))
    assert tuple(rows[0]) == COLUMNS and len(rows) == 4
    assert rows[0]["label"] == "dog, big" and rows[1]["label"] == CLASSES[2]
    assert [float(rows[0][name]) for name in ("x1", "y1", "x2", "y2", "score")] == [10, 20, 110.5, 80, 0.9]
    assert [row["track"] for row in rows] == ["", "", "3", "4"] and rows[2]["time_s"] == "0.28"


def test_json(pictures: list[Recorded]) -> None:
    data = json.loads(texts("JSON", pictures, CLASSES)["detections.json"])
    assert data["classes"] == list(CLASSES)
    assert [len(one["detections"]) for one in data["pictures"]] == [2, 1, 0, 1]
    first = data["pictures"][0]["detections"][0]
    assert first == {"label": "dog, big", "class": 1, "score": 0.9, "box": [10.0, 20.0, 110.5, 80.0]}
    assert data["pictures"][1]["detections"][0]["track"] == 3


def test_coco(pictures: list[Recorded]) -> None:
    data = json.loads(texts("COCO", pictures, CLASSES)["coco.json"])
    assert [one["name"] for one in data["categories"]] == list(CLASSES)
    assert [one["id"] for one in data["categories"]] == [1, 2, 3]
    images = {one["id"]: one for one in data["images"]}
    assert len(images) == 4 and len({one["file_name"] for one in images.values()}) == 4
    ids = [one["id"] for one in data["annotations"]]
    assert ids == [1, 2, 3], "the box outside of the picture is left out"
    first, second, third = data["annotations"]
    assert first["bbox"] == [10, 20, 100.5, 60] and first["area"] == 6030 and first["category_id"] == 2
    assert second["bbox"] == [0, 0, 20, 30.25], "cut off at the border of the picture"
    assert third["image_id"] == 2 and third["track_id"] == 3 and third["iscrowd"] == 0


def test_yolo_labels_are_read_back(pictures: list[Recorded], tmp_path: Path) -> None:
    content = texts("YOLO", pictures, CLASSES)
    assert content[NAMES_FILE].splitlines() == list(CLASSES)
    assert sorted(content) == [
        NAMES_FILE, "street.txt", "walk_000007.txt", "walk_000008.txt", "walk_000009.txt"
    ]  # fmt: skip
    for name, text in content.items():
        (tmp_path / name).write_text(text, "utf-8")
        if name != NAMES_FILE:
            Image.new("RGB", (200, 100)).save(tmp_path / f"{Path(name).stem}.png")
    read = read_labels(tmp_path)
    assert not read.broken and read.classes == CLASSES
    found = {one.name: one.boxes for one in read.pictures}
    np.testing.assert_allclose(
        [one.box for one in found["street"]], [[10, 20, 110.5, 80], [0, 0, 20, 30.25]], atol=1e-3
    )
    assert [one.label for one in found["street"]] == [CLASSES[1], CLASSES[2]]
    assert not found["walk_000008"] and not found["walk_000009"]


def refuse(constant: str) -> None:
    raise AssertionError(f"{constant} was written")


def test_no_value_that_is_no_number_is_written() -> None:
    odd = picture("a.png", [[0, 0, float("nan"), 5], [1, 1, 2, 2], [3, 3, 4, 4]], [0, 0, 1])
    odd.found.scores[1] = np.inf
    rows = list(csv.DictReader(io.StringIO(texts("CSV", [odd], CLASSES)["detections.csv"])))
    assert [row["class"] for row in rows] == ["1"] and np.isfinite(float(rows[0]["score"]))
    for kind in ("JSON", "COCO"):
        (text,) = texts(kind, [odd], CLASSES).values()  # type: ignore[arg-type]
        json.loads(text, parse_constant=refuse)
    assert texts("YOLO", [odd], CLASSES)["a.txt"].split()[0] == "1"


def test_a_class_without_a_name_is_refused() -> None:
    with pytest.raises(UserError, match="class 3 was found, but only 3 classes"):
        texts("CSV", [picture("a.png", [[0, 0, 1, 1]], [3])], CLASSES)


def test_names_that_a_file_system_refuses_and_names_that_come_twice() -> None:
    several = [
        picture(name, [], []) for name in ("a/b: c?.png", "x.png", "X.jpg", "classes.png", "..", "cam 1.5m")
    ]
    names = [name for name in texts("YOLO", several, CLASSES) if name != NAMES_FILE]
    assert len(names) == len(several) and len({name.casefold() for name in names}) == len(several)
    assert not any(set(name) & set('/\\:?*"<>|') or name.startswith(".") for name in names)
    assert NAMES_FILE not in names
