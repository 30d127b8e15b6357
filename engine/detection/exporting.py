"""What was found, as the texts of files that other programs read: CSV, JSON, COCO and YOLO labels. No torch, no pixels.

Whoever writes them does so whole or not at all (in the window: gui.export.save_text).
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from engine.detection.boxes import area
from engine.detection.requests import Annotated, Corners
from engine.detection.scoring import Found
from engine.errors import UserError

Format = Literal["CSV", "JSON", "COCO", "YOLO"]
FORMATS: Final[tuple[Format, ...]] = ("CSV", "JSON", "COCO", "YOLO")

COLUMNS: Final = ("picture", "frame", "time_s", "track", "label", "class", "score", "x1", "y1", "x2", "y2")
NAMES_FILE: Final = "classes.txt"
"""The names of the classes beside YOLO labels, a line each, as labelling programs keep them."""


@dataclass(frozen=True, slots=True, eq=False)
class Recorded:
    """The finds of one picture, without its pixels: what stays of an Annotated while a recording goes on.

    `time_s`: since the beginning of the recording, or of the clock of the frames. `width`, `height` in pixels.
    """

    name: str
    index: int
    time_s: float
    width: int
    height: int
    found: Found
    tracks: npt.NDArray[np.int64] | None = None

    @classmethod
    def of(cls, annotated: Annotated, since: float = 0.0) -> Recorded:
        """What to keep of an answer; finds with a value that is no number are left out."""
        found, tracks = annotated.found, annotated.tracks
        usable = np.isfinite(found.boxes).all(axis=1) & np.isfinite(found.scores)
        if not usable.all():
            found = Found(found.boxes[usable], found.scores[usable], found.classes[usable])
            tracks = None if tracks is None else tracks[usable]
        frame = annotated.frame
        return cls(frame.name, frame.index, frame.time_s - since, frame.width, frame.height, found, tracks)


@dataclass(frozen=True, slots=True)
class _Row:
    kind: int
    score: float
    box: Corners
    track: int | None


def texts(kind: Format, pictures: Sequence[Recorded], classes: Sequence[str]) -> dict[str, str]:
    """The content of each file of an export by its name: one file, or for YOLO one a picture and the names' list.

    Raises UserError where a find is of a class that has no name.
    """
    _check(pictures, classes)
    if kind == "CSV":
        return {"detections.csv": csv_text(pictures, classes)}
    if kind == "JSON":
        return {"detections.json": _json(json_data(pictures, classes))}
    if kind == "COCO":
        return {"coco.json": _json(coco_data(pictures, classes))}
    return yolo_texts(pictures, classes)


# --- tables and JSON ----------------------------------------------------------------------------------------------


def csv_text(pictures: Sequence[Recorded], classes: Sequence[str]) -> str:
    """A line a find, with COLUMNS above: corners in pixels, `track` empty where nothing was tracked."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in pictures:
        for row in _rows(one):
            track = "" if row.track is None else row.track
            writer.writerow(
                (one.name, one.index, round(one.time_s, 4), track, classes[row.kind], row.kind, row.score, *row.box)
            )  # fmt: skip
    return stream.getvalue()


def json_data(pictures: Sequence[Recorded], classes: Sequence[str]) -> dict[str, Any]:
    """The names of the classes and, picture by picture, the finds with label, score, corners and track."""
    return {
        "classes": list(classes),
        "pictures": [
            {
                "picture": one.name,
                "frame": one.index,
                "time_s": round(one.time_s, 4),
                "width": one.width,
                "height": one.height,
                "detections": [
                    {
                        "label": classes[row.kind],
                        "class": row.kind,
                        "score": row.score,
                        "box": list(row.box),
                    }
                    | ({} if row.track is None else {"track": row.track})
                    for row in _rows(one)
                ],
            }
            for one in pictures
        ],
    }


