"""The laws, the adjoint, joined and separable kernels, the spectrum: identities drawn by hypothesis, and by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import linalg, signal

from engine.context import Context
from engine.foundations.algebra.adjoint import Pairing, adjoint, adjoint_mode, matrix
from engine.foundations.algebra.check import check
from engine.foundations.algebra.exact import is_exact, largest, numbers
from engine.foundations.algebra.joined import Joined
from engine.foundations.algebra.laws import LAWS, Law, demonstrate
from engine.foundations.algebra.placed import Placed, delta, difference, distance, placed, plus, together
from engine.foundations.algebra.presets import KERNELS
from engine.foundations.algebra.products import MODES, OTHER, Kind, Mode, convolve, correlate, flip, multiply
from engine.foundations.algebra.requests import Back, CheckAlgebra, Product
from engine.foundations.algebra.separable import separate
from engine.foundations.algebra.spectrum import Circle, circled, circular, transform

Array = npt.NDArray[Any]
KINDS: tuple[Kind, ...] = ("convolution", "correlation")
whole = st.integers(-20, 20)
decimal = st.floats(-3, 3)


@st.composite
def operands(
    draw: st.DrawFn, count: int, largest: int = 4, axes: int | None = None, *, fitting: bool = False
) -> list[Array]:
    """Arrays of one or two axes, all whole or all decimal."""
    axes = draw(st.integers(1, 2)) if axes is None else axes
    element = draw(st.sampled_from([whole, decimal]))
    found: list[Array] = []
    for _ in range(count):
        most = found[0].shape if fitting and found else (largest,) * axes
        shape = tuple(draw(st.integers(1, n)) for n in most)
        size = int(np.prod(shape))
        values = draw(st.lists(element, min_size=size, max_size=size))
        found.append(numbers(np.array(values).reshape(shape)))
    return found


class TestLaws:
    @given(operands(3), st.sampled_from(LAWS), st.lists(st.integers(-2, 2), min_size=2, max_size=2))
    @settings(max_examples=40)
    def test_convolution_has_them_all(self, three: list[Array], law: Law, shift: list[int]) -> None:
        a, b, c = map(placed, three)
        shown = demonstrate(law, "convolution", a, b, c, tuple(shift[: a.values.ndim]))
        assert shown.claim.holds and shown.instead is None
        assert shown.claim.exact == is_exact(*(m.result.values for m in shown.multiplied))
        assert shown.claim.exact is False or shown.claim.largest == 0

    @given(operands(3), st.sampled_from(LAWS), st.lists(st.integers(-2, 2), min_size=2, max_size=2))
    @settings(max_examples=40)
    def test_cross_correlation_has_three_of_them_and_for_two_another_one(
        self, three: list[Array], law: Law, shift: list[int]
    ) -> None:
        a, b, c = map(placed, three)
        shown = demonstrate(law, "correlation", a, b, c, tuple(shift[: a.values.ndim]))
        if law in ("commute", "associate"):
            assert shown.instead is not None and shown.instead.holds
        else:
            assert shown.claim.holds and shown.instead is None

    def test_cross_correlation_fails_where_it_must(self) -> None:
        a, b, c = placed(numbers([1, 2])), placed(numbers([3, 5])), placed(numbers([1, 4]))
        commute = demonstrate("commute", "correlation", a, b, c, (0,))
        np.testing.assert_array_equal(commute.claim.left.result.values, [5, 13, 6])
        np.testing.assert_array_equal(commute.claim.right.result.values, [6, 13, 5])
        assert not commute.claim.holds and commute.claim.largest == 1
        associate = demonstrate("associate", "correlation", a, b, c, (0,))
        assert not associate.claim.holds and associate.claim.largest > 0

    @given(operands(3))
    def test_a_correlated_with_b_star_c_is_a_star_c_correlated_with_b(self, three: list[Array]) -> None:
        """Why associativity fails: the second flip is undone."""
        a, b, c = map(placed, three)
        left = a.times("correlation", b.times("correlation", c))
        right = a.times("convolution", c).times("correlation", b)
        assert distance(left, right) <= 1e-12 * max(1.0, largest(left.values))

    def test_all_products_of_a_demonstration_can_be_checked(self) -> None:
        a, b, c = (placed(numbers(v)) for v in ([[1, 2], [3, 4]], [[0, 1], [2, 5]], [[1, -1]]))
        for law in LAWS:
            for kind in KINDS:
                shown = demonstrate(law, kind, a, b, c, (1, 0))
                claims = tuple(
                    Product(m.kind, "full", m.a.values, m.b.values, m.result.values) for m in shown.multiplied
                )
                assert claims and check(CheckAlgebra(claims), Context()).agrees


class TestPlaced:
    def test_a_block_and_its_place(self) -> None:
        one = Placed(numbers([1, 2, 3]), (-1,))
        np.testing.assert_array_equal(one.flipped().values, [3, 2, 1])
        assert one.flipped().origin == (-1,) and one.shifted((2,)).origin == (1,)
        wide, other = together(one, Placed(numbers([7]), (3,)))
        np.testing.assert_array_equal(wide.values, [1, 2, 3, 0, 0])
        np.testing.assert_array_equal(other.values, [0, 0, 0, 0, 7])
        with pytest.raises(ValueError, match="smaller"):
            one.within((0,), (2,))
        np.testing.assert_array_equal(plus(one, one.shifted((1,))).values, [1, 3, 5, 3])
        np.testing.assert_array_equal(difference(one, one.shifted((1,))).values, [1, 1, 1, -3])

    @given(operands(2))
    def test_correlating_is_convolving_with_the_flipped_function(self, two: list[Array]) -> None:
        """As functions: places included."""
        a, b = placed(two[0]), Placed(two[1], (3,) * two[1].ndim)
        assert distance(a.times("correlation", b), a.times("convolution", b.flipped())) == 0
        assert distance(a.times("correlation", b), b.times("correlation", a).flipped()) <= 1e-12

    def test_delta_has_its_one_at_zero(self) -> None:
        assert delta((3, 2)).origin == (-1, 0)
        np.testing.assert_array_equal(delta((3, 2)).values, [[0, 0], [1, 0], [0, 0]])


class TestAdjoint:
    @given(operands(2, 5, fitting=True), st.sampled_from(KINDS), st.sampled_from(MODES), st.integers(0, 99))
    @settings(max_examples=40)
    def test_both_inner_products_are_one_number(
        self, two: list[Array], kind: Kind, mode: Mode, seed: int
    ) -> None:
        x, kernel = two
        shape = multiply(kind, x, kernel, mode).shape
        y = numbers(np.random.default_rng(seed).integers(-9, 9, shape))
        pair = Pairing(x, kernel, y, kind, mode)
        assert pair.left == (pair.right if pair.exact else pytest.approx(pair.right, abs=1e-9))
        assert not pair.exact or isinstance(pair.left, int)
        np.testing.assert_allclose(pair.matrix @ x.ravel(), pair.forward.ravel(), atol=1e-9)
        np.testing.assert_allclose(pair.matrix.T @ y.ravel(), pair.backward.ravel(), atol=1e-9)
        claims = (Back(kind, mode, kernel, y, pair.backward), Product(kind, mode, x, kernel, pair.forward))
        assert check(CheckAlgebra(claims), Context()).agrees

    @given(operands(2, 5, fitting=True), st.sampled_from(KINDS), st.integers(0, 99))
    def test_full_and_valid_of_the_two_products_are_adjoint(
        self, two: list[Array], kind: Kind, seed: int
    ) -> None:
        """<x ⋆ k, y> = <x, y * k>, the first "valid", the second "full"; and the other three ways."""
        x, kernel = two
        for mode in ("valid", "full"):
            y = numbers(np.random.default_rng(seed).integers(-9, 9, multiply(kind, x, kernel, mode).shape))
            back = multiply(OTHER[kind], y, kernel, adjoint_mode(mode))
            np.testing.assert_array_equal(adjoint(kind, y, kernel, x.shape, mode), back)

    @given(operands(1, 6, 1), st.lists(whole, min_size=3, max_size=3), st.sampled_from(KINDS))
    def test_same_is_adjoint_to_same_where_the_kernel_is_odd(
        self, one: list[Array], kernel: list[int], kind: Kind
    ) -> None:
        y, k = one[0], numbers(kernel)
        np.testing.assert_array_equal(
            adjoint(kind, y, k, y.shape, "same"), multiply(OTHER[kind], y, k, "same")
        )

    def test_the_matrix_is_scipys_and_toeplitz(self) -> None:
        kernel = numbers([1, 2, 5])
        np.testing.assert_array_equal(
            matrix(kernel, (4,), "convolution", "full"), linalg.convolution_matrix([1, 2, 5], 4, "full")
        )
        valid = matrix(kernel, (6,), "correlation", "valid")
        np.testing.assert_array_equal(valid, linalg.toeplitz([1, 0, 0, 0], [1, 2, 5, 0, 0, 0]))
        blocks = matrix(numbers([[1, 2], [3, 4]]), (3, 3), "correlation", "valid")
        np.testing.assert_array_equal(blocks[0], [1, 2, 0, 3, 4, 0, 0, 0, 0])
        np.testing.assert_array_equal(blocks[3], [0, 0, 0, 0, 1, 2, 0, 3, 4])

    def test_a_y_of_another_shape_is_refused(self) -> None:
        with pytest.raises(ValueError, match="shape"):
            adjoint("convolution", numbers([1, 2]), numbers([1, 2]), (3,), "full")


class TestJoined:
    @given(operands(3, 4), st.sampled_from(KINDS))
    def test_two_filters_are_one(self, three: list[Array], kind: Kind) -> None:
        x, first, second = three
        joined = Joined(x, first, second, kind, "full")
        assert joined.largest <= (0 if joined.exact else 1e-11) and not joined.is_border.any()
        assert joined.merged.shape == tuple(k + m - 1 for k, m in zip(first.shape, second.shape, strict=True))

    @given(st.integers(0, 99), st.sampled_from([1, 3, 5]), st.sampled_from([1, 3]), st.sampled_from(KINDS))
    def test_same_differs_at_the_border_alone(self, seed: int, k: int, m: int, kind: Kind) -> None:
        rng = np.random.default_rng(seed)
        x, first, second = (numbers(rng.integers(-5, 6, (n, n))) for n in (8, k, m))
        joined = Joined(x, first, second, kind, "same")
        assert joined.inner_largest == 0
        assert (~joined.is_border).sum() == (8 - m + 1) ** 2
        assert Joined(x, first, second, kind, "valid").largest == 0

    def test_the_border_does_differ_and_costs_are_counted(self) -> None:
        ones = numbers(np.ones((3, 3)))
        joined = Joined(numbers(np.ones((6, 6))), ones, ones, "convolution", "same")
        assert (joined.in_sequence[0, 0], joined.at_once[0, 0], joined.largest) == (25, 36, 11)
        assert (joined.products_apart, joined.products_merged) == (18, 25)
        np.testing.assert_array_equal(joined.merged, signal.convolve2d(ones, ones))


class TestSeparable:
    @given(
        st.lists(st.integers(-6, 6), min_size=1, max_size=5),
        st.lists(st.integers(-6, 6), min_size=1, max_size=5),
    )
    def test_a_column_times_a_row_is_found_in_whole_numbers(self, column: list[int], row: list[int]) -> None:
        kernel = numbers(np.outer(column, row))
        found = separate(kernel)
        if not kernel.any():
            assert found.rank == 0 and not found.outer.any()
            return
        assert found.separable and is_exact(found.column, found.row) and not found.rest.any()
        np.testing.assert_array_equal(found.column @ found.row, kernel)

    @given(operands(1, 5, 2))
    def test_the_rest_is_what_the_other_singular_values_have(self, one: list[Array]) -> None:
        """Eckart and Young: its Frobenius norm is the root of the sum of their squares; rank as numpy says."""
        found = separate(one[0])
        rest = float(np.sqrt((found.singular[1:] ** 2).sum()))
        assert np.linalg.norm(found.rest) == pytest.approx(rest, abs=1e-8)
        if is_exact(one[0]):
            assert found.rank == np.linalg.matrix_rank(
                one[0].astype(float), tol=1e-9 * max(found.singular[0], 1e-9)
            )
        assert 0 <= found.energy <= 1 + 1e-12

    def test_known_kernels(self) -> None:
        ranks = {name: separate(numbers(kernel)).rank for name, (_, kernel) in KERNELS.items()}
        assert ranks == {
            "binomial": 1, "box": 1, "sobel": 1, "prewitt": 1, "laplace": 2, "diagonal": 3, "soft": 2,
        }  # fmt: skip
        sobel = separate(numbers(KERNELS["sobel"][1]))
        np.testing.assert_array_equal(sobel.column, [[1], [2], [1]])
        np.testing.assert_array_equal(sobel.row, [[1, 0, -1]])
        x = numbers(np.arange(30).reshape(5, 6) % 7)
        np.testing.assert_array_equal(
            convolve(x, sobel.kernel, "valid"),
            convolve(convolve(x, sobel.column, "valid"), sobel.row, "valid"),
        )
        with pytest.raises(ValueError, match="rows and columns"):
            separate(numbers([1, 2]))


class TestSpectrum:
    @given(st.integers(1, 9), st.integers(0, 99), st.booleans())
    def test_the_spectrum_of_a_product_is_the_product_of_the_spectra(
        self, n: int, seed: int, cut: bool
    ) -> None:
        rng = np.random.default_rng(seed)
        a, b = (numbers(rng.integers(-5, 6, n) if cut else rng.normal(size=n)) for _ in range(2))
        circle = Circle(a, b)
        np.testing.assert_allclose(transform(a), np.fft.fft(a), atol=1e-12)
        np.testing.assert_allclose(transform(transform(a), back=True), a, atol=1e-12)
        np.testing.assert_allclose(circle.multiplied, np.fft.fft(circle.product), atol=1e-10)
        assert circle.agrees
        np.testing.assert_allclose(
            circle.product, [sum(a[m] * b[(k - m) % n] for m in range(n)) for k in range(n)], atol=1e-12
        )

    @given(operands(2, 5, 1))
    def test_enough_zeros_make_the_circle_a_line(self, two: list[Array]) -> None:
        a, b = two
        length = len(a) + len(b) - 1
        np.testing.assert_allclose(
            circular(circled(a, length), circled(b, length)), convolve(a, b), atol=1e-12
        )

    def test_what_is_too_long_is_laid_over_its_beginning(self) -> None:
        np.testing.assert_array_equal(circled(numbers([1, 2, 3, 4]), 3), [5, 2, 3])
        line = convolve(numbers([1, 2, 3]), numbers([1, 1, 0]))
        np.testing.assert_array_equal(circular(numbers([1, 2, 3]), numbers([1, 1, 0])), circled(line, 3))
        with pytest.raises(ValueError, match="one length"):
            circular(numbers([1, 2]), numbers([1]))


@given(operands(2))
def test_correlation_is_convolution_with_the_flipped_kernel(two: list[Array]) -> None:
    np.testing.assert_array_equal(correlate(*two), convolve(two[0], flip(two[1])))
