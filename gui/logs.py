"""The log: a rotating file for reports, warnings on stderr, and no exception that vanishes unseen."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Final

from platformdirs import user_log_dir
from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from engine.errors import ErrorReport, describe

log = logging.getLogger("gui.logs")

NAME: Final = "convscope.log"
MAX_BYTES: Final = 1_000_000
KEPT: Final = 3
LOGGERS: Final = ("app", "gui", "engine", "qt", "benchmarks")
FORMAT: Final = "%(asctime)s %(levelname)-7s %(threadName)s %(name)s: %(message)s"
_QT_LEVELS: Final = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}

# What Qt's offscreen platform cannot do and nobody needs there: it says so at every window, even in the tour.
_OFFSCREEN_LIMIT: Final = "This plugin does not support"

OnCrash = Callable[[ErrorReport], None]


class _State:
    """What set-up has changed, so that it can be taken back."""

    def __init__(self) -> None:
        self.handlers: list[logging.Handler] = []
        self.path: Path | None = None
        self.on_crash: OnCrash | None = None
        self.previous: tuple[object, object] | None = None


_state: Final = _State()


def default_dir() -> Path:
    """Where the system keeps the logs of a program."""
    return Path(user_log_dir("ConvScope", appauthor=False))


def setup(log_dir: Path | None = None, verbose: bool = False) -> Path | None:
    """Begin to log; returns the log file, None where the folder cannot be written (said once on stderr).

    `verbose` writes debug messages too, and shows everything on stderr instead of warnings only.
    """
    shutdown()
    root = logging.getLogger()
    problem = _add_file(log_dir or default_dir(), verbose)
    if sys.stderr is not None:  # a program without a console has none
        screen = logging.StreamHandler(sys.stderr)
        screen.setLevel(logging.DEBUG if verbose else logging.WARNING)
        screen.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
        _state.handlers.append(screen)
    for handler in _state.handlers:
        root.addHandler(handler)
    for name in LOGGERS:
        logging.getLogger(name).setLevel(logging.DEBUG if verbose else logging.INFO)
    logging.captureWarnings(True)
    _state.previous = (sys.excepthook, threading.excepthook)
    sys.excepthook = _on_exception
    threading.excepthook = _on_thread_exception
    qInstallMessageHandler(_on_qt_message)
    if problem:
        log.warning("There will be no log file: %s", problem)
    return _state.path


def shutdown() -> None:
    """Take everything back that `setup` changed; harmless without one."""
    root = logging.getLogger()
    for handler in _state.handlers:
        root.removeHandler(handler)
        handler.close()
    _state.handlers.clear()
    _state.path, _state.on_crash = None, None
    if _state.previous is None:
        return
    # Only hooks that are still ours go: another tool may have put its own in front in the meantime.
    ours = sys.excepthook is _on_exception, threading.excepthook is _on_thread_exception
    before, thread_before = _state.previous
    if ours[0]:
        sys.excepthook = before  # type: ignore[assignment]
    if ours[1]:
        threading.excepthook = thread_before  # type: ignore[assignment]
    _state.previous = None
    qInstallMessageHandler(None)
    logging.captureWarnings(False)


def log_path() -> Path | None:
    """The log file in use, None where there is none."""
    return _state.path


def forward_crashes(on_crash: OnCrash | None) -> None:
    """Tell whom uncaught exceptions are reported to, besides the log.

    `on_crash` is called in the thread that failed: give the emit of a signal, never a method of a widget.
    """
    _state.on_crash = on_crash


def _add_file(folder: Path, verbose: bool) -> str:
    """Open the log file; the reason where that is not possible."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(folder / NAME, maxBytes=MAX_BYTES, backupCount=KEPT, encoding="utf-8")
    except OSError as error:
        return f"{folder} cannot be written ({error.strerror or error})."
    handler.setLevel(logging.DEBUG if verbose else logging.INFO)
    handler.setFormatter(logging.Formatter(FORMAT))
    _state.handlers.append(handler)
    _state.path = folder / NAME
    return ""


def _on_exception(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None, thread: str = ""
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    where = f" in thread {thread}" if thread else ""
    logging.getLogger("app").critical("Uncaught exception%s", where, exc_info=(kind, error, trace))
    on_crash = _state.on_crash
    if on_crash is None:
        return
    try:
        on_crash(describe(error.with_traceback(trace)))
    except Exception:
        # The window may be gone already; raising here would only end in Python's own last words.
        log.exception("The exception could not be shown in the window.")


def _on_thread_exception(args: threading.ExceptHookArgs) -> None:
    if args.exc_type is SystemExit:
        return
    error = args.exc_value if args.exc_value is not None else args.exc_type()
    _on_exception(args.exc_type, error, args.exc_traceback, args.thread.name if args.thread else "unknown")


def _on_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    category = getattr(context, "category", None) or "default"
    name = "qt" if category == "default" else f"qt.{category.removeprefix('qt.')}"
    level = logging.DEBUG if message.startswith(_OFFSCREEN_LIMIT) else _QT_LEVELS.get(kind, logging.WARNING)
    logging.getLogger(name).log(level, "%s", message)
