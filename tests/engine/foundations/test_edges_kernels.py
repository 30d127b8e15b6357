"""The catalogue of kernels against hand-written arrays, OpenCV, scikit-image, scipy and slow loops."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage
from skimage import filters

from engine.cv import cv2
from engine.foundations.convolution import ConvSpec, trace
from engine.foundations.edges import kernels
from engine.foundations.edges.catalogue import (
    ENTRIES,
    GRADIENTS,
    NAMES,
    ODD,
    SMALL,
    TURNING,
    EdgeKernel,
    KernelName,
    custom,
    entry,
    gain,
    pair,
    resized,
    weight,
)
from engine.foundations.edges.inputs import INPUTS, edge_input, make
from engine.foundations.presets import kernel_preset

SIDE = 12


def picture() -> np.ndarray:
    return np.random.default_rng(7).random((SIDE, SIDE)) * 255


def correlated(x: np.ndarray, plane: np.ndarray) -> np.ndarray:
    """Our convolution, without padding."""
    return trace(x, plane).output[0]


def inner(values: np.ndarray, size: int) -> np.ndarray:
    """The part of a same-sized answer that no border touches."""
    reach = size // 2
    return values[reach : len(values) - reach, reach : values.shape[1] - reach]


class TestCatalogue:
    def test_names_are_those_of_the_type_and_are_found(self) -> None:
        assert [one.name for one in ENTRIES] == list(NAMES)
        assert all(entry(name).title and entry(name).source for name in NAMES)
        assert GRADIENTS == ("sobel", "prewitt", "scharr") and (*GRADIENTS, "gabor") == TURNING
        with pytest.raises(KeyError):
            entry("canny")

    @pytest.mark.parametrize("name", [name for name in NAMES if name != "custom"])
    def test_every_size_has_its_shape_and_its_sum(self, name: KernelName) -> None:
        for size in entry(name).sizes:
            plane = weight(EdgeKernel(name, size, angle=30))
            assert plane.shape == (size, size) and np.isfinite(plane).all() and plane.any()
            total = 1.0 if entry(name).keeps_brightness else 0.0
            assert plane.sum() == pytest.approx(total, abs=1e-12)

    def test_a_typed_kernel_is_what_was_typed_in_any_size(self) -> None:
        plane = np.arange(9.0).reshape(3, 3)
        kernel = custom(plane)
        np.testing.assert_array_equal(weight(kernel), plane)
        larger = resized(kernel, 7)
        np.testing.assert_array_equal(weight(larger), np.pad(plane, 2))
        assert resized(larger, 3) == kernel and larger.size == 7
        np.testing.assert_array_equal(weight(resized(custom(np.arange(25.0).reshape(5, 5)), 3))[0], [6, 7, 8])
        assert not weight(EdgeKernel("custom", 5)).any()
        assert resized(EdgeKernel("sobel"), 5) == EdgeKernel("sobel", 5)

    @pytest.mark.parametrize(
        ("name", "angle", "expected"),
        [
            ("sobel", 0, [[1, 0, -1], [2, 0, -2], [1, 0, -1]]),
            ("sobel", 90, [[1, 2, 1], [0, 0, 0], [-1, -2, -1]]),
            ("sobel", 180, [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
            ("prewitt", 0, [[1, 0, -1], [1, 0, -1], [1, 0, -1]]),
            ("scharr", 90, [[3, 10, 3], [0, 0, 0], [-3, -10, -3]]),
            ("laplacian-4", 0, [[0, 1, 0], [1, -4, 1], [0, 1, 0]]),
            ("laplacian-8", 0, [[1, 1, 1], [1, -8, 1], [1, 1, 1]]),
            ("sharpen", 0, [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
            ("emboss", 0, [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]),
            ("identity", 0, [[0, 0, 0], [0, 1, 0], [0, 0, 0]]),
        ],
    )
    def test_the_textbook_numbers(self, name: KernelName, angle: float, expected: list[list[int]]) -> None:
        assert weight(EdgeKernel(name, angle=angle)).tolist() == expected

    def test_presets_of_the_convolution_page_are_the_same_kernels(self) -> None:
        for preset, name in (("sobel-vertical", "sobel"), ("vertical-edge", "prewitt"), ("scharr-vertical", "scharr"),
                             ("laplacian", "laplacian-4"), ("sharpen", "sharpen"), ("emboss", "emboss")):  # fmt: skip
            for size in SMALL:
                plane = weight(EdgeKernel(name, size))  # type: ignore[arg-type]
                np.testing.assert_array_equal(kernel_preset(preset).make(size)[0], plane)

    def test_a_kernel_without_direction_has_no_pair(self) -> None:
        with pytest.raises(ValueError, match="no gradient"):
            pair(EdgeKernel("laplacian-4"))

    def test_the_gain_is_the_answer_to_a_step(self) -> None:
        step = np.repeat(np.array([[1.0] * 3 + [0.0] * 3]), 6, axis=0)
        for name in GRADIENTS:
            plane = weight(EdgeKernel(name))
            assert correlated(step, plane).max() == gain(plane)
        assert gain(np.zeros((3, 3))) == 1


class TestAgainstLibraries:
    @pytest.mark.parametrize("size", SMALL)
    def test_sobel_is_opencvs_with_the_other_sign(self, size: int) -> None:
        x = picture()
        for name, order in ((0.0, (1, 0)), (90.0, (0, 1))):
            theirs = cv2.Sobel(x, cv2.CV_64F, *order, ksize=size)
            ours = correlated(x, weight(EdgeKernel("sobel", size, name)))
            np.testing.assert_allclose(ours, -inner(theirs, size), rtol=1e-12, atol=1e-8)

    def test_scharr_and_the_laplacian_are_opencvs(self) -> None:
        x = picture()
        np.testing.assert_allclose(
            correlated(x, weight(EdgeKernel("scharr"))), -inner(cv2.Scharr(x, cv2.CV_64F, 1, 0), 3), atol=1e-8
        )
        np.testing.assert_allclose(
            correlated(x, weight(EdgeKernel("laplacian-4"))),
            inner(cv2.Laplacian(x, cv2.CV_64F, ksize=1), 3),
            atol=1e-8,
        )

    def test_prewitt_is_scipys_and_scikit_images(self) -> None:
        x = picture()
        ours = correlated(x, weight(EdgeKernel("prewitt")))
        np.testing.assert_allclose(ours, -inner(ndimage.prewitt(x, axis=1), 3), atol=1e-9)
        np.testing.assert_allclose(ours, -3 * inner(filters.prewitt_v(x), 3), atol=1e-9)
        np.testing.assert_allclose(
            correlated(x, weight(EdgeKernel("scharr", angle=90))),
            -16 * inner(filters.scharr_h(x), 3),
            atol=1e-9,
        )
        np.testing.assert_allclose(
            correlated(x, weight(EdgeKernel("laplacian-4"))), inner(ndimage.laplace(x), 3), atol=1e-9
        )

    @given(size=st.sampled_from(ODD), sigma=st.floats(0.3, 5))
    @settings(max_examples=30, deadline=None)
    def test_the_gaussian_is_opencvs(self, size: int, sigma: float) -> None:
        row = cv2.getGaussianKernel(size, sigma, cv2.CV_64F)
        ours = weight(EdgeKernel("gaussian", size, sigma=sigma))
        np.testing.assert_allclose(ours, row @ row.T, atol=1e-12)

    @given(
        size=st.sampled_from(ODD),
        angle=st.floats(0, 360),
        sigma=st.floats(0.5, 5),
        wavelength=st.floats(2, 16),
        phase=st.floats(0, 360),
        aspect=st.floats(0.2, 2),
    )
    @settings(max_examples=40, deadline=None)
    def test_gabor_is_opencvs_rotated_and_the_formula_in_a_loop(
        self, size: int, angle: float, sigma: float, wavelength: float, phase: float, aspect: float
    ) -> None:
        ours = kernels.gabor(size, angle, sigma, wavelength, phase, aspect)
        theirs = cv2.getGaborKernel(
            (size, size), sigma, math.radians(angle), wavelength, aspect, math.radians(phase), cv2.CV_64F
        )
        np.testing.assert_allclose(ours, theirs[::-1, ::-1], atol=1e-9)
        slow = np.empty_like(ours)
        turn = math.radians(angle)
        for row in range(size):
            for col in range(size):
                x, y = col - size // 2, row - size // 2
                u = x * math.cos(turn) + y * math.sin(turn)
                v = -x * math.sin(turn) + y * math.cos(turn)
                slow[row, col] = math.exp(-(u * u + aspect**2 * v * v) / (2 * sigma**2)) * math.cos(
                    2 * math.pi * u / wavelength + math.radians(phase)
                )
        np.testing.assert_allclose(ours, slow, atol=1e-12)

    def test_a_gabor_of_phase_90_has_the_sign_of_the_edges(self) -> None:
        bright_dark = make("bright-dark", 16)
        plane = weight(EdgeKernel("gabor", 7, sigma=2, wavelength=8, phase=90))
        assert correlated(bright_dark, plane)[5, 5] > 0


class TestTurning:
    @given(angle=st.floats(-720, 720), name=st.sampled_from(GRADIENTS), size=st.sampled_from(SMALL))
    @settings(max_examples=50, deadline=None)
    def test_the_answer_is_mixed_as_the_kernels_are(self, angle: float, name: KernelName, size: int) -> None:
        kernel, x = EdgeKernel(name, size, angle), picture()
        vertical, horizontal = pair(kernel)
        turn = math.radians(angle)
        mixed = math.cos(turn) * ndimage.correlate(x, vertical) + math.sin(turn) * ndimage.correlate(
            x, horizontal
        )
        np.testing.assert_allclose(correlated(x, weight(kernel)), inner(mixed, size), atol=1e-7)

    @given(angle=st.floats(0, 360), name=st.sampled_from(GRADIENTS), size=st.sampled_from(SMALL))
    @settings(max_examples=50, deadline=None)
    def test_a_slope_answers_with_its_own_direction(self, angle: float, name: KernelName, size: int) -> None:
        """A plane that falls along an angle: that angle is measured, and the kernel turned there answers the most."""
        y, x = np.mgrid[:9, :9].astype(float)
        turn = math.radians(angle)
        falling = -(x * math.cos(turn) + y * math.sin(turn))
        vertical, horizontal = pair(EdgeKernel(name, size))
        gx, gy = correlated(falling, vertical)[0, 0], correlated(falling, horizontal)[0, 0]
        measured = math.degrees(math.atan2(gy, gx))
        assert (measured - angle + 180) % 360 - 180 == pytest.approx(0, abs=1e-7)
        best = correlated(falling, weight(EdgeKernel(name, size, angle)))[0, 0]
        assert best == pytest.approx(math.hypot(gx, gy))

    def test_quarter_turns_leave_no_crumbs(self) -> None:
        for angle in range(0, 361, 90):
            plane = weight(EdgeKernel("sobel", angle=angle))
            assert np.array_equal(plane, np.rint(plane)) and not np.signbit(plane[plane == 0]).any()

    @pytest.mark.parametrize("angle", [45, 70, 85])
    def test_the_angles_of_the_course(self, angle: float) -> None:
        plane = weight(EdgeKernel("sobel", angle=angle))
        cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        expected = [
            [cos + sin, 2 * sin, sin - cos],
            [2 * cos, 0, -2 * cos],
            [cos - sin, -2 * sin, -cos - sin],
        ]
        np.testing.assert_allclose(plane, expected, atol=1e-12)


class TestInputs:
    def test_names_are_found(self) -> None:
        assert len({one.name for one in INPUTS}) == len(INPUTS)
        with pytest.raises(KeyError):
            edge_input("cat")

    @pytest.mark.parametrize("name", [one.name for one in INPUTS])
    @pytest.mark.parametrize("side", [8, 10, 20])
    def test_flipping_exchanges_bright_and_dark(self, name: str, side: int) -> None:
        for direction in (0, 45, 70):
            x = make(name, side, direction)
            assert x.shape == (side, side) and np.array_equal(x, np.rint(x))
            assert x.min() >= 0 and x.max() <= 10 and np.ptp(x) >= 9
            np.testing.assert_array_equal(make(name, side, direction, flipped=True), 10 - x)

    def test_the_edge_of_the_course(self) -> None:
        x = make("bright-dark", 8)
        assert x.tolist() == [[10] * 4 + [0] * 4] * 8
        prewitt = weight(EdgeKernel("prewitt"))
        assert correlated(x, prewitt)[0].tolist() == [0, 0, 30, 30, 0, 0]
        assert correlated(10 - x, prewitt)[0].tolist() == [0, 0, -30, -30, 0, 0]
        both = correlated(make("stripe", 8), prewitt)[0]
        assert both.tolist() == [0, 30, 30, -30, -30, 0]

    def test_an_edge_can_be_turned(self) -> None:
        np.testing.assert_array_equal(make("bright-dark", 8, 90), make("bright-dark", 8).T)
        np.testing.assert_array_equal(make("bright-dark", 8, 180), make("bright-dark", 8, flipped=True))
        diagonal = make("bright-dark", 8, 45)
        assert diagonal[0, 0] == 10 and diagonal[7, 7] == 0 and diagonal[0, 7] == diagonal[7, 0] == 5

    @pytest.mark.parametrize("angle", [0, 45, 70, 85, 90, 200])
    def test_the_kernel_answers_most_when_it_lies_along_the_edge(self, angle: float) -> None:
        x = make("bright-dark", 8, angle)
        middle = [correlated(x, weight(EdgeKernel("sobel", angle=angle + turn)))[2:4, 2:4].mean()
                  for turn in (-60, -30, 0, 30, 60)]  # fmt: skip
        assert int(np.argmax(middle)) == 2

    def test_an_impulse_prints_the_kernel(self) -> None:
        plane = weight(EdgeKernel("emboss"))
        answer = trace(make("impulse", 8) / 10, plane, spec=ConvSpec(padding="same")).output[0]
        np.testing.assert_array_equal(answer[3:6, 3:6], plane[::-1, ::-1])
