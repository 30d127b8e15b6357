"""Training the net for faces: triplets within batches of P persons with K photos each."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from engine.faces import triplet
from engine.faces.evaluate import Pairs, roc, squared_distances
from engine.networks.zoo.facenet_mini import DIMENSIONS, FacenetMini
from engine.training.face_changes import BEND_POINTS, Changes, another_person, another_photo
from engine.training.face_photos import FacePhotos

Say = Callable[[str], None]


@dataclass(frozen=True)
class FaceSchedule:
    """AdamW with one rise and fall of its rate; what is kept is a moving average of the weights.

    `invented`: identities made of the real ones by bends of `invented_bend` and, half of them, by blending two people.
    `classes`: the weight of a second loss, the cosine softmax over all identities with `class_margin` and
    `class_scale` (Wang et al. 2018, "CosFace"); 0: none.
    """

    steps: int = 500
    persons: int = 32
    photos: int = 3
    margin: float = 0.3
    invented: int = 1000
    invented_bend: float = 0.06
    classes: float = 0.2
    class_margin: float = 0.1
    class_scale: float = 16.0
    peak_rate: float = 2e-3
    weight_decay: float = 0.1
    average: float = 0.99
    changes: Changes = field(default_factory=Changes)
    bf16: bool = True
    seed: int = 1


class Identities:
    """Real people, and ones that are invented from them: who each is, never how a photo of them looks."""

    def __init__(self, photos: FacePhotos, schedule: FaceSchedule) -> None:
        rng = torch.Generator().manual_seed(schedule.seed)
        self._canvases = photos.canvases
        self.real = int(photos.people.max()) + 1
        self.count = self.real + schedule.invented
        self._of_person = [(photos.people == person).nonzero()[:, 0] for person in range(self.real)]
        made = torch.randint(self.real, (2, schedule.invented), generator=rng)
        self._people = torch.cat([torch.arange(self.real).expand(2, -1), made], 1)
        blended = torch.rand(schedule.invented, generator=rng) < 0.5
        share = torch.where(blended, 0.3 + 0.4 * torch.rand(schedule.invented, generator=rng), 1.0)
        self._share = torch.cat([torch.ones(self.real), share])
        bends = another_person(schedule.invented, schedule.invented_bend, rng)
        self._bends = torch.cat([torch.zeros(self.real, 2, *BEND_POINTS), bends])

    def batch(self, persons: int, photos: int, changes: Changes, rng: Generator) -> tuple[Tensor, Tensor]:
        """Photos Tensor[persons * photos, 1, 112, 96] and identities int64 of half real and half invented persons."""
        real = torch.randperm(self.real, generator=rng)[: persons // 2 if self.count > self.real else persons]
        invented = self.real + torch.randperm(self.count - self.real, generator=rng)[: persons - len(real)]
        who = torch.cat([real, invented]).repeat_interleave(photos)
        first, second = (self._photos(self._people[side][who[::photos]], photos, rng) for side in (0, 1))
        share = self._share[who][:, None, None, None]
        canvases = share * self._canvases[first].float() + (1 - share) * self._canvases[second].float()
        return another_photo(canvases / 255, self._bends[who], changes, rng), who

    def _photos(self, people: Tensor, photos: int, rng: Generator) -> Tensor:
        """Numbers of photos of each person in turn, no photo twice as long as there are others."""
        chosen = []
        for person in people.tolist():
            own = self._of_person[person]
            order = torch.cat(
                [torch.randperm(len(own), generator=rng) for _ in range(-(-photos // len(own)))]
            )
            chosen.append(own[order[:photos]])
        return torch.cat(chosen)


class FaceTraining:
    """One run in a folder: `checkpoint.pt` on the way, `history.jsonl` with its figures.

    A run that was cut off goes on from the last checkpoint, under the same schedule, as if nothing had happened.
    """

    def __init__(self, photos: FacePhotos, schedule: FaceSchedule, folder: Path, say: Say) -> None:
        torch.manual_seed(schedule.seed)
        self.schedule, self.folder, self._say = schedule, folder, say
        self.identities = Identities(photos, schedule)
        self.net = FacenetMini().to(memory_format=torch.channels_last)
        self.centres = nn.Parameter(torch.randn(self.identities.count, DIMENSIONS))
        self.average = AveragedModel(
            self.net, multi_avg_fn=get_ema_multi_avg_fn(schedule.average), use_buffers=True
        )
        self.optimiser = torch.optim.AdamW(self._groups(), lr=schedule.peak_rate, betas=(0.9, 0.99))
        self.rate = torch.optim.lr_scheduler.OneCycleLR(
            self.optimiser,
            schedule.peak_rate,
            total_steps=schedule.steps + 1,
            pct_start=0.15,
            cycle_momentum=False,
        )
        self.rng = torch.Generator().manual_seed(schedule.seed)
        self.step = 0
        folder.mkdir(parents=True, exist_ok=True)
        self._resume()

    @property
    def result(self) -> FacenetMini:
        """The averaged net, in evaluation mode."""
        net = self.average.module
        assert isinstance(net, FacenetMini)
        return net.eval()

    def run(self, watched: FacePhotos, every: int = 100, until: int | None = None) -> None:
        """Train to the last step, or to `until`; `watched` tells on the way how it goes."""
        last = self.schedule.steps if until is None else min(until, self.schedule.steps)
        began, total = time.monotonic(), torch.zeros(3)
        while self.step < last:
            self.net.train()
            total += self._learn()
            self.step += 1
            if self.step % every == 0 or self.step == last:
                self._record(total / every, watched, time.monotonic() - began)
                total.zero_()
                self._save()

    def _learn(self) -> Tensor:
        plan = self.schedule
        pixels, who = self.identities.batch(plan.persons, plan.photos, plan.changes, self.rng)
        with torch.autocast("cpu", torch.bfloat16, enabled=plan.bf16):
            embeddings = self.net(pixels.expand(-1, 3, -1, -1).contiguous(memory_format=torch.channels_last))
        distances = triplet.squared_distances(embeddings.detach())
        triplets = triplet.semi_hard(distances, who, plan.margin)
        of_triplets = triplet.batch_loss(embeddings, triplets, plan.margin)
        of_classes = self._class_loss(embeddings, who)
        self.optimiser.zero_grad(set_to_none=True)
        (of_triplets + plan.classes * of_classes).backward()
        self.optimiser.step()
        self.rate.step()
        self.average.update_parameters(self.net)
        possible = plan.persons * plan.photos * (plan.photos - 1)
        used = torch.tensor(len(triplets.anchor) / possible)
        return torch.stack([of_triplets.detach(), of_classes.detach(), used])

    def _class_loss(self, embeddings: Tensor, who: Tensor) -> Tensor:
        cosines = embeddings @ F.normalize(self.centres).T
        cosines = cosines - self.schedule.class_margin * F.one_hot(who, self.identities.count)
        return F.cross_entropy(self.schedule.class_scale * cosines, who)

    def _groups(self) -> list[dict[str, Any]]:
        """Weights with decay; biases, the factors of norms and the centres of classes without."""
        weights = [p for p in self.net.parameters() if p.ndim > 1]
        others = [p for p in self.net.parameters() if p.ndim <= 1]
        return [
            {"params": weights, "weight_decay": self.schedule.weight_decay},
            {"params": [*others, self.centres], "weight_decay": 0.0},
        ]

    def _record(self, means: Tensor, watched: FacePhotos, seconds: float) -> None:
        curve = roc(pairs_of(embedded(self.result, watched.crops), watched.people))
        row = {
            "step": self.step,
            "triplets": round(float(means[0]), 4),
            "classes": round(float(means[1]), 4),
            "used": round(float(means[2]), 3),
            "auc": round(curve.area, 5),
            "seconds": round(seconds, 1),
        }
        with (self.folder / "history.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        self._say(json.dumps(row))

    def _save(self) -> None:
        state = {
            "step": self.step,
            "net": self.net.state_dict(),
            "centres": self.centres.detach(),
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
        self.centres.data.copy_(state["centres"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.rate.load_state_dict(state["rate"])
        self.rng.set_state(state["rng"])
        self.step = state["step"]
        self._say(f"going on after step {self.step}")


def embedded(net: nn.Module, crops: Tensor, batch: int = 64) -> Tensor:
    """Tensor[N, 128] of crops Tensor[N, 3, 112, 96]."""
    with torch.inference_mode():
        return torch.cat([net(part) for part in crops.split(batch)])


def pairs_of(embeddings: Tensor, people: Tensor) -> Pairs:
    """All pairs of photos with their squared distances."""
    rows = embeddings.double().numpy()
    first, second = np.triu_indices(len(people), 1)
    distances = squared_distances(rows, rows)[first, second]
    return Pairs(distances, (people[first] == people[second]).numpy(), first, second)
