"""A detector before labelled pictures: pages of digits composed on the spot, or a folder."""

from __future__ import annotations

import logging
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from engine.context import Context
from engine.detection.evaluation.digit_pages import Page, compose
from engine.detection.evaluation.requests import (
    DIGITS,
    LEAST_SCORE,
    MOST_FINDS,
    MOST_PAGES,
    MOST_PICTURES,
    Evaluated,
    EvaluateFolder,
    EvaluatePages,
    PageRead,
    ReadPage,
)
from engine.detection.labels import LabelFolder, LabelledPicture, reading
from engine.detection.live import detect_picture
from engine.detection.requests import Annotated, DetectorSettings, DetectPicture
from engine.detection.scoring import Found, Truth
from engine.errors import UserError
from engine.images import Frame, fit, open_picture, publish
from engine.networks.importing import imported

log = logging.getLogger(__name__)

SETTINGS: Final = DetectorSettings(least=LEAST_SCORE, most=MOST_FINDS)
SHOWN_SIDE: Final = 640
"""Longer side in pixels of a picture that is kept to be shown."""


def pages(request: EvaluatePages, context: Context) -> Generator[Any, None, Evaluated]:
    """Answer an EvaluatePages."""
    if not 1 <= request.count <= MOST_PAGES:
        raise UserError(f"Between 1 and {MOST_PAGES} pages can be read, not {request.count}.")
    result = Evaluated(
        f"{request.count} pages of digits", DIGITS, tuple("0123456789"), (), (), (), request.count
    )
    for number in range(request.first, request.first + request.count):
        page = yield from _page(number, context)
        frame = Frame(page.pixels, f"page {number}")
        answer = yield from detect_picture(DetectPicture(DIGITS, frame, SETTINGS), context)
        result = _with(
            replace(result, detector=answer.title), frame, answer.found, Truth(page.boxes, page.kinds)
        )
        yield context.progress(len(result.frames), result.of, "Reading pages of digits")
        if not result.complete:
            yield context.partial(result)
    return result


def read_page(request: ReadPage, context: Context) -> Generator[Any, None, PageRead]:
    """Answer a ReadPage."""
    settings = DetectorSettings()
    if request.frame is not None:
        asked = DetectPicture(DIGITS, request.frame, settings, raw=True)
        answer = yield from detect_picture(asked, context)
        return PageRead(request, request.frame, np.zeros((0, 4)), np.zeros(0, np.int64), answer)
    page = yield from _page(request.number, context)
    frame = Frame(page.pixels, f"page {request.number} of digits")
    answer = yield from detect_picture(DetectPicture(DIGITS, frame, settings, raw=True), context)
    return PageRead(request, frame, page.boxes, page.kinds, answer)


def _page(number: int, context: Context) -> Generator[Any, None, Page]:
    yield from imported("sklearn.datasets", context)
    from sklearn.datasets import load_digits

    digits = load_digits()
    yield
    return compose(number, digits.images, digits.target)


def folder(request: EvaluateFolder, context: Context) -> Generator[Any, None, Evaluated]:
    """Answer an EvaluateFolder. Raises UserError for a folder without labels or with classes that the net knows not."""
    labels = yield from _labels(Path(request.folder), context)
    usable = [picture for picture in labels.pictures if picture.path is not None]
    name = Path(request.folder).name
    if not usable:
        raise UserError(
            f"The pictures of {name} are not there, only their labels.", "Put them beside their label files."
        )
    wanted = usable[:MOST_PICTURES]
    result = Evaluated(name, request.detector, labels.classes, (), (), (), len(wanted))
    strange, unread = 0, len(labels.broken) + len(labels.pictures) - len(usable)
    for picture in wanted:
        seen = yield from _looked_at(picture, request.detector, labels.classes, context)
        if seen is None:
            unread += 1
            result = replace(result, of=result.of - 1)
            continue
        frame, found, truth, title, of_others = seen
        strange += of_others
        note = _note(strange, unread, len(usable) - len(wanted))
        result = _with(replace(result, detector=title, note=note), frame, found, truth)
        yield context.progress(len(result.frames), result.of, f"Looking at {name}")
        if not result.complete:
            yield context.partial(result)
    result = replace(result, note=_note(strange, unread, len(usable) - len(wanted)))
    if not result.frames:
        raise UserError(f"No picture of {name} can be opened.", "Choose another folder.")
    return result


def _looked_at(
    picture: LabelledPicture, detector: str, classes: tuple[str, ...], context: Context
) -> Generator[Any, None, tuple[Frame, Found, Truth, str, int] | None]:
    """A picture for the screen, what was found and what is there, the net's title, finds of other classes.

    None where the picture cannot be opened.
    """
    assert picture.path is not None
    try:
        frame = open_picture(picture.path)
    except UserError as error:
        log.info("%s is left out: %s", picture.path, error)
        return None
    yield
    answer = yield from detect_picture(DetectPicture(detector, frame, SETTINGS), context)
    found, of_others = _in_their_classes(answer, classes)
    return *_to_be_shown(frame, found, picture, classes), answer.title, of_others


def _labels(root: Path, context: Context) -> Generator[Any, None, LabelFolder]:
    for step in reading(root):
        if isinstance(step, LabelFolder):
            return step
        yield context.progress(*step, "Reading labels")
    raise UserError(f"{root.name} holds no labels.", "Choose a folder in VOC or YOLO format.")


def _in_their_classes(answer: Annotated, classes: tuple[str, ...]) -> tuple[Found, int]:
    """The finds under the numbers of the folder's classes, and how many are of none of them.

    Raises UserError where the net knows none of the folder's classes.
    """
    numbers = {label.casefold(): index for index, label in enumerate(classes)}
    known = np.array([numbers.get(label.casefold(), -1) for label in answer.classes], np.int64)
    if (known < 0).all():
        raise UserError(
            f"{answer.title} knows none of the classes of this folder ({', '.join(classes[:5])}).",
            "Choose a detector that was trained on them.",
        )
    kinds = known[answer.found.classes]
    kept = kinds >= 0
    return Found(answer.found.boxes[kept], answer.found.scores[kept], kinds[kept]), int((~kept).sum())


def _to_be_shown(
    frame: Frame, found: Found, picture: LabelledPicture, classes: tuple[str, ...]
) -> tuple[Frame, Found, Truth]:
    """The picture in a size for the screen, with all boxes in its pixels."""
    small = Frame(publish(fit(frame.pixels, SHOWN_SIDE)), picture.name)
    boxes = np.array([box.box for box in picture.boxes], np.float64).reshape(-1, 4)
    kinds = np.array([classes.index(box.label) for box in picture.boxes], np.int64)
    to_small = np.tile([small.width / frame.width, small.height / frame.height], 2)
    stated = np.tile([small.width / picture.width, small.height / picture.height], 2)
    return small, replace(found, boxes=found.boxes * to_small), Truth(boxes * stated, kinds)


def _with(result: Evaluated, frame: Frame, found: Found, truth: Truth) -> Evaluated:
    return replace(
        result,
        frames=(*result.frames, frame),
        found=(*result.found, found),
        truth=(*result.truth, truth),
    )


def _note(unknown: int, unread: int, beyond: int) -> str:
    parts = []
    if unknown:
        parts.append(f"{unknown:,} finds of classes that the folder does not label are left out")
    if unread:
        parts.append(f"{unread:,} {'file' if unread == 1 else 'files'} could not be used")
    if beyond:
        parts.append(f"the first {MOST_PICTURES} pictures, {beyond:,} more are left out")
    return "; ".join(parts)
