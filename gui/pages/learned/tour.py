"""The states in which the tour shows the page."""

from __future__ import annotations

from dataclasses import replace

from gui.pages.base import TourStop
from gui.pages.learned.state import LearnedState
from gui.widgets.source_state import SourceState

_START = LearnedState()
_SLOW = replace(_START, optimiser="sgd", rate=1.45, step=300)
_HIDDEN = replace(_START, target="hidden", source=SourceState(kind="sample", value="cat"), step=120)
_NOISY = replace(
    _START,
    target="scharr",
    angle=30,
    batch="crops",
    noise=0.3,
    optimiser="adam",
    rate=0.2,
    step=150,
    bias=True,
)
_FLAT = replace(
    _START,
    source=SourceState(kind="preset", value="flat"),
    scaling="unit",
    optimiser="sgd",
    rate=0.2,
    side=32,
    step=60,
)

_STOPS = (
    ("noise", "A kernel of noise", "The photo, the response that is wanted, and what nine numbers answer.", _START),
    ("learning", "It learns", "After 60 updates of Adam: the response looks right, the kernel not yet.",
     replace(_START, step=60)),
    ("learned", "It is found", "300 updates: a Sobel kernel that nobody told it.", replace(_START, step=300)),
    ("hidden", "A hidden kernel", "Typed by the teacher, or drawn by lot; covered until it is revealed.", _HIDDEN),
    ("diverges", "Too large a step", "Above 2/λ the loss explodes.", replace(_SLOW, rate=1.6, step=60)),
    ("directions", "A bowl in nine directions", "Steep ones are learned at once, flat ones hardly.",
     replace(_SLOW, view="directions", step=60)),
    ("flat", "A photo that cannot teach", "One grey level: the loss vanishes, the kernel stays wrong.",
     replace(_FLAT, view="directions")),
    ("crops", "Random crops and noise", "A Scharr kernel at 30 degrees, from noisy squares.", _NOISY),
    ("compare", "Learned beside made by hand", "The numbers, their difference, and least squares.",
     replace(_START, view="compare", optimiser="momentum", rate=0.5, step=300)),
)  # fmt: skip


def stops() -> list[TourStop]:
    """One stop for everything that the page can show."""
    return [TourStop(*stop) for stop in _STOPS]
