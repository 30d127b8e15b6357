"""Nets that classify: against plain torch by hand, kept and given up, live, and what is said when it goes wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn
from torchvision.models import resnet18

from engine.context import Context
from engine.errors import UserError
from engine.handlers import HANDLERS, Idle, load, request_name
from engine.images import Frame
from engine.inline import InlineEngine
from engine.jobs import Done, Event, Failed, Partial, Progress
from engine.mailbox import Mailbox
from engine.networks import catalogue
from engine.networks.classifying import loaded
from engine.networks.classifying.classify import classify, classify_live
from engine.networks.classifying.snippet import classify_snippet
from engine.networks.requests import (
    Classification,
    ClassifyLive,
    ClassifyPicture,
    ImportedWeights,
    ImportWeights,
    PictureEdits,
)
from engine.networks.weights import fitting, reading, records, store
from engine.networks.weights.files import import_weights

DIGITS = "lenet5-digits"
PHOTOS = "tinyvgg-cifar10"
CIFAR = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


def write_weights(
    folder: Path, name: str, architecture: str, classes: tuple[str, ...], seed: int = 0
) -> nn.Module:
    """Random weights with the metadata of engine.training.release; returns the net."""
    torch.manual_seed(seed)
    net = catalogue.build(architecture)
    for parameter in net.parameters():
        if parameter.ndim > 1:
            nn.init.kaiming_normal_(
                parameter
            )  # with torch's own start the answers hardly depend on the picture
    channels = catalogue.architecture(architecture).input_shape[0]
    metadata = {
        "architecture": architecture,
        "title": f"Random {architecture}",
        "classes": json.dumps(classes),
        "mean": json.dumps([0.1, 0.2, 0.3][:channels]),
        "std": json.dumps([0.3, 0.4, 0.5][:channels]),
        "test_accuracy": "0.1000",
        "licence": "MIT",
    }
    save_file(net.state_dict(), folder / f"{name}.safetensors", metadata)
    return net


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of bundled weights with a random LeNet and a random TinyVGG; nothing else is on this computer."""
    folder = tmp_path / "bundled"
    folder.mkdir()
    monkeypatch.setattr(records, "BUNDLED_FOLDER", folder)
    monkeypatch.setenv(store.VARIABLE, str(tmp_path / "models"))
    loaded.forget()
    yield folder
    loaded.forget()


@pytest.fixture
def nets(bundle: Path) -> dict[str, nn.Module]:
    return {
        DIGITS: write_weights(bundle, DIGITS, "lenet5", tuple("0123456789")),
        PHOTOS: write_weights(bundle, PHOTOS, "tinyvgg", CIFAR),
    }


def photo(height: int = 64, width: int = 96, seed: int = 0) -> Frame:
    return Frame(np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8), "noise")


def drawn() -> Frame:
    pixels = np.full((100, 100, 3), 255, np.uint8)
    pixels[20:80, 45:55] = 0
    return Frame(pixels, "a one")


def finish(steps: Any) -> tuple[Classification, list[Any]]:
    """What a handler returns, and what it says on the way."""
    said = []
    while True:
        try:
            said.append(next(steps))
        except StopIteration as end:
            return end.value, [event for event in said if event is not None]


def until_ready(steps: Any) -> list[Progress]:
    """What a live job says until its net is ready."""
    said: list[Progress] = []
    while not (said and said[-1].complete):
        said += [event for event in (next(steps),) if event is not None]
    return said


def ask(weights: str, frame: Frame, **more: Any) -> Classification:
    return finish(classify(ClassifyPicture(weights, frame, **more), Context(torch_ready=True)))[0]


