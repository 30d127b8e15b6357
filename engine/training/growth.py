"""`python -m engine.training.growth`: keep some epochs of the digits net's training in the file that is shipped."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Final

import torch
from torch import Tensor

from engine.errors import UserError
from engine.networks.catalogue import build
from engine.networks.weights.writing import write_safetensors
from engine.training.datasets import Split
from engine.training.loop import evaluate
from engine.training.recipes import RECIPES, Recipe

ROOT: Final = Path(__file__).resolve().parents[2]
RECIPE: Final = "lenet5_digits"
EPOCHS: Final = (0, 1, 2, 3, 5, 8, 12, 20, 35, 60)
"""Close together while much changes; together less than 1.5 MB."""


def main(arguments: list[str] | None = None) -> int:
    """Read the epochs of a finished run, write file and card. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m engine.training.growth", description=__doc__)
    assets = Path(os.environ.get("CONVSCOPE_ASSETS", ROOT.parent / "shared" / "assets"))
    parser.add_argument("--data", type=Path, default=assets / "datasets", help="folder of the data sets")
    parser.add_argument("--run", type=Path, default=ROOT / "build" / "training" / RECIPE, help="the run")
    parser.add_argument("--out", type=Path, default=ROOT / "resources" / "features", help="for the result")
    options = parser.parse_args(arguments)
    try:
        print(keep(RECIPES[RECIPE], options.data, options.run, options.out))
    except UserError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def keep(recipe: Recipe, data: Path, run: Path, out: Path) -> str:
    """Write `<name>-growth.safetensors` and its card; the figures are those of the numbers as they are stored.

    Raises UserError where the data or an epoch of the run is missing.
    """
    split = recipe.data(data)
    tensors: dict[str, Tensor] = {}
    figures = []
    for epoch in EPOCHS:
        weights = _epoch(run, epoch)
        figures.append(round(_accuracy(recipe, weights, split), 4))
        tensors |= {f"{epoch:03d}.{name}": tensor.contiguous() for name, tensor in weights.items()}
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{recipe.name}-growth.safetensors"
    part = path.with_suffix(".part")
    told = {"epochs": json.dumps(EPOCHS), "accuracy": json.dumps(figures), "net": recipe.name}
    for _ in write_safetensors(part, tensors, told):
        pass
    os.replace(part, path)
    path.with_suffix(".md").write_text(card(recipe, split, figures, path.stat().st_size), encoding="utf-8")
    return f"{path.name}: {len(EPOCHS)} epochs, {path.stat().st_size:,} bytes"


def card(recipe: Recipe, split: Split, figures: list[float], size: int) -> str:
    """The card in Markdown: what the file holds and how it came about."""
    rows = "\n".join(f"| {epoch} | {figure:.1%} |" for epoch, figure in zip(EPOCHS, figures, strict=True))
    return f"""# {recipe.name}-growth

The weights of {recipe.title} at {len(EPOCHS)} epochs of its training, for looking at how features grow. Epoch 0 is \
the net before it saw a digit.

- Stored as float16 ({size:,} bytes), keys "<epoch>.<name>"; the weights as they were trained, without the moving \
average that the bundled net is
- Data: {split.told}
- Training: {recipe.schedule.epochs} epochs, seed {recipe.schedule.seed}; see {recipe.name}.md
- Credit: {recipe.credit}
- Again: `python -m engine.training {RECIPE} --data FOLDER`, then `python -m engine.training.growth --data FOLDER`
- Licence of the weights: MIT

| epoch | right, of the validation set |
|---|---|
{rows}
"""


def _epoch(run: Path, epoch: int) -> dict[str, Tensor]:
    path = run / "epochs" / f"{epoch:03d}.pt"
    if not path.is_file():
        raise UserError(f"The run in {run} has no epoch {epoch}.", "Train the recipe to its end first.")
    weights: dict[str, Tensor] = torch.load(path, weights_only=True)
    return weights


def _accuracy(recipe: Recipe, weights: dict[str, Tensor], split: Split) -> float:
    net = build(recipe.architecture)
    net.load_state_dict({name: tensor.float() for name, tensor in weights.items()})
    mean, std = (torch.tensor(values)[:, None, None] for values in (split.mean, split.std))
    images = (split.validation_images.float() / 255 - mean) / std
    return evaluate(net.eval(), images, split.validation_labels)


if __name__ == "__main__":
    sys.exit(main())
