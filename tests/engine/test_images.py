"""Pictures from files: each format against a second reader or arithmetic, each bad file by its sentence."""

from __future__ import annotations

import io
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageFile

from engine import images, picture_files
from engine.cv import cv2
from engine.errors import UserError
from engine.images import Frame

Pixels = NDArray[Any]


def noise(height: int, width: int, channels: int = 3, seed: int = 0) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (height, width, channels), dtype=np.uint8)


def smooth(height: int, width: int) -> Pixels:
    """A picture that JPEG keeps nearly as it is."""
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([255 * x / width, 255 * y / height, 255 - 255 * x / width], axis=2).astype(np.uint8)


def data_of(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def difference(a: Pixels, b: Pixels) -> int:
    return int(np.abs(a.astype(int) - b.astype(int)).max())


# --- the packet -------------------------------------------------------------------------------------------


def test_a_frame_cannot_be_written_to() -> None:
    frame = Frame(noise(4, 5), "noise")
    assert (frame.height, frame.width) == (4, 5)
    with pytest.raises(ValueError, match="read-only"):
        frame.pixels[0, 0, 0] = 1


@pytest.mark.parametrize(
    "view", [lambda a: a[1:], lambda a: a[:, ::-1], lambda a: a.transpose(1, 0, 2), lambda a: a]
)
def test_publishing_makes_contiguous_memory_that_nobody_else_writes(view: Callable[[Pixels], Pixels]) -> None:
    owner = noise(6, 7)
    expected = view(owner).copy()
    published = images.publish(view(owner))
    assert published.flags.c_contiguous and not published.flags.writeable
    if owner.flags.writeable:
        owner[:] = 0
    assert np.array_equal(published, expected)


def test_publishing_takes_over_without_a_copy_what_nobody_shares() -> None:
    owner = noise(3, 3)
    assert np.shares_memory(images.publish(owner), owner)
    hidden = noise(3, 3)
    locked = hidden.view()
    locked.flags.writeable = False  # its owner can still write
    assert not np.shares_memory(images.publish(locked), hidden)


@pytest.mark.parametrize(
    "array", [np.zeros((2, 2), np.uint8), np.zeros((2, 2, 3)), np.zeros((0, 2, 3), np.uint8)]
)
def test_a_frame_of_another_shape_or_type_is_refused(array: Pixels) -> None:
    with pytest.raises(ValueError):
        Frame(array, "wrong")


# --- formats ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "PPM", "WEBP", "JPEG2000"])
def test_lossless_colour_is_opened_exactly(kind: str, tmp_path: Path) -> None:
    pixels = noise(9, 13)
    path = tmp_path / "ein schönes Bild – 写真.bin"  # neither the suffix nor the letters matter
    options = {"lossless": True} if kind == "WEBP" else {}
    path.write_bytes(data_of(Image.fromarray(pixels), kind, **options))
    frame = images.open_picture(path)
    assert np.array_equal(frame.pixels, pixels)
    assert (frame.name, frame.note) == (path.name, "")


@pytest.mark.parametrize("kind", ["JPEG", "AVIF"])
def test_lossy_colour_is_close(kind: str) -> None:
    pixels = smooth(64, 96)
    frame = images.decode(data_of(Image.fromarray(pixels), kind, quality=95), "p")
    assert difference(frame.pixels, pixels) <= 12


def test_a_png_named_jpg_is_opened_by_its_content(tmp_path: Path) -> None:
    pixels = noise(5, 4)
    (tmp_path / "wrong.jpg").write_bytes(images.encode_png(pixels))
    assert np.array_equal(images.open_picture(tmp_path / "wrong.jpg").pixels, pixels)


def test_one_pixel() -> None:
    frame = images.decode(images.encode_png(np.array([[[7, 8, 9]]], np.uint8)), "dot")
    assert frame.pixels.tolist() == [[[7, 8, 9]]]


def test_grey_and_one_bit() -> None:
    grey = noise(6, 9, 1)[..., 0]
    assert np.array_equal(images.decode(images.encode_png(grey), "g").pixels, np.dstack([grey] * 3))
    bits = grey > 127
    one_bit = images.decode(data_of(Image.fromarray(bits), "PNG"), "b")
    assert np.array_equal(one_bit.pixels, np.dstack([bits * 255] * 3))


def on_white(rgb: Pixels, alpha: Pixels) -> Pixels:
    share = alpha[..., np.newaxis] / 255.0
    return rgb * share + 255.0 * (1 - share)


def test_transparency_is_laid_over_white() -> None:
    rgba = noise(8, 8, 4)
    frame = images.decode(images.encode_png(rgba), "t")
    assert np.abs(frame.pixels - on_white(rgba[..., :3], rgba[..., 3])).max() <= 0.5
    assert "white" in frame.note
    grey_alpha = noise(8, 8, 2)
    frame = images.decode(data_of(Image.fromarray(grey_alpha, "LA"), "PNG"), "t")
    grey = np.dstack([grey_alpha[..., 0]] * 3)
    assert np.abs(frame.pixels - on_white(grey, grey_alpha[..., 1])).max() <= 0.5


def test_an_opaque_alpha_channel_is_not_worth_a_note() -> None:
    rgba = noise(4, 4, 4)
    rgba[..., 3] = 255
    frame = images.decode(images.encode_png(rgba), "t")
    assert np.array_equal(frame.pixels, rgba[..., :3]) and frame.note == ""


def test_palettes() -> None:
    image = Image.new("P", (3, 1))
    image.putpalette([10, 20, 30, 40, 50, 60, 70, 80, 90])
    image.putdata([0, 1, 2])
    plain = images.decode(data_of(image, "PNG"), "p")
    assert plain.pixels.tolist() == [[[10, 20, 30], [40, 50, 60], [70, 80, 90]]]
    clear = images.decode(data_of(image, "PNG", transparency=1), "p")
    assert clear.pixels.tolist() == [[[10, 20, 30], [255, 255, 255], [70, 80, 90]]]
    assert "white" in clear.note and plain.note == ""


def test_one_colour_may_stand_for_transparent() -> None:
    pixels = np.array([[[1, 2, 3], [4, 5, 6]]], np.uint8)
    frame = images.decode(data_of(Image.fromarray(pixels), "PNG", transparency=(4, 5, 6)), "k")
    assert frame.pixels.tolist() == [[[1, 2, 3], [255, 255, 255]]]


@pytest.mark.parametrize("suffix", [".png", ".tif", ".pgm"])
@pytest.mark.parametrize("peak", [65535, 4095])
def test_sixteen_bit_grey_against_opencv(suffix: str, peak: int) -> None:
    values = np.random.default_rng(1).integers(0, peak + 1, (7, 11), dtype=np.uint16)
    values[0, :2] = 0, peak
    data = cv2.imencode(suffix, values)[1].tobytes()
    reference = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert reference.dtype == np.uint16
    frame = images.decode(data, "deep")
    assert np.array_equal(frame.pixels[..., 1], np.rint(reference.astype(np.float64) * 255 / peak))
    assert f"16-bit grey, 0 to {peak}" in frame.note


@pytest.mark.parametrize("suffix", [".png", ".tif", ".ppm"])
def test_sixteen_bit_colour_against_opencv(suffix: str) -> None:
    values = np.random.default_rng(2).integers(0, 65536, (7, 11, 3), dtype=np.uint16)
    data = cv2.imencode(suffix, values)[1].tobytes()
    reference = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)[..., ::-1]
    frame = images.decode(data, "deep")
    assert difference(frame.pixels, reference >> 8) <= 1
    assert "16 bits a channel" in frame.note


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array([[0.0, 0.5, 1.0]], np.float32), [0, 128, 255]),
        (np.array([[-10.0, 0.0, 30.0]], np.float32), [0, 64, 255]),
        (np.array([[np.nan, 2.0, 4.0]], np.float32), [0, 0, 255]),
        (np.array([[np.nan, np.inf, -np.inf]], np.float32), [0, 0, 0]),
        (np.array([[5.0, 5.0, 5.0]], np.float32), [0, 0, 0]),
        (np.array([[-1000, 0, 3000]], np.int32), [0, 64, 255]),
    ],
)
def test_floating_point_and_32_bit_grey(values: Pixels, expected: list[int]) -> None:
    frame = images.decode(data_of(Image.fromarray(values), "TIFF"), "science.tif")
    assert frame.pixels[0, :, 0].tolist() == expected
    assert "shown" in frame.note


