"""Bundled photographs, cameras without opening them, and what a dropped file is taken for."""

from __future__ import annotations

import io
import json
import os
import pickle
import socket
import struct
import subprocess
import sys
import types
import zipfile
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from engine import images, sources
from engine.cv import cv2
from engine.errors import UserError
from engine.handlers import load, lookup
from engine.jobs import JobCancelled
from engine.sources import CameraInfo, ListCameras, LoadSample, OpenPicture

ROOT = Path(__file__).resolve().parents[2]


def picture(kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (16, 16), (200, 30, 30)).save(buffer, kind, **options)
    return buffer.getvalue()


# --- photographs ------------------------------------------------------------------------------------------


def test_every_sample_opens_without_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(*_: object, **__: object) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket, "socket", offline)
    monkeypatch.setattr(socket, "getaddrinfo", offline)
    names = [sample.name for sample in sources.samples()]
    assert {"astronaut", "cat", "coffee", "rocket", "camera", "coins", "brick", "moon"} <= set(names)
    assert len(set(names)) == len(names)
    for sample in sources.samples():
        frame = sources.load_sample(sample.name)
        assert min(frame.height, frame.width) >= 150 and np.ptp(frame.pixels) > 50, sample.name
        assert frame.name == sample.title and sample.credit


def test_the_samples_are_what_scikit_image_shows() -> None:
    from skimage import data

    assert np.array_equal(sources.load_sample("astronaut").pixels, data.astronaut())
    assert np.array_equal(sources.load_sample("cat").pixels, data.cat())
    assert np.array_equal(sources.load_sample("camera").pixels[..., 0], data.camera())


def test_samples_that_are_not_installed_are_not_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "_sample_folder", lambda: tmp_path)
    (tmp_path / "chelsea.png").write_bytes(picture("PNG"))
    sources.samples.cache_clear()
    try:
        assert [sample.name for sample in sources.samples()] == ["cat"]
        with pytest.raises(UserError, match="'astronaut'") as caught:
            sources.load_sample("astronaut")
        assert "cat" in caught.value.hint
        sources.samples.cache_clear()
        monkeypatch.setattr(sources, "_sample_folder", lambda: None)
        assert sources.samples() == ()
    finally:
        sources.samples.cache_clear()


def test_the_requests_reach_their_functions(tmp_path: Path) -> None:
    (tmp_path / "red.png").write_bytes(picture("PNG"))
    for request, check in (
        (OpenPicture(tmp_path / "red.png"), lambda frame: frame.pixels[0, 0].tolist() == [200, 30, 30]),
        (OpenPicture(str(tmp_path / "red.png")), lambda frame: frame.name == "red.png"),
        (LoadSample("coffee"), lambda frame: frame.name == "Coffee cup"),
        (ListCameras(), lambda cameras: isinstance(cameras, tuple)),
    ):
        handler = lookup(request)
        assert not handler.needs_torch
        assert check(answer_of(load(handler)(request, None)))


def answer_of(started: object) -> Any:
    """What a handler answers, whether it is a function or a generator."""
    if not isinstance(started, Generator):
        return started
    while True:
        try:
            next(started)
        except StopIteration as stop:
            return stop.value


@pytest.mark.parametrize("request_", [OpenPicture("/no/such/picture.png"), LoadSample("cat")])
def test_a_picture_that_was_replaced_in_time_is_not_decoded(
    request_: OpenPicture | LoadSample, monkeypatch: pytest.MonkeyPatch
) -> None:
    def decoded(path: object) -> None:
        raise AssertionError("it was opened")

    monkeypatch.setattr(images, "open_picture", decoded)
    steps = load(lookup(request_))(request_, None)
    assert next(steps) is None
    with pytest.raises(JobCancelled):
        steps.throw(JobCancelled())


# --- what importing costs and leaves behind ---------------------------------------------------------------


