"""The lambdas: a slider for every layer that the net lends."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from engine.style.requests import Plan
from gui.pages.style.paint.weight_slider import WeightSlider
from gui.theme import space
from gui.widgets.wrapped import Wrapped

LOWEST, HIGHEST = -3, 1
WAITING: Final = "The layers come with the net."
ABOUT: Final = (
    "λ of every layer: how much its Gram matrix counts. Early layers give colours and grain, late ones larger "
    "strokes."
)

Lambdas = tuple[tuple[str, float], ...]


class LayerWeights(QWidget):
    """changed(Lambdas): the weights of all layers as a person wants them; () for the usual ones."""

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layers: tuple[tuple[str, str, int], ...] = ()
        self.sliders: dict[str, WeightSlider] = {}
        self.about = Wrapped()
        self.about.say(WAITING)
        self.usual = QPushButton("The usual weights")
        self.usual.setToolTip("Every usual layer of this net counts alike")
        self.usual.clicked.connect(self._reset)
        self.usual.hide()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(space.xs)
        self._column.addWidget(self.about)
        self._column.addWidget(self.usual)

    def show_plan(self, plan: Plan, chosen: Lambdas) -> None:
        """The layers of a net, and what each counts: as `chosen`, or as usual where nothing is."""
        if plan.layers != self._layers:
            self._build(plan.layers)
        weights = dict(chosen or plan.style)
        for name, slider in self.sliders.items():
            if not slider.slider.isSliderDown():
                slider.set_value(weights.get(name, 0.0))
        self.usual.show()
        self.about.say(ABOUT)

    def _build(self, layers: tuple[tuple[str, str, int], ...]) -> None:
        for slider in self.sliders.values():
            self._column.removeWidget(slider)
            slider.deleteLater()
        self._layers, self.sliders = layers, {}
        for index, (name, title, maps) in enumerate(layers):
            slider = WeightSlider(
                title, LOWEST, HIGHEST, 0.0, tooltip=f"{name}: {maps} maps, {maps} × {maps} products"
            )
            slider.changed.connect(self._moved)
            self.sliders[name] = slider
            self._column.insertWidget(1 + index, slider)

    @Slot()
    def _moved(self) -> None:
        self.changed.emit(tuple((name, slider.value) for name, slider in self.sliders.items() if slider.value > 0)
                          or tuple((name, 0.0) for name in self.sliders))  # fmt: skip

    @Slot()
    def _reset(self) -> None:
        self.changed.emit(())
