"""WAV files, read from their bytes: PCM of 8, 16, 24 and 32 bits, and floating point of 32 and 64.

The standard library's reader knows no floating point and no 24 bits in the extensible form. The layout is that of
Microsoft and IBM's *Multimedia Programming Interface and Data Specifications 1.0* (1991).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engine.errors import UserError
from engine.foundations.spec import FloatArray

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_FORMATS = {(_PCM, 8), (_PCM, 16), (_PCM, 24), (_PCM, 32), (_FLOAT, 32), (_FLOAT, 64)}
AGAIN = "Export it again as a WAV file of 16 bits."


@dataclass(frozen=True, slots=True)
class _Format:
    tag: int
    channels: int
    rate: int
    bits: int


def read_wave(data: bytes, name: str) -> tuple[FloatArray, int]:
    """float64[n, channels] and samples a second; PCM is scaled to -1..1. Raises UserError."""
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise UserError(f"{name} is no WAV file.", AGAIN)
    form: _Format | None = None
    for mark, body in _chunks(data):
        if mark == b"fmt ":
            form = _format(body, name)
        elif mark == b"data" and form is not None:
            return _samples(body, form, name), form.rate
    raise UserError(f"{name} is damaged: it has no {'samples' if form else 'description'}.", AGAIN)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and content of every chunk; the last one may be cut off."""
    place = 12
    while place + 8 <= len(data):
        size = int.from_bytes(data[place + 4 : place + 8], "little")
        yield data[place : place + 4], data[place + 8 : place + 8 + size]
        place += 8 + size + size % 2


def _format(body: bytes, name: str) -> _Format:
    if len(body) < 16:
        raise UserError(f"{name} is damaged: its description is cut off.", AGAIN)
    tag, channels, rate, _bytes_a_second, _block, bits = struct.unpack_from("<HHIIHH", body)
    if tag == _EXTENSIBLE and len(body) >= 26:
        tag = int.from_bytes(body[24:26], "little")  # the first bytes of the sub-format's GUID
    if (tag, bits) not in _FORMATS:
        raise UserError(
            f"{name} holds compressed or unusual samples (format {tag}, {bits} bits), which cannot be read.",
            AGAIN,
        )
    if not (channels and rate):
        raise UserError(f"{name} is damaged: it has {channels} channels and {rate} samples a second.", AGAIN)
    return _Format(tag, channels, rate, bits)


def _samples(body: bytes, form: _Format, name: str) -> FloatArray:
    frame = form.channels * form.bits // 8
    whole = body[: len(body) // frame * frame]
    if not whole:
        raise UserError(f"{name} has no samples.", "Choose a recording that is not empty.")
    return _decoded(whole, form).reshape(-1, form.channels)


def _decoded(whole: bytes, form: _Format) -> FloatArray:
    if form.tag == _FLOAT:
        return np.frombuffer(whole, f"<f{form.bits // 8}").astype(np.float64)
    if form.bits == 8:  # the only unsigned one
        return (np.frombuffer(whole, np.uint8).astype(np.float64) - 128) / 128
    if form.bits == 24:
        three = np.frombuffer(whole, np.uint8).reshape(-1, 3)
        padded = np.zeros((len(three), 4), np.uint8)
        padded[:, 1:] = three  # the high bytes of 32 bits: the sign comes by itself
        return padded.reshape(-1).view("<i4").astype(np.float64) / 2.0**31
    return np.frombuffer(whole, f"<i{form.bits // 8}").astype(np.float64) / 2.0 ** (form.bits - 1)
