"""The page of signals and volumes: keeps its state, resolves it, shows it, asks the engine for the rest."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSizeF, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from engine.foundations.signals.ecg import Signal
from engine.foundations.signals.requests import CheckSlide, Volume, WholeVolumeResult
from engine.jobs import ErrorReport
from gui.pages import PageEntry
from gui.pages.base import Page, Services, TourStop, Verb
from gui.pages.signals import exports, parts, tour
from gui.pages.signals.answers import Answers
from gui.pages.signals.changes import set_value, with_filter, with_sample, with_weight
from gui.pages.signals.controls import SignalsControls
from gui.pages.signals.cube_scene import cube_scene
from gui.pages.signals.explanation import EXPLANATION
from gui.pages.signals.files import Files, Read
from gui.pages.signals.inspector import SignalsInspector
from gui.pages.signals.layers_scene import MAP, Pointed, cell_under, layers_scene
from gui.pages.signals.line_scene import line_scene
from gui.pages.signals.pointing import input_sample, output_sample, step_at, weight_index
from gui.pages.signals.resolve import Resolved, Resolver, count_steps, moved, signal_of, volume_of
from gui.pages.signals.slabs import compared, slab_check
from gui.pages.signals.state import LAYER_STEPS, SIDE, SignalsState
from gui.pages.signals.under import under_cell
from gui.pages.signals.volume_view import VolumeView
from gui.pages.signals.whole_line_scene import whole_line_scene
from gui.theme import space
from gui.widgets.canvas import Canvas
from gui.widgets.choices import Segmented
from gui.widgets.scene import Scene

AXES = (
    ("1d", "1-D", "A signal: one axis (Alt+1)"),
    ("3d", "3-D", "A volume: three axes (Alt+2)"),
)
VIEWS = (
    ("steps", "Step by step", "The window, its products, their sum, one output after another (Alt+3)"),
    ("whole", "Whole", "The whole signal as curves, the whole volume in three planes (Alt+4)"),
    ("layers", "Layers", "Two layers: 14, then 10 × 16, then 6 × 32, with real values (Alt+5)"),
    ("back", "The way back", "The transposed convolution: each output is spread over its window (Alt+6)"),
)
FAR = 5


class SignalsPage(Page[SignalsState]):
    """Convolution along one axis and along three."""

    state_class = SignalsState
    numbered = (*AXES, *VIEWS)

    def __init__(self, services: Services, entry: PageEntry) -> None:
        super().__init__(services, entry)
        self._resolver = Resolver()
        self._resolved: Resolved | None = None
        self._hover: int | None = None
        self._pointed: Pointed | None = None
        self._active = False
        self._slab: tuple[WholeVolumeResult, int, CheckSlide] | None = None
        self._answers, self.files = Answers(services.bridge, self), Files(services.bridge, self)
        self._build_stage()
        self._connect()
        self.show_state(self.state)

    def _build_stage(self) -> None:
        self.axes, self.views = Segmented(AXES), Segmented(VIEWS)
        self.canvas, self.volume_view = Canvas(), VolumeView()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.canvas)
        self._stack.addWidget(self.volume_view)
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(space.l, space.m, space.l, 0)
        row.setSpacing(space.l)
        row.addWidget(self.axes)
        row.addWidget(self.views)
        row.addStretch(1)
        self.stage_column.addWidget(bar)
        self.stage_column.addWidget(self._stack, 1)
        self.panel = SignalsControls(self.controls, lambda: self.state)
        self.details = SignalsInspector(self.inspector)

    def _connect(self) -> None:
        self.axes.changed.connect(self._pick_axes)
        self.views.changed.connect(self._pick_view)
        self.panel.changed.connect(self._control_moved)
        self.panel.fileChosen.connect(self._file_chosen)
        self.canvas.cellHovered.connect(self._cell_hovered)
        self.canvas.hoverLeft.connect(self._hover_left)
        self.canvas.cellClicked.connect(self._cell_clicked)
        self.canvas.cellActivated.connect(self._cell_activated)
        self.canvas.editBegan.connect(self.stepper.pause)
        self.canvas.cellEdited.connect(self._cell_edited)
        self.canvas.arrowPressed.connect(self._arrow)
        self.canvas.menuRequested.connect(self.show_menu)
        self.volume_view.placed.connect(self._placed)
        self.volume_view.pointed.connect(self.details.show_under)
        self.stepper.indexChanged.connect(self._stepped)
        self._answers.check.tell(self.details.badge)
        self._answers.volumeAsked.connect(self._volume_asked)
        self._answers.volumeCame.connect(self._volume_came)
        self._answers.volumeFailed.connect(self._volume_failed)
        self.files.opened.connect(self._file_opened)
        self.files.refused.connect(self._file_refused)

    # --- show -----------------------------------------------------------------------------------------------

    def show_state(self, state: SignalsState) -> None:
        """Draw at once what memory holds; ask the engine for the rest."""
        self.axes.set_value(state.axes)
        self.views.set_value(state.view)
        self._stack.setCurrentWidget(self.volume_view if self.shows_planes else self.canvas)
        waiting = [
            self.files.fetch(kind, path)
            for kind, path in (("signal", state.signal_file), ("volume", state.volume_file))
        ]
        self.canvas.set_stale(any(waiting))
        if any(waiting) and self._resolved is not None:
            return  # a file is on its way; what is on show belongs to another one
        self._resolved = self._resolver.resolve(state, self.signal, self.volume, self._hover)
        self.panel.show(state, self.signal, self.volume)
        self.stepper.set_range(*count_steps(self._resolved, len(self.volume.voxels)))
        self._draw()
        self._ask()

    @property
    def signal(self) -> Signal:
        """The signal on show."""
        found = self.files.get(self.state.signal_file)
        return signal_of(self.state, found if isinstance(found, Signal) else None)

    @property
    def volume(self) -> Volume:
        """The volume on show."""
        found = self.files.get(self.state.volume_file)
        return volume_of(self.state, found if isinstance(found, Volume) else None)

    @property
    def resolved(self) -> Resolved:
        """What is on show."""
        if self._resolved is None:
            raise RuntimeError("nothing is on show yet")
        return self._resolved

    @property
    def shows_planes(self) -> bool:
        """Whether the stage shows the planes of a whole volume."""
        return self.state.axes == "3d" and self.state.view == "whole"

    def scene_of(self, resolved: Resolved, size: QSizeF, pointed: Pointed | None = None) -> Scene:
        """The scene of what was resolved."""
        if resolved.layers is not None:
            return layers_scene(resolved, pointed, size)
        if resolved.whole is not None:
            return whole_line_scene(resolved, size)
        if resolved.state.dims == 1:
            return line_scene(resolved, size)
        return cube_scene(resolved, parts.grey_window(self.volume), size)

    def _draw(self) -> None:
        resolved, pointed = self.resolved, self._pointed
        if self.shows_planes:
            self.volume_view.show_volume(self.volume, self.state)
        self.canvas.set_builder(
            lambda size: self.scene_of(resolved, size, pointed), glide=self._hover is None
        )
        self.details.show_step(resolved, self.volume if self.shows_planes else None)
        if self.shows_planes:
            self.details.show_volume(self.volume_view.result)

    def _ask(self) -> None:
        if not self._active:
            return
        if self.shows_planes:
            self._answers.want_volume(self.volume, self.state)
            self._compare()
        else:
            self._answers.want_check(self.resolved.check)

    @Slot()
    def _refresh(self) -> None:
        """Draw again after the pointer moved: same state, another step on show."""
        self._resolved = self._resolver.resolve(self.state, self.signal, self.volume, self._hover)
        self._draw()

    # --- what a person does -----------------------------------------------------------------------------------

    def change(self, state: SignalsState, gesture: str | None = None) -> None:
        """The person set something; a smaller output has fewer steps."""
        super().change(state, gesture)
        resolved = self._resolved
        if resolved is not None and resolved.state is self.state:
            last = len(resolved.trace) - 1
            if self.state.filter.step > last:
                self.amend(with_filter(self.state, replace(self.state.filter, step=last)))

    @Slot(object, str)
    def _control_moved(self, state: SignalsState, gesture: str) -> None:
        self.change(state, gesture or None)

    @Slot(str)
    def _pick_axes(self, axes: str) -> None:
        """Looking at it another way is no change: it does not enter the history."""
        self._look(replace(self.state, axes=axes))  # type: ignore[arg-type]  # the keys of AXES

    @Slot(str)
    def _pick_view(self, view: str) -> None:
        self._look(replace(self.state, view=view))  # type: ignore[arg-type]  # the keys of VIEWS

    def _look(self, state: SignalsState) -> None:
        self.stepper.pause()
        self._hover = self._pointed = None
        self.details.show_under([])
        self.amend(state)

    @Slot(int)
    def _stepped(self, index: int) -> None:
        self._hover = self._pointed = None
        state = self.state
        if state.view == "layers":
            self.amend(replace(state, layer_step=index))
        elif self.shows_planes:
            self.amend(replace(state, place=(index, *state.place[1:])))
        elif state.view == "whole":
            self.amend(replace(state, sample=index))
        else:
            self.amend(set_value(state, "step", index))

    @Slot(str, int, int)
    def _cell_hovered(self, key: str, row: int, column: int) -> None:
        plate = self.canvas.scene.plate(key)
        if plate is None:
            return
        self.details.show_under(under_cell(self.resolved, plate, row, column))
        if self.stepper.playing:
            return
        if key.removeprefix(parts.CURVE).startswith(MAP):
            self._pointed = cell_under(self.resolved, key, row, column)
            self._refresh()
        elif self.state.view in ("steps", "back"):
            self._hover = step_at(self.resolved, key, row, column)
            self._refresh()

    @Slot()
    def _hover_left(self) -> None:
        self.details.show_under([])
        if self._hover is not None or self._pointed is not None:
            self._hover = self._pointed = None
            self._refresh()

    @Slot(str, int, int)
    def _cell_clicked(self, key: str, row: int, column: int) -> None:
        sample = output_sample(self.resolved, key, column)
        step = step_at(self.resolved, key, row, column) if self.state.view in ("steps", "back") else None
        self.stepper.pause()
        if sample is not None:
            self.amend(replace(self.state, sample=sample))
        elif key.removeprefix(parts.CURVE).startswith(MAP):
            self._go_to_layer(cell_under(self.resolved, key, row, column))
        elif step is not None:
            self._hover = None
            self.amend(set_value(self.state, "step", step))

    def _go_to_layer(self, cell: Pointed) -> None:
        """Walk to the place or slice of a cell that was clicked."""
        if cell.layer:
            at = cell.place[0] + (SIDE - 4) * (cell.layer - 1)
            self.amend(replace(self.state, layer_step=min(at, LAYER_STEPS - 1)))

    @Slot(str, int, int)
    def _cell_activated(self, key: str, row: int, column: int) -> None:
        """A double-click goes deeper: from the whole signal to the numbers of that place."""
        sample = output_sample(self.resolved, key, column)
        if sample is None:
            return
        self.amend(replace(self.state, sample=sample))
        middle = input_sample(self.resolved)
        start = min(max(middle - SIDE // 2, 0), len(self.signal.samples) - SIDE)
        deeper = replace(self.state, view="steps", start=start, edits=())
        resolved = self._resolver.resolve(deeper, self.signal, self.volume)
        step = resolved.trace.nearest_step(middle - start + resolved.trace.spec.padding)
        self.change(set_value(deeper, "step", step))

    @Slot(str, int, int, float)
    def _cell_edited(self, key: str, row: int, column: int, value: float) -> None:
        if key.startswith(parts.KERNEL):
            self.change(with_weight(self.state, weight_index(self.resolved, key, row, column), value))
        elif key == f"{parts.INPUT}0":
            place = column - self.state.line.pad
            if 0 <= place < SIDE:
                self.change(with_sample(self.state, place, value))
            else:
                self.said.emit("This cell is padding: it is always 0. Edit a sample of the signal.", "info")

    @Slot(int, int, bool)
    def _arrow(self, rows: int, columns: int, far: bool) -> None:
        state, many = self.state, FAR if far else 1
        if state.view in ("layers", "whole") or state.dims == 1:
            index = self.stepper.index + (columns or rows) * many
            self._stepped(min(max(index, 0), self.stepper.count - 1))
        else:
            self._go((0, rows * many, columns * many))
        self.stepper.pause()

    def _go(self, delta: tuple[int, ...]) -> None:
        """Move the window cube by whole output cells."""
        self._hover = None
        resolved = self._resolver.resolve(self.state, self.signal, self.volume)
        self.amend(set_value(self.state, "step", moved(resolved, delta)))

    @Slot(int, int, int)
    def _placed(self, z: int, y: int, x: int) -> None:
        self.stepper.pause()
        self.amend(replace(self.state, place=(z, y, x)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        slices = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}.get(Qt.Key(event.key()))
        if slices and self.state.axes == "3d" and self.state.view in ("steps", "back"):
            self._go((slices, 0, 0))
        else:
            super().keyPressEvent(event)

    def pick_numbered(self, key: str) -> None:
        if key in {axes for axes, *_ in AXES}:
            self._pick_axes(key)
        else:
            self._pick_view(key)

    def escape(self) -> bool:
        if self.state.view != "steps":
            self._pick_view("steps")
            return True
        return False

    # --- files ----------------------------------------------------------------------------------------------

    def open_path(self, path: Path) -> None:
        """A dropped signal, array or folder of slices."""
        from engine.sources import classify

        kind = classify(path)
        self._file_chosen("signal" if kind == "signal" else "volume", str(path))

    @Slot(str, str)
    def _file_chosen(self, kind: str, path: str) -> None:
        """A new file is shown whole first, which is what one wants to see; the read decides whether it can be."""
        if not path:
            self.change(_without_file(self.state, kind))
            return
        self.files.choose(kind, path)

    @Slot(str, str, object, bool)
    def _file_opened(self, _kind: str, path: str, value: Read, chosen: bool) -> None:
        if not chosen:
            self.show_state(self.state)
        elif isinstance(value, Signal):
            middle = len(value.samples) // 2
            start = max(middle - SIDE // 2, 0)
            whole = replace(self.state, axes="1d", view="whole", signal_file=path, start=start, sample=middle)
            self.change(replace(whole, edits=()))
        else:
            z, y, x = (n // 2 for n in value.voxels.shape)
            self.change(replace(self.state, axes="3d", view="whole", volume_file=path, place=(z, y, x)))
        if value.note:
            self.said.emit(f"{value.name}: {value.note}.", "info")

    @Slot(str, object)
    def _file_refused(self, kind: str, report: ErrorReport) -> None:
        """What cannot be read is told; a state that names it falls back to the synthetic one."""
        self.said.emit(f"{report.sentence} {report.hint}".strip(), "warn")
        named = self.state.signal_file if kind == "signal" else self.state.volume_file
        if named and self.files.get(named) is None:
            self.amend(_without_file(self.state, kind))

    # --- the engine -----------------------------------------------------------------------------------------

    @Slot()
    def _volume_asked(self) -> None:
        self.volume_view.set_stale(True)

    @Slot(object, bool)
    def _volume_came(self, result: WholeVolumeResult, fresh: bool) -> None:
        if not self.shows_planes:
            return
        self.volume_view.show_result(result, self.state)
        self.volume_view.set_stale(not fresh)
        self.details.show_volume(result)
        self._compare()

    @Slot(object)
    def _volume_failed(self, report: ErrorReport) -> None:
        self.volume_view.show_failure(report.sentence)

    def _compare(self) -> None:
        """Check the slice of the response that is on show, by the other of the two routes."""
        result, cross, badge = self.volume_view.result, self.volume_view.cross, self.details.badge
        if result is None or cross is None or self.volume_view.stale:
            self._answers.check.drop()
            badge.show_checking()
        elif result.route.startswith("torch"):
            self._answers.check.drop()
            badge.show_result(compared(result, cross.cell[0]))
        else:
            self._answers.want_check(self._slab_check(result, cross.cell[0]))

    def _slab_check(self, result: WholeVolumeResult, number: int) -> CheckSlide:
        """What torch is asked about a slice that numpy computed; the same object for the same slice."""
        known = self._slab
        if known is None or known[:2] != (result, number):
            known = self._slab = (result, number, slab_check(result, number))
        return known[2]

    # --- life in the window -----------------------------------------------------------------------------------

    def activated(self) -> None:
        self._active = True
        self.canvas.setFocus()
        self.show_state(self.state)

    def deactivated(self) -> None:
        super().deactivated()
        self._active = False
        self._answers.stop()
        self.files.stop()

    def shortcuts(self) -> list[tuple[str, str]]:
        return [
            ("Window one cell on", "Left / Right"),
            ("Window one row on (3-D)", "Up / Down"),
            ("Window one slice on (3-D)", "Page up / Page down"),
            ("Window five cells on", "Shift+arrows"),
            ("Edit a cell by keyboard", "F2"),
            *super().shortcuts(),
        ]

    def explanation(self) -> str:
        return EXPLANATION

    def verbs(self) -> list[Verb]:
        return exports.verbs(self)

    def tour(self) -> list[TourStop]:
        return tour.stops()

    def tour_ready(self) -> bool:
        if self.shows_planes:
            result = self.volume_view.result
            by_torch = result is not None and result.route.startswith("torch")
            shown = not self.volume_view.stale and self._answers.volume_settled
            return shown and (by_torch or self._answers.check.settled)
        return self._answers.check.settled


def _without_file(state: SignalsState, kind: str) -> SignalsState:
    """The state with the synthetic signal or volume."""
    if kind == "volume":
        return replace(state, volume_file="")
    first = SignalsState()
    return replace(state, signal_file="", start=first.start, sample=first.sample, edits=())
