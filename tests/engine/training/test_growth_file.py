"""The file of saved epochs: what a run kept, packed, read again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from engine.errors import UserError
from engine.inside.growth import checkpoints
from engine.training import growth
from engine.training.datasets import DIGIT_CLASSES, Split
from engine.training.loop import evaluate
from engine.training.recipes import RECIPES, Recipe


@pytest.fixture(scope="module")
def split() -> Split:
    draw = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (30, 1, 32, 32), generator=draw, dtype=torch.uint8)
    labels = torch.randint(0, 10, (30,), generator=draw)
    return Split(
        images, labels, images, labels, images, labels, DIGIT_CLASSES, (0.1,), (0.3,), "random pictures"
    )


@pytest.fixture
def recipe(split: Split) -> Recipe:
    return replace(RECIPES[growth.RECIPE], data=lambda _folder: split)


def run_in(
    folder: Path, recipe: Recipe, epochs: tuple[int, ...] = growth.EPOCHS
) -> dict[int, torch.nn.Module]:
    """A run whose nets are random, an epoch each."""
    (folder / "epochs").mkdir()
    nets = {}
    for epoch in epochs:
        torch.manual_seed(epoch)
        nets[epoch] = recipe.build().half().eval()
        torch.save(nets[epoch].state_dict(), folder / "epochs" / f"{epoch:03d}.pt")
    return nets


def test_what_is_packed_is_read_again(recipe: Recipe, split: Split, tmp_path: Path) -> None:
    nets = run_in(tmp_path, recipe)
    told = growth.keep(recipe, tmp_path, tmp_path, tmp_path / "out")
    path = tmp_path / "out" / "lenet5-digits-growth.safetensors"
    kept = checkpoints.read(path)
    assert kept.epochs == growth.EPOCHS and str(path.stat().st_size)[:3] in told.replace(",", "")
    images = (split.validation_images.float() / 255 - 0.1) / 0.3
    for epoch, accuracy, weights in zip(kept.epochs, kept.accuracy, kept.weights, strict=True):
        state = nets[epoch].state_dict()
        assert weights.keys() == state.keys()
        assert all(torch.equal(weights[name], state[name].float()) for name in state)
        assert accuracy == pytest.approx(
            evaluate(nets[epoch].float(), images, split.validation_labels), abs=1e-4
        )
    assert f"| {growth.EPOCHS[-1]} | {kept.accuracy[-1]:.1%} |" in path.with_suffix(".md").read_text("utf-8")


def test_a_run_that_was_cut_off_is_refused(recipe: Recipe, tmp_path: Path) -> None:
    run_in(tmp_path, recipe, growth.EPOCHS[:-1])
    with pytest.raises(UserError, match="has no epoch 60"):
        growth.keep(recipe, tmp_path, tmp_path, tmp_path / "out")
    assert not (tmp_path / "out").exists(), "nothing half-made"


def test_the_command_says_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert growth.main(["--data", str(tmp_path), "--run", str(tmp_path), "--out", str(tmp_path)]) == 1
    assert "is not in" in capsys.readouterr().err
