"""The engine on a graphics card: the same numbers as on the CPU. Skipped where there is none.

What is compared is float32 summed in another order, so the tolerances are those of float32.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
import torch

from engine.context import Context
from engine.detection.proposals.requests import ClassifyCrops, ClassifyPooled, ProposeByNet
from engine.detection.requests import Annotated, DetectorSettings, DetectPicture
from engine.device import available
from engine.foundations.convolution import ConvSpec
from engine.foundations.requests import WholeImage
from engine.foundations.signals.requests import WholeVolume
from engine.foundations.signals.spec import SlideSpec
from engine.handlers import HANDLERS, Handler
from engine.images import Frame
from engine.inside.asking.requests import GradCam, InputGradient, IntegrateGradients, Maximise, Target
from engine.inside.descent.requests import CheckDescent, Descend
from engine.inside.maps.requests import LookAtMaps, Wanted
from engine.inside.occlusion.occluder import Occluder
from engine.inside.occlusion.requests import SweepOcclusion
from engine.jobs import Cancelled, Done, Failed
from engine.networks.learned_features.requests import DigitTest, MapFeatures
from engine.networks.requests import ClassifyPicture, MeasureGradients
from engine.networks.steps import at_once
from engine.runner import Engine
from engine.style.opening import open_backbone
from engine.style.painting import Painting, Subject
from engine.style.settings import StyleSettings

KIND = available()[0]
pytestmark = pytest.mark.skipif(KIND == "cpu", reason="no graphics card on this computer")
WAIT = 120.0


@dataclass(frozen=True, slots=True)
class Greedy:
    """Asks for more memory than there is, unless it is told to make do."""


def take_it_all(_request: Greedy, context: Context) -> str:
    if not context.reduced:
        torch.empty(1 << 50, device=context.device)
    return str(context.device)


TABLE = {**HANDLERS, Greedy: Handler(f"{__name__}:take_it_all")}


class Asked:
    """An engine that is asked one thing after the other."""

    def __init__(self, device: str) -> None:
        self._ended = threading.Event()
        self._last: Any = None
        self.engine = Engine(self._hear, device=device, handlers=TABLE)
        self.engine.start()
        self.engine.begin_loading()
        self(
            ClassifyPicture("lenet5-digits", digit())
        )  # waits for torch; what could do without it uses it from now on

    def _hear(self, event: Any) -> None:
        if isinstance(event, Done | Failed | Cancelled):
            self._last = event
            self._ended.set()

    def __call__(self, request: object) -> Any:
        self._ended.clear()
        self.engine.submit(request)
        assert self._ended.wait(WAIT), "the engine does not answer"
        assert isinstance(self._last, Done), self._last
        return self._last.value


@pytest.fixture(scope="module")
def both() -> Iterator[tuple[Asked, Asked]]:
    """(on the CPU, on the card)."""
    asked = Asked("cpu"), Asked(KIND)
    yield asked
    for one in asked:
        assert one.engine.close()


def photo() -> Frame:
    from skimage import data

    return Frame(np.ascontiguousarray(data.astronaut()), "astronaut")


def digit() -> Frame:
    pixels = np.full((200, 200, 3), 255, np.uint8)
    pixels[40:160, 95:108] = 0
    return Frame(pixels, "a one")


def test_the_window_can_say_what_computes(both: tuple[Asked, Asked]) -> None:
    device = both[1].engine.state.device
    assert device is not None and device.kind == KIND and device.name
    assert not torch.backends.cudnn.allow_tf32 and not torch.backends.cuda.matmul.allow_tf32


@pytest.mark.parametrize(("weights", "frame"), [("lenet5-digits", digit()), ("tinyvgg-cifar10", photo())])
def test_a_net_answers_the_same(both: tuple[Asked, Asked], weights: str, frame: Frame) -> None:
    on_cpu, on_card = (ask(ClassifyPicture(weights, frame)) for ask in both)
    assert on_card.device == KIND and on_cpu.device == "cpu"
    assert [guess.index for guess in on_card.guesses] == [guess.index for guess in on_cpu.guesses]
    np.testing.assert_allclose(on_card.logits, on_cpu.logits, rtol=1e-4, atol=1e-4)


def test_the_response_of_a_whole_picture(both: tuple[Asked, Asked]) -> None:
    draw = np.random.default_rng(1)
    request = WholeImage(photo().pixels, draw.normal(size=(8, 3, 9, 9)), draw.normal(size=8), ConvSpec(), 3)
    on_cpu, on_card = (ask(request) for ask in both)
    assert f"on {KIND}" in on_card.route and on_cpu.route != on_card.route
    np.testing.assert_allclose(
        on_card.response, on_cpu.response, rtol=1e-4, atol=0.05
    )  # of sums of some thousands


def test_the_response_of_a_whole_volume(both: tuple[Asked, Asked]) -> None:
    draw = np.random.default_rng(2)
    voxels = draw.normal(size=(40, 48, 44)).astype(np.float32)
    request = WholeVolume(voxels, draw.normal(size=(7, 7, 7)), 0.5, SlideSpec())
    on_cpu, on_card = (ask(request) for ask in both)
    assert f"on {KIND}" in on_card.route
    np.testing.assert_allclose(on_card.response, on_cpu.response, rtol=1e-4, atol=1e-3)


def test_feature_maps(both: tuple[Asked, Asked]) -> None:
    on_cpu, on_card = (ask(MapFeatures(photo(), layer=4)) for ask in both)
    np.testing.assert_allclose(on_card.maps, on_cpu.maps, rtol=1e-3, atol=1e-4)


def test_digits_told_apart(both: tuple[Asked, Asked]) -> None:
    on_cpu, on_card = (ask(DigitTest()) for ask in both)
    for card, cpu in zip(on_card.scores, on_cpu.scores, strict=True):
        np.testing.assert_allclose(
            card.accuracy, cpu.accuracy, atol=2e-3
        )  # one digit may fall to the other side


def test_gradient_norms(both: tuple[Asked, Asked]) -> None:
    on_cpu, on_card = (ask(MeasureGradients(depth=20)) for ask in both)
    np.testing.assert_allclose(on_card.residual, on_cpu.residual, rtol=1e-2)
    np.testing.assert_allclose(on_card.plain, on_cpu.plain, rtol=1e-2)


def test_without_memory_on_the_card_the_cpu_takes_over(both: tuple[Asked, Asked]) -> None:
    assert both[1](Greedy()) == "cpu"
    assert both[1](ClassifyPicture("lenet5-digits", digit())).device == KIND, (
        "the card is not given up for good"
    )


PHOTO_NET, LAYER, PHOTO = "tinyvgg-cifar10", "features.relu3_1", photo()


class TestInside:
    def test_maps(self, both: tuple[Asked, Asked]) -> None:
        on_cpu, on_card = (
            ask(LookAtMaps(PHOTO_NET, PHOTO, Wanted(LAYER, guesses=3, bins=20))) for ask in both
        )
        np.testing.assert_allclose(on_card.maps, on_cpu.maps, rtol=1e-3, atol=1e-4)
        assert on_card.device == KIND

    @pytest.mark.parametrize("net", [PHOTO_NET, "random:resnet18", "random:mobilenet_v3_small"])
    def test_the_way_down(self, both: tuple[Asked, Asked], net: str) -> None:
        layer = (
            LAYER
            if net == PHOTO_NET
            else {"random:resnet18": "layer3.1.relu_1"}.get(net, "features.5.block.2.mul")
        )
        on_cpu, on_card = (ask(Descend(net, layer, 3, (2, 2), PHOTO)) for ask in both)
        assert not on_card.refusals
        for rule, picture in on_cpu.pictures.items():
            scale = float(np.abs(picture).max())
            np.testing.assert_allclose(on_card.pictures[rule], picture, atol=2e-3 * scale + 1e-9)
        checked = both[1](CheckDescent(on_card))
        assert checked.agrees, checked

    def test_occlusion(self, both: tuple[Asked, Asked]) -> None:
        request = SweepOcclusion(PHOTO_NET, PHOTO, LAYER, None, None, Occluder(), 0.125)
        on_cpu, on_card = (ask(request) for ask in both)
        np.testing.assert_allclose(on_card.probability, on_cpu.probability, atol=1e-3)

    def test_gradients(self, both: tuple[Asked, Asked]) -> None:
        cams = [ask(GradCam(PHOTO_NET, PHOTO, Target())) for ask in both]
        np.testing.assert_allclose(cams[1].cam, cams[0].cam, rtol=1e-2, atol=1e-4)
        smooth = [ask(InputGradient(PHOTO_NET, PHOTO, Target(), samples=8, noise=0.1)) for ask in both]
        scale = float(np.abs(smooth[0].gradient).max())
        np.testing.assert_allclose(smooth[1].gradient, smooth[0].gradient, atol=0.02 * scale)
        whole = both[1](IntegrateGradients(PHOTO_NET, PHOTO, Target()))
        assert np.isfinite(whole.values).all()

    def test_a_picture_grows(self, both: tuple[Asked, Asked]) -> None:
        grown = both[1](Maximise(PHOTO_NET, "class", 5, steps=40))
        assert grown.scores[-1] > grown.scores[0]


class TestDetection:
    """Finds are compared where they are sure: a score that lies on the threshold may fall to the other side."""

    @staticmethod
    def same(on_cpu: Annotated, on_card: Annotated) -> None:
        assert on_card.device == KIND and on_cpu.device == "cpu"
        for one, other in ((on_cpu, on_card), (on_card, on_cpu)):
            sure = one.found.scores > one.settings.least + 1e-3
            assert len(other.found.scores) >= int(sure.sum())
        count = min(len(on_cpu.found.scores), len(on_card.found.scores))
        assert count > 0, "nothing was found: nothing is compared"
        np.testing.assert_allclose(on_card.found.scores[:count], on_cpu.found.scores[:count], atol=1e-3)
        assert on_cpu.raw is not None and on_card.raw is not None
        np.testing.assert_allclose(on_card.raw.classes, on_cpu.raw.classes, atol=1e-3)
        # In shares of the box: a large one of an untrained net counts thousands of pixels.
        size = np.abs(on_cpu.raw.boxes).max(axis=1, keepdims=True) + 1
        np.testing.assert_allclose(on_card.raw.boxes / size, on_cpu.raw.boxes / size, atol=1e-3)

    def test_digits_on_paper(self, both: tuple[Asked, Asked]) -> None:
        request = DetectPicture("yolo-digits", digit(), DetectorSettings(least=0.1), raw=True)
        self.same(*(ask(request) for ask in both))

    def test_a_net_of_torchvision(self, both: tuple[Asked, Asked]) -> None:
        settings = DetectorSettings(least=0.0, suppression="none", most=20_000)
        request = DetectPicture("random:ssdlite320_mobilenet_v3_large", photo(), settings, raw=True)
        self.same(*(ask(request) for ask in both))


def test_region_proposals_are_judged_the_same(both: tuple[Asked, Asked]) -> None:
    picture = Frame(photo().pixels[::2, ::2].copy(), "astronaut")
    boxes = np.array([[75.0, 5, 150, 100], [0, 0, 256, 256], [170, 5, 220, 130]])
    for request in (
        ClassifyCrops("tinyvgg-cifar10", picture, boxes),
        ClassifyPooled("tinyvgg-cifar10", picture, boxes, 4.0, "max"),
        ClassifyPooled("tinyvgg-cifar10", picture, boxes, 4.0, "align"),
    ):
        on_cpu, on_card = (ask(request) for ask in both)
        assert on_card.device.startswith(KIND) and on_card.macs == on_cpu.macs
        assert on_card.classes.tolist() == on_cpu.classes.tolist()
        np.testing.assert_allclose(on_card.scores, on_cpu.scores, atol=1e-3)


def test_a_region_proposal_network_says_the_same(both: tuple[Asked, Asked]) -> None:
    request = ProposeByNet("fasterrcnn_mobilenet_v3_large_320_fpn", photo())
    on_cpu, on_card = (ask(request) for ask in both)
    assert on_card.device.startswith(KIND) and on_card.macs == on_cpu.macs
    for here, there in zip(on_cpu.levels, on_card.levels, strict=True):
        np.testing.assert_allclose(there.objectness, here.objectness, atol=1e-4)


class TestStyle:
    """Paintings of the same start: their costs, and that nothing in a step waits for the card."""

    SETTINGS = StyleSettings(size=64, steps=25, precision="float32", start="content")

    def painting(self, device: str, **changes: Any) -> Painting:
        settings = replace(self.SETTINGS, **changes)
        with torch.no_grad():
            context = Context(device=torch.device(device), torch_ready=True)
            opened = at_once(open_backbone(settings, context))
        style = Frame(np.ascontiguousarray(photo().pixels[::-4, ::4]), "upside down")
        subject = Subject(photo().pixels[::4, ::4], (style.pixels,))
        return Painting(opened.features, opened.backbone, subject, settings)

    @pytest.mark.skipif(KIND != "cuda", reason="only CUDA can report that the host waits for the card")
    @pytest.mark.parametrize("method", ["lbfgs", "adam", "descent"])
    def test_twenty_steps_never_wait_for_the_card(self, method: Any) -> None:
        painting = self.painting(KIND, method=method)
        for _ in range(5):  # a first step loads kernels, and the optimiser's memory begins to fill
            painting.step()
        torch.cuda.synchronize()
        torch.cuda.set_sync_debug_mode("error")
        try:
            for _ in range(20):
                painting.step()
        finally:
            torch.cuda.set_sync_debug_mode("default")
        (rows,) = painting.costs()
        assert len(rows.values) == 25 and rows.values[-1, -1] < rows.values[0, -1]

    def test_costs_are_those_of_the_cpu(self) -> None:
        """Of the same pictures: those of twenty plain steps on the CPU."""
        on_cpu, on_card = self.painting("cpu", method="descent"), self.painting(KIND, method="descent")
        for _ in range(20):
            here, slope = on_cpu.objective.slope(on_cpu.picture)
            there, other = on_card.objective.slope(on_cpu.picture.to(KIND))
            np.testing.assert_allclose(there.cpu().numpy(), here.numpy(), rtol=1e-3)
            apart = (other.cpu() - slope).norm() / slope.norm()
            assert float(apart) < 1e-3
            on_cpu.step()
