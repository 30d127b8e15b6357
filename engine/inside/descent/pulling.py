"""One call of a net made again, and pulled back by torch's autograd: for what has no shorter transpose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from engine.networks.program import Call


def again(call: Call, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """What a call gives for these arguments."""
    if isinstance(call.target, str):
        return getattr(args[0], call.target)(*args[1:], **kwargs)
    return call.target(*args, **kwargs)


def pulled_back(function: Callable[[Tensor], Tensor], x: Tensor, signal: Tensor) -> Tensor:
    """The transpose of a function's Jacobian at `x`, times `signal`, in any of torch's modes."""
    with torch.inference_mode(False), torch.enable_grad():
        point = x.detach().clone().requires_grad_()
        (result,) = torch.autograd.grad(function(point), point, signal.detach().clone())
    return result.detach()
