"""torchvision's detectors: SSD, SSDLite, RetinaNet, FCOS and Faster R-CNN, with all of their boxes before suppression.

Their parts are called one by one, as their own `forward` does it, as far as the decoded boxes: their own suppression
has fixed thresholds and keeps nothing else.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Final, TypeAlias, TypeVar

import numpy as np
import torch
from torch import Tensor, nn
from torchvision.models.detection.backbone_utils import BackboneWithFPN
from torchvision.models.detection.faster_rcnn import FasterRCNN
from torchvision.models.detection.fcos import FCOS
from torchvision.models.detection.ssd import SSD
from torchvision.ops import clip_boxes_to_image

from engine.detection.cells import FloatArray, Head
from engine.detection.detectors import TORCHVISION
from engine.detection.digits_detector import as_input
from engine.detection.found import Grid, Raw
from engine.detection.requests import AnchorAnswer, Kind, Letterbox
from engine.errors import UserError
from engine.images import Frame
from engine.networks.steps import told
from engine.networks.weights.reading import read_steps
from engine.networks.weights.store import Resolved

Features: TypeAlias = "OrderedDict[str, Tensor]"
Result = TypeVar("Result")

WITHOUT_EPSILON: Final = ("fasterrcnn_resnet50_fpn", "retinanet_resnet50_fpn")
"""Their published weights were made with batch norms that add nothing to the variance."""
MOST_RAW: Final = 20_000
"""Raw boxes that are handed on, the likeliest ones: RetinaNet has more than a hundred thousand."""
SEED: Final = 0
UNTRAINED: Final = "Random weights: what this net finds means nothing."


@dataclass(frozen=True, slots=True, eq=False)
class BoxAnswer:
    """Decoded boxes float32[N, 4] in pixels of the frame and their scores float32[N, C].

    See engine.detection.detectors.Answer. `count`: how many boxes there were before the likeliest were chosen.
    """

    frame: Frame
    letterbox: Letterbox
    boxes: FloatArray
    classes: FloatArray
    count: int
    prepare: float
    net: float
    grids: tuple[Grid, ...] = ()

    @property
    def nbytes(self) -> int:
        return self.boxes.nbytes + self.classes.nbytes + self.frame.pixels.nbytes

    def raw(self, least: float = 0.0) -> Raw:
        if least <= 0 or not len(self.boxes):
            return Raw(self.boxes, self.classes)
        chosen = ~(self.classes.max(axis=1) < least)  # so that NaN comes along and can be counted
        return Raw(self.boxes[chosen], self.classes[chosen])

    def cell(self, grid: int, row: int, column: int) -> tuple[Head, tuple[AnchorAnswer, ...]]:
        raise UserError(
            "This net has no grid of cells with anchors of their own.",
            "Choose a YOLO net to look into cells.",
        )


@dataclass(frozen=True, slots=True, eq=False)
class TorchvisionDetector:
    """See engine.detection.detectors.Detector."""

    name: str
    title: str
    net: Any
    classes: tuple[str, ...]
    device: torch.device
    note: str = ""
    kind: Kind = "torchvision"

    def steps(self, frame: Frame) -> Generator[None, None, BoxAnswer]:
        begun = perf_counter()
        self._check(frame)
        images, _ = self.net.transform([as_input(frame.pixels, self.device)[0]])
        rows, columns = images.image_sizes[0]
        height, width = images.tensors.shape[-2:]
        placed = Letterbox(width, height, columns / frame.width, rows / frame.height, 0.0, 0.0)
        ready = perf_counter()
        yield
        watch = _Watch()
        features = yield from watch.timed(_features(self.net, images.tensors))
        boxes, scores = yield from watch.timed(_boxes(self.net, images, features))
        begun_rest = perf_counter()
        count = len(boxes)
        if count > MOST_RAW:
            # In the order that they came in, so that equal scores keep theirs.
            chosen = scores.amax(1).topk(MOST_RAW).indices.sort().values
            boxes, scores = boxes[chosen], scores[chosen]
        corners = placed.to_picture(boxes.float().cpu().numpy()).astype(np.float32)
        numbers = scores.float().cpu().numpy()
        seconds = watch.seconds + perf_counter() - begun_rest
        return BoxAnswer(frame, placed, corners, numbers, count, ready - begun, seconds)

    def _check(self, frame: Frame) -> None:
        """Refuse a picture of which nothing would be left: its longer side is scaled to no more than `max_size`."""
        how = self.net.transform
        longer, shorter = max(frame.width, frame.height), min(frame.width, frame.height)
        if not how.fixed_size and shorter * how.max_size < longer:
            raise UserError(
                f"A picture of {frame.width:,} × {frame.height:,} pixels is too narrow for {self.title}.",
                "Choose a picture that is wider, or a net that reads squares.",
            )


class _Watch:
    """Adds up the seconds of steps, without what others do in between."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def timed(self, steps: Generator[None, None, Result]) -> Generator[None, None, Result]:
        with closing(steps):
            while True:
                begun = perf_counter()
                try:
                    next(steps)
                except StopIteration as stop:
                    result: Result = stop.value
                    return result
                finally:
                    self.seconds += perf_counter() - begun
                yield


