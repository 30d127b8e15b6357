"""The figures that the bundled nets state, counted again on the pictures that they never saw."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from engine.networks import catalogue
from engine.networks.weights import store


def correct(name: str, values: torch.Tensor, labels: np.ndarray) -> float:
    """Share of pictures whose likeliest class is their own, with the bundled file."""
    found = store.find(name)
    net = catalogue.build(found.entry.architecture, "bundled")
    with torch.inference_mode():
        called = torch.cat([net(part).argmax(1) for part in values.split(250)])
    return float((called.numpy() == labels).mean())


def stated(name: str) -> float:
    from safetensors import safe_open

    with safe_open(store.find(name).path, "pt") as file:  # type: ignore[no-untyped-call]
        return float(file.metadata()["test_accuracy"])


def test_lenet_on_unseen_digits(assets: Path) -> None:
    with np.load(assets / "datasets" / "mnist_8000.npz") as file:
        images, labels = file["images"], file["labels"]
    unseen = np.concatenate([np.flatnonzero(labels == digit)[::5] for digit in range(10)])
    values = torch.zeros(len(unseen), 1, 32, 32)
    values[:, 0, 2:30, 2:30] = torch.from_numpy(images[unseen].astype(np.float32)) / 255
    share = correct("lenet5-digits", (values - 0.1013) / 0.2772, labels[unseen])
    assert share >= 0.985
    assert abs(share - stated("lenet5-digits")) < 5e-5


def test_tinyvgg_on_unseen_pictures(assets: Path) -> None:
    kinds = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
    pixels, labels = [], []
    with zipfile.ZipFile(assets / "datasets" / "cifar10_train_50000.zip") as archive:
        names = sorted(name for name in archive.namelist() if name.endswith(".jpg"))
        for label, kind in enumerate(kinds):
            for name in [name for name in names if name.split("/")[-2] == kind][::10]:
                with Image.open(io.BytesIO(archive.read(name))) as picture:
                    pixels.append(np.asarray(picture.convert("RGB"), dtype=np.float32))
                labels.append(label)
    values = torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2) / 255
    mean, std = torch.tensor([0.4917, 0.4824, 0.4467]), torch.tensor([0.2452, 0.2427, 0.2606])
    share = correct("tinyvgg-cifar10", (values - mean[:, None, None]) / std[:, None, None], np.array(labels))
    assert len(labels) == 5000
    assert share >= 0.90
    # Another processor may round a logit otherwise where two classes are as good as equal.
    assert abs(share - stated("tinyvgg-cifar10")) <= 2 / 5000 + 5e-5
