"""The residual block in numbers, against torch, against its definition unit by unit, and in words."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.errors import UserError
from engine.networks.skips.residual_block import BlockRun, ResidualBlockSpec, run_block

widths = st.integers(1, 8)
seeds = st.integers(0, 10_000)


def example(
    inputs: int = 4, hidden: int = 4, outputs: int = 4, scale: float = 1.0, seed: int = 1
) -> ResidualBlockSpec:
    """A block of these widths, with weights in steps of a tenth; a[l] is the output of a ReLU: nothing is negative."""
    draw = np.random.default_rng(seed)

    def matrix(*shape: int) -> tuple[tuple[float, ...], ...]:
        return tuple(map(tuple, np.round(draw.uniform(-1, 1, shape), 1).tolist()))

    def scaled(rows: tuple[tuple[float, ...], ...]) -> tuple[tuple[float, ...], ...]:
        return tuple(tuple(value * scale + 0.0 for value in row) for row in rows)

    return ResidualBlockSpec(
        a=tuple(np.round(draw.uniform(0, 2, inputs), 1).tolist()),
        w1=scaled(matrix(hidden, inputs)),
        b1=scaled(matrix(1, hidden))[0],
        w2=scaled(matrix(outputs, hidden)),
        b2=scaled(matrix(1, outputs))[0],
        skip=None if inputs == outputs else matrix(outputs, inputs),
    )


def by_torch(spec: ResidualBlockSpec, a: torch.Tensor, residual: bool) -> torch.Tensor:
    w1, b1, w2, b2 = (torch.tensor(x, dtype=torch.float64) for x in (spec.w1, spec.b1, spec.w2, spec.b2))
    z2 = torch.nn.functional.linear(torch.nn.functional.linear(a, w1, b1).relu(), w2, b2)
    if residual:
        z2 = z2 + (a if spec.skip is None else torch.tensor(spec.skip, dtype=torch.float64) @ a)
    return z2.relu()


@given(widths, widths, widths, seeds)
def test_values_and_gradients_agree_with_torch(inputs: int, hidden: int, outputs: int, seed: int) -> None:
    spec = example(inputs, hidden, outputs, seed=seed)
    run = run_block(spec)
    into_relu = [step.value for step in (*run.residual, *run.plain) if step.name in ("z1", "z2", "sum")]
    assume(
        np.abs(np.concatenate(into_relu)).min() > 1e-9
    )  # at the corner of the ReLU the last bit decides the slope
    a = torch.tensor(spec.a, dtype=torch.float64)
    for residual, steps, gradient in (
        (True, run.residual, run.gradient_residual),
        (False, run.plain, run.gradient_plain),
    ):
        np.testing.assert_allclose(steps[-1].value, by_torch(spec, a, residual), atol=1e-12)
        expected = torch.autograd.functional.jacobian(lambda x, r=residual: by_torch(spec, x, r), a)
        np.testing.assert_allclose(gradient, expected, atol=1e-12)


def test_units_one_by_one() -> None:
    spec = example(3, 2, 3)
    run = run_block(spec)
    a1 = []
    for row, offset in zip(spec.w1, spec.b1, strict=True):
        z = offset
        for weight, x in zip(row, spec.a, strict=True):
            z += weight * x
        a1.append(max(0.0, z))
    for unit in range(3):
        z = spec.b2[unit]
        for weight, x in zip(spec.w2[unit], a1, strict=True):
            z += weight * x
        assert run.residual[-1].value[unit] == pytest.approx(max(0.0, z + spec.a[unit]))
        assert run.plain[-1].value[unit] == pytest.approx(max(0.0, z))


@given(widths, widths, seeds)
def test_zero_weights_give_the_identity(width: int, hidden: int, seed: int) -> None:
    run = run_block(example(width, hidden, width, scale=0.0, seed=seed))
    assert run.identity and run.lost == ()
    assert tuple(run.residual[-1].value) == run.spec.a
    assert not run.plain[-1].value.any() and not run.gradient_plain.any()
    positive = np.array(run.spec.a) > 0
    np.testing.assert_array_equal(run.gradient_residual, np.diag(positive.astype(float)))
    assert run.note == (
        "The block gives back a[l]: it has only to learn what should differ from the identity. "
        "The plain block passes no gradient at all."
    )


def test_the_last_relu_takes_what_is_negative() -> None:
    spec = replace(example(scale=0.0), a=(1.0, -2.0, 0.5, -0.1))
    run = run_block(spec)
    assert tuple(run.residual[-1].value) == (1.0, 0.0, 0.5, 0.0)
    assert not run.identity and run.lost == (1, 3)
    assert "a[l] is negative in unit 2, 4" in run.note


def named(run: BlockRun) -> list[tuple[str, tuple[str, ...]]]:
    return [(step.name, step.sources) for step in run.residual]


def test_the_steps_and_what_they_read() -> None:
    run = run_block(example(4, 4, 4))
    assert named(run) == [
        ("z1", ("a",)),
        ("a1", ("z1",)),
        ("z2", ("a1",)),
        ("skip", ("a",)),
        ("sum", ("z2", "skip")),
        ("a2", ("sum",)),
    ]
    assert [step.name for step in run.plain] == ["z1", "a1", "z2", "a2"]
    assert run.residual[3].matrix is None
    assert run.residual[-1].formula == r"$a^{[l+2]} = g(z^{[l+2]} + a^{[l]})$"


def test_other_widths_need_w_s() -> None:
    run = run_block(example(4, 3, 2))
    skip = run.residual[3]
    assert skip.matrix is not None and skip.matrix.shape == (2, 4)
    assert run.residual[-1].formula == r"$a^{[l+2]} = g(z^{[l+2]} + W_s\, a^{[l]})$"
    with pytest.raises(UserError) as caught:
        replace(run.spec, skip=None).validated()
    assert caught.value.hint.startswith("Put a Wₛ of 2 × 4 on the skip connection")


def test_numbers_that_are_worked_out() -> None:
    spec = ResidualBlockSpec((1.0, 2.0), ((0.5, -1.0),), (0.25,), ((2.0,), (-1.0,)), (1.0, 0.0))
    run = run_block(spec)
    assert run.residual[0].worked == (r"$0.5 \cdot 1 + (-1) \cdot 2 + 0.25 = -1.25$",)
    assert run.residual[1].worked == (r"$\max(0,\ -1.25) = 0$",)
    assert run.residual[4].worked == ("$1 + 1 = 2$", "$0 + 2 = 2$")


@given(widths, widths, widths, seeds)
def test_all_of_it_is_mathtext(inputs: int, hidden: int, outputs: int, seed: int) -> None:
    from matplotlib.mathtext import MathTextParser

    parser = MathTextParser("path")
    run = run_block(example(inputs, hidden, outputs, seed=seed))
    for step in (*run.residual, *run.plain):
        assert len(step.worked) == len(step.value)
        for text in (step.formula, step.worked[0]):
            parser.parse(text)


@given(widths, widths, widths, seeds)
def test_it_survives_json(inputs: int, hidden: int, outputs: int, seed: int) -> None:
    spec = example(inputs, hidden, outputs, seed=seed)
    assert spec.validated() is spec
    read = json.loads(json.dumps(asdict(spec)))
    for name in ("w1", "w2", "skip"):
        read[name] = read[name] and tuple(tuple(row) for row in read[name])
    for name in ("a", "b1", "b2"):
        read[name] = tuple(read[name])
    assert ResidualBlockSpec(**read) == spec


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"a": ()}, "a[l] has 0 units; 1 to 8 can be shown."),
        ({"b1": (1.0,)}, "b1 has 1 values where 4 are needed."),
        ({"w1": ((1.0,),) * 4}, "a row of W1 has 1 values where 4 are needed."),
        ({"w2": ((1.0,) * 4,)}, "b2 has 4 values where 1 are needed."),
        ({"w1": ((1.0,) * 4,) * 3, "b1": (0.0,) * 3}, "a row of W2 has 4 values where 3 are needed."),
        ({"b2": (1.0, 2.0, 3.0, 1e9)}, "1e+09 in b2 is too large"),
        ({"b2": (1.0, 2.0, 3.0, float("nan"))}, "nan in b2"),
        ({"skip": ((1.0,) * 3,) * 4}, "a row of Wₛ has 3 values where 4 are needed."),
    ],
)
def test_what_does_not_go_together(change: dict[str, tuple[float, ...]], sentence: str) -> None:
    with pytest.raises(UserError) as caught:
        replace(example(), **change).validated()
    assert sentence in caught.value.sentence
