"""The exported script runs, agrees, and notices when it should not agree."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import numpy as np
import pytest
import torch

from engine.foundations.convolution import ConvSpec, ShapeError, trace
from engine.foundations.presets import INPUTS
from engine.foundations.snippet import pytorch_snippet

SPECS = [
    ConvSpec(),
    ConvSpec(stride=(2, 1), padding=(1, 2), dilation=(1, 2), flip=True, activation="relu"),
    ConvSpec(padding="same_tf", stride=2),
    ConvSpec(padding=(0, 1, 2, 0), padding_mode="reflect"),
    ConvSpec(padding=2, padding_mode="circular", groups=2),
    ConvSpec(padding="same", padding_mode="replicate"),
    ConvSpec(transposed=True, stride=2, padding=1, output_padding=1),
    ConvSpec(transposed=True, stride=2, groups=2, flip=True),
    ConvSpec(transposed=True, stride=3, padding="same_tf", dilation=2),
    ConvSpec(transposed=True, stride=4, padding="same_tf", groups=2, activation="relu"),
    ConvSpec(transposed=True, padding=(0, 1, 2, 1)),
]


def run(script: str) -> dict[str, Any]:
    """What the script defines, with what it prints as "printed"."""
    names: dict[str, Any] = {}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(script, "snippet.py", "exec"), names)
    return {**names, "printed": printed.getvalue()}


@pytest.mark.parametrize("with_bias", [True, False])
@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_the_script_computes_the_same(spec: ConvSpec, with_bias: bool) -> None:
    random = np.random.default_rng(4)
    x, weight = random.normal(size=(4, 6, 7)), random.normal(size=(2, 4 // spec.groups, 3, 3))
    bias = random.normal(size=2) if with_bias else None
    t = trace(x, weight, bias, spec)
    names = run(pytorch_snippet(x, weight, bias, spec, t.output))
    np.testing.assert_allclose(names["y"][0].numpy(), t.output, atol=1e-12)
    assert names["printed"].endswith("agrees with ConvScope\n")


@pytest.mark.parametrize("preset", [p for p in INPUTS if p.weight is not None], ids=lambda p: p.name)
def test_the_examples_as_scripts(preset: Any) -> None:
    t = trace(preset.make(), preset.weight, preset.bias, preset.spec)
    script = pytorch_snippet(t.x, t.weight, t.bias, t.spec, t.output)
    assert "agrees" in run(script)["printed"]
    assert "[1, 0, -1]" in script or preset.name == "cs231n"  # whole numbers are written as such


def test_a_wrong_value_fails() -> None:
    t = trace(np.ones((1, 4, 4)), np.ones((1, 1, 3, 3)) / 3)
    wrong = t.output.copy()
    wrong[0, 1, 1] += 1e-6
    with pytest.raises(AssertionError):
        run(pytorch_snippet(t.x, t.weight, t.bias, t.spec, wrong))


def test_numbers_survive_to_the_last_bit() -> None:
    x = np.array([[[0.1, 1 / 3, 1e-300, -0.0, 1e9, -2.5]]])
    names = run(pytorch_snippet(x, np.ones((1, 1, 1, 1)), None, ConvSpec(), x))
    assert torch.equal(names["expected"][0], torch.tensor(x))


def test_large_values_may_round() -> None:
    random = np.random.default_rng(0)
    x, weight = random.normal(size=(3, 8, 8)) * 1e8, random.normal(size=(2, 3, 5, 5)) * 1e8
    assert "agrees" in run(pytorch_snippet(x, weight, None, ConvSpec(), trace(x, weight).output))["printed"]


def test_impossible_shapes_are_refused() -> None:
    with pytest.raises(ShapeError):
        pytorch_snippet(np.ones((1, 2, 2)), np.ones((1, 1, 3, 3)), None, ConvSpec(), np.ones((1, 1, 1)))
