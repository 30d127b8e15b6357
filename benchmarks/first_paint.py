"""From the start of the process to the first painted window: bare Qt, the program, all imports first."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from benchmarks.measure import Row

SCRIPT = Path(__file__).with_name("first_window.py")
TARGET = 1.5
PATIENCE = 180


def measure(quick: bool = False) -> list[Row]:
    """Rows "start/...". The variants take turns; a start of each before that fills the caches (bytecode, disk)."""
    variants = ("bare", "app") if quick else ("bare", "app", "everything")
    inside: dict[str, list[float]] = {name: [] for name in variants}
    wall: dict[str, list[float]] = {name: [] for name in variants}
    with tempfile.TemporaryDirectory(prefix="convscope-start-") as folder:
        environment = _environment(Path(folder))
        for turn in range(2 if quick else 8):
            for name in variants:
                own, whole = first_paint(name, environment)
                if turn:
                    inside[name].append(own)
                    wall[name].append(whole)
    details = {f"{name}_ms": statistics.median(times) for name, times in inside.items()}
    details |= {f"{name}_with_interpreter_ms": statistics.median(times) for name, times in wall.items()}
    bare, whole_bare = details["bare_ms"], details["bare_with_interpreter_ms"]
    rows = [
        Row(
            "start/app",
            "program to first paint",
            details["app_ms"] / bare,
            "x",
            "bare Qt window",
            TARGET,
            details=details,
        ),
        Row(
            "start/app_wall",
            "the same with the interpreter's start",
            details["app_with_interpreter_ms"] / whole_bare,
            "x",
            "bare Qt window",
            TARGET,
            details=details,
        ),
    ]
    if "everything" in details | inside:
        everything = details["everything_ms"] / bare
        rows.append(
            Row(
                "start/everything_first",
                "program with all imports first",
                everything,
                "x",
                "bare Qt window",
                details=details,
            )
        )
    return rows


def _environment(folder: Path) -> dict[str, str]:
    """Settings, logs and bytecode in a folder of their own.

    Some machines forbid Python to write bytecode; a person's computer keeps it, so the children do, too.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    own = {f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in ("CONFIG", "DATA", "STATE", "CACHE")}
    return (
        kept
        | own
        | {
            "PYTHONPYCACHEPREFIX": str(folder / "bytecode"),
            "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen"),
        }
    )


def first_paint(variant: str, environment: dict[str, str]) -> tuple[float, float]:
    """(milliseconds since the script's first line, milliseconds since the process was asked for) of one start."""
    command = [sys.executable, str(SCRIPT), variant]
    start = perf_counter()
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None and child.stderr is not None
        said = child.stdout.readline()
        whole = (perf_counter() - start) * 1000
        complaint = child.stderr.read()
        child.wait(PATIENCE)
    if not said.strip():
        raise RuntimeError(f"the window of {variant!r} was not painted:\n{complaint}")
    return float(said), whole
