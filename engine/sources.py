"""Where pictures come from: bundled photographs, files, cameras; and what a dropped file is.

Imports neither torch nor OpenCV: the photographs are found and read without importing scikit-image.
"""

from __future__ import annotations

import importlib.util
import json
import logging
import re
import stat
import sys
from collections.abc import Generator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from engine import images
from engine.errors import UserError
from engine.images import Frame

log = logging.getLogger(__name__)

Kind = Literal["picture", "video", "folder", "weights", "state", "signal", "volume"]


# --- what the engine can be asked -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OpenPicture:
    """Read a picture file; answered with a Frame."""

    path: str | Path


@dataclass(frozen=True, slots=True)
class LoadSample:
    """Read a bundled photograph by its name; answered with a Frame."""

    name: str


@dataclass(frozen=True, slots=True)
class ListCameras:
    """Which cameras are plugged in; answered with a tuple of CameraInfo, often empty."""


@dataclass(frozen=True, slots=True)
class CameraInfo:
    """A camera as OpenCV opens it: `index` and `backend` (cv2.CAP_...), and the name a person knows it by."""

    index: int
    name: str
    backend: int = 0


def open_picture_request(request: OpenPicture, context: object) -> Generator[None, None, Frame]:
    """Answer an OpenPicture; a newer choice replaces it before its file is decoded.

    Decoding is one step that cannot be interrupted (measured: 0.8 s for 64 million pixels; a JPEG at the limit
    of 1,000 million keeps the engine's thread for some seconds). What is larger is refused by its header.
    """
    yield
    return images.open_picture(request.path)


def load_sample_request(request: LoadSample, context: object) -> Generator[None, None, Frame]:
    """Answer a LoadSample; a newer choice replaces it before its file is decoded."""
    yield
    return load_sample(request.name)


def list_cameras_request(request: ListCameras, context: object) -> tuple[CameraInfo, ...]:
    return list_cameras()


# --- bundled photographs ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sample:
    """A photograph inside scikit-image's wheel, with its credit as scikit-image states it."""

    name: str
    title: str
    credit: str
    file: str


_SAMPLES = (
    Sample("astronaut", "Astronaut Eileen Collins", "NASA Great Images, public domain", "astronaut.png"),
    Sample("cat", "Chelsea the cat", "Stefan van der Walt, CC0", "chelsea.png"),
    Sample("coffee", "Coffee cup", "Rachel Michetti, courtesy of Pikolo Espresso Bar, CC0", "coffee.png"),
    Sample("rocket", "Falcon 9 launch", "SpaceX Photos, public domain", "rocket.jpg"),
    Sample("camera", "Photographer with a camera", "Lav Varshney, CC0", "camera.png"),
    Sample("coins", "Greek coins from Pompeii", "Brooklyn Museum, no known restrictions", "coins.png"),
    Sample("motorcycle", "Motorcycle", "Middlebury 2014 stereo benchmark", "motorcycle_left.png"),
    Sample("brick", "Brick wall", "CC0Textures, CC0", "brick.png"),
    Sample("grass", "Grass", "linolafett on DeviantArt, CC0", "grass.png"),
    Sample("gravel", "Gravel", "CC0Textures, CC0", "gravel.png"),
    Sample("text", "Handwritten text", "Wikipedia, public domain", "text.png"),
    Sample("page", "Scanned page, unevenly lit", "scikit-image sample data", "page.png"),
    Sample("moon", "Surface of the moon", "scikit-image sample data", "moon.png"),
    Sample("clock", "Motion-blurred clock", "Stefan van der Walt, public domain", "clock_motion.png"),
    Sample("horse", "Silhouette of a horse", "Andreas Preuss (marauder), openclipart, CC0", "horse.png"),
    Sample("colorwheel", "Colour wheel", "scikit-image sample data", "color.png"),
    Sample("hubble", "Hubble eXtreme Deep Field", "NASA, HubbleSite, public domain", "hubble_deep_field.jpg"),
    Sample("retina", "Human retina", "Mikael Häggström, CC0", "retina.jpg"),
    Sample("tissue", "Stained colonic glands", "CMMI, no known restrictions", "ihc.png"),
    Sample("cell", "Cell in saline, phase image", "Müller et al. 2018, CC0", "cell.png"),
)


