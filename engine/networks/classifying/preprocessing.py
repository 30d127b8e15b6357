"""From a picture to the numbers that a net reads: the same steps as in its training, each told in words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from engine.errors import UserError
from engine.networks.classifying.digit_picture import normalise_digit
from engine.networks.weights.records import Preprocessing

Pixels = npt.NDArray[np.uint8]
Interpolation = Literal["bilinear", "bicubic", "area"]
Window = tuple[float, float, float, float]

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
BAR = 128
"""The grey of the bars beside a picture that is not square."""
SMALL = 64
"""Nets for pictures of fewer pixels a side get the whole centre square."""


@dataclass(frozen=True, slots=True)
class InputRecipe:
    """How a net wants its pictures.

    `size`: the side of the square that it reads. `resize`: what the shorter side is scaled to before the centre square
    of `size` is cut out; None scales the whole centre square. `mean`, `std`: of pixels in 0..1, a value a channel.
    A "digit" is found, centred and scaled as MNIST's were, and is bright on black. "whole": nothing is cut away, grey
    bars make the picture square, as detectors want it. `assumed`: the weights state nothing of it.
    """

    kind: Literal["photo", "digit", "whole"] = "photo"
    size: int = 224
    resize: int | None = 256
    mean: tuple[float, ...] = IMAGENET_MEAN
    std: tuple[float, ...] = IMAGENET_STD
    interpolation: Interpolation = "bilinear"
    assumed: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """`values` float32[C, size, size] is what the net gets; `seen` uint8[size, size] or [size, size, 3] the same
    picture before its normalisation; `steps` how it came about; `note` what a person should know about it; `window`
    (left, top, right, bottom) what of the picture the net reads, as shares: 0..1, or beyond where bars were added."""

    values: npt.NDArray[np.float32]
    seen: Pixels
    steps: tuple[str, ...]
    note: str = ""
    window: Window = (0.0, 0.0, 1.0, 1.0)


def from_entry(stated: Preprocessing | None, input_shape: tuple[int, ...]) -> InputRecipe:
    """The steps that belong to weights, from what their entry states and the (C, H, W) of their architecture.

    One channel means digits. Small pictures are scaled whole; where nobody states how large ones are made, ImageNet's
    recipe is taken. Raises UserError where the channels do not go together.
    """
    channels, side = input_shape[0], input_shape[1]
    assumed = stated is None
    if stated is None:
        stated = Preprocessing(0, 0, IMAGENET_MEAN if channels == 3 else (0.0,) * channels, (1.0,) * channels)
        if channels == 3:
            stated = replace(stated, std=IMAGENET_STD)
    if len(stated.mean) != channels or len(stated.std) != channels or not all(v > 0 for v in stated.std):
        raise UserError(
            f"These weights normalise {len(stated.mean)} channels, their network reads {channels}.",
            "Import the file again on the page Weights, for the network that it was made for.",
        )
    size = stated.crop or side
    if channels == 1:
        return InputRecipe("digit", size, None, stated.mean, stated.std, "area", assumed)
    if not stated.resize and size < SMALL:
        return InputRecipe("photo", size, None, stated.mean, stated.std, "area", assumed)
    resize = stated.resize or round(size * 256 / 224)
    if stated.interpolation not in ("bilinear", "bicubic"):
        raise UserError(
            f"These weights want pictures scaled in a way that is not known: {stated.interpolation}."
        )
    way: Interpolation = "bicubic" if stated.interpolation == "bicubic" else "bilinear"
    return InputRecipe("photo", size, resize, stated.mean, stated.std, way, assumed)


def prepare(pixels: Pixels, how: InputRecipe) -> Prepared:
    """What a net gets of uint8[H, W, 3] RGB. Raises UserError where a digit is wanted and nothing is drawn."""
    if how.kind == "digit":
        digit = normalise_digit(pixels, how.size)
        steps = (*digit.steps, _normalisation(how))
        return Prepared(normalised(digit.seen, how), digit.seen, steps, digit.note, digit.window)
    if how.kind == "whole":
        seen, steps, window = _with_bars(pixels, how.size)
        return Prepared(normalised(seen, how), seen, (*steps, _normalisation(how)), window=window)
    seen, steps = (
        _centre(pixels, how) if how.resize is None else _resized_centre(pixels, how.size, how.resize, how)
    )
    share = 1.0 if how.resize is None else how.size / how.resize
    window = _square_window(pixels.shape[0], pixels.shape[1], share)
    return Prepared(normalised(seen, how), seen, (*steps, _normalisation(how)), window=window)


def _square_window(height: int, width: int, share: float) -> Window:
    """The square in the middle whose side is `share` of the shorter side, as far as it lies in the picture."""
    side = share * min(height, width)
    across, down = min(side / width, 1.0), min(side / height, 1.0)
    return (1 - across) / 2, (1 - down) / 2, (1 + across) / 2, (1 + down) / 2


def normalised(seen: Pixels, how: InputRecipe) -> npt.NDArray[np.float32]:
    """float32[C, h, w] of uint8[h, w] or uint8[h, w, 3]: (value / 255 - mean) / std."""
    values = seen[..., None] if seen.ndim == 2 else seen
    scaled = values.astype(np.float32) / np.float32(255)
    result = (scaled - np.array(how.mean, np.float32)) / np.array(how.std, np.float32)
    return np.ascontiguousarray(result.transpose(2, 0, 1))


def _resized_centre(
    pixels: Pixels, size: int, resize: int, how: InputRecipe
) -> tuple[Pixels, tuple[str, ...]]:
    """torchvision's recipe: Pillow's antialiased resizing of the shorter side, then the centre square."""
    from PIL import Image

    height, width = pixels.shape[:2]
    short, long = sorted((height, width))
    longer = int(resize * long / short)
    across, down = (longer, resize) if width > height else (resize, longer)
    picture = Image.fromarray(pixels)
    if (across, down) != (width, height):
        picture = picture.resize((across, down), _resampling(how.interpolation))
    left, top = _margin(across, size), _margin(down, size)
    # Pillow fills with black what a crop larger than the picture takes from outside, as torchvision does.
    square = picture.crop((left, top, left + size, top + size))
    return np.asarray(square, np.uint8), (
        f"shorter side scaled from {short} to {resize} pixels ({how.interpolation}, antialiased)",
        f"centre square of {size} × {size} cut out",
    )


def _with_bars(pixels: Pixels, size: int) -> tuple[Pixels, tuple[str, ...], Window]:
    """The whole picture in a square of `size`, grey where it does not reach (what detectors call letterboxing)."""
    from PIL import Image

    height, width = pixels.shape[:2]
    scale = size / max(height, width)
    across, down = max(1, round(width * scale)), max(1, round(height * scale))
    left, top = (size - across) // 2, (size - down) // 2
    seen = np.full((size, size, 3), BAR, np.uint8)
    scaled = Image.fromarray(pixels).resize((across, down), Image.Resampling.BILINEAR)
    seen[top : top + down, left : left + across] = np.asarray(scaled, np.uint8)
    window = (-left / across, -top / down, (size - left) / across, (size - top) / down)
    bars = () if across == down else (f"grey bars added to {size} × {size}",)
    return seen, (f"scaled from {width} × {height} to {across} × {down} pixels", *bars), window


def _margin(length: int, size: int) -> int:
    """Where torchvision's centre crop begins; below 0 where the picture is smaller than the crop."""
    return round((length - size) / 2) if length >= size else -((size - length) // 2)


def _centre(pixels: Pixels, how: InputRecipe) -> tuple[Pixels, tuple[str, ...]]:
    """The largest square in the middle, every pixel of the result the mean of the area that it stands for."""
    from PIL import Image

    height, width = pixels.shape[:2]
    side = min(height, width)
    left, top = (width - side) // 2, (height - side) // 2
    square = Image.fromarray(pixels[top : top + side, left : left + side])
    grows = side < how.size
    if how.interpolation == "area" and side % how.size == 0:
        square = square.reduce(side // how.size)  # the same mean, rounded once, in half the time
    elif side != how.size:
        way = Image.Resampling.BILINEAR if grows else _resampling(how.interpolation)
        square = square.resize((how.size, how.size), way)
    cut = () if height == width else (f"centre square of {side} × {side} cut out",)
    made = "stretched" if grows else "averaged down"
    return np.asarray(square, np.uint8), (
        *cut,
        f"{made} from {side} × {side} to {how.size} × {how.size} pixels",
    )


def _resampling(interpolation: Interpolation) -> int:
    from PIL import Image

    ways = {
        "bilinear": Image.Resampling.BILINEAR,
        "bicubic": Image.Resampling.BICUBIC,
        "area": Image.Resampling.BOX,
    }
    return ways[interpolation]


def _normalisation(how: InputRecipe) -> str:
    mean, std = (", ".join(f"{value:g}" for value in values) for values in (how.mean, how.std))
    whose = ", assumed: the file states none" if how.assumed else ""
    return f"(value / 255 − mean) / deviation, mean {mean}, deviation {std}{whose}"
