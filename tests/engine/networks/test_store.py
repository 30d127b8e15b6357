"""The models folder: what is trusted, what is not, and what it costs to know."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from engine.context import Context
from engine.errors import UserError
from engine.networks.requests import ListWeights, RemoveWeights, WeightsStatus
from engine.networks.weights import checked_files, records, store
from engine.networks.weights.records import RemoteFile, WeightsEntry

CONTENT = b"weights " * 1000
FILE = RemoteFile(
    "net.bin", "https://example.org/net.bin", len(CONTENT), False, hashlib.sha256(CONTENT).hexdigest()
)
ENTRY = WeightsEntry(
    "net-published", "A net", "classification", "squeezenet1_0", "catalogue", (FILE,), licence="MIT", top1=0.5
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(store.VARIABLE, str(tmp_path / "models"))
    monkeypatch.setattr(records, "catalogue_entries", lambda: (ENTRY,))
    monkeypatch.setattr(records, "BUNDLED_FOLDER", tmp_path / "bundled")
    (tmp_path / "bundled").mkdir()
    (tmp_path / "models").mkdir()
    return tmp_path / "models"


def run(steps: Any) -> Any:
    told = []
    while True:
        try:
            told.append(next(steps))
        except StopIteration as stop:
            return stop.value, told


def listed() -> dict[str, WeightsStatus]:
    found, _ = run(store.list_weights(ListWeights(), Context()))
    return {status.name: status for status in found}


def self_described(path: Path, **metadata: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({"a": torch.ones(3)}, path, {"architecture": "squeezenet1_0", **metadata})
    return path


def count_reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    read: list[Path] = []
    original = checked_files.hash_steps

    def counting(path: Path) -> Any:
        read.append(path)
        return original(path)

    monkeypatch.setattr(checked_files, "hash_steps", counting)
    return read


def test_where_the_folder_is(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    assert store.models_folder() == folder
    monkeypatch.delenv(store.VARIABLE)
    assert store.models_folder() == store.usual_folder() and store.usual_folder().name == "models"
    assert str(store.usual_folder()).startswith(os.environ["XDG_CACHE_HOME"])


def test_absent(folder: Path) -> None:
    status = listed()["net-published"]
    assert (status.state, status.bytes, status.bytes_here, status.path) == ("absent", 8000, 0, None)
    assert (status.licence, status.url, status.figures) == (
        "MIT",
        FILE.url,
        "top-1 50.00 % (unseen pictures)",
    )
    with pytest.raises(UserError, match="not on this computer yet"):
        store.find("net-published")
    with pytest.raises(UserError, match="Download or import them on the page Weights: A net"):
        store.find_for("squeezenet1_0")


def test_unknown_names(folder: Path) -> None:
    with pytest.raises(UserError, match="no weights named"):
        store.find("nothing")
    with pytest.raises(UserError, match="Nobody publishes weights for nothing"):
        store.find_for("nothing")


def test_a_half_made_download_is_never_trusted(folder: Path) -> None:
    (folder / "net.bin.part").write_bytes(CONTENT)
    status = listed()["net-published"]
    assert (status.state, status.bytes_here) == ("partial", 8000)
    with pytest.raises(UserError, match="not on this computer yet"):
        store.find("net-published")


def test_a_file_is_read_once_and_again_when_it_changes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = count_reads(monkeypatch)
    path = folder / "net.bin"
    path.write_bytes(CONTENT)
    assert (
        store.find("net-published").path == path and store.find_for("squeezenet1_0").name == "net-published"
    )
    assert listed()["net-published"].state == "ready" and len(read) == 1
    checked_files._remembered.clear()  # as at the next start
    assert store.find("net-published") and len(read) == 1
    path.write_bytes(CONTENT[:-1] + b"x")
    with pytest.raises(UserError, match=r"net\.bin is damaged"):
        store.find("net-published")
    assert listed()["net-published"].state == "damaged" and len(read) == 2
    path.write_bytes(CONTENT)
    os.utime(path, ns=(1, 1))
    assert listed()["net-published"].state == "ready" and len(read) == 3


@pytest.mark.parametrize("note", ["", "{", "[]", '{"size": 8000}', "[" * 100_000])
def test_a_damaged_note_costs_one_reading(folder: Path, monkeypatch: pytest.MonkeyPatch, note: str) -> None:
    read = count_reads(monkeypatch)
    (folder / "net.bin").write_bytes(CONTENT)
    (folder / "net.bin.checked").write_text(note)
    assert listed()["net-published"].state == "ready" and len(read) == 1
    assert json.loads((folder / "net.bin.checked").read_text())["sha256"] == FILE.sha256


def test_a_folder_without_room_for_notes_is_read_once_a_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = count_reads(monkeypatch)
    (folder / "net.bin").write_bytes(CONTENT)
    (folder / "net.bin.checked").mkdir()  # nothing can take its place
    assert [store.find("net-published").name for _ in range(3)] and len(read) == 1


def test_finding_a_file_that_was_not_checked_goes_in_steps(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checked_files, "CHUNK", 1000)
    (folder / "net.bin").write_bytes(CONTENT)
    steps = store.find_steps("net-published")
    assert next(steps) == 1000
    steps.close()
    assert not (folder / "net.bin.checked").exists()
    found, told = run(store.find_steps("net-published"))
    assert told == [1000 * number for number in range(1, 9)] and found == store.find("net-published")
    assert run(store.find_steps("net-published")) == (found, [])


def test_what_killed_imports_left_is_swept(folder: Path) -> None:
    (folder / "imported").mkdir()
    old = [folder / "net.bin.import.part", folder / "imported" / "old.safetensors.import.part"]
    others = [folder / "imported" / "new.safetensors.import.part", folder / "net.bin.part"]
    for left in (*old, *others):
        left.write_bytes(b"half")
    for left in (*old, others[1]):
        os.utime(left, (0, 0))
    listed()
    assert [left.exists() for left in (*old, *others)] == [False, False, True, True]


def test_the_list_says_what_it_reads(folder: Path) -> None:
    (folder / "net.bin").write_bytes(CONTENT)
    found, told = run(store.list_weights(ListWeights(), Context()))
    assert [event.message for event in told] == ["Checking A net"] and len(found) == 1
    assert run(store.list_weights(ListWeights(), Context()))[1] == []


def test_bundled_before_published_before_imported(folder: Path, tmp_path: Path) -> None:
    own = self_described(folder / "imported" / "own.safetensors", title="Mine", file="mine.pth", sha256="12")
    assert store.find_for("squeezenet1_0").path == own
    status = listed()["imported/own"]
    assert (status.state, status.title, status.source, status.sha256) == (
        "imported",
        "Mine",
        "your file mine.pth",
        "12",
    )
    (folder / "net.bin").write_bytes(CONTENT)
    assert store.find_for("squeezenet1_0").name == "net-published"
    self_described(tmp_path / "bundled" / "tiny.safetensors")
    assert store.find_for("squeezenet1_0").name == "tiny"
    assert [status.state for status in listed().values()] == ["bundled", "imported", "ready"]


def test_own_weights_that_broke_can_be_removed(folder: Path) -> None:
    own = self_described(folder / "imported" / "own.safetensors")
    own.write_bytes(own.read_bytes()[:-1])
    status = listed()["imported/own"]
    assert status.state == "damaged" and "incomplete" in status.note
    found, _ = run(store.remove_weights(RemoveWeights("imported/own"), Context()))
    assert [left.name for left in found] == ["net-published"] and not own.exists()


def test_remove(folder: Path, tmp_path: Path) -> None:
    bundled = self_described(tmp_path / "bundled" / "tiny.safetensors")
    (folder / "net.bin").write_bytes(CONTENT)
    (folder / "net.bin.part").write_bytes(b"x")
    (folder / "net.bin.part.json").write_text("{}")
    (folder / "other.bin").write_bytes(b"a stranger's file")
    listed()
    found, _ = run(store.remove_weights(RemoveWeights("net-published"), Context()))
    assert {status.name: status.state for status in found} == {"tiny": "bundled", "net-published": "absent"}
    assert {path.name for path in folder.iterdir()} == {"other.bin"}
    with pytest.raises(UserError, match="come with the program"):
        run(store.remove_weights(RemoveWeights("tiny"), Context()))
    assert bundled.exists()


@pytest.mark.parametrize("name", ["imported/../net", "imported/", "imported//etc/passwd", "../net"])
def test_names_cannot_leave_the_folder(name: str) -> None:
    with pytest.raises(UserError, match="no weights named"):
        run(store.remove_weights(RemoveWeights(name), Context()))