# --- CMYK -------------------------------------------------------------------------------------------------

INKS = {"cyan": (255, 0, 0, 0), "magenta": (0, 255, 0, 0), "yellow": (0, 0, 255, 0), "black": (0, 0, 0, 255)}
COLOURS = {"cyan": (0, 255, 255), "magenta": (255, 0, 255), "yellow": (255, 255, 0), "black": (0, 0, 0)}


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
@pytest.mark.parametrize("ink", INKS)
@pytest.mark.parametrize("profile", [b"", b"not a profile"])
def test_cmyk_without_a_usable_profile(kind: str, ink: str, profile: bytes) -> None:
    options = {"icc_profile": profile} if profile else {}
    data = data_of(Image.new("CMYK", (16, 16), INKS[ink]), kind, **options)
    frame = images.decode(data, "print")
    assert difference(frame.pixels, np.full((16, 16, 3), COLOURS[ink])) <= 3
    assert "CMYK" in frame.note


def cmyk_profile(cyan_lab: tuple[int, int, int]) -> bytes:
    """An ICC v2 printer profile, white but for full cyan, which has the L*a*b* given (ICC.1:2001-04)."""
    ramp = bytes(range(256))
    nodes = bytearray()
    for corner in range(16):  # C M Y K, the last one fastest
        lab = cyan_lab if corner == 0b1000 else (100, 0, 0)
        nodes += bytes([round(lab[0] * 2.55), lab[1] + 128, lab[2] + 128])
    identity = struct.pack(">9i", *(65536 * (i % 4 == 0) for i in range(9)))
    lut = b"mft1" + bytes(4) + bytes([4, 3, 2, 0]) + identity + ramp * 4 + bytes(nodes) + ramp * 3
    text = b"text" + bytes(4) + b"none\0"
    name = b"desc" + bytes(4) + struct.pack(">I", 5) + b"test\0" + bytes(78)
    white = b"XYZ " + bytes(4) + struct.pack(">3i", 63190, 65536, 54061)
    table, body = b"", b""
    for tag, content in ((b"desc", name), (b"cprt", text), (b"wtpt", white), (b"A2B0", lut)):
        table += tag + struct.pack(">II", 128 + 4 + 4 * 12 + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    header = struct.pack(">I4sI4s4s4s", 128 + 52 + len(body), b"lcms", 0x02200000, b"prtr", b"CMYK", b"Lab ")
    header += bytes(12) + b"acsp" + bytes(28) + struct.pack(">3i", 63190, 65536, 54061) + bytes(48)
    return header + struct.pack(">I", 4) + table + body


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk_goes_through_its_own_profile(kind: str) -> None:
    # In this ink set cyan prints as sRGB's red, L*a*b* (D50) = 54, 81, 70: only the profile says so.
    data = data_of(Image.new("CMYK", (16, 16), INKS["cyan"]), kind, icc_profile=cmyk_profile((54, 81, 70)))
    frame = images.decode(data, "print")
    assert difference(frame.pixels, np.full((16, 16, 3), (255, 0, 0))) <= 8
    assert "profile" in frame.note and "without" not in frame.note


# --- orientation, frames, size ----------------------------------------------------------------------------

# What has to be done to the stored pixels so that they stand upright (EXIF 2.3, tag 274).
TURNS: dict[int, Callable[[Pixels], Pixels]] = {
    1: lambda a: a,
    2: np.fliplr,
    3: lambda a: np.rot90(a, 2),
    4: np.flipud,
    5: lambda a: np.rot90(np.fliplr(a), 1),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: np.rot90(np.fliplr(a), -1),
    8: lambda a: np.rot90(a, 1),
}


@pytest.mark.parametrize("orientation", TURNS)
def test_exif_orientation(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    pixels = smooth(40, 64)
    exact = images.decode(data_of(Image.fromarray(pixels), "PNG", exif=exif), "turned")
    assert np.array_equal(exact.pixels, TURNS[orientation](pixels))
    jpeg = data_of(Image.fromarray(pixels), "JPEG", exif=exif, quality=95)
    reference = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR_RGB)
    opened = images.decode(jpeg, "turned")
    assert opened.pixels.shape == reference.shape
    assert difference(opened.pixels, reference) <= 4
    assert opened.note == ""


def test_a_damaged_exif_block_does_not_cost_the_picture() -> None:
    data = data_of(Image.fromarray(smooth(16, 16)), "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff\x01\x12")
    assert images.decode(data, "odd").pixels.shape == (16, 16, 3)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_of_several_frames_the_first_is_opened(kind: str) -> None:
    colours = ((255, 0, 0), (0, 255, 0), (0, 0, 255))
    first, *others = (Image.new("RGB", (8, 8), colour) for colour in colours)
    frame = images.decode(data_of(first, kind, save_all=True, append_images=others), "moving")
    assert difference(frame.pixels, np.full((8, 8, 3), colours[0])) <= 3
    assert frame.note == f"the first of 3 {'pages' if kind == 'TIFF' else 'frames'}"


def test_a_phone_photo_with_a_second_picture_inside_needs_no_note() -> None:
    large, small = Image.fromarray(smooth(32, 32)), Image.fromarray(smooth(16, 16))
    data = data_of(large, "MPO", save_all=True, append_images=[small])
    frame = images.decode(data, "phone.jpg")
    assert frame.pixels.shape == (32, 32, 3) and frame.note == ""


def test_a_large_picture_is_scaled_by_area_averaging(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_files, "MAX_SIDE", 32)
    pixels = noise(32, 96)
    frame = images.decode(images.encode_png(pixels), "large")
    means = pixels[:30].reshape(10, 3, 32, 3, 3).mean(axis=(1, 3))
    assert frame.pixels.shape == (11, 32, 3)  # 32 / 3 rounded: the rows do not divide, the columns do
    assert "scaled down to 32 x 11 from a file of 96 x 32 pixels" in frame.note
    square = images.fit(np.ascontiguousarray(pixels[:30]), 32)
    assert np.abs(square - means).max() <= 0.5 + 1e-6


def test_a_gigantic_jpeg_is_decoded_at_a_reduced_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # 20,000 x 20,000: left half black, right half white. Zeroed memory is not there until it is touched.
    side = 20_000
    grey = np.zeros((side, side), np.uint8)
    grey[:, side // 2 :] = 255
    with monkeypatch.context() as patch:
        patch.setattr(Image, "MAX_IMAGE_PIXELS", None)
        Image.frombuffer("L", (side, side), grey, "raw", "L", 0, 1).save(tmp_path / "huge.jpg")
    del grey
    sizes: list[tuple[int, int]] = []
    real = ImageFile.ImageFile.load
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda image: sizes.append(image.size) or real(image))
    frame = images.open_picture(tmp_path / "huge.jpg")
    assert sizes[0] == (5000, 5000), "a quarter of the size is the smallest that keeps 4096"
    assert frame.pixels.shape == (4096, 4096, 3)
    assert frame.pixels[::500, :2000].max() == 0 and frame.pixels[::500, 2100:].min() == 255
    assert "scaled down to 4096 x 4096 from a file of 20,000 x 20,000 pixels" in frame.note


def test_a_gigantic_portrait_keeps_its_orientation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_files, "MAX_SIDE", 50)
    exif = Image.Exif()
    exif[0x0112] = 6
    pixels = smooth(200, 400)
    frame = images.decode(data_of(Image.fromarray(pixels), "JPEG", exif=exif, quality=95), "portrait")
    assert frame.pixels.shape == (50, 25, 3)
    reference = cv2.resize(np.rot90(pixels, -1), (25, 50), interpolation=cv2.INTER_AREA)
    assert difference(frame.pixels, reference) <= 8