@pytest.mark.usefixtures("nets")
class TestAnswers:
    def test_a_photo_by_hand(self, nets: dict[str, nn.Module]) -> None:
        frame = photo()
        answer = ask(PHOTOS, frame)
        square = torch.from_numpy(frame.pixels.copy())[:, 16:80].permute(2, 0, 1).float()
        small = torch.round(nn.functional.avg_pool2d(square, 2))
        assert (
            np.abs(answer.seen.astype(int) - small.permute(1, 2, 0).numpy()).max() <= 1
        )  # Pillow rounds twice
        values = torch.from_numpy(answer.seen.copy()).permute(2, 0, 1).float() / 255
        values = (values - torch.tensor([0.1, 0.2, 0.3])[:, None, None]) / torch.tensor([0.3, 0.4, 0.5])[
            :, None, None
        ]
        with torch.no_grad():
            logits = nets[PHOTOS](values[None])[0]
        assert answer.logits is not None
        np.testing.assert_allclose(answer.logits, logits.numpy(), atol=1e-5)
        exponents = np.exp(logits.double().numpy() - logits.max().item())
        np.testing.assert_allclose(answer.probabilities, exponents / exponents.sum(), atol=1e-6)
        order = np.argsort(-answer.probabilities, kind="stable")[:5]
        assert [guess.index for guess in answer.guesses] == order.tolist()
        assert [guess.label for guess in answer.guesses] == [CIFAR[index] for index in order]
        for guess in answer.guesses:
            assert guess.probability == pytest.approx(answer.probabilities[guess.index])
            assert guess.logit == pytest.approx(answer.logits[guess.index])
        assert answer.frame is frame and answer.edited is frame.pixels and answer.labels == CIFAR
        assert answer.device == "cpu" and answer.seconds > 0 and answer.architecture == "tinyvgg"
        assert answer.parameters == sum(p.numel() for p in nets[PHOTOS].parameters())
        assert not answer.probabilities.flags.writeable and not answer.seen.flags.writeable

    def test_a_digit(self, nets: dict[str, nn.Module]) -> None:
        answer = ask(DIGITS, drawn(), top=3)
        assert answer.seen.shape == (32, 32) and answer.seen.max() == 255 and len(answer.guesses) == 3
        values = (torch.from_numpy(answer.seen.copy()).float() / 255 - 0.1) / 0.3
        with torch.no_grad():
            logits = nets[DIGITS](values[None, None])[0]
        assert answer.logits is not None
        np.testing.assert_allclose(answer.logits, logits.numpy(), atol=1e-5)
        assert any("centred by its mass" in step for step in answer.steps)

    def test_edits_come_first(self) -> None:
        edits = PictureEdits(crop=(0.0, 0.0, 0.5, 0.5), angle=90.0, strokes=((0.1, ((0.2, 0.2),)),))
        answer = ask(PHOTOS, photo(), edits=edits)
        assert answer.edited.shape == (32, 48, 3) and answer.edits is edits
        assert [step.split()[0] for step in answer.steps[:3]] == ["painted", "turned", "cropped"]
        cropped = ask(PHOTOS, Frame(answer.edited.copy(), "cropped"))
        np.testing.assert_allclose(cropped.probabilities, answer.probabilities, atol=1e-7)

    def test_more_classes_asked_for_than_there_are(self) -> None:
        assert len(ask(DIGITS, drawn(), top=50).guesses) == 10
        assert len(ask(DIGITS, drawn(), top=0).guesses) == 1

    def test_nothing_drawn(self) -> None:
        with pytest.raises(UserError, match="Nothing is drawn yet"):
            ask(DIGITS, Frame(np.full((20, 20, 3), 255, np.uint8), "blank"))

    def test_no_mode_and_no_hook_is_left(self) -> None:
        before = torch.is_grad_enabled(), torch.is_inference_mode_enabled(), torch.backends.cudnn.allow_tf32
        ask(PHOTOS, photo())
        after = torch.is_grad_enabled(), torch.is_inference_mode_enabled(), torch.backends.cudnn.allow_tf32
        assert before == after
        net = next(iter(loaded._kept.values())).net
        assert not any(m._forward_hooks or m._forward_pre_hooks or m.training for m in net.modules())


class TestTrouble:
    def test_unknown_and_absent_weights_name_what_to_do(self, bundle: Path) -> None:
        with pytest.raises(UserError, match="nothing-of-the-kind"):
            ask("nothing-of-the-kind", photo())
        with pytest.raises(UserError, match="page Weights"):
            ask("alexnet-imagenet", photo())

    def test_an_answer_that_is_no_number(self, bundle: Path) -> None:
        net = catalogue.build("tinyvgg")
        state = {**net.state_dict()}
        state["classifier.bias"] = torch.full((10,), float("nan"))
        metadata = {
            "architecture": "tinyvgg", "title": "Broken", "classes": json.dumps(CIFAR),
            "mean": "[0.5, 0.5, 0.5]", "std": "[0.5, 0.5, 0.5]",
        }  # fmt: skip
        save_file(state, bundle / "broken.safetensors", metadata)
        with pytest.raises(UserError, match=r"no numbers|not finite|NaN"):
            ask("broken", photo())

    def test_labels_that_do_not_go_with_the_net(self, bundle: Path) -> None:
        write_weights(bundle, "short", "tinyvgg", CIFAR[:7])
        with pytest.raises(UserError, match="7 classes are named"):
            ask("short", photo())

    def test_a_part_of_a_net_does_not_classify(self, bundle: Path) -> None:
        write_weights(bundle, "part", "basic-block", ())
        with pytest.raises(UserError, match="does not classify"):
            ask("part", photo())


