"""The three variants of a block run by torch, with a clock: what fewer multiplications save in time, as measured."""

from __future__ import annotations

from collections.abc import Generator
from time import perf_counter
from typing import TYPE_CHECKING, Final

from engine.context import Context
from engine.errors import UserError
from engine.foundations.channels.bottleneck import MOST_MACS, variants
from engine.foundations.channels.check import module
from engine.foundations.channels.requests import Measured, MeasureVariants

if TYPE_CHECKING:
    import torch

ROUNDS: Final = 7
SEED: Final = 2015


def measure(request: MeasureVariants, context: Context) -> Generator[None, None, Measured]:
    """Time every variant on a random input: once to warm up, then ROUNDS times in turn; the fastest runs count.

    Whatever else the computer does can only add to a run. Raises UserError for a block that would keep the
    engine too long.
    """
    import torch

    found = variants(request.block)
    most = max(variant.macs for variant in found)
    if most > MOST_MACS:
        raise UserError(
            f"Not measured: {most:,} multiplications would keep the program busy for too long.",
            f"Up to {MOST_MACS:,} are measured.",
        )
    device = context.device or torch.device("cpu")
    n = request.block.n
    with torch.random.fork_rng(
        devices=[]
    ):  # the weights are drawn apart: nobody else's dice are to be touched
        torch.default_generator.manual_seed(SEED)
        x = torch.randn(1, request.block.channels, n, n).to(device)
        nets = [module(variant.layers).to(device) for variant in found]
    taken: list[list[float]] = [[] for _ in nets]
    for turn in range(ROUNDS + 1):
        for net, times in zip(nets, taken, strict=True):
            seconds = _timed(net, x)
            if turn:
                times.append(seconds)
            yield
    direct, bottleneck, separable = (min(times) for times in taken)
    return Measured(request.block, (direct, bottleneck, separable), ROUNDS, _where(device))


def _timed(net: torch.nn.Module, x: torch.Tensor) -> float:
    """Seconds of one run, until the device is done."""
    _finish(x.device)
    start = perf_counter()
    net(x)
    _finish(x.device)
    return perf_counter() - start


def _finish(device: torch.device) -> None:
    import torch

    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()


def _where(device: torch.device) -> str:
    import torch

    version = torch.__version__.partition("+")[0]
    threads = torch.get_num_threads()
    on = (
        f"{device.type}, {threads} thread{'s' if threads > 1 else ''}"
        if device.type == "cpu"
        else device.type
    )
    return f"{on}, torch {version}"
