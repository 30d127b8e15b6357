"""The net on one picture as a row of volumes with their real values; layers stand upright, or lie in the depth."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF

from engine.detection.sliding.arithmetic import Volumes
from engine.detection.sliding.counting import volumes
from engine.detection.sliding.window_net import FILTERS, FloatArray
from gui import colormaps
from gui.pages.boxes.sliding.blocks import (
    AS_CONVOLUTIONS,
    AS_LAYERS,
    MOST_CELL,
    Bar,
    Block,
    Prism,
    Sheets,
    captions,
    image_of,
    lay_out,
)
from gui.pages.boxes.sliding.items import heat, letters
from gui.widgets.plate import Plate
from gui.widgets.scene import Scene
from gui.widgets.stage_text import limit_of

COLUMN: Final = 11.0
"""How wide a column of neurons is."""
UPRIGHT, SHORT = 1.3, 2.2
"""How tall a column of 400 stands, of what it reaches into the depth; and one of eleven, beside that."""


def draw_net(
    scene: Scene,
    area: QRectF,
    made: Volumes,
    prefix: str,
    *,
    neuron: int,
    tip: float = 1.0,
    convolutions: bool = True,
    most_cell: float = MOST_CELL,
) -> list[Block]:
    """Draw a net into an area; its plates are called `prefix` + "input", "conv", "pool", "fc2", "fc3", "answers".

    `neuron`: whose map is in front of the layers of 400. `tip`: whether layers stand as columns (0), lie in the depth
    as volumes (1), or are on their way.
    """
    blocks = lay_out(area, volumes((made.x.shape[0], made.x.shape[1])), most_cell)
    scene.below += captions(blocks, AS_CONVOLUTIONS if convolutions else AS_LAYERS)
    _front(scene, blocks[0], prefix + "input", made.x, colormaps.grey(made.x, 0, 1), "Input")
    for name, block, maps in (("conv", blocks[1], made.conv), ("pool", blocks[2], made.pool)):
        colors = colormaps.activations(maps, limit_of(maps))
        scene.below.append(Sheets(block.front, block.away, tuple(image_of(one) for one in colors)))
        _front(scene, block, prefix + name, maps[0], colors[0], f"{name}, channel 0")
    for name, block, maps in (("fc2", blocks[3], made.fc2), ("fc3", blocks[4], made.fc3)):
        _depth(scene, block, maps, tip)
        if tip == 1.0:
            colors = colormaps.activations(maps[neuron], limit_of(maps))
            _front(scene, block, prefix + name, maps[neuron], colors, f"{name}, neuron {neuron}")
    _depth(scene, blocks[5], made.logits, tip)
    if tip == 1.0:
        _said(scene, blocks[5], made, prefix + "answers")
    return blocks


def _front(
    scene: Scene, block: Block, key: str, values: FloatArray, colors: npt.NDArray[np.uint8], title: str
) -> None:
    scene.plates.append(Plate(key, values, colors, title, block.front, numbers=False, gaps=False))


def _said(scene: Scene, block: Block, made: Volumes, key: str) -> None:
    """The front of the answers: the likeliest digit at every place."""
    answers = np.moveaxis(made.probabilities, 0, -1).astype(np.float32)
    plate = heat(key, answers, (answers.shape[0], answers.shape[1]), "Answers")
    plate.rect, plate.gaps = block.front, False
    scene.plates.append(plate)
    scene.above.append(letters(plate, answers))


def _depth(scene: Scene, block: Block, maps: FloatArray, tip: float) -> None:
    """The channels of a layer: of one window every one in its colour, of more a solid."""
    if maps.shape[1] * maps.shape[2] > 1:
        scene.below.append(Prism(block.front, block.away))
        return
    values = maps[:, 0, 0]
    tall = block.depth * UPRIGHT * (1.0 if len(values) > FILTERS else SHORT)
    middle = QPointF(block.middle, block.front.center().y())
    upright = middle + QPointF(0, tall / 2), middle - QPointF(0, tall / 2)
    lying = block.front.center(), block.front.center() + block.away
    start, end = (before + (after - before) * tip for before, after in zip(upright, lying, strict=True))
    image = image_of(colormaps.activations(values, limit_of(values))[None])
    scene.below.append(Bar(start, end, COLUMN, image))
