"""The controls of the view "Region proposals": those of the part on show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from engine.detection.proposals.requests import FASTER, RegionRun
from engine.detection.proposals.settings import SCALES, SIGMAS, SIZES
from engine.networks import catalogue
from engine.networks.requests import WeightsStatus
from gui.pages.boxes.proposals.settings import (
    ANSWERS,
    FEWEST,
    LARGEST_PASS,
    MOST,
    PASS_STEP,
    SMALLEST_PASS,
    STRONGEST,
    ProposalsSettings,
)
from gui.theme import space
from gui.widgets.fields import Choice, IntStepper, Segmented, SliderField, Toggle

SCALE_STEP: Final = 10.0
POOLINGS: Final = (
    ("max", "Max pooling", "Girshick 2015: whole cells, the largest value of each part"),
    ("align", "RoIAlign", "He et al. 2017: nothing is rounded, the mean of four samples of each part"),
)
PAINTED: Final = (
    ("photo", "Photo", "Borders over the photo"),
    ("mean", "Mean colours", "Every region in its mean colour"),
)
MOST_SEED: Final = 9999


class ProposalsControls(QWidget):
    """changed(ProposalsSettings, str): what a person set, and the gesture that it belongs to; againAsked()."""

    changed = Signal(object, str)
    looked = Signal(object)
    againAsked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = ProposalsSettings()
        self._make_search()
        self._make_nets()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        for widget in (
            self.scale, self.sigma, self.min_size, *self.terms.values(), self.painted, self.count, self.seed,
            self.net, self.enlarged, self.pooling, self.proposal, self.channel, self.strongest, self.least,
            self.faster, self.level, self.again,
        ):  # fmt: skip
            column.addWidget(widget)
        searching: tuple[QWidget, ...] = (self.scale, self.sigma, self.min_size, *self.terms.values())
        self._of_part: dict[str, tuple[QWidget, ...]] = {
            "grouping": (*searching, self.painted),
            "proposals": (self.count, self.seed, *searching),
            "nets": (self.count, self.net, self.enlarged, self.pooling, self.least, self.faster, self.level),
            "pooling": (self.net, self.enlarged, self.pooling, self.proposal, self.channel, self.strongest),
        }
        self._connect()
        self.show_settings(self._settings)

    def _make_search(self) -> None:
        self.scale = SliderField(
            "Scale", *SCALES, SCALE_STEP, 100, lambda v: f"{v:.0f}", tooltip="Larger: fewer, larger segments"
        )
        self.sigma = SliderField(
            "Blur", *SIGMAS, 0.1, 0.8, lambda v: f"{v:.1f} px", tooltip="Deviation of the blur before"
        )
        self.min_size = SliderField(
            "Smallest", *SIZES, 10, 60, lambda v: f"{v:.0f} px", tooltip="Pixels of the smallest segment"
        )
        self.terms = {
            "colour": Toggle("Colour", value=True, tooltip="What the colour histograms have in common"),
            "texture": Toggle(
                "Texture", value=True, tooltip="What the histograms of gradient directions have in common"
            ),
            "size": Toggle("Size", value=True, tooltip="Small regions merge early"),
            "fill": Toggle("Fill", value=True, tooltip="Regions that fit into each other merge early"),
        }
        self.painted = Segmented(PAINTED)
        self.painted.setAccessibleName("What the regions are painted in")
        self.count = SliderField(
            "Proposals", FEWEST, MOST, 1, 100, lambda v: f"{v:.0f}", tooltip="The first ones of the order"
        )
        self.seed = IntStepper(
            "Order", low=0, high=MOST_SEED, tooltip="Seed of the random numbers in the order"
        )

    def _make_nets(self) -> None:
        self.net = Choice(
            "Net", [("tinyvgg-cifar10", "TinyVGG")], tooltip="Classifies for R-CNN and Fast R-CNN"
        )
        self.enlarged = SliderField(
            "Pass", SMALLEST_PASS, LARGEST_PASS, PASS_STEP, 4, lambda v: f"{v:g}×",
            tooltip="Longer side of the picture in the one pass, in sides of what the net was made for",
        )  # fmt: skip
        self.pooling = Segmented(POOLINGS)
        self.pooling.setAccessibleName("Pooling")
        self.proposal = IntStepper("Proposal", low=1, high=1, value=1, tooltip="In the order of the search")
        self.channel = IntStepper("Channel", low=0, high=0, tooltip="The map on show, counted from 0")
        self.strongest = Toggle(
            "Strongest channel", value=True, tooltip="The map that is largest inside of the box"
        )
        self.least = SliderField(
            "Least score", 0, 1, 0.01, 0.9, lambda v: f"{v:.2f}", tooltip="Weaker answers are not drawn"
        )
        self.faster = Choice("Faster", list(FASTER), tooltip="torchvision's Faster R-CNN")
        self.level = Choice("Shows", [(str(ANSWERS), "Answers")], tooltip="What is drawn of Faster R-CNN")
        self.again = QPushButton("Run again")
        self.again.hide()

    def _connect(self) -> None:
        self.scale.committed.connect(self._scale_set)
        self.sigma.committed.connect(self._sigma_set)
        self.min_size.committed.connect(self._min_size_set)
        self.terms["colour"].changed.connect(self._colour_set)
        self.terms["texture"].changed.connect(self._texture_set)
        self.terms["size"].changed.connect(self._size_set)
        self.terms["fill"].changed.connect(self._fill_set)
        self.painted.changed.connect(self._painted_set)
        self.count.changed.connect(self._count_moved)
        self.seed.committed.connect(self._seed_set)
        self.net.changed.connect(self._net_set)
        self.enlarged.changed.connect(self._enlarged_moved)
        self.pooling.changed.connect(self._pooling_set)
        self.proposal.committed.connect(self._proposal_set)
        self.channel.committed.connect(self._channel_set)
        self.strongest.changed.connect(self._strongest_set)
        self.least.changed.connect(self._least_moved)
        self.faster.changed.connect(self._faster_set)
        self.level.changed.connect(self._level_set)
        self.again.clicked.connect(self.againAsked)

    # --- what is shown --------------------------------------------------------------------------------------

    def show_settings(self, settings: ProposalsSettings) -> None:
        """Show what is set, and the controls of the part."""
        self._settings = settings
        mine = self._of_part[settings.part]
        for widgets in self._of_part.values():
            for widget in widgets:
                widget.setVisible(widget in mine)
        search = settings.search
        self.scale.set_value(search.scale)
        self.sigma.set_value(search.sigma)
        self.min_size.set_value(search.min_size)
        for name, toggle in self.terms.items():
            toggle.set_value(getattr(search, name))
        self.painted.set_value(settings.painted)
        self.count.set_value(settings.count)
        self.seed.set_value(search.seed)
        self.enlarged.set_value(settings.enlarged)
        self.pooling.set_value(settings.pooling)
        self.proposal.set_value(settings.proposal + 1)
        self.strongest.set_value(settings.channel == STRONGEST)
        self.least.set_value(settings.least)
        self.faster.set_value(settings.faster)
        if self.level.combo.findData(str(settings.level)) >= 0:
            self.level.set_value(str(settings.level))

    def show_limits(self, proposals: int, channels: int, channel: int, proposal: int) -> None:
        """How many proposals and channels there are, and which ones are on show."""
        self.proposal.set_limits(1, max(proposals, 1))
        self.proposal.set_value(proposal + 1)
        self.channel.set_limits(0, max(channels - 1, 0))
        self.channel.set_value(channel)

    def show_levels(self, run: RegionRun | None) -> None:
        """The maps of Faster R-CNN whose proposals can be drawn."""
        levels = () if run is None else run.levels
        options = [(str(ANSWERS), "Answers")]
        options += [
            (str(number), f"Level {number + 1}, stride {level.stride:g}")
            for number, level in enumerate(levels)
        ]
        chosen = self._settings.level if self._settings.level < len(levels) else ANSWERS
        self.level.set_options(options, str(chosen))

    def show_nets(self, statuses: Sequence[WeightsStatus], net: str) -> None:
        """The classifiers of photos that are here."""
        options = [(status.name, status.title) for status in statuses if _usable(status)]
        if net not in {name for name, _ in options}:
            options.insert(0, (net, f"{net} (not here)"))
        self.net.set_options(options, net)

    # --- what a person sets ---------------------------------------------------------------------------------

    def _set(self, gesture: str, **changes: Any) -> None:
        settings = replace(self._settings, **changes)
        if settings != self._settings:
            self.changed.emit(settings, gesture)

    def _search(self, gesture: str, **changes: Any) -> None:
        """Another search has another hierarchy: the walk begins anew."""
        search = replace(self._settings.search, **changes)
        if any(search.terms):
            self._set(gesture, search=search, step=0, picked=None, proposal=0, cell=0)
        else:
            self.show_settings(self._settings)  # one of them has to count

    @Slot(float)
    def _scale_set(self, value: float) -> None:
        self._search("scale", scale=value)

    @Slot(float)
    def _sigma_set(self, value: float) -> None:
        self._search("blur", sigma=value)

    @Slot(float)
    def _min_size_set(self, value: float) -> None:
        self._search("smallest", min_size=int(value))

    @Slot(bool)
    def _colour_set(self, on: bool) -> None:
        self._search("", colour=on)

    @Slot(bool)
    def _texture_set(self, on: bool) -> None:
        self._search("", texture=on)

    @Slot(bool)
    def _size_set(self, on: bool) -> None:
        self._search("", size=on)

    @Slot(bool)
    def _fill_set(self, on: bool) -> None:
        self._search("", fill=on)

    @Slot(str)
    def _painted_set(self, key: str) -> None:
        self._set("", painted=key)

    @Slot(float)
    def _count_moved(self, value: float) -> None:
        self._set("proposals", count=int(value))

    @Slot(object)
    def _seed_set(self, value: int) -> None:
        self._search("order", seed=int(value))

    @Slot(str)
    def _net_set(self, name: str) -> None:
        self._set("", net=name, channel=STRONGEST)

    @Slot(float)
    def _enlarged_moved(self, value: float) -> None:
        self._set("pass", enlarged=value)

    @Slot(str)
    def _pooling_set(self, key: str) -> None:
        self._set("", pooling=key)

    @Slot(object)
    def _proposal_set(self, value: int) -> None:
        self._set("proposal", proposal=int(value) - 1, cell=0)

    @Slot(object)
    def _channel_set(self, value: int) -> None:
        self._set("channel", channel=int(value))

    @Slot(bool)
    def _strongest_set(self, on: bool) -> None:
        self._set("", channel=STRONGEST if on else int(self.channel.value))

    @Slot(float)
    def _least_moved(self, value: float) -> None:
        self._set("least score", least=value)

    @Slot(str)
    def _faster_set(self, name: str) -> None:
        self._set("", faster=name, level=ANSWERS)

    @Slot(str)
    def _level_set(self, key: str) -> None:
        self._set("", level=int(key))


def _usable(status: WeightsStatus) -> bool:
    """Whether weights are here and classify photos."""
    if status.task != "classification" or status.state not in ("bundled", "ready", "imported"):
        return False
    return catalogue.architecture(status.architecture).input_shape[0] == 3
