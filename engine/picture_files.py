"""Picture files: whatever a decoder can read becomes 8-bit RGB, and whatever it cannot becomes one sentence.

Only numpy is imported with this module. Pillow comes in with the first file.
"""

from __future__ import annotations

import importlib
import io
import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from engine.errors import UserError

if TYPE_CHECKING:
    from PIL.Image import Image as PillowImage

log = logging.getLogger(__name__)

MAX_PIXELS = 100_000_000
"""The most pixels that are decoded at full size."""
MAX_JPEG_PIXELS = 1_000_000_000
"""The most pixels of a baseline JPEG, which can be decoded at a half, a quarter or an eighth of its size."""
MAX_STORED_SIDE = 65_535
"""The longest side that a file may have, which is a JPEG's; beyond it there are only damaged headers."""
MAX_SIDE = 4096
"""A picture with a longer side is scaled down on opening."""
MIN_FILLED = 0.1
"""A file that is cut off is shown when at least this share of the picture is there."""

OPENABLE = "JPEG, PNG, GIF, WebP, AVIF, BMP, TIFF, JPEG 2000 or PGM/PPM"
# Left out on purpose: EPS starts another program, and TGA has no mark of its own, so any text could be one.
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP", "TIFF", "JPEG2000", "PPM")
_MARKS = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"RIFF", b"II*\x00", b"MM\x00*")
_ORIENTATION = 0x0112
_ON_ITS_SIDE = (5, 6, 7, 8)
"""The EXIF orientations that exchange width and height."""
CHOOSE = f"Choose a {OPENABLE} picture."

_pillow_lock = threading.Lock()


@dataclass(frozen=True, eq=False, slots=True)
class Decoded:
    """What a file holds: uint8[H, W, 3] RGB, upright, the stored (width, height), and what was done to it.

    The pixels are fewer than the stored ones where a large JPEG was decoded at a part of its size.
    """

    pixels: NDArray[np.uint8]
    stored_size: tuple[int, int]
    notes: tuple[str, ...]


@contextmanager
def open_file(path: Path, wanted: str) -> Iterator[BinaryIO]:
    """The file opened for reading, or a UserError that says why it is not a `wanted` ("picture", "video")."""
    name = path.name or str(path)
    try:
        if path.is_dir():
            raise UserError(f"{name} is a folder, not a {wanted}.", hint="Choose a file inside it.")
        if path.exists() and not path.is_file():
            raise UserError(f"{name} is a device or pipe, not a {wanted}.", hint="Choose an ordinary file.")
        if path.stat().st_size == 0:
            raise UserError(f"{name} is empty (0 bytes).", hint="Copy or download the file again.")
        stream = path.open("rb")
    except FileNotFoundError as error:
        raise UserError(f"{name} is not there.", hint="Was it moved, renamed or unplugged?") from error
    except PermissionError as error:
        raise UserError(f"You may not read {name}.", hint="Change its permissions or copy it.") from error
    except (OSError, ValueError) as error:  # ValueError: a path with a null character
        raise UserError(f"{name} could not be read ({error}).", hint="Copy it to another place.") from error
    with stream:
        yield stream


def read(stream: BinaryIO, name: str, shorter: int | None = None) -> Decoded:
    """Decode with Pillow; whatever a decoder throws at a broken file becomes one sentence about that file.

    `shorter`: pixels of the shorter side that are enough; a JPEG is then decoded at the smallest size that has them.
    """
    try:
        with _pillow(name):
            return _decode(stream, name, shorter)
    except (UserError, MemoryError):
        raise
    except Exception as error:
        log.info("%s could not be decoded", name, exc_info=True)
        raise _damaged(name) from error


def stored_size(path: Path) -> tuple[int, int]:
    """Width and height of a picture as it is shown, upright, from its header alone. Raises UserError."""
    with open_file(path, "picture") as stream, _pillow(path.name):
        try:
            image = _header(stream, path.name)
            width, height = image.size
            turned = _orientation(image) in _ON_ITS_SIDE
        except (UserError, MemoryError):
            raise
        except Exception as error:
            log.info("the header of %s could not be read", path.name, exc_info=True)
            raise _damaged(path.name) from error
    return (height, width) if turned else (width, height)


