"""The windows that the sliding net learns from, and the file that is made of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open

from engine.errors import UserError
from engine.training import window_release
from engine.training.datasets import MNIST_FILE
from engine.training.loop import Schedule
from engine.training.windows import CLASSES, KINDS, WindowMaker, in_another_light


def square(size: int = 20) -> np.ndarray:
    digit = np.zeros((28, 28), np.uint8)
    start = 14 - size // 2
    digit[start : start + size, start : start + size] = 255
    return digit


@pytest.fixture
def maker() -> WindowMaker:
    photo = np.random.default_rng(1).integers(0, 256, (80, 90, 3)).astype(np.uint8)
    return WindowMaker(square()[None], np.array([4]), [photo])


def middle_of(window: np.ndarray) -> tuple[float, float]:
    """The middle of what is bright, in pixels from the middle of the window."""
    rows, columns = np.mgrid[:14, :14] - 6.5
    total = float(window.sum())
    return float((rows * window).sum() / total), float((columns * window).sum() / total)


def test_a_digit_stands_in_the_middle_and_is_as_high_as_the_net_knows_it(maker: WindowMaker) -> None:
    draw = np.random.default_rng(0)
    heights = []
    for _ in range(60):
        window = maker.digit(0, draw)
        assert window.shape == (14, 14) and window.min() >= 0 and 0.5 < window.max() <= 1
        heights.append((window.max(1) > 0.3 * window.max()).sum())
        if window[:, [0, -1]].max() < 0.05 and window[[0, -1]].max() < 0.05:  # no neighbour at the rim
            assert max(abs(place) for place in middle_of(window)) < 1.6
    assert 8 <= np.median(heights) <= 12


def test_nothing_is_never_a_digit_in_the_middle(maker: WindowMaker) -> None:
    draw = np.random.default_rng(0)
    assert not maker.nothing("paper", draw).any()
    for _ in range(40):
        window = maker.nothing("beside", draw)
        assert not window.any() or max(abs(place) for place in middle_of(window)) > 1.2
    assert all(maker.nothing(kind, draw).shape == (14, 14) for kind in KINDS)


def test_a_set_is_the_same_every_time_and_holds_what_was_asked_for(maker: WindowMaker) -> None:
    images, labels = maker.set_of(10, 1.5, seed=3)
    again, _ = maker.set_of(10, 1.5, seed=3)
    other, _ = maker.set_of(10, 1.5, seed=4)
    assert images.dtype == torch.uint8 and tuple(images.shape) == (25, 1, 14, 14)
    assert labels.tolist() == [4] * 10 + [CLASSES.index("nothing")] * 15
    assert torch.equal(images, again) and not torch.equal(images, other)


def test_another_light_keeps_the_windows_in_their_range() -> None:
    images = torch.rand(6, 1, 14, 14, generator=torch.Generator().manual_seed(0))
    found = in_another_light(images, torch.Generator().manual_seed(1))
    assert found.shape == images.shape and float(found.min()) >= 0 and float(found.max()) <= 1
    assert not torch.equal(found, images)


def test_training_writes_weights_and_card(tmp_path: Path) -> None:
    labels = np.repeat(np.arange(10, dtype=np.uint8), 12)
    images = np.stack([square(8 + int(label)) for label in labels])
    np.savez(tmp_path / MNIST_FILE, images=images, labels=labels)
    short = Schedule(1, 20, 0.01, 5e-4, 0.02, 0.9, in_another_light, normalise_last=True)
    window_release.train(tmp_path, tmp_path / "run", tmp_path / "out", short, each=2)
    with safe_open(tmp_path / "out" / "window-digits.safetensors", "pt") as file:
        meta = file.metadata()
        assert (meta["architecture"], meta["task"]) == ("window_digits", "window classification")
        assert file.get_tensor("classifier.fc2.weight").dtype == torch.float16
    card = (tmp_path / "out" / "window-digits.md").read_text("utf-8")
    assert f"{float(meta['test_accuracy']):.2%}" in card and "| nothing | 30 |" in card


def test_without_digits_nothing_is_trained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UserError, match="not in"):
        window_release.train(tmp_path, tmp_path / "run", tmp_path / "out")
    threads = str(torch.get_num_threads())
    assert window_release.main(["--data", str(tmp_path), "--threads", threads]) == 1
    assert MNIST_FILE in capsys.readouterr().err
