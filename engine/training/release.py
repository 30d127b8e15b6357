"""From a trained net to the files that are shipped: weights (safetensors) and a model card."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from engine.errors import UserError
from engine.networks.catalogue import build
from engine.training.loop import Training
from engine.training.recipes import Recipe


def release(recipe: Recipe, training: Training, folder: Path) -> str:
    """Write `<name>.safetensors` and `<name>.md`; the figures are those of the file as it is stored.

    Raises UserError where there are weights that are no numbers: a run that went wrong is not shipped.
    """
    net = recipe.release(training.result).to(recipe.dtype)
    tensors = {name: value.contiguous() for name, value in net.state_dict().items()}
    if not all(bool(torch.isfinite(value).all()) for value in tensors.values()):
        raise UserError(
            f"The training of {recipe.name} ended in numbers that are not finite; nothing was written."
        )
    split = training.split
    images = training.normalised(split.test_images)
    stored = build(recipe.architecture)
    stored.load_state_dict({name: value.float() for name, value in tensors.items()})
    counts = confusion(stored.eval(), images, split.test_labels, len(split.classes))
    correct = float(counts.diagonal().sum() / counts.sum())
    folder.mkdir(parents=True, exist_ok=True)
    metadata = {
        "architecture": recipe.architecture,
        "title": recipe.title,
        "classes": json.dumps(split.classes),
        "mean": json.dumps(split.mean),
        "std": json.dumps(split.std),
        "test_accuracy": f"{correct:.4f}",
        "licence": "MIT",
    }
    path = folder / f"{recipe.name}.safetensors"
    part = path.with_suffix(".part")
    save_file(tensors, part, metadata)
    part.chmod(0o644)  # safetensors writes files that only their owner reads
    os.replace(part, path)
    card = model_card(recipe, training, tensors, counts, path.stat().st_size)
    path.with_suffix(".md").write_text(card, encoding="utf-8")
    return f"{path.name}: {correct:.2%} of {int(counts.sum()):,} unseen pictures"


def confusion(net: nn.Module, images: Tensor, labels: Tensor, classes: int) -> Tensor:
    """int64 Tensor[classes, classes]: how often a picture of the row's class was called the column's."""
    counts = torch.zeros(classes, classes, dtype=torch.int64)
    with torch.inference_mode():
        for start in range(0, len(labels), 500):
            called = net(images[start : start + 500]).argmax(1)
            for label, answer in zip(labels[start : start + 500].tolist(), called.tolist(), strict=True):
                counts[label, answer] += 1
    return counts


def model_card(
    recipe: Recipe, training: Training, tensors: dict[str, Tensor], counts: Tensor, size: int
) -> str:
    """The card in Markdown: what the net is, how it was made, what it reaches and where it ends."""
    schedule, split = recipe.schedule, training.split
    correct = int(counts.diagonal().sum())
    total = int(counts.sum())
    parameters = sum(value.numel() for value in tensors.values())
    command = recipe.name.replace("-", "_")
    return f"""# {recipe.name}

{recipe.title}. {recipe.about}

- Parameters: {parameters:,}, stored as {str(recipe.dtype).removeprefix("torch.")} ({size:,} bytes)
- Data: {split.told}. The weights are those of the last epoch; the test set was read once, after it.
- Test, with the file as it is stored: **{correct / total:.2%}** ({correct:,} of {total:,})
- Normalisation: mean {_numbers(split.mean)}, standard deviation {_numbers(split.std)} of pixels in 0 to 1
- Training: {schedule.epochs} epochs, batches of {schedule.batch}, SGD with Nesterov momentum 0.9, learning rate up to \
{schedule.peak_rate} and back (one cycle), weight decay {schedule.weight_decay}, label smoothing \
{schedule.label_smoothing}, moving average of the weights {schedule.average}, \
{"bf16 autocast, " if schedule.bf16 else ""}seed {schedule.seed}
- Augmentation: {recipe.augmentation}
- Credit: {recipe.credit}
- Again: `python -m engine.training {command} --data FOLDER`
- Licence of the weights: MIT

## Per class

| class | pictures | right | most often mistaken for |
|---|---|---|---|
{per_class(split.classes, counts)}

## Limits

{recipe.limits}
"""


def per_class(classes: Sequence[str], counts: Tensor) -> str:
    """The rows of the table in Markdown: how many of each class were named rightly, and what the others were called."""
    rows = []
    for index, name in enumerate(classes):
        row = counts[index].clone()
        total, right = int(row.sum()), int(row[index])
        row[index] = 0
        other = classes[int(row.argmax())] if int(row.max()) else "nothing"
        rows.append(f"| {name} | {total} | {right / total:.1%} | {other} |")
    return "\n".join(rows)


def _numbers(values: Sequence[float]) -> str:
    return ", ".join(f"{value:g}" for value in values)
