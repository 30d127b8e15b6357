"""Features on their way: the bundled epochs, the first filters, and the patches of one channel."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open

from engine.context import Context
from engine.errors import UserError
from engine.inside.growth import checkpoints, grow
from engine.inside.growth.requests import TOP, GrowFeatures, Growth
from engine.networks import catalogue
from engine.networks.steps import at_once


@pytest.fixture(scope="module", autouse=True)
def few_digits() -> object:
    """150 digits say as much as 1,797 in a tenth of the time."""
    patch = pytest.MonkeyPatch()
    some = at_once(grow._digits(Context()))[:150]
    patch.setattr(grow, "_known", [some])
    yield
    patch.undo()


def grown(layer: str = "features.act2", channel: int = 3) -> Growth:
    with torch.inference_mode():
        return at_once(grow.respond(GrowFeatures(layer, channel), Context()))


def test_the_bundled_epochs() -> None:
    kept = checkpoints.read()
    assert kept.epochs[0] == 0 and list(kept.epochs) == sorted(kept.epochs) and len(kept.epochs) >= 8
    assert kept.accuracy[0] < 0.25 and kept.accuracy[-1] > 0.97
    assert checkpoints.PATH.stat().st_size < 1_500_000
    card = checkpoints.PATH.with_suffix(".md").read_text("utf-8")
    for epoch, accuracy in zip(kept.epochs, kept.accuracy, strict=True):
        assert f"| {epoch} | {accuracy:.1%} |" in card
    with safe_open(checkpoints.PATH, framework="pt") as file:
        assert file.get_tensor("000.features.conv1.weight").dtype == torch.float16


def test_filters_are_those_of_the_file() -> None:
    answer, kept = grown(), checkpoints.read()
    assert answer.first_layer == "features.conv1" and answer.filters.shape == (len(kept.epochs), 6, 1, 5, 5)
    for filters, weights in zip(answer.filters, kept.weights, strict=True):
        np.testing.assert_array_equal(filters, weights["features.conv1.weight"].numpy())


def test_patches_against_a_loop_over_digits() -> None:
    answer, kept = grown(), checkpoints.read()
    net = catalogue.build("lenet5").eval()
    digits = grow._known[0]
    for epoch in (0, len(kept.epochs) - 1):
        net.load_state_dict(dict(kept.weights[epoch]))
        peaks, corners = [], []
        for digit in digits:
            with torch.no_grad():
                maps = net.features[:5](grow._normalised(digit[None]))[0, 3]
            peaks.append(float(maps.max()))
            corners.append(divmod(int(maps.argmax()), maps.shape[1]))
        order = np.argsort(peaks)[::-1][:TOP]
        np.testing.assert_allclose(answer.activations[epoch], np.array(peaks)[order], rtol=1e-4)
        strongest = int(answer.pictures[epoch, 0])
        assert peaks[strongest] == pytest.approx(max(peaks), rel=1e-5)
        row, column = corners[strongest]
        # A 5 x 5 convolution over pooled pairs of a 5 x 5 one: 14 pixels, from twice the unit's place on.
        expected = digits[strongest][2 * row : 2 * row + 14, 2 * column : 2 * column + 14]
        np.testing.assert_allclose(answer.patches[epoch, 0] / 255, expected, atol=0.003)


def test_a_unit_without_a_map_reads_whole_digits() -> None:
    answer = grown("classifier.output", 7)
    assert answer.patches.shape[1:] == (TOP, 32, 32)


@pytest.mark.parametrize(
    ("layer", "channel", "sentence"), [("features.act2", 16, "no channel 16"), ("conv9", 0, "no layer")]
)
def test_what_is_not_there_is_refused(layer: str, channel: int, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        grown(layer, channel)


def test_a_broken_file_is_told(tmp_path: Path) -> None:
    for content in (b"", b"no weights at all, but long enough to be read as a header"):
        path = tmp_path / "growth.safetensors"
        path.write_bytes(content)
        with pytest.raises(UserError, match="cannot be read"):
            checkpoints.read(path)
    with pytest.raises(UserError, match="cannot be read"):
        checkpoints.read(tmp_path / "nothing.safetensors")
