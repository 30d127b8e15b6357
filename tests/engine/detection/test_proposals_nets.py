"""R-CNN, Fast R-CNN and Faster R-CNN: what they say and what they cost, each by a second route."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
from PIL import Image
from torch import nn
from torchvision.ops import roi_align, roi_pool

from engine.context import Context
from engine.detection import detectors
from engine.detection.proposals import crops, faster, faster_net, pooled
from engine.detection.proposals.classifier import open_classifier, split_of
from engine.detection.proposals.cost import Cost
from engine.detection.proposals.requests import (
    FASTER,
    CheckRoi,
    ClassifyCrops,
    ClassifyPooled,
    ProposeByNet,
    RegionRun,
    best_answers,
)
from engine.detection.proposals.roi import align, align_samples, max_pool, pool_bins
from engine.errors import UserError
from engine.images import Frame
from engine.jobs import Partial
from engine.networks import catalogue
from engine.networks.program import program_of
from engine.networks.steps import at_once
from engine.networks.weights import store
from engine.sources import load_sample

NET = "tinyvgg-cifar10"
BOXES = np.array([[20.0, 0, 120, 100], [0, 0, 150, 100], [60, 30, 90, 70], [5, 5, 40, 21]])
SMALL, _ = FASTER[0]


@pytest.fixture(scope="module")
def cat() -> Frame:
    return Frame(load_sample("cat").pixels[::3, ::3].copy(), "cat")


@pytest.fixture(autouse=True)
def without_gradients() -> Iterator[None]:
    with torch.inference_mode():
        yield


def final(steps: Any) -> tuple[RegionRun, list[RegionRun]]:
    """The answer and the partial answers before it."""
    told: list[RegionRun] = []
    while True:
        try:
            step = next(steps)
        except StopIteration as stop:
            run: RegionRun = stop.value
            return run, told
        if isinstance(step, Partial):
            told.append(step.value)


def classified(frame: Frame, boxes: npt.NDArray[np.float64] = BOXES) -> RegionRun:
    return final(crops.respond(ClassifyCrops(NET, frame, boxes), Context()))[0]


def looked(frame: Frame, boxes: npt.NDArray[np.float64] = BOXES, **changes: Any) -> RegionRun:
    request = replace(ClassifyPooled(NET, frame, boxes, 4.0, "max"), **changes)
    return final(pooled.respond(request, Context()))[0]


def bare() -> Any:
    """The bundled net as a plain module."""
    return catalogue.build("tinyvgg", "bundled").float()


# --- R-CNN ------------------------------------------------------------------------------------------------


def test_every_box_is_a_picture_of_its_own(cat: Frame) -> None:
    """Route two: crop, stretch and classify each box alone, with Pillow and the bare net."""
    run = classified(cat)
    net = bare()
    how = at_once(open_classifier(NET, Context())).net.preprocessing
    for box, score, kind in zip(BOXES, run.scores, run.classes, strict=True):
        width, height = box[2] - box[0], box[3] - box[1]
        share = 16 / (227 - 32)
        low = np.maximum(box[:2] - share * np.array([width, height]), 0)
        high = np.minimum(box[2:] + share * np.array([width, height]), [cat.width, cat.height])
        crop = Image.fromarray(cat.pixels).resize((32, 32), Image.Resampling.BILINEAR, box=(*low, *high))
        values = (np.asarray(crop) / 255 - how.mean) / how.std
        logits = net(torch.from_numpy(values.transpose(2, 0, 1)).float()[None])
        best = logits.softmax(1)[0].max(0)
        assert int(best.indices) == kind
        assert float(best.values) == pytest.approx(score, abs=1e-4)


def test_the_cost_of_crops_is_that_of_as_many_passes(cat: Frame) -> None:
    run = classified(cat)
    per_pass = sum(node.macs for node in at_once(open_classifier(NET, Context())).program.graph.nodes)
    assert (run.passes, run.heads, run.total) == (4, 4, 4)
    assert run.macs == 4 * per_pass
    assert run.seconds > 0 and run.complete and run.maps is None


def test_it_tells_how_far_it_is(cat: Frame) -> None:
    many = np.repeat(BOXES, 12, axis=0)
    run, told = final(crops.respond(ClassifyCrops(NET, cat, many), Context()))
    assert told and 0 < told[0].heads < 48 and not told[0].complete
    assert len(told[0].boxes) == len(told[0].scores) == told[0].heads
    assert run.heads == 48
    np.testing.assert_allclose(run.scores[0::12], run.scores[11::12], atol=1e-4)  # batches change nothing


def test_it_can_be_stopped_between_two_steps(cat: Frame) -> None:
    steps = crops.respond(ClassifyCrops(NET, cat, np.repeat(BOXES, 50, axis=0)), Context())
    while not isinstance(next(steps), Partial):
        pass
    steps.close()
    assert next(steps, None) is None
    assert classified(cat).complete  # the net is as it was


def test_no_boxes_no_answers(cat: Frame) -> None:
    for run in (classified(cat, np.empty((0, 4))), looked(cat, np.empty((0, 4)))):
        assert run.complete and run.heads == 0 and not len(run.answers(0.1).boxes)


@pytest.mark.parametrize("box", [[3.0, 3, 3, 9], [9, 9, 2, 12], [0, 0, np.nan, 4]])
def test_a_box_without_a_size_is_refused(cat: Frame, box: list[float]) -> None:
    for call in (classified, looked):
        with pytest.raises(UserError, match="width and a height"):
            call(cat, np.array([box]))


def test_a_net_for_digits_is_refused(cat: Frame) -> None:
    with pytest.raises(UserError, match="digits"):
        final(crops.respond(ClassifyCrops("lenet5-digits", cat, BOXES), Context()))


# --- Fast R-CNN -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pooling", ["max", "align"])
def test_one_pass_and_a_pooled_map_a_box(cat: Frame, pooling: Any) -> None:
    """Route two: the net's own layers on the picture, torchvision's pooling, the rest of its layers on the parts."""
    run = looked(cat, pooling=pooling)
    net = bare()
    how = at_once(open_classifier(NET, Context())).net.preprocessing
    picture = Image.fromarray(cat.pixels).resize(run.reads, Image.Resampling.BILINEAR)
    values = ((np.asarray(picture) / 255 - how.mean) / how.std).transpose(2, 0, 1)
    maps = net.features[:-1](torch.from_numpy(values).float()[None])
    assert run.maps is not None
    np.testing.assert_allclose(run.maps.values, maps[0].numpy(), atol=1e-4)
    zoom = torch.tensor([run.reads[0] / cat.width, run.reads[1] / cat.height] * 2)
    boxes = [(torch.from_numpy(BOXES) * zoom).float()]
    parts = (
        roi_pool(maps, boxes, 4, 1 / 8)
        if pooling == "max"
        else roi_align(maps, boxes, 4, 1 / 8, sampling_ratio=2, aligned=True)
    )
    best = net.classifier(net.features[-1](parts).flatten(1)).softmax(1).max(1)
    assert run.classes.tolist() == best.indices.tolist()
    np.testing.assert_allclose(run.scores, best.values.numpy(), atol=1e-4)


def test_the_shared_pass_is_counted_once(cat: Frame) -> None:
    few, many = looked(cat, BOXES[:1]), looked(cat, np.repeat(BOXES, 50, axis=0))
    assert (few.passes, many.passes, many.heads) == (1, 1, 200)
    width, height = few.reads
    whole = program_of(catalogue.build("tinyvgg"), (3, height, width)).graph
    convolutions = sum(node.macs for node in whole.nodes if node.kind == "conv")
    assert convolutions and few.macs == convolutions + 2560
    assert many.macs - few.macs == 199 * 2560  # 256 channels to 10 classes, the only weights of the head


def test_the_picture_in_the_pass_is_whole_strides(cat: Frame) -> None:
    for enlarged in (2.0, 3.3, 8.0):
        run = looked(cat, BOXES[:1], enlarged=enlarged)
        assert run.maps is not None and run.maps.stride == 8
        assert run.maps.values.shape[1:] == (run.reads[1] // 8, run.reads[0] // 8)
        assert max(run.reads) == pytest.approx(32 * enlarged, abs=4)
    with pytest.raises(UserError):
        looked(cat, enlarged=20.0)


@pytest.mark.parametrize("pooling", ["max", "align"])
def test_the_check_finds_what_agrees_and_what_does_not(cat: Frame, pooling: Any) -> None:
    maps = looked(cat).maps
    assert maps is not None
    box = tuple(maps.in_pass(BOXES[2]).tolist())
    shape = (maps.values.shape[1], maps.values.shape[2])
    mine = (
        max_pool(maps.values, pool_bins(box, 1 / maps.stride, maps.size, shape))
        if pooling == "max"
        else align(maps.values, align_samples(box, 1 / maps.stride, maps.size))
    )
    good = at_once(pooled.check(CheckRoi(maps, box, pooling, mine), Context()))
    assert good.agrees and good.max_abs_difference < 1e-5 and "torchvision" in good.reference
    wrong = mine.copy()
    wrong[7, 1, 2] += 1
    bad = at_once(pooled.check(CheckRoi(maps, box, pooling, wrong), Context()))
    assert not bad.agrees and bad.max_abs_difference == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(
    ("name", "layer", "side"),
    [
        ("tinyvgg", "features.relu4_1", 4), ("alexnet", "features.12", 6), ("resnet18", "layer4.1.relu_1", 7),
        ("mobilenet_v3_small", "features.12.2", 7), ("squeezenet1_1", "features.12.cat", 13),
    ],
)  # fmt: skip
def test_where_the_head_begins(name: str, layer: str, side: int) -> None:
    """A squeeze-and-excitation branch, which averages as well, is no head."""
    net = catalogue.build(name)
    program = program_of(net, catalogue.architecture(name).input_shape)
    found = split_of(program)
    assert (found, program.layer(found).out_shape[-1]) == (layer, side)


def test_a_net_without_a_convolutional_part_is_refused() -> None:
    net = nn.Sequential(nn.Flatten(), nn.Linear(48, 3))
    with pytest.raises(UserError, match="convolutional"):
        split_of(program_of(net, (3, 4, 4)))


# --- Faster R-CNN -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def untrained(cat: Frame) -> Iterator[tuple[RegionRun, list[RegionRun]]]:
    with torch.inference_mode():
        found = final(faster.respond(ProposeByNet(SMALL, cat), Context()))
    yield found
    detectors.forget()


def test_without_weights_it_says_so_and_shows_shapes_and_costs(
    untrained: tuple[RegionRun, list[RegionRun]],
) -> None:
    run, (first, *_) = untrained
    assert not run.trained and run.complete and run.passes == 1
    assert run.heads == run.total == sum(len(level.boxes) for level in run.levels) == 150
    assert [level.objectness.shape for level in run.levels] == [(10, 16), (10, 16), (5, 8)]
    assert [level.stride for level in run.levels] == [32, 32, 64]
    assert all(len(level.anchors) == 15 for level in run.levels)
    assert first.levels and not first.complete and first.macs < run.macs
    assert run.labels[0] == "person"


def test_the_proposals_and_the_finds_are_torchvisions(cat: Frame) -> None:
    found = at_once(faster_net.open_faster(SMALL, Context()))
    pixels = torch.from_numpy(cat.pixels.copy()).permute(2, 0, 1).float() / 255
    images, _ = found.net.transform([pixels])
    maps = at_once(faster._maps(found, images.tensors, Cost()))
    theirs = found.net.backbone(images.tensors)
    assert list(maps) == list(theirs)
    for name, values in theirs.items():
        torch.testing.assert_close(maps[name], values)
    levels, proposals = at_once(
        faster.propose(found.net, images, list(maps.values()), (cat.height, cat.width), Cost())
    )
    torch.testing.assert_close(proposals, found.net.rpn(images, theirs)[0][0])
    inside = np.concatenate([level.boxes for level in levels])
    assert inside[:, [0, 2]].max() <= cat.width + 1e-3 and inside[:, [1, 3]].max() <= cat.height + 1e-3


def test_the_counts_of_faster_are_those_of_torchs_own_counter(
    cat: Frame, untrained: tuple[RegionRun, list[RegionRun]]
) -> None:
    from torch.utils.flop_counter import FlopCounterMode

    found = at_once(faster_net.open_faster(SMALL, Context()))
    pixels = torch.from_numpy(cat.pixels.copy()).permute(2, 0, 1).float() / 255
    with FlopCounterMode(display=False) as counter:
        found.net([pixels])
    assert untrained[0].macs == counter.get_total_flops() // 2


def test_no_hook_remains_on_the_net(untrained: tuple[RegionRun, list[RegionRun]]) -> None:
    found = at_once(faster_net.open_faster(SMALL, Context()))
    assert not any(module._forward_hooks for module in found.net.modules())


def test_hooks_go_when_the_work_fails() -> None:
    layer = nn.Linear(2, 2)
    with pytest.raises(ValueError), Cost().counting(layer):
        raise ValueError
    assert not layer._forward_hooks


def test_weights_of_the_store_are_taken_where_they_are_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def here(entry: Any) -> Iterator[int]:
        yield 0
        return SimpleNamespace(state="ready" if entry.architecture == SMALL else "absent")

    monkeypatch.setattr(store, "status_steps", here)
    assert at_once(faster_net._weights_of(SMALL, Context())) == f"{SMALL}-coco"
    assert at_once(faster_net._weights_of("fasterrcnn_resnet50_fpn", Context())) is None


def test_an_unknown_net_is_refused(cat: Frame) -> None:
    with pytest.raises(UserError, match="no Faster R-CNN"):
        at_once(faster.respond(ProposeByNet("resnet18", cat), Context()))


# --- the best answers -------------------------------------------------------------------------------------


def test_the_best_answers_of_each_class() -> None:
    boxes = np.array([[0.0, 0, 10, 10], [1, 0, 11, 10], [1, 0, 11, 10], [40, 40, 50, 50], [60, 60, 70, 70]])
    found = best_answers(boxes, np.array([0.8, 0.9, 0.7, 0.85, 0.2]), np.array([0, 0, 1, 0, 0]), 0.5)
    assert found.scores.tolist() == [0.9, 0.85, 0.7]  # the first is the second's shadow, the last too weak
    assert found.classes.tolist() == [0, 0, 1]
