"""Five points by the bundled net: what it reads against loops, mirrored and moved faces, drawn people, its file."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.cv import cv2
from engine.faces.align import TEMPLATE, USUAL_BOX, align, turned_template
from engine.faces.drawn import AROUND, LANDMARKS, draw_head
from engine.faces.found import POINTS, Box
from engine.faces.landmarks import (
    MARGIN,
    NAME,
    SIDE,
    LandmarkNet,
    cut,
    in_picture,
    in_square,
    square,
)
from engine.faces.live import faces_of
from engine.faces.requests import FaceSettings
from engine.networks.weights import records, store
from engine.networks.zoo import landmarks_mini
from engine.networks.zoo.landmarks_mini import MIRRORED, LandmarksMini, evened, mean_places, mirrored

HEAD = 400
"""Pixels a side of a drawn head."""
BOX: Box = (112.0, 136.0, 314.0, 338.0)
"""About where the cascade has its face."""


@pytest.fixture(scope="module")
def net() -> LandmarkNet:
    return LandmarkNet(store.find(NAME).path)


def head(person: int, view: int = 0) -> np.ndarray:
    return np.asarray(cv2.cvtColor(draw_head(person, view, HEAD), cv2.COLOR_RGB2GRAY), np.uint8)


def true_points() -> np.ndarray:
    left, top, right, _ = AROUND
    return (np.array(LANDMARKS) - (left, top)) * HEAD / (right - left)


def off(found: np.ndarray, wanted: np.ndarray) -> float:
    """Mean distance in distances of the eyes."""
    return float(np.linalg.norm(found - wanted, axis=1).mean() / np.linalg.norm(wanted[1] - wanted[0]))


class TestWhatItReads:
    @settings(max_examples=25, deadline=None)
    @given(x=st.floats(-20, 60), y=st.floats(-20, 60), side=st.floats(21, 200), seed=st.integers(0, 99))
    def test_a_cut_against_a_loop(self, x: float, y: float, side: float, seed: int) -> None:
        grey = np.random.default_rng(seed).integers(0, 256, (50, 40), np.uint8)
        grey = np.asarray(
            cv2.GaussianBlur(grey, (0, 0), 2), np.uint8
        )  # OpenCV rounds places to 1/32 of a pixel
        found = cut(grey, (x, y, side))
        finer = min(max(round(side / SIDE), 1), 4)
        at = (np.arange(SIDE * finer) + 0.5) / (SIDE * finer) - 0.5
        columns, rows = np.clip(x + at * side, 0, 39), np.clip(y + at * side, 0, 49)
        across = np.stack([np.interp(columns, np.arange(40), row) for row in grey])
        both = np.stack([np.interp(rows, np.arange(50), column) for column in across.T], 1)
        wanted = both.reshape(SIDE, finer, SIDE, finer).mean((1, 3))
        assert found.shape == (SIDE, SIDE) and np.abs(found - wanted).max() <= 3

    @settings(max_examples=25, deadline=None)
    @given(x=st.floats(-50, 500), y=st.floats(-50, 500), side=st.floats(20, 900), seed=st.integers(0, 99))
    def test_points_go_to_the_square_and_back(self, x: float, y: float, side: float, seed: int) -> None:
        points = np.random.default_rng(seed).uniform(0, 600, (5, 2))
        back = in_picture((x, y, side), in_square((x, y, side), points))
        assert np.allclose(back, points, atol=1e-2)
        assert np.allclose(
            in_square((x, y, side), np.array([[x - side / 2, y + side / 2]])), [[0, 1]], atol=1e-4
        )

    def test_the_square_lies_around_the_box(self) -> None:
        assert square((10, 20, 110, 100)) == pytest.approx((60, 60, MARGIN * 100))

    def test_both_sides_agree_on_the_size_and_the_points(self) -> None:
        assert SIDE == landmarks_mini.SIDE and len(POINTS) == landmarks_mini.POINTS
        swapped = [
            name.replace("right", "?").replace("left", "right").replace("?", "left") for name in POINTS
        ]
        assert [POINTS[at] for at in MIRRORED] == swapped


class TestNet:
    def test_the_mean_place_under_a_heatmap_against_a_loop(self) -> None:
        logits = torch.randn(2, 5, 14, 14, generator=torch.Generator().manual_seed(1)) * 3
        found = mean_places(logits)
        for one in range(2):
            for point in range(5):
                weights = np.exp(logits[one, point].double().numpy())
                x = y = 0.0
                for row in range(14):
                    for column in range(14):
                        x += weights[row, column] * (column + 0.5) / 14
                        y += weights[row, column] * (row + 0.5) / 14
                wanted = np.array([x, y]) / weights.sum()
                assert np.allclose(found[one, point].numpy(), wanted, atol=1e-5)

    def test_light_and_contrast_do_not_count(self, net: LandmarkNet) -> None:
        grey = head(3)
        darker = (grey * 0.5 + 20).round().astype(np.uint8)
        assert np.abs(net.points(darker, [BOX]) - net.points(grey, [BOX])).max() < 1
        flat = evened(torch.full((1, 1, SIDE, SIDE), 7.0))
        assert torch.isfinite(flat).all() and float(flat.abs().max()) < 1e-2

    @pytest.mark.parametrize("person", [0, 5, 9])
    def test_a_mirrored_face_has_mirrored_points(self, net: LandmarkNet, person: int) -> None:
        grey, (left, top, right, bottom) = head(person), BOX
        (found,) = net.points(grey, [BOX])
        last = HEAD - 1
        flipped = np.ascontiguousarray(grey[:, ::-1])
        (other,) = net.points(flipped, [(last - right, top, last - left, bottom)])
        wanted = np.stack([last - found[list(MIRRORED), 0], found[list(MIRRORED), 1]], 1)
        assert np.abs(other - wanted).max() < 0.5  # OpenCV rounds the places that it reads

    def test_the_mirror_of_a_mirror_is_the_face(self) -> None:
        points = torch.rand(3, 5, 2, generator=torch.Generator().manual_seed(2))
        torch.testing.assert_close(mirrored(mirrored(points)), points)
        untrained = LandmarksMini().eval()
        pictures = torch.rand(3, 1, SIDE, SIDE, generator=torch.Generator().manual_seed(3))
        with torch.inference_mode():
            torch.testing.assert_close(untrained(pictures.flip(3)), mirrored(untrained(pictures)))

    @pytest.mark.parametrize("person", [1, 7, 12])
    def test_points_move_with_the_face_and_not_with_the_box(self, net: LandmarkNet, person: int) -> None:
        grey = head(person)
        left, top, right, bottom = BOX
        steady = net.points(grey, [BOX])[0]
        shifted = np.roll(grey, (7, 11), (0, 1))
        with_it = net.points(shifted, [(left + 11, top + 7, right + 11, bottom + 7)])[0]
        assert np.abs(with_it - steady - [11, 7]).max() < 0.01
        moved_boxes: list[Box] = [
            (left + dx, top + dy, right + dx, bottom + dy) for dx, dy in ((6, 0), (-6, 3), (0, -6))
        ]
        for other in net.points(grey, moved_boxes):
            assert off(other, steady) < 0.04

    def test_faces_together_and_alone(self, net: LandmarkNet) -> None:
        grey = head(2)
        boxes = [BOX, (100.0, 120.0, 320.0, 340.0), (-40.0, 300.0, 60.0, 400.0)]
        together = net.points(grey, boxes)
        assert together.shape == (3, 5, 2) and together.dtype == np.float32
        assert np.allclose(together, np.concatenate([net.points(grey, [one]) for one in boxes]), atol=1e-2)
        assert net.points(grey, []).shape == (0, 5, 2)


class TestFaces:
    def test_drawn_people_have_their_points_where_they_were_drawn(self) -> None:
        errors = []
        for person in range(14):
            faces = faces_of(draw_head(person, 0, HEAD), FaceSettings(embedder=""))
            if faces:
                assert faces[0].landmarks is not None
                errors.append(off(faces[0].landmarks, true_points()))
        assert len(errors) >= 8 and float(np.mean(errors)) < 0.04 and max(errors) < 0.08

    def test_the_turn_of_the_head_is_known_without_a_download(self) -> None:
        (face,) = faces_of(draw_head(7, 0, HEAD), FaceSettings(embedder=""))
        assert face.quality.yaw is not None and abs(face.quality.yaw) < 8
        assert face.quality.roll is not None and abs(face.quality.roll) < 4


class TestTurnedTemplate:
    @settings(max_examples=25, deadline=None)
    @given(turn=st.floats(-30, 30), size=st.floats(0.3, 5), side=st.floats(30, 400), x=st.floats(-9, 300))
    def test_place_and_size_of_the_box_and_the_turn_of_the_points(
        self, turn: float, size: float, side: float, x: float
    ) -> None:
        angle = np.radians(turn)
        matrix = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        found = turned_template((x, 20, x + side, 20 + side), size * (TEMPLATE @ matrix.T) + 70)
        eyes = found[1] - found[0]
        slope = np.degrees(np.arctan2(eyes[1], eyes[0]) - np.arctan2(*(TEMPLATE[1] - TEMPLATE[0])[::-1]))
        assert slope == pytest.approx(turn, abs=1e-6)
        scale = side / USUAL_BOX[2]
        assert np.linalg.norm(eyes) == pytest.approx(scale * np.linalg.norm(TEMPLATE[1] - TEMPLATE[0]))
        middle = TEMPLATE.mean(0) - USUAL_BOX[:2]
        assert found.mean(0) == pytest.approx(np.array([x, 20]) + side / 2 + scale * middle)

    def test_a_face_in_its_usual_box_is_left_as_it_is(self) -> None:
        x, y, side = USUAL_BOX
        box = (x - side / 2, y - side / 2, x + side / 2, y + side / 2)
        assert np.allclose(turned_template(box, TEMPLATE), TEMPLATE)
        with pytest.raises(ValueError, match="one place"):
            turned_template(box, np.ones((5, 2)))

    def test_the_words_say_what_a_crop_is_aligned_by(self) -> None:
        (face,) = faces_of(draw_head(7, 0, HEAD), FaceSettings(embedder=""))
        assert face.aligned == "turned box" and face.landmarks is not None
        wanted = align(draw_head(7, 0, HEAD), turned_template(face.box, face.landmarks))
        assert np.array_equal(face.crop, wanted)


class TestFile:
    def test_it_is_small(self) -> None:
        assert sum(p.numel() for p in LandmarksMini().parameters()) <= 200_000
        path = store.find(NAME).path
        assert path.stat().st_size <= 500_000
        assert set(records.read_header(path).dtypes.values()) <= {"F16", "I64"}

    def test_the_store_lists_it_as_a_net_for_faces(self) -> None:
        status = store.status(store.entry(NAME))
        assert (status.state, status.task, status.architecture) == (
            "bundled",
            "face landmarks",
            "landmarks_mini",
        )
        error = store.entry(NAME).error
        assert error is not None and error < 0.08
        assert status.figures == f"error {100 * error:.1f} % (of the distance of the eyes, unseen people)"

    def test_the_card_says_what_the_file_says(self) -> None:
        found = store.find(NAME)
        card = found.path.with_suffix(".md").read_text(encoding="utf-8")
        meta = records.read_header(found.path).metadata
        for figure in ("test_error", "portraits_error"):
            assert f"**{float(meta[figure]):.1%}**" in card
        assert "Olivetti Research Laboratory" in card and "YuNet" in card
