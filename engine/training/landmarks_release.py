"""`python -m engine.training.landmarks_release`: train the net for five points and write its weights and model card."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from engine.errors import UserError
from engine.faces.align import align, turned_template, usual_eyes
from engine.faces.embedders import embed, status_of
from engine.faces.evaluate import Pairs, errors_at, roc
from engine.faces.landmarks import NAME, in_picture, square
from engine.faces.quality import turn_of
from engine.faces.requests import MINI
from engine.networks.zoo.landmarks_mini import LandmarksMini
from engine.training.face_photos import Finder, looked_at_often, orl_pictures, portrait_pictures
from engine.training.faces import pairs_of
from engine.training.faces_release import YUNET, stored
from engine.training.landmark_photos import Boxed, boxed, drawn, held_out_pictures, photographed
from engine.training.landmarks import LandmarkSchedule, LandmarkTraining, errors_of, located

ROOT: Final = Path(__file__).resolve().parents[2]
FAR_OFF: Final = 0.1
"""Distances of the eyes: a face whose points are off by more on average is counted."""
DRAWN: Final = (60, 4)
"""Drawn people to learn from, and views of each."""


@dataclass(frozen=True, eq=False)
class Measured:
    """How far a net's points are from YuNet's, the mean of several looks, on people that it never saw.

    `errors`: Tensor[N], see errors_of; `once`: those of one look of YuNet. `eyes`: errors of the eyes alone, and
    `guessed`: of the usual places in the box. `turns`: Tensor[N, 3], differences of yaw, pitch and roll in degrees.
    `missed`: faces that the cascade did not find. `pairs`: of all faces, as far
    apart as facenet-mini finds them in crops aligned by the box and the turn of these points (as the program does), by
    these points alone, by YuNet's, and by the usual places of the eyes.
    """

    errors: Tensor
    once: Tensor
    eyes: Tensor
    guessed: Tensor
    turns: Tensor
    missed: int
    pairs: tuple[Pairs, ...]

    @property
    def error(self) -> float:
        return float(self.errors.mean())


def main(arguments: list[str] | None = None) -> int:
    """Train, test, write. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m engine.training.landmarks_release", description=__doc__)
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
    parser.add_argument("--steps", type=int, default=LandmarkSchedule.steps)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    try:
        finder = Finder(options.yunet)
        orl = [looked_at_often(one, finder) for one in orl_pictures(options.faces / "orl", finder)]
        portraits = portrait_pictures(options.faces / "portraits", finder)
        learn, away = held_out_pictures(orl)
        test, press = boxed(away), boxed([looked_at_often(one, finder) for one in portraits])
        training = LandmarkTraining(
            photographed(learn), drawn(*DRAWN), LandmarkSchedule(steps=options.steps), options.run, _say
        )
        training.run(test)
        _say(release(training.result, training.schedule, test, press, options.out))
    except UserError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def measured(net: nn.Module, faces: Boxed) -> Measured:
    """The net's points in the cascade's boxes against YuNet's."""
    found = located(net, faces.crops)
    squares = [square(box) for box in faces.boxes]
    points = [in_picture(where, one.numpy()) for where, one in zip(squares, found, strict=True)]
    theirs = [one.landmarks for one in faces.pictures]
    usual = [usual_eyes(box) for box in faces.boxes]
    turned = [turned_template(box, one) for box, one in zip(faces.boxes, points, strict=True)]
    turns = [np.subtract(turn_of(ours), turn_of(other)) for ours, other in zip(points, theirs, strict=True)]
    once = [one.landmarks if one.once is None else one.once for one in faces.pictures]
    return Measured(
        errors_of(found, faces.points),
        errors_of(torch.from_numpy(np.stack(once)), torch.from_numpy(np.stack(theirs))),
        _eyes_off(points, theirs),
        _eyes_off(usual, theirs),
        torch.from_numpy(np.stack(turns)),
        faces.missed,
        tuple(_pairs(faces, chosen) for chosen in (turned, points, theirs, usual)),
    )


def _eyes_off(points: list[np.ndarray], wanted: list[np.ndarray]) -> Tensor:
    ours, theirs = (
        torch.from_numpy(np.stack([one[:2] for one in side])).double() for side in (points, wanted)
    )
    off: Tensor = (ours - theirs).norm(dim=2).mean(1) / (theirs[:, 1] - theirs[:, 0]).norm(dim=1)
    return off


def _pairs(faces: Boxed, points: list[np.ndarray]) -> Pairs:
    pictures = [np.ascontiguousarray(one.pixels[:, :, ::-1]) for one in faces.pictures]
    crops = np.stack([align(picture, where) for picture, where in zip(pictures, points, strict=True)])
    rows, _ = embed(crops, MINI)
    return pairs_of(torch.from_numpy(rows), torch.tensor([one.person for one in faces.pictures]))


def release(net: LandmarksMini, schedule: LandmarkSchedule, test: Boxed, press: Boxed, folder: Path) -> str:
    """Write `landmarks-mini.safetensors` and its card; the figures are those of the file as it is stored.

    Raises UserError where there are weights that are no numbers.
    """
    tensors = {name: stored(value) for name, value in net.state_dict().items()}
    if not all(bool(torch.isfinite(value).all()) for value in tensors.values()):
        raise UserError(f"The training of {NAME} ended in numbers that are not finite; nothing was written.")
    kept = LandmarksMini()
    kept.load_state_dict(tensors)  # which turns halves into floats
    unseen, on_press = (measured(kept.eval(), faces) for faces in (test, press))
    metadata = {
        "architecture": "landmarks_mini", "title": "Landmarks mini", "task": "face landmarks",
        "test_error": f"{unseen.error:.5f}", "portraits_error": f"{on_press.error:.5f}",
        "licence": "MIT", "note": "It learned from 24 people and from drawn ones: hard poses and light mislead it.",
    }  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{NAME}.safetensors"
    part = path.with_suffix(".part")
    save_file(tensors, part, metadata)
    part.chmod(0o644)  # safetensors writes files that only their owner reads
    os.replace(part, path)
    path.with_suffix(".md").write_text(_card(kept, schedule, unseen, on_press, path.stat().st_size), "utf-8")
    return (
        f"{path.name}: error {unseen.error:.2%} on unseen subjects, {on_press.error:.2%} on press photographs"
    )


