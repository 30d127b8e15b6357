"""One kernel on a whole photograph or on a live camera: by torch, or by numpy while torch is loading.

Both routes work in bands of output rows and hand control back between them, so that a slider that moves on
does not wait for a photograph of 16 megapixels.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from dataclasses import replace
from itertools import count
from time import perf_counter
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.context import Context
from engine.foundations.convolution import (
    ConvSpec,
    Geometry,
    ShapeError,
    applied_kernel,
    bad_value,
    correlate,
    geometry,
    pad_volume,
)
from engine.foundations.requests import LiveWholeImage, WholeImage, WholeImageResult
from engine.images import luminance

FloatImage = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint8]
_BAND_MACS = 200_000_000  # work of one band: some 20 to 50 ms on two cores
Band = Callable[[int, int], FloatImage]  # output rows (start, end) -> float32[F, end - start, Wo]
_SAMPLE = 1 << 14  # values looked at for the robust range
REST_SECONDS = 0.4
MOST_PIXELS = 1 << 21  # of a picture and of every map: eight maps are 64 MB, and each is drawn in 2 ms


def respond(request: WholeImage, context: Context) -> Generator[Any, None, WholeImageResult]:
    """Answer a WholeImage. After an out-of-memory error the picture is halved, with a notice.

    Raises ShapeError where the kernel does not go with the picture.
    """
    pixels, note = _bounded(request.pixels, request, context.reduced)
    if context.reduced and pixels is not request.pixels:
        yield context.notice(
            f"Memory ran out, so the picture was halved to {pixels.shape[1]} x {pixels.shape[0]} pixels."
        )
    return (yield from _respond(pixels, note, request, context))


def respond_live(request: LiveWholeImage, context: Context) -> Generator[Any, None, None]:
    """Answer a LiveWholeImage: a partial result for the newest frame, until the mailbox is closed."""
    told = False
    unsubscribe = request.frames.subscribe(lambda: context.wake())
    try:
        while True:
            closed = request.frames.closed  # asked first: a frame put before closing is still shown
            frame = request.frames.take()
            if frame is None:
                if closed:
                    return
                yield context.idle(0.1)
                continue
            pixels, note = _bounded(frame.pixels, request, context.reduced)
            if context.reduced and pixels is not frame.pixels and not told:
                told = True
                yield context.notice("Memory ran out, so the frames are halved.")
            result = yield from _respond(pixels, note, request, context)
            yield context.partial(replace(result, frame=frame))
            if not context.torch_ready:
                yield from _rest(context)
    finally:
        unsubscribe()


def _rest(context: Context) -> Generator[Any, None, None]:
    """Leave the processor to the import of torch: with it the frames that follow are fast, without it none is."""
    end = time.monotonic() + REST_SECONDS
    while time.monotonic() < end:
        yield context.idle(REST_SECONDS)


def volume(pixels: Pixels, channels: int) -> FloatImage:
    """float32[C, H, W] in 0..255 of uint8[H, W, 3]: luminance for one channel, RGB for three.

    RGB is a view with the channels last in memory. Raises ValueError for another number of channels.
    """
    if channels == 1:
        return luminance(pixels)[None]
    if channels != 3:
        raise ValueError(f"a picture is one channel (luminance) or three (RGB), not {channels}")
    return pixels.astype(np.float32).transpose(2, 0, 1)


def averaged(pixels: Pixels, rows: int, cols: int) -> Pixels:
    """uint8[H // rows, W // cols, 3]: the mean of every block of pixels, rounded; what is left over is cut."""
    from engine.cv import cv2

    height, width = pixels.shape[0] // rows, pixels.shape[1] // cols
    whole = pixels[: height * rows, : width * cols]
    return np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _bounded(pixels: Pixels, request: WholeImage | LiveWholeImage, reduced: bool) -> tuple[Pixels, str]:
    """The picture to convolve, and what was done to it: averaged until it and its maps are small enough.

    Raises ShapeError where the kernel does not go with the picture.
    """
    height, width = pixels.shape[:2]
    for size in count(1):
        rows, cols = min(size, height), min(size, width)
        hw = (height // rows, width // cols)
        out = geometry(request.spec, (request.channels, *hw), request.weight.shape).output_hw
        if max(hw[0] * hw[1], out[0] * out[1]) <= MOST_PIXELS or hw == (1, 1):
            break
    if reduced:
        rows, cols = min(2 * rows, height), min(2 * cols, width)
    if rows * cols == 1:
        return pixels, ""
    small = averaged(pixels, rows, cols)
    return small, (
        f"Averaged from {width} x {height} to {small.shape[1]} x {small.shape[0]} pixels: "
        f"each is the mean of {cols} x {rows}."
    )


def _respond(
    pixels: Pixels, note: str, request: WholeImage | LiveWholeImage, context: Context
) -> Generator[Any, None, WholeImageResult]:
    weight = np.asarray(request.weight, np.float64)
    bias = np.zeros(len(weight)) if request.bias is None else np.asarray(request.bias, np.float64)
    bad = [p for p in (bad_value("weight", weight), bad_value("bias", bias)) if p]
    if bad:
        raise ShapeError(bad)
    x = volume(pixels, request.channels)
    g = geometry(request.spec, (x.shape[0], x.shape[1], x.shape[2]), (*weight.shape,))
    rows, cols = g.output_hw
    height = max(1, _BAND_MACS // (cols * weight.size))
    whole = height >= rows or request.spec.transposed
    start = perf_counter()
    prepare = _with_torch if context.torch_ready else _with_numpy
    route, band = prepare(
        x, weight.astype(np.float32), bias.astype(np.float32), request.spec, g, context, whole
    )
    if whole:
        response = band(0, rows)
    else:
        response = np.empty((len(weight), rows, cols), np.float32)
        for row in range(0, rows, height):
            end = min(row + height, rows)
            response[:, row:end] = band(row, end)
            yield None
    asked = WholeImage(pixels, request.weight, request.bias, request.spec, request.channels)
    return _result(response, asked, perf_counter() - start, route, note)


def _result(
    response: FloatImage, asked: WholeImage, seconds: float, route: str, note: str
) -> WholeImageResult:
    response.flags.writeable = False
    # An odd step does not run along the columns of a picture of even width.
    sample = response.ravel()[:: max(1, response.size // _SAMPLE) | 1]
    robust_low, robust_high = np.percentile(sample, (1, 99))
    return WholeImageResult(
        response=response,
        low=float(response.min()),
        high=float(response.max()),
        robust_low=float(robust_low),
        robust_high=float(robust_high),
        seconds=seconds,
        route=route,
        pixels=asked.pixels,
        note=note,
        request=asked,
    )


def _with_numpy(
    x: FloatImage,
    weight: FloatImage,
    bias: FloatImage,
    spec: ConvSpec,
    g: Geometry,
    context: Context,
    whole: bool,
) -> tuple[str, Band]:
    padded = pad_volume(x, g, spec.padding_mode)
    kernel = np.ascontiguousarray(applied_kernel(weight, spec))

    def band(start: int, end: int) -> FloatImage:
        first, last = start * g.stride[0], (end - 1) * g.stride[0] + g.effective_kernel_hw[0]
        part = replace(g, output_hw=(end - start, g.output_hw[1]))
        out: FloatImage = correlate(padded[:, first:last], kernel, part, spec.groups)
        out += bias[:, None, None]
        return np.maximum(out, 0, out=out) if spec.activation == "relu" else out

    return "numpy", band


def _with_torch(
    x: FloatImage,
    weight: FloatImage,
    bias: FloatImage,
    spec: ConvSpec,
    g: Geometry,
    context: Context,
    whole: bool,
) -> tuple[str, Band]:
    import torch

    from engine.foundations.check import torch_convolution

    device = context.device or torch.device("cpu")
    if not whole:
        x = pad_volume(x, g, spec.padding_mode)
        spec = replace(spec, padding="valid", padding_mode="zeros")
    # Channels last in memory, picture and kernel: up to 10 times as fast on a CPU, most with few channels.
    image = torch.from_numpy(x.transpose(1, 2, 0).copy()).to(device).permute(2, 0, 1)
    # `to`, not `contiguous`: only that gives the kernel of a single channel the strides that torch goes by.
    kernel = torch.from_numpy(weight).to(device).to(memory_format=torch.channels_last)
    offset = torch.from_numpy(bias).to(device)

    def band(start: int, end: int) -> FloatImage:
        first, last = start * g.stride[0], (end - 1) * g.stride[0] + g.effective_kernel_hw[0]
        part = image if whole else image[:, first:last]
        values: FloatImage = torch_convolution(part, kernel, offset, spec).contiguous().cpu().numpy()
        return values

    return f"torch {torch.__version__.partition('+')[0]} on {device.type}", band
