"""Opens the real window on a virtual screen, clicks through it as a person would, looks at what comes of it.

Needs Xvfb, openbox, xdotool, wmctrl, xprop and ImageMagick. Pictures go to --out (default: out/window).
Ends with "N passed, N failed"; the exit status is 0 only if nothing failed.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = ("Xvfb", "openbox", "xdotool", "wmctrl", "xprop", "import", "identify", "compare", "convert")
PACKAGES = "xvfb openbox xdotool wmctrl x11-utils imagemagick"
SCREEN = (1600, 1000)
COLOURS = 200  # an empty window in one theme has a few dozen, antialiased text included
CHANGED = 20_000  # pixels that differ when a sheet has opened or the theme has changed
STDERR_NOISE = re.compile(r"WARNING|ERROR|CRITICAL|Traceback|QObject::|QPainter|libpng|Qt")
LOG_NOISE = re.compile(r"WARNING|ERROR|CRITICAL|Traceback")
T = TypeVar("T")


class Tally:
    """Prints every check as it is made and counts."""

    def __init__(self) -> None:
        self.passed = self.failed = 0

    def check(self, name: str, right: bool, seen: object = "") -> None:
        self.passed += right
        self.failed += not right
        print("window check:", f"ok     {name}" if right else f"FAILED {name} ({seen})", flush=True)


def output(*command: str) -> str:
    """What a command prints on stdout, stripped; its exit status is not looked at."""
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    return run.stdout.strip()


def wait_for(question: Callable[[], T], seconds: float) -> T:
    """Asks until the answer is true or the time is over; returns the last answer."""
    end = time.monotonic() + seconds
    while not (answer := question()) and time.monotonic() < end:
        time.sleep(0.1)
    return answer


@contextlib.contextmanager
def running(*command: str, **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is ended when the block is left."""
    process = subprocess.Popen(command, **options)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextlib.contextmanager
def virtual_screen() -> Iterator[None]:
    """A screen of our own with a window manager; DISPLAY names it inside the block."""
    reader, writer = os.pipe()
    size = "x".join(map(str, SCREEN)) + "x24"
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    # Xvfb itself looks for a free number and says which.
    command = ("Xvfb", "-displayfd", str(writer), "-screen", "0", size, "-nolisten", "tcp")
    with running(*command, pass_fds=(writer,), **quiet):
        os.close(writer)
        with os.fdopen(reader) as pipe:
            number = pipe.readline().strip()
        if not number:
            sys.exit("window check: Xvfb did not start")
        os.environ["DISPLAY"] = f":{number}"
        for variable in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY"):
            os.environ.pop(variable, None)
        with running("openbox", **quiet):
            if not wait_for(lambda: "openbox" in output("wmctrl", "-m").lower(), 20):
                sys.exit("window check: the window manager did not start")
            yield


@contextlib.contextmanager
def own_home() -> Iterator[Path]:
    """Settings, caches and logs of this check only, so that every run is a first start."""
    with tempfile.TemporaryDirectory(prefix="convscope-window-") as folder:
        home = Path(folder)
        for name in ("CONFIG_HOME", "DATA_HOME", "STATE_HOME", "CACHE_HOME", "RUNTIME_DIR"):
            (home / name.lower()).mkdir(mode=0o700)
            os.environ[f"XDG_{name}"] = str(home / name.lower())
        yield home


class Session:
    """One run of the program, from its first window to its exit status."""

    def __init__(self, tally: Tally, home: Path, out: Path, name: str, *arguments: str) -> None:
        self.tally, self.home, self.out, self.name = tally, home, out, name
        self.stderr = home / f"{name}.stderr"
        self.shots = 0
        with self.stderr.open("wb") as errors:
            command = [sys.executable, "app.py", *arguments]
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=errors, stderr=errors)
        self.window = str(wait_for(self.find_window, 60))

    def find_window(self) -> str:
        if self.process.poll() is not None:
            return "none, the program has ended"
        pid = str(self.process.pid)
        found = output("xdotool", "search", "--onlyvisible", "--pid", pid, "--name", ".").split()
        return found[-1] if found else ""

    def check(self, name: str, right: bool, seen: object = "") -> None:
        self.tally.check(f"{self.name}: {name}", right, seen)

    def alive(self) -> bool:
        return self.process.poll() is None

    def press(self, *keys: str, pause: float = 0.4) -> None:
        for key in keys:
            output("xdotool", "key", "--clearmodifiers", key)
            time.sleep(pause)

    def shot(self, name: str) -> Path:
        self.shots += 1
        path = self.out / f"{self.name}-{self.shots:02d}-{name}.png"
        output("import", "-window", "root", str(path))
        return path

    def check_picture(self, picture: Path, name: str) -> None:
        colours = int(output("identify", "-format", "%k", str(picture)) or 0)
        self.check(f"{name} shows a picture", colours > COLOURS, f"{colours} colours in {picture.name}")

    def fullscreen(self) -> bool:
        return "_NET_WM_STATE_FULLSCREEN" in output("xprop", "-id", self.window, "_NET_WM_STATE")

    def close(self) -> None:
        """Closes the window as a person would: the program ends within 10 s, with status 0, in silence."""
        output("wmctrl", "-i", "-c", self.window)
        try:
            status: object = self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            status = "still running after 10 s"
        self.check("closes with exit status 0", status == 0, status)
        said = self.stderr.read_text("utf-8", "replace").splitlines()
        noise = [line for line in said if STDERR_NOISE.search(line)]
        self.check("said nothing alarming", not noise, "\n".join(["", *noise]))

    def kill(self) -> None:
        if self.alive():
            self.process.kill()
            self.process.wait()


