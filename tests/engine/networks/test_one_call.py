"""A net as one call: the same answers, recorded only for what comes again, the net itself where that fails."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from engine.networks.one_call import BEFORE, KEPT, OneCall
from engine.networks.zoo.yolo_digits import YoloDigits


class Counted(nn.Module):
    """Counts how often Python comes by."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.calls = nn.Conv2d(3, 4, 3), 0

    def forward(self, values: Tensor) -> tuple[Tensor, Tensor]:
        self.calls += 1
        maps = self.conv(values)
        return maps, maps.relu().mean((2, 3))


def picture(size: int = 16) -> Tensor:
    return torch.rand(1, 3, size, size).contiguous(memory_format=torch.channels_last)


@torch.inference_mode()
def test_the_answers_stay_the_same() -> None:
    net = YoloDigits().eval()
    run = OneCall(net)
    for _ in range(BEFORE + 4):
        values = picture(64)
        torch.testing.assert_close(run(values), net(values), rtol=1e-4, atol=1e-5)


@torch.inference_mode()
def test_what_comes_again_is_recorded_and_what_comes_once_is_not() -> None:
    net = Counted().eval()
    run = OneCall(net)
    for size in range(8, 14):
        run(picture(size))
    assert net.calls == 6
    for _ in range(BEFORE + 3):
        run(picture(20))
    calls = net.calls
    values = picture(20)
    maps, means = run(values)
    assert net.calls == calls, "Python came by"
    torch.testing.assert_close((maps, means), net(values))


@torch.inference_mode()
def test_only_so_many_shapes_are_kept() -> None:
    run = OneCall(Counted().eval())
    for size in range(8, 8 + KEPT + 2):
        for _ in range(BEFORE + 1):
            run(picture(size))
    assert len(run._recorded) == KEPT


@torch.inference_mode()
def test_a_net_that_decides_as_it_runs_is_called_itself() -> None:
    class Moody(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.sign = 1.0

        def forward(self, values: Tensor) -> Tensor:
            self.sign = -self.sign
            return values.mean() * self.sign * 100

    net = Moody().eval()
    run = OneCall(net)
    signs = [bool(run(torch.ones(1, 3, 8, 8)) > 0) for _ in range(BEFORE + 6)]
    assert signs[-1] != signs[-2] and signs[-2] != signs[-3], "one of its moods was recorded"


@torch.inference_mode()
def test_a_recorder_that_fails_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: Any, **__: Any) -> Any:
        raise RuntimeError("not any more")

    monkeypatch.setattr("torch.jit.trace", gone)
    net = Counted().eval()
    run = OneCall(net)
    for _ in range(BEFORE + 2):
        values = picture()
        torch.testing.assert_close(run(values), net(values))
