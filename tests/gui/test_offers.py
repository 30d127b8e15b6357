"""What the overlay says while a file is dragged, and what a refusal names; the drop itself is in test_drops."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from engine.errors import UserError
from gui import drops
from gui.pages import PAGES, PageEntry


def stub(*takes: str) -> Any:
    """A page as far as the decision needs one."""
    entry = replace(PAGES[0], name="nets", title="Nets", opens=takes)
    return SimpleNamespace(
        entry=entry, accepts=lambda kind: None if kind in takes else f"Nets takes no {kind}."
    )


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Path.open

    def opened(path: Path, mode: str = "r", *more: Any, **options: Any) -> Any:
        assert "r" not in mode, "the file was read while it was dragged"
        return plain(path, mode, *more, **options)

    monkeypatch.setattr(Path, "open", opened)


def test_an_offer_goes_by_the_name(tmp_path: Path, unread: None) -> None:
    path = tmp_path / "photo.png"
    path.touch()
    with pytest.raises(UserError, match="is empty"):
        drops.offer(path, stub("picture"), PAGES)
    path.write_bytes(b"no picture at all")
    assert drops.offer(path, stub("picture"), PAGES) == drops.Offer(path, "picture", stub("picture").entry)


def test_an_offer_of_another_page(tmp_path: Path, unread: None) -> None:
    (tmp_path / "walk.mp4").write_bytes(b"x")
    films = PageEntry("films", "Films", "", "grid", "", "", opens=("video",))
    assert drops.offer(tmp_path / "walk.mp4", stub("picture"), (films,)).page is films


@pytest.mark.parametrize(("name", "kind"), [("notes.txt", None), ("README", None), ("view.json", "state")])
def test_what_only_its_content_tells_is_not_refused_early(
    tmp_path: Path, unread: None, name: str, kind: str | None
) -> None:
    (tmp_path / name).write_bytes(b"x")
    found = drops.offer(tmp_path / name, stub("picture"), PAGES)
    assert (found.kind, found.page.name) == (kind, "nets")


@pytest.mark.parametrize("decide", [drops.offer, drops.destination])
def test_a_folder_is_refused_in_a_sentence_that_names_it(tmp_path: Path, decide: Any) -> None:
    folder = tmp_path / "my holiday"
    folder.mkdir()
    with pytest.raises(UserError) as caught:
        decide(folder, stub("picture"), tuple(page for page in PAGES if "folder" not in page.opens))
    assert caught.value.sentence == "my holiday cannot be opened here. Nets takes no folder."


def test_a_file_of_no_use_is_named_and_what_was_kept_is_said(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(UserError) as caught:
        drops.destination(tmp_path / "notes.txt", stub("picture"), PAGES)
    assert caught.value.sentence.startswith("notes.txt ")
    assert caught.value.hint.endswith("What is on show stays.")