@cache
def samples() -> tuple[Sample, ...]:
    """The photographs that this installation has; nothing is ever downloaded. Empty without scikit-image."""
    folder = _sample_folder()
    if folder is None:
        log.info("scikit-image is not installed: there are no bundled photographs")
        return ()
    return tuple(sample for sample in _SAMPLES if (folder / sample.file).is_file())


def load_sample(name: str) -> Frame:
    """The photograph with that name. Raises UserError for a name that is not among samples()."""
    for sample in samples():
        if sample.name == name:
            picture = images.open_picture(_sample_path(sample))
            return Frame(picture.pixels, sample.title, note=picture.note)
    known = ", ".join(sample.name for sample in samples()) or "none in this installation"
    raise UserError(f"There is no bundled photograph named {name!r}.", hint=f"There are: {known}.")


def _sample_folder() -> Path | None:
    # Only the package's place is looked up: importing scikit-image takes longer than reading the picture.
    spec = importlib.util.find_spec("skimage")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations))) / "data"


def _sample_path(sample: Sample) -> Path:
    folder = _sample_folder()
    if folder is None:
        raise UserError("The bundled photographs are not installed.", hint="Install scikit-image again.")
    return folder / sample.file


# --- cameras ----------------------------------------------------------------------------------------------

_V4L2 = 200  # cv2.CAP_V4L2, as a number: listing cameras does not need OpenCV
_PREFERRED_BACKENDS = (700, 1200)  # DirectShow opens in a fraction of Media Foundation's time; AVFoundation
_SYSFS = Path("/sys/class/video4linux")


def list_cameras() -> tuple[CameraInfo, ...]:
    """The cameras that are plugged in, by index, without opening any of them. Empty is normal."""
    if sys.platform.startswith("linux"):
        return _linux_cameras(_SYSFS)
    return _enumerated_cameras()


def _linux_cameras(root: Path) -> tuple[CameraInfo, ...]:
    cameras = []
    for entry in root.glob("video*"):
        number = entry.name.removeprefix("video")
        # A webcam makes two devices of one name: the first delivers pictures, the others only describe them.
        if number.isdecimal() and _line(entry / "index") in ("", "0"):
            cameras.append(CameraInfo(int(number), _line(entry / "name") or f"Camera {number}", _V4L2))
    return tuple(sorted(cameras, key=lambda camera: camera.index))


