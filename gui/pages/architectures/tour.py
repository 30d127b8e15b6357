"""The states in which the tour shows the architectures page."""

from __future__ import annotations

from dataclasses import replace

from engine.networks.graphs.what_if import Edit
from gui.pages.architectures.skips.skip_state import SkipState
from gui.pages.architectures.state import ArchitecturesState
from gui.pages.base import TourStop

_START = ArchitecturesState()
_RESNET = ArchitecturesState(network="resnet50")

_STOPS = (
    (
        "lenet5",
        "LeNet-5",
        "Every layer with its volume, the shapes on the lines.",
        replace(_START, layer="features.conv2"),
    ),
    (
        "inception",
        "An Inception module",
        "Four branches side by side, and where they meet.",
        ArchitecturesState(network="inception-module"),
    ),
    (
        "googlenet",
        "GoogLeNet",
        "Nine modules, each folded into one box.",
        ArchitecturesState(network="googlenet"),
    ),
    (
        "resnet50",
        "ResNet-50",
        "Sixteen bottleneck blocks; identical neighbours are drawn as one.",
        replace(_RESNET, stacked=True),
    ),
    (
        "table",
        "The table of VGG-16",
        "Where the parameters are, and where the operations are: not in the same layers.",
        ArchitecturesState(network="vgg16", view="table", sort=("params", True)),
    ),
    (
        "errata",
        "Other numbers in course tables",
        "The course form of LeNet-5, and why some tables print 208 or 48,001.",
        ArchitecturesState(network="lenet5-course", view="table", errata=True),
    ),
    (
        "broken",
        "A broken join",
        "Another stride in one branch: what comes in does not fit together any more, and the page says why.",
        ArchitecturesState(network="basic-block", layer="conv2", edits=(Edit("conv2", "filters", 32),)),
    ),
    (
        "pixel",
        "One pixel",
        "What a unit of AlexNet's last convolution looks at.",
        ArchitecturesState(network="alexnet", view="pixel", layer="features.10", unit=(5, 8)),
    ),
    (
        "compare",
        "AlexNet beside VGG-16",
        "Twice the parameters, twenty times the operations.",
        ArchitecturesState(network="alexnet", view="compare", other="vgg16"),
    ),
    (
        "skip",
        "Skip connections",
        "The residual block in numbers.",
        ArchitecturesState(view="skip", skip=SkipState(step=4)),
    ),
    (
        "gradients",
        "Gradients of 20 layers",
        "The norm of the gradient in every layer, with and without skip connections.",
        ArchitecturesState(view="skip", skip=SkipState(part="gradients", depth=20)),
    ),
)


def stops() -> list[TourStop]:
    """One stop for everything that the page can show."""
    return [TourStop(*stop) for stop in _STOPS]