def coco_data(pictures: Sequence[Recorded], classes: Sequence[str]) -> dict[str, Any]:
    """COCO's layout: images, annotations with bbox [x, y, width, height] inside of the picture, categories from 1 on.

    Annotations carry a `score` besides, and `track_id` where things were tracked. Lin et al., Microsoft COCO, 2014.
    """
    annotations: list[dict[str, Any]] = []
    for image, one in enumerate(pictures, start=1):
        for row in _rows(one):
            box = _inside(row.box, one)
            if box is None:
                continue
            annotation = {
                "id": len(annotations) + 1,
                "image_id": image,
                "category_id": row.kind + 1,
                "bbox": [box[0], box[1], round(box[2] - box[0], 3), round(box[3] - box[1], 3)],
                "area": round(float(area(box)), 3),
                "iscrowd": 0,
                "score": row.score,
            }
            annotations.append(annotation | ({} if row.track is None else {"track_id": row.track}))
    stems = _stems(pictures)
    return {
        "info": {"description": "Detections by ConvScope"},
        "images": [
            {"id": number, "file_name": _file_name(one, stem), "width": one.width, "height": one.height}
            for number, (one, stem) in enumerate(zip(pictures, stems, strict=True), start=1)
        ],
        "annotations": annotations,
        "categories": [{"id": number, "name": name} for number, name in enumerate(classes, start=1)],
    }


def yolo_texts(pictures: Sequence[Recorded], classes: Sequence[str]) -> dict[str, str]:
    """YOLO's labels: for each picture a .txt with "class centre_x centre_y width height" a find, as shares 0..1."""
    found = {NAMES_FILE: "".join(f"{name}\n" for name in classes)}
    for one, stem in zip(pictures, _stems(pictures), strict=True):
        lines = []
        for row in _rows(one):
            box = _inside(row.box, one)
            if box is not None:
                lines.append(_yolo_line(row.kind, box, one.width, one.height))
        found[f"{stem}.txt"] = "".join(lines)
    return found


def _yolo_line(kind: int, box: Corners, width: int, height: int) -> str:
    x1, y1, x2, y2 = box
    shares = ((x1 + x2) / 2 / width, (y1 + y2) / 2 / height, (x2 - x1) / width, (y2 - y1) / height)
    return f"{kind} {' '.join(f'{share:.6f}' for share in shares)}\n"


# --- of both ------------------------------------------------------------------------------------------------------


def _check(pictures: Sequence[Recorded], classes: Sequence[str]) -> None:
    most = max((int(one.found.classes.max(initial=-1)) for one in pictures), default=-1)
    if most >= len(classes):
        raise UserError(
            f"Something of class {most} was found, but only {len(classes)} classes have names.",
            "Import the detector again with the list of names that belongs to it.",
        )


def _rows(one: Recorded) -> list[_Row]:
    """The finds, rounded to what a pixel and a score are worth; none with a value that is no number."""
    boxes = np.round(one.found.boxes.astype(np.float64), 3).tolist()
    scores = np.round(one.found.scores.astype(np.float64), 5).tolist()
    tracks = [None] * len(scores) if one.tracks is None else one.tracks.tolist()
    rows = zip(one.found.classes.tolist(), scores, boxes, tracks, strict=True)
    return [
        _Row(kind, score, tuple(box), track)
        for kind, score, box, track in rows
        if np.isfinite((score, *box)).all()
    ]


def _inside(box: Corners, one: Recorded) -> Corners | None:
    """The part of a box that lies in the picture; None where nothing does."""
    x1, x2 = max(box[0], 0.0), min(box[2], float(one.width))
    y1, y2 = max(box[1], 0.0), min(box[3], float(one.height))
    return (x1, y1, x2, y2) if x2 > x1 and y2 > y1 else None


def _stems(pictures: Sequence[Recorded]) -> list[str]:
    """A name for the file of each picture, none twice: frames of a video and a camera carry their number."""
    bare = [_bare(one.name) for one in pictures]
    counts: dict[str, int] = {}
    for name in bare:
        counts[name] = counts.get(name, 0) + 1
    found: list[str] = []
    used: set[str] = {Path(NAMES_FILE).stem}
    for one, name in zip(pictures, bare, strict=True):
        stem = f"{name}_{one.index:06d}" if counts[name] > 1 else name
        unique, number = stem, 2
        while unique.casefold() in used:
            unique, number = f"{stem}-{number}", number + 1
        used.add(unique.casefold())
        found.append(unique)
    return found


def _bare(name: str) -> str:
    """The name without its suffix and without what a file system may refuse."""
    stem = Path(name).stem if re.search(r"\.\w{2,4}$", name) else name
    return re.sub(r"[^\w.-]+", "_", stem).strip("._")[:100] or "picture"


def _file_name(one: Recorded, stem: str) -> str:
    suffix = Path(one.name).suffix if re.search(r"\.(png|jpe?g|bmp|webp|tiff?)$", one.name, re.I) else ".png"
    return f"{stem}{suffix}"


def _json(data: Mapping[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
