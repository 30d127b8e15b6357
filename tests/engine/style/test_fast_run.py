"""Nets that are trained, kept, listed and used: the jobs around them."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.context import Context, Idle
from engine.errors import UserError
from engine.images import Frame, encode_png, from_array
from engine.jobs import Partial
from engine.mailbox import Mailbox
from engine.networks.steps import at_once
from engine.networks.weights import checked_files, records
from engine.style.fast import applying, run, shelf
from engine.style.fast.applying import apply, apply_live, paint_live, sized
from engine.style.fast.net import FastNet, fast_net
from engine.style.fast.photos import files_in, gather
from engine.style.fast.requests import (
    ApplyFast,
    FastOrder,
    KeepFast,
    KeptNet,
    LiveFast,
    LivePaint,
    RemoveFast,
    RenameFast,
    Restyled,
    Trained,
    TrainFast,
)
from engine.style.fast.settings import FastSettings
from engine.style.fast.training import Training
from engine.style.settings import StyleSettings

CPU = torch.device("cpu")
SETTINGS = StyleSettings(size=40, precision="float32", style_layers=(("features.relu1_1", 1.0),))
FAST = FastSettings(steps=3, batch=1, side=32)


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Pictures this small are computed sooner by one thread than by several that wait for each other."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A models folder of the test's own."""
    folder = tmp_path / "models"
    monkeypatch.setenv("CONVSCOPE_MODELS", str(folder))
    return folder


