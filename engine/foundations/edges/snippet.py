"""The kernel on the screen and a picture as a PyTorch script that anybody can run."""

from __future__ import annotations

from typing import Final

from engine.foundations.edges.catalogue import EdgeKernel, pair, weight
from engine.foundations.edges.picture import bank
from engine.foundations.snippet import tensor_text

_HEAD: Final = '''"""Made by ConvScope. Usage: python edges.py photo.jpg"""

import sys

import numpy as np
import torch
from PIL import Image
from torch.nn import functional as F

pixels = torch.tensor(np.array(Image.open(sys.argv[1]).convert("RGB")), dtype=torch.float64)
'''
_GREY: Final = "channels = (pixels @ torch.tensor([0.299, 0.587, 0.114], dtype=torch.float64))[None, None]"
_COLOURS: Final = "channels = pixels.permute(2, 0, 1)[:, None]  # red, green and blue apart"


def picture_script(kernel: EdgeKernel, what: str, colour: bool = False) -> str:
    """A script for a photo of one's own: what a FilterPicture asks for ("response", "gradient" or "compare")."""
    lines = [_HEAD + (_COLOURS if colour and what != "compare" else _GREY)]
    lines.append(f'padded = F.pad(channels, ({kernel.size // 2},) * 4, mode="replicate")')
    if what == "gradient":
        lines += _gradient(kernel)
    elif what == "compare":
        lines += _compare(kernel)
    else:
        lines += [
            f"kernel = {tensor_text(weight(kernel))}",
            "responses = F.conv2d(padded, kernel[None, None])[:, 0]",
            f"{'red, green, blue' if colour else '(response,)'} = responses",
            "print(responses.amin((1, 2)), responses.amax((1, 2)))",
        ]
    return "\n".join([*lines, ""])


def _gradient(kernel: EdgeKernel) -> list[str]:
    vertical, horizontal = pair(kernel)
    return [
        f"kx = {tensor_text(vertical)}", f"ky = {tensor_text(horizontal)}",
        "vectors = F.conv2d(padded, torch.stack([kx, ky])[:, None])",
        "steepest = vectors.norm(dim=1).argmax(0)  # which channel, pixel by pixel",
        "gx, gy = (torch.take_along_dim(vectors[:, i], steepest[None], 0)[0] for i in (0, 1))",
        "magnitude = torch.hypot(gx, gy)",
        "angle = torch.rad2deg(torch.atan2(gy, gx))  # 0: bright to dark to the right, 90: downwards",
        "print(magnitude.max(), angle.min(), angle.max())",
    ]  # fmt: skip


def _compare(kernel: EdgeKernel) -> list[str]:
    members = bank(kernel)
    names = ", ".join(repr(member.title) for member in members)
    planes = [f"    {tensor_text(member.plane)} / {member.divisor:g}," for member in members]
    return [
        f"names = [{names}]", "kernels = torch.stack([", *planes, "])",
        "responses = F.conv2d(padded, kernels[:, None])[0]",
        "for name, response in zip(names, responses):", "    print(name, response.min(), response.max())",
    ]  # fmt: skip
