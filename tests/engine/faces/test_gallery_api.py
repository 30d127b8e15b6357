"""`Gallery`, as scripts use it, over made-up faces; and the crowd of drawn people."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.context import Context
from engine.errors import UserError
from engine.faces import crowd
from engine.faces.drawn import draw_face
from engine.faces.found import Face
from engine.faces.gallery import Gallery
from engine.faces.gallery.requests import Maker
from engine.faces.requests import EmbedCrowd, Embedded, FaceSettings
from engine.images import Frame
from engine.networks.steps import at_once
from tests.engine.faces.galleries import MAKER, embedding, face


def find(frame: Frame, _settings: FaceSettings) -> tuple[tuple[Face, ...], Maker, float]:
    """A picture's first row tells who is in it: (person, view) pairs, ended by 255."""
    pairs = [(int(p[0]), int(p[1])) for p in frame.pixels[0] if p[0] != 255]
    return tuple(face(person, view) for person, view in pairs), MAKER, 0.8


def picture(*people: tuple[int, int]) -> np.ndarray:
    row = np.full((4, 8, 3), 255, np.uint8)
    for place, (person, view) in enumerate(people):
        row[0, place] = (person, view, 0)
    return row


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    made = Gallery(tmp_path / "faces.sqlite3", find=find)
    made.enrol("Ada", [picture((1, 0)), picture((1, 1))], consent=True)
    made.enrol("Bo", picture((2, 0)), consent=True)
    return made


def test_enrol_verify_identify_forget(gallery: Gallery) -> None:
    same = gallery.verify("Ada", picture((1, 1)))
    assert same.accepted and same.distance == 0.0 and same.threshold == 0.8
    assert not gallery.verify("Ada", picture((2, 3))).accepted
    ada, stranger = gallery.identify(picture((1, 7), (9, 0)))
    assert ada.name == ada.nearest == "Ada" and ada.runner_up is not None and ada.runner_up[0] == "Bo"
    brute = min(float(((embedding(1, 7) - embedding(1, view)) ** 2).sum()) for view in (0, 1))
    assert ada.distance == pytest.approx(brute, rel=1e-5)
    assert stranger.name is None and stranger.nearest is not None
    assert gallery.identify(picture()) == ()
    assert gallery.forget("Ada").clean
    assert [person.name for person in gallery.snapshot.people] == ["Bo"]
    assert gallery.identify(picture((1, 7)))[0].name is None


def test_the_same_name_gets_further_photos(gallery: Gallery) -> None:
    assert len(gallery.enrol("Ada", picture((1, 5)), consent=True).photos) == 3
    assert len(gallery.snapshot.people) == 2


def test_what_is_refused_has_a_reason(gallery: Gallery, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="agreed"):
        gallery.enrol("Cy", picture((3, 0)), consent=False)
    for people, word in (((), "No face"), (((3, 0), (4, 0)), "2 faces")):
        with pytest.raises(UserError, match=word):
            gallery.enrol("Cy", picture(*people), consent=True)
    with pytest.raises(UserError, match="at least one"):
        gallery.enrol("Cy", [], consent=True)
    for call in (lambda: gallery.verify("Cy", picture((3, 0))), lambda: gallery.forget("Cy")):
        with pytest.raises(UserError, match="Nobody"):
            call()
    assert Gallery(tmp_path / "other.sqlite3", find=find).identify(picture((1, 0)))[0].nearest is None
    with pytest.raises(UserError, match="not there"):
        gallery.identify(tmp_path / "no.jpg")


def test_a_threshold_of_ones_own(gallery: Gallery) -> None:
    strict = Gallery(gallery.path, threshold=0.0, find=find)
    assert strict.identify(picture((1, 7)))[0].name is None
    assert strict.identify(picture((1, 0)))[0].name == "Ada"


def test_the_crowd_is_whole_and_in_its_order(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[np.ndarray] = []

    def embedded(crops: np.ndarray, embedder: str, _context: Context):  # type: ignore[no-untyped-def]
        seen.extend(crops)
        yield
        rows = np.stack([embedding(len(seen) - len(crops) + place, 0, 8) for place in range(len(crops))])
        return Embedded(rows, (embedder, "make"))

    monkeypatch.setattr(crowd, "embedded", embedded)
    found = at_once(crowd.answer(EmbedCrowd("net"), Context()))
    index = found.index(("net", "make"))
    assert len(found.people) == crowd.PEOPLE and index.rows.shape == (crowd.PEOPLE * crowd.VIEWS, 8)
    for row in (0, 7, 119):
        person, view = crowd.seeds_of(int(index.photos[row]))
        photo = found.people[person].photos[row % crowd.VIEWS]
        assert index.people[row] == person and photo.number == row
        assert np.array_equal(seen[row], draw_face(person, view)) and np.array_equal(photo.crop, seen[row])
