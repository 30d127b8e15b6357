"""The gallery for scripts and notebooks: enrol, verify, identify, forget. Free of torch until a face is embedded."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.errors import UserError
from engine.faces import identify as matching
from engine.faces.found import Box, Face
from engine.faces.gallery import changes, forgetting, opening, reading
from engine.faces.gallery.requests import Enrol, Forgotten, Maker, Person, Snapshot
from engine.faces.requests import FaceSettings
from engine.images import Frame, from_array, open_picture
from engine.networks.steps import at_once

Image = npt.NDArray[np.uint8] | str | Path
Finder = Callable[[Frame, FaceSettings], tuple[tuple[Face, ...], Maker, float]]
"""The faces of a picture with their embeddings, who made them, and the squared distance that is suggested for them."""


@dataclass(frozen=True, slots=True)
class Verified:
    """Whether a face is whom it claims to be: `distance` squared, to the nearest photo of that person."""

    name: str
    accepted: bool
    distance: float
    threshold: float


@dataclass(frozen=True, slots=True)
class Identified:
    """Who a face of a picture is.

    `name`: None for somebody unknown; `nearest`, `distance`: the best match and its squared distance; `runner_up`: the
    next person with theirs. All None in an empty gallery. `box`: left, top, right, bottom in pixels.
    """

    box: Box
    name: str | None
    nearest: str | None
    distance: float | None
    runner_up: tuple[str, float] | None


class Gallery:
    """People in a file. Images are uint8[H, W, 3] RGB (or grey, or with alpha), or paths of picture files.

    `settings`: detector and embedder. `threshold`: the largest squared distance of "the same person", None for what is
    suggested for the embedder. Raises UserError for everything that a person can act on.
    """

    def __init__(
        self,
        path: str | Path | None = None,
        settings: FaceSettings | None = None,
        threshold: float | None = None,
        find: Finder | None = None,
    ) -> None:
        self.path = opening.usual_path() if path is None else Path(path)
        self.settings = (FaceSettings() if settings is None else settings).validated()
        self.threshold = threshold
        self._find = usual_finder if find is None else find

    @property
    def snapshot(self) -> Snapshot:
        """All that is stored."""
        return reading.snapshot(self.path)

    def enrol(self, name: str, images: Image | Iterable[Image], consent: bool) -> Person:
        """Remember the one face of each image; whoever has that name already gets further photos.

        `consent`: whether the person agreed. Raises UserError without it, and where an image has not one face.
        """
        if not consent:
            raise UserError(
                "Nobody is enrolled who has not agreed.", "Ask the person, then pass consent=True."
            )
        listed = [images] if isinstance(images, str | Path | np.ndarray) else list(images)
        frames = [_frame(image) for image in listed]
        found = [self._only(frame) for frame in frames]
        if not found:
            raise UserError("There is no picture to enrol.", "Pass at least one.")
        person = self._named(name)
        request = Enrol(
            name,
            tuple(face for face, _, _ in found),
            found[0][1],
            tuple(frame.name for frame in frames),
            consent=True,
            person=None if person is None else person.number,
        )
        number = changes.enrol(self.path, request)
        return next(person for person in self.snapshot.people if person.number == number)

    def verify(self, name: str, image: Image) -> Verified:
        """Is the one face of the image the person of that name?"""
        person = self._known(name)
        face, maker, suggested = self._only(_frame(image))
        threshold = self._threshold(suggested)
        embedding = _embedding(face)
        found = matching.verify(embedding, self.snapshot.index(maker), person.number, threshold)
        if found is None:
            raise UserError(
                f"There are no numbers of “{name}” by this embedder.",
                "Enrol a photo with it, or choose the one used then.",
            )
        return Verified(name, found[1], found[0].distance, threshold)

    def identify(self, image: Image) -> tuple[Identified, ...]:
        """Who is in the picture, the largest face first; no face, no entry."""
        faces, maker, suggested = self._find(_frame(image), self.settings)
        gallery = self.snapshot
        names = {person.number: person.name for person in gallery.people}
        return tuple(
            _identified(
                face,
                matching.identify(_embedding(face), gallery.index(maker), self._threshold(suggested)),
                names,
            )
            for face in faces
        )

    def forget(self, name: str) -> Forgotten:
        """Remove the person of that name, and search the files for what is left of them."""
        return at_once(forgetting.forget(self.path, self._known(name).number))

    # --- names and faces -----------------------------------------------------------------------------------------

    def _threshold(self, suggested: float) -> float:
        return suggested if self.threshold is None else self.threshold

    def _named(self, name: str) -> Person | None:
        people = [person for person in self.snapshot.people if person.name == name]
        if len(people) > 1:
            raise UserError(
                f"{len(people)} people are called “{name}”.", "Rename one of them in the window first."
            )
        return people[0] if people else None

    def _known(self, name: str) -> Person:
        person = self._named(name)
        if person is None:
            raise UserError(
                f"Nobody in the gallery is called “{name}”.", "Names are compared letter by letter."
            )
        return person

    def _only(self, frame: Frame) -> tuple[Face, Maker, float]:
        faces, maker, suggested = self._find(frame, self.settings)
        if len(faces) != 1:
            count = "No face is" if not faces else f"{len(faces)} faces are"
            raise UserError(
                f"{count} in {frame.name}; it takes exactly one.", "Choose or crop another picture."
            )
        return faces[0], maker, suggested


def usual_finder(frame: Frame, settings: FaceSettings) -> tuple[tuple[Face, ...], Maker, float]:
    """Faces by the engine's own detectors and embedders."""
    from engine.faces.live import faces_of, maker_of

    faces = faces_of(frame.pixels, settings)
    status = maker_of(settings.embedder)
    return faces, (status.name, status.made_of), status.threshold


def _frame(image: Image) -> Frame:
    return open_picture(image) if isinstance(image, str | Path) else from_array(image, "the picture")


def _embedding(face: Face) -> npt.NDArray[np.float32]:
    if face.embedding is None:
        raise UserError("The face has no embedding.", "Choose settings with an embedder.")
    return face.embedding


def _identified(face: Face, identity: matching.Identity, names: dict[int, str]) -> Identified:
    best, runner_up = identity.best, identity.runner_up
    return Identified(
        face.box,
        names[best.person] if best is not None and identity.known else None,
        None if best is None else names[best.person],
        None if best is None else best.distance,
        None if runner_up is None else (names[runner_up.person], runner_up.distance),
    )
