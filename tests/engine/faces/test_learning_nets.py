"""The small nets that learn: live training, pairs, a newcomer; and the pictures that they learn from."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from engine.context import Context, Idle
from engine.errors import UserError
from engine.faces.learning import identities as known
from engine.faces.learning import newcomer, pair_lesson
from engine.faces.learning.net import build, embed, load, weights_of
from engine.faces.learning.requests import (
    EmbedOwn,
    LearnPairs,
    MeetNewcomer,
    PairLesson,
    TrainTriplets,
    TripletRuns,
    TripletSpec,
)
from engine.faces.learning.train import Lesson, flat, train
from engine.faces.learning.verify import auc, pair_distances
from engine.jobs import Partial

QUICK = TripletSpec(updates=20)


def ended(job: Generator[Any, None, Any]) -> Any:
    """What a job answers at its end."""
    while True:
        try:
            next(job)
        except StopIteration as end:
            return end.value


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """As the engine on two cores: the threads of such small sums would only wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def runs() -> TripletRuns:
    return ended(train(TrainTriplets(QUICK), Context()))  # type: ignore[no-any-return]


# --- pictures -----------------------------------------------------------------------------------------------------


def test_digits_are_identities() -> None:
    people = known.digits()
    assert people.pictures.shape == (1797, 8, 8) and people.side == 8 and people.pictures.max() == 255
    assert people.names == tuple("0123456789") and not people.pictures.flags.writeable


def test_the_import_that_digits_need_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def imported(module: str, context: Context) -> Iterator[Idle]:
        asked.append(module)
        yield context.idle(0.1)

    monkeypatch.setattr(known, "imported", imported)
    assert isinstance(next(known.loading("digits", Context())), Idle) and asked == ["sklearn.datasets"]


def test_drawn_people_look_like_themselves() -> None:
    people = known.load("drawn")
    assert people.pictures.shape == (known.DRAWN_PEOPLE * known.DRAWN_PHOTOS, 32, 32)
    assert len(set(people.names)) == known.DRAWN_PEOPLE and people.pictures.std() > 20
    assert not np.array_equal(people.pictures[0], people.pictures[1])


def test_turned_identities_are_eight_of_each() -> None:
    people = known.digits()
    found = known.turned(people, np.array([2, 7]))
    mine = people.pictures[people.labels == 7]
    assert len(found.names) == 16 and len(set(found.names)) == 16
    assert np.array_equal(found.pictures[found.labels == 8], mine)
    assert np.array_equal(found.pictures[found.labels == 9][0], np.rot90(mine[0]))
    assert np.array_equal(found.pictures[found.labels == 12][0], mine[0][:, ::-1])


def folder_of(place: Path, people: int, photos: int) -> Path:
    draw = np.random.default_rng(1)
    for person in range(people):
        room = place / f"“{person}”; DROP 🙂"
        room.mkdir(parents=True)
        for photo in range(photos):
            Image.fromarray(draw.integers(0, 255, (40, 50, 3), dtype=np.uint8)).save(room / f"{photo}.png")
    return place


def test_a_folder_of_people(tmp_path: Path) -> None:
    people = known.load("folder", str(folder_of(tmp_path, 5, 4)))
    assert people.pictures.shape == (20, 32, 32) and np.bincount(people.labels).tolist() == [4] * 5
    assert people.names[0] == "“0”; DROP 🙂"
    spec = replace(QUICK, source="folder", folder=str(tmp_path), updates=10, held_out=2, people=3, photos=6)
    assert (
        ended(train(TrainTriplets(spec), Context())).outcome == "done"
    )  # three photos too few are drawn twice


@pytest.mark.parametrize(("people", "photos"), [(3, 4), (5, 3), (0, 0)])
def test_too_small_a_folder_says_what_is_needed(tmp_path: Path, people: int, photos: int) -> None:
    with pytest.raises(UserError) as told:
        known.load("folder", str(folder_of(tmp_path, people, photos)))
    assert "4 people" in str(told.value.hint)


