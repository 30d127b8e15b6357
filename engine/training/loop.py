"""The training loop: seeded, resumable, its figures kept."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from engine.training.datasets import Split

Say = Callable[[str], None]
Augment = Callable[[Tensor, Generator], Tensor]


@dataclass(frozen=True)
class Schedule:
    """How a net is trained: stochastic gradient descent with Nesterov momentum and one rise and fall of its rate.

    `average` is the decay of the moving average of the weights (a step), which is what is watched and kept.
    `normalise_last`: augment pictures in 0..1 and normalise them afterwards.
    """

    epochs: int
    batch: int
    peak_rate: float
    weight_decay: float
    label_smoothing: float
    average: float
    augment: Augment
    normalise_last: bool = False
    warm_up: float = 0.2
    bf16: bool = False
    seed: int = 1


class Training:
    """One run in a folder: `checkpoint.pt` after every epoch, `history.jsonl` with its figures, `epochs/` with weights.

    What it watches is the validation set; the test set stays untouched until the net is released. A run that was cut
    off goes on where the last whole epoch ended.
    """

    def __init__(self, net: nn.Module, split: Split, schedule: Schedule, folder: Path, say: Say) -> None:
        self.split, self.schedule, self.folder, self._say = split, schedule, folder, say
        self.net = net.to(memory_format=torch.channels_last)
        self.average = AveragedModel(
            net, multi_avg_fn=get_ema_multi_avg_fn(schedule.average), use_buffers=True
        )
        self.optimiser = torch.optim.SGD(
            _groups(net, schedule.weight_decay), lr=schedule.peak_rate, momentum=0.9, nesterov=True
        )
        self.steps = len(split.train_labels) // schedule.batch
        self.rate = torch.optim.lr_scheduler.OneCycleLR(
            self.optimiser,
            schedule.peak_rate,
            total_steps=schedule.epochs * self.steps,
            pct_start=schedule.warm_up,
            anneal_strategy="linear",
            cycle_momentum=False,
            div_factor=10,
            final_div_factor=100,
        )
        self.rng = torch.Generator().manual_seed(schedule.seed)
        self.epoch = 0
        self._mean = torch.tensor(split.mean)[:, None, None]
        self._std = torch.tensor(split.std)[:, None, None]
        (folder / "epochs").mkdir(parents=True, exist_ok=True)
        self._resume()

    @property
    def result(self) -> nn.Module:
        """The averaged net, ready to be tested."""
        return self.average.module.eval()

    def run(self) -> None:
        """Train to the last epoch."""
        if self.epoch == 0:
            self._keep_epoch()
        while self.epoch < self.schedule.epochs:
            began = time.monotonic()
            loss = self._train_epoch()
            self.epoch += 1
            watched = self.normalised(self.split.validation_images)
            correct = evaluate(self.result, watched, self.split.validation_labels)
            self._record(loss, correct, time.monotonic() - began)
            self._save()
            self._keep_epoch()

    def normalised(self, images: Tensor) -> Tensor:
        """float Tensor[N, C, H, W] of uint8 pictures, with the mean and the spread of the training set taken out."""
        return (images.float() / 255 - self._mean) / self._std

    def _train_epoch(self) -> float:
        self.net.train()
        order = torch.randperm(len(self.split.train_labels), generator=self.rng)
        total = 0.0
        for step in range(self.steps):
            chosen = order[step * self.schedule.batch : (step + 1) * self.schedule.batch]
            images = self._augmented(self.split.train_images[chosen])
            with torch.autocast("cpu", torch.bfloat16, enabled=self.schedule.bf16):
                logits = self.net(images.contiguous(memory_format=torch.channels_last))
            loss = F.cross_entropy(
                logits.float(),
                self.split.train_labels[chosen],
                label_smoothing=self.schedule.label_smoothing,
            )
            self.optimiser.zero_grad(set_to_none=True)
            loss.backward()
            self.optimiser.step()
            self.rate.step()
            self.average.update_parameters(self.net)
            total += float(loss.detach())
        return total / self.steps

    def _augmented(self, images: Tensor) -> Tensor:
        if self.schedule.normalise_last:
            return (self.schedule.augment(images.float() / 255, self.rng) - self._mean) / self._std
        return self.schedule.augment(self.normalised(images), self.rng)

    def _record(self, loss: float, correct: float, seconds: float) -> None:
        row = {
            "epoch": self.epoch,
            "loss": round(loss, 4),
            "validation": round(correct, 4),
            "seconds": round(seconds, 1),
        }
        with (self.folder / "history.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        self._say(
            f"epoch {self.epoch}/{self.schedule.epochs}: loss {loss:.4f}, validation {correct:.2%}, {seconds:.0f} s"
        )

    def _keep_epoch(self) -> None:
        """Weights on the way, for looking at how features grow."""
        torch.save(
            {
                name: value.half()
                for name, value in self.net.state_dict().items()
                if value.is_floating_point()
            },
            self.folder / "epochs" / f"{self.epoch:03d}.pt",
        )

    def _save(self) -> None:
        state = {
            "epoch": self.epoch,
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
        self.epoch = state["epoch"]
        self._say(f"going on after epoch {self.epoch}")


def evaluate(net: nn.Module, images: Tensor, labels: Tensor, batch: int = 500) -> float:
    """Share of pictures (normalised Tensor[N, C, H, W]) whose largest logit is that of their label."""
    correct = 0
    with torch.inference_mode():
        for start in range(0, len(labels), batch):
            logits = net(images[start : start + batch])
            correct += int((logits.argmax(1) == labels[start : start + batch]).sum())
    return correct / len(labels)


def _groups(net: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """Weights with decay; biases and the factors of norms without."""
    weights = [p for p in net.parameters() if p.ndim > 1]
    others = [p for p in net.parameters() if p.ndim <= 1]
    return [{"params": weights, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
