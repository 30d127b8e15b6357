"""A person's own signal: WAV, CSV or text, or a NumPy array; whatever is wrong with it is one sentence."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.errors import UserError
from engine.foundations.problems import VALUE_LIMIT
from engine.foundations.signals.ecg import Signal
from engine.foundations.signals.requests import ReadSignal
from engine.foundations.signals.wave_file import read_wave
from engine.foundations.spec import FloatArray
from engine.images import open_file, publish

MOST_SAMPLES = 100_000
"""A longer signal is averaged down: every curve has a value a pixel, and more cannot be followed."""
LEAST_SAMPLES = 14
MOST_BYTES = 256_000_000
MOST_TEXT_BYTES = 32_000_000  # text takes a second for every few megabytes
_SPLIT = re.compile(r"[,;\s]+")
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")
_ONE_A_LINE = "One number a line is best; several columns are separated by commas, semicolons or tabs."


def read(request: ReadSignal, _context: object) -> Signal:
    """Answer a ReadSignal. Raises UserError also where there are fewer samples than are walked."""
    signal = read_signal(request.path)
    if len(signal.samples) < LEAST_SAMPLES:
        raise UserError(
            f"{signal.name} has {len(signal.samples)} samples; at least {LEAST_SAMPLES} are needed.",
            "Choose a longer signal.",
        )
    return signal


def read_signal(path: str | Path) -> Signal:
    """The signal in a file. Of several channels the mean is taken, of several columns the first with values.

    Raises UserError for what is empty, too large, damaged or holds no numbers; the sentence says which.
    """
    path = Path(path)
    with open_file(path, "signal") as stream:
        head = stream.read(12)
        text = not head.startswith((b"RIFF", b"\x93NUMPY"))
        most = MOST_TEXT_BYTES if text else MOST_BYTES
        size = path.stat().st_size
        if size > most:
            raise UserError(
                f"{path.name} has {size / 1e6:,.0f} MB; up to {most / 1e6:,.0f} MB can be opened as a signal.",
                "Cut a shorter piece out of it.",
            )
        data = head + stream.read()
    if head.startswith(b"RIFF"):
        channels, rate = read_wave(data, path.name)
        note = f"mean of {channels.shape[1]} channels" if channels.shape[1] > 1 else ""
        return _finished(channels.mean(1), float(rate), path.name, note)
    if not text:
        return _from_array(path)
    return _from_text(data, path.name)


def _finished(values: FloatArray, rate: float, name: str, *notes: str) -> Signal:
    """A signal that can be computed with: finite, short enough, read-only."""
    bad = np.flatnonzero(~(np.abs(values) <= VALUE_LIMIT))  # NaN fails every comparison
    if bad.size:
        value = values[bad[0]]
        raise UserError(
            f"Sample {bad[0] + 1:,} of {name} is {value:g}, which cannot be computed with.",
            "Every sample has to be a finite number.",
        )
    found = [note for note in notes if note]
    if len(values) > MOST_SAMPLES:
        block = -(-len(values) // MOST_SAMPLES)
        kept = len(values) // block
        found.append(
            f"averaged down from {len(values):,} to {kept:,} samples, each the mean of {block}"
        )  # fmt: skip
        values, rate = values[: kept * block].reshape(kept, block).mean(1), rate / block
    return Signal(publish(values), rate, "", name, "; ".join(found))


def _from_array(path: Path) -> Signal:
    array = load_array(path)
    if array.ndim == 2 and 1 in array.shape:
        array = array.reshape(-1)
    if array.ndim != 1:
        raise UserError(
            f"{path.name} holds an array of shape {array.shape}; a signal has one axis.",
            "A volume with three axes is opened under 3-D.",
        )
    return _finished(np.array(array, np.float64), 0.0, path.name)


def load_array(path: Path) -> npt.NDArray[Any]:
    """The numbers of a .npy file, left in the file until they are read. Raises UserError.

    Nothing but plain numbers is read: an array of Python objects could run code.
    """
    try:
        array: npt.NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        reason = "holds Python objects" if "object" in str(error).lower() else "is damaged"
        raise UserError(
            f"{path.name} {reason} and cannot be opened.", "Save a plain array of numbers with numpy.save."
        ) from error
    if array.dtype.kind not in "biuf":
        raise UserError(f"{path.name} holds no real numbers but {array.dtype}.", "Save it as float32.")
    if array.size == 0:
        raise UserError(f"{path.name} is an empty array of shape {array.shape}.", "Save one with values.")
    return array


def _from_text(data: bytes, name: str) -> Signal:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{name} is neither WAV nor text nor a NumPy array.", _ONE_A_LINE) from error
    rows = _rows(text, name)
    width = len(rows[0][1])
    uneven = next((line for line, row in rows if len(row) != width), None)
    if uneven is not None:
        raise UserError(f"Line {uneven} of {name} has another number of columns.", _ONE_A_LINE)
    table = np.array([row for _, row in rows])
    if len(table) == 1:
        return _finished(table[0], 0.0, name)
    return _from_table(table, name)


def _rows(text: str, name: str) -> list[tuple[int, list[float]]]:
    """Line numbers and numbers; comments, empty lines and one line of headings are passed over."""
    found: list[tuple[int, list[float]]] = []
    headed = False
    for line, content in enumerate(text.splitlines(), start=1):
        content = content.strip().rstrip(",;")
        if not content or content.startswith("#"):
            continue
        if ";" in content:  # then a comma is what Germans and the French write for a point
            content = _DECIMAL_COMMA.sub(".", content)
        try:
            found.append((line, [float(part) for part in _SPLIT.split(content)]))
        except ValueError as error:
            if not found and not headed:
                headed = True
                continue
            raise UserError(
                f"Line {line} of {name} holds “{content[:30]}”, no number.", _ONE_A_LINE
            ) from error
    if not found:
        raise UserError(f"{name} holds no numbers.", _ONE_A_LINE)
    return found


def _from_table(table: FloatArray, name: str) -> Signal:
    """One column, or the first after a column of times; evenly rising numbers are times."""
    first = table[:, 0]
    if table.shape[1] == 1:
        return _finished(first, 0.0, name)
    hops = np.diff(first)
    if hops.min() > 0 and np.allclose(hops, hops.mean(), rtol=0.01):
        rate = 0.0 if np.isclose(hops.mean(), 1.0) else 1 / float(hops.mean())  # 1, 2, 3 are numbers of rows
        return _finished(
            table[:, 1], rate, name, "the first column was taken for the time, the second for the signal"
        )
    return _finished(first, 0.0, name, f"the first of {table.shape[1]} columns")
