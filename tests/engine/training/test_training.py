"""Training: the split, the augmentation, the loop that resumes, and the files that are shipped."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors import safe_open
from torch import nn

from engine.errors import UserError
from engine.networks.zoo.tinyvgg import TinyVGG, without_batch_norm
from engine.training import augment, datasets
from engine.training.__main__ import main, train
from engine.training.datasets import CIFAR10_CLASSES, CIFAR10_FILE, MNIST_FILE, Split
from engine.training.loop import Training, evaluate
from engine.training.recipes import RECIPES, Recipe
from engine.training.release import confusion

DIGITS_EACH = 12
PHOTOS_EACH = 11


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Both data sets, small: every class has a look of its own that a net can learn in a moment."""
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(10, dtype=np.uint8), DIGITS_EACH)
    images = np.zeros((len(labels), 28, 28), np.uint8)
    for picture, label in zip(images, labels, strict=True):
        picture[4 + label : 10 + label, 6:22] = rng.integers(180, 256)
    np.savez(tmp_path / MNIST_FILE, images=images, labels=labels)
    with zipfile.ZipFile(tmp_path / CIFAR10_FILE, "w") as archive:
        for number, name in enumerate(CIFAR10_CLASSES):
            for index in range(PHOTOS_EACH):
                pixels = np.full((32, 32, 3), 20 * number + index, np.uint8)
                buffer = io.BytesIO()
                Image.fromarray(pixels).save(buffer, "JPEG")
                archive.writestr(f"cifar10/train/{name}/{index:04d}.jpg", buffer.getvalue())
    return tmp_path


def shortened(name: str, epochs: int = 2, batch: int = 20) -> Recipe:
    recipe = RECIPES[name]
    return replace(recipe, schedule=replace(recipe.schedule, epochs=epochs, batch=batch))


def quiet(_line: str) -> None:
    """Nobody listens."""


def test_the_split_keeps_every_class_and_shares_no_picture(folder: Path) -> None:
    split = datasets.digits(folder)
    tests = -(-DIGITS_EACH // 5)
    assert torch.bincount(split.test_labels).tolist() == [tests] * 10
    assert torch.bincount(split.validation_labels).tolist() == [1] * 10
    assert torch.bincount(split.train_labels).tolist() == [DIGITS_EACH - tests - 1] * 10
    with np.load(folder / MNIST_FILE) as file:
        images, labels = file["images"], file["labels"]

    def by_hand(*positions: int) -> np.ndarray:
        return images[sorted(np.flatnonzero(labels == digit)[i] for digit in range(10) for i in positions)]

    assert np.array_equal(split.test_images[:, 0, 2:-2, 2:-2].numpy(), by_hand(0, 5, 10))
    assert np.array_equal(split.validation_images[:, 0, 2:-2, 2:-2].numpy(), by_hand(1))
    assert np.array_equal(split.train_images[:, 0, 2:-2, 2:-2].numpy(), by_hand(2, 3, 4, 6, 7, 8, 9, 11))
    assert split.test_images[:, :, :2].sum() == 0


def test_the_photos_carry_the_class_of_their_folder(folder: Path) -> None:
    split = datasets.cifar10(folder)
    parts = (split.train_labels, split.validation_labels, split.test_labels)
    assert sum(len(labels) for labels in parts) == 10 * PHOTOS_EACH
    means = split.train_images.float().mean((1, 2, 3))
    assert torch.equal((means / 20).floor().long(), split.train_labels)
    assert split.mean[0] == pytest.approx(float(means.mean()) / 255, abs=1e-4)


def test_training_never_sees_the_test_set(folder: Path, tmp_path: Path) -> None:
    recipe = shortened("lenet5_digits", epochs=1)
    split = recipe.data(folder)
    torch.manual_seed(1)
    plain = Training(recipe.build(), split, recipe.schedule, tmp_path / "plain", quiet)
    plain.run()
    hidden = replace(split, test_images=split.test_images[:0], test_labels=split.test_labels[:0])
    torch.manual_seed(1)
    blind = Training(recipe.build(), hidden, recipe.schedule, tmp_path / "blind", quiet)
    blind.run()
    for a, b in zip(plain.result.parameters(), blind.result.parameters(), strict=True):
        torch.testing.assert_close(a, b)
    assert (tmp_path / "plain" / "history.jsonl").read_text().count("validation") == 1


def test_missing_data_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UserError, match=MNIST_FILE):
        datasets.digits(tmp_path)
    assert main(["lenet5_digits", "--data", str(tmp_path), "--run", str(tmp_path / "run")]) == 1
    assert MNIST_FILE in capsys.readouterr().err


def test_photos_are_mirrored_and_shifted_but_not_changed() -> None:
    rng = torch.Generator().manual_seed(3)
    images = torch.rand(64, 3, 16, 16) + 0.5  # no zeros: those are the holes
    out = augment.photos(images, rng, shift=2, hole=4)
    assert out.shape == images.shape
    holes = (out == 0).all(1)
    assert 0 < int(holes.sum((1, 2)).max()) <= 16
    for before, after, hole in zip(images, out, holes, strict=True):
        padded = torch.nn.functional.pad(before[None], (2,) * 4, mode="reflect")[0]
        seen = after[:, ~hole]
        candidates = (
            torch.stack([shifted[:, r : r + 16, c : c + 16] for r in range(5) for c in range(5)])
            for shifted in (
                padded,
                torch.nn.functional.pad(before.flip(2)[None], (2,) * 4, mode="reflect")[0],
            )
        )
        assert any(torch.equal(view[:, ~hole], seen) for views in candidates for view in views)


