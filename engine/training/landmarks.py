"""Training the net for five points: heatmaps towards spots, their mean places towards the points."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from engine.networks.zoo.landmarks_mini import CELLS, LandmarksMini, mean_places, places
from engine.training.landmark_changes import LandmarkChanges, seen_anew
from engine.training.landmark_photos import Boxed, LandmarkPhotos

Say = Callable[[str], None]


@dataclass(frozen=True)
class LandmarkSchedule:
    """AdamW with one rise and fall of its rate; what is kept is a moving average of the weights.

    `drawn`: drawn people in a batch of `faces`. `blended`: the share of the others that are two people in one picture.
    `bend`: of the distance loss, in sides of what the net reads: smaller distances count by their square (Girshick
    2015, "smooth L1"). `spots`: the weight of the second loss, the cross
    entropy of heatmaps and spots of a standard deviation of `spot` cells around the points (Nibali et al. 2018).
    """

    steps: int = 1400
    faces: int = 48
    drawn: int = 10
    blended: float = 0.35
    bend: float = 0.01
    spots: float = 0.02
    spot: float = 0.7
    peak_rate: float = 3e-3
    weight_decay: float = 0.05
    average: float = 0.99
    changes: LandmarkChanges = field(default_factory=LandmarkChanges)
    seed: int = 1


class LandmarkTraining:
    """One run in a folder: `checkpoint.pt` on the way, `history.jsonl` with its figures.

    A run that was cut off goes on from the last checkpoint, under the same schedule, as if nothing had happened.
    """

    def __init__(
        self,
        photos: LandmarkPhotos,
        drawn: LandmarkPhotos,
        schedule: LandmarkSchedule,
        folder: Path,
        say: Say,
    ) -> None:
        torch.manual_seed(schedule.seed)
        self.schedule, self.folder, self._say = schedule, folder, say
        self._photos, self._drawn = photos, drawn
        self.net = LandmarksMini()
        self.average = AveragedModel(
            self.net, multi_avg_fn=get_ema_multi_avg_fn(schedule.average), use_buffers=True
        )
        self.optimiser = torch.optim.AdamW(self._groups(), lr=schedule.peak_rate, betas=(0.9, 0.99))
        self.rate = torch.optim.lr_scheduler.OneCycleLR(
            self.optimiser, schedule.peak_rate, schedule.steps + 1, pct_start=0.15, cycle_momentum=False
        )
        self.rng = torch.Generator().manual_seed(schedule.seed)
        self.step = 0
        folder.mkdir(parents=True, exist_ok=True)
        self._resume()

    @property
    def result(self) -> LandmarksMini:
        """The averaged net, in evaluation mode."""
        net = self.average.module
        assert isinstance(net, LandmarksMini)
        return net.eval()

    def run(self, watched: Boxed, every: int = 100, until: int | None = None) -> None:
        """Train to the last step, or to `until`; `watched` tells on the way how it goes."""
        last = self.schedule.steps if until is None else min(until, self.schedule.steps)
        began, total, since = time.monotonic(), torch.zeros(2), 0
        while self.step < last:
            self.net.train()
            total += self._learn()
            self.step, since = self.step + 1, since + 1
            if self.step % every == 0 or self.step == last:
                self._record(total / since, watched, time.monotonic() - began)
                total, since = torch.zeros(2), 0
                self._save()

    def _learn(self) -> Tensor:
        plan = self.schedule
        pixels, points = seen_anew(*self._batch(), plan.changes, self.rng)
        heatmaps = self.net.heatmaps(pixels)
        of_places = F.smooth_l1_loss(mean_places(heatmaps), points, beta=plan.bend)
        of_spots = spot_loss(heatmaps, points, plan.spot)
        self.optimiser.zero_grad(set_to_none=True)
        (of_places + plan.spots * of_spots).backward()
        self.optimiser.step()
        self.rate.step()
        self.average.update_parameters(self.net)
        return torch.stack([of_places.detach(), of_spots.detach()])

    def _batch(self) -> tuple[Tensor, Tensor]:
        """Canvases in 0..1 and their points, photos first."""
        drawn = self.schedule.drawn
        parts = (self._photos, self.schedule.faces - drawn), (self._drawn, drawn)
        chosen = [(photos, _some_of(photos, count, self.rng)) for photos, count in parts if count]
        canvases = torch.cat([photos.canvases[rows] for photos, rows in chosen]).float() / 255
        points = torch.cat([photos.points[rows] for photos, rows in chosen])
        return self._blended(canvases, points)

    def _blended(self, canvases: Tensor, points: Tensor) -> tuple[Tensor, Tensor]:
        """All of them lie on the template, so that a mean of two faces is a face, and its points are their mean."""
        other = self._photos.canvases.shape[0]
        rows = torch.randint(other, (len(points),), generator=self.rng)
        drawn = self.schedule.drawn
        share = 0.3 + 0.4 * torch.rand(len(points), generator=self.rng)
        chosen = torch.rand(len(points), generator=self.rng) < self.schedule.blended
        chosen[len(points) - drawn :] = False
        share = torch.where(chosen, share, 1.0)
        return (
            torch.lerp(self._photos.canvases[rows].float() / 255, canvases, share[:, None, None, None]),
            torch.lerp(self._photos.points[rows], points, share[:, None, None]),
        )

    def _groups(self) -> list[dict[str, Any]]:
        """Weights with decay; biases and the factors of norms without."""
        parameters = list(self.net.parameters())
        return [
            {"params": [p for p in parameters if p.ndim > 1], "weight_decay": self.schedule.weight_decay},
            {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
        ]

    def _record(self, means: Tensor, watched: Boxed, seconds: float) -> None:
        errors = errors_of(located(self.result, watched.crops), watched.points)
        row = {
            "step": self.step,
            "places": round(float(means[0]), 5),
            "spots": round(float(means[1]), 4),
            "error": round(float(errors.mean()), 5),
            "seconds": round(seconds, 1),
        }
        with (self.folder / "history.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        self._say(json.dumps(row))

    def _save(self) -> None:
        state = {
            "step": self.step,
            "net": self.net.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "rate": self.rate.state_dict(),
            "rng": self.rng.get_state(),
        }
        half_made = self.folder / "checkpoint.part"
        torch.save(state, half_made)
        os.replace(half_made, self.folder / "checkpoint.pt")

    def _resume(self) -> None:
        path = self.folder / "checkpoint.pt"
        if not path.is_file():
            return
        state: dict[str, Any] = torch.load(path, weights_only=True)
        self.net.load_state_dict(state["net"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.rate.load_state_dict(state["rate"])
        self.rng.set_state(state["rng"])
        self.step = state["step"]
        self._say(f"going on after step {self.step}")


def spot_loss(heatmaps: Tensor, points: Tensor, spot: float) -> Tensor:
    """Cross entropy of logits Tensor[N, 5, 14, 14] and Gaussian spots of `spot` cells around points [N, 5, 2]."""
    away = (points[..., None] - places()) * CELLS / spot  # [N, 5, 2, 14]
    along = torch.exp(-away.square() / 2)
    wanted = along[:, :, 1, :, None] * along[:, :, 0, None, :]
    wanted = wanted / wanted.sum((2, 3), keepdim=True).clamp(min=1e-6)
    return -(wanted * heatmaps.flatten(2).log_softmax(2).view_as(wanted)).sum((2, 3)).mean()


def located(net: nn.Module, crops: Tensor, batch: int = 64) -> Tensor:
    """Points Tensor[N, 5, 2] of crops uint8 Tensor[N, 1, 56, 56]."""
    with torch.inference_mode():
        return torch.cat([net(part.float()) for part in crops.split(batch)])


def errors_of(found: Tensor, wanted: Tensor) -> Tensor:
    """Tensor[N]: the mean distance of the five points, in distances of the eyes ("normalised mean error")."""
    eyes = (wanted[:, 1] - wanted[:, 0]).norm(dim=1)
    off: Tensor = (found - wanted).norm(dim=2).mean(1) / eyes
    return off


def _some_of(photos: LandmarkPhotos, count: int, rng: Generator) -> Tensor:
    return torch.randint(len(photos.points), (count,), generator=rng)
