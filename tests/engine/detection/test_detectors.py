"""Detectors against torchvision's own answers, kept in memory, and what cannot be opened."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from engine.context import Context
from engine.detection import detectors, live, torchvision_detector
from engine.detection.detectors import DIGITS, TORCHVISION, Detector, kind_of, list_detectors, open_detector
from engine.detection.requests import DetectorSettings, ListDetectors
from engine.detection.torchvision_detector import TorchvisionDetector, categories, untrained
from engine.errors import UserError
from engine.images import Frame
from engine.networks.steps import at_once
from engine.networks.weights import records, store
from engine.networks.weights.store import Resolved

SMALL = "ssdlite320_mobilenet_v3_large"


def context(**more: Any) -> Context:
    return Context(device=torch.device("cpu"), torch_ready=True, **more)


def run(steps: Generator[Any, None, Any]) -> Any:
    """To the end, in the mode that the engine sets."""
    with torch.inference_mode():
        return at_once(steps)


def opened(name: str) -> Any:
    return run(open_detector(name, context()))


@pytest.fixture(scope="module", autouse=True)
def nothing_stays() -> Iterator[None]:
    import torchvision.models.detection  # noqa: F401  # not in a thread, beside a test that waits without sleeping

    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # of small nets, two threads on a busy computer mostly wait for one another
    yield
    torch.set_num_threads(threads)
    detectors.forget()
    live.forget()


@pytest.fixture(scope="module")
def photo() -> Frame:
    draw = np.random.default_rng(4)
    return Frame(draw.integers(0, 256, (90, 120, 3), np.uint8).repeat(2, 0).repeat(2, 1), "noise")


class Backbone(nn.Sequential):
    """Two convolutions: the way behind the features is what is tested."""

    def __init__(self, out_channels: object) -> None:
        super().__init__(nn.Conv2d(3, 16, 4, 4), nn.ReLU(), nn.Conv2d(16, 32, 2, 2))
        self.out_channels = out_channels


def pyramid() -> nn.Module:
    """A backbone as torchvision makes them: two stages of a body, and a feature pyramid of both."""
    from torchvision.models.detection.backbone_utils import BackboneWithFPN

    body = nn.Sequential(nn.Conv2d(3, 16, 4, 4), nn.ReLU(), nn.Conv2d(16, 24, 2, 2), nn.ReLU())
    return BackboneWithFPN(body, {"1": "0", "3": "1"}, [16, 24], 32)


def tiny(name: str) -> TorchvisionDetector:
    """One of torchvision's four kinds with small pictures, few boxes and strong opinions."""
    from torchvision.models.detection import FCOS, FasterRCNN, RetinaNet
    from torchvision.models.detection.anchor_utils import AnchorGenerator, DefaultBoxGenerator
    from torchvision.models.detection.ssd import SSD
    from torchvision.ops import MultiScaleRoIAlign

    torch.manual_seed(7)
    sizes: dict[str, Any] = {"min_size": 64, "max_size": 96}
    anchors = AnchorGenerator(((24,),), ((0.5, 1.0),))
    makers: dict[str, Callable[[], nn.Module]] = {
        "SSD": lambda: SSD(Backbone([32]), DefaultBoxGenerator([[2]]), (96, 96), 91),
        "RetinaNet": lambda: RetinaNet(Backbone(32), 91, anchor_generator=anchors, **sizes),
        "FCOS": lambda: FCOS(
            Backbone(32), 91, anchor_generator=AnchorGenerator(((8,),), ((1.0,),)), **sizes
        ),
        "Faster R-CNN": lambda: FasterRCNN(
            Backbone(32), 91, rpn_anchor_generator=anchors, box_roi_pool=MultiScaleRoIAlign(["0"], 3, 2), **sizes
        ),
        "Faster R-CNN with a pyramid": lambda: FasterRCNN(
            pyramid(), 91, rpn_anchor_generator=AnchorGenerator(((16,), (24,), (32,)), ((0.5, 1.0),) * 3),
            box_roi_pool=MultiScaleRoIAlign(["0", "1"], 3, 2), **sizes
        ),
    }  # fmt: skip
    net = makers[name]().eval().requires_grad_(False)
    for key, parameter in net.named_parameters():
        if key.endswith("bias"):
            parameter.zero_()
        elif parameter.ndim > 1 and "rpn" not in key and "bbox_reg" not in key and "bbox_pred" not in key:
            strength = 6.0 if "cls" in key and ("logits" in key or "score" in key) else 2.0**0.5
            parameter.normal_(0, strength / parameter[0].numel() ** 0.5)
    return TorchvisionDetector("tiny", name, net, tuple(map(str, range(90))), torch.device("cpu"))


