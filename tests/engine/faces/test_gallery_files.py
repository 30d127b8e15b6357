"""Files that are damaged, locked, foreign, newer, full, read-only; a process that dies; two of them at once."""

from __future__ import annotations

import os
import signal
import sqlite3
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.context import Context
from engine.errors import UserError
from engine.faces.gallery import changes, files, handlers, opening, reading
from engine.faces.gallery.requests import (
    ExportGallery,
    ImportGallery,
    Rename,
    SetAside,
    WriteLog,
)
from tests.engine.faces.galleries import enrol, face

ROOT = Path(__file__).parents[3]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    gallery = tmp_path / "faces.sqlite3"
    enrol(gallery, "Ada", 0)
    enrol(gallery, "Bo", 1)
    reading.drop_kept(gallery)
    return gallery


def names(path: Path) -> list[str]:
    reading.drop_kept(path)
    return [person.name for person in reading.snapshot(path).people]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(opening, "BUSY_MS", 30)
    yield


def test_a_damaged_file_is_left_alone_until_it_is_set_aside(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[:4096] = os.urandom(4096)
    path.write_bytes(data)
    with pytest.raises(UserError, match="damaged") as caught:
        names(path)
    assert "set it aside" in caught.value.hint
    assert path.read_bytes() == bytes(data)
    found = handlers.change(SetAside(path=path), Context())
    assert found.people == ()
    (kept,) = [one for one in path.parent.iterdir() if "set aside" in one.name]
    assert kept.read_bytes() == bytes(data)


def test_a_sound_or_a_busy_file_is_not_set_aside(path: Path, impatient: None) -> None:
    with pytest.raises(UserError, match="can be read"):
        files.set_aside(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(UserError, match=r"busy|can be read"):
            files.set_aside(path)
    finally:
        other.close()
    assert names(path) == ["Ada", "Bo"]
    assert not [one for one in path.parent.iterdir() if "set aside" in one.name]


def test_damage_within_is_told_and_costs_nobody(path: Path) -> None:
    with sqlite3.connect(path) as gallery:
        gallery.execute("PRAGMA journal_mode = DELETE")
        (page,) = gallery.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'people'").fetchone()
    gallery.close()
    data = bytearray(path.read_bytes())
    data[(page - 1) * 4096 : page * 4096] = b"\xff" * 4096
    path.write_bytes(data)
    with pytest.raises(UserError, match="damaged"):
        names(path)
    with pytest.raises(UserError, match="damaged"):
        changes.rename(path, Rename(1, "Cy"))


def test_a_locked_file_is_waited_for_and_then_told(path: Path, impatient: None) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(UserError, match="busy"):
            changes.rename(path, Rename(1, "Cy"))
        assert names(path) == ["Ada", "Bo"]  # reading goes on meanwhile
    finally:
        other.execute("ROLLBACK")
        other.close()
    changes.rename(path, Rename(1, "Cy"))
    assert names(path) == ["Cy", "Bo"]


def test_a_full_disk_loses_nobody(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = path.stat().st_size // 4096
    monkeypatch.setattr(opening, "_PRAGMAS", (*opening._PRAGMAS, f"max_page_count = {pages + 1}"))
    before = [person.photos[0].crop.tobytes() for person in reading.snapshot(path).people]
    with pytest.raises(UserError, match="full"):
        enrol(path, "Cy", 2, tuple(range(8)))
    assert names(path) == ["Ada", "Bo"]
    assert [person.photos[0].crop.tobytes() for person in reading.snapshot(path).people] == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(UserError, match="cannot be"):
            reading.snapshot(tmp_path / "faces.sqlite3")
    finally:
        tmp_path.chmod(0o700)


def test_a_place_that_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here")
    for path in (tmp_path / "file" / "faces.sqlite3", tmp_path):
        with pytest.raises(UserError, match="cannot be"):
            reading.snapshot(path)


def test_a_newer_file_and_a_foreign_one_are_left_as_they_are(path: Path, tmp_path: Path) -> None:
    with sqlite3.connect(path) as newer:
        newer.execute("PRAGMA user_version = 7")
    newer.close()
    foreign = tmp_path / "foreign.sqlite3"
    with sqlite3.connect(foreign) as other:
        other.execute("CREATE TABLE people (name)")
    other.close()
    for file, word in ((path, "newer"), (foreign, "another program")):
        before = file.read_bytes()
        with pytest.raises(UserError, match=word):
            reading.snapshot(file)
        with pytest.raises(UserError, match=word):
            enrol(file, "Cy", 2)
        assert file.read_bytes() == before


def run(code: str, path: Path) -> subprocess.Popen[str]:
    """Another process that has the tests' helpers at hand."""
    first = f"import sys; sys.path.insert(0, {str(ROOT)!r})\nfrom pathlib import Path; path = Path({str(path)!r})\n"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    return subprocess.Popen([sys.executable, "-c", first + code], text=True, **pipes)


def test_an_enrolment_killed_in_the_middle_leaves_everybody_else(path: Path) -> None:
    code = """
from tests.engine.faces.galleries import face, MAKER
from engine.faces.gallery import opening, changes
with opening.writing(path) as gallery:
    person = changes._new_person(gallery, "Cy")
    gallery.execute("PRAGMA cache_spill = 1")
    for view in range(40):
        changes._new_photo(gallery, person, face(2, view), "camera")
    print("in the middle", flush=True)
    sys.stdin.read()
"""
    process = run(code, path)
    assert process.stdout is not None
    assert process.stdout.readline() == "in the middle\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert names(path) == ["Ada", "Bo"]
    enrol(path, "Cy", 2)
    assert names(path) == ["Ada", "Bo", "Cy"]


def test_two_processes_enrol_at_once(path: Path) -> None:
    code = """
from tests.engine.faces.galleries import enrol
from engine.faces.gallery import reading
for person in range({0}, {0} + 5):
    enrol(path, f"Person {{person}}", person, (0,))
    reading.snapshot(path)
"""
    both = [run(code.format(first), path) for first in (10, 20)]
    for process in both:
        process.communicate()
        assert process.returncode == 0
    expected = {
        "Ada",
        "Bo",
        *(f"Person {person}" for first in (10, 20) for person in range(first, first + 5)),
    }
    assert set(names(path)) == expected


# --- export and import --------------------------------------------------------------------------------------------


def test_an_exported_file_brings_everybody_elsewhere_and_back(path: Path, tmp_path: Path) -> None:
    copy, elsewhere = tmp_path / f"out{files.SUFFIX}", tmp_path / "elsewhere.sqlite3"
    handlers.change(ExportGallery(copy, path=path), Context())
    enrol(elsewhere, "Cy", 2)
    found = handlers.change(ImportGallery(copy, path=elsewhere), Context())
    assert [person.name for person in found.people] == ["Cy", "Ada", "Bo"]
    here = reading.snapshot(path)
    for mine, theirs in zip(here.people, found.people[1:], strict=True):
        assert [photo.crop.tobytes() for photo in mine.photos] == [
            photo.crop.tobytes() for photo in theirs.photos
        ]
    assert found.indexes[0].rows[2:].tobytes() == here.indexes[0].rows.tobytes()
    again = handlers.change(ImportGallery(copy, path=elsewhere), Context())
    assert [len(person.photos) for person in again.people] == [2, 2, 2]  # nothing twice
    assert [one.name for one in tmp_path.iterdir() if one.name.endswith(".part")] == []


def test_further_photos_find_their_person_again(path: Path, tmp_path: Path) -> None:
    copy, later = tmp_path / "first", tmp_path / "later"
    files.export(path, copy)
    changes.rename(path, Rename(1, "Ada, renamed"))
    changes.enrol(
        path, changes.Enrol("", (face(0, 9),), ("made-up", "0123abcd"), ("camera",), consent=True, person=1)
    )
    files.export(path, later)
    elsewhere = tmp_path / "elsewhere.sqlite3"
    files.take_in(elsewhere, copy)
    assert files.take_in(elsewhere, later) == 1
    assert {person.name: len(person.photos) for person in reading.snapshot(elsewhere).people} == {
        "Ada": 3,
        "Bo": 2,
    }


def test_an_export_holds_nobody_who_was_forgotten(path: Path, tmp_path: Path) -> None:
    from engine.faces.gallery import forgetting
    from engine.networks.steps import at_once

    at_once(forgetting.forget(path, 1))
    copy = tmp_path / "copy"
    files.export(path, copy)
    data = copy.read_bytes()
    assert b"Ada" not in data
    assert face(0, 0).crop.tobytes()[3000:3030] not in data
    assert face(1, 0).crop.tobytes()[3000:3030] in data


def test_an_export_does_not_tell_when_somebody_was_met(path: Path, tmp_path: Path) -> None:
    for _ in range(300):
        changes.write_log(path, WriteLog(1))
    copy = tmp_path / "copy"
    files.export(path, copy)
    with sqlite3.connect(f"file:{copy}?mode=ro", uri=True) as kept:
        assert kept.execute("SELECT count(*) FROM meetings").fetchone() == (0,)
    kept.close()
    assert sorted(one.name for one in tmp_path.iterdir() if one.name.startswith("copy")) == ["copy"]
    times = sqlite3.connect(path)
    stored = [struct.pack(">d", met) for (met,) in times.execute("SELECT met FROM meetings")]
    times.close()
    assert any(one in path.read_bytes() for one in stored)  # SQLite keeps numbers with the highest byte first
    assert not any(one in copy.read_bytes() for one in stored)


def test_files_that_are_no_gallery_change_nothing(path: Path, tmp_path: Path) -> None:
    good = tmp_path / "good"
    files.export(path, good)
    data = good.read_bytes()
    bad = {
        "empty": b"",
        "text": b"Dear gallery, " * 99,
        "half": data[: len(data) // 2],
        "header": data[:100] + os.urandom(len(data) - 100),
        "picture": face(0).around.tobytes(),
    }
    before = names(path)
    elsewhere = tmp_path / "elsewhere.sqlite3"
    for name, content in bad.items():
        (tmp_path / name).write_bytes(content)
        for target in (path, elsewhere):
            with pytest.raises(UserError):
                files.take_in(target, tmp_path / name)
    with pytest.raises(UserError, match="not there"):
        files.take_in(path, tmp_path / "nowhere")
    with pytest.raises(UserError, match="itself"):
        files.export(path, path)
    assert names(path) == before
    assert names(elsewhere) == []


@pytest.mark.parametrize(
    "spoil",
    [
        "UPDATE people SET name = ''",
        "UPDATE people SET name = x'ff00'",
        "UPDATE people SET key = 'short' WHERE number = 1",
        "UPDATE photos SET crop = x'00'",
        "UPDATE photos SET around = x'89504e47'",
        "UPDATE photos SET taken = 'yesterday'",
        "UPDATE embeddings SET numbers = x'0000c07f'",
        "UPDATE embeddings SET numbers = x'00'",
        "DROP TABLE embeddings",
        "ALTER TABLE people RENAME TO old; CREATE VIEW people AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL"
        " SELECT i FROM n) SELECT i AS number, x'00' AS key, 'x' AS name, 1.0 AS agreed FROM n",
    ],
)
def test_a_file_with_one_bad_row_is_refused_whole(path: Path, tmp_path: Path, spoil: str) -> None:
    copy = tmp_path / "copy"
    files.export(path, copy)
    bad = sqlite3.connect(copy, isolation_level=None)
    bad.executescript(f"PRAGMA journal_mode = DELETE; {spoil}")
    bad.close()
    elsewhere = tmp_path / "elsewhere.sqlite3"
    enrol(elsewhere, "Cy", 2)
    with pytest.raises(UserError):
        files.take_in(elsewhere, copy)
    assert names(elsewhere) == ["Cy"]
