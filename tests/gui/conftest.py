"""What every test of the window gets: no screen, no stored settings, and nothing may be left behind."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QSettings, QTimer
from PySide6.QtWidgets import QApplication

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before there is an application


@pytest.fixture(scope="session", autouse=True)
def formulas_loaded(qapp: QApplication) -> None:
    """matplotlib's text modules are there: on a busy machine the thread that loads them outlives a short test."""
    from gui.widgets.formula import loader

    loader.load()


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path) -> None:
    """Every test starts as if the program had never run."""
    for layout in (QSettings.Format.IniFormat, QSettings.Format.NativeFormat):
        QSettings.setPath(layout, QSettings.Scope.UserScope, str(tmp_path / "settings"))


def addresses_of_windows() -> set[int]:
    """C++ addresses of all top-level widgets. Qt keeps a tooltip of its own alive for a while: no leak."""
    windows = QApplication.topLevelWidgets()
    return {shiboken6.getCppPointer(w)[0] for w in windows if w.metaObject().className() != "QTipLabel"}


def running_timers() -> set[int]:
    """C++ addresses of all running timers that Python knows.

    Qt has no list of its timers, and those of a QObject without a window (a bridge, a clock) hang below no
    widget; the binding knows every object that Python holds. QTimer.singleShot makes none of these.
    """
    timers = (thing for thing in shiboken6.getAllValidWrappers() if isinstance(thing, QTimer))
    return {shiboken6.getCppPointer(timer)[0] for timer in timers if timer.isActive()}


def settle() -> None:
    """Lets Qt finish what was asked for: close events, and deletions put off with deleteLater."""
    QCoreApplication.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QCoreApplication.processEvents()


@pytest.fixture(autouse=True)
def leak_guard(qapp: QApplication, own_settings: None) -> Iterator[None]:
    """Fails a test that leaves a top-level widget or a running timer behind.

    Widgets given to qtbot.addWidget are closed before this looks; a module-wide fixture's were there before.
    """
    windows, timers = addresses_of_windows(), running_timers()
    yield
    settle()
    if addresses_of_windows() - windows or running_timers() - timers:
        gc.collect()  # only reference cycles hold them: no leak, but they may go now
        settle()
    left = [
        f"{type(w).__name__} {w.objectName() or w.windowTitle()!r}"
        for w in QApplication.topLevelWidgets()
        if shiboken6.getCppPointer(w)[0] in addresses_of_windows() - windows
    ]
    count = len(running_timers() - timers)
    # The next test starts clean, whatever this one did.
    for widget in QApplication.topLevelWidgets():
        if shiboken6.getCppPointer(widget)[0] not in windows:
            widget.hide()
            widget.deleteLater()
    settle()
    if left or count:
        pytest.fail(f"left behind: top-level widgets {left}, {count} running timers", pytrace=False)
