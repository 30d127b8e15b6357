"""Pictures of identities to learn from: bundled digits, drawn faces, a folder with one sub-folder a person."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal, cast

import numpy as np
import numpy.typing as npt

from engine.context import Context, Idle
from engine.errors import UserError
from engine.faces.drawn import CROP, draw_window
from engine.faces.looks import name_of
from engine.images import publish
from engine.natural import in_order
from engine.networks.importing import imported

Source = Literal["digits", "drawn", "folder"]
DIGIT_SIDE, FACE_SIDE = 8, 32
FEWEST_PEOPLE, FEWEST_PHOTOS = 4, 4
MOST_PEOPLE, MOST_PHOTOS = 60, 40
DRAWN_PEOPLE, DRAWN_PHOTOS = 24, 16
TURNS: Final = 8
PICTURE_NAMES: Final = (".png", ".jpg", ".jpeg", ".pgm", ".bmp", ".webp", ".tif", ".tiff")


@dataclass(frozen=True, slots=True, eq=False)
class Identities:
    """`pictures` uint8[N, s, s] grey; `labels` int64[N]: places in `names`."""

    pictures: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int64]
    names: tuple[str, ...]

    @property
    def side(self) -> int:
        return int(self.pictures.shape[1])


def load(source: Source, folder: str = "") -> Identities:
    """The same in one go."""
    steps = loading(source, Context(), folder)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return cast(Identities, end.value)


def loading(source: Source, context: Context, folder: str = "") -> Generator[Idle | None, None, Identities]:
    """Load in short steps. Raises UserError: the folder has too few people or pictures, or one cannot be read."""
    if source == "digits":
        yield from imported("sklearn.datasets", context)
        people = digits()
        yield None
        return people
    if source == "folder":
        return (yield from people_of(Path(folder)))
    for person in range(DRAWN_PEOPLE):
        for view in range(DRAWN_PHOTOS):
            _drawn_face(person, view)
            yield None
    return drawn()


@lru_cache(maxsize=1)
def digits() -> Identities:
    """The 1,797 handwritten digits of scikit-learn (Alpaydin and Kaynak 1998), 8 x 8: a class is an identity."""
    from sklearn.datasets import load_digits

    data = load_digits()
    pictures = np.rint(data.images * (255 / 16)).astype(np.uint8)
    return Identities(
        publish(pictures), publish(data.target.astype(np.int64)), tuple(str(digit) for digit in range(10))
    )


@lru_cache(maxsize=1)
def drawn() -> Identities:
    """Drawn people with other light, pose and expression in every picture, 32 x 32."""
    pictures = [_drawn_face(person, view) for person in range(DRAWN_PEOPLE) for view in range(DRAWN_PHOTOS)]
    labels = np.repeat(np.arange(DRAWN_PEOPLE), DRAWN_PHOTOS)
    names = (
        name_of(person).partition(" (")[0] for person in range(DRAWN_PEOPLE)
    )  # that they are drawn is said once
    return Identities(publish(np.stack(pictures)), publish(labels), tuple(names))


@lru_cache(maxsize=DRAWN_PEOPLE * DRAWN_PHOTOS)
def _drawn_face(person: int, view: int) -> npt.NDArray[np.uint8]:
    return small(draw_window(person, view, CROP, FACE_SIDE), FACE_SIDE)


def turned(people: Identities, chosen: npt.NDArray[np.int64]) -> Identities:
    """The chosen identities, each turned by quarters and mirrored: eight identities of every one.

    A turned character counts as another one, as in one-shot learning of alphabets (Santoro et al. 2016): a net that
    is to compare what it never saw needs more identities than there are digits.
    """
    pictures, labels = [], []
    names: list[str] = []
    for one in chosen.tolist():
        mine = people.pictures[people.labels == one]
        for way in range(TURNS):
            quarter = np.rot90(mine, way % 4, axes=(1, 2))
            pictures.append(quarter[:, :, ::-1] if way >= 4 else quarter)
            labels.append(np.full(len(mine), len(names)))
            names.append(f"{people.names[one]}, turned {way}")
    return Identities(publish(np.concatenate(pictures)), publish(np.concatenate(labels)), tuple(names))


def people_of(folder: Path) -> Generator[None, None, Identities]:
    """The first pictures of every sub-folder, whole, grey and made square. Raises UserError."""
    try:
        rooms = in_order(one for one in folder.iterdir() if one.is_dir())
        found = {room.name: _files(room) for room in rooms[:MOST_PEOPLE]}
    except OSError as error:
        raise UserError(
            f"The folder {folder.name} cannot be read.", "Choose one with a sub-folder for every person."
        ) from error
    people = {name: files for name, files in found.items() if len(files) >= FEWEST_PHOTOS}
    if len(people) < FEWEST_PEOPLE:
        raise UserError(
            f"In {folder.name} only {len(people)} sub-folders have {FEWEST_PHOTOS} pictures or more.",
            f"It takes {FEWEST_PEOPLE} people: one sub-folder a person, {FEWEST_PHOTOS} pictures in each.",
        )
    pictures = []
    for path in (path for files in people.values() for path in files):
        pictures.append(_read(path))
        yield
    labels = np.repeat(np.arange(len(people)), [len(files) for files in people.values()])
    return Identities(publish(np.stack(pictures)), publish(labels.astype(np.int64)), tuple(people))


def _files(room: Path) -> list[Path]:
    return in_order(one for one in room.iterdir() if one.suffix.lower() in PICTURE_NAMES)[:MOST_PHOTOS]


def _read(path: Path) -> npt.NDArray[np.uint8]:
    from engine.picture_files import open_file, read

    with open_file(path, "picture") as stream:
        return small(read(stream, path.name, FACE_SIDE).pixels, FACE_SIDE)


def small(pixels: npt.NDArray[np.uint8], side: int) -> npt.NDArray[np.uint8]:
    """uint8[side, side]: the middle square of uint8[H, W, 3] RGB, grey, averaged down."""
    from engine.cv import cv2

    height, width = pixels.shape[:2]
    edge = min(height, width)
    top, left = (height - edge) // 2, (width - edge) // 2
    square = np.ascontiguousarray(pixels[top : top + edge, left : left + edge])
    grey = cv2.cvtColor(square, cv2.COLOR_RGB2GRAY)
    way = cv2.INTER_AREA if edge >= side else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(grey, (side, side), interpolation=way))
