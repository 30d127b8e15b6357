"""`python -m engine.training.window_release`: train the net that slides over pictures, write its weights and card."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Final

import torch
from safetensors.torch import save_file
from torch import Tensor

from engine import sources
from engine.errors import UserError
from engine.images import fit
from engine.networks.zoo.window_digits import WindowDigits
from engine.training.datasets import digits
from engine.training.detector_release import PHOTO_SIDE, WITH_WRITING
from engine.training.loop import Schedule, Training
from engine.training.release import confusion, per_class
from engine.training.windows import (
    CLASSES,
    EACH,
    IN_THE_MIDDLE,
    OUT_OF_IT,
    Pixels,
    in_another_light,
    window_split,
)

ROOT: Final = Path(__file__).resolve().parents[2]
NAME: Final = "window-digits"
SCHEDULE: Final = Schedule(
    epochs=24, batch=128, peak_rate=0.08, weight_decay=5e-4, label_smoothing=0.02, average=0.998,
    augment=in_another_light, normalise_last=True,
)  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    """Train, test, write. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m engine.training.window_release", description=__doc__)
    assets = Path(os.environ.get("CONVSCOPE_ASSETS", ROOT.parent / "shared" / "assets"))
    parser.add_argument("--data", type=Path, default=assets / "datasets", help="folder of the data sets")
    parser.add_argument(
        "--out", type=Path, default=ROOT / "resources" / "weights", help="folder for the result"
    )
    parser.add_argument(
        "--run", type=Path, default=ROOT / "build" / "training" / NAME, help="folder of the run"
    )
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    try:
        train(options.data, options.run, options.out)
    except UserError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def train(data: Path, run: Path, out: Path, schedule: Schedule = SCHEDULE, each: int = EACH) -> None:
    """Carry the recipe out; raises UserError where the digits are missing."""

    def say(line: str) -> None:
        print(line, flush=True)

    torch.manual_seed(schedule.seed)
    split = window_split(digits(data), photographs(), each)
    training = Training(WindowDigits(), split, schedule, run, say)
    training.run()
    say(release(training, out))


def photographs() -> list[Pixels]:
    """The bundled photographs without writing on them."""
    names = [sample.name for sample in sources.samples() if sample.name not in WITH_WRITING]
    return [fit(sources.load_sample(name).pixels, PHOTO_SIDE) for name in names]


def release(training: Training, folder: Path) -> str:
    """Write `window-digits.safetensors` and its card; the figures are those of the file as it is stored.

    Raises UserError where there are weights that are no numbers.
    """
    tensors = {name: value.half().contiguous() for name, value in training.result.state_dict().items()}
    if not all(bool(torch.isfinite(value).all()) for value in tensors.values()):
        raise UserError(f"The training of {NAME} ended in numbers that are not finite; nothing was written.")
    stored = WindowDigits()
    stored.load_state_dict({name: value.float() for name, value in tensors.items()})
    split = training.split
    counts = confusion(stored.eval(), training.normalised(split.test_images), split.test_labels, len(CLASSES))
    right = float(counts.diagonal().sum() / counts.sum())
    metadata = {
        "architecture": "window_digits", "title": "Sliding window for handwritten digits",
        "task": "window classification", "classes": json.dumps(CLASSES), "test_accuracy": f"{right:.4f}",
        "licence": "MIT",
    }  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{NAME}.safetensors"
    part = path.with_suffix(".part")
    save_file(tensors, part, metadata)
    part.chmod(0o644)  # safetensors writes files that only their owner reads
    os.replace(part, path)
    path.with_suffix(".md").write_text(_card(training, tensors, counts, path.stat().st_size), "utf-8")
    return f"{path.name}: {right:.2%} of {int(counts.sum()):,} unseen windows"


def _card(training: Training, tensors: dict[str, Tensor], counts: Tensor, size: int) -> str:
    schedule, split = training.schedule, training.split
    right, total = int(counts.diagonal().sum()), int(counts.sum())
    parameters = sum(value.numel() for value in tensors.values())
    return f"""# {NAME}

Says of a window of 14x14 pixels whether a handwritten digit stands in its middle, and which: a 5x5 convolution with 16
filters, a max pool, two fully connected layers of 400, eleven answers (ten digits and "nothing"). Input: grey in 0 to
1, ink bright on black, the digit about 10 pixels high.

- Parameters: {parameters:,}, stored as float16 ({size:,} bytes)
- Test, with the file as it is stored: **{right / total:.2%}** ({right:,} of {total:,} windows, half of them with a \
digit that was never seen in training, half with nothing)
- Data: windows drawn once (`engine/training/windows.py`), {len(split.train_labels):,} to learn from; digits of the \
{split.told}; nothing is paper, digits beside the middle, two half digits, parts of large ones, small ones, lines, and \
parts of bundled photographs. The weights are those of the last epoch; the test windows were read once, after it.
- Training: {schedule.epochs} epochs, batches of {schedule.batch}, SGD with Nesterov momentum 0.9, learning rate up to \
{schedule.peak_rate} and back (one cycle), weight decay {schedule.weight_decay}, label smoothing \
{schedule.label_smoothing}, moving average of the weights {schedule.average}, seed {schedule.seed}
- Augmentation: ink weaker or stronger, and the noise of a camera
- Credit: MNIST: Y. LeCun, C. Cortes, C. Burges; CC BY-SA 3.0. The pictures are not part of the file.
- Again: `python -m engine.training.window_release --data FOLDER`
- Licence of the weights: MIT

## Per class

| class | windows | right | most often mistaken for |
|---|---|---|---|
{per_class(split.classes, counts)}

## Limits

Ten digits and nothing else: a letter is called a digit or nothing, and so is the stem of a large 4, which looks like a
1. A digit whose middle is between {IN_THE_MIDDLE} and {OUT_OF_IT} pixels away from that of the window is of neither
kind: the net was not taught what to say there. It does not classify whole pictures.
"""


if __name__ == "__main__":
    sys.exit(main())
