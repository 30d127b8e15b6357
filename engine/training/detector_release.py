"""`python -m engine.training.detector_release`: train the detector of digits and write its weights and model card."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Final

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor

from engine import sources
from engine.errors import UserError
from engine.images import fit
from engine.networks.zoo.yolo_digits import SIDE, YoloDigits, without_batch_norm
from engine.training.datasets import Split, digits
from engine.training.detector import DetectorSchedule, DetectorTraining, evaluate, watched_scenes
from engine.training.digit_scenes import Pixels, SceneMaker, examples

ROOT: Final = Path(__file__).resolve().parents[2]
NAME: Final = "yolo-digits"
WITH_WRITING: Final = ("page", "text", "clock", "logo")
"""Bundled photographs that show digits or letters: nothing to put digits into."""
TEST_SCENES, TEST_SEED = 500, 2026
PHOTO_SIDE: Final = 640


def main(arguments: list[str] | None = None) -> int:
    """Train, test, write. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m engine.training.detector_release", description=__doc__)
    assets = Path(os.environ.get("CONVSCOPE_ASSETS", ROOT.parent / "shared" / "assets"))
    parser.add_argument("--data", type=Path, default=assets / "datasets", help="folder of the data sets")
    parser.add_argument(
        "--out", type=Path, default=ROOT / "resources" / "weights", help="folder for the result"
    )
    parser.add_argument(
        "--run", type=Path, default=ROOT / "build" / "training" / NAME, help="folder of the run"
    )
    parser.add_argument("--steps", type=int, default=DetectorSchedule.steps)
    parser.add_argument("--workers", type=int, default=max((os.cpu_count() or 2) - 1, 1))
    options = parser.parse_args(arguments)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        split = digits(options.data)
        learn, watch, test = makers(split)
        training = DetectorTraining(DetectorSchedule(steps=options.steps), options.run, device, print)
        training.run(learn, watched_scenes(watch), options.workers)
        print(release(training.result.cpu(), training.schedule, split, test, options.out))
    except UserError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def makers(split: Split) -> tuple[SceneMaker, SceneMaker, SceneMaker]:
    """Makers of scenes to learn from, to watch, and to test on: no digit is in two of them."""
    photos = [
        fit(sources.load_sample(sample.name).pixels, PHOTO_SIDE)
        for sample in sources.samples()
        if sample.name not in WITH_WRITING
    ]
    parts = (
        (split.train_images, split.train_labels),
        (split.validation_images, split.validation_labels),
        (split.test_images, split.test_labels),
    )
    learn, watch, test = (SceneMaker(_cut(images), labels.numpy(), photos) for images, labels in parts)
    return learn, watch, test


def release(net: YoloDigits, schedule: DetectorSchedule, split: Split, test: SceneMaker, folder: Path) -> str:
    """Write `yolo-digits.safetensors` and its card; the figures are those of the file as it is stored.

    Raises UserError where there are weights that are no numbers.
    """
    tensors = {
        name: value.half().contiguous() for name, value in without_batch_norm(net).state_dict().items()
    }
    if not all(bool(torch.isfinite(value).all()) for value in tensors.values()):
        raise UserError(f"The training of {NAME} ended in numbers that are not finite; nothing was written.")
    stored = YoloDigits()
    stored.load_state_dict({name: value.float() for name, value in tensors.items()})
    scenes = examples(test, TEST_SCENES, TEST_SEED)
    score = evaluate(stored.eval(), scenes, torch.device("cpu"))
    metadata = {
        "architecture": "yolo_digits", "title": "YOLO for handwritten digits", "task": "detection",
        "classes": json.dumps(split.classes), "side": str(SIDE), "test_map50": f"{score:.4f}", "licence": "MIT",
    }  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{NAME}.safetensors"
    part = path.with_suffix(".part")
    save_file(tensors, part, metadata)
    part.chmod(0o644)  # safetensors writes files that only their owner reads
    os.replace(part, path)
    found = sum(len(scene.labels) for scene in scenes)
    path.with_suffix(".md").write_text(
        _card(tensors, schedule, split, score, found, path.stat().st_size), "utf-8"
    )
    return f"{path.name}: mAP@0.5 {score:.4f} on {TEST_SCENES} scenes with {found:,} unseen digits"


def _cut(images: Tensor) -> Pixels:
    """MNIST's own 28 x 28 pixels of the padded pictures."""
    return np.ascontiguousarray(images.numpy()[:, 0, 2:30, 2:30])


def _card(
    tensors: dict[str, Tensor], schedule: DetectorSchedule, split: Split, score: float, found: int, size: int
) -> str:
    parameters = sum(value.numel() for value in tensors.values())
    return f"""# {NAME}

Finds and reads handwritten digits: ten 3x3 convolutions with leaky ReLU, one 1x1 convolution, a grid of a cell every 16
pixels, three anchors (Redmon and Farhadi 2017). Input: RGB in 0 to 1, sides multiples of 16, trained at {SIDE}x{SIDE}.

- Parameters: {parameters:,}, stored as float16 ({size:,} bytes); trained with batch norm, which is folded in
- Test, with the file as it is stored: **mAP@0.5 {score:.3f}** on {TEST_SCENES} scenes with {found:,} digits that were \
never seen (seed {TEST_SEED}), class-agnostic non-maximum suppression at IoU 0.45
- Data: scenes drawn at random (`engine/training/digit_scenes.py`), none of them twice: drawing board, paper, \
chalkboard, bundled photographs; digits of the {split.told}
- Training: {schedule.steps:,} steps of {schedule.batch} scenes, AdamW, rate up to {schedule.peak_rate} and back, \
weight decay {schedule.weight_decay}, moving average of the weights {schedule.average}, seed {schedule.seed}
- Credit: MNIST: Y. LeCun, C. Cortes, C. Burges; CC BY-SA 3.0. The pictures are not part of the file.
- Again: `python -m engine.training.detector_release --data FOLDER --steps {schedule.steps}`
- Licence of the weights: MIT

## Limits

Ten digits and nothing else: letters that look like digits are called digits. Digits lower than about 18 of 320 pixels
are missed, and so are digits that lie over each other.
"""


if __name__ == "__main__":
    sys.exit(main())
