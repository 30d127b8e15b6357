"""The view "Occlusion": drag a square over the picture, and see what hiding every place does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.errors import ErrorReport, UserError
from engine.inside.occlusion.occluder import LARGEST, SMALLEST
from engine.inside.occlusion.requests import Occluded, Sweep
from gui.bridge import Bridge
from gui.latest import CANCELLED
from gui.pages.base import Verb
from gui.pages.units.occlusion import words
from gui.pages.units.occlusion.answers import OcclusionAnswers
from gui.pages.units.occlusion.controls import OcclusionControls
from gui.pages.units.occlusion.hand import HandView
from gui.pages.units.occlusion.settings import OcclusionSettings
from gui.pages.units.saving import Arrays, numbers_verb
from gui.pages.units.seen_picture import grey_picture_of
from gui.pages.units.view import Subject, UnitView
from gui.theme import VIRIDIS, space
from gui.widgets.badge import Badge
from gui.widgets.facts import Fact
from gui.widgets.heat_view import Heat, HeatView
from gui.widgets.picture_tile import PictureTile
from gui.widgets.probability_bars import ProbabilityBars
from gui.widgets.wrapped import Wrapped

HAND, PROBABILITY, ENERGY = "Drag the square", "Probability", "Energy of a map"
WAITING = "The net is loading."
LIVE = "The picture is live; freeze it to see the maps."
FILLING = 1000
"""Of a picture beside empty room, which only has what pictures of their shape cannot use."""
ON_ITS_WAY = "The sweep is on its way."
FAILED = "There are no maps: the sweep failed."
STOPPED = "The sweep was cancelled."


class OcclusionView(UnitView):
    """Zeiler & Fergus (2013), section 4.2, by hand and as maps."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._subject: Subject | None = None
        self._settings = OcclusionSettings()
        self._active = False
        self._placed: Occluded | None = None
        self._sweep: Sweep | None = None
        self._answers = OcclusionAnswers(bridge, self)
        self._controls = OcclusionControls()
        self.hand = HandView()
        self.probability, self.energy = HeatView(PROBABILITY), HeatView(ENERGY)
        self.hand_tile = PictureTile(HAND, self.hand)
        self.probability_tile = PictureTile(PROBABILITY, self.probability, keyed=True)
        self.energy_tile = PictureTile(ENERGY, self.energy, keyed=True)
        self.bars, self.energy_bar = (
            ProbabilityBars(),
            ProbabilityBars("Energy of the map", heading="energy left"),
        )
        self.bars.keep_rows(words.ROWS)
        self.badge = Badge()
        self.badge.show_waiting(ON_ITS_WAY)
        self.problem = Wrapped("warn")
        self._sweep_failed = False
        self._build()
        self._connect()
        self.setFocusProxy(self.hand)

    def _build(self) -> None:
        for view in (self.hand, self.probability, self.energy):
            view.set_empty_text(WAITING, "eye-off-outline")
        left, right = QVBoxLayout(), QVBoxLayout()
        left.setSpacing(space.s)
        right.setSpacing(space.m)
        left.addWidget(self.hand_tile, FILLING)
        left.addWidget(self.bars)
        left.addWidget(self.energy_bar)
        left.addStretch(1)
        right.addWidget(self.probability_tile, FILLING)
        right.addWidget(self.energy_tile, FILLING)
        right.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(space.xl)
        row.addLayout(left, 5)
        row.addLayout(right, 4)
        column = QVBoxLayout(self)
        column.setContentsMargins(space.l, space.m, space.l, space.m)
        column.setSpacing(space.s)
        column.addLayout(row, 1)
        column.addWidget(self.problem)
        self.problem.hide()

    def _connect(self) -> None:
        self._answers.outdated.connect(self._outdated)
        self._answers.placed.connect(self._placed_came)
        self._answers.mapsOutdated.connect(self._maps_outdated)
        self._answers.swept.connect(self._sweep_came)
        self._answers.refused.connect(self._refused)
        self._controls.changed.connect(self.changed)
        self._controls.againAsked.connect(self._sweep_again)
        self.hand.moved.connect(self._moved)
        self.hand.sizeAsked.connect(self._resize)
        for view in (self.probability, self.energy):
            view.hovered.connect(
                self._hovered_probability if view is self.probability else self._hovered_energy
            )
            view.left.connect(self._left)
            view.clicked.connect(
                self._clicked_probability if view is self.probability else self._clicked_energy
            )

    # --- what a view gives ----------------------------------------------------------------------------------

    def controls(self) -> QWidget:
        return self._controls

    def aside(self) -> QWidget:
        return self.badge

    def show_subject(self, subject: Subject, settings: Any) -> None:
        if self._subject is not None and self._subject.net != subject.net:
            self._forget()
        before, self._subject, self._settings = self._subject, subject, settings
        if self._live and (before is None or before.frames is None or before.net != subject.net):
            self._forget_maps(LIVE)
        side = 0 if self._placed is None else self._placed.seen.side
        self._controls.show_settings(settings, side)
        self.hand.show_square(settings.occluder, settings.row, settings.column)
        if self._placed is None:
            self.hand.announce(subject.frame)
            self.hand_tile.say(HAND, WAITING)
            self.hand_tile.arrange()
        self._show_classes()
        self._show_maps()
        self._ask()

    def set_active(self, active: bool) -> None:
        self._active = active
        if active:
            self._ask()
        else:
            self.hand.give_up()
            self._answers.drop()

    def facts(self) -> list[Fact]:
        placed, rows = self._placed, []
        if placed is not None:
            before, after = words.energy(placed.energy_before), words.energy(placed.energy_after)
            rows = [
                ("hidden", words.hand_detail(placed, self._settings.target), ""),
                (
                    "its energy",
                    f"{before} → {after}",
                    "The sum of the map's activations, without and with it.",
                ),
            ]
        return rows if self._sweep is None else rows + words.sweep_facts(self._sweep)

    def escape(self) -> bool:
        """Give up a drag."""
        if not self.hand.dragging:
            return False
        self.hand.give_up()
        self.hand.show_square(self._settings.occluder, self._settings.row, self._settings.column)
        self._ask()
        return True

    def verbs(self) -> list[Verb]:
        return [numbers_verb(self, "Save occlusion maps (CSV)…", "convscope-occlusion", self.arrays)]

    def arrays(self) -> Arrays:
        """The maps on show. Raises UserError while there are none."""
        sweep = self._sweep
        if sweep is None or not sweep.complete:
            raise UserError("There are no maps yet.", "Wait until the sweep is through.")
        name = sweep.labels[sweep.target]
        return [
            (f"probability of {name}", sweep.probability),
            (f"energy of map {sweep.channel} of {sweep.request.layer}", sweep.energy),
            ("likeliest class", sweep.best),
        ]

    @property
    def settled(self) -> bool:
        return self._answers.settled

    # --- asking ---------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        if self._active and self._subject is not None:
            self._answers.want(self._subject, self._settings, self.hand.place)

    @property
    def _live(self) -> bool:
        return self._subject is not None and self._subject.frames is not None

    @Slot()
    def _sweep_again(self) -> None:
        self._controls.again.hide()
        if self._subject is not None:
            self._answers.again(self._subject, self._settings, self.hand.place)

    @Slot()
    def _outdated(self) -> None:
        if self._live:  # every answer is a frame old
            return
        self.bars.set_stale(True)
        self.energy_bar.set_stale(True)
        shown = None if self._placed is None else self._placed.seen.frame
        self.hand.set_stale(
            self._subject is not None and shown is not self._subject.frame and shown is not None
        )

    @Slot()
    def _maps_outdated(self) -> None:
        self._controls.again.hide()
        self._end_failure()
        self.badge.show_waiting(ON_ITS_WAY)
        for view in (self.probability, self.energy):
            view.set_empty_text(ON_ITS_WAY if self._placed is not None else WAITING, "eye-off-outline")
            view.set_stale(self._sweep is not None)

    # --- answers --------------------------------------------------------------------------------------------

    @Slot(object, bool)
    def _placed_came(self, answer: Occluded, fresh: bool) -> None:
        if self._subject is None or answer.request.net != self._subject.net:
            return
        self._placed = answer
        self.problem.setVisible(self._sweep_failed)
        self.hand.show_seen(answer.seen)
        self.hand.set_stale(False)
        self.hand_tile.arrange()
        self.hand_tile.say(HAND, words.hand_detail(answer, self._settings.target))
        self.bars.set_bars(words.class_bars(answer, self._settings.target))
        self.energy_bar.set_bars(words.energy_bars(answer))
        self.energy_bar.set_empty_text(words.no_energy(answer))
        for bars in (self.bars, self.energy_bar):
            bars.set_stale(not fresh and not self._live)
        self._controls.show_settings(self._settings, answer.seen.side)
        self._show_classes()
        self.factsChanged.emit()
        self.settledChanged.emit()

    @Slot(object)
    def _sweep_came(self, sweep: Sweep) -> None:
        self._sweep = sweep
        self._end_failure()
        if sweep.check is not None:
            self.badge.show_result(sweep.check)
        for view in (self.probability, self.energy):
            view.set_stale(False)
        self._show_maps()
        self.factsChanged.emit()
        if sweep.complete:
            self.settledChanged.emit()

    @Slot(object, bool)
    def _refused(self, report: ErrorReport, sweep: bool) -> None:
        if sweep:
            self._controls.again.show()
            why = STOPPED if report == CANCELLED else FAILED
            self.badge.show_waiting(why)
            for _, view, _ in self._maps():
                view.set_empty_text(why, "eye-off-outline")
        if report != CANCELLED or not sweep:
            self._sweep_failed = sweep
            self.problem.say(f"{report.sentence} {report.hint}".strip())
            self.problem.show()
            if self._placed is None:
                self.hand_tile.say(HAND)
        self.settledChanged.emit()

    def _end_failure(self) -> None:
        """What was said about a sweep holds no longer."""
        if self._sweep_failed:
            self._sweep_failed = False
            self.problem.hide()

    def _forget(self) -> None:
        """Another net: nothing of the one before is told any more."""
        self._placed = None
        self._sweep_failed = False
        self.hand.show_seen(None)
        self.bars.set_bars(())
        self.energy_bar.set_bars(())
        self.problem.hide()
        self._forget_maps(WAITING)
        self.factsChanged.emit()

    def _forget_maps(self, why: str) -> None:
        """There are no maps of what is on show."""
        self._sweep = None
        self.badge.show_waiting(why)
        for tile, view, name in self._maps():
            view.set_empty_text(why, "eye-off-outline")
            view.set_rgb(None)
            view.show_heat(None)
            tile.show_key(None)
            tile.say(name)

    # --- what is shown --------------------------------------------------------------------------------------

    def _maps(self) -> tuple[tuple[PictureTile, HeatView, str], ...]:
        return (
            (self.probability_tile, self.probability, PROBABILITY),
            (self.energy_tile, self.energy, ENERGY),
        )

    def _show_classes(self) -> None:
        placed = self._placed
        labels, best = ((), None) if placed is None else (placed.labels, placed.best)
        self._controls.classes.show_classes(labels, self._settings.target, best)

    def _show_maps(self) -> None:
        sweep = self._sweep
        if sweep is None:
            return
        picture = grey_picture_of(sweep.seen)
        strength, asked = self._settings.strength, sweep.asked
        energies = sweep.energy[np.isfinite(sweep.energy)]
        low, high = (float(energies.min()), float(energies.max())) if energies.size else (0.0, 1.0)
        self.probability.set_rgb(picture)
        self.energy.set_rgb(picture)
        self.probability.show_heat(Heat(sweep.probability, 0.0, 1.0, VIRIDIS, asked, strength))
        self.energy.show_heat(Heat(sweep.energy, low, high, VIRIDIS, asked, strength))
        self.probability_tile.show_key((VIRIDIS, "0 %", "100 %", ""))
        self.energy_tile.show_key((VIRIDIS, words.energy(low), words.energy(high), ""))
        name = sweep.labels[sweep.target]
        self.probability_tile.say(f"Probability of “{name}”", words.probability_detail(sweep))
        self.energy_tile.say(f"Energy of map {sweep.channel}", words.energy_detail(sweep))
        self.probability_tile.arrange()
        self.energy_tile.arrange()

    # --- hand and pointer -----------------------------------------------------------------------------------

    @Slot(float, float, bool)
    def _moved(self, row: float, column: float, done: bool) -> None:
        if done:
            self.changed.emit(replace(self._settings, row=row, column=column), "occlusion place")
        else:
            self._ask()

    @Slot(float)
    def _resize(self, factor: float) -> None:
        size = min(max(self._settings.size * factor, SMALLEST), LARGEST)
        self.changed.emit(replace(self._settings, size=size), "occlusion size")

    @Slot(int, int)
    def _hovered_probability(self, x: int, y: int) -> None:
        self._point_at(self.probability.cell_of(x, y))

    @Slot(int, int)
    def _hovered_energy(self, x: int, y: int) -> None:
        self._point_at(self.energy.cell_of(x, y))

    def _point_at(self, cell: tuple[int, int] | None) -> None:
        """Both maps show the square that belongs to a place."""
        sweep = self._sweep
        if sweep is None or cell is None:
            self._left()
            return
        side = sweep.seen.side
        shift = (sweep.stride - sweep.size) / 2
        top, left = (max(place * sweep.stride + shift, 0) / side for place in cell)
        bottom, right = (min(place * sweep.stride + shift + sweep.size, side) / side for place in cell)
        for view in (self.probability, self.energy):
            view.mark((left, top, right, bottom))
        self.pointed.emit(words.place_facts(sweep, *cell))

    @Slot()
    def _left(self) -> None:
        for view in (self.probability, self.energy):
            view.mark(None)
        self.pointed.emit([])

    @Slot(int, int)
    def _clicked_probability(self, x: int, y: int) -> None:
        self._put_square(self.probability.cell_of(x, y))

    @Slot(int, int)
    def _clicked_energy(self, x: int, y: int) -> None:
        self._put_square(self.energy.cell_of(x, y))

    def _put_square(self, cell: tuple[int, int] | None) -> None:
        """A click on a map puts the square there, so that what it does is seen in full."""
        sweep = self._sweep
        if sweep is None or cell is None:
            return
        row, column = ((place + 0.5) * sweep.stride / sweep.seen.side for place in cell)
        placed = replace(self._settings, row=min(row, 1.0), column=min(column, 1.0))
        self.changed.emit(placed, "occlusion place")
