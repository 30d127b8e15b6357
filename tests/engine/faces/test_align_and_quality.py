"""Alignment against OpenCV's estimate, a slow loop and hand-made turns; quality by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.cv import cv2
from engine.faces import drawn
from engine.faces.align import MOST_AROUND, SIDE, TEMPLATE, align, around, similarity, usual_eyes
from engine.faces.found import Quality
from engine.faces.quality import flaw_of, quality_of, turn_of

HEAD = np.array([[-0.5, 0, 0], [0.5, 0, 0], [0, 0.568, 0.5], [-0.4, 1.15, 0], [0.4, 1.15, 0]])
"""Right eye, left eye, tip of the nose, corners of the mouth: x right, y down, z towards the camera."""


def turned(yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0) -> np.ndarray:
    """The landmarks of a head turned so far, seen from far away, in pixels."""
    y, p, r = (math.radians(v) for v in (yaw, pitch, roll))
    about_y = np.array([[math.cos(y), 0, math.sin(y)], [0, 1, 0], [-math.sin(y), 0, math.cos(y)]])
    about_x = np.array([[1, 0, 0], [0, math.cos(p), -math.sin(p)], [0, math.sin(p), math.cos(p)]])
    about_z = np.array([[math.cos(r), -math.sin(r), 0], [math.sin(r), math.cos(r), 0], [0, 0, 1]])
    return (HEAD @ (about_z @ about_x @ about_y).T)[:, :2] * 40 + [100, 80]


class TestSimilarity:
    @settings(max_examples=40, deadline=None)
    @given(
        angle=st.floats(-3.1, 3.1), scale=st.floats(0.05, 20), x=st.floats(-500, 500), y=st.floats(-500, 500)
    )
    def test_a_turn_is_found_again(self, angle: float, scale: float, x: float, y: float) -> None:
        turn = scale * np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
        found = similarity(TEMPLATE, TEMPLATE @ turn.T + [x, y])
        assert np.allclose(found, np.column_stack([turn, [x, y]]), atol=1e-6 * max(scale * 100, 1))

    @settings(max_examples=30, deadline=None)
    @given(seed=st.integers(0, 999))
    def test_it_is_the_least_squares_of_a_linear_solver(self, seed: int) -> None:
        points = np.random.default_rng(seed).uniform(0, 200, (5, 2))
        rows, wanted = [], []
        for (px, py), (tx, ty) in zip(points, TEMPLATE, strict=True):  # a x - b y + c, b x + a y + d
            rows += [[px, -py, 1, 0], [py, px, 0, 1]]
            wanted += [tx, ty]
        a, b, c, d = np.linalg.lstsq(np.array(rows), np.array(wanted), rcond=None)[0]
        found = similarity(points, TEMPLATE)
        # A solver may mirror nothing either: both are turns and scales
        assert np.allclose(found, [[a, -b, c], [b, a, d]], atol=1e-6)

    def test_opencv_finds_the_same_for_exact_points(self) -> None:
        points = turned(roll=20) * 1.7
        matrix = similarity(points, TEMPLATE)
        exact = points @ matrix[:, :2].T + matrix[:, 2]
        theirs, _ = cv2.estimateAffinePartial2D(
            points.astype(np.float32), exact.astype(np.float32), method=cv2.LMEDS
        )
        assert np.allclose(matrix, theirs, atol=1e-3)

    @pytest.mark.parametrize(
        ("source", "target"),
        [(np.zeros((1, 2)), np.zeros((1, 2))), (np.ones((3, 2)), np.ones((3, 2))), (TEMPLATE, TEMPLATE[:2])],
    )
    def test_what_cannot_be_is_refused(self, source: np.ndarray, target: np.ndarray) -> None:
        with pytest.raises(ValueError, match=r"two points|one place"):
            similarity(source, target)


class TestAlign:
    def test_the_template_is_that_of_the_drawn_people(self) -> None:
        assert np.allclose(TEMPLATE, drawn.LANDMARKS)

    def test_an_aligned_face_stays_as_it_is(self) -> None:
        crop = drawn.draw_face(3)
        found = align(crop, TEMPLATE)
        assert np.abs(found.astype(int) - crop).max() <= 1

    @pytest.mark.parametrize("count", [5, 2])
    def test_a_turned_face_comes_back(self, count: int) -> None:
        crop = drawn.draw_face(5)
        cos, sin = 1.6 * math.cos(0.4), 1.6 * math.sin(0.4)
        matrix = np.array([[cos, -sin, 90], [sin, cos, 20]])
        large = cv2.warpAffine(crop, matrix, (320, 320), flags=cv2.INTER_CUBIC)
        points = TEMPLATE @ matrix[:, :2].T + matrix[:, 2]
        found = align(large, points[:count])
        middle = slice(20, 92)
        assert np.abs(found[middle, middle].astype(int) - crop[middle, middle]).mean() < 4

    def test_every_place_is_taken_from_where_the_turn_says(self) -> None:
        """A picture whose pixels tell their own place: red is x, green is y."""
        y, x = np.mgrid[:200, :200]
        pixels = np.stack([x, y, x * 0], 2).astype(np.uint8)
        points = turned(roll=10) + np.array([20, 10])
        matrix = similarity(points, TEMPLATE)
        back = np.linalg.inv(np.vstack([matrix, [0, 0, 1]]))
        found = align(pixels, points)
        for row, column in ((20, 30), (56, 56), (80, 61)):
            wanted = back @ [column, row, 1]
            assert found[row, column, 0] == pytest.approx(wanted[0], abs=1)
            assert found[row, column, 1] == pytest.approx(wanted[1], abs=1)

    def test_at_the_edge_of_a_picture_it_is_continued(self) -> None:
        found = align(np.full((30, 30, 3), 77, np.uint8), np.array([(5, 5), (20, 5)], float))
        assert found.shape == (SIDE, SIDE, 3) and (found == 77).all()

    def test_usual_eyes_lie_in_the_box(self) -> None:
        right, left = usual_eyes((10, 20, 110, 120))
        assert right.tolist() == [41, 58.5] and left.tolist() == [79, 58.5]


class TestAround:
    def test_it_is_twice_the_box_and_small(self) -> None:
        pixels = np.zeros((2000, 3000, 3), np.uint8)
        assert around(pixels, (1000, 500, 1100, 600)).shape == (200, 200, 3)
        assert max(around(pixels, (500, 500, 1500, 1500)).shape) == MOST_AROUND

    @pytest.mark.parametrize("box", [(-50, -50, 10, 10), (90, 90, 300, 300), (500, 500, 600, 600)])
    def test_at_the_edge_it_is_what_there_is(self, box: tuple[float, float, float, float]) -> None:
        found = around(np.zeros((100, 100, 3), np.uint8), box)
        assert min(found.shape[:2]) >= 1


class TestQuality:
    @pytest.mark.parametrize("yaw", [-40, -15, 0, 15, 40])
    def test_yaw_is_that_of_a_turned_head(self, yaw: float) -> None:
        assert turn_of(turned(yaw=yaw))[0] == pytest.approx(yaw, abs=0.5)

    @pytest.mark.parametrize("roll", [-30, 0, 12])
    def test_roll_does_not_disturb_yaw(self, roll: float) -> None:
        found = turn_of(turned(yaw=20, roll=roll))
        assert found[0] == pytest.approx(20, abs=0.5) and found[2] == pytest.approx(roll, abs=0.5)

    @pytest.mark.parametrize("pitch", [-20, -10, 0, 10, 20])
    def test_pitch_grows_as_the_head_looks_up(self, pitch: float) -> None:
        assert turn_of(turned(pitch=pitch))[1] == pytest.approx(pitch, abs=3)

    def test_light_and_sharpness_by_hand(self) -> None:
        flat = quality_of(np.full((112, 112, 3), 90, np.uint8), (0, 0, 50, 40), None)
        assert (flat.size, flat.sharpness, flat.light, flat.contrast) == (40, 0, 90, 0)
        assert (flat.yaw, flat.pitch, flat.roll) == (None, None, None)
        crop = drawn.draw_face(1)
        blurred = cv2.GaussianBlur(crop, (0, 0), 3)
        box = (0.0, 0.0, 112.0, 112.0)
        assert quality_of(blurred, box, None).sharpness < quality_of(crop, box, None).sharpness / 5
        assert quality_of(crop, box, TEMPLATE).yaw == pytest.approx(0, abs=2)
        assert quality_of(crop, box, TEMPLATE[:2]).yaw is None

    def test_what_keeps_a_face_from_being_enrolled(self) -> None:
        good = Quality(80, 30, 45, 18)
        assert flaw_of(good) is None and flaw_of(replace(good, light=215)) is None
        for change, flaw in (
            ({"size": 79.9}, "small"),
            ({"light": 44.9}, "dark"),
            ({"light": 215.1}, "bright"),
            ({"contrast": 17.9}, "flat"),
            ({"sharpness": 29.9}, "blurred"),
        ):
            assert flaw_of(replace(good, **change)) == flaw
        assert flaw_of(Quality(10, 0, 0, 0)) == "small", "the gravest is told"
