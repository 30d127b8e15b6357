"""The tour: every page in every state worth showing, rendered through the real widgets to pictures and an index."""

from __future__ import annotations

import html
import logging
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QEventLoop
from PySide6.QtGui import QGuiApplication

from gui import export
from gui.main_window import MainWindow
from gui.pages import PAGES
from gui.pages.base import Page
from gui.theme import Scheme, theme
from gui.widgets import formula

log = logging.getLogger("gui.tour")

SIZES = (("wide", 1600, 1000), ("small", 1024, 640))
READY_SECONDS = 60.0
SETTLE_MS = 60
PAUSE_SECONDS = 0.005


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture of the tour."""

    file: str
    title: str
    text: str
    detail: str


class _Warnings(logging.Handler):
    """Collects what would make the tour fail."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(f"{record.name}: {record.getMessage()}")


def run(
    window: MainWindow, folder: Path, schemes: tuple[Scheme, ...] = (Scheme.LIGHT, Scheme.DARK)
) -> list[str]:
    """Render the tour into `folder`; what went wrong, empty when nothing did."""
    folder.mkdir(parents=True, exist_ok=True)
    warnings = _Warnings()
    logging.getLogger().addHandler(warnings)
    theme.set_reduced_motion(True)
    formula.loader.load()
    problems: list[str] = []
    shots: list[Shot] = []
    try:
        for scheme in schemes:
            theme.apply(scheme)
            for name, width, height in SIZES:
                window.resize(width, height)
                for page in PAGES:
                    window.show_page(page.name)
                    shots += _page(window, window.page, folder, f"{scheme}-{name}", problems)
    finally:
        logging.getLogger().removeHandler(warnings)
    (folder / "index.html").write_text(_index(shots), encoding="utf-8")
    return problems + warnings.messages


def _page(window: MainWindow, page: Page[Any], folder: Path, look: str, problems: list[str]) -> list[Shot]:
    shots = []
    for number, stop in enumerate(page.tour(), start=1):
        try:
            page.change(stop.state)
            if page.state != stop.state.validated():
                problems.append(f"{page.entry.name}/{stop.name}: the page did not take the state")
            if not _wait_until_ready(page):
                problems.append(f"{page.entry.name}/{stop.name}: not ready after {READY_SECONDS:.0f} s")
            file = f"{page.entry.name}-{number:02d}-{stop.name}-{look}.png"
            export.save_png(window, folder / file, scale=1.0)
            shots.append(Shot(file, stop.title, stop.text, f"{page.entry.title}, {look}"))
        # One broken stop must not hide the others; it is reported and fails the tour.
        except Exception as error:
            log.exception("tour stop %s of %s", stop.name, page.entry.name)
            problems.append(f"{page.entry.name}/{stop.name}: {error}")
    return shots


def _wait_until_ready(page: Page[Any]) -> bool:
    deadline = time.monotonic() + READY_SECONDS
    settled = QDeadlineTimer(SETTLE_MS)
    while not (page.tour_ready() and page.parts_ready()) or not settled.hasExpired():
        if time.monotonic() > deadline:
            return False
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        time.sleep(PAUSE_SECONDS)  # lets go of Python's lock, for which the engine would wait at every step
    QGuiApplication.sync()
    QCoreApplication.processEvents()
    return True


def _index(shots: list[Shot]) -> str:
    return _PAGE.replace("FIGURES", "\n".join(_figure(shot) for shot in shots))


def _figure(shot: Shot) -> str:
    file, title, text, detail = map(html.escape, (shot.file, shot.title, shot.text, shot.detail))
    return (
        f'<figure><a href="{file}"><img loading="lazy" src="{file}" alt="{title}"></a>'
        f"<figcaption><b>{title}</b><br>{text}<br><small>{detail}</small></figcaption></figure>"
    )


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>ConvScope tour</title>
<style>body{font:15px/1.5 system-ui,sans-serif;margin:32px;background:#f6f7f9;color:#1b1f27}
main{display:grid;grid-template-columns:repeat(auto-fill,minmax(460px,1fr));gap:24px}
figure{margin:0;background:#fff;border:1px solid #dde1e7;border-radius:10px;overflow:hidden}
img{width:100%;display:block}
figcaption{padding:12px 16px}small{color:#5e6878}</style></head>
<body><h1>ConvScope tour</h1><main>
FIGURES
</main></body></html>
"""