def _line(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError as error:
        log.info("%s could not be read: %s", path, error)
        return ""


def _enumerated_cameras() -> tuple[CameraInfo, ...]:
    import engine.cv  # noqa: F401  (the package below imports cv2: its traces in the environment are undone there)

    try:
        from cv2_enumerate_cameras import enumerate_cameras, supported_backends
    except ImportError as error:
        log.info("cameras cannot be listed: cv2_enumerate_cameras does not import (%s)", error)
        return ()
    backend = next((b for b in _PREFERRED_BACKENDS if b in supported_backends), supported_backends[0])
    found = (CameraInfo(camera.index, camera.name, backend) for camera in enumerate_cameras(backend))
    return tuple(sorted(found, key=lambda camera: camera.index))


# --- what a dropped file is -------------------------------------------------------------------------------

PICTURE_SUFFIXES = (
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".png", ".apng", ".gif", ".webp", ".avif"),
    *(".bmp", ".tif", ".tiff", ".jp2", ".j2k", ".pgm", ".ppm", ".pbm", ".pnm"),
)
VIDEO_SUFFIXES = (
    *(".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".mpg"),
    *(".mpeg", ".ts", ".ogv", ".wmv", ".flv", ".3gp"),
)
WEIGHTS_SUFFIXES = (".pth", ".pt", ".safetensors", ".onnx", ".weights", ".cfg", ".names")
STATE_SUFFIXES = (".json",)
SIGNAL_SUFFIXES = (".wav", ".csv", ".tsv", ".txt")

_HEAD_BYTES = 4096
_MAX_STATE_BYTES = 16_000_000
_HINT = (
    "What can be opened: pictures (JPEG, PNG, WebP, TIFF and others), videos (MP4, MOV, MKV and others), folders "
    "of pictures, signals (WAV, CSV), NumPy arrays, weights (.pth, .onnx and others), views saved by ConvScope."
)
_PICTURE_MARKS = (
    *(b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\x00", b"MM\x00*"),
    *(b"\xff\x4f\xff\x51", b"\x00\x00\x00\x0cjP  "),  # JPEG 2000, bare and boxed
)
_VIDEO_MARKS = (b"\x1a\x45\xdf\xa3", b"\x00\x00\x01\xba", b"FLV\x01", b"\x30\x26\xb2\x75\x8e\x66\xcf\x11")
_ARRAY_MARK = b"\x93NUMPY"
_AVIF_BRANDS = (b"avif", b"avis")
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1")
_GIF_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
_QUICKTIME_BOXES = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")


def kind_by_name(path: str | Path) -> Kind | None:
    """What the name of a file or folder promises; None where only the content can tell.

    Reads nothing (a file may lie on a slow network): one look at the folder's entry. Raises UserError for what
    is missing or empty.
    """
    path = Path(path)
    try:
        entry = path.stat()
    except FileNotFoundError as error:
        raise UserError(f"{path.name} is not there.", hint="Was it moved, renamed or unplugged?") from error
    except (OSError, ValueError) as error:  # ValueError: a path with a null character
        log.info("%s cannot be looked at: %s", path, error)  # what is wrong is said when it is opened
        return None
    if stat.S_ISDIR(entry.st_mode):
        return "folder"
    if stat.S_ISREG(entry.st_mode) and not entry.st_size:
        raise UserError(f"{path.name} is empty (0 bytes).", hint="Copy or download the file again.")
    suffix = path.suffix.lower()
    known: tuple[tuple[Kind, tuple[str, ...]], ...] = (
        *(("picture", PICTURE_SUFFIXES), ("video", VIDEO_SUFFIXES)),
        *(("weights", WEIGHTS_SUFFIXES), ("state", STATE_SUFFIXES), ("signal", (".wav",))),
    )
    return next((kind for kind, suffixes in known if suffix in suffixes), None)


def classify(path: str | Path) -> Kind:
    """What a dropped file or folder is: by its content first, by its suffix where the content does not say.

    Reads the first 4 KB; all of it only where they are the beginning of a JSON object of up to 16 MB. Raises
    UserError for what is missing, unreadable, empty or of no use here.
    """
    path = Path(path)
    if path.is_dir():
        return "folder"
    with images.open_file(path, "file") as stream:
        head = stream.read(_HEAD_BYTES)
    kind = _kind_by_content(path, head) or _kind_by_suffix(path)
    if kind is None:
        raise UserError(f"{path.name} is a kind of file that ConvScope cannot use.", hint=_HINT)
    return kind


def _kind_by_content(path: Path, head: bytes) -> Kind | None:
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "video" if _is_animated(head) else "picture"
    if head.startswith(_PICTURE_MARKS) or _is_plain_bitmap(head):
        return "picture"
    if head.startswith(b"RIFF") and head[8:12] in (b"WEBP", b"AVI "):
        return "video" if head[8:12] == b"AVI " else "picture"
    if head.startswith(_VIDEO_MARKS):
        return "video"
    if head[4:8] == b"ftyp":
        return _kind_of_iso_file(path, head)
    if head[4:8] in _QUICKTIME_BOXES or head[:377:188] == b"GGG":  # MPEG-TS: a mark every 188 bytes
        return "video"
    if _is_weights(path, head):
        return "weights"
    if head.startswith(_ARRAY_MARK):
        return _kind_of_array(head)
    if _is_state(path, head):
        return "state"
    return "signal" if _is_signal(path, head) else None


def _kind_by_suffix(path: Path) -> Kind | None:
    suffix = path.suffix.lower()
    if suffix in PICTURE_SUFFIXES:
        return "picture"
    if suffix in VIDEO_SUFFIXES:
        return "video"
    # Suffixes whose files have a mark of their own are not believed without it.
    return "weights" if suffix in (".onnx", ".weights", ".names") else None


def _is_plain_bitmap(head: bytes) -> bool:
    """BMP or PGM/PPM: their marks are two letters, so a little more is looked at than those."""
    if head[:2] == b"BM":
        return head[6:10] == bytes(4)
    return re.match(rb"P[1-6]\s+[#0-9]", head) is not None


def _is_animated(head: bytes) -> bool:
    """Whether a GIF moves: a second picture in its first bytes, or else a loop or a display time.

    (GIF89a, CompuServe 1990: a header, then pictures and extensions, each a chain of blocks of up to 255 bytes.)
    """
    pictures, promised = 0, False
    place = 13 + _gif_table(head[10:11])
    while place < len(head):
        mark, label = head[place : place + 1], head[place + 1 : place + 2]
        if mark == b",":
            pictures += 1
            place += 11 + _gif_table(head[place + 9 : place + 10])
        elif mark == b"!":
            delay = head[place + 4 : place + 6] if label == b"\xf9" else b""
            promised = promised or any(delay) or head[place + 3 : place + 14] in _GIF_LOOPS
            place += 2
        else:
            return pictures > 1  # the end mark, or damage
        while place < len(head) and head[place]:
            place += 1 + head[place]
        place += 1
    return pictures > 1 or (promised and len(head) == _HEAD_BYTES)


def _gif_table(flags: bytes) -> int:
    """The bytes of the colour table that these flags announce."""
    return 3 << ((flags[0] & 7) + 1) if flags and flags[0] & 0x80 else 0


def _kind_of_iso_file(path: Path, head: bytes) -> Kind:
    """MP4, MOV, AVIF and HEIC share one container; the brand says which."""
    if head[8:12] in _AVIF_BRANDS:
        return "picture"
    if head[8:12] in _HEIC_BRANDS:
        raise UserError(
            f"{path.name} is a HEIC photo, which cannot be opened here.",
            hint="Export it as JPEG (phones: Settings, Camera, Formats, Most compatible).",
        )
    return "video"


def _is_weights(path: Path, head: bytes) -> bool:
    suffix = path.suffix.lower()
    if head[:4] == b"PK\x03\x04":  # torch.save since 1.6: a zip file that begins with one pickle
        return b"data.pkl" in head or suffix in (".pt", ".pth")
    if head[:1] == b"\x80" and suffix in (".pt", ".pth"):  # torch.save before 1.6: a bare pickle
        return True
    if suffix == ".cfg":
        return b"[net]" in head or b"[network]" in head
    return suffix == ".safetensors" and head[8:9] == b"{"


def _kind_of_array(head: bytes) -> Kind | None:
    """A NumPy array with three axes is a volume, with one or two a signal; None where its header cannot be read."""
    shape = re.search(rb"'shape': \(([0-9, ]*)\)", head)
    if shape is None:
        return None
    axes = len([part for part in shape[1].split(b",") if part.strip()])
    return "volume" if axes >= 3 else "signal"


def _is_signal(path: Path, head: bytes) -> bool:
    """A WAV file, or text with numbers in its first line or, beneath a heading, in the second."""
    if head.startswith(b"RIFF"):
        return head[8:12] == b"WAVE"
    if path.suffix.lower() not in SIGNAL_SUFFIXES:
        return False
    lines = [line for line in head.decode("utf-8-sig", "replace").splitlines() if not line.startswith("#")]
    return any(re.fullmatch(r"\s*[-+]?[0-9.][-+0-9.eE,;\s]*", line) for line in lines[:2])


def _is_state(path: Path, head: bytes) -> bool:
    if head.lstrip()[:1] != b"{" or path.stat().st_size > _MAX_STATE_BYTES:
        return False
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        log.info("%s is not a saved view: %s", path.name, error)
        return False
    return isinstance(content, dict) and "convscope" in content
