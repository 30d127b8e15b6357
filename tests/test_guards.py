"""What must stay true of the house and of what it stands on, whoever changes it."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget

ROOT = Path(__file__).resolve().parents[1]
# Each costs between a tenth of a second and several; none is needed to paint the first window.
LATE = {"torch", "torchvision", "cv2", "pyqtgraph", "matplotlib", "skimage", "sklearn", "scipy"}


def test_pyside_keeps_reference_counts(qapp: QApplication) -> None:
    """PySide6 6.12.0 on CPython 3.11 loses a reference to None a call, and aborts after some 5,000."""
    widget = QWidget()
    before = sys.getrefcount(None)
    for _ in range(500):
        widget.setEnabled(True)
    change = sys.getrefcount(None) - before
    widget.deleteLater()
    assert abs(change) < 100, f"500 calls changed the reference count of None by {change}: a broken PySide6"


def modules_after(statement: str) -> set[str]:
    """Top-level names in sys.modules of a fresh interpreter that ran the statement."""
    code = f"import json, sys\n{statement}\nprint(json.dumps([m.partition('.')[0] for m in sys.modules]))"
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=110
    )
    assert run.returncode == 0, run.stderr
    return set(json.loads(run.stdout.splitlines()[-1]))


def test_nothing_slow_is_imported_for_the_first_window() -> None:
    assert not modules_after("import app, gui.main_window") & LATE


def test_the_engine_starts_without_torch_and_without_qt() -> None:
    loaded = modules_after("import engine.handlers, engine.runner, engine.sources")
    assert not loaded & (LATE | {"PySide6", "shiboken6", "gui"})


def imported_names(file: Path) -> set[str]:
    """Top-level names of every absolute import in a module, those inside functions too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize(
    ("place", "banned"),
    [
        ("engine", {"PySide6", "shiboken6", "qtpy", "qtawesome", "pyqtgraph", "gui", "app"}),
        ("gui", {"torch", "torchvision", "cv2", "app"}),
        ("app.py", {"torch", "torchvision", "cv2"}),
    ],
)
def test_imports_point_one_way(place: str, banned: set[str]) -> None:
    """A second route to what the import contracts check, down to imports inside functions."""
    files = [ROOT / place] if place.endswith(".py") else sorted((ROOT / place).rglob("*.py"))
    assert files, f"no modules under {place}"
    found = {str(file.relative_to(ROOT)): imported_names(file) & banned for file in files}
    assert not {file: names for file, names in found.items() if names}


def test_only_one_module_imports_opencv() -> None:
    """cv2 rewrites Qt's plugin path in the environment when it is imported; engine/cv.py puts it back."""
    sources = [ROOT / "app.py", *(ROOT / "engine").rglob("*.py"), *(ROOT / "gui").rglob("*.py")]
    assert [file for file in sources if "cv2" in imported_names(file)] == [ROOT / "engine" / "cv.py"]


def test_every_package_says_that_it_is_one() -> None:
    """Without __init__.py the import contracts leave a folder out, in silence."""
    folders = {f.parent for area in ("engine", "gui") for f in (ROOT / area).rglob("*.py")}
    assert [str(f.relative_to(ROOT)) for f in sorted(folders) if not (f / "__init__.py").exists()] == []


# Each leaves behind what its name says, and nothing else.
CARELESS = """
import logging, threading
import pytest
from PySide6.QtCore import QObject, QTimer, qWarning
from PySide6.QtWidgets import QWidget

kept = []

def test_nothing(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    QTimer(widget).start(1000)

@pytest.mark.expected_log("lens cap")
def test_expected_warning():
    logging.getLogger("engine.video").warning("the lens cap is on")

def test_warning():
    logging.getLogger("engine.video").warning("the lens cap is on")

def test_absent_warning(expected_log):
    expected_log("lens cap")

def test_qt_warning():
    qWarning("painted nowhere")

def test_thread():
    threading.Thread(target=threading.Event().wait, args=(4,), name="stray").start()

def test_widget():
    kept.append(QWidget())

def test_timer():
    owner = QObject()
    QTimer(owner).start(1000)
    kept.append(owner)
"""


def test_the_guards_see_what_careless_tests_leave_behind(tmp_path: Path) -> None:
    for file in ("pyproject.toml", "tests/conftest.py", "tests/gui/conftest.py"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text((ROOT / file).read_text("utf-8"), "utf-8")
    (tmp_path / "tests" / "gui" / "test_careless.py").write_text(CARELESS, "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=110)
    caught = set(re.findall(r"^ERROR \S+::test_(\w+)", run.stdout, re.MULTILINE))
    assert caught == {"warning", "absent_warning", "qt_warning", "thread", "widget", "timer"}, run.stdout
    assert "8 passed, 6 errors" in run.stdout
