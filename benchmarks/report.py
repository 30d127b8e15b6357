"""What was measured as a table for people and as a file for programs."""

from __future__ import annotations

import datetime
import json
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks.measure import Row

PACKAGES = ("torch", "numpy", "PySide6-Essentials", "pyqtgraph", "opencv-python")
HEADER = ("benchmark", "measured", "target", "", "what, and what it is compared with")


def figure(value: float, unit: str) -> str:
    """ "0.024 ms", "1/180 x", "1.3 x"."""
    if unit == "x" and 0 < value < 0.05:
        return f"1/{1 / value:.0f} x"
    digits = 3 if value < 0.1 else 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:.{digits}f} {unit}"


def line(row: Row) -> tuple[str, ...]:
    """One row of the table as texts."""
    target = "" if row.target is None else f"{'>=' if row.at_least else '<='} {figure(row.target, row.unit)}"
    verdict = {True: "met", False: "MISSED", None: ""}[row.met]
    what = f"{row.what}; against {row.baseline}" if row.baseline else row.what
    return row.name, figure(row.value, row.unit), target, verdict, what


NOTES = """\
start/...: the processes keep bytecode (in a folder of their own), as on a person's computer; one start of each comes
  before those that count. click/, hover/: p50 and p99 until the event loop has painted; a target of one frame at 60 Hz.
timer/...: how much later than 16 ms after the tick before. live/...: the source delivers 1.5 times what respond() can.
whole_image/..., live/...: torch has as many threads as in the engine: all cores but one."""


def table(rows: Sequence[Row]) -> str:
    """The rows in columns."""
    lines = [HEADER, *(line(row) for row in rows)]
    widths = [max(len(entry[column]) for entry in lines) for column in range(len(HEADER))]
    texts = [
        "  ".join(text.ljust(width) for text, width in zip(entry, widths, strict=True)).rstrip()
        for entry in lines
    ]
    return "\n".join((texts[0], "-" * max(map(len, texts)), *texts[1:]))


def details(rows: Sequence[Row]) -> str:
    """The figures behind the table, one line a row."""
    width = max((len(row.name) for row in rows), default=0)
    return "\n".join(
        f"{row.name.ljust(width)}  " + ", ".join(f"{name} {value:.4g}" for name, value in row.details.items())
        for row in rows
        if row.details
    )


def machine() -> dict[str, Any]:
    """Where it was measured."""
    return {
        "system": platform.platform(),
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "load_before": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "qt_platform": os.environ.get("QT_QPA_PLATFORM", "native"),
    }


def versions() -> dict[str, str]:
    """What it was measured with."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def write(rows: Sequence[Row], where: dict[str, Any], path: Path) -> None:
    """Write the results file."""
    now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    results = [asdict(row) | {"met": row.met} for row in rows]
    data = {"date": now.isoformat(), "machine": where, "versions": versions(), "results": results}
    path.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    names = (entry.partition(":")[2].strip() for entry in lines if entry.startswith("model name"))
    return next(names, "") or platform.processor() or sys.platform