def torchvisions(detector: TorchvisionDetector, frame: Frame, least: float) -> dict[str, np.ndarray]:
    """What the net's own `forward` finds in a frame."""
    stage = getattr(detector.net, "roi_heads", detector.net)
    stage.score_thresh, stage.nms_thresh, stage.detections_per_img = least, 0.45, 5000
    with torch.inference_mode():
        values = torch.from_numpy(frame.pixels.copy()).permute(2, 0, 1).float() / 255
        (found,) = detector.net([values])
    return {key: value.numpy() for key, value in found.items()}


@pytest.mark.parametrize("name", ["SSD", "Faster R-CNN", "Faster R-CNN with a pyramid"])
def test_finds_are_those_of_torchvision(name: str, photo: Frame) -> None:
    """Above one half no second class of a box can be found, so that both ways have to agree to the last find."""
    detector = tiny(name)
    theirs = torchvisions(detector, photo, 0.5)
    raw = run(detector.steps(photo)).raw()
    assert raw.objectness is None and raw.places is None
    ours = live.kept(raw, DetectorSettings(least=np.nextafter(0.5, 1), iou_threshold=0.45, most=5000))
    assert len(ours.boxes) == len(theirs["boxes"]) > 3, "too few to compare"
    np.testing.assert_allclose(ours.scores, theirs["scores"], atol=1e-4)
    np.testing.assert_array_equal(ours.classes + 1, theirs["labels"])
    np.testing.assert_allclose(ours.boxes, theirs["boxes"], atol=0.01)


@pytest.mark.parametrize("name", ["RetinaNet", "FCOS"])
def test_boxes_and_scores_are_those_of_torchvision(name: str, photo: Frame) -> None:
    """These give one box several classes: every find of theirs is among our raw boxes, and has its score."""
    detector = tiny(name)
    theirs = torchvisions(detector, photo, 0.6)
    raw = run(detector.steps(photo)).raw()
    assert len(theirs["boxes"]) > 3, "too few to compare"
    for box, score, label in zip(theirs["boxes"], theirs["scores"], theirs["labels"].tolist(), strict=True):
        if label == 0:  # the background, which only a random net finds
            continue
        same = np.abs(raw.boxes - box).max(axis=1) < 0.01
        assert (same & (np.abs(raw.classes[:, label - 1] - score) < 1e-4)).any()


def test_of_very_many_boxes_the_likeliest_are_handed_on(
    photo: Frame, monkeypatch: pytest.MonkeyPatch
) -> None:
    detector = tiny("SSD")
    whole = run(detector.steps(photo))
    monkeypatch.setattr(torchvision_detector, "MOST_RAW", 50)
    some = run(detector.steps(photo))
    assert some.count == whole.count == len(whole.boxes) > 100
    best = np.sort(whole.classes.max(axis=1))[-50:]
    np.testing.assert_array_equal(np.sort(some.classes.max(axis=1)), best)
    assert len(some.boxes) == 50 and some.nbytes < whole.nbytes
    with pytest.raises(UserError, match="no grid"):
        some.cell(0, 0, 0)


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1), (96, 1)])
def test_pictures_of_odd_sizes(size: tuple[int, int]) -> None:
    frame = Frame(np.full((*size, 3), 40, np.uint8), "odd")
    assert np.isfinite(run(tiny("SSD").steps(frame)).boxes).all()
    detector = tiny("RetinaNet")
    if max(size) > 96:
        with pytest.raises(UserError, match="pixels is too narrow for RetinaNet"):
            run(detector.steps(frame))
    else:
        assert np.isfinite(run(detector.steps(frame)).boxes).all()


def test_an_untrained_net_says_so_and_is_the_same_every_time() -> None:
    before = torch.random.get_rng_state()
    first = opened(f"random:{SMALL}")
    assert torch.equal(torch.random.get_rng_state(), before), "nobody else's dice are thrown"
    assert "Random weights" in first.note and first.kind == "torchvision" and len(first.classes) == 90
    again = untrained(SMALL, torch.device("cpu"))
    for one, other in zip(first.net.parameters(), again.net.parameters(), strict=True):
        assert torch.equal(one, other)


def test_names_of_classes_belong_to_the_columns() -> None:
    assert (
        categories("ssd300_vgg16")[:2] == ("person", "bicycle") and len(categories("fcos_resnet50_fpn")) == 90
    )


# --- the store ----------------------------------------------------------------------------------------------------


