"""The program as it is started: in processes of their own, with exit codes and what they print."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from gui.pages import PAGES
from gui.state import envelope

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 100
TOUR_SECONDS = 300

WATCH = """
import sys, threading, time
sys.path.insert(0, {root!r})
import app
from PySide6.QtCore import QTimer
from gui.main_window import MainWindow

seen, timers, began = [], [], time.monotonic()
show = MainWindow.show

def watched(window):
    show(window)
    print("torch when the window shows:", "torch" in sys.modules, flush=True)
    timers.append(QTimer(window))
    timers[0].timeout.connect(lambda: look(window))
    timers[0].start(5)

MainWindow.show = watched

def look(window):
    if time.monotonic() - began > {patience}:
        print("gave up", flush=True)
        window.close()
    else:
        act(window)

{act}

code = app.main({arguments!r})
left = [t.name for t in threading.enumerate() if t is not threading.main_thread()]
print("threads left:", left, flush=True)
sys.exit(code)
"""


def environment(tmp_path: Path) -> dict[str, str]:
    """Settings, caches and logs of its own, no screen."""
    folders = {
        f"XDG_{name}_HOME": str(tmp_path / name.lower()) for name in ("CONFIG", "DATA", "STATE", "CACHE")
    }
    return {**os.environ, **folders, "QT_QPA_PLATFORM": "offscreen"}


def start(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "app.py"), *arguments],
        capture_output=True, text=True, timeout=SECONDS, check=False, env=environment(tmp_path), cwd=tmp_path,
    )  # fmt: skip


def watch(
    tmp_path: Path, act: str, arguments: list[str], seconds: int = SECONDS
) -> subprocess.CompletedProcess[str]:
    """Start the program with something that looks at its window every few milliseconds."""
    script = tmp_path / "watch.py"
    script.write_text(WATCH.format(root=str(ROOT), act=act, arguments=arguments, patience=seconds - 10))
    return subprocess.run(
        [sys.executable, str(script)],
        capture_output=True, text=True, timeout=seconds, check=False, env=environment(tmp_path), cwd=tmp_path,
    )  # fmt: skip


def quiet(text: str) -> str:
    """What was printed to stderr, without what Qt's offscreen platform cannot do."""
    return "\n".join(line for line in text.splitlines() if "This plugin does not support" not in line)


def test_version(tmp_path: Path) -> None:
    done = start(tmp_path, "--version")
    assert done.returncode == 0 and done.stdout.startswith("ConvScope 0.")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [(["--page", "nowhere"], "convolution"), (["--device", "abacus"], "cuda"), (["--nonsense"], "usage")],
)
def test_what_it_does_not_know(tmp_path: Path, arguments: list[str], word: str) -> None:
    """Exit code 2 and a line that says what there is, before any window."""
    done = start(tmp_path, *arguments)
    assert done.returncode == 2 and word in done.stderr and "Traceback" not in done.stderr


def test_closing_while_torch_loads(tmp_path: Path) -> None:
    """Exit code 0, and torch was not imported before the window showed.

    No thread is left but that of the import, which nothing can interrupt and which a busy machine draws out.
    """
    act = """
def act(found):
    if found.services.bridge.state.state == "loading torch" and "closed" not in seen:
        seen.append("closed")
        print("closing while:", found.services.bridge.state.state, flush=True)
        found.close()
"""
    done = watch(tmp_path, act, [])
    assert done.returncode == 0, done.stderr
    assert "torch when the window shows: False" in done.stdout
    assert "closing while: loading torch" in done.stdout
    assert any(f"threads left: {names}" in done.stdout for names in ([], ["torch-loader"])), done.stdout
    assert quiet(done.stderr) == ""


def test_closing_while_a_job_runs(tmp_path: Path) -> None:
    act = """
import time
from dataclasses import dataclass
from engine.handlers import HANDLERS, Handler

@dataclass(frozen=True)
class Slow:
    pass

def slow(request, context):
    for step in range(10_000):
        time.sleep(0.01)
        yield context.progress(step, 10_000, "a long job")

HANDLERS["__main__.Slow"] = Handler("__main__:slow", needs_torch=False)

def act(found):
    if "asked" not in seen:
        seen.append("asked")
        found.channel = found.services.bridge.channel("slow", parent=found)
        found.channel.ask(Slow())
    elif found.status.bar.isVisible() and "closed" not in seen:
        seen.append("closed")
        print("closing while:", found.status.progress_text.text(), flush=True)
        found.close()
"""
    done = watch(tmp_path, act, [])
    assert done.returncode == 0, done.stderr
    assert "closing while: a long job" in done.stdout
    assert "threads left: []" in done.stdout
    assert quiet(done.stderr) == ""


def test_files_on_the_command_line(tmp_path: Path) -> None:
    """A picture is opened; what is no use is said in the banner, not in a traceback."""
    picture, text = tmp_path / "a picture.png", tmp_path / "notes.txt"
    Image.new("RGB", (80, 70), (0, 0, 255)).save(picture)
    text.write_text("hello")
    act = """
def act(found):
    source = found.page.state.shown_source
    if source.kind == "file" and found.banner.message is not None and "closed" not in seen:
        seen.append("closed")
        print("opened:", source.value, flush=True)
        print("said:", found.banner.message.sentence, flush=True)
        found.close()
"""
    done = watch(tmp_path, act, [str(picture), str(text)])
    assert done.returncode == 0, done.stderr
    assert f"opened: {picture}" in done.stdout and "said: notes.txt" in done.stdout
    assert quiet(done.stderr) == ""


def test_the_session_comes_back(tmp_path: Path) -> None:
    """Left with a view, started again: the view is there."""
    from gui.pages.convolution.state import ConvolutionState

    view = tmp_path / "view.json"
    view.write_text(envelope("convolution", ConvolutionState(stride=3)))
    act = """
def act(found):
    if "closed" not in seen:
        seen.append("closed")
        print("stride:", found.page.state.stride, flush=True)
        found.close()
"""
    first = watch(
        tmp_path, act.replace('if "closed"', 'if found.page.state.stride == 3 and "closed"'), [str(view)]
    )
    assert first.returncode == 0, first.stderr
    second = watch(tmp_path, act, [])
    assert "stride: 3" in second.stdout, second.stderr


@pytest.mark.timeout(TOUR_SECONDS + 20)
def test_the_tour(tmp_path: Path) -> None:
    """Every fifth stop, one scheme and size: pictures, an index, exit code 0, nothing logged as a warning."""
    act = """
from importlib import import_module
from gui import tour
from gui.pages import PAGES
from gui.theme import Scheme

for entry in PAGES:
    module, _, name = entry.target.partition(":")
    kind = getattr(import_module(module), name)
    kind.tour = lambda page, stops=kind.tour: stops(page)[::5]

tour.SIZES = (("small", 1024, 640),)
tour.run.__defaults__ = ((Scheme.DARK,),)

def act(found):
    pass
"""
    folder = tmp_path / "tour"
    done = watch(tmp_path, act, ["--tour", str(folder)], TOUR_SECONDS)
    assert done.returncode == 0, done.stdout + done.stderr
    pictures = sorted(folder.glob("*.png"))
    assert {re.split(r"-\d\d-", path.name)[0] for path in pictures} == {entry.name for entry in PAGES}
    index = (folder / "index.html").read_text(encoding="utf-8")
    assert all(path.name in index for path in pictures)
    for path in pictures:
        with Image.open(path) as image:
            assert image.size == (1024, 640)
            assert len(image.convert("RGB").getcolors(1 << 20) or []) > 50, path.name
    assert "threads left: []" in done.stdout
