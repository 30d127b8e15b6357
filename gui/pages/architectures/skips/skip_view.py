"""Why skip connections: the residual block in numbers, and what arrives at the first layer of a deep net."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import QSizeF, Signal, Slot
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from gui.bridge import Bridge
from gui.pages.architectures.skips.skip_block import SkipBlock
from gui.pages.architectures.skips.skip_gradients import SkipGradients
from gui.pages.architectures.skips.skip_numbers import block_numbers
from gui.pages.architectures.skips.skip_state import (
    DEPTHS,
    MOST_SEED,
    NO_IDENTITY,
    PRESETS,
    STEPS,
    SkipState,
    with_cell,
    with_preset,
    with_projection,
)
from gui.theme import space, theme
from gui.widgets.choices import Choice, Segmented
from gui.widgets.int_stepper import IntStepper
from gui.widgets.toggle import Toggle

__all__ = ["SkipState", "SkipView"]

PARTS: Final = (
    ("block", "The block", "The residual block in numbers, step by step"),
    (
        "gradients",
        "Deep nets",
        "Gradient norm of every layer, plain and residual, measured now",
    ),
)
QUANTITIES: Final = (
    ("gradient", "Gradient norm", "Norm of the loss's gradient with respect to each layer's weights"),
    ("signal", "Signal", "Standard deviation of the activations behind each layer"),
)
INITS: Final = (
    ("he", "He: √(2 / in)"), ("glorot", "Glorot: √(2 / (in + out))"), ("small", "Small: 0.01"),
)  # fmt: skip
CHOICE_WIDTH: Final = 184
SEED_WIDTH: Final = 132


class SkipView(QWidget):
    """Shows a SkipState; what a person sets is told, and shown when `show_state` is called with it.

    changed(SkipState, gesture): the new state; quick changes of one gesture are one undo step, those in LOOKING (the
    step's row, the part, the plot's quantity) are no change at all. pointed(rows): facts for the inspector
    (gui.widgets.facts) about what is under the pointer; [] for nothing.
    """

    changed = Signal(object, str)
    pointed = Signal(list)

    LOOKING: Final = ("part", "row", "quantity")

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = SkipState().filled()
        self.block, self.gradients = SkipBlock(), SkipGradients(bridge)
        self._active = False
        self._make_controls()
        self._build()
        self._connect()
        self.show_state(self._state)

    # --- what is shown --------------------------------------------------------------------------------------

    @property
    def state(self) -> SkipState:
        """The state on show."""
        return self._state

    def show_state(self, state: SkipState) -> None:
        """Show a state (its numbers filled in where it has none of its own)."""
        state = state.filled()
        self._state = state
        self.parts.set_value(state.part)
        identity = self.preset.combo.findData("identity")
        self.preset.combo.setItemText(identity, NO_IDENTITY if state.projection else PRESETS["identity"])
        self.preset.set_value(state.preset)
        self.projection.set_value(state.projection)
        self.layers.set_value(str(state.depth))
        self.batch_norm.set_value(state.batch_norm)
        self.init.set_value(state.init)
        self.seed.set_value(state.net_seed)
        self.quantity.set_value(state.quantity)
        gradients = state.part == "gradients"
        self._stack.setCurrentWidget(self.gradients if gradients else self.block)
        for widget in self._block_controls:
            widget.setVisible(not gradients)
        for widget in self._gradient_controls:
            widget.setVisible(gradients)
        self._gradient_bar.setVisible(gradients)
        self.block.show_block(state)
        self.gradients.show_state(state)
        self.gradients.set_active(self._active and gradients)

    def set_active(self, active: bool) -> None:
        """Whether the view is in sight; out of it nothing is measured."""
        self._active = active
        self.gradients.set_active(active and self._state.part == "gradients")

    def steps(self) -> int:
        """How many steps the stepper has: those of the block, none (0) for the measurement."""
        return STEPS if self._state.part == "block" else 0

    def set_step(self, step: int) -> None:
        """Show a step of the block; tells nobody. `state` has it then."""
        if 0 <= step < STEPS:
            self.show_state(replace(self._state, step=step))

    @property
    def settled(self) -> bool:
        """Whether what the state owes is on the screen."""
        return self._state.part == "block" or self.gradients.settled

    @property
    def sentence(self) -> str:
        """What is on show, in words: the caption of an export."""
        return self.block.scene.description if self._state.part == "block" else self.gradients.sentence

    def arrays(self) -> list[tuple[str, Any]]:
        """The numbers on show, named, for CSV; nothing before the first measurement."""
        if self._state.part == "block":
            numbers = block_numbers(self._state)
            names = (
                "x",
                "w1",
                "b1",
                "z1",
                "a1",
                "w2",
                "b2",
                "z2",
                "ws",
                "skip",
                "total",
                "out",
                "plain",
                "slope",
                "plain_slope",
                "through",
                "added",
            )
            return [(name, value) for name in names if (value := getattr(numbers, name)) is not None]
        norms = self.gradients.norms
        if norms is None:
            return []
        measured = ("plain", "residual", "signal_plain", "signal_residual")
        return [(name, getattr(norms, name)) for name in measured]

    def preferred_size(self) -> QSizeF:
        return self.block.preferred_size() if self._state.part == "block" else self.gradients.preferred_size()

    def paint(self, painter: QPainter, size: QSizeF) -> None:
        """Draw what is on show, without the controls."""
        if self._state.part == "block":
            self.block.paint(painter, size)
        else:
            painter.fillRect(0, 0, round(size.width()), round(size.height()), theme.colors.window)
            self.gradients.paint(painter, size)

    # --- parts ----------------------------------------------------------------------------------------------

    def _make_controls(self) -> None:
        self.parts = Segmented(PARTS)
        presets = [(key, name) for key, name in PRESETS.items()]
        self.preset = Choice("", presets, tooltip="Numbers to begin with")
        self.preset.combo.setAccessibleName("Numbers of the block")
        self.other = QPushButton("Draw anew")
        self.other.setToolTip("Draw new random numbers")
        self.projection = Toggle(
            "Wₛ", tooltip="A block that puts out three values: Wₛ adapts the skip connection"
        )
        depths = [(str(depth), str(depth), f"Nets of {depth} layers") for depth in DEPTHS]
        self.layers = Segmented(depths, label="")
        self.layers.setAccessibleName("Depth of the nets")
        self.batch_norm = Toggle("Batch norm", tooltip="A batch normalisation behind every convolution")
        self.init = Choice("", INITS, tooltip="Standard deviation of the first weights")
        self.init.combo.setAccessibleName("Initialisation")
        self.seed = IntStepper("", low=0, high=MOST_SEED, tooltip="Seed of the random weights and pictures")
        self.seed.edit.setAccessibleName("Seed")
        self.quantity = Segmented(QUANTITIES)
        self._block_controls: tuple[QWidget, ...] = (self.preset, self.projection, self.other)
        self._gradient_controls: tuple[QWidget, ...] = (self.init, self.quantity)

    def _build(self) -> None:
        first = QHBoxLayout()
        first.setContentsMargins(space.l, space.s, space.l, 0)
        first.setSpacing(space.m)
        first.addWidget(self.parts)
        first.addStretch(1)
        for choice in (self.preset, self.init):
            choice.setMinimumWidth(CHOICE_WIDTH)
        for widget in (*self._block_controls, *self._gradient_controls):
            first.addWidget(widget)
        self._gradient_bar = QWidget()
        second = QHBoxLayout(self._gradient_bar)
        second.setContentsMargins(space.l, space.s, space.l, 0)
        second.setSpacing(space.m)
        self.seed.setFixedWidth(SEED_WIDTH)
        for name, control in (("Layers", self.layers), ("", self.batch_norm), ("Seed", self.seed)):
            if name:
                second.addWidget(QLabel(name))
            second.addWidget(control)
        second.addStretch(1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.block)
        self._stack.addWidget(self.gradients)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(first)
        column.addWidget(self._gradient_bar)
        column.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self.parts.changed.connect(self._part_picked)
        self.preset.changed.connect(self._preset_picked)
        self.other.clicked.connect(self._draw_others)
        self.projection.changed.connect(self._projection_picked)
        self.layers.changed.connect(self._depth_picked)
        self.batch_norm.changed.connect(self._norm_picked)
        self.init.changed.connect(self._init_picked)
        self.seed.committed.connect(self._seed_picked)
        self.quantity.changed.connect(self._quantity_picked)
        self.block.numberEdited.connect(self._number_edited)
        self.block.rowPicked.connect(self._row_picked)
        self.block.numberPointed.connect(self.pointed)
        self.gradients.read.connect(self.pointed)

    def _tell(self, gesture: str, **changes: Any) -> None:
        state = replace(self._state, **changes)
        if state != self._state:
            self.changed.emit(state, gesture)

    @Slot(str)
    def _part_picked(self, part: str) -> None:
        self._tell("part", part=part)

    @Slot(str)
    def _preset_picked(self, preset: str) -> None:
        state = with_preset(self._state, preset)  # type: ignore[arg-type]
        if state != self._state:
            self.changed.emit(state, "preset")

    @Slot()
    def _draw_others(self) -> None:
        preset = "random" if self._state.preset in ("custom", "identity") else self._state.preset
        seed = (self._state.seed + 1) % (MOST_SEED + 1)
        self.changed.emit(with_preset(replace(self._state, seed=seed), preset), "seed")

    @Slot(bool)
    def _projection_picked(self, projection: bool) -> None:
        self.changed.emit(with_projection(self._state, projection), "projection")

    @Slot(str)
    def _depth_picked(self, depth: str) -> None:
        self._tell("depth", depth=int(depth))

    @Slot(bool)
    def _norm_picked(self, batch_norm: bool) -> None:
        self._tell("batch norm", batch_norm=batch_norm)

    @Slot(str)
    def _init_picked(self, init: str) -> None:
        self._tell("init", init=init)

    @Slot(object)
    def _seed_picked(self, seed: object) -> None:
        self._tell("net seed", net_seed=int(str(seed)))

    @Slot(str)
    def _quantity_picked(self, quantity: str) -> None:
        self._tell("quantity", quantity=quantity)

    @Slot(str, int, int, float)
    def _number_edited(self, name: str, row: int, column: int, value: float) -> None:
        state = with_cell(self._state, name, row, column, value)
        if state != self._state:
            self.changed.emit(state, f"{name} {row} {column}")

    @Slot(int)
    def _row_picked(self, row: int) -> None:
        self._tell("row", row=row)
