"""The log: what goes into the file, what a person is told, and that everything can be taken back."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QtMsgType, qWarning

from engine.errors import ErrorReport, UserError
from gui import logs


@pytest.fixture
def logging_restored() -> Iterator[None]:
    hooks = sys.excepthook, threading.excepthook
    handlers = list(logging.getLogger().handlers)
    levels = {name: logging.getLogger(name).level for name in logs.LOGGERS}
    yield
    logs.shutdown()
    assert (sys.excepthook, threading.excepthook) == hooks
    assert logging.getLogger().handlers == handlers
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


pytestmark = pytest.mark.usefixtures("logging_restored")


def fail() -> None:
    raise UserError("The photo is cut off.", "The old one stays.")


@pytest.mark.expected_log("a warning of the gui")
def test_the_file_has_notes_and_stderr_has_warnings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = logs.setup(tmp_path / "logs é")
    assert path == logs.log_path() == tmp_path / "logs é" / logs.NAME
    logging.getLogger("gui.page").warning("a warning of the gui")
    logging.getLogger("engine").info("a note of the engine")
    logging.getLogger("app").debug("a detail")
    logs.shutdown()
    text = path.read_text("utf-8")
    assert "a warning of the gui" in text
    assert "a note of the engine" in text
    assert "a detail" not in text
    shown = capsys.readouterr().err
    assert "WARNING gui.page: a warning of the gui" in shown
    assert "a note of the engine" not in shown


def test_verbose_writes_details(tmp_path: Path) -> None:
    path = logs.setup(tmp_path, verbose=True)
    logging.getLogger("app").debug("a detail")
    logs.shutdown()
    assert path is not None
    assert "a detail" in path.read_text("utf-8")


@pytest.mark.expected_log("There will be no log file")
def test_a_folder_that_cannot_be_written_is_said_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert logs.setup(tmp_path / "file" / "logs") is None
    assert logs.log_path() is None
    logging.getLogger("app").info("life goes on")
    assert capsys.readouterr().err.count("no log file") == 1


@pytest.mark.expected_log("Uncaught exception")
def test_an_uncaught_exception_is_logged_and_reported(tmp_path: Path) -> None:
    path = logs.setup(tmp_path)
    reports: list[ErrorReport] = []
    logs.forward_crashes(reports.append)
    try:
        fail()
    except UserError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    assert [(r.sentence, r.hint) for r in reports] == [("The photo is cut off.", "The old one stays.")]
    assert "in fail" in reports[0].details
    logs.shutdown()
    assert path is not None
    assert "in fail" in path.read_text("utf-8")


@pytest.mark.expected_log("Uncaught exception in thread capture")
def test_so_is_one_in_a_thread(tmp_path: Path) -> None:
    logs.setup(tmp_path)
    reports: list[ErrorReport] = []
    logs.forward_crashes(reports.append)
    thread = threading.Thread(target=fail, name="capture")
    thread.start()
    thread.join()
    assert [report.sentence for report in reports] == ["The photo is cut off."]


@pytest.mark.expected_log("Uncaught exception")
@pytest.mark.expected_log("could not be shown in the window")
def test_a_window_that_is_gone_does_not_make_it_worse(tmp_path: Path) -> None:
    def gone(_report: ErrorReport) -> None:
        raise RuntimeError("the window is gone")

    path = logs.setup(tmp_path)
    logs.forward_crashes(gone)
    sys.excepthook(ValueError, ValueError("the first fault"), None)
    assert path is not None and "the first fault" in path.read_text("utf-8")


@pytest.mark.expected_log("qt: something in Qt")
def test_messages_of_qt_arrive(tmp_path: Path) -> None:
    path = logs.setup(tmp_path)
    qWarning("something in Qt")
    logs.shutdown()
    assert path is not None
    assert "WARNING MainThread qt: something in Qt" in path.read_text("utf-8")


def test_what_the_offscreen_platform_cannot_do_is_no_warning(tmp_path: Path) -> None:
    class Context:
        category = "default"

    path = logs.setup(tmp_path, verbose=True)
    message = "This plugin does not support propagateSizeHints()"
    logs._on_qt_message(QtMsgType.QtWarningMsg, Context(), message)  # type: ignore[arg-type]
    logs.shutdown()
    assert path is not None
    assert f"DEBUG   MainThread qt: {message}" in path.read_text("utf-8")


def test_setting_up_twice_writes_every_line_once(tmp_path: Path) -> None:
    logs.setup(tmp_path / "a")
    path = logs.setup(tmp_path / "b")
    logging.getLogger("app").info("only once")
    logs.shutdown()
    assert path is not None
    assert path.read_text("utf-8").count("only once") == 1
    assert "only once" not in (tmp_path / "a" / logs.NAME).read_text("utf-8")


def test_the_usual_place_is_the_systems() -> None:
    assert logs.default_dir().is_absolute()
    assert "ConvScope" in str(logs.default_dir())
