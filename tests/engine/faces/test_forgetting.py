"""Who is forgotten leaves no trace: the bytes of all files are searched here, too, by the plainest of ways."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.errors import UserError
from engine.faces.gallery import changes, forgetting, opening, reading
from engine.faces.gallery.requests import DeletePhoto, Enrol, Rename, WriteLog
from engine.images import encode_png
from engine.networks.steps import at_once
from tests.engine.faces.galleries import MAKER, embedding, enrol, face

NAMES = (
    "Ada Lovelace",
    "\u05e2\u05d3\u05d4 \U0001f469",
    "n" * 300,
    "a'; DROP TABLE people;--",
    "Q",
    "../../x/" * 30,
)


def everything(path: Path) -> bytes:
    """All bytes of the folder that the gallery lies in."""
    return b"".join(file.read_bytes() for file in sorted(path.parent.rglob("*")) if file.is_file())


def pieces(blob: bytes) -> list[bytes]:
    return [
        blob[at : at + 24]
        for at in range(len(blob) // 3, len(blob) // 2, 301)
        if len(set(blob[at : at + 24])) > 8
    ]


@pytest.mark.parametrize("name", NAMES)
def test_no_byte_of_a_forgotten_person_is_left(tmp_path: Path, name: str) -> None:
    path = tmp_path / "faces.sqlite3"
    enrol(path, "Somebody who stays", 0, (0, 1, 2))
    number = enrol(path, name, 1, (0, 1, 2), origin="holiday in Rome.jpg")
    enrol(path, "Somebody else who stays", 2, (0, 1))
    changes.write_log(path, WriteLog(number))
    before = everything(path)
    assert name.encode() in before
    found = at_once(forgetting.forget(path, number))
    data = everything(path)
    if len(name) > 3:
        for code in ("utf-8", "utf-16-le", "utf-16-be"):
            assert name.encode(code) not in data
    assert b"holiday in Rome" not in data
    for view in range(3):
        picture = face(1, view)
        for blob in (picture.crop.tobytes(), encode_png(picture.around), embedding(1, view).tobytes()):
            looked = pieces(blob)
            assert any(piece in before for piece in looked)
            assert not any(piece in data for piece in looked)
    assert found.clean
    assert all(count > 0 for _, count, _ in found.looked_for)
    assert dict(found.removed) == {
        "name": 1,
        "photos with their crops": 3,
        "embeddings": 3,
        "entries of the log": 1,
    }
    assert [person.name for person in found.snapshot.people] == [
        "Somebody who stays",
        "Somebody else who stays",
    ]
    assert face(2, 1).crop.tobytes()[9000:9024] in data
    assert sum(size for _, size in found.searched) == len(data)


@pytest.mark.parametrize("levels", [256, 64])
def test_grey_photos_are_looked_for_as_well(tmp_path: Path, levels: int) -> None:
    path = tmp_path / "faces.sqlite3"
    colour = face(1)
    grey = colour.crop.mean(2).astype(np.uint8) // (256 // levels) * (256 // levels)
    crop = np.ascontiguousarray(np.repeat(grey[..., None], 3, 2))
    request = Enrol("Ada Lovelace", (replace(colour, crop=crop),), MAKER, ("camera",), consent=True)
    number = changes.enrol(path, request)
    enrol(path, "Somebody who stays", 0)
    looked = {
        words: (before, after) for words, before, after in at_once(forgetting.forget(path, number)).looked_for
    }
    before, after = looked["the aligned crops"]
    assert before >= forgetting.PIECES // 2 and after == 0


def test_what_was_renamed_or_deleted_before_is_gone_at_once(tmp_path: Path) -> None:
    path = tmp_path / "faces.sqlite3"
    number = enrol(path, "Old name of hers", 0, (0, 1))
    changes.rename(path, Rename(number, "New"))
    assert b"Old name" not in everything(path)
    photo = reading.snapshot(path).people[0].photos[0].number
    piece = pieces(face(0, 0).crop.tobytes())[3]
    assert piece in everything(path)
    changes.delete_photo(path, DeletePhoto(photo))
    assert piece not in everything(path)


def test_a_word_that_others_need_stays_and_is_not_counted(tmp_path: Path) -> None:
    path = tmp_path / "faces.sqlite3"
    number = enrol(path, "Annabel", 0)
    enrol(path, "Annabella", 1)
    found = at_once(forgetting.forget(path, number))
    assert "the name anywhere (UTF-8, UTF-16)" not in [words for words, _, _ in found.looked_for]
    assert found.clean
    assert [person.name for person in found.snapshot.people] == ["Annabella"]


def test_another_window_that_still_reads_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "BUSY_MS", 20)
    path = tmp_path / "faces.sqlite3"
    number = enrol(path, "Ada Lovelace", 0)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN")
    other.execute("SELECT * FROM people").fetchall()
    try:
        found = at_once(forgetting.forget(path, number))
        assert not found.clean  # its moment of the gallery still needs the old bytes
        assert found.snapshot.people == ()
    finally:
        other.execute("COMMIT")
        other.close()
    enrol(path, "Bo", 1)
    assert b"Ada Lovelace" not in everything(path)


def test_a_log_file_is_searched_with_it(tmp_path: Path) -> None:
    path, log = tmp_path / "faces.sqlite3", tmp_path / "program.log"
    log.write_text("somebody called Ada Lovelace was met\n")
    number = enrol(path, "Ada Lovelace", 0)
    found = at_once(forgetting.forget(path, number, (log, tmp_path / "none.log")))
    assert not found.clean
    assert ("program.log", len(log.read_bytes())) in found.searched


def test_nobody_there_to_forget(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not in the gallery"):
        at_once(forgetting.forget(tmp_path / "faces.sqlite3", 3))


def test_a_needle_over_the_edge_of_a_chunk_is_found_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "CHUNK", 64)
    file = tmp_path / "bytes"
    trace = forgetting.Trace("it", frozenset({b"needle", b"dle"}))
    for at in range(130):
        file.write_bytes(b"." * at + b"needle" + b"." * 50)
        (count,), searched = at_once(forgetting._counted([trace], [file]))
        assert count == 2
        assert searched == (("bytes", at + 56),)
