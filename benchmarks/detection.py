"""The forward pass of Darknet nets: layer by layer as torch runs it, against batch norms folded and channels last.

YOLOv3-tiny has random weights (a forward pass takes as long with any); Yolo-Fastest is measured where CONVSCOPE_ASSETS
has it. bfloat16 is measured to know what it would bring; it is not used, since scores move by up to 0.05 with it and
boxes of small things come and go.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.measure import Row, interleaved, milliseconds
from engine import device as devices
from engine.detection.class_names import usual
from engine.detection.darknet import cfg as cfgs
from engine.detection.darknet.layers import Convolution
from engine.detection.darknet.net import DarknetNet
from engine.detection.darknet.plan import Plan, plan
from engine.detection.darknet.weights_file import by_layer, open_numbers

FOLDED, HALF = 0.42, 0.25
"""Targets for YOLO-tiny on a processor that multiplies bfloat16 itself."""
PUBLISHED: Final = "yolo-fastest-1.1-xl"
_ANCHORS: Final = "anchors=10,14,23,27,37,58,81,82,135,169,344,319\nclasses=80\nnum=6"


def measure(quick: bool = False) -> list[Row]:
    """Rows "darknet/..."; those of the published net only where CONVSCOPE_ASSETS has its files."""
    devices.load_runtime("cpu")
    devices.tune_this_thread()
    tiny = plan(yolov3_tiny(), "yolov3-tiny")
    rows = _rows("yolov3-tiny", tiny, _random_numbers(tiny), quick, (FOLDED, HALF))
    assets = os.environ.get("CONVSCOPE_ASSETS")
    if assets and not quick:
        stem = Path(assets) / "models" / PUBLISHED
        found = plan(cfgs.read(Path(f"{stem}.cfg")), PUBLISHED)
        rows += _rows(PUBLISHED, found, open_numbers(Path(f"{stem}.weights"), found), quick, (None, None))
    return rows


def _rows(
    name: str, described: Plan, numbers: np.ndarray, quick: bool, targets: tuple[float | None, float | None]
) -> list[Row]:
    import torch

    picture = torch.rand(1, 3, described.height, described.width)
    last = picture.contiguous(memory_format=torch.channels_last)
    eager = _net(described, numbers, folded=False)
    folded = _net(described, numbers, folded=True).to(memory_format=torch.channels_last)
    half = _net(described, numbers, folded=True).to(torch.bfloat16, memory_format=torch.channels_last)  # type: ignore[call-overload]
    medians = interleaved(
        {
            "eager": _pass(eager, picture),
            "folded": _pass(folded, last),
            "bf16": _pass(half, last.to(torch.bfloat16)),
        },
        rounds=2 if quick else 25,
    )
    whole, details = "the layers one by one, channels first", milliseconds(medians)
    return [
        Row(
            f"darknet/{name}", f"forward pass of {name}, folded, channels last",
            medians["folded"] / medians["eager"], "x", whole, targets[0], details=details,
        ),
        Row(
            f"darknet/{name} bf16", "the same in bfloat16", medians["bf16"] / medians["eager"], "x", whole, targets[1],
            details=details,
        ),
    ]  # fmt: skip


def _net(described: Plan, numbers: np.ndarray, *, folded: bool) -> DarknetNet:
    net = DarknetNet(described, usual(described.classes), folded=folded)
    for one in by_layer(numbers, described):
        net.fill(one)
    return net.eval()


def _pass(net: DarknetNet, picture: object) -> Callable[[], object]:
    import torch

    def job() -> object:
        with torch.inference_mode():
            return net(picture)

    return job


def _random_numbers(described: Plan) -> np.ndarray:
    """Numbers that keep values near 1 from layer to layer: what overflows or vanishes would take another time."""
    random = np.random.default_rng(0)
    parts = []
    for layer in described.layers:
        op = layer.op
        if isinstance(op, Convolution):
            parts.append(np.zeros(op.filters))
            if op.batch_normalize:
                parts += [np.ones(op.filters), np.zeros(op.filters), np.ones(op.filters)]
            spread = (2 * op.filters / op.kernel_numbers) ** 0.5
            parts.append(random.normal(0, spread, op.kernel_numbers))
    return np.concatenate(parts).astype("<f4")


def yolov3_tiny() -> str:
    """The .cfg of YOLOv3-tiny (Redmon & Farhadi 2018) for 416 x 416 pixels."""
    blocks: list[str] = []
    for filters in (16, 32, 64, 128, 256):
        blocks += [_conv(filters), "[maxpool]\nsize=2\nstride=2"]
    blocks += [
        _conv(512),
        "[maxpool]\nsize=2\nstride=1",
        _conv(1024),
        _conv(256, 1),
        _conv(512),
        *_head("3,4,5"),
    ]
    blocks += [
        "[route]\nlayers=-4",
        _conv(128, 1),
        "[upsample]\nstride=2",
        "[route]\nlayers=-1,8",
        _conv(256),
    ]
    return "\n".join(["[net]\nwidth=416\nheight=416", *blocks, *_head("0,1,2")])


def _conv(filters: int, size: int = 3) -> str:
    return f"[convolutional]\nbatch_normalize=1\nfilters={filters}\nsize={size}\npad=1\nactivation=leaky"


def _head(mask: str) -> tuple[str, str]:
    return "[convolutional]\nfilters=255\nactivation=linear", f"[yolo]\nmask={mask}\n{_ANCHORS}"
