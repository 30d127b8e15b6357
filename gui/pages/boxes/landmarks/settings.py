"""Everything that a person can set in the view "Landmarks"."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, Self

from engine.detection.landmarks import LAYOUTS, Layout, Point
from engine.errors import UserError
from gui.pages.boxes.shares import Shares, Size, check_box
from gui.widgets.source_state import SourceState

Points = tuple[Point, ...]
WHOLE: Final[Shares] = (0.0, 0.0, 1.0, 1.0)
FEWEST: Final = 2
MOST: Final = 64
MARGIN: Final = 0.55
"""Around the points of a crop, as a share of the longer side of what they take."""

# Where they are on the bundled portrait, as shares of it; the crop is what a face detector would hand over.
PORTRAIT: Final = "astronaut"
CROP: Final[Shares] = (160 / 512, 44 / 512, 288 / 512, 172 / 512)
EYES: Final[Points] = (
    (194.5 / 512, 99.5 / 512), (211 / 512, 102.5 / 512), (238.5 / 512, 103.5 / 512), (257.5 / 512, 102 / 512),
)  # fmt: skip
FACE: Final[Points] = (
    (203 / 512, 101 / 512), (247 / 512, 103 / 512), (224 / 512, 126 / 512),
    (205 / 512, 141 / 512), (243 / 512, 142 / 512),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LandmarksSettings:
    """`eyes`, `face`, `hand`: the points of each layout as shares of the picture; `region`: what of it is shown.

    `second`: how the second picture comes about; `consistent`: its points are numbered as those of the first one.
    `count`: pictures of the training set. `drawn`: the hand is drawn on paper instead of the photo.
    """

    layout: Literal["eyes", "face", "hand"] = "face"
    eyes: Points = EYES
    face: Points = FACE
    hand: Points = LAYOUTS["hand"].template
    region: Shares = CROP
    second: Literal["mirror", "person"] = "mirror"
    consistent: bool = False
    count: int = 24
    drawn: bool = True

    @property
    def shape(self) -> Layout:
        """The layout on show."""
        return LAYOUTS[self.layout]

    @property
    def points(self) -> Points:
        """Its points."""
        points: Points = getattr(self, self.layout)
        return points

    @property
    def on_paper(self) -> bool:
        """Whether the points are shown on a drawing instead of the photo."""
        return self.layout == "hand" and self.drawn

    @property
    def shown_region(self) -> Shares:
        return WHOLE if self.on_paper else self.region

    @property
    def mirrored(self) -> bool:
        """Whether the second picture is a mirror image: that of a right hand would be a left one."""
        return self.second == "mirror" and self.shape.mirrors

    def before(self, source: SourceState) -> Self:
        """Another picture: the points of the portrait are known, on others they stand ready in the middle."""
        fresh = type(self)()
        if source.kind == "sample" and source.value == PORTRAIT:
            return replace(self, eyes=fresh.eyes, face=fresh.face, region=fresh.region)
        return replace(
            self,
            eyes=LAYOUTS["eyes"].template,
            face=LAYOUTS["face"].template,
            region=WHOLE,
            drawn=self.drawn and source.kind == "sample",
        )

    def validated(self) -> Self:
        """The settings themselves. Raises UserError: a sentence that says what is wrong."""
        for name, layout in LAYOUTS.items():
            points = getattr(self, name)
            if len(points) != len(layout.names):
                raise UserError(f"“{layout.title}” has {len(layout.names)} points, not {len(points)}.")
            if not all(math.isfinite(value) and 0 <= value <= 1 for point in points for value in point):
                raise UserError(
                    "A saved point does not lie in its picture.", "Points are shares of width and height."
                )
        check_box(self.region)
        if not FEWEST <= self.count <= MOST:
            raise UserError(f"The training set has {FEWEST} to {MOST} pictures, not {self.count}.")
        return self


def with_point(settings: LandmarksSettings, index: int, place: Point) -> LandmarksSettings:
    """One point of the layout on show moved to a place, shares of what is shown of the picture."""
    x1, y1, x2, y2 = settings.shown_region
    x, y = (min(max(value, 0.0), 1.0) for value in place)
    points = list(settings.points)
    points[index] = (min(x1 + x * (x2 - x1), 1.0), min(y1 + y * (y2 - y1), 1.0))
    changes: dict[str, Any] = {settings.layout: tuple(points)}
    return replace(settings, **changes)


def framed(settings: LandmarksSettings, size: Size) -> LandmarksSettings:
    """The crop that a detector would hand over: a square around the points, as far as the picture reaches."""
    width, height = size
    xs, ys = [x * width for x, _ in settings.points], [y * height for _, y in settings.points]
    middle = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    half = max(max(xs) - min(xs), max(ys) - min(ys), 2.0) * (0.5 + MARGIN)
    x1, y1 = (max(round(value - half), 0) for value in middle)
    x2, y2 = (min(round(value + half), most) for value, most in zip(middle, size, strict=True))
    return replace(
        settings, region=(x1 / width, y1 / height, max(x2, x1 + 1) / width, max(y2, y1 + 1) / height)
    )
