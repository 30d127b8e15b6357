"""What a person should know about the painting that is wanted, and what can be done about it."""

from __future__ import annotations

from functools import partial

from engine.style.requests import Plan
from engine.style.settings import sizes_of
from gui.pages.style.paint.course import Course
from gui.pages.style.paint.notice import Offer
from gui.pages.style.paint.runs import Run
from gui.pages.style.paint.words import plan_text
from gui.pages.style.view import Subject

NO_MEMORY = "The memory ran out in mid-run; the last good picture is kept."

Advice = tuple[str, tuple[Offer, ...]]


def advice(course: Course, plan: Plan | None, current: Run | None) -> Advice:
    """A sentence with offers, ("", ()) where there is nothing to say. `current`: what the engine painted last."""
    subject, run = course.subject, course.run
    if subject is None or subject.complete is None:
        return "", ()
    if plan is not None and not plan.fits and (current is None or not current.under_way):
        return plan_text(plan), ((f"Reduce to {plan.largest} px", partial(course.reduce_to, plan)),)
    if course.problem:
        return course.problem, (("Try again", course.paint_again),)
    if run is not None and run.phase == "memory":
        return NO_MEMORY, ((f"Go on at {course.smaller} px", course.go_on_smaller),)
    if course.waits and run is None:
        return _long(subject), (("Paint", course.paint_again),)
    return ("" if current is None or current.painted is None else current.painted.note), ()


def _long(subject: Subject) -> str:
    assert subject.complete is not None
    content = subject.complete[0]
    width, height = sizes_of(subject.settings, content.width, content.height)[-1]
    takes = f"{subject.settings.steps} steps at {width} × {height} pixels"
    return f"This painting was not begun by itself: {takes} can take a while."
