"""Puts a run, or a moment of one, on the stage."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt

from engine.images import Frame, publish
from engine.jobs import EngineState
from engine.style.requests import CONTENT, Painted, Plan
from gui.pages.style.paint import curves
from gui.pages.style.paint.course import wanted
from gui.pages.style.paint.runs import Moment, Run, RunDesk
from gui.pages.style.paint.settings import PaintSettings
from gui.pages.style.paint.stage import PaintStage
from gui.pages.style.paint.words import (
    bytes_text,
    duration,
    memory_of,
    moment_text,
    progress_text,
    run_name,
    size_text,
)
from gui.pages.style.view import Subject
from gui.widgets.facts import Fact
from gui.widgets.picture import to_image, to_pixels
from gui.widgets.plot.line_plot import Axis
from gui.widgets.plot.scale import value_text

Pixels = npt.NDArray[np.uint8]
LOADING: Final = "PyTorch is still loading; the painting begins when it is there."
READING: Final = "The net is being read; the painting begins in a moment."
FETCHING: Final = "The pictures are on their way."
NOTHING: Final = "Nothing is painted yet."
HELD: Final = "Paused before the first step."
INVITE: Final = "Choose a content and a style, or drop two pictures on the window."
STEPS: Final = Axis("step", integer=True)


class Presenter:
    """What is on show: `run` at a chosen moment, or (`follows`) wherever it is."""

    def __init__(self, stage: PaintStage) -> None:
        self._stage = stage
        self.run: Run | None = None
        self.beside: Run | None = None
        self._index: int | None = None
        self._content: tuple[Frame, tuple[int, int], Pixels] | None = None
        self._frame: Frame | None = None
        self._plotted: tuple[object, ...] = ()

    @property
    def follows(self) -> bool:
        """Whether the newest picture of the run is on show."""
        return self._index is None

    @property
    def index(self) -> int:
        """Which moment of the run is on show."""
        last = 0 if self.run is None else max(len(self.run.moments) - 1, 0)
        return last if self._index is None else min(self._index, last)

    @property
    def place(self) -> tuple[Run, int] | None:
        return None if self.run is None else (self.run, self.index)

    @property
    def moment(self) -> Moment | None:
        """The moment on show, None while the run has none."""
        return self.run.moments[self.index] if self.run is not None and self.run.moments else None

    @property
    def pixels(self) -> Pixels | None:
        """uint8[H, W, 3] of the painting on show, None before the first."""
        if self.run is None:
            return None
        if self._index is None and self.run.pixels is not None:
            return self.run.pixels
        return None if self.moment is None else self.moment.pixels

    def follow(self, run: Run | None = None) -> None:
        """Show the newest picture of a run, or of the one on show."""
        self.run = self.run if run is None else run
        self._index = None

    def choose(self, run: Run, index: int) -> None:
        """Show a moment; the last one of a run that goes on follows it."""
        self.run = run
        self._index = None if index >= len(run.moments) - 1 else max(index, 0)

    # --- on the stage ----------------------------------------------------------------------------------------

    def show(
        self,
        subject: Subject,
        own: PaintSettings,
        desk: RunDesk,
        plan: Plan | None,
        engine: EngineState,
        *,
        begins: bool = True,
    ) -> None:
        """Draw everything. `begins`: whether a painting begins by itself where there is none."""
        if self.run is not None and self.run not in desk.runs:
            self.run = None
        if self.beside is not None and self.beside not in desk.runs:
            self.beside = None
        self._frame = subject.content
        self._show_pictures(subject, own, desk)
        self._show_progress(subject, desk, engine, begins)
        self._show_curves(own, plan)
        stage = self._stage
        stage.strip.show_runs(desk.runs, self.place)
        stage.fit_history()

    def _show_pictures(self, subject: Subject, own: PaintSettings, desk: RunDesk) -> None:
        stage, content, pixels = self._stage, subject.content, self.pixels
        stage.looks.set_value(own.look)
        shown = pixels if pixels is not None else None if content is None else content.pixels
        stage.picture.set_empty_text(FETCHING if subject.coming else INVITE)
        stage.picture.set_rgb(shown)
        stage.picture.set_stale(self._outdated(subject, desk))
        self._caption(content)
        over = own.look == "wipe" and content is not None and pixels is not None
        before = self._sized(content, pixels) if over and content is not None and pixels is not None else None
        stage.picture.set_names("content", "painting")
        stage.picture.set_over(before, own.divider)
        stage.show_pair(own.look == "pair")
        if own.look == "pair":
            self._show_other(content, pixels)

    def _outdated(self, subject: Subject, desk: RunDesk) -> bool:
        """Whether another painting is about to take the place of the one on show."""
        key, run = wanted(subject), self.run
        if run is None or not self.follows or run is not desk.current or key is None:
            return False
        return run.key != key

    def _caption(self, content: Frame | None) -> None:
        stage, run, moment = self._stage, self.run, self.moment
        if run is None or self.pixels is None:
            size = "" if content is None else f", {content.width} × {content.height} pixels"
            stage.caption.setText("" if content is None else f"Content: {content.name}{size}")
        elif self._index is None and run.painted is not None:
            height, width = run.painted.pixels.shape[:2]
            stage.caption.setText(f"{run_name(run)}: step {run.painted.step}, {width} × {height} pixels")
        elif moment is not None:
            stage.caption.setText(moment_text(run, moment))

    def _show_other(self, content: Frame | None, pixels: Pixels | None) -> None:
        """The run to compare with; without one the content."""
        stage, other = self._stage, self.beside
        if other is None or other is self.run or other.pixels is None:
            same = content is not None and pixels is not None
            stage.other.set_rgb(self._sized(content, pixels) if same else None)  # type: ignore[arg-type]
            stage.other_caption.setText("" if content is None else f"Content: {content.name}")
            return
        stage.other.set_rgb(other.pixels)
        stage.other_caption.setText(moment_text(other, other.moments[-1]))

    def _sized(self, content: Frame, pixels: Pixels) -> Pixels:
        """The content in the size of a painting."""
        size = (pixels.shape[1], pixels.shape[0])
        if self._content is None or self._content[:2] != (content, size):
            ignore, smooth = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
            scaled = to_pixels(to_image(content.pixels).scaled(*size, ignore, smooth))
            self._content = content, size, publish(scaled)
        return self._content[2]

    def _show_progress(self, subject: Subject, desk: RunDesk, engine: EngineState, begins: bool) -> None:
        stage, run = self._stage, self.run
        painting = desk.painting
        told = painting if painting is not None else run
        if told is None or (told.painted is None and told.under_way):
            stage.line.setText(_before_the_first(subject, desk, engine, begins))
        else:
            stage.line.setText(f"{run_name(told).split(',')[0]}. {progress_text(told)}")
        painted = None if told is None else told.painted
        stage.bar.setRange(0, 1 if painted is None else painted.total)
        stage.bar.setValue(0 if painted is None else painted.step)
        stage.pause_button.setEnabled(painting is not None)
        stage.stop_button.setEnabled(painting is not None)
        stage.show_paused(desk.paused)
        stage.branch_button.setEnabled(self.moment is not None)
        stage.again_button.setEnabled(subject.complete is not None)

    def _show_curves(self, own: PaintSettings, plan: Plan | None) -> None:
        stage, run = self._stage, self.run
        stage.curves.set_value(own.curves)
        stage.weighted.set_value(own.weighted)
        painted = None if run is None else run.painted
        costs = () if painted is None else painted.costs
        told = (painted, own.curves, own.weighted, plan)
        if told == self._plotted:
            return
        self._plotted = told
        titles = {} if plan is None else {name: title for name, title, _ in plan.layers}
        growing = run is not None and run.under_way
        lines = (
            curves.series(costs, titles, own.curves, weighted=own.weighted, growing=growing) if costs else []
        )
        name = "cost × weight" if own.weighted else "cost"
        stage.plot.show_series(lines, STEPS, Axis(name, log=True))

    # --- in words --------------------------------------------------------------------------------------------

    def facts(self, plan: Plan | None) -> list[Fact]:
        """The run, as the inspector tells it."""
        run = self.run
        painted = None if run is None else run.painted
        if run is None or painted is None:
            return []
        rows: list[Fact] = [
            ("run", run_name(run), "Its history is the row of that name under the stage."),
            (
                "net",
                painted.settings.net if plan is None else plan.title,
                "Whose layers see content and style.",
            ),
            ("step", f"{painted.step} of {painted.total}", "Evaluations of J and its gradient."),
            ("size", size_text(painted.size), "Width × height of the painting, in pixels."),
        ]
        rows += _costs(painted)
        rows += [
            ("work", duration(painted.seconds), "The steps alone, without pauses and previews."),
            ("computed", f"{painted.device}, {painted.precision}", "Device, and the numbers within the net."),
        ]
        if painted.peak is not None:
            rows.append(
                (
                    f"{memory_of(painted)} at most",
                    bytes_text(painted.peak),
                    "Memory, not of this run alone.",
                )
            )
        return rows

    def under(self, x: int, y: int) -> list[Fact]:
        """What is under the pointer."""
        pixels = self.pixels
        shown = self._stage.picture.pixels if pixels is None else pixels
        if shown is None or not (y < shown.shape[0] and x < shown.shape[1]):
            return []
        rows: list[Fact] = [("pixel", f"row {y}, column {x}", "Of the picture on show, counted from 0.")]
        if pixels is not None:
            rows.append(("painting", _colour(pixels[y, x]), "Red, green, blue: 0 to 255."))
        if self._frame is not None:
            before = self._sized(self._frame, shown)
            rows.append(("content", _colour(before[y, x]), "Of the content at the size of the painting."))
        return rows


def _before_the_first(subject: Subject, desk: RunDesk, engine: EngineState, begins: bool) -> str:
    """What is waited for while there is no picture of a run."""
    if subject.complete is None:
        return FETCHING if subject.coming else INVITE
    if desk.paused:
        return HELD
    if desk.painting is None and not begins:
        return NOTHING
    loading = engine.device is None and engine.state in ("starting", "loading torch")
    return LOADING if loading else READING


def _costs(painted: Painted) -> list[Fact]:
    """The costs of the last evaluation."""
    if not painted.costs:
        return []
    rows = painted.costs[-1]
    found: list[Fact] = [
        (
            "J",
            value_text(float(rows.values[-1, -1])),
            "α J_content + β J_style + variation, at the last step.",
        )
    ]
    if CONTENT in rows.names:
        content = float(rows.values[-1, rows.names.index(CONTENT)])
        found.append(("content cost", value_text(content), "Before its weight α."))
    style = float(curves.style_cost(painted.costs, weighted=False)[-1])
    if np.isfinite(style):
        found.append(("style cost", value_text(style), "The mean over the layers, each counting as its λ."))
    return found


def _colour(values: npt.NDArray[np.uint8]) -> str:
    return ", ".join(str(int(value)) for value in values)
