"""`python -m engine.training.faces_release`: train the net for faces and write its weights and model card."""

from __future__ import annotations

import argparse
import math
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from engine.errors import UserError
from engine.faces.evaluate import Pairs, errors_at, roc, threshold_for
from engine.networks.zoo.facenet_mini import FacenetMini
from engine.training.face_photos import FacePhotos, Finder, held_out, orl, portraits
from engine.training.faces import FaceSchedule, FaceTraining, embedded, pairs_of

ROOT: Final = Path(__file__).resolve().parents[2]
NAME: Final = "facenet-mini"
YUNET: Final = "face_detection_yunet_2023mar.onnx"
FALSE_ACCEPTS: Final = (0.015, 0.01, 0.001)
"""Shares of different pairs; the first one decides on the suggested threshold."""

NOTE: Final = """The two faces of
one press photograph are cut from two of the others. Eight recipes were compared on these subjects and these
photographs, and the threshold was chosen on these subjects: all these figures are a little better than those of a set
that nobody ever looked at."""


@dataclass(frozen=True, eq=False)
class Measured:
    """How a net tells people apart that it never saw: all pairs of photos.

    `accepts`: of each of FALSE_ACCEPTS the threshold for d^2 and the share of same pairs that it accepts.
    """

    people: int
    photos: int
    pairs: Pairs
    auc: float
    accepts: tuple[tuple[float, float], ...]


def main(arguments: list[str] | None = None) -> int:
    """Train, test, write. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m engine.training.faces_release", description=__doc__)
    assets = Path(os.environ.get("CONVSCOPE_ASSETS", ROOT.parent / "shared" / "assets"))
    parser.add_argument(
        "--faces", type=Path, default=assets / "faces", help="folder with orl/ and portraits/"
    )
    parser.add_argument("--yunet", type=Path, default=assets / "models" / YUNET, help="file of YuNet")
    parser.add_argument(
        "--out", type=Path, default=ROOT / "resources" / "weights", help="folder for the result"
    )
    parser.add_argument(
        "--run", type=Path, default=ROOT / "build" / "training" / NAME, help="folder of the run"
    )
    parser.add_argument("--steps", type=int, default=FaceSchedule.steps)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    try:
        finder = Finder(options.yunet)
        learn, test = held_out(orl(options.faces / "orl", finder))
        press = portraits(options.faces / "portraits", finder)
        training = FaceTraining(learn, FaceSchedule(steps=options.steps), options.run, _say)
        training.run(test)
        _say(release(training.result, training.schedule, test, press, options.out))
    except UserError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def measured(net: nn.Module, photos: FacePhotos) -> Measured:
    """All pairs of photos of people that the net never saw."""
    pairs = pairs_of(embedded(net, photos.crops), photos.people)
    curve = roc(pairs)
    # In hundredths, and never up: a larger one would accept more.
    thresholds = [math.floor(100 * threshold_for(curve, share)) / 100 for share in FALSE_ACCEPTS]
    accepts = tuple((threshold, 1 - errors_at(pairs, threshold).frr) for threshold in thresholds)
    return Measured(int(photos.people.max()) + 1, len(photos.people), pairs, curve.area, accepts)


def release(
    net: FacenetMini, schedule: FaceSchedule, test: FacePhotos, press: FacePhotos, folder: Path
) -> str:
    """Write `facenet-mini.safetensors` and its card; the figures are those of the file as it is stored.

    Raises UserError where there are weights that are no numbers.
    """
    tensors = {name: stored(value) for name, value in net.state_dict().items()}
    if not all(bool(torch.isfinite(value).all()) for value in tensors.values()):
        raise UserError(f"The training of {NAME} ended in numbers that are not finite; nothing was written.")
    kept = FacenetMini()
    kept.load_state_dict(tensors)  # which turns halves into floats
    unseen, on_press = (measured(kept.eval(), photos) for photos in (test, press))
    threshold = unseen.accepts[0][0]
    metadata = {
        "architecture": "facenet_mini", "title": "FaceNet mini", "task": "face embedding",
        "test_auc": f"{unseen.auc:.4f}", "portraits_auc": f"{on_press.auc:.4f}", "threshold": f"{threshold:.2f}",
        "licence": "MIT", "note": "It teaches and does not identify strangers.",
    }  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{NAME}.safetensors"
    part = path.with_suffix(".part")
    save_file(tensors, part, metadata)
    part.chmod(0o644)  # safetensors writes files that only their owner reads
    os.replace(part, path)
    card = _card(kept, schedule, unseen, on_press, path.stat().st_size)
    path.with_suffix(".md").write_text(card, "utf-8")
    return f"{path.name}: AUC {unseen.auc:.4f} on unseen subjects, {on_press.auc:.4f} on press photographs"


def stored(value: Tensor) -> Tensor:
    """As float16, what counts batches as it is."""
    return (value.half() if value.is_floating_point() else value).contiguous()


def _card(net: nn.Module, schedule: FaceSchedule, unseen: Measured, press: Measured, size: int) -> str:
    parameters = sum(value.numel() for value in net.parameters())
    roc_points = "\n".join(
        f"| {share:.1%} | {threshold:.2f} | {accepted:.1%} |"
        for share, (threshold, accepted) in zip(FALSE_ACCEPTS, unseen.accepts, strict=True)
    )
    threshold = unseen.accepts[0][0]
    errors = errors_at(press.pairs, threshold)
    return f"""# {NAME}

