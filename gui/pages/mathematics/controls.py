"""The left panel: the controls that the view on show describes. Emits the next state of the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from engine.errors import UserError
from engine.foundations.problems import Problem
from gui.pages.mathematics.chapter import Chapter, Group, Pick, Press, Switch, Whole
from gui.pages.mathematics.state import MathematicsState
from gui.pages.side_panel import SidePanel
from gui.widgets.choices import Choice, Segmented
from gui.widgets.fields import IntStepper
from gui.widgets.section import Section
from gui.widgets.toggle import Toggle
from gui.widgets.wrapped import Wrapped

AnyChapter: TypeAlias = Chapter[Any, Any]
Field: TypeAlias = "IntStepper | Segmented | Choice | Toggle | QPushButton"


class MathematicsControls(QObject):
    """Builds the controls of all views into a side panel and shows those of one."""

    changed = Signal(object)
    """The next state of the page."""
    refused = Signal(str)
    """Why a choice cannot be shown; the state stays."""

    def __init__(
        self, panel: SidePanel, chapters: Mapping[str, AnyChapter], get: Callable[[], MathematicsState]
    ) -> None:
        super().__init__(panel)
        self._get, self._chapters = get, chapters
        self.fields: dict[tuple[str, str], Field] = {}
        """The control of (view, name)."""
        self.texts: dict[tuple[str, str], Wrapped] = {}
        self._sections: dict[str, list[Section]] = {}
        for chapter in chapters.values():
            self._sections[chapter.name] = [self._section(panel, chapter, group) for group in chapter.groups]
        panel.end(steady=True)

    def show(self, state: MathematicsState) -> None:
        """Put the controls of the view on show where the state says."""
        for name, sections in self._sections.items():
            for section in sections:
                section.setVisible(name == state.view)
        chapter, part = self._chapters[state.view], getattr(state, state.view)
        for (view, name), field in self.fields.items():
            if view == state.view:
                _show(field, None if isinstance(field, QPushButton) else chapter.value(part, name))
                field.setVisible(chapter.offers(part, name))
        for (view, name), text in self.texts.items():
            if view == state.view:
                text.say(chapter.words(part, name))

    # --- building ----------------------------------------------------------------------------------------------

    def _section(self, panel: SidePanel, chapter: AnyChapter, group: Group) -> Section:
        section = Section(group.title)
        for control in group.controls:
            field = self._field(chapter, control, group.title)
            self.fields[chapter.name, control.name] = field
            section.add(field)
        if group.words:
            text = self.texts[chapter.name, group.words] = Wrapped()
            section.add(text)
        panel.add(section)
        return section

    def _field(self, chapter: AnyChapter, control: Pick | Whole | Press | Switch, group: str) -> Field:
        def commit(value: object) -> None:
            self._commit(chapter, control.name, value)

        def press() -> None:
            self._emit(chapter, lambda part: chapter.pressed(part, control.name))

        if isinstance(control, Whole):
            return self._whole(chapter, control, commit)
        if isinstance(control, Press):
            button = QPushButton(control.text)
            button.setToolTip(control.tip)
            button.clicked.connect(press)
            return button
        field: Segmented | Choice | Toggle
        if isinstance(control, Switch):
            field = Toggle(control.text, tooltip=control.tip)
        elif control.wide:
            field = Segmented(
                [(key, text, control.tip) for key, text in control.options], label=control.label
            )
        else:
            field = Choice(control.label, list(control.options), tooltip=control.tip)
            field.combo.setAccessibleName(control.label or group)
        field.changed.connect(commit)
        return field

    def _whole(self, chapter: AnyChapter, control: Whole, commit: Callable[[object], None]) -> IntStepper:
        def validate(value: int | float) -> Problem | None:
            return refusal(chapter, getattr(self._get(), chapter.name), control, int(value))

        field = IntStepper(
            control.label, value=max(control.low, 0), low=control.low, high=control.high, validate=validate,
            tooltip=control.tip,
        )  # fmt: skip
        field.committed.connect(commit)
        return field

    # --- from the controls -------------------------------------------------------------------------------------

    def _commit(self, chapter: AnyChapter, name: str, value: object) -> None:
        self._emit(chapter, lambda part: chapter.with_value(part, name, value))

    def _emit(self, chapter: AnyChapter, make: Callable[[Any], Any]) -> None:
        state = self._get()
        try:
            part = make(getattr(state, chapter.name)).validated()
        except UserError as error:
            self.show(state)
            self.refused.emit(str(error))
        else:
            self.changed.emit(with_part(state, chapter, part))


def with_part(state: MathematicsState, chapter: AnyChapter, part: Any) -> MathematicsState:
    """The state of the page with another part of a view."""
    return replace(state, **{chapter.name: part})


def refusal(chapter: AnyChapter, part: Any, control: Whole, value: int) -> Problem | None:
    """Why a control must not take a value, with the nearest that it may take; None where it may."""
    message = _objection(chapter, part, control.name, value)
    if not message:
        return None
    others = sorted(range(control.low, control.high + 1), key=lambda other: (abs(other - value), other))
    nearest = next((n for n in others if not _objection(chapter, part, control.name, n)), None)
    return Problem(control.name, message, nearest)


def _objection(chapter: AnyChapter, part: Any, name: str, value: int) -> str:
    try:
        chapter.with_value(part, name, value).validated()
    except UserError as error:
        return error.sentence
    return ""


def _show(field: QWidget, value: Any) -> None:
    if isinstance(field, IntStepper):
        if field.value != value or field.problem:
            field.set_value(value)
    elif isinstance(field, Segmented | Choice | Toggle):
        field.set_value(value)
