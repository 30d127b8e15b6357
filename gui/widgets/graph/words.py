"""What a graph view says in words: tooltips and descriptions for screen readers."""

from __future__ import annotations

from gui.widgets.graph.data import Drawing, GraphBox


def words(box: GraphBox, drawing: Drawing) -> str:
    """Everything about a box, a line each."""
    count = f" × {box.count}" if box.count > 1 else ""
    share = f"{100 * box.weight:.1f} % of {box.weight_of}" if box.weight else ""
    lines = (
        box.title + count, box.subtitle, drawing.labels.get(box.key, ""), share,
        "Changed" if box.changed else "", box.note,
    )  # fmt: skip
    return "\n".join(line for line in lines if line)


def description(drawing: Drawing, selected: str) -> str:
    """The selected box and its neighbours, or how to begin."""
    box = drawing.by_key.get(selected)
    if box is None:
        return f"{len(drawing.boxes)} boxes. Arrow keys walk along the connections."
    lines = [words(box, drawing).replace("\n", ", ")]
    for name, keys in (("Inputs", drawing.inputs[selected]), ("Outputs", drawing.outputs[selected])):
        names = [drawing.by_key[key].subtitle or drawing.by_key[key].title for key in keys]
        lines.append(f"{name}: {', '.join(names) or 'none'}")
    return ". ".join(lines) + "."
