"""Labelled pictures from disk: Pascal VOC (.xml) and YOLO (.txt) folders. Broken files are listed, never fatal."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from engine.errors import UserError
from engine.picture_files import stored_size

Kind = Literal["VOC", "YOLO"]
Corners = tuple[float, float, float, float]
PICTURES: Final = (".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff")
NAME_FILES: Final = ("classes.txt", "obj.names", "names.txt", "labels.txt")
"""Where the classes of a YOLO folder may be named, one a line."""
MOST_FILES: Final = 50_000
LARGEST_FILE: Final = 4_000_000
"""Bytes of one label file; a thousand boxes take a hundred thousand."""
SLACK: Final = 1e-3
"""How far beyond the picture's edge a box of a YOLO file may reach by rounding, in shares of the picture."""


@dataclass(frozen=True, slots=True)
class LabelledBox:
    """A thing in a picture: its class's name and its corners (x1, y1, x2, y2) in pixels, continuous coordinates."""

    label: str
    box: Corners


@dataclass(frozen=True, slots=True)
class LabelledPicture:
    """One picture: its name, its file (None where only the labels are there), its size in pixels, its things."""

    name: str
    path: Path | None
    width: int
    height: int
    boxes: tuple[LabelledBox, ...]


@dataclass(frozen=True, slots=True)
class BrokenFile:
    """A file that could not be used, and why: a sentence."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class LabelFolder:
    """What a folder holds. `classes`: the names in the order of their numbers (YOLO), or of the alphabet (VOC)."""

    kind: Kind
    classes: tuple[str, ...]
    pictures: tuple[LabelledPicture, ...]
    broken: tuple[BrokenFile, ...]

    @property
    def boxes(self) -> int:
        """How many things there are in all pictures."""
        return sum(len(picture.boxes) for picture in self.pictures)

    def shapes(self) -> npt.NDArray[np.float64]:
        """float64[N, 2]: width and height of every box, in shares of its picture."""
        rows = [
            ((b.box[2] - b.box[0]) / p.width, (b.box[3] - b.box[1]) / p.height)
            for p in self.pictures
            for b in p.boxes
        ]
        return np.asarray(rows, np.float64).reshape(-1, 2)


def read_labels(folder: str | Path) -> LabelFolder:
    """Read a folder with all below it. Raises UserError where no label file is in it, or none can be used."""
    found = None
    for found in reading(folder):  # noqa: B007 - the last one is the answer
        pass
    assert isinstance(found, LabelFolder)
    return found


def reading(folder: str | Path) -> Iterator[tuple[int, int] | LabelFolder]:
    """The same file by file: (done, of) after each one, and the LabelFolder at the end."""
    root = Path(folder)
    kind, files = _label_files(root)
    names = _names(root) if kind == "YOLO" else ()
    pictures: list[LabelledPicture] = []
    broken: list[BrokenFile] = []
    for done, path in enumerate(files, start=1):
        try:
            pictures.append(_voc(path, root) if kind == "VOC" else _yolo(path, root, names))
        except UserError as error:
            broken.append(BrokenFile(path.relative_to(root).as_posix(), error.sentence))
        yield done, len(files)
    if not pictures:
        raise UserError(
            f"None of the {len(files)} label files in {root.name} can be used: {broken[0].name}: {broken[0].why}",
            "Choose a folder with labels in VOC (.xml) or YOLO (.txt) format.",
        )
    yield LabelFolder(kind, _classes(kind, names, pictures), tuple(pictures), tuple(broken))


def _label_files(root: Path) -> tuple[Kind, list[Path]]:
    """Which format a folder is in, and its label files in the order of their names."""
    if not root.is_dir():
        raise UserError(f"There is no folder {root}.", "It may have been moved or renamed; choose it again.")
    found: dict[str, list[Path]] = {".xml": [], ".txt": []}
    try:
        for count, path in enumerate(root.rglob("*")):
            if count >= MOST_FILES:
                break
            if path.suffix.lower() in found and path.is_file():
                found[path.suffix.lower()].append(path)
    except OSError as error:
        raise UserError(
            f"The folder {root.name} cannot be read ({error.strerror}).", "Check its permissions."
        ) from error
    texts = [path for path in found[".txt"] if path.name.lower() not in NAME_FILES]
    if found[".xml"] and len(found[".xml"]) >= len(texts):
        return "VOC", sorted(found[".xml"])
    if texts:
        return "YOLO", sorted(texts)
    raise UserError(
        f"{root.name} holds no labels.",
        "VOC labels are .xml files, YOLO labels are .txt files beside their pictures.",
    )


def _text(path: Path) -> str:
    """What a label file says. Raises UserError where it cannot be read as text."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise UserError("It is larger than any label file.")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UserError(f"It cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise UserError("It is no text file.") from error


def _picture_of(path: Path, root: Path, name: str = "") -> Path | None:
    """The picture that belongs to a label file: beside it, or in the folder of pictures beside its folder."""
    names = [name] if name else [path.stem + suffix for suffix in PICTURES]
    parts = path.parent.relative_to(root).parts
    folders = [
        path.parent,
        path.parent.parent,
        path.parent.parent / "JPEGImages",
        path.parent.parent / "images",
    ]
    if "labels" in parts:  # labels/train/a.txt belongs to images/train/a.jpg
        at = len(parts) - 1 - parts[::-1].index("labels")
        folders.append(root.joinpath(*parts[:at], "images", *parts[at + 1 :]))
    for folder in folders:
        for candidate in names:
            if (folder / candidate).is_file():
                return folder / candidate
    return None


