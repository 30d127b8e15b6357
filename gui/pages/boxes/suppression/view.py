"""The view "Non-max suppression": wires picture, cards, panel, stepper and engine to the settings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.detection.requests import Annotated, DetectorSettings, DetectPicture
from engine.detection.suppression.requests import CheckSuppression
from engine.errors import ErrorReport, UserError
from engine.images import Frame
from engine.jobs import Priority
from gui.bridge import Bridge
from gui.checking import LIVE, Checking
from gui.film import FilmSource
from gui.latest import Latest
from gui.pages.boxes.suppression import film, words
from gui.pages.boxes.suppression.boxes import shown_boxes, things_before, with_boxes
from gui.pages.boxes.suppression.card_row import CardRow
from gui.pages.boxes.suppression.controls import SuppressionControls
from gui.pages.boxes.suppression.duel import DuelPanel
from gui.pages.boxes.suppression.hand import Game, Hand, deal, of_raw, play
from gui.pages.boxes.suppression.handover import scored
from gui.pages.boxes.suppression.settings import SuppressionSettings
from gui.pages.boxes.target.settings import CLASSES
from gui.pages.boxes.view import Arrays, BoxesView, Subject
from gui.theme import space
from gui.widgets.badge import Badge
from gui.widgets.box_editor import Box, BoxEditor
from gui.widgets.facts import Fact

DETECTOR: Final = "yolo-digits"
LIBRARY: Final = "torchvision"
LOW_STAGE: Final = 560
"""Heights below this show cards with low pictures, so that the picture itself keeps its room."""


class SuppressionView(BoxesView):
    """Every box a card, every decision a step."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = SuppressionSettings()
        self._subject = Subject(None)
        self._active = False
        self._raw: Hand | None = None
        self._trouble = ""
        self._dealt: tuple[tuple[Any, ...], Hand | None] = ((), None)
        self._played: tuple[tuple[Any, ...], Game | None] = ((), None)
        self._check = Checking(bridge, "boxes.suppression.check", self)
        channel = bridge.channel(
            "boxes.suppression.detector", Priority.INTERACTIVE, self, handles_failures=True
        )
        self._latest = Latest(channel, self)
        self._controls = SuppressionControls()
        self.badge = Badge(self, library=LIBRARY)
        self.badge.hide()  # the inspector takes it in and shows it
        self.editor = BoxEditor("Boxes before suppression", most_kinds=len(CLASSES))
        self.duel, self.cards = DuelPanel(), CardRow()
        self._build()
        self._connect()

    def _build(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(space.l, 0, 0, 0)
        top.setSpacing(space.s)
        top.addWidget(self.editor, 8)
        top.addWidget(self.duel, 5)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, space.xs)
        column.setSpacing(0)
        column.addLayout(top, 1)
        column.addWidget(self.cards)
        self.setFocusProxy(self.cards)  # a picture would take the stepper's keys for its cursor

    def _connect(self) -> None:
        self._controls.changed.connect(self._control_moved)
        self._controls.scoreSet.connect(self._score_set)
        self._controls.kindSet.connect(self._kind_set)
        self._controls.keepAsked.connect(self._keep)
        self.editor.changed.connect(self._boxes_changed)
        self.editor.picked.connect(self._picked)
        self.editor.boxHovered.connect(self._box_hovered)
        self.cards.hovered.connect(self._card_hovered)
        self.cards.clicked.connect(self._card_clicked)
        self._latest.answered.connect(self._answered)
        self._latest.refused.connect(self._refused)
        self._latest.outdated.connect(self._outdated)
        self._check.tell(self.badge)
        self._check.checked.connect(self._settled)

    # --- what a view gives ----------------------------------------------------------------------------------

    def controls(self) -> QWidget:
        return self._controls

    def show_subject(self, subject: Subject, settings: Any) -> None:
        self._subject, self._settings = subject, settings
        self._ask()
        self._show()

    def set_active(self, active: bool) -> None:
        self._active = active
        if active:
            self._ask()
            self._want_check()
        else:
            self._latest.drop()
            self._check.drop()

    @property
    def game(self) -> Game | None:
        """What is on the table; None while something is missing."""
        return self._played[1]

    @property
    def position(self) -> int:
        """The step on show; 0 before the first decision."""
        game = self.game
        return 0 if game is None else min(self._settings.step, game.count - 1)

    def facts(self) -> list[Fact]:
        return [] if self.game is None else words.facts(self.game, self._settings, self.position)

    def aside(self) -> QWidget:
        return self.badge

    def steps(self) -> tuple[int, int, str] | None:
        game = self.game
        return None if game is None else (game.count, self.position, "decision")

    def go_to(self, step: int) -> None:
        if step != self._settings.step:
            self.looked.emit(replace(self._settings, step=step))

    def escape(self) -> bool:
        if not self._settings.step:
            return False
        self.go_to(0)
        return True

    def arrays(self) -> Arrays:
        """The boxes and what became of them. Raises UserError while there are none."""
        game = self.game
        if game is None:
            raise UserError("There are no boxes on the table yet.", words.NO_PICTURE)
        last = game.steps[-1]
        pairs = [
            (step.pick, step.rival, step.overlap)
            for step in game.steps
            if step.pick is not None and step.rival is not None
        ]
        return [
            ("boxes x1 y1 x2 y2", game.hand.boxes), ("p_c", game.hand.scores), ("class", game.hand.kinds),
            ("kept", last.kept), ("scores in the end", last.scores), ("pick, rival, IoU", pairs),
        ]  # fmt: skip

    def film(self) -> FilmSource | None:
        return None if self.game is None else film.film_of(self.game, self._settings)

    @property
    def settled(self) -> bool:
        return self.game is not None and self._check.settled and not self._latest.waiting

    # --- the detector ---------------------------------------------------------------------------------------

    def _ask(self) -> None:
        """Ask the bundled detector about the picture on show."""
        frame = self._subject.frame
        if self._settings.origin != "detector":
            self._latest.drop()
            self._set_stale(False)
            return
        if not self._active or frame is None:
            return
        self._latest.want(frame, lambda: _request(frame))

    @Slot()
    def _outdated(self) -> None:
        self._trouble = ""
        self._set_stale(self._raw is not None and self._subject.frames is None)

    @Slot(object, bool)
    def _answered(self, found: Annotated, fresh: bool) -> None:
        assert found.raw is not None
        self._raw = of_raw(found.frame, found.raw, found.classes)
        self._set_stale(not fresh and self._subject.frames is None)
        self._show()
        self._settled()

    @Slot(object)
    def _refused(self, report: ErrorReport) -> None:
        self._trouble = f"{report.sentence} {report.hint}".strip()
        self._raw = None
        self._set_stale(False)
        self._show()
        self._settled()

    def _set_stale(self, stale: bool) -> None:
        for part in (self.editor, self.duel, self.cards):
            part.set_stale(stale)

    @Slot()
    def _settled(self) -> None:
        self.settledChanged.emit()

    # --- what is shown --------------------------------------------------------------------------------------

    def _deal(self) -> Hand | None:
        """The hand of the settings, worked out anew only where it is another one."""
        s, frame = self._settings, self._subject.frame
        key = (s.origin, s.scene, s.things, s.drawn, s.given, s.count, s.jitter, s.seed, frame, self._raw)
        if key != self._dealt[0]:
            self._dealt = key, deal(s, frame, self._raw)
        return self._dealt[1]

    def _play(self) -> Game | None:
        s, hand = self._settings, self._deal()
        key = (hand, s.least, s.threshold, s.per_class, s.decay, s.sigma, s.floor)
        if key != self._played[0]:
            self._played = key, None if hand is None else play(hand, s)
        return self._played[1]

    def _show(self) -> None:
        game = self._play()
        self._show_picture(game)
        reason = self._trouble or (words.ASKING if self._settings.origin == "detector" else words.NO_PICTURE)
        self.duel.show_game(game, self._settings, self.position, reason)
        self.cards.show_game(game, self._settings, self.position)
        self._show_controls()
        self._want_check()
        self.stepsChanged.emit()
        self.factsChanged.emit()

    def _show_picture(self, game: Game | None) -> None:
        frame = self._subject.frame if game is None else game.hand.frame
        before = len([box for box in self.editor.boxes if not box.fixed])
        self.editor.can_add = self._settings.origin in ("around", "drawn")
        if self.editor.frame is not frame:
            self.editor.set_frame(frame)
        boxes = [] if game is None else shown_boxes(game, self._settings, game.cards(self.position))
        self.editor.set_boxes(boxes)
        mine = len([box for box in boxes if not box.fixed])
        if self._settings.origin == "around" and mine == before and self.editor.chosen is not None:
            self.editor.choose(min(self.editor.chosen, mine - 1) if mine else None)

    def _show_controls(self) -> None:
        self._controls.show_settings(self._settings, CLASSES, self._chosen())

    def _chosen(self) -> tuple[int, float] | None:
        """Class and score of the chosen box, where it is one that a person drew."""
        index = self.editor.chosen
        drawn = self._settings.drawn
        if self._settings.origin != "drawn" or index is None or index >= len(drawn):
            return None
        return drawn[index].kind, drawn[index].score

    def _want_check(self) -> None:
        game, s = self.game, self._settings
        if game is None or not self._active:
            return
        if self._subject.frames is not None and s.origin != "street":
            self._check.pause(LIVE)
            return
        classes = game.hand.kinds if s.per_class else None
        self._check.want(
            game,
            lambda: CheckSuppression(
                game.hand.boxes, game.hand.scores, s.threshold, s.least, classes, s.soft, game.steps
            ),
        )

    # --- what a person does ---------------------------------------------------------------------------------

    @Slot(object, str)
    def _control_moved(self, settings: SuppressionSettings, gesture: str) -> None:
        if settings.origin == "drawn" and not settings.drawn:
            settings = self._by_hand(settings)
        self.changed.emit(settings, gesture)

    def _by_hand(self, settings: SuppressionSettings) -> SuppressionSettings:
        """Begin with the boxes that stand around the things of the picture."""
        hand = deal(replace(settings, origin="around"), self._subject.frame, None)
        return settings if hand is None else replace(settings, origin="drawn", drawn=scored(hand), step=0)

    @Slot()
    def _keep(self) -> None:
        self.changed.emit(self._by_hand(self._settings), "")

    @Slot(object, str)
    def _boxes_changed(self, boxes: tuple[Box, ...], gesture: str) -> None:
        frame, game = self._subject.frame, self.game
        if frame is None or game is None:
            return
        shown = shown_boxes(game, self._settings, game.cards(self.position))
        try:
            settings = with_boxes(self._settings, shown, boxes, (frame.width, frame.height))
        except UserError as error:
            self.said.emit(str(error), "warn")
            self._show_picture(game)
            return
        added = len(settings.things) > len(self._settings.things)
        self.changed.emit(settings, gesture)
        if added:  # the new thing stands before the boxes that a detector gives
            self.editor.choose(len(settings.things) - 1)

    @Slot(int)
    def _picked(self, index: int) -> None:
        self._show_controls()
        self._box_hovered(index if index >= 0 else None)

    @Slot(float)
    def _score_set(self, score: float) -> None:
        self._change_chosen("box score", score=score)

    @Slot(int)
    def _kind_set(self, kind: int) -> None:
        self._change_chosen("", kind=kind)

    def _change_chosen(self, gesture: str, **changes: Any) -> None:
        index, drawn = self.editor.chosen, self._settings.drawn
        if index is None or index >= len(drawn):
            return
        boxes = (*drawn[:index], replace(drawn[index], **changes), *drawn[index + 1 :])
        self.changed.emit(replace(self._settings, drawn=boxes), gesture)

    @Slot(object)
    def _box_hovered(self, index: int | None) -> None:
        box = None if index is None else index - things_before(self._settings)
        self._point_at(box if box is not None and box >= 0 else None)

    @Slot(object)
    def _card_hovered(self, box: int | None) -> None:
        self.editor.light(None if box is None else box + things_before(self._settings))
        self._point_at(box)

    def _point_at(self, box: int | None) -> None:
        """Show in the inspector what stands on a card."""
        game = self.game
        self.cards.light(box)
        card = next((card for card in self.cards.cards if card.box == box), None)
        self.pointed.emit([] if game is None or card is None else words.card_facts(game, card, self.position))

    @Slot(int)
    def _card_clicked(self, box: int) -> None:
        """To the decision about this card; a hand-drawn one can be changed then."""
        if self.game is None:
            return
        if self._settings.origin == "drawn":
            self.editor.choose(box)
            self._show_controls()
        self.go_to(self.game.decided_at(box))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.cards.set_low(self.height() < LOW_STAGE)


def _request(frame: Frame) -> DetectPicture:
    return DetectPicture(DETECTOR, frame, DetectorSettings(least=0.05), raw=True)
