"""A Darknet net from its files: a pair of .cfg and .weights, or what the import made of such a pair."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import TypeAlias

import torch

from engine.detection import class_names
from engine.detection.darknet import cfg as cfgs
from engine.detection.darknet.net import DarknetNet
from engine.detection.darknet.pairs import ARCHITECTURE, CFG_KEY, NUMBERS_KEY
from engine.detection.darknet.plan import plan
from engine.detection.darknet.weights_file import Floats, by_layer, open_numbers
from engine.errors import UserError
from engine.networks.steps import at_once
from engine.networks.weights.reading import read_steps
from engine.networks.weights.records import SUFFIX, read_header
from engine.networks.weights.store import Resolved

Steps: TypeAlias = Generator[object, None, DarknetNet]


def load_pair(cfg: Path, weights: Path, names: Path | None, folded: bool) -> DarknetNet:
    """See engine.detection.darknet.load."""
    found = plan(cfgs.read(cfg), cfg.name)
    own = cfg.with_suffix(".names") if names is None else names
    labels = class_names.usual(found.classes)
    if names is not None or own.is_file():
        labels = class_names.read(own, found.classes)
    return at_once(_filled(DarknetNet(found, labels, folded=folded), open_numbers(weights, found)))


def open_steps(found: Resolved) -> Steps:
    """The net of weights of the store, imported or published, in short steps. Raises UserError as `load` does."""
    return (yield from _kept(found) if found.path.suffix == SUFFIX else _published(found))


def _kept(found: Resolved) -> Steps:
    header = read_header(found.path)
    text = header.metadata.get(CFG_KEY, "")
    if found.architecture != ARCHITECTURE or not text or NUMBERS_KEY not in header.shapes:
        raise UserError(f"{found.entry.title} is no net of Darknet.", "Choose another net.")
    described = plan(text, f"The cfg of {found.entry.title}")
    state = yield from read_steps(found.path)
    labels = found.entry.labels or class_names.usual(described.classes)
    values = state[NUMBERS_KEY].float().numpy()
    return (yield from _filled(DarknetNet(described, labels), values))


def _published(found: Resolved) -> Steps:
    cfg = next((path for path in found.companions if path.suffix == ".cfg"), None)
    if cfg is None:
        raise UserError(f"{found.entry.title} is no net of Darknet.", "Choose another net.")
    described = plan(cfgs.read(cfg), cfg.name)
    net = DarknetNet(described, class_names.usual(described.classes))
    return (yield from _filled(net, open_numbers(found.path, described)))


def _filled(net: DarknetNet, values: Floats) -> Steps:
    """The net with its numbers, a layer a step; channels last, which is faster (benchmarks/detection.py)."""
    for one in by_layer(values, net.plan):
        net.fill(one)
        yield None
    net.eval().requires_grad_(False)
    return net.to(memory_format=torch.channels_last)
