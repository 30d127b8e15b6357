"""What can be taken away from the view: the list of the patches, and all its pixels."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.errors import UserError
from engine.inside.patches.requests import UnitPatches
from gui import export
from gui.pages.base import Verb

if TYPE_CHECKING:
    from gui.pages.units.patches.patches_view import PatchesView

HEADER = ("rank", "picture", "activation", "row", "column", "top", "left", "bottom", "right")


def verbs(view: PatchesView) -> list[Verb]:
    """The entries that the view adds to the share menu."""
    return [
        Verb(
            "Save list of patches (CSV)…", "file-delimited-outline", _safely(view, save_list), separated=True
        ),
        Verb("Save patches and projections (NumPy)…", "file-outline", _safely(view, save_arrays)),
    ]


def _safely(view: PatchesView, run: Callable[[PatchesView, UnitPatches], None]) -> Callable[[], None]:
    """A refusal is a sentence in the banner."""

    def verb() -> None:
        try:
            run(view, _answer(view))
        except UserError as error:
            view.said.emit(str(error), "error")

    return verb


def _answer(view: PatchesView) -> UnitPatches:
    if view.answer is None or not view.answer.patches:
        raise UserError("There are no patches to save yet.", "Wait until some pictures were looked through.")
    return view.answer


def rows(answer: UnitPatches) -> list[tuple[object, ...]]:
    """One row a patch, strongest first: HEADER."""
    return [
        (rank, patch.picture, patch.value, *patch.place, *patch.window)
        for rank, patch in enumerate(answer.patches, start=1)
    ]


def save_list(view: PatchesView, answer: UnitPatches) -> None:
    path = export.save_dialog(view, "Save list of patches", f"{_name(answer)}.csv", "CSV table (*.csv)")
    if path is not None:
        export.save_text(path, export.table_csv(HEADER, rows(answer)))
        view.said.emit(f"Saved {path.name}.", "info")


def save_arrays(view: PatchesView, answer: UnitPatches) -> None:
    path = export.save_dialog(view, "Save patches", f"{_name(answer)}.npz", "NumPy arrays (*.npz)")
    if path is not None:
        export.atomic_write(path, lambda file: _write(file, arrays(answer)))
        view.said.emit(f"Saved {path.name}.", "info")


def arrays(answer: UnitPatches) -> dict[str, np.ndarray[Any, Any]]:
    """`seen` uint8[n, S, S, 3], `projections` float32[n, S, S, C], `windows` int64[n, 4], `values` float64[n]."""
    whole = [patch for patch in answer.patches if patch.seen is not None and patch.projection is not None]
    if not whole:
        raise UserError("The projections are still on their way.", "Try again in a moment.")
    return {
        "seen": np.stack([np.asarray(patch.seen) for patch in whole]),
        "projections": np.stack([np.asarray(patch.projection) for patch in whole]),
        "windows": np.array([patch.window for patch in whole]),
        "values": np.array([patch.value for patch in whole]),
    }


def _write(path: Path, named: dict[str, np.ndarray[Any, Any]]) -> None:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **named)  # type: ignore[arg-type]  # the stubs take the names for options
    path.write_bytes(buffer.getvalue())


def _name(answer: UnitPatches) -> str:
    layer = answer.request.layer.replace(".", "-")
    return f"convscope-patches-{layer}-{answer.request.channel}"