def test_the_bundled_net_is_listed_first_and_weights_for_other_programs_are_not() -> None:
    listed = run(list_detectors(ListDetectors(), context()))
    assert listed[0].name == "yolo-digits" and listed[0].here and listed[0].reads == "handwritten digits"
    assert listed[0].classes == tuple("0123456789")
    kinds = {one.name: one.kind for one in listed}
    assert kinds["yolo-fastest-1.1-xl-coco"] == "Darknet" and "nanodet-plus-m-coco" not in kinds
    assert not any(name == "lenet5-digits" or "imagenet" in name for name in kinds)
    assert {one.name: one.classes for one in listed}["yolo-fastest-1.1-xl-coco"][:2] == ("person", "bicycle")
    for entry in records.catalogue_entries():
        if kind_of(entry) == "torchvision":
            assert entry.architecture in TORCHVISION


def test_a_detector_is_loaded_once() -> None:
    first: Detector = opened("yolo-digits")
    assert opened("yolo-digits") is first and detectors.kept()[-1] == "yolo-digits"
    assert (first.kind, first.note) == ("yolo-digits", "")
    assert not any(parameter.requires_grad for parameter in first.net.parameters())  # type: ignore[attr-defined]


def test_only_a_few_are_kept_and_one_where_memory_ran_out() -> None:
    first = opened("yolo-digits")
    opened(f"random:{SMALL}")
    assert len(detectors.kept()) == detectors.KEPT
    assert run(open_detector("yolo-digits", context(reduced=True))) is first
    assert detectors.kept() == ("yolo-digits",)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("nothing-of-this-name", "There are no weights named"),
        ("lenet5-digits", "finds nothing in pictures"),
        ("yolo-fastest-1.1-coco", "not on this computer yet"),
        ("random:resnet18", "There is no detector called “resnet18”"),
        ("random:", "There is no detector called “”"),
    ],
)
def test_what_cannot_be_opened_is_refused_in_a_sentence(name: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        opened(name)


def test_a_list_of_classes_of_the_wrong_length(monkeypatch: pytest.MonkeyPatch) -> None:
    detectors.forget()
    (entry,) = (entry for entry in records.bundled_entries() if entry.architecture == DIGITS)
    wrong = replace(entry, labels=("zero", "one"))
    monkeypatch.setattr(records, "bundled_entries", lambda: (wrong,))
    with pytest.raises(UserError, match="tells 10 classes apart, but 2 are named"):
        opened("yolo-digits")
    assert not detectors.kept()


def test_a_file_of_another_net(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    detectors.forget()
    from safetensors.torch import save_file

    path = tmp_path / "yolo-digits.safetensors"
    save_file({"a": torch.zeros(2)}, path, {"architecture": DIGITS, "task": "detection"})
    monkeypatch.setattr(records, "bundled_entries", lambda: (records.described(path, "bundled"),))
    with pytest.raises(UserError, match=r"yolo-digits\.safetensors has no weights of the net"):
        opened("yolo-digits")


def published(monkeypatch: pytest.MonkeyPatch, path: Path, architecture: str) -> str:
    """The name of weights of the catalogue, as if `path` were their file."""
    name = f"{architecture}-coco"
    entry = store.entry(name)

    def find_steps(_name: str) -> Generator[int, None, Resolved]:
        yield from ()
        return Resolved(entry, path)

    monkeypatch.setattr(store, "find_steps", find_steps)
    return name


def test_published_weights_of_torchvision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = untrained(SMALL, torch.device("cpu")).net
    state = {
        key: value + 0.25 if value.is_floating_point() else value
        for key, value in source.state_dict().items()
    }
    torch.save(state, tmp_path / "weights.pth")
    monkeypatch.setattr(torchvision_detector, "WITHOUT_EPSILON", (SMALL,))
    detector: TorchvisionDetector = opened(published(monkeypatch, tmp_path / "weights.pth", SMALL))
    assert detector.note == "" and detector.name == f"{SMALL}-coco"
    for key, value in detector.net.state_dict().items():
        torch.testing.assert_close(value, state[key])
    norms = [module for module in detector.net.modules() if isinstance(module, nn.BatchNorm2d)]
    assert norms and all(norm.eps == 0 for norm in norms)


def test_weights_of_another_net_of_torchvision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    detectors.forget()
    torch.save({"backbone.weight": torch.zeros(3)}, tmp_path / "weights.pth")
    with pytest.raises(UserError, match=r"weights\.pth does not fit SSDLite"):
        opened(published(monkeypatch, tmp_path / "weights.pth", SMALL))
