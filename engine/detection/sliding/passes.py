"""The sliding window in torch: one pass of convolutions, and window by window with everything measured."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from dataclasses import replace
from functools import cache, partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from engine.context import Context
from engine.detection.sliding.counting import check_convolvable, grid
from engine.detection.sliding.pyramid import Level, Pyramid, pyramid
from engine.detection.sliding.requests import CheckVolumes, Crops, Slid, SlideOnce, SlideSeparately
from engine.detection.sliding.window_net import (
    LABELS,
    POOL,
    POOLED,
    WINDOW,
    WindowNet,
    tensors_of,
    window_net,
)
from engine.errors import UserError
from engine.foundations.requests import CheckResult
from engine.images import publish
from engine.networks.zoo.window_digits import WindowDigits

STEP_SECONDS: Final = 0.03
"""How long windows are computed before something else gets its turn."""
TOLD_EVERY: Final = 0.25
"""Seconds between partial answers: drawing each takes time from the windows that are being measured."""
ROUNDS: Final = 3
"""Runs of what is short; the fastest counts, as others use the machine, too."""


def trained(net: WindowNet) -> WindowDigits:
    """The net as it was trained, float32 on the CPU, in evaluation mode."""
    model = WindowDigits().requires_grad_(False)
    model.load_state_dict({name: torch.tensor(values) for name, values in tensors_of(net).items()})
    return model.eval()


def as_convolutions(model: WindowDigits, stride: int = POOL) -> nn.Sequential:
    """The same net for pictures of any size: Tensor[N, 1, H, W] -> logits Tensor[N, 11, rows, columns].

    The first fully connected layer becomes a 5x5 convolution, the others 1x1 convolutions, with the very same numbers
    (Sermanet et al. 2013; Long, Shelhamer and Darrell 2015). `stride` in pixels; raises UserError where it is odd.
    """
    check_convolvable(stride)
    first = _folded(model.classifier.get_submodule("fc2"), POOLED, stride // POOL)
    others = [_folded(model.classifier.get_submodule(name), 1) for name in ("fc3", "output")]
    return nn.Sequential(*model.features, first, nn.ReLU(), others[0], nn.ReLU(), others[1]).eval()


def _folded(layer: nn.Module, side: int, stride: int = 1) -> nn.Conv2d:
    """A fully connected layer as a convolution that covers all of its input."""
    assert isinstance(layer, nn.Linear)
    channels = layer.in_features // (side * side)
    conv = nn.Conv2d(channels, layer.out_features, side, stride)
    conv.weight = nn.Parameter(
        layer.weight.view(layer.out_features, channels, side, side), requires_grad=False
    )
    conv.bias = layer.bias
    return conv


def crops_of(ink: npt.NDArray[np.float32], stride: int) -> Tensor:
    """Tensor[rows * columns, 1, 14, 14]: every window, row by row, a copy of its own. Raises UserError (see grid)."""
    grid((ink.shape[0], ink.shape[1]), stride)
    windows = torch.tensor(ink).unfold(0, WINDOW, stride).unfold(1, WINDOW, stride)
    return windows.reshape(-1, 1, WINDOW, WINDOW).contiguous()


def respond(request: SlideOnce, context: Context) -> Generator[Any, None, Slid]:
    """One pass a scale, on the CPU: the net is so small that a transfer would take longer."""
    levels = _levels(request)
    _, net = _nets(request.stride)
    answers: list[npt.NDArray[np.float32]] = []
    seconds = 0.0
    for level in levels.levels:
        yield None
        context.cancel.check()
        began = time.perf_counter()
        answers.append(publish(_in_one_pass(net, level)))
        seconds += time.perf_counter() - began
    return Slid(request, levels.levels, tuple(answers), levels.too_small, seconds)


def separately(request: SlideSeparately, context: Context) -> Generator[Any, None, Crops]:
    """Window by window, with partial answers; then all windows as one batch a scale; then one pass a scale."""
    levels, stride = _levels(request.once).levels, request.once.stride
    model, folded = _nets(stride)
    crops = [crops_of(level.ink, stride) for level in levels]
    windows = torch.cat(crops)
    said = np.zeros((len(windows), len(LABELS)), np.float32)
    seconds = np.zeros(len(windows))
    model(windows[:1])  # the first call of all prepares what the others find ready
    done, told = 0, time.perf_counter()
    while done < len(windows):
        done = _some_windows(model, windows, said, seconds, done)
        now = time.perf_counter()
        if done == len(windows) or now - told > TOLD_EVERY:
            told = now
            yield context.partial(_so_far(request, said, seconds, done))
        else:
            yield None
        context.cancel.check()
    batch = yield from _fastest([partial(model, part) for part in crops], context)
    at_once = yield from _fastest([partial(folded, _tensor(level)) for level in levels], context)
    theirs = np.concatenate([_in_one_pass(folded, level).reshape(-1, said.shape[1]) for level in levels])
    return replace(
        _so_far(request, said, seconds, done), batch_seconds=batch, pass_seconds=at_once, rounds=ROUNDS, where=_where(),
        max_abs_difference=float(np.abs(theirs - said).max()),
    )  # fmt: skip


def check(request: CheckVolumes, context: Context) -> CheckResult:
    """Compare volumes made by hand with torch in float64: its convolutions, and its net window by window."""
    made = request.volumes
    model = trained(window_net()).double()
    x = torch.tensor(made.x)[None, None]
    convolved = model.features(x)
    folded = as_convolutions(model)(x)[0]
    context.cancel.check()
    windows = torch.tensor(made.x).unfold(0, WINDOW, POOL).unfold(1, WINDOW, POOL)
    one_by_one = model(windows.reshape(-1, 1, WINDOW, WINDOW))
    separate = one_by_one.T.reshape(made.logits.shape)
    pairs = ((convolved[0], made.pool), (folded, made.logits), (separate, made.logits))
    difference = max(float(np.abs(theirs.numpy() - ours).max()) for theirs, ours in pairs)
    tolerance = 1e-12 * max(1.0, float(np.abs(made.fc3).sum(0).max()))
    version = torch.__version__.partition("+")[0]
    return CheckResult(
        difference, tolerance, difference <= tolerance,
        f"torch {version} conv2d, and linear for each of {len(one_by_one)} windows, float64",
    )  # fmt: skip


@cache
def _nets(stride: int) -> tuple[WindowDigits, nn.Sequential]:
    """The net in both forms; to fill them takes longer than to run them."""
    model = trained(window_net())
    return model, as_convolutions(model, stride)


def _some_windows(
    model: nn.Module,
    windows: Tensor,
    said: npt.NDArray[np.float32],
    seconds: npt.NDArray[np.float64],
    done: int,
) -> int:
    """Go on window by window for a step's time, each measured; how many are done now."""
    until = time.perf_counter() + STEP_SECONDS
    while done < len(windows):
        began = time.perf_counter()
        said[done] = model(windows[done : done + 1]).softmax(1)[0].numpy()
        ended = time.perf_counter()
        seconds[done] = ended - began
        done += 1
        if ended > until:
            break
    return done


