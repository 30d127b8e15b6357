"""From a state to what the engine owes, and from descriptions to what is drawn: pure functions, no Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.foundations.descriptors.hog import Hog
from engine.foundations.descriptors.requests import Described, Spec
from engine.foundations.descriptors.words import VisualWords
from engine.networks.learned_features.requests import DigitTest
from gui.pages.descriptors.state import STAGES, DescriptorsState, Place


@dataclass(frozen=True, slots=True)
class Owed:
    """What the engine owes a view: descriptions of the picture, feature maps of a layer, the test on digits."""

    specs: tuple[Spec, ...] = ()
    layer: int | None = None
    test: DigitTest | None = None


def resolve(state: DescriptorsState) -> Owed:
    """What the view of a state needs."""
    if state.view == "histogram":
        return Owed((state.histogram,))
    if state.view == "hog":
        return Owed((state.hog,))
    if state.view == "words":
        return Owed((state.words,))
    if state.view == "side":
        return Owed((state.histogram, state.hog, state.words), layer=state.layer)
    return Owed(test=state.test)


def cell_of(state: DescriptorsState, found: Hog) -> Place:
    """The cell under the lens: the chosen one, moved inside, or one at a strong corner."""
    rows, columns = found.cells.shape[:2]
    if state.cell is not None:
        return min(state.cell[0], rows - 1), min(state.cell[1], columns - 1)
    strongest = int(np.partition(found.cells, -2, axis=-1)[..., -2].argmax())
    return strongest // columns, strongest % columns


def block_of(found: Hog, cell: Place) -> Place:
    """The first block (its top left cell) that holds a cell."""
    down, across = found.blocks.shape[:2]
    size = found.spec.block
    return (
        min(max(cell[0] - (size - 1) // 2, 0), down - 1),
        min(max(cell[1] - (size - 1) // 2, 0), across - 1),
    )


def blocks_with(found: Hog, cell: Place) -> list[tuple[Place, Place]]:
    """Every block that holds a cell, and the cell's place in it."""
    down, across = found.blocks.shape[:2]
    size = found.spec.block
    return [
        ((cell[0] - row, cell[1] - column), (row, column))
        for row in reversed(range(size))
        for column in reversed(range(size))
        if 0 <= cell[0] - row < down and 0 <= cell[1] - column < across
    ]


def round_of(state: DescriptorsState, found: VisualWords) -> int:
    """The step of k-means that is on show."""
    return min(state.round, found.run.steps - 1)


def stepper_of(state: DescriptorsState, found: Described | None) -> tuple[int, int, str] | None:
    """Count, index and name of the steps of a view, None where it has none."""
    if state.view == "hog":
        return len(STAGES), state.stage, "stage"
    if state.view == "words" and isinstance(found, VisualWords):
        return found.run.steps, round_of(state, found), "step"
    return None


def round_told(found: VisualWords, step: int) -> tuple[str, str]:
    """What a step of k-means does: a title and a sentence."""
    if step == 0:
        return "Start", f"k-means++ drew {found.words} patches that are far apart: the first words."
    moved = round_moved(found, step)
    if step % 2:
        if step == 1:
            return "Assign", "Every patch goes to the nearest word, for the first time."
        if moved == 0:
            return "Assign", "No patch changes its word any more: the words are found."
        return (
            "Assign",
            f"Every patch goes to the nearest word; {moved:,} of {len(found.places):,} changed theirs.",
        )
    return "Update", "Every word becomes the mean of its patches."


def round_moved(found: VisualWords, step: int) -> int:
    """Patches whose word changed in an assignment."""
    labels, index = found.run.labels, (step - 1) // 2
    if index <= 0:
        return len(found.places)
    return int((labels[index] != labels[index - 1]).sum())


def inertia_of(found: VisualWords, step: int) -> float | None:
    """The sum of squared distances as it stands after a step, None before the first assignment."""
    return None if step == 0 else float(found.run.inertia[(step - 1) // 2])


def faded(pixels: np.ndarray, kept: np.ndarray, ground: tuple[int, int, int], share: float) -> np.ndarray:
    """Pixels uint8[H, W, 3] with all but the `kept` bool[H, W] mixed towards a colour."""
    mixed = pixels * np.float32(1 - share) + np.float32(share) * np.array(ground, np.float32)
    return np.where(kept[..., None], pixels, mixed.astype(np.uint8))
