"""The left panel: which net, which picture, and what is shown of the answer."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton

from engine.networks.requests import WeightsStatus
from gui.pages.classify.answers import downloadable, usable
from gui.pages.classify.state import ClassifyState
from gui.pages.side_panel import SidePanel
from gui.widgets.fields import Choice, Section, Toggle
from gui.widgets.plain_text import literal
from gui.widgets.source_picker import SourcePicker

READING = "The list of nets is being read."
MORE = "More nets on the page Weights…"
COMPARES = "Beside each bar: what it was before the picture was cropped, turned or painted over"
NOWHERE = "None of the nets is on this computer. The page Weights downloads or imports them."


class ClassifyControls(QObject):
    """Fills the page's left panel.

    netPicked(str); compareSet(bool); logitsSet(bool); weightsAsked(): lead to the page Weights.
    """

    netPicked = Signal(str)
    compareSet = Signal(bool)
    logitsSet = Signal(bool)
    weightsAsked = Signal()

    def __init__(self, panel: SidePanel, picker: SourcePicker) -> None:
        super().__init__(panel)
        self.nets = Choice("", [])
        self.nets.combo.setAccessibleName("Net")
        self.about = QLabel(READING)
        self.about.setProperty("role", "muted")
        self.about.setWordWrap(True)
        self.about.setTextFormat(Qt.TextFormat.PlainText)
        self.more = QPushButton(MORE)
        self.more.hide()
        self.compare = Toggle("Compare with the original", value=True)
        self.logits = Toggle(
            "Show logits", tooltip="The net's own numbers, before the softmax turns them into shares"
        )
        net = Section("Net")
        for widget in (self.nets, self.about, self.more):
            net.add(widget)
        picture = Section("Picture")
        picture.add(picker)
        answer = Section("Answer")
        answer.add(self.compare)
        answer.add(self.logits)
        for section in (net, picture, answer):
            panel.add(section)
        panel.end()
        self._known: tuple[WeightsStatus, ...] = ()
        self.nets.changed.connect(self.netPicked)
        self.compare.changed.connect(self.compareSet)
        self.logits.changed.connect(self.logitsSet)
        self.more.clicked.connect(self.weightsAsked)

    @property
    def usable(self) -> tuple[WeightsStatus, ...]:
        """The nets that can answer now."""
        return tuple(status for status in self._known if usable(status))

    def status_of(self, name: str) -> WeightsStatus | None:
        """What is known about weights, None where they are not listed."""
        return next((status for status in self._known if status.name == name), None)

    def show_list(self, found: tuple[WeightsStatus, ...], state: ClassifyState) -> None:
        """Show the nets there are."""
        self._known = found
        absent = sum(downloadable(status) for status in found)
        nets = "1 net" if absent == 1 else f"{absent} nets"
        self.more.setToolTip(f"{nets} can be downloaded there, or imported from a file")
        self.more.setVisible(absent > 0)
        self.show_state(state)

    def show_failure(self, sentence: str) -> None:
        """The list could not be read."""
        self.about.setText(sentence)

    def show_state(self, state: ClassifyState) -> None:
        """Show what is set; weights that are not here stay in the list, marked."""
        options = [(status.name, status.title) for status in self.usable]
        chosen = self.status_of(state.weights)
        if state.weights not in {name for name, _ in options}:
            title = chosen.title if chosen is not None else state.weights
            missing = f"{title} (not here)" if self._known else title
            options.insert(0, (state.weights, missing))
        self.nets.set_options(options, state.weights)
        self._mark_figures()
        if self._known:
            self.about.setText(_about(chosen) if self.usable else NOWHERE)
        self.compare.set_value(state.compare)
        self.logits.set_value(state.logits)

    def show_comparable(self, why_not: str) -> None:
        """Whether there is an original to compare with: "" where there is, else what to do about it."""
        self.compare.setEnabled(not why_not)
        self.compare.setToolTip(why_not or COMPARES)

    def _mark_figures(self) -> None:
        """What each net reaches, as a tooltip of its entry."""
        combo = self.nets.combo
        widest = 0
        for index in range(combo.count()):
            status = self.status_of(str(combo.itemData(index)))
            tip = "" if status is None else _about(status)
            combo.setItemData(index, literal(tip), Qt.ItemDataRole.ToolTipRole)
            widest = max(widest, combo.fontMetrics().horizontalAdvance(combo.itemText(index)))
        combo.view().setMinimumWidth(widest + 2 * combo.fontMetrics().averageCharWidth() * 2)


def _about(status: WeightsStatus | None) -> str:
    """One line about a net: what it reaches, where it is from."""
    if status is None:
        return "These weights are not in the list any more."
    if not usable(status):
        return "These weights are not on this computer. The page Weights downloads or imports them."
    parts = [status.figures, status.source, status.licence]
    return " · ".join(part for part in parts if part)
