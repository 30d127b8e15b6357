"""The inspector: how sure the net is, what it got, what it is, and what is under the pointer."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Slot

from engine.images import Frame
from engine.networks.requests import Classification, WeightsStatus
from gui.pages.classify import figures
from gui.pages.side_panel import SidePanel
from gui.widgets.facts import Fact, Facts
from gui.widgets.section import Section
from gui.widgets.wrapped import Wrapped

POINT: Fact = ("point at a picture", "", "Every pixel of the stage can be asked for its numbers.")
HOW = "How the input was made"
MOST_UNDER = 4
"""Rows that the pointer brings at most; they come and go with the frames of a film."""
NO_ANSWER: Fact = ("no answer", "", "")


class ClassifyInspector(QObject):
    """Fills the page's right panel."""

    def __init__(self, panel: SidePanel) -> None:
        super().__init__(panel)
        self._panel = panel
        self.under, self.sure, self.net, self.timing = Facts(), Facts(), Facts(), Facts()
        self.under.keep_room(MOST_UNDER)
        self.steps, self.honest = Wrapped(), Wrapped()
        self._sections: dict[str, Section] = {}
        for title, widgets in (
            ("Under the cursor", (self.under,)),
            ("How sure it is", (self.sure, self.honest)),
            (HOW, (self.steps,)),
            ("The net", (self.net,)),
            ("This answer", (self.timing,)),
        ):
            section = Section(title)
            for widget in widgets:
                section.add(widget)
            panel.add(section)
            self._sections[title] = section
        panel.end(steady=True)
        self.show_under([])
        self.show_answer(None, None)

    def show_answer(self, answer: Classification | None, status: WeightsStatus | None) -> None:
        """Show the numbers of an answer and of its net."""
        self.net.show_rows(figures.net_rows(status, answer))
        there = answer is not None and bool(answer.guesses)
        self.honest.setVisible(there)
        if answer is None or not there:
            self.sure.show_rows([NO_ANSWER])
            self.timing.show_rows([NO_ANSWER])
            self.steps.say("There is no input yet.")
            return
        self.sure.show_rows(figures.sure_rows(answer))
        self.honest.say(figures.honest(answer))
        self.steps.say("\n".join(f"{number}. {step}" for number, step in enumerate(answer.steps, start=1)))
        self.timing.show_rows(figures.answer_rows(answer))

    @Slot(bool)
    def leave_steps_out(self, shown_elsewhere: bool) -> None:
        """The steps are told once: on the stage where there is room, else here."""
        self._sections[HOW].setVisible(not shown_elsewhere)

    def show_under(self, rows: Sequence[Fact]) -> None:
        """Show what the pointer is on."""
        self.under.show_rows(rows or [POINT])


def under_picture(frame: Frame, x: int, y: int) -> list[Fact]:
    """A pixel of the picture as it came."""
    red, green, blue = (int(value) for value in frame.pixels[y, x])
    return [
        ("pixel of the picture", f"x {x}, y {y}", "Before it was turned or cropped, counted from 0."),
        ("R, G, B", f"{red}, {green}, {blue}", "0 to 255."),
    ]


def under_seen(answer: Classification, x: int, y: int) -> list[Fact]:
    """A pixel of the input with the numbers that the net gets for it."""
    values = answer.seen[y, x].reshape(-1).tolist()
    rows: list[Fact] = [
        ("pixel of the input", f"x {x}, y {y}", "Counted from 0."),
        ("value" if len(values) == 1 else "R, G, B", ", ".join(str(value) for value in values), "0 to 255."),
    ]
    if len(answer.mean) == len(values):
        numbers = [
            (value / 255 - mean) / std
            for value, mean, std in zip(values, answer.mean, answer.std, strict=True)
        ]
        text = ", ".join(f"{number:.3f}" for number in numbers).replace("-", "−")
        rows.append(("the net gets", text, "(value / 255 − mean) / deviation"))
    return rows


def under_bar(answer: Classification, index: int) -> list[Fact]:
    """A class of the answer."""
    probability = float(answer.probabilities[index])
    rows: list[Fact] = [
        ("class", answer.labels[index], ""),
        (
            "index",
            f"{index}, of 0 to {len(answer.labels) - 1:,}",
            "Counted from 0, in the order of the net's last layer.",
        ),
        ("probability", f"{probability:.6f}", "Softmax of its logit."),
    ]
    if answer.logits is not None:
        rows.append(
            ("logit", f"{float(answer.logits[index]):.4f}".replace("-", "−"), "What the last layer computed.")
        )
    return rows