def differing_pixels(before: Path, after: Path) -> int:
    command = ["compare", "-metric", "AE", str(before), str(after), "null:"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    return int(float(run.stderr.split()[0])) if run.stderr.split() else 0


def click_through(session: Session) -> None:
    """Every page, the stepper's keys, the shortcut sheet, full screen and the themes."""
    session.check("the window opens", session.alive() and session.window.isdigit(), session.window)
    output("xdotool", "windowactivate", "--sync", session.window)
    time.sleep(3)  # torch arrives meanwhile
    first = session.shot("first")
    session.check_picture(first, "the first window")

    for number in range(1, 10):
        session.press(f"ctrl+{number}", pause=0.8)
        session.press("Right", "Right", "Left", "Up", "Down", "space", pause=0.2)
        time.sleep(1)
        session.press("space")
        session.check_picture(session.shot(f"page-{number}"), f"page {number}")
    session.press("ctrl+1", pause=1.0)

    before = session.shot("before-sheet")
    session.press("F1", pause=1.0)
    changed = differing_pixels(before, session.shot("sheet"))
    session.check("F1 opens the shortcut sheet", changed > CHANGED, f"{changed} pixels changed")
    session.press("Escape", pause=1.0)
    changed = differing_pixels(before, session.shot("after-sheet"))
    session.check("Esc closes it", changed <= CHANGED, f"{changed} pixels changed")

    session.press("F11", pause=1.5)
    session.check("F11 fills the screen", session.fullscreen(), "no full-screen state")
    session.check_picture(session.shot("fullscreen"), "the full screen")
    session.press("F11", pause=1.5)
    session.check("F11 again brings the window back", not session.fullscreen(), "still full screen")

    before, changed = session.shot("theme"), 0
    for turn in (1, 2):
        session.press("ctrl+shift+t", pause=1.5)
        after = session.shot(f"theme-{turn}")
        session.check_picture(after, f"theme {turn}")
        changed = max(changed, differing_pixels(before, after))  # of System, Light and Dark two look the same
    session.check("Ctrl+Shift+T changes the theme", changed > CHANGED, f"{changed} pixels changed")
    session.check("is still there after all that", session.alive(), "it has ended by itself")


def open_photo_and_leave(session: Session) -> None:
    """A photo on the command line, and a person who closes the window while torch is still loading."""
    session.check("the window opens", session.alive() and session.window.isdigit(), session.window)
    time.sleep(1)
    session.check_picture(session.shot("photo"), "the window with a photo")


def check_log_files(tally: Tally, home: Path) -> None:
    lines = [
        f"{path.name}: {line}"
        for path in sorted(home.rglob("*.log"))
        for line in path.read_text("utf-8", "replace").splitlines()
        if LOG_NOISE.search(line)
    ]
    tally.check("the log file holds no warning", not lines, "\n".join(["", *lines]))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "window", help="where the pictures go")
    out: Path = parser.parse_args().out
    absent = [program for program in PROGRAMS if not shutil.which(program)]
    if absent:
        sys.exit(f"window check: {', '.join(absent)} not found; on Debian: apt-get install {PACKAGES}")
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    tally = Tally()
    with own_home() as home, virtual_screen():
        photo = home / "a phötö with spaces.png"
        output("convert", "-size", "640x480", "plasma:fractal", str(photo))
        for scenario, arguments in ((click_through, ()), (open_photo_and_leave, (str(photo),))):
            session = Session(tally, home, out, scenario.__name__.replace("_", "-"), *arguments)
            try:
                scenario(session)
                session.close()
            finally:
                session.kill()
        check_log_files(tally, home)
    print(f"{tally.passed} passed, {tally.failed} failed")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