def _damaged(name: str) -> UserError:
    return UserError(
        f"{name} is damaged or incomplete and cannot be decoded.",
        hint="Copy or download it again, or open and save it in another program.",
    )


@contextmanager
def _pillow(name: str) -> Iterator[None]:
    """Pillow with its size check replaced by ours and its warnings sent to the log. One thread at a time."""
    from PIL import Image

    with _pillow_lock:
        limit = Image.MAX_IMAGE_PIXELS
        Image.MAX_IMAGE_PIXELS = None  # _check_size() refuses by format, before anything is decoded
        try:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                yield
        finally:
            Image.MAX_IMAGE_PIXELS = limit
    for warning in caught:
        log.info("%s: %s", name, warning.message)


def _decode(stream: BinaryIO, name: str, shorter: int | None) -> Decoded:
    image = _header(stream, name)
    size = image.size
    notes = _notes_from_header(image)
    image, cut_off = _loaded(stream, image, name, shorter)
    pixels = _to_rgb(image, notes)
    if cut_off:
        if _filled(pixels) < MIN_FILLED:
            raise _damaged(name)
        notes.append("the file is cut off: the missing part is blank")
    return Decoded(np.ascontiguousarray(_upright(image, pixels)), size, tuple(notes))


def _filled(pixels: NDArray[np.uint8]) -> float:
    """The share of the picture, in the file's order, before its last stretch of a single colour."""
    flat = pixels.reshape(-1, 3)
    different = np.flatnonzero((flat != flat[-1]).any(axis=1))
    return float(different[-1] + 1) / len(flat) if len(different) else 0.0


def _header(stream: BinaryIO, name: str) -> PillowImage:
    """The picture's header, read and judged; nothing is decoded yet."""
    from PIL import Image, UnidentifiedImageError

    _register_formats()
    stream.seek(0)
    try:
        image = Image.open(stream, formats=_FORMATS)
    except UnidentifiedImageError as error:
        stream.seek(0)
        if stream.read(8).startswith(_MARKS):
            raise _damaged(name) from error
        raise UserError(f"{name} is not a picture that can be opened here.", hint=CHOOSE) from error
    _check_size(image, name)
    return image


def _register_formats() -> None:
    """Pillow reads the formats whose modules were imported; its own Image.init() would import forty more."""
    for plugin in ("Avif", "Bmp", "Gif", "Jpeg", "Jpeg2K", "Png", "Ppm", "Tiff", "WebP"):
        importlib.import_module(f"PIL.{plugin}ImagePlugin")


def _check_size(image: PillowImage, name: str) -> None:
    width, height = image.size
    # A progressive JPEG keeps all its coefficients in memory even when it is decoded at a reduced size.
    reducible = image.format in ("JPEG", "MPO") and not image.info.get("progressive")
    limit = MAX_JPEG_PIXELS if reducible else MAX_PIXELS
    if width * height > limit or max(width, height) > MAX_STORED_SIDE:
        allowed = f"{limit // 10**6:,} million pixels and {MAX_STORED_SIDE:,} on a side"
        raise UserError(
            f"{name} has {width:,} x {height:,} pixels; the limit is {allowed}.",
            hint=f"Save a smaller copy, for example with a longer side of {MAX_SIDE:,} pixels.",
        )


def _loaded(stream: BinaryIO, image: PillowImage, name: str, shorter: int | None) -> tuple[PillowImage, bool]:
    """The picture decoded, and whether its file was cut off."""
    from PIL import ImageFile

    try:
        _shrink_on_load(image, shorter)
        image.load()
        return image, False
    except (OSError, SyntaxError, EOFError):
        log.info("%s: reading it as far as it goes", name, exc_info=True)
    image = _header(stream, name)
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        _shrink_on_load(image, shorter)
        image.load()
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before
    return image, True


def _shrink_on_load(image: PillowImage, shorter: int | None) -> None:
    """Let a JPEG decode at 1/2, 1/4 or 1/8 of its size as long as its longer side stays at least MAX_SIDE, or its
    shorter side at least `shorter`."""
    width, height = image.size
    enough = MAX_SIDE / max(image.size)
    if shorter is not None:
        enough = min(enough, shorter / min(image.size))
    if enough <= 0.5:
        image.draft(None, (max(1, int(width * enough)), max(1, int(height * enough))))


