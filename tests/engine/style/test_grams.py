"""Gram matrices to be looked at: by slow loops, by hand, and as the cost of a run sees them."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from engine.context import Context
from engine.errors import UserError
from engine.images import Frame
from engine.style.backbones import BUNDLED
from engine.style.channel_order import by_similarity
from engine.style.grams import compare, look
from engine.style.requests import CheckWorked, ComparedGrams, CompareGrams, LookAtGrams
from engine.style.settings import StyleSettings
from engine.style.worked import check, gram_of, work

Floats = npt.NDArray[np.float64]
SIDE = 40


def answered(steps: Generator[Any, None, Any]) -> Any:
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            return stop.value


def picture(seed: int, width: int = SIDE, height: int = SIDE) -> Frame:
    return Frame(
        np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8), f"picture {seed}"
    )


def layers() -> tuple[str, ...]:
    from engine.style.backbones import backbone

    return tuple(name for name, _ in backbone("tinyvgg").layers[:3])


def compared(generated: Frame, *styles: Frame, blend: tuple[float, ...] = (1.0,)) -> ComparedGrams:
    request = CompareGrams(BUNDLED, "average", layers(), styles, blend, generated.pixels, SIDE)
    found = answered(compare(request, Context()))
    assert isinstance(found, ComparedGrams)
    return found


def costs_of_a_run(content: Frame, style: Frame) -> dict[str, float]:
    """Every term's cost at the first step of a run whose longer side has SIDE pixels, with the course's factors."""
    from engine.style.objective import Objective, terms_of
    from engine.style.opening import open_backbone
    from engine.style.pictures import style_size, tensor_of

    wanted = replace(
        StyleSettings(),
        normalise="course",
        precision="float32",
        style_layers=tuple((name, 1.0) for name in layers()),
    )
    opened = answered(open_backbone(wanted, Context()))
    first, other = (
        tensor_of(one.pixels, style_size(one.pixels, SIDE), opened.net.device) for one in (content, style)
    )
    objective = Objective(opened.features, terms_of(wanted, opened.backbone), first, [other], wanted)
    return dict(zip(objective.names, objective.costs(first).tolist(), strict=True))


class TestCompare:
    def test_it_is_the_matrix_of_each_layer_by_itself(self) -> None:
        found = compared(picture(1), picture(2))
        for one in found.layers:
            alone = answered(
                look(
                    LookAtGrams(BUNDLED, "average", one.name, picture(2), picture(1).pixels, SIDE), Context()
                )
            )
            assert alone.title == one.title
            assert np.allclose(one.style, alone.style, rtol=1e-4, atol=1e-6)
            assert np.allclose(one.generated, alone.generated, rtol=1e-4, atol=1e-6)

    def test_it_is_what_a_slow_loop_over_the_maps_gives(self) -> None:
        layer, pair = layers()[1], (3, 5)
        request = LookAtGrams(BUNDLED, "average", layer, picture(2), picture(1).pixels, SIDE, pair=pair)
        found = answered(look(request, Context()))
        assert found.maps is not None
        for matrix, maps in ((found.style, found.maps[0]), (found.generated, found.maps[1])):
            total = 0.0
            for a, b in zip(maps[0].ravel().tolist(), maps[1].ravel().tolist(), strict=True):
                total += a * b
            assert matrix[pair] == pytest.approx(total / maps[0].size, rel=1e-4)
            assert np.allclose(matrix, matrix.T)

    def test_a_picture_costs_nothing_against_itself(self) -> None:
        found = compared(picture(3), picture(3))
        assert [one.cost for one in found.layers] == [0.0] * len(layers())

    def test_a_blend_is_the_weighted_mean(self) -> None:
        one, two = compared(picture(1), picture(2)), compared(picture(1), picture(4))
        both = compared(picture(1), picture(2), picture(4), blend=(3.0, 1.0))
        for a, b, mixed in zip(one.layers, two.layers, both.layers, strict=True):
            assert np.allclose(mixed.style, 0.75 * a.style + 0.25 * b.style, rtol=1e-4, atol=1e-6)

    def test_the_cost_is_that_of_a_run_with_the_courses_factor(self) -> None:
        costs = costs_of_a_run(picture(1), picture(2))
        for one in compared(picture(1), picture(2)).layers:
            assert one.cost == pytest.approx(costs[one.name], rel=1e-3)

    def test_a_picture_of_any_size_is_looked_at_as_large_as_the_run_sees_it(self) -> None:
        large, style = picture(1, 3 * SIDE, 2 * SIDE), picture(2)
        costs = costs_of_a_run(large, style)
        for one in compared(large, style).layers:
            assert one.cost == pytest.approx(costs[one.name], rel=1e-3)
            look_at = LookAtGrams(BUNDLED, "average", one.name, style, large.pixels, SIDE)
            assert np.allclose(
                answered(look(look_at, Context())).generated, one.generated, rtol=1e-4, atol=1e-6
            )

    def test_a_layer_that_is_not_lent_is_refused(self) -> None:
        request = CompareGrams(
            BUNDLED, "average", ("nowhere",), (picture(1),), (1.0,), picture(1).pixels, SIDE
        )
        with pytest.raises(UserError):
            answered(compare(request, Context()))


class TestOrder:
    def test_maps_that_are_active_together_stand_together(self) -> None:
        rows = np.zeros((6, 30))
        rows[[0, 2, 4], :10] = np.random.default_rng(0).random((3, 10)) + 1
        rows[[1, 3], 10:20] = np.random.default_rng(1).random((2, 10)) + 1
        order = by_similarity(rows @ rows.T).tolist()
        assert sorted(order) == list(range(6)) and order[-1] == 5
        assert {frozenset(order[:3]), frozenset(order[3:5])} == {frozenset({0, 2, 4}), frozenset({1, 3})} or {
            frozenset(order[:2]),
            frozenset(order[2:5]),
        } == {frozenset({0, 2, 4}), frozenset({1, 3})}

    @pytest.mark.parametrize("count", [1, 2, 3])
    def test_few_or_silent_maps_keep_their_order(self, count: int) -> None:
        assert by_similarity(np.zeros((count, count))).tolist() == list(range(count))
        assert sorted(by_similarity(np.eye(count)).tolist()) == list(range(count))


class TestWorked:
    STYLE: Floats = np.array([[[1.0, 0], [0, 1]], [[0, 2], [1, 0]]])
    OTHER: Floats = np.array([[[1.0, 1], [0, 0]], [[1, 0], [2, 0]]])

    def test_by_hand(self) -> None:
        found = work(self.STYLE, self.OTHER)
        assert found.grams[0].tolist() == [[2, 0], [0, 5]]
        assert found.grams[1].tolist() == [[2, 1], [1, 5]]
        assert found.difference.tolist() == [[0, 1], [1, 0]]
        assert found.factor == 1 / 256 and found.cost == 2 / 256

    @settings(max_examples=30, deadline=None)
    @given(
        st.integers(1, 3).flatmap(
            lambda count: st.tuples(
                arrays.arrays(np.float64, (count, 2, 3), elements=st.floats(-9, 9)),
                arrays.arrays(np.float64, (count, 2, 2), elements=st.floats(-9, 9)),
            )
        )
    )
    def test_it_is_torchs_products_and_gradient(self, maps: tuple[Floats, Floats]) -> None:
        result = check(CheckWorked(*maps), Context())
        assert result.agrees and "torch" in result.reference

    def test_a_slope_that_is_wrong_would_be_noticed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from engine.style import worked

        honest = work(self.STYLE, self.OTHER)
        broken = worked.Worked(
            honest.style, honest.generated, honest.grams, honest.difference, honest.factor, honest.cost,
            honest.slope * 1.01,
        )  # fmt: skip
        monkeypatch.setattr(worked, "work", lambda *_: broken)
        assert not check(CheckWorked(self.STYLE, self.OTHER), Context()).agrees

    def test_the_matrix_is_that_of_einsum(self) -> None:
        maps = np.random.default_rng(0).normal(size=(3, 4, 5))
        assert np.allclose(gram_of(maps), np.einsum("kij,lij->kl", maps, maps))
