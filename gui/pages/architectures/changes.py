"""The legal ways to change a network on this page: edits that replace each other, and what they are called."""

from __future__ import annotations

from engine.networks.graphs.graph import Graph
from engine.networks.graphs.what_if import Edit, Setting, apply, settings_in

Edits = tuple[Edit, ...]
DROP = "drop"
SIDES = ("_height", "_width")


def form(original: Graph, edits: Edits, layer: str, changed: Graph | None = None) -> tuple[Setting, ...]:
    """What can be set about a layer, with the values that are in force. Raises UserError: no such layer.

    `changed` is the network with these edits, if it is known: with a layer left out it does not know its settings.
    """
    if changed is not None and not is_dropped(edits, layer):
        return settings_in(changed, layer)
    kept = tuple(edit for edit in edits if (edit.layer, edit.setting) != (layer, DROP))
    return settings_in(apply(original, kept), layer)


def is_dropped(edits: Edits, layer: str) -> bool:
    """Whether a person left the layer out."""
    return any(edit == Edit(layer, DROP, 1) for edit in edits)


def with_edit(original: Graph, edits: Edits, edit: Edit) -> Edits:
    """One more change; it takes the place of what it overrides, and none is left where all is as it was.

    Raises UserError: no such layer.
    """
    stem = _stem(edit.setting)
    replaced = {edit.setting} if edit.setting != stem else {stem, *(stem + side for side in SIDES)}
    kept = tuple(old for old in edits if old.layer != edit.layer or old.setting not in replaced)
    of_layer = tuple(old for old in kept if old.layer == edit.layer and old.setting != DROP)
    before = {setting.name: setting.value for setting in settings_in(apply(original, of_layer), edit.layer)}
    return kept if before.get(edit.setting) == edit.value else (*kept, edit)


def without(edits: Edits, edit: Edit) -> Edits:
    """One change taken back."""
    return tuple(old for old in edits if old != edit)


def edit_text(original: Graph, edit: Edit) -> tuple[str, str]:
    """(layer, what was changed): ("conv1", "Stride 1 → 2"), ("act1", "left out")."""
    if edit.setting == DROP:
        return edit.layer, "left out"
    stem = _stem(edit.setting)
    known = {setting.name: setting for setting in settings_in(original, edit.layer)}
    setting = known.get(edit.setting) or known.get(stem) or known.get(f"{stem}{SIDES[0]}")
    title = setting.title.removesuffix(" height") if setting else edit.setting
    side = edit.setting.removeprefix(stem).replace("_", " ")
    title = title if title.endswith(side) else title + side
    before = f"{setting.value} → " if setting else "→ "
    return edit.layer, f"{title} {before}{edit.value}"


def _stem(setting: str) -> str:
    for side in SIDES:
        setting = setting.removesuffix(side)
    return setting