def test_a_missing_folder_and_a_broken_picture(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        known.load("folder", str(tmp_path / "gone"))
    folder = folder_of(tmp_path / "people", 4, 4)
    next(folder.rglob("0.png")).write_bytes(b"no picture")
    with pytest.raises(UserError, match=r"0\.png"):
        known.load("folder", str(folder))


# --- the net ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("head", "side"), [("free", 8), ("unit", 8), ("sigmoid", 32)])
def test_shapes_and_heads(head: Any, side: int) -> None:
    state = torch.random.get_rng_state()
    net = build(side, 6, head, 3)
    assert torch.equal(torch.random.get_rng_state(), state)
    pictures = np.random.default_rng(0).integers(0, 255, (4, side, side), dtype=np.uint8)
    found = embed(net, pictures)
    assert found.shape == (4, 6) and found.dtype == np.float32
    if head == "unit":
        assert np.linalg.norm(found, axis=1) == pytest.approx(1.0, abs=1e-6)
    if head == "sigmoid":
        assert (found > 0).all() and (found < 1).all()
    other = build(side, 6, head, 4)
    load(other, weights_of(net))
    assert np.array_equal(embed(other, pictures), found)


# --- live training ------------------------------------------------------------------------------------------------


def test_runs_begin_alike_and_see_the_same_batches(runs: TripletRuns) -> None:
    first = runs.runs[0]
    assert runs.outcome == "done" and runs.moments.tolist() == list(range(21))
    for run in runs.runs:
        assert run.losses.shape == run.used.shape == (20,) and run.shares.shape == (20, 3)
        assert run.shares.sum(1) == pytest.approx(1.0, abs=1e-5) and run.planes.shape == (21, 140, 2)
        assert np.array_equal(run.planes[0], first.planes[0]) and run.auc[0] == first.auc[0]
        assert np.array_equal(run.shares[0], first.shares[0]) and not run.planes.flags.writeable
    for (
        run
    ) in runs.runs:  # a semi-hard triplet is one that teaches; of others only those that break the margin
        assert (run.teaching <= run.used).all() and ((run.teaching > 0) == (run.losses > 0)).all()
    assert np.array_equal(runs.run("semi-hard").teaching, runs.run("semi-hard").used)
    assert (runs.run("random").teaching < runs.run("random").used).any()
    assert runs.run("random").used[0] == 5 * 6 * 5 and runs.run("hard").used[0] == 30
    assert not np.array_equal(runs.run("hard").planes[-1], first.planes[-1])
    assert runs.held_out.sum() == 3 * 14


def test_the_same_seed_is_the_same_run(runs: TripletRuns) -> None:
    again = ended(train(TrainTriplets(QUICK), Context()))
    for mine, theirs in zip(runs.runs, again.runs, strict=True):
        assert np.array_equal(mine.planes, theirs.planes) and np.array_equal(mine.losses, theirs.losses)


def test_auc_of_the_run_is_that_of_its_plane(runs: TripletRuns) -> None:
    labels = runs.identities.labels[runs.shown][runs.held_out]
    for run in runs.runs:
        apart, same = pair_distances(run.planes[-1][runs.held_out], labels)
        assert run.auc[-1] == pytest.approx(auc(-apart, same), abs=1e-9)


def test_the_first_loss_is_that_of_a_slow_loop() -> None:
    lesson = Lesson(replace(QUICK, people=3, photos=3), known.digits(), ("hard",))
    pictures, labels = lesson._batch
    with torch.no_grad():
        rows = lesson.pupils[0].net(pictures).numpy().astype(np.float64)
    losses = []
    for a in range(9):
        away = np.square(rows - rows[a]).sum(1)
        same = labels.numpy() == int(labels[a])
        losses.append(max(away[same].max() - away[~same].min() + QUICK.margin, 0.0))
    lesson.teach(lesson.pupils[0])
    assert lesson.pupils[0].losses[0] == pytest.approx(np.mean(losses), abs=1e-5)


def test_a_pause_a_stop_and_going_on() -> None:
    request = TrainTriplets(replace(QUICK, updates=2000))
    job = train(request, Context())
    for _ in range(10):
        next(job)
    request.orders.put("pause")
    for _ in range(6):
        waiting = next(job)
    assert isinstance(waiting, Idle)
    assert isinstance(next(job), Idle)
    request.orders.put("run")
    assert not isinstance(next(job), Idle)
    request.orders.put("stop")
    stopped = ended(job)
    assert stopped.outcome == "stopped" and 0 < len(stopped.runs[0].losses) < 30


def test_partial_runs_grow_and_steps_are_short() -> None:
    seen, longest = [], 0.0
    job = train(TrainTriplets(replace(QUICK, updates=60)), Context())
    next(job)  # pictures are loaded in the first step
    while True:
        began = time.thread_time()
        try:
            step = next(job)
        except StopIteration:
            break
        longest = max(longest, time.thread_time() - began)
        if isinstance(step, Partial):
            seen.append(len(step.value.moments))  # type: ignore[attr-defined]
    assert seen and seen == sorted(seen) and longest < 0.5  # of computing, on however busy a machine


def test_many_numbers_lie_on_the_main_axes_of_the_last_moment() -> None:
    every = np.random.default_rng(2).normal(size=(3, 30, 5)) * [1, 5, 1, 3, 1]
    found = flat(every.astype(np.float32))
    last = every[-1] - every[-1].mean(0)
    values = np.linalg.eigvalsh(last.T @ last)[::-1]
    assert found.shape == (3, 30, 2)
    assert np.square(found[-1]).sum(0) == pytest.approx(values[:2], rel=1e-4)


@pytest.mark.parametrize(
    "wrong",
    [{"margin": -1.0}, {"margin": float("nan")}, {"rate": 0.0}, {"people": 1}, {"photos": 1}, {"held_out": 1},
     {"updates": 0}, {"seed": -1}, {"dims": 3}, {"source": "folder"}],
)  # fmt: skip
def test_a_spec_out_of_range_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(UserError):
        replace(TripletSpec(), **wrong).validated()


def test_identities_have_to_be_left() -> None:
    with pytest.raises(UserError, match=r"held out.*Hold out 8 or fewer"):
        Lesson(replace(QUICK, held_out=9), known.digits())


# --- pairs --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pairs() -> PairLesson:
    return ended(pair_lesson.learn(LearnPairs(), Context()))  # type: ignore[no-any-return]


def test_pairs_of_unseen_identities_are_told_apart(pairs: PairLesson) -> None:
    assert set(pairs.labels.tolist()) == {7, 8, 9} and pairs.features.shape == (48, pair_lesson.DIMS)
    assert pairs.auc > 0.85 and pairs.right > 0.65 and pairs.losses[-1] < pairs.losses[0]
    assert pairs.seconds_embed > 0 and pairs.seconds_compare > 0


def test_a_picture_of_the_set_has_its_features_as_ones_own(pairs: PairLesson) -> None:
    digit = np.repeat(pairs.pictures[5][..., None], 3, 2)
    light = pair_lesson.embed_own(EmbedOwn(pairs, digit, ink_is_dark=False), Context())
    dark = pair_lesson.embed_own(EmbedOwn(pairs, 255 - digit, ink_is_dark=True), Context())
    for found in (light, dark):
        assert np.array_equal(found.picture, pairs.pictures[5])
        assert found.features == pytest.approx(pairs.features[5], abs=1e-6)


# --- somebody new -------------------------------------------------------------------------------------------------


def test_a_newcomer_step_by_step() -> None:
    lesson = ended(newcomer.meet(MeetNewcomer(updates=40, seed=2), Context()))
    assert lesson.photos.shape == (5, 8, 8) and lesson.softmax.shape == (4, 2, 5)
    assert lesson.softmax.sum(2) == pytest.approx(1.0, abs=1e-5) and not lesson.softmax[0, :, -1].any()
    assert not lesson.first.new.any()  # without an output nobody is ever right about the newcomer
    assert lesson.together.old[0] == lesson.alone.old[0] > 0.7
    assert lesson.alone.new[-1] == 1 and lesson.alone.old[-1] < 0.3  # it forgets
    assert lesson.together.old[-1] > 0.6 and lesson.together.new[-1] > 0.4
    assert lesson.tests == (80, 20) and len(lesson.first.losses) == 40
    assert 0 <= lesson.unknown <= 1 and 0 < lesson.threshold < 4
    assert lesson.embedding_old > 0.4 and lesson.distances.shape == (2, 5)


def test_a_further_output_leaves_the_others_as_they_were() -> None:
    net = build(8, 3, "free", 1)
    wider = newcomer.with_output(net, 8, 1)
    pictures = known.digits().pictures[:6]
    assert embed(wider, pictures)[:, :3] == pytest.approx(embed(net, pictures), abs=1e-6)


def test_views_of_photos_are_shifted_and_shaded() -> None:
    photos = torch.rand(2, 1, 8, 8, generator=torch.Generator().manual_seed(1))
    found = newcomer.varied(photos, 3, torch.Generator().manual_seed(2))
    assert found.shape == (6, 1, 8, 8) and float(found.min()) >= 0 and float(found.max()) <= 1
    again = newcomer.varied(photos, 3, torch.Generator().manual_seed(2))
    assert torch.equal(found, again) and not torch.equal(found[:2], photos)


@pytest.mark.parametrize(
    "wrong", [{"people": 1}, {"people": 9}, {"people": 8, "source": "digits"}, {"updates": 1}, {"seed": -1}]
)
def test_a_class_out_of_range_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(UserError):
        replace(MeetNewcomer(), **wrong).validated()
