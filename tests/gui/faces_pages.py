"""The page "Faces" over real gallery files and a canned crowd, for tests of the views that change or judge people."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.context import Context
from engine.faces import crowd
from engine.faces.gallery.requests import Index, Snapshot
from engine.faces.requests import EmbedCrowd
from engine.handlers import HANDLERS, Handler
from engine.runner import Emit, InlineEngine
from gui.bridge import Bridge
from gui.pages import entry
from gui.pages.base import Services
from gui.pages.faces.page import FacesPage
from gui.pages.faces.state import FacesState
from gui.settings import Settings
from gui.state import to_json
from tests.gui import canned_faces

OpenFaces = Callable[..., FacesPage]
GALLERY = "engine.faces.gallery.requests."
DIMENSIONS = 16
PATIENCE_S = 60.0
"""Far more than anything takes: the first visit draws 120 faces, on a busy machine for some seconds."""


def crowd_rows() -> np.ndarray:
    """float32[N, 16] of the crowd: people lie apart, but not so far that nobody is mistaken for anybody."""
    generator = np.random.default_rng(5)
    middles = np.repeat(generator.normal(size=(crowd.PEOPLE, DIMENSIONS)), crowd.VIEWS, 0)
    rows = middles + 0.55 * generator.normal(size=middles.shape)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def embed_crowd(request: EmbedCrowd, _context: Context) -> Snapshot:
    maker = (request.embedder, f"{request.embedder}-1")
    rows = crowd_rows()
    photos = np.arange(len(rows))
    return Snapshot(Path(), crowd.people(maker), (Index(maker, rows, photos // crowd.VIEWS, photos),))


TABLE = {
    **canned_faces.TABLE,
    "engine.faces.requests.EmbedCrowd": Handler(f"{__name__}:embed_crowd", needs_torch=False),
    **{
        name: handler
        for name, handler in HANDLERS.items()
        if name.startswith(GALLERY) and not name.endswith("Reembed")
    },
}


def inline(emit: Emit) -> InlineEngine:
    return InlineEngine(emit, load_torch=False, handlers=TABLE)


def settle(page: FacesPage) -> None:
    """Everything that was asked is answered."""
    until = time.monotonic() + PATIENCE_S
    calm = 0
    while calm < 4:
        QApplication.processEvents()
        view = page.stage.view
        rested = page.answers.settled and not page.services.bridge.busy and (view is None or view.settled)
        calm = calm + 1 if rested else 0
        assert time.monotonic() < until, "the page did not come to rest"


@pytest.fixture
def open_faces(
    qtbot: QtBot, calm: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[OpenFaces]:
    """Opens the page as a window of its own: open_faces(state=None). One's own gallery is in the test's folder."""
    opened: list[tuple[FacesPage, Bridge]] = []
    canned_faces.clear()
    monkeypatch.setenv("CONVSCOPE_GALLERY", str(tmp_path / "own.sqlite3"))

    def opener(state: FacesState | None = None, make_engine: Any = inline) -> FacesPage:
        bridge = Bridge(make_engine)
        found = entry("faces")
        assert found is not None
        page = cast(FacesPage, found.create(Services(bridge, Settings(tmp_path / "settings.ini"))))
        opened.append((page, bridge))
        qtbot.addWidget(page)
        page.resize(1400, 900)
        if state is not None:
            page.restore_session(to_json(state))
        with qtbot.waitExposed(page):
            page.show()
        page.activated()
        settle(page)
        return page

    yield opener
    for page, bridge in opened:
        page.close_page()
        bridge.close()
    canned_faces.clear()
