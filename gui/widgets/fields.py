"""The controls of a panel, all of one height and with one label column: the public door of the modules beside it."""

from __future__ import annotations

from gui.widgets.choices import Choice, Segmented
from gui.widgets.int_stepper import IntStepper
from gui.widgets.number_field import REASON_MS, NumberField
from gui.widgets.number_text import FieldProblem, Problem, format_number, parse_number
from gui.widgets.section import Section
from gui.widgets.slider import SliderField
from gui.widgets.toggle import Toggle

__all__ = [
    "REASON_MS",
    "Choice",
    "FieldProblem",
    "IntStepper",
    "NumberField",
    "Problem",
    "Section",
    "Segmented",
    "SliderField",
    "Toggle",
    "format_number",
    "parse_number",
]
