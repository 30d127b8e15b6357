"""Labelled folders as tools write them, and as accidents leave them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.detection.labels import LabelledBox, read_labels, reading
from engine.errors import UserError
from engine.picture_files import stored_size

VOC = """<annotation><filename>{name}.png</filename><size><width>{width}</width><height>{height}</height>
<depth>3</depth></size>{things}</annotation>"""
THING = (
    "<object><name>{label}</name><bndbox><xmin>{0}</xmin><ymin>{1}</ymin><xmax>{2}</xmax><ymax>{3}</ymax>"
    "</bndbox></object>"
)


def picture(path: Path, width: int = 200, height: int = 100) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.zeros((height, width, 3), np.uint8)).save(path)


def voc(
    path: Path, *things: tuple[str, float, float, float, float], width: int = 200, height: int = 100
) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    body = "".join(THING.format(*thing[1:], label=thing[0]) for thing in things)
    path.write_text(VOC.format(name=path.stem, width=width, height=height, things=body))


def test_voc_counts_pixels_from_one_and_includes_the_last(tmp_path: Path) -> None:
    voc(tmp_path / "Annotations" / "a.xml", ("dog", 1, 1, 200, 100), ("cat", 11, 21, 60, 70))
    picture(tmp_path / "JPEGImages" / "a.png")
    found = read_labels(tmp_path)
    assert found.kind == "VOC" and found.classes == ("cat", "dog") and not found.broken
    (one,) = found.pictures
    assert one.boxes == (LabelledBox("dog", (0, 0, 200, 100)), LabelledBox("cat", (10, 20, 60, 70)))
    assert one.path == tmp_path / "JPEGImages" / "a.png"
    np.testing.assert_allclose(found.shapes(), [[1, 1], [0.25, 0.5]])


def test_yolo_takes_its_size_from_the_picture(tmp_path: Path) -> None:
    picture(tmp_path / "images" / "train" / "a.jpg", 400, 300)
    labels = tmp_path / "labels" / "train"
    labels.mkdir(parents=True)
    (labels / "a.txt").write_text("1 0.5 0.5 0.25 0.5\n\n0 0.05 0.1 0.1 0.2 0.9\n")
    (tmp_path / "classes.txt").write_text("person\ncar\n")
    found = read_labels(tmp_path)
    assert found.kind == "YOLO" and found.classes == ("person", "car") and found.boxes == 2
    (one,) = found.pictures
    assert (one.width, one.height) == (400, 300)
    assert [box.label for box in one.boxes] == ["car", "person"]
    np.testing.assert_allclose(one.boxes[0].box, (150, 75, 250, 225))
    np.testing.assert_allclose(one.boxes[1].box, (0, 0, 40, 60), atol=1e-9)


def test_without_names_classes_have_numbers(tmp_path: Path) -> None:
    picture(tmp_path / "a.png")
    (tmp_path / "a.txt").write_text("2 0.5 0.5 0.5 0.5")
    assert read_labels(tmp_path).classes == ("class 0", "class 1", "class 2")


def test_an_empty_label_file_is_a_picture_without_things(tmp_path: Path) -> None:
    picture(tmp_path / "a.png")
    (tmp_path / "a.txt").write_text("")
    found = read_labels(tmp_path)
    assert found.boxes == 0 and len(found.pictures) == 1 and found.shapes().shape == (0, 2)


BROKEN_VOC = {
    "cut": ("<annotation><obj", "no complete XML"),
    "other": ("<svg/>", "not <annotation>"),
    "bomb": ("<!DOCTYPE a [<!ENTITY b 'c'>]><annotation/>", "entities"),
    "size": ("<annotation/>", "states no size"),
    "word": (
        VOC.format(name="x", width=9, height=9, things=THING.format("one", 1, 5, 5, label="dog")),
        "number",
    ),
    "thin": (
        VOC.format(name="x", width=9, height=9, things=THING.format(6, 1, 5, 5, label="dog")),
        "no area",
    ),
    "away": (
        VOC.format(name="x", width=9, height=9, things=THING.format(50, 1, 60, 5, label="dog")),
        "outside",
    ),
    "nan": (
        VOC.format(name="x", width=9, height=9, things=THING.format("nan", 1, 5, 5, label="dog")),
        "no number",
    ),
    "anon": (VOC.format(name="x", width=9, height=9, things=THING.format(1, 1, 5, 5, label=" ")), "no name"),
}


@pytest.mark.parametrize("name", BROKEN_VOC)
def test_broken_voc_files_are_listed(tmp_path: Path, name: str) -> None:
    text, why = BROKEN_VOC[name]
    voc(tmp_path / "good.xml", ("dog", 1, 1, 9, 9))
    (tmp_path / f"{name}.xml").write_text(text)
    found = read_labels(tmp_path)
    assert len(found.pictures) == 1
    assert [one.name for one in found.broken] == [f"{name}.xml"] and why in found.broken[0].why


BROKEN_YOLO = {
    "few": ("0 0.5 0.5 0.5", "4 numbers"),
    "class": ("0.5 0.5 0.5 0.5 0.5", "no class number"),
    "many": ("7 0.5 0.5 0.5 0.5", "only 2 classes"),
    "pixels": ("0 120 50 30 30", "outside of 0 to 1"),
    "words": ("0 0.5 half 0.5 0.5", "half"),
    "nan": ("0 0.5 nan 0.5 0.5", "outside of 0 to 1"),
    "flat": ("0 0.5 0.5 0 0.5", "no area"),
}


@pytest.mark.parametrize("name", BROKEN_YOLO)
def test_broken_yolo_files_are_listed(tmp_path: Path, name: str) -> None:
    text, why = BROKEN_YOLO[name]
    (tmp_path / "obj.names").write_text("person\ncar\n")
    for stem, content in (("good", "1 0.5 0.5 0.5 0.5"), (name, text)):
        picture(tmp_path / f"{stem}.png")
        (tmp_path / f"{stem}.txt").write_text(content)
    found = read_labels(tmp_path)
    assert [one.name for one in found.pictures] == ["good"]
    assert [one.name for one in found.broken] == [f"{name}.txt"] and why in found.broken[0].why


def test_labels_without_their_picture_and_pictures_that_are_broken(tmp_path: Path) -> None:
    picture(tmp_path / "good.png")
    (tmp_path / "bad.png").write_bytes(b"\x89PNG nothing more")
    for stem in ("good", "bad", "lost"):
        (tmp_path / f"{stem}.txt").write_text("0 0.5 0.5 0.5 0.5")
    (tmp_path / "bytes.txt").write_bytes(b"\xff\xfe\x00\xd8")
    found = read_labels(tmp_path)
    why = {one.name: one.why for one in found.broken}
    assert "damaged" in why["bad.txt"] and "not there" in why["lost.txt"] and "no text" in why["bytes.txt"]


def test_nothing_that_can_be_used_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no folder"):
        read_labels(tmp_path / "gone")
    with pytest.raises(UserError, match="holds no labels"):
        read_labels(tmp_path)
    (tmp_path / "a.txt").write_text("0 0.5 0.5 0.5 0.5")
    with pytest.raises(UserError, match="None of the 1 label files"):
        read_labels(tmp_path)


def test_reading_tells_how_far_it_is(tmp_path: Path) -> None:
    for name in "abc":
        voc(tmp_path / f"{name}.xml", ("dog", 1, 1, 9, 9))
    assert [step for step in reading(tmp_path) if isinstance(step, tuple)] == [(1, 3), (2, 3), (3, 3)]


def test_a_size_without_decoding_is_that_of_the_upright_picture(tmp_path: Path) -> None:
    image = Image.fromarray(np.zeros((30, 50, 3), np.uint8))
    exif = Image.Exif()
    exif[0x0112] = 6
    image.save(tmp_path / "a.jpg", exif=exif)
    assert stored_size(tmp_path / "a.jpg") == (30, 50)
    image.save(tmp_path / "b.jpg")
    assert stored_size(tmp_path / "b.jpg") == (50, 30)
    with pytest.raises(UserError, match="not there"):
        stored_size(tmp_path / "c.jpg")