def _notes_from_header(image: PillowImage) -> list[str]:
    notes = []
    count = int(getattr(image, "n_frames", 1))
    # A phone's MPO file holds one photo in several sizes: nothing that a person would miss.
    if count > 1 and image.format != "MPO":
        notes.append(f"the first of {count} {'pages' if image.format == 'TIFF' else 'frames'}")
    # Pillow keeps the upper 8 of 16 bits of a colour picture; only the decoder's arguments tell of more.
    layout = str([tile[3] for tile in getattr(image, "tile", ())])
    if image.mode in ("RGB", "RGBA", "LA", "CMYK") and (";16" in layout or "65535" in layout):
        notes.append("16 bits a channel, of which the upper 8 are shown")
    return notes


# --- to 8-bit RGB -----------------------------------------------------------------------------------------


def _to_rgb(image: PillowImage, notes: list[str]) -> NDArray[np.uint8]:
    """uint8[H, W, 3] of a decoded picture of any mode; what was done is appended to the notes."""
    mode = image.mode
    if mode == "F" or mode.startswith("I"):
        return _grey_to_rgb(_deep_grey(np.asarray(image), notes))
    if image.has_transparency_data:
        rgba = np.asarray(image.convert("RGBA"))
        if rgba[..., 3].min() < 255:
            notes.append("transparent parts are shown on white")
            return over_white(rgba)
        return np.ascontiguousarray(rgba[..., :3])
    if mode == "CMYK":
        return np.asarray(_from_cmyk(image, notes))
    return np.asarray(image if mode == "RGB" else image.convert("RGB"))


def _grey_to_rgb(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.repeat(grey[..., np.newaxis], 3, axis=2)


def over_white(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """uint8[H, W, 4] laid over white: uint8[H, W, 3]."""
    alpha = rgba[..., 3:].astype(np.uint16)
    blended = rgba[..., :3] * alpha + 255 * (255 - alpha)
    return ((blended + 127) // 255).astype(np.uint8)


def _deep_grey(values: NDArray[Any], notes: list[str]) -> NDArray[np.uint8]:
    """Grey of 16 or 32 bits or floating point, scaled to 0..255: by its type's range where that is known."""
    finite = np.isfinite(values)
    if not finite.any():
        notes.append("no finite values: shown black")
        return np.zeros(values.shape, np.uint8)
    low, high = float(values[finite].min()), float(values[finite].max())
    if values.dtype.kind == "f":
        low, high = (0.0, 1.0) if low >= 0 and high <= 1 else (low, high)
        notes.append(f"floating-point grey, {low:.6g} to {high:.6g} shown as black to white")
    elif low >= 0 and high <= 65535:
        # Cameras and scanners of 12 bits write 16-bit files that would be all but black by the full range.
        low, high = 0.0, 4095.0 if high <= 4095 else 65535.0
        notes.append(f"16-bit grey, 0 to {high:.0f} shown as black to white")
    else:
        notes.append(f"32-bit grey, {low:.0f} to {high:.0f} shown as black to white")
    span = high - low
    scaled = (np.where(finite, values, low) - low) * (255.0 / span) if span > 0 else np.zeros(values.shape)
    return np.rint(scaled).astype(np.uint8)


def _from_cmyk(image: PillowImage, notes: list[str]) -> PillowImage:
    from PIL import ImageCms

    profile = image.info.get("icc_profile")
    if profile:
        try:
            source, target = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
            if converted is not None:
                notes.append("CMYK, converted with its own colour profile")
                return converted
        except (ImageCms.PyCMSError, OSError) as error:
            log.info("the colour profile cannot be used: %s", error)
    notes.append("CMYK, converted without a colour profile")
    return image.convert("RGB")


def _orientation(image: PillowImage) -> int:
    """EXIF's orientation (tag 0x0112, values 1-8), 1 where nothing is said about it."""
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception as error:  # a damaged EXIF block says nothing about the picture itself
        log.info("the EXIF data cannot be read: %s", error)
        return 1


def _upright(image: PillowImage, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The pixels turned as EXIF's orientation asks."""
    orientation = _orientation(image)
    if orientation in _ON_ITS_SIDE:
        pixels = pixels.transpose(1, 0, 2)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return pixels