def _checked(box: Corners, width: int, height: int, where: str) -> Corners:
    """The box cut to the picture. Raises UserError where nothing of it is left, or where it is no box."""
    x1, y1, x2, y2 = box
    if not all(math.isfinite(value) for value in box):
        raise UserError(f"{where} has a coordinate that is no number.")
    if x2 <= x1 or y2 <= y1:
        raise UserError(f"{where} has no area: its corners are ({x1:g}, {y1:g}) and ({x2:g}, {y2:g}).")
    cut = (max(x1, 0.0), max(y1, 0.0), min(x2, float(width)), min(y2, float(height)))
    if cut[2] <= cut[0] or cut[3] <= cut[1]:
        raise UserError(f"{where} lies outside of its picture of {width} × {height} pixels.")
    return cut


# --- Pascal VOC -------------------------------------------------------------------------------------------


def _voc(path: Path, root: Path) -> LabelledPicture:
    """Pixels of VOC are counted from 1 and both ends belong to the box (Everingham et al. 2010)."""
    from xml.etree import ElementTree

    text = _text(path)
    if "<!ENTITY" in text or "<!DOCTYPE" in text:
        raise UserError("It declares entities of its own, which no label file needs.")
    try:
        tree = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise UserError(f"It is no complete XML: {error}.") from error
    if tree.tag != "annotation":
        raise UserError(f"Its root is <{tree.tag}> and not <annotation>.")
    picture = _picture_of(path, root, Path(tree.findtext("filename", "").strip() or path.stem).name)
    width, height = _voc_size(tree, picture)
    boxes = []
    for number, thing in enumerate(tree.iter("object"), start=1):
        corners = [
            _number(thing.findtext(f"bndbox/{key}"), f"object {number}, {key}")
            for key in ("xmin", "ymin", "xmax", "ymax")
        ]
        box = (corners[0] - 1, corners[1] - 1, corners[2], corners[3])
        label = thing.findtext("name", "").strip()
        if not label:
            raise UserError(f"Object {number} has no name.")
        boxes.append(LabelledBox(label, _checked(box, width, height, f"Object {number}")))
    return LabelledPicture(path.stem, picture, width, height, tuple(boxes))


def _voc_size(tree: object, picture: Path | None) -> tuple[int, int]:
    """The size that the file states, that of the picture where it states none (some tools write 0)."""
    from xml.etree.ElementTree import Element

    assert isinstance(tree, Element)
    stated = [tree.findtext(f"size/{key}", "").strip() for key in ("width", "height")]
    if all(text.isdigit() and int(text) > 0 for text in stated):
        return int(stated[0]), int(stated[1])
    if picture is None:
        raise UserError("It states no size, and its picture is not there.")
    return stored_size(picture)


def _number(text: str | None, where: str) -> float:
    try:
        return float(text or "")
    except ValueError as error:
        said = f"“{text.strip()}”" if text and text.strip() else "nothing"
        raise UserError(f"A number is missing ({where}): it says {said}.") from error


# --- YOLO -------------------------------------------------------------------------------------------------


def _yolo(path: Path, root: Path, names: tuple[str, ...]) -> LabelledPicture:
    """A line a thing: class, centre x, centre y, width, height, all but the class in shares of the picture."""
    lines = [line.split() for line in _text(path).splitlines() if line.strip()]
    picture = _picture_of(path, root)
    if picture is None:
        raise UserError("Its picture is not there, so its size is not known.")
    width, height = stored_size(picture)
    boxes = []
    for number, words in enumerate(lines, start=1):
        if len(words) not in (5, 6):  # a sixth number is a score
            raise UserError(f"Line {number} has {len(words)} numbers instead of 5.")
        kind = _number(words[0], f"line {number}, class")
        if not kind.is_integer() or kind < 0:
            raise UserError(f"Line {number} begins with {words[0]}, which is no class number.")
        if names and kind >= len(names):
            raise UserError(f"Line {number} is of class {words[0]}, but only {len(names)} classes are named.")
        x, y, w, h = (_number(word, f"line {number}") for word in words[1:5])
        if not all(-SLACK <= value <= 1 + SLACK for value in (x, y, w, h)):
            raise UserError(f"Line {number} has a value outside of 0 to 1.")
        box = ((x - w / 2) * width, (y - h / 2) * height, (x + w / 2) * width, (y + h / 2) * height)
        label = names[int(kind)] if names else f"class {int(kind)}"
        boxes.append(LabelledBox(label, _checked(box, width, height, f"Line {number}")))
    return LabelledPicture(path.stem, picture, width, height, tuple(boxes))


def _names(root: Path) -> tuple[str, ...]:
    """The names of the classes, () where no file tells them."""
    for name in NAME_FILES:
        for path in sorted(root.rglob(name)):
            return tuple(line.strip() for line in _text(path).splitlines() if line.strip())
    return ()


def _classes(kind: Kind, names: tuple[str, ...], pictures: list[LabelledPicture]) -> tuple[str, ...]:
    if names:
        return names
    used = {box.label for picture in pictures for box in picture.boxes}
    if kind == "YOLO":
        most = max((int(label.removeprefix("class ")) for label in used), default=-1)
        return tuple(f"class {number}" for number in range(most + 1))
    return tuple(sorted(used))
