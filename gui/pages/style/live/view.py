"""The view "Live": what plays, or the content, through a kept net or optimised live; nets are trained here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMessageBox, QVBoxLayout, QWidget

from engine.errors import ErrorReport
from engine.images import Frame
from engine.mailbox import Mailbox
from engine.style.fast.requests import FastList, KeptNet, Restyled, Trained, TrainFast
from gui.bridge import Bridge
from gui.pace import Pace
from gui.pages.base import Verb
from gui.pages.style.live import saving
from gui.pages.style.live.answers import Answers
from gui.pages.style.live.controls import LiveControls
from gui.pages.style.live.learning import TrainDesk
from gui.pages.style.live.settings import LiveSettings
from gui.pages.style.live.stage import LiveStage
from gui.pages.style.live.words import ended_text, failed_text, learning_text, live_text, title_of
from gui.pages.style.paint import curves
from gui.pages.style.paint.notice import Offer
from gui.pages.style.paint.words import size_text
from gui.pages.style.view import StyleView, Subject
from gui.tape import Tape
from gui.widgets.facts import Fact
from gui.widgets.picture import to_image
from gui.widgets.plot.line_plot import Axis

CONTENT_TILE: Final = 0
PREVIEW: Final = 256
"""The longer side of the content while a net learns, in pixels."""
NO_NET: Final = "No net is kept yet. Train one on the style, or choose “Optimise live”."
CANCELLED: Final = (
    "The training was cancelled; nothing of it was kept. “Stop and keep” ends one and keeps its net."
)
INVITE: Final = "Choose a content, or let the camera or a video play."


class LiveView(StyleView):
    """Owns the kept nets and the training; the page owns the pictures and the weights of the costs."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._subject: Subject | None = None
        self.settings = LiveSettings()
        self.answer: Restyled | None = None
        """What is on show."""
        self.found: FastList | None = None
        """The kept nets, None before they are known."""
        self._active = False
        self._problem = self._said = ""
        self._offers: tuple[Offer, ...] = ()
        self._pace = Pace()
        self.answers = Answers(bridge, self)
        self.desk = TrainDesk(bridge, self)
        self._controls, self.stage = LiveControls(), LiveStage()
        self.tape = Tape(self, "convscope-live-style.mp4")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.stage)
        self.setFocusProxy(self.stage)
        self._connect()

    def _connect(self) -> None:
        answers, desk, stage, controls = self.answers, self.desk, self.stage, self._controls
        answers.outdated.connect(self._outdated)
        answers.restyled.connect(self._restyled)
        answers.refused.connect(self._refused)
        answers.listed.connect(self._listed)
        answers.kept.connect(self._kept_after_all)
        answers.shelfFailed.connect(self._shelf_failed)
        desk.came.connect(self._show_training)
        desk.ended.connect(self._training_ended)
        desk.failed.connect(self._training_failed)
        desk.cancelled.connect(self._training_cancelled)
        controls.changed.connect(self.changed)
        controls.trainAsked.connect(self.train)
        controls.renameAsked.connect(answers.rename)
        controls.removeAsked.connect(self._remove)
        stage.looks.changed.connect(self._look_picked)
        stage.picture.dividerMoved.connect(self._divider_moved)
        stage.picture.hovered.connect(self._pixel_hovered)
        stage.picture.left.connect(self._left)
        stage.record_button.clicked.connect(self.tape.toggle)
        self.tape.told.connect(stage.show_recording)
        self.tape.said.connect(self.said)
        self.tape.began.connect(self._film)
        stage.pause_button.clicked.connect(self._pause_clicked)
        stage.stop_button.clicked.connect(desk.stop)
        stage.close_button.clicked.connect(self._put_training_away)

    # --- what a view gives -----------------------------------------------------------------------------------

    def controls(self) -> QWidget:
        return self._controls

    def show_subject(self, subject: Subject, own: Any) -> None:
        if self._subject is not None and (self._source(self._subject), self.settings) != (
            self._source(subject),
            own,
        ):
            self._problem = ""
        self._subject, self.settings = subject, own
        self._show_settings()
        self._show()
        self._follow()

    def set_active(self, active: bool) -> None:
        if active and not self._active:
            self._pace = Pace()
            self.answers.list_nets()  # files may have come or gone meanwhile
        self._active = active
        self.desk.rest(not active)
        if active:
            self._follow()
        else:
            self.answers.drop()
            self.tape.stop()

    def close_view(self) -> None:
        self.set_active(False)
        self.desk.close()
        self.tape.close()

    def facts(self) -> list[Fact]:
        rows: list[Fact] = []
        net, answer = self.net, self.answer
        if self.settings.way == "net" and net is not None:
            rows += [
                ("net", net.title, "It learned one style and paints in one pass (Johnson et al. 2016)."),
                ("learned from", ", ".join(net.styles), "The style, or the styles blended."),
                (
                    "by the eyes of",
                    net.settings.net,
                    "The net whose layers said what content and style cost.",
                ),
                ("steps", f"{net.steps:,}", "Of Adam, each on a few crops of photos."),
            ]
        if answer is not None:
            height, width = answer.pixels.shape[:2]
            rows += [
                ("painted at", size_text((width, height)), "Width × height in pixels."),
                ("took", f"{answer.seconds * 1000:.0f} ms", "The net alone, or the steps on this frame."),
                ("computed on", answer.device, ""),
            ]
        if self._playing and self._pace.fps:
            rows += [
                ("frame rate", f"{self._pace.fps:.1f} frames/s", "Paintings shown a second."),
                (
                    "latency",
                    f"{self._pace.latency * 1000:.0f} ms",
                    "From the camera to the screen, this frame.",
                ),
            ]
        return rows

    def toggle(self) -> bool:
        """Pause the training or let it go on; without one the key is free."""
        if not self.desk.under_way:
            return False
        self.desk.pause(not self.desk.paused)
        return True

    def verbs(self) -> list[Verb]:
        return saving.verbs(self)

    @property
    def settled(self) -> bool:
        if self._problem or (self.found is not None and self.settings.way == "net" and self.net is None):
            return True
        return self.found is not None and self._source(self._subject) is not None and self.answers.settled(
            self.settings.way
        )  # fmt: skip

    # --- what is painted -------------------------------------------------------------------------------------

    @property
    def net(self) -> KeptNet | None:
        """The net in use, None where none is kept or they are not known yet."""
        nets = () if self.found is None else self.found.nets
        return next((net for net in nets if net.name == self.settings.net), nets[0] if nets else None)

    @property
    def _playing(self) -> bool:
        return isinstance(self._source(self._subject), Mailbox)

    @staticmethod
    def _source(subject: Subject | None) -> Frame | Mailbox[Frame] | None:
        """What is to be painted: what plays in the tile of the content, or the content."""
        if subject is None:
            return None
        tile = getattr(subject.state, "tile", CONTENT_TILE)
        return subject.frames if subject.frames is not None and tile == CONTENT_TILE else subject.content

    def _follow(self) -> None:
        """See to it that what is asked for is what is wanted."""
        subject, settings, source = self._subject, self.settings, self._source(self._subject)
        if subject is None or not self._active or source is None:
            return
        if settings.way == "paint":
            styles = tuple(style for style in subject.styles if style is not None)
            if len(styles) == len(subject.styles):
                self.answers.want_painting(
                    styles, subject.settings, settings.paint_size, settings.evaluations, source
                )
        elif self.net is not None:
            frames = source if isinstance(source, Mailbox) else None
            self.answers.want_net(self.net.name, settings.size, subject.content, frames)
        else:
            self.answers.drop()

    @Slot()
    def _outdated(self) -> None:
        self.stage.picture.set_stale(True)

    @Slot(object)
    def _restyled(self, answer: Restyled) -> None:
        if self._playing:
            self._pace.shown(answer.frame.time_s)
        self.answer, self._problem = answer, ""
        self.stage.picture.set_stale(False)
        self._show()
        self._film()

    @Slot()
    def _film(self) -> None:
        """What is on show now belongs to the film, where there is one."""
        answer, settings = self.answer, self.settings
        if answer is not None and self.tape.running:
            self.tape.add(lambda: to_image(saving.as_looked_at(answer, settings)))

    @Slot(object)
    def _refused(self, report: ErrorReport) -> None:
        self._problem = f"{report.sentence} {report.hint}".strip()
        self._show()
        self.settledChanged.emit()

    # --- the kept nets ---------------------------------------------------------------------------------------

    @Slot(object)
    def _listed(self, found: FastList) -> None:
        self.found = found
        net = self.net
        self._controls.show_nets(found, "" if net is None else net.name)
        self._show()
        self._follow()

    @Slot(str)
    def _remove(self, name: str) -> None:
        net = next((net for net in (self.found or FastList(())).nets if net.name == name), None)
        if net is None:
            return
        question = f"Delete the net “{net.title}”? It has to be trained again then."
        yes = QMessageBox.StandardButton.Yes
        if QMessageBox.question(self, "Delete net", question, yes | QMessageBox.StandardButton.No) == yes:
            self.answers.remove(name)

    @Slot(object)
    def _shelf_failed(self, report: ErrorReport) -> None:
        self.said.emit(f"{report.sentence} {report.hint}".strip(), "warn")

    @Slot(object)
    def _kept_after_all(self, net: KeptNet) -> None:
        self._said, self._offers = "", ()
        self._take_net(net)

    def _take_net(self, net: KeptNet) -> None:
        """A net that was just trained is the one in use."""
        nets = () if self.found is None else tuple(one for one in self.found.nets if one.name != net.name)
        self.found = FastList((*nets, net), () if self.found is None else self.found.damaged)
        self._controls.show_nets(self.found, net.name)
        self.looked.emit(replace(self.settings, way="net", net=net.name))
        self.answers.list_nets()

    # --- training --------------------------------------------------------------------------------------------

    @Slot()
    def train(self) -> None:
        """A net learns the style as it is set now."""
        subject = self._subject
        found = None if subject is None else subject.complete
        if subject is None or found is None or self.desk.under_way:
            return
        content, styles = found
        own = self.settings
        self._said, self._offers = "", ()
        self.desk.start(
            TrainFast(
                title_of(styles), styles, subject.settings, own.fast, content, PREVIEW, own.folder,
                self.desk.new_orders(),
            )
        )  # fmt: skip

    @Slot(object)
    def _training_ended(self, trained: Trained) -> None:
        if trained.kept is not None:
            self._take_net(trained.kept)
        elif trained.step or trained.outcome == "memory":
            offer: Offer = (
                ("Try again to keep it", self._keep_again) if trained.step else ("Train again", self.train)
            )
            self._said, self._offers = ended_text(trained), (offer,)
            self._show_notice()

    @Slot()
    def _keep_again(self) -> None:
        self.answers.keep_again()

    @Slot(object)
    def _training_failed(self, report: ErrorReport) -> None:
        self._said, self._offers = f"{report.sentence} {report.hint}".strip(), (("Train again", self.train),)
        self._show_notice()

    @Slot()
    def _training_cancelled(self) -> None:
        self.said.emit(CANCELLED, "info")

    @Slot()
    def _pause_clicked(self) -> None:
        self.toggle()

    @Slot()
    def _put_training_away(self) -> None:
        self.desk.phase = "none"
        self._show_training()

    @Slot()
    def _show_training(self) -> None:
        """The training in words, its preview and its curves."""
        desk, stage = self.desk, self.stage
        trained = desk.trained
        shown = desk.under_way or (desk.phase in ("ended", "failed") and trained is not None)
        stage.show_training(shown, under_way=desk.under_way)
        self._show_trainable()
        if not shown or desk.request is None:
            return
        if desk.phase == "ended" and trained is not None:
            stage.learning.setText(ended_text(trained))
        elif desk.phase == "failed" and trained is not None:
            stage.learning.setText(failed_text(trained))
        else:
            stage.learning.setText(learning_text(trained, desk.request.title, paused=desk.paused))
        stage.show_paused(desk.paused)
        total, step = (1, 0) if trained is None else (trained.total, trained.step)
        stage.bar.setRange(0, total)
        stage.bar.setValue(step)
        stage.preview_caption.setText(f"While it learns: step {step}")
        stage.preview.set_rgb(None if trained is None else trained.pixels)
        lines = (
            curves.series(trained.costs, {}, "terms", weighted=True, growing=desk.under_way)
            if trained is not None and trained.costs
            else []
        )
        stage.plot.show_series(lines, Axis("step", integer=True), Axis("cost × weight", log=True))

    # --- showing ---------------------------------------------------------------------------------------------

    def _show_settings(self) -> None:
        net = self.net
        self._controls.show_settings(self.settings, "" if net is None else net.name)
        self._show_trainable()

    def _show_trainable(self) -> None:
        subject = self._subject
        possible = subject is not None and subject.complete is not None
        self._controls.show_training(self.desk.under_way, possible)

    def _show(self) -> None:
        """Everything that memory holds."""
        subject, stage, own, answer = self._subject, self.stage, self.settings, self.answer
        if subject is None:
            return
        content: npt.NDArray[np.uint8] | None = None if answer is None else answer.content
        if content is None and subject.content is not None:
            content = subject.content.pixels
        stage.looks.set_value(own.look)
        stage.picture.set_empty_text(INVITE)
        stage.picture.set_rgb(content if answer is None else answer.pixels)
        stage.picture.set_names("content", "painted")
        stage.picture.set_over(content if answer is not None and own.look == "wipe" else None, own.divider)
        stage.show_pair(own.look == "pair")
        stage.other.set_rgb(content if own.look == "pair" else None)
        self._show_words()
        self._show_notice()
        self.factsChanged.emit()

    def _show_words(self) -> None:
        stage, answer, net = self.stage, self.answer, self.net
        if answer is None:
            waits = self.settings.way == "paint" or net is not None or self.found is None
            stage.line.setText("Waiting for the first picture…" if waits else "")
            stage.caption.setText("")
            stage.other_caption.setText("")
            return
        stage.line.setText(live_text(answer, self._pace.fps, self._pace.latency, playing=self._playing))
        painter = next((one for one in (self.found or FastList(())).nets if one.name == answer.net), None)
        by = "optimised live" if answer.step else "by a net" if painter is None else f"by “{painter.title}”"
        stage.caption.setText(f"{Path(answer.frame.name).name}, {by}")
        stage.other_caption.setText(f"Itself: {Path(answer.frame.name).name}")

    def _show_notice(self) -> None:
        if self._problem:
            self.stage.notice.say(self._problem)
        elif self._said:
            self.stage.notice.say(self._said, self._offers)
        elif self.settings.way == "net" and self.found is not None and self.net is None:
            self.stage.notice.say(NO_NET, (("Train a net on this style", self.train),))
        else:
            self.stage.notice.say("")

    @Slot(str)
    def _look_picked(self, look: str) -> None:
        changes: dict[str, Any] = {"look": look}
        self.looked.emit(replace(self.settings, **changes))

    @Slot(float)
    def _divider_moved(self, share: float) -> None:
        self.looked.emit(replace(self.settings, divider=share))

    @Slot(int, int)
    def _pixel_hovered(self, x: int, y: int) -> None:
        answer = self.answer
        if answer is None or not (y < answer.pixels.shape[0] and x < answer.pixels.shape[1]):
            return
        self.pointed.emit(
            [
                ("pixel", f"row {y}, column {x}", "Of the picture on show, counted from 0."),
                ("painted", _colour(answer.pixels[y, x]), "Red, green, blue: 0 to 255."),
                ("content", _colour(answer.content[y, x]), "The same pixel before."),
            ]
        )

    @Slot()
    def _left(self) -> None:
        self.pointed.emit([])


def _colour(values: npt.NDArray[np.uint8]) -> str:
    return ", ".join(str(int(value)) for value in values)