def test_handwriting_keeps_the_range_and_most_of_the_ink() -> None:
    rng = torch.Generator().manual_seed(4)
    images = torch.zeros(200, 1, 32, 32)
    images[:, :, 10:22, 14:18] = 1
    out = augment.handwriting(images, rng)
    assert out.shape == images.shape
    assert float(out.min()) >= 0
    assert float(out.max()) <= 1
    ink = out.sum((1, 2, 3)) / images.sum((1, 2, 3))
    assert float(ink.min()) > 0.25  # thinner and paler, never gone
    assert float(ink.max()) < 3.5
    assert not torch.equal(out[0], out[1])


def test_augmentation_is_the_same_for_the_same_seed() -> None:
    images = torch.rand(8, 1, 32, 32)
    first, second = (augment.handwriting(images, torch.Generator().manual_seed(7)) for _ in range(2))
    assert torch.equal(first, second)


def test_a_run_that_was_cut_off_ends_like_one_that_was_not(folder: Path, tmp_path: Path) -> None:
    recipe = shortened("lenet5_digits", epochs=3)
    split = recipe.data(folder)

    def weights(training: Training) -> list[torch.Tensor]:
        return [p.detach().clone() for p in training.average.module.parameters()]

    def begin(run: str) -> Training:
        torch.manual_seed(1)
        return Training(recipe.build(), split, recipe.schedule, tmp_path / run, quiet)

    whole = begin("whole")
    whole.run()
    stopped = begin("cut")
    stopped._save = _stop_after(stopped, 2)  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        stopped.run()
    again = begin("cut")
    assert again.epoch == 2
    again.run()
    for a, b in zip(weights(whole), weights(again), strict=True):
        torch.testing.assert_close(a, b)
    rows = [json.loads(line) for line in (tmp_path / "cut" / "history.jsonl").read_text().splitlines()]
    assert [row["epoch"] for row in rows] == [1, 2, 3]


def _stop_after(training: Training, epoch: int) -> object:
    save = training._save

    def saving() -> None:
        save()
        if training.epoch == epoch:
            raise KeyboardInterrupt

    return saving


def test_a_net_without_batch_norm_is_the_same_function() -> None:
    torch.manual_seed(5)
    net = TinyVGG(batch_norm=True)
    x = torch.randn(6, 3, 32, 32)
    for _ in range(3):
        net(x)  # running statistics that are not those of the first day
    with torch.no_grad():
        for module in net.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.weight.uniform_(0.5, 2)
                module.bias.uniform_(-1, 1)
    net.eval()
    plain = without_batch_norm(net)
    assert not any(isinstance(m, nn.BatchNorm2d) for m in plain.modules())
    torch.testing.assert_close(plain(x), net(x), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_every_recipe_trains_and_writes_weights_with_their_card(
    name: str, folder: Path, tmp_path: Path
) -> None:
    recipe = shortened(name)
    train(recipe, folder, tmp_path / "run", tmp_path / "out")
    path = tmp_path / "out" / f"{recipe.name}.safetensors"
    with safe_open(path, "pt") as file:  # type: ignore[no-untyped-call]
        metadata = file.metadata()
        dtypes = {file.get_tensor(key).dtype for key in file.keys()}  # noqa: SIM118 - no mapping
    assert metadata["architecture"] == recipe.architecture
    assert len(json.loads(metadata["classes"])) == 10
    assert dtypes == {recipe.dtype}
    card = path.with_suffix(".md").read_text(encoding="utf-8")
    assert f"{float(metadata['test_accuracy']):.2%}" in card
    assert str(recipe.schedule.seed) in card
    assert not list((tmp_path / "out").glob("*.part"))


def test_the_figures_are_counted_right() -> None:
    logits = torch.eye(4)[torch.tensor([0, 1, 2, 3, 3, 0])]
    labels = torch.tensor([0, 1, 2, 3, 2, 1])
    net = nn.Identity()
    assert evaluate(net, logits, labels, batch=4) == pytest.approx(4 / 6)
    counts = confusion(net, logits, labels, 4)
    assert counts.tolist() == [[1, 0, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1], [0, 0, 0, 1]]


def test_weights_that_are_no_numbers_are_not_shipped(folder: Path, tmp_path: Path) -> None:
    from engine.training.release import release

    recipe = shortened("lenet5_digits", epochs=1)
    split: Split = recipe.data(folder)
    training = Training(recipe.build(), split, recipe.schedule, tmp_path / "run", quiet)
    with torch.no_grad():
        next(training.average.module.parameters()).fill_(float("nan"))
    with pytest.raises(UserError, match="not finite"):
        release(recipe, training, tmp_path / "out")
    assert not (tmp_path / "out").exists()
