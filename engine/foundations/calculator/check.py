"""The "checked against torch" badge of a chain: real modules without numbers, run on the meta device."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.context import Context
from engine.foundations.calculator.requests import ChainCheck, CheckChain, Counted
from engine.foundations.calculator.snippet import constructor

if TYPE_CHECKING:
    from torch import nn


def check(request: CheckChain, context: Context) -> ChainCheck:
    """Compare shapes, parameters and MACs of every layer with torch's."""
    import torch

    counted = run(request)
    context.cancel.check()
    difference = max(map(_difference, counted, request.expected), default=0)
    if len(counted) != len(request.expected):
        difference = float("inf")
    numbers = sum(len(one.shape) + 2 for one in counted)
    version = torch.__version__.partition("+")[0]
    return ChainCheck(
        counted=counted,
        max_abs_difference=float(difference),
        agrees=difference == 0,
        reference=f"{numbers} shapes, parameters and MACs of torch {version} on the meta device",
    )


def run(request: CheckChain) -> tuple[Counted, ...]:
    """What torch's modules make of the input; every layer is counted by hooks, which are gone afterwards."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    counter = FlopCounterMode(display=False)
    counts: list[Counted] = []
    before = [0]

    def entered(_module: nn.Module, _inputs: Any) -> None:
        before[0] = counter.get_total_flops()

    def left(module: nn.Module, _inputs: Any, output: torch.Tensor) -> None:
        products = (counter.get_total_flops() - before[0]) // 2 // request.batch
        learned = sum(parameter.numel() for parameter in module.parameters())
        counts.append(Counted(tuple(output.shape[1:]), learned, products))

    # Outside of inference mode torch takes composite operations apart, so that its counter sees their parts.
    with torch.inference_mode(False), torch.no_grad():
        net = build(request)
        hooks = [hook for module in net for hook in (
            module.register_forward_pre_hook(entered), module.register_forward_hook(left),
        )]  # fmt: skip
        try:
            with counter:
                net(torch.empty(request.batch, *request.input_shape, device="meta"))
        finally:
            for hook in hooks:
                hook.remove()
    return tuple(counts)


def build(request: CheckChain) -> nn.Sequential:
    """The chain as a module on the meta device, in evaluation mode."""
    import torch
    from torch import nn

    shapes = (request.input_shape, *(one.shape for one in request.expected))
    modules = []
    with torch.device("meta"):
        for layer, shape in zip(request.layers, shapes, strict=False):
            made = constructor(layer, shape)
            modules.append(getattr(nn, made.name)(*made.positional, **dict(made.keywords)))
    return nn.Sequential(*modules).eval()


def _difference(one: Counted, other: Counted) -> float:
    """The largest difference between two counts; infinite where the shapes have different numbers of axes."""
    if len(one.shape) != len(other.shape):
        return float("inf")
    ours, theirs = (*one.shape, one.parameters, one.macs), (*other.shape, other.parameters, other.macs)
    return float(max(abs(a - b) for a, b in zip(ours, theirs, strict=True)))
