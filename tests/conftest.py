"""What every test gets: settings of its own, the real data where there is any, and guards.

The guards fail a test that passes but leaves something behind: a warning nobody expected (log_guard) or a
running thread (thread_guard); tests/gui/conftest.py adds widgets and timers.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

# Before anything of ours is imported: the person's own settings, downloads and caches stay out of reach.
HOME = Path(tempfile.mkdtemp(prefix="convscope-tests-"))
for _variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"):
    _folder = HOME / _variable.removeprefix("XDG_").lower()
    _folder.mkdir(mode=0o700)
    os.environ[_variable] = str(_folder)

# No test is decided by timing, and a red run in CI must be red on the next machine too.
settings.register_profile("local", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("reproducible", settings.get_profile("local"), derandomize=True)
settings.load_profile("reproducible" if os.environ.get("CI") else "local")

OUR_LOGGERS = ("app", "benchmarks", "convscope", "engine", "gui", "qt")
QT_LEVELS = {
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def pytest_unconfigure() -> None:
    shutil.rmtree(HOME, ignore_errors=True)


@pytest.fixture(scope="session")
def assets() -> Path:
    """The folder of real photos, videos and networks; a test that needs it is skipped where there is none."""
    folder = Path(os.environ.get("CONVSCOPE_ASSETS", ROOT.parent / "shared" / "assets"))
    if not folder.is_dir():
        pytest.skip(f"no real data: {folder} is not there (set CONVSCOPE_ASSETS)")
    return folder


class ExpectedLog:
    """Patterns of the warnings and errors that a test provokes on purpose. Each of them has to come."""

    def __init__(self) -> None:
        self.patterns: list[str] = []

    def __call__(self, pattern: str) -> None:
        """Expects a record whose text (logger name: message) contains a match of the regular expression."""
        self.patterns.append(pattern)


class RecordList(logging.Handler):
    """Keeps "logger: message" of every record from WARNING upwards; Qt's messages come as logger "qt"."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(f"{record.name}: {record.getMessage()}")

    def qt_message(self, kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
        # What the offscreen platform cannot do (raise a window, say) is said at every window; nobody needs it there.
        if kind in QT_LEVELS and not message.startswith("This plugin does not support"):
            self.texts.append(f"qt: {message}")


@pytest.fixture
def expected_log(request: pytest.FixtureRequest) -> ExpectedLog:
    """To be called with a pattern for each warning the test provokes: expected_log("camera .* busy")."""
    expected = ExpectedLog()
    for marker in request.node.iter_markers("expected_log"):
        expected(*marker.args)
    return expected


@pytest.fixture(autouse=True)
def log_guard(expected_log: ExpectedLog) -> Iterator[None]:
    """Fails a test when our loggers or Qt warn and nobody expected it, or an expected warning stays away."""
    records = RecordList()
    loggers = [logging.getLogger(name) for name in OUR_LOGGERS]
    for logger in loggers:
        logger.addHandler(records)
    previous = qInstallMessageHandler(records.qt_message)
    try:
        yield
    finally:
        qInstallMessageHandler(previous)
        for logger in loggers:
            logger.removeHandler(records)
    unexpected = [t for t in records.texts if not any(re.search(p, t) for p in expected_log.patterns)]
    absent = [p for p in expected_log.patterns if not any(re.search(p, t) for t in records.texts)]
    complaints = [f"nobody expected: {text}" for text in unexpected] + [f"did not come: {p}" for p in absent]
    if complaints:
        pytest.fail("warnings of the program or of Qt\n  " + "\n  ".join(complaints), pytrace=False)


@pytest.fixture(autouse=True)
def thread_guard() -> Iterator[None]:
    """Fails a test that leaves a thread running which would keep the program from ending."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 2.0  # a thread that was told to stop may need a moment to return
    left = [thread for thread in threading.enumerate() if thread not in before and not thread.daemon]
    for thread in left:
        thread.join(max(0.0, deadline - time.monotonic()))
    names = [thread.name for thread in left if thread.is_alive()]
    if names:
        pytest.fail(f"still running after the test: {', '.join(names)}", pytrace=False)
