"""Five points in the boxes of faces, by a small net of this project: for detectors that give boxes alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.faces.found import Box

Grey = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float32]

NAME: Final = "landmarks-mini"
SIDE: Final = 56
"""Pixels a side of what the net reads."""
MARGIN: Final = 1.3
"""Of the square that it reads, in sides of the box: the chin may lie below a cascade's box."""
FINEST: Final = 4
"""So many pixels a side at most are averaged into one."""


class LandmarkNet:
    """The bundled net, in torch. Raises UserError where its file is no file of weights."""

    def __init__(self, path: Path) -> None:
        from safetensors.torch import load_file

        from engine.networks.zoo.landmarks_mini import LandmarksMini

        self._net = LandmarksMini().eval().requires_grad_(False)
        self._net.load_state_dict({name: values.float() for name, values in load_file(path).items()})

    def points(self, grey: Grey, boxes: Sequence[Box]) -> Points:
        """float32[N, 5, 2] in pixels of uint8[H, W], all boxes at once."""
        import torch

        if not boxes:
            return np.zeros((0, 5, 2), np.float32)
        squares = [square(box) for box in boxes]
        cuts = torch.from_numpy(np.stack([cut(grey, one) for one in squares])[:, None])
        with torch.inference_mode():
            shares = self._net(cuts.float()).numpy()
        return np.stack([in_picture(one, part) for one, part in zip(squares, shares, strict=True)])


Square = tuple[float, float, float]
"""Middle (x, y) and side, in pixels of a picture."""


def square(box: Box) -> Square:
    """What the net reads of the picture around a box."""
    left, top, right, bottom = box
    return (left + right) / 2, (top + bottom) / 2, MARGIN * max(right - left, bottom - top)


def cut(grey: Grey, where: Square) -> Grey:
    """uint8[56, 56] of uint8[H, W]; beyond the picture its edge is repeated, large faces are averaged down."""
    from engine.cv import cv2

    x, y, side = where
    finer = SIDE * int(np.clip(round(side / SIDE), 1, FINEST))
    step = side / finer
    back = np.array([[step, 0, x - (side - step) / 2], [0, step, y - (side - step) / 2]])
    large = cv2.warpAffine(
        grey,
        back,
        (finer, finer),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(cv2.resize(large, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8)


def in_picture(where: Square, shares: npt.NDArray[np.floating]) -> Points:
    """Points [5, 2] in sides of the square (0..1) as pixels of the picture."""
    x, y, side = where
    return np.asarray(np.array([x, y]) + (shares - 0.5) * side, np.float32)


def in_square(where: Square, points: npt.NDArray[np.floating]) -> Points:
    """Points [5, 2] of the picture in sides of the square: the way back of `in_picture`."""
    x, y, side = where
    return np.asarray((points - np.array([x, y])) / side + 0.5, np.float32)
