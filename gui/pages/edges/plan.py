"""From a filtered picture to the tiles that show it: what each is called, what it shows, how it is coloured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from engine.foundations.edges.catalogue import EdgeKernel
from engine.foundations.edges.kernels import FloatArray
from engine.foundations.edges.picture import STRONGEST, bank
from engine.foundations.edges.requests import FilteredPicture
from gui.pages.edges.state import Arrangement
from gui.pages.edges.words import degrees, direction_words, kernel_kind, kernel_title, span

Kind = Literal["picture", "signed", "magnitude", "grey", "colour", "angle"]
WHITE: Final = 255.0
INPUT: Final = "input"


@dataclass(frozen=True, slots=True, eq=False)
class TilePlan:
    """One tile: `key` is the map that it shows ("input": the picture), `limit` where its colours saturate.

    `details` are tried until one fits beside the title; `kernel` is drawn beneath it; `wiped`: the picture lies over
    the map, left of a divider.
    """

    key: str
    title: str
    details: tuple[str, ...]
    kind: Kind
    limit: float = WHITE
    kernel: FloatArray | None = None
    wiped: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """The tiles of a view, how many columns they may stand in (empty: any), and a sentence about their colours."""

    tiles: tuple[TilePlan, ...]
    sentence: str
    columns: tuple[int, ...] = ()


def plan(result: FilteredPicture, arrangement: Arrangement = "beside") -> Plan:
    """The tiles that show an answer."""
    if result.request.what == "gradient":
        return _gradient(result)
    if result.request.what == "compare":
        return _compare(result)
    return _response(result, arrangement)


def _input(result: FilteredPicture) -> TilePlan:
    height, width = result.pixels.shape[:2]
    size = f"{height} × {width}"
    return TilePlan(
        INPUT, "Input", (f"{size} (rows × columns), 0 to 255", f"{size}, 0 to 255", size), "picture"
    )


def _response(result: FilteredPicture, arrangement: Arrangement) -> Plan:
    kernel = result.request.kernel
    wiped = arrangement == "wipe"
    found, name = result.ranges[0], kernel_title(kernel)
    details = (f"{name}, {span(found)}", span(found))
    if len(result.maps) == 3:
        tile = TilePlan("colour", "Output", (f"{name}, in colour", name), "colour", wiped=wiped)
    elif kernel.entry.keeps_brightness:
        tile = TilePlan("response", "Output", details, "grey", wiped=wiped)
    else:
        key = result.names[0]
        title = "Strongest of R, G, B" if key == STRONGEST else "Response"
        kind = kernel_kind(kernel)
        more = (f"{name}: {kind}, {span(found)}", *details) if kind else details
        tile = TilePlan(key, title, more, "signed", found.limit, wiped=wiped)
    tiles = (tile,) if wiped else (_input(result), tile)
    return Plan(tiles, _sign_sentence(kernel))


def _sign_sentence(kernel: EdgeKernel) -> str:
    if kernel.entry.keeps_brightness:
        return (
            "The weights add up to 1: the output is a picture again, cut at 0 and 255 for the colours alone."
        )
    if kernel.name == "custom":
        return "Red: above 0, the positive weights win. Blue: below 0, the negative ones do."
    if kernel.name.startswith("laplacian"):
        return "Blue on the bright side of an edge, red on the dark side: the edge is where the sign changes."
    way = direction_words(kernel.angle)
    if kernel.name == "gabor":
        return f"Red: the picture follows the wave {way}. Blue: its opposite. No colour: another direction or width."
    return f"Red: above 0, it gets darker {way}. Blue: below 0, it gets brighter. Edges along that way answer nothing."


def _gradient(result: FilteredPicture) -> Plan:
    gx, gy, size, _ = result.ranges
    limit = max(gx.limit, gy.limit)  # one scale for both: they are two parts of one vector
    name = result.request.kernel.entry.title
    tiles = (
        TilePlan("gx", "gx", (f"{name} 0°, {span(gx)}", span(gx)), "signed", limit),
        TilePlan("gy", "gy", (f"{name} 90°, {span(gy)}", span(gy)), "signed", limit),
        TilePlan(
            "magnitude",
            "Magnitude",
            (f"√(gx² + gy²), {span(size)}", span(size), f"≤ {size.high:.0f}"),
            "magnitude",
            size.limit,
        ),
        # Half of the range is bright enough: a hue is to be seen.
        TilePlan("angle", "Angle", ("atan2(gy, gx), −180° to 180°", "±180°"), "angle", size.limit / 2),
    )
    sentence = (
        "The arrow at the pointer goes from bright to dark; the wheel has its colour in that direction."
    )
    return Plan(tiles, sentence, (2, 4))


def _compare(result: FilteredPicture) -> Plan:
    members = bank(result.request.kernel)
    found = list(zip(members, result.ranges, strict=True))
    # Second derivatives have another unit than first ones, and a scale of their own.
    limits = {second: max(r.limit for m, r in found if m.second == second) for second in (False, True)}
    tiles = tuple(
        TilePlan(
            m.title, m.title, (f"÷ {m.divisor:g}, {span(r, 0)}",), "signed", limits[m.second], kernel=m.plane
        )
        for m, r in found
    )
    angle = result.request.kernel.angle
    rows = f"Above at {degrees(angle)}, below at {degrees(angle + 90)}"
    return Plan(tiles, f"{rows}. One scale of colours for the slopes, another for the Laplacians.", (4, 2))
