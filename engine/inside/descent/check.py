"""The "checked against torch" badge: the same pictures by autograd, with rectifiers whose backward pass is the rule."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor

from engine.context import Context
from engine.errors import UserError
from engine.foundations.requests import CheckResult
from engine.inside.descent import structure
from engine.inside.descent.bands import action_of
from engine.inside.descent.kept import Run, run_up_to
from engine.inside.descent.pulling import again
from engine.inside.descent.requests import CheckDescent, Descend, Rule
from engine.inside.nets import open_net
from engine.networks.program import Call

TOLERANCE: Final = 1e-4
"""Of the largest value of a picture: float32 through tens of layers, summed in another order."""


def check(request: CheckDescent, context: Context) -> Generator[Any, None, CheckResult]:
    """Compare all pictures of a descent. The job runs with gradients."""
    asked = request.found.request
    net = yield from open_net(asked.net, context)
    worst = 0.0
    with torch.no_grad():
        run = run_up_to(net, asked.frame, asked.layer)
    yield
    for rule, ours in request.found.pictures.items():
        theirs = by_autograd(run, asked, request.found.unit, rule).cpu().numpy().transpose(1, 2, 0)
        worst = max(worst, relative_difference(ours, theirs))
        yield
    checked = ", ".join(request.found.pictures)
    return CheckResult(worst, TOLERANCE, worst <= TOLERANCE, f"torch {torch.__version__} autograd, {checked}")


def relative_difference(ours: np.ndarray, theirs: np.ndarray) -> float:
    """The largest difference as a share of the largest value; NaN is like NaN."""
    if not np.array_equal(np.isfinite(ours), np.isfinite(theirs)):
        return float("inf")
    scale = float(np.abs(np.nan_to_num(theirs)).max())
    difference = float(np.abs(np.nan_to_num(ours) - np.nan_to_num(theirs)).max())
    return difference / scale if scale else difference


def by_autograd(run: Run, asked: Descend, place: tuple[int, int], rule: Rule) -> Tensor:
    """Tensor[C, H, W]: what the unit's activation becomes at every pixel by autograd, under a rule for rectifiers."""
    program, found = run.net.program, run.found

    def held(call: Call, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        action = "" if rule == "gradient" else action_of(call, found)
        if action == "rectify":
            return _Rectified.apply(args[0], call, args[1:], kwargs, rule == "guided")
        if action == "hold" and len(call.sources) == 1 and not structure.is_scale(call):
            return args[0] * structure.norm_factor(call, args[0].detach(), args, kwargs)
        if action == "hold" and structure.is_gated(call):
            kept = int(args[1].numel() > args[0].numel())
            return args[kept] * args[1 - kept].detach()
        return NotImplemented

    with torch.enable_grad():
        values = found.values.detach().clone().requires_grad_()
        raw = program.run(values, [asked.layer], override=held)[asked.layer]
        maps = program.maps(asked.layer, raw)[0, asked.channel]
        value = maps[place] if maps.ndim else maps
        if not value.requires_grad:
            raise UserError("The unit does not depend on the picture.", "Choose another layer.")
        # The activation goes down with its sign: rectifiers do not commute with a factor below zero.
        (gradient,) = torch.autograd.grad(value * value.detach(), values)
    return gradient[0].detach().float()


class _Rectified(torch.autograd.Function):
    """Any rectifier on the way up; on the way down what is negative is cut off, and, if guided, the slope counts."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, call: Call, rest: tuple[Any, ...], kwargs: Any, guided: bool) -> Any:
        ctx.save_for_backward(x)
        ctx.call, ctx.rest, ctx.kwargs, ctx.guided = call, rest, kwargs, guided
        return again(call, (x, *rest), kwargs)

    @staticmethod
    def backward(ctx: Any, *signals: Tensor) -> Any:
        (x,) = ctx.saved_tensors
        signal = signals[0].clamp(min=0)
        if ctx.guided:
            with torch.enable_grad():
                point = x.detach().requires_grad_()
                (signal,) = torch.autograd.grad(
                    again(ctx.call, (point, *ctx.rest), ctx.kwargs), point, signal
                )
        return signal, None, None, None, None
