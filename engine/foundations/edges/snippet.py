"""The kernel on the screen and a picture as a PyTorch script that anybody can run."""

from __future__ import annotations

from typing import Final

from engine.foundations.edges.catalogue import EdgeKernel, pair, weight
from engine.foundations.snippet import tensor_text

_HEAD: Final = '''"""Made by ConvScope. Usage: python edges.py photo.jpg"""

import sys

import numpy as np
import torch
from PIL import Image
from torch.nn import functional as F

pixels = torch.tensor(np.array(Image.open(sys.argv[1]).convert("RGB")), dtype=torch.float64)
grey = pixels @ torch.tensor([0.299, 0.587, 0.114], dtype=torch.float64)
'''


def picture_script(kernel: EdgeKernel, what: str) -> str:
    """A script for a photo of one's own: the response of a kernel, or the gradient ("gradient") of a pair."""
    reach = kernel.size // 2
    padded = f'padded = F.pad(grey[None, None], ({reach},) * 4, mode="replicate")'
    if what != "gradient":
        return "\n".join(
            [_HEAD, f"kernel = {tensor_text(weight(kernel))}", padded,
             "response = F.conv2d(padded, kernel[None, None])[0, 0]", "print(response.min(), response.max())", ""]
        )  # fmt: skip
    vertical, horizontal = pair(kernel)
    return "\n".join(
        [_HEAD, f"kx = {tensor_text(vertical)}", f"ky = {tensor_text(horizontal)}", padded,
         "gx, gy = F.conv2d(padded, torch.stack([kx, ky])[:, None])[0]", "magnitude = torch.hypot(gx, gy)",
         "angle = torch.rad2deg(torch.atan2(gy, gx))  # 0: bright to dark to the right, 90: downwards",
         "print(magnitude.max(), angle.min(), angle.max())", ""]
    )  # fmt: skip
