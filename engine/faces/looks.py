"""What drawn people are made of: a seed makes a person, a second one a view of that person. Free of torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

Color = tuple[int, int, int]

SKINS: Final[tuple[Color, ...]] = (
    (255, 224, 196), (241, 194, 156), (224, 172, 120), (198, 134, 86), (150, 94, 60), (108, 68, 48),
)  # fmt: skip
HAIRS: Final[tuple[Color, ...]] = (
    (28, 24, 24), (62, 42, 30), (128, 78, 38), (196, 148, 72), (232, 206, 140), (170, 70, 34), (168, 168, 172),
)  # fmt: skip
DARK_HAIRS: Final = (0, 0, 1, 1, 6)
"""What goes with the darker half of the skins."""
IRISES: Final[tuple[Color, ...]] = ((70, 42, 24), (58, 92, 128), (70, 104, 62), (96, 96, 100))
STYLES: Final = ("bald", "short", "fringe", "long", "bun", "curls", "parting")
BEARDLESS: Final = ("fringe", "long", "bun")
BEARDS: Final = ("none", "none", "none", "moustache", "full", "goatee")
GLASSES: Final = ("none", "none", "none", "round", "square")
NAMES: Final = (
    "Ada", "Björn", "Chidi", "Dilnoza", "Emeka", "Farah", "Gustavo", "Hana", "Ívar", "José",
    "Keiko", "Lindiwe", "Mei", "Nils", "Olga", "Pemba", "Quirin", "Ravi", "Sana", "Tomás",
    "Uma", "Václav", "Wen", "Xenia", "Yusuf", "Zoé",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Looks:
    """What makes a drawn person: lengths in pixels of a crop, `tilt` in pixels over the width of a brow."""

    skin: Color
    hair: Color
    style: str
    iris: Color
    width: float
    chin: float
    forehead: float
    eye: float
    brow: float
    tilt: float
    brow_gap: float
    nose: float
    lips: float
    lip: Color
    beard: str
    glasses: str
    freckles: bool
    ears: float


@dataclass(frozen=True, slots=True)
class Moment:
    """What differs between two views of one person.

    `light`: factor of all grey levels; `side`: -1..1, from where it comes; `turn`: pixels by which outline and hair
    move against the features; `smile`, `open`, `lids`, `raised`: the expression; `ground`: the background; `shirt`.
    """

    light: float
    side: float
    turn: float
    smile: float
    open: float
    lids: float
    raised: float
    ground: Color
    shirt: Color
    noise: float = 2.0


def name_of(person: int) -> str:
    """What a drawn person is called."""
    again = person // len(NAMES)
    return f"{NAMES[person % len(NAMES)]} (drawn{f' {again + 1}' if again else ''})"


def looks_of(person: int) -> Looks:
    """The looks that a seed, 0 or more, makes."""
    draw = np.random.default_rng((7, person))
    tone = int(draw.integers(len(SKINS)))
    skin = SKINS[tone]
    style = str(draw.choice(STYLES))
    hair = int(draw.choice(DARK_HAIRS) if tone >= len(SKINS) // 2 else draw.integers(len(HAIRS)))
    beard = str(draw.choice(BEARDS))
    return Looks(
        skin=scaled(skin, draw.uniform(0.93, 1.06)),
        hair=HAIRS[hair],
        style=style,
        iris=IRISES[int(draw.integers(len(IRISES)))],
        width=draw.uniform(38, 50),
        chin=draw.uniform(112, 127),
        forehead=draw.uniform(2, 18),
        eye=draw.uniform(4.8, 7.6),
        brow=draw.uniform(1.8, 5.4),
        tilt=draw.uniform(-4.5, 4.5),
        brow_gap=draw.uniform(9.5, 14),
        nose=draw.uniform(4.5, 11),
        lips=draw.uniform(1.4, 5.2),
        lip=(int(skin[0] * 0.86), int(skin[1] * 0.52), int(skin[2] * 0.52)),
        beard="none" if style in BEARDLESS else beard,
        glasses=str(draw.choice(GLASSES)),
        freckles=bool(draw.random() < 0.25),
        ears=draw.uniform(4, 10),
    )


def moment_of(person: int, view: int) -> Moment:
    """The view that a second seed makes; view 0 looks straight into even light."""
    draw = np.random.default_rng((11, person, view))
    ground = draw.integers(0, 60, 3) + draw.integers(100, 180)
    shirt = draw.integers(40, 200, 3)
    still = view == 0
    return Moment(
        light=1.0 if still else draw.uniform(0.75, 1.15),
        side=0.0 if still else draw.uniform(-0.7, 0.7),
        turn=0.0 if still else draw.uniform(-5, 5),
        smile=0.35 if still else draw.uniform(-0.5, 1.0),
        open=0.0 if still else max(0.0, draw.uniform(-0.8, 1.0)),
        lids=1.0 if still else draw.uniform(0.55, 1.1),
        raised=0.0 if still else draw.uniform(-1.5, 3.0),
        ground=(int(ground[0]), int(ground[1]), int(ground[2])),
        shirt=(int(shirt[0]), int(shirt[1]), int(shirt[2])),
    )


def scaled(color: Color, by: float) -> Color:
    """The colour with its light multiplied."""
    r, g, b = (int(np.clip(round(part * by), 0, 255)) for part in color)
    return r, g, b
