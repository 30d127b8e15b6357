"""`python -m engine.training NAME`: train a bundled net again and write its weights and model card."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import torch

from engine.errors import UserError
from engine.training.loop import Training
from engine.training.recipes import RECIPES, Recipe
from engine.training.release import release

ROOT = Path(__file__).resolve().parents[2]


def main(arguments: list[str] | None = None) -> int:
    """Train, test, write. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m engine.training", description=__doc__)
    parser.add_argument("recipe", choices=sorted(RECIPES))
    assets = Path(os.environ.get("CONVSCOPE_ASSETS", ROOT.parent / "shared" / "assets"))
    parser.add_argument("--data", type=Path, default=assets / "datasets", help="folder of the data sets")
    parser.add_argument(
        "--out", type=Path, default=ROOT / "resources" / "weights", help="folder for the result"
    )
    parser.add_argument("--run", type=Path, help="folder of the run (default: build/training/RECIPE)")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    options = parser.parse_args(arguments)
    recipe = RECIPES[options.recipe]
    torch.set_num_threads(options.threads)
    try:
        train(recipe, options.data, options.run or ROOT / "build" / "training" / options.recipe, options.out)
    except UserError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def train(recipe: Recipe, data: Path, run: Path, out: Path) -> None:
    """Carry a recipe out; raises UserError where its data is missing."""

    def say(line: str) -> None:
        print(line, flush=True)

    torch.manual_seed(recipe.schedule.seed)
    split = recipe.data(data)
    say(split.told)
    training = Training(recipe.build(), split, recipe.schedule, run, say)
    training.run()
    say(release(recipe, training, out))


if __name__ == "__main__":
    sys.exit(main())
