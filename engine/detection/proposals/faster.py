"""Faster R-CNN: a small net on the maps proposes where to look (Ren, He, Girshick & Sun 2015). torchvision's nets."""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.context import Context
from engine.detection.proposals.cost import Cost
from engine.detection.proposals.faster_net import FasterNet, open_faster
from engine.detection.proposals.requests import Level, ProposeByNet, RegionRun
from engine.images import publish

NOTHING: Final = np.empty(0)


def respond(request: ProposeByNet, context: Context) -> Generator[Any, None, RegionRun]:
    """Answer a ProposeByNet: the first partial has the proposals, the answer what was found in them."""
    found = yield from open_faster(request.architecture, context)
    cost, net = Cost(), found.net
    pixels = torch.from_numpy(request.picture.pixels.copy()).permute(2, 0, 1).float() / 255
    with cost.timing():
        images, _ = found.transform([pixels.to(found.device)])
    maps = yield from _maps(found, images.tensors, cost)
    cost.passes = 1
    picture = (int(pixels.shape[-2]), int(pixels.shape[-1]))
    levels, proposals = yield from propose(net, images, list(maps.values()), picture, cost)
    height, width = (int(side) for side in images.image_sizes[0])
    yield context.partial(_run(found, levels, cost, {}, (width, height), len(proposals), complete=False))
    with cost.timing(), cost.counting(net):
        results, _ = net.roi_heads(maps, [proposals], images.image_sizes)
        results = found.transform.postprocess(results, images.image_sizes, [picture])
        result = {name: values.cpu() for name, values in results[0].items()}
    cost.heads = len(proposals)
    yield context.progress(1, 1, "All proposals are classified")
    return _run(found, levels, cost, result, (width, height), len(proposals), complete=True)


def _maps(found: FasterNet, values: Tensor, cost: Cost) -> Generator[None, None, dict[str, Tensor]]:
    """The pyramid of maps, a block of the backbone a step."""
    backbone, taken = found.net.backbone, {}
    for name, layer in backbone.body.items():
        for block in layer if isinstance(layer, nn.Sequential) else (layer,):
            with cost.timing(), cost.counting(block):
                values = block(values)
            yield
        if name in backbone.body.return_layers:
            taken[backbone.body.return_layers[name]] = values
    return (yield from _pyramid(backbone.fpn, taken, cost))


def _pyramid(fpn: Any, taken: dict[str, Tensor], cost: Cost) -> Generator[None, None, dict[str, Tensor]]:
    """The same as torchvision's FeaturePyramidNetwork.forward, a level a step: from the coarsest down."""
    names, maps = list(taken), list(taken.values())
    made: list[Tensor] = []
    above: Tensor | None = None
    for place in reversed(range(len(maps))):
        with cost.timing(), cost.counting(fpn):
            inner = fpn.get_result_from_inner_blocks(maps[place], place)
            if above is not None:
                inner = inner + functional.interpolate(above, size=inner.shape[-2:], mode="nearest")
            made.insert(0, fpn.get_result_from_layer_blocks(inner, place))
            above = inner
        yield
    if fpn.extra_blocks is not None:
        made, names = fpn.extra_blocks(made, maps, names)
    return dict(zip(names, made, strict=True))


def propose(
    net: Any, images: Any, maps: Sequence[Tensor], picture: tuple[int, int], cost: Cost
) -> Generator[None, None, tuple[tuple[Level, ...], Tensor]]:
    """What the region proposal network says on every level, and its proposals Tensor[N, 4] in pixels of its input.

    The same as torchvision's RegionProposalNetwork.forward, which does not tell which level a proposal comes from.
    `picture`: height and width of the picture, in whose pixels the boxes of the levels are.
    """
    rpn, logits, deltas = net.rpn, list[Tensor](), list[Tensor]()
    for level in maps:
        with cost.timing(), cost.counting(rpn.head):
            (objectness,), (moves,) = rpn.head([level])
        logits.append(objectness[0])
        deltas.append(moves[0])
        yield
    with cost.timing():
        anchors = rpn.anchor_generator(images, maps)[0]
        flat = torch.cat([level.permute(1, 2, 0).reshape(-1) for level in logits])
        boxes = rpn.box_coder.decode(torch.cat([_by_anchor(level) for level in deltas]), [anchors])[:, 0]
        size = images.image_sizes[0]
        kept, levels = _best(rpn, flat, boxes, [level.numel() for level in logits], size)
    zoom = boxes.new_tensor([picture[1] / size[1], picture[0] / size[0]]).repeat(2)
    shown = _clipped(boxes, size) * zoom
    place, told = 0, []
    for number, level in enumerate(logits):
        mine = kept[levels[kept] == number]
        shapes = anchors[place : place + len(level)]
        stride = 2 ** round(math.log2(images.tensors.shape[-1] / level.shape[-1]))
        told.append(
            Level(
                _array(level.sigmoid().amax(0)), stride, _array(shapes[:, 2:] - shapes[:, :2]),
                _array(shown[mine]), _array(flat[mine].sigmoid()),
            )
        )  # fmt: skip
        place += level.numel()
    return tuple(told), _clipped(boxes[kept], size)


def _by_anchor(deltas: Tensor) -> Tensor:
    """Tensor[H * W * A, 4] of Tensor[A * 4, H, W]."""
    return deltas.reshape(-1, 4, *deltas.shape[1:]).permute(2, 3, 0, 1).reshape(-1, 4)


def _clipped(boxes: Tensor, size: tuple[int, int]) -> Tensor:
    from torchvision.ops import clip_boxes_to_image

    clipped: Tensor = clip_boxes_to_image(boxes, size)
    return clipped


def _best(
    rpn: Any, logits: Tensor, boxes: Tensor, counts: list[int], size: tuple[int, int]
) -> tuple[Tensor, Tensor]:
    """Indices of the proposals, best first, and the level int64[all anchors] of every anchor."""
    from torchvision.ops import batched_nms, remove_small_boxes

    levels = torch.cat([torch.full((count,), number) for number, count in enumerate(counts)]).to(
        logits.device
    )
    tops, start = [], 0
    for count in counts:
        most = min(rpn.pre_nms_top_n(), count)
        tops.append(logits[start : start + count].topk(most).indices + start)
        start += count
    kept = torch.cat(tops)
    clipped = _clipped(boxes[kept], size)
    large = remove_small_boxes(clipped, rpn.min_size)
    kept, clipped = kept[large], clipped[large]
    likely = logits[kept].sigmoid() >= rpn.score_thresh
    kept, clipped = kept[likely], clipped[likely]
    order = batched_nms(clipped, logits[kept].sigmoid(), levels[kept], rpn.nms_thresh)[: rpn.post_nms_top_n()]
    return kept[order], levels


def _run(
    found: FasterNet, levels: tuple[Level, ...], cost: Cost, result: dict[str, Tensor],
    reads: tuple[int, int], total: int, *, complete: bool,
) -> RegionRun:  # fmt: skip
    boxes = _array(result["boxes"]) if result else np.empty((0, 4))
    scores = _array(result["scores"]) if result else NOTHING
    classes = result["labels"].cpu().numpy() - 1 if result else np.empty(0, np.int64)  # 0 was the background
    return RegionRun(
        "faster", found.title, found.labels, boxes, scores, classes, total, cost.passes, cost.heads,
        cost.macs, cost.seconds, complete, str(found.device), found.trained, None, levels, reads,
    )  # fmt: skip


def _array(values: Tensor) -> np.ndarray[Any, Any]:
    return publish(values.detach().cpu().double().numpy().copy())