def _card(net: nn.Module, schedule: LandmarkSchedule, unseen: Measured, press: Measured, size: int) -> str:
    parameters = sum(value.numel() for value in net.parameters())
    rows = (
        ("photos of 8 ORL subjects never seen in training", unseen),
        ("faces of 4 people on press photographs", press),
    )
    changes = schedule.changes
    return f"""# {NAME}

Finds five points of a face (eyes, tip of the nose, corners of the mouth) in the box of a detector that gives none, such
as the Haar cascade. With them a face is aligned, and the turn of the head is estimated.

- Net: grey, evened out; two convolutions that halve the sides; five dilated residual blocks; five heatmaps of 14 x 14
  cells, and the mean place under each; the answers for the face and its mirror image are averaged
  (`engine/networks/zoo/landmarks_mini.py`)
- Input: grey, 56 x 56, a square of 1.3 times the box around its middle
- Parameters: {parameters:,}, stored as float16 ({size:,} bytes)

## Measured, with the file as it is stored

In the boxes of the Haar cascade, against YuNet: the mean of its points in six looks at the picture (three sizes, and
each in a mirror), which is no truth either. Errors are mean distances in shares of the distance of the eyes.

| faces | five points | off by more than {FAR_OFF:.0%} | YuNet in one look | eyes | usual places of eyes |
|---|---|---|---|---|---|
{_lines(_errors, rows)}

| difference in degrees, mean (90 % within) | yaw | pitch | roll |
|---|---|---|---|
{_lines(_turns, rows)}

AUC of facenet-mini (all pairs of the same faces; of the same person rejected, of two people accepted at its threshold
{status_of(MINI).threshold:.2f}), aligned by:

| faces | the box and the turn of these points | these points alone | YuNet's | usual places of eyes |
|---|---|---|---|---|
{_lines(_areas, rows)}

The program therefore takes place and size of a face from the cascade's box, and its turn from these points. Two recipes
and seven ways to align were compared on these very faces, so the figures of the first column are a little better than
those of faces that nobody ever looked at; with 13 press faces, differences of a few hundredths are chance.

## Data and recipe

- Data: the ORL faces of the 24 subjects that facenet-mini learned from (every fourth, s4, s8, ..., s32, is held out),
  enlarged, with YuNet (the mean of six looks) as the teacher, {schedule.blended:.0%} of them blended two by two;
  and {DRAWN[0]} drawn people with {DRAWN[1]} views each (`engine/faces/drawn.py`), whose points are known:
  {schedule.drawn} of {schedule.faces} faces of a batch
- Changes, new ones each time a face is seen (`engine/training/landmark_changes.py`): boxes of other sizes and places
  ({changes.scale:.0%}, {changes.shift:.0%}), turn ({changes.turn:g} degrees), another shape of face, bend, mirror,
  gamma, contrast, light from a side, ground, drawn glasses, few pixels, noise, a covered part
- Loss: distances of the points, squared below {schedule.bend:g} (Girshick 2015), and {schedule.spots:g} times the cross
  entropy of the heatmaps and Gaussian spots around the points (Nibali et al. 2018)
- Training: {schedule.steps:,} steps, AdamW, rate up to {schedule.peak_rate} and back, weight decay \
{schedule.weight_decay}, moving average of the weights {schedule.average}, seed {schedule.seed}
- Again: `python -m engine.training.landmarks_release --faces FOLDER --yunet FILE --steps {schedule.steps}`
- Credit: the ORL Database of Faces, Olivetti Research Laboratory, Cambridge (Samaria and Harter 1994); YuNet (Wu et al.
  2023). Neither pictures nor YuNet are part of the file.
- Licence of the weights: MIT

## Limits and fairness

It learned from 24 people of a laboratory in Cambridge in the early 1990s: mostly men, mostly of one skin tone and age,
photographed in one room. For faces unlike theirs it may be less exact; by how much was not measured. It answers with
five points whatever is in the box, and says nothing about how sure it is.
"""


def _lines(of: object, rows: tuple[tuple[str, Measured], ...]) -> str:
    assert callable(of)
    return "\n".join(f"| {len(found.errors)} {what} | {of(found)} |" for what, found in rows)


def _errors(found: Measured) -> str:
    far = int((found.errors > FAR_OFF).sum())
    once, eyes, guessed = (f"{float(each.mean()):.1%}" for each in (found.once, found.eyes, found.guessed))
    return f"**{found.error:.1%}** | {far} | {once} | {eyes} | {guessed}"


def _turns(found: Measured) -> str:
    sizes = found.turns.abs()
    means, most = sizes.mean(0).tolist(), sizes.quantile(0.9, 0).tolist()
    return " | ".join(f"{mean:.1f} ({within:.1f})" for mean, within in zip(means, most, strict=True))


def _areas(found: Measured) -> str:
    threshold = status_of(MINI).threshold
    cells = []
    for pairs in found.pairs:
        errors = errors_at(pairs, threshold)
        cells.append(f"{roc(pairs).area:.4f} ({errors.frr:.0%}, {errors.far:.1%})")
    return " | ".join(cells)


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
