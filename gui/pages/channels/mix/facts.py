"""What the inspector says about the mixing table."""

from __future__ import annotations

from gui.pages.channels.mix.resolve import (
    BIAS,
    COLOUR_IN,
    COLOUR_OUT,
    INPUT,
    OUTPUT,
    RESULT,
    SUM,
    TABLE,
    ShownMix,
)
from gui.pages.channels.numbers import subscript
from gui.pages.channels.view import Group
from gui.widgets.facts import Fact
from gui.widgets.stage_text import by, plain

EDIT_TIP = "Double-click or F2 to change it."


def formula(shown: ShownMix) -> tuple[str, ...]:
    """The sum over channels, and the activation where there is one."""
    if shown.mix.relu:
        return (r"z_f &= \sum_c W_{f,c}\; x_c + b_f", r"y_f &= \max(0,\, z_f)")
    return (r"y_f &= \sum_c W_{f,c}\; x_c + b_f",)


def groups(shown: ShownMix) -> list[Group]:
    """The pixel on show, and shape and cost."""
    return [Group("This pixel", _pixel(shown)), *_variance(shown), Group("Shape and cost", _cost(shown))]


def _pixel(shown: ShownMix) -> list[Fact]:
    step, names = shown.step, shown.mixture.names
    rows: list[Fact] = [("place", f"row {step.row}, col {step.col}", "Counted from 0.")]
    for channel, (name, value) in enumerate(zip(names, step.values, strict=True)):
        rows.append((f"x{subscript(channel)} {name}", plain(float(value)), "What comes in."))
    for row, (total, result) in enumerate(zip(step.sums, step.result, strict=True)):
        text = plain(float(result))
        if shown.mix.relu:
            text = f"{plain(float(total))} → {text}"
        rows.append((f"= y{subscript(row)}", text, "Row of the table times the channels, plus the bias."))
    return rows


def _variance(shown: ShownMix) -> list[Group]:
    """How much of the picture a table by PCA keeps."""
    if not shown.mixture.pca:
        return []
    found, kept = shown.mixture.principal, len(shown.mix.weight)
    rows: list[Fact] = [
        (f"component {i}", f"{share:.2%}", "Its part of the variance of all channels together.")
        for i, share in enumerate(found.shares)
    ]
    rows.append(("kept", f"{float(found.shares[:kept].sum()):.2%}", f"By the first {kept}."))
    lost = float(found.variances[kept:].sum())
    rows.append(("mean square lost", plain(lost), "Of a pixel restored from the outputs, over all channels."))
    return [Group("Variance (PCA)", rows)]


def _cost(shown: ShownMix) -> list[Fact]:
    mix = shown.mix
    channels, height, width = mix.x.shape
    filters = len(mix.weight)
    rows: list[Fact] = [
        ("input", by((height, width, channels)), "Height × width × channels."),
        ("output", by((height, width, filters)), "Height and width stay: a pixel sees only itself."),
        (
            "parameters",
            f"{filters} · {channels} + {filters} = {mix.parameters}",
            "A weight a cell, a bias a row.",
        ),
        ("multiplications", f"{mix.macs:,}", "The table once for every pixel."),
        ("receptive field", "1 × 1", "No neighbours: only channels are mixed."),
    ]
    if shown.mixture.picture:
        side = shown.mixture.block
        rows.append(("a cell", f"{side} × {side} pixels", "The mean of so many pixels of the picture."))
    return rows


def under(shown: ShownMix, key: str, row: int, column: int) -> list[Fact]:
    """Name, place, value and origin of a cell."""
    mix, mixture = shown.mix, shown.mixture
    place: Fact = ("place", f"row {row}, col {column}", "Counted from 0.")
    if key.startswith(INPUT):
        channel = int(key.removeprefix(INPUT))
        value = plain(float(mix.x[channel, row, column]))
        return [("input", mixture.names[channel], ""), ("value", value, EDIT_TIP), place]
    if key.startswith(OUTPUT):
        index = int(key.removeprefix(OUTPUT))
        rows = [("output", str(index), ""), ("value", plain(float(mix.output[index, row, column])), "")]
        before: Fact = ("before ReLU", plain(float(mix.sums[index, row, column])), "")
        return [*rows, before, place] if mix.relu else [*rows, place]
    if key in (COLOUR_IN, COLOUR_OUT):
        return _colour(shown, key, row, column, place)
    if key == TABLE:
        weight, times = float(mix.weight[row, column]), float(shown.step.values[column])
        return [
            ("weight", f"row {row}, col {column}", f"From {mixture.names[column]} to output {row}."),
            ("value", plain(weight), EDIT_TIP),
            ("times x", plain(times), f"{mixture.names[column].capitalize()} of the pixel on show."),
            ("product", plain(weight * times), "What it adds to the sum of its row."),
        ]
    column_of = {
        BIAS: ("bias", mix.bias),
        SUM: ("sum", shown.step.sums),
        RESULT: ("after ReLU", shown.step.result),
    }
    name, values = column_of[key]
    tip = EDIT_TIP if key == BIAS else "Of the pixel on show."
    return [(name, f"row {row}", f"Of output {row}."), ("value", plain(float(values[row])), tip)]


def _colour(shown: ShownMix, key: str, row: int, column: int, place: Fact) -> list[Fact]:
    mixture = shown.mixture
    colors, title = mixture.colour_in, "Input in colour"
    if key == COLOUR_OUT and mixture.colour_out is not None:
        colors, title = mixture.colour_out
    if colors is None:
        return []
    red, green, blue = (int(v) for v in colors[row, column])
    tip = "Values outside of 0 to 255 are cut off for the screen; the maps have them in full."
    return [("picture", title, ""), ("red, green, blue", f"{red}, {green}, {blue}", tip), place]
