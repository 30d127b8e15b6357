"""`python -m benchmarks [NAME...]`: run the benchmarks, each in a process of its own; print and write the results."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from benchmarks import report
from benchmarks.measure import Row

NAMES = (
    "convolution",
    "whole_image",
    "frames",
    "live",
    "timer_lateness",
    "click_to_paint",
    "shapes",
    "networks",
    "pooling",
    "learned",
    "edges",
    "descriptors",
    "signals",
    "channels",
    "mathematics",
    "inside_maps",
    "inside_units",
    "inside_patches",
    "inside_occlusion",
    "detection",
    "live_detection",
    "sliding",
    "boxes",
    "proposals",
    "scoring",
    "suppression",
    "face_learning",
    "style",
    "style_page",
    "faces",
    "faces_page",
    "faces_threshold",
    "first_paint",
)
RESULTS = Path(__file__).with_name("results.json")
MARK = "rows: "


def main(arguments: list[str] | None = None) -> int:
    """The command line; 0 when everything could be measured, whether the targets were met or not."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"which to run (default: all): {', '.join(NAMES)}"
    )
    parser.add_argument(
        "--quick", action="store_true", help="a few runs of each: whether they work, not how fast"
    )
    parser.add_argument(
        "--out", type=Path, help=f"where the results go (default: {RESULTS}, nothing for --quick or a choice)"
    )
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    names = options.names or list(NAMES)
    unknown = sorted(set(names) - set(NAMES))
    if unknown:
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are: {', '.join(NAMES)}")
    if options.child:
        print(MARK + json.dumps([asdict(row) for row in run(names[0], options.quick)]), flush=True)
        return 0
    where = report.machine()
    measured = [in_a_process(name, options.quick) for name in names]
    rows = [row for found in measured for row in found]
    print(f"\n{report.table(rows)}\n\n{report.NOTES}\n\n{report.details(rows)}")
    out = options.out or (None if options.quick or options.names else RESULTS)
    if not all(measured):
        print("\nNot everything could be measured: nothing is written.", file=sys.stderr)
        return 1
    if out is not None:
        report.write(rows, where, out)
        print(f"\nWritten to {out}")
    return 0


def run(name: str, quick: bool) -> list[Row]:
    """Run one benchmark in this process."""
    rows: list[Row] = import_module(f"benchmarks.{name}").measure(quick)
    return rows


def in_a_process(name: str, quick: bool) -> list[Row]:
    """Run one benchmark in a process of its own: none starts with what another has imported, or with its threads."""
    print(f"{name} ...", file=sys.stderr, flush=True)
    command = [sys.executable, "-m", "benchmarks", "--child", name, *(["--quick"] if quick else [])]
    environment = dict(os.environ)
    if os.name == "posix" and not any(
        os.environ.get(key) for key in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    ):
        environment["QT_QPA_PLATFORM"] = "offscreen"
    root = Path(__file__).resolve().parents[1]
    done = subprocess.run(command, cwd=root, env=environment, stdout=subprocess.PIPE, text=True)
    found = next((line for line in reversed(done.stdout.splitlines()) if line.startswith(MARK)), None)
    if done.returncode or found is None:
        print(f"{name} failed (exit status {done.returncode}); its message is above", file=sys.stderr)
        return []
    return [Row(**entry) for entry in json.loads(found.removeprefix(MARK))]


if __name__ == "__main__":
    sys.exit(main())
