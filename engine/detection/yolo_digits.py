"""From what the net for digits puts out to digits that were found."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn

from engine.detection.boxes import nms
from engine.detection.scoring import Found
from engine.errors import UserError
from engine.networks.zoo.yolo_digits import YoloDigits, by_anchor, decoded

MOST_IN_COMMON: Final = 0.45
"""IoU above which two finds are taken for one digit, whatever they are called."""


def load_net(path: Path) -> YoloDigits:
    """The net with the weights of a .safetensors file. Raises UserError where they are not its own."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    net = YoloDigits().eval()
    try:
        net.load_state_dict({name: tensor.float() for name, tensor in load_file(path).items()})
    except (OSError, RuntimeError, SafetensorError) as error:
        raise UserError(f"{path.name} has no weights of the net that finds digits.") from error
    return net


def find(net: nn.Module, pixels: Tensor, least: float = 0.05) -> list[Found]:
    """Digits in pictures Tensor[N, 3, H, W], RGB in 0..1: boxes in pixels, best score first.

    A score is the probability that something is there times that of its class; `least` leaves weaker ones out.
    """
    with torch.inference_mode():
        answers = by_anchor(net(pixels).float())
        probabilities, classes = answers[..., 5:].softmax(-1).max(-1)
        scores = answers[..., 4].sigmoid() * probabilities
        boxes = decoded(answers)
    corners, values, kinds = (found.flatten(1, 3).cpu().numpy() for found in (boxes, scores, classes))
    return [_kept(b, s, k, least) for b, s, k in zip(corners, values, kinds, strict=True)]


def _kept(boxes: np.ndarray, scores: np.ndarray, classes: np.ndarray, least: float) -> Found:
    likely = scores >= least
    boxes, scores, classes = (
        boxes[likely].astype(np.float64),
        scores[likely].astype(np.float64),
        classes[likely],
    )
    kept = nms(boxes, scores, MOST_IN_COMMON)
    return Found(boxes[kept], scores[kept], classes[kept].astype(np.int64))
