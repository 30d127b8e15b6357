"""Pages as windows of their own, without the main window around them, over an engine that the test chooses."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.bridge import Bridge
from gui.pages import entry
from gui.pages.base import Page, Services
from gui.settings import Settings
from gui.state import to_json

IMPORT: Final = "import "
"""How the names of threads begin that bring a module in beside the engine."""
JOIN_S: Final = 30.0


def process_events(_page: object = None) -> None:
    """Let Qt do what is due, and what follows from it."""
    for _ in range(8):
        QApplication.processEvents()


@contextmanager
def opened_pages(
    qtbot: QtBot,
    folder: Path,
    name: str,
    make_engine: Any,
    size: tuple[int, int] = (1300, 850),
    settle: Callable[[Any], None] = process_events,
) -> Iterator[Callable[..., Any]]:
    """Opens pages called `name`: opener(make_engine=…, state=None, size=…). They are closed at the end.

    `folder`: where their settings lie. `settle`: called with every page that was opened.
    """
    opened: list[tuple[Page[Any], Bridge]] = []

    def opener(make_engine: Any = make_engine, state: Any = None, size: tuple[int, int] = size) -> Page[Any]:
        bridge = Bridge(make_engine)
        found = entry(name)
        assert found is not None
        page = found.create(Services(bridge, Settings(folder / "settings.ini")))
        opened.append((page, bridge))
        qtbot.addWidget(page)
        page.resize(*size)
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
    for thread in threading.enumerate():
        if thread.name.startswith(IMPORT):  # nobody can stop an import, and a crowded machine takes its time
            thread.join(JOIN_S)
