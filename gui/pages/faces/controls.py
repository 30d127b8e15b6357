"""The left panel: which picture, whose gallery, which nets, the threshold, and what the view on show lets set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from engine.faces.evaluate import LARGEST
from engine.faces.requests import SMALLEST, DetectorStatus, EmbedderStatus, FaceModels
from gui.pages.faces.nets import about, here, missing
from gui.pages.faces.state import FacesState
from gui.pages.faces.view import Subject
from gui.pages.side_panel import SidePanel
from gui.pages.views.section import ViewSection
from gui.widgets.fields import Choice, IntStepper, Section, Segmented, SliderField
from gui.widgets.plain_text import literal
from gui.widgets.source_picker import SourcePicker
from gui.widgets.wrapped import Wrapped

READING: Final = "The list of nets is being read."
SCENE: Final = "Drawn people in a drawn room: nobody of them ever lived. Play with them, then take a photo."
DRAWN: Final = "Drawn people, kept until the program ends. Switch to your own to enrol a real person."
OWN: Final = "People who agreed, kept on this computer only."
GET: Final = "Get it on the page Weights…"
LARGEST_SIDE: Final = 400


class FacesControls(QObject):
    """Fills the page's left panel.

    picked(str, object): a field of the state and its value; moved(str, object): the same while a hand moves;
    weightsAsked(str): the page Weights, at these weights.
    """

    picked = Signal(str, object)
    moved = Signal(str, object)
    weightsAsked = Signal(str)

    def __init__(self, panel: SidePanel, picker: SourcePicker) -> None:
        super().__init__(panel)
        self._missing = ""
        self.scene = Wrapped()
        self.scene.say(SCENE)
        picker.add_kind("preset", "emoticon-outline", "Drawn", self.scene, first=True)
        picker.leave_out("drawing")  # nobody draws a face by hand in which a net finds one
        self.people = Segmented(
            [
                ("drawn", "Drawn people", "A gallery to play with"),
                ("own", "My people", "Kept on this computer"),
            ]
        )
        self.people.setAccessibleName("Gallery")
        self.about_people = Wrapped()
        self.threshold = SliderField(
            "Threshold", 0.0, LARGEST, 0.01, 1.0, lambda v: f"{v:.2f}",
            tooltip="The largest squared distance that is called the same person",
        )  # fmt: skip
        self.usual = QPushButton()
        self.usual.setToolTip("The threshold that the makers of the embedder suggest")
        self.detector, self.embedder = Choice("Detector", []), Choice("Embedder", [])
        self.smallest = IntStepper(
            "Smallest", value=40, low=SMALLEST, high=LARGEST_SIDE,
            tooltip="Faces with fewer pixels a side do not count",
        )  # fmt: skip
        self.about, self.get = Wrapped(), QPushButton(GET)
        self.about.say(READING)
        self.get.hide()
        self.view_section, self.picture = ViewSection(), Section("Picture")
        self._fill(panel, picker)
        self._connect()

    def _fill(self, panel: SidePanel, picker: SourcePicker) -> None:
        gallery, nets = Section("Gallery"), Section("Nets")
        for section, widgets in (
            (self.picture, (picker,)),
            (gallery, (self.people, self.about_people, self.threshold, self.usual)),
            (nets, (self.detector, self.embedder, self.about, self.get, self.smallest)),
        ):  # fmt: skip
            for widget in widgets:
                section.add(widget)
        for section in (self.picture, self.view_section, gallery, nets):
            panel.add(section)
        panel.end(steady=True)

    def _connect(self) -> None:
        self.people.changed.connect(lambda key: self.picked.emit("people", key))
        self.threshold.changed.connect(lambda value: self.moved.emit("threshold", value))
        self.usual.clicked.connect(lambda: self.picked.emit("threshold", None))
        self.detector.changed.connect(lambda key: self.picked.emit("detector", key))
        self.embedder.changed.connect(lambda key: self.picked.emit("embedder", key))
        self.smallest.committed.connect(lambda value: self.picked.emit("smallest", value))
        self.get.clicked.connect(lambda: self.weightsAsked.emit(self._missing))

    def show_view(self, title: str, controls: QWidget | None, *, needs_picture: bool) -> None:
        """The controls of a view."""
        self.view_section.show_view(title, controls)
        self.picture.setVisible(needs_picture)

    def show_state(self, state: FacesState, subject: Subject) -> None:
        """Show what is set, and what there is to choose from."""
        self.people.set_value(state.people)
        self.about_people.say(DRAWN if state.people == "drawn" else OWN)
        if not self.threshold.slider.isSliderDown():
            self.threshold.set_value(subject.threshold)
        self.smallest.set_value(state.smallest)
        self._show_usual(state, subject.embedder)
        self._show_nets(state, subject.models)

    def _show_usual(self, state: FacesState, embedder: EmbedderStatus | None) -> None:
        self.usual.setVisible(embedder is not None and state.threshold is not None)
        if embedder is not None:
            self.usual.setText(f"Back to {embedder.threshold:.2f}, as suggested")

    def _show_nets(self, state: FacesState, models: FaceModels | None) -> None:
        detectors = () if models is None else models.detectors
        embedders = () if models is None else models.embedders
        self._offer(self.detector, detectors, state.detector)
        self._offer(self.embedder, embedders, state.embedder)
        if models is not None:
            detector = next((one for one in detectors if one.name == state.detector), None)
            embedder = next((one for one in embedders if one.name == state.embedder), None)
            self._missing = missing(detector, embedder)
            self.about.say(about(detector, embedder))
            self.get.setVisible(bool(self._missing))

    def _offer(self, choice: Choice, listed: Sequence[DetectorStatus | EmbedderStatus], chosen: str) -> None:
        options = [
            (one.name, one.title if here(one.weights) else f"{one.title} (not here)") for one in listed
        ]
        if chosen not in {name for name, _ in options}:
            options.insert(0, (chosen, chosen))
        choice.set_options(options, chosen)
        for place, (name, title) in enumerate(options):
            status = next((one for one in listed if one.name == name), None)
            tip = status.word if isinstance(status, EmbedderStatus) else title
            choice.combo.setItemData(place, literal(tip), Qt.ItemDataRole.ToolTipRole)

    def show_failure(self, sentence: str) -> None:
        """The list could not be read."""
        self.about.say(sentence)