def _so_far(
    request: SlideSeparately, said: npt.NDArray[np.float32], seconds: npt.NDArray[np.float64], done: int
) -> Crops:
    """The windows that are done, out of reach of those that follow."""
    return Crops(request, publish(said[:done].copy()), publish(seconds[:done].copy()), len(said))


def _fastest(jobs: list[Callable[[], object]], context: Context) -> Generator[None, None, float]:
    """Seconds of the fastest of some runs of all jobs, job by job."""
    best = [float("inf")] * len(jobs)
    for _ in range(ROUNDS):
        for number, job in enumerate(jobs):
            yield None
            context.cancel.check()
            began = time.perf_counter()
            job()
            best[number] = min(best[number], time.perf_counter() - began)
    return sum(best)


def _levels(request: SlideOnce) -> Pyramid:
    """The scales of the picture. Raises UserError where the window fits into none."""
    check_convolvable(request.stride)
    made = pyramid(request.frame, request.side, request.scales)
    if not made.levels:
        height, width = made.too_small[0]
        raise UserError(
            f"At this size the picture is {width} × {height} pixels, smaller than the window of {WINDOW} × {WINDOW}.",
            "Make it larger, or choose a picture that is not so narrow.",
        )
    return made


def _in_one_pass(net: nn.Module, level: Level) -> npt.NDArray[np.float32]:
    """float32[rows, columns, 11]."""
    return np.ascontiguousarray(net(_tensor(level))[0].softmax(0).permute(1, 2, 0).numpy())


def _tensor(level: Level) -> Tensor:
    return torch.tensor(level.ink)[None, None]


def _where() -> str:
    threads = torch.get_num_threads()
    return f"torch {torch.__version__.partition('+')[0]}, {threads} thread{'s' * (threads != 1)}"
