"""The gallery's changes: what they do, what they refuse, and that nothing is half done."""

from __future__ import annotations

import sqlite3
import stat
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.context import Context
from engine.errors import UserError
from engine.faces.gallery import changes, handlers, opening, reading
from engine.faces.gallery.requests import (
    AddEmbeddings,
    DeletePhoto,
    EmptyLog,
    Enrol,
    LookAtPhoto,
    Merge,
    ReadGallery,
    Reembed,
    Rename,
    Split,
    WriteLog,
)
from engine.faces.requests import Embedded
from engine.networks.steps import at_once
from tests.engine.faces.galleries import MAKER, OTHER, embedding, enrol, face

NAMES = (
    "Ada",
    'O\'Brien "Bobby"; DROP TABLE people;--',
    "\u05e2\u05d3\u05d4 \u0639\u062f\u0627",
    "\U0001f469\U0001f3fd\u200d\U0001f52c",
    "../../etc/passwd",
    "<b>bold</b>&amp;",
    "x" * 300,
    "  spaces kept  ",
    "two\nlines",
    "A",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "down" / "faces.sqlite3"


def people_of(path: Path) -> dict[str, int]:
    return {person.name: len(person.photos) for person in reading.snapshot(path).people}


def test_names_are_kept_as_they_were_typed(path: Path) -> None:
    for number, name in enumerate(NAMES):
        enrol(path, name, number, (0,))
    assert [person.name for person in reading.snapshot(path).people] == list(NAMES)
    changes.rename(path, Rename(1, NAMES[1] * 2))
    assert reading.snapshot(path).people[0].name == NAMES[1] * 2


@pytest.mark.parametrize("name", ["", "  \n", "x" * 301, "nul\0", "half \ud83d"])
def test_names_that_cannot_be_are_refused_with_a_reason(path: Path, name: str) -> None:
    with pytest.raises(UserError):
        enrol(path, name, 1)
    assert people_of(path) == {}


def test_what_was_enrolled_is_read_back_to_the_last_bit(path: Path) -> None:
    enrol(path, "Ada", 0, (0, 3), origin="ada.jpg")
    enrol(path, "Bo", 1, (2,))
    found = reading.snapshot(path)
    ada, bo = found.people
    assert [photo.origin for photo in ada.photos] == ["ada.jpg"] * 2
    assert np.array_equal(ada.photos[1].crop, face(0, 3).crop)
    assert ada.photos[0].makers == (MAKER,)
    index = found.index(MAKER)
    assert index.people.tolist() == [ada.number, ada.number, bo.number]
    assert index.photos.tolist() == [photo.number for person in found.people for photo in person.photos]
    assert np.array_equal(index.rows[2], embedding(1, 2))
    assert not index.rows.flags.writeable
    kept = handlers.look_at_photo(LookAtPhoto(bo.photos[0].number, path=path), Context())
    assert np.array_equal(kept.around, face(1, 2).around)
    assert found.bytes == reading.size_of(path) > 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nobody_is_enrolled_without_agreeing(path: Path) -> None:
    with pytest.raises(UserError, match="agreed"):
        changes.enrol(path, Enrol("Ada", (face(0),), MAKER, ("camera",), consent=False))
    assert not path.exists()


def test_all_faces_of_an_enrolment_are_stored_or_none(path: Path) -> None:
    enrol(path, "Ada", 0, (0,))
    bad = replace(face(1, 1), embedding=np.full(32, np.nan, np.float32))
    for faces in ((face(1), bad), (face(1), replace(face(1, 1), embedding=None)), (face(1), face(0, 0))):
        with pytest.raises(UserError):
            changes.enrol(path, Enrol("Bo", faces, MAKER, ("camera",) * 2, consent=True))
    assert people_of(path) == {"Ada": 1}
    with pytest.raises(ValueError, match="made 32 numbers"):
        changes.enrol(
            path,
            Enrol("Bo", (replace(face(1), embedding=embedding(1, 0, 8)),), MAKER, ("camera",), consent=True),
        )
    assert people_of(path) == {"Ada": 1}


def test_a_photo_of_somebody_else_is_named(path: Path) -> None:
    long = "Ada" * 90
    enrol(path, long, 0, (0,), origin="ada.jpg")
    with pytest.raises(UserError) as caught:
        changes.enrol(path, Enrol("Bo", (face(1), face(0)), MAKER, ("bo.jpg", "2.jpg"), consent=True))
    assert (
        caught.value.sentence == f"One of the photos (2.jpg) is enrolled as “{long[:60]}…” already (ada.jpg)."
    )
    assert people_of(path) == {long: 1}


def test_further_photos_go_to_the_person_and_none_twice(path: Path) -> None:
    ada = enrol(path, "Ada", 0, (0, 1))
    changes.enrol(path, Enrol("", (face(0, 1), face(0, 2)), MAKER, ("camera",) * 2, consent=True, person=ada))
    assert people_of(path) == {"Ada": 3}
    with pytest.raises(UserError, match="already"):
        changes.enrol(path, Enrol("", (face(0, 1),), MAKER, ("camera",), consent=True, person=ada))
    with pytest.raises(UserError, match="not in the gallery"):
        changes.enrol(path, Enrol("", (face(0, 9),), MAKER, ("camera",), consent=True, person=99))


def test_merge_split_and_deleting_a_photo(path: Path) -> None:
    ada, bo = enrol(path, "Ada", 0, (0, 1)), enrol(path, "Bo", 1, (0, 1))
    changes.write_log(path, WriteLog(bo))
    changes.merge(path, Merge(ada, bo))
    assert people_of(path) == {"Ada": 4}
    assert {person for _, person in reading.snapshot(path).log} == {ada}
    photos = [photo.number for photo in reading.snapshot(path).people[0].photos]
    new = changes.split(path, Split(ada, (photos[2], photos[3]), "Bo again"))
    assert people_of(path) == {"Ada": 2, "Bo again": 2}
    assert reading.snapshot(path).index(MAKER).people.tolist() == [ada, ada, new, new]
    changes.delete_photo(path, DeletePhoto(photos[0]))
    assert people_of(path) == {"Ada": 1, "Bo again": 2}
    assert photos[0] not in reading.snapshot(path).index(MAKER).photos


def test_the_log_is_kept_shown_and_emptied_without_a_trace(path: Path) -> None:
    ada, bo = enrol(path, "Ada", 0), enrol(path, "Bo", 1)
    before = reading.snapshot(path)
    for person in (ada, bo, ada):
        changes.write_log(path, WriteLog(person))
    found = reading.snapshot(path)
    assert [person for _, person in found.log] == [ada, bo, ada] and found.met == 3
    assert (
        found.people is before.people and found.indexes is before.indexes
    )  # nobody begins anew because of it
    stored = [struct.pack(">d", met) for met, _ in found.log]
    assert all(one in path.read_bytes() for one in stored)
    emptied = handlers.change(EmptyLog(path=path), Context())
    assert emptied.log == () and emptied.met == 0 and emptied.people is before.people
    assert not any(one in file.read_bytes() for file in opening.files_of(path) for one in stored)


def test_what_would_leave_nobody_is_refused(path: Path) -> None:
    ada = enrol(path, "Ada", 0, (0,))
    photo = reading.snapshot(path).people[0].photos[0].number
    refused = (
        lambda: changes.delete_photo(path, DeletePhoto(photo)),
        lambda: changes.delete_photo(path, DeletePhoto(77)),
        lambda: changes.split(path, Split(ada, (photo,), "Bo")),
        lambda: changes.split(path, Split(ada, (), "Bo")),
        lambda: changes.split(path, Split(ada, (77,), "Bo")),
        lambda: changes.merge(path, Merge(ada, ada)),
        lambda: changes.merge(path, Merge(ada, 77)),
        lambda: changes.rename(path, Rename(77, "Bo")),
        lambda: changes.write_log(path, WriteLog(77)),
    )
    for change in refused:
        with pytest.raises(UserError) as caught:
            change()
        assert caught.value.hint
    assert people_of(path) == {"Ada": 1}


def test_embeddings_of_two_makers_stand_apart(path: Path) -> None:
    enrol(path, "Ada", 0)
    photos = tuple(photo.number for photo in reading.snapshot(path).people[0].photos)
    rows = np.stack([embedding(5, view, 8) for view in range(3)])
    changes.add_embeddings(path, AddEmbeddings((*photos, 99), OTHER, rows))
    found = reading.snapshot(path)
    assert found.index(MAKER).rows.shape == (2, 32)
    assert np.array_equal(found.index(OTHER).rows, rows[:2])
    assert found.people[0].photos[0].makers == (MAKER, OTHER)
    assert found.index(("made-up", "another make")).rows.shape[0] == 0
    changes.add_embeddings(path, AddEmbeddings(photos, OTHER, -rows[:2]))  # there already: kept as they are
    assert np.array_equal(reading.snapshot(path).index(OTHER).rows, rows[:2])


def test_reembedding_does_what_is_missing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for person in range(5):
        enrol(path, f"Person {person}", person, (0, 1))
    seen: list[int] = []

    def embedded(crops: np.ndarray, embedder: str, _context: Context):  # type: ignore[no-untyped-def]
        seen.append(len(crops))
        yield
        return Embedded(np.stack([embedding(int(crop[0, 0, 0]), 0, 8) for crop in crops]), (embedder, "make"))

    monkeypatch.setattr(handlers, "embedded", embedded)
    found = at_once(handlers.reembed(Reembed("other", path=path), Context()))
    assert found.index(("other", "make")).rows.shape == (10, 8)
    assert sum(seen) == 10
    seen.clear()
    at_once(handlers.reembed(Reembed("other", path=path), Context()))
    assert seen == [handlers.BATCH]  # one look tells the make; everything is there


def test_reading_again_costs_nothing_until_another_window_changes_it(path: Path) -> None:
    enrol(path, "Ada", 0)
    ask = ReadGallery(path=path)
    first = handlers.change(ask, Context())
    assert handlers.change(ask, Context()) is first
    with sqlite3.connect(path, isolation_level=None) as other:  # another program's way
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE people SET name = 'Bo'")
        other.execute("UPDATE about SET revision = revision + 1")
        other.execute("COMMIT")
    other.close()
    assert handlers.change(ask, Context()).people[0].name == "Bo"


def test_a_photo_that_is_gone_is_said_to_be_gone(path: Path) -> None:
    enrol(path, "Ada", 0)
    with pytest.raises(UserError, match="not in the gallery"):
        reading.look_at(path, 77)


def test_the_usual_place_and_another_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(opening.VARIABLE, str(tmp_path / "mine.sqlite3"))
    assert handlers.change(ReadGallery(), Context()).path == tmp_path / "mine.sqlite3"
    monkeypatch.delenv(opening.VARIABLE)
    assert opening.usual_path().name == "faces.sqlite3"
