"""`python -m engine.training.style_release`: train the bundled feed-forward net again; write it with its model card.

It learns a drawn style, with the bundled TinyVGG's layers as the judge, from the photos that come with scikit-image.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import Final

import torch

from engine.context import Context
from engine.networks.steps import at_once
from engine.style import patterns
from engine.style.fast import shelf
from engine.style.fast.photos import gather
from engine.style.fast.settings import FastSettings
from engine.style.fast.training import Training
from engine.style.opening import open_backbone
from engine.style.settings import StyleSettings

STYLE: Final = "mosaic"
NAME: Final = "stained-glass"
SETTINGS: Final = StyleSettings(precision="float32")
FAST: Final = FastSettings(seed=1)
SAY_EVERY: Final = 50

CARD: Final = """# {name}

Paints any picture in the style of a drawn pattern, "{style}" (`engine/style/patterns.py`), in one pass: two strided
convolutions, three residual blocks, two enlargements by nearest neighbours, instance norm (Johnson et al. 2016,
Ulyanov et al. 2016). Input and output: RGB in 0 to 1, of any size.

- Parameters: {parameters}, stored as float16 ({bytes} bytes)
- Judge: the bundled `tinyvgg-cifar10` with average pooling, all seven ReLU layers for the style, the usual one for the
  content; costs "balanced", {weights}; the style at {size} pixels
- Training: {steps} steps of Adam on {batch} crops of {side} x {side} pixels, learning rate {rate} along a cosine,
  seed {seed}; J over the last steps {j}
- Data: crops of the photos that come with scikit-image (`engine/style/fast/photos.py`); none of their pixels is part of
  the file
- Again: `python -m engine.training.style_release`
- Licence of the weights: MIT

## Limits

One style, with strokes of one width in pixels: a picture painted larger has finer ones. Its judge knows ten kinds of
things at 32 x 32 pixels, so small faces dissolve.
"""


def main(arguments: list[str] | None = None) -> int:
    """Train and write. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m engine.training.style_release", description=__doc__)
    parser.add_argument("--out", type=Path, default=shelf.BUNDLED_FOLDER, help="folder for the result")
    parser.add_argument("--steps", type=int, default=FAST.steps)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    training = learned(replace(FAST, steps=options.steps))
    print(written(training, options.out))
    return 0


def learned(fast: FastSettings) -> Training:
    """The training, at its end."""
    context = Context(device=torch.device("cpu"), torch_ready=True)
    opened = at_once(open_backbone(SETTINGS, context))
    photos = at_once(gather("", fast.side, fast.seed, torch.device("cpu"), context))
    style = patterns.draw(STYLE)
    training = Training(opened.features, opened.backbone, [style.pixels], photos, SETTINGS, fast)
    while not training.finished:
        training.step()
        if training.done % SAY_EVERY == 0:
            print(f"step {training.done} of {training.total}: J {_lately(training):.2f}", flush=True)
    return training


def written(training: Training, folder: Path) -> str:
    """Write the net and its card; returns what was written."""
    style = patterns.draw(STYLE)
    about = shelf.metadata(style.name, [(style.name, style.pixels)], SETTINGS, training.fast, training.done)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{NAME}.safetensors"
    shelf.write(path, training.net.state_dict(), about | {"licence": "MIT"})
    path.chmod(0o644)
    path.with_suffix(".md").write_text(card(training, path.stat().st_size), encoding="utf-8")
    return f"{path.name}: {path.stat().st_size:,} bytes, J {_lately(training):.2f}"


def card(training: Training, size: int) -> str:
    """The model card."""
    fast, own = training.fast, SETTINGS
    about = {
        "name": NAME, "style": patterns.draw(STYLE).name, "bytes": f"{size:,}", "j": f"{_lately(training):.2f}",
        "parameters": f"{sum(one.numel() for one in training.net.parameters()):,}", "steps": f"{training.done:,}",
        "weights": f"alpha {own.alpha:g} x {fast.content:g}, beta {own.beta:g}, total variation {own.variation:g}",
        "size": own.size, "batch": fast.batch, "side": fast.side, "rate": f"{fast.rate:g}", "seed": fast.seed,
    }  # fmt: skip
    return CARD.format_map(about)


def _lately(training: Training) -> float:
    """J, the mean of the last ten steps."""
    rows = [value for row in training.costs() for value in row.values[:, -1]]
    return float(sum(rows[-10:]) / len(rows[-10:]))


if __name__ == "__main__":
    sys.exit(main())