class TestOwnWeights:
    """A person's own net with another number of classes: imported, asked, scripted."""

    @pytest.fixture
    def own(self, bundle: Path, tmp_path: Path) -> str:
        torch.manual_seed(5)
        net = resnet18(num_classes=7)
        torch.save({"state_dict": net.state_dict()}, tmp_path / "leaves.pth")
        taken = finish(import_weights(ImportWeights(tmp_path / "leaves.pth"), Context(torch_ready=True)))[0]
        assert isinstance(taken, ImportedWeights)
        return taken.status.name

    def test_seven_classes_give_seven_probabilities(self, own: str, tmp_path: Path) -> None:
        answer = ask(own, photo(300, 400))
        assert answer.architecture == "resnet18" and answer.probabilities.shape == (7,)
        assert answer.labels == tuple(f"class {index}" for index in range(7))
        assert answer.probabilities.sum() == pytest.approx(1, abs=1e-6)
        by_hand = resnet18(num_classes=7).eval()
        by_hand.load_state_dict(torch.load(tmp_path / "leaves.pth", weights_only=True)["state_dict"])
        x = (torch.from_numpy(answer.seen.copy()).permute(2, 0, 1).float() / 255)[None]
        mean, std = (torch.tensor(v)[:, None, None] for v in (answer.mean, answer.std))
        with torch.inference_mode():
            logits = by_hand((x - mean) / std)[0]
        np.testing.assert_allclose(answer.logits, logits.numpy(), atol=1e-4)

    def test_what_is_assumed_is_said(self, own: str, nets: dict[str, nn.Module]) -> None:
        assert answer_steps(own)[-1].endswith("assumed: the file states none")
        assert "assumed" not in answer_steps(PHOTOS)[-1]

    def test_its_script(self, own: str, capsys: pytest.CaptureFixture[str]) -> None:
        exec(compile(classify_snippet(ask(own, photo(300, 400))), "script", "exec"), {})
        assert capsys.readouterr().out.rstrip().endswith("agrees with ConvScope")


def answer_steps(name: str) -> tuple[str, ...]:
    return ask(name, photo(300, 400)).steps


