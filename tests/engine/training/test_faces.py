"""Training the net for faces: its photos, its invented people, a run that was cut off, the file that comes of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from engine.cv import cv2
from engine.errors import UserError
from engine.networks.weights.records import described
from engine.networks.zoo.facenet_mini import HEIGHT, WIDTH, FacenetMini
from engine.training import faces_release
from engine.training.face_changes import BEND_POINTS, CANVAS, RIM, Changes, another_person, another_photo
from engine.training.face_photos import FacePhotos, Finder, canvas, held_out, orl, portraits
from engine.training.faces import FaceSchedule, FaceTraining, Identities, pairs_of

TINY = FaceSchedule(steps=4, persons=2, photos=2, invented=6)
STILL = Changes(turn=0, scale=0, shift=0, bend=0, light=0, ground=0, glasses=0, hole=0, coarse=0, noise=0)


def quiet(line: str) -> None:
    """What a run says is of no interest here."""


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Batches this small are not worth a second one."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def photos() -> FacePhotos:
    """Eight "people" with three photos each: smooth patterns, each photo a little brighter."""
    rng = np.random.default_rng(5)
    patterns = [cv2.resize(rng.random((6, 6)), (CANVAS[1], CANVAS[0])) for _ in range(8)]
    canvases = [(40 * photo + 150 * pattern).astype(np.uint8) for pattern in patterns for photo in range(3)]
    return FacePhotos(torch.from_numpy(np.stack(canvases))[:, None], torch.arange(8).repeat_interleave(3))


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


# --- photos -------------------------------------------------------------------------------------------------------


def test_another_photo_keeps_shape_and_range_and_is_seeded(photos: FacePhotos) -> None:
    canvases = photos.canvases.float() / 255
    bends = torch.zeros(len(canvases), 2, *BEND_POINTS)
    strong = Changes(
        turn=30, scale=0.3, shift=0.2, bend=0.1, light=2, ground=1, glasses=1, hole=1, coarse=1, noise=0.5
    )
    for changes in (Changes(), strong):
        one, again, other = (another_photo(canvases, bends, changes, generator(seed)) for seed in (1, 1, 2))
        assert one.shape == (24, 1, HEIGHT, WIDTH) and torch.isfinite(one).all()
        assert float(one.min()) >= 0 and float(one.max()) <= 1
        assert torch.equal(one, again) and not torch.equal(one, other)


def test_a_photo_without_changes_is_the_crop_or_its_mirror_image(photos: FacePhotos) -> None:
    canvases = photos.canvases.float() / 255
    still = another_photo(canvases, torch.zeros(24, 2, *BEND_POINTS), STILL, generator())
    crops = photos.crops[:, :1]
    mirrored = [
        bool(torch.allclose(one, crop.flip(2), atol=1e-4)) for one, crop in zip(still, crops, strict=True)
    ]
    same = [bool(torch.allclose(one, crop, atol=1e-4)) for one, crop in zip(still, crops, strict=True)]
    assert all(one != other for one, other in zip(mirrored, same, strict=True))
    assert 4 <= sum(mirrored) <= 20


def test_invented_people_are_bent_alike_on_both_sides(photos: FacePhotos) -> None:
    bends = another_person(40, 0.05, generator())
    torch.testing.assert_close(bends[:, 0], -bends[:, 0].flip(2))
    torch.testing.assert_close(bends[:, 1], bends[:, 1].flip(2))
    assert 0.03 < float(bends.std()) < 0.07
    ramp = torch.linspace(0, 1, CANVAS[1]).expand(1, 1, CANVAS[0], -1)
    bent = another_photo(ramp, bends[:1], STILL, generator())
    torch.testing.assert_close(bent + bent.flip(3), torch.ones_like(bent), rtol=0, atol=1e-4)


def test_a_batch_holds_real_and_invented_people_with_their_own_photos(photos: FacePhotos) -> None:
    identities = Identities(photos, replace(TINY, invented_bend=0.0))
    pixels, who = identities.batch(6, 3, STILL, generator())
    assert pixels.shape == (18, 1, HEIGHT, WIDTH) and who.bincount().unique().tolist() == [0, 3]
    assert int((who < 8).sum()) == 9
    for person in who[who < 8].unique():
        shown = pixels[who == person]
        crops = photos.crops[photos.people == person, :1]
        for crop in crops:  # three photos in three draws: each of them once
            assert any(
                torch.allclose(one, crop, atol=1e-4) or torch.allclose(one, crop.flip(2), atol=1e-4)
                for one in shown
            )


def test_faces_lie_on_the_template_whatever_their_size_and_turn() -> None:
    """Dots at the landmarks of a turned and enlarged face come to lie where the net expects them."""
    from engine.training.face_photos import TEMPLATE

    angle, size = np.radians(20), 2.5
    turn = size * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    landmarks = (np.array(TEMPLATE) @ turn.T + [120, 60]).astype(np.float32)
    picture = np.zeros((480, 420, 3), np.uint8)
    for x, y in landmarks:
        cv2.circle(
            picture, (round(float(x) * 16), round(float(y) * 16)), 3 * 16, (255, 255, 255), -1, cv2.LINE_AA, 4
        )
    found = canvas(picture, landmarks)
    assert found.shape == CANVAS
    for x, y in TEMPLATE:
        rows, columns = np.mgrid[-4:5, -4:5]
        top, left = round(y) + RIM, round(x) + RIM
        spot = found[top - 4 : top + 5, left - 4 : left + 5].astype(float)
        assert top + (spot * rows).sum() / spot.sum() == pytest.approx(y + RIM, abs=0.3)
        assert left + (spot * columns).sum() / spot.sum() == pytest.approx(x + RIM, abs=0.3)


def test_every_fourth_person_is_held_out(photos: FacePhotos) -> None:
    learn, away = held_out(photos)
    assert len(learn.people) == 18 and len(away.people) == 6
    assert learn.people.unique().tolist() == list(range(6)) and away.people.unique().tolist() == [0, 1]
    assert torch.equal(away.canvases, photos.canvases[[9, 10, 11, 21, 22, 23]])


def test_what_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="YuNet"):
        Finder(tmp_path / "yunet.onnx")
    nobody = object.__new__(Finder)
    with pytest.raises(UserError, match="no ORL faces"):
        orl(tmp_path, nobody)
    with pytest.raises(UserError, match="no photographs"):
        portraits(tmp_path, nobody)


# --- runs ---------------------------------------------------------------------------------------------------------


def test_a_run_that_was_cut_off_ends_like_one_that_was_not(photos: FacePhotos, tmp_path: Path) -> None:
    learn, away = held_out(photos)
    # Sums may be taken in another order where memory lies otherwise: in float32 that is far less than another batch.
    plan = replace(TINY, bf16=False)
    straight = FaceTraining(learn, plan, tmp_path / "straight", quiet)
    straight.run(away, every=2)
    FaceTraining(learn, plan, tmp_path / "cut", quiet).run(away, every=2, until=2)
    resumed = FaceTraining(learn, plan, tmp_path / "cut", quiet)
    assert resumed.step == 2
    resumed.run(away, every=2)
    for name, value in straight.result.state_dict().items():
        torch.testing.assert_close(value, resumed.result.state_dict()[name], rtol=1e-4, atol=1e-5, msg=name)
    for cut, whole in zip(figures(tmp_path / "cut"), figures(tmp_path / "straight"), strict=True):
        assert cut == pytest.approx(whole, rel=1e-3, abs=1e-4)


def figures(run: Path) -> list[dict[str, float]]:
    rows = [json.loads(line) for line in (run / "history.jsonl").read_text().splitlines()]
    return [{name: value for name, value in row.items() if name != "seconds"} for row in rows]


def test_training_lowers_both_losses(photos: FacePhotos, tmp_path: Path) -> None:
    plan = replace(TINY, steps=8, persons=8, photos=2, invented=0, changes=STILL, bf16=False)
    FaceTraining(photos, plan, tmp_path, quiet).run(photos, every=1)
    first, *_, last = figures(tmp_path)
    # The mean over those triplets alone that are mined may rise while they become fewer: held together.
    assert last["classes"] < 0.2 * first["classes"]
    assert last["used"] * last["triplets"] < 0.6 * first["used"] * first["triplets"]


def test_pairs_against_a_loop() -> None:
    rows = torch.nn.functional.normalize(torch.randn(6, 4, generator=generator()))
    people = torch.tensor([0, 0, 1, 1, 1, 2])
    pairs = pairs_of(rows, people)
    expected = [
        (float((rows[i] - rows[j]).square().sum()), bool(people[i] == people[j]))
        for i in range(6)
        for j in range(i + 1, 6)
    ]
    assert pairs.distances == pytest.approx([one for one, _ in expected], abs=1e-6)
    assert pairs.same.tolist() == [same for _, same in expected]


# --- the file -----------------------------------------------------------------------------------------------------


def test_a_file_describes_itself_and_holds_the_net(photos: FacePhotos, tmp_path: Path) -> None:
    torch.manual_seed(0)
    net = FacenetMini().eval()
    told = faces_release.release(net, TINY, photos, photos, tmp_path)
    entry = described(tmp_path / "facenet-mini.safetensors", "bundled")
    assert (entry.task, entry.architecture, entry.title) == ("face embedding", "facenet_mini", "FaceNet mini")
    assert entry.auc is not None and f"{entry.auc:.4f}" in told
    assert entry.figures == f"AUC {entry.auc:.3f} (pairs of unseen people)"
    kept = FacenetMini().eval()
    kept.load_state_dict(load_file(tmp_path / "facenet-mini.safetensors"))
    with torch.no_grad():
        torch.testing.assert_close(kept(photos.crops), net(photos.crops), rtol=0, atol=5e-3)
    card = (tmp_path / "facenet-mini.md").read_text()
    assert "It teaches and does not identify strangers." in card and "Olivetti Research Laboratory" in card
    assert f"**{entry.auc:.4f}**" in card


def test_numbers_that_are_none_are_not_written(photos: FacePhotos, tmp_path: Path) -> None:
    net = FacenetMini()
    torch.nn.init.constant_(net.head.bias, torch.nan)
    with pytest.raises(UserError, match="not finite"):
        faces_release.release(net, TINY, photos, photos, tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_missing_file_is_told_on_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert faces_release.main(["--yunet", str(tmp_path / "none.onnx"), "--run", str(tmp_path / "run")]) == 1
    assert "YuNet" in capsys.readouterr().err
