"""The networks that ConvScope knows: what each is, and how it is built. Importing this imports no torch."""

from __future__ import annotations

from dataclasses import dataclass

from engine.networks.ops import Shape


@dataclass(frozen=True, slots=True)
class Architecture:
    """One network of the catalogue.

    `builder`: "module:function" of this project, or "torchvision:name". `family` groups the list of a page. `paper`:
    authors, title, year. `story`: one sentence about what is new in it. `input_shape`: of one picture, (C, H, W).
    """

    name: str
    title: str
    family: str
    year: int
    input_shape: Shape
    classes: int
    builder: str
    paper: str = ""
    story: str = ""