def png_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def one_bit_png(side: int) -> bytes:
    """A valid 1-bit PNG of side x side black pixels: a few kilobytes whatever the side."""
    rows = zlib.compress(bytes((side + 7) // 8 + 1) * side, 9)
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = png_chunk(b"IHDR", header) + png_chunk(b"IDAT", rows) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def refuse_to_decode(*_: object) -> None:
    raise AssertionError("the picture was decoded")


def test_other_gigantic_pictures_are_refused_before_they_are_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert images.decode(one_bit_png(64), "small").pixels.shape == (64, 64, 3)
    monkeypatch.setattr(ImageFile.ImageFile, "load", refuse_to_decode)
    with pytest.raises(
        UserError, match=r"^map.png has 20,000 x 20,000 pixels; the limit is 100 million"
    ) as caught:
        images.decode(one_bit_png(20_000), "map.png")
    assert "4,096" in caught.value.hint
    strip = one_bit_png(8).replace(struct.pack(">II", 8, 8), struct.pack(">II", 9_764_873, 9))
    with pytest.raises(UserError, match=r"9,764,873 x 9 pixels; the limit is .* and 65,535 on a side"):
        images.decode(strip[:29] + struct.pack(">I", zlib.crc32(strip[12:29])) + strip[33:], "strip.png")


def test_a_gigantic_progressive_jpeg_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_files, "MAX_PIXELS", 1000)
    picture = Image.fromarray(smooth(40, 40))
    assert images.decode(data_of(picture, "JPEG"), "b.jpg").pixels.shape == (40, 40, 3)
    with pytest.raises(UserError, match="40 x 40"):
        images.decode(data_of(picture, "JPEG", progressive=True), "p.jpg")


def test_pillows_own_limits_are_as_before() -> None:
    before = Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES
    data = data_of(Image.fromarray(noise(64, 64)), "JPEG")
    images.decode(data[: len(data) // 2], "cut")
    with pytest.raises(UserError):
        images.decode(b"nothing", "bad")
    assert (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES) == before == (89478485, False)


# --- bad files --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_cut_off_file_is_opened_as_far_as_it_goes(kind: str) -> None:
    pixels = noise(128, 128)
    data = data_of(Image.fromarray(pixels), kind)
    whole = images.decode(data, "whole").pixels
    frame = images.decode(data[: len(data) * 6 // 10], "cut")
    assert frame.note == "the file is cut off: the missing part is blank"
    assert np.array_equal(frame.pixels[:60], whole[:60])
    assert np.ptp(frame.pixels[100:].reshape(-1, 3), axis=0).max() == 0


def test_a_file_cut_off_before_its_first_pixels_is_refused() -> None:
    data = data_of(Image.fromarray(noise(256, 256)), "JPEG")
    scan = data.index(b"\xff\xda")
    for end in (3, 20, scan, scan + 14, scan + 100):
        with pytest.raises(UserError, match=r"^cut is damaged or incomplete"):
            images.decode(data[:end], "cut")


PICTURES = {
    kind: data_of(Image.fromarray(smooth(24, 24)), kind)
    for kind in ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP", "TIFF", "JPEG2000", "PPM")
}


@pytest.mark.parametrize("kind", PICTURES)
@given(cut=st.floats(0, 1), place=st.floats(0, 1), garbage=st.binary(min_size=1, max_size=8))
def test_damage_of_any_kind_gives_a_picture_or_a_sentence(
    kind: str, cut: float, place: float, garbage: bytes
) -> None:
    data = bytearray(PICTURES[kind])
    at = int(place * len(data))
    data[at : at + len(garbage)] = garbage
    try:
        assert images.decode(bytes(data[: int(cut * len(data)) + 1]), "hurt").pixels.ndim == 3
    except UserError as error:
        assert error.sentence.startswith("hurt") and error.hint


def make_fifo(path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("this system has no named pipes")
    os.mkfifo(path)


BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty": (lambda p: p.write_bytes(b""), "is empty"),
    "text": (lambda p: p.write_text("not a picture"), "is not a picture"),
    "folder": (lambda p: p.mkdir(), "is a folder"),
    "missing": (lambda p: None, "is not there"),
    "svg": (lambda p: p.write_text('<svg xmlns="http://www.w3.org/2000/svg"/>'), "is not a picture"),
    "numpy": (lambda p: p.write_bytes(b"\x93NUMPY\x01\x00" + bytes(120)), "is not a picture"),
    "eps": (lambda p: p.write_text("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"), "is not a picture"),
    "header only": (lambda p: p.write_bytes(b"\x89PNG\r\n\x1a\n"), "cannot be decoded"),
    "pipe": (make_fifo, "is a device or pipe"),
}


@pytest.mark.parametrize("case", BAD)
def test_every_refusal_names_the_file_and_says_what_to_do(case: str, tmp_path: Path) -> None:
    make, expected = BAD[case]
    path = tmp_path / "mein Bild ü.jpg"
    make(path)
    with pytest.raises(UserError) as caught:
        images.open_picture(path)
    sentence, hint = caught.value.sentence, caught.value.hint
    assert sentence.startswith("mein Bild ü.jpg ") and expected in sentence
    assert sentence.endswith(".") and hint.endswith((".", "?"))
    assert str(tmp_path) not in str(caught.value)


def test_what_can_be_opened_is_listed() -> None:
    with pytest.raises(UserError) as caught:
        images.decode(b"<svg/>", "drawing.svg")
    assert all(kind in caught.value.hint for kind in ("JPEG", "PNG", "WebP", "TIFF"))
    with pytest.raises(UserError, match="empty"):
        images.decode(b"", "nothing")


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.png"
    path.write_bytes(images.encode_png(noise(2, 2)))

    def forbidden(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", forbidden)  # a superuser may read everything whatever the mode bits say
    with pytest.raises(UserError, match=r"^You may not read secret\.png\.") as caught:
        images.open_picture(path)
    assert str(tmp_path) not in str(caught.value)


def test_an_unreadable_path_is_refused() -> None:
    with pytest.raises(UserError, match="could not be read"):
        images.open_picture("zero\0character.png")


# --- arrays -----------------------------------------------------------------------------------------------


def test_from_array() -> None:
    rgb = noise(5, 6)
    frame = images.from_array(rgb, "memory")
    assert np.array_equal(frame.pixels, rgb) and not np.shares_memory(frame.pixels, rgb)
    assert rgb.flags.writeable
    grey = rgb[..., 0]
    expected = np.dstack([grey] * 3)
    for same in (grey, grey[..., np.newaxis], grey / 255.0, grey.astype(np.uint16) * 257):
        assert np.array_equal(images.from_array(same, "g").pixels, expected)
    assert images.from_array(np.array([[True, False]]), "b").pixels[0, :, 2].tolist() == [255, 0]
    assert images.from_array(np.array([[[9, 9, 9, 0]]], np.uint8), "t").pixels.tolist() == [[[255] * 3]]


@pytest.mark.parametrize(
    "array",
    [
        *(np.zeros(3, np.uint8), np.zeros((2, 2, 2), np.uint8), np.zeros((0, 3), np.uint8)),
        *(np.zeros((2, 2), np.int64), np.full((2, 2), np.nan), np.full((2, 2), 1.5)),
    ],
)
def test_from_array_refuses_what_is_no_picture(array: Pixels) -> None:
    with pytest.raises(ValueError):
        images.from_array(array, "no")


def test_encode_png_is_read_by_opencv() -> None:
    frame = Frame(noise(7, 5), "noise")
    read = cv2.imdecode(np.frombuffer(images.encode_png(frame), np.uint8), cv2.IMREAD_COLOR_RGB)
    assert np.array_equal(read, frame.pixels)
    assert images.encode_png(frame.pixels) == images.encode_png(frame)


@given(height=st.integers(1, 60), width=st.integers(1, 60), limit=st.integers(1, 40))
def test_fit_keeps_the_proportions(height: int, width: int, limit: int) -> None:
    pixels = noise(height, width)
    small = images.fit(pixels, limit)
    assert max(small.shape[:2]) == min(limit, max(height, width)) and min(small.shape[:2]) >= 1
    if max(height, width) <= limit:
        assert small is pixels
    else:
        scale = limit / max(height, width)
        assert abs(small.shape[0] - max(1, height * scale)) <= 0.5
        assert abs(small.shape[1] - max(1, width * scale)) <= 0.5


def test_luminance_against_opencv() -> None:
    pixels = noise(30, 40)
    light = images.luminance(pixels)
    assert light.dtype == np.float32 and light.shape == (30, 40)
    assert np.abs(light - cv2.cvtColor(pixels.astype(np.float32), cv2.COLOR_RGB2GRAY)).max() < 1e-3
    assert images.luminance(np.full((1, 1, 3), 255, np.uint8))[0, 0] == pytest.approx(255)


def test_bgra_reuses_its_buffer() -> None:
    pixels = images.publish(noise(6, 5))
    fresh = images.bgra(pixels)
    assert np.array_equal(fresh[..., 2::-1], pixels) and (fresh[..., 3] == 255).all()
    assert images.bgra(images.publish(noise(6, 5, seed=1)), fresh) is fresh
    assert np.array_equal(fresh[..., :3], noise(6, 5, seed=1)[..., ::-1])
    assert images.bgra(pixels, np.empty((9, 9, 4), np.uint8)).shape == (6, 5, 4)


def test_a_large_jpeg_is_decoded_no_larger_than_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "large.jpg"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (600, 800, 3), np.uint8)).save(path)
    assert images.open_picture(path).pixels.shape == (600, 800, 3)
    assert images.open_picture(path, shorter=150).pixels.shape == (150, 200, 3)
    assert images.open_picture(path, shorter=151).pixels.shape == (300, 400, 3)
    assert images.open_picture(path, shorter=5000).pixels.shape == (600, 800, 3)
