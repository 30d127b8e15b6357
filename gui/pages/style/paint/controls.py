"""The controls of the view "Paint": what acts while it paints, and what begins the painting anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from engine.networks.requests import WeightsStatus
from engine.style.backbones import BACKBONES
from engine.style.requests import Plan
from engine.style.settings import LARGEST, SMALLEST, StyleSettings
from gui.pages.style.paint.layer_weights import LayerWeights
from gui.pages.style.paint.mask_tools import MaskTools
from gui.pages.style.paint.weight_slider import WeightSlider
from gui.pages.style.paint.words import plan_text
from gui.theme import space
from gui.widgets.fields import Choice, IntStepper, NumberField, Section, Segmented, Toggle
from gui.widgets.wrapped import Wrapped

MOST_STEPS: Final = 5000
LIVE_NOTE: Final = "These act while it paints."
ANEW_NOTE: Final = "One of these begins the painting anew; the run so far stays in the strip."
HERE: Final = ("bundled", "ready", "imported")
MORE: Final = "VGG-19, SqueezeNet and others…"


class PaintControls(QWidget):
    """settingsChanged(StyleSettings, gesture); backgroundSet(bool); weightsAsked(): lead to the page Weights."""

    settingsChanged = Signal(object, str)
    backgroundSet = Signal(bool)
    weightsAsked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = StyleSettings()
        self._nets: tuple[tuple[str, str], ...] = ()
        self.brush = MaskTools()
        self.layers = LayerWeights()
        self.plan_line, self.expect = Wrapped(), Wrapped()
        self.blend: list[WeightSlider] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(space.m)
        self._build_live()
        self._build_net()
        self._build_more()
        self._section("Mask", (self.brush,), folded=True)
        self._section("Layers of the style", (self.layers,), folded=True)
        self._connect()

    # --- building --------------------------------------------------------------------------------------------

    def _section(self, title: str, widgets: Sequence[QWidget], *, folded: bool = False) -> Section:
        section = Section(title, folded=folded)
        for widget in widgets:
            section.add(widget)
        self._column.addWidget(section)
        return section

    def _build_live(self) -> None:
        self.alpha = WeightSlider("Content α", -3, 3, 1.0, tooltip="How much the content counts")
        self.beta = WeightSlider("Style β", -1, 5, 100.0, tooltip="How much the style counts")
        self.variation = WeightSlider("Calm TV", -3, 3, 1.0, tooltip="Total variation: how much noise costs")
        self.keep_colours = Toggle(
            "Keep the content's colours", tooltip="Only the brightness is painted (Gatys 2016)"
        )
        self.steps = IntStepper(
            "Steps", low=1, high=MOST_STEPS, step=10, tooltip="Evaluations of J and its gradient"
        )
        self.rate = NumberField(
            "Rate", low=1e-4, high=10.0, step=0.01, value=0.02,
            tooltip="Of Adam in shares of the pixels' range, of plain descent in mean gradients",
        )  # fmt: skip
        self.background = Toggle(
            "Go on in the background",
            tooltip="Paint while another page or view is on show, which slows them down",
        )
        self.live = self._section(
            "Weights",
            (
                _note(LIVE_NOTE),
                self.alpha,
                self.beta,
                self.variation,
                self.keep_colours,
                self.steps,
                self.rate,
                self.background,
            ),
        )

    def _build_net(self) -> None:
        self.net = Choice("", [], tooltip="The net whose layers see content and style")
        self.net.combo.setAccessibleName("Net")
        self.more_nets = QPushButton(MORE)
        self.more_nets.setProperty("flat", True)
        self.more_nets.setToolTip("The page Weights downloads or imports other nets")
        self.longer_side = IntStepper(
            "Longer side",
            low=SMALLEST,
            high=LARGEST,
            step=32,
            unit="px",
            tooltip="Of the painting, in pixels",
        )
        self.levels = IntStepper(
            "Sizes", low=1, high=4, tooltip="Coarse to fine: each is twice the one before and begins with its picture"
        )  # fmt: skip
        self.start = Choice(
            "Begin with", [("content", "the content"), ("noise", "noise"), ("style", "the style")],
            tooltip="The picture before the first step",
        )  # fmt: skip
        self.style_scale = NumberField(
            "Style scale", low=0.1, high=4.0, step=0.1, value=1.0, unit="×",
            tooltip="The style's longer side, in sizes of the painting: larger for larger strokes",
        )  # fmt: skip
        self._section(
            "Net and size",
            (_note(ANEW_NOTE), self.net, self.expect, self.more_nets, self.longer_side, self.levels, self.start,
             self.style_scale, self.plan_line),
        )  # fmt: skip

    def _build_more(self) -> None:
        self.method = Choice(
            "Method", [("lbfgs", "L-BFGS"), ("adam", "Adam"), ("descent", "Gradient descent")],
            tooltip="How J is made small",
        )  # fmt: skip
        self.normalise = Choice(
            "Costs", [("balanced", "balanced"), ("course", "as in the course"), ("paper", "as in the paper")],
            tooltip="Balanced: divided by the target's mean square. Course: 1 / (2 n_H n_W n_C)². Paper: Gatys 2015",
        )  # fmt: skip
        self.pooling = Segmented(
            [("average", "average", "Smoother; the paper's advice"), ("max", "max", "As the net was trained")],
            label="Pooling",
        )  # fmt: skip
        self.content_layer = Choice("Content at", [], tooltip="The layer whose features are to stay")
        self.precision = Choice(
            "Precision", [("auto", "the quicker one"), ("float32", "float32"), ("bfloat16", "bfloat16")],
            tooltip="In which the net computes",
        )  # fmt: skip
        self.seed = IntStepper(
            "Seed", low=0, high=2**31 - 1, tooltip="Of the noise that a painting may begin with"
        )
        self._section(
            "How it is painted",
            (
                _note(ANEW_NOTE), self.method, self.normalise, self.pooling, self.content_layer, self.precision,
                self.seed,
            ),
            folded=True,
        )  # fmt: skip

    def _connect(self) -> None:
        self._fields: dict[str, Any] = {
            name: getattr(self, name)
            for name in (
                "alpha", "beta", "variation", "keep_colours", "steps", "rate", "levels", "start", "style_scale",
                "method", "normalise", "pooling", "precision", "seed",
            )
        }  # fmt: skip
        self._fields["size"] = self.longer_side
        for name, field in (*self._fields.items(), ("net", self.net), ("content_layer", self.content_layer)):
            changed = getattr(field, "committed", None) if isinstance(field, NumberField) else field.changed
            assert changed is not None
            changed.connect(_Setter(self, name, drag=isinstance(field, NumberField | WeightSlider)))
        self.layers.changed.connect(_Setter(self, "style_layers", drag=True))
        self.background.changed.connect(self.backgroundSet)
        self.more_nets.clicked.connect(self.weightsAsked)

    # --- showing ---------------------------------------------------------------------------------------------

    def show_settings(self, settings: StyleSettings) -> None:
        """Show what is set; a slider that a hand holds stays under it."""
        self._settings = settings
        for name, field in self._fields.items():
            if not (isinstance(field, WeightSlider) and field.slider.isSliderDown()):
                field.set_value(getattr(settings, name))
        self.rate.setVisible(settings.method != "lbfgs")
        self.seed.setVisible(settings.start == "noise")
        self._show_net()
        self._show_blend()

    def show_nets(self, statuses: Sequence[WeightsStatus]) -> None:
        """The nets on this computer that can lend their layers."""
        self._nets = tuple(
            (status.name, status.title)
            for status in statuses
            if status.architecture in BACKBONES and status.state in HERE
        )
        self._show_net()

    def show_plan(self, plan: Plan | None) -> None:
        """What the net lends, what to expect of it, and what the run takes."""
        if plan is None:
            return
        self.expect.say(plan.expect)
        self.plan_line.say(plan_text(plan))
        self.layers.show_plan(plan, self._settings.style_layers)
        options = [(name, title) for name, title, _maps in plan.layers]
        self.content_layer.set_options(options, plan.content)

    def say_plan(self, sentence: str) -> None:
        """Why there is no plan."""
        self.plan_line.say(sentence)

    def _show_net(self) -> None:
        options, net = list(self._nets), self._settings.net
        if net not in {name for name, _ in options}:
            options.insert(0, (net, f"{net} (not here)" if self._nets else net))
        self.net.set_options(options, net)

    def _show_blend(self) -> None:
        """A slider a style, where there are several."""
        blend = self._settings.blend
        wanted = len(blend) if len(blend) > 1 else 0
        while len(self.blend) < wanted:
            index = len(self.blend)
            slider = WeightSlider(f"Style {index + 1}", -2, 1, 1.0, tooltip="Its share of the blend")
            slider.changed.connect(_BlendSetter(self, index))
            self.blend.append(slider)
            self.live.add(slider)
        for index, slider in enumerate(self.blend):
            slider.setVisible(index < wanted)
            if index < wanted and not slider.slider.isSliderDown():
                slider.set_value(blend[index])

    def take(self, field: str, value: Any, gesture: str) -> None:
        """A person set a field."""
        changes: dict[str, Any] = {field: value}
        if field == "net":
            changes |= {"content_layer": "", "style_layers": ()}
        self.settingsChanged.emit(replace(self._settings, **changes), gesture)

    def take_blend(self, index: int, weight: float) -> None:
        """A person set the share of a style."""
        blend = self._settings.blend
        self.take("blend", (*blend[:index], weight, *blend[index + 1 :]), "style blend")


class _Setter:
    """Sets one field of the settings; plain, so that a signal can hold it as long as its control lives."""

    def __init__(self, controls: PaintControls, field: str, *, drag: bool = False) -> None:
        self._controls, self._field, self._gesture = controls, field, f"style {field}" if drag else ""

    def __call__(self, value: Any) -> None:
        self._controls.take(self._field, value, self._gesture)


class _BlendSetter:
    def __init__(self, controls: PaintControls, index: int) -> None:
        self._controls, self._index = controls, index

    def __call__(self, weight: float) -> None:
        self._controls.take_blend(self._index, weight)


def _note(text: str) -> Wrapped:
    note = Wrapped()
    note.say(text)
    return note
