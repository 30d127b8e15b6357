"""Training the net for five points: points that follow the pixels, a run that was cut off, the file it makes."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from engine.errors import UserError
from engine.faces.align import TEMPLATE, USUAL_BOX
from engine.faces.drawn import AROUND, draw_head
from engine.faces.landmarks import NAME, SIDE
from engine.networks.weights.records import described
from engine.networks.zoo.landmarks_mini import CELLS, LandmarksMini
from engine.training import landmarks_release
from engine.training.face_photos import Finder, Portrayed, looked_at_often
from engine.training.landmark_changes import CANVAS, RIM, LandmarkChanges, seen_anew
from engine.training.landmark_photos import LandmarkPhotos, boxed, drawn, held_out_pictures, photographed
from engine.training.landmarks import LandmarkSchedule, LandmarkTraining, errors_of, located, spot_loss

STILL = LandmarkChanges(
    turn=0,
    scale=0,
    stretch=0,
    shift=0,
    person=0,
    bend=0,
    light=0,
    ground=0,
    glasses=0,
    hole=0,
    coarse=0,
    noise=0,
)
TINY = LandmarkSchedule(steps=4, faces=4, drawn=2)


def quiet(line: str) -> None:
    """What a run says is of no interest here."""


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Batches this small are not worth a second one."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def people() -> LandmarkPhotos:
    return drawn(3, 2)


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def heads(count: int) -> list[Portrayed]:
    """Drawn heads as if they were photos, with their true points."""
    points = ((TEMPLATE - AROUND[:2]) * 2).astype(np.float32)
    return [
        Portrayed(np.ascontiguousarray(draw_head(person, view, 400)[:, :, ::-1]), points, at)
        for at, person in enumerate((0, 7, 12, 14)[:count])
        for view in range(2)
    ]


# --- changes ------------------------------------------------------------------------------------------------------


def dot(at: tuple[float, float]) -> torch.Tensor:
    """A canvas with a soft dot."""
    rows, columns = torch.meshgrid(torch.arange(CANVAS), torch.arange(CANVAS), indexing="ij")
    return torch.exp(-((columns - at[0]) ** 2 + (rows - at[1]) ** 2) / (2 * 1.5**2))[None]


@pytest.mark.parametrize("seed", range(4))
def test_points_go_where_the_pixels_go(seed: int) -> None:
    """A dot on each landmark: its middle lies where the point is said to be, after every change of place at once."""
    points = torch.tensor(TEMPLATE + RIM).float()
    moving = replace(STILL, turn=15, scale=0.1, stretch=0.08, shift=0.04, person=0.04, bend=0.02)
    canvases = torch.stack([dot((float(x), float(y))) for x, y in points])
    seen, told = seen_anew(canvases, points.expand(5, -1, -1), moving, generator(seed))
    at = (torch.arange(SIDE) + 0.5) / SIDE
    own = torch.arange(5)
    mirror = torch.tensor([1, 0, 2, 4, 3])
    for face in range(5):
        weights = seen[face, 0] - seen[face, 0].min()  # no pixel is quite black
        weights = weights / weights.sum()
        middle = torch.stack([(weights.sum(0) * at).sum(), (weights.sum(1) * at).sum()])
        nearest = [float((told[face, k] - middle).norm()) for k in (own[face], mirror[face])]
        assert min(nearest) < 0.009  # half a pixel: the dot is bent, too


def test_a_face_without_changes_is_the_square_around_the_usual_box(people: LandmarkPhotos) -> None:
    seen, points = seen_anew(people.canvases.float() / 255, people.points, STILL, generator())
    x, y, side = USUAL_BOX
    side *= 1.3
    plain = (torch.tensor(TEMPLATE).float() - torch.tensor([x, y])) / side + 0.5
    turned = torch.stack([1 - plain[[1, 0, 2, 4, 3], 0], plain[[1, 0, 2, 4, 3], 1]], 1)
    sides = [min(float((one - wanted).abs().max()) for wanted in (plain, turned)) for one in points]
    assert max(sides) < 1e-4 and seen.shape == (6, 1, SIDE, SIDE)
    assert float(seen.min()) >= 0 and float(seen.max()) <= 1


def test_changes_are_seeded_and_stay_in_range(people: LandmarkPhotos) -> None:
    canvases = people.canvases.float() / 255
    one, again, other = (
        seen_anew(canvases, people.points, LandmarkChanges(), generator(k)) for k in (1, 1, 2)
    )
    assert (
        torch.equal(one[0], again[0]) and torch.equal(one[1], again[1]) and not torch.equal(one[0], other[0])
    )
    assert float(one[0].min()) >= 0 and float(one[0].max()) <= 1 and torch.isfinite(one[1]).all()


# --- photos -------------------------------------------------------------------------------------------------------


def test_a_photo_is_put_on_the_template_and_its_points_with_it() -> None:
    photos = photographed(heads(2))
    assert photos.canvases.shape == (4, 1, CANVAS, CANVAS)
    torch.testing.assert_close(
        photos.points, torch.tensor(TEMPLATE + RIM).float().expand(4, -1, -1), atol=1e-2, rtol=0
    )


def test_looks_at_smaller_and_mirrored_pictures_are_brought_back_and_averaged() -> None:
    """A finder that sees a mark at the left rim, and is off by another number of pixels in every look."""
    (one, _), off = heads(1), iter(range(6))
    marked = np.zeros_like(one.pixels)
    marked[:, :40] = 255

    class MarkFinder:
        def landmarks(self, pixels: np.ndarray) -> np.ndarray:
            scale, last = pixels.shape[1] / 400, pixels.shape[1] - 1
            points = (one.landmarks + next(off)) * scale
            if pixels[0, 0, 0] < 128:
                points = np.stack([last - points[[1, 0, 2, 4, 3], 0], points[[1, 0, 2, 4, 3], 1]], 1)
            return np.stack([points * 0, points]).astype(np.float32)

    found = looked_at_often(replace(one, pixels=marked), cast(Finder, MarkFinder()))
    assert np.allclose(found.landmarks, one.landmarks + 2.5, atol=1e-3) and found.once is one.landmarks


def test_every_fourth_person_is_held_out() -> None:
    learn, away = held_out_pictures(heads(4))
    assert [one.person for one in learn] == [0, 0, 1, 1, 2, 2] and [one.person for one in away] == [3, 3]


def test_boxes_are_the_cascade_s_and_points_lie_in_them() -> None:
    found = boxed(heads(3))
    assert len(found.boxes) + found.missed == 6 and len(found.boxes) >= 5
    for one, box, points in zip(found.pictures, found.boxes, found.points, strict=True):
        side, middle = 1.3 * (box[2] - box[0]), ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        assert np.allclose(points.numpy(), (one.landmarks - middle) / side + 0.5, atol=1e-4)


# --- runs ---------------------------------------------------------------------------------------------------------


def test_two_people_in_one_picture_have_the_mean_of_their_points(
    people: LandmarkPhotos, tmp_path: Path
) -> None:
    black = LandmarkPhotos(torch.zeros_like(people.canvases), people.points)
    light = LandmarkPhotos(torch.full_like(people.canvases, 255), people.points + 10)
    both = LandmarkPhotos(
        torch.cat([black.canvases, light.canvases]), torch.cat([black.points, light.points])
    )
    plan = replace(TINY, faces=40, drawn=5, blended=0.5)
    canvases, points = LandmarkTraining(both, light, plan, tmp_path, quiet)._batch()
    share = canvases.flatten(1).mean(1)
    torch.testing.assert_close((points - people.points[0]).mean((1, 2)), 10 * share, atol=1e-3, rtol=0)
    assert torch.equal(share[-5:], torch.ones(5))
    assert 2 <= int(((share > 0.25) & (share < 0.75)).sum()) <= 20


def test_spots_against_a_loop() -> None:
    heatmaps = torch.randn(1, 5, CELLS, CELLS, generator=generator(3))
    points = torch.rand(1, 5, 2, generator=generator(4)) * 0.6 + 0.2
    total = 0.0
    for point in range(5):
        x, y = (float(v) * CELLS - 0.5 for v in points[0, point])
        wanted = np.array(
            [
                [math.exp(-((c - x) ** 2 + (r - y) ** 2) / (2 * 0.7**2)) for c in range(CELLS)]
                for r in range(CELLS)
            ]
        )
        logits = heatmaps[0, point].double().numpy()
        total -= float((wanted / wanted.sum() * (logits - math.log(np.exp(logits).sum()))).sum())
    assert float(spot_loss(heatmaps, points, 0.7)) == pytest.approx(total / 5, rel=1e-4)


def test_errors_by_hand() -> None:
    wanted = torch.tensor([[[0.0, 0], [4, 0], [2, 2], [1, 4], [3, 4]]])
    found = wanted + torch.tensor([3.0, 4.0]) * torch.tensor([1.0, 0, 0, 0, 1])[:, None]
    assert errors_of(found, wanted).tolist() == pytest.approx([(5 + 5) / 5 / 4])


def test_a_run_that_was_cut_off_ends_like_one_that_was_not(people: LandmarkPhotos, tmp_path: Path) -> None:
    watched = boxed(heads(1))
    straight = LandmarkTraining(people, people, TINY, tmp_path / "straight", quiet)
    straight.run(watched, every=2)
    LandmarkTraining(people, people, TINY, tmp_path / "cut", quiet).run(watched, every=2, until=2)
    resumed = LandmarkTraining(people, people, TINY, tmp_path / "cut", quiet)
    assert resumed.step == 2
    resumed.run(watched, every=2)
    for name, value in straight.result.state_dict().items():
        # Sums may be taken in another order where memory lies otherwise.
        torch.testing.assert_close(value, resumed.result.state_dict()[name], rtol=1e-4, atol=1e-5, msg=name)
    for cut, whole in zip(figures(tmp_path / "cut"), figures(tmp_path / "straight"), strict=True):
        assert cut == pytest.approx(whole, rel=1e-3, abs=1e-4)


def figures(run: Path) -> list[dict[str, float]]:
    rows = [json.loads(line) for line in (run / "history.jsonl").read_text().splitlines()]
    return [{name: value for name, value in row.items() if name != "seconds"} for row in rows]


def test_training_brings_points_closer(people: LandmarkPhotos, tmp_path: Path) -> None:
    plan = replace(TINY, steps=40, faces=6, drawn=6, changes=STILL, average=0.5)
    training = LandmarkTraining(people, people, plan, tmp_path, quiet)
    training.run(boxed(heads(1)), every=10)
    first, *_, last = figures(tmp_path)
    assert last["places"] < 0.5 * first["places"] and last["spots"] < first["spots"]


# --- the file -----------------------------------------------------------------------------------------------------


def test_a_file_describes_itself_and_holds_the_net(tmp_path: Path) -> None:
    torch.manual_seed(0)
    net, faces = LandmarksMini().eval(), boxed(heads(3))
    told = landmarks_release.release(net, TINY, faces, faces, tmp_path)
    entry = described(tmp_path / f"{NAME}.safetensors", "bundled")
    assert (entry.task, entry.architecture, entry.title) == (
        "face landmarks",
        "landmarks_mini",
        "Landmarks mini",
    )
    assert entry.error is not None and f"{entry.error:.1%}"[:-2] in told
    kept = LandmarksMini().eval()
    kept.load_state_dict(load_file(tmp_path / f"{NAME}.safetensors"))
    assert float((located(kept, faces.crops) - located(net, faces.crops)).abs().max()) < 5e-3
    card = (tmp_path / f"{NAME}.md").read_text()
    assert f"**{entry.error:.1%}**" in card and "Olivetti Research Laboratory" in card


def test_numbers_that_are_none_are_not_written(tmp_path: Path) -> None:
    net = LandmarksMini()
    torch.nn.init.constant_(net.head.weight, torch.nan)
    faces = boxed(heads(1))
    with pytest.raises(UserError, match="not finite"):
        landmarks_release.release(net, TINY, faces, faces, tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_missing_file_is_told_on_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        landmarks_release.main(["--yunet", str(tmp_path / "none.onnx"), "--run", str(tmp_path / "run")]) == 1
    )
    assert "YuNet" in capsys.readouterr().err
