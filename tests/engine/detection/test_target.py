"""Target vectors and losses: encoding back and forth, sums done by hand, and torch."""

from __future__ import annotations

import math
from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.context import Context
from engine.detection import target
from engine.detection.checks.check import check_target
from engine.detection.checks.requests import CheckTarget
from engine.detection.target import Corners, Loss, Term
from engine.errors import UserError

SIZE = (200, 100)
NO_CONTEXT = cast(Context, None)


@st.composite
def things(draw: st.DrawFn) -> tuple[Corners, int, int, tuple[int, int]]:
    """A box with an area in a picture, a class, how many classes there are, the picture's size."""
    width, height = draw(st.integers(1, 4000)), draw(st.integers(1, 4000))
    classes = draw(st.integers(1, 20))
    x1, y1 = draw(st.floats(0, width - 0.5)), draw(st.floats(0, height - 0.5))
    x2, y2 = draw(st.floats(x1 + 0.25, width)), draw(st.floats(y1 + 0.25, height))
    return (x1, y1, x2, y2), draw(st.integers(0, classes - 1)), classes, (width, height)


def test_a_vector_done_by_hand() -> None:
    y = target.encode(((20, 10, 120, 60), 1), 3, SIZE)
    np.testing.assert_allclose(y, [1, 0.35, 0.35, 0.5, 0.5, 0, 1, 0], atol=1e-15)
    assert target.names(3) == ("p_c", "b_x", "b_y", "b_h", "b_w", "c_1", "c_2", "c_3")


def test_nothing_cares_for_nothing_else() -> None:
    y = target.encode(None, 3, SIZE)
    assert y[0] == 0 and np.isnan(y[1:]).all() and target.decode(y, SIZE) is None


@given(things())
def test_decoding_undoes_encoding(thing: tuple[Corners, int, int, tuple[int, int]]) -> None:
    corners, kind, classes, size = thing
    y = target.encode((corners, kind), classes, size)
    assert len(y) == 5 + classes and (y[1:5] >= 0).all() and (y[1:5] <= 1).all() and y[5:].sum() == 1
    decoded = target.decode(y, size)
    assert decoded is not None and decoded[1] == kind
    np.testing.assert_allclose(decoded[0], corners, atol=1e-9 * max(size))


@pytest.mark.parametrize(("kind", "size"), [(3, SIZE), (-1, SIZE), (0, (0, 5))])
def test_what_cannot_be_encoded_is_refused(kind: int, size: tuple[int, int]) -> None:
    with pytest.raises(UserError):
        target.encode(((0, 0, 1, 1), kind), 3, size)


class TestLoss:
    def test_the_course_adds_squares(self) -> None:
        y = np.array([1, 0.5, 0.5, 0.4, 0.2, 0, 1])
        guess = np.array([0.9, 0.6, 0.5, 0.2, 0.5, 0.25, 0.75])
        terms = target.loss_terms(y, guess, "course")
        np.testing.assert_allclose([t.value for t in terms], [0.01, 0.01, 0, 0.04, 0.09, 0.0625, 0.0625])
        assert target.total(terms) == pytest.approx(0.275) and all(t.counted for t in terms)

    def test_practice_by_hand(self) -> None:
        y = np.array([1, 0.5, 0.5, 0.36, 0.04, 0, 1])
        guess = np.array([0.5, 0.6, 0.5, 0.49, 0.16, 0.75, 0.25])
        plain = [t.value for t in target.loss_terms(y, guess, "practice")]
        rooted = [t.value for t in target.loss_terms(y, guess, "practice", roots=True)]
        np.testing.assert_allclose(plain, [math.log(2), 0.01, 0, 0.0169, 0.0144, 0, math.log(4)], atol=1e-12)
        np.testing.assert_allclose(rooted[3:5], [0.01, 0.04], atol=1e-12)

    @pytest.mark.parametrize("loss", ["course", "practice"])
    def test_where_nothing_is_only_its_presence_counts(self, loss: Loss) -> None:
        y = target.encode(None, 2, SIZE)
        guess = target.guess_vector(0.2, (0, 0, 50, 50), (1, 2), SIZE)
        terms = target.loss_terms(y, guess, loss)
        assert [t.counted for t in terms] == [True] + [False] * 6
        assert target.total(terms) == pytest.approx(0.04 if loss == "course" else -math.log(0.8))

    @given(things(), things(), st.floats(0.01, 0.99), st.booleans(), st.sampled_from(("course", "practice")),
           st.booleans(), st.data())  # fmt: skip
    def test_every_term_is_torchs(
        self,
        thing: tuple[Corners, int, int, tuple[int, int]],
        other: tuple[Corners, int, int, tuple[int, int]],
        p: float,
        present: bool,
        loss: Loss,
        roots: bool,
        data: st.DataObject,
    ) -> None:
        corners, kind, classes, size = thing
        scores = tuple(data.draw(st.lists(st.floats(-6, 6), min_size=classes, max_size=classes)))
        share = (
            other[0][0] / other[3][0],
            other[0][1] / other[3][1],
            other[0][2] / other[3][0],
            other[0][3] / other[3][1],
        )
        box = share[0] * size[0], share[1] * size[1], share[2] * size[0], share[3] * size[1]
        y = target.encode((corners, kind) if present else None, classes, size)
        guess = target.guess_vector(p, box, scores, size)
        terms = target.loss_terms(y, guess, loss, roots=roots)
        request = CheckTarget(y, p, guess[target.BOX], scores, loss, roots, terms)
        result = check_target(request, NO_CONTEXT)
        assert result.agrees, result

    def test_a_wrong_term_is_found(self) -> None:
        y = target.encode(((0, 0, 100, 50), 0), 2, SIZE)
        guess = target.guess_vector(0.7, (0, 0, 50, 50), (1, 2), SIZE)
        first, *others = target.loss_terms(y, guess, "practice")
        terms = (Term(0, first.value + 0.25, True), *others)
        result = check_target(
            CheckTarget(y, 0.7, guess[target.BOX], (1, 2), "practice", False, terms), NO_CONTEXT
        )
        assert not result.agrees and result.max_abs_difference == pytest.approx(0.25)

    def test_a_softmax_of_large_scores_is_finite(self) -> None:
        np.testing.assert_allclose(target.softmax([1000.0, 1000.0]), [0.5, 0.5])