# --- from features to boxes ---------------------------------------------------------------------------------------


def _features(net: Any, x: Tensor) -> Generator[None, None, Features]:
    """The maps of the backbone by name, a stage a step: that of a large net takes a second on a CPU."""
    if not isinstance(net.backbone, BackboneWithFPN):
        maps = net.backbone(x)
        yield
        return OrderedDict([("0", maps)]) if isinstance(maps, Tensor) else maps
    body, found = net.backbone.body, OrderedDict()
    for name, stage in body.items():
        x = stage(x)
        if name in body.return_layers:
            found[body.return_layers[name]] = x
        yield
    pyramid: Features = net.backbone.fpn(found)
    yield
    return pyramid


def _boxes(net: Any, images: Any, features: Features) -> Generator[None, None, tuple[Tensor, Tensor]]:
    """Tensor[N, 4] in pixels of the net's picture, cut off at its border, and Tensor[N, C] in 0..1, no background.

    One box stands for all classes; of Faster R-CNN, which has one a class, it is that of the likeliest class.
    """
    decode = _second_stage if isinstance(net, FasterRCNN) else _single_stage
    boxes, scores = yield from decode(net, images, features)
    return clip_boxes_to_image(boxes, images.image_sizes[0]), scores


def _single_stage(net: Any, images: Any, features: Features) -> Generator[None, None, tuple[Tensor, Tensor]]:
    maps = list(features.values())
    answers = net.head(maps)
    yield
    (anchors,) = net.anchor_generator(images, maps)
    offsets, logits = answers["bbox_regression"][0], answers["cls_logits"][0]
    if isinstance(net, SSD):
        return net.box_coder.decode_single(offsets, anchors), logits.softmax(-1)[:, 1:]
    if isinstance(net, FCOS):
        centred = answers["bbox_ctrness"][0].sigmoid()
        return net.box_coder.decode(offsets, anchors), (logits.sigmoid() * centred).sqrt()[:, 1:]
    return net.box_coder.decode_single(offsets, anchors), logits.sigmoid()[:, 1:]


def _second_stage(net: Any, images: Any, features: Features) -> Generator[None, None, tuple[Tensor, Tensor]]:
    proposals, _ = net.rpn(images, features, None)
    yield
    stage = net.roi_heads
    pooled = stage.box_roi_pool(features, proposals, images.image_sizes)
    yield
    logits, offsets = stage.box_predictor(stage.box_head(pooled))
    boxes = stage.box_coder.decode(offsets, proposals)
    scores = logits.softmax(-1)[:, 1:]
    likeliest = scores.argmax(1) + 1
    return boxes[torch.arange(len(boxes), device=boxes.device), likeliest], scores


# --- opening ------------------------------------------------------------------------------------------------------


def opened(found: Resolved, device: torch.device) -> Generator[None, None, TorchvisionDetector]:
    """The net with published weights. Raises UserError where the file is damaged or belongs to another net."""
    with torch.inference_mode(False), torch.no_grad():
        net = _made(found.architecture)
    yield
    state = yield from told(read_steps(found.path), lambda _: None)
    try:
        net.load_state_dict(state)
    except RuntimeError as error:
        raise UserError(
            f"{found.path.name} does not fit {found.entry.title}.",
            "Download or import it again on the page Weights.",
        ) from error
    if found.architecture in WITHOUT_EPSILON:
        for module in net.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eps = 0.0
    return TorchvisionDetector(
        found.name, found.entry.title, _placed(net, device), categories(found.architecture), device
    )


def untrained(name: str, device: torch.device) -> TorchvisionDetector:
    """The net with random weights, the same ones every time."""
    with torch.inference_mode(False), torch.no_grad(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        net = _placed(_made(name), device)
    return TorchvisionDetector(
        f"random:{name}", f"{name}, untrained", net, categories(name), device, UNTRAINED
    )


def categories(name: str) -> tuple[str, ...]:
    """The names of COCO's classes in torchvision's order, without the background; "N/A" where COCO left one out."""
    from torchvision.models import get_model_weights

    return tuple(get_model_weights(name).DEFAULT.meta["categories"][1:])


def _made(name: str) -> nn.Module:
    from torchvision.models import get_model

    if name not in TORCHVISION:
        raise UserError(f"There is no detector called “{name}”.", f"There are: {', '.join(TORCHVISION)}.")
    net: nn.Module = get_model(name, weights=None, weights_backbone=None)
    return net.eval()


def _placed(net: nn.Module, device: torch.device) -> nn.Module:
    with torch.inference_mode(False), torch.no_grad():
        net = net.requires_grad_(False).float().eval()
        return net.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]
