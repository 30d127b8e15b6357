"""What can be set, and which sizes and steps follow."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from engine.errors import UserError
from engine.style.backbones import BACKBONES, backbone
from engine.style.settings import StyleSettings, sizes_of, steps_of


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"alpha": -1.0}, "alpha"), ({"beta": float("nan")}, "beta"), ({"variation": float("inf")}, "variation"),
        ({"alpha": 0.0, "beta": 0.0, "variation": 0.0}, "nothing"), ({"size": 8}, "pixels"),
        ({"size": 99999}, "pixels"),
        ({"steps": 0}, "steps"), ({"levels": 9}, "sizes"), ({"rate": 0.0}, "rate"), ({"style_scale": 9.0}, "scaled"),
        ({"blend": ()}, "style"), ({"blend": (0.0, 0.0)}, "style"), ({"seed": -1}, "seed"),
        ({"style_layers": (("a", 1.0), ("a", 2.0))}, "twice"), ({"style_layers": (("a", -1.0),)}, "layers"),
    ],
)  # fmt: skip
def test_bad_numbers_are_refused_in_words(changes: dict[str, Any], word: str) -> None:
    with pytest.raises(UserError) as refused:
        replace(StyleSettings(), **changes).validated()
    assert word in f"{refused.value.sentence} {refused.value.hint}"


def test_sizes_double_from_level_to_level_and_keep_the_shape() -> None:
    settings = StyleSettings(size=512, levels=3)
    assert sizes_of(settings, 800, 600) == ((128, 96), (256, 192), (512, 384))
    assert sizes_of(replace(settings, levels=1), 600, 800) == ((384, 512),)
    assert sizes_of(StyleSettings(size=64, levels=4), 100, 100)[0] == (32, 32), "smaller ones teach nothing"
    assert sizes_of(StyleSettings(size=512, levels=1), 10_000, 1) == ((512, 16),), (
        "an extreme shape keeps a side to look at"
    )


@pytest.mark.parametrize("levels", [1, 2, 3, 4])
@pytest.mark.parametrize("steps", [1, 7, 150])
def test_levels_share_the_steps(levels: int, steps: int) -> None:
    counts = steps_of(StyleSettings(steps=steps), levels)
    assert len(counts) == levels and min(counts) >= 1
    assert sum(counts) == max(steps, sum(counts[:-1]) + 1)


def test_what_takes_effect_at_once() -> None:
    one = StyleSettings()
    assert one.lively(replace(one, alpha=5.0, beta=1.0, keep_colours=True, steps=900))
    assert not one.lively(replace(one, size=128)) and not one.lively(replace(one, method="adam"))
    assert replace(one, beta=1.0, blend=(1.0, 2.0)).fixed() == one.fixed() != replace(one, seed=4).fixed()


def test_usual_layers_are_layers_of_their_net() -> None:
    for found in BACKBONES.values():
        names = [name for name, _ in found.layers]
        assert {found.content, *found.style} <= set(names) and len(set(names)) == len(names)
    assert backbone("vgg19").title("features.20") == "relu4_1"
    with pytest.raises(UserError, match="googlenet"):
        backbone("googlenet")
