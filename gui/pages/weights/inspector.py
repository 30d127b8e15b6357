"""The right panel of the weights page: everything about the chosen weights, and what can be done with them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QSize, Qt, Signal, SignalInstance, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QWidget

from gui.pages.side_panel import SidePanel
from gui.pages.weights import listing
from gui.pages.weights.list_paint import tone_color
from gui.pages.weights.listing import ACT_ICONS, ACT_WORDS, Row
from gui.pages.weights.passages import Passage
from gui.theme import ICON_SIZE, space, theme
from gui.widgets.facts import Fact, Facts

NOTHING = "Choose weights in the list to see where they come from and what may be done with them."


class WeightsInspector(QObject):
    """Builds the panel and shows one row in it. Its buttons only ask."""

    actAsked = Signal(str)
    removeAsked = Signal(str)
    folderAsked = Signal(str)
    classifyAsked = Signal(str)
    detectAsked = Signal(str)
    networkAsked = Signal(str)
    """The name of the architecture whose page is asked for."""
    cardAsked = Signal(str)

    def __init__(self, panel: SidePanel) -> None:
        super().__init__(panel)
        self._row: Row | None = None
        self._armed = ""
        self.title = _label("section")
        self.sign, self.state = QLabel(), _label("")
        self.bar, self.bytes = QProgressBar(), _label("muted")
        self.act, self.remove, self.folder = QPushButton(), QPushButton(), QPushButton("Show folder")
        self.classify, self.detect = QPushButton("Classify with it"), QPushButton("Detect with it")
        self.network, self.card = QPushButton("Show its network"), QPushButton("Model card")
        self.facts = Facts()
        self.note = _label("muted")
        self.source = Passage("Source")
        self.licence = Passage("Licence")
        self.citation = Passage("Please cite", copies=True)
        self.checksum = Passage("SHA-256", mono=True, copies=True)
        self.address = Passage("Address", copies=True)
        self.place = Passage("Where it lies", copies=True)
        self._build(panel)
        self.act.clicked.connect(self._act)
        self.remove.clicked.connect(self._remove)
        self.folder.clicked.connect(self._folder)
        for button, signal in (
            (self.classify, self.classifyAsked), (self.detect, self.detectAsked), (self.card, self.cardAsked),
            (self.network, self.networkAsked),
        ):  # fmt: skip
            button.clicked.connect(self._leads(signal))
        theme.changed.connect(self._retint)
        self.show_row(None)

    def _build(self, panel: SidePanel) -> None:
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Download")
        self.bar.setRange(0, 1000)
        self.sign.setFixedWidth(ICON_SIZE)
        panel.add(self.title)
        panel.add(_row((self.sign, 0), (self.state, 1)))
        panel.add(self.bar)
        panel.add(self.bytes)
        panel.add(self.act)
        panel.add(self.classify)
        panel.add(self.detect)
        self.ways = _row((self.network, 1), (self.card, 1))
        panel.add(self.ways)
        self.file_buttons = _row((self.folder, 1), (self.remove, 1))
        panel.add(self.file_buttons)
        panel.add(self.facts)
        panel.add(self.note)
        for passage in (self.source, self.licence, self.citation, self.checksum, self.address, self.place):
            panel.add(passage)
        panel.end(steady=True)

    @property
    def row(self) -> Row | None:
        """The row on show."""
        return self._row

    def show_row(self, row: Row | None) -> None:
        """Show weights, or an invitation to choose some."""
        if row is None or self._row is None or row.name != self._row.name:
            self._armed = ""
        self._row = row
        self.title.setText("Weights" if row is None else row.status.title)
        self.state.setText(NOTHING if row is None else listing.sentence(row))
        self._show_progress(row)
        self._show_buttons(row)
        self._show_facts(row)
        self._retint()

    def _show_progress(self, row: Row | None) -> None:
        share = None if row is None else row.share
        self.bar.setVisible(share is not None)
        self.bytes.setVisible(share is not None)
        if row is not None and row.transfer is not None and share is not None:
            self.bar.setValue(round(1000 * share))
            parts = (listing.bytes_text(row.transfer), listing.progress_text(row.transfer))
            self.bytes.setText(" · ".join(dict.fromkeys(part for part in parts if part)))

    def _show_buttons(self, row: Row | None) -> None:
        act = None if row is None else row.act
        self.act.setVisible(act is not None)
        self.act.setText("" if act is None else ACT_WORDS[act])
        primary = act in ("download", "resume", "retry")
        if self.act.property("primary") is not primary:
            self.act.setProperty("primary", primary)
            self.act.style().polish(self.act)
        self.remove.setVisible(row is not None and row.removable)
        armed = row is not None and self._armed == row.name
        self.remove.setText("Really?" if armed else ACT_WORDS["remove"])
        self.remove.setToolTip(
            "Delete it from the models folder" if not armed else "Once more, and it is deleted"
        )
        self.folder.setVisible(row is not None and row.status.path is not None)
        self.file_buttons.setVisible(not (self.folder.isHidden() and self.remove.isHidden()))
        status = None if row is None else row.status
        self.classify.setVisible(status is not None and listing.classifies(status))
        self.detect.setVisible(status is not None and listing.detects(status))
        self.network.setVisible(status is not None and listing.known_network(status.architecture))
        self.card.setVisible(status is not None and listing.card_of(status) is not None)
        self.ways.setVisible(not (self.network.isHidden() and self.card.isHidden()))

    def _show_facts(self, row: Row | None) -> None:
        status = None if row is None else row.status
        self.facts.show_rows([] if row is None else _facts(row))
        self.note.setText("" if status is None or status.state == "damaged" else status.note)
        self.note.setVisible(bool(self.note.text()))
        self.source.show_text("" if status is None else status.source)
        self.licence.show_text("" if status is None else status.licence or "Not stated in the file.")
        self.citation.show_text("" if status is None else status.citation)
        self.checksum.show_text("" if status is None else status.sha256)
        known = status is not None and len(status.sha256) < 64
        own = status is not None and status.state == "imported"
        caption = "SHA-256 (its first digits)" if known else "SHA-256"
        self.checksum.caption.setText("SHA-256 of the original file" if own else caption)
        self.address.show_text("" if status is None else status.url)
        self.place.show_text("" if status is None or status.path is None else str(status.path))

    @property
    def armed(self) -> str:
        """The name whose next removal is carried out."""
        return self._armed

    def arm(self, name: str) -> None:
        """Ask once more before the weights of that name are removed."""
        self._armed = name
        self._show_buttons(self._row)

    def _leads(self, signal: SignalInstance) -> Callable[[], None]:
        """What a button does that leads on: tell the name of the row, or of its architecture."""

        def lead() -> None:
            if self._row is not None:
                name = self._row.status.architecture if signal is self.networkAsked else self._row.name
                signal.emit(name)

        return lead

    @Slot()
    def _act(self) -> None:
        if self._row is not None:
            self.actAsked.emit(self._row.name)

    @Slot()
    def _remove(self) -> None:
        if self._row is not None:
            self.removeAsked.emit(self._row.name)

    @Slot()
    def _folder(self) -> None:
        if self._row is not None:
            self.folderAsked.emit(self._row.name)

    @Slot()
    def _retint(self) -> None:
        row = self._row
        self.sign.setVisible(row is not None)
        if row is None:
            return
        self.sign.setPixmap(theme.pixmap(listing.icon(row), ICON_SIZE, tone_color(listing.tone(row))))
        if row.act is not None:
            tint = theme.colors.on_accent if self.act.property("primary") else theme.colors.text
            self.act.setIcon(theme.icon(ACT_ICONS[row.act], tint))
        self.remove.setIcon(theme.icon(ACT_ICONS["remove"]))
        self.folder.setIcon(theme.icon("folder-outline"))
        self.classify.setIcon(theme.icon("tag-outline"))
        self.detect.setIcon(theme.icon("image-search-outline"))
        self.network.setIcon(theme.icon("graph-outline"))
        self.card.setIcon(theme.icon("file-document-outline"))
        for button in (
            self.act,
            self.remove,
            self.folder,
            self.classify,
            self.detect,
            self.network,
            self.card,
        ):
            button.setIconSize(QSize(ICON_SIZE, ICON_SIZE))


def _facts(row: Row) -> list[Fact]:
    status = row.status
    size = "not stated" if status.bytes is None else f"{status.bytes:,} bytes"
    if status.approximate:
        size = listing.size_text(status.bytes, True)
    facts: list[Fact] = [("Task", status.task, "What the network was trained for.")]
    if status.architecture:
        facts.append(("Network", status.architecture, "The architecture that these weights belong to."))
    if status.figures and status.task == "detection":
        tip = "Mean average precision: the area under precision against recall, averaged over classes (Boxes, Scoring)."
        facts.append(("Precision", status.figures, tip))
    elif status.figures and status.task == "face embedding":
        tip = "How often two photos of one person are nearer than photos of two: the area under its ROC."
        facts.append(("Separation", status.figures, tip))
    elif status.figures and status.task == "face landmarks":
        tip = "How far its five points are from those of YuNet on average, in the boxes of the Haar cascade."
        facts.append(("Exactness", status.figures, tip))
    elif status.figures:
        tip = "The share of unseen pictures whose first guess is right."
        facts.append(("Accuracy", status.figures, tip))
    facts.append(("Size", size, "Of all files that belong to it."))
    if len(status.files) > 1:
        facts.append(("Files", str(len(status.files)), "\n".join(status.files)))
    return facts


def _label(role: str) -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    if role:
        label.setProperty("role", role)
    return label


def _row(*parts: tuple[QWidget, int]) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(space.s)
    for widget, stretch in parts:
        row.addWidget(widget, stretch, Qt.AlignmentFlag.AlignTop)
    return holder
