"""The controls of the deconvnet view."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.pages.units.deconv.settings import DeconvSettings
from gui.theme import space
from gui.widgets.fields import Segmented

RULE_OPTIONS = (
    ("deconvnet", "Deconvnet", "Step through the deconvnet"),
    ("guided", "Guided", "Step through guided backpropagation"),
    ("gradient", "Gradient", "Step through the gradient"),
)
AREA_OPTIONS = (
    ("field", "Receptive field", "Only the pixels that the unit reads"),
    ("whole", "Whole input", "All that the net reads; outside of the receptive field everything is zero"),
)
SHOW_OPTIONS = (
    ("colour", "Colour", "Grey is zero; the colours are what is added or taken away"),
    ("strength", "Strength", "The largest magnitude of the three channels"),
)


class DeconvControls(QWidget):
    """ruleSet(str); zoomSet(bool); showSet(str)."""

    ruleSet = Signal(str)
    zoomSet = Signal(bool)
    showSet = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.rule = Segmented(RULE_OPTIONS)
        self.rule.setAccessibleName("Rule that is stepped through")
        self.area = Segmented(AREA_OPTIONS)
        self.area.setAccessibleName("Part of the picture")
        self.how = Segmented(SHOW_OPTIONS)
        self.how.setAccessibleName("Colours")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        for widget in (self.rule, self.area, self.how):
            column.addWidget(widget)
        self.rule.changed.connect(self.ruleSet)
        self.area.changed.connect(lambda key: self.zoomSet.emit(key == "field"))
        self.how.changed.connect(self.showSet)

    def show_settings(self, settings: DeconvSettings) -> None:
        """Show what is set."""
        self.rule.set_value(settings.rule)
        self.area.set_value("field" if settings.zoom else "whole")
        self.how.set_value(settings.show)