class TestKeeping:
    def test_gradients_reach_the_picture(self, nets: dict[str, nn.Module]) -> None:
        with torch.inference_mode():  # as the engine runs its handlers
            ask(PHOTOS, photo())
            net = finish(loaded.load(PHOTOS, Context(torch_ready=True)))[0]
        assert isinstance(net, loaded.LoadedNet)
        x = torch.randn(1, 3, 32, 32, requires_grad=True)
        net.logits(x)[0, 3].backward()
        assert x.grad is not None and float(x.grad.abs().sum()) > 0

    def test_loading_ends_between_any_two_steps(self, nets: dict[str, nn.Module]) -> None:
        tensors = len(nets[PHOTOS].state_dict())
        steps = loaded.load(PHOTOS, Context(torch_ready=True))
        with torch.inference_mode():
            for _ in range(2 * tensors):  # each is looked at, and each is copied
                next(steps)
                assert torch.is_inference_mode_enabled(), "the engine's mode, between its steps"
            steps.close()
        assert loaded.kept() == () and not torch.is_inference_mode_enabled()
        assert ask(PHOTOS, photo()).guesses, "and begins anew"

    def test_large_tensors_are_copied_in_parts(
        self, nets: dict[str, nn.Module], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        whole = ask(PHOTOS, photo())
        loaded.forget()
        for module in (reading, fitting):
            monkeypatch.setattr(module, "PART", 1000)
        many = sum(1 for _ in loaded.load(PHOTOS, Context(torch_ready=True)))
        numbers = sum(parameter.numel() for parameter in nets[PHOTOS].parameters())
        assert many > 2 * numbers / 1000
        np.testing.assert_array_equal(ask(PHOTOS, photo()).logits, whole.logits)

    def test_a_net_whose_file_is_gone_is_given_up(self, nets: dict[str, nn.Module], bundle: Path) -> None:
        ask(PHOTOS, photo())
        (bundle / f"{PHOTOS}.safetensors").unlink()
        ask(DIGITS, drawn())
        assert loaded.kept() == (DIGITS,)

    def test_loaded_once_told_once(self, nets: dict[str, nn.Module]) -> None:
        request = ClassifyPicture(PHOTOS, photo())
        _, first = finish(classify(request, Context(torch_ready=True)))
        _, second = finish(classify(request, Context(torch_ready=True)))
        assert [type(event) for event in first] == [Progress] * 3 and second == []
        assert "Loading" in first[0].message and "Warming up" in first[1].message
        assert [event.complete for event in first] == [False, False, True]
        assert loaded.kept() == (PHOTOS,)

    def test_an_exchanged_file_is_read_again(self, nets: dict[str, nn.Module], bundle: Path) -> None:
        before = ask(PHOTOS, photo())
        write_weights(bundle, PHOTOS, "tinyvgg", CIFAR, seed=1)
        after = ask(PHOTOS, photo())
        assert not np.allclose(before.probabilities, after.probabilities)
        assert loaded.kept() == (PHOTOS,)

    def test_the_oldest_goes_when_memory_is_used_up(
        self, nets: dict[str, nn.Module], bundle: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write_weights(bundle, "second", "lenet5", tuple("0123456789"))
        monkeypatch.setattr(loaded, "MOST_BYTES", 600_000)  # two LeNets, not three
        write_weights(bundle, "third", "lenet5", tuple("0123456789"))
        ask(DIGITS, drawn())
        ask("second", drawn())
        ask(DIGITS, drawn())
        ask("third", drawn())
        assert loaded.kept() == (DIGITS, "third")
        ask(PHOTOS, photo())
        assert loaded.kept() == (PHOTOS,), "the newest stays even if it is too large"

    def test_a_second_try_after_memory_ran_out_gives_the_others_up(self, nets: dict[str, nn.Module]) -> None:
        ask(PHOTOS, photo())
        finish(classify(ClassifyPicture(DIGITS, drawn()), Context(torch_ready=True, reduced=True)))
        assert loaded.kept() == (DIGITS,)
        ask(PHOTOS, photo())
        finish(classify(ClassifyPicture(DIGITS, drawn()), Context(torch_ready=True, reduced=True)))
        assert loaded.kept() == (DIGITS,), "also where it was in memory already"

    def test_folding_changes_no_answer(self) -> None:
        torch.manual_seed(0)
        net = catalogue.build("resnet20-cifar")
        for module in net.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.running_mean.normal_()  # type: ignore[union-attr, operator]
                module.running_var.uniform_(0.5, 2)  # type: ignore[union-attr, operator]
        x = torch.randn(2, 3, 32, 32)
        with torch.inference_mode():
            expected = net(x)
            plain = loaded.folded(net)
            assert not any(isinstance(m, nn.BatchNorm2d) for m in plain.modules())
            torch.testing.assert_close(plain(x), expected, rtol=1e-4, atol=1e-4)

    def test_a_net_that_cannot_be_traced_stays_as_it_is(self) -> None:
        class Choosy(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.norm = nn.BatchNorm2d(3)

            def forward(self, x: torch.Tensor) -> torch.Tensor:
                return self.norm(x) if x.sum() > 0 else x

        net = Choosy().eval()
        assert loaded.folded(net) is net

    def test_side_branches_are_left_aside(self) -> None:
        main = torch.zeros(1, 10)
        assert loaded.main_output((main, torch.ones(1, 10))) is main


@pytest.mark.usefixtures("nets")
class TestLive:
    def test_the_newest_frame_until_the_mailbox_closes(self) -> None:
        frames: Mailbox[Frame] = Mailbox()
        steps = classify_live(ClassifyLive(PHOTOS, frames, top=2), Context(torch_ready=True))
        assert [event.complete for event in until_ready(steps)] == [False, False, True]
        assert isinstance(next(steps), Idle)
        first, second, third = photo(seed=1), photo(seed=2), photo(seed=3)
        frames.put(first)
        event = next(steps)
        assert isinstance(event, Partial) and event.value.frame is first
        np.testing.assert_allclose(event.value.probabilities, ask(PHOTOS, first).probabilities, atol=1e-6)
        frames.put(second)
        frames.put(third)
        frames.close()
        event = next(steps)
        assert isinstance(event, Partial) and event.value.frame is third and len(event.value.guesses) == 2
        with pytest.raises(StopIteration):
            next(steps)
        assert frames._callbacks == []

    def test_a_frame_without_a_digit_ends_nothing(self) -> None:
        frames: Mailbox[Frame] = Mailbox()
        steps = classify_live(ClassifyLive(DIGITS, frames), Context(torch_ready=True))
        until_ready(steps)
        frames.put(Frame(np.full((40, 40, 3), 200, np.uint8), "wall"))
        event = next(steps)
        assert (
            isinstance(event, Partial)
            and event.value.guesses == ()
            and "Nothing is drawn" in event.value.note
        )
        frames.put(drawn())
        event = next(steps)
        assert isinstance(event, Partial) and len(event.value.guesses) == 5
        steps.close()
        assert frames._callbacks == []

    def test_it_unsubscribes_when_cancelled(self) -> None:
        frames: Mailbox[Frame] = Mailbox()
        steps = classify_live(ClassifyLive(PHOTOS, frames), Context(torch_ready=True))
        until_ready(steps)
        next(steps)
        assert len(frames._callbacks) == 1
        steps.close()
        assert frames._callbacks == []


class TestScript:
    """The exported script is run, not only read."""

    @pytest.mark.parametrize(("name", "frame"), [(PHOTOS, photo()), (DIGITS, drawn())])
    def test_it_comes_to_the_same_answer(
        self, nets: dict[str, nn.Module], name: str, frame: Frame, capsys: pytest.CaptureFixture[str]
    ) -> None:
        answer = ask(name, frame, edits=PictureEdits(angle=12.0))
        exec(compile(classify_snippet(answer), "script", "exec"), {})
        said = capsys.readouterr().out
        assert said.rstrip().endswith("agrees with ConvScope")
        assert f"{answer.guesses[0].probability:.2%}  {answer.guesses[0].label}" in said

    def test_another_picture_does_not_agree(self, nets: dict[str, nn.Module]) -> None:
        answer = ask(PHOTOS, photo())
        other = replace(answer, seen=255 - answer.seen)
        with pytest.raises(AssertionError):
            exec(compile(classify_snippet(other), "script", "exec"), {})

    def test_published_weights_need_only_torchvision(self, nets: dict[str, nn.Module]) -> None:
        answer = replace(ask(PHOTOS, photo()), architecture="resnet18", path=Path("resnet18-f37072fd.pth"))
        script = classify_snippet(answer)
        assert "get_model('resnet18', weights=None)" in script and "engine" not in script
        compile(script, "script", "exec")

    def test_no_answer(self, nets: dict[str, nn.Module]) -> None:
        with pytest.raises(UserError, match="no answer"):
            classify_snippet(replace(ask(PHOTOS, photo()), guesses=()))


class TestEngine:
    """Through the table of handlers, as the window asks."""

    def test_the_table_leads_here(self) -> None:
        assert load(HANDLERS[request_name(ClassifyPicture)]) is classify
        assert load(HANDLERS[request_name(ClassifyLive)]) is classify_live

    def test_a_whole_engine(self, nets: dict[str, nn.Module]) -> None:
        events: list[Event] = []
        engine = InlineEngine(events.append, device="cpu")
        engine.submit(ClassifyPicture(PHOTOS, photo()))
        engine.submit(ClassifyPicture(DIGITS, drawn(), replace(PictureEdits(), angle=10.0)))
        engine.submit(ClassifyPicture("missing", drawn()))
        done = [event for event in events if isinstance(event, Done)]
        failed = [event for event in events if isinstance(event, Failed)]
        assert [event.value.weights for event in done] == [PHOTOS, DIGITS]
        assert len(failed) == 1 and "missing" in failed[0].report.sentence
        engine.close()