@pytest.fixture
def photos(tmp_path: Path) -> str:
    """A folder with two pictures, and a file that is none."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(2):
        (folder / f"{number}.png").write_bytes(encode_png(frame(48, 40, number)))
    (folder / "broken.png").write_bytes(b"\x89PNG nothing more")
    return str(folder)


def frame(height: int = 30, width: int = 44, seed: int = 0, name: str = "a frame") -> Frame:
    return from_array(np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8), name)


def context() -> Context:
    return Context(device=CPU)


def asked(folder: str, **more: Any) -> TrainFast:
    about = {"settings": SETTINGS, "fast": FAST, **more}
    return TrainFast(
        "Blots", (frame(seed=9, name="blots.png"),), content=frame(), size=32, folder=folder, **about
    )


def told(steps: Generator[Any, None, Any]) -> tuple[list[Any], Any]:
    """The partial answers and the last one."""
    partial: list[Any] = []
    try:
        while True:
            found = next(steps)
            if isinstance(found, Partial):
                partial.append(found.value)
    except StopIteration as stop:
        return partial, stop.value


def _until(steps: Generator[Any, None, Trained], wanted: Callable[[Trained], bool]) -> Trained:
    while not (
        isinstance(found := next(steps), Partial) and isinstance(found.value, Trained) and wanted(found.value)
    ):
        pass
    return found.value


def keep(seed: int = 0, title: str = "Kept") -> KeptNet:
    about = shelf.metadata(title, [("blots.png", frame(seed=9).pixels)], SETTINGS, FAST, 3)
    return shelf.keep(fast_net(seed).state_dict(), about)


class TestTraining:
    def test_it_shows_the_content_and_keeps_the_net(self, photos: str) -> None:
        partial, last = told(run.train(asked(photos), context()))
        assert all(isinstance(one, Trained) for one in partial)
        assert [one.step for one in partial[:2]] == [0, 1] and partial[-1].step == 3
        assert last.outcome == "done" and last.photos == 2 and last.rate > 0
        assert last.pixels.shape == (22, 32, 3) and not last.pixels.flags.writeable
        assert sum(len(rows.values) for rows in last.costs) == 3
        assert not np.array_equal(partial[0].pixels, last.pixels)
        kept = last.kept
        assert kept is not None and (kept.name, kept.title, kept.steps) == ("blots", "Blots", 3)
        assert kept.settings == SETTINGS and kept.fast == FAST and kept.styles == ("blots.png",)
        assert kept.thumbnail is not None and not kept.bundled
        painted = at_once(apply(ApplyFast("blots", frame(), 96), context()))
        assert painted.pixels.shape == (30, 44, 3)

    def test_a_pause_rests_and_a_stop_keeps_what_there_is(self, photos: str) -> None:
        orders: Mailbox[FastOrder] = Mailbox()
        steps = run.train(asked(photos, orders=orders, fast=replace(FAST, steps=5000)), context())
        _until(steps, lambda trained: trained.step == 1)
        orders.put(FastOrder(paused=True))
        paused = _until(steps, lambda trained: trained.outcome == "paused")
        assert [type(next(steps)) for _ in range(3)] == [Idle] * 3
        orders.put(FastOrder(stop=True))
        _, last = told(steps)
        assert last.outcome == "stopped" and last.step == paused.step
        assert last.kept is not None and last.kept.steps == last.step

    def test_a_stop_before_the_first_step_keeps_nothing(self, photos: str) -> None:
        orders: Mailbox[FastOrder] = Mailbox()
        orders.put(FastOrder(stop=True))
        _, last = told(run.train(asked(photos, orders=orders), context()))
        assert last.step == 0 and last.kept is None and not last.note

    def test_a_full_disk_loses_nothing(self, photos: str, monkeypatch: pytest.MonkeyPatch) -> None:
        def full(folder: Path, size: int) -> None:
            raise UserError(f"The disk with {folder} is full.", "Free some space.")

        with monkeypatch.context() as patched:
            patched.setattr(checked_files, "make_room", full)
            _, last = told(run.train(asked(photos), context()))
            assert last.kept is None and "is full" in last.note and last.outcome == "done"
            with pytest.raises(UserError, match="is full"):
                run.keep_again(KeepFast(), context())
        kept = run.keep_again(KeepFast(), context())
        assert kept.title == "Blots" and shelf.path_of(kept.name).is_file()
        with pytest.raises(UserError, match="no net that waits"):
            run.keep_again(KeepFast(), context())

    def test_memory_that_runs_out_keeps_the_net_so_far(
        self, photos: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        steps = Training.steps

        def greedy(training: Training) -> Generator[None, None, None]:
            if training.done == 2:
                raise MemoryError
            return steps(training)

        monkeypatch.setattr(Training, "steps", greedy)
        _, last = told(run.train(asked(photos), context()))
        assert last.outcome == "memory" and last.step == 2 and last.kept is not None

    def test_a_rate_that_is_too_high_is_said(self, photos: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Training, "sane", lambda self: self.done < 1)
        with pytest.raises(UserError, match="left every measure"):
            told(run.train(asked(photos), context()))

    def test_what_cannot_be_trained_on_is_said(self, photos: str, tmp_path: Path) -> None:
        with pytest.raises(UserError, match="2 weights"):
            told(run.train(asked(photos, settings=replace(SETTINGS, blend=(1.0, 2.0))), context()))
        with pytest.raises(UserError, match="cannot be read"):
            told(run.train(asked(str(tmp_path / "nowhere")), context()))
        with pytest.raises(UserError, match="no pictures"):
            files_in(str(tmp_path))
        only_broken = tmp_path / "broken"
        only_broken.mkdir()
        (only_broken / "a.png").write_bytes(b"text")
        with pytest.raises(UserError, match="None of the pictures"):
            at_once(gather(str(only_broken), 32, 0, CPU, context()))


class TestShelf:
    def test_weights_come_back_as_they_were(self) -> None:
        kept = keep(4)
        there, back = fast_net(4).state_dict(), shelf.read_state(shelf.path_of(kept.name))
        assert there.keys() == back.keys()
        for key, value in there.items():
            torch.testing.assert_close(back[key], value.half().float(), atol=0, rtol=0)
        assert shelf.path_of(kept.name).stat().st_size < 500_000

    def test_nets_are_listed_renamed_and_deleted(self) -> None:
        first, second = keep(title="Zebra"), keep(title="Zebra")
        assert (first.name, second.name) == ("zebra", "zebra-2")
        found = shelf.rename(RenameFast("zebra-2", "  Ape\nand more "), context())
        own = [net for net in found.nets if not net.bundled]
        assert [(net.name, net.title) for net in own] == [("zebra-2", "Ape and more"), ("zebra", "Zebra")]
        assert own[0].thumbnail is not None and own[0].settings == SETTINGS
        with pytest.raises(UserError, match="needs a name"):
            shelf.rename(RenameFast("zebra", "  "), context())
        left = shelf.remove(RemoveFast("zebra"), context())
        assert [net.name for net in left.nets if not net.bundled] == ["zebra-2"]
        for name in ("zebra", "../zebra-2", "styles/zebra-2", ""):
            with pytest.raises(UserError, match="not here"):
                shelf.remove(RemoveFast(name), context())

    def test_bundled_nets_stay(self) -> None:
        for net in shelf.kept_nets().nets:
            assert net.bundled
            with pytest.raises(UserError, match="stays as it is"):
                shelf.remove(RemoveFast(net.name), context())

    def test_damaged_files_are_named(self) -> None:
        kept = keep()
        path = shelf.path_of(kept.name)
        whole = path.read_bytes()
        path.with_name("cut.safetensors").write_bytes(whole[:-100])
        path.with_name("text.safetensors").write_text("hello")
        other = {"kind": "something else"}
        shelf.write(path.with_name("other.safetensors"), fast_net(0).state_dict(), other)
        meta = records.read_header(path).metadata
        shelf.write(path.with_name("odd.safetensors"), fast_net(0).state_dict(), meta | {"steps": "many"})
        wrong = json.loads(meta["settings"]) | {"beta": -1}
        shelf.write(
            path.with_name("wrong.safetensors"),
            fast_net(0).state_dict(),
            meta | {"settings": json.dumps(wrong)},
        )
        found = shelf.kept_nets()
        assert [net.name for net in found.nets if not net.bundled] == ["kept"]
        assert {name for name, _ in found.damaged} == {
            f"{name}.safetensors" for name in ("cut", "text", "other", "odd", "wrong")
        }
        assert all(why for _, why in found.damaged)
        after = shelf.remove(RemoveFast("cut.safetensors"), context())
        assert len(after.damaged) == 4

    def test_another_net_in_the_file_is_refused(self) -> None:
        kept = keep()
        path = shelf.path_of(kept.name)
        state = dict(fast_net(0).state_dict())
        del state["out.bias"]
        shelf.write(path, state, records.read_header(path).metadata)
        with pytest.raises(UserError, match="another net"):
            applying.load(kept.name, CPU)
        broken = fast_net(0).state_dict() | {"out.bias": torch.full((3,), float("nan"))}
        shelf.write(path, broken, records.read_header(path).metadata)
        with pytest.raises(UserError, match="not finite"):
            applying.load(kept.name, CPU)


class TestLive:
    def test_a_picture_is_what_the_net_makes_of_it(self) -> None:
        kept, shown = keep(2), frame(61, 97)
        answer = at_once(apply(ApplyFast(kept.name, shown, 96), context()))
        assert answer.content.shape == answer.pixels.shape == (60, 96, 3) and answer.seconds > 0
        net = FastNet()
        net.load_state_dict({key: value.half().float() for key, value in fast_net(2).state_dict().items()})
        values = torch.from_numpy(answer.content.copy()).permute(2, 0, 1)[None].float() / 255
        with torch.no_grad():
            there = (net(values)[0] * 255).round().permute(1, 2, 0).numpy()
        assert np.abs(there - answer.pixels).max() <= 1
        for size in (8, 5000):
            with pytest.raises(UserError, match="longer side"):
                at_once(apply(ApplyFast(kept.name, shown, size), context()))

    def test_the_newest_frame_wins(self) -> None:
        kept, frames = keep(), Mailbox[Frame]()
        steps = apply_live(LiveFast(kept.name, frames, 96), context())
        assert isinstance(next(steps), Idle)
        frames.put(frame(seed=1))
        newest = frame(seed=2)
        frames.put(newest)
        frames.close()
        partial, last = told(steps)
        assert last is None and [one.frame for one in partial] == [newest]

    def test_a_net_that_is_gone_is_said(self) -> None:
        with pytest.raises(UserError, match="not here"):
            at_once(apply(ApplyFast("gone", frame(), 96), context()))

    def test_a_frame_goes_on_from_the_painting_before(self) -> None:
        frames: Mailbox[Frame] = Mailbox()
        style = frame(seed=9)
        request = LivePaint((style,), replace(SETTINGS, alpha=0.0), frames, 96, evaluations=2, most=4)
        steps = paint_live(request, context())
        first, second = frame(40, 48, seed=1), frame(40, 48, seed=2)

        def painted() -> Restyled:
            while not isinstance(found := next(steps), Partial):
                pass
            assert isinstance(found.value, Restyled)
            return found.value

        frames.put(first)
        answers = [painted(), painted()]
        assert [answer.step for answer in answers] == [2, 4] and answers[0].frame is first
        assert isinstance(next(steps), Idle), "enough for a picture that stands still"
        frames.put(second)
        on = painted()
        assert on.frame is second and on.step == 2
        added = answers[1].pixels.astype(int) - answers[1].content
        warm = np.clip(on.content + added, 0, 255)
        fresh = paint_live(replace(request, frames=(alone := Mailbox[Frame]())), context())
        alone.put(second)
        while not isinstance(found := next(fresh), Partial):
            pass
        cold = found.value
        assert isinstance(cold, Restyled)
        assert np.abs(on.pixels - warm).mean() < 0.7 * np.abs(cold.pixels - warm).mean()
        frames.put(frame(30, 48, seed=3))
        assert painted().pixels.shape == (30, 48, 3)
        frames.close()
        assert told(steps)[1] is None

    @pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 300), (300, 2), (20, 31)])
    def test_sides_of_a_painting_are_never_too_small(self, height: int, width: int) -> None:
        pixels = np.zeros((height, width, 3), np.uint8)
        assert sized(pixels, 96).shape[:2] == (
            max(1, round(height * min(1, 96 / max(height, width)))),
            max(1, round(width * min(1, 96 / max(height, width)))),
        )
        painted = sized(pixels, 96, 16).shape[:2]
        assert min(painted) >= 16 and 32 <= max(painted) <= 96
