"""What is said about flattening."""

from __future__ import annotations

from gui.pages.channels.flat.resolve import ShownFlat
from gui.widgets.stage_text import plain


def line(shown: ShownFlat) -> str:
    """The entry on show, with its index worked out."""
    (channels, height, width), (channel, row, col) = shown.state.shape, shown.place
    if shown.state.order == "first":
        index = f"({channel} · {height} + {row}) · {width} + {col}"
    else:
        index = f"({row} · {width} + {col}) · {channels} + {channel}"
    value = plain(float(shown.flat.vector[shown.entry]))
    return f"entry = {index} = {shown.entry}   value {value}"


def sentences(shown: ShownFlat) -> list[str]:
    """The order in words, and what is lost."""
    if shown.state.order == "first":
        order = (
            "Channels first, as PyTorch stores it: entry = (c · H + r) · W + q. All of channel 0 comes first, row "
            "after row; neighbours in a row stay neighbours, those in a column end up W entries apart."
        )
    else:
        order = (
            "Channels last, as TensorFlow stores it: entry = (r · W + q) · C + c. All channels of one pixel come "
            "first, then those of the next; weights trained with one order make no sense with the other."
        )
    return [order, "Nothing is computed: every number is kept. What is lost is which pixels were neighbours."]
