"""Training the detector of digits on scenes that are drawn as they are needed, none of them twice."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from engine.detection.scoring import Truth, mean_average_precision
from engine.detection.yolo_digits import find
from engine.networks.zoo.yolo_digits import ANCHORS, CLASSES, STRIDE, YoloDigits, by_anchor, decoded
from engine.training.digit_scenes import Scene, SceneMaker, examples

Say = Callable[[str], None]
MOST: Final = 32
"""Digits a scene that are learned from."""
IGNORED_FROM: Final = 0.6
"""A cell that is not responsible for a digit and finds it all the same is not blamed."""
ALSO_FROM: Final = 0.5
"""IoU of shapes from which an anchor beside the best one is responsible, too."""
_NOBODY: Final = -1


@dataclass(frozen=True)
class DetectorSchedule:
    """AdamW with one rise and fall of its rate; what is kept is a moving average of the weights."""

    steps: int = 6000
    batch: int = 128
    peak_rate: float = 3e-3
    weight_decay: float = 0.03
    average: float = 0.998
    seed: int = 1


class Batches(IterableDataset[tuple[Tensor, Tensor]]):
    """Scenes without end: pixels uint8[B, 3, H, W] and digits float32[B, MOST, 5] (class, corners; class -1: none).

    Every worker draws from a generator of its own, which begins anew for every batch: batch k of worker w is the same
    in every run.
    """

    def __init__(self, maker: SceneMaker, batch: int, seed: int, first: int = 0) -> None:
        self._maker, self._batch, self._seed, self._first = maker, batch, seed, first

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        info = get_worker_info()
        worker = 0 if info is None else info.id
        number = self._first
        while True:
            draw: Any = np.random.default_rng((self._seed, worker, number))
            yield stacked([self._maker.scene(draw) for _ in range(self._batch)])
            number += 1


def stacked(scenes: list[Scene]) -> tuple[Tensor, Tensor]:
    """Scenes as one batch (see Batches)."""
    pixels = np.stack([scene.pixels for scene in scenes]).transpose(0, 3, 1, 2)
    digits = np.full((len(scenes), MOST, 5), _NOBODY, np.float32)
    for row, scene in zip(digits, scenes, strict=True):
        count = min(len(scene.labels), MOST)
        row[:count, 0], row[:count, 1:] = scene.labels[:count], scene.boxes[:count]
    return torch.from_numpy(np.ascontiguousarray(pixels)), torch.from_numpy(digits)


def loss_of(raw: Tensor, digits: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
    """The loss of a batch a digit, and its parts: where (1 - GIoU), whether (cross-entropy), which (cross-entropy).

    A digit belongs to the cell of its middle and to the anchor whose shape fits it best (and to others that fit well).
    """
    answers = by_anchor(raw.float())
    boxes = decoded(answers)
    there = digits[..., 0] >= 0
    picture, number = there.nonzero(as_tuple=True)
    truth, kinds = digits[picture, number, 1:], digits[picture, number, 0].long()
    which, anchor = _responsible(truth)
    picture, truth, kinds = picture[which], truth[which], kinds[which]
    cell = ((truth[:, :2] + truth[:, 2:]) / 2 / STRIDE).long()
    column = cell[:, 0].clamp(0, answers.shape[3] - 1)
    row = cell[:, 1].clamp(0, answers.shape[2] - 1)
    mine = picture, anchor, row, column
    wanted = torch.zeros_like(answers[..., 4])
    wanted[mine] = 1.0
    counted = torch.ones_like(wanted)
    with torch.no_grad():
        common = _iou(boxes.flatten(1, 3)[:, :, None], digits[:, None, :, 1:])
        common = common.masked_fill(~there[:, None], 0).amax(-1).view_as(wanted)
        counted[(common > IGNORED_FROM) & (wanted == 0)] = 0
    many = max(len(truth), 1)
    whether = (
        F.binary_cross_entropy_with_logits(answers[..., 4], wanted, reduction="none") * counted
    ).sum() / many
    where = (1 - _giou(boxes[mine], truth)).sum() / many
    what = F.cross_entropy(answers[..., 5:][mine], kinds, label_smoothing=0.02, reduction="sum") / many
    return 2 * where + whether + what, {"where": where, "whether": whether, "which": what}


def _responsible(truth: Tensor) -> tuple[Tensor, Tensor]:
    """(index of the digit, anchor) of every pair that belongs together."""
    anchors = torch.tensor(ANCHORS, device=truth.device)
    sides = (truth[:, 2:] - truth[:, :2])[:, None]
    common = torch.minimum(sides, anchors).prod(-1)
    fit = common / (sides.prod(-1) + anchors.prod(-1) - common)
    chosen = fit > ALSO_FROM
    chosen[torch.arange(len(truth), device=truth.device), fit.argmax(1)] = True
    which, anchor = chosen.nonzero(as_tuple=True)
    return which, anchor


def _iou(a: Tensor, b: Tensor) -> Tensor:
    return _common(a, b)[0]


def _giou(a: Tensor, b: Tensor) -> Tensor:
    """Generalised IoU, -1..1 (Rezatofighi et al. 2019): boxes apart are told how far."""
    iou, union = _common(a, b)
    hull = (torch.maximum(a[..., 2:], b[..., 2:]) - torch.minimum(a[..., :2], b[..., :2])).prod(-1)
    return iou - (hull - union) / hull


def _common(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    sides = (torch.minimum(a[..., 2:], b[..., 2:]) - torch.maximum(a[..., :2], b[..., :2])).clamp(min=0)
    common = sides.prod(-1)
    union = (a[..., 2:] - a[..., :2]).prod(-1) + (b[..., 2:] - b[..., :2]).prod(-1) - common
    return common / union.clamp(min=1e-6), union.clamp(min=1e-6)


class DetectorTraining:
    """One run in a folder: `checkpoint.pt` on the way, `history.jsonl` with its figures.

    A run that was cut off goes on from the last checkpoint, under the same schedule.
    """

    def __init__(self, schedule: DetectorSchedule, folder: Path, device: torch.device, say: Say) -> None:
        torch.manual_seed(schedule.seed)
        self.schedule, self.folder, self.device, self._say = schedule, folder, device, say
        self.net = YoloDigits(batch_norm=True).to(memory_format=torch.channels_last).to(device)
        with torch.no_grad():
            self.net.nothing_anywhere()
        self.average = AveragedModel(
            self.net, multi_avg_fn=get_ema_multi_avg_fn(schedule.average), use_buffers=True
        )
        self.optimiser = torch.optim.AdamW(
            _groups(self.net, schedule.weight_decay), lr=schedule.peak_rate, betas=(0.9, 0.99)
        )
        self.rate = torch.optim.lr_scheduler.OneCycleLR(
            self.optimiser,
            schedule.peak_rate,
            total_steps=schedule.steps + 1,
            pct_start=0.1,
            cycle_momentum=False,
        )
        self.step = 0
        folder.mkdir(parents=True, exist_ok=True)
        self._resume()

    @property
    def result(self) -> YoloDigits:
        """The averaged net, in evaluation mode."""
        net = self.average.module
        assert isinstance(net, YoloDigits)
        return net.eval()

    def run(self, maker: SceneMaker, watched: list[Scene], workers: int, every: int = 250) -> None:
        """Train to the last step; `watched` scenes tell on the way how it goes."""
        batches = Batches(maker, self.schedule.batch, self.schedule.seed, first=self.step)
        loader = DataLoader(
            batches,
            batch_size=None,
            num_workers=workers,
            pin_memory=self.device.type == "cuda",
            prefetch_factor=4 if workers else None,
        )
        began, total = time.monotonic(), torch.zeros(4, device=self.device)
        for pixels, digits in loader:
            self.net.train()
            total += self._learn(pixels, digits)
            self.step += 1
            if self.step % every == 0 or self.step == self.schedule.steps:
                self._record(total / every, watched, time.monotonic() - began)
                total.zero_()
                self._save()
            if self.step >= self.schedule.steps:
                return

    def _learn(self, pixels: Tensor, digits: Tensor) -> Tensor:
        x = pixels.to(self.device, non_blocking=True).float() / 255
        y = digits.to(self.device, non_blocking=True)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.device.type == "cuda"):
            raw = self.net(x.contiguous(memory_format=torch.channels_last))
        loss, parts = loss_of(raw, y)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 10.0)
        self.optimiser.step()
        self.rate.step()
        self.average.update_parameters(self.net)
        return torch.stack([loss, *parts.values()]).detach()

    def _record(self, losses: Tensor, watched: list[Scene], seconds: float) -> None:
        score = evaluate(self.result, watched, self.device)
        loss, where, whether, which = losses.tolist()
        row = {
            "step": self.step,
            "loss": round(loss, 4),
            "map50": round(score, 4),
            "seconds": round(seconds, 1),
        }
        with (self.folder / "history.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        self._say(
            f"step {self.step}/{self.schedule.steps}: loss {loss:.3f} (where {where:.3f}, whether {whether:.3f}, "
            f"which {which:.3f}), mAP@0.5 {score:.4f}, {seconds:.0f} s"
        )

    def _save(self) -> None:
        state = {
            "step": self.step, "net": self.net.state_dict(), "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(), "rate": self.rate.state_dict(),
        }  # fmt: skip
        half_made = self.folder / "checkpoint.part"
        torch.save(state, half_made)
        os.replace(half_made, self.folder / "checkpoint.pt")

    def _resume(self) -> None:
        path = self.folder / "checkpoint.pt"
        if not path.is_file():
            return
        state: dict[str, Any] = torch.load(path, weights_only=True, map_location=self.device)
        self.net.load_state_dict(state["net"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.rate.load_state_dict(state["rate"])
        self.step = state["step"]
        self._say(f"going on after step {self.step}")


def evaluate(net: YoloDigits, scenes: list[Scene], device: torch.device, batch: int = 50) -> float:
    """mAP at IoU 0.5 over the ten digits."""
    found = []
    for start in range(0, len(scenes), batch):
        pixels, _ = stacked(scenes[start : start + batch])
        found += find(net, (pixels.to(device).float() / 255).contiguous(memory_format=torch.channels_last))
    truth = [Truth(scene.boxes.astype(np.float64), scene.labels) for scene in scenes]
    return mean_average_precision(found, truth, CLASSES)


def watched_scenes(maker: SceneMaker, count: int = 200) -> list[Scene]:
    """What a run is watched on: scenes of its own, the same every time."""
    return examples(maker, count, seed=77)


def _groups(net: YoloDigits, weight_decay: float) -> list[dict[str, Any]]:
    weights = [p for p in net.parameters() if p.ndim > 1]
    others = [p for p in net.parameters() if p.ndim <= 1]
    return [{"params": weights, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