Turns an aligned face into 128 numbers of length 1; the squared distance d^2 of two faces, 0 to 4, is small where they
are the same person's. **It teaches and does not identify strangers.**

- Net: grey, halved and evened out; a 5x5 convolution; four residual blocks; a weighted mean of each channel; a linear
  layer; the answers for the face and its mirror image are added (`engine/networks/zoo/facenet_mini.py`)
- Input: RGB in 0 to 1, 96 wide and 112 high, aligned to the five-point template (eyes at y 52, 35 pixels apart)
- Parameters: {parameters:,}, stored as float16 ({size:,} bytes)

## Measured, with the file as it is stored

| all pairs of | same | different | AUC |
|---|---|---|---|
{_row(f"{unseen.photos} photos of {unseen.people} ORL subjects never seen in training", unseen)}
{_row(f"{press.photos} faces of {press.people} people on press photographs", press)}

| false accepts (the same ORL subjects) | d^2 up to | same pairs accepted |
|---|---|---|
{roc_points}

Suggested threshold: **d^2 <= {threshold:.2f}**, the largest that accepts at most {FALSE_ACCEPTS[0]:.1%} of these
different pairs. On the press photographs, too few to choose by, it accepts {1 - errors.frr:.0%} of the same pairs and
{errors.far:.1%} of the different ones: a threshold belongs to the pictures that it was found on. {NOTE}

## Data and recipe

- Data: the ORL faces, 32 subjects with 10 photos each, 92x112, grey; every fourth subject (s4, s8, ..., s32) is held
  out. Landmarks by YuNet on the enlarged pictures
- Loss: triplets with semi-hard negatives of the batch, margin {schedule.margin} (Schroff et al. 2015)\
{_second(schedule)}
- Batches: {_batches(schedule)}
- Changes, new ones each time a photo is seen (`engine/training/face_changes.py`): mirror, turn, scale, shift, bend,
  gamma, contrast, light from a side, ground, drawn glasses, few pixels, noise, a covered part
- Training: {schedule.steps:,} steps, AdamW, rate up to {schedule.peak_rate} and back, weight decay \
{schedule.weight_decay}, moving average of the weights {schedule.average}, seed {schedule.seed}
- Again: `python -m engine.training.faces_release --faces FOLDER --yunet FILE --steps {schedule.steps}`
- Credit: the ORL Database of Faces, Olivetti Research Laboratory, Cambridge (Samaria and Harter 1994). The pictures
  are not part of the file.
- Licence of the weights: MIT

## Limits and fairness

It learned from 24 people of a laboratory in Cambridge in the early 1990s: mostly men, mostly of one skin tone and
age, photographed in one room. Faces unlike theirs lie closer together for it, so it mistakes them for each other more
often; by how much was not measured. Years between two photos, hard light, covered faces and profiles make it fail.
Never use it to decide about a person.
"""


def _row(what: str, found: Measured) -> str:
    same = int(found.pairs.same.sum())
    return f"| {what} | {same:,} | {len(found.pairs.same) - same:,} | **{found.auc:.4f}** |"


def _second(schedule: FaceSchedule) -> str:
    if not schedule.classes:
        return ""
    return (
        f",\n  and {schedule.classes} times a cosine softmax over all identities, margin {schedule.class_margin}, "
        f"scale {schedule.class_scale:g} (Wang et al. 2018)"
    )


def _batches(schedule: FaceSchedule) -> str:
    told = f"{schedule.persons} identities with {schedule.photos} photos"
    if not schedule.invented:
        return told
    return (
        f"{told}, half of them real, half of {schedule.invented:,} invented ones: a subject with a\n"
        "  bent shape, or two subjects blended"
    )


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
