"""Small nets of Darknet for tests: descriptions, and .weights written byte by byte."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np

from engine.detection.darknet.layers import Convolution
from engine.detection.darknet.plan import Plan, plan


def described(*sections: str, side: int = 32, net: str = "") -> str:
    """A .cfg of "kind key=value key=value" sections behind a [net] for pictures of `side`."""
    lines = ["[net]", f"width={side}", f"height={side}", "channels=3", *net.split()]
    for section in sections:
        kind, *options = section.split()
        lines += ["", f"[{kind}]", *options]
    return "\n".join(lines) + "\n"


def random_numbers(of: Plan, seed: int = 0) -> list[np.ndarray]:
    """Numbers of a trained look for every convolution, in the order of the file; variances above 0."""
    random = np.random.default_rng(seed)
    found: list[np.ndarray] = []
    for layer in of.layers:
        op = layer.op
        if isinstance(op, Convolution):
            found.append(random.normal(0, 0.3, op.filters))
            if op.batch_normalize:
                found.append(random.uniform(0.5, 1.5, op.filters))
                found.append(random.normal(0, 0.3, op.filters))
                found.append(random.uniform(0.3, 2.0, op.filters))
            spread = (2 / (op.kernel_numbers / op.filters)) ** 0.5
            found.append(random.normal(0, spread, op.kernel_numbers))
    return [values.astype("<f4") for values in found]


def write_weights(
    path: Path, numbers: list[np.ndarray], version: tuple[int, int, int] = (0, 2, 5), seen: int = 32000
) -> Path:
    """A .weights: 32 bits of pictures seen before version 0.2, 64 since."""
    long = version[0] * 10 + version[1] >= 2
    header = struct.pack("<3i", *version) + struct.pack("<q" if long else "<i", seen)
    path.write_bytes(header + b"".join(values.tobytes() for values in numbers))
    return path


def write_pair(
    folder: Path, text: str, name: str = "tiny", seed: int = 0, **kwargs: Any
) -> tuple[Path, Path]:
    """A .cfg and a .weights with random numbers that fit it."""
    cfg = folder / f"{name}.cfg"
    cfg.write_text(text, encoding="utf-8")
    numbers = random_numbers(plan(text, cfg.name), seed)
    return cfg, write_weights(folder / f"{name}.weights", numbers, **kwargs)


# --- the layers of well-known nets, as their authors describe them --------------------------------------------------


def conv(filters: int, size: int = 3, stride: int = 1, activation: str = "leaky", extra: str = "") -> str:
    """A [convolutional] with batch norm and "same" padding."""
    return (
        f"convolutional batch_normalize=1 filters={filters} size={size} stride={stride} pad=1 "
        f"activation={activation} {extra}"
    )


def last(filters: int) -> str:
    """The 1x1 convolution before a head."""
    return f"convolutional filters={filters} size=1 stride=1 pad=1 activation=linear"


_TINY_ANCHORS = "anchors=10,14,23,27,37,58,81,82,135,169,344,319 classes=80 num=6"


def yolov2_tiny() -> str:
    """Redmon & Farhadi 2017, for COCO: one grid of 13 x 13, five anchors in cells."""
    layers: list[str] = []
    for filters in (16, 32, 64, 128, 256):
        layers += [conv(filters), "maxpool size=2 stride=2"]
    layers += [conv(512), "maxpool size=2 stride=1", conv(1024), conv(512), last(425)]
    anchors = "0.57273,0.677385,1.87446,2.06253,3.33843,5.47434,7.88282,3.52778,9.77052,9.16828"
    return described(*layers, f"region anchors={anchors} classes=80 coords=4 num=5 softmax=1", side=416)


def yolov2() -> str:
    """Redmon & Farhadi 2017, for COCO: Darknet-19 and a way around it through a [reorg]."""
    layers: list[str] = []
    for widths in ((32,), (64,), (128, 64, 128), (256, 128, 256), (512, 256, 512, 256, 512)):
        layers += [conv(width, 3 if place % 2 == 0 else 1) for place, width in enumerate(widths)]
        layers += ["maxpool size=2 stride=2"]
    layers += [
        conv(width, 3 if place % 2 == 0 else 1) for place, width in enumerate((1024, 512, 1024, 512, 1024))
    ]
    layers += [conv(1024), conv(1024), "route layers=-9", conv(64, 1), "reorg stride=2", "route layers=-1,-4"]
    anchors = "0.57273,0.677385,1.87446,2.06253,3.33843,5.47434,7.88282,3.52778,9.77052,9.16828"
    head = f"region anchors={anchors} classes=80 coords=4 num=5 softmax=1"
    return described(*layers, conv(1024), last(425), head, side=608)


def yolov3_tiny() -> str:
    """Redmon & Farhadi 2018: two grids, 13 x 13 and 26 x 26."""
    layers: list[str] = []
    for filters in (16, 32, 64, 128, 256):
        layers += [conv(filters), "maxpool size=2 stride=2"]
    layers += [conv(512), "maxpool size=2 stride=1", conv(1024), conv(256, 1), conv(512), last(255)]
    layers += [f"yolo mask=3,4,5 {_TINY_ANCHORS}", "route layers=-4", conv(128, 1), "upsample stride=2"]
    layers += ["route layers=-1,8", conv(256), last(255), f"yolo mask=0,1,2 {_TINY_ANCHORS}"]
    return described(*layers, side=416)


def yolov4_tiny() -> str:
    """Bochkovskiy et al. 2020: halves of the channels go around blocks of convolutions."""
    layers = [conv(32, 3, 2), conv(64, 3, 2), conv(64)]
    for width in (32, 64, 128):
        layers += ["route layers=-1 groups=2 group_id=1", conv(width), conv(width), "route layers=-1,-2"]
        layers += [conv(2 * width, 1), "route layers=-6,-1", "maxpool size=2 stride=2", conv(4 * width)]
    layers += [conv(256, 1), conv(512), last(255), f"yolo mask=3,4,5 scale_x_y=1.05 {_TINY_ANCHORS}"]
    layers += [
        "route layers=-4",
        conv(128, 1),
        "upsample stride=2",
        "route layers=-1,23",
        conv(256),
        last(255),
    ]
    return described(*layers, f"yolo mask=1,2,3 scale_x_y=1.05 {_TINY_ANCHORS}", side=416)
