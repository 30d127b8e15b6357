"""The page "Boxes": its views, its state, and what a person does that concerns them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.errors import UserError
from engine.handlers import HANDLERS
from engine.runner import Emit, InlineEngine
from gui.pages.boxes.page import BoxesPage
from gui.pages.boxes.state import BoxesState, view_fields, with_source
from gui.pages.boxes.views import VIEWS
from gui.state import envelope, from_json, open_envelope, to_json
from gui.widgets.picture import to_pixels
from gui.widgets.source_state import SourceState
from tests.gui.page_fixtures import opened_pages
from tests.gui.window_fixtures import calm

__all__ = ["calm"]

OpenPage = Callable[..., BoxesPage]


def inline(emit: Emit) -> InlineEngine:
    return InlineEngine(emit, device="cpu", handlers=HANDLERS)


@pytest.fixture
def open_page(qtbot: QtBot, calm: None, tmp_path: Path) -> Iterator[OpenPage]:
    """Opens pages as windows of their own: open_page(make_engine=inline, state=None, size=(1300, 900))."""
    with opened_pages(qtbot, tmp_path, "boxes", inline, (1300, 900)) as opener:
        yield opener


def test_every_view_is_a_field_of_the_state() -> None:
    assert view_fields() == tuple(entry.name for entry in VIEWS)


@pytest.mark.parametrize("name", [entry.name for entry in VIEWS])
def test_a_view_opens_with_something_to_see(open_page: OpenPage, name: str) -> None:
    state = from_json(BoxesState, {"view": name})
    page = open_page(state=state)
    view = page.stage.view
    assert view is not None and page.stage.name == name and page.stage.tabs.value == name
    drawn = to_pixels(view.grab().toImage())
    assert np.unique(drawn.reshape(-1, 3), axis=0).shape[0] > 20
    assert page.details.under.texts() and (view.controls() is None or page.panel.view_section.isVisible())


def test_alt_and_a_number_pick_a_view_without_a_step_of_undo(open_page: OpenPage) -> None:
    page = open_page()
    for number, found in enumerate(VIEWS, start=1):
        QTest.keyClick(page, Qt.Key(Qt.Key.Key_0 + number), Qt.KeyboardModifier.AltModifier)
        assert page.state.view == found.name
    assert not page.history.can_undo


def test_a_state_comes_back_from_its_link() -> None:
    state = replace(BoxesState(), view="overlap", source=SourceState("sample", "cat"))
    page, data = open_envelope(envelope("boxes", state))
    assert page == "boxes" and from_json(BoxesState, data).validated() == state


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"source": {"kind": "preset", "value": "step"}}, "not on an example of numbers"),
        ({"view": "nowhere"}, "none of"),
        ({"target": {"guess": [0.5, 0.5, 0.2, 0.9]}}, "does not lie in its picture"),
        ({"overlap": {"truth": [0, 0, 2, 1]}}, "does not lie in its picture"),
        ({"target": {"classes": ["a", "a"], "scores": [0, 0]}}, "same name"),
        ({"target": {"p": "much"}}, "kind float"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(UserError, match=words):
        from_json(BoxesState, {**to_json(BoxesState()), **changes}).validated()


def test_another_picture_brings_its_own_things() -> None:
    state = with_source(BoxesState(), SourceState("sample", "cat"))
    assert [thing.kind for thing in state.target.boxes] == [1]
    assert with_source(state, SourceState("sample", "coffee")).target.boxes == ()


def test_a_page_is_led_here_with_a_picture_and_settings(open_page: OpenPage, qtbot: QtBot) -> None:
    page = open_page()
    page.change(replace(page.state, view="overlap", source=SourceState("sample", "cat")))
    qtbot.waitUntil(lambda: page.picture is not None)
    assert page.stage.name == "overlap" and page.picture is not None and "Chelsea" in page.picture.name
    page.undo()
    assert page.state == BoxesState()


def test_a_folder_goes_to_the_view_that_takes_one(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page()
    page.open_path(tmp_path)
    assert page.state.view == "anchors" and page.state.anchors.folder == str(tmp_path)


def test_a_folder_that_nobody_takes_is_refused(
    open_page: OpenPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page()
    monkeypatch.setattr(page, "numbered", page.numbered[:3])
    said: list[str] = []
    page.said.connect(lambda sentence, _kind: said.append(sentence))
    page.open_path(tmp_path)
    assert page.state.view == "target" and "folder" in said[0]
