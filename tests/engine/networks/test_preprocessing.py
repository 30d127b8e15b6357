"""Photos as torchvision prepares them, edits against slow loops, digits as MNIST has them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from torchvision.transforms import InterpolationMode
from torchvision.transforms._presets import ImageClassification

from engine.errors import UserError
from engine.networks.classifying.digit_picture import BOLDEST, BOX, FIELD, THINNEST, normalise_digit
from engine.networks.classifying.picture_edits import crop_box, edit, rim_color, told
from engine.networks.classifying.preprocessing import InputRecipe, from_entry, normalised, prepare
from engine.networks.requests import PictureEdits
from engine.networks.weights.records import Preprocessing

Pixels = npt.NDArray[np.uint8]


def noise(height: int, width: int, seed: int = 0) -> Pixels:
    """A picture with structure at every scale: blocks of several sizes and noise."""
    rng = np.random.default_rng(seed)
    total = np.zeros((height, width, 3))
    for size in (1, 5, 31):
        blocks = rng.uniform(0, 255, (-(-height // size), -(-width // size), 3))
        total += np.kron(blocks, np.ones((size, size, 1)))[:height, :width]
    return np.rint(total / 3).astype(np.uint8)


class TestPhotos:
    @pytest.mark.parametrize("shape", [(480, 640), (640, 480), (300, 300), (256, 401), (97, 500), (60, 40)])
    @pytest.mark.parametrize("way", ["bilinear", "bicubic"])
    def test_like_torchvision_to_the_bit(self, shape: tuple[int, int], way: Any) -> None:
        pixels = noise(*shape)
        recipe = ImageClassification(
            crop_size=224, resize_size=256, interpolation=InterpolationMode(way), antialias=True
        )
        expected = recipe(Image.fromarray(pixels)).numpy()
        got = prepare(pixels, InputRecipe(interpolation=way))
        assert got.values.dtype == np.float32 and got.values.shape == (3, 224, 224)
        np.testing.assert_allclose(got.values, expected, atol=1e-6)  # the order of two float32 operations
        assert got.seen.shape == (224, 224, 3)

    @given(st.integers(20, 400), st.integers(20, 400), st.integers(8, 96), st.integers(8, 96))
    @settings(max_examples=25)
    def test_any_size(self, height: int, width: int, size: int, resize: int) -> None:
        pixels = noise(height, width)
        recipe = ImageClassification(crop_size=size, resize_size=resize, antialias=True)
        expected = recipe(Image.fromarray(pixels)).numpy()
        np.testing.assert_allclose(
            prepare(pixels, InputRecipe(size=size, resize=resize)).values, expected, atol=1e-6
        )

    def test_tensors_and_their_antialiasing_are_close_too(self) -> None:
        """torchvision rounds once for both axes there, Pillow after each: one level of 255 apart at most."""
        pixels = noise(480, 640)
        tensor = torch.from_numpy(pixels).permute(2, 0, 1)
        expected = ImageClassification(crop_size=224, resize_size=256, antialias=True)(tensor).numpy()
        got = prepare(pixels, InputRecipe()).values
        assert np.abs(got - expected).max() < 1.01 / 255 / 0.224

    @pytest.mark.parametrize("side", [32, 64, 480])
    def test_whole_blocks_are_averaged_and_rounded_once(self, side: int) -> None:
        pixels = noise(side, side + 40)
        how = InputRecipe(size=32, resize=None, interpolation="area")
        times = side // 32
        square = pixels[:, 20 : 20 + side].astype(np.float64)
        by_hand = square.reshape(32, times, 32, times, 3).mean((1, 3))
        assert np.abs(prepare(pixels, how).seen - by_hand).max() <= 0.51

    def test_the_centre_square_is_averaged_for_small_nets(self) -> None:
        pixels = noise(96, 160)
        how = InputRecipe(size=32, resize=None, interpolation="area")
        got = prepare(pixels, how)
        square = pixels[:, 32:128].astype(float)
        expected = square.reshape(32, 3, 32, 3, 3).mean(axis=(1, 3))
        assert np.abs(got.seen - expected).max() <= 1.0  # rounded after each axis
        assert any("averaged down from 96 × 96" in step for step in got.steps)
        same = noise(32, 32)
        np.testing.assert_array_equal(prepare(same, how).seen, same)
        assert any("stretched from 20 × 20" in step for step in prepare(noise(20, 30), how).steps)

    def test_normalisation_by_hand(self) -> None:
        seen = np.array([[[0, 128, 255]]], np.uint8)
        how = InputRecipe(mean=(0.5, 0.25, 1.0), std=(0.5, 0.5, 2.0))
        np.testing.assert_allclose(
            normalised(seen, how).ravel(), [-1.0, (128 / 255 - 0.25) / 0.5, 0.0], atol=1e-7
        )

    def test_what_entries_state(self) -> None:
        imagenet = Preprocessing(256, 224, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
        assert from_entry(imagenet, (3, 224, 224)) == InputRecipe()
        cifar = from_entry(Preprocessing(0, 0, (0.4,) * 3, (0.2,) * 3), (3, 32, 32))
        assert (cifar.kind, cifar.size, cifar.resize, cifar.interpolation) == ("photo", 32, None, "area")
        digit = from_entry(Preprocessing(0, 0, (0.1,), (0.3,)), (1, 32, 32))
        assert (digit.kind, digit.size) == ("digit", 32)
        assert from_entry(None, (3, 299, 299)).resize == 342
        assert from_entry(None, (1, 32, 32)).mean == (0.0,)
        with pytest.raises(UserError, match="3 channels, their network reads 1"):
            from_entry(imagenet, (1, 32, 32))
        with pytest.raises(UserError, match="lanczos"):
            from_entry(Preprocessing(256, 224, (0.4,) * 3, (0.2,) * 3, "lanczos"), (3, 224, 224))


class TestEdits:
    def test_nothing_done_is_the_same_array(self) -> None:
        pixels = noise(30, 40)
        assert edit(pixels, PictureEdits()) is pixels
        assert edit(pixels, PictureEdits(angle=360.0)) is pixels
        assert told(PictureEdits(), (30, 40)) == ()

    def test_a_stroke_against_a_loop(self) -> None:
        """Every pixel nearer to the line than the radius is paint, every farther one as it was."""
        pixels = noise(60, 80)
        points = ((0.2, 0.25), (0.7, 0.75))
        edited = edit(pixels, PictureEdits(strokes=((0.1, points),), paint="black"))
        (ax, ay), (bx, by) = ((x * 80, y * 60) for x, y in points)
        for row in range(60):
            for column in range(80):
                px, py = column + 0.5 - ax, row + 0.5 - ay
                dx, dy = bx - ax, by - ay
                along = min(max((px * dx + py * dy) / (dx * dx + dy * dy), 0), 1)
                distance = float(np.hypot(px - along * dx, py - along * dy))
                if distance < 8 - 2:
                    assert not edited[row, column].any()
                elif distance > 8 + 2:
                    assert (edited[row, column] == pixels[row, column]).all()
        assert not np.shares_memory(edited, pixels)

    def test_a_dot_and_the_paints(self) -> None:
        pixels = noise(41, 41)
        for paint, value in (("grey", 128), ("black", 0), ("white", 255)):
            edited = edit(pixels, PictureEdits(strokes=((0.2, ((0.5, 0.5),)),), paint=paint))  # type: ignore[arg-type]
            assert (edited[20, 20] == value).all() and (edited[20, 27] == value).all()
            assert (edited[20, 31] == pixels[20, 31]).all()

    @pytest.mark.parametrize("quarter", [1, 2, 3])
    def test_quarter_turns_are_exact(self, quarter: int) -> None:
        pixels = noise(33, 33)
        np.testing.assert_array_equal(
            edit(pixels, PictureEdits(angle=90.0 * quarter)), np.rot90(pixels, quarter)
        )

    def test_a_turn_against_a_loop(self) -> None:
        pixels = noise(24, 36)
        angle = np.radians(20)
        edited = edit(pixels, PictureEdits(angle=20.0))
        assert edited.shape == pixels.shape
        fill = rim_color(pixels).astype(float)
        padded = np.full((26, 38, 3), fill)
        padded[1:-1, 1:-1] = pixels
        differences = []
        for row in range(24):
            for column in range(36):
                x, y = column - 17.5, row - 11.5
                u = np.cos(angle) * x - np.sin(angle) * y + 17.5
                v = np.sin(angle) * x + np.cos(angle) * y + 11.5
                if not (-1 <= u < 36 and -1 <= v < 24):
                    expected = fill
                else:
                    i, j = int(np.floor(v)), int(np.floor(u))
                    a, b = v - i, u - j
                    part = padded[i + 1 : i + 3, j + 1 : j + 3]
                    expected = (1 - a) * ((1 - b) * part[0, 0] + b * part[0, 1]) + a * (
                        (1 - b) * part[1, 0] + b * part[1, 1]
                    )
                differences.append(np.abs(edited[row, column] - expected).max())
        assert max(differences) <= 8  # OpenCV takes a 32nd of a pixel
        assert np.mean(differences) < 2

    def test_a_crop_in_shares(self) -> None:
        pixels = noise(40, 80)
        crop = (0.25, 0.1, 0.75, 0.6)
        np.testing.assert_array_equal(edit(pixels, PictureEdits(crop=crop)), pixels[4:24, 20:60])
        assert told(PictureEdits(crop=crop), (40, 80)) == ("cropped to 40 × 20 of 80 × 40 pixels",)

    @given(st.tuples(*[st.floats(0, 1)] * 4), st.integers(1, 50), st.integers(1, 50))
    def test_a_crop_has_a_pixel_and_lies_inside(
        self, numbers: tuple[float, ...], height: int, width: int
    ) -> None:
        (left, right), (top, bottom) = sorted(numbers[:2]), sorted(numbers[2:])
        box = crop_box((left, top, right, bottom), (height, width))
        assert 0 <= box[0] < box[2] <= width and 0 <= box[1] < box[3] <= height

    @pytest.mark.parametrize(
        "edits",
        [
            PictureEdits(crop=(0.5, 0, 0.5, 1)),
            PictureEdits(crop=(-0.1, 0, 1, 1)),
            PictureEdits(angle=float("nan")),
            PictureEdits(strokes=((float("inf"), ((0.0, 0.0),)),)),
        ],
    )
    def test_what_cannot_be_is_said(self, edits: PictureEdits) -> None:
        with pytest.raises(UserError):
            edit(noise(10, 10), edits)

    def test_in_words(self) -> None:
        edits = PictureEdits(angle=-15.0, strokes=((0.1, ((0.5, 0.5),)),) * 2)
        painted, turned = told(edits, (10, 10))
        assert painted == "painted over in grey with 2 strokes"
        assert turned.startswith("turned to the right by 15°")


# --- digits -----------------------------------------------------------------------------------------------


def three(
    side: int = 400, scale: float = 1.0, at: tuple[float, float] = (0.5, 0.5), width: float = 0.05
) -> Pixels:
    """A drawn 3, dark on white: two arcs. `scale` of 1 fills half the paper; `width` of a stroke, of the paper."""
    from engine.cv import cv2

    paper = np.full((side, side), 255, np.uint8)
    reach = 0.13 * scale * side
    for sign in (-1, 1):
        angles = (
            np.linspace(-np.pi * 0.75, np.pi * 0.5, 60)
            if sign < 0
            else np.linspace(-np.pi * 0.5, np.pi * 0.75, 60)
        )
        x = at[0] * side + 1.2 * reach * np.cos(angles)
        y = at[1] * side + sign * reach + reach * np.sin(angles)
        line = np.rint(np.stack([x, y], 1) * 16).astype(np.int32).reshape(-1, 1, 2)
        cv2.polylines(paper, [line], False, 0, max(1, round(width * side)), cv2.LINE_AA, 4)
    return np.repeat(paper[..., None], 3, axis=2)


def distance(first: Pixels, second: Pixels) -> float:
    """Mean difference of two normalised digits, in levels of 255."""
    return float(np.abs(first.astype(float) - second).mean())


def apart(first: Pixels, second: Pixels) -> float:
    """The same for the nearest place up to a pixel away: a centre of mass between two pixels goes either way."""
    places = [(rows, columns) for rows in (-1, 0, 1) for columns in (-1, 0, 1)]
    return min(distance(np.roll(first, place, axis=(0, 1)), second) for place in places)


REFERENCE = normalise_digit(three())


class TestDigits:
    def test_the_field(self) -> None:
        seen = REFERENCE.seen
        assert seen.shape == (32, 32) and seen.dtype == np.uint8 and seen.max() == 255
        rows, columns = np.flatnonzero(seen.any(1)), np.flatnonzero(seen.any(0))
        assert max(np.ptp(rows), np.ptp(columns)) + 1 == BOX
        y, x = np.mgrid[:32, :32]
        mass = seen.sum(dtype=float)
        assert abs((seen * y).sum() / mass - 16) <= 0.51 and abs((seen * x).sum() / mass - 16) <= 0.51
        assert "dark ink on a light ground" in REFERENCE.steps[0] and REFERENCE.note == ""

    @pytest.mark.parametrize(
        "changes",
        [
            {"scale": 1.6, "width": 0.08}, {"scale": 0.4, "width": 0.02}, {"at": (0.2, 0.3)}, {"at": (0.78, 0.7)},
            {"side": 120}, {"side": 900},
        ],
        ids=str,
    )  # fmt: skip
    def test_big_small_and_off_centre_come_out_alike(self, changes: dict[str, Any]) -> None:
        seen = normalise_digit(three(**changes)).seen
        assert apart(seen, REFERENCE.seen) < 8
        assert apart(np.roll(seen, 5, axis=1), REFERENCE.seen) > 20, "the bound can fail"

    @pytest.mark.parametrize("width", [0.004, 0.01, 0.02, 0.1, 0.14])
    def test_thin_and_thick_strokes_come_out_in_mnists_range(self, width: float) -> None:
        digit = normalise_digit(three(width=width))
        area, edge = (digit.seen > 127).sum(), REFERENCE.seen > 127
        assert 0.6 < area / edge.sum() < 2.0
        if width in (0.004, 0.01, 0.14):
            changed = next(step for step in digit.steps if step.startswith("strokes made"))
            assert f"to {THINNEST if width < 0.05 else BOLDEST:.1f} pixels" in changed

    def test_light_on_dark_is_the_same_digit(self) -> None:
        light = normalise_digit(255 - three())
        np.testing.assert_array_equal(light.seen, REFERENCE.seen)
        assert "light ink on a dark ground" in light.steps[0]

    def test_grain_shade_and_specks_of_photographed_paper(self) -> None:
        rng = np.random.default_rng(0)
        photo = 60 + three().astype(float) * 0.6 + rng.normal(0, 3, (400, 400, 1))
        photo[15:18, 380:383] = 40
        seen = normalise_digit(np.clip(photo, 0, 255).astype(np.uint8)).seen
        assert apart(seen, REFERENCE.seen) < 8

    def test_nothing_drawn(self) -> None:
        for level in (0, 128, 255):
            with pytest.raises(UserError, match="Nothing is drawn yet"):
                normalise_digit(np.full((50, 50, 3), level, np.uint8))
        faint = np.full((50, 50, 3), 200, np.uint8)
        faint[20:30, 20:30] = 180
        with pytest.raises(UserError, match="Nothing is drawn yet"):
            normalise_digit(faint)

    def test_several_digits_are_said(self) -> None:
        two = np.minimum(three(at=(0.25, 0.5), scale=0.8), three(at=(0.75, 0.5), scale=0.8))
        assert "2 figures" in normalise_digit(two).note
        more = [three(at=(x, 0.5), scale=0.7, width=0.03) for x in (0.15, 0.5, 0.85)]
        assert "3 figures" in normalise_digit(np.minimum.reduce(more)).note

    def test_a_photo_is_said(self) -> None:
        with pytest.raises(UserError, match="looks like a photo"):
            normalise_digit(np.tile(np.linspace(0, 255, 100).astype(np.uint8)[None, :, None], (100, 1, 3)))
        picture = np.full((100, 100, 3), 250, np.uint8)
        picture[10:90, 10:90] = 30
        assert "looks like a photo" in normalise_digit(picture).note

    @pytest.mark.parametrize("shape", [(1, 1), (1, 7), (3, 200), (200, 2)])
    def test_odd_shapes(self, shape: tuple[int, int]) -> None:
        pixels = np.full((*shape, 3), 255, np.uint8)
        pixels[shape[0] // 2, shape[1] // 2] = 0
        try:
            assert normalise_digit(pixels).seen.shape == (32, 32)
        except UserError as error:
            assert "Nothing is drawn" in str(error)

    def test_sizes_of_the_field(self) -> None:
        assert normalise_digit(three(), 28).seen.shape == (FIELD, FIELD)
        np.testing.assert_array_equal(normalise_digit(three(), 28).seen, REFERENCE.seen[2:-2, 2:-2])

    def test_prepared_for_the_net(self) -> None:
        how = InputRecipe("digit", 32, None, (0.1,), (0.3,), "area")
        got = prepare(three(), how)
        assert got.values.shape == (1, 32, 32)
        np.testing.assert_allclose(got.values[0], (REFERENCE.seen / 255 - 0.1) / 0.3, atol=1e-6)
        assert got.steps[-1].startswith("(value / 255 − mean)")

    def test_mnist_passes_through_almost_unchanged(self, assets: Path) -> None:
        with np.load(assets / "datasets" / "mnist_8000.npz") as file:
            images = file["images"][::8]
        padded = np.pad(images, ((0, 0), (2, 2), (2, 2)))
        same, differences, noted = 0, [], 0
        for image, expected in zip(images, padded, strict=True):
            digit = normalise_digit(np.repeat(image[..., None], 3, axis=2))
            same += np.array_equal(digit.seen, expected)
            differences.append(distance(digit.seen, expected))
            noted += bool(digit.note)
        assert same / len(images) > 0.8
        assert np.percentile(differences, 99) < 0.5 and noted == 0


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (640, 480), (31, 640)])
def test_a_whole_picture_keeps_its_shape_between_grey_bars(size: tuple[int, int]) -> None:
    how = InputRecipe("whole", 64, None, (0.0,) * 3, (1.0,) * 3)
    made = prepare(np.zeros((*size, 3), np.uint8), how)
    rows, columns = np.nonzero((made.seen == 0).all(2))
    left, top, right, bottom = made.window
    scale = 64 / (right - left), 64 / (bottom - top)
    assert (columns.min(), rows.min()) == pytest.approx((-left * scale[0], -top * scale[1]))
    assert (columns.max() + 1, rows.max() + 1) == pytest.approx(((1 - left) * scale[0], (1 - top) * scale[1]))
    assert max(np.ptp(rows), np.ptp(columns)) == 63 and made.values.shape == (3, 64, 64)
