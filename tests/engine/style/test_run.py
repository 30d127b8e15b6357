"""A painting as a job: previews, orders, what runs out; grams to look at; the class for scripts."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine import device as devices
from engine.context import Context, Idle
from engine.errors import UserError
from engine.images import Frame, from_array
from engine.jobs import CancelToken, JobCancelled, Partial, Progress
from engine.mailbox import Mailbox
from engine.networks.steps import at_once
from engine.style import opening, run
from engine.style.grams import look
from engine.style.opening import plan
from engine.style.painting import Painting
from engine.style.requests import LookAtGrams, Order, Painted, PaintStyle, PlanStyle
from engine.style.settings import StyleSettings
from engine.style.transfer import StyleTransfer

CPU = torch.device("cpu")
SMALL = StyleSettings(size=40, steps=10, precision="float32")


@pytest.fixture(scope="module")
def frames() -> tuple[Frame, Frame]:
    from skimage import data

    return from_array(data.chelsea()[::8, ::8], "cat"), from_array(data.coffee()[::8, ::8], "coffee")


def asked(frames: tuple[Frame, Frame], settings: StyleSettings = SMALL, **more: Any) -> PaintStyle:
    return PaintStyle(frames[0], (frames[1],), settings, **more)


def told(steps: Generator[Any, None, Painted]) -> tuple[list[Painted], Painted]:
    """The partial answers and the last one."""
    partial: list[Painted] = []
    try:
        while True:
            with torch.no_grad():
                found = next(steps)
            if isinstance(found, Partial):
                partial.append(found.value)
    except StopIteration as stop:
        return partial, stop.value


def test_a_run_shows_its_beginning_its_first_step_and_its_end(frames: tuple[Frame, Frame]) -> None:
    partial, last = told(run.paint(asked(frames), Context(device=CPU)))
    assert [painted.step for painted in partial[:2]] == [0, 1] and partial[-1].step == 10
    assert (last.outcome, last.step, last.total, last.precision) == ("done", 10, 10, "float32")
    starts = np.cumsum([0, *(len(rows.values) for rows in last.costs)])
    assert [rows.first for rows in last.costs] == starts[:-1].tolist() and starts[-1] == 10
    assert last.iterate is not None and last.iterate.shape == (*last.pixels.shape[:2], 3)
    assert not last.pixels.flags.writeable and not last.iterate.flags.writeable
    assert last.peak is None or last.peak > 1e6
    for rows in last.costs:
        added = (rows.values[:, :-1] * rows.weights).sum(axis=1)
        np.testing.assert_allclose(added, rows.values[:, -1], rtol=1e-5)


def test_orders_take_effect_before_the_next_step(frames: tuple[Frame, Frame]) -> None:
    orders: Mailbox[Order] = Mailbox()
    steps = run.paint(asked(frames, orders=orders), Context(device=CPU))
    with torch.no_grad():
        while not (isinstance(found := next(steps), Partial) and found.value.step == 1):
            pass
    other = replace(SMALL, alpha=0.0, steps=4)
    orders.put(Order(other))
    _, last = told(steps)
    assert last.settings == other and last.step == 4
    assert last.costs[0].weights[0, 0] == SMALL.alpha
    content = [rows.names[0] == "content" for rows in last.costs]
    assert content[0] and not content[-1] and content == sorted(content, reverse=True)


def test_a_pause_rests_and_a_stop_keeps(frames: tuple[Frame, Frame]) -> None:
    orders: Mailbox[Order] = Mailbox()
    long = replace(SMALL, steps=5000)  # it must not be over before the next preview is due
    steps = run.paint(asked(frames, long, orders=orders), Context(device=CPU))
    with torch.no_grad():
        while not (isinstance(found := next(steps), Partial) and found.value.step == 1):
            pass
        orders.put(Order(long, paused=True))
        while not (isinstance(found := next(steps), Partial) and found.value.outcome == "paused"):
            pass
        rested = found.value
        assert [type(next(steps)) for _ in range(3)] == [Idle] * 3
        orders.put(Order(long))
        while not (isinstance(found := next(steps), Partial) and found.value.step > rested.step):
            pass
    orders.put(Order(long, stop=True))
    _, last = told(steps)
    assert last.outcome == "stopped" and 1 < last.step < 5000 and last.iterate is not None


def test_a_stop_ends_a_run_that_rests(frames: tuple[Frame, Frame]) -> None:
    orders: Mailbox[Order] = Mailbox()
    orders.put(Order(SMALL, paused=True))
    steps = run.paint(asked(frames, orders=orders), Context(device=CPU))
    with torch.no_grad():
        while not isinstance(next(steps), Idle):
            pass
    orders.put(Order(SMALL, stop=True))
    _, last = told(steps)
    assert (last.outcome, last.step) == ("stopped", 0)


def test_what_is_set_during_a_pause_is_shown_at_once(frames: tuple[Frame, Frame]) -> None:
    orders: Mailbox[Order] = Mailbox()
    orders.put(Order(SMALL, paused=True))
    steps = run.paint(asked(frames, orders=orders), Context(device=CPU))
    with torch.no_grad():
        while not isinstance(next(steps), Idle):
            pass
        other = replace(SMALL, keep_colours=True)
        orders.put(Order(other, paused=True))
        shown = next(steps)
        assert (
            isinstance(shown, Partial) and shown.value.outcome == "paused" and shown.value.settings == other
        )
        assert isinstance(next(steps), Idle)
    steps.close()


def test_steps_behind_an_iterate_count(frames: tuple[Frame, Frame]) -> None:
    _, first = told(run.paint(asked(frames), Context(device=CPU)))
    more = replace(SMALL, steps=14)
    partial, last = told(run.paint(asked(frames, more, begin=first.iterate, done=10), Context(device=CPU)))
    assert np.array_equal(partial[0].pixels, first.pixels) and partial[0].step == 10
    assert (last.step, last.total) == (14, 14)
    assert last.costs[0].first == 10 and sum(len(rows.values) for rows in last.costs) == 4


def test_the_status_bar_and_the_picture_tell_one_time_left(frames: tuple[Frame, Frame]) -> None:
    steps = run.paint(asked(frames), Context(device=CPU))
    left: list[float | None] = []
    with torch.no_grad():
        for found in steps:
            if isinstance(found, Progress) and found.message.startswith("Painting"):
                left.append(found.seconds_left)
            elif isinstance(found, Partial) and found.value.step == 1:
                assert left[-1] == pytest.approx(9 / found.value.rate)
    assert left[-1] == 0


def test_settings_for_the_next_run_do_not_end_this_one(frames: tuple[Frame, Frame]) -> None:
    orders: Mailbox[Order] = Mailbox()
    orders.put(Order(replace(SMALL, size=64)))
    _, last = told(run.paint(asked(frames, orders=orders), Context(device=CPU)))
    assert last.outcome == "done" and last.settings == SMALL and "next run" in last.note


def test_memory_that_runs_out_keeps_the_last_picture(
    frames: tuple[Frame, Frame], monkeypatch: pytest.MonkeyPatch
) -> None:
    step = Painting.step

    def greedy(painting: Painting) -> None:
        if painting.done == 4:
            raise MemoryError
        step(painting)

    monkeypatch.setattr(Painting, "step", greedy)
    partial, last = told(run.paint(asked(frames), Context(device=CPU)))
    assert last.outcome == "memory" and last.iterate is not None
    assert (
        np.array_equal(last.pixels, partial[-1].pixels) and last.step == partial[-1].step
    )  # not the step that failed


def test_a_step_into_nowhere_goes_back(frames: tuple[Frame, Frame], monkeypatch: pytest.MonkeyPatch) -> None:
    step, broken = Painting.step, []

    def astray(painting: Painting) -> None:
        step(painting)
        if painting.done == 1 and not broken:
            broken.append(1)
            painting._picture = painting._picture * float("nan")

    monkeypatch.setattr(Painting, "step", astray)
    _, last = told(run.paint(asked(frames), Context(device=CPU)))
    assert last.outcome == "done" and "astray" in last.note and last.iterate is not None
    assert np.isfinite(last.iterate).all() and last.pixels.std() > 5


def test_too_large_a_run_is_refused_with_a_size_that_fits(
    frames: tuple[Frame, Frame], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "free_ram", lambda: 400_000_000)
    big = replace(SMALL, size=2000)
    with pytest.raises(UserError) as refused:
        told(run.paint(asked(frames, big), Context(device=CPU)))
    assert "GB" in refused.value.sentence
    answer = at_once(plan(PlanStyle(big, (640, 480), ((100, 100),)), Context(device=CPU)))
    assert not answer.fits and answer.largest < 2000
    fitting = replace(big, size=answer.largest)
    assert at_once(plan(PlanStyle(fitting, (640, 480), ((100, 100),)), Context(device=CPU))).fits


def test_a_plan_names_what_the_net_lends() -> None:
    found = at_once(plan(PlanStyle(replace(SMALL, beta=0.0), (40, 30), ((9, 9),)), Context(device=CPU)))
    assert found.fits and found.sizes == ((40, 30),) and ("features.relu3_1", "relu3_1", 256) in found.layers
    assert found.content == "features.relu3_1" and sum(weight for _, weight in found.style) == pytest.approx(
        1
    )


@pytest.mark.parametrize(("net", "word"), [("lenet5-digits", "lenet5"), ("nothing", "nothing")])
def test_nets_that_cannot_lend_are_refused(frames: tuple[Frame, Frame], net: str, word: str) -> None:
    with pytest.raises(UserError, match=word):
        told(run.paint(asked(frames, replace(SMALL, net=net)), Context(device=CPU)))


def test_blend_weights_belong_to_styles(frames: tuple[Frame, Frame]) -> None:
    with pytest.raises(UserError, match="2 weights"):
        told(run.paint(asked(frames, replace(SMALL, blend=(1.0, 1.0))), Context(device=CPU)))


def test_grams_of_a_picture_with_itself_are_the_same(frames: tuple[Frame, Frame]) -> None:
    style = frames[1]
    request = LookAtGrams(
        "tinyvgg-cifar10", "max", "features.relu2_1", style, style.pixels, max(style.width, style.height), pair=(3, 9)
    )  # fmt: skip
    found = at_once(look(request, Context(device=CPU)))
    assert found.style.shape == (128, 128) and found.title == "relu2_1" and found.maps is not None
    np.testing.assert_array_equal(found.style, found.generated)
    ours = found.maps[0]
    places = ours.shape[1] * ours.shape[2]
    assert found.style[3, 9] == pytest.approx((ours[0] * ours[1]).sum() / places, rel=1e-4)
    with pytest.raises(UserError, match="128 maps"):
        at_once(look(replace(request, pair=(0, 128)), Context(device=CPU)))


def test_the_class_for_scripts(frames: tuple[Frame, Frame], tmp_path: Path) -> None:
    from PIL import Image

    path = tmp_path / "style.png"
    Image.fromarray(frames[1].pixels).save(path)
    seen: list[int] = []
    settings = replace(SMALL, steps=3)
    transfer = StyleTransfer(frames[0].pixels, path, settings)
    picture = transfer.run(progress=lambda painted: seen.append(painted.step))
    assert picture.shape == (27, 40, 3) and seen[0] == 0 and transfer.painted is not None
    assert np.array_equal(picture, StyleTransfer(frames[0], frames[1], settings).run())
    token = CancelToken()
    token.cancel()
    with pytest.raises(JobCancelled):
        StyleTransfer(frames[0], frames[1], settings).run(cancel=token)


def test_bfloat16_paints_nearly_the_same(
    frames: tuple[Frame, Frame], monkeypatch: pytest.MonkeyPatch
) -> None:
    full = StyleTransfer(frames[0], frames[1], replace(SMALL, steps=5))
    half = StyleTransfer(frames[0], frames[1], replace(SMALL, steps=5, precision="bfloat16"))
    difference = full.run().astype(int) - half.run()
    assert half.painted is not None and half.painted.precision == "bfloat16"
    assert 0 < np.abs(difference).mean() < 4
    monkeypatch.setattr(opening, "_probed", {"cpu": True})
    chosen = StyleTransfer(frames[0], frames[1], replace(SMALL, steps=1, precision="auto"))
    chosen.run()
    assert chosen.painted is not None and chosen.painted.precision == "bfloat16"
