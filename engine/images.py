"""Pictures: the immutable packet that travels through the program, and the ways to make and to hand on one.

Only numpy is imported with this module. Pillow and OpenCV come in with the first call that needs them; how
files are decoded stands in `engine.picture_files`.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from engine import picture_files
from engine.errors import UserError
from engine.picture_files import MAX_SIDE, OPENABLE, open_file, over_white

__all__ = [
    "MAX_SIDE",
    "OPENABLE",
    "Frame",
    "bgra",
    "decode",
    "encode_png",
    "fit",
    "from_array",
    "luminance",
    "open_file",
    "open_picture",
    "publish",
    "resized",
    "text_of_png",
]

log = logging.getLogger(__name__)

_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)


@dataclass(frozen=True, eq=False, slots=True)
class Frame:
    """One picture or one frame of a video or camera.

    `pixels` is uint8[H, W, 3] in RGB order, C-contiguous and never written to again (the array handed in is
    frozen). `time_s` is a monotonic clock's reading, `index` counts the frames of one source, `note` says
    what was done to the picture on opening. `original`: width and height that a frame of a video or camera had
    before it was scaled down, None where it was not. Raises ValueError for an array of another shape or type.
    """

    pixels: NDArray[np.uint8]
    name: str
    time_s: float = 0.0
    index: int = 0
    note: str = ""
    original: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        if self.pixels.dtype != np.uint8 or self.pixels.ndim != 3 or self.pixels.shape[2] != 3:
            raise ValueError(f"a frame is uint8[H, W, 3], not {self.pixels.dtype}{list(self.pixels.shape)}")
        if self.pixels.size == 0:
            raise ValueError("a frame has at least one pixel")
        object.__setattr__(self, "pixels", publish(self.pixels))

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])


def publish(array: NDArray[Any]) -> NDArray[Any]:
    """The array as C-contiguous and immutable, ready to be shared between threads.

    Takes ownership: an array that owns its memory is frozen in place; a view of memory that somebody else
    could still write to is copied.
    """
    result = np.ascontiguousarray(array)
    base = result.base
    shared = result.flags.writeable or (isinstance(base, np.ndarray) and base.flags.writeable)
    if base is not None and shared:
        result = result.copy()
    result.flags.writeable = False
    return result


# --- from files -------------------------------------------------------------------------------------------


def open_picture(path: str | Path, shorter: int | None = None) -> Frame:
    """Read a picture file, whatever its suffix says, upright and as 8-bit RGB.

    `shorter`: pixels of the shorter side that are enough, which makes large JPEGs several times as fast. Raises
    UserError, with the file's name and what to do next, for everything that cannot be shown.
    """
    path = Path(path)
    with open_file(path, "picture") as stream:
        return _read(stream, path.name, shorter)


def decode(data: bytes, name: str) -> Frame:
    """Read a picture from the bytes of its file, as a paste or a download delivers them. Raises UserError."""
    if not data:
        raise UserError(f"{name} is empty (0 bytes).", hint=picture_files.CHOOSE)
    return _read(io.BytesIO(data), name)


def _read(stream: BinaryIO, name: str, shorter: int | None = None) -> Frame:
    """The picture of a file, scaled to MAX_SIDE, with a note where it is smaller now than in its file."""
    file = picture_files.read(stream, name, shorter)
    pixels, notes = fit(file.pixels, picture_files.MAX_SIDE), list(file.notes)
    height, width = pixels.shape[:2]
    stored_width, stored_height = file.stored_size
    if {width, height} != {stored_width, stored_height}:  # as a set: EXIF may have turned it
        stored = f"{stored_width:,} x {stored_height:,}"
        notes.append(f"scaled down to {width} x {height} from a file of {stored} pixels")
    return Frame(pixels, name, note="; ".join(notes))


# --- from and to arrays -----------------------------------------------------------------------------------


def from_array(array: NDArray[Any], name: str) -> Frame:
    """A frame from an array in memory, which is copied.

    Takes [H, W], [H, W, 1], [H, W, 3] RGB or [H, W, 4] RGBA (laid over white) of bool, uint8, uint16, or
    floating point in 0..1. Raises ValueError for everything else.
    """
    values = array[..., np.newaxis] if array.ndim == 2 else array
    if values.ndim != 3 or values.shape[2] not in (1, 3, 4) or values.size == 0:
        raise ValueError(f"a picture is [H, W] or [H, W, 1 | 3 | 4], not {list(array.shape)}")
    pixels = _to_bytes(values)
    if pixels.shape[2] == 1:
        return Frame(np.repeat(pixels, 3, axis=2), name)
    return Frame(over_white(pixels) if pixels.shape[2] == 4 else pixels.copy(), name)


def _to_bytes(values: NDArray[Any]) -> NDArray[np.uint8]:
    if values.dtype == np.uint8:
        return values
    if values.dtype == np.bool_:
        return values.astype(np.uint8) * np.uint8(255)
    if values.dtype == np.uint16:
        return np.rint(values / 257.0).astype(np.uint8)
    if values.dtype.kind == "f":
        if not (values.min() >= 0 and values.max() <= 1):  # written so that NaN fails as well
            raise ValueError("a floating-point picture has values in 0..1")
        return np.rint(values * 255.0).astype(np.uint8)
    raise ValueError(f"a picture is bool, uint8, uint16 or floating point, not {values.dtype}")


def encode_png(picture: Frame | NDArray[np.uint8], texts: Mapping[str, str] | None = None) -> bytes:
    """The bytes of a PNG file of a frame, or of uint8[H, W] or uint8[H, W, 3 | 4] pixels.

    `texts`: ASCII by keyword, kept in the file beside the picture (tEXt).
    """
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    for key, text in (texts or {}).items():
        info.add_text(key, text)
    buffer = io.BytesIO()
    pixels = picture.pixels if isinstance(picture, Frame) else picture
    Image.fromarray(pixels).save(buffer, "PNG", pnginfo=info)
    return buffer.getvalue()


def text_of_png(path: str | Path, key: str) -> str | None:
    """The text that `encode_png` kept under a keyword, None where the file has none; the picture is not decoded."""
    from PIL import Image

    try:
        with open_file(Path(path), "picture") as stream, Image.open(stream, formats=("PNG",)) as image:
            text = image.info.get(key)
    except (OSError, ValueError, SyntaxError, UserError) as error:
        # Whatever is wrong with the file is said by whoever opens it as a picture.
        log.info("%s holds no text: %s", path, error)
        return None
    return text if isinstance(text, str) else None


def fit(pixels: NDArray[np.uint8], max_side: int) -> NDArray[np.uint8]:
    """The pixels scaled down by area averaging to a longer side of max_side; the same array if it fits."""
    height, width = pixels.shape[:2]
    longer = max(height, width)
    if longer <= max_side:
        return pixels
    from engine.cv import cv2

    size = (max(1, round(width * max_side / longer)), max(1, round(height * max_side / longer)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def resized(pixels: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """uint8[height, width, 3] of a picture in another size: means of areas where it shrinks, bilinear where it grows.

    Other threads of Python go on meanwhile.
    """
    from engine.cv import cv2

    shrinks = width < pixels.shape[1] and height < pixels.shape[0]
    way = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=way), dtype=np.uint8)


def luminance(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """float32[H, W] in 0..255 of uint8[H, W, 3]: 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601)."""
    return pixels.astype(np.float32) @ _LUMA


def bgra(pixels: NDArray[np.uint8], out: NDArray[np.uint8] | None = None) -> NDArray[np.uint8]:
    """uint8[H, W, 4] in the byte order of QImage.Format_RGB32 and ARGB32 (little endian), opaque.

    Written into `out` where that has the right shape; otherwise into a new array.
    """
    from engine.cv import cv2

    fits = out is not None and out.shape == (*pixels.shape[:2], 4)
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGRA, dst=out if fits else None), dtype=np.uint8)
