"""The real window for benchmarks: built as app.py builds it, with settings of its own that are thrown away."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from gui.main_window import MainWindow

PATIENCE = 60.0


def application() -> QApplication:
    """The QApplication with the program's light theme; offscreen where there is no display."""
    if (
        not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
        and os.name == "posix"
    ):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtWidgets import QApplication

    from gui.theme import Scheme, theme

    found = QApplication.instance()
    app = found if isinstance(found, QApplication) else QApplication(["benchmarks"])
    theme.set_reduced_motion(False)
    theme.apply(Scheme.LIGHT)
    return app


def run_for(milliseconds: int) -> None:
    """Let the window live; in a loop of its own, because an application that was told to quit runs no loop any more."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


@contextmanager
def main_window() -> Iterator[MainWindow]:
    """The program's window with the real engine, shown and painted; torch is not loaded."""
    app = application()
    from engine.runner import Engine
    from gui.bridge import Bridge
    from gui.main_window import MainWindow
    from gui.pages.base import Services
    from gui.settings import Settings

    with tempfile.TemporaryDirectory(prefix="convscope-bench-") as folder:
        settings = Settings(Path(folder) / "settings.ini")
        window = MainWindow(Services(Bridge(Engine), settings), "benchmark", "convolution")
        try:
            window.show()
            spin(app, lambda: False, 0.3)
            yield window
        finally:
            window.close()
            window.deleteLater()
            spin(app, lambda: False, 0.05)


def spin(app: QApplication, done: Callable[[], bool], seconds: float) -> bool:
    """Run the event loop until `done`, at most so long; whether it came to that."""
    end = time.perf_counter() + seconds
    while not done() and time.perf_counter() < end:
        app.processEvents()
        time.sleep(0.0005)
    return done()


def wait(app: QApplication, done: Callable[[], bool], what: str) -> None:
    """Run the event loop until `done`. Raises TimeoutError."""
    if not spin(app, done, PATIENCE):
        raise TimeoutError(f"{what} did not come within {PATIENCE:.0f} s")
