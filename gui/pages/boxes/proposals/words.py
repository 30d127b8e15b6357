"""What the view "Region proposals" says: pure functions of the engine's answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from engine.detection.proposals.grouping import similarities
from engine.detection.proposals.requests import RegionRun, Search
from engine.detection.proposals.settings import TERMS
from gui.widgets.facts import Fact
from gui.widgets.stage_text import plural

WAITING: Final = "The picture is being searched."
NO_BACKGROUND: Final = (
    "This classifier has seen nothing but things of its classes: it knows no background, and calls every box by one of "
    "them. R-CNN trains a background class, and heads on warped boxes; here the net is used as it is."
)
UNTRAINED: Final = (
    "The weights of Faster R-CNN are not on this computer. Random ones show what does not depend on them: shapes, "
    "anchors, passes, times."
)
METHODS: Final = {"rcnn": "R-CNN", "fast": "Fast R-CNN", "faster": "Faster R-CNN"}
SHORT: Final = {"rcnn": "R-CNN", "fast": "Fast", "faster": "Faster"}
"""For columns that have no room for the whole name."""
HOW: Final = {
    "rcnn": "every proposal cropped, warped, classified",
    "fast": "one pass, then RoI pooling a proposal",
    "faster": "one pass, its own proposals",
}


# --- the hierarchy ----------------------------------------------------------------------------------------


def size_text(search: Search, region: int) -> str:
    """The pixels of a region and its share of the picture."""
    pixels = int(search.hierarchy.regions.sizes[region])
    return f"{pixels:,} px, {100 * pixels / search.hierarchy.picture_area:.1f} %"


def box_text(box: np.ndarray) -> str:
    x1, y1, x2, y2 = (f"{value:.0f}" for value in box)
    return f"{x1}, {y1}, {x2}, {y2}"


def merge_title(search: Search, step: int) -> str:
    """What is on show after so many merges."""
    hierarchy = search.hierarchy
    if step == 0:
        return plural(hierarchy.leaves, "segment")
    left = hierarchy.leaves - step
    return f"Merge {step} of {len(hierarchy.merges)}: {plural(left, 'region')} left"


def merge_sentence(search: Search, step: int) -> str:
    """Which regions were merged, and why."""
    merge = search.hierarchy.merges[step - 1]
    sizes = search.hierarchy.regions.sizes
    return (
        f"Of all neighbours A ({int(sizes[merge.first]):,} px) and B ({int(sizes[merge.second]):,} px) are the most "
        f"similar. They become one region, and the dashed box around it a proposal."
    )


def segments_sentence(search: Search) -> str:
    settings = search.request.settings
    return (
        f"Felzenszwalb and Huttenlocher's segmentation: pixels that differ less than the scale {settings.scale:g} "
        f"allows are one segment. The next step merges the two neighbours that are most alike. Click a region to see "
        f"its neighbours."
    )


def search_facts(search: Search) -> list[Fact]:
    """What the search found, and how long it took."""
    picture, hierarchy = search.picture, search.hierarchy
    return [
        (
            "searched",
            f"{picture.width} × {picture.height} px",
            "Larger pictures are averaged down; boxes are in these pixels.",
        ),
        ("segments", f"{hierarchy.leaves:,}", "What the search begins with."),
        ("merges", f"{len(hierarchy.merges):,}", "One fewer than there are segments."),
        ("regions", f"{len(hierarchy.regions):,}", "Segments and everything that was made of them."),
        ("proposals", f"{len(search.proposals):,}", "Their boxes, each once."),
        ("duplicates", f"{search.proposals.duplicates:,}", "Boxes that an earlier one has already."),
        ("segmentation", f"{search.segmenting * 1000:.0f} ms", "By scikit-image."),
        ("grouping", f"{search.grouping * 1000:.0f} ms", "Histograms, merges and ranking, in numpy."),
    ]


def region_facts(search: Search, region: int, step: int) -> list[Fact]:
    """A region and its neighbours, the most similar first."""
    hierarchy = search.hierarchy
    rows: list[Fact] = [
        ("region", str(region), "Segments come first, then one number a merge."),
        ("size", size_text(search, region), ""),
        (
            "box",
            box_text(hierarchy.regions.boxes[region]),
            "x1, y1, x2, y2 in pixels of the searched picture.",
        ),
    ]
    ranked = neighbours_of(search, region, step)
    rows.append(("neighbours", str(len(ranked)), "Regions that share an edge with it."))
    rows += [
        (f"similarity to {other}", f"{total:.3f}", "Colour, texture, size and fill.")
        for other, total in ranked[:4]
    ]
    return rows


def neighbours_of(search: Search, region: int, step: int) -> list[tuple[int, float]]:
    """The neighbours of a region after so many merges with their similarity, the most similar first."""
    hierarchy = search.hierarchy
    others = hierarchy.neighbours(region, step)
    if not len(others):
        return []
    terms = similarities(hierarchy.regions, region, others, hierarchy.picture_area)
    totals = terms @ np.asarray(hierarchy.counted, np.float64)
    order = np.argsort(-totals, kind="stable")
    return [(int(others[place]), float(totals[place])) for place in order]


def terms_text(terms: tuple[float, ...]) -> str:
    return ", ".join(f"{name} {value:.2f}" for name, value in zip(TERMS, terms, strict=True))


# --- costs ------------------------------------------------------------------------------------------------


def macs_text(macs: int) -> str:
    """Multiplications in millions or billions."""
    return f"{macs / 1e9:.2f} G" if macs >= 1e9 else f"{macs / 1e6:.1f} M"


def passes_text(passes: int) -> str:
    return "1 pass" if passes == 1 else f"{passes:,} passes"


def seconds_text(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


ROWS: Final = (
    ("passes", "passes", "Runs of the convolutional part."),
    ("reads", "picture in a pass", "Width and height of what one pass reads."),
    ("heads", "proposals", "Boxes that were classified: a run of the net's head each."),
    ("macs", "multiplications", "Of convolutions and linear layers, counted while it runs."),
    ("seconds", "net alone", "Seconds of the net on this computer; proposals are not in them."),
    (
        "answers",
        "answers",
        "Above the least score, the strongest of each class at a place. The best five are drawn.",
    ),
)


BARRED: Final = ("passes", "heads", "macs", "seconds")
"""Rows of which the columns are compared by bars."""


def cost_shares(run: RegionRun, runs: Sequence[RegionRun]) -> dict[str, float]:
    """Of every barred row the share of the largest of all runs."""
    shares = {}
    for key in BARRED:
        most = max(float(getattr(one, key)) for one in runs)
        shares[key] = float(getattr(run, key)) / most if most else 0.0
    return shares


def cost_cells(run: RegionRun, answers: int) -> dict[str, str]:
    """The cells of the table for one method."""
    return {
        "passes": f"{run.passes:,}",
        "reads": f"{run.reads[0]} × {run.reads[1]}",
        "heads": f"{run.heads:,}" if run.complete else f"{run.heads:,} of {run.total:,}",
        "macs": macs_text(run.macs),
        "seconds": seconds_text(run.seconds),
        "answers": f"{answers:,}" if run.trained else "untrained",
    }


def saving_text(crops: RegionRun | None, pooled: RegionRun | None) -> str:
    """What sharing the pass saves, once both are through."""
    if (
        crops is None
        or pooled is None
        or not (crops.complete and pooled.complete and crops.heads and pooled.macs)
    ):
        return ""
    factor = crops.macs / pooled.macs
    times = f"{factor:.0f} times" if factor >= 10 else f"{factor:.1f} times"
    more = f"{times} the multiplications of" if factor >= 1 else "fewer multiplications than"
    return (
        f"For {plural(crops.heads, 'proposal')} R-CNN needs {more} Fast R-CNN, whose one pass is shared by all. "
        f"Its cost grows with every proposal; that of the shared pass does not."
    )


EXPLANATION: Final = """
<p><b>Region proposals.</b> A window that slides over a picture asks a net at every place and size. Most places are
empty, so first find some hundred boxes that may hold something. <i>Selective search</i> begins with the segments of
Felzenszwalb and Huttenlocher and merges, again and again, the two neighbours that are most similar:
s(a, b) = s<sub>colour</sub> + s<sub>texture</sub> + s<sub>size</sub> + s<sub>fill</sub>. Colour and texture are what
the two histograms have in common, Σ min(a<sub>k</sub>, b<sub>k</sub>): 25 bins of hue, saturation and value each;
the directions of the gradient (eight, and flat ground) of red, green and blue each, in the place of the paper's
Gaussian derivatives. s<sub>size</sub> = 1 − (|a| + |b|) / |picture| merges small regions early;
s<sub>fill</sub> = 1 − (|box| − |a| − |b|) / |picture| merges what fits into each other. The box of every region that
ever was is a proposal. They are ordered by place in the hierarchy times a random number.</p>
<p><b>Three nets.</b> <i>R-CNN</i> cuts every proposal out, warps it to a square and runs the whole net on it.
<i>Fast R-CNN</i> runs the convolutional part once and takes from its maps what lies under each box. <i>Faster
R-CNN</i> lets a small net on these maps make the proposals. Passes and multiplications are counted while they run.
The first two use a classifier of yours as it is: without a background class, and with a head that was trained on
whole pictures, not on pooled maps. What they cost is true; what they answer is worse than a net trained for it.</p>
<p><b>RoI pooling</b> divides a box on the map into a fixed number of parts and keeps the largest value of each; the
box and its parts are rounded to whole cells. <i>RoIAlign</i> rounds nothing: it reads four places in every part,
each mixed from the four cells around it, and takes their mean.</p>
<p>Felzenszwalb &amp; Huttenlocher, <i>Efficient graph-based image segmentation</i> (2004). Uijlings, van de Sande,
Gevers &amp; Smeulders, <i>Selective search for object recognition</i> (2013). Girshick, Donahue, Darrell &amp; Malik
(2014): R-CNN. Girshick, <i>Fast R-CNN</i> (2015). Ren, He, Girshick &amp; Sun, <i>Faster R-CNN</i> (2015). He,
Gkioxari, Dollár &amp; Girshick, <i>Mask R-CNN</i> (2017): RoIAlign.</p>
"""