def in_a_fresh_interpreter(code: str, **environment: str) -> object:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("QT_QPA_", "OPENCV_"))}
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"import json, os, sys\n{code}"],
        env=clean | {"PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0 and run.stderr == "", run.stderr
    return json.loads(run.stdout)


def test_importing_them_imports_nothing_heavy() -> None:
    code = (
        "import engine.sources, engine.images, engine.video\n"
        "print(json.dumps([m for m in ('cv2', 'torch', 'skimage', 'PIL', 'scipy') if m in sys.modules]))"
    )
    assert in_a_fresh_interpreter(code) == []


def test_a_sample_and_a_list_of_cameras_need_neither_opencv_nor_skimage() -> None:
    code = (
        "from engine import sources\nsources.load_sample('cat')\nsources.list_cameras()\n"
        "print(json.dumps([m for m in ('cv2', 'torch', 'skimage', 'scipy') if m in sys.modules]))"
    )
    expected = [] if sys.platform.startswith("linux") else ["cv2"]
    assert in_a_fresh_interpreter(code) == expected


@pytest.mark.parametrize(
    "given", [{}, {"QT_QPA_FONTDIR": "/my fonts", "QT_QPA_PLATFORM_PLUGIN_PATH": "/my qt"}]
)
def test_opencv_leaves_the_environment_as_it_was(given: dict[str, str]) -> None:
    code = (
        "before = dict(os.environ)\nfrom engine.cv import cv2\n"
        "changed = {k for k in before.keys() | os.environ.keys() if before.get(k) != os.environ.get(k)}\n"
        "print(json.dumps(sorted(k for k in changed if not k.startswith('OPENCV_'))))"
    )
    assert in_a_fresh_interpreter(code, **given) == []
    plain = code.replace("from engine.cv import cv2", "import cv2")
    if sys.platform.startswith("linux") and not given:
        assert in_a_fresh_interpreter(plain) != [], "OpenCV no longer touches it: engine/cv.py may go"


def test_opencv_settings_of_the_person_are_kept() -> None:
    code = "from engine.cv import cv2\nprint(json.dumps(os.environ['OPENCV_LOG_LEVEL']))"
    assert in_a_fresh_interpreter(code, OPENCV_LOG_LEVEL="ERROR") == "ERROR"


def test_broken_files_print_nothing(tmp_path: Path) -> None:
    (tmp_path / "bad.mp4").write_bytes(b"\0\0\0\x18ftypisom" + np.random.default_rng(0).bytes(4000))
    (tmp_path / "bad.avi").write_bytes(b"RIFF\0\0\0\0AVI " + np.random.default_rng(1).bytes(4000))
    code = (
        "from engine import video, errors\nfrom engine.sources import CameraInfo\nsaid = []\n"
        f"for opener in [lambda: video.open_video({str(tmp_path / 'bad.mp4')!r}),\n"
        f"               lambda: video.open_video({str(tmp_path / 'bad.avi')!r}),\n"
        "               lambda: video.open_camera(CameraInfo(97, 'None'))]:\n"
        "    try:\n        opener()\n"
        "    except errors.UserError as error:\n        said.append(error.sentence)\n"
        "print(json.dumps(said))"
    )
    said = in_a_fresh_interpreter(code)
    assert isinstance(said, list) and len(said) == 3


# --- cameras ----------------------------------------------------------------------------------------------


def test_linux_cameras_are_read_from_sysfs(tmp_path: Path) -> None:
    for device, index, name in (
        ("video10", "0", "HD Webcam"),
        ("video11", "1", "HD Webcam"),
        ("video2", "0", "Ü"),
    ):
        (tmp_path / device).mkdir()
        (tmp_path / device / "index").write_text(f"{index}\n", encoding="utf-8")
        (tmp_path / device / "name").write_text(f"{name}\n", encoding="utf-8")
    (tmp_path / "video3").mkdir()
    (tmp_path / "videoless").mkdir()
    assert sources._linux_cameras(tmp_path) == (
        CameraInfo(2, "Ü", cv2.CAP_V4L2),
        CameraInfo(3, "Camera 3", cv2.CAP_V4L2),
        CameraInfo(10, "HD Webcam", cv2.CAP_V4L2),
    )
    assert sources._linux_cameras(tmp_path / "no such folder") == ()


def test_elsewhere_the_names_come_from_the_enumerator(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def enumerate_cameras(backend: int) -> list[types.SimpleNamespace]:
        asked.append(backend)
        return [types.SimpleNamespace(index=1, name="Second"), types.SimpleNamespace(index=0, name="First")]

    fake = types.ModuleType("cv2_enumerate_cameras")
    fake.enumerate_cameras = enumerate_cameras  # type: ignore[attr-defined]
    fake.supported_backends = (cv2.CAP_MSMF, cv2.CAP_DSHOW)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "cv2_enumerate_cameras", fake)
    monkeypatch.setattr(sys, "platform", "win32")
    first, second = CameraInfo(0, "First", cv2.CAP_DSHOW), CameraInfo(1, "Second", cv2.CAP_DSHOW)
    assert sources.list_cameras() == (first, second)
    assert asked == [cv2.CAP_DSHOW]
    monkeypatch.setitem(sys.modules, "cv2_enumerate_cameras", None)  # not installed
    assert sources.list_cameras() == ()


def test_listing_opens_no_camera(monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(*_: object) -> None:
        raise AssertionError("a camera was opened")

    monkeypatch.setattr(cv2, "VideoCapture", opened)
    assert all(isinstance(camera, CameraInfo) for camera in sources.list_cameras())


# --- what a file is ---------------------------------------------------------------------------------------


def animation(kind: str) -> bytes:
    buffer = io.BytesIO()
    first, *others = (Image.new("RGB", (8, 8), (shade, 0, 0)) for shade in (0, 100, 200))
    first.save(buffer, kind, save_all=True, append_images=others)
    return buffer.getvalue()


def zipped(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, b"\x80\x02}.")
    return buffer.getvalue()


def safetensors() -> bytes:
    header = json.dumps({"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
    return struct.pack("<Q", len(header)) + header + bytes(4)


BRAND = b"\0\0\0\x18ftyp"
# What the file is called and what is inside: the content decides wherever it can.
KINDS: dict[str, tuple[str, bytes, str]] = {
    **{
        f"a {kind}": ("file.bin", picture(kind), "picture")
        for kind in ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF")
    },
    **{f"another {kind}": ("no suffix", picture(kind), "picture") for kind in ("PPM", "AVIF", "JPEG2000")},
    "a JPEG named as a video": ("x.mp4", picture("JPEG"), "picture"),
    "a plain PGM with a comment": ("x", b"P2\n# made by hand\n1 1\n255\n7\n", "picture"),
    "an animated GIF": ("x.gif", animation("GIF"), "video"),
    "an animated WebP, of which one frame is shown": ("x.webp", animation("WEBP"), "picture"),
    "an MP4 named as a picture": ("x.jpg", BRAND + b"isom" + bytes(32), "video"),
    "a MOV": ("x", BRAND + b"qt  " + bytes(32), "video"),
    "an old MOV": ("x", b"\0\0\x10\0moov" + bytes(32), "video"),
    "an AVI": ("x", b"RIFF\0\0\0\0AVI LIST", "video"),
    "a Matroska": ("x", b"\x1a\x45\xdf\xa3" + bytes(32), "video"),
    "an MPEG transport stream": ("x", (b"G" + bytes(187)) * 4, "video"),
    "a damaged video": ("x.MKV", bytes(64), "video"),
    "a damaged picture": ("x.JPG", b"hello", "picture"),
    "a torch file": ("model.bin", zipped("archive/data.pkl"), "weights"),
    "an old torch file": ("model.pth", pickle.dumps({"w": 1}, protocol=2), "weights"),
    "a torch file that was cut off": ("model.pt", zipped("archive/data.pkl")[:-30], "weights"),
    "safetensors": ("model.safetensors", safetensors(), "weights"),
    "an ONNX file": ("model.onnx", b"\x08\x07\x12\x07pytorch", "weights"),
    "Darknet weights": ("yolo.weights", struct.pack("<3i", 0, 2, 5), "weights"),
    "a Darknet network": ("yolo.cfg", b"# tiny\n[net]\nwidth=416\n", "weights"),
    "a saved view": ("lesson.json", b'\n {"convscope": 1, "page": "convolution"}', "state"),
    "a saved view under another name": ("lesson.txt", b'{"convscope": {}}', "state"),
}


@pytest.mark.parametrize("case", KINDS)
def test_the_kind_of_a_file(case: str, tmp_path: Path) -> None:
    name, content, expected = KINDS[case]
    path = tmp_path / name
    path.write_bytes(content)
    assert sources.classify(path) == expected
    assert sources.classify(str(path)) == expected


@pytest.mark.parametrize("size", [8, 200], ids=["within the first 4 KB", "beyond them"])
@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    "options", [{}, {"loop": 0}, {"duration": 100}, {"loop": 2, "duration": 40}], ids=str
)
def test_gifs_that_move(tmp_path: Path, size: int, count: int, options: dict[str, int]) -> None:
    """Against Pillow, which reads the whole file; from the first bytes alone a promise has to do."""
    rng = np.random.default_rng(1)
    pictures = [Image.fromarray(rng.integers(0, 256, (size, size, 3), np.uint8)) for _ in range(count)]
    path = tmp_path / "x.gif"
    pictures[0].save(path, save_all=count > 1, append_images=pictures[1:], **options)
    with Image.open(path) as image:
        moves = bool(getattr(image, "is_animated", False))
    if path.stat().st_size > 4096:
        moves = bool(options)  # a loop or a display time: what it promises
    assert sources.classify(path) == ("video" if moves else "picture")


def test_no_more_than_the_beginning_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[int] = []

    class Counted(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            assert size is not None and 0 < size <= 4096
            taken.append(size)
            return super().read(size)

    for name, content in {
        "a.gif": animation("GIF") + bytes(50_000),
        "b.bin": zipped("archive/data.pkl") + bytes(50_000),
        "c.mp4": BRAND + b"isom" + bytes(50_000),
        "d.txt": b"Hello." * 10_000,
    }.items():
        (tmp_path / name).write_bytes(content)
        monkeypatch.setattr(Path, "open", lambda path, mode, content=content: Counted(content))
        if name == "d.txt":
            with pytest.raises(UserError):
                sources.classify(tmp_path / name)
        else:
            sources.classify(tmp_path / name)
        monkeypatch.undo()
    assert len(taken) == 4


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Foto ü.JPG", "picture"), ("walk.mp4", "video"), ("net.safetensors", "weights"),
        ("view.json", "state"), ("notes.txt", None), ("no suffix", None),
    ],
)  # fmt: skip
def test_the_kind_by_name_reads_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, kind: str | None
) -> None:
    (tmp_path / name).write_bytes(b"x")
    (tmp_path / "a folder.png").mkdir()

    def read(*_: object, **__: object) -> None:
        raise AssertionError("it was opened")

    monkeypatch.setattr(Path, "open", read)
    monkeypatch.setattr("builtins.open", read)
    assert sources.kind_by_name(tmp_path / name) == kind
    assert sources.kind_by_name(str(tmp_path / name)) == kind
    assert sources.kind_by_name(tmp_path / "a folder.png") == "folder"
    with pytest.raises(UserError, match=r"gone\.png is not there"):
        sources.kind_by_name(tmp_path / "gone.png")
    (tmp_path / "empty.png").touch()
    with pytest.raises(UserError, match=r"empty\.png is empty"):
        sources.kind_by_name(tmp_path / "empty.png")
    assert sources.kind_by_name("a\0b.png") is None


def test_a_folder(tmp_path: Path) -> None:
    (tmp_path / "photos.jpg").mkdir()
    assert sources.classify(tmp_path / "photos.jpg") == "folder"


REFUSED: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "text": ("notes.txt", lambda p: p.write_text("Hello."), "cannot use"),
    "text that begins like a bitmap": ("cars.txt", lambda p: p.write_text("BMW is a car."), "cannot use"),
    "other JSON": ("data.json", lambda p: p.write_text('{"a": 1}'), "cannot use"),
    "broken JSON": ("data.json", lambda p: p.write_text('{"convscope": '), "cannot use"),
    "JSON nested without end": ("data.json", lambda p: p.write_text('{"a":' + "[" * 100_000), "cannot use"),
    "a zip": ("archive.zip", lambda p: p.write_bytes(zipped("readme.txt")), "cannot use"),
    "another .cfg": ("setup.cfg", lambda p: p.write_text("[metadata]\nname = x"), "cannot use"),
    "SVG": ("x.svg", lambda p: p.write_text("<svg/>"), "cannot use"),
    "numpy": ("x.npy", lambda p: p.write_bytes(b"\x93NUMPY\x01\x00" + bytes(64)), "cannot use"),
    "HEIC": ("IMG_1.HEIC", lambda p: p.write_bytes(BRAND + b"heic" + bytes(32)), "HEIC"),
    "empty": ("x.png", lambda p: p.write_bytes(b""), "is empty"),
    "missing": ("x.png", lambda p: None, "is not there"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_is_named_and_the_hint_helps(case: str, tmp_path: Path) -> None:
    name, make, expected = REFUSED[case]
    make(tmp_path / name)
    with pytest.raises(UserError) as caught:
        sources.classify(tmp_path / name)
    assert caught.value.sentence.startswith(name) and expected in caught.value.sentence
    assert caught.value.hint and str(tmp_path) not in str(caught.value)
    if expected == "cannot use":
        assert all(word in caught.value.hint for word in ("JPEG", "MP4", "folders", ".pth", "ConvScope"))


def test_every_suffix_of_a_picture_that_pillow_writes_is_opened(tmp_path: Path) -> None:
    Image.init()
    for suffix in sources.PICTURE_SUFFIXES:
        kind = Image.registered_extensions().get(suffix)
        if kind is None:
            continue
        path = tmp_path / f"picture{suffix}"
        Image.new("RGB", (4, 4)).save(path, kind)
        assert sources.classify(path) == "picture", suffix
        assert images.open_picture(path).pixels.shape == (4, 4, 3), suffix
